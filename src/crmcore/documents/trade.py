"""What stands on quotes, orders, invoices and credit notes: lines with prices, VAT and sums."""

from collections.abc import Iterator, Sequence
from datetime import date, tzinfo

from crmcore.documents.paper import Content, Row
from crmcore.documents.words import Language
from crmcore.errors import InvalidValue
from crmcore.sales import Invoice, InvoiceLine, Line, Order, Quote, QuoteLine, VatLine
from crmcore.values import Money, sum_money

Deal = Quote | Order | Invoice
"""What is offered, bought or billed."""

COLUMNS = ("position", "description", "quantity", "unit_price", "discount", "vat", "line_net")
"""The columns of their lines."""


def trade_content(
    document: Deal, speech: Language, zone: tzinfo | None, dated: date | None
) -> Content:
    """What the document says.

    Args:
        document: The document.
        speech: In which language.
        zone: The zone that tells the day of a moment.
        dated: The day where the document has none of its own.

    Raises:
        InvalidValue: neither is given, and the document knows no day.
    """
    on = _day(document, zone, dated)
    return Content(
        kind=_kind(document),
        dated=on,
        number=document.number or "",
        is_draft=isinstance(document, Invoice) and not document.is_document,
        facts=_facts(document, speech, on),
        introduction=document.introduction or "" if isinstance(document, Quote) else "",
        columns=COLUMNS,
        rows=tuple(_row(line, at, speech) for at, line in enumerate(_lines(document), start=1)),
        sums=tuple(_sums(document, speech)),
        reasons=tuple(_reasons(document, speech)),
        notes=tuple(_terms(document, speech)) if isinstance(document, Invoice) else (),
    )


def _kind(document: Deal) -> str:
    if isinstance(document, Quote):
        return "quote"
    if isinstance(document, Order):
        return "order"
    if document.is_credit_note:
        return "cancellation" if document.cancels else "credit_note"
    return "invoice"


def _day(document: Deal, zone: tzinfo | None, dated: date | None) -> date:
    if isinstance(document, Invoice) and document.issued_on is not None:
        return document.issued_on
    if dated is not None:
        return dated
    if zone is None:
        reason = "is needed to tell the day: give that of the settings, or the day as dated"
        raise InvalidValue("zone", reason)
    at = document.placed_at if isinstance(document, Order) else document.created_at
    return at.astimezone(zone).date()


def _lines(document: Deal) -> Sequence[Line]:
    return document.lines


def _facts(document: Deal, speech: Language, on: date) -> dict[str, str]:
    told: dict[str, str] = {"number": document.number or ""}
    if isinstance(document, Quote):
        told["version"] = "" if document.version == 1 else str(document.version)
        told["date"] = speech.day(on)
        told["valid_until"] = speech.day(document.valid_until)
    elif isinstance(document, Order):
        told["date"] = speech.day(on)
    else:
        told |= _of_invoice(document, speech)
    told["buyer_reference"] = document.buyer_reference or ""
    told["purchase_order"] = document.purchase_order or ""
    return told


def _of_invoice(invoice: Invoice, speech: Language) -> dict[str, str]:
    number, of = invoice.credits_number or "", speech.day(invoice.credits_issued_on)
    first, last = speech.day(invoice.delivered_from), speech.day(invoice.delivered_on)
    return {
        "date": speech.day(invoice.issued_on),
        "preceding": f"{number} ({of})" if number and of else number,
        "reason": invoice.reason or "",
        "delivered_between" if first else "delivered_on": f"{first} - {last}" if first else last,
        "due_on": "" if invoice.is_credit_note else speech.day(invoice.due_on),
    }


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
    is_cut = not is_amount and line.discount.value
    cells = {
        "position": str(position),
        "description": line.description,
        "quantity": "" if is_amount else speech.quantity(line.quantity, line.unit),
        "unit_price": "" if is_amount else speech.amount(line.unit_price),
        "discount": speech.percent(line.discount) if is_cut else "",
        "vat": rate,
        "line_net": speech.amount(line.net),
    }
    return Row(cells=cells, notes=tuple(notes), optional=optional)


def _sums(document: Deal, speech: Language) -> Iterator[tuple[str, str]]:
    totals = document.totals
    yield from _spread(document, speech)
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


def _spread(document: Deal, speech: Language) -> Iterator[tuple[str, str]]:
    """What was taken off the whole, and put on it: the lines have a share each."""
    if isinstance(document, Order):
        return  # of what is cancelled the shares are gone, too
    counted = [line for line in document.lines if line.is_counted]
    off = sum_money((line.allowance for line in counted), document.currency)
    on = sum_money((line.charge for line in counted), document.currency)
    if off.is_zero and on.is_zero:
        return
    yield speech.word("before_spread"), speech.amount(document.totals.net + off - on)
    if not off.is_zero:
        yield speech.word("all_allowances"), speech.amount(-off)
    if not on.is_zero:
        yield speech.word("all_charges"), speech.amount(on)


def _last_word(document: Deal) -> str:
    if not isinstance(document, Invoice):
        return "gross"
    return "credit" if document.is_credit_note else "payable"


def _reasons(document: Deal, speech: Language) -> Iterator[str]:
    for group in document.vat_lines:
        if not group.rate.value:
            yield f"{group.category.value}: {_reason(group, speech)}"


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
