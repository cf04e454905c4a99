from crmcore.sales import (
    APPROVED,
    INVOICE_LIFECYCLE,
    LATEST_PART,
    NO_OTHER_ORDER,
    NOT_EXPIRED,
    NOTHING_DELIVERED,
    NOTHING_INVOICED,
    ORDER_LIFECYCLE,
    QUOTE_LIFECYCLE,
    InvoiceStatus,
    OrderStatus,
    QuoteStatus,
)


def test_an_issued_invoice_has_no_way_back():
    reached = {row.target for row in INVOICE_LIFECYCLE.moves if InvoiceStatus.ISSUED in row.sources}

    assert reached == {InvoiceStatus.ISSUED, InvoiceStatus.PAID}
    assert INVOICE_LIFECYCLE.allowed(InvoiceStatus.PAID) == ("reopen", "credit")


def test_every_lifecycle_knows_every_state():
    assert QUOTE_LIFECYCLE.states == tuple(QuoteStatus)
    assert ORDER_LIFECYCLE.states == tuple(OrderStatus)
    assert INVOICE_LIFECYCLE.states == tuple(InvoiceStatus)


def test_a_decided_quote_and_a_cancelled_order_are_final():
    assert QUOTE_LIFECYCLE.allowed(QuoteStatus.ACCEPTED) == ()
    assert QUOTE_LIFECYCLE.allowed(QuoteStatus.SUPERSEDED) == ()
    assert QUOTE_LIFECYCLE.allowed(QuoteStatus.REJECTED) == ("supersede",)
    assert ORDER_LIFECYCLE.allowed(OrderStatus.CANCELLED) == ()


def test_the_guards_are_named_in_the_pictures():
    pictures = [each.mermaid() for each in (QUOTE_LIFECYCLE, ORDER_LIFECYCLE, INVOICE_LIFECYCLE)]

    guards = (
        (NOT_EXPIRED, NO_OTHER_ORDER, APPROVED),
        (NOTHING_INVOICED, NOTHING_DELIVERED),
        (LATEST_PART,),
    )
    for picture, named in zip(pictures, guards, strict=True):
        assert f"[{', '.join(guard.name for guard in named)}]" in picture
