"""A date is read in the form it is said to have, and in no other."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.importing import DateForm, parse_date

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def written(day: date, form: DateForm) -> str:
    match form:
        case DateForm.ISO:
            return day.isoformat()
        case DateForm.DMY:
            return f"{day.day}.{day.month}.{day.year}"
        case DateForm.MDY:
            return f"{day.month}/{day.day}/{day.year}"


@given(days, st.sampled_from(DateForm))
def test_a_day_written_in_a_form_is_read_back_in_it(day: date, form: DateForm) -> None:
    assert parse_date(written(day, form), form) == day


@given(days, st.sampled_from(DateForm), st.sampled_from(DateForm))
def test_no_form_reads_what_is_written_in_another(
    day: date, form: DateForm, other: DateForm
) -> None:
    if form is other:
        return

    with pytest.raises(InvalidValue):
        parse_date(written(day, form), other)


def test_the_forms_tell_march_from_april() -> None:
    assert parse_date("3/4/2017", DateForm.MDY) == date(2017, 3, 4)
    assert parse_date("3.4.2017", DateForm.DMY) == date(2017, 4, 3)
    assert parse_date("03.04.2017", DateForm.DMY) == date(2017, 4, 3)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2017-02-29", DateForm.ISO),
        ("2017-1-2", DateForm.ISO),
        ("20170102", DateForm.ISO),
        ("2017-01-02T00:00", DateForm.ISO),
        (" 2017-01-02", DateForm.ISO),
        ("2017-01-02\n", DateForm.ISO),
        ("0217-01-02", DateForm.ISO),
        ("9999-01-02", DateForm.ISO),
        ("31.4.2017", DateForm.DMY),
        ("1.2.17", DateForm.DMY),
        ("13/1/2017", DateForm.MDY),
        ("0/0/00", DateForm.MDY),
        ("٣.٤.٢٠١٧", DateForm.DMY),
        ("", DateForm.ISO),
        ("43101", DateForm.ISO),
        ("9" * 100_000, DateForm.ISO),
    ],
)
def test_what_is_no_day_of_that_form_is_refused_by_the_name_of_its_field(
    text: str, form: DateForm
) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_date(text, form, "close_date")

    assert caught.value.field == "close_date"
