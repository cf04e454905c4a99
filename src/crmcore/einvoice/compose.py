"""Our invoices and credit notes in the terms of EN 16931.

What stands on a document is taken over as it stands, nothing is reckoned anew: ``check`` then tells
whether it keeps the rules. A draft can be composed too, to see that before it is issued.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

import attrs

from crmcore.catalog import PIECE, VatCategory
from crmcore.einvoice.amounts import MOST_DIGITS, ZERO, total
from crmcore.einvoice.composed_parties import address_of, buyer_party, seller_party
from crmcore.einvoice.lines import (
    AllowanceCharge,
    EInvoiceLine,
    InvoicingPeriod,
    Item,
    Price,
)
from crmcore.einvoice.model import (
    CreditTransfer,
    Delivery,
    DocumentTotals,
    EInvoice,
    Note,
    PaymentInstructions,
    PrecedingInvoice,
    VatBreakdown,
)
from crmcore.einvoice.reckoning import EXEMPTIONS, Exemption
from crmcore.einvoice.rule import Profile
from crmcore.errors import InvalidValue
from crmcore.grammar.given import given, given_by_key, given_or_none
from crmcore.grammar.naming import choice
from crmcore.sales import EarlyDiscount, Invoice, InvoiceLine, VatLine
from crmcore.values import (
    CONTEXT,
    CURRENCY_DIGITS,
    Money,
    PostalAddress,
    Share,
    round_half_up,
)

INVOICE, CREDIT_NOTE = "380", "381"
"""The kinds of documents that are made (BT-3)."""

BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
"""The business process (BT-23): billing."""

_SEPA_TRANSFER, _TRANSFER, _CLEARING = "58", "30", "97"
_DISCOUNT, _MISCELLANEOUS = "95", "ABK"
_PERCENT_PLACES = 8
_SLACK = Decimal("0.02")
_NO_NUMBERS: Mapping[UUID, str] = MappingProxyType({})


def einvoice_of(
    invoice: Invoice,
    *,
    profile: Profile | str = Profile.XRECHNUNG,
    delivered_to: PostalAddress | None = None,
    item_numbers: Mapping[UUID, str] = _NO_NUMBERS,
    exemptions: Mapping[str, Exemption] = EXEMPTIONS,
) -> EInvoice:
    """The invoice or credit note in the terms of EN 16931.

    A line's share of the discounts and surcharges on the whole document becomes an allowance and a
    charge of the line, its own discount one of the price. A credit note names what it takes back.

    Args:
        invoice: The document.
        profile: The rules it says it follows (BT-24).
        delivered_to: Where it was delivered (BG-15); for intra-community supplies the buyer's
            address where nothing is said.
        item_numbers: The numbers of products on their lines (BT-155), by the product's id.
        exemptions: Why no VAT is charged, by category; a reason on the lines goes before its text.

    Raises:
        WrongType: something is of another type than it should be.
        UnknownName: there is no such profile.
        InvalidValue: the currency of the document or of accounting has more than two digits after
            the point, and amounts must not (BR-DEC).
    """
    _check(invoice, delivered_to, item_numbers, exemptions)
    follows = choice("profile", Profile, profile)
    rate = invoice.rate
    is_outside = any(line.vat_category is VatCategory.O for line in invoice.lines)
    return EInvoice(
        number=invoice.number,
        issued_on=invoice.issued_on,
        type_code=CREDIT_NOTE if invoice.is_credit_note else INVOICE,
        currency=invoice.currency,
        vat_currency=None if rate is None else rate.into,
        due_on=invoice.due_on,
        buyer_reference=invoice.buyer_reference,
        purchase_order=invoice.purchase_order,
        payment_terms=_terms(invoice),
        notes=() if invoice.reason is None else (Note(text=invoice.reason),),
        process=BILLING,
        specification=follows.specification,
        preceding=_preceding(invoice),
        seller=None if invoice.seller is None else seller_party(invoice.seller, is_outside),
        buyer=None if invoice.buyer is None else buyer_party(invoice.buyer, is_outside),
        delivery=_delivery(invoice, delivered_to),
        period=_period(invoice),
        payments=_payments(invoice),
        totals=_totals(invoice),
        vat=tuple(_vat(each, exemptions) for each in invoice.vat_lines),
        lines=tuple(_line(str(at), line, item_numbers) for at, line in enumerate(invoice.lines, 1)),
    )


def _check(invoice: object, delivered_to: object, item_numbers: object, exemptions: object) -> None:
    document = given("invoice", invoice, Invoice, "an Invoice, as crm.sales.issue makes")
    given_or_none("delivered_to", delivered_to, PostalAddress)
    given_by_key("item_numbers", item_numbers, str)
    given_by_key("exemptions", exemptions, Exemption)
    rate = document.rate
    for currency in (document.currency, document.currency if rate is None else rate.into):
        if CURRENCY_DIGITS.get(currency, 0) > MOST_DIGITS:
            reason = (
                f"{currency} has {CURRENCY_DIGITS[currency]} digits after the point, and EN 16931"
            )
            raise InvalidValue("currency", f"{reason} takes {MOST_DIGITS} at most (BR-DEC)")


def _preceding(note: Invoice) -> tuple[PrecedingInvoice, ...]:
    if note.credits_number is None:
        return ()
    named = PrecedingInvoice(number=note.credits_number, issued_on=note.credits_issued_on)
    return (named,)


def _percent(share: Share) -> Decimal:
    return round_half_up(share.value.scaleb(2, CONTEXT), _PERCENT_PLACES)


def _told(money: Money) -> Decimal | None:
    return None if money.is_zero else money.amount


def _totals(invoice: Invoice) -> DocumentTotals:
    totals, rate = invoice.totals, invoice.rate
    return DocumentTotals(
        lines=totals.net.amount,
        net=totals.net.amount,
        vat=totals.vat.amount,
        vat_accounted=None if rate is None else rate.convert(totals.vat).amount,
        gross=totals.gross.amount,
        prepaid=_told(totals.prepaid),
        rounding=_told(totals.rounding),
        payable=totals.payable.amount,
    )


def _vat(line: VatLine, exemptions: Mapping[str, Exemption]) -> VatBreakdown:
    usual = exemptions.get(line.category.value, Exemption())
    return VatBreakdown(
        taxable=line.base.amount,
        tax=line.tax.amount,
        category=line.category.value,
        rate=_percent(line.rate),
        exemption_reason=line.reason or usual.reason,
        exemption_code=usual.code,
    )


def _line(id: str, given: InvoiceLine, numbers: Mapping[UUID, str]) -> EInvoiceLine:
    line = given if given.quantity else _as_amount(given)
    is_outside = line.vat_category is VatCategory.O
    number = None if line.product is None else numbers.get(line.product)
    price, quantity = _price(line), _quantity(line)
    allowances, charges = _entries(line, price, quantity)
    return EInvoiceLine(
        id=id,
        quantity=quantity,
        unit=line.unit,
        net=line.net.amount,
        allowances=allowances,
        charges=charges,
        price=price,
        vat_category=line.vat_category.value,
        vat_rate=None if is_outside else _percent(line.vat_rate),
        item=Item(name=line.description, seller_id=number),
    )


def _as_amount(line: InvoiceLine) -> InvoiceLine:
    # A mere amount, such as a reduction of the price: one of it, at that amount.
    zero = Money.zero(line.net.currency)
    return attrs.evolve(
        line,
        quantity=Decimal(1),
        unit=PIECE,
        unit_price=line.net,
        discount=Share(0),
        allowance=zero,
        charge=zero,
    )


def _quantity(line: InvoiceLine) -> Decimal:
    # A price is never below zero (BR-27), a quantity may be.
    return CONTEXT.minus(line.quantity) if line.unit_price.amount < 0 else line.quantity


def _price(line: InvoiceLine) -> Price:
    gross = CONTEXT.abs(line.unit_price.amount)
    if not line.discount.value:
        return Price(net=gross)
    discount = CONTEXT.multiply(gross, line.discount.value)
    return Price(net=CONTEXT.subtract(gross, discount), discount=discount, gross=gross)


def _entries(
    line: InvoiceLine, price: Price, quantity: Decimal
) -> tuple[tuple[AllowanceCharge, ...], tuple[AllowanceCharge, ...]]:
    shares = (CONTEXT.minus(line.allowance.amount), line.charge.amount)
    full = CONTEXT.multiply(quantity, price.net or ZERO)
    # The part of a line that an instalment bills is exact in its net, not in its quantity; and yen
    # are rounded further than the two digits of the standard.
    left = round_half_up(CONTEXT.subtract(line.net.amount, total((full, *shares))), 2)
    rest = left if abs(left) >= _SLACK else ZERO
    told = (*zip(shares, ("Discount", "Surcharge"), strict=True), (rest, "Rounding"))
    allowances = (_entry(CONTEXT.minus(amount), reason, _DISCOUNT) for amount, reason in told)
    charges = (_entry(amount, reason, _MISCELLANEOUS) for amount, reason in told)
    return (
        tuple(each for each in allowances if each is not None),
        tuple(each for each in charges if each is not None),
    )


def _entry(amount: Decimal, reason: str, code: str) -> AllowanceCharge | None:
    if amount <= 0:
        return None
    return AllowanceCharge(amount=amount, reason=reason, reason_code=code)


def _period(invoice: Invoice) -> InvoicingPeriod | None:
    if invoice.delivered_from is None:
        return None
    return InvoicingPeriod(start=invoice.delivered_from, end=invoice.delivered_on)


def _delivery(invoice: Invoice, delivered_to: PostalAddress | None) -> Delivery | None:
    intra = any(line.vat_category is VatCategory.K for line in invoice.lines)
    buyer = None if invoice.buyer is None else invoice.buyer.address
    place = delivered_to or (buyer if intra else None)
    on = None if invoice.delivered_from is not None else invoice.delivered_on
    if place is None and on is None:
        return None
    return Delivery(delivered_on=on, address=None if place is None else address_of(place))


def _payments(invoice: Invoice) -> tuple[PaymentInstructions, ...]:
    seller = invoice.seller
    if invoice.is_credit_note:
        return (PaymentInstructions(means_code=_CLEARING, remittance=invoice.number),)
    if seller is None or seller.iban is None:
        return ()
    account = CreditTransfer(account=seller.iban, name=seller.name, bic=seller.bic)
    means = _SEPA_TRANSFER if invoice.currency == "EUR" else _TRANSFER
    return (
        PaymentInstructions(
            means_code=means, remittance=invoice.number, credit_transfers=(account,)
        ),
    )


def _terms(invoice: Invoice) -> str | None:
    told = [*_parts(invoice), *(_skonto(invoice, each) for each in invoice.discounts)]
    # A line of Skonto ends in an end of line, the last one too (BR-DE-18).
    return "".join(f"{line}\n" for line in told) if told else None


def _parts(invoice: Invoice) -> Iterator[str]:
    if len(invoice.instalments) > 1:
        for part in invoice.instalments:
            yield f"{part.amount} until {part.due_on.isoformat()}"


def _skonto(invoice: Invoice, discount: EarlyDiscount) -> str:
    percent = _percent(discount.share)
    if invoice.issued_on is None or round_half_up(percent, 2) != percent:
        return f"{percent} % off until {discount.until.isoformat()}"
    days = (discount.until - invoice.issued_on).days
    return f"#SKONTO#TAGE={days}#PROZENT={percent:.2f}#"
