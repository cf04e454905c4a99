"""Orders: placed, delivered, billed, changed and ended, with two ledgers a line; and their laws.

Names are public through the door of sales.
"""

__all__ = ()
