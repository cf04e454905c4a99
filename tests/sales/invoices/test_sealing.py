"""The seal of issued documents: what it covers, and what breaks it."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.documents import BUYER, NOW, SELLER, billed, issued, line_of, order_of

from crmcore.catalog import VatCategory
from crmcore.errors import WrongType
from crmcore.sales import (
    INVOICE,
    SEALED_FIELDS,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    content_of,
    digest_of,
    totals_of,
)
from crmcore.sales.invoices import SealLink, alone_breaches, chain_breaches, seal_breaches
from crmcore.values import Money, Share

PINNED = "b55d480e18e4746488d34bc1013c181ea9069f2d96e528c80bdad73ea7f3c8ba"
OUTSIDE = {"revision", "updated_at", "status", "settlements", "paid", "digest", "previous_digest"}


@pytest.fixture
def invoice():
    return issued(billed(order_of(line_of(3, "33.3333"), line_of(1, "5")))[1], seller=SELLER)


@pytest.mark.parametrize("cls", SEALED_FIELDS, ids=lambda cls: cls.__name__)
def test_every_field_is_sealed_or_left_out_on_purpose(cls):
    fields = {each.name for each in attrs.fields(cls)}

    assert set(SEALED_FIELDS[cls]) == fields - (OUTSIDE if cls is Invoice else set())


def test_what_a_store_keeps_sealed_and_the_digest_agree():
    kept = {*INVOICE.sealed_fields} - {"digest", "previous_digest"}

    assert kept == {*SEALED_FIELDS[Invoice]}


def test_a_seal_made_years_ago_is_read_alike():
    """Pinned: whatever changes these digits makes all documents of all users look tampered with."""
    line = InvoiceLine(
        id=UUID(int=4),
        order_line=UUID(int=5),
        description="Pump",
        quantity=2,
        unit_price=Money("70.125", "EUR"),
        vat_category=VatCategory.S,
        vat_rate=Share("0.19"),
        net=Money("140.25", "EUR"),
    )
    fixed = Invoice(
        id=UUID(int=1),
        created_at=NOW,
        updated_at=NOW,
        account=UUID(int=3),
        currency="EUR",
        lines=(line,),
        totals=totals_of((line,), "EUR"),
        number="RE-1",
        issued_on=NOW.date(),
        buyer=BUYER,
        seller=SELLER,
        attributes={"cost_centre": "4711", "approved": True},
        paid=Money(0, "EUR"),
    )

    assert content_of(fixed).startswith('{"account":"00000000-0000-0000-0000-000000000003",')
    assert digest_of(fixed, None) == PINNED
    assert digest_of(fixed, "0" * 64) != PINNED


def test_a_default_is_left_out_so_that_new_fields_change_no_old_seal(invoice):
    assert '"cancels"' not in content_of(invoice)
    assert '"cancels":true' in content_of(attrs.evolve(invoice, cancels=True))


def test_how_a_store_writes_a_number_or_a_time_makes_no_difference(invoice):
    line = invoice.lines[0]
    longer = attrs.evolve(
        line, quantity=Decimal("3.0000"), unit_price=Money(Decimal("33.3333"), "EUR")
    )
    elsewhere = invoice.created_at.astimezone(timezone(timedelta(hours=5)))
    again = attrs.evolve(invoice, lines=(longer, invoice.lines[1]), created_at=elsewhere)

    assert content_of(again) == content_of(invoice)
    assert not [*seal_breaches(again)]


def test_what_settles_a_document_is_not_sealed(invoice):
    after = attrs.evolve(invoice, status=InvoiceStatus.PAID, revision=9)

    assert not [*seal_breaches(after)]


CHANGES = {
    "attributes": {"x": 1},
    "number": "RE-2",
    "issued_on": date(2026, 3, 1),
    "due_on": date(2030, 1, 1),
    "buyer": attrs.evolve(BUYER, name="Somebody Else"),
    "seller": attrs.evolve(SELLER, iban="DE00"),
    "buyer_reference": "04011000-1234512345-35",
    "account": UUID(int=1),
    "created_at": datetime(2020, 1, 1, tzinfo=UTC),
    "reason": "no",
    "delivered_from": date(2026, 1, 1),
    "previous_digest": "0" * 64,
    "digest": "0" * 64,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_anything_breaks_the_seal(invoice, name):
    (breach,) = seal_breaches(attrs.evolve(invoice, **{name: CHANGES[name]}))

    assert "not what was issued" in breach.text


def test_a_change_within_a_line_or_its_order_breaks_the_seal(invoice):
    one, two = invoice.lines
    for lines in (
        (two, one),
        (attrs.evolve(one, description="Pumps"), two),
        (attrs.evolve(one, vat_rate=Share("0.07")), two),
        (attrs.evolve(one, quantity=4), two),
    ):
        assert [*seal_breaches(attrs.evolve(invoice, lines=lines))]


def test_seals_that_are_missing_or_too_many_are_told(invoice):
    draft = billed(order_of(line_of(1, "1")))[1]

    assert not [*seal_breaches(draft)]
    (none,) = seal_breaches(attrs.evolve(invoice, digest=None))
    (extra,) = seal_breaches(attrs.evolve(draft, digest="0" * 64))
    assert ("no seal" in none.text, "no number" in extra.text) == (True, True)


def test_a_value_that_is_none_of_ours_is_refused(invoice):
    broken = attrs.evolve(invoice)
    object.__setattr__(broken, "reason", 1.5)

    with pytest.raises(WrongType):
        content_of(broken)


def links_of(many, before=None):
    """A sound chain."""
    links, previous = [], before
    for sequence in range(1, many + 1):
        links.append(SealLink(sequence=sequence, digest=f"d{sequence}", previous=previous))
        previous = f"d{sequence}"
    return links


def told(links, drawn, known=()):
    return [each.text for each in chain_breaches(links, drawn, lambda digest: digest in known)]


def test_a_sound_chain_goes_on_over_periods():
    assert told(links_of(3), 3) == []
    assert told(links_of(3, before="d2025"), 3, known={"d2025"}) == []
    assert told(links_of(3, before="d2025"), 3) == ["follows a document that is not there"]
    assert told([], 0) == []


@given(st.data())
def test_whatever_is_taken_out_of_a_chain_is_missed(data):
    links = links_of(data.draw(st.integers(1, 8)))
    gone = data.draw(st.sets(st.sampled_from(range(len(links))), min_size=1))

    left = [link for at, link in enumerate(links) if at not in gone]

    assert told(left, len(links))


@given(st.permutations(range(1, 6)))
def test_documents_in_another_order_do_not_follow_each_other(order):
    links = [attrs.evolve(link, sequence=at) for link, at in zip(links_of(5), order, strict=True)]
    moved = sorted(links, key=lambda link: link.sequence)

    assert bool(told(moved, 5)) is (list(order) != [1, 2, 3, 4, 5])


def test_what_was_never_drawn_or_is_there_twice_is_told():
    links = links_of(2)

    assert told(links, 1) == ["has numbers that were never drawn"]
    assert told([*links, links[1]], 2) == ["has a number that is there twice"]


def test_documents_of_a_series_with_gaps_are_sealed_alone():
    alone = [SealLink(sequence=at, digest=f"d{at}") for at in (1, 4)]
    chained = attrs.evolve(alone[1], previous="d1")

    assert not [*alone_breaches(alone, 5)]
    assert len([*alone_breaches([alone[0], chained], 5)]) == 1
    assert len([*alone_breaches([alone[0], alone[0]], 5)]) == 1
    assert len([*alone_breaches(alone, 3)]) == 1
