"""A deal, and the papers it leads to, made by the pure verbs."""

from datetime import UTC, date, datetime, timedelta

from crmcore.catalog import add_product
from crmcore.opportunities import Opportunity
from crmcore.sales import LineDraft, draft_quote, invoice_from_order, order_from_quote
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TODAY = NOW.date()
IDS = CountedIds()
PUMP = add_product(IDS.new(), sku="P-1", name="Pump", list_price=Money(100, "EUR"), at=NOW).entity
DEAL = Opportunity(
    id=IDS.new(),
    created_at=NOW,
    updated_at=NOW,
    title="Pumps 2026",
    account=IDS.new(),
    contact=IDS.new(),
    pipeline="sales",
    stage="proposal",
    probability=Share("0.5"),
)


def quoted(valid_until=date(2026, 3, 31), price=None, opportunity=DEAL, **fields):
    draft = LineDraft(quantity=3, product=PUMP.id, unit_price=price)
    return draft_quote(
        IDS.new(),
        opportunity=opportunity,
        drafts=[draft],
        products={PUMP.id: PUMP},
        line_ids=[IDS.new()],
        valid_until=valid_until,
        currency="EUR",
        at=NOW,
        **fields,
    )


def ordered(price=None):
    return order_from_quote(quoted(price=price).entity, IDS.new(), [IDS.new()], NOW).order.entity


def drafted(price=None):
    return invoice_from_order(ordered(price), IDS.new(), [IDS.new()], NOW).invoice.entity
