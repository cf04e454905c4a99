"""The arithmetic of EN 16931: what the lines, allowances and charges of a document come to.

Amounts are rounded where the standard rounds them: the tax once per category and rate, nothing else.
Whether the figures of a given document are right is told by ``check``.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

import attrs

from crmcore.catalog import VatCategory
from crmcore.einvoice.amounts import ZERO, digits_of, tax_on, total
from crmcore.einvoice.lines import AllowanceCharge
from crmcore.einvoice.model import DocumentTotals, EInvoice, VatBreakdown, checked_einvoice
from crmcore.grammar.given import given_by_key, given_or_none
from crmcore.sales import USUAL_REASONS
from crmcore.values import CONTEXT, as_exact

_Key = tuple[str | None, Decimal | None]


@attrs.frozen(kw_only=True)
class Exemption:
    """Why no VAT is charged in a category.

    Attributes:
        reason: The reason as text (BT-120).
        code: The reason as code of VATEX (BT-121).
    """

    reason: str | None = None
    code: str | None = None


EXEMPTIONS: Mapping[str, Exemption] = MappingProxyType(
    {
        **{
            category.value: Exemption(reason=usual.text, code=usual.code)
            for category, usual in USUAL_REASONS.items()
        },
        VatCategory.E.value: Exemption(reason="Exempt from VAT"),
    }
)
"""The reasons where nobody gives others, by VAT category: those that our own documents have."""


def reckon(
    einvoice: EInvoice,
    *,
    prepaid: Decimal | None = None,
    rounding: Decimal | None = None,
    exemptions: Mapping[str, Exemption] = EXEMPTIONS,
) -> EInvoice:
    """The document with the totals and the VAT breakdown that its lines and entries come to.

    What stands in them before is not looked at, but for the VAT in the currency of accounting.

    Args:
        einvoice: The document with its lines, allowances and charges, each with net or amount.
        prepaid: What was paid before (BT-113).
        rounding: What is added to round the amount to pay (BT-114).
        exemptions: Why no VAT is charged, by category.

    Raises:
        WrongType: something is of another type than it should be, a float too.
        InvalidValue: a number is not finite or has too many digits.
    """
    for name, told in (("prepaid", prepaid), ("rounding", rounding)):
        if given_or_none(name, told, Decimal) is not None:
            as_exact(name, told)
    vat = vat_of(checked_einvoice(einvoice), given_by_key("exemptions", exemptions, Exemption))
    before = einvoice.totals or DocumentTotals()
    lines = total(line.net for line in einvoice.lines)
    allowances = _listed(einvoice.allowances)
    charges = _listed(einvoice.charges)
    net = total((lines, charges, _less(allowances)))
    tax = total(group.tax for group in vat)
    gross = total((net, tax))
    totals = DocumentTotals(
        lines=lines,
        allowances=allowances,
        charges=charges,
        net=net,
        vat=tax,
        vat_accounted=before.vat_accounted,
        gross=gross,
        prepaid=prepaid,
        rounding=rounding,
        payable=total((gross, rounding, _less(prepaid))),
    )
    return attrs.evolve(einvoice, totals=totals, vat=vat)


def vat_of(
    einvoice: EInvoice, exemptions: Mapping[str, Exemption] = EXEMPTIONS
) -> tuple[VatBreakdown, ...]:
    """The VAT of lines, allowances and charges by category and rate, sorted by both (BG-23).

    Each has a rate, zero where the lines have none (category O), as XRechnung wants it.
    """
    amounts: dict[_Key, list[Decimal | None]] = {}
    for line in einvoice.lines:
        amounts.setdefault((line.vat_category, line.vat_rate), []).append(line.net)
    for each in einvoice.charges:
        amounts.setdefault((each.vat_category, each.vat_rate), []).append(each.amount)
    for each in einvoice.allowances:
        amounts.setdefault((each.vat_category, each.vat_rate), []).append(_less(each.amount))
    digits = digits_of(einvoice.currency)
    return tuple(
        _group(key, total(amounts[key]), digits, exemptions) for key in sorted(amounts, key=_order)
    )


def _group(
    key: _Key, taxable: Decimal, digits: int, exemptions: Mapping[str, Exemption]
) -> VatBreakdown:
    category, rate = key
    exemption = exemptions.get(category or "", Exemption())
    return VatBreakdown(
        taxable=taxable,
        tax=tax_on(taxable, rate or ZERO, digits),
        category=category,
        rate=rate or ZERO,
        exemption_reason=exemption.reason,
        exemption_code=exemption.code,
    )


def _order(key: _Key) -> tuple[str, Decimal]:
    category, rate = key
    return category or "", rate or ZERO


def _less(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else CONTEXT.minus(amount)


def _listed(entries: Iterable[AllowanceCharge]) -> Decimal | None:
    amounts = [each.amount for each in entries]
    return total(amounts) if amounts else None
