"""Runs a script of this folder as anybody would, in its quick form, and reads the line it prints."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

HERE = Path(__file__).parent
LONGEST = 240
"""Seconds after which a script is taken for hanging; its own deadline is shorter."""


@attrs.frozen
class Outcome:
    """How a script ended.

    Attributes:
        code: Its exit code: 0 held, 1 missed, 3 not run.
        line: What it printed.
    """

    code: int
    line: dict[str, Any]

    @property
    def held(self) -> bool:
        """Whether all that was promised was so."""
        return self.code == 0 and self.line["result"] == "held"

    def missed(self, *names: str) -> bool:
        """Whether one of these at least was missed."""
        return self.code == 1 and any(self.line["misses"].get(name) for name in names)


Running = Callable[..., Outcome]


def outcome(script: str, url: str, *arguments: str) -> Outcome:
    """The outcome of a script on a store; the test is skipped where it cannot say anything."""
    command = [sys.executable, HERE / f"{script}.py", "--store", url, "--quick", *arguments]
    done = subprocess.run(  # noqa: S603 - a script of ours
        command, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert done.stdout, done.stderr
    line = json.loads(done.stdout)
    if done.returncode == 3:
        pytest.skip(f"{script} on {line['store']}: {line['reason']}")
    if done.returncode and "--naive" not in arguments:
        sys.stderr.write(done.stderr)
    return Outcome(done.returncode, line)


@pytest.fixture
def run(store_url: str) -> Running:
    """Runs scripts on every store in turn."""
    return lambda script, *arguments: outcome(script, store_url, *arguments)


@pytest.fixture
def run_on_sqlite(tmp_path: Path) -> Running:
    """Runs scripts on a file of SQLite."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    return lambda script, *arguments: outcome(script, url, *arguments)


@pytest.fixture(params=["postgresql", "mariadb", "mongodb"])
def run_on_own_server(request: pytest.FixtureRequest) -> Running:
    """Runs scripts that start a server of their own."""
    return lambda script, *arguments: outcome(script, f"{request.param}://", *arguments)
