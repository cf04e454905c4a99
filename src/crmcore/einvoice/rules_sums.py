"""The rules of EN 16931 about sums: BR-CO-10 to BR-CO-17, and the digits of amounts (BR-DEC).

In our own words. What was made here must add up to the cent; where a document was read from a syntax,
the room that the official rules of that syntax leave is left here too.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from crmcore.einvoice.amounts import ZERO, tax_on, total
from crmcore.einvoice.lines import AllowanceCharge
from crmcore.einvoice.model import DocumentTotals, EInvoice, Syntax, VatBreakdown
from crmcore.einvoice.rule import Breach, Rule, short
from crmcore.einvoice.survey import Survey
from crmcore.values import CONTEXT, round_half_up

ONE = Decimal(1)
_HALF = Decimal("0.5")
_CENTS = 2


def differs(expected: Decimal, found: Decimal, syntax: Syntax | None) -> bool:
    """Whether two amounts are further apart than the rules on VAT amounts of a syntax allow.

    UBL lets them be less than one apart, CII one; what was made here must be equal.
    """
    apart = CONTEXT.abs(CONTEXT.subtract(expected, found))
    if syntax is Syntax.CII:
        return apart > ONE
    return apart >= ONE if syntax is Syntax.UBL else bool(apart)


def _unequal(place: str, expected: Decimal, found: Decimal | None) -> Iterator[Breach]:
    if found is not None and found != expected:
        yield Breach(place, expected, found)


def _totals(survey: Survey) -> DocumentTotals:
    return survey.invoice.totals or DocumentTotals()


def _lines(survey: Survey) -> Iterator[Breach]:
    nets = total(line.net for line in survey.invoice.lines)
    yield from _unequal("totals.lines", round_half_up(nets, _CENTS), _totals(survey).lines)


def _listed(
    place: str, told: Decimal | None, entries: Iterable[AllowanceCharge]
) -> Iterator[Breach]:
    amounts = [each.amount for each in entries]
    if told is None and not amounts:
        return
    expected = round_half_up(total(amounts), _CENTS)
    if told is None:
        yield Breach(place, expected)
    yield from _unequal(place, expected, told)


def _allowances(survey: Survey) -> Iterator[Breach]:
    told = _totals(survey).allowances
    yield from _listed("totals.allowances", told, survey.invoice.allowances)


def _charges(survey: Survey) -> Iterator[Breach]:
    yield from _listed("totals.charges", _totals(survey).charges, survey.invoice.charges)


def _net(survey: Survey) -> Iterator[Breach]:
    told = _totals(survey)
    if told.lines is None:
        return
    taken = CONTEXT.minus(told.allowances or ZERO)
    expected = round_half_up(total((told.lines, told.charges, taken)), _CENTS)
    yield from _unequal("totals.net", expected, told.net)


def _vat(survey: Survey) -> Iterator[Breach]:
    groups = survey.invoice.vat
    if not groups:
        return
    told = _totals(survey).vat
    expected = round_half_up(total(group.tax for group in groups), _CENTS)
    # CII leaves the total out where no VAT is charged; UBL has no breakdown without it.
    if told is None and (expected or survey.invoice.syntax is not Syntax.CII):
        yield Breach("totals.vat", expected)
    yield from _unequal("totals.vat", expected, told)


def _gross(survey: Survey) -> Iterator[Breach]:
    told = _totals(survey)
    if told.net is None:
        return
    expected = round_half_up(total((told.net, told.vat)), _CENTS)
    yield from _unequal("totals.gross", expected, told.gross)


def _payable(survey: Survey) -> Iterator[Breach]:
    told = _totals(survey)
    if told.gross is None:
        return
    paid = CONTEXT.minus(told.prepaid or ZERO)
    expected = round_half_up(total((told.gross, told.rounding, paid)), _CENTS)
    yield from _unequal("totals.payable", expected, told.payable)


def _tax(survey: Survey) -> Iterator[Breach]:
    for place, group in survey.each("vat[]"):
        yield from _tax_of(survey.invoice, place, group, survey.digits)


def _tax_of(invoice: EInvoice, place: str, group: VatBreakdown, digits: int) -> Iterator[Breach]:
    if group.taxable is None or group.tax is None:
        return
    rate = group.rate or ZERO
    expected = tax_on(group.taxable, rate, digits)
    if rate:
        wrong = differs(expected, group.tax, invoice.syntax)
    else:
        wrong = bool(group.tax) if invoice.syntax is None else abs(group.tax) >= _HALF
    if wrong:
        yield Breach(f"{place}.tax", expected, group.tax)


_SUMS = (
    ("BR-CO-10", "The line nets add up (BT-106 = Σ BT-131).", _lines),
    ("BR-CO-11", "The allowances add up (BT-107 = Σ BT-92).", _allowances),
    ("BR-CO-12", "The charges add up (BT-108 = Σ BT-99).", _charges),
    (
        "BR-CO-13",
        "The total without VAT is lines less allowances plus charges (BT-109).",
        _net,
    ),
    ("BR-CO-14", "The VAT adds up (BT-110 = Σ BT-117).", _vat),
    ("BR-CO-15", "The total with VAT is the one without plus VAT (BT-112).", _gross),
    (
        "BR-CO-16",
        "To be paid is the total with VAT less what is paid plus rounding (BT-115).",
        _payable,
    ),
    (
        "BR-CO-17",
        "The tax of a category is its taxable amount times its rate, rounded once (BT-117).",
        _tax,
    ),
)

_DIGITS = (
    ("BR-DEC-01", "amount of an allowance (BT-92)", "allowances[].amount"),
    ("BR-DEC-02", "base amount of an allowance (BT-93)", "allowances[].base_amount"),
    ("BR-DEC-05", "amount of a charge (BT-99)", "charges[].amount"),
    ("BR-DEC-06", "base amount of a charge (BT-100)", "charges[].base_amount"),
    ("BR-DEC-09", "sum of the line nets (BT-106)", "totals.lines"),
    ("BR-DEC-10", "sum of the allowances (BT-107)", "totals.allowances"),
    ("BR-DEC-11", "sum of the charges (BT-108)", "totals.charges"),
    ("BR-DEC-12", "total without VAT (BT-109)", "totals.net"),
    ("BR-DEC-13", "VAT (BT-110)", "totals.vat"),
    ("BR-DEC-14", "total with VAT (BT-112)", "totals.gross"),
    ("BR-DEC-15", "VAT in the currency of accounting (BT-111)", "totals.vat_accounted"),
    ("BR-DEC-16", "amount paid before (BT-113)", "totals.prepaid"),
    ("BR-DEC-17", "rounding (BT-114)", "totals.rounding"),
    ("BR-DEC-18", "amount to pay (BT-115)", "totals.payable"),
    ("BR-DEC-19", "taxable amount of a category (BT-116)", "vat[].taxable"),
    ("BR-DEC-20", "tax of a category (BT-117)", "vat[].tax"),
    ("BR-DEC-23", "net amount of a line (BT-131)", "lines[].net"),
    ("BR-DEC-24", "amount of an allowance on a line (BT-136)", "lines[].allowances[].amount"),
    (
        "BR-DEC-25",
        "base amount of an allowance on a line (BT-137)",
        "lines[].allowances[].base_amount",
    ),
    ("BR-DEC-27", "amount of a charge on a line (BT-141)", "lines[].charges[].amount"),
    ("BR-DEC-28", "base amount of a charge on a line (BT-142)", "lines[].charges[].base_amount"),
)

SUM_RULES: tuple[Rule, ...] = (
    *(Rule(id=id, text=text, check=check) for id, text, check in _SUMS),
    *(
        short(id, f"The {what} has two digits after the point at most.", path)
        for id, what, path in _DIGITS
    ),
)
"""The rules about sums and digits."""
