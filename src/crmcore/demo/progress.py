"""How far a long job has come: one line that renews itself, or a few lines where nobody watches."""

from typing import TextIO

_WIDTH = 28
_QUARTERS = 4


class Progress:
    """Shows one job after the other.

    On a terminal a line is drawn over itself; into a file or a log goes one line for each quarter.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._is_watched = out.isatty()
        self._name = ""
        self._shown = -1

    def begin(self, name: str) -> None:
        """A job begins."""
        self._name = name
        self._shown = -1
        self.step(0, 1)

    def step(self, done: int, total: int | None) -> None:
        """So much of the job is done; of a job of unknown size nothing is shown."""
        if total is None:
            return
        part = min(1.0, done / total) if total else 1.0
        steps = 100 if self._is_watched else _QUARTERS
        reached = int(part * steps)
        if reached == self._shown:
            return
        self._shown = reached
        if self._is_watched:
            filled = int(part * _WIDTH)
            drawn = "━" * filled + "╌" * (_WIDTH - filled)
            self._write(f"\r\x1b[2K{self._name}  {drawn} {part:4.0%}")
        else:
            self._write(f"{self._name}: {reached * 100 // steps}%\n")

    def ignore(self, done: int, total: int | None) -> None:
        """For jobs so short that nobody need watch them."""

    def end(self) -> None:
        """The job is done."""
        self.step(1, 1)
        if self._is_watched:
            self._write("\n")

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
        except UnicodeEncodeError:
            self._out.write(text.encode("ascii", "replace").decode())
        self._out.flush()
