"""A scoring model: rules for fit and for engagement, with caps, grades and a threshold, as data.

A model is a value with a version. How it is written as JSON is in `crmcore.leads.scoring.form`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from crmcore.errors import CrmError, WrongType, raise_collected
from crmcore.grammar.registry import Registry
from crmcore.leads.scoring import form
from crmcore.leads.scoring.rules import (
    EngagementRule,
    Grades,
    Group,
    ScoreRule,
    Threshold,
)
from crmcore.leads.scoring.structure import (
    HEAD,
    Member,
    head_faults,
    is_tuple,
    length_faults,
    structure_faults,
)


# Scorers are looked up by their model, which may have a thousand rules.
@attrs.frozen(cache_hash=True)
class ScoringModel:
    """Rules that together make a score.

    The cap of a rule bounds what the rule gives, then the cap of a group what its rules give
    together, then the cap of a part what all of the part gives. Both parts add up to the score.

    Attributes:
        name: What the model is called.
        version: Raised whenever anything changes, so that old scores can be told apart.
        fit: The rules about who a lead is, each with a name of its own.
        engagement: The rules about what its contact did.
        groups: The groups that rules may belong to; each holds rules of one part.
        fit_cap: What fit gives at most; it bounds from above only.
        engagement_cap: What engagement gives at most.
        grades: What makes the grades ``A1`` to ``C3``; None when there are none.
        mql: From how many points on a lead is ripe for sales; None when the score does not tell.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them, each naming its place.
    """

    name: str
    version: int
    fit: tuple[ScoreRule, ...]
    engagement: tuple[EngagementRule, ...] = ()
    groups: tuple[Group, ...] = ()
    fit_cap: int | None = attrs.field(default=None, kw_only=True)
    engagement_cap: int | None = attrs.field(default=None, kw_only=True)
    grades: Grades | None = attrs.field(default=None, kw_only=True)
    mql: Threshold | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        raise_collected([*_type_faults(self)])
        parts = {"fit": _members(self.fit), "engagement": _members(self.engagement)}
        names = [group.name for group in self.groups]
        head = {field: getattr(self, field) for field in HEAD}
        raise_collected([*head_faults(head), *structure_faults(parts, names)])

    def to_json(self) -> dict[str, Any]:
        """The model as plain values for `json.dumps`; `from_json` gives the same model back.

        Choices lose their class on the way and are given back as text, which a scorer restores.
        """
        lists = {"fit": self.fit, "engagement": self.engagement, "groups": self.groups}
        rest = attrs.asdict(self, recurse=False, filter=lambda field, _: field.name not in lists)
        return form.written(rest, lists)

    @classmethod
    def from_json(
        cls, source: str | Mapping[str, Any], registry: Registry | None = None
    ) -> "ScoringModel":
        """The model that `to_json` wrote, or somebody else; nothing is trusted.

        Args:
            source: A text of JSON, or what was read from one.
            registry: Where given, conditions are held against its entities too.

        Raises:
            CrmError: the one fault, or `ManyFaults` with all of them (the first hundred, that is),
                each with its path, such as ``engagement[3].when``.
        """
        return cls(**form.read(source, registry))


def _members(rules: Sequence[ScoreRule] | Sequence[EngagementRule]) -> list[Member]:
    return [Member(rule.name, rule.group) for rule in rules]


def _type_faults(model: ScoringModel) -> Iterator[CrmError]:
    lists = {"fit": ScoreRule, "engagement": EngagementRule, "groups": Group}
    for field, kind in lists.items():
        value: object = getattr(model, field)
        if not is_tuple(value):
            yield WrongType(field, "a tuple", type(value).__name__)
            continue
        yield from length_faults(field, len(value))
        wrong = next((item for item in value if not isinstance(item, kind)), None)
        if wrong is not None:
            yield WrongType(field, kind.__name__, type(wrong).__name__)
    for field, kind in {"grades": Grades, "mql": Threshold}.items():
        value = getattr(model, field)
        if value is not None and not isinstance(value, kind):
            yield WrongType(field, kind.__name__, type(value).__name__)
