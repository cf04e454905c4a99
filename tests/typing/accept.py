"""What every type checker must accept: the library used as its documentation shows it.

Never run; checked by judge.py in the session ``types``.
"""

# pyright: strict

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, assert_type
from uuid import UUID

import attrs

import crmcore
from crmcore import Contact, Entity, EntityType, Event, F, Money, Person, Ref, Role, Share, Text
from crmcore.contacts import ContactId
from crmcore.grammar.change import Change
from crmcore.grammar.query import Condition
from crmcore.leads import Lead
from crmcore.opportunities import Opportunity
from crmcore.ports import Repository, Store
from crmcore.usecases import Found
from crmcore.wire import entity_to_dict, event_payload, wire_converter

MachineId = Annotated[UUID, Ref("machine")]


@attrs.frozen(kw_only=True)
class Machine(Entity):
    """An entity of a host application."""

    label: Annotated[str, Text(max=50)]
    owner: ContactId | None = None


@attrs.frozen(kw_only=True)
class MachineSold(Event):
    """An event of a host application."""

    machine: UUID
    price: Money


def commands(crm: crmcore.Crm, now: datetime) -> None:
    """Commands give what they name."""
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace", at=now)
    assert_type(ada, Person)
    assert_type(crm.leads.capture(ada.id, source="fair"), Lead)
    assert_type(crm.leads.convert(ada.id, title="Pumps"), Opportunity)
    assert_type(crm.leads.convert(ada.id, open_opportunity=False), Lead)
    with crm.transaction() as transaction:
        assert_type(transaction, crmcore.Transaction)
        assert_type(transaction.contacts.get(ada.id), Contact)


def searching(crm: crmcore.Crm) -> None:
    """Conditions are built with operators, and what is found has the type of its collection."""
    condition = (F.amount.value > Decimal(1000)) & ~F.owner.is_missing()
    assert_type(condition.__or__(F.source.contains("fair")).items, tuple[Condition, ...])
    found = crm.contacts.find(F.roles.any(F.kind.in_([Role.CUSTOMER])), order_by=F.name)
    assert_type(found, Found[Contact])
    assert_type([contact.name for contact in found], list[str])
    assert_type(crm.opportunities.find(order_by=("-amount", F.id)).first(), Opportunity | None)


def values() -> None:
    """Values calculate among themselves."""
    total = Money("12.50", "EUR") * 3 + Money.zero("EUR")
    assert_type(total, Money)
    assert_type(total * Share.percent(19), Money)
    assert_type(total.split(3), tuple[Money, ...])


def own_entities(store: Store) -> Repository[Machine]:
    """A host application's own entities are typed like ours."""
    kind = EntityType(name="machine", cls=Machine)
    assert_type(kind.fields["label"].optional, bool)
    with store.begin(write=False) as work:
        repository = work.repository(Machine)
        assert_type(repository.get_many([]), Mapping[UUID, Machine])
        return repository


def widened(change: Change[Machine]) -> Change[Entity]:
    """A change of a machine is a change of an entity."""
    return change


def wired(machine: Machine, sold: MachineSold, store: Store) -> str:
    """The wire takes any entity and event."""
    entity_to_dict(machine, store.registry)
    assert_type(wire_converter(store.registry).structure({}, Machine), Machine)
    return event_payload(sold)


def opened() -> crmcore.Crm:
    """All of what a CRM is opened with."""
    return crmcore.open(
        "memory://",
        attributes={"contact": {"shoe_size": int, "since": date}},
        entities=[EntityType(name="machine", cls=Machine)],
        events=[MachineSold],
        settings=crmcore.Settings(currency="CHF", zone=UTC),
    )
