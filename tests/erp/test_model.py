"""What the records of an outside ERP may hold, and what they must not."""

from datetime import UTC, date, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.erp import (
    ENTITIES,
    EVENTS,
    ErpFact,
    ErpInvoice,
    ErpInvoiceStatus,
    ErpLink,
    FactState,
    LinkState,
    Stock,
)
from crmcore.errors import CurrencyMismatch, InexactNumber, InvalidValue
from crmcore.values import CountedIds, Money

ID = CountedIds().new()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SERVER = {"id": ID, "created_at": NOON, "updated_at": NOON, "system": "books"}
TEXTS = st.none() | st.text(min_size=1, max_size=9)


@given(st.sampled_from(LinkState), TEXTS)
def test_a_number_is_known_exactly_when_an_order_is_linked(state, number):
    fields = {**SERVER, "order": ID, "state": state, "number": number}

    if (number is not None) is (state is LinkState.LINKED):
        assert ErpLink(**fields).number == number
    else:
        with pytest.raises(InvalidValue, match="number"):
            ErpLink(**fields)


@given(st.sampled_from(FactState), TEXTS, TEXTS)
def test_a_fact_is_kept_with_its_fault_exactly_while_it_is_parked(state, fact, fault):
    fields = {**SERVER, "kind": "price", "key": "P-1", "version": 1, "state": state}

    if {fact is not None, fault is not None} == {state is FactState.PARKED}:
        assert ErpFact(**fields, fact=fact, fault=fault).state is state
    else:
        with pytest.raises(InvalidValue, match="fact"):
            ErpFact(**fields, fact=fact, fault=fault)


def test_an_invoice_is_paid_in_its_own_currency():
    fields = {
        **SERVER,
        "order": ID,
        "number": "R-1",
        "status": ErpInvoiceStatus.OPEN,
        "issued_on": date(2026, 3, 2),
        "gross": Money("119", "EUR"),
    }

    assert ErpInvoice(**fields, paid=Money("19", "EUR")).paid == Money("19", "EUR")
    with pytest.raises(CurrencyMismatch, match="paid"):
        ErpInvoice(**fields, paid=Money("19", "USD"))


def test_stock_may_be_promised_beyond_what_there_is_but_is_exact():
    fields = {**SERVER, "product": ID, "told_at": NOON}

    assert Stock(**fields, quantity="-2.5").quantity < 0
    with pytest.raises(InexactNumber):
        Stock(**fields, quantity=2.5)


def test_each_record_is_of_one_system():
    assert all(attrs.fields_dict(kind.cls)["system"] is not None for kind in ENTITIES)
    assert all("system" in attrs.fields_dict(event) for event in EVENTS)
    assert all("system" in each for kind in ENTITIES for each in kind.unique)


def test_events_hold_no_texts_that_an_erp_wrote():
    # A fault may name people; it stays on the record and goes to no other system.
    fields = {name for event in EVENTS for name in attrs.fields_dict(event)}

    assert not fields & {"fault", "fact", "key", "cursor"}
