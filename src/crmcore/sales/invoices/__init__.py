"""Invoices and credit notes: issued, sealed, credited, settled; terms, rates, and gaps in numbers.

Names are public through the door of sales.
"""

__all__ = ()
