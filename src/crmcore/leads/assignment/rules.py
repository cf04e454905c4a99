"""What an assignment policy is made of: rules for territories and skills, and preferred domains.

Conditions are about a lead and may follow references (``F.contact.address.country``).
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.teams import Candidate, Strategy

MAX_RULES = 1000
MAX_PREFERENCES = 1000
MAX_OWNERS = 1000
MAX_SKILLS = 100
MAX_NAME = 200


def _skills(skills: Iterable[str]) -> frozenset[str]:
    return frozenset(skills)


@attrs.frozen
class AssignmentRule:
    """Who may be given the leads that fulfil a condition.

    The pool is everybody who works here, made smaller by whatever is given: by the team, by the
    owners, by the skills. When a rule applies and nobody of its pool can be given the lead, the next
    rule that applies is tried, unless this one stops.

    Attributes:
        name: What the rule is called in explanations.
        when: A condition on a lead.
        team: Only members of this team.
        owners: Only these, where any are named.
        skills: Only who has all of these.
        strategy: Who comes first of them; that of the policy when left out.
        stop: Whether no further rule is tried when this one applies and finds nobody.

    Raises:
        InvalidValue: the name is blank or too long, or there are too many owners or skills.
    """

    name: str
    when: Condition = EVERYTHING
    team: UUID | None = attrs.field(default=None, kw_only=True)
    owners: tuple[UUID, ...] = attrs.field(default=(), kw_only=True, converter=tuple[UUID, ...])
    skills: frozenset[str] = attrs.field(default=frozenset(), kw_only=True, converter=_skills)
    strategy: Strategy | None = attrs.field(default=None, kw_only=True)
    stop: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > MAX_NAME:
            raise InvalidValue("name", f"must be a text of 1 to {MAX_NAME} characters")
        if len(self.owners) > MAX_OWNERS:
            raise InvalidValue("owners", f"a rule names at most {MAX_OWNERS}")
        if len(self.skills) > MAX_SKILLS:
            raise InvalidValue("skills", f"a rule asks for at most {MAX_SKILLS}")

    def pool(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those of the candidates the rule speaks of, whatever stands in their way."""
        for each in candidates:
            in_team = self.team is None or each.team == self.team
            if in_team and (not self.owners or each.employee in self.owners):
                yield each


@attrs.frozen
class Preference:
    """Leads an employee is to be given before others: their preferred domain.

    Attributes:
        owner: The employee.
        when: A condition on a lead.
    """

    owner: UUID
    when: Condition
