"""Many threads on one SQLite file: nothing lost, nothing twice, no gap, nobody locked out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import crmcore
from crmcore import F, InvoiceStatus, LineDraft, Money

THREADS, EACH = 8, 40
LINE = LineDraft(description="Pump", quantity=1, unit_price=Money("100", "EUR"))


def convert(crm, name):
    """From a lead to an issued invoice, in five commands of their own."""
    firm = crm.contacts.add_organization(name=name)
    crm.leads.capture(firm.id, source="import")
    deal = crm.leads.convert(firm.id, title=name, key=name)
    quote = crm.sales.quote(deal.id, lines=[LINE], valid_until=date(2999, 1, 1))
    order = crm.sales.accept(quote.id, key=name)
    return crm.sales.issue(crm.sales.bill(order.id, key=name).id).number


def test_eight_threads_of_forty_conversions(tmp_path):
    with crmcore.open(f"sqlite:///{tmp_path}/crm.db") as crm, ThreadPoolExecutor(THREADS) as pool:
        names = [f"firm {n}" for n in range(THREADS * EACH)]

        numbers = list(pool.map(lambda name: convert(crm, name), names))

        year = numbers[0][4:8]
        assert sorted(numbers) == [f"INV-{year}-{n:05}" for n in range(1, THREADS * EACH + 1)]
        assert crm.sales.invoices.find(F.status == InvoiceStatus.ISSUED).count() == THREADS * EACH
        assert crm.opportunities.find(F.status == "won").count() == THREADS * EACH


def test_racers_with_one_key_get_one_answer(tmp_path):
    with crmcore.open(f"sqlite:///{tmp_path}/crm.db") as crm, ThreadPoolExecutor(THREADS) as pool:
        keys = [f"key {n}" for n in range(20)] * THREADS

        made = list(pool.map(lambda key: crm.contacts.add_organization(name=key, key=key).id, keys))

        assert len(set(made)) == 20
        assert crm.contacts.find().count() == 20


def test_racers_never_bill_more_than_was_ordered(tmp_path):
    with crmcore.open(f"sqlite:///{tmp_path}/crm.db") as crm, ThreadPoolExecutor(2) as pool:
        firm = crm.contacts.add_organization(name="ACME")
        orders = []
        for n in range(20):
            deal = crm.opportunities.open(title=f"{n}", account=firm.id)
            line = LineDraft(description="Pump", quantity=100, unit_price=Money("1", "EUR"))
            quote = crm.sales.quote(deal.id, lines=[line], valid_until=date(2999, 1, 1))
            orders.append(crm.sales.accept(quote.id))

        def bill(order):
            try:
                return crm.sales.bill(order.id, lines={order.lines[0].id: 60}).id
            except crmcore.NotAllowed:
                return None

        billed = list(pool.map(bill, [each for order in orders for each in (order, order)]))

        assert sum(isinstance(each, UUID) for each in billed) == len(orders)
        assert all(o.lines[0].invoiced_quantity == 60 for o in crm.sales.orders.find())
