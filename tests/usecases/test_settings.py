"""Settings: what a company cannot have decided is refused by name, all of it at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import NumberPattern, Settings
from crmcore.errors import InvalidText, InvalidValue, ManyFaults, UnknownName, WrongType
from crmcore.sales import PaymentTerms
from crmcore.values import CURRENCY_DIGITS

PATTERN = NumberPattern("A{seq}")


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (InvalidValue, {"currency": "euro"}),
        (InvalidValue, {"currency": "eur"}),
        (WrongType, {"currency": None}),
        (InvalidValue, {"payment_days": -1}),
        (InvalidValue, {"payment_days": 3651}),
        (WrongType, {"payment_days": 1.5}),
        (WrongType, {"payment_days": True}),
        (InvalidText, {"numbering": {"": PATTERN}}),
        (InvalidText, {"numbering": {" \u00a0": PATTERN}}),
        (InvalidText, {"numbering": {"x" * 21: PATTERN}}),
        (InvalidText, {"numbering": {"nul\0": PATTERN}}),
        (InvalidText, {"numbering": {5: PATTERN}}),
        (InvalidValue, {"pipelines": ()}),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(error, fields):
    with pytest.raises(error) as refused:
        Settings(**fields)

    assert [refused.value.field] == [*fields]


def test_all_faults_of_the_settings_come_at_once():
    with pytest.raises(ManyFaults) as refused:
        Settings(currency="euro", payment_days=-5, numbering={"": PATTERN}, pipelines=())

    fields = {fault.field for fault in refused.value.faults}
    assert fields == {"currency", "payment_days", "numbering", "pipelines"}


@given(
    st.sampled_from(sorted(CURRENCY_DIGITS)),
    st.integers(0, 3650),
    st.text("abcäöü-_ 0", min_size=1, max_size=20).filter(str.strip),
)
def test_settings_within_the_limits_are_kept_as_they_are(currency, days, series):
    settings = Settings(currency=currency, payment_days=days, numbering={series: PATTERN})

    assert (settings.currency, settings.payment_days) == (currency, days)
    assert settings.pattern(series) == PATTERN


def test_two_series_must_not_give_one_number_twice():
    with pytest.raises(InvalidValue, match="numbering"):
        Settings(numbering={"a": NumberPattern("X-{seq}"), "b": NumberPattern("X-{seq}")})


def test_unknown_terms_tell_those_there_are():
    terms = {"at once": PaymentTerms.net(0), "thirty days": PaymentTerms.net(30)}

    with pytest.raises(UnknownName, match="there are: 'at once', 'thirty days'"):
        Settings(terms=terms).payment_terms("2/10")
    with pytest.raises(UnknownName, match="there are: none"):
        Settings().payment_terms("2/10")
