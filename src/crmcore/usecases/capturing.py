"""Capturing a lead of somebody who may be known already: planned, looked at, then carried out.

Nobody is merged in silence. The plan names the contacts that may be meant, with the reasons; whoever
applies it says which of them it is, or that it is somebody new.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.consents import ConsentDraft
from crmcore.contacts import (
    CANDIDATES,
    PROTECTED,
    Contact,
    ContactMatch,
    Enrichment,
    MatchRule,
    Organization,
    Person,
    add_organization,
    add_person,
    enrich,
    match_keys,
    matches,
    may_fulfil,
    plan_enrichment,
)
from crmcore.errors import (
    CrmError,
    FieldProtected,
    GuardRefused,
    InvalidText,
    InvalidValue,
    UnknownField,
    WrongType,
    raise_collected,
)
from crmcore.grammar.change import SERVER_FIELDS, Change
from crmcore.grammar.field import F, order_of
from crmcore.grammar.naming import nearest, shortened
from crmcore.grammar.query import Either
from crmcore.leads import IS_OPEN, Lead, verbs
from crmcore.usecases.arguments import checked
from crmcore.usecases.consents import begun
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.roles import begin_lead
from crmcore.usecases.staffing import employee
from crmcore.usecases.work import Desk, Work
from crmcore.values import html_table

NEW = "new"
"""Says that the captured person or organization is none of those that are known."""

_WIDE = 50 * CANDIDATES
"""So many contacts are read for one rule; more share next to nothing, and nobody can wait for them."""

_CLOSED = SERVER_FIELDS | PROTECTED
_NAMES = ("given_name", "family_name", "name")
_MEANT: Mapping[type[Contact], Mapping[str, str]] = {
    Person: {
        "company": "employer",
        "organization": "employer",
        "first_name": "given_name",
        "last_name": "family_name",
        "job_title": "position",
    },
    Organization: {"company": "name", "industry": "sector"},
}


@attrs.frozen(kw_only=True)
class Captured:
    """What came in with a lead.

    Attributes:
        kind: Whether it is about a person or an organization.
        facts: What is known about them, by the names of fields.
        source: Where it came from.
        campaign: What drew them.
        owner: The employee who follows the lead up.
        consents: What they agreed to, or are to be asked for.
        external_id: The id of the lead in the system it came from.
        attributes: Own fields of the lead.
    """

    kind: type[Person | Organization]
    facts: Mapping[str, Any] = attrs.field(repr=False)
    source: str
    campaign: str | None = None
    owner: UUID | None = None
    consents: tuple[ConsentDraft, ...] = ()
    external_id: str | None = None
    attributes: Attributes | None = None

    def contact(self, work: Work, at: datetime) -> Change[Contact]:
        """Whom the facts make, as somebody new; all faults at once."""
        known = {each.name for each in attrs.fields(self.kind) if each.init}
        kind = self.kind.__name__.lower()
        faults: list[CrmError] = []
        for name in self.facts:
            if name not in known:
                meant = _MEANT[self.kind].get(name) or nearest(name, known)
                faults.append(UnknownField(kind, shortened(name), meant))
            elif name in _CLOSED:
                faults.append(FieldProtected(kind, name))
        raise_collected(faults)
        work.registry.check_values(self.kind, self.facts)
        if self.kind is Person and not any(self.facts.get(each, "").strip() for each in _NAMES):
            raise InvalidText("given_name", "give given_name, family_name, or both")
        change: Change[Contact]
        if self.kind is Person:
            named: dict[str, Any] = {"given_name": "", "family_name": "", **self.facts}
            change = add_person(work.ids.new(), **named, at=at)
        else:
            called: dict[str, Any] = {"name": "", **self.facts}
            change = add_organization(work.ids.new(), **called, at=at)
        work.registry.check(change.entity)
        return change


@attrs.frozen(kw_only=True, repr=False, eq=False)
class CapturePlan:
    """What capturing a lead would do; nothing has happened yet.

    Attributes:
        captured: What came in.
        contact: Whom it would make, if it is somebody new; the id is made up.
        matches: The contacts that may be meant, the surest first.
        fillings: What would be filled and kept of each of them, in the same order.
        crowded: The rules that too many contacts fulfil to say anything.
        open_leads: The leads of these contacts that are worked on already, the newest first.
    """

    captured: Captured
    contact: Contact
    matches: tuple[ContactMatch, ...]
    fillings: tuple[Enrichment, ...]
    crowded: tuple[MatchRule, ...]
    open_leads: tuple[Lead, ...]
    _desk: Desk = attrs.field(alias="desk")

    @property
    def is_new(self) -> bool:
        """Whether nobody who is known may be meant."""
        return not self.matches

    @checked
    def apply(
        self,
        *,
        to: UUID | str | None = None,
        again: bool = False,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The lead, with its contact and consents, all of it or nothing.

        Of a known contact only empty fields are filled, and keep where that comes from.

        Args:
            to: The id of the contact who is meant, or ``"new"``. Needed where somebody may be meant.
            again: Whether a contact who has an open lead gets another one.
            key: Idempotency key; what keeps a form that is sent twice from making two contacts.
            at: When; now if left out.

        Raises:
            GuardRefused: when nobody said who is meant, or somebody who may be meant came since the
                plan was made; when the contact has an open lead, which it names, and ``again`` is
                not said; or when a consent is refused, see `crmcore.consents.give`.
            ActivityNotAllowed: when the owner is no employee, or not at work.
            WrongType: when a person is to be an organization, or the other way round.
        """
        if not (to is None or to == NEW or isinstance(to, UUID)):
            raise InvalidValue("to", f"must be the id of a contact, or {NEW!r}")
        asked = {"to": to, "again": again, "at": at, "captured": self._asked()}

        def step(work: Work) -> Lead:
            moment = self._desk.at(at)
            if isinstance(to, UUID):
                known = self._filled(work, to, moment, again=again)
            else:
                known = self._added(work, moment, is_decided=to == NEW)
            return _captured(work, self.captured, known, moment)

        return self._desk.run("leads.plan.capture", Lead, key, asked, step)

    def _asked(self) -> Mapping[str, object]:
        given = attrs.asdict(self.captured, recurse=False)
        return {**given, "kind": self.captured.kind.__name__}

    def _added(self, work: Work, at: datetime, *, is_decided: bool) -> Contact:
        change = self.captured.contact(work, at)
        found, _ = _matching(work, change.entity)
        seen = {each.contact.id for each in self.matches} if is_decided else set[UUID]()
        unseen = [each for each in found if each.contact.id not in seen]
        if unseen:
            told = (f"contact {each.contact.id} may be meant, {each.explain()}" for each in unseen)
            raise GuardRefused("lead", None, "capture", tuple(told))
        return work.apply(change)

    def _filled(self, work: Work, to: UUID, at: datetime, *, again: bool) -> Contact:
        contact = work.get(Contact, to)
        if type(contact) is not self.captured.kind:
            wanted = self.captured.kind.__name__.lower()
            raise WrongType("to", wanted, type(contact).__name__.lower())
        if not again and (leads := _open_leads(work, (contact,))):
            why = f"contact {to} has this open lead; say again=True to open another one"
            raise GuardRefused("lead", leads[0].id, "capture", (why,))
        facts, own = _facts(self.captured, self.contact), work.registry.attributes_of("contact")
        return work.apply(enrich(contact, facts, source=self.captured.source, own=own, at=at))

    def explain(self) -> str:
        """Who may be meant and why, what would be filled and kept, and what was agreed to."""
        return "\n".join(f"{what}: {text}" for what, text in self._rows())

    def _rows(self) -> Iterator[tuple[str, str]]:
        captured = self.captured
        yield "lead", f"from {captured.source}{_drawn(captured.campaign)}"
        if self.is_new:
            yield "contact", f"new {captured.kind.__name__.lower()}, nobody known may be meant"
        for found, filling in zip(self.matches, self.fillings, strict=True):
            name = f"contact {found.contact.id}"
            yield name, f"may be meant, {found.explain()}"
            yield name, f"would fill {', '.join(filling.fills) or 'nothing'}"
            if filling.kept:
                yield name, f"would keep {', '.join(filling.kept)}"
        for lead in self.open_leads:
            from_where = (
                f"{lead.source}{_drawn(lead.campaign)}, captured {lead.captured_at:%Y-%m-%d}"
            )
            yield f"contact {lead.contact}", f"has the open lead {lead.id} from {from_where}"
        for rule in self.crowded:
            yield f"same {rule}", f"more than {CANDIDATES} contacts, which says nothing"
        for draft in captured.consents:
            how = "to be confirmed (double opt-in)" if draft.double_opt_in else "given"
            yield "consent", f"{draft.channel} for {draft.purpose}, {how}"

    def __repr__(self) -> str:
        return f"<plan to capture a lead from {self.captured.source}: {len(self.matches)} matches>"

    def _repr_html_(self) -> str:
        return html_table("capture of a lead", (), self._rows())


def capture_of(
    *,
    person: Mapping[str, Any] | None,
    organization: Mapping[str, Any] | None,
    consents: Sequence[ConsentDraft],
    **given: Any,
) -> Captured:
    """What came in, of one of both kinds.

    Raises:
        InvalidValue: it is about neither a person nor an organization, or about both.
    """
    if (person is None) is (organization is None):
        raise InvalidValue("person", "give the facts of a person or of an organization")
    kind: type[Person | Organization] = Organization if person is None else Person
    facts = {**(person or organization or {})}
    return Captured(kind=kind, facts=facts, consents=tuple(consents), **given)


def planned(desk: Desk, captured: Captured, at: datetime | None) -> CapturePlan:
    """The plan to capture a lead.

    Raises:
        NotValid: a fact cannot be right; all faults at once.
    """
    with desk.looking() as work:
        contact = captured.contact(work, desk.at(at)).entity
        found, crowded = _matching(work, contact)
        leads = _open_leads(work, [each.contact for each in found])
        facts, own = _facts(captured, contact), work.registry.attributes_of("contact")
    fillings = tuple(
        plan_enrichment(each.contact, facts, source=captured.source, own=own) for each in found
    )
    return CapturePlan(
        captured=captured,
        contact=contact,
        matches=found,
        fillings=fillings,
        crowded=crowded,
        open_leads=leads,
        desk=desk,
    )


def _drawn(campaign: str | None) -> str:
    return f", campaign {campaign}" if campaign else ""


def _open_leads(work: Work, contacts: Sequence[Contact]) -> tuple[Lead, ...]:
    if not contacts:
        return ()
    theirs = F.contact.in_([each.id for each in contacts])
    return work.find(Lead, theirs & IS_OPEN, (order_of("-captured_at"), order_of("-id")))


def _matching(
    work: Work, sought: Contact
) -> tuple[tuple[ContactMatch, ...], tuple[MatchRule, ...]]:
    """Who may be meant; and the rules that too many fulfil, which count for nothing."""
    found = _by_rule(work, sought)
    crowded = tuple(rule for rule, some in found.items() if len(some) > CANDIDATES)
    known = [each for rule, some in found.items() if rule not in crowded for each in some]
    return matches(sought, known, ignoring=crowded), crowded


def _by_rule(work: Work, sought: Contact) -> Mapping[MatchRule, Sequence[Contact]]:
    """The contacts each rule holds for, one more than may be of those it holds for too many of.

    The store is asked for more than that where it cannot tell; the calculator decides.
    """
    wanted = match_keys(sought)
    wheres = {rule: where for rule in wanted if (where := may_fulfil(rule, sought)) is not None}
    if not wheres:
        return {}
    bound = CANDIDATES * len(wheres)
    # One question for all rules, so that the store looks at its contacts once.
    some = work.find(Contact, Either(tuple(wheres.values())), (), bound + 1)
    is_all = len(some) <= bound
    return {
        rule: [
            each
            for each in (some if is_all else work.find(Contact, where, (), _WIDE))
            if match_keys(each).get(rule) == wanted[rule]
        ][: CANDIDATES + 1]
        for rule, where in wheres.items()
    }


def _facts(captured: Captured, contact: Contact) -> dict[str, Any]:
    """The facts in the form their class gave them, as they fill somebody who is known."""
    plain = {
        name: getattr(contact, name)
        for name in captured.facts
        if name not in {"attributes", "external_id"}
    }
    return {**plain, **{f"attributes.{name}": own for name, own in contact.attributes.items()}}


def _captured(work: Work, captured: Captured, contact: Contact, at: datetime) -> Lead:
    owner = None if captured.owner is None else employee(work, captured.owner).id
    who = begin_lead(work, contact.id, at)
    lead = work.apply(
        verbs.capture(
            work.ids.new(),
            contact=who,
            source=captured.source,
            campaign=captured.campaign,
            owner=owner,
            external_id=captured.external_id,
            attributes=captured.attributes,
            at=at,
        )
    )
    for draft in captured.consents:
        begun(work, draft, who, source=captured.source, at=at)
    return lead
