"""What an import leaves behind keeps every law, as if it had all been entered by hand."""

from pathlib import Path

from .folders import new_crm, plan_of, write


def test_a_check_finds_nothing_in_what_was_imported(tmp_path: Path) -> None:
    crm = new_crm()
    plan_of(crm, write(tmp_path)).apply(crm)

    report = crm.check()

    assert report, report.explain()
    assert report.examined["opportunity"] > 0
