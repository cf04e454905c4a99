"""Laws about what is given once: numbers of a series, and idempotency keys."""

from collections.abc import Callable

import attrs
import pytest

from crmcore.errors import (
    Conflict,
    InvalidText,
    InvalidValue,
)
from crmcore.ports import IdSource, Store, UnitOfWork
from crmcore.testing.extremes import texts
from crmcore.testing.ground import Ground
from crmcore.testing.laws_closing import ENDINGS
from crmcore.testing.specimens import NOBODY
from crmcore.testing.steps import (
    done,
    naming,
    remembered,
)

BAD = ("\x00", "a\nb", "\x1b[2J", "\ud800", "a\udfff", "x" * 256)
"""Names that no store may keep, wherever they occur."""

NAMED: dict[str, Callable[[UnitOfWork, str], object]] = {
    "series": lambda unit, name: unit.draw(name, ""),
    "period": lambda unit, name: unit.draw("series", name),
    "scope": lambda unit, name: unit.recall(name, "key"),
    "key": lambda unit, name: unit.recall("scope", name),
    "remembered scope": lambda unit, name: unit.remember(remembered("key", scope=name)),
    "remembered key": lambda unit, name: unit.remember(remembered(name)),
    "remembered entity": lambda unit, name: unit.remember(
        attrs.evolve(remembered("key"), entity=name)
    ),
    "remembered fingerprint": lambda unit, name: unit.remember(
        attrs.evolve(remembered("key"), fingerprint=name)
    ),
    "history entity": lambda unit, name: unit.history(name, NOBODY),
    "recorded entity": lambda unit, name: unit.record(
        attrs.evolve(naming(NOBODY, NOBODY), entity=name)
    ),
}
"""Where a name reaches a store; the last word of each is the field that a refusal names."""

LONGEST: tuple[tuple[int, list[str]], ...] = (
    (20, ["series", "period"]),
    (63, ["history entity", "recorded entity", "remembered entity"]),
    (64, ["remembered fingerprint"]),
    (100, ["scope", "remembered scope"]),
    (255, ["key", "remembered key"]),
)


class NameLaws(Ground):
    """The same verdict on names everywhere, because no store decides."""

    @pytest.mark.parametrize("place", NAMED)
    def test_a_name_no_store_may_keep_is_refused(self, store: Store, place: str) -> None:
        """A control character, a surrogate, too much or nothing at all is no name."""
        field, bad = place.rsplit(maxsplit=1)[-1], (*BAD, *(() if place == "period" else ("",)))

        with store.begin(write=True) as unit:
            for name in bad:
                with pytest.raises((InvalidText, InvalidValue)) as refusal:
                    NAMED[place](unit, name)
                assert getattr(refusal.value, "field", None) == field
            unit.commit()

    @pytest.mark.parametrize(("longest", "places"), LONGEST)
    def test_a_name_may_be_so_long(self, store: Store, longest: int, places: list[str]) -> None:
        """Code points count, and the longest name is kept."""
        for place in places:
            with store.begin(write=True) as unit:
                NAMED[place](unit, "\U0001f600" * longest)
                with pytest.raises(InvalidText):
                    NAMED[place](unit, "x" * (longest + 1))
                unit.commit()


class NumberLaws(Ground):
    """Numbers on documents: from 1, without gaps."""

    def test_numbers_begin_at_one_and_have_no_gaps(self, store: Store) -> None:
        """Over all commits, and within one, each number is the next one."""
        drawn: list[int] = []
        for many in (1, 3, 1):
            with store.begin(write=True) as unit:
                drawn += [unit.draw("numbers", "2024") for _ in range(many)]
                unit.commit()

        assert drawn == [1, 2, 3, 4, 5]

    def test_a_number_rolled_back_is_drawn_again(self, store: Store) -> None:
        """A number whose unit of work did not commit was never given."""
        for ending in ("commit", "rollback"):
            with store.begin(write=True) as unit:
                unit.draw("numbers", "2024")
                ENDINGS[ending](unit)

        with store.begin(write=True) as unit:
            assert unit.draw("numbers", "2024") == 2

    def test_series_and_periods_count_for_themselves(self, store: Store) -> None:
        """Every series begins at 1 in every period; no text is like another."""
        names = [name for name in texts(longest=20, lines=False) if name]

        with store.begin(write=True) as unit:
            first = [unit.draw(name, "2024") for name in names]
            periods = [unit.draw("series", name) for name in ("", *names)]
            unit.commit()
        with store.begin(write=True) as unit:
            second = [unit.draw(name, "2024") for name in names]

        assert set(first) == set(periods) == {1}
        assert set(second) == {2}


class KeyLaws(Ground):
    """Idempotency keys: what was remembered, for exactly that key."""

    def test_what_was_remembered_is_recalled(self, store: Store, ids: IdSource) -> None:
        """A key recalls its first result, all of it; an unknown one recalls nothing."""
        first = attrs.evolve(remembered("key"), fingerprint="f" * 64, entity_id=ids.new())

        with store.begin(write=True) as unit:
            unit.remember(first)
            assert unit.recall("scope", "key") == first
            unit.commit()

        with store.begin(write=False) as unit:
            assert unit.recall("scope", "key") == first
            assert unit.recall("scope", "another") is None

    def test_keys_differ_in_anything(self, store: Store) -> None:
        """Case, accents, blanks and normal forms make different keys."""
        keys = [key for key in (*texts(longest=200, lines=False), "k" * 255) if key]

        with store.begin(write=True) as unit:
            for key in keys:
                assert unit.recall("scope", key) is None
                unit.remember(remembered(key))
            unit.commit()

        with store.begin(write=False) as unit:
            assert [unit.recall("scope", key) for key in keys] == [*map(remembered, keys)]

    def test_a_key_counts_within_its_scope(self, store: Store) -> None:
        """Two commands may use the same key."""
        with store.begin(write=True) as unit:
            unit.remember(remembered("key", scope="one"))
            unit.remember(remembered("key", scope="One"))
            unit.commit()

        with store.begin(write=False) as unit:
            assert unit.recall("one", "key") == remembered("key", scope="one")
            assert unit.recall("two", "key") is None

    def test_a_key_is_taken_once(self, store: Store) -> None:
        """A second result for a key is refused, and the first one stays."""
        with store.begin(write=True) as unit:
            unit.remember(remembered("key"))
            unit.commit()

        other = attrs.evolve(remembered("key"), fingerprint="1" * 64)
        with pytest.raises(Conflict):
            done(store, lambda unit: unit.remember(other))

        with store.begin(write=False) as unit:
            assert unit.recall("scope", "key") == remembered("key")

    def test_a_key_rolled_back_is_free(self, store: Store) -> None:
        """A key whose unit of work did not commit was never taken."""
        with store.begin(write=True) as unit:
            unit.remember(remembered("key"))
            unit.rollback()

        with store.begin(write=True) as unit:
            assert unit.recall("scope", "key") is None
            unit.remember(remembered("key"))
            unit.commit()
