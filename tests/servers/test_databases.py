"""Every test gets its database: new, or without the rows of those before it."""

import pytest

from .rows import found, put
from .shared import SERVERS


@pytest.fixture(params=SERVERS)
def supply(request):
    return request.getfixturevalue(f"{request.param}_supply")


def test_a_new_database_has_nothing_in_it_and_goes(supply):
    with supply.fresh() as first, supply.fresh() as second:
        put(first, "a")

        assert found(first) == {"a"}
        assert found(second) is None

    supply.databases.create(first.partition("?")[0].rpartition("/")[2])
    assert found(first) is None
    supply.databases.drop(first.partition("?")[0].rpartition("/")[2])


def test_a_database_is_used_again_without_its_rows(supply):
    first = supply.emptied("one module")
    put(first, "a", "b")

    again = supply.emptied("one module")

    assert again == first
    assert found(again) == set()


def test_modules_do_not_share_a_database(supply):
    first = supply.emptied("one module")
    put(first, "a")

    other = supply.emptied("another module")

    assert other != first
    assert found(first) == {"a"}
