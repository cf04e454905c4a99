"""What holds for teams and their members, whatever commands were called."""

from collections.abc import Iterator, Sequence

from crmcore.checking import Breach, Invariant, Law, Referred
from crmcore.contacts import Contact, Person, Role
from crmcore.teams.model import Team, TeamStatus


def member_breaches(contact: Contact, team: Sequence[Team]) -> Iterator[Breach]:
    """Members who are no employees, or whose team is dissolved.

    Args:
        contact: The contact.
        team: The team it is in now; none for most contacts.
    """
    if not isinstance(contact, Person) or contact.team is None:
        return
    if not contact.holds(Role.EMPLOYEE):
        yield Breach(text="is in a team without being an employee")
    if any(each.status is TeamStatus.DISSOLVED for each in team):
        yield Breach(text="is in a team that is dissolved")


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="team-members",
        law="who is in a team is an employee, and the team works",
        entity="contact",
        check=member_breaches,
        beside={"team": Referred("team", "team")},
    ),
)
"""The laws of teams."""
