import io

from hypothesis import given
from hypothesis import strategies as st

from crmcore.demo.progress import Progress


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


class Narrow(io.StringIO):
    """A stream that knows ASCII only."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        text.encode("ascii")
        return super().write(text)


def test_a_log_gets_a_line_for_each_quarter():
    log = io.StringIO()
    progress = Progress(log)

    progress.begin("Importing")
    for done in range(100):
        progress.step(done, 100)
    progress.end()

    assert log.getvalue().splitlines() == [f"Importing: {part}%" for part in (0, 25, 50, 75, 100)]


def test_a_terminal_gets_one_line_that_renews_itself():
    screen = Terminal()
    progress = Progress(screen)

    progress.begin("Importing")
    progress.step(1, 2)
    progress.end()

    assert screen.getvalue().count("\n") == 1
    assert screen.getvalue().endswith("100%\n")
    assert " 50%" in screen.getvalue()


def test_a_screen_without_such_letters_still_shows_it():
    screen = Narrow()

    Progress(screen).begin("Importing")

    assert "Importing" in screen.getvalue()


def test_nothing_is_shown_of_a_job_of_unknown_size():
    log = io.StringIO()

    Progress(log).step(3, None)
    Progress(log).ignore(1, 2)

    assert log.getvalue() == ""


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))))
def test_a_log_stays_short_when_work_goes_on(steps: list[tuple[int, int]]):
    log = io.StringIO()
    progress = Progress(log)

    progress.begin("Work")
    for done, total in sorted(steps, key=lambda step: step[0] / step[1] if step[1] else 1):
        progress.step(done, total)

    assert len(log.getvalue().splitlines()) <= 5
