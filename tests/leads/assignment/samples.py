"""Leads, candidates and a look-up to plan with."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from crmcore.contacts import Person
from crmcore.leads import AssignmentPolicy, Lead, assigner, look_among
from crmcore.subjects import SUBJECTS
from crmcore.teams import Candidate
from crmcore.values import PostalAddress

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
COUNTRIES = ("AT", "DE", "FR")


def contact(number):
    return Person(
        id=UUID(int=1000 + number),
        created_at=AT,
        updated_at=AT,
        given_name="P",
        family_name=str(number),
        address=PostalAddress(country=COUNTRIES[number % 3]),
    )


CONTACTS = [contact(number) for number in range(3)]
LOOK = look_among(CONTACTS, SUBJECTS)


def lead(number, *, hours=0, country="AT", **fields):
    return Lead(
        id=UUID(int=5000 + number),
        created_at=AT,
        updated_at=AT,
        contact=CONTACTS[COUNTRIES.index(country)].id,
        captured_at=AT - timedelta(hours=hours),
        source=fields.pop("source", "fair"),
        **fields,
    )


def someone(number, **fields):
    return Candidate(employee=UUID(int=number), **{"name": f"E{number}", **fields})


def ready(*rules, **fields):
    return assigner(AssignmentPolicy(rules=rules, **fields), SUBJECTS)
