"""``crm.price_lists`` and prices by them: stored, asked, guarded, and never one question per line."""

from datetime import date
from uuid import UUID

import pytest

from crmcore import F, Money, PriceEntry
from crmcore.catalog import PriceRequest, UnitFactor
from crmcore.errors import (
    Duplicate,
    EntityNotFound,
    FieldProtected,
    IdempotencyMismatch,
    InvalidValue,
    MoveForbidden,
    NothingFound,
    ReferenceNotFound,
    StaleRevision,
    UnknownName,
    WrongType,
)
from crmcore.usecases import price_book

NOBODY = UUID(int=1)


def euros(amount):
    return Money(amount, "EUR")


@pytest.fixture
def firm(crm):
    return crm.contacts.add_organization(name="ACME GmbH")


@pytest.fixture
def pump(crm):
    return crm.catalog.add_product(
        sku="PUMP", name="Pump", list_price=euros(100), units=[UnitFactor("CT", 12)]
    )


def active(crm, code, **fields):
    return crm.price_lists.activate(crm.price_lists.add(code=code, name=code, **fields).id)


def test_a_customer_pays_by_its_list_then_by_that_of_its_segment(crm, firm, pump):
    dealers = active(
        crm,
        "dealers",
        segment="dealer",
        entries=[
            PriceEntry(product=pump.id, price=euros(90)),
            PriceEntry(product=pump.id, price=euros(80), min_quantity=10),
        ],
    )
    active(crm, "acme", customer=firm.id, parent=dealers.id, entries=[PriceEntry(percent=-10)])

    alone = crm.catalog.price_of(pump.id)
    dealer = crm.catalog.price_of(pump.id, segments=["dealer"], quantity=10)
    own = crm.catalog.price_of(pump.id, customer=firm.id)
    carton = crm.catalog.price_of(pump.id, customer=firm.id, unit="CT")

    assert (alone.amount, alone.price_list) == (euros(100), None)
    assert (dealer.amount, dealer.price_list) == (euros(80), "dealers")
    assert (own.amount, own.price_list) == (euros(81), "dealers")
    assert carton.amount == euros("864")
    assert "'acme' (of the customer): -10 %" in own.explain()


def test_a_draft_does_not_count_and_tells_so_when_asked_for(crm, pump):
    crm.price_lists.add(
        code="fair", name="Fair", entries=[PriceEntry(product=pump.id, price=euros(1))]
    )

    found = crm.catalog.price_of(pump.id, price_list="fair")

    assert found.amount == euros(100)
    assert "price list 'fair' (asked for): is draft" in found.explain()
    with pytest.raises(UnknownName, match="price list called 'fare'"):
        crm.catalog.price_of(pump.id, price_list="fare")


def test_entries_are_set_ended_and_removed(crm, pump):
    made = crm.price_lists.add(code="a", name="A", is_default=True)

    crm.price_lists.set_entry(made.id, pump.id, price=euros(90))
    crm.price_lists.set_entry(made.id, pump.id, price=euros(95), valid_from=date(2026, 6, 1))
    crm.price_lists.set_entry(made.id, percent=-5)
    crm.price_lists.activate(made.id)
    prices = [crm.catalog.price_of(pump.id, on=date(2026, month, 1)).amount for month in (5, 6)]
    crm.price_lists.remove_entry(made.id, pump.id)
    left = crm.price_lists.remove_entry(made.id, pump.id, valid_from=date(2026, 6, 1))

    assert prices == [euros(90), euros(95)]
    assert [each.percent for each in left.entries] == [-5]
    assert crm.catalog.price_of(pump.id).amount == euros(95)
    assert crm.price_lists.retire(made.id).status == "retired"
    with pytest.raises(MoveForbidden):
        crm.price_lists.set_entry(made.id, percent=-6)
    told = [type(each.event).__name__ for each in crm.price_lists.history(made.id)]
    assert told.count("PriceEntrySet") == 4  # the first one twice: it got an end
    assert told.count("PriceEntryRemoved") == 2


def test_many_entries_are_set_at_once(crm, pump):
    made = crm.price_lists.add(code="a", name="A")
    breaks = [PriceEntry(product=pump.id, price=euros(100 - n), min_quantity=n) for n in range(50)]

    assert len(crm.price_lists.set_entries(made.id, breaks).entries) == 50
    with pytest.raises(WrongType, match=r"entries\[0\]"):
        crm.price_lists.set_entries(made.id, ["x"])


def test_lists_are_found_and_updated_like_everything(crm, firm):
    made = crm.price_lists.add(code="a", name="A", customer=firm.id)

    renamed = crm.price_lists.update(made, name="B")

    assert crm.price_lists.find(F.customer.name == "ACME GmbH").one().name == "B"
    with pytest.raises(StaleRevision):
        crm.price_lists.update(made, name="C")
    with pytest.raises(FieldProtected):
        crm.price_lists.update(renamed, entries=())
    with pytest.raises(Duplicate):
        crm.price_lists.add(code="a", name="Again")


def test_a_list_does_not_come_to_stand_above_itself(crm):
    one = crm.price_lists.add(code="one", name="1")
    two = crm.price_lists.add(code="two", name="2", parent=one.id)

    with pytest.raises(InvalidValue, match="one > two > one"):
        crm.price_lists.update(one.id, parent=two.id)
    with pytest.raises(EntityNotFound):
        crm.price_lists.add(code="three", name="3", parent=NOBODY)


def test_no_more_than_ten_lists_stand_above_each_other(crm):
    last = None
    for number in range(10):
        last = crm.price_lists.add(
            code=f"l-{number}", name="L", parent=None if last is None else last.id
        )

    with pytest.raises(InvalidValue, match="more than 10 lists"):
        crm.price_lists.add(code="l-10", name="L", parent=last.id)


def test_what_an_entry_names_exists(crm, firm):
    made = crm.price_lists.add(code="a", name="A")

    with pytest.raises(ReferenceNotFound):
        crm.price_lists.set_entry(made.id, NOBODY, price=euros(1))
    with pytest.raises(ReferenceNotFound):
        crm.price_lists.add(code="b", name="B", customer=NOBODY)
    assert crm.price_lists.get(made.id).entries == ()


def test_a_repeated_command_is_carried_out_once(crm):
    first = crm.price_lists.add(code="a", name="A", key="k")

    assert crm.price_lists.add(code="a", name="A", key="k") == first
    with pytest.raises(IdempotencyMismatch):
        crm.price_lists.add(code="a", name="B", key="k")


class Counting:
    """A repository that tells whoever counts about each question."""

    def __init__(self, inner, told):
        self._inner, self._told = inner, told

    def __getattr__(self, name):
        self._told.append(name)
        return getattr(self._inner, name)


def questions(crm, products, request, monkeypatch):
    """How many questions a book asks of the store, and the book."""
    told = []
    with crm._desk.looking() as work:
        unit = type(work.unit)
        plain = unit.repository
        with monkeypatch.context() as patch:
            patch.setattr(unit, "repository", lambda self, cls: Counting(plain(self, cls), told))
            book = price_book(work, products, request)
    return len(told), book


def test_a_book_for_many_lines_asks_no_more_than_for_one(crm, firm, monkeypatch):
    parent = crm.catalog.add_product(sku="T", name="T", list_price=euros(7))
    with crm.transaction() as tx:
        products = [
            tx.catalog.add_product(sku=f"V-{n}", name="V", variant_of=parent.id) for n in range(40)
        ]
    top = active(crm, "top", entries=[PriceEntry(percent=10)])
    active(crm, "acme", customer=firm.id, parent=top.id, entries=[PriceEntry(percent=-10)])
    request = PriceRequest(on=date(2026, 3, 2), currency="EUR", customer=firm.id)

    few, _ = questions(crm, products[:1], request, monkeypatch)
    many, book = questions(crm, products, request, monkeypatch)

    assert few == many <= 12
    assert {book.price(each).amount for each in products} == {euros("6.93")}


def test_a_price_without_one_is_not_found(crm):
    bare = crm.catalog.add_product(sku="B", name="B")

    with pytest.raises(NothingFound, match="price of product B in EUR"):
        crm.catalog.price_of(bare.id)


def test_lists_come_through_a_dump(crm, opened, pump, firm):
    active(crm, "acme", customer=firm.id, entries=[PriceEntry(product=pump.id, price=euros(5))])

    lines = [*crm.dump()]

    assert any('"price_list"' in line for line in lines)
    assert crm.check().is_clean
