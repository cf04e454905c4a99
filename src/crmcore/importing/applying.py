"""Carrying out what a plan says: in batches, each a transaction of its own, repeatable at any point.

Everything that is added is known by its external id: what is there already, because the plan is
applied again or somebody else was faster, is left alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from uuid import UUID

import attrs

from crmcore.contacts import Role
from crmcore.importing.deals import Standing
from crmcore.importing.decision import Subject
from crmcore.importing.drafts import Draft, OpportunityDraft
from crmcore.importing.existing import batched, present_in
from crmcore.importing.staff import Membership
from crmcore.ports import Progress
from crmcore.usecases import Crm, Transaction

Step = Callable[[Transaction], None]
"""Some work inside a transaction."""


@attrs.frozen(kw_only=True)
class Work:
    """What is to be done.

    Attributes:
        drafts: What will be added, each after what it refers to within its subject.
        memberships: Who joins which team.
        standings: What the new deals make of their accounts, by the account's key.
        ids: The ids of what exists, by key.
    """

    drafts: tuple[Draft, ...]
    memberships: tuple[Membership, ...]
    standings: Mapping[str, Standing]
    ids: Mapping[str, UUID]

    @property
    def size(self) -> int:
        """How many pieces it has."""
        return len(self.drafts) + len(self.memberships)

    def of(self, subject: Subject) -> tuple[Draft, ...]:
        """The drafts of one subject."""
        return tuple(draft for draft in self.drafts if draft.subject is subject)


def carry_out(
    work: Work, crm: Crm, *, batch: int, progress: Progress | None
) -> Mapping[Subject, int]:
    """How much of each subject was added, all the work being done afterwards.

    Raises:
        CrmError: the store refused something; the batch it belongs to left no trace, those before
            it are done.
    """
    applying = _Applying(work, dict(work.ids), dict(work.standings))
    done = 0
    for size, steps in applying.batches(batch):
        with crm.transaction() as tx:
            for step in steps:
                step(tx)
        done += size
        if progress is not None:
            progress(done, work.size)
    return {
        subject: sum(draft.key in applying.added for draft in work.of(subject))
        for subject in Subject
    }


@attrs.define(eq=False)
class _Applying:
    work: Work
    ids: dict[str, UUID]
    standings: dict[str, Standing]
    added: set[str] = attrs.field(factory=set[str])

    def batches(self, size: int) -> Iterator[tuple[int, Sequence[Step]]]:
        """The transactions to make: how many pieces of work each has, and its steps."""
        work = self.work
        for subject in (Subject.ORGANIZATION, Subject.PRODUCT):
            yield from self._additions(work.of(subject), size)
        # One batch: somebody added without joining their team would not be made up for next time.
        people, teams = work.of(Subject.PERSON), work.of(Subject.TEAM)
        together = len(people) + len(teams) + len(work.memberships)
        if together:
            join = partial(self._join, work.memberships)
            yield together, (partial(self._add, people), partial(self._add, teams), join)
        yield from self._additions(work.of(Subject.OPPORTUNITY), size)

    def _additions(
        self, drafts: Sequence[Draft], size: int
    ) -> Iterator[tuple[int, Sequence[Step]]]:
        for some in batched(drafts, size):
            yield len(some), (partial(self._add, some),)

    def _add(self, drafts: Sequence[Draft], tx: Transaction) -> None:
        self.ids.update(present_in(tx, drafts))
        for draft in drafts:
            if draft.key in self.ids:
                continue
            if isinstance(draft, OpportunityDraft) and draft.account is not None:
                self._raise(draft.account, tx)
            self.ids[draft.key] = draft.carry_out(tx, self.ids)
            self.added.add(draft.key)

    def _join(self, memberships: Sequence[Membership], tx: Transaction) -> None:
        for each in memberships:
            if each.member in self.added:
                person = tx.contacts.get(self.ids[each.member])
                tx.teams.join(person.id, self.ids[each.team], at=person.created_at)

    def _raise(self, account: str, tx: Transaction) -> None:
        """Afterwards the account is what its deals make of it; only the first of them asks."""
        standing = self.standings.pop(account, None)
        contact = tx.contacts.get(self.ids[account])
        if standing is None or contact.holds(Role.CUSTOMER):
            return
        contact = tx.contacts.begin_role(contact.id, Role.PROSPECT, at=standing.prospect_at)
        prospect = contact.role(Role.PROSPECT)
        if standing.customer_at is not None and prospect is not None:
            # Somebody here may have met them as a prospect only after that day.
            at = max(standing.customer_at, prospect.since)
            tx.contacts.begin_role(contact.id, Role.CUSTOMER, at=at)
