"""What can be done with templates of quotes: they are added, and edited."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.errors import CrmError, WrongType, raise_collected
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, differing, edited
from crmcore.sales.milestones import Milestone
from crmcore.sales.quotes.events import QuoteTemplateAdded, QuoteTemplateEdited
from crmcore.sales.quotes.templates import QuoteTemplate, TemplateLine
from crmcore.values import instant


def add_template(
    id: UUID,
    *,
    code: str,
    name: str,
    at: datetime,
    lines: Iterable[TemplateLine] = (),
    validity_days: int | None = None,
    introduction: str | None = None,
    milestones: Iterable[Milestone] = (),
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[QuoteTemplate]:
    """There is a new template, ready to be used.

    Args:
        id: The id it gets.
        code: What it is asked for by: small letters, digits, hyphens.
        name: What it is called.
        at: When it is added.
        lines: Its lines.
        validity_days: How many days its quotes are valid.
        introduction: What stands above the lines.
        milestones: What lines billed by milestones wait for.
        attributes: The customer's own fields.

    Raises:
        CrmError: what was given cannot be.
    """
    at = instant(at)
    template = QuoteTemplate(
        id=id,
        created_at=at,
        updated_at=at,
        attributes=attributes,
        code=code,
        name=name,
        lines=_lines(lines),
        validity_days=validity_days,
        introduction=introduction,
        milestones=tuple(milestones),
    )
    return Change(template, (QuoteTemplateAdded(at=at, quote_template=id, code=code),))


def edit_template(
    template: QuoteTemplate, fields: dict[str, Any], at: datetime
) -> Change[QuoteTemplate]:
    """The template has these field values; quotes made from it stay as they are.

    Raises:
        UnknownField: for a name a template does not have.
        FieldProtected: for a field only the library sets.
        InvalidValue: the values do not go together.
    """
    at = instant(at)
    after = edited(template, at, fields, frozenset())
    names = tuple(sorted(differing(template, after)))
    if not names:
        return Change(template)
    event = QuoteTemplateEdited(at=at, quote_template=template.id, fields=names)
    return Change(after, (event,))


def _lines(lines: Iterable[object]) -> tuple[TemplateLine, ...]:
    faults: list[CrmError] = []
    made: list[TemplateLine] = []
    for place, line in enumerate(lines):
        if isinstance(line, TemplateLine):
            made.append(line)
        else:
            faults.append(WrongType(f"lines[{place}]", "TemplateLine", type(line).__name__))
    raise_collected(faults)
    return tuple(made)
