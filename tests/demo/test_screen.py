from hypothesis import given
from hypothesis import strategies as st

from crmcore.demo.screen import sheet_text
from crmcore.demo.sheets import Cell, Sheet, SheetRow
from crmcore.kpi import Unit

names = st.text(st.characters(codec="ascii", categories=("L",)), min_size=1, max_size=60)


def sheet(labels: list[str], total: bool = False) -> Sheet:
    rows = tuple(
        SheetRow(label, (Cell(place * 1000, Unit.COUNT),)) for place, label in enumerate(labels)
    )
    return Sheet(
        title="Deals",
        head="Owner",
        columns=("Count",),
        rows=rows,
        total=SheetRow("Total", (Cell(7, Unit.COUNT),)) if total else None,
        stated=("",),
    )


@given(st.lists(names, min_size=1, max_size=30))
def test_numbers_stand_below_each_other(labels: list[str]):
    lines = sheet_text(sheet(labels, total=True)).splitlines()[3:]

    assert len({len(line) for line in lines}) == 1
    assert len(lines) == len(labels) + 2
    assert all(len(line) <= 34 + 2 + 6 for line in lines)


def test_long_tables_are_cut_and_say_so():
    shown = sheet_text(sheet([f"Owner {place}" for place in range(50)]))

    assert shown.endswith("… and 10 more in kpis.json")
    assert "Owner 39" in shown
    assert "Owner 40" not in shown
