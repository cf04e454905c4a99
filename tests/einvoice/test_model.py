"""The model holds whatever a document may say, and nothing that cannot be calculated with."""

import pickle
import re
from decimal import Decimal

import attrs
import pytest
from hypothesis import given

from crmcore.einvoice import (
    Address,
    Attachment,
    CreditTransfer,
    DocumentTotals,
    EInvoice,
    EInvoiceLine,
    Party,
    Price,
    Syntax,
)
from crmcore.errors import InexactNumber, InvalidValue, WrongType

from .documents import reckoned, sound


def classes():
    """Every class of the model."""
    seen = {}
    waiting = [EInvoice]
    while waiting:
        cls = waiting.pop()
        seen[cls.__name__] = cls
        for field in attrs.fields(attrs.resolve_types(cls)):
            for part in getattr(field.type, "__args__", (field.type,)):
                waiting += [part] if attrs.has(part) and part.__name__ not in seen else []
    return seen


def test_everything_may_be_missing():
    for cls in classes().values():
        assert cls() == cls()


def test_every_field_of_the_document_tells_its_term_of_the_standard():
    own = {"syntax", "amount_currencies"}
    text = " ".join(EInvoice.__doc__.split())

    for field in attrs.fields(EInvoice):
        if field.name not in own:
            told = re.search(rf"\b{field.name}: .*?\((?:BT|BG)-\d+\)", text)
            assert told, field.name


@pytest.mark.parametrize("wrong", ["12", 12, True])
def test_an_amount_is_a_decimal(wrong):
    with pytest.raises(WrongType, match="net"):
        EInvoiceLine(net=wrong)


@pytest.mark.parametrize(
    "wrong", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E+40"), Decimal("1E-41")]
)
def test_an_amount_can_be_calculated_with(wrong):
    with pytest.raises(InvalidValue, match="payable"):
        DocumentTotals(payable=wrong)


def test_a_float_is_refused():
    with pytest.raises((InexactNumber, WrongType)):
        Price(net=1.1)


def test_an_amount_keeps_its_digits():
    assert str(DocumentTotals(net=Decimal("12.00")).net) == "12.00"


def test_where_a_document_came_from_is_not_part_of_what_it_says():
    document = sound()

    read = attrs.evolve(document, syntax=Syntax.UBL, amount_currencies=frozenset({"EUR"}))

    assert read == document


@given(reckoned())
def test_a_document_is_a_value(document):
    assert pickle.loads(pickle.dumps(document)) == document  # noqa: S301 - our own bytes
    assert hash(document) == hash(attrs.evolve(document))


@pytest.mark.parametrize(("code", "credit"), [("380", False), ("381", True), (None, False)])
def test_a_credit_note_is_told_by_its_type(code, credit):
    assert EInvoice(type_code=code).is_credit_note is credit


def test_representations_show_nobody():
    hidden = "Geheim"
    party = Party(name=hidden, address=Address(line1=hidden))

    shown = repr(EInvoice(seller=party, buyer=party)) + repr(party)
    shown += repr(CreditTransfer(account=hidden)) + repr(Attachment(content=hidden.encode()))

    assert hidden not in shown
