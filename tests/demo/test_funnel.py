from hypothesis import given
from hypothesis import strategies as st

from crmcore.demo.funnel import counts_of, steps_of
from crmcore.opportunities import DEFAULT_PIPELINE

NAMES = [measure.name for measure in counts_of(DEFAULT_PIPELINE)] + ["lead_count", "won_deals"]
counted = st.fixed_dictionaries({name: st.integers(0, 1000) for name in NAMES})


def nothing(**counts: int) -> dict[str, int]:
    return {**dict.fromkeys(NAMES, 0), **counts}


@given(counted)
def test_each_step_is_a_part_of_the_first_of_its_kind_and_of_the_one_before(counts):
    first = before = None

    for step in steps_of(counts, DEFAULT_PIPELINE):
        if first is None or step.begins:
            first = before = step.count
        assert (step.of_all.numerator, step.of_all.denominator) == (step.count, first)
        assert (step.of_before.numerator, step.of_before.denominator) == (step.count, before)
        before = step.count


@given(counted)
def test_only_stages_that_some_deal_entered_are_steps(counts):
    labels = [step.label for step in steps_of(counts, DEFAULT_PIPELINE)]

    for stage in DEFAULT_PIPELINE.stages:
        if not counts[f"deals_entered_{stage.key}"]:
            assert stage.label not in labels


def test_an_empty_crm_has_no_funnel():
    assert steps_of(nothing(), DEFAULT_PIPELINE) == ()


def test_leads_alone_are_a_funnel():
    steps = steps_of(nothing(lead_count=4, leads_qualified=2), DEFAULT_PIPELINE)

    assert [(step.label, step.count) for step in steps] == [
        ("Leads", 4),
        ("Qualified", 2),
        ("Converted", 0),
    ]


def test_deals_alone_are_a_funnel_that_ends_with_the_won_ones():
    counts = nothing(deals_entered_engaging=3, deals_reached_engaging=5, won_deals=1)

    steps = steps_of(counts, DEFAULT_PIPELINE)

    assert [(step.label, step.count, step.begins, step.is_outcome) for step in steps] == [
        ("Engaging", 5, False, False),
        ("Won", 1, False, True),
    ]
