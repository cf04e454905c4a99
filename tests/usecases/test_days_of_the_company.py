"""A deal is engaged, advanced and closed on days of the company, however late it is in Greenwich."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import crmcore
from crmcore import LineDraft, LostReason, Money, OpportunityStatus

PUMP = LineDraft(description="Pump", quantity=1, unit_price=Money("10", "EUR"))
MOMENTS = [
    ("America/Los_Angeles", datetime(2026, 3, 2, 3, tzinfo=UTC), date(2026, 3, 1)),
    ("America/Los_Angeles", datetime(2027, 1, 1, 3, tzinfo=UTC), date(2026, 12, 31)),
    ("America/Los_Angeles", datetime(2027, 1, 1, 8, tzinfo=UTC), date(2027, 1, 1)),
    ("Pacific/Auckland", datetime(2026, 3, 2, 12, tzinfo=UTC), date(2026, 3, 3)),
    ("Pacific/Auckland", datetime(2026, 12, 31, 10, tzinfo=UTC), date(2026, 12, 31)),
    ("Pacific/Auckland", datetime(2026, 12, 31, 12, tzinfo=UTC), date(2027, 1, 1)),
]
anywhere = pytest.mark.parametrize(("zone", "moment", "today"), MOMENTS)


def company(opened, clock, zone, moment):
    clock.present = moment
    return opened(settings=crmcore.Settings(zone=ZoneInfo(zone)))


@anywhere
def test_a_deal_opened_in_a_later_stage_can_be_won_at_once(opened, clock, zone, moment, today):
    crm = company(opened, clock, zone, moment)
    deal = crm.opportunities.open(title="Pumps", stage="engaging")

    won = crm.opportunities.win(deal.id)

    assert (won.engaged_on, won.closed_on) == (today, today)


@anywhere
def test_a_deal_advanced_today_can_be_lost_today(opened, clock, zone, moment, today):
    crm = company(opened, clock, zone, moment)
    deal = crm.opportunities.open(title="Pumps", at=moment - timedelta(days=9))
    crm.opportunities.advance(deal.id, to="proposal")

    lost = crm.opportunities.lose(deal.id, reason=LostReason.PRICE)

    assert (lost.engaged_on, lost.closed_on) == (today, today)


@anywhere
def test_a_lead_becomes_an_order_within_one_day(opened, clock, zone, moment, today):
    crm = company(opened, clock, zone, moment)
    firm = crm.contacts.add_organization(name="ACME GmbH")
    crm.leads.capture(firm.id, source="fair")
    deal = crm.leads.convert(firm.id, title="Pumps")
    quote = crm.sales.quote(deal.id, lines=[PUMP], valid_until=today)

    crm.sales.accept(quote.id)

    won = crm.opportunities.get(deal.id)
    assert (won.status, won.closed_on) == (OpportunityStatus.WON, today)
    assert won.engaged_on == min(today, moment.date())
    assert crm.kpi("won_deals", during=str(today.year)).total.value == 1
