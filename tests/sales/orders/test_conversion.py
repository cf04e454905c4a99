import attrs
import pytest
from tests.sales.conversions import IDS, LATER, NOW, a_quote, ids, placed

from crmcore.errors import GuardRefused, InvalidValue, MoveForbidden
from crmcore.sales import (
    Fulfilment,
    Order,
    OrderLine,
    OrderPlaced,
    OrderStatus,
    QuoteAccepted,
    QuoteStatus,
    order_from_quote,
)

LEDGERS = (
    *("cancelled", "delivered", "returned", "exchanged", "taken_back"),
    *("invoiced", "credited", "waived"),
)
OWN_OF_ORDER_LINE = {"id"} | {f"{name}_{kind}" for name in LEDGERS for kind in ("quantity", "net")}
OWN_OF_ORDER = {
    "id",
    "revision",
    "created_at",
    "updated_at",
    "attributes",
    "quote",
    "lines",
    "status",
    "hold_reason",
    "closed_reason",
    "placed_at",
    "billing",
    "delivery",
    "changes",
    "external_id",
    "credited",
    "instalments",
    "instalments_billed",
    "invoiced",
}


def test_an_accepted_quote_is_an_order():
    quote = a_quote()

    result = placed(quote)

    order = result.order.entity
    assert result.quote.entity.status is QuoteStatus.ACCEPTED
    assert (order.status, order.billing) == (OrderStatus.OPEN, Fulfilment.NONE)
    assert order.placed_at == LATER
    assert isinstance(result.quote.events[0], QuoteAccepted)
    assert result.order.events == (
        OrderPlaced(
            at=LATER,
            order=order.id,
            quote=quote.id,
            opportunity=quote.opportunity,
            account=quote.account,
            net=quote.totals.net,
            gross=quote.totals.gross,
        ),
    )


def test_an_order_takes_every_field_of_its_quote():
    quote = a_quote()

    order = placed(quote).order.entity

    for field in attrs.fields(Order):
        if field.name not in OWN_OF_ORDER:
            assert getattr(order, field.name) == getattr(quote, field.name), field.name
    assert order.quote == quote.id


def test_an_order_line_takes_every_field_of_its_quote_line():
    quote = a_quote()
    line_ids = ids(2)

    order = order_from_quote(quote, IDS.new(), line_ids, LATER).order.entity

    assert [line.id for line in order.lines] == line_ids
    for offered, bought in zip(quote.lines, order.lines, strict=True):
        for field in attrs.fields(OrderLine):
            if field.name not in OWN_OF_ORDER_LINE:
                assert getattr(bought, field.name) == getattr(offered, field.name), field.name


def test_an_expired_quote_becomes_no_order():
    with pytest.raises(GuardRefused, match="the quote has expired"):
        placed(a_quote(valid_until=NOW.date()))


def test_a_quote_becomes_an_order_once():
    quote = placed(a_quote()).quote.entity

    with pytest.raises(MoveForbidden):
        placed(quote)


def test_an_order_needs_an_id_for_each_line():
    with pytest.raises(InvalidValue) as caught:
        order_from_quote(a_quote(), IDS.new(), ids(1), LATER)

    assert caught.value.field == "line_ids"
