"""``crm.leads.plan``: what commands about leads would do; nothing is stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.consents import ConsentDraft
from crmcore.contacts import Role
from crmcore.opportunities import LeadConversion
from crmcore.usecases.arguments import commands
from crmcore.usecases.capturing import CapturePlan, capture_of, planned
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.converting import conversion_wish, decided
from crmcore.usecases.plans import Plans
from crmcore.values import Money


@commands
class LeadPlans(Plans):
    """Dry runs of the commands of ``crm.leads``, by the same names."""

    of = "leads"

    def capture(
        self,
        *,
        person: Mapping[str, Any] | None = None,
        organization: Mapping[str, Any] | None = None,
        source: str,
        campaign: str | None = None,
        owner: UUID | None = None,
        consents: Sequence[ConsentDraft] = (),
        external_id: str | None = None,
        attributes: Attributes | None = None,
        at: datetime | None = None,
    ) -> CapturePlan:
        """What capturing a lead of somebody would do, who may be known already; ``apply()`` does it.

        Args:
            person: What is known of a person, by the names of fields.
            organization: What is known of an organization; one of both is given.
            source: Where the interest came from, such as ``"web-form"`` or ``"referral"``.
            campaign: The campaign behind it.
            owner: The employee who is responsible.
            consents: What they agreed to, or are to be asked for.
            external_id: The id of the lead in the system it comes from; unique.
            attributes: Declared own fields of the lead.
            at: When; now if left out.

        Raises:
            NotValid: when a fact cannot be right; all faults at once.
        """
        captured = capture_of(
            person=person,
            organization=organization,
            consents=consents,
            source=source,
            campaign=campaign,
            owner=owner,
            external_id=external_id,
            attributes=attributes,
        )
        return planned(self._desk, captured, at)

    def convert(
        self,
        id: UUID,
        *,
        title: str | None = None,
        amount: Money | None = None,
        pipeline: str | None = None,
        owner: UUID | None = None,
        account: UUID | None = None,
        contact: UUID | None = None,
        opportunity: UUID | None = None,
        role: Role | str | None = None,
        open_opportunity: bool = True,
        overwrite: bool = False,
        by: UUID | None = None,
        at: datetime | None = None,
    ) -> LeadConversion:
        """What `Leads.convert` would do, given the same; ``explain()`` tells it.

        For a lead that is converted already it is the first result, with nothing to change. The id
        of a deal that would be opened is made up.

        Raises:
            MoveForbidden, GuardRefused, NotValid: as the command would.
        """
        wanted = conversion_wish(locals())
        with self._desk.looking() as work:
            return decided(work, self._desk, id, wanted)
