"""Holds mypy and pyright against accept.py (no fault) and reject.py (a fault in each marked line).

Run it as a program; it ends with 1 when a checker lets a marked line pass or refuses another one.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
MARK = re.compile(r"# refused$")


def marked(file: Path) -> set[int]:
    """The lines that must be refused."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, start=1) if MARK.search(line)}


def output_of(*command: str) -> str:
    """What a checker prints, whether or not it finds faults."""
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return run.stdout or sys.exit(run.stderr)


def by_mypy(file: Path) -> set[int]:
    """The lines in which mypy finds an error."""
    text = output_of(sys.executable, "-m", "mypy", "--strict", "--output", "json", str(file))
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return {each["line"] for each in found if each["severity"] == "error"}


def by_pyright(file: Path) -> set[int]:
    """The lines in which pyright finds an error."""
    found = json.loads(output_of("pyright", "--outputjson", str(file)))["generalDiagnostics"]
    errors = [each for each in found if each["severity"] == "error"]
    return {each["range"]["start"]["line"] + 1 for each in errors}


def verdicts() -> Mapping[str, tuple[set[int], set[int]]]:
    """Per checker and file, the lines that were refused and those that had to be."""
    checkers = {"mypy": by_mypy, "pyright": by_pyright}
    files = (HERE / "accept.py", HERE / "reject.py")
    return {
        f"{name} {file.name}": (check(file), marked(file))
        for name, check in checkers.items()
        for file in files
    }


def main() -> int:
    """Print what went otherwise than marked; 0 when nothing did."""
    wrong = 0
    for what, (refused, due) in verdicts().items():
        passed, surprising = sorted(due - refused), sorted(refused - due)
        wrong += len(passed) + len(surprising)
        told = [f"{what}: {len(refused & due)} of {len(due)} marked lines refused"]
        told += [f"let pass: {passed}"] * bool(passed)
        told += [f"refused unmarked: {surprising}"] * bool(surprising)
        sys.stdout.write("; ".join(told) + "\n")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
