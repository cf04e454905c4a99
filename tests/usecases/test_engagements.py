"""``crm.engagements``: the log grows by each fact once, whoever tells it and how often."""

from datetime import timedelta
from uuid import UUID

import pytest

from crmcore import F
from crmcore.errors import Duplicate, ReferenceNotFound


@pytest.fixture
def ada(crm):
    return crm.contacts.add_person(given_name="Ada", family_name="Lovelace")


def test_what_a_contact_did_is_found_and_stays_when_the_lead_is_converted(crm, ada, clock):
    lead = crm.leads.capture(ada.id, source="web-form")
    line = crm.engagements.record(ada.id, kind="page-visit", object="/pumps", lead=lead.id)
    crm.leads.convert(ada.id, title="Pumps")

    found = crm.engagements.find((F.contact == ada.id) & (F.kind == "page-visit")).one()

    assert found == line == crm.engagements.get(line.id)
    assert (line.lead, line.occurred_at) == (lead.id, clock.now())
    assert [each.event.kind for each in crm.engagements.history(line.id)] == ["page-visit"]
    assert crm.check()


def test_the_same_external_id_again_returns_the_first_one(crm, ada, clock):
    first = crm.engagements.record(ada.id, kind="download", object="paper", external_id="hit-1")
    clock.forward(days=3)

    again = crm.engagements.record(ada.id, kind="download", object="paper", external_id="hit-1")

    assert again == first
    assert crm.engagements.find().count() == 1
    assert len(crm.engagements.history(first.id)) == 1


def test_an_external_id_that_tells_something_else_is_refused(crm, ada):
    first = crm.engagements.record(ada.id, kind="download", external_id="hit-1")

    with pytest.raises(Duplicate) as refused:
        crm.engagements.record(ada.id, kind="page-visit", external_id="hit-1")

    assert refused.value.existing == first.id
    assert crm.engagements.find().one() == first


def test_a_key_makes_a_repeat_harmless_without_an_external_id(crm, ada):
    lines = [crm.engagements.record(ada.id, kind="mail-click", key="click 1") for _ in range(2)]

    assert lines[0] == lines[1]
    assert crm.engagements.find().count() == 1


def test_nobody_s_engagement_is_refused(crm, ada):
    with pytest.raises(ReferenceNotFound):
        crm.engagements.record(UUID(int=9), kind="download")
    with pytest.raises(ReferenceNotFound):
        crm.engagements.record(ada.id, kind="download", lead=ada.id)


def test_two_logs_merged_are_their_union(crm, ada):
    ours = [("hit-1", "a"), ("hit-2", "b"), ("hit-3", "c")]
    theirs = [("hit-2", "b"), ("hit-3", "c"), ("hit-4", "d")]

    with crm.transaction() as tx:
        for external_id, page in [*ours, *theirs, *ours]:
            tx.engagements.record(ada.id, kind="visit", object=page, external_id=external_id)

    lines = crm.engagements.find(order_by="external_id")
    assert [line.external_id for line in lines] == ["hit-1", "hit-2", "hit-3", "hit-4"]


def test_a_fact_of_the_past_is_told_later(crm, ada, clock):
    before = clock.now() - timedelta(days=400)

    line = crm.engagements.record(ada.id, kind="event-attended", object="fair", occurred_at=before)

    assert (line.occurred_at, line.created_at) == (before, clock.now())
