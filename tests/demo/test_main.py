from pathlib import Path

import pytest

from crmcore.demo import __main__ as command


def test_the_job_is_done_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = command.main(["--out", str(tmp_path), "--leads", "15"])
    shown = capsys.readouterr()

    assert ended == 0
    assert "Key figures" in shown.out
    assert "One lead walked through: Stadtwerke Erlenau" in shown.out
    assert shown.out.rstrip().endswith("dashboard.html")
    assert "Auenthal Pumpen: 15 leads in two years: 100%" in shown.err


def test_what_went_wrong_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = command.main(["--out", str(tmp_path), "--data", str(tmp_path / "nowhere")])
    shown = capsys.readouterr()

    assert ended == command.FAILED
    assert shown.err.startswith("crmcore demo: ")
    assert shown.err.count("\n") == 1


def test_a_place_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")

    ended = command.main(["--out", str(tmp_path / "file" / "out")])

    assert ended == command.FAILED
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("wrong", [["--leads", "0"], ["--leads", "many"], ["--dates", "y"], ["x"]])
def test_wrong_options_end_with_two(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(wrong)

    assert ended.value.code == 2
    assert "usage: python -m crmcore.demo" in capsys.readouterr().err


def test_help_says_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])

    assert ended.value.code == 0
    assert "sales history in a folder of CSV" in " ".join(capsys.readouterr().out.split())


def test_stopping_it_leaves_nothing_half_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_say", stopped)

    ended = command.main(["--out", str(tmp_path), "--leads", "3"])

    assert ended == command.INTERRUPTED
    assert capsys.readouterr().err.endswith("stopped; nothing was replaced\n")
    assert list(tmp_path.iterdir()) == []
