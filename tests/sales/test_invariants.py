"""The laws of sales as pure functions: they tell a breach exactly where there is one."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import attrs
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.checking import Counters
from crmcore.errors import CrmError
from crmcore.sales import (
    Invoice,
    InvoiceStatus,
    Order,
    OrderLine,
    Quote,
    invoice_from_order,
    line_net,
    order_from_quote,
    totals_of,
    withdraw,
)
from crmcore.sales.invariants import (
    belonging_breaches,
    billing_breaches,
    invoice_breaches,
    net_breaches,
    number_breaches,
    quote_breaches,
    total_breaches,
)
from crmcore.sales.lines import QuoteLine
from crmcore.values import CountedIds, Money, Share

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ACCOUNT = UUID(int=7)
SERIES = ("invoice", "2026")


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    """Quotes with lines of any price, quantity, discount and rate."""
    lines: list[QuoteLine] = []
    for number in range(draw(st.integers(1, 3))):
        quantity = Decimal(draw(st.integers(1, 10**6))).scaleb(-2)
        price = Money(Decimal(draw(st.integers(0, 10**7))).scaleb(-3), "EUR")
        discount = Share(Decimal(draw(st.integers(0, 100))).scaleb(-2))
        lines.append(
            QuoteLine(
                id=UUID(int=100 + number),
                description="Part",
                quantity=quantity,
                unit_price=price,
                discount=discount,
                vat_category=VatCategory.S,
                vat_rate=Share(draw(st.sampled_from(["0.19", "0.07"]))),
                net=line_net(quantity, price, discount),
            )
        )
    return Quote(
        id=UUID(int=1),
        created_at=AT,
        updated_at=AT,
        account=ACCOUNT,
        currency="EUR",
        lines=tuple(lines),
        totals=totals_of(lines, "EUR"),
        valid_until=date(2999, 1, 1),
    )


@st.composite
def billed(draw: st.DrawFn) -> tuple[Order, list[Invoice]]:
    """Orders some of which is billed, in any parts, some of it withdrawn again."""
    ids, quote = CountedIds(), draw(quotes())
    placed = order_from_quote(quote, UUID(int=2), [ids.new() for _ in quote.lines], AT)
    order, invoices = placed.order.entity, list[Invoice]()
    for _ in range(draw(st.integers(0, 6))):
        line = draw(st.sampled_from(order.lines))
        way = draw(st.sampled_from(["all", "part", "quantity", "withdraw"]))
        part = order.instalments_billed + 1
        ways = {
            "part": {"part": part, "of": 4},
            "quantity": {
                "quantities": {line.id: draw(st.sampled_from([line.quantity, Decimal(1)]))}
            },
        }
        try:
            if way == "withdraw" and invoices:
                done = withdraw(invoices[-1], order, AT)
                invoices[-1] = done.invoice.entity
            else:
                new = [ids.new() for _ in order.lines]
                done = invoice_from_order(order, ids.new(), new, AT, **ways.get(way, {}))
                invoices.append(done.invoice.entity)
        except CrmError:
            continue
        order = done.order.entity
    return order, invoices


@given(billed())
def test_however_an_order_is_billed_nothing_is_broken(case: tuple[Order, list[Invoice]]) -> None:
    order, invoices = case

    assert [*billing_breaches(order, invoices)] == []
    assert [*total_breaches(order), *net_breaches(order)] == []
    for invoice in invoices:
        assert [*total_breaches(invoice), *invoice_breaches(invoice)] == []
        assert [*belonging_breaches(invoice, [order])] == []


@given(billed())
def test_an_invoice_more_or_less_than_the_order_knows_of_is_a_breach(
    case: tuple[Order, list[Invoice]],
) -> None:
    order, invoices = case
    standing = [each for each in invoices if each.status is not InvoiceStatus.WITHDRAWN]

    for number in range(len(standing)):
        others = [*standing[:number], *standing[number + 1 :]]
        assert [*billing_breaches(order, others)] != []
        assert [*billing_breaches(order, [*standing, standing[number]])] != []


@given(billed(), st.sampled_from(["invoiced_quantity", "invoiced_net"]))
def test_a_ledger_that_says_something_else_is_a_breach(
    case: tuple[Order, list[Invoice]], ledger: str
) -> None:
    order, invoices = case
    first: OrderLine = order.lines[0]
    nothing = {"invoiced_quantity": Decimal(0), "invoiced_net": Money.zero("EUR")}
    everything = {"invoiced_quantity": first.quantity, "invoiced_net": first.net}

    for other in (nothing, everything):
        changed = attrs.evolve(first, **{ledger: other[ledger]})
        broken = attrs.evolve(order, lines=(changed, *order.lines[1:]))
        found = [*billing_breaches(broken, invoices)]
        assert bool(found) is (changed != first)


@given(quotes())
def test_a_quote_becomes_one_order_as_offered(quote: Quote) -> None:
    ids = CountedIds()
    placed = order_from_quote(quote, UUID(int=2), [ids.new() for _ in quote.lines], AT)
    accepted, order = placed.quote.entity, placed.order.entity

    assert [*quote_breaches(quote, []), *quote_breaches(accepted, [order])] == []
    assert [*quote_breaches(quote, [order])] != []
    assert [*quote_breaches(accepted, [])] != []
    assert [*quote_breaches(accepted, [order, order])] != []
    assert [*quote_breaches(accepted, [attrs.evolve(order, account=UUID(int=8))])] != []


def numbered(sequences: list[int]) -> list[Invoice]:
    """Invoices with these numbers, as they pass by."""
    empty = totals_of((), "EUR")
    return [
        Invoice(
            id=UUID(int=1000 + place),
            created_at=AT,
            updated_at=AT,
            account=ACCOUNT,
            currency="EUR",
            lines=(),
            totals=empty,
            paid=Money.zero("EUR"),
            series=SERIES[0],
            period=SERIES[1],
            sequence=sequence,
        )
        for place, sequence in enumerate(sorted(sequences))
    ]


@given(st.lists(st.integers(1, 8), max_size=8), st.integers(0, 9))
def test_numbers_are_whole_exactly_when_they_run_from_one_to_the_counter(
    sequences: list[int], drawn: int
) -> None:
    counters = Counters(drawn={SERIES: drawn} if drawn else {}, series=frozenset({SERIES[0]}))

    found = [*number_breaches(numbered(sequences), counters)]

    assert (found == []) is (sorted(sequences) == [*range(1, drawn + 1)])


@given(st.lists(st.integers(1, 8), max_size=8), st.integers(0, 9))
def test_where_gaps_are_allowed_only_repeats_and_a_counter_behind_are_told(
    sequences: list[int], drawn: int
) -> None:
    name = frozenset({SERIES[0]})
    counters = Counters(drawn={SERIES: drawn} if drawn else {}, series=name, gapped=name)

    found = [*number_breaches(numbered(sequences), counters)]

    distinct = len({*sequences}) == len(sequences)
    assert (found == []) is (distinct and max(sequences, default=0) <= drawn)
