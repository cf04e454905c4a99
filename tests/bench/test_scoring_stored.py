"""Scoring leads that lie in a store, page by page with what their contacts did.

With ``CRMCORE_BENCH=full`` there are 100,000 leads with ten engagements each. The bound is reading the
same leads, contacts and engagements through the store without scoring anything.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

import crmcore
from crmcore import EngagementRule, F, ScoreRule, ScoringModel, Settings, Threshold
from crmcore.contacts import Contact, Organization
from crmcore.engagements import Engagement
from crmcore.leads import Lead

from .paired import growth

pytestmark = pytest.mark.bench

IS_FULL = os.environ.get("CRMCORE_BENCH") == "full"
SIZES = (10_000, 30_000, 100_000) if IS_FULL else (1_000, 3_000, 10_000)
EACH = 10
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
MODEL = ScoringModel(
    "stored",
    1,
    (
        ScoreRule("referral", 20, F.source == "referral"),
        ScoreRule("large", 9, F.contact.employees > 5),
    ),
    (
        EngagementRule("download", 10, F.kind == "download", most_per_object=1, half_life=30),
        EngagementRule("visit", 2, F.kind == "visit", within=30, most=5),
    ),
    mql=Threshold(total=40),
)


def entities(many):
    made = {"created_at": NOW, "updated_at": NOW}
    for n in range(many):
        firm, lead = UUID(int=1 + n), UUID(int=2**64 + n)
        yield Organization(id=firm, name=f"Firm {n}", employees=n % 20, **made)
        source = "referral" if n % 3 else "fair"
        yield Lead(id=lead, contact=firm, source=source, captured_at=NOW, **made)
        for k in range(EACH):
            yield Engagement(
                id=UUID(int=2**96 + n * EACH + k),
                contact=firm,
                kind="download" if k % 3 == 0 else "visit",
                object=f"paper {k % 4}",
                occurred_at=NOW - timedelta(days=k * 7, hours=n % 24),
                **made,
            )


def filled(crm, many):
    batch = []
    for each in entities(many):
        batch.append(each)
        if len(batch) == EACH * 1_000:
            put(crm, batch)
            batch = []
    put(crm, batch)


def put(crm, batch):
    with crm.store.begin(write=True) as unit:
        for each in batch:
            cls = Contact if isinstance(each, Contact) else type(each)
            unit.repository(cls).add(each)
        unit.commit()


def test_scoring_stored_leads_grows_with_their_number(tmp_path, capsys):
    times, lines = [], []
    for many in SIZES:
        url = f"sqlite:///{tmp_path}/{many}.db"
        with crmcore.open(url, settings=Settings(scoring=MODEL)) as crm:
            filled(crm, many)
            start = time.process_time()
            read = sum(
                1 for found in (crm.leads, crm.contacts, crm.engagements) for _ in found.find()
            )
            bound = time.process_time() - start
            start = time.process_time()
            scored = sum(1 for _ in crm.scoring.scores(at=NOW))
            took = time.process_time() - start
        assert (read, scored) == (many * (EACH + 2), many)
        times.append(took)
        lines.append(
            f"{many:,} leads, {many * EACH:,} engagements: {took:.1f} s, {many / took:,.0f} leads/s, "
            f"{took / bound:.2f} times reading them all"
        )
    with capsys.disabled():
        print("", *lines, growth("scoring stored leads", SIZES, times), sep="\n")
