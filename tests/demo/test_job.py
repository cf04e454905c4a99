import io
import json
import sqlite3
from pathlib import Path

import pytest

from crmcore.demo import Job, run
from crmcore.demo.job import DASHBOARD, DATABASE, FIGURES
from crmcore.demo.progress import Progress
from crmcore.errors import CrmError, InvalidValue

ACCOUNTS = """account,sector,year_established,revenue,employees,office_location,subsidiary_of
Acme,retail,1996,1100.04,2822,United States,
Betatech,<b>medical</b>,1986,647.18,1185,Germany,Acme
"""
PRODUCTS = "product,series,sales_price\nGTX Basic,GTX,550\nMG Special,MG,55\n"
TEAMS = "sales_agent,manager,regional_office\nAnna Amsel,Dora Dachs,Central\nBert Buche,Dora Dachs,East\n"
PIPELINE = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Anna Amsel,GTX Basic,Acme,Won,2017-01-02,2017-01-22,500
A2,Anna Amsel,GTXBasic,Acme,Lost,2017-01-02,2017-02-01,0
A3,Bert Buche,MG Special,Betatech,Won,2017-01-05,2017-04-05,57
A4,Bert Buche,MG Special,,Engaging,2017-03-01,,
A5,Bert Buche,GTX Basic,,Prospecting,,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "sales files"
    place.mkdir()
    for name, content in (
        ("accounts", ACCOUNTS),
        ("products", PRODUCTS),
        ("sales_teams", TEAMS),
        ("sales_pipeline", PIPELINE),
    ):
        (place / f"{name}.csv").write_text(content, encoding="utf-8")
    return place


def done(job: Job) -> str:
    said: list[str] = []
    run(job, said.append, Progress(io.StringIO()))
    return "\n".join(said)


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_two_runs_write_the_same_bytes_and_three_files_only(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"

    done(Job(out=one, leads=25))
    done(Job(out=other, leads=25))
    first, second = files(one), files(other)

    assert set(first) == {DATABASE, FIGURES, DASHBOARD}
    assert first[FIGURES] == second[FIGURES]
    assert first[DASHBOARD] == second[DASHBOARD]


def test_a_second_run_replaces_its_own_files_and_touches_no_others(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    done(Job(out=tmp_path, leads=5))
    done(Job(out=tmp_path, leads=9))

    assert json.loads((tmp_path / FIGURES).read_text("utf-8"))["lead_count"]["value"] == 10
    assert set(files(tmp_path)) == {DATABASE, FIGURES, DASHBOARD, "mine.txt"}


@pytest.mark.parametrize("name", [DATABASE, FIGURES, DASHBOARD])
def test_somebody_elses_file_is_never_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("precious")

    with pytest.raises(InvalidValue, match=f"holds {name} of somebody else"):
        done(Job(out=tmp_path, leads=5))
    assert files(tmp_path) == {name: b"precious"}


def test_a_run_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done(Job(out=out, leads=5))
    before = files(out)

    with pytest.raises(CrmError):
        done(Job(out=out, data=tmp_path / "nowhere"))

    assert files(out) == before


def test_a_folder_whose_name_would_change_the_url_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="question mark"):
        done(Job(out=tmp_path / "what?", leads=5))


def test_the_log_of_an_older_database_is_not_left_behind(tmp_path: Path) -> None:
    done(Job(out=tmp_path, leads=5))
    (tmp_path / f"{DATABASE}-wal").write_bytes(b"old")

    done(Job(out=tmp_path, leads=5))

    assert set(files(tmp_path)) == {DATABASE, FIGURES, DASHBOARD}


def test_imported_figures_are_those_of_the_files_alone(tmp_path: Path, folder: Path) -> None:
    done(Job(out=tmp_path / "out", data=folder))

    kpis = json.loads((tmp_path / "out" / FIGURES).read_text("utf-8"))
    assert (kpis["win_rate"]["numerator"], kpis["win_rate"]["denominator"]) == (2, 3)
    assert kpis["won_revenue"]["value"] == "557.00"
    assert kpis["sales_cycle"]["numerator"] == 20 + 30 + 90
    assert kpis["sales_cycle_median"]["value"] == 30
    assert kpis["lead_count"]["value"] == 0
    assert kpis["pipeline_list_value"]["value"] == "605.00"


def test_the_plan_is_said_before_it_is_applied_and_the_walk_is_told_apart(
    tmp_path: Path, folder: Path
) -> None:
    said = done(Job(out=tmp_path / "out", data=folder))

    assert "'GTXBasic' read as 'GTX Basic' (without blanks) in 1 rows" in said
    assert said.index("Plan of the import") < said.index("Key figures")
    assert "in the tenant “journey” of the same file. It is in no figure above." in said
    with sqlite3.connect(tmp_path / "out" / DATABASE) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
    database.close()
    assert tables


def test_rows_that_are_refused_are_said_with_their_reason(tmp_path: Path, folder: Path) -> None:
    with (folder / "sales_pipeline.csv").open("a", encoding="utf-8") as pipeline:
        for number in range(15):
            pipeline.write(f"B{number},Anna Amsel,MG Special,Acme,Won,2017-01-02,2017-31-01,5\n")

    said = done(Job(out=tmp_path / "out", data=folder))

    assert "refused: 15" in said
    assert "sales_pipeline.csv:7 opportunity_id" in said
    assert "… and 3 more" in said


def test_what_files_say_is_escaped_on_the_page(tmp_path: Path, folder: Path) -> None:
    done(Job(out=tmp_path / "out", data=folder))

    page = (tmp_path / "out" / DASHBOARD).read_text("utf-8")
    assert "<b>medical" not in page
    assert "&lt;b&gt;medical" in page


def test_dates_and_currency_are_as_they_were_named(tmp_path: Path, folder: Path) -> None:
    pipeline = folder / "sales_pipeline.csv"
    german = PIPELINE.replace("2017-01-02", "2.1.2017").replace("2017-01-22", "22.1.2017")
    for iso, written in (
        ("2017-02-01", "1.2.2017"),
        ("2017-01-05", "5.1.2017"),
        ("2017-04-05", "5.4.2017"),
        ("2017-03-01", "1.3.2017"),
    ):
        german = german.replace(iso, written)
    pipeline.write_text(german, encoding="utf-8")

    done(Job(out=tmp_path / "out", data=folder, dates="d.m.y", currency="CHF"))

    kpis = json.loads((tmp_path / "out" / FIGURES).read_text("utf-8"))
    assert kpis["won_revenue"]["currency"] == "CHF"
    assert kpis["sales_cycle"]["numerator"] == 140
