"""A plan and its report show what they hold, and never too much of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.importing import SHAPE, Verdict

from .folders import ACCOUNTS, DEALS, deal, new_crm, plan_of, write


def test_a_plan_tells_its_counts(tmp_path: Path) -> None:
    rows = [deal("1"), deal("2", product="GTXPro"), deal("3", agent="Nobody"), deal("4", value="")]

    plan = plan_of(new_crm(), write(tmp_path, sales_pipeline=rows))

    assert repr(plan) == "<plan to import old: 13 create, 0 matched, 1 doubt, 1 refused>"
    assert str(plan).splitlines() == [
        "plan to import old",
        "subject       create  matched  doubt  refused",
        "organization       2        0      0        0",
        "product            2        0      0        0",
        "person             5        0      0        0",
        "team               2        0      0        0",
        "opportunity        2        0      1        1",
        "product: 'GTXPro' read as 'GTX Pro' (without blanks) in 1 rows",
    ]


def test_a_report_tells_its_counts(tmp_path: Path) -> None:
    crm = new_crm()

    report = plan_of(crm, write(tmp_path)).apply(crm)

    assert repr(report) == "<import of old: 15 created, 0 matched, 0 refused>"
    assert str(report).splitlines()[1:3] == [
        "subject       created  matched  refused",
        "organization        2        0        0",
    ]
    assert report._repr_html_().startswith(
        "<table><caption>import of old</caption><thead><tr><th>subject"
    )


def test_columns_that_mean_nothing_are_told(tmp_path: Path) -> None:
    folder = write(tmp_path)
    rows = (folder / ACCOUNTS).read_text(encoding="utf-8").splitlines()
    (folder / ACCOUNTS).write_text(
        "\n".join([rows[0] + ",colour", *(row + ",red" for row in rows[1:])]), encoding="utf-8"
    )

    plan = plan_of(new_crm(), folder)

    assert plan.ignored == ("accounts.csv: colour",)
    assert str(plan).splitlines()[-1] == "ignored: accounts.csv: colour"


def test_html_is_escaped(tmp_path: Path) -> None:
    rows = [deal("<b>1</b>", agent="<script>alert(1)</script>"), deal("2", product="<i>GTX Pro")]

    html = plan_of(new_crm(), write(tmp_path, sales_pipeline=rows))._repr_html_()

    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_html_without_doubts_is_one_table(tmp_path: Path) -> None:
    html = plan_of(new_crm(), write(tmp_path))._repr_html_()

    assert html.count("<table>") == 1


def test_html_shows_spellings_doubts_and_refusals_and_not_too_many(tmp_path: Path) -> None:
    rows = [
        *(deal(f"alias {number}", product="GTX" + " " * number + "Pro") for number in range(30)),
        *(deal(f"doubt {number}", value="") for number in range(30)),
        *(deal(f"refused {number}", agent="x" * 100_000) for number in range(30)),
    ]

    plan = plan_of(new_crm(), write(tmp_path, sales_pipeline=rows))

    html = plan._repr_html_()
    assert "spellings: 29, the first 20 of them" in html
    assert "doubts: 30, the first 20 of them" in html
    assert "refused: 30, the first 20 of them" in html
    assert len(html) < 20_000
    assert len(str(plan)) < 3_000
    assert max(len(each.note) for each in plan.rows) < 300


def test_decisions_come_by_file_and_line(tmp_path: Path) -> None:
    plan = plan_of(new_crm(), write(tmp_path))

    order = [*SHAPE]
    places = [(order.index(each.file), each.line) for each in plan.rows]
    assert places == sorted(places)


def test_the_same_files_give_the_same_plan(tmp_path: Path) -> None:
    folder = write(tmp_path)

    assert plan_of(new_crm(), folder) == plan_of(new_crm(), folder)


accounts = st.sampled_from(["Acme", "acme", "Bolt Works", "BoltWorks", "", "Zed", "=1+1", "Acm"])
days = st.sampled_from(["2017-01-10", "2017-02-10", "", "10.1.2017"])
deals = st.builds(
    deal,
    st.sampled_from(["1", "2", "3", ""]),
    account=accounts,
    stage=st.sampled_from(["Won", "Lost", "Engaging", "Prospecting", "engaging ", "Signed", ""]),
    engaged=days,
    closed=days,
    value=st.sampled_from(["", "0", "12.50", "x", "-1"]),
)
rows_of_accounts = st.tuples(
    accounts, st.just(""), st.just(""), st.sampled_from(["", "1.5", "x"]), st.just(""),
    st.sampled_from(["", "Kenya", "Kenia"]), accounts,
)  # fmt: skip


@given(st.lists(rows_of_accounts, max_size=6), st.lists(deals, max_size=8))
def test_the_counts_add_up_and_come_true(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    pipeline: list[tuple[str, ...]],
) -> None:
    crm = new_crm()
    folder = write(tmp_path_factory.mktemp("counts"), accounts=rows, sales_pipeline=pipeline)

    plan = plan_of(crm, folder)
    report = plan.apply(crm)
    again = plan_of(crm, folder)

    own = {ACCOUNTS: ("account", len(rows)), DEALS: ("opportunity_id", len(pipeline))}
    for file, (column, number) in own.items():
        assert sum((each.file, each.column) == (file, column) for each in plan.rows) == number
    assert sum(sum(counts.values()) for counts in plan.counts.values()) == len(plan.rows)
    for subject, counts in plan.counts.items():
        found = (report.created[subject], report.matched[subject], report.refused[subject])
        assert sum(found) == sum(counts.values())
        assert found[0] == sum(each.creates for each in plan.rows if each.subject is subject)
    assert crm.opportunities.find().count() == sum(
        each.creates for each in plan.rows if each.file == DEALS
    )
    assert again.changes_nothing
    assert [each.key for each in again.refused] == [each.key for each in plan.refused]
    assert all(each.note for each in plan.rows if each.verdict in {Verdict.DOUBT, Verdict.REFUSED})
