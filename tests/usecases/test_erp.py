"""``crm.erp``: orders go out under one key, facts come in once, and nothing is swallowed."""

from datetime import UTC, date, datetime

import pytest

import crmcore
from crmcore import LineDraft, Money
from crmcore.erp import (
    ErpInvoiceStatus,
    FactState,
    InvoiceFact,
    LinkState,
    PriceFact,
    Refused,
    StockFact,
    Told,
)

FAR = date(2999, 1, 1)
THEN = datetime(2026, 3, 1, tzinfo=UTC)


class Books:
    """A small ERP: it knows what it was given, tells what it has, and fails when told to."""

    system = "books"

    def __init__(self, *facts):
        self.orders = {}
        self.calls = 0
        self.trouble = None
        self.facts = list(facts)

    def place(self, order, account, key):
        self.calls += 1
        if self.trouble is not None:
            raise self.trouble
        assert account.id == order.account
        return self.orders.setdefault(key, f"SO-{len(self.orders) + 1}")

    def told(self, cursor, limit):
        start = int(cursor or 0)
        some = self.facts[start : start + limit]
        return Told(facts=some, cursor=str(start + len(some)))


@pytest.fixture
def ordered(crm):
    """What makes an order of a new firm."""

    def ordered():
        firm = crm.contacts.add_organization(name="ACME GmbH")
        deal = crm.opportunities.open(title="Pumps", account=firm.id)
        line = LineDraft(description="Pump", quantity=1, unit_price=Money("100", "EUR"))
        quote = crm.sales.quote(deal.id, lines=[line], valid_until=FAR)
        return crm.sales.accept(quote.id)

    return ordered


def price(amount, version, sku="P-1"):
    return PriceFact(sku=sku, amount=Money(amount, "EUR"), version=version)


def test_an_order_goes_out_once_however_often_it_is_handed_over(crm, ordered):
    books, order = Books(), ordered()
    crm.erp.queue(order.id, "books")
    crm.erp.queue(order.id, "books")

    done = crm.erp.hand_over(books)
    again = crm.erp.hand_over(books)

    assert done.linked == {order.id: "SO-1"}
    assert (again.linked, books.calls) == ({}, 1)
    (link,) = crm.erp.links.find()
    assert (link.state, link.number, link.attempts) == (LinkState.LINKED, "SO-1", 1)


def test_all_open_orders_are_queued_but_none_twice(crm, ordered):
    first = ordered()
    crm.erp.queue(first.id, "books")
    ordered()
    seen = []

    assert crm.erp.queue_open("books", progress=lambda done, total: seen.append((done, total))) == 1
    assert crm.erp.queue_open("books") == 0
    assert seen == [(2, 2)]


def test_what_could_not_be_delivered_is_tried_again(crm, ordered):
    books, order = Books(), ordered()
    crm.erp.queue(order.id, "books")
    books.trouble = ConnectionError("no route")

    missed = crm.erp.hand_over(books)
    books.trouble = None
    done = crm.erp.hand_over(books)

    assert missed.missed == {order.id: "ConnectionError: no route"}
    assert f"{order.id}: missed: ConnectionError: no route" in missed.explain()
    assert done.linked == {order.id: "SO-1"}
    (link,) = crm.erp.links.find()
    assert (link.attempts, link.fault) == (2, None)


def test_a_refused_order_waits_until_somebody_mends_it(crm, ordered):
    books, order = Books(), ordered()
    crm.erp.queue(order.id, "books")
    books.trouble = Refused("customer is blocked")

    refused = crm.erp.hand_over(books)
    ignored = crm.erp.hand_over(books)
    books.trouble = None
    crm.erp.retry(order.id, "books")

    assert refused.refused == {order.id: "customer is blocked"}
    assert (ignored.refused, books.calls) == ({}, 1)
    assert crm.erp.hand_over(books).linked == {order.id: "SO-1"}
    with pytest.raises(crmcore.NotAllowed):
        crm.erp.retry(order.id, "books")
    with pytest.raises(crmcore.NotFound):
        crm.erp.retry(order.id, "others")


def test_prices_and_stock_come_in_and_older_versions_change_nothing(crm):
    product = crm.catalog.add_product(sku="P-1", name="Pump")
    books = Books(
        price("10", 1),
        price("12", 3),
        price("11", 2),
        StockFact(sku="P-1", quantity="7.5", told_at=THEN, version=1),
    )

    done = crm.erp.pull(books, limit=2)

    assert (done.taken, done.stale, done.parked) == (3, 1, ())
    assert crm.catalog.get(product.id).list_price == Money("12", "EUR")
    (stock,) = crm.erp.stock.find()
    assert (stock.product, str(stock.quantity)) == (product.id, "7.5")


def test_facts_are_read_on_from_where_they_were(crm):
    crm.catalog.add_product(sku="P-1", name="Pump")
    books = Books(price("10", 1))
    crm.erp.pull(books)
    books.facts.append(price("11", 2))

    done = crm.erp.pull(books)

    assert (done.taken, done.stale) == (1, 0)


def test_what_cannot_be_taken_in_is_parked_and_replayed(crm):
    books = Books(price("10", 1, sku="NEW"))

    done = crm.erp.pull(books)
    still = crm.erp.replay("books")
    product = crm.catalog.add_product(sku="NEW", name="Pump")
    mended = crm.erp.replay("books")

    assert done.parked == (("NEW in EUR", "there is no product NEW"),)
    assert "parked NEW in EUR: there is no product NEW" in done.explain()
    assert len(still.parked) == 1
    assert (mended.taken, mended.parked) == (1, ())
    assert crm.catalog.get(product.id).list_price == Money("10", "EUR")
    (fact,) = crm.erp.facts.find()
    assert (fact.state, fact.tries, fact.fact) == (FactState.TAKEN, 2, None)


def test_the_status_of_an_invoice_comes_in_for_its_order(crm, ordered):
    books, order = Books(), ordered()
    crm.erp.queue(order.id, "books")
    crm.erp.hand_over(books)
    told = {
        "order": "SO-1",
        "number": "R-9",
        "issued_on": date(2026, 3, 1),
        "gross": Money("119", "EUR"),
    }
    books.facts += [
        InvoiceFact(**told, status=ErpInvoiceStatus.OPEN, paid=Money("0", "EUR"), version=1),
        InvoiceFact(**told, status=ErpInvoiceStatus.PAID, paid=Money("119", "EUR"), version=2),
    ]

    crm.erp.pull(books)

    (bill,) = crm.erp.invoices.find()
    assert (bill.order, bill.status, bill.paid) == (
        order.id,
        ErpInvoiceStatus.PAID,
        Money("119", "EUR"),
    )
    assert crm.check().is_clean


def test_a_system_that_does_not_go_on_is_told(crm):
    class Stuck(Books):
        def told(self, cursor, limit):
            return Told(facts=[price("1", 1)], cursor=None)

    with pytest.raises(crmcore.NotValid, match="did not go on"):
        crm.erp.pull(Stuck())
    with pytest.raises(crmcore.NotValid, match="limit"):
        crm.erp.pull(Books(), limit=0)


@pytest.mark.parametrize("version", [-1, "1", 1.0, True])
def test_a_fact_has_a_version(version):
    with pytest.raises(crmcore.NotValid, match="version"):
        price("1", version)
