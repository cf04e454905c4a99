"""Subscriptions through the front door: added, used, billed once a period, and ended, on stores."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmcore
from crmcore import (
    Every,
    F,
    LineDraft,
    Money,
    NumberPattern,
    PriceEntry,
    Role,
    Settings,
    Share,
    SubscriptionStatus,
)
from crmcore.catalog import VatCategory
from crmcore.errors import (
    ActivityNotAllowed,
    Duplicate,
    EntityNotFound,
    FieldProtected,
    GuardRefused,
    InvalidValue,
    ManyFaults,
    MoveForbidden,
    UnknownName,
    WrongType,
)
from crmcore.subscriptions import unused
from crmcore.values import CountedIds

NEW_YEAR = datetime(2026, 1, 1, 9, tzinfo=UTC)
SEAT = LineDraft(description="Seat", quantity=3, unit_price=Money("10", "EUR"))
MONTHLY = Every(1, "month")


def day(text):
    return date.fromisoformat(text)


def noon(text):
    return datetime.combine(day(text), datetime.min.time(), UTC) + timedelta(hours=12)


def euro(amount):
    return Money(amount, "EUR")


def customer(crm, name="ACME GmbH"):
    account = crm.contacts.add_organization(name=name)
    crm.contacts.begin_role(account.id, Role.PROSPECT, at=NEW_YEAR)
    return account.id


def added(crm, account=None, **options):
    terms = {"title": "Hosting", "every": MONTHLY, "lines": [SEAT], "at": NEW_YEAR, **options}
    return crm.subscriptions.add(customer(crm) if account is None else account, **terms)


def running(crm, account=None, **options):
    one = added(crm, account, **options)
    return crm.subscriptions.activate(one.id, at=NEW_YEAR)


def test_each_due_period_becomes_an_order_and_a_draft_invoice(crm):
    one = running(crm)

    run = crm.subscriptions.renew(at=noon("2026-03-02"))

    assert [each.renewal.period_from for each in run.billed] == [
        day("2026-01-01"),
        day("2026-02-01"),
        day("2026-03-01"),
    ]
    orders, invoices = [*crm.sales.orders.find()], [*crm.sales.invoices.find()]
    assert [each.id for each in invoices] == [*run.invoices]
    assert {each.totals.net for each in invoices} == {euro("30")}
    assert {each.billing for each in orders} == {"fully"}
    assert [each.invoice for each in crm.subscriptions.get(one.id).billed] == [*run.invoices]
    assert crm.check().is_clean


def test_the_invoice_tells_the_days_it_is_for(crm):
    running(crm)

    (billed,) = crm.subscriptions.renew(at=NEW_YEAR).billed
    invoice = crm.sales.invoices.get(billed.invoice)

    assert (invoice.delivered_from, invoice.delivered_on) == (day("2026-01-01"), day("2026-01-31"))
    assert invoice.lines[0].description == "Seat, 2026-01-01 to 2026-01-31"


def test_repeating_it_bills_nothing_twice(crm):
    running(crm)
    first = crm.subscriptions.renew(at=noon("2026-02-02"))

    again = crm.subscriptions.renew(at=noon("2026-02-02"))

    assert (len(first.billed), again.billed) == (2, ())
    assert crm.sales.invoices.find().count() == 2


def test_the_account_is_a_customer_from_its_first_period_on(crm):
    account = customer(crm)
    one = running(crm, account)

    crm.subscriptions.renew(one.id, at=NEW_YEAR)

    assert crm.contacts.get(account).holds(Role.CUSTOMER)


def test_what_is_billed_can_be_issued_and_paid(crm):
    one = running(crm)
    (billed,) = crm.subscriptions.renew(one.id, at=NEW_YEAR).billed

    issued = crm.sales.issue(billed.invoice, at=NEW_YEAR)

    assert issued.number is not None
    assert issued.totals.payable == euro("35.7")
    assert crm.check().is_clean


def test_a_plan_tells_what_a_run_would_bill_and_does_nothing(crm):
    one = running(crm)

    plan = crm.subscriptions.plan.renew(one.id, until=day("2026-02-28"), at=NEW_YEAR)
    outlook = crm.subscriptions.plan.renew(until=day("2026-02-28"), at=NEW_YEAR)

    assert [each.net for each in plan.renewals] == [euro("30"), euro("30")]
    assert outlook == plan
    assert outlook.nets == {"EUR": euro("60")}
    assert "2026-02-01 to 2026-02-28, due on 2026-02-01: 30.00 EUR" in outlook.explain()
    assert "60.00 EUR" in outlook._repr_html_()
    assert crm.subscriptions.get(one.id) == one
    run = crm.subscriptions.renew(until=day("2026-02-28"), at=NEW_YEAR)
    assert tuple(each.renewal for each in run.billed) == plan.renewals
    assert "2 draft invoices, 60.00 EUR; 0 refused" in run.explain()
    assert "60.00 EUR" in run._repr_html_()


def test_nothing_due_is_an_empty_outlook(crm):
    outlook = crm.subscriptions.plan.renew(at=NEW_YEAR)

    assert outlook.plans == ()
    assert outlook.explain() == "until 2026-01-01: 0 periods, nothing"


def test_prices_come_from_the_catalogue_and_stay_when_it_changes(crm):
    seat = crm.catalog.add_product(sku="S", name="Seat", list_price=euro("12"), at=NEW_YEAR)
    one = running(crm, lines=[LineDraft(product=seat.id, quantity=1)])
    crm.catalog.set_price(seat.id, euro("99"), at=NEW_YEAR)

    run = crm.subscriptions.renew(one.id, at=NEW_YEAR)

    assert run.nets == {"EUR": euro("12")}


def test_a_new_price_holds_from_the_first_day_that_is_not_billed(crm):
    one = running(crm)
    crm.subscriptions.renew(one.id, at=NEW_YEAR)

    dearer = crm.subscriptions.change_line(one.id, unit_price=euro("20"), at=noon("2026-01-10"))
    run = crm.subscriptions.renew(one.id, at=noon("2026-02-01"))

    assert [line.valid_from for line in dearer.lines] == [day("2026-01-01"), day("2026-02-01")]
    assert run.nets == {"EUR": euro("60")}
    with pytest.raises(GuardRefused, match="2026-03-01"):
        crm.subscriptions.change_line(
            one.id, unit_price=euro("1"), valid_from=day("2026-02-15"), at=noon("2026-02-15")
        )


def test_items_come_and_go(crm):
    one = running(crm, billing_time="arrears")
    extra = LineDraft(description="Backup", quantity=1, unit_price=euro("31"))

    more = crm.subscriptions.add_line(one.id, extra, at=noon("2026-01-22"))
    with pytest.raises(InvalidValue, match="2 on"):
        crm.subscriptions.change_line(one.id, quantity=1, at=noon("2026-01-22"))
    run = crm.subscriptions.renew(one.id, at=noon("2026-02-01"))
    less = crm.subscriptions.remove_line(one.id, more.items[1], at=noon("2026-02-01"))

    assert run.nets == {"EUR": euro("40")}
    assert [line.valid_until for line in less.lines] == [None, day("2026-02-01")]


def test_a_trial_becomes_active_by_the_day(crm):
    one = running(crm, trial_until=day("2026-01-15"))

    before = crm.subscriptions.renew(at=noon("2026-01-14"))
    run = crm.subscriptions.renew(at=noon("2026-01-15"))

    assert (one.status, before.billed) == (SubscriptionStatus.TRIAL, ())
    assert [each.renewal.period_from for each in run.billed] == [day("2026-01-15")]
    assert crm.subscriptions.get(one.id).status is SubscriptionStatus.ACTIVE
    told = [type(each.event).__name__ for each in crm.subscriptions.history(one.id)]
    assert told == [
        "SubscriptionStarted",
        "SubscriptionTrialBegun",
        "SubscriptionActivated",
        "SubscriptionRenewed",
    ]


def test_paused_and_resumed(crm):
    one = running(crm)
    crm.subscriptions.renew(one.id, at=NEW_YEAR)

    planned = crm.subscriptions.pause(one.id, reason="holidays", at=noon("2026-01-10"))
    waiting = crm.subscriptions.renew(one.id, at=noon("2026-02-05"))
    paused = crm.subscriptions.get(one.id)
    back = crm.subscriptions.resume(one.id, at=noon("2026-02-15"))
    run = crm.subscriptions.renew(one.id, at=noon("2026-02-15"))

    assert planned.status is SubscriptionStatus.ACTIVE
    assert (waiting.billed, paused.status) == ((), SubscriptionStatus.PAUSED)
    assert back.status is SubscriptionStatus.ACTIVE
    assert run.nets == {"EUR": euro("15")}
    assert crm.check().is_clean


def test_what_waits_is_told_in_the_outlook(crm):
    one = running(crm)
    crm.subscriptions.pause(one.id, at=NEW_YEAR)

    (plan,) = crm.subscriptions.plan.renew(at=noon("2026-01-05")).plans

    assert plan.waiting == "paused since 2026-01-01, and nobody knows until when"


def test_a_cancelled_one_is_billed_to_its_end_and_then_over(crm):
    one = running(crm, notice_days=30)

    with pytest.raises(GuardRefused, match="2026-02-09"):
        crm.subscriptions.cancel(one.id, ends_on=day("2026-01-31"), at=noon("2026-01-10"))
    ending = crm.subscriptions.cancel(one.id, at=noon("2026-01-10"))
    run = crm.subscriptions.renew(at=noon("2026-03-02"))

    assert ending.ends_on == day("2026-02-28")
    assert len(run.billed) == 2
    assert crm.subscriptions.get(one.id).status is SubscriptionStatus.ENDED
    assert crm.subscriptions.renew(at=noon("2026-06-01")).billed == ()
    with pytest.raises(MoveForbidden):
        crm.subscriptions.extend(one.id)
    assert crm.check().is_clean


def test_ended_for_good_cause_or_kept_after_all(crm):
    one = running(crm)
    crm.subscriptions.renew(one.id, at=NEW_YEAR)

    ended = crm.subscriptions.end(one.id, ends_on=day("2026-01-20"), at=noon("2026-01-10"))
    kept = crm.subscriptions.extend(one.id, at=noon("2026-01-11"))

    assert ended.ends_on == day("2026-01-20")
    assert [line.net for line in unused(ended)] == [euro("10.65")]
    assert kept.ends_on is None


def test_what_is_free_is_settled_without_a_document(crm):
    nothing = LineDraft(description="Seat", quantity=1, unit_price=euro("10"), discount=Share(1))
    one = running(crm, lines=[nothing])

    run = crm.subscriptions.renew(one.id, at=NEW_YEAR)

    assert [(each.order, each.invoice) for each in run.billed] == [(None, None)]
    assert crm.subscriptions.get(one.id).billed_until == day("2026-02-01")
    assert crm.sales.orders.find().count() == 0
    assert crm.check().is_clean


def test_what_cannot_be_billed_does_not_hold_up_the_rest(crm):
    lost, other = customer(crm, "Lost"), customer(crm, "Other")
    first, second = running(crm, lost, title="First"), running(crm, other, title="Second")
    crm.subscriptions.renew(at=NEW_YEAR)
    crm.contacts.move_role(lost, Role.CUSTOMER, "lose", reason="unpaid")
    seen = []

    run = crm.subscriptions.renew(
        at=noon("2026-02-01"), progress=lambda done, total: seen.append((done, total))
    )

    assert [each.renewal.subscription for each in run.billed] == [second.id]
    (refused,) = run.refused
    assert (refused.subscription, refused.title) == (first.id, "First")
    assert isinstance(refused.error, ActivityNotAllowed)
    assert "refused: First" in run.explain()
    assert seen == [(1, 2), (2, 2)]
    with pytest.raises(ActivityNotAllowed):
        crm.subscriptions.renew(first.id, at=noon("2026-02-01"))


def test_only_some_are_billed_where_a_condition_says_so(crm):
    running(crm, title="Hosting")
    running(crm, title="Backup")

    run = crm.subscriptions.renew(where=F.title == "Backup", at=NEW_YEAR)

    assert len(run.billed) == 1


def test_a_period_whose_order_was_cancelled_is_billed_again(crm):
    one = running(crm)
    (billed,) = crm.subscriptions.renew(one.id, at=NEW_YEAR).billed

    with pytest.raises(GuardRefused, match="not cancelled"):
        crm.subscriptions.release(one.id, billed.order)
    crm.sales.withdraw(billed.invoice)
    crm.sales.cancel_order(billed.order)
    released = crm.subscriptions.release(one.id, billed.order)
    (again,) = crm.subscriptions.renew(one.id, at=NEW_YEAR).billed

    assert released.billed == ()
    assert again.renewal == billed.renewal
    assert again.order != billed.order
    assert crm.check().is_clean


def test_the_day_is_that_of_the_company(opened):
    crm = opened(settings=Settings(zone=ZoneInfo("Pacific/Auckland")))
    evening = datetime(2025, 12, 31, 20, tzinfo=UTC)
    account = crm.contacts.add_organization(name="ACME GmbH")
    crm.contacts.begin_role(account.id, Role.PROSPECT, at=evening)

    one = crm.subscriptions.add(
        account.id, title="Hosting", every=MONTHLY, lines=[SEAT], at=evening
    )

    assert one.started_on == day("2026-01-01")


def test_how_much_recurs(crm):
    running(crm, every=Every(1, "year"), lines=[SEAT])
    running(crm)
    added(crm)

    found = crm.subscriptions.revenue(day("2026-06-01"))

    assert (found.mrr, found.arr, len(found.parts)) == (euro("32.5"), euro("390"), 2)
    assert crm.subscriptions.revenue(currency="USD").mrr == Money("0", "USD")


def test_fields_are_updated_and_terms_are_not(crm):
    one = added(crm)

    named = crm.subscriptions.update(one, title="Housing", number="V-1", buyer_reference="04011000")

    assert (named.title, named.number) == ("Housing", "V-1")
    with pytest.raises(FieldProtected):
        crm.subscriptions.update(one.id, every=MONTHLY)
    with pytest.raises(Duplicate):
        added(crm, number="V-1")


def test_the_reference_of_the_buyer_is_on_every_invoice(crm):
    one = running(crm, buyer_reference="04011000-12345-03", purchase_order="PO-7")

    (billed,) = crm.subscriptions.renew(one.id, at=NEW_YEAR).billed
    invoice = crm.sales.invoices.get(billed.invoice)

    assert (invoice.buyer_reference, invoice.purchase_order) == ("04011000-12345-03", "PO-7")


def test_a_command_with_a_key_is_carried_out_once(crm):
    account = customer(crm)

    first = added(crm, account, key="k")
    again = added(crm, account, key="k")

    assert first == again
    assert crm.subscriptions.find().count() == 1


def test_several_steps_are_one_transaction(crm):
    account = customer(crm)

    def step(lent):
        one = added(lent, account)
        lent.subscriptions.activate(one.id, at=NEW_YEAR)
        assert len(lent.subscriptions.renew(one.id, at=NEW_YEAR).billed) == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        crm.run(step)

    assert crm.subscriptions.find().count() == 0
    assert crm.sales.orders.find().count() == 0


def test_bad_input_is_refused_and_nothing_is_stored(crm):
    account = customer(crm)
    stranger = crm.contacts.add_organization(name="Nobody")

    for error, options in (
        (UnknownName, {"alignment": "calender"}),
        (InvalidValue, {"lines": []}),
        (InvalidValue, {"alignment": "calendar", "every": Every(5, "month")}),
        (ManyFaults, {"notice_days": -1, "ends_on": day("2025-01-01")}),
        (WrongType, {"every": "month"}),
        (WrongType, {"lines": [SEAT, None]}),
        (ManyFaults, {"lines": [LineDraft(quantity=0, description="x")]}),
    ):
        with pytest.raises(error):
            added(crm, account, **options)
    with pytest.raises(ActivityNotAllowed):
        added(crm, stranger.id)
    with pytest.raises(EntityNotFound):
        crm.subscriptions.renew(CountedIds(seed=77).new())
    with pytest.raises(InvalidValue, match="until"):
        crm.subscriptions.renew(until=day("2206-01-01"), at=NEW_YEAR)

    assert crm.subscriptions.find().count() == 0


def test_several_who_bill_at_once_bill_once(crm):
    one = running(crm)

    def bill(_):
        return crm.subscriptions.renew(one.id, at=noon("2026-04-01"))

    with ThreadPoolExecutor(4) as pool:
        runs = [*pool.map(bill, range(4))]

    assert sorted(each.renewal.period_from for run in runs for each in run.billed) == [
        day("2026-01-01"),
        day("2026-02-01"),
        day("2026-03-01"),
        day("2026-04-01"),
    ]
    assert crm.sales.invoices.find().count() == 4
    assert crm.check().is_clean


STEPS = {
    "renew": lambda crm, one, at: crm.subscriptions.renew(one, at=at),
    "ahead": lambda crm, one, at: crm.subscriptions.renew(
        one, until=at.date() + timedelta(days=40), at=at
    ),
    "pause": lambda crm, one, at: crm.subscriptions.pause(one, at=at),
    "resume": lambda crm, one, at: crm.subscriptions.resume(one, at=at),
    "price": lambda crm, one, at: crm.subscriptions.change_line(
        one, unit_price=euro(at.day), at=at
    ),
    "cancel": lambda crm, one, at: crm.subscriptions.cancel(one, at=at),
    "extend": lambda crm, one, at: crm.subscriptions.extend(one, at=at),
    "all": lambda crm, _one, at: crm.subscriptions.renew(at=at),
}


@settings(max_examples=max(30, settings.default.max_examples // 5))
@given(
    steps=st.lists(st.tuples(st.sampled_from([*STEPS]), st.integers(0, 45)), max_size=10),
    arrears=st.booleans(),
    aligned=st.booleans(),
)
def test_whatever_is_done_the_books_stay_right(steps, arrears, aligned):
    with crmcore.open("memory://", ids=CountedIds()) as crm:
        one = running(
            crm,
            started_on=day("2026-01-10"),
            billing_time="arrears" if arrears else "advance",
            alignment="calendar" if aligned else "anniversary",
        )
        at = NEW_YEAR
        for step, gap in steps:
            at += timedelta(days=gap)
            try:
                STEPS[step](crm, one.id, at)
            except (GuardRefused, MoveForbidden, InvalidValue):
                continue

        report = crm.check()
        assert report.is_clean, report.explain()


def test_orders_are_numbered_where_the_settings_say_so(opened):
    patterns = {"invoice": NumberPattern("INV-{YYYY}-{seq:05}"), "order": NumberPattern("O-{seq}")}
    crm = opened(settings=Settings(numbering=patterns))
    one = running(crm)

    run = crm.subscriptions.renew(one.id, at=noon("2026-02-02"))

    assert [crm.sales.orders.get(each.order).number for each in run.billed] == ["O-1", "O-2"]
    assert crm.check().is_clean


def test_a_series_of_orders_that_may_have_gaps_is_drawn_with_the_work(opened):
    pattern = NumberPattern("O-{seq}", gapless=False)
    crm = opened(
        settings=Settings(numbering={"invoice": NumberPattern("R-{seq}"), "order": pattern})
    )
    running(crm)

    run = crm.subscriptions.renew(at=noon("2026-02-02"))

    assert run.refused == ()
    assert [crm.sales.orders.get(each.order).number for each in run.billed] == ["O-1", "O-2"]


def test_a_price_list_of_the_account_counts(crm):
    account = customer(crm)
    seat = crm.catalog.add_product(sku="S", name="Seat", list_price=euro("12"), at=NEW_YEAR)
    dealers = crm.price_lists.add(
        code="dealers",
        name="Dealers",
        entries=[PriceEntry(product=seat.id, price=euro("9"))],
        at=NEW_YEAR,
    )
    crm.price_lists.activate(dealers.id, at=NEW_YEAR)
    wanted = LineDraft(product=seat.id, quantity=1)

    one = added(crm, account, lines=[wanted], price_list="dealers")
    more = crm.subscriptions.add_line(one.id, wanted, at=NEW_YEAR)

    assert [line.unit_price for line in more.lines] == [euro("9"), euro("12")]


def test_a_line_is_changed_to_a_vat_category_by_its_value(crm):
    one = running(crm)

    changed = crm.subscriptions.change_line(
        one.id, vat_category="K", vat_rate=Share(0), at=noon("2026-01-10")
    )

    assert changed.lines[-1].vat_category is VatCategory.K
    with pytest.raises(UnknownName, match="vat_category"):
        crm.subscriptions.change_line(one.id, vat_category="VAT", at=noon("2026-01-10"))
