"""What goes over between an ERP and us: facts that say what is wrong with them, and who is an ERP."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Contact
from crmcore.erp import (
    FACTS,
    Erp,
    ErpInvoiceStatus,
    Fact,
    InvoiceFact,
    PriceFact,
    StockFact,
    Told,
)
from crmcore.errors import InvalidValue, ManyFaults, NaiveTime, NotValid, UnknownName, WrongType
from crmcore.sales import Order
from crmcore.testing.strategies import instants
from crmcore.values import Money
from crmcore.wire import new_converter, read

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
AMOUNTS = st.decimals(0, 9999, places=2).map(lambda amount: Money(amount, "EUR"))
VERSIONS = st.integers(0, (1 << 63) - 1)
NAMES = st.text("ABC-123", min_size=1, max_size=9)
PRICES = st.builds(
    PriceFact, sku=NAMES, amount=AMOUNTS, valid_from=st.none() | DAYS, version=VERSIONS
)
STOCKS = st.builds(
    StockFact,
    sku=NAMES,
    quantity=st.decimals(-99, 99, places=3),
    told_at=instants(),
    version=VERSIONS,
)
INVOICES = st.builds(
    InvoiceFact,
    order=NAMES,
    number=NAMES,
    status=st.sampled_from(ErpInvoiceStatus),
    issued_on=DAYS,
    gross=AMOUNTS,
    paid=AMOUNTS,
    version=VERSIONS,
)
ANY_FACT = PRICES | STOCKS | INVOICES


class Silent:
    """The least that is an ERP: it numbers orders by their key, and has nothing to tell."""

    system = "silent"

    def place(self, order: Order, account: Contact, key: object, /) -> str:
        return f"SO-{key}"

    def told(self, cursor: str | None, limit: int, /) -> Told:
        return Told(facts=(), cursor=cursor)


@given(ANY_FACT)
def test_a_fact_can_be_parked_and_is_the_same_when_it_is_read_again(fact):
    converter = new_converter()

    text = converter.unstructure(fact)

    assert read(converter, text, FACTS[fact.kind], "$") == fact


@given(st.lists(ANY_FACT, max_size=4))
def test_facts_are_told_in_a_tuple(facts):
    assert Told(facts=facts, cursor="1").facts == tuple(facts)


def test_every_kind_of_fact_is_known_by_its_name():
    assert {cls.kind: cls for cls in Fact.__args__} == FACTS


@given(st.lists(DAYS, unique=True, min_size=2, max_size=4))
def test_prices_from_different_days_are_different_things(days):
    keys = {
        PriceFact(sku="P-1", amount=Money("1", "EUR"), valid_from=day, version=1).key
        for day in days
    }
    always = PriceFact(sku="P-1", amount=Money("1", "EUR"), version=1).key
    dollars = PriceFact(sku="P-1", amount=Money("1", "USD"), version=1).key

    assert len(keys | {always, dollars}) == len(days) + 2


@pytest.mark.parametrize("version", [-1, 1.0, True, "1", None, 1 << 63])
def test_a_version_is_a_whole_number_that_every_store_can_keep(version):
    with pytest.raises(InvalidValue, match="version"):
        PriceFact(sku="P-1", amount=Money("1", "EUR"), version=version)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"sku": 7}, "sku"),
        ({"sku": None}, "sku"),
        ({"amount": Decimal(12)}, "amount"),
        ({"valid_from": "2026-03-02"}, "valid_from"),
        ({"valid_from": NOON}, "valid_from"),
    ],
)
def test_a_price_says_which_part_of_it_is_wrong(wrong, named):
    with pytest.raises(WrongType, match=named):
        PriceFact(**{"sku": "P-1", "amount": Money("1", "EUR"), "version": 1, **wrong})


def test_stock_is_exact_and_of_an_instant():
    with pytest.raises(NotValid):
        StockFact(sku="P-1", quantity=1.5, told_at=NOON, version=1)
    with pytest.raises(NaiveTime):
        StockFact(sku="P-1", quantity=1, told_at=NOON.replace(tzinfo=None), version=1)


def test_the_status_of_an_invoice_is_a_known_one():
    told = {
        "order": "SO-1",
        "number": "R-1",
        "issued_on": date(2026, 3, 1),
        "gross": Money("1", "EUR"),
        "paid": Money("0", "EUR"),
        "version": 1,
    }

    assert InvoiceFact(**told, status="paid").status is ErpInvoiceStatus.PAID
    with pytest.raises(UnknownName, match="paied"):
        InvoiceFact(**told, status="paied")
    with pytest.raises(WrongType, match="issued_on"):
        InvoiceFact(**{**told, "issued_on": NOON}, status="paid")


@pytest.mark.parametrize("facts", [None, 7, "facts", [object()]])
def test_what_is_told_is_facts(facts):
    with pytest.raises(WrongType, match="facts"):
        Told(facts=facts, cursor=None)


def test_all_that_is_no_fact_is_told_at_once_and_a_cursor_is_a_text():
    with pytest.raises(ManyFaults, match=r"facts\[1\]"):
        Told(facts=[1, 2], cursor=None)
    with pytest.raises(WrongType, match="cursor"):
        Told(facts=(), cursor=7)


def test_what_a_host_application_writes_is_an_erp_without_inheriting_anything():
    erp: Erp = Silent()

    assert erp.told(None, 10) == Told(facts=(), cursor=None)
