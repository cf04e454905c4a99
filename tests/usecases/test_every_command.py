"""Commands the journey does not pass: each does what its first line says."""

from datetime import UTC, date, datetime

import pytest

import crmcore
from crmcore import (
    F,
    InvoiceStatus,
    LeadStatus,
    LineDraft,
    Money,
    NumberPattern,
    OpportunityStatus,
    OrderStatus,
    QuoteStatus,
    Role,
    Settings,
)
from crmcore.errors import (
    Closed,
    GuardRefused,
    InvalidValue,
    MoveForbidden,
    NothingFound,
    SeveralFound,
    UnknownName,
    WrongType,
)

LINE = LineDraft(description="Pump", quantity=2, unit_price=Money("10", "EUR"))


@pytest.fixture
def firm(crm):
    return crm.contacts.add_organization(name="ACME GmbH")


def quoted(crm, firm):
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    return crm.sales.quote(deal.id, lines=[LINE], valid_until=date(2999, 1, 1))


def test_a_lead_goes_back_and_forth_until_it_is_converted(crm, firm):
    lead = crm.leads.capture(firm.id, source="fair")
    eve = crm.contacts.add_person(given_name="Eve", family_name="Berg")
    crm.contacts.begin_role(eve.id, Role.EMPLOYEE)

    assert crm.leads.contacted(lead.id, by=eve.id).status is LeadStatus.CONTACTED
    assert crm.leads.nurture(lead.id, reason="not ripe").status is LeadStatus.NURTURE
    assert crm.leads.qualify(lead.id).status is LeadStatus.QUALIFIED
    assert crm.leads.recycle(lead.id, reason="too early").status is LeadStatus.RECYCLED
    assert crm.leads.answer(lead.id, "need", "partial", evidence="call").answer("need") == "partial"
    assert crm.leads.disqualify(lead.id, reason="spam", junk=True).status is LeadStatus.JUNK
    assert crm.leads.reopen(lead.id).status is LeadStatus.NEW
    assert crm.leads.disqualify(lead.id, reason="no budget").disqualified_reason == "no budget"
    assert crm.leads.reopen(firm.id).status is LeadStatus.NEW
    assert crm.leads.assign(lead.id, eve.id).owner == eve.id
    assert crm.leads.convert(lead.id, title="Pumps").owner == eve.id


def test_a_quote_is_sent_and_rejected(crm, firm):
    quote = quoted(crm, firm)

    sent = crm.sales.send(quote.id)
    rejected = crm.sales.reject(quote.id, reason="too dear")

    assert (sent.status, rejected.status) == (QuoteStatus.SENT, QuoteStatus.REJECTED)
    with pytest.raises(MoveForbidden):
        crm.sales.accept(quote.id)


def test_an_order_is_cancelled_and_its_deal_can_be_reopened(crm, firm):
    order = crm.sales.accept(quoted(crm, firm).id)
    with pytest.raises(GuardRefused):
        crm.opportunities.reopen(order.opportunity)

    cancelled = crm.sales.cancel_order(order.id)
    deal = crm.opportunities.reopen(order.opportunity)

    assert (cancelled.status, deal.status) == (OrderStatus.CANCELLED, OpportunityStatus.OPEN)
    with pytest.raises(MoveForbidden):
        crm.sales.bill(order.id)


def test_an_order_with_an_invoice_cannot_be_cancelled(crm, firm):
    order = crm.sales.accept(quoted(crm, firm).id)
    crm.sales.bill(order.id, part=1, of=2)

    with pytest.raises(GuardRefused):
        crm.sales.cancel_order(order.id)


def test_a_deal_is_updated_and_its_closed_amount_is_not(crm, firm):
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    renamed = crm.opportunities.update(deal, title="Big pumps", amount=Money("5", "EUR"))
    crm.opportunities.win(deal.id)

    assert (renamed.title, renamed.revision) == ("Big pumps", 2)
    with pytest.raises(crmcore.CrmError):
        crm.opportunities.update(deal.id, amount=Money("6", "EUR"))


def test_a_product_leaves_the_catalogue_and_comes_back(crm, firm):
    pump = crm.catalog.add_product(sku="P", name="Pump", list_price=Money("9", "EUR"))
    crm.catalog.update(pump, series="KP")
    crm.catalog.discontinue(pump.id)
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    with pytest.raises(crmcore.CrmError, match=r"lines\[0\]"):
        crm.sales.quote(
            deal.id, lines=[LineDraft(product=pump.id, quantity=1)], valid_until=date(2999, 1, 1)
        )

    revived = crm.catalog.revive(pump.id)

    assert revived.series == "KP"
    assert crm.catalog.price_of(pump.id).amount == Money("9", "EUR")
    with pytest.raises(NothingFound):
        crm.catalog.price_of(pump.id, currency="USD")


def test_a_team_is_renamed_led_left_and_dissolved(crm):
    eve = crm.contacts.add_person(given_name="Eve", family_name="Berg")
    crm.contacts.begin_role(eve.id, "employee")
    team = crm.teams.form(name="North")
    crm.teams.join(eve.id, team.id)

    crm.teams.update(team.id, region="Hamburg")
    led = crm.teams.appoint(team.id, eve.id)
    crm.teams.leave(eve.id)

    assert (led.region, led.manager) == ("Hamburg", eve.id)
    assert crm.teams.dissolve(team.id).status == "dissolved"


def test_an_organization_joins_no_team(crm, firm):
    team = crm.teams.form(name="North")

    with pytest.raises(WrongType):
        crm.teams.join(firm.id, team.id)


def test_a_role_moves_by_its_own_lifecycle(crm, firm):
    crm.contacts.begin_role(firm.id, Role.SUPPLIER)

    blocked = crm.contacts.move_role(firm.id, Role.SUPPLIER, "block", reason="late")

    assert blocked.role(Role.SUPPLIER).state == "blocked"
    with pytest.raises(MoveForbidden) as caught:
        crm.contacts.move_role(firm.id, Role.SUPPLIER, "win_back")
    assert "unblock" in caught.value.allowed


def test_a_ticket_keeps_a_note_to_itself(crm, firm):
    eve = crm.contacts.add_person(given_name="Eve", family_name="Berg")
    crm.contacts.begin_role(eve.id, Role.EMPLOYEE)
    ticket = crm.tickets.open(requester=firm.id, subject="?", channel="phone", priority="urgent")

    noted = crm.tickets.note(ticket.id, "Calls every week.", by=eve.id)

    assert (noted.first_responded_at, len(noted.messages)) == (None, 1)


def test_what_is_found_can_be_counted_taken_and_looked_at(crm, firm):
    crm.contacts.add_organization(name="<b>Bold</b> AG")
    found = crm.contacts.find(order_by="-name", page_size=1)

    assert [each.name for each in found] == ["ACME GmbH", "<b>Bold</b> AG"]
    assert (found.count(), found.first().name) == (2, "ACME GmbH")
    assert crm.contacts.find(F.name == "ACME GmbH").one() == firm
    assert repr(found) == "<Found contact: 2>"
    assert "&lt;b&gt;Bold" in found._repr_html_()
    with pytest.raises(SeveralFound):
        found.one()
    with pytest.raises(NothingFound):
        crm.contacts.find(F.name == "nobody").one()
    with pytest.raises(InvalidValue):
        next(found.pages(0))
    assert crm.contacts.find(F.name == "nobody").first() is None


def test_everything_public_has_a_short_repr(crm):
    with crm.transaction() as tx:
        shown = [repr(each) for each in (crm, tx, crm.contacts, crm.sales, crm.kpi)]

    assert all(text.startswith("<") and len(text) < 600 for text in shown)
    assert "win_rate" in crm.kpi.names()


def test_an_entity_shows_no_personal_text_unless_it_is_looked_at(crm):
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace", email="a@b.example")

    assert not {"Ada", "Lovelace", "a@b.example"} & set(repr(ada).replace("=", " ").split())
    assert "Lovelace" in ada._repr_html_()


def test_settings_choose_pipelines_and_series(opened):
    short = crmcore.Pipeline(
        "short", "Short", (crmcore.Stage("talk", "Talk", crmcore.Share("0.5")),)
    )
    crm = opened(
        settings=Settings(
            pipelines=(short,),
            numbering={
                "invoice": NumberPattern("A{seq}"),
                "export": NumberPattern("X-{YY}-{seq:03}"),
            },
        )
    )
    firm = crm.contacts.add_organization(name="ACME")
    order = crm.sales.accept(quoted(crm, firm).id)
    one, two = (crm.sales.bill(order.id, part=k, of=2) for k in (1, 2))
    with pytest.raises(UnknownName):
        crm.sales.issue(one.id, series="exprt")

    numbers = [crm.sales.issue(one.id).number, crm.sales.issue(two.id, series="export").number]

    assert numbers == ["A1", "X-26-001"]
    assert crm.opportunities.find().one().stage == "talk"
    with pytest.raises(UnknownName):
        crm.opportunities.open(title="?", pipeline="shrt")
    with pytest.raises(InvalidValue):
        Settings(pipelines=())


def test_a_quote_without_lines_and_a_payment_without_invoices_are_refused(crm, firm):
    deal = crm.opportunities.open(title="Pumps", account=firm.id)

    with pytest.raises(InvalidValue, match="lines"):
        crm.sales.quote(deal.id, lines=[], valid_until=date(2999, 1, 1))
    with pytest.raises(InvalidValue, match="invoices"):
        crm.sales.pay(amount=Money("1", "EUR"))


def test_one_payment_pays_several_invoices_the_oldest_due_first(crm, firm, clock):
    order = crm.sales.accept(quoted(crm, firm).id)
    late, early = (crm.sales.bill(order.id, part=k, of=2) for k in (1, 2))
    crm.sales.issue(early.id)
    clock.forward(days=3)
    crm.sales.issue(late.id)

    crm.sales.pay(late.id, early.id, amount=early.totals.payable)

    assert crm.sales.invoices.get(early.id).status is InvoiceStatus.PAID
    assert crm.sales.invoices.get(late.id).status is InvoiceStatus.ISSUED


def test_a_closed_crm_and_a_finished_transaction_say_so(opened, clock):
    crm = opened()
    with crm.transaction() as tx:
        firm = tx.contacts.add_organization(name="ACME", at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(Closed):
        tx.contacts.get(firm.id)

    crm.close()
    crm.close()

    with pytest.raises(Closed):
        crm.contacts.get(firm.id)
