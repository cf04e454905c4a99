"""The laws of invoices as pure functions: they tell a breach exactly where there is one."""

from decimal import Decimal
from uuid import UUID

import attrs
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.cases import ACCOUNT, AT, billed

from crmcore.checking import Counters
from crmcore.sales import Invoice, InvoiceStatus, Order, OrderLine, totals_of
from crmcore.sales.agreement import net_breaches, total_breaches
from crmcore.sales.invoices.invariants import invoice_breaches, number_breaches
from crmcore.sales.invoices.order_agreement import belonging_breaches, billing_breaches
from crmcore.values import Money

SERIES = ("invoice", "2026")


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
