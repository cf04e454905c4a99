"""Scores with their reasons: what counts, what is cut off, what is looked at, how it reads."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import attrs
import pytest
from hypothesis import given

from crmcore.engagements import Engagement
from crmcore.errors import FaultAt, ManyFaults, NaiveTime, UnknownField, UnknownName, WrongType
from crmcore.grammar import F, Registry, Scope, bind, look_nowhere
from crmcore.grammar.compiling import compile_condition
from crmcore.leads import (
    DEFAULT_SCORING,
    LEAD,
    Answer,
    AnswerState,
    LeadStatus,
    ScoringModel,
    scorer,
)
from crmcore.leads.scoring import EngagementRule, Grades, Group, ScoreRule, Threshold, check
from crmcore.subjects import SUBJECTS

from .samples import (
    ADA_ID,
    BUDGET,
    FIRM_ID,
    LEAD_ID,
    LEADS,
    LOOKS,
    NOON,
    PAPER,
    ada,
    among,
    did,
    engaged,
    firm,
    lead,
    model,
    models,
)

DOWNLOADS = F.kind == "download"


def scored(rules, *related, **fields):
    return scorer(model(*rules), SUBJECTS).score(lead(**fields), among(*related), (), NOON)


def counted(rule, *events, at=NOON, **more):
    """What one rule for engagement gives, with and without a trace."""
    ready = scorer(engaged(rule, **more), SUBJECTS)
    score = ready.score(lead(), look_nowhere, events, at)
    assert ready.points(lead(), look_nowhere, events, at) == score.value * 1000
    return score


# --- fit -----------------------------------------------------------------------------------------


@given(models(), LEADS, LOOKS)
def test_the_trace_names_the_rules_that_hold_in_the_order_of_the_model(model, lead, look):
    scope = Scope.of(LEAD, SUBJECTS)
    holding = [
        (rule.name, rule.points)
        for rule in model.fit
        if compile_condition(bind(rule.when, scope), scope)(lead, look)
    ]

    trace = scorer(model, SUBJECTS).score(lead, look, (), NOON).trace

    assert [(each.rule, each.points) for each in trace if not each.cut] == holding


@given(models(), LEADS, LOOKS)
def test_fetching_each_reference_once_gives_what_rule_by_rule_evaluation_gives(model, lead, look):
    plain = ScoringModel("plain", 1, tuple(attrs.evolve(r, group=None) for r in model.fit))
    alone = [
        scorer(ScoringModel("one", 1, (rule,)), SUBJECTS).points(lead, look) for rule in plain.fit
    ]

    assert scorer(plain, SUBJECTS).points(lead, look) == sum(alone)


def test_the_bare_points_look_up_each_reference_at_most_once():
    asked = []
    known = among(ada(), firm())

    def look(entity, id):
        asked.append((entity, id))
        return known(entity, id)

    points = scorer(DEFAULT_SCORING, SUBJECTS).points(lead(), look)

    assert points == (25 + 10 + 15 + 20) * 1000
    assert sorted(asked) == [("contact", FIRM_ID), ("contact", ADA_ID)]


def test_negative_points_are_taken_off():
    score = scored([(5, F.source == "referral"), (-20, F.campaign.is_missing())])

    assert (score.value, [each.points for each in score.trace]) == (-15, [5, -20])


def test_a_model_without_rules_gives_no_points():
    score = scored([])

    assert (score.value, score.trace) == (0, ())


@pytest.mark.parametrize(
    "related",
    [(), (firm(),), (ada(),), (ada(employer=None), firm())],
    ids=["no contact", "no contact but the firm", "no firm", "no employer"],
)
def test_a_missing_reference_gives_no_points(related):
    rules = [(9, F.contact.employer.employees >= 1), (9, F.contact.employer.name == "Firm")]

    assert scored(rules, *related).value == 0


def test_nothing_is_found_where_nothing_is_known():
    look = among(ada())

    assert look("contact", ADA_ID) == ada()
    assert look("contact", FIRM_ID) is look("lead", ADA_ID) is look("contact", None) is None


def test_a_checklist_feeds_the_score_with_its_evidence():
    told = Answer(item="budget", state=AnswerState.YES, evidence="mail of Monday", at=NOON)

    score = scored([(30, BUDGET)], answers=(told,))

    (entry,) = score.trace
    assert entry.points == 30
    assert entry.evidence == (("answers.item", "budget"), ("answers.state", AnswerState.YES))
    assert scored([(30, BUDGET)]).value == 0


# --- engagement ----------------------------------------------------------------------------------


def test_a_white_paper_downloaded_five_times_counts_once():
    rule = EngagementRule("papers", 10, DOWNLOADS, most_per_object=1)
    events = [did(number, object=PAPER, days=number) for number in range(1, 6)]

    assert counted(rule, *events).value == 10
    assert counted(rule, *events, did(9, object="another")).value == 20


def test_engagements_without_an_object_are_not_limited_per_object():
    rule = EngagementRule("papers", 10, DOWNLOADS, most_per_object=1)

    assert counted(rule, did(1), did(2), did(3, object=PAPER), did(4, object=PAPER)).value == 30


def test_the_same_engagement_twice_counts_once():
    assert counted(EngagementRule("papers", 10, DOWNLOADS), did(1), did(2), did(1)).value == 20


def test_what_has_not_happened_yet_does_not_count():
    rule = EngagementRule("papers", 10, DOWNLOADS)
    event = did(1)

    assert counted(rule, event, at=event.occurred_at).value == 10
    assert counted(rule, event, at=event.occurred_at - timedelta(milliseconds=1)).value == 0


def test_a_window_is_open_at_its_far_end():
    rule = EngagementRule("papers", 10, DOWNLOADS, within=7)

    assert counted(rule, did(1, days=7)).value == 0
    assert counted(rule, did(1, days=7 - 1 / 1440)).value == 10


def test_a_window_that_begins_before_the_calendar_holds_everything():
    rule = EngagementRule("papers", 10, DOWNLOADS, within=36_500)
    long_ago = datetime(9, 1, 1, tzinfo=UTC)

    assert counted(rule, did(1, occurred_at=datetime(2, 1, 1, tzinfo=UTC)), at=long_ago).value == 10


def test_points_halve_with_every_half_life():
    rule = EngagementRule("papers", 10, DOWNLOADS, half_life=30)

    values = [counted(rule, did(1, days=days)).value for days in (0, 30, 60, 90, 30 * 32)]

    assert values == [10, 5, Decimal("2.5"), Decimal("1.25"), 0]


def test_negative_points_fade_as_positive_ones_do():
    good = EngagementRule("papers", 7, DOWNLOADS, half_life=9)
    bad = EngagementRule("papers", -7, DOWNLOADS, half_life=9)

    for days in range(30):
        assert counted(good, did(1, days=days)).value == -counted(bad, did(1, days=days)).value


def test_the_newest_engagements_count_where_only_some_may():
    rule = EngagementRule("papers", 8, DOWNLOADS, most=2, half_life=10)
    events = [did(1, days=20), did(2, days=0), did(3, days=10)]

    score = counted(rule, *events)

    assert score.value == 8 + 4
    assert [each.event for each in score.trace] == [UUID(int=2), UUID(int=3)]


def test_of_engagements_at_one_moment_the_last_id_counts_first():
    rule = EngagementRule("papers", 8, DOWNLOADS, most=1)

    (entry,) = counted(rule, did(1), did(3), did(2)).trace

    assert entry.event == UUID(int=3)


def test_what_an_object_has_too_often_is_not_counted_in_all():
    rule = EngagementRule("papers", 1, DOWNLOADS, most=2, most_per_object=1, half_life=36_500)
    events = [did(1, object=PAPER), did(2, object=PAPER, days=1), did(3, object="b", days=2)]

    assert [each.event for each in counted(rule, *events).trace] == [UUID(int=1), UUID(int=3)]


def test_caps_cut_off_from_the_rule_up_and_say_so():
    rules = (
        EngagementRule("papers", 10, DOWNLOADS, group="content", cap=25),
        EngagementRule("visits", 10, F.kind == "visit", group="content"),
    )
    events = [*(did(at) for at in range(1, 5)), *(did(at, "visit") for at in range(11, 14))]
    whole = ScoringModel("capped", 1, (), rules, (Group("content", 40),), engagement_cap=30)

    score = scorer(whole, SUBJECTS).score(lead(), look_nowhere, events, NOON)

    cuts = [(each.cut, each.rule, each.group, each.points) for each in score.trace if each.cut]
    assert score.value == 30
    assert cuts == [
        ("rule", "papers", "content", -15),
        ("group", None, "content", -15),
        ("part", None, None, -10),
    ]


def test_the_cap_of_a_rule_bounds_what_it_takes_off_too():
    rule = EngagementRule("careers page", -10, F.object == "/jobs", cap=25)

    score = counted(rule, *(did(at, object="/jobs") for at in range(4)))

    assert (score.value, score.trace[-1].points) == (-25, 15)


def test_caps_of_groups_and_parts_bound_from_above_only():
    rule = EngagementRule("careers page", -10, F.object == "/jobs", group="bad")
    events = [did(at, object="/jobs") for at in range(4)]

    assert counted(rule, *events, groups=(Group("bad", 5),), engagement_cap=5).value == -40


def test_conditions_on_engagements_follow_references():
    rule = EngagementRule("by analysts", 4, F.contact.position == "Analyst")
    ready = scorer(engaged(rule), SUBJECTS)

    assert ready.points(lead(), among(ada(position="Analyst")), [did(1)], NOON) == 4000
    assert ready.points(lead(), among(ada()), [did(1)], NOON) == 0


def test_engagement_needs_a_time_with_a_zone():
    points = scorer(engaged(EngagementRule("papers", 1, DOWNLOADS)), SUBJECTS).points

    with pytest.raises(NaiveTime):
        points(lead(), look_nowhere, [did(1)], NOON.replace(tzinfo=None))
    with pytest.raises(WrongType):
        points(lead(), look_nowhere, [did(1)])


# --- grades and thresholds -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fit", "engagement", "grade"),
    [(50, 30, "A1"), (49, 30, "B1"), (20, 10, "B2"), (19, 9, "C3"), (-5, 99, "C1")],
)
def test_a_grade_tells_fit_and_engagement_apart(fit, engagement, grade):
    whole = ScoringModel(
        "graded",
        1,
        (ScoreRule("always", fit, F.source == "referral"),),
        (EngagementRule("papers", engagement, DOWNLOADS),),
        grades=Grades(fit=(50, 20), engagement=(30, 10)),
    )

    assert scorer(whole, SUBJECTS).score(lead(), look_nowhere, [did(1)], NOON).grade == grade


@pytest.mark.parametrize(
    ("threshold", "reached"),
    [
        (Threshold(fit=20), True),
        (Threshold(fit=21), False),
        (Threshold(fit=20, engagement=10, total=30), True),
        (Threshold(total=31), False),
        (Threshold(fit=0, engagement=11), False),
    ],
)
def test_a_lead_is_ripe_when_all_of_the_threshold_is_reached(threshold, reached):
    whole = ScoringModel(
        "ripening",
        1,
        (ScoreRule("always", 20, F.source == "referral"),),
        (EngagementRule("papers", 10, DOWNLOADS),),
        mql=threshold,
    )

    assert scorer(whole, SUBJECTS).score(lead(), look_nowhere, [did(1)], NOON).is_mql is reached


def test_a_model_without_grades_and_threshold_gives_neither():
    score = scored([(1000, F.source == "referral")])

    assert (score.grade, score.is_mql) == (None, False)


# --- evidence and words --------------------------------------------------------------------------


def test_the_evidence_is_what_the_rule_looked_at():
    when = (F.source == "referral") & (F.contact.employer.employees > 250) & (F.source != "fair")

    (entry,) = scored([(9, when)], ada(), firm()).trace

    assert (entry.part, entry.rule, entry.raw, entry.points) == ("fit", "rule 0", 9, 9)
    assert entry.evidence == (("source", "referral"), ("contact.employer.employees", 300))


def test_a_missing_value_is_evidence_too():
    (entry,) = scored([(1, F.contact.email.is_missing())], ada(email=None)).trace

    assert entry.evidence == (("contact.email", None),)


def test_computed_operands_are_told_by_name():
    when = (F.captured_at.by("month") == "2026-03") & (F.updated_at - F.captured_at <= 0)

    (entry,) = scored([(1, when & ~(F.contact.family_name.folded == "x"))], ada()).trace

    assert [label for label, _ in entry.evidence] == [
        "captured_at (month)",
        "updated_at - captured_at",
        "contact.family_name (folded)",
    ]


def test_a_contribution_names_its_engagement_and_what_decay_left():
    rule = EngagementRule("papers", 10, DOWNLOADS, half_life=30)

    (entry,) = counted(rule, did(4, days=45, object=PAPER)).trace

    assert (entry.part, entry.event, entry.raw) == ("engagement", UUID(int=4), 10)
    assert (entry.decay, entry.points) == (Decimal("0.353553391"), Decimal("3.536"))
    assert entry.evidence == (("kind", "download"),)


def test_a_score_says_whose_it_is_by_which_model_and_when():
    at = datetime(2026, 3, 2, 13, tzinfo=timezone(timedelta(hours=1)))

    score = scorer(model(), SUBJECTS).score(lead(), look_nowhere, (), at)

    assert (score.lead, score.model, score.version, score.at) == (LEAD_ID, "mine", 7, NOON)


def test_a_score_needs_a_time_with_a_zone():
    with pytest.raises(NaiveTime):
        scorer(model(), SUBJECTS).score(lead(), look_nowhere, (), NOON.replace(tzinfo=None))


def test_a_score_explains_itself_rule_by_rule():
    score = scored([(25, F.source == "referral"), (-5, F.campaign.is_missing())])

    assert score.explain().splitlines() == [
        "20 points by mine (version 7)",
        "  +25  rule 0: source = referral",
        "   -5  rule 1: campaign = None",
    ]


def test_a_score_explains_what_was_done_and_what_was_cut_off():
    whole = ScoringModel(
        "both",
        2,
        (ScoreRule("referral", 25, F.source == "referral"),),
        (EngagementRule("papers", 10, DOWNLOADS, half_life=30, cap=12),),
        grades=Grades(fit=(20, 10), engagement=(20, 10)),
        mql=Threshold(total=30),
    )
    events = [did(1, days=0), did(2, days=30)]

    score = scorer(whole, SUBJECTS).score(lead(), look_nowhere, events, NOON)

    assert score.explain().splitlines() == [
        "37 points by both (version 2): fit 25, engagement 12, grade A2, ripe for sales",
        "  +25  referral: source = referral",
        "  +10  papers: kind = download on 2026-03-02; 10 points, 1.0000 of them left",
        "   +5  papers: kind = download on 2026-01-31; 10 points, 0.5000 of them left",
        "   -3  cap of the rule papers",
    ]


def test_names_and_evidence_are_escaped_in_html():
    rule = ScoreRule("<i>rule</i>", 1, F.source == "<script>")
    ready = scorer(ScoringModel("<b>mine", 1, (rule,)), SUBJECTS)

    page = ready.score(lead(source="<script>"), look_nowhere, (), NOON)._repr_html_()

    assert "<script>" not in page
    assert "<i>" not in page
    assert "<b>" not in page
    assert "<td>+1</td><td>&lt;i&gt;rule&lt;/i&gt;: source = &lt;script&gt;</td>" in page
    assert "1 points by &lt;b&gt;mine (version 1)" in page


def test_the_repr_of_a_score_keeps_the_evidence_to_itself():
    score = scored([(1, F.contact.email == "a@b.de")], ada())

    assert score.value == 1
    assert "a@b.de" not in repr(score)
    assert "a@b.de" not in repr(score.trace)


# --- what is refused -----------------------------------------------------------------------------


def test_all_faults_of_a_model_come_at_once_each_with_its_place():
    wrong = ScoringModel(
        "wrong",
        1,
        (ScoreRule("a", 1, F.sourc == "fair"), ScoreRule("b", 2, F.source == 5)),
        (EngagementRule("c", 1, F.knd == "visit"), EngagementRule("d", 1, DOWNLOADS)),
    )

    for load in (scorer, check):
        with pytest.raises(ManyFaults) as refused:
            load(wrong, SUBJECTS)
        told = [(each.path, type(each.fault)) for each in refused.value.faults]
        assert told == [
            ("fit[0].when", UnknownField),
            ("fit[1].when", WrongType),
            ("engagement[0].when", UnknownField),
        ]
        assert refused.value.faults[0].fault.suggestion == "source"


def test_one_fault_of_a_model_comes_alone():
    with pytest.raises(FaultAt) as refused:
        scorer(model((1, F.contact.emial == "a@b.de")), SUBJECTS)

    assert refused.value.fault.suggestion == "email"
    assert "fit[0].when: contact has no field 'emial'" in str(refused.value)


def test_choices_are_bound_whether_given_as_text_or_not():
    assert scored([(1, F.status == "new"), (2, F.status == LeadStatus.NEW)]).value == 3


def test_a_model_is_held_against_the_registry_it_is_for():
    without = {n: e for n, e in SUBJECTS.entities.items() if e.cls is not Engagement}
    registry = Registry.of(without.values(), ())

    assert scorer(model((1, F.source == "fair")), registry).points(lead(), look_nowhere) == 0
    with pytest.raises(UnknownName):
        check(engaged(EngagementRule("papers", 1, DOWNLOADS)), registry)
