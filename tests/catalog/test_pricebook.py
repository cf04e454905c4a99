"""Which price counts: named cases, and a naive oracle that agrees on any lists."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import (
    Price,
    PriceBook,
    PriceEntry,
    PriceList,
    PriceListStatus,
    PriceRequest,
    PriceSource,
    Product,
    UnitFactor,
    price_of,
)
from crmcore.errors import InvalidValue, ManyFaults, NothingFound, UnknownName, WrongType
from crmcore.values import Money

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 3, 1)
ACME, OTHER = UUID(int=901), UUID(int=902)


def euros(amount):
    return Money(amount, "EUR")


def product(number=1, **fields):
    given = {"sku": f"P-{number}", "name": "Pump"} | fields
    return Product(id=UUID(int=number), created_at=NOW, updated_at=NOW, **given)


def price_list(number, *entries, **fields):
    given = {"status": PriceListStatus.ACTIVE, "currency": "EUR"} | fields
    return PriceList(
        id=UUID(int=100 + number),
        created_at=NOW,
        updated_at=NOW,
        code=f"list-{number:02}",
        name="List",
        entries=entries,
        **given,
    )


def entry(price=None, number=1, **fields):
    amount = None if price is None else euros(price)
    return PriceEntry(product=None if number is None else UUID(int=number), price=amount, **fields)


PUMP = product(list_price=euros(100))


def asked(*lists, of=PUMP, on=DAY, currency="EUR", **rest):
    return price_of(of, on, currency, lists=lists, **rest)


def test_a_customer_list_beats_that_of_the_segment_and_the_default():
    own = price_list(1, entry(70), customer=ACME)
    segment = price_list(2, entry(80), segment="dealer")
    given = price_list(3, entry(85))
    default = price_list(4, entry(90), is_default=True)
    lists = (default, given, segment, own)
    who = {"customer": ACME, "segments": ("dealer",), "price_list": "list-03"}

    found = [asked(*lists[: 4 - left], **who) for left in (0, 1)]
    found.append(asked(default, given, price_list="list-03"))
    found.append(asked(*lists))

    assert [each.price_list for each in found] == ["list-01", "list-02", "list-03", "list-04"]
    assert [each.amount for each in found] == [euros(70), euros(80), euros(85), euros(90)]
    assert found[0].source is PriceSource.PRICE_LIST
    assert found[0].entry == own.entries[0]


def test_a_list_without_a_price_asks_the_one_above_it_first():
    parent = price_list(2, entry(75))
    own = price_list(1, entry(1, number=2), customer=ACME, parent=parent.id)
    segment = price_list(3, entry(80), segment="dealer")

    found = asked(own, parent, segment, customer=ACME, segments=["dealer"])

    assert (found.amount, found.price_list) == (euros(75), "list-02")
    assert found.explain() == (
        "price list 'list-01' (of the customer): nothing about P-1\n"
        "price list 'list-02' (above 'list-01'): 75.00 EUR"
    )


def test_the_largest_quantity_that_is_reached_counts():
    breaks = price_list(
        1, entry(9), entry(8, min_quantity=10), entry(7, min_quantity=100), is_default=True
    )

    amounts = [asked(breaks, quantity=many).amount for many in ("9.9999", 10, 99, 100, 5000)]

    assert amounts == [euros(9), euros(8), euros(8), euros(7), euros(7)]


def test_below_the_smallest_quantity_a_list_says_nothing_and_tells_so():
    breaks = price_list(1, entry(8, min_quantity=10), is_default=True)

    found = asked(breaks, quantity=9)

    assert (found.amount, found.source) == (euros(100), PriceSource.LIST_PRICE)
    assert "nothing about P-1 below a quantity of 10" in found.explain()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": PriceListStatus.DRAFT}, "is draft"),
        ({"status": PriceListStatus.RETIRED}, "is retired"),
        ({"currency": "USD"}, "is in USD"),
        ({"valid_until": DAY}, "is not valid on 2026-03-01"),
        ({"valid_from": DAY + timedelta(days=1)}, "is not valid on 2026-03-01"),
    ],
)
def test_a_list_that_does_not_count_is_told_with_its_reason(fields, reason):
    found = asked(price_list(1, is_default=True, **fields))

    assert found.amount == euros(100)
    assert found.trace[0].reason == reason


def test_an_entry_counts_on_its_days_only():
    summer = entry(50, valid_from=DAY, valid_until=DAY + timedelta(days=2))
    found = [
        asked(price_list(1, summer, is_default=True), on=DAY + timedelta(days=n))
        for n in (-1, 0, 1, 2)
    ]

    assert [each.amount for each in found] == [euros(n) for n in (100, 50, 50, 100)]
    assert (found[1].valid_from, found[1].valid_until) == (DAY, DAY + timedelta(days=2))
    assert "that is valid on the day" in found[0].explain()


def test_a_percent_changes_what_is_found_further_up_and_is_rounded_once():
    third = price_list(1, entry(percent="-33.3333"), customer=ACME)
    tenth = price_list(2, entry(percent=10, number=None), is_default=True)

    found = asked(tenth, third, customer=ACME)

    assert found.amount == Money("73.3334", "EUR")  # 100 * 0.666667 * 1.1 = 73.33337
    assert found.base == euros(100)
    assert [each.price_list for each in found.changes] == ["list-01", "list-02"]
    assert found.price_list is None


def test_a_percent_without_a_price_further_up_is_no_price():
    with pytest.raises(NothingFound, match="price of product P-1 in EUR on 2026-03-01"):
        asked(price_list(1, entry(percent=-10), is_default=True), of=product())


def test_what_a_list_names_is_not_changed_by_what_it_says_of_every_product():
    both = price_list(1, entry(percent=-50, number=None), entry(80), is_default=True)

    assert asked(both).amount == euros(80)


def test_a_variant_without_a_price_costs_what_it_is_a_variant_of():
    red = product(2, variant_of=PUMP.id)
    own = price_list(1, entry(70), customer=ACME)

    found = asked(own, of=red, parent=PUMP, customer=ACME)

    assert (found.amount, found.product) == (euros(70), PUMP.id)
    assert "P-2 has no price; it is a variant of P-1" in found.explain()


def test_a_variant_with_a_price_keeps_it():
    red = product(2, variant_of=PUMP.id, list_price=euros(120))

    found = asked(price_list(1, entry(70), is_default=True), of=red, parent=PUMP)

    assert (found.amount, found.product) == (euros(120), red.id)


def test_a_percent_of_every_product_counts_once_for_a_variant():
    red = product(2, variant_of=PUMP.id)
    off = price_list(1, entry(percent=-10, number=None), is_default=True)

    assert asked(off, of=red, parent=PUMP).amount == euros(90)


def test_a_price_of_the_parent_beats_a_percent_of_every_product_in_one_list():
    red = product(2, variant_of=PUMP.id)
    both = price_list(1, entry(percent=-10, number=None), entry(80), is_default=True)

    assert asked(both, of=red, parent=PUMP).amount == euros(80)


@pytest.mark.parametrize(
    ("parent", "told"),
    [
        (None, "what it is a variant of is not known"),
        (product(list_price=euros(1), unit="KGM"), "is priced by KGM"),
    ],
)
def test_a_variant_whose_parent_does_not_help_has_no_price(parent, told):
    red = product(2, variant_of=PUMP.id)
    book = PriceBook.of(
        PriceRequest(on=DAY, currency="EUR"), (), () if parent is None else [parent]
    )

    with pytest.raises(NothingFound):
        book.price(red)

    assert told in book.explain(red)


def test_a_further_unit_costs_so_many_of_the_product_and_counts_as_so_many():
    boxed = product(
        list_price=euros("1.25"), units=(UnitFactor("CT", 12), UnitFactor("GRM", "0.5"))
    )
    breaks = price_list(1, entry(1, min_quantity=24), is_default=True)

    one = asked(breaks, of=boxed, unit="CT")
    two = asked(breaks, of=boxed, unit="CT", quantity=2)

    assert (one.amount, one.unit, one.base) == (euros(15), "CT", euros("1.25"))
    assert two.amount == euros(12)
    assert asked(of=boxed, unit="GRM").amount == euros("0.625")


def test_a_price_that_cannot_be_told_exactly_is_refused():
    milk = product(list_price=euros("3.99"), unit="KGM", units=(UnitFactor("GRM", "0.001"),))

    with pytest.raises(InvalidValue, match="unit: the price of one GRM has more than 4 places"):
        asked(of=milk, unit="GRM")


def test_an_unknown_unit_or_list_is_named():
    with pytest.raises(UnknownName, match="unit called 'CT'"):
        asked(unit="CT")
    with pytest.raises(UnknownName, match=r"price list called 'list-99'.*list-0"):
        asked(price_list(1), price_list="list-99")


def test_lists_that_stand_above_each_other_are_looked_at_once():
    one = price_list(1, is_default=True, parent=UUID(int=102))
    two = price_list(2, parent=one.id)

    found = asked(one, two)

    assert [str(step) for step in found.trace[:3]] == [
        "price list 'list-01' (default): nothing about P-1",
        "price list 'list-02' (above 'list-01'): nothing about P-1",
        "price list 'list-01' (above 'list-02'): was looked at already",
    ]


def test_a_chain_ends_after_ten_lists_and_where_one_is_not_there():
    tower = [price_list(n, parent=UUID(int=101 + n)) for n in range(12)]

    found = asked(*tower, price_list="list-00")
    torn = asked(price_list(0, is_default=True, parent=UUID(int=101)))

    assert "price list 'list-10' (above 'list-09'): stands above 10 others" in found.explain()
    assert "the list above it is not there" in torn.explain()


def test_a_list_that_does_not_count_passes_nothing_on():
    over = price_list(2, entry(50))
    retired = price_list(1, customer=ACME, parent=over.id, status=PriceListStatus.RETIRED)

    assert asked(retired, over, customer=ACME).amount == euros(100)


def test_of_two_lists_for_one_customer_the_first_code_counts():
    lists = [price_list(n, entry(n), customer=ACME) for n in (3, 1, 2)]

    assert asked(*lists, customer=ACME).price_list == "list-01"


def test_a_list_of_another_customer_is_never_looked_at():
    found = asked(price_list(1, entry(1), customer=OTHER), customer=ACME)

    assert found.amount == euros(100)
    assert "list-01" not in found.explain()


def test_a_request_tells_all_its_faults():
    with pytest.raises(ManyFaults) as caught:
        PriceRequest(on=DAY, currency="euro", quantity=-1)

    assert [each.field for each in caught.value.faults] == ["currency", "quantity"]
    with pytest.raises(WrongType, match="segments"):
        PriceRequest(on=DAY, currency="EUR", segments="dealer")


def test_a_book_prices_each_line_by_its_own_quantity():
    breaks = price_list(1, entry(9), entry(8, min_quantity=10), is_default=True)
    book = PriceBook.of(PriceRequest(on=DAY, currency="EUR"), [breaks])

    assert [book.price(PUMP, many).amount for many in (1, 10)] == [euros(9), euros(8)]
    with pytest.raises(InvalidValue, match="quantity"):
        book.price(PUMP, -1)


def test_a_found_price_is_a_table():
    shown = asked(price_list(1, entry(9), is_default=True))._repr_html_()

    assert "9.00 EUR by list-01" in shown
    assert "&#x27;list-01&#x27;" in shown


# --- the oracle ----------------------------------------------------------------------------------

PRODUCTS = (1, 2, None)
DAYS = st.integers(-2, 2).map(lambda n: DAY + timedelta(days=n))


@st.composite
def entries(draw):
    number = draw(st.sampled_from(PRODUCTS))
    least = draw(st.integers(0, 3)) * 5
    start = draw(st.none() | DAYS)
    end = draw(st.none() | st.just((start or DAY) + timedelta(days=1)))
    window = {"min_quantity": least, "valid_from": start, "valid_until": end}
    if number is None or draw(st.booleans()):
        return entry(number=number, percent=draw(st.integers(-100, 100)), **window)
    return entry(draw(st.integers(0, 99)), number=number, **window)


def apart(drawn):
    """Entries no two of which say something of one product and quantity."""
    return tuple({each.place[:2]: each for each in drawn}.values())


@st.composite
def lists(draw):
    made = []
    for number in range(draw(st.integers(0, 5))):
        whom = draw(
            st.sampled_from(
                [{}, {"customer": ACME}, {"segment": "a"}, {"segment": "b"}, {"is_default": True}]
            )
        )
        up = draw(st.none() | st.integers(0, 4).filter(lambda n, own=number: n != own))
        made.append(
            price_list(
                number,
                *apart(draw(st.lists(entries(), max_size=4))),
                currency="EUR",
                status=draw(st.sampled_from(PriceListStatus)),
                parent=None if up is None else UUID(int=100 + up),
                valid_from=draw(st.none() | DAYS),
                **whom,
            )
        )
    return draw(st.permutations(made))


@st.composite
def goods(draw, number, **fields):
    dated = draw(st.none() | st.integers(1, 99))
    listed = draw(st.none() | st.integers(1, 99))
    return product(
        number,
        prices=() if dated is None else (Price(amount=euros(dated), valid_from=DAY),),
        list_price=None if listed is None else euros(listed),
        **fields,
    )


def in_turn(given, segments):
    """The lists that count, one after the other, as slowly as can be."""
    by_id, turn = {each.id: each for each in given}, []
    firsts = [each for each in given if each.customer == ACME]
    groups = [firsts, *([e for e in given if e.segment == s] for s in segments)]
    groups.append([each for each in given if each.is_default])
    for group in groups:
        for first in sorted(group, key=lambda each: each.code):
            current = first
            while (
                current is not None
                and current not in turn
                and current.status == "active"
                and current.covers(DAY)
            ):
                turn.append(current)
                current = by_id.get(current.parent)
    return turn


def oracle(of, parent, turn, quantity):
    def said(each, id):
        fits = [e for e in each.entries if e.product == id and e.covers(DAY)]
        fits = [e for e in fits if e.min_quantity <= quantity]
        return sorted(fits, key=lambda e: e.min_quantity)[-1:]

    def price(subject, rest):
        if not rest:
            for dated in subject.prices:
                return Fraction(dated.amount.amount)
            if subject.list_price is not None:
                return Fraction(subject.list_price.amount)
            return price(parent, turn) if subject is of else None
        found = said(rest[0], subject.id)
        if not found and subject is of and not said(rest[0], parent.id):
            found = said(rest[0], None)
        if not found:
            return price(subject, rest[1:])
        if found[0].price is not None:
            return Fraction(found[0].price.amount)
        below = price(subject, rest[1:])
        return None if below is None else below * (100 + Fraction(found[0].percent)) / 100

    return price(of, turn)


@given(st.data(), lists(), st.sampled_from([(), ("a",), ("b", "a")]), st.integers(0, 20))
def test_the_price_found_is_that_of_a_naive_search(data, given_lists, segments, quantity):
    parent = data.draw(goods(1))
    of = data.draw(goods(2, variant_of=parent.id))
    request = PriceRequest(
        on=DAY, currency="EUR", customer=ACME, segments=segments, quantity=quantity
    )
    expected = oracle(of, parent, in_turn(given_lists, segments), quantity)

    try:
        found = PriceBook.of(request, given_lists, [parent]).price(of)
    except NothingFound:
        assert expected is None
        return

    assert expected is not None
    assert abs(Fraction(found.amount.amount) - expected) <= Fraction(1, 20000)
    assert found.amount.amount >= Decimal(0)
    assert found.trace[-1].counted


@given(lists(), st.randoms(use_true_random=False))
def test_the_order_in_which_lists_come_does_not_matter(given_lists, chance):
    shuffled = [*given_lists]
    chance.shuffle(shuffled)
    request = PriceRequest(on=DAY, currency="EUR", customer=ACME, segments=("a", "b"))

    one, two = (PriceBook.of(request, each) for each in (given_lists, shuffled))

    assert one.price(PUMP) == two.price(PUMP)
    assert one.explain(PUMP) == two.explain(PUMP)
