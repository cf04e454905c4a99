"""What leaves and enters as files: electronic invoices as XML and in PDF, bookings for DATEV.

An edge of the house. The libraries for XML and PDF come with the extra ``einvoice`` and are loaded
when they are first needed; nothing below knows this room.
"""

from crmcore.exchange.accounts import AccountPlan, Chart, Revenue
from crmcore.exchange.booking import Booking, Side
from crmcore.exchange.booking_invoices import bookings_of
from crmcore.exchange.booking_payments import bookings_of_payments
from crmcore.exchange.cii import read_cii, write_cii
from crmcore.exchange.datev import DatevBatch, Encoding, write_datev
from crmcore.exchange.einvoices import read_einvoice, receive_einvoice, write_einvoice
from crmcore.exchange.received import ReceivedEInvoice
from crmcore.exchange.ubl import read_ubl, write_ubl
from crmcore.exchange.xml import XmlLimits
from crmcore.exchange.zugferd import extract_xml, write_zugferd

__all__ = [
    "AccountPlan",
    "Booking",
    "Chart",
    "DatevBatch",
    "Encoding",
    "ReceivedEInvoice",
    "Revenue",
    "Side",
    "XmlLimits",
    "bookings_of",
    "bookings_of_payments",
    "extract_xml",
    "read_cii",
    "read_einvoice",
    "read_ubl",
    "receive_einvoice",
    "write_cii",
    "write_datev",
    "write_einvoice",
    "write_ubl",
    "write_zugferd",
]
