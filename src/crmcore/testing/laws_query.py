"""Laws about finding: a store answers every question as reading everything would."""

from itertools import islice, product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar.entity import Kind
from crmcore.grammar.field import F
from crmcore.grammar.query import (
    EVERYTHING,
    Among,
    Compare,
    Either,
    Every,
    Folded,
    Matches,
    MatchOp,
    Missing,
    Not,
    Order,
    Path,
    Query,
)
from crmcore.ports import IdSource, Store
from crmcore.testing.extremes import texts
from crmcore.testing.ground import LAW, Ground
from crmcore.testing.meaning import fulfilling, known_ids, ordered
from crmcore.testing.specimens import Grade, Part, Size, badge, machine, maker, tool
from crmcore.testing.steps import added, found, page, page_in, query, scope_of
from crmcore.testing.strategies import COMPARISONS, EQUALITIES, MATCHES, conditions, orders
from crmcore.testing.surface import kind_of, operands, values
from crmcore.values.texts import fold

ENTITIES = ("maker", "gadget", "badge")


def ids_of(asked: Query) -> list[object]:
    """The ids the meaning has for a query, in order."""
    return [each.id for each in ordered(asked)]


class FindLaws(Ground):
    """Every form of question, each for itself and in any combination."""

    @pytest.mark.parametrize("entity", ENTITIES)
    def test_every_comparison_finds_what_it_should(self, filled: Store, entity: str) -> None:
        """Each operand compared in each way with each value agrees with reading everything."""
        scope = scope_of(entity)

        with filled.begin(write=False) as unit:
            for operand in operands(scope):
                is_choice = kind_of(operand, scope) is Kind.CHOICE
                signs = EQUALITIES if is_choice else COMPARISONS
                for place, value in enumerate(values(operand, scope, known_ids())):
                    for turn in (2 * place, 2 * place + 1):
                        where = Compare(signs[turn % len(signs)], operand, value)
                        asked = query(entity, where)
                        assert list(page_in(unit, asked).items) == ordered(asked), where

    @pytest.mark.parametrize("entity", ENTITIES)
    def test_every_field_can_be_missing_or_among_values(self, filled: Store, entity: str) -> None:
        """Each operand asked for absence, and for being one of several values."""
        scope = scope_of(entity)

        with filled.begin(write=False) as unit:
            for operand in operands(scope):
                some = tuple(values(operand, scope, known_ids()))
                for where in (Missing(operand), Among(operand, some), Among(operand, some[::2])):
                    asked = query(entity, where)
                    assert list(page_in(unit, asked).items) == ordered(asked), where
                    asked = query(entity, Not(where))
                    assert list(page_in(unit, asked).items) == ordered(asked), where

    @pytest.mark.parametrize("sign", MATCHES)
    def test_no_character_is_special(self, filled: Store, sign: MatchOp) -> None:
        """Every text is searched for as it is, with and without regard to case."""
        looked_for = (*texts(longest=40, lines=False), "a%", "_b", ".b", "[a", "*", "ss", "i")
        scope = scope_of("gadget")
        searched = [each for each in operands(scope) if kind_of(each, scope) is Kind.TEXT]

        with filled.begin(write=False) as unit:
            for operand, text in product(searched, looked_for):
                if isinstance(operand, Path | Folded):
                    asked = query("gadget", Matches(sign, operand, text))
                    assert list(page_in(unit, asked).items) == ordered(asked), asked.where

    @LAW
    @given(data=st.data(), entity=st.sampled_from(ENTITIES))
    def test_find_agrees_with_reading_everything(
        self, filled: Store, data: st.DataObject, entity: str
    ) -> None:
        """Any question, through references and children, finds exactly what fulfils it."""
        where = data.draw(conditions(scope_of(entity), known_ids()))
        asked = query(entity, where)

        answer = page(filled, asked).items

        assert list(answer) == fulfilling(entity, asked.where)

    def test_a_comparison_with_nothing_is_false(self, store: Store, ids: IdSource) -> None:
        """Where a value is missing, no comparison holds, and its plain negation does."""
        lacking, having = added(store, machine(ids.new()), machine(ids.new(), order=1))

        both = {lacking.id, having.id}
        assert found(store, "gadget", F.order != 2) == (having.id,)
        assert set(found(store, "gadget", ~(F.order == 2))) == both
        assert found(store, "gadget", ~(F.order != 1)) == tuple(sorted(both))
        assert found(store, "gadget", ~(F.order <= 1)) == (lacking.id,)
        assert found(store, "gadget", F.order == F.order) == (having.id,)
        assert found(store, "gadget", ~F.order.in_([1])) == (lacking.id,)

    def test_a_missing_link_is_a_missing_value(self, store: Store, ids: IdSource) -> None:
        """What lies behind a reference that is not there is missing; so is a foreign field."""
        (owner,) = added(store, maker(ids.new(), name="Ada"))
        linked, loose = added(store, machine(ids.new(), maker=owner.id), tool(ids.new()))
        (label,) = added(store, badge(ids.new(), linked.id))

        assert found(store, "gadget", F.maker.name == "Ada") == (linked.id,)
        assert found(store, "gadget", F.maker.name.is_missing()) == (loose.id,)
        assert found(store, "gadget", ~(F.maker.name == "Ada")) == (loose.id,)
        assert found(store, "badge", F.gadget.maker.name == "Ada") == (label.id,)
        assert set(found(store, "gadget", F.power.is_missing())) == {linked.id, loose.id}
        assert found(store, "gadget", F.handed.is_missing()) == (linked.id,)

    def test_one_child_has_to_fulfil_it_all(self, store: Store, ids: IdSource) -> None:
        """A condition on children asks for one child that fulfils all of it."""
        split = (Part(name="a", position=1), Part(name="b", position=2))
        one, two, none = added(
            store,
            machine(ids.new(), parts=split),
            machine(ids.new(), parts=(*split, Part(name="a", position=2))),
            machine(ids.new()),
        )

        both = F.parts.any((F.name == "a") & (F.position == 2))
        assert found(store, "gadget", both) == (two.id,)
        assert found(store, "gadget", ~both) == tuple(sorted((one.id, none.id)))
        assert found(store, "gadget", ~F.parts.any(~(F.name == "a"))) == (none.id,)
        assert set(found(store, "gadget", F.parts.any(EVERYTHING))) == {one.id, two.id}

    def test_children_of_what_is_referred_to_can_be_asked(
        self, store: Store, ids: IdSource
    ) -> None:
        """A condition on children may start behind a reference, and go on behind another."""
        (owner,) = added(store, maker(ids.new(), name="Ada"))
        having, lacking = added(
            store,
            machine(ids.new(), parts=(Part(name="p", maker=owner.id),)),
            machine(ids.new(), parts=(Part(name="p"),)),
        )
        one, two = added(store, badge(ids.new(), having.id), badge(ids.new(), lacking.id))

        assert found(store, "gadget", F.parts.any(F.maker.name == "Ada")) == (having.id,)
        assert found(store, "badge", F.gadget.parts.any(F.maker.name == "Ada")) == (one.id,)
        assert found(store, "badge", F.gadget.parts.any(F.maker.is_missing())) == (two.id,)

    def test_case_is_folded_only_when_asked(self, store: Store, ids: IdSource) -> None:
        """Text compares by code point; folded, without regard to case and compatibility forms."""
        names = ("Straße", "STRASSE", "strasse", "ﬁne", "FINE", "Ångström", "A\u030angström")
        entities = {name: each.id for name, each in zip(names, added(
            store, *(maker(ids.new(), name=name) for name in names)), strict=True)}  # fmt: skip

        for name in names:
            alike = {entities[each] for each in names if fold(each) == fold(name)}
            assert found(store, "maker", F.name == name) == (entities[name],)
            assert set(found(store, "maker", F.name.folded == name)) == alike
            assert set(found(store, "maker", F.name.folded.startswith(name.upper()))) == alike

    def test_texts_are_equal_only_to_themselves(self, store: Store, ids: IdSource) -> None:
        """Neither case nor accents, blanks, normal forms or invisible signs are overlooked."""
        names = texts(longest=200, lines=False)
        stored = added(store, *(maker(ids.new(), name=name) for name in names))

        for each in stored:
            assert found(store, "maker", F.name == each.name) == (each.id,)
            assert len(found(store, "maker", F.name != each.name)) == len(names) - 1

    def test_a_record_is_missing_as_a_whole(self, store: Store, ids: IdSource) -> None:
        """No record, and a record with nothing in it, are two things."""
        none, empty, full = added(
            store,
            machine(ids.new()),
            machine(ids.new(), size=Size()),
            machine(ids.new(), size=Size(width=1)),
        )

        assert found(store, "gadget", Missing(F.size())) == (none.id,)
        assert set(found(store, "gadget", ~Missing(F.size()))) == {empty.id, full.id}
        assert set(found(store, "gadget", F.size.width.is_missing())) == {none.id, empty.id}

    def test_nothing_and_everything_can_be_asked_for(self, store: Store, ids: IdSource) -> None:
        """All of no conditions hold, none of no conditions holds; nothing is among nothing."""
        (entity,) = added(store, machine(ids.new(), group=Grade.FINE))

        assert found(store, "gadget", Every(())) == (entity.id,)
        assert found(store, "gadget", Not(Every(()))) == ()
        assert found(store, "gadget", Either(())) == ()
        assert found(store, "gadget", F.group.in_([])) == ()
        assert found(store, "gadget", ~F.group.in_([])) == (entity.id,)


class OrderLaws(Ground):
    """The order of every answer is total, and the same in every store."""

    @pytest.mark.parametrize("entity", ENTITIES)
    def test_every_field_orders_in_both_directions(self, filled: Store, entity: str) -> None:
        """Each operand makes an order, missing values first either way, then the id."""
        with filled.begin(write=False) as unit:
            for operand, descending in product(operands(scope_of(entity)), (False, True)):
                asked = query(entity, order=[Order(operand, descending)])
                answer = [each.id for each in page_in(unit, asked).items]
                assert answer == ids_of(asked), asked.order

    @LAW
    @given(data=st.data(), entity=st.sampled_from(ENTITIES))
    def test_the_order_is_total(self, filled: Store, data: st.DataObject, entity: str) -> None:
        """Several keys order one after the other, and the id decides at last."""
        asked = query(entity, order=data.draw(orders(scope_of(entity))))

        answer = [each.id for each in page(filled, asked).items]

        assert answer == ids_of(asked)

    def test_missing_values_come_first(self, store: Store, ids: IdSource) -> None:
        """Missing values come first, whichever the direction."""
        low, none, high = added(store, *(machine(ids.new(), order=order) for order in (1, None, 2)))

        for descending, expected in ((False, (none, low, high)), (True, (none, high, low))):
            asked = query("gadget", order=[Order(F.order(), descending)])
            assert page(store, asked).items == expected

    def test_text_orders_by_code_point(self, store: Store, ids: IdSource) -> None:
        """Capitals before small letters, accents behind all, and nothing by anybody's language."""
        names = texts(longest=200, lines=False)
        added(store, *(maker(ids.new(), name=name) for name in names))

        for descending in (False, True):
            asked = query("maker", order=[Order(F.name(), descending)])
            answer = [getattr(each, "name", "") for each in page(store, asked).items]
            assert answer == sorted(names, reverse=descending)

    def test_without_keys_the_id_orders(self, filled: Store) -> None:
        """Whoever asks for no order gets the entities by id; it can be turned round too."""
        ascending = [each.id for each in page(filled, query("gadget")).items]
        turned = query("gadget", order=[Order(F.id(), descending=True)])

        assert ascending == sorted(ascending)
        assert [each.id for each in page(filled, turned).items] == ascending[::-1]


class PageLaws(Ground):
    """Pages put together are the whole."""

    KEYS = (
        (),
        (Order(F.id(), descending=True),),
        (Order(F.title()),),
        (Order(F.group(), descending=True), Order(F.weight())),
        (Order(F.price()),),
        (Order(F.active()), Order(F.maker.name.folded(), descending=True)),
        (Order(F.tested.by("year")()), Order(F.attributes.shelf())),
        (Order((F.sold - F.bought)(), descending=True),),
        (Order(F.maker()), Order(F.discount())),
    )

    @pytest.mark.parametrize("keys", KEYS)
    @pytest.mark.parametrize("size", [1, 2, 7, 65, 66, 67])
    def test_pages_of_any_size_make_the_whole(
        self, filled: Store, keys: tuple[Order, ...], size: int
    ) -> None:
        """Page by page, each entity comes exactly once, in the order of the whole."""
        asked = query("gadget", order=keys, limit=size)
        read: list[object] = []

        with filled.begin(write=False) as unit:
            while True:
                one = page_in(unit, asked)
                read += [each.id for each in one.items]
                if one.cursor is None:
                    break
                assert len(one.items) == size
                asked = attrs.evolve(asked, after=one.cursor)

        assert read == ids_of(query("gadget", order=keys))

    @LAW
    @given(data=st.data(), size=st.integers(1, 30))
    def test_pages_of_any_question_make_the_whole(
        self, filled: Store, data: st.DataObject, size: int
    ) -> None:
        """The same for any condition and any order."""
        scope = scope_of("gadget")
        where = data.draw(conditions(scope, known_ids()))
        asked = query("gadget", where, order=data.draw(orders(scope)), limit=size)
        read: list[object] = []

        cursor: tuple[object, ...] | None = ()
        while cursor is not None:
            one = page(filled, asked)
            read += [each.id for each in one.items]
            cursor = one.cursor
            asked = attrs.evolve(asked, after=cursor)

        assert read == ids_of(attrs.evolve(asked, after=None, limit=None))

    @pytest.mark.parametrize("size", [3, 4])
    def test_the_last_page_says_so(self, store: Store, ids: IdSource, size: int) -> None:
        """Where nothing follows there is no cursor, even when the page is full."""
        added(store, *(maker(ids.new()) for _ in range(3)))

        one = page(store, query("maker", limit=size))

        assert len(one.items) == 3
        assert one.cursor is None

    def test_nothing_is_one_empty_page(self, store: Store) -> None:
        """An answer without entities has no further page."""
        one = page(store, query("maker", limit=10, order=[Order(F.name())]))

        assert (one.items, one.cursor) == ((), None)

    @pytest.mark.parametrize("descending", [False, True])
    def test_no_page_repeats_while_the_store_changes(
        self, store: Store, ids: IdSource, descending: bool
    ) -> None:
        """What stays in the store comes exactly once, though others come and go in between."""
        staying = added(store, *(maker(ids.new(), name=name) for name in "bbddffhh"))
        asked = query("maker", order=[Order(F.name(), descending)], limit=3)
        read: list[object] = []

        cursor, names = asked.after, iter("aceg")
        while cursor is not None or not read:
            one = page(store, attrs.evolve(asked, after=cursor))
            read += [each.id for each in one.items if each in staying]
            added(store, *(maker(ids.new(), name=name) for name in islice(names, 1)))
            cursor = one.cursor

        assert len(read) == len(set(read))
        assert set(read) == {each.id for each in staying}
