"""What stands on a document, in words: the same for HTML, for PDF and for templates of one's own.

A paper says what its document says and adds nothing up by itself. Where things stand on the page is
a matter of the template.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from crmcore.documents.words import Language, language_of
from crmcore.errors import WrongType
from crmcore.sales import (
    Buyer,
    Invoice,
    InvoiceLine,
    Line,
    Order,
    Quote,
    QuoteLine,
    Seller,
    VatLine,
)
from crmcore.values import Money

Document = Quote | Order | Invoice
"""What can be put on paper."""


@attrs.frozen(kw_only=True)
class Row:
    """A line of the document.

    Attributes:
        position: Its number, from 1.
        description: What it is.
        notes: What else is said of it, such as its share of a discount.
        quantity: How much, with the unit; empty for a mere amount.
        unit_price: The price of one unit; empty for a mere amount.
        discount: The discount on the line; empty for none, and for a mere amount.
        vat: The rate of VAT, or the code of a category without any.
        net: What it comes to.
        optional: Whether it may be left out.
    """

    position: int
    description: str
    notes: tuple[str, ...]
    quantity: str
    unit_price: str
    discount: str
    vat: str
    net: str
    optional: bool


@attrs.frozen(kw_only=True)
class Paper:
    """What stands on a document.

    Attributes:
        language: The code of its language.
        kind: What it is: quote, order, invoice, credit_note or cancellation.
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
        rows: The lines.
        sums: The sums, the last of which is what is to be paid.
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
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    page: str


_COLUMNS = ("position", "description", "quantity", "unit_price", "discount", "vat", "line_net")


def paper_of(
    document: Document,
    *,
    language: str = "de",
    seller: Seller | None = None,
    buyer: Buyer | None = None,
    dated: date | None = None,
) -> Paper:
    """What stands on a quote, an order, an invoice or a credit note.

    An issued invoice says who sells and who buys by itself, and what is given for them is not used.

    Args:
        document: The document.
        language: ``de`` or ``en``.
        seller: Who sells, for what does not say so itself.
        buyer: Who buys, for what does not say so itself.
        dated: The day of a quote or an order; the day it was drawn up or placed when left out.

    Raises:
        WrongType: the document is of another kind.
        UnknownName: the language is not known.
    """
    given: object = document
    if not isinstance(given, Quote | Order | Invoice):
        raise WrongType("document", "a quote, an order or an invoice", type(given).__name__)
    speech = language_of(language)
    kind = _kind(document)
    if isinstance(document, Invoice):
        seller, buyer = document.seller or seller, document.buyer or buyer
    is_draft = isinstance(document, Invoice) and not document.is_document
    return Paper(
        language=speech.code,
        kind=kind,
        title=speech.word(kind),
        draft=speech.word("draft") if is_draft else "",
        number=document.number or "",
        dated=_day(document, dated).isoformat(),
        seller=() if seller is None else _party(seller),
        contact=() if seller is None else _contact(seller),
        legal=() if seller is None else tuple(_legal(seller, speech)),
        buyer=() if buyer is None else _party(buyer),
        facts=tuple(_facts(document, speech, dated)),
        introduction=document.introduction or "" if isinstance(document, Quote) else "",
        headings={key: speech.word(key) for key in _COLUMNS},
        rows=tuple(_row(line, at, speech) for at, line in enumerate(_lines(document), start=1)),
        sums=tuple(_sums(document, speech)),
        notes=tuple(_notes(document, buyer, speech)),
        page=speech.word("page"),
    )


def _kind(document: Document) -> str:
    if isinstance(document, Quote):
        return "quote"
    if isinstance(document, Order):
        return "order"
    if document.is_credit_note:
        return "cancellation" if document.cancels else "credit_note"
    return "invoice"


def _day(document: Document, dated: date | None) -> date:
    if isinstance(document, Invoice):
        return document.issued_on or document.created_at.date()
    at = document.created_at if isinstance(document, Quote) else document.placed_at
    return dated or at.date()


def _lines(document: Document) -> Sequence[Line]:
    return document.lines


def _party(party: Seller | Buyer) -> tuple[str, ...]:
    address = () if party.address is None else party.address.lines()
    return (party.name, *address)


def _contact(seller: Seller) -> tuple[str, ...]:
    return tuple(part for part in (seller.contact_name, seller.phone, seller.email) if part)


def _legal(seller: Seller, speech: Language) -> Iterator[str]:
    for key in ("vat_id", "tax_number", "register_number"):
        value = getattr(seller, key)
        if value:
            yield f"{speech.word(key)}: {value}"
    if seller.iban:
        bank = " ".join(part for part in (seller.iban, seller.bic) if part)
        yield f"{speech.word('bank')}: {bank}"


def _facts(document: Document, speech: Language, dated: date | None) -> Iterator[tuple[str, str]]:
    told: dict[str, str] = {"number": document.number or ""}
    if isinstance(document, Quote):
        told["version"] = "" if document.version == 1 else str(document.version)
        told["date"] = speech.day(_day(document, dated))
        told["valid_until"] = speech.day(document.valid_until)
    elif isinstance(document, Order):
        told["date"] = speech.day(_day(document, dated))
    else:
        told["date"] = speech.day(document.issued_on)
        first = document.credits_number or ""
        of = speech.day(document.credits_issued_on)
        told["preceding"] = f"{first} ({of})" if first and of else first
        told["reason"] = document.reason or ""
        first, last = speech.day(document.delivered_from), speech.day(document.delivered_on)
        told["delivered_between" if first else "delivered_on"] = (
            f"{first} - {last}" if first else last
        )
        told["due_on"] = "" if document.is_credit_note else speech.day(document.due_on)
    told["buyer_reference"] = document.buyer_reference or ""
    told["purchase_order"] = document.purchase_order or ""
    yield from ((speech.word(key), value) for key, value in told.items() if value)


def _row(line: Line, position: int, speech: Language) -> Row:
    spread = (("allowance", -line.allowance), ("charge", line.charge))
    notes = [f"{speech.word(key)}: {speech.amount(amount)}" for key, amount in spread if amount]
    optional = isinstance(line, QuoteLine) and line.optional
    if optional:
        notes.append(speech.word("optional"))
    # What an instalment, or a reduction of the price, bills without any quantity.
    is_amount = not line.quantity
    if is_amount and isinstance(line, InvoiceLine) and line.invoice_line is not None:
        notes.append(speech.word("reduction"))
    rate = speech.percent(line.vat_rate) if line.vat_rate.value else line.vat_category.value
    return Row(
        position=position,
        description=line.description,
        notes=tuple(notes),
        quantity="" if is_amount else _quantity(line, speech),
        unit_price="" if is_amount else speech.amount(line.unit_price),
        discount="" if is_amount or not line.discount.value else speech.percent(line.discount),
        vat=rate,
        net=speech.amount(line.net),
        optional=optional,
    )


def _quantity(line: Line, speech: Language) -> str:
    return f"{speech.number(line.quantity)} {speech.word(line.unit)}"


def _sums(document: Document, speech: Language) -> Iterator[tuple[str, str]]:
    totals = document.totals
    yield speech.word("net"), speech.amount(totals.net)
    for group in document.vat_lines:
        if group.rate.value:
            text = speech.word("vat_line")
            rate, base = speech.percent(group.rate), speech.amount(group.base)
            yield text.format(rate=rate, base=base), speech.amount(group.tax)
    last = totals.gross
    if not (totals.rounding.is_zero and totals.prepaid.is_zero):
        yield speech.word("gross"), speech.amount(totals.gross)
        if not totals.rounding.is_zero:
            yield speech.word("rounding"), speech.amount(totals.rounding)
        if not totals.prepaid.is_zero:
            yield speech.word("prepaid"), speech.amount(-totals.prepaid)
        last = totals.payable
    yield speech.word(_last_word(document)), speech.amount(last)


def _last_word(document: Document) -> str:
    if not isinstance(document, Invoice):
        return "gross"
    return "credit" if document.is_credit_note else "payable"


def _notes(document: Document, buyer: Buyer | None, speech: Language) -> Iterator[str]:
    for group in document.vat_lines:
        if not group.rate.value:
            yield f"{group.category.value}: {_reason(group, speech)}"
    if buyer is not None and buyer.vat_id:
        yield f"{speech.word('vat_id')}: {buyer.vat_id}"
    if isinstance(document, Invoice):
        yield from _terms(document, speech)


def _reason(group: VatLine, speech: Language) -> str:
    return group.reason or speech.word(group.category.value)


def _terms(invoice: Invoice, speech: Language) -> Iterator[str]:
    if invoice.rate is not None:
        rate = invoice.rate
        text = speech.word("vat_accounting")
        told = text.format(
            currency=rate.into, rate=speech.number(rate.rate), on=speech.day(rate.on)
        )
        yield f"{told}: {speech.amount(_in_accounting(invoice, invoice.totals.vat))}"
    if len(invoice.instalments) > 1:
        for part in invoice.instalments:
            text = speech.word("instalment")
            yield text.format(amount=speech.amount(part.amount), on=speech.day(part.due_on))
    for step in invoice.discounts:
        yield speech.word("early").format(
            share=speech.percent(step.share),
            amount=speech.amount(step.amount),
            until=speech.day(step.until),
        )


def _in_accounting(invoice: Invoice, vat: Money) -> Money:
    return vat if invoice.rate is None else invoice.rate.convert(vat)
