"""What an approval policy is made of: a condition on a quote, and who may approve it then.

Conditions see every field of a quote, its figures (see ``figures``), and what it refers to.
"""

import hashlib
from uuid import UUID

import attrs

from crmcore.contacts import Person
from crmcore.errors import InvalidValue
from crmcore.grammar.canonical import canonical_json
from crmcore.grammar.notation import to_json
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.values import fold

MAX_RULES = 100
MAX_PEOPLE = 1000
MAX_NAME = 200


@attrs.frozen
class ApprovalRule:
    """Quotes that fulfil a condition need the approval of somebody.

    Whoever works here may approve, made fewer by whatever is given: by the people, by the team, by
    the position.

    Attributes:
        name: What the rule is called on quotes and in explanations.
        when: A condition on a quote, such as ``F.discount > Share("0.1")``.
        people: Only these may approve, where any are named.
        team: Only members of this team.
        position: Only who has this job title; capitals do not matter.

    Raises:
        InvalidValue: the name or the position is blank or too long, or too many people are named.
    """

    name: str
    when: Condition = EVERYTHING
    people: tuple[UUID, ...] = attrs.field(default=(), kw_only=True, converter=tuple[UUID, ...])
    team: UUID | None = attrs.field(default=None, kw_only=True)
    position: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _check_text("name", self.name)
        if self.position is not None:
            _check_text("position", self.position)
        if len(self.people) > MAX_PEOPLE:
            raise InvalidValue("people", f"a rule names at most {MAX_PEOPLE}")

    @property
    def digest(self) -> str:
        """A digest of its name, condition and approvers: another one once any of them changes."""
        parts = (
            self.name,
            to_json(self.when),
            sorted({str(each) for each in self.people}),
            None if self.team is None else str(self.team),
            None if self.position is None else fold(self.position),
        )
        return hashlib.sha256(canonical_json(parts).encode()).hexdigest()

    def allows(self, person: Person) -> bool:
        """Whether an employee may approve what the rule asks for."""
        if self.people and person.id not in self.people:
            return False
        if self.team is not None and person.team != self.team:
            return False
        return self.position is None or fold(person.position or "") == fold(self.position)


def _check_text(field: str, text: str) -> None:
    if not text.strip() or len(text) > MAX_NAME:
        raise InvalidValue(field, f"must be a text of 1 to {MAX_NAME} characters")
