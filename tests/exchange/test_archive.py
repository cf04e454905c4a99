"""What PDF/A-3b and Factur-X ask of a file, as far as it can be looked up: one test for each.

These look at the file with pypdf and with the checks of factur-x; they are no validator of PDF/A.
"""

import hashlib
from datetime import UTC, date, datetime
from io import BytesIO
from uuid import UUID

import facturx
import pypdf
import pytest
from lxml import etree

from crmcore.catalog import VatCategory
from crmcore.documents import paper_of, pdf_of
from crmcore.einvoice import einvoice_of
from crmcore.exchange import write_cii, write_zugferd
from crmcore.sales import Buyer, Invoice, InvoiceLine, InvoiceStatus, Seller, totals_of
from crmcore.values import Money, PostalAddress, Share

AT = datetime(2026, 3, 2, tzinfo=UTC)
ADDRESS = PostalAddress(street="Werk 1", postal_code="70173", city="Stuttgart", country="DE")
LINE = InvoiceLine(
    id=UUID(int=9),
    description="Pump",
    quantity=1,
    unit_price=Money(100, "EUR"),
    vat_category=VatCategory.S,
    vat_rate=Share("0.19"),
    net=Money(100, "EUR"),
)
INVOICE = Invoice(
    id=UUID(int=1),
    created_at=AT,
    updated_at=AT,
    account=UUID(int=2),
    currency="EUR",
    lines=(LINE,),
    totals=totals_of([LINE], "EUR"),
    paid=Money.zero("EUR"),
    status=InvoiceStatus.ISSUED,
    number="R-7",
    issued_on=date(2026, 3, 2),
    due_on=date(2026, 4, 1),
    delivered_on=date(2026, 3, 1),
    seller=Seller(name="Pumpen AG", address=ADDRESS, vat_id="DE136695976"),
    buyer=Buyer(name="Müller & Söhne GmbH", address=ADDRESS),
)
EINVOICE = einvoice_of(INVOICE, profile="en16931")
XMP = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "fx": "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
}


@pytest.fixture(scope="module")
def plain():
    return pdf_of(paper_of(INVOICE))


@pytest.fixture(scope="module")
def hybrid(plain):
    return write_zugferd(plain, EINVOICE)


@pytest.fixture(params=["plain", "hybrid"])
def data(request):
    return request.getfixturevalue(request.param)


def root_of(data):
    return pypdf.PdfReader(BytesIO(data)).root_object


def packet_of(data):
    return root_of(data)["/Metadata"].get_object().get_data()


def xmp_of(data):
    return etree.fromstring(packet_of(data).strip())


def told(xmp, name):
    return [each.text for each in xmp.iterfind(f".//{name}", XMP)]


def objects_of(data):
    reader = pypdf.PdfReader(BytesIO(data))
    for number in range(1, int(reader.trailer["/Size"])):
        found = pypdf.generic.IndirectObject(number, 0, reader).get_object()
        if isinstance(found, dict):
            yield found


def attached(data):
    (specification,) = root_of(data)["/AF"]
    return specification.get_object()


# --- PDF/A-3b, with and without the electronic invoice -------------------------------------------


def test_the_metadata_says_part_3_and_conformance_b(data):
    xmp = xmp_of(data)

    assert told(xmp, "pdfaid:part") == ["3"]
    assert told(xmp, "pdfaid:conformance") == ["B"]


def test_the_metadata_can_be_read_without_unpacking_it(data):
    metadata = root_of(data)["/Metadata"].get_object()

    assert (metadata["/Type"], metadata["/Subtype"]) == ("/Metadata", "/XML")
    assert "/Filter" not in metadata
    assert b"<pdfaid:part>3</pdfaid:part>" in data


def test_the_file_begins_as_pdf_1_7_with_bytes_that_are_no_text(data):
    head, mark = data.splitlines()[:2]

    assert head == b"%PDF-1.7"
    assert mark.startswith(b"%")
    assert len([byte for byte in mark[1:] if byte > 127]) >= 4


def test_the_file_has_an_id_and_is_not_encrypted(data):
    reader = pypdf.PdfReader(BytesIO(data))

    assert len(reader.trailer["/ID"]) == 2
    assert "/Encrypt" not in reader.trailer


def test_every_font_on_a_page_is_embedded_and_its_letters_have_meanings(data):
    fonts = [
        font.get_object()
        for page in pypdf.PdfReader(BytesIO(data)).pages
        for font in page["/Resources"]["/Font"].values()
    ]

    assert fonts
    for font in fonts:
        (below,) = font["/DescendantFonts"]
        descriptor = below.get_object()["/FontDescriptor"].get_object()
        assert "/ToUnicode" in font
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & descriptor.keys()


def test_the_colours_have_an_output_intent_with_its_profile(data):
    (intent,) = (each.get_object() for each in root_of(data)["/OutputIntents"])
    profile = intent["/DestOutputProfile"].get_object()

    assert intent["/S"] == "/GTS_PDFA1"
    assert profile["/N"] == 3
    assert profile.get_data()[36:40] == b"acsp"
    assert profile.get_data()[16:20] == b"RGB "


def test_nothing_in_the_file_acts_by_itself(data):
    actions = {each.get("/S") for each in objects_of(data)}

    assert not actions & {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ImportData", "/ResetForm"}
    assert not {"/OpenAction", "/AA"} & root_of(data).keys()


def test_no_stream_lies_outside_the_file_or_is_packed_in_lzw(data):
    for each in objects_of(data):
        if isinstance(each, pypdf.generic.StreamObject):
            assert "/F" not in each
            assert "/LZWDecode" not in str(each.get("/Filter"))


# --- the electronic invoice in it ----------------------------------------------------------------


def test_the_metadata_names_file_kind_version_and_profile(hybrid):
    xmp = xmp_of(hybrid)

    names = ("DocumentType", "DocumentFileName", "Version", "ConformanceLevel")
    assert [told(xmp, f"fx:{name}") for name in names] == [
        ["INVOICE"],
        ["factur-x.xml"],
        ["1.0"],
        ["EN 16931"],
    ]


def test_the_metadata_describes_the_schema_of_these_names(hybrid):
    xmp = xmp_of(hybrid)

    schemas = xmp.findall(".//pdfaExtension:schemas/rdf:Bag/rdf:li", XMP)
    (ours,) = (each for each in schemas if told(each, "pdfaSchema:prefix") == ["fx"])
    assert told(ours, "pdfaSchema:namespaceURI") == [XMP["fx"]]
    assert sorted(told(ours, "pdfaProperty:name")) == [
        "ConformanceLevel",
        "DocumentFileName",
        "DocumentType",
        "Version",
    ]
    assert set(told(ours, "pdfaProperty:valueType")) == {"Text"}
    assert set(told(ours, "pdfaProperty:category")) == {"external"}


def test_the_catalogue_has_the_file_in_its_af_array_as_an_alternative(hybrid):
    specification = attached(hybrid)

    assert specification["/Type"] == "/Filespec"
    assert specification["/AFRelationship"] == "/Alternative"
    assert specification["/F"] == specification["/UF"] == "factur-x.xml"


def test_the_file_is_among_the_names_of_the_catalogue_too(hybrid):
    name, specification = root_of(hybrid)["/Names"]["/EmbeddedFiles"]["/Names"]

    assert name == "factur-x.xml"
    assert specification.get_object()["/EF"]["/F"] == attached(hybrid)["/EF"]["/F"]


def test_the_file_says_what_it_is_how_long_and_of_when(hybrid):
    stream = attached(hybrid)["/EF"]["/F"].get_object()

    assert stream["/Type"] == "/EmbeddedFile"
    assert stream["/Subtype"] == "/text/xml"
    assert stream["/Params"]["/Size"] == len(stream.get_data())
    assert stream["/Params"]["/ModDate"].startswith("D:")
    digest = hashlib.md5(stream.get_data(), usedforsecurity=False).digest()
    assert stream["/Params"]["/CheckSum"].original_bytes == digest


def test_the_file_is_the_invoice_byte_for_byte(hybrid):
    assert attached(hybrid)["/EF"]["/F"].get_object().get_data() == write_cii(EINVOICE)


def test_factur_x_finds_it_by_its_own_checks_and_takes_it(hybrid):
    name, xml = facturx.get_xml_from_pdf(hybrid, check_xsd=True)

    assert (name, xml) == ("factur-x.xml", write_cii(EINVOICE))
    root = etree.fromstring(xml)
    assert facturx.get_flavor(root) == "factur-x"
    assert facturx.get_level(root) == "en16931"


def test_the_page_stays_as_it_was(plain, hybrid):
    def text(data):
        return [page.extract_text() for page in pypdf.PdfReader(BytesIO(data)).pages]

    assert text(hybrid) == text(plain)


def test_the_same_paper_is_the_same_file_to_the_byte(plain):
    assert pdf_of(paper_of(INVOICE)) == plain
