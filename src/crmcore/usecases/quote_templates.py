"""``crm.sales.quotes.templates``: what quotes of one kind begin with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.sales import Milestone, QuoteTemplate, TemplateLine, add_template, edit_template
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.work import Desk, Work


@commands
class QuoteTemplates(Collection[QuoteTemplate]):
    """Templates of quotes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, QuoteTemplate)

    def add(
        self,
        *,
        code: str,
        name: str,
        lines: Sequence[TemplateLine] = (),
        validity_days: int | None = None,
        introduction: str | None = None,
        milestones: Sequence[Milestone] = (),
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> QuoteTemplate:
        """The new template, ready to be used.

        Args:
            code: What it is asked for by: small letters, digits, hyphens; unique.
            name: What it is called.
            lines: The lines its quotes begin with.
            validity_days: How many days its quotes are valid, the day of the quote not counted.
            introduction: What stands above the lines.
            milestones: What lines billed by milestones wait for; they come to the whole.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            Duplicate: when there is a template of this code.
            NotValid: when something cannot be.
        """
        asked = locals()

        def step(work: Work) -> QuoteTemplate:
            change = add_template(
                work.ids.new(),
                code=code,
                name=name,
                lines=lines,
                validity_days=validity_days,
                introduction=introduction,
                milestones=milestones,
                attributes=attributes,
                at=self._desk.at(at),
            )
            return work.apply(change)

        return self._desk.run("quote_templates.add", QuoteTemplate, key, asked, step)

    def update(
        self,
        template: QuoteTemplate | UUID,
        *,
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> QuoteTemplate:
        """The template with other field values; quotes made from it stay as they are.

        Raises:
            StaleRevision: when somebody changed the template since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
        """
        asked = locals()

        def step(work: Work) -> QuoteTemplate:
            stored = work.current(QuoteTemplate, template, fields, frozenset())
            return work.apply(edit_template(stored, fields, self._desk.at(at)))

        return self._desk.run("quote_templates.update", QuoteTemplate, key, asked, step)
