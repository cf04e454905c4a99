"""What of an invoice is let off or given up: discounts for early payment, and write-offs.

A discount lowers what was taxed (§ 17 UStG); how it spreads over the VAT rates is reckoned here.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.catalog import VatCategory
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.sales import EarlyDiscount, Invoice, Settlement, SettlementKind, settle
from crmcore.values import CONTEXT, Money, Share, instant, round_half_up, sum_money


@attrs.frozen(kw_only=True)
class VatShare:
    """A part of an amount with tax, by VAT category and rate.

    Attributes:
        category: The VAT category.
        rate: Its rate.
        gross: The part, tax included.
        tax: The tax in it.
    """

    category: VatCategory
    rate: Share
    gross: Money
    tax: Money


def discount_in_time(invoice: Invoice, on: date) -> EarlyDiscount | None:
    """The discount for whoever pays the invoice on a day; None when it is too late for any."""
    return next((each for each in invoice.discounts if on <= each.until), None)


def discounts_in_time(
    invoices: Sequence[Invoice], amount: Money, on: date
) -> dict[UUID, Settlement]:
    """The discounts that a payment earns, by the id of the invoice.

    They are granted, all that are in time, when the money pays every invoice less its discount, and
    would not pay all of them in full. Nothing is let off of what was partly settled before.
    """
    full = sum_money((each.due for each in invoices), amount.currency)
    offered: dict[UUID, Settlement] = {}
    for invoice in invoices:
        found = discount_in_time(invoice, on)
        # Two percent of some cents may be nothing.
        if found is not None and not found.amount.is_zero and invoice.paid.is_zero:
            offered[invoice.id] = Settlement(
                kind=SettlementKind.DISCOUNT,
                amount=found.amount,
                on=on,
                reason=f"{found.share} for payment until {found.until.isoformat()}",
            )
    let_off = sum_money((each.amount for each in offered.values()), amount.currency)
    return offered if full - let_off <= amount < full else {}


def write_off(
    invoice: Invoice, amount: Money, on: date, at: datetime, reason: str
) -> Change[Invoice]:
    """So much of the invoice is given up.

    Raises:
        InvalidValue: the amount is not above zero, or it is a credit note.
        LimitExceeded: more than is due.
        MoveForbidden: it is not issued, or nothing is due.
    """
    if amount.amount <= 0:
        raise InvalidValue("amount", "must be above zero")
    if invoice.is_credit_note:
        raise InvalidValue("invoice", "is a credit note, which we owe")
    given_up = Settlement(kind=SettlementKind.WRITE_OFF, amount=amount, on=on, reason=reason)
    return settle(invoice, given_up, instant(at))


def vat_of(invoice: Invoice, amount: Money) -> tuple[VatShare, ...]:
    """How an amount, tax included, spreads over the VAT rates of an invoice.

    By the gross of each rate, the largest remainder first, so the parts come to the amount; the tax
    in a part is ``part * rate / (1 + rate)``, rounded half up.
    """
    groups = invoice.vat_lines
    parts = amount.allocate([(group.base + group.tax).amount for group in groups])
    return tuple(
        VatShare(
            category=group.category, rate=group.rate, gross=part, tax=_tax_in(part, group.rate)
        )
        for group, part in zip(groups, parts, strict=True)
    )


def _tax_in(gross: Money, rate: Share) -> Money:
    whole = CONTEXT.add(1, rate.value)
    exact = CONTEXT.divide(CONTEXT.multiply(gross.amount, rate.value), whole)
    return Money(round_half_up(exact, gross.digits), gross.currency)
