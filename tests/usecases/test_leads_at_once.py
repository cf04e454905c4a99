"""Several score, convert and answer the same lead at once: it happens once, on every store."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import crmcore
from crmcore import EngagementRule, F, Retry, ScoringModel, Settings, Threshold

THREADS, ROUNDS = 8, 5
MODEL = ScoringModel(
    "visits", 1, (), (EngagementRule("visit", 50, F.kind == "visit"),), mql=Threshold(total=50)
)


@pytest.fixture
def crm(every_url):
    retry = Retry(deadline=60, tries=10_000)
    with crmcore.open(every_url, retry=retry, settings=Settings(scoring=MODEL)) as crm:
        yield crm
        assert crm.check()


def lead_of(crm):
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace")
    return crm.leads.capture(ada.id, source="fair")


def at_once(step):
    with ThreadPoolExecutor(THREADS) as pool:
        return [*pool.map(lambda _: step(), range(THREADS))]


def test_a_threshold_that_is_crossed_is_told_once(crm):
    for _ in range(ROUNDS):
        lead = lead_of(crm)
        crm.engagements.record(lead.contact, kind="visit")

        at_once(lambda lead=lead: crm.scoring.refresh(lead.id))

        told = [type(each.event).__name__ for each in crm.leads.history(lead.id)]
        assert told == ["LeadCaptured", "LeadBecameMql"]


def test_a_lead_that_several_convert_is_one_opportunity(crm):
    for _ in range(ROUNDS):
        lead = lead_of(crm)

        deals = at_once(lambda lead=lead: crm.leads.convert(lead.id, title="Pumps").id)

        assert len({*deals}) == 1
        assert crm.opportunities.find(F.lead == lead.id).count() == 1


def test_behaviour_recorded_by_several_counts_whole(crm):
    lead = lead_of(crm)

    at_once(lambda: crm.engagements.record(lead.contact, kind="visit"))

    assert crm.leads.score(lead.id).value == 50 * THREADS
