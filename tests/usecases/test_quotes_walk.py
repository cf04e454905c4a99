"""A random walk over everything that can be done with offers; every law holds at its end."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule

import crmcore
from crmcore import (
    ApprovalPolicy,
    ApprovalRule,
    Discount,
    F,
    LineDraft,
    Money,
    NumberPattern,
    QuoteStatus,
    Settings,
    Share,
    Surcharge,
)
from crmcore.errors import NotAllowed, NotValid
from crmcore.values import CountedIds, sum_money

POLICY = ApprovalPolicy(
    rules=(
        ApprovalRule("discount", F.discount > Share("0.2"), position="Head"),
        ApprovalRule("large", F.net > Money("500", "EUR")),
    )
)
NUMBERING = {"quote": NumberPattern("Q-{seq}"), "invoice": NumberPattern("R-{seq}")}
DRAFTS = st.lists(
    st.builds(
        lambda cents, many, off, optional: LineDraft(
            description="Part",
            quantity=many,
            unit_price=Money(Decimal(cents).scaleb(-3), "EUR"),
            discount=Share.percent(off),
            optional=optional,
        ),
        st.integers(0, 300_000),
        st.integers(1, 9),
        st.sampled_from([0, 10, 30]),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)
OFF = st.lists(
    st.one_of(
        st.integers(0, 20_000).map(
            lambda cents: Discount(label="d", amount=Money(Decimal(cents).scaleb(-2), "EUR"))
        ),
        st.integers(0, 50).map(lambda n: Discount(label="d", share=Share.percent(n))),
    ),
    max_size=2,
)
FREIGHT = Surcharge(label="Freight", amount=Money("4.99", "EUR"))


class Clock:
    """Goes on when it is told to."""

    def __init__(self):
        self.present = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self):
        return self.present


class Offers(RuleBasedStateMachine):
    """Some deals, their quotes in all versions, and the employees who look at them."""

    quotes = Bundle("quotes")

    @initialize()
    def begin(self):
        self.clock = Clock()
        self.crm = crmcore.open(
            "memory://",
            clock=self.clock,
            ids=CountedIds(),
            settings=Settings(approval=POLICY, numbering=NUMBERING),
        )
        firm = self.crm.contacts.add_organization(name="ACME GmbH")
        self.deals = [
            self.crm.opportunities.open(title=f"{n}", account=firm.id).id for n in range(2)
        ]
        self.people = []
        for name, position in (("Ada", "Rep"), ("Bob", "Head"), ("Eve", "Head")):
            person = self.crm.contacts.add_person(
                given_name=name, family_name="Staff", position=position
            )
            self.crm.contacts.begin_role(person.id, "employee")
            self.people.append(person.id)

    def tried(self, command, *args, **named):
        self.clock.present += timedelta(minutes=1)
        try:
            return command(*args, **named)
        except (NotAllowed, NotValid):
            return None

    @rule(
        target=quotes,
        deal=st.integers(0, 1),
        lines=DRAFTS,
        off=OFF,
        freight=st.booleans(),
        days=st.integers(0, 5),
    )
    def quote(self, deal, lines, off, freight, days):
        made = self.tried(
            self.crm.sales.quote,
            self.deals[deal],
            lines=lines,
            discounts=off,
            charges=[FREIGHT] * freight,
            valid_until=self.clock.present.date() + timedelta(days=days),
        )
        return multiple() if made is None else made.id

    @rule(target=quotes, quote=quotes, lines=st.none() | DRAFTS)
    def revise(self, quote, lines):
        made = self.tried(
            self.crm.sales.quotes.revise, quote, lines=lines, valid_until=date(2026, 4, 1)
        )
        return multiple() if made is None else made.id

    @rule(quote=quotes, text=st.sampled_from(["a", "b"]), lines=st.none() | DRAFTS)
    def change(self, quote, text, lines):
        after = self.tried(self.crm.sales.quotes.change, quote, lines=lines, introduction=text)
        assert after is None or after.status is QuoteStatus.DRAFT

    @rule(quote=quotes, who=st.integers(0, 2))
    def submit(self, quote, who):
        self.tried(self.crm.sales.quotes.submit, quote, by=self.people[who])

    @rule(quote=quotes, who=st.integers(0, 2))
    def approve(self, quote, who):
        self.tried(self.crm.sales.quotes.approve, quote, by=self.people[who])

    @rule(quote=quotes, who=st.integers(0, 2))
    def refuse(self, quote, who):
        self.tried(self.crm.sales.quotes.refuse, quote, by=self.people[who], reason="no")

    @rule(quote=quotes)
    def send(self, quote):
        sent = self.tried(self.crm.sales.send, quote)
        assert sent is None or self.crm.sales.quotes.approval(quote).is_met

    @rule(quote=quotes)
    def reject(self, quote):
        self.tried(self.crm.sales.reject, quote)

    @rule(quote=quotes, take=st.integers(0, 3))
    def accept(self, quote, take):
        found = self.crm.sales.quotes.get(quote)
        options = [line.id for line in found.lines if line.optional][:take]
        order = self.tried(self.crm.sales.accept, quote, options=options)
        if order is not None:
            lines = self.crm.sales.quotes.get(quote).lines
            counted = [line.net for line in lines if line.is_counted]
            assert [line.net for line in order.lines] == counted
            assert order.totals.net == sum_money(counted, "EUR")

    @rule(days=st.integers(1, 3))
    def time_passes(self, days):
        self.clock.present += timedelta(days=days)

    @rule()
    def expire(self):
        self.crm.sales.quotes.expire_due()

    def teardown(self):
        if hasattr(self, "crm"):
            report = self.crm.check()
            assert report.is_clean, report.explain()
            self.crm.close()


TestOffers = Offers.TestCase
TestOffers.settings = settings(
    max_examples=max(25, settings.default.max_examples // 5),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
