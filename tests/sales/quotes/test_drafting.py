from datetime import UTC, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import (
    Component,
    Discount,
    ProductKind,
    Surcharge,
    UnitFactor,
    VatCategory,
    add_product,
    discontinue,
    set_price,
)
from crmcore.errors import (
    CurrencyMismatch,
    FaultAt,
    InvalidValue,
    ManyFaults,
    NotFound,
    NotValid,
    ReferenceNotFound,
)
from crmcore.sales import LineDraft
from crmcore.sales.lines import MAX_LINES
from crmcore.sales.quotes.drafting import quote_lines
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
IDS = CountedIds()
PUMP = add_product(
    IDS.new(), sku="P-1", name="Pump", unit="KGM", list_price=Money("70.125", "EUR"), at=NOW
).entity
BOOK = add_product(
    IDS.new(),
    sku="B-1",
    name="Book",
    vat_rate=Share("0.07"),
    list_price=Money("20", "EUR"),
    at=NOW,
).entity
OLD = discontinue(
    add_product(IDS.new(), sku="O-1", name="Old", list_price=Money("1", "EUR"), at=NOW).entity, NOW
).entity
ABROAD = add_product(
    IDS.new(), sku="U-1", name="Abroad", list_price=Money("1", "USD"), at=NOW
).entity
PRODUCTS = {each.id: each for each in (PUMP, BOOK, OLD, ABROAD)}


def lines_of(*drafts, products=PRODUCTS):
    ids = [IDS.new() for _ in drafts]
    return quote_lines(drafts, products, ids, currency="EUR", on=TODAY)


def faults_of(*drafts):
    with pytest.raises((NotValid, NotFound)) as caught:
        lines_of(*drafts)
    error = caught.value
    return error.faults if isinstance(error, ManyFaults) else (error,)


def test_what_a_draft_leaves_open_comes_from_the_product():
    (line,) = lines_of(LineDraft(quantity=10, product=PUMP.id))

    assert (line.product, line.description, line.unit) == (PUMP.id, "Pump", "KGM")
    assert (line.vat_category, line.vat_rate) == (VatCategory.S, Share("0.19"))
    assert line.unit_price == Money("70.125", "EUR")
    assert line.net == Money("701.25", "EUR")


def test_what_a_draft_says_beats_the_product():
    draft = LineDraft(
        quantity="2.5",
        product=PUMP.id,
        description="Pump, used",
        unit="C62",
        unit_price=Money("100", "EUR"),
        discount=Share("0.1"),
        vat_rate=Share("0.07"),
    )

    (line,) = lines_of(draft)

    assert (line.description, line.unit, line.vat_rate) == ("Pump, used", "C62", Share("0.07"))
    assert line.net == Money("225", "EUR")


def test_the_price_is_that_of_the_day():
    dated = set_price(PUMP, Money("60", "EUR"), NOW, valid_from=TODAY).entity
    draft = LineDraft(quantity=1, product=PUMP.id)

    (line,) = lines_of(draft, products={PUMP.id: dated})

    assert line.unit_price == Money("60", "EUR")


def test_a_free_line_is_one_piece_at_the_standard_rate():
    (line,) = lines_of(LineDraft(quantity=1, description="Travel", unit_price=Money("50", "EUR")))

    assert (line.product, line.unit, line.vat_rate) == (None, "C62", Share("0.19"))


@given(st.sampled_from(VatCategory), st.sampled_from([PUMP, BOOK]))
def test_another_category_brings_the_rate_that_fits_it(category, product):
    (line,) = lines_of(LineDraft(quantity=1, product=product.id, vat_category=category))

    own = product.vat_rate
    assert line.vat_rate == (own if category is VatCategory.S else Share(0))


def test_lines_keep_their_order_and_get_their_ids():
    ids = [IDS.new() for _ in range(3)]
    drafts = [LineDraft(quantity=at + 1, product=BOOK.id) for at in range(3)]

    lines = quote_lines(drafts, PRODUCTS, ids, currency="EUR", on=TODAY)

    assert [(each.id, each.quantity) for each in lines] == list(
        zip(ids, [Decimal(1), Decimal(2), Decimal(3)], strict=True)
    )


@pytest.mark.parametrize(
    ("draft", "kind", "field"),
    [
        (LineDraft(quantity=0, product=PUMP.id), InvalidValue, "quantity"),
        (LineDraft(quantity=-1, product=PUMP.id), InvalidValue, "quantity"),
        (LineDraft(quantity=1, product=OLD.id), InvalidValue, "product"),
        (LineDraft(quantity=1, product=IDS.new()), ReferenceNotFound, "product"),
        (LineDraft(quantity=1, product=ABROAD.id), InvalidValue, "unit_price"),
        (
            LineDraft(quantity=1, product=PUMP.id, unit_price=Money(1, "USD")),
            CurrencyMismatch,
            "unit_price",
        ),
        (
            LineDraft(quantity=1, product=PUMP.id, unit_price=Money(-1, "EUR")),
            InvalidValue,
            "unit_price",
        ),
        (LineDraft(quantity=1, description="x"), InvalidValue, "unit_price"),
        (LineDraft(quantity=1, unit_price=Money(1, "EUR")), InvalidValue, "description"),
        (
            LineDraft(
                quantity=1, product=PUMP.id, vat_category=VatCategory.K, vat_rate=Share("0.19")
            ),
            InvalidValue,
            "vat_rate",
        ),
        (LineDraft(quantity=1, product=PUMP.id, vat_rate=Share(0)), InvalidValue, "vat_rate"),
        (
            LineDraft(quantity="9" * 14, product=PUMP.id, unit_price=Money("9" * 14, "EUR")),
            InvalidValue,
            "net",
        ),
    ],
)
def test_a_fault_names_its_line_and_field(draft, kind, field):
    good = LineDraft(quantity=1, product=BOOK.id)

    (fault,) = faults_of(good, draft)

    assert type(fault) is kind
    assert fault.field == f"lines[1].{field}"


def test_all_faults_of_all_lines_are_told_at_once():
    faults = faults_of(
        LineDraft(quantity=0, unit_price=Money(1, "USD"), vat_rate=Share(0)),
        LineDraft(quantity=1, product=BOOK.id),
        LineDraft(quantity=-1, product=PUMP.id),
    )

    assert [fault.field for fault in faults] == [
        "lines[0].description",
        "lines[0].quantity",
        "lines[0].unit_price",
        "lines[0].vat_rate",
        "lines[2].quantity",
    ]


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_exactly_the_faulty_lines_are_told(good):
    drafts = [LineDraft(quantity=1 if each else 0, product=BOOK.id) for each in good]

    if all(good):
        assert len(lines_of(*drafts)) == len(good)
    else:
        bad = [f"lines[{at}].quantity" for at, each in enumerate(good) if not each]
        assert [fault.field for fault in faults_of(*drafts)] == bad


def test_a_quote_has_lines():
    with pytest.raises(InvalidValue) as caught:
        lines_of()

    assert caught.value.field == "lines"


def test_a_quote_has_so_many_lines_at_most():
    draft = LineDraft(quantity=1, product=BOOK.id)

    with pytest.raises(InvalidValue, match=f"at most {MAX_LINES} lines") as caught:
        lines_of(*[draft] * (MAX_LINES + 1))

    assert caught.value.field == "lines"


def test_every_line_needs_an_id():
    with pytest.raises(InvalidValue) as caught:
        quote_lines(
            [LineDraft(quantity=1, product=BOOK.id)], PRODUCTS, [], currency="EUR", on=TODAY
        )

    assert caught.value.field == "line_ids"


# --- what comes from price book and product besides ----------------------------------------------


def test_the_record_that_gave_the_price_is_named():
    dated = set_price(PUMP, Money("60", "EUR"), NOW, valid_from=TODAY).entity
    drafts = [
        LineDraft(quantity=1, product=PUMP.id),
        LineDraft(quantity=1, product=PUMP.id, unit_price=Money("60", "EUR")),
        LineDraft(quantity=1, product=PUMP.id, unit_price=Money("59", "EUR")),
    ]

    lines = lines_of(*drafts, products={PUMP.id: dated})

    assert [line.priced_by for line in lines] == ["dated price", "dated price", None]


def test_a_price_of_nothing_is_a_price():
    (line,) = lines_of(LineDraft(quantity=1, product=PUMP.id, unit_price=Money("0", "EUR")))

    assert (line.unit_price, line.net, line.priced_by) == (
        Money("0", "EUR"),
        Money("0", "EUR"),
        None,
    )


def test_a_bundle_is_one_line_that_ships_when_there_are_goods_in_it():
    seal = add_product(IDS.new(), sku="S", name="Seal", unit_cost=Money("2", "EUR"), at=NOW).entity
    work = add_product(
        IDS.new(),
        sku="W",
        name="Work",
        kind=ProductKind.SERVICE,
        unit_cost=Money("50", "EUR"),
        at=NOW,
    ).entity

    def kit(*parts):
        return add_product(
            IDS.new(),
            sku="K",
            name="Kit",
            kind=ProductKind.BUNDLE,
            components=[Component(each.id, 2) for each in parts],
            list_price=Money("99", "EUR"),
            at=NOW,
        ).entity

    both, service = kit(seal, work), kit(work)
    products = {each.id: each for each in (seal, work, both, service)}
    drafts = [LineDraft(quantity=1, product=each.id) for each in (both, service)]

    lines = lines_of(*drafts, products=products)

    assert [line.ships for line in lines] == [True, False]
    assert [line.unit_cost for line in lines] == [Money("104", "EUR"), Money("100", "EUR")]


def test_a_cost_in_another_currency_is_not_known():
    abroad = add_product(
        IDS.new(),
        sku="U",
        name="U",
        list_price=Money("9", "EUR"),
        unit_cost=Money("5", "USD"),
        at=NOW,
    ).entity

    (line,) = lines_of(LineDraft(quantity=1, product=abroad.id), products={abroad.id: abroad})

    assert line.unit_cost is None


def test_a_larger_unit_costs_what_is_in_it():
    nail = add_product(
        IDS.new(),
        sku="N",
        name="Nail",
        list_price=Money("0.02", "EUR"),
        unit_cost=Money("0.01", "EUR"),
        units=[UnitFactor("CT", 100)],
        at=NOW,
    ).entity

    (line,) = lines_of(LineDraft(quantity=3, unit="CT", product=nail.id), products={nail.id: nail})

    assert (line.unit_price, line.unit_cost, line.net) == (
        Money("2", "EUR"),
        Money("1", "EUR"),
        Money("6", "EUR"),
    )
    with pytest.raises(FaultAt, match=r"lines\[0\]\.unit: there is no unit called 'XX'"):
        lines_of(LineDraft(quantity=3, unit="XX", product=nail.id), products={nail.id: nail})


def test_the_reason_for_no_tax_comes_with_the_category():
    free = add_product(
        IDS.new(),
        sku="F",
        name="Course",
        vat_category=VatCategory.E,
        vat_reason="§ 4 Nr. 21 UStG",
        list_price=Money("9", "EUR"),
        at=NOW,
    ).entity
    drafts = [
        LineDraft(quantity=1, product=free.id),
        LineDraft(quantity=1, product=free.id, vat_category=VatCategory.AE),
    ]

    lines = lines_of(*drafts, products={free.id: free})

    assert [line.vat_reason for line in lines] == ["§ 4 Nr. 21 UStG", None]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (LineDraft(quantity=1, product=BOOK.id, unit_cost=Money(1, "USD")), "unit_cost"),
        (LineDraft(quantity=1, product=BOOK.id, unit_cost=Money(-1, "EUR")), "unit_cost"),
        (
            LineDraft(
                quantity=1, product=BOOK.id, discounts=[Discount(label="d", amount=Money(1, "USD"))]
            ),
            "discounts[0].amount",
        ),
        (
            LineDraft(
                quantity=1, product=BOOK.id, charges=[Surcharge(label="c", amount=Money(1, "USD"))]
            ),
            "charges[0].amount",
        ),
        (LineDraft(quantity=1, product=BOOK.id, vat_reason="because"), "vat_reason"),
    ],
)
def test_a_fault_of_costs_and_discounts_names_its_field(draft, field):
    (fault,) = faults_of(draft)

    assert fault.field == f"lines[0].{field}"


def test_a_line_is_drafted_again_as_it_stands():
    draft = LineDraft(quantity=3, product=PUMP.id, discount=Share("0.1"), optional=True)
    (line,) = lines_of(draft)

    (again,) = lines_of(LineDraft.of(line))

    assert attrs.evolve(again, id=line.id) == line


def test_what_ships_can_be_said():
    free, gift, plain, software = lines_of(
        LineDraft(description="Steel", quantity=1, unit_price=Money("1", "EUR"), ships=True),
        LineDraft(product=PUMP.id, quantity=1, ships=False),
        LineDraft(product=PUMP.id, quantity=1),
        LineDraft(description="Advice", quantity=1, unit_price=Money("1", "EUR")),
    )

    assert (free.ships, gift.ships, plain.ships, software.ships) == (True, False, True, False)
