"""Reading all contacts of an SQLite file page by page: in constant memory, in linear time.

With ``CRMCORE_BENCH=full`` there are a million of them. Each reading is a process of its own, which
tells how much its greatest use of memory grew between the tenth page and the last one.
"""

import json
import os
import subprocess
import sys

import pytest

from .paired import growth
from .samples import opened, persons, restored

pytestmark = pytest.mark.bench

IS_FULL = os.environ.get("CRMCORE_BENCH") == "full"
SIZES = [100_000, 300_000, 1_000_000] if IS_FULL else [10_000, 30_000, 100_000]
ALLOWED = 2_000
"""Kilobytes of growth that are no sign of anything: the tables of the allocator, a cached plan."""

READ = """
import json, resource, sys, time
import crmcore

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

with crmcore.open(sys.argv[1]) as crm:
    began, many, early = time.process_time(), 0, 0
    for number, page in enumerate(crm.contacts.find().pages(), start=1):
        many += len(page.items)
        early = peak() if number == 10 else early
    print(json.dumps([many, time.process_time() - began, early, peak()]))
"""


def test_reading_page_by_page_takes_one_page_of_memory(tmp_path, capsys):
    url = f"sqlite:///{tmp_path}/crm.db"
    seconds, grown, first = [], [], 0
    for size in SIZES:
        with opened(url) as crm:
            restored(crm.store, persons, first, size)
        first = size
        command = [sys.executable, "-c", READ, url]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        many, spent, early, late = json.loads(done.stdout)
        assert many == size
        seconds.append(spent)
        grown.append(late - early)

    with capsys.disabled():
        print(f"\n{growth('reading persons page by page, SQLite file,', SIZES, seconds)}")
        each = ", ".join(f"{size:,}: {kb} kB" for size, kb in zip(SIZES, grown, strict=True))
        verdict = "constant" if max(grown) <= ALLOWED else "NOT constant"
        print(
            f"peak memory from page 10 to the last one grew by {each}: {verdict} (goal: constant)"
        )
