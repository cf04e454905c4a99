"""Terms of payment: what of a total is due when, and what is let off for early payment.

Pure reckoning: terms are data, and what they make of a total and a day is a schedule whose parts
always come to the total. What an invoice was issued with stands on the invoice.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import attrs

from crmcore.errors import CrmError, CurrencyMismatch, InvalidValue, WrongType, raise_collected
from crmcore.grammar.naming import choice_faults, chosen
from crmcore.sales.invoices.settlement import EarlyDiscount, Instalment
from crmcore.values import Money, Share, as_int

MAX_DUE_DAYS = 3_650
"""Payment may be due in so many days at most."""

MAX_TERMS = 120
"""So many parts and discounts terms have at most."""


class TermKind(StrEnum):
    """How large a part of the total is."""

    FIXED = "fixed"
    """An amount; all that is left where less is left."""
    SHARE = "share"
    """A share of the total, rounded half up; all that is left where less is left."""
    REMAINDER = "remainder"
    """What the parts before leave over."""


def _kind_of(part: "TermPart") -> TermKind:
    if part.amount is not None:
        return TermKind.FIXED
    return TermKind.REMAINDER if part.share is None else TermKind.SHARE


def _term_kind(value: TermKind | str) -> Any:
    return chosen(TermKind, value)


def _type_faults(name: str, cls: type, value: object) -> Iterator[CrmError]:
    if value is not None and not isinstance(value, cls):
        yield WrongType(name, cls.__name__, type(value).__name__)


@attrs.frozen(kw_only=True)
class TermPart:
    """A part of the total, and when it is due.

    Attributes:
        days: Days after the issue.
        end_of_month: Whether it is due at the end of the month in which those days end.
        amount: How much, of a fixed part.
        share: Which share of the total.
        kind: How large it is; follows from ``amount`` or ``share``, and is the remainder without.
    """

    days: int
    end_of_month: bool = False
    amount: Money | None = None
    share: Share | None = None
    kind: TermKind = attrs.field(
        default=attrs.Factory(_kind_of, takes_self=True), converter=_term_kind
    )

    def __attrs_post_init__(self) -> None:
        _check_days("days", self.days)
        raise_collected(
            [
                *choice_faults("kind", TermKind, self.kind),
                *_type_faults("amount", Money, self.amount),
                *_type_faults("share", Share, self.share),
            ]
        )
        if (self.amount is not None) is not (self.kind is TermKind.FIXED):
            raise InvalidValue("amount", "belongs to a fixed part, and to no other")
        if (self.share is not None) is not (self.kind is TermKind.SHARE):
            raise InvalidValue("share", "belongs to a part of a share, and to no other")
        if self.amount is not None and self.amount.amount <= 0:
            raise InvalidValue("amount", "must be above zero")
        if self.amount is not None and not self.amount.is_payable:
            raise InvalidValue("amount", f"is finer than the minor unit of {self.amount.currency}")

    def due_on(self, issued_on: date) -> date:
        """The last day to pay it."""
        day = issued_on + timedelta(days=self.days)
        if not self.end_of_month:
            return day
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@attrs.frozen(kw_only=True)
class DiscountStep:
    """A discount for whoever pays everything within some days (Skonto).

    Attributes:
        days: Days after the issue.
        share: What is let off.
    """

    days: int
    share: Share

    def __attrs_post_init__(self) -> None:
        _check_days("days", self.days)
        if not isinstance(self.share, Share):
            raise WrongType("share", "Share", type(self.share).__name__)
        if not 0 < self.share.value < 1:
            raise InvalidValue("share", "must be above zero and less than all")


@attrs.frozen(kw_only=True)
class PaymentTerms:
    """What of a total is due when; the last part is what the others leave over.

    Attributes:
        parts: The parts, in the order in which they are due.
        discounts: The discounts for early payment, the earliest first, each smaller than before.
        text: What stands on documents; made from the terms where it is missing.

    Raises:
        ManyFaults, InvalidValue: the parts could leave something over, or the order is another.
    """

    parts: tuple[TermPart, ...]
    discounts: tuple[DiscountStep, ...] = ()
    text: str | None = None

    def __attrs_post_init__(self) -> None:
        raise_collected([*_part_faults(self.parts), *_discount_faults(self.discounts)])

    @classmethod
    def net(cls, days: int, *discounts: tuple[int, Share]) -> "PaymentTerms":
        """Everything within some days, with discounts for those who pay earlier."""
        steps = tuple(DiscountStep(days=within, share=share) for within, share in discounts)
        return cls(parts=(TermPart(days=days),), discounts=steps)


@attrs.frozen(kw_only=True)
class Schedule:
    """What terms make of a total.

    Attributes:
        due_on: The day by which all of it is to be paid.
        instalments: The parts, in the order in which they are due; they come to the total.
        discounts: What is let off until when.
    """

    due_on: date
    instalments: tuple[Instalment, ...]
    discounts: tuple[EarlyDiscount, ...]

    def explain(self) -> str:
        """What is due when, a line each."""
        parts = (f"{each.amount} by {each.due_on.isoformat()}" for each in self.instalments)
        lets = (
            f"{each.amount} ({each.share}) off until {each.until.isoformat()}"
            for each in self.discounts
        )
        return "\n".join((*parts, *lets))


def schedule(terms: PaymentTerms, total: Money, on: date) -> Schedule:
    """The parts of a total by these terms; they come to the total, whatever it is.

    Args:
        terms: The terms.
        total: What is payable, in whole minor units.
        on: The day of issue.

    Raises:
        CurrencyMismatch: a fixed part is in another currency.
    """
    instalments: list[Instalment] = []
    left = total
    for place, part in enumerate(terms.parts):
        amount = min(_size(part, total, left, place), left)
        left -= amount
        if amount.amount > 0:
            instalments.append(Instalment(due_on=part.due_on(on), amount=amount))
    due_on = max(part.due_on(on) for part in terms.parts)
    discounts = tuple(
        EarlyDiscount(
            until=on + timedelta(days=step.days),
            share=step.share,
            amount=total.part(step.share.value),
        )
        for step in terms.discounts
    )
    return Schedule(
        due_on=due_on,
        instalments=tuple(instalments),
        discounts=tuple(each for each in discounts if each.amount.amount > 0),
    )


def _size(part: TermPart, total: Money, left: Money, place: int) -> Money:
    if part.share is not None:
        return total.part(part.share.value)
    if part.amount is None:
        return left
    if part.amount.currency != total.currency:
        raise CurrencyMismatch(f"terms.parts[{place}].amount", total.currency, part.amount.currency)
    return part.amount


def _check_days(field: str, days: int) -> None:
    if not 0 <= as_int(field, days) <= MAX_DUE_DAYS:
        raise InvalidValue(field, f"must be at least 0 and at most {MAX_DUE_DAYS}")


def _part_faults(parts: tuple[TermPart, ...]) -> Iterator[CrmError]:
    if not 0 < len(parts) <= MAX_TERMS:
        yield InvalidValue("parts", f"must be 1 to {MAX_TERMS}")
        return
    for place, part in enumerate(parts):
        is_last = place == len(parts) - 1
        if (part.kind is TermKind.REMAINDER) is not is_last:
            yield InvalidValue(f"parts[{place}].kind", "the last part, and it alone, is the rest")
        if place and part.days < parts[place - 1].days:
            yield InvalidValue(f"parts[{place}].days", "must not be before the part above")


def _discount_faults(steps: tuple[DiscountStep, ...]) -> Iterator[CrmError]:
    if len(steps) > MAX_TERMS:
        yield InvalidValue("discounts", f"must be {MAX_TERMS} at most")
    for place in range(1, len(steps)):
        before, step = steps[place - 1], steps[place]
        if step.days <= before.days or step.share >= before.share:
            reason = "must be later than the one above, and smaller"
            yield InvalidValue(f"discounts[{place}]", reason)
