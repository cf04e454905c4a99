"""The rules of EN 16931 about what a document must tell: BR-01 to -65, BR-CO-03 to -09 and -18 to -26.

In our own words. Those that no machine can judge (BR-CO-05 to -08: a reason and its code mean the
same) are left out.
"""

from collections.abc import Iterator

from crmcore.einvoice.codes import PLACES
from crmcore.einvoice.lines import InvoicingPeriod, ItemAttribute, Price
from crmcore.einvoice.model import EInvoice, PaymentInstructions
from crmcore.einvoice.parties import Party
from crmcore.einvoice.rule import Breach, Rule, Severity, either, holds, present
from crmcore.einvoice.survey import Survey

TRANSFERS = frozenset({"30", "58"})
"""Means of payment that are credit transfers (BT-81)."""

_CARD_DIGITS = 10
_VAT_PREFIXES = PLACES | {"EL"}


def _other_payee(survey: Survey) -> Iterator[Breach]:
    payee, seller = survey.invoice.payee, survey.invoice.seller or Party()
    if payee is None:
        return
    if payee.name is None:
        yield Breach("payee.name", "a value")
    elif payee.name == seller.trading_name or {*payee.ids} & {*seller.ids}:
        yield Breach("payee", "somebody else than the seller", payee.name)


def _net_price(price: Price) -> Breach | None:
    negative = price.net is not None and price.net < 0
    return Breach("net", "not below zero", price.net) if negative else None


def _gross_price(price: Price) -> Breach | None:
    negative = price.gross is not None and price.gross < 0
    return Breach("gross", "not below zero", price.gross) if negative else None


def _in_order(period: InvoicingPeriod) -> Breach | None:
    if period.start is None or period.end is None or period.start <= period.end:
        return None
    return Breach("end", f"not before {period.start}", period.end)


def _accounts(payment: PaymentInstructions) -> Breach | None:
    if payment.means_code not in TRANSFERS:
        return None
    for at, transfer in enumerate(payment.credit_transfers):
        if transfer.account is None:
            return Breach(f"credit_transfers[{at}].account", "a value")
    return None


def _some_account(payment: PaymentInstructions) -> Breach | None:
    if payment.means_code not in TRANSFERS:
        return None
    if any(transfer.account is not None for transfer in payment.credit_transfers):
        return None
    return Breach("credit_transfers", "an account")


def _card(number: str) -> Breach | None:
    count = len(number.strip())
    if count <= _CARD_DIGITS:
        return None
    return Breach("", f"{_CARD_DIGITS} digits at most", f"{count} digits")


def _attribute(attribute: ItemAttribute) -> Breach | None:
    for name in ("name", "value"):
        if getattr(attribute, name) is None:
            return Breach(name, "a value")
    return None


def _accounted_vat(survey: Survey) -> Iterator[Breach]:
    invoice = survey.invoice
    if invoice.vat_currency in (None, invoice.currency):
        return
    if invoice.totals is None or invoice.totals.vat_accounted is None:
        yield Breach("totals.vat_accounted", f"an amount in {invoice.vat_currency}")


def _one_tax_point(survey: Survey) -> Iterator[Breach]:
    invoice = survey.invoice
    if invoice.tax_point_on is not None and invoice.tax_point_code is not None:
        yield Breach("tax_point_code", "nothing beside a day", invoice.tax_point_code)


def _vat_numbers(survey: Survey) -> Iterator[Breach]:
    for role in ("seller", "buyer", "tax_representative"):
        for place, number in survey.each(f"{role}.vat_id"):
            if number[:2] not in _VAT_PREFIXES:
                yield Breach(place, "the code of a country in front", number)


def _payable_when(survey: Survey) -> Iterator[Breach]:
    invoice: EInvoice = survey.invoice
    due = None if invoice.totals is None else invoice.totals.payable
    if invoice.type_code is None or invoice.is_credit_note or due is None or due <= 0:
        return
    if invoice.due_on is None and invoice.payment_terms is None:
        yield Breach("due_on", "a day, or terms of payment")


def _known_seller(seller: Party) -> Breach | None:
    ids = any(each.value is not None and each.scheme != "SEPA" for each in seller.ids)
    registered = seller.registration is not None and seller.registration.value is not None
    if ids or registered or seller.vat_id is not None:
        return None
    return Breach("ids", "an identifier, a registration or a VAT number")


def _same_means(survey: Survey) -> Iterator[Breach]:
    codes = {each.means_code for each in survey.invoice.payments if each.means_code is not None}
    if len(codes) > 1:
        yield Breach("payments", "one means of payment", ", ".join(sorted(codes)))


def _same_remittance(survey: Survey) -> Iterator[Breach]:
    told = {each.remittance for each in survey.invoice.payments if each.remittance is not None}
    if len(told) > 1:
        yield Breach("payments", "one text to be written", ", ".join(sorted(told)))


_DOCUMENT = (
    present("BR-01", "It tells the rules it follows (BT-24).", "", "specification"),
    present("BR-02", "It has a number (BT-1).", "", "number"),
    present("BR-03", "It tells the day it was issued (BT-2).", "", "issued_on"),
    present("BR-04", "It tells what kind of document it is (BT-3).", "", "type_code"),
    present("BR-05", "It tells its currency (BT-5).", "", "currency"),
    present("BR-06", "It names the seller (BT-27).", "", "seller.name"),
    present("BR-07", "It names the buyer (BT-44).", "", "buyer.name"),
    present("BR-08", "It has the seller's address (BG-5).", "", "seller.address"),
    present("BR-09", "The seller's address has a country (BT-40).", "seller.address", "country"),
    present("BR-10", "It has the buyer's address (BG-8).", "", "buyer.address"),
    present("BR-11", "The buyer's address has a country (BT-55).", "buyer.address", "country"),
    present("BR-12", "It tells the sum of the line nets (BT-106).", "", "totals.lines"),
    present("BR-13", "It tells the total without VAT (BT-109).", "", "totals.net"),
    present("BR-14", "It tells the total with VAT (BT-112).", "", "totals.gross"),
    present("BR-15", "It tells what is to be paid (BT-115).", "", "totals.payable"),
    present("BR-16", "It has a line at least (BG-25).", "", "lines"),
    Rule(
        id="BR-17",
        text="A payee has a name and is somebody else than the seller (BT-59).",
        check=_other_payee,
    ),
    present("BR-18", "A tax representative has a name (BT-62).", "tax_representative", "name"),
    present(
        "BR-19", "A tax representative has an address (BG-12).", "tax_representative", "address"
    ),
    present(
        "BR-20",
        "The address of a tax representative has a country (BT-69).",
        "tax_representative.address",
        "country",
    ),
)

_LINES = (
    present("BR-21", "A line has an identifier (BT-126).", "lines[]", "id"),
    present("BR-22", "A line has a quantity (BT-129).", "lines[]", "quantity"),
    present("BR-23", "A line has a unit (BT-130).", "lines[]", "unit"),
    present("BR-24", "A line has a net amount (BT-131).", "lines[]", "net"),
    present("BR-25", "A line names the item (BT-153).", "lines[]", "item.name"),
    present("BR-26", "A line has a price (BT-146).", "lines[]", "price.net"),
    holds("BR-27", "A price is not below zero (BT-146).", "lines[].price", _net_price),
    holds("BR-28", "A gross price is not below zero (BT-148).", "lines[].price", _gross_price),
    holds("BR-29", "The period does not end before it starts (BT-74).", "period", _in_order),
    holds(
        "BR-30",
        "The period of a line does not end before it starts (BT-135).",
        "lines[].period",
        _in_order,
    ),
)

_ALLOWANCES = (
    present("BR-31", "An allowance has an amount (BT-92).", "allowances[]", "amount"),
    present("BR-32", "An allowance has a VAT category (BT-95).", "allowances[]", "vat_category"),
    either(
        "BR-33",
        "An allowance has a reason or its code (BT-97, BT-98).",
        "allowances[]",
        "reason",
        "reason_code",
    ),
    present("BR-36", "A charge has an amount (BT-99).", "charges[]", "amount"),
    present("BR-37", "A charge has a VAT category (BT-102).", "charges[]", "vat_category"),
    either(
        "BR-38",
        "A charge has a reason or its code (BT-104, BT-105).",
        "charges[]",
        "reason",
        "reason_code",
    ),
    present(
        "BR-41", "An allowance on a line has an amount (BT-136).", "lines[].allowances[]", "amount"
    ),
    either(
        "BR-42",
        "An allowance on a line has a reason or its code (BT-139, BT-140).",
        "lines[].allowances[]",
        "reason",
        "reason_code",
    ),
    present("BR-43", "A charge on a line has an amount (BT-141).", "lines[].charges[]", "amount"),
    either(
        "BR-44",
        "A charge on a line has a reason or its code (BT-144, BT-145).",
        "lines[].charges[]",
        "reason",
        "reason_code",
    ),
)


def _rated(survey: Survey) -> Iterator[Breach]:
    for place, group in survey.each("vat[]"):
        if group.rate is None and group.category != "O":
            yield Breach(f"{place}.rate", "a value")


_OTHERS = (
    present("BR-45", "A VAT breakdown has a taxable amount (BT-116).", "vat[]", "taxable"),
    present("BR-46", "A VAT breakdown has a tax amount (BT-117).", "vat[]", "tax"),
    present("BR-47", "A VAT breakdown has a category (BT-118).", "vat[]", "category"),
    Rule(
        id="BR-48",
        text="A VAT breakdown has a rate, unless it is outside the scope of VAT (BT-119).",
        check=_rated,
    ),
    present("BR-49", "Payment instructions tell the means (BT-81).", "payments[]", "means_code"),
    holds("BR-50", "A credit transfer has an account (BT-84).", "payments[]", _accounts),
    holds(
        "BR-51",
        "A card shows ten digits of its number at most (BT-87).",
        "payments[].card.number",
        _card,
        Severity.WARNING,
    ),
    present("BR-52", "A supporting document has a reference (BT-122).", "documents[]", "id"),
    Rule(
        id="BR-53",
        text="Where accounting has another currency, the VAT is told in it (BT-111).",
        check=_accounted_vat,
    ),
    holds(
        "BR-54",
        "An attribute of an item has a name and a value (BT-160, BT-161).",
        "lines[].item.attributes[]",
        _attribute,
    ),
    present(
        "BR-55", "A preceding invoice is named by its number (BT-25).", "preceding[]", "number"
    ),
    present(
        "BR-56", "A tax representative has a VAT number (BT-63).", "tax_representative", "vat_id"
    ),
    present(
        "BR-57", "The address of delivery has a country (BT-80).", "delivery.address", "country"
    ),
    holds(
        "BR-61",
        "For a credit transfer there is an account to transfer to (BT-84).",
        "payments[]",
        _some_account,
    ),
    present(
        "BR-62",
        "The seller's electronic address has a scheme (BT-34-1).",
        "seller.electronic_address",
        "scheme",
    ),
    present(
        "BR-63",
        "The buyer's electronic address has a scheme (BT-49-1).",
        "buyer.electronic_address",
        "scheme",
    ),
    present(
        "BR-64",
        "The standard number of an item has a scheme (BT-157-1).",
        "lines[].item.standard_id",
        "scheme",
    ),
    present(
        "BR-65",
        "The class of an item has a scheme (BT-158-1).",
        "lines[].item.classifications[]",
        "scheme",
    ),
)

_TOGETHER = (
    Rule(
        id="BR-CO-03",
        text="The tax point is a day or an event, not both (BT-7, BT-8).",
        check=_one_tax_point,
    ),
    present("BR-CO-04", "A line has a VAT category (BT-151).", "lines[]", "vat_category"),
    Rule(
        id="BR-CO-09",
        text="A VAT number starts with the code of its country (BT-31, BT-48, BT-63).",
        check=_vat_numbers,
    ),
    present("BR-CO-18", "It has a VAT breakdown at least (BG-23).", "", "vat"),
    either("BR-CO-19", "A period has a start or an end (BG-14).", "period", "start", "end"),
    either(
        "BR-CO-20",
        "The period of a line has a start or an end (BG-26).",
        "lines[].period",
        "start",
        "end",
    ),
    either(
        "BR-CO-21",
        "An allowance has a reason, its code or both (BT-97, BT-98).",
        "allowances[]",
        "reason",
        "reason_code",
    ),
    either(
        "BR-CO-22",
        "A charge has a reason, its code or both (BT-104, BT-105).",
        "charges[]",
        "reason",
        "reason_code",
    ),
    either(
        "BR-CO-23",
        "An allowance on a line has a reason, its code or both (BT-139, BT-140).",
        "lines[].allowances[]",
        "reason",
        "reason_code",
    ),
    either(
        "BR-CO-24",
        "A charge on a line has a reason, its code or both (BT-144, BT-145).",
        "lines[].charges[]",
        "reason",
        "reason_code",
    ),
    Rule(
        id="BR-CO-25",
        text="An invoice over an amount to pay tells a day or terms of payment (BT-9, BT-20).",
        check=_payable_when,
    ),
    holds(
        "BR-CO-26",
        "The seller has an identifier, a registration or a VAT number (BT-29, BT-30, BT-31).",
        "seller",
        _known_seller,
    ),
    present(
        "UBL-DT-06", "A file tells its kind (BT-125-1).", "documents[].attachment", "mime_code"
    ),
    present("UBL-DT-07", "A file has a name (BT-125-2).", "documents[].attachment", "filename"),
    Rule(
        id="UBL-SR-44",
        text="There is one text for the payer to write (BT-83).",
        check=_same_remittance,
    ),
    Rule(
        id="UBL-SR-47",
        text="There is one means of payment (BT-81).",
        check=_same_means,
    ),
)

CONTENT_RULES: tuple[Rule, ...] = (*_DOCUMENT, *_LINES, *_ALLOWANCES, *_OTHERS, *_TOGETHER)
"""The rules about what a document must tell."""
