"""Quotes from draft to decision: prices, templates, versions, approval, numbers, expiry."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from crmcore import (
    ApprovalPolicy,
    ApprovalRule,
    ConfigurationRule,
    ConfigurationRules,
    Discount,
    F,
    LineDraft,
    Milestone,
    Money,
    NumberPattern,
    QuoteStatus,
    Settings,
    Share,
    Surcharge,
    TemplateLine,
)
from crmcore.catalog import (
    Alert,
    Component,
    Excludes,
    PriceEntry,
    ProductKind,
    Requires,
    VatCategory,
)
from crmcore.errors import (
    ActivityNotAllowed,
    Duplicate,
    FieldProtected,
    GuardRefused,
    InvalidValue,
    ManyFaults,
    MoveForbidden,
    StaleRevision,
    UnknownName,
)

EVER = date(2999, 1, 1)
EUR = "EUR"
POLICY = ApprovalPolicy(
    rules=(
        ApprovalRule("discount", F.discount > Share("0.1"), position="Head of Sales"),
        ApprovalRule("public sector", F.account.sector == "public"),
    )
)


def euros(amount):
    return Money(amount, EUR)


@pytest.fixture
def deal(crm):
    firm = crm.contacts.add_organization(name="ACME GmbH")
    return crm.opportunities.open(title="Pumps", account=firm.id)


@pytest.fixture
def pump(crm):
    return crm.catalog.add_product(
        sku="PUMP", name="Pump", list_price=euros("100"), unit_cost=euros("70")
    )


def free(price="100", **fields):
    return LineDraft(description="Part", quantity=1, unit_price=euros(price), **fields)


def an_employee(crm, name, position=None):
    person = crm.contacts.add_person(given_name=name, family_name="Staff", position=position)
    crm.contacts.begin_role(person.id, "employee")
    return person.id


# --- prices --------------------------------------------------------------------------------------


def test_a_line_takes_the_price_of_its_quantity_and_names_the_list(crm, deal, pump):
    entries = [
        PriceEntry(product=pump.id, price=euros("90")),
        PriceEntry(product=pump.id, min_quantity=10, price=euros("80")),
    ]
    listed = crm.price_lists.add(code="acme", name="ACME", customer=deal.account, entries=entries)
    crm.price_lists.activate(listed.id)

    quote = crm.sales.quote(
        deal.id,
        lines=[LineDraft(product=pump.id, quantity=9), LineDraft(product=pump.id, quantity=10)],
        valid_until=EVER,
    )

    assert [line.unit_price for line in quote.lines] == [euros("90"), euros("80")]
    assert {line.priced_by for line in quote.lines} == {"price list acme"}


def test_a_line_takes_what_its_product_says(crm, deal):
    inside = crm.catalog.add_product(sku="S", name="Seal", unit_cost=euros("2"))
    done = crm.catalog.add_product(sku="W", name="Work", kind=ProductKind.SERVICE)
    kit = crm.catalog.add_product(
        sku="K",
        name="Kit",
        list_price=euros("30"),
        kind=ProductKind.BUNDLE,
        components=[Component(inside.id, 3)],
        over_delivery=Share("0.1"),
        over_billing=Share("0.05"),
    )
    drafts = [
        LineDraft(product=kit.id, quantity=1),
        LineDraft(product=done.id, quantity=1, unit_price=euros("9")),
        free(),
    ]

    kit_line, work, part = crm.sales.quote(deal.id, lines=drafts, valid_until=EVER).lines

    assert (kit_line.ships, work.ships, part.ships) == (True, False, False)
    assert (kit_line.unit_cost, kit_line.priced_by) == (euros("6"), "list price")
    assert (kit_line.over_delivery, kit_line.over_billing) == (Share("0.1"), Share("0.05"))
    assert (work.priced_by, part.unit_cost) == (None, None)


def test_a_discount_on_the_whole_is_spread_so_that_the_rows_add_up(crm, deal):
    quote = crm.sales.quote(
        deal.id,
        lines=[free("33.33"), free("33.33"), free("33.33"), free("10", optional=True)],
        valid_until=EVER,
        discounts=[Discount(label="Fair", amount=euros("10"))],
        charges=[Surcharge(label="Freight", amount=euros("5"))],
    )

    assert [line.allowance for line in quote.lines] == [*map(euros, ("3.34", "3.33", "3.33", "0"))]
    assert quote.totals.net == euros("94.99")
    order = crm.sales.accept(quote.id)
    assert order.totals == quote.totals
    bills = [crm.sales.bill(order.id, part=part, of=3) for part in (1, 2, 3)]
    assert sum(bill.totals.net.amount for bill in bills) == quote.totals.net.amount
    assert crm.check().is_clean


def test_a_dry_run_shows_everything_and_stores_nothing(opened):
    rules = ConfigurationRules(
        rules=(
            ConfigurationRule(
                "seals", Requires("SEAL", 2, per="PUMP", add=True), F.items.any(F.sku == "PUMP")
            ),
            ConfigurationRule("hint", Alert("mind the gap")),
        )
    )
    crm = opened(settings=Settings(configuration=rules, approval=POLICY))
    firm = crm.contacts.add_organization(name="ACME GmbH", sector="public")
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    for sku, price, cost in (("PUMP", "100", "70"), ("SEAL", "5", "1")):
        crm.catalog.add_product(sku=sku, name=sku, list_price=euros(price), unit_cost=euros(cost))
    product = crm.catalog.find(F.sku == "PUMP").one()
    asked = {"lines": [LineDraft(product=product.id, quantity=1)], "valid_until": EVER}

    plan = crm.sales.plan.quote(deal.id, **asked)

    assert crm.sales.quotes.find().count() == 0
    assert [line.description for line in plan.quote.lines] == ["PUMP", "SEAL"]
    assert [price.amount for price in plan.prices] == [euros("100"), euros("5")]
    assert (plan.margin.margin, plan.alerts) == (euros("38"), ("hint: mind the gap",))
    assert plan.approval.missing == ("public sector",)
    assert "alert hint: mind the gap" in plan.explain()
    assert "<table>" in plan._repr_html_()
    quote = crm.sales.quote(deal.id, **asked)
    assert quote.totals == plan.quote.totals


def test_what_rules_forbid_is_a_fault_with_its_path(opened):
    rules = ConfigurationRules(
        rules=(ConfigurationRule("seal", Requires("SEAL"), F.items.any(F.sku == "PUMP")),)
    )
    crm = opened(settings=Settings(configuration=rules))
    firm = crm.contacts.add_organization(name="ACME GmbH")
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    pump = crm.catalog.add_product(sku="PUMP", name="Pump", list_price=euros("1"))

    with pytest.raises(InvalidValue, match="seal: needs 1 SEAL") as caught:
        crm.sales.quote(deal.id, lines=[LineDraft(product=pump.id, quantity=1)], valid_until=EVER)

    assert caught.value.field == "lines"
    assert crm.sales.quotes.find().count() == 0


# --- templates -----------------------------------------------------------------------------------


def test_a_quote_begins_with_the_lines_of_its_template(crm, deal, pump):
    halves = [
        Milestone(name="begun", share=Share("0.5")),
        Milestone(name="done", share=Share("0.5")),
    ]
    crm.sales.quotes.templates.add(
        code="pump",
        name="Pump",
        lines=[TemplateLine(product=pump.id), TemplateLine(product=pump.id, optional=True)],
        validity_days=30,
        introduction="Thank you.",
        milestones=halves,
    )

    quote = crm.sales.quote(deal.id, template="pump", lines=[free("7")])

    assert [line.description for line in quote.lines] == ["Pump", "Pump", "Part"]
    assert quote.valid_until == date(2026, 4, 1)
    assert (quote.template, quote.introduction) == ("pump", "Thank you.")
    assert crm.sales.accept(quote.id).milestones == tuple(halves)


def test_a_template_that_is_not_there_or_not_in_use_is_told(crm, deal):
    template = crm.sales.quotes.templates.add(code="pump", name="Pump")

    with pytest.raises(UnknownName, match="did you mean 'pump'"):
        crm.sales.quote(deal.id, template="pumpe", lines=[free()], valid_until=EVER)
    with pytest.raises(InvalidValue) as caught:
        crm.sales.quote(deal.id, template="pump", lines=[free()])
    crm.sales.quotes.templates.update(template, is_active=False)
    with pytest.raises(InvalidValue, match="not in use"):
        crm.sales.quote(deal.id, template="pump", lines=[free()], valid_until=EVER)
    with pytest.raises(Duplicate):
        crm.sales.quotes.templates.add(code="pump", name="Another")

    assert caught.value.field == "valid_until"


# --- options -------------------------------------------------------------------------------------


def test_chosen_options_are_ordered_and_won(crm, deal):
    quote = crm.sales.quote(
        deal.id,
        lines=[free(), free("20", optional=True), free("3", optional=True)],
        valid_until=EVER,
    )

    order = crm.sales.accept(quote.id, options=[quote.lines[1].id])

    assert [line.net for line in order.lines] == [euros("100"), euros("20")]
    assert crm.opportunities.get(deal.id).amount == euros("120")
    assert [line.chosen for line in crm.sales.quotes.get(quote.id).lines] == [False, True, False]
    assert crm.check().is_clean


def test_wrong_options_change_nothing(crm, deal):
    quote = crm.sales.quote(deal.id, lines=[free()], valid_until=EVER)

    with pytest.raises(ManyFaults) as caught:
        crm.sales.accept(quote.id, options=[quote.lines[0].id, deal.id])

    assert [each.field for each in caught.value.faults] == ["options[0]", "options[1]"]
    assert crm.sales.quotes.get(quote.id) == quote


# --- change and revise ---------------------------------------------------------------------------


def test_a_draft_is_changed_and_stays_the_version_it_is(crm, deal):
    quote = crm.sales.quote(deal.id, lines=[free()], valid_until=EVER)

    changed = crm.sales.quotes.change(quote, lines=[free("7")], introduction="Dear all")

    assert (changed.version, changed.totals.net) == (1, euros("7"))
    with pytest.raises(StaleRevision):
        crm.sales.quotes.change(quote, introduction="Hello")
    with pytest.raises(FieldProtected):
        crm.sales.quotes.change(quote.id, totals=quote.totals)
    with pytest.raises(InvalidValue):
        crm.sales.quotes.change(quote.id, discounts=[Discount(label="d", share=Share("0.1"))])
    crm.sales.send(quote.id)
    with pytest.raises(MoveForbidden):
        crm.sales.quotes.change(quote.id, introduction="Hello")


def test_only_the_latest_version_is_sent_or_accepted(crm, deal):
    first = crm.sales.send(crm.sales.quote(deal.id, lines=[free()], valid_until=EVER).id)

    second = crm.sales.quotes.revise(first.id, lines=[free("90")])
    third = crm.sales.quotes.revise(second, introduction="At last")

    for old in (first, second):
        with pytest.raises(MoveForbidden):
            crm.sales.accept(old.id)
        with pytest.raises(MoveForbidden):
            crm.sales.quotes.revise(old.id)
    versions = crm.sales.quotes.versions(second.id)
    assert [each.version for each in versions] == [1, 2, 3]
    assert [each.status.value for each in versions] == ["superseded", "superseded", "draft"]
    difference = crm.sales.quotes.compare(first.id, third.id)
    assert [each.field for each in difference.totals] == ["net", "vat", "gross", "payable"]
    assert crm.sales.accept(third.id).totals.net == euros("90")
    with pytest.raises(MoveForbidden):
        crm.sales.quotes.revise(third.id)
    assert crm.check().is_clean


def test_an_offer_of_a_lost_deal_is_not_revised(crm, deal):
    quote = crm.sales.quote(deal.id, lines=[free()], valid_until=EVER)
    crm.sales.reject(quote.id)
    crm.opportunities.lose(deal.id, reason="price")

    with pytest.raises(GuardRefused, match="the deal is lost"):
        crm.sales.quotes.revise(quote.id)


def test_a_revision_repeated_by_its_key_happens_once(crm, deal):
    quote = crm.sales.quote(deal.id, lines=[free()], valid_until=EVER)

    first = crm.sales.quotes.revise(quote.id, key="k")

    assert crm.sales.quotes.revise(quote.id, key="k") == first
    assert len(crm.sales.quotes.versions(quote.id)) == 2


# --- expiry --------------------------------------------------------------------------------------


def test_an_expired_quote_is_refused_whether_it_was_swept_or_not(crm, deal, clock):
    last = date(2026, 3, 10)
    quotes = [crm.sales.quote(deal.id, lines=[free()], valid_until=last) for _ in range(3)]
    crm.sales.reject(quotes[2].id)
    clock.forward(days=9)
    told = []

    with pytest.raises(GuardRefused, match="expired"):
        crm.sales.accept(quotes[0].id)
    with pytest.raises(GuardRefused, match="expired"):
        crm.sales.send(quotes[0].id)
    assert quotes[0].status_on(date(2026, 3, 11)) is QuoteStatus.EXPIRED
    assert crm.sales.quotes.expire_due(as_of=datetime(2026, 3, 10, 23, tzinfo=UTC)) == 0
    assert crm.sales.quotes.expire_due(progress=lambda done, every: told.append(done)) == 2
    assert crm.sales.quotes.expire_due() == 0
    with pytest.raises(MoveForbidden):
        crm.sales.accept(quotes[0].id)

    assert told == [2]
    again = crm.sales.quotes.revise(quotes[0].id, valid_until=last + timedelta(days=30))
    assert crm.sales.accept(again.id).totals.net == euros("100")
    assert crm.check().is_clean


# --- approval ------------------------------------------------------------------------------------


@pytest.fixture
def strict(opened):
    return opened(settings=Settings(approval=POLICY))


def cheap(crm, **fields):
    firm = crm.contacts.add_organization(name="ACME GmbH", **fields)
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    return crm.sales.quote(deal.id, lines=[free(discount=Share("0.2"))], valid_until=EVER)


def test_four_eyes_look_at_what_needs_approval(strict):
    rep, head = an_employee(strict, "Rep"), an_employee(strict, "Head", "head of sales")
    quote = cheap(strict)

    for command in (strict.sales.send, strict.sales.accept):
        with pytest.raises(GuardRefused, match="approval is missing: discount"):
            command(quote.id)
    strict.sales.quotes.submit(quote.id, by=rep)
    with pytest.raises(GuardRefused):
        strict.sales.quotes.approve(quote.id, by=rep)
    approved = strict.sales.quotes.approve(quote.id, by=head)

    assert (approved.submitted_by, approved.approved_by) == (rep, head)
    assert strict.sales.quotes.approval(quote.id).is_met
    assert strict.sales.send(quote.id).status is QuoteStatus.SENT
    assert strict.sales.accept(quote.id).totals.net == euros("80")
    assert strict.check().is_clean


def test_only_employees_at_work_decide_about_approval(strict):
    quote = cheap(strict)
    head = an_employee(strict, "Head", "Head of Sales")
    guest = strict.contacts.add_person(given_name="Guest", family_name="Stranger")

    with pytest.raises(ActivityNotAllowed):
        strict.sales.quotes.submit(quote.id, by=guest.id)
    strict.sales.quotes.submit(quote.id, by=an_employee(strict, "Rep"))
    strict.contacts.move_role(head, "employee", "start_leave")
    with pytest.raises(ActivityNotAllowed):
        strict.sales.quotes.approve(quote.id, by=head)


def test_an_edit_or_a_new_version_needs_approval_anew(strict):
    rep, head = an_employee(strict, "Rep"), an_employee(strict, "Head", "Head of Sales")
    quote = cheap(strict)
    strict.sales.quotes.submit(quote.id, by=rep)
    strict.sales.quotes.approve(quote.id, by=head)

    changed = strict.sales.quotes.change(quote.id, purchase_order="PO-1")

    assert (changed.approved_by, changed.approvals) == (None, ())
    with pytest.raises(GuardRefused):
        strict.sales.send(quote.id)
    strict.sales.quotes.submit(quote.id, by=rep)
    strict.sales.quotes.refuse(quote.id, by=head, reason="too cheap")
    new = strict.sales.quotes.revise(quote.id)
    assert strict.sales.quotes.approval(new.id).missing == ("discount",)
    assert strict.check().is_clean


def test_rules_follow_references(strict):
    quote = cheap(strict, sector="public")

    need = strict.sales.quotes.approval(quote.id)

    assert need.missing == ("discount", "public sector")
    assert "account.sector is public" in need.explain()


def test_a_chosen_option_does_not_slip_past_a_limit(opened):
    policy = ApprovalPolicy(rules=(ApprovalRule("large", F.net > euros("1000")),))
    crm = opened(settings=Settings(approval=policy))
    firm = crm.contacts.add_organization(name="ACME GmbH")
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    quote = crm.sales.quote(deal.id, lines=[free(), free("5000", optional=True)], valid_until=EVER)

    with pytest.raises(GuardRefused, match="large"):
        crm.sales.accept(quote.id, options=[quote.lines[1].id])

    assert crm.sales.accept(quote.id).totals.net == euros("100")


def test_nobody_approves_sends_or_accepts_what_they_have_not_seen(strict):
    rep, head = an_employee(strict, "Rep"), an_employee(strict, "Head", "Head of Sales")
    first = cheap(strict)
    quotes = strict.sales.quotes
    seen = quotes.submit(first, by=rep)
    quotes.change(seen, lines=[free(discount=Share("0.9"))])
    now = quotes.submit(first.id, by=rep)

    for command in (
        lambda: quotes.submit(first, by=rep),
        lambda: quotes.approve(seen, by=head),
        lambda: quotes.refuse(seen, by=head, reason="no"),
        lambda: strict.sales.send(seen),
        lambda: strict.sales.accept(seen),
    ):
        with pytest.raises(StaleRevision):
            command()
    approved = quotes.approve(now, by=head)
    order = strict.sales.accept(strict.sales.send(approved))

    assert order.totals.net == euros("10")
    assert strict.sales.accept(approved) == order


def test_a_cost_by_hand_below_that_of_the_product_is_seen(opened):
    rules = (
        ApprovalRule("thin", F.margin_ratio < Decimal("0.2")),
        ApprovalRule("own cost", F.own_costs > 0),
    )
    crm = opened(settings=Settings(approval=ApprovalPolicy(rules=rules)))
    firm = crm.contacts.add_organization(name="ACME GmbH")
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    pump = crm.catalog.add_product(
        sku="PUMP", name="Pump", list_price=euros("80"), unit_cost=euros("70")
    )

    def missing(**fields):
        line = LineDraft(product=pump.id, quantity=1, **fields)
        quote = crm.sales.quote(deal.id, lines=[line, free("0")], valid_until=EVER)
        return crm.sales.quotes.approval(crm.sales.quotes.get(quote.id).id).missing

    assert missing() == ("thin",)
    assert missing(unit_cost=euros("1")) == ("thin", "own cost")
    assert missing(unit_price=euros("100")) == ()


def options_of(opened, effect, when="PUMP"):
    rule = ConfigurationRule("rule", effect, F.items.any(F.sku == when))
    crm = opened(settings=Settings(configuration=ConfigurationRules(rules=(rule,))))
    firm = crm.contacts.add_organization(name="ACME GmbH")
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    pump, gas = (
        crm.catalog.add_product(sku=sku, name=sku, list_price=euros("80")).id
        for sku in ("PUMP", "GAS")
    )
    lines = [
        LineDraft(product=pump, quantity=1),
        LineDraft(product=gas, quantity=1, optional=True),
        free(optional=True),
    ]
    return crm, crm.sales.quote(deal.id, lines=lines, valid_until=EVER)


@pytest.mark.parametrize("remove", [True, False])
def test_an_option_that_rules_exclude_is_not_ordered(opened, remove):
    crm, quote = options_of(opened, Excludes("GAS", remove=remove))
    _, gas, free_line = quote.lines

    with pytest.raises(InvalidValue, match="GAS") as caught:
        crm.sales.accept(quote.id, options=[free_line.id, gas.id])

    assert caught.value.field == "options[1]"
    assert crm.sales.quotes.get(quote.id) == quote
    assert crm.sales.accept(quote.id, options=[free_line.id]).totals.net == euros("180")


def test_an_option_that_needs_what_is_not_offered_is_not_ordered(opened):
    crm, quote = options_of(opened, Requires("SEAL", 2, add=True), when="GAS")

    with pytest.raises(InvalidValue, match="needs 2 SEAL, has 0") as caught:
        crm.sales.accept(quote.id, options=[quote.lines[1].id])

    assert caught.value.field == "options"
    assert crm.sales.accept(quote.id).totals.net == euros("80")


# --- numbers -------------------------------------------------------------------------------------


def test_quotes_get_a_number_when_sent_where_the_settings_say_so(opened):
    numbering = {
        "invoice": NumberPattern("INV-{YYYY}-{seq:05}"),
        "quote": NumberPattern("Q-{YYYY}-{seq:03}"),
    }
    crm = opened(settings=Settings(numbering=numbering))
    firm = crm.contacts.add_organization(name="ACME GmbH")
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    first, second = (crm.sales.quote(deal.id, lines=[free()], valid_until=EVER) for _ in range(2))

    assert first.number is None
    assert crm.sales.send(first.id).number == "Q-2026-001"
    with pytest.raises(MoveForbidden):
        crm.sales.send(first.id)
    new = crm.sales.quotes.revise(first.id)
    assert crm.sales.send(new.id).number == "Q-2026-001"
    assert crm.sales.send(second.id).number == "Q-2026-002"
    assert crm.check().is_clean


# --- choices -------------------------------------------------------------------------------------


def test_choices_are_taken_by_their_values(crm, deal):
    made = crm.catalog.add_product(sku="EU", name="Pump", vat_category="K")
    quote = crm.sales.quote(
        deal.id, lines=[free(vat_category="S")], combination="best_of", valid_until=EVER
    )

    assert made.vat_category is VatCategory.K
    assert quote.lines[0].vat_category is VatCategory.S
    with pytest.raises(UnknownName, match="combination"):
        crm.sales.quote(deal.id, lines=[free()], combination="worst", valid_until=EVER)
