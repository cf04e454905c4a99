import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, UnknownName
from crmcore.opportunities import DEFAULT_PIPELINE, ForecastCategory, Pipeline, Stage
from crmcore.values import Share

KEYS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12),
    min_size=1,
    max_size=8,
    unique=True,
)


def pipeline_of(keys):
    return Pipeline("own", "Own", tuple(Stage(key, key.title(), Share("0.5")) for key in keys))


@given(KEYS)
def test_every_stage_is_found_by_its_key(keys):
    pipeline = pipeline_of(keys)

    found = [pipeline.stage(key) for key in keys]

    assert tuple(found) == pipeline.stages
    assert pipeline.first is pipeline.stage(keys[0])


@given(KEYS, st.data())
def test_no_two_stages_share_a_key(keys, data):
    doubled = [*keys, data.draw(st.sampled_from(keys))]

    with pytest.raises(InvalidValue) as raised:
        pipeline_of(doubled)

    assert raised.value.field == "pipeline.stages"


@given(KEYS, st.text(max_size=12))
def test_a_stage_that_is_not_there_is_refused_and_any_suggestion_is(keys, wanted):
    assume(wanted not in keys)

    with pytest.raises(UnknownName) as raised:
        pipeline_of(keys).stage(wanted)

    assert raised.value.suggestion in {None, *keys}


def test_a_pipeline_has_at_least_one_stage():
    with pytest.raises(InvalidValue, match="at least one"):
        Pipeline("empty", "Empty", ())


def test_a_misspelt_stage_is_refused_with_a_suggestion():
    with pytest.raises(UnknownName) as raised:
        DEFAULT_PIPELINE.stage("negotation")

    assert (raised.value.kind, raised.value.suggestion) == ("stage", "negotiation")


@given(st.integers(max_value=0))
def test_a_stage_cannot_be_overdue_before_it_is_entered(days):
    with pytest.raises(InvalidValue, match="at least one day"):
        Stage("proposal", "Proposal", Share("0.5"), max_age_days=days)


def test_the_default_pipeline_goes_from_prospecting_to_negotiation():
    steps = [(stage.key, str(stage.probability)) for stage in DEFAULT_PIPELINE.stages]

    assert DEFAULT_PIPELINE.key == "sales"
    assert steps == [
        ("prospecting", "10 %"),
        ("engaging", "25 %"),
        ("proposal", "50 %"),
        ("negotiation", "80 %"),
    ]


def test_a_stage_counts_as_pipeline_in_a_forecast_unless_told_otherwise():
    stage = Stage("first", "First", Share("0.1"))

    assert stage.forecast is ForecastCategory.PIPELINE
    assert stage.max_age_days is None
