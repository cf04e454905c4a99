"""XML from outside, parsed within limits, and XML for outside, made of text that XML can carry.

lxml is loaded when it is first needed, and no other module knows that library. Nothing is fetched, no
document type is accepted, so there are no entities to expand; what is too large or nested too deeply
is refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol

import attrs

from crmcore.errors import InvalidValue, MalformedFile, MissingExtra, WrongType
from crmcore.grammar.given import given
from crmcore.values import as_int

EXTRA = "einvoice"
"""The extra that brings the libraries of this room."""


class Element(Protocol):
    """An element, as far as this room uses it."""

    text: str | None

    @property
    def tag(self) -> str:
        """The name, with the namespace in braces before it."""
        ...

    @property
    def sourceline(self) -> int | None:
        """The line it began on, where it was parsed."""
        ...

    def set(self, name: str, value: str, /) -> None:
        """The attribute has that value."""
        ...

    def get(self, name: str, /) -> str | None:
        """The attribute of that name; None where there is none."""
        ...

    def items(self) -> Iterable[tuple[str, str]]:
        """The attributes with their names."""
        ...

    def __iter__(self) -> Iterator["Element"]: ...

    def __len__(self) -> int: ...

    def remove(self, child: Any, /) -> None:
        """The child is gone."""
        ...


def _positive(_: object, field: "attrs.Attribute[int]", value: int) -> None:
    if as_int(f"limits.{field.name}", value) < 1:
        raise InvalidValue(f"limits.{field.name}", "must be at least 1")


@attrs.frozen(kw_only=True)
class XmlLimits:
    """How much of a document is read before it is refused.

    Attributes:
        size: The bytes of the document.
        depth: How deeply its elements may be nested; never more than 256.
        marks: How many ``<`` and ``=`` it may have, which bounds its elements and attributes.
    """

    size: int = attrs.field(default=32 * 1024 * 1024, validator=_positive)
    depth: int = attrs.field(default=100, validator=_positive)
    marks: int = attrs.field(default=2_000_000, validator=_positive)


DEFAULT_LIMITS = XmlLimits()
"""Enough for an invoice of ten thousand lines with its attachments."""

_DOCTYPE = re.compile(rb"(?:[^<]++|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@cache
def library(module: str, package: str) -> Any:
    """A module of a library that users choose to install.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise MissingExtra(EXTRA, package) from None


def parse_xml(
    data: bytes, name: str = "document.xml", limits: XmlLimits = DEFAULT_LIMITS
) -> Element:
    """The root element of a document, without comments and processing instructions.

    Args:
        data: The document, in the encoding it declares.
        name: What errors call it.
        limits: How much is read.

    Raises:
        MalformedFile: it is not well-formed, has a document type, or exceeds a limit.
        WrongType: it is not given as bytes.
        MissingExtra: lxml is not installed.
    """
    _check_size(given("data", data, bytes), name, limits)
    etree = library("lxml.etree", "lxml")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        raise MalformedFile(name, line, None, "is not well-formed XML") from None
    # What the first look missed, in an encoding where a mark is not its ASCII byte.
    if root.getroottree().docinfo.doctype:
        raise MalformedFile(name, None, None, _NO_DOCTYPE)
    if root.xpath(f"boolean({'/*' * (limits.depth + 1)})"):
        raise MalformedFile(name, None, None, f"is nested deeper than {limits.depth} elements")
    parsed: Element = root
    return parsed


def root_of(source: object) -> Any:
    """The root element of a document, or the element itself where it is parsed already.

    Raises:
        WrongType: it is neither bytes nor an element.
        MalformedFile: see `parse_xml`.
    """
    if isinstance(source, bytes):
        return parse_xml(source)
    if not hasattr(source, "sourceline"):
        raise WrongType("source", "bytes or an element of lxml", type(source).__name__)
    return source


_NO_DOCTYPE = "must not have a document type (DOCTYPE)"


def _check_size(data: bytes, name: str, limits: XmlLimits) -> None:
    if len(data) > limits.size:
        raise MalformedFile(name, None, None, f"is larger than {limits.size} bytes")
    if data.count(b"<") + data.count(b"=") > limits.marks:
        raise MalformedFile(name, None, None, "has too many elements and attributes")
    # Of UTF-16 and UTF-32 the marks are left when their zero bytes are gone.
    head = data.replace(b"\0", b"") if b"\0" in data[:4] else data
    if _DOCTYPE.match(head):
        raise MalformedFile(name, None, None, _NO_DOCTYPE)


def new_root(tag: str, namespaces: Mapping[str, str], own: str | None = None) -> Element:
    """An element that has no parent, with the namespaces by their prefixes, and one without."""
    by_prefix: dict[str | None, str] = {} if own is None else {None: own}
    by_prefix.update(namespaces)
    root: Element = library("lxml.etree", "lxml").Element(tag, nsmap=by_prefix)
    return root


def new_child(parent: Element, tag: str) -> Element:
    """An element that is the last child of ``parent``."""
    child: Element = library("lxml.etree", "lxml").SubElement(parent, tag)
    return child


def to_bytes(root: Element) -> bytes:
    """The document as UTF-8, indented, with its declaration."""
    etree = library("lxml.etree", "lxml")
    etree.indent(root, space="  ")
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def local_name(tag: str) -> str:
    """The name of an element or attribute without its namespace."""
    return tag.rpartition("}")[2]


def has_only_xml_characters(text: str) -> bool:
    """Whether every character of the text may stand in XML."""
    return _NOT_XML.search(text) is None
