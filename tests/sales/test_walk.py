"""A random walk over everything that can be done with an order; its laws hold after each step."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crmcore.errors import MoveForbidden, NotAllowed, NotValid
from crmcore.sales import (
    BillingPolicy,
    InvoiceStatus,
    Milestone,
    cancel_order,
    cancel_rest,
    change_order,
    close_order,
    hold_order,
    order_lines,
    reach_milestone,
    reopen_order,
    repriced,
    resume_order,
)
from crmcore.sales.orders.lines import are_exact, stands_invoiced
from crmcore.values import Money, Share, sum_money

from .placed import NOW, Sale, offer

QUANTITIES = st.integers(1, 30_000).map(lambda units: Decimal(units).scaleb(-4))
PARTS = st.integers(0, 4)
PLACES = st.integers(0, 9)
SELDOM = st.integers(0, 19).map(lambda drawn: drawn == 19)
POLICIES = st.sampled_from([BillingPolicy.ORDERED, *BillingPolicy])
PLANS = st.sampled_from([(), ("0.3", "0.4", "0.3"), ("0.333333", "0.333333", "0.333334"), ("1",)])
ALLOWANCES = st.sampled_from(["0", "0", "0.1", "0.5"])


@st.composite
def offers(draw, currency):
    return (
        draw(QUANTITIES),
        Money(Decimal(draw(st.integers(0, 3_000))).scaleb(-2), currency),
        {
            "rate": draw(st.sampled_from(["0.19", "0.07"])),
            "billing": draw(POLICIES),
            "ships": draw(st.booleans()),
            "over_delivery": Share(draw(ALLOWANCES)),
            "over_billing": Share(draw(ALLOWANCES)),
        },
    )


class Walk(RuleBasedStateMachine):
    """One order; its deliveries, returns, changes, invoices and credit notes."""

    @initialize(data=st.data(), currency=st.sampled_from(["EUR", "JPY", "KWD"]), plan=PLANS)
    def begin(self, data, currency, plan):
        drawn = data.draw(st.lists(offers(currency), min_size=1, max_size=3))
        names = [Milestone(name=f"step {n}", share=Share(part)) for n, part in enumerate(plan)]
        self.sale = Sale(*drawn, milestones=names, currency=currency)
        self.issued = {}

    def tried(self, step, *args, **how):
        """The step, unless it is refused; then nothing has changed."""
        try:
            return step(*args, **how)
        except (NotAllowed, NotValid):
            return None

    def line(self, place):
        return self.sale.order.lines[place % len(self.sale.order.lines)]

    def document(self, place, *statuses):
        found = [
            each
            for each in self.sale.documents.values()
            if each.status in statuses and not each.is_credit_note
        ]
        return found[place % len(found)] if found else None

    def some(self, part, most):
        """A quarter of what is there, or more; or a step beyond it."""
        return most * part / 4 if part else most + Decimal("0.0001")

    # --- deliveries ---

    @rule()
    def deliver_the_rest(self):
        self.tried(self.sale.deliver, day=len(self.sale.deliveries))

    @rule(place=PLACES, part=PARTS)
    def deliver_some(self, place, part):
        line = self.line(place)
        most = line.deliverable_limit - line.standing_delivery
        quantity = self.some(part, most).quantize(Decimal("0.0001"))
        self.tried(self.sale.deliver, {line.id: quantity}, day=len(self.sale.deliveries))

    @rule(place=PLACES, part=PARTS)
    def take_some_back(self, place, part):
        line = self.line(place)
        quantity = self.some(part, line.standing_delivery).quantize(Decimal("0.0001"))
        self.tried(self.sale.take_back, {line.id: quantity}, day=len(self.sale.deliveries))

    # --- bills ---

    @rule()
    def bill_what_is_billable(self):
        self.tried(self.sale.bill)

    @rule(place=PLACES, part=PARTS)
    def bill_some(self, place, part):
        line = self.line(place)
        most = line.billing_limit - line.settled_quantity
        quantity = self.some(part, most).quantize(Decimal("0.0001"))
        self.tried(self.sale.bill, quantities={line.id: quantity})

    @rule(of=st.integers(1, 4))
    def bill_the_next_instalment(self, of):
        order = self.sale.order
        self.tried(self.sale.bill, part=order.instalments_billed + 1, of=order.instalments or of)

    @rule(name=st.sampled_from(["step 0", "step 1", "step 2"]))
    def reach(self, name):
        self.tried(self.sale.apply, reach_milestone, name, NOW.date(), NOW)

    @rule(place=PLACES)
    def withdraw(self, place):
        draft = self.document(place, InvoiceStatus.DRAFT)
        if draft is not None:
            self.tried(self.sale.withdraw, draft)

    @rule(place=PLACES, pays=st.booleans())
    def issue(self, place, pays):
        draft = self.document(place, InvoiceStatus.DRAFT)
        if draft is not None:
            invoice = self.sale.paid(draft) if pays else self.sale.issue(draft)
            self.issued[invoice.id] = (invoice.lines, invoice.totals, invoice.number)

    @rule(place=PLACES, pays=st.booleans())
    def bill_and_issue(self, place, pays):
        draft = self.tried(self.sale.bill)
        if draft is not None:
            self.issue(place, pays)

    # --- credits ---

    @rule(place=PLACES, reopen=st.booleans())
    def credit_all(self, place, reopen):
        invoice = self.document(place, InvoiceStatus.ISSUED, InvoiceStatus.PAID)
        if invoice is not None:
            self.tried(self.sale.credit, invoice, reopen=reopen)

    @rule(place=PLACES, at=PLACES, part=PARTS, reopen=st.booleans())
    def credit_some(self, place, at, part, reopen):
        invoice = self.document(place, InvoiceStatus.ISSUED, InvoiceStatus.PAID)
        if invoice is not None and invoice.lines:
            line = invoice.lines[at % len(invoice.lines)]
            quantity = self.some(part, line.quantity).quantize(Decimal("0.0001"))
            self.tried(self.sale.credit, invoice, reopen=reopen, lines={line.id: quantity})

    @rule(place=PLACES, at=PLACES, cents=st.integers(1, 500))
    def reduce_a_price(self, place, at, cents):
        invoice = self.document(place, InvoiceStatus.ISSUED, InvoiceStatus.PAID)
        if invoice is not None and invoice.lines:
            line = invoice.lines[at % len(invoice.lines)]
            amount = Money(Decimal(cents).scaleb(-line.net.digits), line.net.currency)
            self.tried(self.sale.credit, invoice, reopen=False, amounts={line.id: amount})

    # --- changes ---

    @rule()
    def cancel_the_rest(self):
        self.tried(self.sale.apply, cancel_rest, NOW, reason="too late")

    @rule(place=PLACES, part=PARTS)
    def cancel_some(self, place, part):
        line = self.line(place)
        quantity = self.some(part, line.kept_quantity).quantize(Decimal("0.0001"))
        self.tried(self.sale.apply, cancel_rest, NOW, quantities={line.id: quantity})

    @precondition(lambda self: len(self.sale.order.lines) < 6)
    @rule(quantity=QUANTITIES, price=st.integers(0, 3_000), policy=POLICIES)
    def add_a_line(self, quantity, price, policy):
        money = Money(Decimal(price).scaleb(-2), self.sale.order.currency)
        priced = offer(self.sale.ids, quantity, money, billing=policy)
        added = order_lines([priced], self.sale.new_ids())
        self.tried(self.sale.apply, change_order, NOW, add=added)

    @precondition(lambda self: len(self.sale.order.lines) < 6)
    @rule(place=PLACES, price=st.integers(0, 3_000))
    def change_a_price(self, place, price):
        line = self.line(place)
        money = Money(Decimal(price).scaleb(-2), self.sale.order.currency)
        new = self.tried(repriced, line, self.sale.ids.new(), money)
        if new is not None:
            cancel = {line.id: new.quantity}
            self.tried(self.sale.apply, change_order, NOW, cancel=cancel, add=[new])

    # --- decisions ---

    @rule(stays=SELDOM)
    def hold(self, stays):
        if self.tried(self.sale.apply, hold_order, "unpaid", NOW) is not None:
            self.nothing_goes_on()
            if not stays:
                self.sale.apply(resume_order, NOW)

    @rule()
    def resume(self):
        self.tried(self.sale.apply, resume_order, NOW)

    @rule(stays=SELDOM)
    def close(self, stays):
        if self.tried(self.sale.apply, close_order, "enough", NOW) is not None:
            self.nothing_goes_on()
            if not stays:
                self.sale.apply(reopen_order, NOW)

    @rule()
    def reopen(self):
        self.tried(self.sale.apply, reopen_order, NOW)

    @rule(really=SELDOM)
    def cancel(self, really):
        order = self.sale.order
        # What is credited in full does not stand in the way.
        held = stands_invoiced(order.lines) or any(line.standing_delivery for line in order.lines)
        if really and self.tried(self.sale.apply, cancel_order, NOW) is not None:
            assert not held
            self.nothing_goes_on()

    def nothing_goes_on(self):
        line = self.sale.line()
        for step in (self.sale.bill, self.sale.deliver):
            for how in ({}, {"quantities": {line.id: 1}}):
                with pytest.raises(MoveForbidden):
                    step(**how)

    # --- what holds ---

    @invariant()
    def every_law_holds(self):
        assert self.sale.breaches() == []

    @invariant()
    def no_document_claims_less_than_nothing(self):
        zero = Money.zero(self.sale.order.currency)
        assert all(each.totals.payable >= zero for each in self.sale.documents.values())
        assert all(line.net >= zero for each in self.sale.documents.values() for line in each.lines)

    @invariant()
    def issued_documents_stay_as_they_are(self):
        for invoice_id, document in self.issued.items():
            now = self.sale.documents[invoice_id]
            assert (now.lines, now.totals, now.number) == document

    @invariant()
    def what_is_billed_exactly_comes_to_the_total(self):
        order = self.sale.order
        if are_exact(order.lines):
            assert order.standing == order.totals.payable
        kept = sum_money((line.kept_net for line in order.lines), order.currency)
        assert order.totals.net == kept


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=min(10_000, 2 * settings.default.max_examples),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
