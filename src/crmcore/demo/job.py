"""The whole job: fill a file, print what came of it, and put three files into a folder at once.

The database is made beside its place and moved there when everything went well, so a run that fails
leaves what was there. Only our own three files are ever replaced.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

import crmcore
from crmcore import Crm
from crmcore.demo import company
from crmcore.demo.dashboard import GENERATOR
from crmcore.demo.diary import SteppedClock
from crmcore.demo.outcome import JOURNEY, MAIN, Outcome, Say, imported, sample
from crmcore.demo.progress import Progress
from crmcore.errors import InvalidValue
from crmcore.values import CountedIds

DATABASE, FIGURES, DASHBOARD = "crm.db", "kpis.json", "dashboard.html"
"""The files that are made."""

_SEEDS = {MAIN: 1, JOURNEY: 2}
_MARK = f'content="{GENERATOR}"'
_MARK_WITHIN = 4_000


@attrs.frozen(kw_only=True)
class Job:
    """What is asked for.

    Attributes:
        out: The folder for the three files; made when it is not there.
        data: A folder of CSV files to import; the sample company when there is none.
        dates: How dates are written in them.
        currency: What amounts in them are in.
        leads: How many leads the sample company gets.
    """

    out: Path
    data: Path | None = None
    dates: str = "iso"
    currency: str = "USD"
    leads: int = company.LEADS


def run(job: Job, say: Say, progress: Progress) -> None:
    """The three files lie in the folder, made anew.

    Args:
        job: What is asked for.
        say: Prints a text.
        progress: Shows how far it is.

    Raises:
        CrmError: when the data cannot be imported, or the folder holds files that are not ours.
        OSError: when the folder cannot be written.
    """
    job.out.mkdir(parents=True, exist_ok=True)
    _check_place(job.out)
    with TemporaryDirectory(dir=job.out, prefix=".making-") as folder:
        made = Path(folder)
        outcome = _outcome(job, made / DATABASE, say, progress)
        figures = json.dumps(outcome.kpis, ensure_ascii=False, indent=1)
        (made / FIGURES).write_text(f"{figures}\n", encoding="utf-8", newline="\n")
        (made / DASHBOARD).write_text(outcome.dashboard, encoding="utf-8", newline="\n")
        _move(made, job.out)
    say(f"\nWritten: {', '.join(str(job.out / name) for name in (DATABASE, FIGURES, DASHBOARD))}")


def _outcome(job: Job, database: Path, say: Say, progress: Progress) -> Outcome:
    url = f"sqlite:///{database.absolute().as_posix()}"
    if "?" in url:
        raise InvalidValue("out", "must not contain a question mark")

    def opened(tenant: str, clock: SteppedClock) -> Crm:
        return crmcore.open(
            url,
            tenant=tenant,
            clock=clock,
            ids=CountedIds(_SEEDS[tenant]),
            settings=company.SETTINGS,
        )

    if job.data is None:
        return sample(opened, say, progress, leads=job.leads)
    return imported(opened, say, progress, job.data, dates=job.dates, currency=job.currency)


def _check_place(out: Path) -> None:
    page = out / DASHBOARD
    there = [name for name in (DATABASE, FIGURES, DASHBOARD) if (out / name).exists()]
    if there and not (page.is_file() and _is_ours(page)):
        reason = f"{out} holds {', '.join(there)} of somebody else; choose another folder"
        raise InvalidValue("out", reason)


def _is_ours(page: Path) -> bool:
    with page.open(encoding="utf-8", errors="replace") as text:
        return _MARK in text.read(_MARK_WITHIN)


def _move(made: Path, out: Path) -> None:
    # The page first: it shows the next run that the folder is ours.
    (made / DASHBOARD).replace(out / DASHBOARD)
    (made / FIGURES).replace(out / FIGURES)
    for leftover in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
        # The log of an older database must never be read into the new one.
        (out / leftover).unlink(missing_ok=True)
    (made / DATABASE).replace(out / DATABASE)
