import pytest
from tests.sales.papers import invoice

from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.compiling import compile_condition, look_nowhere
from crmcore.sales import (
    DOCUMENT_STATUSES,
    INVOICE_LIFECYCLE,
    IS_DOCUMENT,
    IS_NO_CREDIT_NOTE,
    IS_OPEN_INVOICE,
    IS_OWED,
    IS_STANDING_INVOICE,
    LATEST_PART,
    InvoiceKind,
    InvoiceStatus,
)
from crmcore.sales.invoices import NOT_CANCELLED
from crmcore.subjects import SUBJECTS


def test_an_issued_invoice_has_no_way_back():
    reached = {row.target for row in INVOICE_LIFECYCLE.moves if InvoiceStatus.ISSUED in row.sources}

    assert reached == {InvoiceStatus.ISSUED, InvoiceStatus.PAID}
    assert INVOICE_LIFECYCLE.allowed(InvoiceStatus.PAID) == ("reopen", "credit", "cancel")


def test_the_lifecycle_knows_every_state():
    assert INVOICE_LIFECYCLE.states == tuple(InvoiceStatus)


def test_the_guards_are_named_in_the_picture():
    picture = INVOICE_LIFECYCLE.mermaid()

    for guards in ((LATEST_PART,), (IS_NO_CREDIT_NOTE, NOT_CANCELLED)):
        assert f"[{', '.join(guard.name for guard in guards)}]" in picture


@pytest.mark.parametrize("kind", InvoiceKind)
@pytest.mark.parametrize("status", InvoiceStatus)
def test_an_invoice_stands_is_open_and_is_owed_as_the_conditions_say(status, kind):
    document, scope = (
        invoice(status=status, kind=kind),
        Scope.of(SUBJECTS.named("invoice"), SUBJECTS),
    )

    def holds(condition):
        return compile_condition(bind(condition, scope), scope)(document, look_nowhere)

    assert holds(IS_STANDING_INVOICE) is (status is not InvoiceStatus.WITHDRAWN)
    assert holds(IS_DOCUMENT) is (status in DOCUMENT_STATUSES)
    assert holds(IS_OPEN_INVOICE) is (status is InvoiceStatus.ISSUED)
    assert holds(IS_OWED) is document.is_owed is (holds(IS_OPEN_INVOICE) and kind == "invoice")
