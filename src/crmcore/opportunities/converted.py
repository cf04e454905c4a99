"""What a conversion of a lead comes to, as a value that explains itself.

The same value is the dry run and what a conversion carries out; how it is decided lies in
``conversion``.
"""

from collections.abc import Iterator

import attrs

from crmcore.contacts import Contact, RoleBegun, RoleMoved
from crmcore.grammar.change import Change
from crmcore.leads import Lead
from crmcore.opportunities.events import OpportunityEdited
from crmcore.opportunities.model import Opportunity
from crmcore.values import html_table


@attrs.frozen(kw_only=True)
class LeadConversion:
    """What a conversion decided; nothing is stored yet.

    Attributes:
        lead: The lead, converted, which keeps the id of the opportunity.
        opportunity: The deal, new or joined; None when there is none.
        contacts: The contacts whose roles move, each once; those that stay as they are, are not in.
        is_new: Whether the deal is opened by this conversion.
        kept: Fields of a joined deal that stay, although the conversion had something else for them.
        carried: The own fields that the deal takes over from the lead.
    """

    lead: Change[Lead]
    opportunity: Change[Opportunity] | None
    contacts: tuple[Change[Contact], ...] = ()
    is_new: bool = True
    kept: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()

    @property
    def is_repeat(self) -> bool:
        """Whether the lead was converted already, so that nothing changes."""
        return self.lead.is_empty

    def explain(self) -> str:
        """What changes, and what stays although it might have changed, as lines of text."""
        return "\n".join(f"{what}: {text}" for what, text in self._rows())

    def _repr_html_(self) -> str:
        return html_table("conversion of a lead", (), self._rows())

    def _rows(self) -> Iterator[tuple[str, str]]:
        lead = self.lead.entity
        if self.is_repeat:
            yield f"lead {lead.id}", "converted already; nothing changes"
            became = "no deal" if lead.opportunity is None else f"opportunity {lead.opportunity}"
            yield "it became", became
            return
        before = lead.status_log[-1].from_status
        yield f"lead {lead.id}", f"{before} -> {lead.status}"
        yield from self._deal()
        for change in self.contacts:
            for event in change.events:
                match event:
                    case RoleMoved():
                        text = f"role {event.kind}: {event.before} -> {event.after}"
                        yield f"contact {event.contact}", text
                    case RoleBegun():
                        yield f"contact {event.contact}", f"role {event.kind} begins"
                    case _:
                        continue

    def _deal(self) -> Iterator[tuple[str, str]]:
        if self.opportunity is None:
            yield "opportunity", "none is opened"
            return
        deal = self.opportunity.entity
        name = f"opportunity {deal.id}"
        if self.is_new:
            amount = "no amount yet" if deal.amount is None else str(deal.amount)
            yield name, f"opens as {deal.title!r}, {amount}, in {deal.stage} of {deal.pipeline}"
            yield name, f"account {deal.account}, contact {deal.contact}, owner {deal.owner}"
        for event in self.opportunity.events:
            if isinstance(event, OpportunityEdited):
                yield name, f"sets {', '.join(event.fields)}"
        if self.opportunity.is_empty:
            yield name, "is joined as it is"
        if self.kept:
            yield name, f"keeps {', '.join(self.kept)}"
        if self.carried:
            yield name, f"takes over {', '.join(self.carried)}"
