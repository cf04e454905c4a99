"""A command that fails halfway takes its transaction with it, whoever catches the error."""

from contextlib import suppress
from datetime import date

import pytest

from crmcore import F, LineDraft, Money, Role
from crmcore.errors import Closed, EntityNotFound, InvalidText, MoveForbidden, UnknownName


def drafts_of(crm, many):
    account = crm.contacts.add_organization(name="ACME GmbH")
    deal = crm.opportunities.open(title="Pumps", account=account.id)
    pump = LineDraft(description="Pump", quantity=many, unit_price=Money("10", "EUR"))
    quote = crm.sales.quote(deal.id, lines=[pump], valid_until=date(2999, 1, 1))
    order = crm.sales.accept(quote.id)
    return [crm.sales.bill(order.id, lines={order.lines[0].id: 1}) for _ in range(many)]


def issue_what_can_be_issued(crm, drafts):
    with crm.transaction() as tx:
        for draft in drafts:
            with suppress(MoveForbidden):
                tx.sales.issue(draft.id)


def capture_and_go_on(crm, contact):
    with crm.transaction() as tx:
        with suppress(InvalidText):
            tx.leads.capture(contact.id, source="x" * 1000)
        tx.contacts.add_organization(name="Too late")


def test_a_caught_error_leaves_no_gap_in_the_numbers(crm):
    first, given_up, last = drafts_of(crm, 3)
    crm.sales.withdraw(given_up.id)

    issue_what_can_be_issued(crm, (first, given_up, last))

    assert [crm.sales.invoices.get(each.id).sequence for each in (first, last)] == [1, 2]


def test_a_caught_error_leaves_no_half_of_a_command(crm):
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace")
    with pytest.raises(Closed), crm.transaction() as tx, suppress(InvalidText):
        tx.leads.capture(ada.id, source="x" * 1000)
    assert not crm.contacts.get(ada.id).holds(Role.LEAD)


def test_nobody_owes_an_invoice_that_was_not_issued(crm):
    (draft,) = drafts_of(crm, 1)

    with crm.transaction() as tx, suppress(UnknownName):
        tx.sales.issue(draft.id, series="no-such-series")

    assert not crm.contacts.get(draft.account).holds(Role.DEBTOR)


def test_whatever_comes_after_a_half_done_command_is_refused(crm):
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace")
    with pytest.raises(Closed):
        capture_and_go_on(crm, ada)
    assert crm.contacts.find(F.name == "Too late").count() == 0


def test_a_command_that_has_written_nothing_fails_alone(crm):
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace")
    with crm.transaction() as tx:
        with suppress(EntityNotFound):
            tx.leads.capture(tx.leads.capture(ada.id, source="fair").id, source="fair")
        tx.contacts.add_organization(name="ACME GmbH")
    assert crm.contacts.find(F.name == "ACME GmbH").count() == 1
    assert crm.leads.find().count() == 1
