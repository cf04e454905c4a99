"""The electronic invoice goes into a PDF and comes out of it; any other PDF is refused."""

import time
from contextlib import suppress
from io import BytesIO

import attrs
import pypdf
import pytest
from pypdf.generic import NameObject, StreamObject

from crmcore.einvoice import Syntax
from crmcore.errors import InvalidValue, MalformedFile
from crmcore.exchange import (
    XmlLimits,
    extract_xml,
    read_cii,
    read_einvoice,
    receive_einvoice,
    write_cii,
    write_ubl,
    write_zugferd,
)

from .samples import random_einvoice

CLAIM = b"<x:xmpmeta><pdfaid:part>3</pdfaid:part></x:xmpmeta>"


def a_pdf(*attachments, metadata=CLAIM):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    if metadata is not None:
        stream = StreamObject()
        stream.set_data(metadata)
        writer.root_object[NameObject("/Metadata")] = stream
    for name, content in attachments:
        writer.add_attachment(name, content)
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def written():
    return write_zugferd(a_pdf(), random_einvoice(1))


def test_an_invoice_in_a_pdf_is_the_invoice_that_was_put_in(written):
    received = receive_einvoice(written)

    assert received.einvoice == random_einvoice(1)
    assert received.unread == ()
    assert received.einvoice.syntax is Syntax.CII
    assert read_cii(extract_xml(written)) == random_einvoice(1)


def test_the_pdf_says_which_profile_is_in_it(written):
    reader = pypdf.PdfReader(BytesIO(written))

    metadata = reader.root_object["/Metadata"].get_object().get_data().decode()
    (file,) = reader.attachment_list
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in metadata
    assert "factur-x.xml" in metadata
    assert file.name == "factur-x.xml"
    assert reader.root_object["/AF"][0].get_object()["/AFRelationship"] == "/Alternative"


@pytest.mark.parametrize("name", ["xrechnung.xml", "ZUGFeRD-invoice.xml", "FACTUR-X.XML"])
def test_an_invoice_is_found_under_every_name_it_may_have(name):
    einvoice = random_einvoice(2)

    assert read_einvoice(a_pdf(("a.txt", b"x"), (name, write_cii(einvoice)))) == einvoice
    assert read_einvoice(a_pdf((name, write_ubl(einvoice)))) == einvoice


def test_an_invoice_that_lacks_what_the_schema_wants_is_not_put_in():
    with pytest.raises(InvalidValue, match="does not fit the schema"):
        write_zugferd(a_pdf(), attrs.evolve(random_einvoice(1), number=None))


@pytest.mark.parametrize("data", [b"", b"x", b"%PDF-1.7", b"%PDF-1.7\n" + b"\0" * 1000])
def test_an_invoice_is_put_into_pdfs_only(data):
    with pytest.raises(MalformedFile):
        write_zugferd(data, random_einvoice(1))


@pytest.mark.parametrize(
    "metadata", [None, b"", b"<pdfaid:part>1</pdfaid:part>", b"<dc:title>pdfaid</dc:title>"]
)
def test_a_pdf_that_does_not_say_pdf_a_3_of_itself_is_not_made_to_say_so(metadata):
    with pytest.raises(InvalidValue, match="pdf: must be PDF/A-3 and say so"):
        write_zugferd(a_pdf(metadata=metadata), random_einvoice(1))


@pytest.mark.parametrize("claim", [b'pdfaid:part="3"', b"pdfaid:part='3'"])
def test_the_claim_may_stand_in_an_attribute(claim):
    pdf = a_pdf(metadata=b"<rdf:Description " + claim + b"/>")

    assert read_einvoice(write_zugferd(pdf, random_einvoice(1))) == random_einvoice(1)


def test_a_pdf_without_an_invoice_is_refused():
    with pytest.raises(MalformedFile, match="holds none of"):
        read_einvoice(a_pdf())
    with pytest.raises(MalformedFile, match="holds none of"):
        read_einvoice(a_pdf(("other.xml", b"<a/>")))


def test_hostile_xml_in_a_pdf_is_as_hostile_as_elsewhere():
    with pytest.raises(MalformedFile, match="DOCTYPE"):
        read_einvoice(a_pdf(("factur-x.xml", b"<!DOCTYPE a><a/>")))
    with pytest.raises(MalformedFile, match="larger than"):
        receive_einvoice(a_pdf(("factur-x.xml", b"<a/>")), XmlLimits(size=100))


def test_a_damaged_pdf_is_read_or_refused_at_once_wherever_it_is_damaged(written):
    for at in range(0, len(written), len(written) // 60):
        start = time.process_time()
        for damaged in (written[:at], written[:at] + b"<<>>[]" + written[at + 6 :]):
            with suppress(MalformedFile):
                assert read_einvoice(damaged) == random_einvoice(1)
        assert time.process_time() - start < 2
