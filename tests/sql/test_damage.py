"""A check survives what somebody did to the file of a database, and tells all of it."""

# Statements are put together of ids made here.
# ruff: noqa: S608

import sqlite3
from contextlib import closing
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

import crmcore
from crmcore import LineDraft, Money
from crmcore.checking import MAX_KEPT, Breach, Invariant, Referring
from crmcore.errors import CrmError, DamagedRecord, StoreUnavailable

NOBODY = UUID(int=99)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "crm.db"


@pytest.fixture
def crm(path):
    with crmcore.open(f"sqlite:///{path}") as crm:
        yield crm


@pytest.fixture
def firms(crm):
    """Many, so that a page is not all of them."""
    with crm.transaction() as tx:
        return [
            tx.contacts.add_organization(name=f"Firm {number}", external_id=str(number))
            for number in range(450)
        ]


@pytest.fixture
def invoice(crm, firms):
    deal = crm.opportunities.open(title="Pumps", account=firms[0].id)
    line = LineDraft(description="Pump", quantity=3, unit_price=Money("10", "EUR"))
    quote = crm.sales.quote(deal.id, lines=[line], valid_until=date(2999, 1, 1))
    bill = crm.sales.bill(crm.sales.accept(quote.id).id)
    return crm.sales.issue(bill.id)


def damaged(path, *statements):
    """Afterwards the statements were carried out, whatever stood against them."""
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA legacy_alter_table = ON")
        seals = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in seals.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_rows_that_cannot_be_read_are_told_and_the_others_are_examined(crm, firms, path):
    damaged(
        path,
        f"UPDATE crm_contact SET created_at = 'once' WHERE id = '{firms[5].id}'",
        f"UPDATE crm_contact SET attributes = '(' WHERE id = '{firms[300].id}'",
        f"UPDATE crm_contact SET kind = 'robot' WHERE id = '{firms[301].id}'",
        f"UPDATE crm_contact SET vat_id = 'X' WHERE id = '{firms[400].id}'",
    )

    report = crm.check()

    assert {fault.id for fault in report.of("readable")} == {
        firms[5].id,
        firms[300].id,
        firms[301].id,
    }
    assert [fault.id for fault in report.of("sound")] == [firms[400].id]
    assert report.examined["contact"] == len(firms)
    # What has to pass by in order cannot be examined any more, and that is told too.
    assert {*report.counts} == {"readable", "sound", "unique"}
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        [*crm.dump()]


def test_an_event_that_cannot_be_read_is_told(crm, firms, path):
    damaged(path, f"UPDATE crm__event SET payload = '[' WHERE entity_id = '{firms[9].id}'")

    report = crm.check()

    assert report.counts == {"readable": 1}
    assert report.of("readable")[0].entity == "event"


def test_a_reference_to_nothing_is_told(crm, firms, path, invoice):
    damaged(
        path,
        f"UPDATE crm_contact SET parent = '{NOBODY}' WHERE id = '{firms[7].id}'",
        f"UPDATE crm_invoice_lines SET product = '{NOBODY}' WHERE owner_id = '{invoice.id}'",
    )

    report = crm.check()

    # The product of the invoice is not that of the order any more, nor what was sealed.
    assert report.counts == {"references": 2, "invoice-order": 1, "invoice-seal": 1}
    assert {(fault.entity, fault.id) for fault in report.of("references")} == {
        ("contact", firms[7].id),
        ("invoice", invoice.id),
    }
    assert any("lines.product" in fault.text for fault in report.faults)


def test_what_went_over_to_another_tenant_is_told_by_what_it_leaves_behind(
    crm, firms, path, invoice
):
    damaged(path, f"UPDATE crm_order SET tenant = 'other' WHERE id = '{invoice.order}'")

    report = crm.check()

    assert {fault.entity for fault in report.of("references")} == {"invoice"}
    assert {"references", "quote-order"} <= {*report.counts}


def test_what_is_unique_twice_is_told(crm, firms, path):
    damaged(
        path,
        "ALTER TABLE crm_contact RENAME TO old",
        "CREATE TABLE crm_contact AS SELECT * FROM old",
        f"UPDATE crm_contact SET external_id = '8' WHERE id = '{firms[7].id}'",
        "DROP TABLE old",
    )

    report = crm.check()

    assert report.counts == {"unique": 1}
    assert report.of("unique")[0].id in {firms[7].id, firms[8].id}


def test_an_invoice_that_was_deleted_is_told_by_all_that_knew_of_it(crm, path, invoice):
    damaged(
        path,
        f"DELETE FROM crm_invoice_lines WHERE owner_id = '{invoice.id}'",
        f"DELETE FROM crm_invoice WHERE id = '{invoice.id}'",
    )

    assert {*crm.check().counts} == {"invoice-numbers", "order-billing", "contact-debtor"}


def test_a_number_that_was_changed_is_told(crm, path, invoice):
    damaged(path, "UPDATE crm__number SET value = 7")

    (fault,) = crm.check().faults

    assert (fault.law, fault.expected, fault.found) == ("invoice-numbers", "1", "7")


def test_an_amount_that_was_changed_is_told(crm, path, invoice):
    damaged(
        path, f"UPDATE crm_invoice SET totals_gross = totals_gross + 1 WHERE id = '{invoice.id}'"
    )

    report = crm.check()

    assert "invoice-totals" in report.counts


def test_a_law_that_would_have_to_look_at_what_cannot_be_read_says_so(crm, firms, path, invoice):
    damaged(path, f"UPDATE crm_invoice SET created_at = 'once' WHERE id = '{invoice.id}'")

    report = crm.check()

    assert {"readable", "order-billing", "contact-debtor", "invoice-numbers"} <= {*report.counts}
    assert all("could not be examined" in fault.text for fault in report.of("contact-debtor"))


def test_a_law_looks_at_more_than_a_page_beside_an_entity(crm, firms):
    with crm.transaction() as tx:
        for number in range(450):
            tx.contacts.add_organization(name=f"Daughter {number}", parent=firms[0].id)

    def childless(_contact, daughters):
        if daughters:
            yield Breach(text="has daughters", found=len(daughters))

    law = Invariant(
        name="childless",
        law="nobody has daughters",
        entity="contact",
        check=childless,
        beside={"daughters": Referring("contact", "parent")},
    )

    (fault,) = crm.check(invariants=[law]).faults

    assert (fault.id, fault.found) == (firms[0].id, "450")


def test_everything_damaged_at_once_ends_with_a_report(crm, firms, path, invoice):
    damaged(
        path,
        "UPDATE crm_contact SET created_at = 'once'",
        "UPDATE crm__event SET payload = '['",
        "UPDATE crm_invoice_lines SET net = net + 1, quantity = -1",
        "UPDATE crm_order SET revision = -5",
        "UPDATE crm_quote SET currency = 'XXX'",
        "UPDATE crm__number SET value = -1",
    )

    report = crm.check()

    assert not report
    assert len(report.faults) <= MAX_KEPT * len(report.laws)
    assert report.counts["readable"] == len(firms) + 1


@pytest.mark.parametrize("column", ["created_at", "attributes", "name", "revision"])
def test_a_damaged_tenant_is_never_moved(crm, firms, path, column):
    values = {"revision": "-1", "name": "' '"}
    damaged(
        path, f"UPDATE crm_contact SET {column} = {values.get(column, chr(39) + '?' + chr(39))}"
    )
    other = crmcore.open("memory://")
    empty = [*other.dump()]

    with pytest.raises(CrmError):
        other.load(crm.dump())

    assert [*other.dump()] == empty


def test_a_delivery_that_cannot_be_is_told(crm, path):
    firms = [crm.contacts.add_organization(name=f"Firm {number}") for number in range(3)]
    crm.outbox.deliver(lambda _: None, limit=1)
    damaged(
        path,
        "UPDATE crm__event SET claimed_until = recorded_at WHERE delivery = 'done'",
        f"UPDATE crm__event SET attempts = -3 WHERE entity_id = '{firms[1].id}'",
        "UPDATE crm__event SET claimed_until = '2999' || substr(recorded_at, 5) "
        f"WHERE entity_id = '{firms[2].id}'",
    )

    report = crm.check()

    assert report.counts == {"outbox": 3}
    assert [fault.id for fault in report.faults] == [firm.id for firm in firms]
    whats = ("which is done, is still claimed", "less than never", "for more than a day")
    assert all(what in fault.text for what, fault in zip(whats, report.faults, strict=True))


def test_a_text_that_the_driver_cannot_read_is_damage_of_one(crm, firms, path):
    damaged(
        path,
        "UPDATE crm_contact SET name = CAST(x'ff41' AS TEXT) " + f"WHERE id = '{firms[7].id}'",
    )

    report = crm.check()

    assert [fault.id for fault in report.of("readable")] == [firms[7].id]
    assert report.examined["contact"] == len(firms)
    with pytest.raises(DamagedRecord):
        crm.contacts.get(firms[7].id)
    assert crm.contacts.get(firms[8].id).name == "Firm 8"


def test_a_time_that_the_driver_cannot_read_is_damage_of_one(postgresql_url):
    with crmcore.open(postgresql_url) as crm:
        firms = [crm.contacts.add_organization(name=name) for name in "AB"]
        engine = create_engine(postgresql_url)
        with engine.begin() as connection:
            far = "UPDATE crm_contact SET created_at = 'infinity' WHERE id = :id"
            connection.execute(text(far), {"id": firms[0].id})
        engine.dispose()

        report = crm.check()

        assert [fault.id for fault in report.of("readable")] == [firms[0].id]
        assert report.examined["contact"] == len(firms)
        with crm.transaction() as tx:
            with pytest.raises(DamagedRecord):
                tx.contacts.get(firms[0].id)
            assert tx.contacts.get(firms[1].id).name == "B"


def test_a_group_that_cannot_be_read_is_a_typed_error_that_quotes_nothing(crm, path, invoice):
    damaged(path, f"UPDATE crm_invoice SET issued_on = 'once' WHERE id = '{invoice.id}'")

    with pytest.raises(DamagedRecord, match="what is stored of invoice") as told:
        crm.sales.invoices.gaps()

    assert told.value.__context__ is None
    assert not crm.sales.invoices.verify().is_clean
