"""Drafts tell what is otherwise in the store, whatever they meet there."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from crmcore.contacts import Organization, Person
from crmcore.grammar.change import Entity
from crmcore.importing.drafts import (
    Draft,
    OpportunityDraft,
    OrganizationDraft,
    PersonDraft,
    ProductDraft,
    TeamDraft,
    midnight,
)
from crmcore.opportunities import DEFAULT_PIPELINE
from crmcore.subjects import SUBJECTS
from crmcore.teams import Team

AT = datetime(2017, 4, 3, tzinfo=UTC)
SERVER = {"id": UUID(int=9), "created_at": AT, "updated_at": AT}
TEAM = Team(**SERVER, name="T")
PERSON = Person(**SERVER, given_name="A", family_name="B")

DRAFTS = (
    OrganizationDraft(key="k", at=AT, name="N"),
    ProductDraft(key="k", at=AT, name="N"),
    PersonDraft(key="k", at=AT, given_name="A", family_name="B"),
    TeamDraft(key="k", at=AT, name="N", manager="m"),
    OpportunityDraft(
        key="k",
        at=AT,
        title="N",
        owner="o",
        product="p",
        pipeline=DEFAULT_PIPELINE,
        stage="engaging",
    ),
)


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.subject.value)
def test_a_thing_of_another_kind_differs_in_kind(draft: Draft) -> None:
    other: Entity = PERSON if isinstance(draft, TeamDraft | OrganizationDraft) else TEAM

    assert [*draft.differences(other, {})] == ["kind"]


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.subject.value)
def test_a_sample_passes_the_check_of_the_stores_and_differs_in_references_only(
    draft: Draft,
) -> None:
    sample = draft.sample()

    SUBJECTS.check(sample)
    assert set(draft.differences(sample, {})) <= {"role"}
    assert sample.created_at == AT


def test_what_refers_to_something_still_to_come_differs_in_it() -> None:
    parent = Organization(**SERVER, name="P")
    child = Organization(**{**SERVER, "id": UUID(int=8)}, name="N", parent=parent.id)
    draft = OrganizationDraft(key="k", at=AT, name="N", parent="p")

    assert [*draft.differences(child, {"p": parent.id})] == []
    assert [*draft.differences(child, {})] == ["parent"]


def test_a_day_begins_at_midnight_in_utc() -> None:
    assert midnight(AT.date()) == AT
