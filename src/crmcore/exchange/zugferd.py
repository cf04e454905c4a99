"""ZUGFeRD and Factur-X: the CII document within the PDF that people read, put in and taken out.

The PDF comes from elsewhere and has to be PDF/A-3 already; nothing here makes it one. factur-x and
pypdf are loaded when they are first needed.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

from crmcore.einvoice import EInvoice
from crmcore.errors import InvalidValue, MalformedFile
from crmcore.exchange.cii import write_cii
from crmcore.exchange.xml import DEFAULT_LIMITS, XmlLimits, library
from crmcore.grammar.given import given

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""What the document within a PDF is called, in whatever case."""

LEVEL = "en16931"
"""The profile: all of EN 16931 and nothing beyond it."""

_PART = re.compile(rb"pdfaid:part(?:>|=[\"'])3")

ATTACHMENTS = 1_000
"""The attachments of a PDF that are looked at."""


def is_pdf(data: bytes) -> bool:
    """Whether a file says of itself that it is a PDF."""
    return data[:1024].lstrip().startswith(b"%PDF-")


def write_zugferd(pdf: bytes, einvoice: EInvoice) -> bytes:
    """The PDF with the invoice in it, as CII.

    The file says PDF/A-3 of itself as the PDF did; nothing here makes a PDF one.

    Args:
        pdf: The invoice as people read it, as PDF/A-3.
        einvoice: The same in the terms of EN 16931.

    Raises:
        WrongType: the PDF is not given as bytes, or the invoice is no `EInvoice`.
        InvalidValue: the invoice lacks what the schema of the profile wants, or the PDF does not say
            that it is PDF/A-3.
        MalformedFile: what was given is no PDF that can be read.
        MissingExtra: factur-x is not installed.
    """
    if not is_pdf(given("pdf", pdf, bytes, "the bytes of a PDF, as pdf_of makes of a Paper")):
        raise MalformedFile("document.pdf", None, None, "is no PDF")
    facturx = library("facturx", "factur-x")
    xml = write_cii(einvoice)
    if not _claims_archive(pdf):
        # The library would write that claim into any PDF.
        raise InvalidValue("pdf", "must be PDF/A-3 and say so, as that of pdf_of")
    try:
        facturx.xml_check_xsd(xml, flavor="factur-x", level=LEVEL)
    except Exception as error:  # noqa: BLE001 - that is the class the library raises
        raise InvalidValue("einvoice", _reason(error)) from None
    try:
        data: bytes = facturx.generate_from_binary(
            pdf,
            xml,
            flavor="factur-x",
            level=LEVEL,
            check_xsd=False,
            check_schematron=False,
            # The XML says the same as the PDF, and either may be the original (ZUGFeRD 2, 6.2.2).
            afrelationship="alternative",
            # So that what reads no PDF can find the metadata too.
            xmp_compression=False,
        )
    except Exception:  # noqa: BLE001 - a damaged PDF fails in many ways
        raise MalformedFile("document.pdf", None, None, "cannot be read as a PDF") from None
    return data


def _claims_archive(pdf: bytes) -> bool:
    """Whether the metadata of a PDF says that it is PDF/A-3."""
    pypdf = library("pypdf", "pypdf")
    try:
        metadata = pypdf.PdfReader(BytesIO(pdf)).root_object.get("/Metadata")
        packet = b"" if metadata is None else bytes(metadata.get_object().get_data())
    except Exception:  # noqa: BLE001 - a damaged PDF fails in many ways
        raise MalformedFile("document.pdf", None, None, "cannot be read as a PDF") from None
    return _PART.search(packet) is not None


def extract_xml(pdf: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> bytes:
    """The electronic invoice within a PDF, as it stands there.

    Args:
        pdf: The file.
        limits: How large it may be, as XML and as PDF.

    Raises:
        WrongType: it is not given as bytes.
        MalformedFile: it cannot be read, is too large, or has no electronic invoice in it.
        MissingExtra: pypdf is not installed.
    """
    given("pdf", pdf, bytes)
    if len(pdf) > given("limits", limits, XmlLimits).size:
        raise MalformedFile("document.pdf", None, None, f"is larger than {limits.size} bytes")
    pypdf = library("pypdf", "pypdf")
    try:
        found = next(_invoices(pypdf.PdfReader(BytesIO(pdf))), None)
    except Exception:  # noqa: BLE001 - a damaged or hostile PDF fails in many ways
        raise MalformedFile("document.pdf", None, None, "cannot be read as a PDF") from None
    if found is None:
        raise MalformedFile("document.pdf", None, None, f"holds none of {', '.join(NAMES)}")
    return found


def _invoices(reader: Any) -> Iterator[bytes]:
    for attachment in islice(reader.attachment_list, ATTACHMENTS):
        if str(attachment.name).lower() in NAMES:
            yield bytes(attachment.content)


def _reason(error: Exception) -> str:
    # Of all that the library says, the fault itself is after this.
    return f"does not fit the schema: {str(error).rpartition('problem: ')[2]}"[:500]
