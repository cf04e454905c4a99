"""A sum beyond 64 bits is asked for in two parts; a broken connection is asked once."""

import pytest

from crmcore.errors import StoreUnavailable
from crmcore.grammar.field import F, total
from crmcore.testing.specimens import SPECIMENS, machine
from crmcore.testing.steps import added, aggregate_query
from crmcore.values import CountedIds
from crmcore_sql import SqlStore


def outcome(tmp_path, fail):
    """What a sum beyond 64 bits gives, and how often the database was asked for it."""
    store, ids, asked = SqlStore(f"sqlite:///{tmp_path}/a.db", registry=SPECIMENS), CountedIds(), []
    added(store, *(machine(ids.new(), order=2**63 - 1) for _ in range(2)))
    with store.begin(write=False) as unit:
        link = unit._hold.link
        rows = link.rows

        def counted(sql, values=(), **how):
            asked.append(sql)
            if fail:
                link.driver.raw.close()
            return rows(sql, values, **how)

        link.rows = counted
        try:
            found = unit.aggregate(aggregate_query("gadget", {"sum": total(F.order)}))
        except StoreUnavailable as failure:
            found = failure
        else:
            found = found[0].values["sum"]
    return found, len(asked)


def test_a_sum_beyond_64_bits_is_asked_for_once_more(tmp_path):
    assert outcome(tmp_path, fail=False) == (2 * (2**63 - 1), 2)


@pytest.mark.filterwarnings("ignore")
def test_a_broken_connection_is_not_asked_again(tmp_path):
    found, times = outcome(tmp_path, fail=True)

    assert isinstance(found, StoreUnavailable)
    assert times == 1
