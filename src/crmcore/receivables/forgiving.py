"""What of an invoice is let off for early payment, and how that spreads over the VAT rates.

A discount lowers what was taxed (§ 17 UStG). Only computes.
"""

from collections.abc import Sequence
from datetime import date
from itertools import takewhile
from uuid import UUID

import attrs

from crmcore.catalog import VatCategory
from crmcore.sales import EarlyDiscount, Invoice, Settlement, SettlementKind
from crmcore.values import CONTEXT, Money, Share, sum_money


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
    """The discount for whoever pays on a day all that is due of the invoice.

    Of what credit notes settled nothing is let off: the amount is that part of the one on the
    invoice that is due of what was payable, rounded half up. None when it is too late for any, when
    it comes to nothing, or when money or a write-off settled a part before.
    """
    found = next((each for each in invoice.discounts if on <= each.until), None)
    if found is None or invoice.due.is_zero or not _is_only_credited(invoice):
        return None
    amount = found.amount.part(invoice.due.amount, invoice.totals.payable.amount)
    # Two percent of some cents may be nothing.
    return None if amount.is_zero else attrs.evolve(found, amount=amount)


def _is_only_credited(invoice: Invoice) -> bool:
    """Whether nothing but credit notes settles it, those before any money that went again.

    A note that came while money was there may be paid out, and then it settles nothing here.
    """
    parts = invoice.settlements
    credits = sum(1 for _ in takewhile(lambda part: part.kind is SettlementKind.CREDIT, parts))
    if any(part.kind is SettlementKind.CREDIT for part in parts[credits:]):
        return False
    return invoice.paid == invoice.settled_by(SettlementKind.CREDIT)


def discounts_in_time(
    invoices: Sequence[Invoice], amount: Money, on: date
) -> dict[UUID, Settlement]:
    """The discounts that a payment earns, by the id of the invoice.

    They are granted, all that are in time, when the money pays every invoice less its discount, and
    would not pay all of them in full.
    """
    full = sum_money((each.due for each in invoices), amount.currency)
    offered: dict[UUID, Settlement] = {}
    for invoice in invoices:
        found = discount_in_time(invoice, on)
        if found is not None:
            offered[invoice.id] = Settlement(
                kind=SettlementKind.DISCOUNT,
                amount=found.amount,
                on=on,
                reason=f"{found.share} for payment until {found.until.isoformat()}",
            )
    let_off = sum_money((each.amount for each in offered.values()), amount.currency)
    return offered if full - let_off <= amount < full else {}


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
    return gross.part(rate.value, CONTEXT.add(1, rate.value))
