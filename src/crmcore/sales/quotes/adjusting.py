"""Discounts and surcharges of a quote, turned into what its lines keep of them.

What a discount takes off is reckoned in the catalog. A line keeps a share off the price, an amount
off and an amount on, so that its net always follows from what stands on it.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.catalog import Combination, Discount, Surcharge, spread_over, surcharged
from crmcore.errors import CrmError, CurrencyMismatch, InvalidValue, raise_collected
from crmcore.sales.lines import NO_DISCOUNT
from crmcore.sales.quotes.lines import LineDraft, QuoteLine
from crmcore.sales.totals import line_net
from crmcore.values import CONTEXT, Money, Share

MAX_ADJUSTMENTS = 100
"""So many discounts, or surcharges, a line or a quote has at most."""

_MILLIONTH = 1_000_000


@attrs.frozen(kw_only=True)
class LinePrice:
    """What a line costs, and how that comes about.

    Attributes:
        discount: The share that is off the price.
        allowance: The amount that is off besides.
        charge: The amount that is added.
        net: What the line costs, in whole minor units; never below zero.
    """

    discount: Share
    allowance: Money
    charge: Money
    net: Money


def adjustment_faults(
    path: str,
    currency: str,
    discounts: Sequence[Discount],
    charges: Sequence[Surcharge],
) -> Iterator[CrmError]:
    """What is wrong with discounts and surcharges: too many, or in another currency."""
    both: dict[str, Sequence[Discount | Surcharge]] = {"discounts": discounts, "charges": charges}
    for name, given in both.items():
        if len(given) > MAX_ADJUSTMENTS:
            yield InvalidValue(f"{path}{name}", f"at most {MAX_ADJUSTMENTS}, not {len(given)}")
        for at, each in enumerate(given):
            if each.amount is not None and each.amount.currency != currency:
                actual = each.amount.currency
                yield CurrencyMismatch(f"{path}{name}[{at}].amount", currency, actual)


def line_price(draft: LineDraft, unit_price: Money) -> LinePrice:
    """What a drafted line costs at a price.

    Shares that come before any amount are taken off the price; whatever else is taken off is an
    allowance. The line is rounded once.

    Args:
        draft: The draft; its amounts are in the currency of the price.
        unit_price: The price of one unit.

    Raises:
        InvalidValue: an amount is larger than an amount may be.
    """
    if not (draft.discounts or draft.charges):
        net = line_net(draft.quantity, unit_price, draft.discount)
        nothing = Money.zero(net.currency)
        return LinePrice(discount=draft.discount, allowance=nothing, charge=nothing, net=net)
    offered = (Discount(label="discount", share=draft.discount), *draft.discounts)
    full = Fraction(CONTEXT.multiply(draft.quantity, unit_price.amount))
    counted = offered if draft.combination is Combination.STACKED else _best(full, offered)
    leading = _leading_share(counted)
    before = line_net(draft.quantity, unit_price, leading)
    after = min(before, _rounded(_left(full, counted), before))
    added = surcharged(after, draft.charges).total if draft.charges else Money.zero(after.currency)
    return LinePrice(discount=leading, allowance=before - after, charge=added, net=after + added)


def _best(full: Fraction, discounts: Sequence[Discount]) -> tuple[Discount, ...]:
    """The one that takes off most, the first of several."""
    return (min(discounts, key=lambda each: _left(full, (each,))),)


def _left(full: Fraction, discounts: Iterable[Discount]) -> Fraction:
    left = full
    for each in discounts:
        if each.amount is not None:
            left = max(left - Fraction(each.amount.amount), Fraction(0))
        elif each.share is not None:
            left *= 1 - Fraction(each.share.value)
    return left


def _leading_share(discounts: Sequence[Discount]) -> Share:
    """What the shares before any amount take off together, rounded down to a share."""
    if len(discounts) == 1 and discounts[0].share is not None:
        return discounts[0].share
    rest = Fraction(1)
    for each in discounts:
        if each.share is None:
            break
        rest *= 1 - Fraction(each.share.value)
    millionths = ((1 - rest) * _MILLIONTH).__floor__()
    return Share(Decimal(millionths).scaleb(-6, CONTEXT)) if millionths else NO_DISCOUNT


def _rounded(exact: Fraction, like: Money) -> Money:
    scaled = exact * 10**like.digits
    # Nothing here is below zero, so halves go up.
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Money(Decimal(whole).scaleb(-like.digits, CONTEXT), like.currency)


def adjusted(
    lines: Sequence[QuoteLine],
    discounts: Sequence[Discount],
    charges: Sequence[Surcharge],
    *,
    currency: str,
    combination: Combination = Combination.STACKED,
) -> tuple[QuoteLine, ...]:
    """The lines with their parts of discounts and surcharges on the whole quote.

    They are spread over the lines that count, by largest remainder, so that the parts add up to
    the cent and no line falls below zero; optional lines keep their price.

    Args:
        lines: The lines.
        discounts: What is taken off the whole.
        charges: What is added to it, after the discounts.
        currency: The currency of the quote.
        combination: What becomes of several discounts.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them, each with its path.
    """
    if not (discounts or charges):
        return tuple(lines)
    faults = [*adjustment_faults("", currency, discounts, charges)]
    counted = [line for line in lines if line.is_counted]
    if not counted:
        name = "discounts" if discounts else "charges"
        faults.append(InvalidValue(name, "there is no line that counts to spread them over"))
    raise_collected(faults)
    over = spread_over([line.net for line in counted], discounts, charges, how=combination)
    parts = zip(counted, over.allowances, over.charges, strict=True)
    moved = {
        line.id: attrs.evolve(
            line,
            allowance=line.allowance + off,
            charge=line.charge + on,
            net=line.net - off + on,
        )
        for line, off, on in parts
    }
    return tuple(moved.get(line.id, line) for line in lines)
