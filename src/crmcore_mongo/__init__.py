"""The MongoDB adapter; nothing of it is in this release.

The package keeps the name and the place. No URL scheme is registered for it, so opening
``mongodb://…`` says which stores are installed.
"""

__all__ = ()
