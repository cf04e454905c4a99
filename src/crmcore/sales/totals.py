"""What a document comes to: line nets, VAT by category and rate, and the totals.

The rules of EN 16931 and nothing else; which lines a document has is decided elsewhere. Amounts are
rounded where the standard rounds them: once per line, once per VAT category and rate, nowhere else.
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Annotated

import attrs

from crmcore.catalog import VatCategory
from crmcore.errors import CurrencyMismatch, InvalidValue
from crmcore.grammar.entity import Text
from crmcore.sales.lines import Line
from crmcore.values import CONTEXT, CURRENCY_DIGITS, Money, Share, round_half_up, sum_money

CurrencyCode = Annotated[str, Text(max=3)]
"""A currency by its code of ISO 4217."""

_WHOLE = Decimal(1)


@attrs.frozen(kw_only=True)
class VatLine:
    """The tax of one category and rate on a document.

    Attributes:
        category: The VAT category (BT-118).
        rate: Its rate (BT-119).
        base: The sum of the line nets in it (BT-116).
        tax: The tax on that sum (BT-117).
        reason: Why no tax is charged (BT-120); None where the lines say nothing of it.
    """

    category: VatCategory
    rate: Share
    base: Money
    tax: Money
    reason: str | None = None


def _nothing(totals: "Totals") -> Money:
    return Money.zero(totals.gross.currency)


@attrs.frozen(kw_only=True)
class Totals:
    """The sums of a document.

    Attributes:
        net: The sum of the line nets (BT-106; without charges and allowances also BT-109).
        vat: The sum of the tax of all categories (BT-110).
        gross: Net and tax together (BT-112).
        rounding: What is added to reach the amount to pay; may be negative (BT-114).
        prepaid: What was paid before the document was issued (BT-113).
        payable: What is to be paid (BT-115).
    """

    net: Money
    vat: Money
    gross: Money
    rounding: Money
    prepaid: Money = attrs.field(default=attrs.Factory(_nothing, takes_self=True))
    payable: Money

    @property
    def claim(self) -> Money:
        """What the document claims, paid before or not: gross and rounding together."""
        return self.gross + self.rounding


def line_net(quantity: Decimal, unit_price: Money, discount: Share) -> Money:
    """What a line costs, in whole minor units of the currency (BT-131).

    The discount is taken off the price, the price is not rounded, and the product is rounded once,
    half up: ``round(quantity * unit_price * (1 - discount))``. So ten at 70.125 EUR are 701.25 EUR.

    Raises:
        InvalidValue: the result is larger than an amount may be.
    """
    full = CONTEXT.multiply(quantity, unit_price.amount)
    charged = CONTEXT.multiply(full, CONTEXT.subtract(_WHOLE, discount.value))
    digits = CURRENCY_DIGITS[unit_price.currency]
    return Money(round_half_up(charged, digits), unit_price.currency)


def vat_breakdown(lines: Iterable[Line]) -> tuple[VatLine, ...]:
    """The tax of each category and rate among the lines, sorted by category, then rate.

    The tax is rounded once per category and rate, half up, on the sum of its lines (BR-CO-17); the
    tax of single lines is never summed up.
    """
    counted = sorted((line for line in lines if line.is_counted), key=_taxed)
    return tuple(_vat_line([*group]) for _, group in groupby(counted, key=_taxed))


def totals_of(
    lines: Iterable[Line],
    currency: str,
    rounding: Money | None = None,
    prepaid: Money | None = None,
) -> Totals:
    """The totals of a document with these lines.

    Args:
        lines: The lines, all in ``currency``.
        currency: The currency of the document.
        rounding: What is added to reach the amount to pay; nothing when missing.
        prepaid: What was paid before; nothing when missing.

    Raises:
        CurrencyMismatch: a line, the rounding or the prepaid amount is in another currency.
    """
    all_lines = tuple(lines)
    zero = Money.zero(currency)
    added = zero if rounding is None else rounding
    before = zero if prepaid is None else prepaid
    net = sum_money([line.counted for line in all_lines], currency)
    vat = sum_money([group.tax for group in vat_breakdown(all_lines)], currency)
    gross = net + vat
    payable = gross if added is zero is before else gross + added - before
    return Totals(net=net, vat=vat, gross=gross, rounding=added, prepaid=before, payable=payable)


def check_totals(lines: Iterable[Line], totals: Totals, currency: str) -> None:
    """Nothing, when lines and totals are in the currency and the line nets are the total net.

    Raises:
        CurrencyMismatch: a line or the totals are in another currency.
        InvalidValue: the line nets are not the total net.
    """
    if totals.payable.currency != currency:
        raise CurrencyMismatch("totals", currency, totals.payable.currency)
    if sum_money((line.counted for line in lines), currency) != totals.net:
        raise InvalidValue("totals.net", "must be the sum of the line nets")


def _taxed(line: Line) -> tuple[str, Decimal]:
    return line.vat_category, line.vat_rate.value


def _vat_line(lines: list[Line]) -> VatLine:
    first = lines[0]
    category, rate = first.vat_category, first.vat_rate
    base = sum_money([line.counted for line in lines], first.net.currency)
    # Not `base * rate`: that rounds to four places first, and a doubly rounded half goes wrong.
    exact = CONTEXT.multiply(base.amount, rate.value)
    tax = Money(round_half_up(exact, base.digits), base.currency)
    # EN 16931 has one reason for each category and rate (BT-120).
    reasons = dict.fromkeys([line.vat_reason for line in lines if line.vat_reason is not None])
    return VatLine(
        category=category, rate=rate, base=base, tax=tax, reason="; ".join(reasons) or None
    )
