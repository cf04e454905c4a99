"""An approval policy: rules in their order, as a value with a version.

How it is written as JSON is in ``form``; what it asks of a quote is found in ``asking``.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.registry import Registry
from crmcore.sales.quotes.approval import form
from crmcore.sales.quotes.approval.rules import MAX_RULES, ApprovalRule
from crmcore.values import as_int


@attrs.frozen(kw_only=True)
class ApprovalPolicy:
    """Rules that together say which quotes need whose approval before they go out.

    Attributes:
        rules: The rules, each with a name of its own; each that applies asks for an approval.
        version: Raised whenever a rule changes.

    Raises:
        InvalidValue: two rules share a name, or there are too many.
    """

    rules: tuple[ApprovalRule, ...] = attrs.field(default=(), converter=tuple[ApprovalRule, ...])
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if len(self.rules) > MAX_RULES:
            raise InvalidValue("rules", f"a policy has at most {MAX_RULES}")
        if len({rule.name for rule in self.rules}) < len(self.rules):
            raise InvalidValue("rules", "two rules share a name")
        as_int("version", self.version)

    def to_json(self) -> dict[str, Any]:
        """The policy as plain values for `json.dumps`; `from_json` gives the same policy back."""
        return {"version": self.version} | form.written(self.rules)

    @classmethod
    def from_json(
        cls, source: str | Mapping[str, Any], registry: Registry | None = None
    ) -> "ApprovalPolicy":
        """The policy that `to_json` wrote, or somebody else; nothing is trusted.

        Args:
            source: A text of JSON, or what was read from one.
            registry: Where given, conditions are held against the fields of quotes too.

        Raises:
            CrmError: the one fault, or `ManyFaults` with all of them (the first hundred, that is),
                each with its path, such as ``rules[3].when``.
        """
        return cls(**form.read(source, registry))


NO_APPROVAL = ApprovalPolicy()
"""Nothing needs approval; give your own policy in the settings."""
