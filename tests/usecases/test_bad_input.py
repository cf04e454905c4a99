"""Bad input from outside: one typed error each, naming the field, and the store unchanged."""

from datetime import date, datetime
from uuid import UUID

import pytest

import crmcore
from crmcore import F, LineDraft, Money
from crmcore.errors import (
    CurrencyMismatch,
    EntityNotFound,
    InexactNumber,
    InvalidText,
    InvalidValue,
    ManyFaults,
    NaiveTime,
    ReferenceNotFound,
    UnknownField,
    UnknownName,
    UnknownStore,
    WrongType,
)
from crmcore.wire import dump

NOBODY = UUID("01900000-0000-7000-8000-000000000000")


@pytest.fixture
def firm(crm):
    return crm.contacts.add_organization(name="ACME GmbH")


def refused(crm, error, call):
    """The error that ``call`` raises, after showing that the store is as it was."""
    before = list(dump(crm.store))
    with pytest.raises(error) as caught:
        call()
    assert list(dump(crm.store)) == before
    return caught.value


@pytest.mark.parametrize("condition", [F.sectr == "it", F.address.contry == "DE"])
def test_an_unknown_field_in_a_condition(crm, condition):
    error = refused(crm, UnknownField, lambda: crm.contacts.find(condition))

    assert error.field in {"sectr", "contry"}
    assert error.suggestion in {"sector", "country"}


def test_a_value_of_the_wrong_type_in_a_condition(crm):
    error = refused(crm, WrongType, lambda: crm.contacts.find(F.name == 5))

    assert error.field == "name"


def test_all_faults_of_a_condition_at_once(crm):
    wrong = (F.sectr == "it") & (F.name == 5)

    assert len(refused(crm, ManyFaults, lambda: crm.contacts.find(wrong)).faults) == 2


def test_money_made_of_a_float(crm):
    error = refused(crm, InexactNumber, lambda: Money(0.1, "EUR"))

    assert error.field == "amount"


def test_a_quantity_made_of_a_float(crm):
    error = refused(crm, InexactNumber, lambda: LineDraft(description="x", quantity=1.5))

    assert error.field == "quantity"


@pytest.mark.parametrize("call", ["add_organization", "update"])
def test_a_time_without_a_zone(crm, firm, call):
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
    calls = {
        "add_organization": lambda: crm.contacts.add_organization(name="x", at=naive),
        "update": lambda: crm.contacts.update(firm.id, sector="it", at=naive),
    }

    assert refused(crm, NaiveTime, calls[call]).field == "at"


def test_a_line_in_another_currency_than_its_quote(crm, firm):
    crm.contacts.begin_role(firm.id, crmcore.Role.CUSTOMER)
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    lines = [
        LineDraft(description="ok", quantity=1, unit_price=Money("1", "EUR")),
        LineDraft(description="no", quantity=1, unit_price=Money("1", "USD")),
    ]

    error = refused(
        crm,
        CurrencyMismatch,
        lambda: crm.sales.quote(deal.id, lines=lines, valid_until=date(2026, 4, 1)),
    )

    assert (error.field, error.expected, error.actual) == ("lines[1].unit_price", "EUR", "USD")


def test_a_sum_over_two_currencies_needs_a_rate(crm, firm):
    for currency in ("EUR", "USD"):
        deal = crm.opportunities.open(title=currency, amount=Money("5", currency))
        crm.opportunities.win(deal.id)

    refused(crm, CurrencyMismatch, lambda: crm.kpi("won_revenue"))


def test_an_unknown_id(crm):
    assert refused(crm, EntityNotFound, lambda: crm.contacts.get(NOBODY)).id == NOBODY


def test_an_id_that_is_none(crm):
    assert refused(crm, WrongType, lambda: crm.contacts.get(5)).field == "id"


@pytest.mark.parametrize("field", ["employer"])
def test_a_reference_that_leads_nowhere(crm, field):
    error = refused(
        crm,
        ReferenceNotFound,
        lambda: crm.contacts.add_person(given_name="A", family_name="B", **{field: NOBODY}),
    )

    assert (error.entity, error.field, error.id) == ("contact", field, NOBODY)


@pytest.mark.parametrize(
    "name", ["x" * 2_000_000, "nul\0", "lone \ud800 surrogate", "bell\x07", "two\nlines"]
)
def test_text_that_no_store_may_keep(crm, firm, name):
    error = refused(crm, InvalidText, lambda: crm.contacts.add_organization(name=name))
    assert error.field == "name"

    error = refused(crm, InvalidText, lambda: crm.contacts.update(firm.id, name=name))
    assert error.field == "name"


@pytest.mark.parametrize("key", ["", "x" * 256, "nul\0"])
def test_a_key_that_is_none(crm, key):
    error = refused(
        crm,
        (InvalidText, InvalidValue),
        lambda: crm.contacts.add_organization(name="x", key=key),
    )

    assert error.field == "key"


def test_a_number_beyond_64_bits(crm):
    error = refused(
        crm, InvalidValue, lambda: crm.contacts.add_organization(name="x", employees=2**63)
    )

    assert error.field == "employees"


def test_a_monstrous_exponent_is_refused_at_once(crm):
    error = refused(crm, InvalidValue, lambda: Money("1E+999999", "EUR"))

    assert error.field == "amount"


def test_an_own_field_that_is_not_declared(opened):
    crm = opened(attributes={"contact": {"shoe_size": int}})

    kept = crm.contacts.add_organization(name="x", attributes={"shoe_size": 43})
    error = refused(
        crm,
        UnknownField,
        lambda: crm.contacts.add_organization(name="x", attributes={"shoesize": 43}),
    )

    assert (error.field, error.suggestion) == ("shoesize", "shoe_size")
    assert [c.id for c in crm.contacts.find(F.attributes.shoe_size > 42)] == [kept.id]


def test_an_own_field_of_the_wrong_type(opened):
    crm = opened(attributes={"contact": {"shoe_size": int}})

    error = refused(
        crm,
        WrongType,
        lambda: crm.contacts.add_organization(name="x", attributes={"shoe_size": "43"}),
    )

    assert error.field == "attributes.shoe_size"


def test_a_stage_that_does_not_exist(crm):
    deal = crm.opportunities.open(title="Pumps")

    error = refused(crm, UnknownName, lambda: crm.opportunities.advance(deal.id, to="propsal"))

    assert error.suggestion == "proposal"


def test_a_channel_that_does_not_exist(crm, firm):
    error = refused(
        crm,
        UnknownName,
        lambda: crm.tickets.open(requester=firm.id, subject="?", channel="emial"),
    )

    assert error.suggestion == "email"


@pytest.mark.parametrize("url", ["sqllite:///x.db", "x.db", "", "oracle://host/db"])
def test_a_url_no_store_answers_to(url):
    with pytest.raises(UnknownStore) as caught:
        crmcore.open(url)

    assert {"memory", "sqlite"} <= set(caught.value.installed)


@pytest.mark.parametrize(
    ("url", "meant"),
    [("postgres://u:p@h/x", "postgresql+psycopg://"), ("sqllite:///x.db", "sqlite")],
)
def test_a_scheme_of_another_spelling_is_told_what_is_meant(url, meant):
    with pytest.raises(UnknownStore, match="did you mean") as caught:
        crmcore.open(url)

    assert caught.value.suggestion == meant


@pytest.mark.parametrize("tenant", ["", "\x00", "a\nb", "\ud800", "x" * 101])
def test_a_tenant_that_cannot_be_one(tenant):
    with pytest.raises((InvalidText, InvalidValue)) as caught:
        crmcore.open("memory://", tenant=tenant)

    assert caught.value.field == "tenant"


def test_an_own_field_that_was_declared_once_is_never_lost(tmp_path):
    url = f"sqlite:///{tmp_path}/crm.db"
    declared = {"contact": {"shoe_size": int}}
    with crmcore.open(url, attributes=declared) as crm:
        kept = crm.contacts.add_organization(name="x", attributes={"shoe_size": 43})

    with crmcore.open(url) as crm, pytest.raises(crmcore.NotAllowed, match="shoe_size"):
        crm.contacts.update(kept.id, name="y")

    with crmcore.open(url, attributes=declared) as crm:
        assert crm.contacts.get(kept.id) == kept
