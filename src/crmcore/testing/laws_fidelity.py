"""Laws about what comes back: equal in value and in type, whatever it was."""

from datetime import UTC, date, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar.attributes import Attributes
from crmcore.grammar.field import F
from crmcore.ports import IdSource, Store
from crmcore.testing.capabilities import needs
from crmcore.testing.collection import collection
from crmcore.testing.extremes import DATES, INSTANTS, LARGEST_MONEY, MONEY, extremes, texts
from crmcore.testing.ground import LAW, Ground, StoreFactory
from crmcore.testing.meaning import stored
from crmcore.testing.specimens import (
    GADGET,
    SPECIMENS,
    Gadget,
    Grade,
    Machine,
    Part,
    Size,
    Tool,
    machine,
    maker,
    tool,
)
from crmcore.testing.steps import added, anatomy, everything, found, got, page, query, saved
from crmcore.testing.strategies import entities
from crmcore.values.ids import CountedIds
from crmcore.values.money import Money

OWNER = maker(CountedIds(3).new())
KNOWN = {"maker": (OWNER.id,), "gadget": ()}
GADGETS = st.one_of(entities(Machine, SPECIMENS, KNOWN), entities(Tool, SPECIMENS, KNOWN))


def round_trip(store: Store, entity: Gadget) -> tuple[object, object]:
    """An entity as it should come back, and as it does."""
    (new,) = added(store, entity)
    return anatomy(attrs.evolve(entity, revision=1)), anatomy(got(store, new))


class FidelityLaws(Ground):
    """What you add you get back whole."""

    @LAW
    @given(entity=GADGETS)
    def test_what_you_add_you_get_back_whole(self, stores: StoreFactory, entity: Gadget) -> None:
        """Every field of every kind comes back equal and of the same type."""
        store = stores.fresh()
        added(store, OWNER)

        expected, actual = round_trip(store, entity)

        assert actual == expected

    @LAW
    @given(before=GADGETS, after=GADGETS)
    def test_what_you_save_you_get_back_whole(
        self, stores: StoreFactory, before: Gadget, after: Gadget
    ) -> None:
        """A save replaces everything, children and own attributes included."""
        store = stores.fresh()
        added(store, OWNER)
        (first,) = added(store, before)
        cls = type(before)
        same = {name: getattr(after, name) for name in GADGET.records[cls].fields
                if hasattr(after, name)}  # fmt: skip

        second = attrs.evolve(first, **(same | {"id": first.id, "revision": 1}))

        assert anatomy(saved(store, second)) == anatomy(attrs.evolve(second, revision=2))
        assert anatomy(got(store, second)) == anatomy(attrs.evolve(second, revision=2))

    def test_every_way_of_reading_gives_the_same(self, filled: Store) -> None:
        """Got one by one, many at once or found: the same entity, whole."""
        for name, rows in stored().items():
            cls = SPECIMENS.named(name).cls
            with filled.begin(write=False) as unit:
                repository = unit.repository(cls)
                many = repository.get_many(rows)
                every = {each.id: each for each in repository.find(query(name)).items}
                single = {id: repository.get(id) for id in rows}

            expected = {id: anatomy(row) for id, row in rows.items()}
            for answer in (many, every, single):
                assert {id: anatomy(row) for id, row in answer.items()} == expected

    @pytest.mark.parametrize("name", ["title", "notes", "order", "weight", "discount", "token"])
    def test_extremes_come_back(self, store: Store, ids: IdSource, name: str) -> None:
        """Every value of the hand-picked pool comes back, and can be found by its value."""
        pool = extremes(GADGET.fields[name])

        new = added(store, *(machine(ids.new(), **{name: value}) for value in pool))

        assert [anatomy(getattr(got(store, each), name)) for each in new] == [*map(anatomy, pool)]
        for each, value in zip(new, pool, strict=True):
            assert each.id in found(store, "gadget", F[name] == value)

    @pytest.mark.parametrize("price", [*MONEY, *LARGEST_MONEY], ids=str)
    def test_money_keeps_every_digit(self, store: Store, ids: IdSource, price: Money) -> None:
        """Amounts come back to the last of four places, in their currency."""
        part = Part(name="p", price=price)

        expected, actual = round_trip(store, tool(ids.new(), price=price, parts=(part,)))

        assert actual == expected

    @pytest.mark.parametrize("at", INSTANTS, ids=str)
    def test_instants_keep_their_milliseconds(
        self, store: Store, ids: IdSource, at: datetime
    ) -> None:
        """Moments come back in UTC, to the millisecond, over the whole calendar."""
        part = Part(name="p", tested=at)

        expected, actual = round_trip(
            store, machine(ids.new(), tested=at, created_at=at, parts=(part,))
        )

        assert actual == expected

    @pytest.mark.parametrize("day", DATES, ids=str)
    def test_dates_stay_dates(self, store: Store, ids: IdSource, day: date) -> None:
        """Days come back as days, without a time or a zone."""
        part = Part(name="p", since=day)

        expected, actual = round_trip(store, machine(ids.new(), bought=day, parts=(part,)))

        assert actual == expected

    def test_missing_and_empty_stay_apart(self, store: Store, ids: IdSource) -> None:
        """None, an empty text, zero and false are four things."""
        none = machine(ids.new(), notes=None, order=None, active=None)
        nothing = machine(ids.new(), notes="", order=0, active=False)

        for entity in (none, nothing):
            expected, actual = round_trip(store, entity)
            assert actual == expected

    @pytest.mark.parametrize("size", [None, Size(), Size(width=0), Size(note="")], ids=str)
    def test_a_record_comes_back_whole_or_not_at_all(
        self, store: Store, ids: IdSource, size: Size | None
    ) -> None:
        """No record, a record with nothing in it and one with little in it stay apart."""
        expected, actual = round_trip(store, machine(ids.new(), size=size))

        assert actual == expected

    def test_children_keep_their_order_and_number(self, store: Store, ids: IdSource) -> None:
        """Children come back in order, equal ones too, after every save."""
        a, b, c = (Part(name=name, kind=Grade.FINE, spare=True) for name in "abc")
        (entity,) = added(store, machine(ids.new(), parts=(b, a, b)))
        neighbour = added(store, machine(ids.new(), parts=(c, c)))

        for parts in ((c, b, a, a), (a,), (), (b, b, b, b, b), (b, b, a, b)):
            entity = saved(store, attrs.evolve(entity, parts=parts))
            assert anatomy(got(store, entity).parts) == anatomy(parts)
        assert (got(store, neighbour[0]),) == neighbour

    @pytest.mark.parametrize("text", texts(longest=200, lines=False))
    def test_every_text_comes_back_everywhere(self, store: Store, ids: IdSource, text: str) -> None:
        """In fields, records, children and own attributes, a text stays as it is."""
        short = text[:40]
        entity = machine(
            ids.new(),
            title=text,
            serial=short,
            size=Size(note=short),
            parts=(Part(name=short),),
            attributes=Attributes({"colour": text}),
        )

        expected, actual = round_trip(store, entity)

        assert actual == expected

    def test_own_attributes_keep_their_types(self, store: Store, ids: IdSource) -> None:
        """Own attributes come back with the declared types; those not given are not there."""
        full = Attributes(
            {
                "colour": "12",
                "shelf": 2**63 - 1,
                "approved": False,
                "budget": Decimal("-99999999999999.9999"),
                "due": date(2024, 2, 29),
                "seen": datetime(1, 1, 1, 0, 0, 0, 1000, UTC),
            }
        )

        for own in (full, Attributes(), Attributes({"approved": True}), Attributes({"shelf": 1})):
            expected, actual = round_trip(store, machine(ids.new(), attributes=own))
            assert actual == expected


class DurabilityLaws(Ground):
    """What was committed lasts."""

    @needs("durable")
    def test_reopening_keeps_every_entity(self, stores: StoreFactory, filled: Store) -> None:
        """Whoever opens the place again finds everything, whole."""
        before = everything(filled)

        again = stores.reopen(filled)

        assert everything(again) == before
        assert len(collection()) == sum(len(rows) for rows in stored().values())

    @needs("durable")
    def test_reopening_keeps_numbers_and_keys(self, stores: StoreFactory) -> None:
        """Numbers go on where they were, also after somebody left with one in hand."""
        store = stores.fresh()
        for ending in ("commit", "rollback"):
            with store.begin(write=True) as unit:
                unit.draw("numbers", "2024")
                getattr(unit, ending)()

        again = stores.reopen(store)

        with again.begin(write=True) as unit:
            assert unit.draw("numbers", "2024") == 2

    @needs("durable")
    def test_reopening_goes_on(self, stores: StoreFactory, ids: IdSource) -> None:
        """After opening the place again, everything can be read, saved and added to."""
        store = stores.fresh()
        (entity,) = added(store, maker(ids.new(), code="X"))

        again = stores.reopen(store)
        held = saved(again, attrs.evolve(entity, name="later"))
        (new,) = added(again, maker(ids.new()))

        assert page(again, query("maker")).items == (held, new)
