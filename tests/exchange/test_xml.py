"""Hostile XML ends at once, in a typed error; nothing is fetched and nothing expanded."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.errors import CrmError, InvalidValue, MalformedFile, NotValid, WrongType
from crmcore.exchange import XmlLimits, read_einvoice
from crmcore.exchange.xml import has_only_xml_characters, new_root, parse_xml, to_bytes
from crmcore.values import text_fault

LAUGHS = "<!DOCTYPE l [<!ENTITY a 'lol'>{}]>".format(
    "".join(f"<!ENTITY {chr(98 + at)} '{f'&{chr(97 + at)};' * 10}'>" for at in range(10))
)
HOSTILE = {
    "billion laughs": f"{LAUGHS}<x>&k;</x>".encode(),
    "billion laughs in an attribute": f"{LAUGHS}<x a='&k;'/>".encode(),
    "quadratic": f"<!DOCTYPE l [<!ENTITY a '{'a' * 10**5}'>]><x>{'&a;' * 10**4}</x>".encode(),
    "a file of the machine": b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    "a DTD of the net": b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x.dtd'><a/>",
    "a DTD behind comments": b"<!-- <a/> --><?x?>" * 1000 + b"<!DOCTYPE a><a/>",
    "a DTD in UTF-16": f"<?xml version='1.0' encoding='UTF-16'?>{LAUGHS}<x/>".encode("utf-16"),
    "a DTD in UTF-16 without a mark": f"{LAUGHS}<x/>".encode("utf-16-le"),
    "a DTD in UTF-32": f"<?xml version='1.0' encoding='UTF-32'?>{LAUGHS}<x/>".encode("utf-32"),
    "a DTD in UTF-7": b"<?xml version='1.0' encoding='UTF-7'?>+ADw-!DOCTYPE a+AD4-<a/>",
    "a DTD in EBCDIC": f"<?xml version='1.0' encoding='IBM037'?>{LAUGHS}<x/>".encode("cp037"),
    "200,000 deep": b"<a>" * 200_000 + b"</a>" * 200_000,
    "101 deep": b"<a>" * 101 + b"</a>" * 101,
    "an attribute of 10 MB": b"<a b='" + b"x" * 10**7 + b"'/>",
    "a name of 5 MB": b"<" + b"a" * (5 * 10**6) + b"/>",
    "a text of 33 MB": b"<a>" + b"x" * (33 * 2**20) + b"</a>",
    "a million attributes": b"<a " + b" ".join(b'a%d=""' % at for at in range(10**6)) + b"/>",
    "three million elements": b"<a>" + b"<b/>" * (3 * 10**6) + b"</a>",
    "blanks without an end": b" " * (20 * 10**6),
    "a comment without an end": b"<!--" + b"-" * (19 * 10**6),
    "a NUL": b"<a>\0</a>",
    "a NUL before all": b"\0<a/>",
    "a NUL as a reference": b"<a>&#0;</a>",
    "an entity nobody declared": b"<a>&x;</a>",
    "cut off": b"<a><b>",
    "two roots": b"<a/><b/>",
    "no UTF-8": b"<a>\xff\xfe</a>",
    "nothing": b"",
    "no XML": b"PK\x03\x04 a zip",
    "some other XML": b"<html/>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_within_a_second(name):
    start = time.process_time()

    with pytest.raises(MalformedFile):
        read_einvoice(HOSTILE[name])

    assert time.process_time() - start < 1


def test_a_fault_is_told_with_its_line_and_without_what_stood_there():
    with pytest.raises(MalformedFile) as caught:
        parse_xml(b"<a>\n<secret>\n</a>", "mine.xml")

    assert caught.value.message == "mine.xml, line 3: is not well-formed XML"
    assert isinstance(caught.value, NotValid)


def test_limits_are_the_callers():
    deep = b"<a>" * 10 + b"</a>" * 10

    assert parse_xml(deep).tag == "a"
    with pytest.raises(MalformedFile, match="deeper than 9"):
        parse_xml(deep, limits=XmlLimits(depth=9))
    with pytest.raises(MalformedFile, match="larger than 20 bytes"):
        parse_xml(deep, limits=XmlLimits(size=20))
    with pytest.raises(MalformedFile, match="too many"):
        parse_xml(deep, limits=XmlLimits(marks=19))
    with pytest.raises(InvalidValue, match=r"limits\.depth"):
        XmlLimits(depth=0)


def test_only_bytes_are_read():
    with pytest.raises(WrongType):
        read_einvoice("<a/>")
    with pytest.raises(WrongType):
        parse_xml("<a/>")


def test_comments_and_instructions_are_no_content():
    root = parse_xml(b"<?xml version='1.0'?><!-- x --><a>1<!-- 2 -->3<?p q?><b/></a>")

    assert (root.text, [child.tag for child in root]) == ("13", ["b"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "cp1252"])
def test_an_honest_document_may_be_in_another_encoding(encoding):
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f"<?xml version='1.0' encoding='{name}'?><a>Köln</a>"

    assert parse_xml(text.encode(encoding)).text == "Köln"


def test_the_word_doctype_in_a_text_is_a_text():
    assert parse_xml(b"<a><![CDATA[<!DOCTYPE b>]]></a>").text == "<!DOCTYPE b>"
    assert parse_xml(b"<!-- <!DOCTYPE b> --><a/>").tag == "a"


@given(st.text())
def test_text_of_such_characters_comes_back_and_no_other_can_be_written(text):
    root = new_root("a", {})
    if has_only_xml_characters(text):
        root.text = text

        # A line ends in one sign in XML, unless it is written as a reference, as it is here.
        assert (parse_xml(to_bytes(root)).text or "") == text
    else:
        with pytest.raises(ValueError, match="XML compatible"):
            root.text = text


@given(st.text(st.characters(exclude_categories=[])))
@example("\ufffe")
@example("a\uffff")
def test_every_text_that_a_store_keeps_can_be_written(text):
    assert text_fault("text", text, 1000, lines=True) or has_only_xml_characters(text)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_the_error_is_a_typed_one(data):
    with pytest.raises(CrmError):
        read_einvoice(data)
