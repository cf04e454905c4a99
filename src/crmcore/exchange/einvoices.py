"""The one door for electronic invoices: what came is recognised by its content, whatever its name.

UBL and CII as XML, and PDF with either of them inside.
"""

from crmcore.einvoice import EInvoice, Syntax
from crmcore.exchange.cii import ROOT, receive_cii, write_cii
from crmcore.exchange.received import ReceivedEInvoice
from crmcore.exchange.ubl import receive_ubl, write_ubl
from crmcore.exchange.xml import DEFAULT_LIMITS, XmlLimits, parse_xml
from crmcore.exchange.zugferd import extract_xml, is_pdf
from crmcore.grammar.given import given
from crmcore.grammar.naming import choice


def read_einvoice(data: bytes) -> EInvoice:
    """The invoice or credit note in a file, which may be UBL, CII or a PDF with one of them in it.

    What it lacks is missing, and what its figures are worth is for ``check`` to say.

    Raises:
        WrongType: it is not given as bytes.
        MalformedFile: it is none of these, or exceeds a limit.
        InvalidValue: a text is no number, day or file; `ManyFaults` when several are.
        MissingExtra: the libraries of the extra ``einvoice`` are not installed.
    """
    return receive_einvoice(data).einvoice


def receive_einvoice(data: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> ReceivedEInvoice:
    """The invoice or credit note in a file, and what of the file was not read.

    Args:
        data: The file, as for `read_einvoice`.
        limits: How much of it is read.

    Raises:
        WrongType: it is not given as bytes.
        MalformedFile: it is no such file, or exceeds a limit.
        InvalidValue: a text is no number, day or file; `ManyFaults` when several are.
        MissingExtra: the libraries of the extra ``einvoice`` are not installed.
    """
    given("data", data, bytes)
    given("limits", limits, XmlLimits)
    xml = extract_xml(data, limits) if is_pdf(data) else data
    root = parse_xml(xml, "document.xml", limits)
    return receive_cii(root) if root.tag == ROOT else receive_ubl(root)


def write_einvoice(einvoice: EInvoice, syntax: Syntax | str = Syntax.UBL) -> bytes:
    """The invoice or credit note as XML.

    Args:
        einvoice: What is written; what it lacks is left out.
        syntax: How it is written: ``ubl`` or ``cii``.

    Raises:
        WrongType: it is no `EInvoice`, or something in it is of another type than it should be.
        UnknownName: there is no such syntax.
        InvalidText: a text holds a character that XML cannot carry; `ManyFaults` when several do.
        MissingExtra: the libraries of the extra ``einvoice`` are not installed.
    """
    return (
        write_cii(einvoice)
        if choice("syntax", Syntax, syntax) is Syntax.CII
        else write_ubl(einvoice)
    )
