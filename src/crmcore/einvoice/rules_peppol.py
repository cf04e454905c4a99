"""The rules that XRechnung 3.0 took over from Peppol: PEPPOL-EN16931-R.

In our own words. Those about the XML itself (no empty elements, no charge on a price) are left to the
edge.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

import attrs

from crmcore.einvoice.amounts import ZERO, total
from crmcore.einvoice.lines import AllowanceCharge, EInvoiceLine, Price
from crmcore.einvoice.model import PaymentInstructions
from crmcore.einvoice.rule import Breach, Profile, Rule, holds, present
from crmcore.einvoice.survey import Survey
from crmcore.values import CONTEXT

_SLACK = Decimal("0.02")
_ENTRIES = ("allowances[]", "charges[]", "lines[].allowances[]", "lines[].charges[]")


def _accounting(survey: Survey) -> Iterator[Breach]:
    invoice = survey.invoice
    if invoice.vat_currency is not None and invoice.vat_currency == invoice.currency:
        yield Breach("vat_currency", f"another than {invoice.currency}", invoice.vat_currency)


def _percent(each: AllowanceCharge) -> Breach | None:
    if each.amount is None or each.base_amount is None or each.percent is None:
        return None
    expected = CONTEXT.multiply(each.base_amount, each.percent).scaleb(-2, CONTEXT)
    off = abs(CONTEXT.subtract(each.amount, expected)) > _SLACK
    return Breach("amount", expected, each.amount) if off else None


def _based(each: AllowanceCharge) -> Breach | None:
    lacks = each.percent is not None and each.base_amount is None
    return Breach("base_amount", "a value") if lacks else None


def _rated(each: AllowanceCharge) -> Breach | None:
    lacks = each.base_amount is not None and each.percent is None
    return Breach("percent", "a value") if lacks else None


def _discounted(price: Price) -> Breach | None:
    if price.gross is None or price.net is None:
        return None
    expected = CONTEXT.subtract(price.gross, price.discount or ZERO)
    return Breach("net", expected, price.net) if price.net != expected else None


def _signs(survey: Survey) -> Iterator[Breach]:
    totals = survey.invoice.totals
    if totals is None or totals.vat is None or totals.vat_accounted is None:
        return
    if CONTEXT.multiply(totals.vat, totals.vat_accounted) < 0:
        yield Breach("totals.vat_accounted", "the sign of totals.vat", totals.vat_accounted)


def _mandated(payment: PaymentInstructions) -> Breach | None:
    debit = payment.direct_debit
    if payment.means_code not in {"49", "59"} or (debit is not None and debit.mandate is not None):
        return None
    return Breach("direct_debit.mandate", "a value")


def _within_period(name: str, sign: int) -> Callable[[Survey], Iterator[Breach]]:
    def check(survey: Survey) -> Iterator[Breach]:
        limit = getattr(survey.invoice.period, name, None)
        if limit is None:
            return
        for place, day in survey.each(f"lines[].period.{name}"):
            if (day.toordinal() - limit.toordinal()) * sign > 0:
                yield Breach(place, f"within the period of the document, {limit}", day)

    return check


def _line_net(line: EInvoiceLine) -> Breach | None:
    price = line.price
    if line.net is None or line.quantity is None or price is None or price.net is None:
        return None
    if price.base_quantity == 0:
        return None
    each = CONTEXT.divide(price.net, price.base_quantity or Decimal(1))
    taken = (CONTEXT.minus(part.amount or ZERO) for part in line.allowances)
    added = (part.amount for part in line.charges)
    expected = total((CONTEXT.multiply(line.quantity, each), *added, *taken))
    off = abs(CONTEXT.subtract(line.net, expected)) > _SLACK
    return Breach("net", CONTEXT.plus(expected), line.net) if off else None


def _base_quantity(price: Price) -> Breach | None:
    bad = price.base_quantity is not None and price.base_quantity <= 0
    return Breach("base_quantity", "above zero", price.base_quantity) if bad else None


def _same_unit(line: EInvoiceLine) -> Breach | None:
    unit = None if line.price is None else line.price.base_unit
    if unit is None or line.unit is None or unit == line.unit:
        return None
    return Breach("price.base_unit", line.unit, unit)


def _everywhere(
    test: Callable[[AllowanceCharge], Breach | None],
) -> Callable[[Survey], Iterator[Breach]]:
    rules = [holds("", "", path, test) for path in _ENTRIES]
    return lambda survey: (breach for rule in rules for breach in rule.check(survey))


_PEPPOL = (
    present("PEPPOL-EN16931-R001", "It tells the business process (BT-23).", "", "process"),
    Rule(
        id="PEPPOL-EN16931-R005",
        text="The currency of accounting is another than that of the document (BT-6).",
        check=_accounting,
    ),
    present(
        "PEPPOL-EN16931-R010",
        "The buyer has an electronic address (BT-49).",
        "",
        "buyer.electronic_address",
    ),
    present(
        "PEPPOL-EN16931-R020",
        "The seller has an electronic address (BT-34).",
        "",
        "seller.electronic_address",
    ),
    Rule(
        id="PEPPOL-EN16931-R040",
        text="An allowance or charge is its percentage of its base, within two cents.",
        check=_everywhere(_percent),
    ),
    Rule(
        id="PEPPOL-EN16931-R041",
        text="A percentage of an allowance or charge has a base amount.",
        check=_everywhere(_based),
    ),
    Rule(
        id="PEPPOL-EN16931-R042",
        text="A base amount of an allowance or charge has a percentage.",
        check=_everywhere(_rated),
    ),
    holds(
        "PEPPOL-EN16931-R046",
        "A price is its gross price less the discount (BT-146).",
        "lines[].price",
        _discounted,
    ),
    Rule(
        id="PEPPOL-EN16931-R055",
        text="The VAT in both currencies has the same sign (BT-110, BT-111).",
        check=_signs,
    ),
    holds(
        "PEPPOL-EN16931-R061",
        "A direct debit (49, 59) has the reference of a mandate (BT-89).",
        "payments[]",
        _mandated,
    ),
    Rule(
        id="PEPPOL-EN16931-R110",
        text="The period of a line does not start before that of the document (BT-134).",
        check=_within_period("start", -1),
    ),
    Rule(
        id="PEPPOL-EN16931-R111",
        text="The period of a line does not end after that of the document (BT-135).",
        check=_within_period("end", 1),
    ),
    holds(
        "PEPPOL-EN16931-R120",
        "A line is quantity times price, charges and allowances, within two cents (BT-131).",
        "lines[]",
        _line_net,
    ),
    holds(
        "PEPPOL-EN16931-R121",
        "A price is for a quantity above zero (BT-149).",
        "lines[].price",
        _base_quantity,
    ),
    holds(
        "PEPPOL-EN16931-R130",
        "A price is for the same unit as the quantity (BT-150).",
        "lines[]",
        _same_unit,
    ),
)

PEPPOL_RULES: tuple[Rule, ...] = tuple(
    attrs.evolve(rule, profile=Profile.XRECHNUNG) for rule in _PEPPOL
)
"""The rules of Peppol that XRechnung asks too."""
