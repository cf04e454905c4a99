"""What an invoice asks to be paid when, and what settles it.

A settlement is never changed: what was wrong is taken back by another one of the opposite sign. When
which part is due follows from the terms of payment; where money comes from is in the receivables.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.entity import Text
from crmcore.values import Money, Share


class SettlementKind(StrEnum):
    """What settles a part of an invoice, or of a credit note."""

    PAYMENT = "payment"
    """Money that came in; on a credit note, money that was paid back."""
    CREDIT = "credit"
    """An invoice and a credit note settle each other."""
    DISCOUNT = "discount"
    """The discount for early payment (Skonto)."""
    WRITE_OFF = "write_off"
    """What is given up."""


@attrs.frozen(kw_only=True)
class Settlement:
    """A part of an invoice that needs not be paid any more.

    Attributes:
        kind: What settles it.
        amount: How much; below zero where an earlier settlement is taken back.
        source: The payment, or the other document; None where there is none.
        on: The day.
        reason: Why, where a person decided.
    """

    kind: SettlementKind
    amount: Money
    source: UUID | None = None
    on: date
    reason: Annotated[str, Text(min=1, max=500)] | None = None

    def __attrs_post_init__(self) -> None:
        if self.amount.is_zero:
            raise InvalidValue("amount", "must not be zero")
        if not self.amount.is_payable:
            raise InvalidValue("amount", f"is finer than the minor unit of {self.amount.currency}")


@attrs.frozen(kw_only=True)
class Instalment:
    """A part of what is payable, and the day by which it is to be paid.

    Attributes:
        due_on: The last day.
        amount: How much.
    """

    due_on: date
    amount: Money


@attrs.frozen(kw_only=True)
class EarlyDiscount:
    """What is let off if everything else is paid by a day (Skonto).

    Attributes:
        until: The last day.
        share: Which part of the amount is let off.
        amount: What that is, in whole minor units.
    """

    until: date
    share: Share
    amount: Money
