"""``crm.teams``: teams, their managers and who is in them since when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.contacts import Contact, Person
from crmcore.grammar.field import F
from crmcore.teams import Team, verbs
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes, person
from crmcore.usecases.finding import Collection
from crmcore.usecases.work import Desk, Work


@commands
class Teams(Collection[Team]):
    """The teams the people who work here belong to."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Team)

    def form(
        self,
        *,
        name: str,
        region: str | None = None,
        manager: UUID | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Team:
        """The new team, empty.

        Raises:
            Duplicate: when the external id is taken.
            ReferenceNotFound: when the manager does not exist.
        """
        asked = locals()

        def step(work: Work) -> Team:
            change = verbs.form(
                work.ids.new(),
                name=name,
                region=region,
                manager=manager,
                external_id=external_id,
                attributes=attributes,
                at=self._desk.at(at),
            )
            return work.apply(change)

        return self._desk.run("teams.form", Team, key, asked, step)

    def update(
        self,
        team: Team | UUID,
        *,
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Team:
        """The team with other field values; see `crmcore.usecases.contacts.Contacts.update`.

        Raises:
            StaleRevision: when somebody changed the team since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
        """
        asked = locals()

        def step(work: Work) -> Team:
            return work.apply(
                verbs.edit(
                    work.current(Team, team, fields, verbs.PROTECTED), fields, self._desk.at(at)
                )
            )

        return self._desk.run("teams.update", Team, key, asked, step)

    def appoint(
        self, id: UUID, manager: UUID | None, *, key: str | None = None, at: datetime | None = None
    ) -> Team:
        """The team led by somebody else, or by nobody for None.

        Raises:
            MoveForbidden: when the team is dissolved.
            ReferenceNotFound: when the manager does not exist.
        """
        asked = locals()

        def step(work: Work) -> Team:
            return work.apply(verbs.appoint(work.get(Team, id), manager, self._desk.at(at)))

        return self._desk.run("teams.appoint", Team, key, asked, step)

    def join(
        self, member: UUID, team: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Person:
        """The person as a member of the team, having left the one before.

        Raises:
            GuardRefused: when the person is no employee, or the team is dissolved.
        """
        asked = locals()

        def step(work: Work) -> Person:
            joining = work.get(Team, team)
            joined = verbs.join(person(work, member), joining, self._desk.at(at))
            work.guard(joining)
            return work.apply(joined)

        return self._desk.run("teams.join", Person, key, asked, step)

    def leave(self, member: UUID, *, key: str | None = None, at: datetime | None = None) -> Person:
        """The person without a team; unchanged when in none."""
        asked = locals()

        def step(work: Work) -> Person:
            return work.apply(verbs.leave(person(work, member), self._desk.at(at)))

        return self._desk.run("teams.leave", Person, key, asked, step)

    def set_workload(
        self,
        member: UUID,
        *,
        capacity: int | None = None,
        daily_quota: int | None = None,
        skills: Sequence[str] = (),
        key: str | None = None,
        at: datetime | None = None,
    ) -> Person:
        """The employee with these limits and skills, in place of those before.

        Args:
            member: The employee.
            capacity: How many open leads they can have; no limit when left out.
            daily_quota: How many they can be given within 24 hours; no limit when left out.
            skills: What they can do that a lead may need, such as a language.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when the person is no employee.
            InvalidValue: when a number is negative, or a skill is named twice.
        """
        asked = locals()

        def step(work: Work) -> Person:
            change = verbs.set_workload(
                person(work, member),
                self._desk.at(at),
                capacity=capacity,
                daily_quota=daily_quota,
                skills=skills,
            )
            return work.apply(change)

        return self._desk.run("teams.set_workload", Person, key, asked, step)

    def dissolve(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Team:
        """The team, dissolved.

        Raises:
            GuardRefused: when somebody is still in it.
        """
        asked = locals()

        def step(work: Work) -> Team:
            team = work.get(Team, id)  # before its members: see `Work.guard`
            members = len(work.find(Contact, F.team == id))
            return work.apply(verbs.dissolve(team, members, self._desk.at(at)))

        return self._desk.run("teams.dissolve", Team, key, asked, step)
