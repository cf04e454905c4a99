"""What the benches fill a store with, and a clock that stands still."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import crmcore
from crmcore import Contact, Money, Opportunity, PostalAddress, Share
from crmcore.contacts import Person
from crmcore.opportunities import LostReason, OpportunityStatus, StageEntry

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
AT_ONCE = 10_000
OWNERS = 35
STAGES = ("qualified", "proposal", "negotiation")
_FIRST_DAY = date(2024, 1, 1)
_OWNER, _PERSON, _DEAL = 1 << 64, 1 << 65, 1 << 66


class Stopped:
    """The clock that stands still."""

    def now(self):
        return NOW


def opened(url, tenant="main"):
    """A CRM whose clock stands still."""
    return crmcore.open(url, clock=Stopped(), tenant=tenant)


def add_persons(crm, many):
    """Persons by commands, all in one transaction."""
    with crm.transaction() as tx:
        for i in range(many):
            tx.contacts.add_person(
                given_name=f"Given {i}",
                family_name=f"Family {i % 97}",
                email=f"person{i}@example.com",
                phone="+49711123456",
                position="buyer",
                external_id=f"erp-{i}",
                address=PostalAddress(
                    street=f"Weg {i}", postal_code="70173", city="Stuttgart", country="DE"
                ),
            )


def persons(first, last):
    """The same persons as entities at hand."""
    return [
        Person(
            id=UUID(int=_PERSON + i),
            created_at=NOW,
            updated_at=NOW,
            given_name=f"Given {i}",
            family_name=f"Family {i % 97}",
            email=f"person{i}@example.com",
            phone="+49711123456",
            position="buyer",
            external_id=f"erp-{i}",
            address=PostalAddress(
                street=f"Weg {i}", postal_code="70173", city="Stuttgart", country="DE"
            ),
        )
        for i in range(first, last)
    ]


def owners():
    """Those who are responsible for the deals."""
    made = {"created_at": NOW, "updated_at": NOW}
    return [
        Person(id=UUID(int=_OWNER + i), given_name=f"Owner {i}", family_name="Seller", **made)
        for i in range(OWNERS)
    ]


def deals(first, last):
    """Opportunities in turn won, lost and open, over three years."""
    statuses = (OpportunityStatus.WON, OpportunityStatus.LOST, OpportunityStatus.OPEN)
    share = Share("0.4")
    return [_deal(i, statuses[i % 3], share) for i in range(first, last)]


def _deal(i, status, share):
    engaged = _FIRST_DAY + timedelta(days=i % 700)
    is_open = status is OpportunityStatus.OPEN
    return Opportunity(
        id=UUID(int=_DEAL + i),
        revision=1,
        created_at=NOW,
        updated_at=NOW,
        title=f"Pumps {i}",
        owner=UUID(int=_OWNER + i % OWNERS),
        pipeline="sales",
        stage=STAGES[i % 7 % 3],
        status=status,
        amount=Money(f"{100 + i % 900}.{10 + i % 89}", "EUR"),
        probability=share,
        engaged_on=engaged,
        closed_on=None if is_open else engaged + timedelta(days=i % 200),
        closed_at=None if is_open else NOW,
        lost_reason=LostReason.PRICE if status is OpportunityStatus.LOST else None,
        stage_log=(StageEntry(stage=STAGES[0], since=NOW, probability=share),),
    )


def add_entities(store, entities):
    """Entities at hand, new ones, all in one unit of work."""
    with store.begin(write=True) as unit:
        contacts = unit.repository(Contact)
        for entity in entities:
            contacts.add(entity)
        unit.commit()


def restored(store, made, first, last):
    """Many entities, made and stored some at a time."""
    for start in range(first, last, AT_ONCE):
        with store.begin(write=True) as unit:
            unit.archive.restore(made(start, min(start + AT_ONCE, last)))
            unit.commit()
