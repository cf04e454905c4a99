"""What a lead is to be converted to: decided in one place, for the command and for its dry run."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.contacts import Contact, Role
from crmcore.errors import CrmError, InvalidValue, raise_collected
from crmcore.grammar.change import Change
from crmcore.grammar.field import F
from crmcore.grammar.naming import choice
from crmcore.leads import IS_OPEN, Lead, LeadStatus
from crmcore.opportunities import (
    LeadConversion,
    Opportunity,
    carried_attributes,
    convert,
    convert_into,
    convert_to_role,
    default_account,
)
from crmcore.usecases.contacts import person
from crmcore.usecases.finding_leads import newest_lead
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money

# Converted ones are looked at too: by its contact as well, a lead is converted once.
_CONVERTIBLE = IS_OPEN | (F.status == LeadStatus.CONVERTED)


@attrs.frozen(kw_only=True)
class ConversionWish:
    """What the caller of a conversion asked for; the names are those of the command."""

    title: str | None
    amount: Money | None
    pipeline: str | None
    owner: UUID | None
    account: UUID | None
    contact: UUID | None
    opportunity: UUID | None
    role: Role | str | None
    open_opportunity: bool
    overwrite: bool
    by: UUID | None
    at: datetime | None

    def check(self) -> None:
        """Return when what is asked for goes together.

        Raises:
            InvalidValue: the one fault found; `ManyFaults` for several.
        """
        faults: list[CrmError] = []
        if self.open_opportunity:
            if self.opportunity is None and self.title is None:
                faults.append(InvalidValue("title", "is needed for a new opportunity"))
            if self.opportunity is not None and self.pipeline is not None:
                faults.append(InvalidValue("pipeline", "the opportunity has one already"))
        else:
            names = ("title", "amount", "pipeline", "owner", "contact", "opportunity")
            given = [name for name in names if getattr(self, name) is not None]
            reason = "is for an opportunity, and none is to be opened"
            faults.extend(InvalidValue(name, reason) for name in given)
        if self.overwrite and self.opportunity is None:
            faults.append(InvalidValue("overwrite", "there is no opportunity to overwrite"))
        raise_collected(faults)


def conversion_wish(asked: Mapping[str, Any]) -> ConversionWish:
    """What was asked for, of the arguments of a command by their names."""
    return ConversionWish(**{each.name: asked[each.name] for each in attrs.fields(ConversionWish)})


def decided(work: Work, desk: Desk, id: UUID, wanted: ConversionWish) -> LeadConversion:
    """What converting the lead comes to; its first conversion, when there was one already.

    Args:
        work: The work of the command.
        desk: Where it is carried out.
        id: The lead, or its contact: then its newest lead that is open or converted is meant.
        wanted: What the caller asked for.

    Raises:
        MoveForbidden: the lead is disqualified or junk, or it became no opportunity and now should.
        GuardRefused: the opportunity to join is closed.
        NotValid: what is asked for does not go together.
    """
    lead = newest_lead(work, id, _CONVERTIBLE)
    has_result = lead.opportunity is not None or not wanted.open_opportunity
    if lead.status is LeadStatus.CONVERTED and has_result:
        return _first(work, lead)
    wanted.check()
    contact = work.get(Contact, lead.contact)
    deal = None if wanted.opportunity is None else work.get(Opportunity, wanted.opportunity)
    account = work.get(Contact, _account(wanted, contact, deal))
    moment = desk.at(wanted.at)
    if not wanted.open_opportunity:
        role = choice("role", Role, wanted.role or Role.CUSTOMER)
        return convert_to_role(lead, contact, account=account, role=role, at=moment, by=wanted.by)
    if deal is None:
        return _opening(work, desk, wanted, lead, contact=contact, account=account)
    return convert_into(
        lead,
        contact,
        deal,
        title=wanted.title,
        amount=wanted.amount,
        owner=wanted.owner or lead.owner,
        account=account,
        person=_person(work, wanted),
        role=choice("role", Role, wanted.role or Role.PROSPECT),
        attributes=carried_attributes(lead, work.registry),
        overwrite=wanted.overwrite,
        by=wanted.by,
        at=moment,
    )


def carried_out(work: Work, done: LeadConversion) -> tuple[Lead, Opportunity | None]:
    """The lead and the deal as stored, everything that was decided being applied."""
    if done.is_repeat:
        return done.lead.entity, None if done.opportunity is None else done.opportunity.entity
    for change in done.contacts:
        work.apply(change)
    deal = None if done.opportunity is None else work.apply(done.opportunity)
    return work.apply(done.lead), deal


def _opening(
    work: Work,
    desk: Desk,
    wanted: ConversionWish,
    lead: Lead,
    *,
    contact: Contact,
    account: Contact,
) -> LeadConversion:
    moment = desk.at(wanted.at)
    return convert(
        lead,
        contact,
        opportunity_id=work.ids.new(),
        title=wanted.title or "",
        pipeline=desk.settings.pipeline(wanted.pipeline),
        amount=wanted.amount,
        owner=wanted.owner or lead.owner,
        account=account,
        person=_person(work, wanted),
        role=choice("role", Role, wanted.role or Role.PROSPECT),
        attributes=carried_attributes(lead, work.registry),
        by=wanted.by,
        at=moment,
        on=desk.day(moment),
    )


def _first(work: Work, lead: Lead) -> LeadConversion:
    deal = None if lead.opportunity is None else work.get(Opportunity, lead.opportunity)
    return LeadConversion(
        lead=Change(lead), opportunity=None if deal is None else Change(deal), is_new=False
    )


def _account(wanted: ConversionWish, contact: Contact, deal: Opportunity | None) -> UUID:
    if wanted.account is not None:
        return wanted.account
    if deal is not None and deal.account is not None and not wanted.overwrite:
        return deal.account
    return default_account(contact)


def _person(work: Work, wanted: ConversionWish) -> UUID | None:
    return None if wanted.contact is None else person(work, wanted.contact).id
