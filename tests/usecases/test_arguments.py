"""Whatever is passed to a command, the answer is one typed error that names the argument."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crmcore
from crmcore import Change, EntityType, Event, F, LineDraft, Money, Share
from crmcore.errors import CrmError, InvalidValue, ManyFaults, WrongType
from crmcore.memory import MemoryStore
from crmcore.subjects import SUBJECTS
from crmcore.usecases.arguments import checked
from crmcore.wire import dump

LINE = LineDraft(description="Pump", quantity=1, unit_price=Money("1", "EUR"))
ID = UUID(int=7)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("valid_until", lambda c: c.sales.quote(ID, lines=[LINE], valid_until="2999-01-01")),
        (
            "valid_until",
            lambda c: c.sales.quote(ID, lines=[LINE], valid_until=datetime(2999, 1, 1, tzinfo=UTC)),
        ),
        ("lines", lambda c: c.sales.quote(ID, lines=None, valid_until=date(2999, 1, 1))),
        ("lines[0]", lambda c: c.sales.quote(ID, lines=[{}], valid_until=date(2999, 1, 1))),
        ("lines", lambda c: c.sales.bill(ID, lines=[1])),
        ("part", lambda c: c.sales.bill(ID, part="1", of=3)),
        ("amount", lambda c: c.sales.pay(ID, amount=5)),
        ("invoices", lambda c: c.sales.pay("x", amount=Money("1", "EUR"))),
        ("on", lambda c: c.opportunities.win(ID, on="2026-01-01")),
        ("to", lambda c: c.opportunities.advance(ID, to=None)),
        ("list_price", lambda c: c.catalog.add_product(sku="a", name="b", list_price=5)),
        ("vat_rate", lambda c: c.catalog.add_product(sku="a", name="b", vat_rate="0.19")),
        ("amount", lambda c: c.catalog.set_price(ID, "5")),
        ("on", lambda c: c.catalog.price_of(ID, on="2026-01-01")),
        ("contact", lambda c: c.contacts.update(None, name="x")),
        ("employees", lambda c: c.contacts.add_organization(name="x", employees=True)),
        ("where", lambda c: c.contacts.find("name = 'x'")),
        ("order_by", lambda c: c.contacts.find(order_by=5)),
        ("id", lambda c: c.contacts.get(None)),
        ("measure", lambda c: c.kpi(5)),
        ("during", lambda c: c.kpi("win_rate", during=date(2026, 1, 1))),
        ("at", lambda c: c.leads.capture(ID, source="x", at="now")),
        ("key", lambda c: c.contacts.add_organization(name="x", key=5)),
    ],
)
def test_an_argument_of_another_type_is_named(crm, name, call):
    before = list(dump(crm.store))

    with pytest.raises(WrongType) as caught:
        call(crm)

    assert caught.value.field == name
    assert list(dump(crm.store)) == before


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("place", {"place": None}),
        ("settings", {"settings": {"currency": "EUR"}}),
        ("tenant", {"tenant": 5}),
    ],
)
def test_opening_checks_its_arguments_too(name, options):
    with pytest.raises(WrongType) as caught:
        crmcore.open(**{"place": "memory://", **options})

    assert caught.value.field == name


def test_several_wrong_arguments_are_all_named(crm):
    with pytest.raises(ManyFaults) as caught:
        crm.catalog.add_product(sku=1, name=2, list_price=3)

    assert [fault.field for fault in caught.value.faults] == ["sku", "name", "list_price"]


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=3),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
    st.just(object()),
    st.just(Share("0.5")),
    st.just(date(2026, 1, 1)),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    command=st.sampled_from(
        [
            "contacts.add_person",
            "contacts.add_organization",
            "leads.capture",
            "teams.form",
            "opportunities.open",
            "opportunities.lose",
            "catalog.add_product",
            "sales.quote",
            "sales.bill",
            "sales.pay",
            "sales.issue",
            "tickets.open",
            "tickets.reply",
        ]
    ),
    data=st.data(),
)
def test_junk_in_any_argument_of_any_command_gives_our_errors_only(command, data):
    with crmcore.open("memory://") as crm:
        room, name = command.split(".")
        method = getattr(getattr(crm, room), name)
        names = [each for each in method.__annotations__ if each not in {"return", "invoices"}]
        passed = {each: data.draw(junk, label=each) for each in names}
        before = list(dump(crm.store))

        try:
            method(**passed)
        except CrmError:
            assert list(dump(crm.store)) == before


def test_a_checked_function_keeps_what_fits():
    @checked
    def joined(first: int, *rest: str, more: Sequence[date] | None = None, **free: object) -> str:
        return f"{first}{rest}{more}{free}"

    assert joined(1, "a", "b", more=(date(2026, 1, 1),), x=1.5).startswith("1('a', 'b')")
    with pytest.raises(WrongType, match="rest"):
        joined(1, "a", 2)
    with pytest.raises(WrongType, match="more"):
        joined(1, more="2026")


@attrs.frozen(kw_only=True, repr=False)
class Machine(crmcore.Entity):
    serial: str


@attrs.frozen(kw_only=True)
class MachineInstalled(Event):
    machine: UUID


MACHINE = EntityType(name="machine", cls=Machine, unique=(("serial",),))


def test_a_host_keeps_entities_of_its_own_beside_ours(opened):
    crm = opened(entities=[MACHINE], events=[MachineInstalled])
    at = datetime(2026, 1, 1, tzinfo=UTC)
    machine = Machine(id=ID, created_at=at, updated_at=at, serial="M-1")

    stored = crm.of(Machine).apply(Change(machine, (MachineInstalled(at=at, machine=ID),)))

    assert crm.of(Machine).find(F.serial == "M-1").one() == stored
    assert [type(each.event) for each in crm.of(Machine).history(ID)] == [MachineInstalled]


def test_a_new_entity_without_an_event_is_stored_and_an_old_one_is_left_alone(opened):
    crm = opened(entities=[MACHINE], events=[MachineInstalled])
    at = datetime(2026, 1, 1, tzinfo=UTC)

    stored = crm.of(Machine).apply(Change(Machine(id=ID, created_at=at, updated_at=at, serial="M")))
    again = crm.of(Machine).apply(Change(stored))

    assert (stored.revision, again, crm.of(Machine).get(ID)) == (1, stored, stored)


def test_our_own_entities_change_by_their_own_commands_only(crm):
    firm = crm.contacts.add_organization(name="ACME")

    with pytest.raises(WrongType):
        crm.of(crmcore.Contact).apply(Change(firm, ()))


def test_a_store_made_elsewhere_can_be_opened():
    store = MemoryStore(registry=SUBJECTS, tenant="mandant-7")

    with crmcore.open(store) as crm:
        assert crm.contacts.add_organization(name="x").revision == 1
        assert crm.store.tenant == "mandant-7"
    with pytest.raises(InvalidValue, match="place"):
        crmcore.open(store, tenant="other")
