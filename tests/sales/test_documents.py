import attrs
import pytest

from crmcore.errors import InvalidValue
from crmcore.grammar.entity import EntityType
from crmcore.receivables import PAYMENT
from crmcore.sales import EVENTS, INVOICE, ORDER, QUOTE, vat_breakdown
from crmcore.values import Money

from .papers import invoice, order, quote

SCALARS = {"UUID", "str", "int", "bool", "date", "datetime", "Money", "SettlementKind"}


@pytest.mark.parametrize("document", [quote(), order(), invoice()])
def test_a_document_tells_its_tax_by_category(document):
    assert document.vat_lines == vat_breakdown(document.lines)
    assert document.vat_lines[0].tax == Money(19, "EUR")


@pytest.mark.parametrize("document", [quote(), order(), invoice()])
def test_the_totals_of_a_document_are_those_of_its_lines(document):
    with pytest.raises(InvalidValue) as caught:
        attrs.evolve(document, lines=document.lines * 2)

    assert caught.value.field == "totals.net"


def test_there_is_one_order_per_quote_and_one_invoice_per_number():
    assert ORDER.unique == (("quote",), ("external_id",))
    assert INVOICE.unique == (("series", "period", "sequence"), ("series", "number"))


@pytest.mark.parametrize("kind", [QUOTE, ORDER, INVOICE, PAYMENT])
def test_every_field_can_be_kept_by_a_store(kind):
    assert isinstance(kind, EntityType)
    assert kind.fields["account"].reference == "contact"


@pytest.mark.parametrize("event", EVENTS)
def test_events_hold_plain_values_only(event):
    for field in attrs.fields(event):
        names = {getattr(each, "__name__", "") for each in getattr(field.type, "__args__", ())}
        kinds = (names or {field.type.__name__}) - {"NoneType", ""}
        assert kinds <= SCALARS, field.name
