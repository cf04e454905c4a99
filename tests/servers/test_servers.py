"""The servers themselves: what they acknowledged they keep, and none is left behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .databases import KINDS
from .keeper import running
from .plugin import do_without
from .processes import Missing, NotStarted
from .rows import found, put
from .shared import GIVEN, SERVERS, Run, server_of

HERE = Path(__file__).parent

ALONE = """
import sys, time
sys.path.insert(0, sys.argv[1])
from servers.shared import SERVERS

server = SERVERS[sys.argv[2]]().start()
print(server.directory, flush=True)
time.sleep(600)
"""
"""A process that starts a server of its own."""

SHARED = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from servers.shared import Run, server_of

run = None if sys.argv[3:] else Run()
place = run.place if run else Path(sys.argv[3])
server_of(place, sys.argv[2])
print(json.loads((place / f"{sys.argv[2]}.json").read_text())["directory"], place, flush=True)
time.sleep(600 if run else 0)
"""
"""A process that begins a run with a server to share; or one that takes part in such a run."""

BEGUN = """
import sys, time
sys.path.insert(0, sys.argv[1])
from servers.shared import Run

run = Run()
print(run.place, flush=True)
time.sleep(600)
"""
"""A process that begins a run, and needs no server."""


@pytest.fixture(params=SERVERS)
def kind(request, monkeypatch):
    try:
        SERVERS[request.param].found()
    except Missing as missing:
        do_without(request.param, missing)
    for given in GIVEN.values():
        monkeypatch.delenv(given, raising=False)
    return request.param


def process(source, *arguments):
    return subprocess.Popen(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", source, str(HERE.parent), *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )


def gone(directory):
    """Whether nothing is left of a server, after a while."""
    given_up = time.monotonic() + 20
    while time.monotonic() < given_up:
        if not running(directory) and not Path(directory).exists():
            return True
        time.sleep(0.05)
    return False


def test_what_was_acknowledged_is_there_after_a_kill_at_the_same_address(kind):
    with SERVERS[kind]() as server:
        url = new_database(server)
        put(url, "kept")

        server.kill()
        assert not server.is_running
        server.start()
        assert found(url) == {"kept"}

        before = server.pid
        server.restart()
        assert server.pid != before
        assert found(url) == {"kept"}

    assert running(str(server.directory)) == []
    assert not server.directory.exists()


def new_database(server):
    with KINDS[server.kind](server.url()) as databases:
        databases.create("words")
        return databases.url("words")


def test_nothing_is_left_where_the_owner_is_killed(kind):
    with process(ALONE, kind) as owner:
        directory = owner.stdout.readline().strip()
        assert running(directory)

        owner.kill()

    assert gone(directory)


def test_a_run_shares_a_server_until_its_first_process_is_killed(kind):
    with process(SHARED, kind) as first:
        directory, place = first.stdout.readline().split()
        with process(SHARED, kind, place) as second:
            assert second.stdout.readline().split() == [directory, place]
        assert running(directory)

        first.kill()

    assert gone(directory)


def test_a_server_that_another_process_started_outlives_it(kind):
    run = Run()
    with process(SHARED, kind, str(run.place)) as other:
        directory, _ = other.stdout.readline().split()
    assert running(directory)

    run.over()

    assert running(directory) == []
    assert not Path(directory).exists()
    assert not run.place.exists()


def test_only_what_is_left_of_killed_runs_is_swept_away():
    standing = Run()
    with process(BEGUN) as killed:
        place = Path(killed.stdout.readline().strip())
        killed.kill()
    for life in (place / "life", standing.place / "life"):
        os.utime(life, (0, 0))

    Run().over()

    assert not place.exists()
    assert standing.place.exists()
    standing.over()
    assert not standing.place.exists()


def test_a_server_that_cannot_start_says_why(kind):
    class Unprepared(SERVERS[kind]):
        def prepare(self):
            self.owned(self.directory)

    with (
        pytest.raises(NotStarted, match=rf"{kind} did not start:\n.+"),
        Unprepared() as server,
    ):
        pytest.fail(f"{server} did start")


def test_a_server_of_the_user_s_own_is_taken_as_it_is(tmp_path, kind, monkeypatch):
    monkeypatch.setenv(GIVEN[kind], "where://ever")

    assert server_of(tmp_path, kind) == "where://ever"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_server_is_told_to_everybody(tmp_path, kind, monkeypatch):
    class Nowhere(SERVERS[kind]):
        @classmethod
        def found(cls):
            raise Missing("not here")

    (tmp_path / "life").touch()
    monkeypatch.setitem(SERVERS, kind, Nowhere)
    for _ in range(2):
        with pytest.raises(Missing, match="not here"):
            server_of(tmp_path, kind)
