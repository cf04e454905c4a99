"""What importing the library costs, against importing what it is built on."""

import statistics
import subprocess
import sys

import pytest

pytestmark = pytest.mark.bench

EVERYTHING = "import crmcore; [getattr(crmcore, name) for name in crmcore.__all__]"


def import_seconds(statement):
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(run.stdout)


@pytest.mark.parametrize(
    ("statement", "goal"),
    [
        ("import crmcore", "<= 2x"),
        ("from crmcore import F, Money", "no goal set"),
        (EVERYTHING, "no goal set"),
    ],
)
def test_importing_the_library(capsys, statement, goal):
    import_seconds(statement)
    pairs = [(import_seconds(statement), import_seconds("import attrs, cattrs")) for _ in range(7)]

    ours, bound = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
    with capsys.disabled():
        print(
            f"\n{statement}: {ours * 1e3:.0f} ms against {bound * 1e3:.0f} ms for attrs and "
            f"cattrs: {ours / bound:.2f} x the time (goal: {goal})"
        )

    assert ours > 0
