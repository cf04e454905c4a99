"""The plan that says which accounts are touched, and what it takes from the standard charts.

The accounts of the charts are those of DATEV's SKR03 and SKR04. Where no account of them is certain, the
plan has none, and who needs it gives it.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from uuid import UUID

import attrs

from crmcore.catalog import VatCategory
from crmcore.errors import InvalidValue, NothingFound, WrongType
from crmcore.grammar.given import given, given_by_key, given_or_none
from crmcore.grammar.naming import choice
from crmcore.values import CURRENCY_DIGITS, Share, as_int

MAX_ACCOUNT = 999_999_999
"""The longest number of an account that DATEV takes."""

Rate = str
"""A rate of VAT as a text of the percentage, such as 19 or 5.5."""


class Chart(StrEnum):
    """A standard chart of accounts."""

    SKR03 = "03"
    SKR04 = "04"


def chart_of(value: Chart | str) -> Chart:
    """The chart that the value is or names.

    Raises:
        UnknownName: there is none of that name.
    """
    return choice("chart", Chart, value)


def checked_currency(_: object, field: "attrs.Attribute[str]", value: str) -> None:
    """The value is the code of a currency.

    Raises:
        WrongType: it is no text.
        InvalidValue: there is no such currency.
    """
    if given(field.name, value, str) not in CURRENCY_DIGITS:
        raise InvalidValue(field.name, "must be a code of ISO 4217 in capitals, such as EUR")


def checked_account(_: object, field: "attrs.Attribute[int]", value: int) -> None:
    """The value is the number of an account.

    Raises:
        WrongType: it is no whole number.
        InvalidValue: it is none of an account.
    """
    if not 0 < as_int(field.name, value) <= MAX_ACCOUNT:
        raise InvalidValue(field.name, "must be the number of an account: 1 to 9 digits")


def checked_tax_key(_: object, field: "attrs.Attribute[str | None]", value: str | None) -> None:
    """The value is a key that tells the tax, or missing.

    Raises:
        WrongType: it is no text.
        InvalidValue: it is not.
    """
    key = given_or_none(field.name, value, str)
    # Four digits are the format's limit.
    if key is not None and not (key.isascii() and key.isdigit() and len(key) <= 4):  # noqa: PLR2004
        raise InvalidValue(field.name, "must be 1 to 4 digits")


@attrs.frozen
class Revenue:
    """Where the revenue of a VAT category and rate is booked, or what is let off or lost of it.

    Attributes:
        account: The account.
        tax_key: The key that tells the tax (BU-Schlüssel); none for an account that knows its tax.
    """

    account: int = attrs.field(validator=checked_account)
    tax_key: str | None = attrs.field(default=None, validator=checked_tax_key)


Accounts = Mapping[tuple[VatCategory, Rate], Revenue]
"""Accounts by VAT category and rate in percent."""

_REVENUE: Mapping[Chart, Accounts] = {
    Chart.SKR03: {
        (VatCategory.S, "19"): Revenue(8400),
        (VatCategory.S, "7"): Revenue(8300),
        (VatCategory.Z, "0"): Revenue(8290),
        (VatCategory.E, "0"): Revenue(8100),
        (VatCategory.AE, "0"): Revenue(8337),
        (VatCategory.K, "0"): Revenue(8125),
        (VatCategory.G, "0"): Revenue(8120),
        (VatCategory.O, "0"): Revenue(8338),
    },
    Chart.SKR04: {
        (VatCategory.S, "19"): Revenue(4400),
        (VatCategory.S, "7"): Revenue(4300),
        (VatCategory.Z, "0"): Revenue(4290),
        (VatCategory.E, "0"): Revenue(4100),
        (VatCategory.AE, "0"): Revenue(4337),
        (VatCategory.K, "0"): Revenue(4125),
        (VatCategory.G, "0"): Revenue(4120),
        (VatCategory.O, "0"): Revenue(4338),
    },
}
_DISCOUNTS: Mapping[Chart, Accounts] = {
    Chart.SKR03: {
        (VatCategory.S, "19"): Revenue(8736),
        (VatCategory.S, "7"): Revenue(8731),
        (VatCategory.AE, "0"): Revenue(8741),
        (VatCategory.K, "0"): Revenue(8743),
    },
    Chart.SKR04: {
        (VatCategory.S, "19"): Revenue(4736),
        (VatCategory.S, "7"): Revenue(4731),
        (VatCategory.AE, "0"): Revenue(4741),
        (VatCategory.K, "0"): Revenue(4743),
    },
}
_LOSSES: Mapping[Chart, Accounts] = {
    Chart.SKR03: {
        (VatCategory.S, "19"): Revenue(2406),
        (VatCategory.S, "7"): Revenue(2401),
    },
    Chart.SKR04: {
        (VatCategory.S, "19"): Revenue(6936),
        (VatCategory.S, "7"): Revenue(6931),
    },
}
_ROUNDING: Mapping[Chart, int] = {Chart.SKR03: 2700, Chart.SKR04: 4830}
_BANK: Mapping[Chart, int] = {Chart.SKR03: 1200, Chart.SKR04: 1800}


def _standard_revenue(plan: "AccountPlan") -> Accounts:
    return _REVENUE[plan.chart]


def _standard_discounts(plan: "AccountPlan") -> Accounts:
    return _DISCOUNTS[plan.chart]


def _standard_losses(plan: "AccountPlan") -> Accounts:
    return _LOSSES[plan.chart]


def _standard_rounding(plan: "AccountPlan") -> int:
    return _ROUNDING[plan.chart]


def _standard_bank(plan: "AccountPlan") -> int:
    return _BANK[plan.chart]


@attrs.frozen(kw_only=True)
class AccountPlan:
    """Which accounts invoices and payments are booked on.

    The accounts of a chart that stand where none are given know their tax and need no key.

    Attributes:
        debtor: The number of a debtor's account by the id of the contact; None where it has none.
        chart: The chart of accounts that the numbers belong to.
        revenue: The accounts of revenue by VAT category and rate in percent; those of the chart
            where none are given.
        discounts: The accounts of discounts for early payment (Skonto), likewise; the charts have
            them for VAT of 19 and 7 percent, reverse charge and supplies within the EU.
        losses: The accounts of what is written off, likewise; the charts have them for VAT of 19 and
            7 percent.
        rounding: The account of what is added to round the amount to pay.
        bank: The account of money that comes in and goes out.
        currency: The currency that is booked in.

    Raises:
        WrongType: something is of another type than it should be.
        UnknownName: there is no such chart.
        InvalidValue: there is no such account or currency.
    """

    debtor: Callable[[UUID], int | None]
    chart: Chart = attrs.field(default=Chart.SKR03, converter=chart_of)
    revenue: Accounts = attrs.field(default=attrs.Factory(_standard_revenue, takes_self=True))
    discounts: Accounts = attrs.field(default=attrs.Factory(_standard_discounts, takes_self=True))
    losses: Accounts = attrs.field(default=attrs.Factory(_standard_losses, takes_self=True))
    rounding: int = attrs.field(
        default=attrs.Factory(_standard_rounding, takes_self=True), validator=checked_account
    )
    bank: int = attrs.field(
        default=attrs.Factory(_standard_bank, takes_self=True), validator=checked_account
    )
    currency: str = attrs.field(default="EUR", validator=checked_currency)

    def __attrs_post_init__(self) -> None:
        debtor: object = self.debtor
        if not callable(debtor):
            wanted = "something to call with the id of a contact, such as the get of a dict"
            raise WrongType("debtor", wanted, type(debtor).__name__)
        for name in ("revenue", "discounts", "losses"):
            given_by_key(name, getattr(self, name), Revenue)

    def revenue_of(self, category: VatCategory, rate: Share) -> Revenue:
        """Where the revenue of a category and rate is booked.

        Raises:
            WrongType: the rate is no share.
            NothingFound: the plan has no account for it.
        """
        return _account_of(self.revenue, "revenue", category, rate)

    def discount_of(self, category: VatCategory, rate: Share) -> Revenue:
        """Where what is let off for early payment is booked.

        Raises:
            WrongType: the rate is no share.
            NothingFound: the plan has no account for it.
        """
        return _account_of(self.discounts, "discounts", category, rate)

    def loss_of(self, category: VatCategory, rate: Share) -> Revenue:
        """Where what is written off is booked.

        Raises:
            WrongType: the rate is no share.
            NothingFound: the plan has no account for it.
        """
        return _account_of(self.losses, "losses", category, rate)

    def debtor_of(self, account: UUID) -> int:
        """The number of the debtor's account.

        Raises:
            NothingFound: the contact has none.
        """
        number = self.debtor(account)
        if number is None:
            raise NothingFound(f"debtor's account of contact {account}")
        return number


def _account_of(accounts: Accounts, what: str, category: VatCategory, rate: Share) -> Revenue:
    given("rate", rate, Share, 'a Share such as Share("0.19")')
    percent = format((rate.value * 100).normalize(), "f")
    found = accounts.get((category, percent))
    if found is None:
        raise NothingFound(f"account of {what} for VAT category {category} at {percent} %")
    return found
