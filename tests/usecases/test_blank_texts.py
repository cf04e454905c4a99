"""Texts that name something: none of them is blank, on any store, through any command."""

import pytest

from crmcore.errors import InvalidText, ManyFaults
from crmcore.wire import dump

BLANKS = ["", " ", "\u00a0\u2003", "\u3000"]


@pytest.fixture
def firm(crm):
    return crm.contacts.add_organization(name="ACME GmbH")


CALLS = {
    "add_organization": ("name", lambda crm, firm, text: crm.contacts.add_organization(name=text)),
    "add_person": (
        "name",
        lambda crm, firm, text: crm.contacts.add_person(given_name=text, family_name=text),
    ),
    "update": ("name", lambda crm, firm, text: crm.contacts.update(firm.id, name=text)),
    "capture": ("source", lambda crm, firm, text: crm.leads.capture(firm.id, source=text)),
    "open a deal": ("title", lambda crm, firm, text: crm.opportunities.open(title=text)),
    "open a ticket": (
        "subject",
        lambda crm, firm, text: crm.tickets.open(
            requester=firm.id, subject=text, channel="email", priority="normal"
        ),
    ),
    "sku": ("sku", lambda crm, firm, text: crm.catalog.add_product(sku=text, name="Pump")),
    "product": ("name", lambda crm, firm, text: crm.catalog.add_product(sku="P", name=text)),
    "team": ("name", lambda crm, firm, text: crm.teams.form(name=text)),
}


@pytest.mark.parametrize("text", BLANKS)
@pytest.mark.parametrize("call", CALLS)
def test_a_blank_text_is_refused_and_nothing_is_stored(crm, firm, call, text):
    field, command = CALLS[call]
    before = list(dump(crm.store))

    with pytest.raises(InvalidText) as refused:
        command(crm, firm, text)

    assert (refused.value.field, refused.value.reason) == (field, "must not be blank")
    assert list(dump(crm.store)) == before


def test_two_blank_texts_are_refused_at_once(crm):
    with pytest.raises(ManyFaults) as refused:
        crm.catalog.add_product(sku=" ", name="")

    assert [fault.field for fault in refused.value.faults] == ["sku", "name"]


def test_one_of_both_names_is_enough_for_a_person(crm):
    assert crm.contacts.add_person(given_name="", family_name="Berg").name == "Berg"
