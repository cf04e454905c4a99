"""Bookings as an accountant reads them.

Values only: what an invoice is booked as is in ``booking_invoices``, a payment in ``booking_payments``,
the file in ``datev``. An amount is above zero; on which side it stands says ``side``.
"""

from datetime import date
from enum import StrEnum

import attrs

from crmcore.errors import InvalidValue
from crmcore.exchange.accounts import Chart, chart_of, checked_account, checked_tax_key
from crmcore.grammar.naming import choice
from crmcore.grammar.shapes import shaped
from crmcore.values import Money


class Side(StrEnum):
    """On which side of its account a booking stands."""

    DEBIT = "S"
    CREDIT = "H"

    @property
    def opposite(self) -> "Side":
        """The other side."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


def _side(value: Side | str) -> Side:
    return choice("side", Side, value)


@attrs.frozen(kw_only=True)
class Booking:
    """One amount on an account, and on the other side of the account against it.

    Attributes:
        amount: How much, tax included; above zero.
        side: On which side of ``account``.
        chart: The chart of accounts that the numbers belong to.
        account: The account, mostly of the debtor.
        contra: The account against it, such as that of the revenue or of the bank.
        tax_key: The key that tells the tax; none where the account against it knows.
        on: The day of the document, or of the money.
        document: The number of the document.
        text: What it is about.
        due_on: The day by which it is to be paid.
        vat_id: The VAT number of the buyer, where the tax office wants it.

    Raises:
        WrongType: something is of another type than it should be.
        UnknownName: there is no such side or chart.
        InvalidValue: the amount is not above zero, or a number is none of an account.
    """

    amount: Money
    side: Side = attrs.field(converter=_side)
    chart: Chart = attrs.field(converter=chart_of)
    account: int = attrs.field(validator=checked_account)
    contra: int = attrs.field(validator=checked_account)
    tax_key: str | None = attrs.field(default=None, validator=checked_tax_key)
    on: date
    document: str
    text: str = attrs.field(default="", repr=False)
    due_on: date | None = None
    vat_id: str | None = attrs.field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        if shaped("booking", self, Booking).amount.amount <= 0:
            raise InvalidValue("amount", "must be above zero")

    @property
    def claim(self) -> Money:
        """The amount as a claim: below zero where it is taken back or settled."""
        return self.amount if self.side is Side.DEBIT else -self.amount
