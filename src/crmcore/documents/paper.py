"""What stands on a document, in words: the same for HTML, for PDF and for templates of one's own.

A paper says what its document says and adds nothing up by itself. Where things stand on the page is
a matter of the template.
"""

from datetime import date

import attrs


@attrs.frozen(kw_only=True)
class Row:
    """A line of the document.

    Attributes:
        cells: What stands in each column, by the keys of the headings; empty where nothing does.
        notes: What else is said of it, such as its share of a discount.
        optional: Whether it may be left out.
    """

    cells: dict[str, str]
    notes: tuple[str, ...] = ()
    optional: bool = False


@attrs.frozen(kw_only=True)
class Paper:
    """What stands on a document.

    Attributes:
        language: The code of its language.
        kind: What it is: quote, order, invoice, credit_note, cancellation, delivery, return,
            reminder or statement.
        title: What it is called.
        draft: What a draft says of itself; empty for a document.
        number: Its number; empty where it has none.
        dated: The day it is of, as ISO 8601 writes it.
        seller: Who issues it, a line each.
        contact: How to reach the seller, a line each.
        legal: The numbers of the seller and the account to pay to, a line each.
        buyer: Who it is addressed to, a line each.
        facts: What it says of itself: what, and how it stands there.
        introduction: What stands above the lines.
        headings: The names of the columns, by key.
        figures: The keys of the columns that hold figures, which stand to the right.
        rows: The lines.
        sums: The sums, the last of which is what it all comes to; none on a delivery note.
        notes: What stands below: reasons for no VAT, terms of payment.
        page: What a page is called.
    """

    language: str
    kind: str
    title: str
    draft: str
    number: str
    dated: str
    seller: tuple[str, ...]
    contact: tuple[str, ...]
    legal: tuple[str, ...]
    buyer: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    introduction: str
    headings: dict[str, str]
    figures: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    page: str


@attrs.frozen(kw_only=True)
class Content:
    """What a document says by itself, whoever issues it and gets it.

    Attributes:
        kind: What it is, as on the paper.
        dated: The day it is of.
        title: The key of what it is called; that of the kind if missing.
        number: Its number.
        is_draft: Whether it is none yet.
        facts: What it says of itself, by the keys of their names; what is empty is left out.
        introduction: What stands above the lines.
        columns: The keys of the columns.
        rows: The lines.
        sums: The sums.
        reasons: Why no VAT is charged, by category.
        notes: What else stands below.
    """

    kind: str
    dated: date
    title: str | None = None
    number: str = ""
    is_draft: bool = False
    facts: dict[str, str]
    introduction: str = ""
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
