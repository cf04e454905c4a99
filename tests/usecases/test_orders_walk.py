"""Orders at work by their commands, in whatever order: a check finds nothing."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import crmcore
from crmcore import F, InvoiceStatus, LineDraft, Money, Role, Share
from crmcore.errors import CrmError
from crmcore.sales import BillingPolicy, InvoiceKind, Milestone
from crmcore.values import CountedIds

PRICES = st.sampled_from(["0", "0.01", "0.03", "33.33", "70.125", "99999.99"])
QUANTITIES = st.sampled_from(["1", "3", "10", "0.5", "7.25", "0.0001"])
PLACES = st.integers(0, 5)
PLAN = [Milestone(name=name, share=Share(part)) for name, part in (("a", "0.3"), ("b", "0.7"))]
DRAFTS = st.builds(
    lambda price, quantity, policy: LineDraft(
        description="Part",
        quantity=Decimal(quantity),
        unit_price=Money(price, "EUR"),
        billing=policy,
    ),
    PRICES,
    QUANTITIES,
    st.sampled_from(BillingPolicy),
)


class Present:
    """A clock that goes on when it is told to."""

    def __init__(self):
        self.at = datetime(2026, 12, 28, 9, tzinfo=UTC)

    def now(self):
        return self.at


class Fulfilment(RuleBasedStateMachine):
    """One order in a CRM, in which commands may be refused, and everything stays whole."""

    @initialize(drafts=st.lists(DRAFTS, min_size=1, max_size=3), plan=st.booleans())
    def begin(self, drafts, plan):
        self.clock = Present()
        self.crm = crmcore.open("memory://", clock=self.clock, ids=CountedIds())
        firm = self.crm.contacts.add_organization(name="ACME")
        self.crm.contacts.begin_role(firm.id, Role.PROSPECT)
        milestones = PLAN if plan else ()
        self.id = self.crm.sales.orders.place(firm.id, lines=drafts, milestones=milestones).id

    @property
    def orders(self):
        return self.crm.sales.orders

    def line(self, place):
        lines = self.orders.get(self.id).lines
        return lines[place % len(lines)].id

    def invoice(self, place, *statuses):
        wanted = (F.kind == InvoiceKind.INVOICE) & F.status.in_(statuses)
        found = [*self.crm.sales.invoices.find(wanted)]
        return found[place % len(found)] if found else None

    @rule(hours=st.integers(1, 100))
    def time_goes_on(self, hours):
        self.clock.at += timedelta(hours=hours)

    @rule(place=PLACES, quantity=QUANTITIES)
    def deliver(self, place, quantity):
        with suppress(CrmError):
            self.orders.deliver(self.id, lines={self.line(place): quantity})

    @rule()
    def deliver_the_rest(self):
        with suppress(CrmError):
            self.orders.deliver(self.id)

    @rule(place=PLACES, quantity=QUANTITIES)
    def take_back(self, place, quantity):
        with suppress(CrmError):
            self.orders.return_goods(self.id, lines={self.line(place): quantity})

    @rule(part=st.integers(1, 3))
    def bill_a_part(self, part):
        with suppress(CrmError):
            self.crm.sales.bill(self.id, part=part, of=3)

    @rule(place=PLACES, quantity=QUANTITIES)
    def bill_some(self, place, quantity):
        with suppress(CrmError):
            self.crm.sales.bill(self.id, lines={self.line(place): quantity})

    @rule()
    def bill_what_is_billable(self):
        plan = self.orders.billable(self.id)
        with suppress(CrmError):
            draft = self.crm.sales.bill(self.id)
            if not all(each.is_empty for each in plan.lines):
                assert draft.totals.net == plan.net

    @rule(place=PLACES)
    def issue_or_withdraw(self, place):
        draft = self.invoice(place, InvoiceStatus.DRAFT)
        if draft is not None:
            with suppress(CrmError):
                step = self.crm.sales.withdraw if place == 0 else self.crm.sales.issue
                step(draft.id)

    @rule(place=PLACES)
    def pay(self, place):
        invoice = self.invoice(place, InvoiceStatus.ISSUED)
        if invoice is not None:
            with suppress(CrmError):
                self.crm.sales.pay(invoice.id, amount=invoice.due)

    @rule(place=PLACES, reopen=st.booleans(), quantity=st.none() | QUANTITIES)
    def credit(self, place, reopen, quantity):
        invoice = self.invoice(place, InvoiceStatus.ISSUED, InvoiceStatus.PAID)
        if invoice is not None:
            lines = None if quantity is None else {invoice.lines[0].id: quantity}
            with suppress(CrmError):
                self.crm.sales.invoices.credit(
                    invoice.id, reopen=reopen, reason="wrong", lines=lines
                )

    @rule(place=PLACES, quantity=st.none() | QUANTITIES)
    def cancel_rest(self, place, quantity):
        lines = None if quantity is None else {self.line(place): quantity}
        with suppress(CrmError):
            self.orders.cancel_rest(self.id, lines=lines)

    @rule(draft=DRAFTS)
    def add_a_line(self, draft):
        with suppress(CrmError):
            self.orders.add_lines(self.id, lines=[draft])

    @rule(place=PLACES, price=PRICES)
    def change_a_price(self, place, price):
        with suppress(CrmError):
            self.orders.change_price(self.id, self.line(place), unit_price=Money(price, "EUR"))

    @rule(name=st.sampled_from("ab"))
    def reach(self, name):
        with suppress(CrmError):
            self.orders.reach(self.id, name)

    @rule(ends=st.booleans())
    def hold_or_close_and_go_on(self, ends):
        with suppress(CrmError):
            if ends:
                self.orders.close(self.id, reason="enough")
                self.orders.reopen(self.id)
            else:
                self.orders.hold(self.id, reason="unpaid")
                self.orders.resume(self.id)

    @invariant()
    def everything_is_whole(self):
        report = self.crm.check()
        assert report.is_clean, report.explain()


TestFulfilment = Fulfilment.TestCase
TestFulfilment.settings = settings(
    max_examples=settings.default.max_examples // 3, stateful_step_count=15, deadline=None
)
