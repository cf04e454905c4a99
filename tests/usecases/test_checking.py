"""A check finds every law broken, each by data that no command makes, and nothing in sound data."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import attrs
import pytest

import crmcore
from crmcore import Component, Every, LineDraft, Money, Role, Settings, Share
from crmcore.checking import MAX_KEPT, Breach, Invariant, Referring, Sweep
from crmcore.contacts import CONTACT, EVENTS, Provenance, RoleState
from crmcore.errors import InvalidValue, StoreUnavailable, UnknownName, WrongType
from crmcore.grammar import F, Registry
from crmcore.memory import MemoryStore
from crmcore.ports import Delivery, Drawn
from crmcore.sales import (
    DeliveryKind,
    DeliveryLine,
    DeliveryNote,
    InvoiceKind,
    OrderChange,
    OrderChangeKind,
    Settlement,
    SettlementKind,
    digest_of,
)
from crmcore.subjects import INVARIANTS, SUBJECTS
from crmcore.teams import TEAM
from crmcore.tickets import MessageKind
from crmcore.usecases import check
from crmcore.usecases.wholeness import GENERIC
from crmcore.values import CountedIds

from .broken_data import Contents, broken, moved

NOBODY = UUID(int=99)
LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)
EUR = Money("1", "EUR")


class Ticking:
    """A clock that is later each time."""

    def __init__(self):
        self.at = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self):
        self.at += timedelta(seconds=1)
        return self.at


SETTLED = (Settlement(kind=SettlementKind.PAYMENT, amount=EUR, on=date(2026, 3, 2)),)


class Firm:
    """A small company with something of everything."""

    def __init__(self, crm):
        contacts, sales = crm.contacts, crm.sales
        self.acme = contacts.add_organization(name="ACME", external_id="1", key="add")
        self.owing = contacts.add_organization(name="Globex", external_id="2")
        self.ada = contacts.add_person(given_name="Ada", family_name="Berg", employer=self.acme.id)
        contacts.begin_role(self.ada.id, Role.EMPLOYEE)
        self.team = crm.teams.form(name="North", manager=self.ada.id)
        crm.teams.join(self.ada.id, self.team.id)
        self.fresh = crm.leads.capture(self.owing.id, source="fair")
        self.lead = crm.leads.capture(self.acme.id, source="fair")
        self.deal = crm.leads.convert(self.lead.id, title="Pumps")
        self.other = crm.opportunities.open(title="Seals", account=self.owing.id)
        crm.opportunities.advance(self.other.id, to="engaging")
        line = LineDraft(description="Pump", quantity=3, unit_price=Money("33.33", "EUR"))
        until = date(2999, 1, 1)
        self.draft = sales.quote(self.other.id, lines=[line], valid_until=until)
        self.quote = sales.quote(self.deal.id, lines=[line, line], valid_until=until)
        self.order = sales.accept(self.quote.id)
        self.paid, self.issued, self.unissued = (
            sales.bill(self.order.id, part=part, of=3) for part in (1, 2, 3)
        )
        sales.issue(self.paid.id)
        sales.issue(self.issued.id)
        self.payment = sales.pay(self.paid.id, amount=self.paid.totals.payable)
        self.ticket = crm.tickets.open(
            requester=self.acme.id, subject="?", channel="email", body="It leaks."
        )
        self.untouched = crm.tickets.open(requester=self.acme.id, subject="?", channel="phone")
        crm.tickets.reply(self.ticket.id, "So it is.", by=self.ada.id)
        self.visit = crm.engagements.record(self.ada.id, kind="visit", object="/pumps")
        asked = {"purpose": "newsletter", "source": "fair", "evidence": "said so"}
        self.news = crm.consents.request(self.ada.id, channel="email", **asked)
        self.calls = crm.consents.give(self.ada.id, channel="phone", **asked)
        self.shirt, self.red, self.blue = (
            crm.catalog.add_product(sku=sku, name=sku) for sku in ("SHIRT", "RED", "BLUE")
        )
        self.set, self.box = (
            crm.catalog.add_product(
                sku=sku, name=sku, kind="bundle", components=[Component(self.shirt.id)]
            )
            for sku in ("SET", "BOX")
        )
        self.prices, self.above = (crm.price_lists.add(code=code, name=code) for code in "ab")
        line = LineDraft(description="Care", quantity=1, unit_price=Money("31", "EUR"))
        self.care, self.rent = (self._charged(crm, title, line) for title in ("Care", "Rent"))
        self.before = Contents.of(crm)

    def _charged(self, crm, title, line):
        """A subscription whose first period is billed."""
        began = date(2026, 3, 2)
        plan = crm.subscriptions.add(
            self.acme.id, title=title, every=Every(1, "month"), lines=[line], started_on=began
        )
        crm.subscriptions.activate(plan.id)
        crm.subscriptions.renew(plan.id)
        return crm.subscriptions.get(plan.id)

    def now(self, entity):
        """The entity as it is stored."""
        return self.before.entities[entity.id]


@pytest.fixture
def firm():
    store = MemoryStore(registry=SUBJECTS)
    return Firm(crmcore.open(store, ids=CountedIds(), clock=Ticking()))


def line_of(entity, **fields):
    """The lines of a document, the first of them broken."""
    return (broken(entity.lines[0], **fields), *entity.lines[1:])


def less_than_ordered(firm, contents):
    """The last invoice, and what the order knows of it, a cent short."""
    last, order = firm.now(firm.unissued), firm.now(firm.order)
    cent = Money("0.01", "EUR")
    totals = attrs.evolve(
        last.totals, rounding=last.totals.rounding - cent, payable=last.totals.payable - cent
    )
    contents.put(last, totals=totals)
    contents.put(order, invoiced=order.invoiced - cent)


BREAKS = {
    "product-variants": lambda f, c: (
        c.put(f.red, variant_of=f.blue.id),
        c.put(f.blue, variant_of=f.shirt.id),
    ),
    "product-bundles": lambda f, c: (
        c.put(f.set, components=(Component(f.box.id),)),
        c.put(f.box, components=(Component(f.set.id),)),
    ),
    "price-list-chain": lambda f, c: (
        c.put(f.prices, parent=f.above.id),
        c.put(f.above, parent=f.prices.id),
    ),
    "contact-roles": lambda f, c: c.put(
        f.acme, roles=(broken(f.now(f.acme).roles[0], state=RoleState.LAPSED),)
    ),
    "contact-roles (an organization at work)": lambda f, c: c.put(
        f.acme,
        roles=(
            *f.now(f.acme).roles,
            attrs.evolve(f.now(f.ada).roles[0], kind=Role.EMPLOYEE),
        ),
    ),
    "contact-provenance": lambda f, c: c.put(
        f.acme, provenance=(Provenance(field="phone", source="register", at=LONG_AGO),)
    ),
    "engagement-unchanged": lambda f, c: c.put(f.visit, updated_at=LONG_AGO),
    "consents-open": lambda f, c: c.put(f.calls, channel=f.news.channel),
    "team-members": lambda f, c: c.put(f.ada, roles=()),
    "team-members (dissolved)": lambda f, c: c.put(f.team, status=type(f.team.status).DISSOLVED),
    "lead-status": lambda f, c: c.put(f.fresh, closed_at=LONG_AGO),
    "lead-status (reason)": lambda f, c: c.put(f.fresh, disqualified_reason="no"),
    "lead-status (qualified)": lambda f, c: c.put(f.fresh, qualified_at=LONG_AGO),
    "lead-status (never qualified)": lambda f, c: c.put(
        f.fresh, status=type(f.fresh.status).QUALIFIED
    ),
    "lead-status (not closed)": lambda f, c: c.put(f.lead, closed_at=None),
    "lead-status (became nothing)": lambda f, c: c.put(f.lead, opportunity=None),
    "lead-status (junk)": lambda f, c: c.put(f.fresh, status=type(f.fresh.status).JUNK),
    "lead-log": lambda f, c: c.put(f.lead, status_log=f.now(f.lead).status_log[:1]),
    "lead-log (a jump)": lambda f, c: c.put(
        f.lead,
        status_log=(
            f.now(f.lead).status_log[0],
            broken(f.now(f.lead).status_log[1], from_status=type(f.lead.status).NURTURE),
        ),
    ),
    "lead-log (backwards)": lambda f, c: c.put(
        f.lead,
        status_log=(
            f.now(f.lead).status_log[0],
            broken(f.now(f.lead).status_log[1], since=LONG_AGO),
        ),
    ),
    "lead-care": lambda f, c: c.put(f.fresh, responded_at=LONG_AGO),
    "lead-care (handed over early)": lambda f, c: c.put(f.fresh, handed_over_at=LONG_AGO),
    "lead-care (nobody's)": lambda f, c: c.put(f.fresh, assigned_at=LONG_AGO),
    "lead-care (waiting when closed)": lambda f, c: c.put(f.lead, queue_reason="nobody is there"),
    "lead-care (resurfacing when closed)": lambda f, c: c.put(f.lead, resurface_at=LONG_AGO),
    "lead-care (resurfacing never)": lambda f, c: c.put(f.fresh, resurface_reason="call"),
    "lead-contact": lambda f, c: c.put(f.owing, roles=()),
    "opportunity-stages": lambda f, c: c.put(f.other, stage="proposal"),
    "opportunity-stages (no log)": lambda f, c: c.put(f.other, stage_log=()),
    "opportunity-stages (a jump)": lambda f, c: c.put(
        f.other,
        stage_log=(
            f.now(f.other).stage_log[0],
            broken(f.now(f.other).stage_log[1], from_stage="proposal"),
        ),
    ),
    "opportunity-stages (backwards)": lambda f, c: c.put(
        f.other,
        stage_log=(
            f.now(f.other).stage_log[0],
            broken(f.now(f.other).stage_log[1], since=LONG_AGO),
        ),
    ),
    "opportunity-outcome": lambda f, c: c.put(f.deal, closed_at=None),
    "opportunity-outcome (open)": lambda f, c: c.put(f.other, closed_at=LONG_AGO),
    "opportunity-outcome (uncertain)": lambda f, c: c.put(f.deal, probability=Share("0.5")),
    "opportunity-lead": lambda f, c: c.put(f.other, lead=f.lead.id),
    "lead-opportunity": lambda f, c: c.put(f.deal, lead=None),
    "quote-totals": lambda f, c: c.put(f.draft, totals=broken(f.draft.totals, vat=EUR)),
    "order-totals": lambda f, c: c.put(
        f.order, totals=broken(f.order.totals, gross=f.order.totals.gross + EUR)
    ),
    "invoice-totals": lambda f, c: c.put(
        f.unissued, totals=broken(f.unissued.totals, payable=f.unissued.totals.payable + EUR)
    ),
    "quote-lines": lambda f, c: c.put(f.draft, lines=line_of(f.draft, unit_price=EUR)),
    "order-lines": lambda f, c: c.put(f.order, lines=line_of(f.now(f.order), unit_price=EUR)),
    "order-billing (rounding)": lambda f, c: c.put(f.order, totals=rounded(f.order.totals)),
    "order-delivery": lambda f, c: c.entities.update({NOBODY: note_of(f.order)}),
    "order-delivery (back)": lambda f, c: c.entities.update(
        {NOBODY: note_of(f.order, kind=DeliveryKind.RETURN)}
    ),
    "delivery-order": lambda f, c: c.entities.update(
        {NOBODY: note_of(f.order, account=f.owing.id)}
    ),
    "delivery-order (a line of another)": lambda f, c: c.entities.update(
        {NOBODY: note_of(f.order, order_line=NOBODY)}
    ),
    "delivery-order (another description)": lambda f, c: c.entities.update(
        {NOBODY: note_of(f.order, description="Gold")}
    ),
    "order-changes": lambda f, c: c.put(f.order, changes=(change_of(f.order),)),
    "order-changes (added otherwise)": lambda f, c: c.put(
        f.order, changes=(change_of(f.order, kind=OrderChangeKind.ADDED),)
    ),
    "order-changes (another line)": lambda f, c: c.put(
        f.order, changes=(change_of(f.order, kind=OrderChangeKind.ADDED, line=NOBODY),)
    ),
    "quote-options": lambda f, c: c.put(f.quote, lines=line_of(f.quote, description="Gold")),
    "quote-options (fewer)": lambda f, c: c.put(f.order, lines=f.now(f.order).lines[:1]),
    "quote-options (chosen)": lambda f, c: c.put(f.draft, lines=line_of(f.draft, chosen=True)),
    "quote-versions": lambda f, c: c.put(f.draft, status=type(f.draft.status).SUPERSEDED),
    "quote-versions (a gap)": lambda f, c: c.put(f.draft, origin=f.quote.id, version=3),
    "quote-approval": lambda f, c: c.put(f.draft, submitted_at=LONG_AGO),
    "quote-approval (nobody asked)": lambda f, c: c.put(
        f.draft, status=type(f.draft.status).APPROVAL_PENDING
    ),
    "payment-refunds": lambda f, c: c.put(f.payment, refunded=EUR, amount=f.payment.amount + EUR),
    "contact-offsets": lambda f, c: c.put(
        f.issued,
        paid=EUR,
        settlements=(broken(SETTLED[0], kind=SettlementKind.CREDIT, source=f.paid.id),),
    ),
    "subscription-ledger": lambda f, c: c.put(
        f.care, billed=(broken(f.care.billed[0], net=Money("30", "EUR")),)
    ),
    "subscription-ledger (no order)": lambda f, c: c.put(
        f.care, billed=(broken(f.care.billed[0], order=None),)
    ),
    "subscription-invoices": lambda f, c: c.put(
        f.care, billed=(broken(f.care.billed[0], invoice=f.issued.id),)
    ),
    "subscription-status": lambda f, c: c.put(f.care, status=type(f.care.status).PAUSED, pauses=()),
    "subscription-status (ended early)": lambda f, c: c.put(
        f.care, status=type(f.care.status).ENDED
    ),
    "order-subscription": lambda f, c: c.put(
        f.care, billed=(broken(f.care.billed[0], order=f.rent.billed[0].order),)
    ),
    "quote-order": lambda f, c: c.put(f.draft, status=type(f.draft.status).ACCEPTED),
    "quote-order (reopened)": lambda f, c: c.put(f.quote, status=type(f.draft.status).DRAFT),
    "quote-order (sent)": lambda f, c: c.put(f.draft, status=type(f.draft.status).SENT),
    "quote-order (never sent)": lambda f, c: c.put(f.draft, sent_at=LONG_AGO),
    "quote-order (another account)": lambda f, c: c.put(f.order, account=f.owing.id),
    "opportunity-order": lambda f, c: c.put(f.order, opportunity=f.other.id),
    "opportunity-order (twice)": lambda f, c: c.entities.update(
        {NOBODY: attrs.evolve(f.now(f.order), id=NOBODY, quote=None)}
    ),
    "order-billing": lambda f, c: c.put(
        f.order, lines=line_of(f.now(f.order), invoiced_quantity=f.order.lines[0].quantity / 2)
    ),
    "order-billing (value)": lambda f, c: c.put(
        f.order, lines=line_of(f.now(f.order), invoiced_net=EUR)
    ),
    "order-billing (sum)": lambda f, c: c.put(f.order, invoiced=EUR),
    "order-billing (parts)": lambda f, c: c.put(f.order, instalments_billed=2),
    "order-billing (a part twice)": lambda f, c: c.put(f.unissued, part=1),
    "order-billing (parts of another plan)": lambda f, c: c.put(f.unissued, parts=4),
    "order-billing (billed in full, for less)": less_than_ordered,
    "order-account": lambda f, c: c.put(f.acme, roles=()),
    "order-billing (no plan)": lambda f, c: c.put(f.order, instalments=None),
    "order-billing (status)": lambda f, c: c.put(f.order, status=type(f.order.status).OPEN),
    "order-billing (cancelled)": lambda f, c: c.put(f.order, status=type(f.order.status).CANCELLED),
    "order-billing (over-invoiced)": lambda f, c: c.entities.update(
        {NOBODY: attrs.evolve(f.now(f.unissued), id=NOBODY)}
    ),
    "invoice-order": lambda f, c: c.put(f.unissued, account=f.owing.id),
    "invoice-order (a line of another)": lambda f, c: c.put(
        f.unissued, lines=line_of(f.unissued, order_line=NOBODY)
    ),
    "invoice-order (a line twice)": lambda f, c: c.put(
        f.unissued, lines=line_of(f.unissued, order_line=f.unissued.lines[1].order_line)
    ),
    "invoice-order (lines of an order, and no order)": lambda f, c: c.put(f.unissued, order=None),
    "invoice-order (another description)": lambda f, c: c.put(
        f.unissued, lines=line_of(f.unissued, description="Gold")
    ),
    "invoice-order (another rate)": lambda f, c: c.put(
        f.unissued, lines=line_of(f.unissued, vat_rate=Share("0.07"))
    ),
    "invoice-order (a part of nothing)": lambda f, c: c.put(f.unissued, parts=None),
    "invoice-order (a part beyond)": lambda f, c: c.put(f.unissued, part=4),
    "invoice-status": lambda f, c: c.put(f.issued, number=None),
    "invoice-status (a draft)": lambda f, c: c.put(f.unissued, number="INV-7"),
    "invoice-status (another number)": lambda f, c: c.put(f.issued, number="INV-7"),
    "invoice-status (due before)": lambda f, c: c.put(f.issued, due_on=date(1999, 1, 1)),
    "invoice-status (not paid)": lambda f, c: c.put(f.issued, status=type(f.issued.status).PAID),
    "invoice-status (paid)": lambda f, c: c.put(f.paid, status=type(f.issued.status).ISSUED),
    "invoice-status (draft paid)": lambda f, c: c.put(f.unissued, paid=EUR, settlements=SETTLED),
    "invoice-paid": lambda f, c: c.put(f.issued, paid=EUR, settlements=SETTLED),
    "invoice-seal": lambda f, c: c.put(f.issued, buyer=broken(f.now(f.issued).buyer, name="X")),
    "invoice-seal (none)": lambda f, c: c.put(f.issued, digest=None),
    "invoice-credits": lambda f, c: c.put(f.unissued, kind=InvoiceKind.CREDIT_NOTE),
    "invoice-credits (too much)": lambda f, c: c.put(f.issued, credits=f.unissued.id),
    "invoice-paid (no payment)": lambda f, c: c.entities.pop(f.payment.id),
    "invoice-paid (currency)": lambda f, c: c.put(
        f.payment,
        allocations=(broken(f.payment.allocations[0], amount=Money("5", "USD")),),
        amount=Money("99", "USD"),
    ),
    "payment-allocations": lambda f, c: c.put(
        f.payment,
        allocations=(broken(f.payment.allocations[0], invoice=f.unissued.id),),
    ),
    "payment-allocations (nothing)": lambda f, c: c.put(
        f.payment,
        allocations=(broken(f.payment.allocations[0], amount=Money("0", "EUR")),),
    ),
    "payment-allocations (twice)": lambda f, c: c.put(
        f.payment,
        amount=Money("999", "EUR"),
        allocations=f.payment.allocations * 2,
    ),
    "contact-debtor": lambda f, c: c.put(f.acme, roles=f.now(f.acme).roles[:-1]),
    "contact-debtor (owes nothing)": lambda f, c: c.put(f.owing, roles=f.now(f.acme).roles[-1:]),
    "invoice-numbers": lambda f, c: c.put(f.issued, sequence=3),
    "invoice-numbers (removed)": lambda f, c: c.entities.pop(f.issued.id),
    "invoice-numbers (counter)": lambda f, c: c.numbers.append(
        attrs.evolve(c.numbers.pop(), value=1)
    ),
    "invoice-numbers (no counter)": lambda f, c: c.numbers.clear(),
    "invoice-numbers (another year)": lambda f, c: c.numbers.append(
        Drawn(series="invoice", period="1999", value=4)
    ),
    "ticket-status": lambda f, c: c.put(f.untouched, assignee=f.ada.id),
    "ticket-status (reopened)": lambda f, c: c.put(f.untouched, reopened=1),
    "ticket-status (less than never)": lambda f, c: c.put(f.ticket, reopened=-1),
    "ticket-status (resolved before)": lambda f, c: c.put(
        f.untouched, status=type(f.ticket.status).RESOLVED, resolved_at=LONG_AGO
    ),
    "ticket-messages": lambda f, c: c.put(f.ticket, messages=f.now(f.ticket).messages[::-1]),
    "ticket-messages (before it was opened)": lambda f, c: c.put(
        f.ticket,
        messages=(
            broken(f.now(f.ticket).messages[0], at=LONG_AGO),
            *f.now(f.ticket).messages[1:],
        ),
    ),
    "ticket-messages (no reply)": lambda f, c: c.put(f.ticket, first_responded_at=None),
    "ticket-messages (another requester)": lambda f, c: c.put(f.ticket, requester=f.owing.id),
    "ticket-messages (a machine)": lambda f, c: c.put(
        f.ticket,
        messages=(
            broken(f.now(f.ticket).messages[0], kind=MessageKind.AUTOMATIC),
            *f.now(f.ticket).messages[1:],
        ),
    ),
    "sound": lambda f, c: c.put(f.issued, paid=Money("9999", "EUR")),
    "sound (its own form)": lambda f, c: c.put(f.ada, email="Ada@EXAMPLE.com"),
    "sound (a child)": lambda f, c: c.put(
        f.order, lines=line_of(f.now(f.order), invoiced_net=Money("9999", "EUR"))
    ),
    "sound (revision)": lambda f, c: c.put(f.acme, revision=0),
    "revisions": lambda f, c: c.events.remove(event_of(c, f.acme, 2)),
    "revisions (later)": lambda f, c: c.put(f.acme, revision=1),
    "revisions (earlier)": lambda f, c: c.put(f.acme, revision=100),
    "revisions (a gap)": lambda f, c: c.events.append(
        moved(c.events.pop(c.events.index(event_of(c, f.acme, 1))), position=1)
    ),
    "keys": lambda f, c: c.keys.append(attrs.evolve(c.keys.pop(), entity_id=NOBODY)),
    "outbox": lambda f, c: c.events.append(attrs.evolve(c.events.pop(), attempts=-1)),
    "outbox (parked for nothing)": lambda f, c: c.events.append(
        attrs.evolve(c.events.pop(), delivery=Delivery.PARKED)
    ),
    "outbox (done with a reason)": lambda f, c: c.events.append(
        attrs.evolve(c.events.pop(), delivery=Delivery.DONE, reason="refused")
    ),
    "outbox (waiting with a reason)": lambda f, c: c.events.append(
        attrs.evolve(c.events.pop(), reason="refused")
    ),
}
"""Per law, and per way to break it, what breaks it; `_` in the name is what is broken."""


def note_of(order, kind=DeliveryKind.DELIVERY, account=None, **other):
    """A note of a delivery that the order knows nothing of."""
    line = order.lines[0]
    told = {"order_line": line.id, "product": line.product, "description": line.description}
    delivered = DeliveryLine(id=NOBODY, quantity=1, unit=line.unit, **told | other)
    return DeliveryNote(
        id=NOBODY,
        revision=1,
        created_at=order.created_at,
        updated_at=order.created_at,
        kind=kind,
        order=order.id,
        account=account or order.account,
        lines=(delivered,),
        delivered_on=order.created_at.date(),
    )


def change_of(order, **other):
    """A change that no line of the order shows."""
    told = {"kind": OrderChangeKind.CANCELLED, "line": order.lines[0].id} | other
    return OrderChange(quantity=1, net=EUR, at=order.created_at, **told)


def rounded(totals):
    """The totals with something added, as if an order were an invoice that completes one."""
    return attrs.evolve(totals, rounding=EUR, payable=totals.payable + EUR)


def event_of(contents, entity, revision):
    """The first event of a revision."""
    return next(
        each
        for each in contents.events
        if (each.recorded.entity_id, each.recorded.revision) == (entity.id, revision)
    )


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_law_is_found(firm, name):
    contents = firm.before
    BREAKS[name](firm, contents)

    report = contents.restored().check()

    code = name.partition(" ")[0]
    assert not report
    assert code in report.counts, report.explain()
    assert all(report.counts.values()), report.counts
    assert all(fault.text and "object at 0x" not in str(fault) for fault in report.faults)


def test_every_law_is_broken_by_something():
    # Memory looks up what is unique and refers, and reads all it has: these need another store.
    elsewhere = {"readable", "unique", "references"}

    tried = {name.partition(" ")[0] for name in BREAKS}

    assert tried | elsewhere == {*GENERIC, *(law.name for law in INVARIANTS)}


def test_sound_data_are_clean(firm):
    report = firm.before.restored().check()

    assert report, report.explain()
    assert report.is_clean
    assert report.faults == ()
    assert report.examined["contact"] == 3
    assert report.examined["events"] == len(firm.before.events)
    assert report.examined["keys"] == report.examined["numbers"] == 1
    assert {*report.laws} == {*GENERIC, *(law.name for law in INVARIANTS)}


def test_a_fault_tells_the_figures_and_nothing_of_a_person(firm):
    contents = firm.before
    contents.put(firm.order, lines=line_of(firm.now(firm.order), invoiced_quantity=EUR.amount))

    (fault,) = contents.restored().check().of("order-billing")[:1]

    assert fault.id == firm.order.id
    assert (fault.entity, fault.expected, fault.found) == ("order", "3", "1")
    told = contents.restored().check().explain()
    assert not {"ACME", "Berg", "Ada"} & {*told.split()}


def test_a_description_that_was_changed_is_not_quoted(firm):
    contents = firm.before
    contents.put(firm.unissued, lines=line_of(firm.unissued, description="for Ada Berg"))

    (fault,) = contents.restored().check().of("invoice-order")

    assert fault.text == "the description of line 1 is not that of the order's line"
    assert (fault.expected, fault.found) == (None, None)


def test_instalments_that_do_not_come_to_the_order_are_told(firm):
    contents = firm.before
    contents.put(firm.order, lines=line_of(firm.now(firm.order), invoiced_net=EUR))

    told = {fault.text for fault in contents.restored().check().of("order-billing")}

    assert "all instalments are billed, and they do not come to the order" in told


def test_an_order_billed_in_full_for_less_is_told_with_both_sums(firm):
    contents = firm.before
    less_than_ordered(firm, contents)

    (fault,) = contents.restored().check().of("order-billing")

    assert "do not come to its total" in fault.text
    assert fault.expected == str(firm.order.totals.payable)


def test_a_claim_of_more_than_a_day_is_found_and_one_of_a_day_is_not(firm):
    crm = firm.before.restored()
    now = datetime.now(UTC)
    for days in (1, 3):
        with crm.store.begin(write=True) as unit:
            unit.outbox.claim(1, now=now, until=now + timedelta(days=days))
            unit.commit()

    report = crm.check()

    assert report.counts == {"outbox": 1}
    assert "is claimed for more than a day" in report.faults[0].text
    assert check(crm.store), "without a present, nothing is too far ahead"


def test_events_of_what_is_gone_are_looked_at_too(firm):
    contents = firm.before
    del contents.entities[firm.untouched.id]
    contents.events.append(
        attrs.evolve(event_of(contents, firm.untouched, 1), delivery=Delivery.PARKED)
    )
    contents.events.remove(event_of(contents, firm.untouched, 1))

    report = contents.restored().check()

    assert report.counts == {"outbox": 1}
    assert report.faults[0].id == firm.untouched.id


def test_a_lead_may_outlive_the_role_it_began_with(firm):
    crm = firm.before.restored()
    crm.contacts.move_role(firm.owing.id, Role.PROSPECT, "lapse")

    assert crm.check()


def test_several_laws_broken_at_once_are_all_told(firm):
    contents = firm.before
    BREAKS["contact-roles"](firm, contents)
    BREAKS["invoice-numbers (counter)"](firm, contents)
    BREAKS["ticket-status"](firm, contents)

    counts = contents.restored().check().counts

    assert {"contact-roles", "invoice-numbers", "ticket-status"} <= {*counts}


def test_events_of_what_is_gone_are_no_fault(firm):
    contents = firm.before
    for ticket in (firm.untouched, firm.ticket):
        del contents.entities[ticket.id]

    assert contents.restored().check()


def test_a_key_of_what_is_gone_is_no_fault(firm):
    contents = firm.before
    contents.keys.append(
        attrs.evolve(contents.keys[0], key="2", entity="ticket", entity_id=firm.ticket.id)
    )
    del contents.entities[firm.ticket.id]

    assert contents.restored().check()


def test_numbers_of_other_documents_are_no_matter(firm):
    contents = firm.before
    contents.numbers.append(Drawn(series="delivery-note", period="2026", value=7))

    assert contents.restored().check()


def test_a_series_of_the_settings_without_an_invoice_is_looked_at(firm):
    contents = firm.before
    contents.numbers.append(Drawn(series="export", period="2026", value=7))
    numbering = {"export": crmcore.NumberPattern("X-{YYYY}-{seq}")}

    report = contents.restored(settings=Settings(numbering=numbering)).check()

    assert report.counts == {"invoice-numbers": 1}


def test_a_series_that_may_have_gaps_may_have_them_but_no_number_twice(firm):
    contents = firm.before
    third = broken(firm.now(firm.issued), sequence=3, number="3")
    contents.put(third, sequence=3, number="3", digest=digest_of(third, third.previous_digest))
    contents.numbers.append(attrs.evolve(contents.numbers.pop(), value=5))
    allowed = Settings(
        numbering={"invoice": crmcore.NumberPattern("INV-{YYYY}-{seq}", gapless=False)}
    )

    assert contents.restored(settings=allowed).check()
    assert contents.restored().check().counts == {"invoice-numbers": 2}
    contents.numbers.append(attrs.evolve(contents.numbers.pop(), value=2))
    assert contents.restored(settings=allowed).check().counts == {"invoice-numbers": 1}


def test_an_invoice_over_nothing_makes_no_debtor():
    crm = crmcore.open("memory://")
    acme = crm.contacts.add_organization(name="ACME")
    deal = crm.opportunities.open(title="Sample", account=acme.id)
    free = LineDraft(description="Sample", quantity=1, unit_price=Money("0", "EUR"))
    quote = crm.sales.quote(deal.id, lines=[free], valid_until=date(2999, 1, 1))

    invoice = crm.sales.issue(crm.sales.bill(crm.sales.accept(quote.id).id).id)

    assert invoice.due.is_zero
    assert not crm.contacts.get(acme.id).holds(Role.DEBTOR)
    assert crm.check()


# --- laws of a host application ------------------------------------------------------------------


def named_b(contact):
    if not contact.name.startswith("B"):
        yield Breach(text="is not called B", expected="B")


def test_laws_of_a_host_are_examined_too(firm):
    crm = firm.before.restored()
    law = Invariant(name="called-b", law="all are called B", entity="contact", check=named_b)

    report = crm.check(invariants=[law])

    assert report.counts == {"called-b": 3}
    assert report.laws["called-b"] == "all are called B"
    assert {fault.id for fault in report.faults} == {firm.acme.id, firm.owing.id, firm.ada.id}


def test_a_law_may_look_at_children_and_at_everything_in_order(firm):
    crm = firm.before.restored()

    def employees(contact, people):
        if people:
            yield Breach(text="employs", found=len(people))

    def ascending(tickets, counters):
        names = [ticket.channel.value for ticket in tickets]
        if names != sorted(names) or counters.drawn == {}:
            yield Breach(text="are out of order")

    laws = [
        Invariant(
            name="employs",
            law="nobody employs anybody",
            entity="contact",
            check=employees,
            beside={"people": Referring("contact", "employer")},
        ),
        Sweep(
            name="order",
            law="channels ascend",
            entity="ticket",
            check=ascending,
            where=F.reopened == 0,
            order=("channel",),
        ),
    ]

    report = crm.check(invariants=laws)

    assert report.counts == {"employs": 1}


def test_a_law_that_breaks_down_is_a_fault_and_ends_nothing(firm):
    def careless(contact):
        return contact.nonsense

    def careless_sweep(contacts, _counters):
        raise InvalidValue("contacts", "are too many")

    laws = [
        Invariant(name="careless", law="x", entity="contact", check=careless),
        Sweep(name="sweep", law="x", entity="contact", check=careless_sweep),
    ]

    report = firm.before.restored().check(invariants=laws)

    assert report.counts == {"careless": 3, "sweep": 1}
    texts = {fault.text for fault in report.faults}
    assert texts == {
        "could not be examined: AttributeError",
        "could not be examined: contacts: are too many",
    }


def test_a_law_about_nothing_known_and_a_name_twice_are_refused(firm):
    crm = firm.before.restored()

    with pytest.raises(UnknownName):
        crm.check(invariants=[Invariant(name="x", law="x", entity="contcat", check=named_b)])
    with pytest.raises(InvalidValue, match="two laws"):
        crm.check(invariants=[Invariant(name="sound", law="x", entity="contact", check=named_b)])


@pytest.mark.parametrize("laws", [[5], ["sound"], [None], 5, [Invariant]])
def test_what_is_no_law_is_refused_by_its_type(firm, laws):
    with pytest.raises(WrongType, match="invariants"):
        firm.before.restored().check(invariants=laws)


def test_a_store_that_fails_ends_the_check(firm):
    crm = firm.before.restored()

    def failing(_contact):
        raise StoreUnavailable("gone")

    with pytest.raises(StoreUnavailable):
        crm.check(
            invariants=[Invariant(name="x", law="x", entity="contact", check=failing)],
        )


# --- how it goes on ---------------------------------------------------------------------------------


def test_progress_is_told_up_to_the_end(firm):
    told = []

    firm.before.restored().check(progress=lambda done, total: told.append((done, total)))

    assert told == sorted(told)
    assert told[-1] == (len(firm.before.entities), len(firm.before.entities))


def test_faults_beyond_a_bound_are_counted_only():
    crm = crmcore.open("memory://")
    with crm.transaction() as tx:
        for _ in range(MAX_KEPT + 5):
            tx.contacts.add_organization(name="ACME")
    law = Invariant(name="called-b", law="x", entity="contact", check=named_b)

    report = crm.check(invariants=[law])

    assert report.counts["called-b"] == MAX_KEPT + 5
    assert len(report.faults) == MAX_KEPT
    assert "and 5 more" in report.explain()


def test_only_registered_types_are_examined():
    store = MemoryStore(registry=Registry.of((CONTACT, TEAM), EVENTS))

    report = check(store)

    assert report
    assert {*report.laws} == {*GENERIC, "contact-provenance", "contact-roles", "team-members"}


def test_a_check_changes_nothing(firm):
    crm = firm.before.restored()
    before = [*crm.dump()]

    crm.check()

    assert [*crm.dump()] == before
