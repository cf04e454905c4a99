"""Rows of the pipeline become opportunities with their true days; what cannot be right is refused."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crmcore.errors import UnknownName, WrongType
from crmcore.importing import Subject, Verdict
from crmcore.opportunities import (
    LostReason,
    Opportunity,
    OpportunityStatus,
    Pipeline,
    Stage,
)
from crmcore.usecases import Settings
from crmcore.values import Money, Share

from .folders import DEALS, NOW, deal, imported, new_crm, one, plan_of, write


def planned(folder, *rows, **terms):
    return plan_of(new_crm(), write(folder, sales_pipeline=rows), **terms)


def deals(crm) -> dict[str, Opportunity]:
    return {each.external_id.rpartition(":")[2]: each for each in crm.opportunities.find()}


def deal_made(folder, row, **terms) -> Opportunity:
    crm = new_crm()
    imported(crm, write(folder, sales_pipeline=[row]), **terms)
    return crm.opportunities.find().one()


def midnight(*day: int) -> datetime:
    return datetime(*day, tzinfo=UTC)


def test_a_won_deal_arrives_whole(tmp_path: Path) -> None:
    crm = new_crm()

    imported(crm, write(tmp_path))

    won = deals(crm)["D1"]
    assert (won.title, won.status, won.stage) == ("GTX Pro for Acme", "won", "engaging")
    assert (won.amount, won.probability) == (Money("4800", "USD"), Share(1))
    assert (won.engaged_on, won.closed_on) == (date(2017, 1, 10), date(2017, 2, 10))
    assert (won.created_at, won.closed_at) == (midnight(2017, 1, 10), midnight(2017, 2, 10))
    assert won.external_id == "old:opportunity:D1"
    assert crm.contacts.get(won.account).name == "Acme"
    assert crm.contacts.get(won.owner).name == "Ada Byron"
    assert crm.catalog.get(won.product).name == "GTX Pro"
    assert [entry.stage for entry in won.stage_log] == ["engaging"]


def test_a_lost_deal_has_a_reason_that_says_nobody_wrote_one(tmp_path: Path) -> None:
    lost = deal_made(tmp_path, deal(stage="Lost", value="0"))

    assert (lost.status, lost.lost_reason) == (OpportunityStatus.LOST, LostReason.NOT_RECORDED)
    assert (lost.amount, lost.closed_on) == (None, date(2017, 1, 20))


def test_a_lost_deal_with_a_value_keeps_it(tmp_path: Path) -> None:
    assert deal_made(tmp_path, deal(stage="Lost", value="70")).amount == Money("70", "USD")


def test_an_open_deal_is_in_its_stage_since_it_was_engaged(tmp_path: Path) -> None:
    found = deal_made(tmp_path, deal(stage="Engaging", closed="", value=""))

    assert (found.status, found.stage, found.amount) == (OpportunityStatus.OPEN, "engaging", None)
    assert (found.created_at, found.engaged_on) == (midnight(2017, 1, 10), date(2017, 1, 10))
    assert found.closed_on is None


def test_a_deal_without_a_day_is_opened_on_the_latest_one_in_the_file(tmp_path: Path) -> None:
    crm = new_crm()

    imported(crm, write(tmp_path))

    prospecting = deals(crm)["D4"]
    assert (prospecting.stage, prospecting.engaged_on) == ("prospecting", None)
    assert prospecting.created_at == midnight(2017, 3, 1)


def test_a_deal_without_a_day_is_opened_on_the_day_that_is_said(tmp_path: Path) -> None:
    row = deal(stage="Prospecting", engaged="", closed="", value="")

    assert deal_made(tmp_path, row, as_of=date(2017, 12, 31)).created_at == midnight(2017, 12, 31)
    assert deal_made(tmp_path, row).created_at == NOW


def test_what_is_expected_tells_no_day_that_has_passed(tmp_path: Path) -> None:
    crm = new_crm()
    rows = [
        deal("1", stage="Prospecting", engaged="", closed="2018-06-01", value="9"),
        deal("2", closed="2017-01-20"),
    ]

    plan = imported(crm, write(tmp_path, sales_pipeline=rows))

    expected = deals(crm)["1"]
    assert (expected.expected_close_on, expected.amount) == (date(2018, 6, 1), Money("9", "USD"))
    assert expected.created_at == midnight(2017, 1, 20)
    assert [each.note for each in plan.doubts] == [
        "close_date: taken for the day it is expected to close"
    ]


def test_everything_is_known_from_the_first_day_of_the_history_on(tmp_path: Path) -> None:
    crm = new_crm()

    imported(crm, write(tmp_path))

    first = midnight(2017, 1, 5)
    assert {each.created_at for each in crm.contacts.find()} == {first}
    assert {each.created_at for each in (*crm.catalog.find(), *crm.teams.find())} == {first}


def test_a_deal_may_be_won_on_the_day_it_began(tmp_path: Path) -> None:
    found = deal_made(tmp_path, deal(engaged="2017-01-10", closed="2017-01-10"))

    assert found.closed_on == found.engaged_on


def test_a_closed_deal_without_an_account_is_a_doubt_an_open_one_a_note(tmp_path: Path) -> None:
    rows = [deal("1", account=""), deal("2", account="", stage="Engaging", closed="", value="")]

    plan = planned(tmp_path, *rows)

    assert [(each.key, each.verdict.value, each.note) for each in plan.rows[-2:]] == [
        ("old:opportunity:1", "doubt", "account: is missing"),
        ("old:opportunity:2", "create", "account: is missing"),
    ]


def test_a_deal_without_an_account_is_called_by_its_product(tmp_path: Path) -> None:
    found = deal_made(tmp_path, deal(account=""))

    assert (found.title, found.account) == ("GTX Pro", None)


def test_a_title_keeps_its_limit(tmp_path: Path) -> None:
    crm = new_crm()
    names = {"product": "P" * 100, "account": "A" * 200}
    folder = write(
        tmp_path,
        accounts=[(names["account"], *[""] * 6)],
        products=[(names["product"], "", "")],
        sales_pipeline=[deal(**names)],
    )

    imported(crm, folder)

    assert len(crm.opportunities.find().one().title) == 300


@pytest.mark.parametrize(
    ("column", "written", "name", "rule"),
    [
        ("product", "GTXPro", "GTX Pro", "without blanks"),
        ("product", " gtx pro", "GTX Pro", "folded"),
        ("agent", "ada byron", "Ada Byron", "folded"),
        ("account", "BoltWorks", "Bolt Works", "without blanks"),
        ("stage", "won", "Won", "folded"),
    ],
)
def test_an_alias_is_understood_noted_and_counted(
    tmp_path: Path, column: str, written: str, name: str, rule: str
) -> None:
    rows = [deal("1"), deal("2", **{column: written}), deal("3", **{column: written})]

    plan = planned(tmp_path, *rows)

    found = one(plan.rows, "old:opportunity:3")
    assert (found.verdict, found.matched_by) == (Verdict.CREATE, rule)
    assert f"{written!r} read as {name!r} ({rule})" in found.note
    assert [(each.written, each.meant, each.times) for each in plan.aliases] == [(written, name, 2)]
    assert one(plan.rows, "old:opportunity:1").matched_by is None


@pytest.mark.parametrize(
    ("column", "written", "meant"),
    [("product", "MG Specials", "MG Special"), ("account", "Boltt Works", "Bolt Works")],
)
def test_a_slip_is_understood_but_in_doubt(
    tmp_path: Path, column: str, written: str, meant: str
) -> None:
    plan = planned(tmp_path, deal(**{column: written}))

    (doubt,) = plan.doubts
    assert (doubt.creates, doubt.matched_by) == (True, "similar 0.90")
    assert doubt.note == f"{column}: {written!r} read as {meant!r} (similar 0.90)"


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (deal(id=""), "opportunity_id: is missing"),
        (deal(id="x" * 300), "opportunity_id: must have at most 255 characters"),
        (deal(id="a\nb"), "opportunity_id: must not hold U+000A, as it does at position 17"),
        (deal(agent=""), "sales_agent: is missing"),
        (deal(agent="Zed Zott"), "sales_agent: there is no one employee called 'Zed Zott'"),
        (deal(product=""), "product: is missing"),
        (
            deal(product="GTX Prx"),
            "product: there is no one product called 'GTX Prx'; near: 'GTX Pro'",
        ),
        (deal(account="Zenith"), "account: there is no one account called 'Zenith'"),
        (deal(stage=""), "deal_stage: is missing"),
        (deal(stage="Signed"), "deal_stage: there is no one stage called 'Signed'"),
        (deal(engaged="10.1.2017"), "engage_date: must be a date such as 2017-03-31"),
        (deal(closed="2017-02-30"), "close_date: is a day that no calendar has"),
        (deal(closed="2017-01-09"), "close_date: lies before engage_date"),
        (deal(engaged=""), "engage_date: is missing in a closed deal"),
        (deal(closed=""), "close_date: is missing in a closed deal"),
        (deal(value="-5"), "close_value: must not be negative"),
        (
            deal(value="1,000"),
            "close_value: must be a plain number with at most 30 digits before and 40 after the point",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_reason(
    tmp_path: Path, row: tuple[str, ...], note: str
) -> None:
    crm = new_crm()

    plan = imported(crm, write(tmp_path, sales_pipeline=[row, deal("fine")]))

    (refused,) = plan.refused
    assert (refused.file, refused.line, refused.note) == (DEALS, 2, note)
    assert list(deals(crm)) == ["fine"]


def test_all_faults_of_a_row_are_in_the_reason(tmp_path: Path) -> None:
    plan = planned(tmp_path, deal("", agent="Nobody", stage="", engaged="x", value="y"))

    (refused,) = plan.refused
    assert [each.partition(":")[0] for each in refused.note.split("; ")] == [
        "opportunity_id",
        "engage_date",
        "close_value",
        "deal_stage",
        "sales_agent",
    ]


def test_an_id_twice_is_refused_the_second_time(tmp_path: Path) -> None:
    plan = planned(tmp_path, deal("1"), deal("2"), deal("1"))

    assert [(each.line, each.note) for each in plan.refused] == [
        (4, "opportunity_id: is there already (sales_pipeline.csv, line 2)")
    ]


def test_a_deal_of_a_refused_account_is_refused_and_says_so(tmp_path: Path) -> None:
    accounts = [("Acme", "", "", "", "many", "", "")]
    folder = write(tmp_path, accounts=accounts, sales_pipeline=[deal()])

    plan = plan_of(new_crm(), folder)

    assert one(plan.rows, "old:opportunity:D9").note == (
        "account: the account 'Acme' was refused (accounts.csv, line 2)"
    )


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (deal(value=""), "close_value: a deal was won for nothing"),
        (deal(value="0"), "close_value: a deal was won for nothing"),
        (
            deal(stage="Engaging", engaged="", closed="", value=""),
            "engage_date: is missing; opened when this is applied",
        ),
    ],
)
def test_what_is_unusual_is_a_doubt_and_imported(
    tmp_path: Path, row: tuple[str, ...], note: str
) -> None:
    crm = new_crm()

    plan = imported(crm, write(tmp_path, sales_pipeline=[row]))

    assert [(each.creates, each.note) for each in plan.doubts] == [(True, note)]
    assert crm.opportunities.find().count() == 1


@pytest.mark.parametrize(
    ("form", "engaged", "closed"),
    [("d.m.y", "3.4.2017", "04.05.2017"), ("m/d/y", "4/3/2017", "05/04/2017")],
)
def test_other_forms_of_dates_are_read_when_named(
    tmp_path: Path, form: str, engaged: str, closed: str
) -> None:
    found = deal_made(tmp_path, deal(engaged=engaged, closed=closed), dates=form)

    assert (found.engaged_on, found.closed_on) == (date(2017, 4, 3), date(2017, 5, 4))


def test_a_form_of_dates_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName) as caught:
        planned(tmp_path, dates="y/m/d")

    assert caught.value.kind == "dates"


def test_a_moment_is_no_day(tmp_path: Path) -> None:
    with pytest.raises(WrongType) as caught:
        planned(tmp_path, as_of=NOW)

    assert caught.value.field == "as_of"


OWN = Pipeline(
    "field",
    "Field",
    (Stage("talk", "First Talk", Share("0.2")), Stage("offer", "Offer", Share("0.6"))),
)


def test_the_stages_are_those_of_the_pipeline_by_label_or_key(tmp_path: Path) -> None:
    crm = new_crm(Settings(pipelines=(OWN,)))
    rows = [
        deal("1", stage="First Talk", closed="", value=""),
        deal("2", stage="offer", closed="", value=""),
        deal("3"),
    ]

    imported(crm, write(tmp_path, sales_pipeline=rows), pipeline="field", closed_in="offer")

    assert {id: (each.pipeline, each.stage) for id, each in deals(crm).items()} == {
        "1": ("field", "talk"),
        "2": ("field", "offer"),
        "3": ("field", "offer"),
    }


def test_closed_deals_need_a_stage_that_exists(tmp_path: Path) -> None:
    crm = new_crm(Settings(pipelines=(OWN,)))

    with pytest.raises(UnknownName) as caught:
        plan_of(crm, write(tmp_path))

    assert (caught.value.kind, caught.value.name) == ("stage", "engaging")


def test_a_stage_called_won_does_not_hide_the_outcome(tmp_path: Path) -> None:
    own = Pipeline("own", "Own", (OWN.stages[0], Stage("won", "Won", Share(1))))
    crm = new_crm(Settings(pipelines=(own,)))

    imported(crm, write(tmp_path, sales_pipeline=[deal()]), closed_in="talk")

    assert crm.opportunities.find().one().status is OpportunityStatus.WON


def test_counts_of_the_small_folder(tmp_path: Path) -> None:
    plan = plan_of(new_crm(), write(tmp_path))

    assert {subject: counts[Verdict.CREATE] for subject, counts in plan.counts.items()} == {
        Subject.ORGANIZATION: 2,
        Subject.PRODUCT: 2,
        Subject.PERSON: 5,
        Subject.TEAM: 2,
        Subject.OPPORTUNITY: 4,
    }
    assert len(plan.rows) == 15
