"""Discounts and surcharges: what they take off or add, and how that is spread over lines.

Pure arithmetic on amounts: nothing here knows a line of a document. Shares are taken exactly and
rounded once, and the rows of every result add up to its total, to the cent.
"""

import html
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

import attrs

from crmcore.errors import CrmError, CurrencyMismatch, InvalidValue, raise_collected
from crmcore.grammar.entity import Text
from crmcore.values import CONTEXT, Money, Share, sum_money

MAX_DISCOUNTS = 100
"""So many discounts, or surcharges, are taken at once at most."""


class Combination(StrEnum):
    """What becomes of several discounts.

    STACKED: one after the other, each on what the others left. BEST_OF: only the one that takes
    off most, the first of several.
    """

    STACKED = "stacked"
    BEST_OF = "best_of"


def _either_faults(share: Share | None, amount: Money | None) -> Iterator[CrmError]:
    if (share is None) is (amount is None):
        yield InvalidValue("share", "give either a share or an amount")
    if amount is not None and amount.amount < 0:
        yield InvalidValue("amount", "must not be negative")
    if amount is not None and amount != amount.rounded():
        yield InvalidValue("amount", f"is finer than the minor unit of {amount.currency}")


@attrs.frozen(kw_only=True)
class Discount:
    """Something taken off: a share of what is there, or an amount.

    Attributes:
        label: What it is called on documents.
        share: The share that is taken off.
        amount: The amount that is taken off; never more than there is.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    label: Annotated[str, Text(min=1, max=200)]
    share: Share | None = None
    amount: Money | None = None

    def __attrs_post_init__(self) -> None:
        raise_collected([*_either_faults(self.share, self.amount)])

    def __str__(self) -> str:
        return f"{self.label} ({self.share if self.amount is None else self.amount})"


@attrs.frozen(kw_only=True)
class Surcharge:
    """Something added: a share of what is there, or an amount, such as freight.

    Attributes:
        label: What it is called on documents.
        share: The share that is added.
        amount: The amount that is added.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    label: Annotated[str, Text(min=1, max=200)]
    share: Share | None = None
    amount: Money | None = None

    def __attrs_post_init__(self) -> None:
        raise_collected([*_either_faults(self.share, self.amount)])

    def __str__(self) -> str:
        return f"{self.label} ({self.share if self.amount is None else self.amount})"


@attrs.frozen
class AdjustmentRow:
    """What one discount took off, or one surcharge added.

    Attributes:
        rule: The discount or the surcharge.
        amount: What it came to, in whole minor units, never negative.
        counted: Whether it came into play; of several, only the best one may.
    """

    rule: Discount | Surcharge
    amount: Money
    counted: bool = True

    def __str__(self) -> str:
        sign = "-" if isinstance(self.rule, Discount) else "+"
        return f"{sign}{self.amount}  {self.rule}{'' if self.counted else ': not the best'}"


@attrs.frozen(kw_only=True)
class Adjusted:
    """An amount after discounts, or after surcharges; the rows add up to the difference.

    Attributes:
        gross: The amount before, in whole minor units.
        net: The amount after, rounded once.
        rows: What each discount or surcharge came to, in the order given.
    """

    gross: Money
    net: Money
    rows: tuple[AdjustmentRow, ...]

    @property
    def total(self) -> Money:
        """What was taken off or added in all; the sum of the rows."""
        return abs(self.gross - self.net)

    def explain(self) -> str:
        """The amounts as lines of text, one for each row."""
        return "\n".join([f"{self.gross}", *map(str, self.rows), f"= {self.net}"])

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.explain())}</pre>"


def discounted(
    base: Money,
    discounts: Sequence[Discount],
    how: Combination = Combination.STACKED,
) -> Adjusted:
    """What is left of an amount; never less than nothing.

    Args:
        base: The amount; it may be finer than the minor unit, and is rounded with the rest.
        discounts: What is taken off, in this order.
        how: Whether each is taken off what the others left, or only the best one counts.

    Raises:
        CrmError: the base is negative, an amount is in another currency, or there are too many
            discounts; `ManyFaults` for several.
    """
    raise_collected([*_faults(base, discounts, "discounts")])
    left, taken = Fraction(base.amount), [Fraction(0)] * len(discounts)
    if how is Combination.BEST_OF:
        alone = [_taken(left, each) for each in discounts]
        if alone:
            best = max(range(len(alone)), key=lambda at: (alone[at], -at))
            taken[best] = alone[best]
    else:
        for at, each in enumerate(discounts):
            taken[at] = _taken(left, each)
            left -= taken[at]
    gross, net = base.rounded(), _rounded(Fraction(base.amount) - sum(taken), base)
    amounts = _shared_out(gross - net, taken)
    is_alone = how is Combination.BEST_OF
    rows = tuple(
        AdjustmentRow(each, amount, not is_alone or bool(exact))
        for each, amount, exact in zip(discounts, amounts, taken, strict=True)
    )
    return Adjusted(gross=gross, net=net, rows=rows)


def surcharged(base: Money, surcharges: Sequence[Surcharge]) -> Adjusted:
    """What an amount comes to with surcharges; a share is of the amount without the others.

    Args:
        base: The amount; it may be finer than the minor unit, and is rounded with the rest.
        surcharges: What is added.

    Raises:
        CrmError: the base is negative, an amount is in another currency, or there are too many
            surcharges; `ManyFaults` for several.
    """
    raise_collected([*_faults(base, surcharges, "surcharges")])
    exact = Fraction(base.amount)
    added = [_of(exact, each) for each in surcharges]
    gross, net = base.rounded(), _rounded(exact + sum(added), base)
    amounts = _shared_out(net - gross, added)
    rows = tuple(map(AdjustmentRow, surcharges, amounts))
    return Adjusted(gross=gross, net=net, rows=rows)


def spread(amount: Money, weights: Sequence[Money]) -> tuple[Money, ...]:
    """Parts of an amount in proportion to the lines, which sum to it exactly.

    What is left after rounding down goes to the largest remainders, the earlier one first. Where
    all lines are free, the parts are equal.

    Args:
        amount: What is spread, in whole minor units.
        weights: The lines' amounts, none of them negative.

    Raises:
        InvalidValue: there are no lines, or one is negative, or the amount is finer than the minor
            unit of its currency.
        CurrencyMismatch: a line is in another currency.
    """
    raise_collected(
        [
            CurrencyMismatch(f"weights[{at}]", amount.currency, each.currency)
            for at, each in enumerate(weights)
            if each.currency != amount.currency
        ]
    )
    if weights and not any(weights):
        return amount.split(len(weights))
    return amount.allocate([each.amount for each in weights])


@attrs.frozen(kw_only=True)
class SpreadRow:
    """A discount or surcharge on the document, and what of it falls to each line.

    Attributes:
        row: What it came to in all.
        parts: What of that falls to each line; they sum to it.
    """

    row: AdjustmentRow
    parts: tuple[Money, ...]


@attrs.frozen(kw_only=True)
class Spread:
    """Discounts and surcharges on a document, spread over its lines.

    Attributes:
        nets: The lines before.
        rows: The discounts, then the surcharges, each with its parts.
        allowances: What all discounts together take off each line; never more than it has.
        charges: What all surcharges together add to each line.
    """

    nets: tuple[Money, ...]
    rows: tuple[SpreadRow, ...]
    allowances: tuple[Money, ...]
    charges: tuple[Money, ...]

    @property
    def after(self) -> tuple[Money, ...]:
        """The lines after all of it."""
        lines = zip(self.nets, self.allowances, self.charges, strict=True)
        return tuple(net - allowance + charge for net, allowance, charge in lines)

    def explain(self) -> str:
        """A line of text for each row, with the part of each line."""
        return "\n".join(f"{each.row}: {', '.join(map(str, each.parts))}" for each in self.rows)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.explain())}</pre>"


def spread_over(
    nets: Sequence[Money],
    discounts: Sequence[Discount] = (),
    surcharges: Sequence[Surcharge] = (),
    *,
    how: Combination = Combination.STACKED,
) -> Spread:
    """Discounts and surcharges on a document as parts of its lines.

    Shares are of the sum of the lines; surcharges are reckoned on what the discounts left.

    Args:
        nets: The lines' amounts, in whole minor units and one currency, none of them negative.
        discounts: What is taken off the document.
        surcharges: What is added to it.
        how: What becomes of several discounts.

    Raises:
        CrmError: an amount does not fit; `ManyFaults` for several.
    """
    if not nets:
        raise InvalidValue("nets", "there are no lines")
    raise_collected([*_net_faults(nets)])
    currency, lines = nets[0].currency, tuple(nets)
    off = discounted(sum_money(lines, currency), discounts, how)
    left, rows = lines, list[SpreadRow]()
    for row in off.rows:
        # By what the rows before have left, so that no line is asked for more than it has.
        parts = spread(row.amount, left)
        left = tuple(map(Money.__sub__, left, parts))
        rows.append(SpreadRow(row=row, parts=parts))
    added = surcharged(off.net, surcharges).rows
    rows += [SpreadRow(row=row, parts=spread(row.amount, left)) for row in added]
    return Spread(
        nets=lines,
        rows=tuple(rows),
        allowances=_summed(rows[: len(off.rows)], lines),
        charges=_summed(rows[len(off.rows) :], lines),
    )


def _summed(rows: Iterable[SpreadRow], lines: Sequence[Money]) -> tuple[Money, ...]:
    parts = [each.parts for each in rows]
    return tuple(
        sum_money((row[at] for row in parts), line.currency) for at, line in enumerate(lines)
    )


def _net_faults(nets: Sequence[Money]) -> Iterator[CrmError]:
    for at, net in enumerate(nets):
        if net.currency != nets[0].currency:
            yield CurrencyMismatch(f"nets[{at}]", nets[0].currency, net.currency)
        elif net.amount < 0:
            yield InvalidValue(f"nets[{at}]", "must not be negative")
        elif net != net.rounded():
            yield InvalidValue(f"nets[{at}]", f"is finer than the minor unit of {net.currency}")


def _faults(base: Money, rules: Sequence[Discount | Surcharge], field: str) -> Iterator[CrmError]:
    if base.amount < 0:
        yield InvalidValue("base", "must not be negative")
    if len(rules) > MAX_DISCOUNTS:
        yield InvalidValue(field, f"at most {MAX_DISCOUNTS}, not {len(rules)}")
        return
    for at, each in enumerate(rules):
        if each.amount is not None and each.amount.currency != base.currency:
            path = f"{field}[{at}].amount"
            yield CurrencyMismatch(path, base.currency, each.amount.currency)


def _of(base: Fraction, rule: Discount | Surcharge) -> Fraction:
    if rule.amount is not None:
        return Fraction(rule.amount.amount)
    return base * Fraction(rule.share.value) if rule.share is not None else Fraction(0)


def _taken(base: Fraction, discount: Discount) -> Fraction:
    return min(base, _of(base, discount))


def _rounded(exact: Fraction, like: Money) -> Money:
    """An amount that is not negative in whole minor units; halves go up."""
    scaled = exact * 10**like.digits
    return _units((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), like)


def _units(whole: int, like: Money) -> Money:
    return Money(Decimal(whole).scaleb(-like.digits, CONTEXT), like.currency)


def _shared_out(total: Money, exact: Sequence[Fraction]) -> tuple[Money, ...]:
    """Whole minor units near to the exact amounts, which sum to their rounded sum."""
    scale = 10**total.digits
    whole = [int(each * scale) for each in exact]
    rests = [each * scale - down for each, down in zip(exact, whole, strict=True)]
    left = int(total.amount * scale) - sum(whole)
    for at in sorted(range(len(exact)), key=lambda at: -rests[at])[: max(left, 0)]:
        whole[at] += 1
    return tuple(_units(each, total) for each in whole)
