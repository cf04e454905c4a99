"""Quotes: drafted, priced, approved, revised, compared and decided; their templates and laws.

Names are public through the door of sales.
"""

__all__ = ()
