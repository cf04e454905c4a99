"""A sale without a store: one order with all its documents, and the laws that hold between them.

What the walks and the laws of order tests start from.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from crmcore.catalog import VatCategory
from crmcore.checking import Invariant, Referring
from crmcore.contacts import Organization, Role, begin_role
from crmcore.sales import (
    INVARIANTS,
    BillingPolicy,
    Buyer,
    CreditWish,
    DeliveryDetails,
    DrawnNumber,
    IssueFacts,
    OrderTerms,
    QuoteLine,
    Settlement,
    SettlementKind,
    credit,
    deliver,
    invoice_from_order,
    issue,
    line_net,
    paid_in_advance,
    place_order,
    plan_credit,
    settle,
    take_back,
    withdraw,
)
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING = Share(0)


def offer(ids, quantity, price, *, rate="0.19", category=VatCategory.S, **fields):
    """A priced line that is to be ordered."""
    exact = Decimal(quantity)
    return QuoteLine(
        id=ids.new(),
        description="a thing",
        quantity=exact,
        unit_price=price,
        vat_category=category,
        vat_rate=Share(rate),
        net=line_net(exact, price, NOTHING),
        **fields,
    )


class Sale:
    """One order, its deliveries and invoices, as a store would hold them."""

    def __init__(self, *offers, milestones=(), currency="EUR"):
        self.ids = CountedIds()
        self.account = begin_role(
            Organization(id=self.ids.new(), created_at=NOW, updated_at=NOW, name="ACME"),
            Role.CUSTOMER,
            NOW,
        ).entity
        lines = [offer(self.ids, *each[:2], **each[2]) for each in offers]
        self.order = place_order(
            self.ids.new(),
            account=self.account.id,
            currency=currency,
            lines=lines,
            line_ids=self.new_ids(),
            at=NOW,
            terms=OrderTerms(milestones=tuple(milestones)),
        ).entity
        self.documents = {}
        self.deliveries = {}
        self.numbers = 0

    def new_ids(self, many=20):
        return [self.ids.new() for _ in range(many)]

    def line(self, place=1):
        return self.order.lines[place - 1]

    def id(self, place=1):
        return self.line(place).id

    def apply(self, verb, *args, **how):
        self.order = verb(self.order, *args, **how).entity
        return self.order

    def bill(self, **how):
        deliveries = tuple(self.deliveries.values())
        done = invoice_from_order(
            self.order, self.ids.new(), self.new_ids(), NOW, deliveries=deliveries, **how
        )
        self.order = done.order.entity
        return self._kept(done.invoice)

    def withdraw(self, invoice):
        done = withdraw(invoice, self.order, NOW)
        self.order = done.order.entity
        return self._kept(done.invoice)

    def issue(self, invoice):
        facts = IssueFacts(buyer=Buyer(name="ACME"), on=NOW.date(), due_in_days=14)
        done = issue(invoice, facts, self.number(), NOW)
        return self._kept(done)

    def number(self):
        self.numbers += 1
        number = f"RE-{self.numbers}"
        return DrawnNumber(series="RE", period="2026", sequence=self.numbers, number=number)

    def settle(self, invoice, amount):
        settlement = Settlement(kind=SettlementKind.PAYMENT, amount=amount, on=NOW.date())
        return self._kept(settle(invoice, settlement, NOW))

    def paid(self, invoice):
        """The invoice, issued and settled in full."""
        issued = self.issue(invoice)
        return issued if issued.due.is_zero else self.settle(issued, issued.due)

    def credit(self, invoice, *, reopen, **wish):
        invoice = self.documents[invoice.id]
        earlier = [each for each in self.documents.values() if each.credits == invoice.id]
        plan = plan_credit(
            invoice,
            self.order,
            earlier,
            CreditWish(reopen=reopen, reason="wrong", **wish),
            note_id=self.ids.new(),
            line_ids=self.new_ids(),
            at=NOW,
            on=NOW.date(),
        )
        done = credit(plan, self.number(), NOW)
        self._kept(done.invoice)
        self.order = done.order.entity
        return self._kept(done.note)

    def deliver(self, quantities=None, *, day=0):
        documents = tuple(self.documents.values())
        paid = paid_in_advance(self.order, documents)
        done = deliver(self.order, self.note(day), NOW, quantities=quantities, paid=paid)
        return self._moved(done)

    def take_back(self, quantities=None, *, day=0):
        return self._moved(take_back(self.order, self.note(day), NOW, quantities=quantities))

    def note(self, day=0):
        on = NOW.date() + timedelta(days=day)
        return DeliveryDetails(id=self.ids.new(), line_ids=self.new_ids(), on=on)

    def _moved(self, done):
        self.order = done.order.entity
        self.deliveries[done.delivery.entity.id] = done.delivery.entity
        return done.delivery.entity

    def _kept(self, change):
        self.documents[change.entity.id] = change.entity
        return change.entity

    def breaches(self):
        """Every breach of every law about these documents, with the name of the law."""
        there = {
            "order": [self.order],
            "invoice": [*self.documents.values()],
            "delivery_note": [*self.deliveries.values()],
            "contact": [self.account],
        }
        return [
            (law.name, breach)
            for law in INVARIANTS
            if isinstance(law, Invariant)
            for entity in there.get(law.entity, ())
            for breach in law.check(entity, **_beside(law, entity, there))
        ]


def _beside(law, entity, there):
    found = {}
    for name, what in law.beside.items():
        others = there.get(what.entity, ())
        if isinstance(what, Referring):
            mine = (each for each in others if getattr(each, what.by) == entity.id)
        else:
            mine = (each for each in others if each.id == getattr(entity, what.by))
        found[name] = tuple(mine)
    return found


def ordered(quantity, price, policy=BillingPolicy.ORDERED, **fields):
    """An offer as `Sale` takes it, in euros."""
    return quantity, Money(price, "EUR"), {"billing": policy, **fields}
