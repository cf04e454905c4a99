"""The command ``python -m crmcore.demo``: reads its options, runs the job, says what went wrong."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from crmcore.demo.company import LEADS
from crmcore.demo.job import Job, run
from crmcore.demo.progress import Progress
from crmcore.errors import CrmError
from crmcore.importing import DateForm

FAILED, INTERRUPTED = 1, 130
"""What the command ends with when it fails, and when somebody stops it."""

_DOES = (
    "Fill an SQLite file with a sample company, or with the sales history in a folder of CSV files; "
    "print its figures; write crm.db, kpis.json and dashboard.html."
)
_PROMISES = "Two runs give the same figures and the same page, byte for byte."


def main(arguments: Sequence[str] | None = None) -> int:
    """The job is done, and 0 returned; or one line on stderr says why it is not.

    Args:
        arguments: What follows the command; those of the process when left out.
    """
    asked = _parser().parse_args(arguments)
    job = Job(
        out=asked.out,
        data=asked.data,
        dates=asked.dates,
        currency=asked.currency,
        leads=asked.leads,
    )
    try:
        run(job, _say, Progress(sys.stderr))
    except (CrmError, OSError) as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        _failed("stopped; nothing was replaced")
        return INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crmcore.demo", description=_DOES, epilog=_PROMISES
    )
    add = parser.add_argument
    add(
        "--data",
        type=Path,
        metavar="DIR",
        help="import accounts.csv, products.csv, sales_teams.csv and sales_pipeline.csv from here",
    )
    add(
        "--out",
        type=Path,
        metavar="DIR",
        default=Path("demo"),
        help="where the three files go; only such files are replaced (default: %(default)s)",
    )
    add(
        "--dates",
        choices=[form.value for form in DateForm],
        default=DateForm.ISO.value,
        help="how dates are written in the files to import (default: %(default)s)",
    )
    add("--currency", default="USD", help="what amounts there are in (default: %(default)s)")
    add("--leads", type=_many, default=LEADS, help="the sample's leads (default: %(default)s)")
    return parser


def _many(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 100 * LEADS:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {100 * LEADS}")
    return int(text)


def _say(text: str) -> None:
    # Where output has an old encoding, a name it cannot write must not end the run.
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


def _failed(reason: str) -> int:
    sys.stderr.write(f"crmcore demo: {' '.join(reason.split())}\n")
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
