"""From a document to its paper: which content it has, and who issues it to whom."""

from collections.abc import Iterable, Iterator
from datetime import date, tzinfo

from crmcore.documents.deliveries import delivery_content
from crmcore.documents.paper import Content, Paper
from crmcore.documents.receivables import reminder_content, statement_content
from crmcore.documents.trade import Deal, trade_content
from crmcore.documents.words import Language, language_of
from crmcore.errors import WrongType
from crmcore.grammar.given import given_all, given_or_none
from crmcore.receivables import Reminder, Statement
from crmcore.sales import Buyer, DeliveryNote, Invoice, Order, Quote, Seller

Document = Deal | DeliveryNote | Reminder | Statement
"""What can be put on paper."""

_TEXTS = ("position", "description", "number", "on", "what", "reference")


def paper_of(
    document: Document,
    *,
    language: str = "de",
    seller: Seller | None = None,
    buyer: Buyer | None = None,
    zone: tzinfo | None = None,
    dated: date | None = None,
    order: Order | None = None,
    invoices: Iterable[Invoice] = (),
) -> Paper:
    """What stands on a quote, an order, an invoice, a delivery note, a reminder or a statement.

    An issued invoice says who sells and who buys by itself, and what is given for them is not used.

    Args:
        document: The document.
        language: ``de`` or ``en``.
        seller: Who sells, for what does not say so itself.
        buyer: Who buys, for what does not say so itself.
        zone: The zone of the company, as in its settings. It tells the day of what knows only a
            moment: a quote, an order and the draft of an invoice.
        dated: The day of these, instead of that on which they were drawn up or placed.
        order: The order of a delivery note, for the numbers that the buyer knows it by.
        invoices: The invoices that a reminder is about.

    Raises:
        WrongType: the document, or what is given beside it, is of another kind.
        UnknownName: the language is not known.
        InvalidValue: zone and day are missing where one is needed, an invoice of a reminder is
            missing, or the order is that of another delivery note.
    """
    speech = language_of(language)
    given_or_none("seller", seller, Seller)
    given_or_none("buyer", buyer, Buyer, "a Buyer, as buyer_of makes of a contact")
    given_or_none("dated", dated, date)
    _check_zone(zone)
    if isinstance(document, Invoice):
        seller, buyer = document.seller or seller, document.buyer or buyer
    if isinstance(document, Quote | Order | Invoice):
        content = trade_content(document, speech, zone, dated)
    elif isinstance(document, DeliveryNote):
        content = delivery_content(document, given_or_none("order", order, Order), speech)
    elif isinstance(document, Reminder):
        content = reminder_content(document, given_all("invoices", invoices, Invoice), speech)
    else:
        content = statement_content(_statement(document), speech)
    return _paper(content, speech, seller, buyer)


def _check_zone(zone: object) -> None:
    if zone is not None and not isinstance(zone, tzinfo):
        raise WrongType("zone", "tzinfo", type(zone).__name__)


def _statement(document: object) -> Statement:
    if not isinstance(document, Statement):
        wanted = "a quote, an order, an invoice, a delivery note, a reminder or a statement"
        raise WrongType("document", wanted, type(document).__name__)
    return document


def _paper(content: Content, speech: Language, seller: Seller | None, buyer: Buyer | None) -> Paper:
    return Paper(
        language=speech.code,
        kind=content.kind,
        title=speech.word(content.title or content.kind),
        draft=speech.word("draft") if content.is_draft else "",
        number=content.number,
        dated=content.dated.isoformat(),
        seller=() if seller is None else _party(seller),
        contact=() if seller is None else _contact(seller),
        legal=() if seller is None else tuple(_legal(seller, speech)),
        buyer=() if buyer is None else _party(buyer),
        facts=tuple((speech.word(key), told) for key, told in content.facts.items() if told),
        introduction=content.introduction,
        headings={key: speech.word(key) for key in content.columns},
        figures=tuple(key for key in content.columns if key not in _TEXTS),
        rows=content.rows,
        sums=content.sums,
        notes=(*content.reasons, *_vat_id(content, buyer, speech), *content.notes),
        page=speech.word("page"),
    )


def _vat_id(content: Content, buyer: Buyer | None, speech: Language) -> Iterator[str]:
    # It belongs where tax is told, for the buyer may owe the tax himself.
    if "vat" in content.columns and buyer is not None and buyer.vat_id:
        yield f"{speech.word('vat_id')}: {buyer.vat_id}"


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
