"""What every script here needs: its arguments, one deadline for everything, workers, one JSON line.

A script prints one line of JSON, the seed first, and ends with 0 when nothing was missed, 1 when
something was, and 3 when it has nothing to say about the store (never counted as passed).
"""

import argparse
import ctypes
import faulthandler
import json
import multiprocessing
import os
import random
import secrets
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs

import crmcore

MISSED, NOT_RUN = 1, 3
KINDS = {"sqlite": "sqlite", "postgresql": "postgresql", "mariadb": "mariadb", "mongodb": "mongodb"}
_SHOWN = 3
_WIDTH = 400


def kind_of(url: str) -> str:
    """Which store a URL names: sqlite, postgresql, mariadb or mongodb."""
    return KINDS[url.partition("://")[0].partition("+")[0]]


# --- what a run found ----------------------------------------------------------------------------


class Findings:
    """What a run measured, and what it missed: nothing of the latter when all is well."""

    def __init__(self) -> None:
        self.figures: dict[str, Any] = {}
        self.misses: dict[str, int] = {}
        self.examples: list[str] = []
        self._lock = threading.Lock()

    def figure(self, **figures: Any) -> None:
        """Note what was measured."""
        self.figures.update(figures)

    def missed(self, name: str, many: int = 1, example: object = None) -> None:
        """Note that something was missed so many times; 0 says that it was looked for."""
        with self._lock:
            self.misses[name] = self.misses.get(name, 0) + many
            if many and example is not None and len(self.examples) < _SHOWN:
                self.examples.append(f"{name}: {str(example)[:_WIDTH]}")

    def every(self, name: str, cases: Any) -> None:
        """Note each of the cases as a miss."""
        cases = list(cases)
        self.missed(name, 0)
        for case in cases:
            self.missed(name, 1, case)

    def raised(self, name: str, error: BaseException) -> None:
        """Note an error that nobody expected."""
        where = traceback.extract_tb(error.__traceback__)[-1:]
        self.missed(name, 1, f"{type(error).__name__}: {error} {where}")

    @property
    def is_clean(self) -> bool:
        """Whether nothing was missed."""
        return not any(self.misses.values())


class NotRun(Exception):
    """The script has nothing to say about this store."""


# --- a run ---------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Run:
    """One run of a script.

    Attributes:
        script: Its name.
        store: The URL of the store.
        kind: Which store that is.
        seed: What everything random follows from.
        tenant: The run's own tenant, so that runs in one place do not meet.
        naive: Whether to do it the obvious, wrong way, which must be missed.
        start: How processes begin: fork or spawn.
        ends: When the whole run has to be over, on the monotonic clock.
        sizes: How much of everything.
    """

    script: str
    store: str
    kind: str
    seed: int
    tenant: str
    naive: bool
    start: str
    ends: float
    sizes: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "sizes" or name not in self.sizes:
            raise AttributeError(name)
        return self.sizes[name]

    def random(self, *of: object) -> random.Random:
        """Randomness of its own for each worker, the same in each run with this seed."""
        return random.Random(":".join(map(str, (self.seed, *of))))

    def open(self, **options: Any) -> crmcore.Crm:
        """The CRM of this run."""
        return crmcore.open(self.store, **{"tenant": self.tenant, **options})

    @property
    def left(self) -> float:
        """The seconds until all has to be over."""
        return max(0.0, self.ends - time.monotonic())


Script = Callable[[Run, Findings], None]


def main(
    script: Script,
    naive: Script | None = None,
    *,
    deadline: float = 900.0,
    quick_deadline: float = 100.0,
    **sizes: tuple[Any, Any],
) -> None:
    """Run a script with the arguments of the command line, print its line, and exit.

    Args:
        script: What is to hold.
        naive: The same done wrong; it must be missed.
        deadline: After so many seconds a full run is over, whatever happens.
        quick_deadline: The same for a quick run.
        **sizes: How much of everything: in full, and quick.
    """
    given = _arguments(naive is not None, sizes)
    chosen = {
        name: pair[given.quick] if getattr(given, name) is None else getattr(given, name)
        for name, pair in sizes.items()
    }
    seconds = given.deadline or (quick_deadline if given.quick else deadline)
    name = Path(sys.argv[0]).stem
    run = Run(
        script=name,
        store=given.store,
        kind=kind_of(given.store),
        seed=given.seed,
        tenant=f"{name}-{given.seed}-{secrets.token_hex(4)}",
        naive=given.naive,
        start=given.start,
        ends=time.monotonic() + seconds,
        sizes=chosen,
    )
    findings, began = Findings(), time.monotonic()
    _watch(run, findings, began, seconds)
    try:
        (naive if given.naive and naive is not None else script)(run, findings)
    except NotRun as reason:
        _say(run, findings, began, result="not run", reason=str(reason))
        sys.exit(NOT_RUN)
    except Exception as error:  # noqa: BLE001 - a script that fails has missed
        traceback.print_exc()
        findings.raised("failed", error)
    signal.setitimer(signal.ITIMER_REAL, 0)
    _kill_children()
    _say(run, findings, began)
    sys.exit(0 if findings.is_clean else MISSED)


def _arguments(has_naive: bool, sizes: Mapping[str, tuple[Any, Any]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True, help="the URL of the store")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="the short form")
    parser.add_argument("--deadline", type=float, help="seconds for everything")
    methods = multiprocessing.get_all_start_methods()
    first = "fork" if "fork" in methods else methods[0]
    parser.add_argument("--start", choices=methods, default=first)
    parser.set_defaults(naive=False)
    if has_naive:
        parser.add_argument("--naive", action="store_true", help="done wrong: it must be missed")
    for name, (full, _) in sizes.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(full), default=None)
    return parser.parse_args()


def _say(run: Run, findings: Findings, began: float, **more: Any) -> None:
    line = {
        "seed": run.seed,
        "script": run.script,
        "store": run.kind,
        "form": "naive" if run.naive else "real",
        "result": "held" if findings.is_clean else "missed",
        **more,
        "misses": findings.misses,
        **({"examples": findings.examples} if findings.examples else {}),
        "sizes": dict(run.sizes),
        "figures": findings.figures,
        "seconds": round(time.monotonic() - began, 2),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _watch(run: Run, findings: Findings, began: float, seconds: float) -> None:
    def over(_signal: int, _frame: object) -> None:
        findings.missed("deadline", 1, f"not done after {seconds} s")
        faulthandler.dump_traceback(all_threads=True)
        _say(run, findings, began)
        _kill_children()
        os._exit(MISSED)

    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)


# --- threads and processes -----------------------------------------------------------------------


def in_threads(run: Run, findings: Findings, many: int, job: Callable[[int], Any]) -> list[Any]:
    """What a job returned in each of so many threads, which begin together.

    A job that raises is a miss; its result is left out.
    """
    together, results = threading.Barrier(many), list[Any]()

    def work(index: int) -> None:
        together.wait(60)
        try:
            results.append(job(index))
        except Exception as error:  # noqa: BLE001 - it is reported, and the others go on
            findings.raised("crashed", error)

    findings.missed("crashed", 0)
    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(run.left)
    return results


def in_processes(
    run: Run, findings: Findings, many: int, job: Callable[[Run, int], Any]
) -> list[Any]:
    """What a job returned in each of so many processes, which begin together."""
    context = multiprocessing.get_context(run.start)
    together, findings.misses["crashed"] = context.Barrier(many), findings.misses.get("crashed", 0)
    children, results = list[tuple[Any, Any]](), list[Any]()
    for index in range(many):
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_reporting, args=(run, job, index, there, together))
        process.start()
        there.close()
        children.append((process, here))
    for process, here in children:
        try:
            fault, result = here.recv() if here.poll(run.left) else ("no answer", None)
        except EOFError:
            fault, result = f"exit code {process.exitcode}", None
        if fault is None:
            results.append(result)
        else:
            findings.missed("crashed", 1, fault)
        process.join(10)
    return results


def _reporting(
    run: Run, job: Callable[[Run, int], Any], index: int, to: Any, together: Any
) -> None:
    _belong_to_parent(run)
    try:
        together.wait(60)
        to.send((None, job(run, index)))
    except Exception as error:  # noqa: BLE001 - the parent reports it
        to.send(("".join(traceback.format_exception(error))[-_WIDTH:], None))


class Child:
    """A process that tells what it did line by line, and can be stopped or killed at any moment.

    Args:
        run: The run it belongs to.
        job: Called in it with the run, a function that tells a line, and the arguments.
    """

    def __init__(self, run: Run, job: Callable[..., None], *args: Any) -> None:
        context = multiprocessing.get_context(run.start)
        self._run = run
        self._read, write = context.Pipe(duplex=False)
        self._process = context.Process(target=_telling, args=(run, job, write, args))
        self._process.start()
        write.close()

    def told(self, seconds: float | None = None) -> str | None:
        """The next line; None when none comes any more, or not in time."""
        limit = self._run.left if seconds is None else min(seconds, self._run.left)
        with suppress(EOFError, OSError):
            if self._read.poll(limit):
                return str(self._read.recv())
        return None

    def rest(self) -> Iterator[str]:
        """All lines it told before it ended."""
        while (line := self.told(0.5 if self._process.is_alive() else 0)) is not None:
            yield line

    def send(self, what: signal.Signals) -> None:
        """Send it a signal."""
        if self._process.pid is not None and self._process.is_alive():
            os.kill(self._process.pid, what)

    def kill(self) -> None:
        """Afterwards it is gone, without having been asked."""
        self.send(signal.SIGKILL)
        self._process.join(10)

    def ended(self, seconds: float) -> bool:
        """Whether it came to its end by itself within so many seconds."""
        self._process.join(min(seconds, self._run.left))
        return not self._process.is_alive()


def _telling(run: Run, job: Callable[..., None], to: Any, args: tuple[Any, ...]) -> None:
    _belong_to_parent(run)
    try:
        job(run, to.send, *args)
    except Exception as error:  # noqa: BLE001 - the parent reports it
        to.send("error " + "".join(traceback.format_exception(error))[-_WIDTH:])


def _belong_to_parent(run: Run) -> None:
    """End with the parent, also where it is killed; and never outlive the deadline."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, run.left + 5)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _kill_children() -> None:
    for child in multiprocessing.active_children():
        child.kill()


def percentile(values: list[float], part: float) -> float:
    """The value below which that part of the values lies; 0 for none."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 4) if ordered else 0.0
