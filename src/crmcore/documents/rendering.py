"""Papers as HTML and as PDF, by the templates here or by one's own.

HTML comes from Jinja, in its sandbox and with everything escaped; PDF comes from Typst, which gets
the paper as data and never as source. Neither is imported before it is asked for (extra
``documents``).
"""

import json
import re
from collections.abc import Callable
from importlib import import_module, resources
from tempfile import TemporaryDirectory
from typing import Any

import attrs

from crmcore.documents.paper import Paper
from crmcore.errors import CrmError, InvalidText, InvalidValue, LimitExceeded, MissingExtra
from crmcore.grammar.given import given_or_none
from crmcore.grammar.shapes import shaped

MAX_HTML = 16 * 1024 * 1024
"""So many characters of HTML a paper becomes at most."""

MAX_TEMPLATE = 1024 * 1024
"""So many characters a template has at most."""


def _installed(package: str) -> Any:
    try:
        return import_module(package)
    except ImportError:
        raise MissingExtra("documents", package) from None


def _shipped(name: str) -> str:
    return resources.files("crmcore.documents").joinpath("templates", name).read_text("utf-8")


def _check(paper: object, template: object) -> None:
    shaped("paper", paper, Paper, "a Paper, as paper_of makes of a document")
    source = given_or_none("template", template, str) or ""
    if len(source) > MAX_TEMPLATE:
        raise LimitExceeded("template", str(len(source)), str(MAX_TEMPLATE))


def html_of(paper: Paper, *, template: str | None = None) -> str:
    """The paper as a page of HTML.

    Args:
        paper: What stands on it.
        template: A Jinja template that knows the paper as ``paper``; the one shipped when left out.
            It runs in the sandbox, and what it does not know is an error, not a gap.

    Raises:
        WrongType: it is no `Paper`, or something in it or the template is no text.
        MissingExtra: Jinja is not installed.
        InvalidValue: the template is none, uses what there is not, or does what it may not.
        LimitExceeded: the template, or what it makes, is too long.
    """
    _check(paper, template)
    sandbox: Any = _installed("jinja2.sandbox")
    jinja: Any = _installed("jinja2")
    source = _shipped("paper.html") if template is None else template
    made = sandbox.ImmutableSandboxedEnvironment(
        autoescape=True, undefined=jinja.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # Nothing of Jinja's own that only wastes time or memory is of use on a paper.
    made.globals.clear()
    made.globals["range"] = sandbox.safe_range
    try:
        return _bounded(made.from_string(source).generate(paper=paper))
    except (jinja.TemplateError, TypeError, ValueError, ArithmeticError) as fault:
        raise InvalidValue("template", f"{type(fault).__name__}: {fault}"[:500]) from None


def _bounded(pieces: Any) -> str:
    parts: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_HTML:
            raise LimitExceeded("template", "more", str(MAX_HTML))
        parts.append(piece)
    return "".join(parts)


def pdf_of(paper: Paper, *, template: str | None = None) -> bytes:
    """The paper as PDF/A-3b, in which an e-invoice can be embedded; the same paper, the same bytes.

    Args:
        paper: What stands on it.
        template: A Typst source that reads the paper as JSON from ``sys.inputs.paper``; the one
            shipped when left out. It sees no files, but Typst fetches packages that it imports: a
            template is a program of yours, not text from outside.

    Raises:
        WrongType: it is no `Paper`, or something in it or the template is no text.
        MissingExtra: Typst is not installed.
        InvalidText: it holds a letter that the fonts of Typst have not, such as Chinese ones.
        InvalidValue: the template is none.
        LimitExceeded: the template is too long.
    """
    _check(paper, template)
    typst: Any = _installed("typst")
    source = _shipped("paper.typ") if template is None else template
    compile_typst: Callable[..., bytes] = typst.compile
    with TemporaryDirectory() as nothing:
        try:
            return compile_typst(
                source.encode(),
                root=nothing,
                format="pdf",
                sys_inputs={"paper": json.dumps(attrs.asdict(paper), ensure_ascii=False)},
                pdf_standards=["a-3b"],
                ignore_system_fonts=True,
                timestamp=0,
            )
        except (typst.TypstError, RuntimeError, ValueError) as fault:
            raise _refused(str(fault)) from None


def _refused(reason: str) -> CrmError:
    # Typst does not say by a class whose fault it was; PDF/A takes no letter that no font has.
    letter = re.search('the text `"(.{1,20}?)"` could not be displayed', reason)
    if letter is not None:
        return InvalidText("paper", f"holds {letter[1]}, which the fonts of Typst have not")
    return InvalidValue("template", reason[:500])
