"""Faults of classes that are not ours become errors of this library too."""

import attrs
import pytest

from crmcore.errors import InvalidValue, UnknownName
from crmcore.wire import new_converter, read


def _even(_holder: object, _field: object, value: int) -> None:
    if value % 2:
        raise ValueError("must be even", value)


@attrs.frozen
class Pair:
    """A class of a host application, with a rule that knows no error of ours."""

    count: int = attrs.field(validator=_even)


def _broken(_holder: object, _field: object, _value: int) -> None:
    raise ValueError


@attrs.frozen
class Silent:
    """A class whose rule says nothing."""

    count: int = attrs.field(validator=_broken)


def _known(_holder: object, _field: object, value: int) -> None:
    raise UnknownName("count", str(value))


@attrs.frozen
class Named:
    """A class with a rule that raises an error of ours without a field."""

    count: int = attrs.field(validator=_known)


@attrs.frozen
class Box:
    """Holds what may go wrong, one level down."""

    pairs: tuple[Pair, ...]
    tags: dict[str, int] = attrs.Factory(dict[str, int])


def test_the_text_of_a_foreign_rule_is_kept_and_its_value_is_not() -> None:
    with pytest.raises(InvalidValue) as caught:
        read(new_converter(), {"pairs": [{"count": 2}, {"count": 3}]}, Box)

    assert caught.value.message == "$.pairs[1]: must be even"


def test_a_foreign_rule_without_a_text_still_gives_the_path() -> None:
    with pytest.raises(InvalidValue, match=r"^\$: cannot be read$"):
        read(new_converter(), {"count": 1}, Silent)


def test_mappings_are_read_with_their_keys_as_path() -> None:
    with pytest.raises(InvalidValue, match=r"^\$\.tags\['a'\]"):
        read(new_converter(), {"pairs": [], "tags": {"a": 2**80}}, Box)


def test_a_single_value_is_read_where_it_lies() -> None:
    with pytest.raises(InvalidValue, match=r"^\$\.query\.limit: must fit"):
        read(new_converter(), 2**80, int, "$.query.limit")


def test_an_error_without_a_field_stays_as_it_is() -> None:
    with pytest.raises(UnknownName, match=r"^there is no count called '1'$"):
        read(new_converter(), {"count": 1}, Named)
