"""The VAT in two currencies, told apart: that of the document and that of accounting."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from crmcore.einvoice import DocumentTotals


@attrs.frozen
class CurrencyTotal:
    """A total of VAT and the currency that stood beside it."""

    amount: Decimal | None = None
    currency: str | None = None


def totals_in(fields: Mapping[str, Any], found: Sequence[CurrencyTotal]) -> DocumentTotals | None:
    """The totals among ``fields``, with the VAT in the currencies of document and accounting.

    A total without a currency is taken for that of the document, and where the document has none,
    whatever stands there. Of two totals in the currency of the document neither can be believed, so
    none is taken; then the sums do not add up, which the rules tell.
    """
    totals: DocumentTotals | None = fields.get("totals")
    document, accounting = fields.get("currency"), fields.get("vat_currency")
    accounted = None
    if accounting not in {None, document}:
        accounted = next((each for each in found if each.currency == accounting), None)
    others = [each for each in found if each is not accounted]
    own = [each for each in others if document is None or each.currency in {None, document}]
    vat_amount = own[0].amount if len(own) == 1 else None
    accounted_amount = None if accounted is None else accounted.amount
    if vat_amount is None and accounted_amount is None:
        return totals
    return attrs.evolve(totals or DocumentTotals(), vat=vat_amount, vat_accounted=accounted_amount)


@attrs.frozen(kw_only=True)
class Summation:
    """The totals as CII puts them: the VAT apart, for it may stand there in two currencies."""

    totals: DocumentTotals = attrs.field(factory=DocumentTotals)
    taxes: tuple[CurrencyTotal, ...] = ()
