"""A random walk over everything that can be done with an order; the books balance after each step."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from crmcore.catalog import VatCategory
from crmcore.errors import NotAllowed, NotValid
from crmcore.sales import (
    BillingState,
    Buyer,
    InvoiceStatus,
    OrderStatus,
    Quote,
    QuoteLine,
    cancel_order,
    invoice_from_order,
    issue,
    line_net,
    order_from_quote,
    receive,
    totals_of,
    withdraw,
)
from crmcore.values import CountedIds, Money, Share, sum_money

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUANTITIES = st.integers(1, 30_000).map(lambda units: Decimal(units).scaleb(-4))


class Sale(RuleBasedStateMachine):
    """One order, its invoices, and the payments of them."""

    @initialize(
        offers=st.lists(
            st.tuples(QUANTITIES, st.integers(0, 3_000), st.sampled_from(["0.19", "0.07"])),
            min_size=1,
            max_size=3,
        ),
        currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    )
    def begin(self, offers, currency):
        self.ids = CountedIds()
        lines = tuple(self._line(currency, *offer) for offer in offers)
        quote = Quote(
            id=self.ids.new(),
            created_at=NOW,
            updated_at=NOW,
            account=self.ids.new(),
            currency=currency,
            lines=lines,
            totals=totals_of(lines, currency),
            valid_until=NOW.date(),
        )
        line_ids = [self.ids.new() for _ in lines]
        self.order = order_from_quote(quote, self.ids.new(), line_ids, NOW).order.entity
        self.invoices = {}
        self.payments = []
        self.issued = {}

    def _line(self, currency, quantity, price, rate):
        money = Money(Decimal(price).scaleb(-2), currency)
        return QuoteLine(
            id=self.ids.new(),
            description="a thing",
            quantity=quantity,
            unit_price=money,
            vat_category=VatCategory.S,
            vat_rate=Share(rate),
            net=line_net(quantity, money, Share(0)),
        )

    def _bill(self, **how):
        before = self.order
        line_ids = [self.ids.new() for _ in before.lines]
        try:
            result = invoice_from_order(before, self.ids.new(), line_ids, NOW, **how)
        except (NotAllowed, NotValid):
            return
        self.order = result.order.entity
        self.invoices[result.invoice.entity.id] = result.invoice.entity

    def _of(self, *statuses):
        return [each for each in self.invoices.values() if each.status in statuses]

    @rule(quantity=QUANTITIES, at=st.integers(0, 2))
    def bill_a_quantity(self, quantity, at):
        self._bill(quantities={self.order.lines[at % len(self.order.lines)].id: quantity})

    @rule(of=st.integers(1, 4))
    def bill_the_next_instalment(self, of):
        self._bill(part=self.order.instalments_billed + 1, of=self.order.instalments or of)

    @rule()
    def bill_everything(self):
        self._bill()

    @rule()
    def cancel(self):
        try:
            self.order = cancel_order(self.order, NOW).entity
        except NotAllowed:
            assert self._of(InvoiceStatus.DRAFT, InvoiceStatus.ISSUED, InvoiceStatus.PAID) or (
                self.order.status is OrderStatus.CANCELLED
            )

    @precondition(lambda self: self._of(InvoiceStatus.DRAFT))
    @rule(data=st.data())
    def withdraw_a_draft(self, data):
        draft = data.draw(st.sampled_from(self._of(InvoiceStatus.DRAFT)))
        try:
            result = withdraw(draft, self.order, NOW)
        except NotAllowed:
            assert draft.part is not None
            return
        self.order = result.order.entity
        self.invoices[draft.id] = result.invoice.entity

    @precondition(lambda self: self._of(InvoiceStatus.DRAFT))
    @rule(data=st.data())
    def issue_a_draft(self, data):
        draft = data.draw(st.sampled_from(self._of(InvoiceStatus.DRAFT)))
        invoice = issue(
            draft,
            series="RE",
            period="2026",
            sequence=len(self.issued) + 1,
            number=f"RE-{len(self.issued) + 1}",
            buyer=Buyer(name="ACME"),
            on=NOW.date() + timedelta(days=len(self.issued)),
            due_in_days=14,
            at=NOW,
        ).entity
        self.invoices[draft.id] = invoice
        self.issued[draft.id] = (invoice.lines, invoice.totals, invoice.number, invoice.buyer)

    @precondition(lambda self: self._of(InvoiceStatus.ISSUED))
    @rule(cents=st.integers(1, 20_000))
    def pay(self, cents):
        amount = Money(Decimal(cents).scaleb(-2), self.order.currency)
        result = receive(
            self.ids.new(),
            self.order.account,
            amount,
            NOW.date(),
            self._of(InvoiceStatus.ISSUED),
            at=NOW,
        )
        self.payments.append(result.payment.entity)
        self.invoices |= {change.entity.id: change.entity for change in result.invoices}

    @invariant()
    def the_ledgers_are_the_sums_of_the_invoices(self):
        standing = self._of(InvoiceStatus.DRAFT, InvoiceStatus.ISSUED, InvoiceStatus.PAID)
        payable = sum_money((each.totals.payable for each in standing), self.order.currency)
        assert self.order.invoiced == payable
        for line in self.order.lines:
            parts = [each for bill in standing for each in bill.lines if each.order_line == line.id]
            assert line.invoiced_quantity == sum(each.quantity for each in parts)
            assert line.invoiced_net.amount == sum(each.net.amount for each in parts)

    @invariant()
    def never_more_is_billed_than_ordered(self):
        zero = Money.zero(self.order.currency)
        assert zero <= self.order.invoiced <= self.order.totals.payable
        for line in self.order.lines:
            assert 0 <= line.invoiced_quantity <= line.quantity
            assert zero <= line.invoiced_net <= line.net
        for invoice in self.invoices.values():
            assert invoice.totals.payable >= zero

    @invariant()
    def the_status_agrees_with_the_ledgers(self):
        fully = self.order.billing is BillingState.FULLY
        assert (self.order.status is OrderStatus.BILLED) is fully
        if fully:
            assert self.order.invoiced == self.order.totals.payable
        if self.order.status is OrderStatus.CANCELLED:
            assert self.order.billing is BillingState.NONE

    @invariant()
    def issued_invoices_stay_as_they_are(self):
        for invoice_id, document in self.issued.items():
            now = self.invoices[invoice_id]
            assert (now.lines, now.totals, now.number, now.buyer) == document

    @invariant()
    def what_is_paid_came_in(self):
        paid = sum_money((each.paid for each in self.invoices.values()), self.order.currency)
        allocated = sum_money((each.allocated for each in self.payments), self.order.currency)
        assert paid == allocated


TestSale = Sale.TestCase
TestSale.settings = settings(
    max_examples=150,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
