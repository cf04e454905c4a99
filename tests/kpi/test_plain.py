from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from math import inf, nan
from uuid import UUID

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, UnknownName, WrongType
from crmcore.grammar.field import F
from crmcore.kpi import CATALOGUE, over_rows, win_rate
from crmcore.kpi.plain import exact, is_nothing, rows_of
from crmcore.opportunities import OpportunityStatus
from crmcore.values import instant


def read(name, value, entity="opportunity"):
    (row,) = rows_of([{name: value}], entity)
    return getattr(row, name)


@pytest.mark.parametrize("nothing", [None, nan, pd.NaT, pd.NA, np.nan, Decimal("NaN")])
@pytest.mark.parametrize("name", ["status", "closed_on", "amount", "region"])
def test_whatever_a_frame_writes_for_nothing_is_missing(name, nothing):
    assert is_nothing(nothing)
    assert read(name, nothing) is None


def test_a_choice_is_told_by_its_text():
    assert read("status", "won") is OpportunityStatus.WON
    assert read("status", OpportunityStatus.LOST) is OpportunityStatus.LOST


def test_a_choice_that_is_none_is_named_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'won'"):
        read("status", "Won")


@pytest.mark.parametrize(
    "value",
    [
        date(2017, 4, 1),
        datetime(2017, 4, 1, 23, 59),  # noqa: DTZ001 - frames have such times
        datetime(2017, 4, 1, 12, tzinfo=UTC),
        datetime(2017, 4, 2, 1, tzinfo=timezone(timedelta(hours=2))),
        pd.Timestamp("2017-04-01"),
        pd.Timestamp("2017-04-02 01:00", tz="Europe/Berlin"),
    ],
)
def test_the_day_of_a_time_is_its_day_in_utc(value):
    day = read("closed_on", value)

    assert day == date(2017, 4, 1)
    assert type(day) is date


@pytest.mark.parametrize(
    "value",
    [
        date(2017, 4, 1),
        datetime(2017, 4, 1),  # noqa: DTZ001 - frames have such times
        datetime(2017, 4, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        pd.Timestamp("2017-04-01"),
        pd.Timestamp("2017-04-01 00:00:00.000999"),
    ],
)
def test_an_instant_is_aware_plain_and_in_milliseconds(value):
    moment = read("captured_at", value, "lead")

    assert moment == datetime(2017, 4, 1, tzinfo=UTC)
    assert type(moment) is datetime


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-840, 840))  # noqa: DTZ001
def test_every_clock_tells_the_same_instant(naive, minutes):
    zone = timezone(timedelta(minutes=minutes))
    moment = naive.replace(tzinfo=UTC)

    expected = instant(moment)

    assert read("captured_at", moment.astimezone(zone), "lead") == expected
    assert read("captured_at", naive, "lead") == expected
    assert read("closed_on", moment.astimezone(zone)) == expected.date()


def test_a_date_of_an_unknown_column_stays_what_it_is():
    assert read("visited", date(2017, 4, 1)) == date(2017, 4, 1)
    assert read("visited", pd.Timestamp("2017-04-01")) == datetime(2017, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"), [("closed_on", "2017-04-01"), ("closed_on", 20170401), ("amount", "12.50")]
)
def test_a_text_is_no_date_and_no_number(name, value):
    with pytest.raises(WrongType, match=name):
        read(name, value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_becomes_the_decimal_that_people_see(number):
    assert float(exact("amount", number)) == number


@given(st.integers(-(2**53), 2**53))
def test_a_whole_float_becomes_an_int(number):
    assert type(read("amount", float(number))) is int
    assert read("amount", float(number)) == number


def test_an_infinite_number_is_refused():
    with pytest.raises(InvalidValue, match="finite"):
        read("amount", inf)


@pytest.mark.parametrize(
    ("value", "plain"),
    [(np.int64(7), 7), (np.float64(0.5), Decimal("0.5")), (np.bool_(True), True)],
)
def test_numbers_of_arrays_become_plain_ones(value, plain):
    read_back = read("region", value)

    assert read_back == plain
    assert type(read_back) is type(plain)


def test_nested_mappings_and_lists_read_like_objects():
    (row,) = rows_of(
        [{"product": {"list_price": 5.5}, "tags": [{"name": 1.0}], "owner": UUID(int=1)}], "deal"
    )

    assert row.product.list_price == Decimal("5.5")
    assert [tag.name for tag in row.tags] == [1]
    assert row.owner == UUID(int=1)


def test_what_lies_behind_a_reference_has_the_fields_of_that_entity():
    (row,) = rows_of([{"account": {"created_at": date(2017, 4, 1)}}], "opportunity")

    assert row.account.created_at == datetime(2017, 4, 1, tzinfo=UTC)


def test_an_embedded_record_has_its_own_fields():
    (row,) = rows_of([{"totals": {"net": "12"}}], "invoice")

    with pytest.raises(WrongType, match="net"):
        _ = row.totals.net


@attrs.frozen
class Deal:
    owner: str
    status: str


class OnlyNamedRows:
    def iter_rows(self, *, named):
        assert named
        return iter(ROWS)


class ArrowTable:
    def to_pylist(self):
        return ROWS


ROWS = [
    {"owner": "Ada", "status": "won"},
    {"owner": "Ada", "status": "lost"},
    {"owner": "Bob", "status": "won"},
]


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        tuple(ROWS),
        iter(ROWS),
        [Deal(**row) for row in ROWS],
        pd.DataFrame(ROWS),
        pl.DataFrame(ROWS),
        pl.LazyFrame(ROWS),
        list(pd.DataFrame(ROWS).itertuples()),
        OnlyNamedRows(),
        ArrowTable(),
    ],
    ids=lambda rows: type(rows).__name__,
)
def test_every_sort_of_rows_gives_the_same_table(rows):
    table = win_rate(rows, by="owner")

    assert table == win_rate(list(ROWS), by="owner")
    assert [(row.label, row.numerator, row.denominator) for row in table] == [
        ("Ada", 1, 2),
        ("Bob", 1, 1),
    ]


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "owner": st.none() | st.sampled_from(["Ada", "Bob"]),
                "status": st.sampled_from(["open", "won", "lost"]),
                "amount": st.none() | st.integers(-(10**8), 10**8).map(lambda cents: cents / 100),
                "closed_on": st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
            }
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_the_gaps_a_frame_says_what_its_rows_say(rows):
    with_times = pd.DataFrame(rows).assign(
        closed_on=lambda frame: pd.to_datetime(frame["closed_on"])
    )

    for frame in (pl.DataFrame(rows), pd.DataFrame(rows), with_times):
        for measure in ("win_rate", "won_revenue", "won_deals"):
            by = ("owner", F.closed_on.by("year"))
            assert over_rows(CATALOGUE[measure], frame, by=by) == over_rows(
                CATALOGUE[measure], rows, by=by
            )


@pytest.mark.parametrize("rows", [{"status": ["won"]}, "won", 7, None])
def test_what_is_no_rows_is_refused(rows):
    with pytest.raises(WrongType, match="rows"):
        win_rate(rows)
