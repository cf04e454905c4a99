"""Whatever commands are called, in whatever order: a check finds nothing, and a move loses nothing."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

import crmcore
from crmcore import Channel, ConsentDraft, LineDraft, LostReason, Money, Role
from crmcore.errors import CrmError
from crmcore.values import CountedIds

PRICES = st.sampled_from(["0", "0.01", "3.33", "19.99", "1000", "99999.99"])
QUANTITIES = st.sampled_from(["1", "2", "3", "0.5", "7.25", "0.0001"])
LINES = st.lists(
    st.builds(
        lambda price, quantity: LineDraft(
            description="Part", quantity=Decimal(quantity), unit_price=Money(price, "EUR")
        ),
        PRICES,
        QUANTITIES,
    ),
    min_size=1,
    max_size=3,
)
STAGES = st.sampled_from(["prospecting", "qualification", "engaging", "proposal", "negotiation"])
UNTIL = date(2027, 3, 1)
MAILS = st.sampled_from(["info", "Info", "sales"])


class Present:
    """A clock that goes on when it is told to."""

    def __init__(self):
        self.at = datetime(2026, 12, 28, 9, tzinfo=UTC)

    def now(self):
        return self.at


class Company(RuleBasedStateMachine):
    """A CRM in which commands may be refused, and everything has to be whole at any time."""

    contacts = Bundle("contacts")

    def __init__(self):
        super().__init__()
        self.clock = Present()
        self.crm = crmcore.open("memory://", clock=self.clock, ids=CountedIds())

    def tried(self, command, *arguments, **named):
        """The id of a result; nothing where the command refuses with an error of ours."""
        try:
            return command(*arguments, **named).id
        except CrmError:
            return multiple()

    @initialize(target=contacts)
    def companies_are_there(self):
        return multiple(*(self.tried(self.crm.contacts.add_organization, name=n) for n in "AB"))

    @rule(hours=st.integers(1, 200))
    def time_goes_on(self, hours):
        self.clock.at += timedelta(hours=hours)

    @rule(
        who=contacts,
        role=st.sampled_from(Role),
        action=st.sampled_from([None, "lapse", "revive", "lose", "win_back", "block", "settle"]),
    )
    def a_role_begins_or_moves(self, who, role, action):
        if action is None:
            self.tried(self.crm.contacts.begin_role, who, role)
        else:
            self.tried(self.crm.contacts.move_role, who, role, action)

    @invariant()
    def a_check_finds_nothing(self):
        report = self.crm.check()

        assert report, report.explain()

    def teardown(self):
        lines = [*self.crm.dump()]
        other = crmcore.open("memory://")
        other.load(lines)

        assert [*other.dump()] == lines
        assert other.check()


class Dealing(Company):
    """From a deal to its order."""

    contacts = Company.contacts
    deals = Bundle("deals")
    quotes = Bundle("quotes")
    orders = Bundle("orders")

    @rule(target=deals, account=contacts)
    def a_deal_is_opened(self, account):
        return self.tried(self.crm.opportunities.open, title="Valves", account=account)

    @rule(deal=deals, action=st.sampled_from(["win", "reopen", "lose", "advance"]), to=STAGES)
    def a_deal_moves(self, deal, action, to):
        more = {"lose": {"reason": LostReason.PRICE}, "advance": {"to": to}}
        self.tried(getattr(self.crm.opportunities, action), deal, **more.get(action, {}))

    @rule(target=quotes, deal=deals, lines=LINES)
    def a_quote_is_drawn_up(self, deal, lines):
        return self.tried(self.crm.sales.quote, deal, lines=lines, valid_until=UNTIL)

    @rule(quote=quotes, action=st.sampled_from(["send", "reject"]))
    def a_quote_moves(self, quote, action):
        self.tried(getattr(self.crm.sales, action), quote)

    @rule(target=orders, quote=quotes)
    def a_quote_is_accepted(self, quote):
        return self.tried(self.crm.sales.accept, quote)

    @rule(order=orders)
    def an_order_is_cancelled(self, order):
        self.tried(self.crm.sales.cancel_order, order)

    @rule(order=orders)
    def an_order_is_billed(self, order):
        self.tried(self.crm.sales.bill, order)


class Billing(Company):
    """From orders to their payments."""

    contacts = Company.contacts
    orders = Bundle("orders")
    drafts = Bundle("drafts")
    invoices = Bundle("invoices")

    @initialize(target=orders, account=contacts, several=st.lists(LINES, min_size=1, max_size=2))
    def orders_are_there(self, account, several):
        sales, orders = self.crm.sales, []
        for lines in several:
            deal = self.crm.opportunities.open(title="Seals", account=account)
            quote = sales.quote(deal.id, lines=lines, valid_until=UNTIL)
            orders.append(sales.accept(quote.id).id)
        return multiple(*orders)

    @rule(target=drafts, order=orders)
    def an_order_is_billed(self, order):
        return self.tried(self.crm.sales.bill, order)

    @rule(target=drafts, order=orders, part=st.integers(1, 3))
    def an_instalment_is_billed(self, order, part):
        return self.tried(self.crm.sales.bill, order, part=part, of=3)

    @rule(target=drafts, order=orders, quantity=QUANTITIES)
    def a_part_of_a_line_is_billed(self, order, quantity):
        line = self.crm.sales.orders.get(order).lines[0].id
        return self.tried(self.crm.sales.bill, order, lines={line: quantity})

    @rule(invoice=consumes(drafts))
    def an_invoice_is_withdrawn(self, invoice):
        self.tried(self.crm.sales.withdraw, invoice)

    @rule(target=invoices, invoice=drafts)
    def an_invoice_is_issued(self, invoice):
        return self.tried(self.crm.sales.issue, invoice, key=f"issue {invoice}")

    @rule(one=invoices, other=invoices, amount=PRICES)
    def invoices_are_paid(self, one, other, amount):
        self.tried(self.crm.sales.pay, *{one, other}, amount=Money(amount, "EUR"))

    @rule(order=orders)
    def an_order_is_billed_issued_and_paid_in_one_transaction(self, order):
        with suppress(CrmError), self.crm.transaction() as tx:
            invoice = tx.sales.issue(tx.sales.bill(order).id)
            tx.sales.pay(invoice.id, amount=invoice.totals.payable)


class Serving(Company):
    """From a lead to a deal, and from a ticket to its answer, by people in their teams."""

    contacts = Company.contacts
    people = Bundle("people")
    teams = Bundle("teams")
    leads = Bundle("leads")
    tickets = Bundle("tickets")

    @initialize(target=people)
    def employees_are_there(self):
        added = self.crm.contacts.add_person
        some = [self.tried(added, given_name=name, family_name="Berg") for name in ("Ada", "Eve")]
        for each in some:
            self.tried(self.crm.contacts.begin_role, each, Role.EMPLOYEE)
        return multiple(*some)

    @rule(who=people, action=st.sampled_from(["start_leave", "end_leave", "end"]))
    def an_employment_moves(self, who, action):
        self.tried(self.crm.contacts.move_role, who, Role.EMPLOYEE, action)

    @rule(who=people, name=st.sampled_from(["Berg", "Stein"]))
    def somebody_is_renamed(self, who, name):
        self.tried(self.crm.contacts.update, who, family_name=name)

    @rule(target=teams, manager=people)
    def a_team_forms(self, manager):
        return self.tried(self.crm.teams.form, name="North", manager=manager)

    @rule(who=people, team=teams)
    def somebody_joins(self, who, team):
        self.tried(self.crm.teams.join, who, team)

    @rule(who=people, team=teams)
    def somebody_leaves_and_the_team_is_dissolved(self, who, team):
        self.tried(self.crm.teams.leave, who)
        self.tried(self.crm.teams.dissolve, team)

    @rule(target=leads, who=contacts | people)
    def a_lead_is_captured(self, who):
        return self.tried(self.crm.leads.capture, who, source="fair")

    @rule(lead=leads, action=st.sampled_from(["qualify", "reopen", "disqualify"]))
    def a_lead_moves(self, lead, action):
        more = {"reason": "no budget"} if action == "disqualify" else {}
        self.tried(getattr(self.crm.leads, action), lead, **more)

    @rule(lead=leads, owner=people)
    def a_lead_is_converted(self, lead, owner):
        self.tried(self.crm.leads.assign, lead, owner)
        self.tried(self.crm.leads.convert, lead, title="Pumps", key=f"convert {lead}")

    @rule(target=tickets, who=contacts | people, body=st.sampled_from([None, "It leaks."]))
    def a_ticket_comes(self, who, body):
        return self.tried(
            self.crm.tickets.open, requester=who, subject="?", channel=Channel.EMAIL, body=body
        )

    @rule(ticket=tickets, who=people | contacts, at=st.integers(-5, 5))
    def a_ticket_is_answered(self, ticket, who, at):
        when = self.clock.at + timedelta(hours=at)
        self.tried(self.crm.tickets.reply, ticket, "So it is.", by=who, at=when)

    @rule(ticket=tickets, who=people)
    def a_ticket_is_assigned_and_noted(self, ticket, who):
        self.tried(self.crm.tickets.assign, ticket, who)
        self.tried(self.crm.tickets.note, ticket, "Again.", by=who)

    @rule(ticket=tickets, action=st.sampled_from(["resolve", "reopen"]))
    def a_ticket_moves(self, ticket, action):
        self.tried(getattr(self.crm.tickets, action), ticket)
        self.tried(self.crm.tickets.automatic, ticket, "We have your letter.")


class Marketing(Company):
    """Who came, what they did and agreed to, and what others know of them."""

    contacts = Company.contacts
    consents = Bundle("consents")

    @rule(target=contacts, mail=MAILS, to=contacts, is_meant=st.booleans(), agreed=st.booleans())
    def a_lead_is_captured(self, mail, to, is_meant, agreed):
        facts = {"name": "Globex", "email": f"{mail}@globex.example", "sector": "pumps"}
        draft = ConsentDraft(channel="email", purpose="news", evidence="x", double_opt_in=agreed)
        plan = self.crm.leads.plan.capture(organization=facts, source="web", consents=[draft])
        try:
            return plan.apply(to=to if is_meant else None).contact
        except CrmError:
            return multiple()

    @rule(who=contacts, hit=st.integers(1, 5), ago=st.integers(-30, 50))
    def a_contact_does_something(self, who, hit, ago):
        when = self.clock.at - timedelta(hours=ago)
        self.tried(
            self.crm.engagements.record, who, kind="visit", external_id=f"{hit}", occurred_at=when
        )

    @rule(
        target=consents,
        who=contacts,
        action=st.sampled_from(["request", "give", "refuse"]),
        source=st.sampled_from(["web", "import"]),
        ago=st.integers(0, 5),
    )
    def a_contact_is_asked(self, who, action, source, ago):
        asked = {"channel": "email", "purpose": "news", "evidence": "x", "source": source}
        when = self.clock.at - timedelta(hours=ago)
        return self.tried(getattr(self.crm.consents, action), who, **asked, at=when)

    @rule(consent=consents, reason=st.sampled_from(["bounced", "unsubscribed", None]))
    def a_consent_is_confirmed_or_withdrawn(self, consent, reason):
        if reason is None:
            self.tried(self.crm.consents.confirm, consent, evidence="link")
        else:
            self.tried(self.crm.consents.withdraw, consent, reason=reason)

    @rule(days=st.integers(1, 9))
    def requests_expire(self, days):
        self.crm.consents.expire(days=days)

    @rule(who=contacts, name=st.sampled_from(["sector", "founded", "phone"]), by_hand=st.booleans())
    def somebody_fills_or_empties_a_field(self, who, name, by_hand):
        value = {"sector": "valves", "founded": 1990, "phone": "+49711123456"}[name]
        if by_hand:
            self.tried(self.crm.contacts.update, who, **{name: None})
        else:
            plan = self.crm.contacts.plan.enrich(who, by=Directory({name: value}))
            self.tried(self.crm.contacts.enrich, plan)


class Directory:
    """Knows what it is told."""

    name = "directory"

    def __init__(self, facts):
        self.facts = facts

    def enrich(self, _contact):
        return self.facts


HALF = settings(
    settings.default, stateful_step_count=25, max_examples=settings.default.max_examples // 2
)
"""A walk takes as long as many examples of other properties."""


class TestDealing(Dealing.TestCase):
    settings = HALF


class TestBilling(Billing.TestCase):
    settings = HALF


class TestServing(Serving.TestCase):
    settings = HALF


class TestMarketing(Marketing.TestCase):
    settings = HALF
