"""What stands on a line of an electronic invoice, and the allowances and charges of both levels.

A part of the model of EN 16931; the numbers of its business terms (BT) and groups (BG) are given with
each field. Anything may be missing, for a document with faults must be representable too.
"""

from datetime import date
from decimal import Decimal

import attrs

from crmcore.einvoice.amounts import number
from crmcore.einvoice.parties import Identifier


@attrs.frozen(kw_only=True)
class InvoicingPeriod:
    """The days something is invoiced for: the whole document (BG-14) or a line (BG-26).

    Attributes:
        start: The first day (BT-73, BT-134).
        end: The last day (BT-74, BT-135).
    """

    start: date | None = None
    end: date | None = None


@attrs.frozen(kw_only=True)
class AllowanceCharge:
    """What is taken off (BG-20, BG-27) or added (BG-21, BG-28), on the document or on a line.

    Whether it is an allowance or a charge says the list it is in; the amount is above zero in both.

    Attributes:
        amount: The amount without VAT (BT-92, BT-99, BT-136, BT-141).
        base_amount: What the percentage was applied to (BT-93, BT-100, BT-137, BT-142).
        percent: The percentage, 5 for five percent (BT-94, BT-101, BT-138, BT-143).
        reason: The reason as text (BT-97, BT-104, BT-139, BT-144).
        reason_code: The reason as code: UNTDID 5189 of an allowance, UNTDID 7161 of a charge
            (BT-98, BT-105, BT-140, BT-145).
        vat_category: The VAT category, only on the document (BT-95, BT-102).
        vat_rate: The VAT rate in percent, only on the document (BT-96, BT-103).
    """

    amount: Decimal | None = attrs.field(default=None, validator=number)
    base_amount: Decimal | None = attrs.field(default=None, validator=number)
    percent: Decimal | None = attrs.field(default=None, validator=number)
    reason: str | None = None
    reason_code: str | None = None
    vat_category: str | None = None
    vat_rate: Decimal | None = attrs.field(default=None, validator=number)


@attrs.frozen(kw_only=True)
class Price:
    """What a number of units of the item costs (BG-29).

    Attributes:
        net: The price without VAT, after the discount (BT-146).
        discount: What was taken off the gross price (BT-147).
        gross: The price without VAT, before the discount (BT-148).
        base_quantity: For how many units the price is; one where missing (BT-149).
        base_unit: The code of their unit (BT-150).
    """

    net: Decimal | None = attrs.field(default=None, validator=number)
    discount: Decimal | None = attrs.field(default=None, validator=number)
    gross: Decimal | None = attrs.field(default=None, validator=number)
    base_quantity: Decimal | None = attrs.field(default=None, validator=number)
    base_unit: str | None = None


@attrs.frozen(kw_only=True)
class ItemAttribute:
    """A property of an item (BG-32).

    Attributes:
        name: Which property (BT-160).
        value: What it is (BT-161).
    """

    name: str | None = None
    value: str | None = None


@attrs.frozen(kw_only=True)
class Item:
    """What was sold (BG-31).

    Attributes:
        name: Its name (BT-153).
        description: Its description (BT-154).
        seller_id: Its number at the seller (BT-155).
        buyer_id: Its number at the buyer (BT-156).
        standard_id: Its number in a registered scheme, such as a GTIN (BT-157).
        classifications: Its codes in classifications; the scheme is of UNTDID 7143 (BT-158).
        origin_country: The code of the country it comes from (BT-159).
        attributes: Its properties (BG-32).
    """

    name: str | None = None
    description: str | None = None
    seller_id: str | None = None
    buyer_id: str | None = None
    standard_id: Identifier | None = None
    classifications: tuple[Identifier, ...] = ()
    origin_country: str | None = None
    attributes: tuple[ItemAttribute, ...] = ()


@attrs.frozen(kw_only=True)
class EInvoiceLine:
    """A line of an invoice (BG-25).

    Attributes:
        id: What the line is called within the document (BT-126).
        note: A remark (BT-127).
        object_id: What the line is about, such as a meter (BT-128).
        quantity: How much (BT-129).
        unit: The code of the unit, of UN/ECE Recommendation 20 or 21 (BT-130).
        net: What the line comes to without VAT (BT-131).
        order_line: The line of the purchase order (BT-132).
        accounting_reference: Where the buyer books it (BT-133).
        period: The days it is for (BG-26).
        allowances: What was taken off (BG-27).
        charges: What was added (BG-28).
        price: What the item costs (BG-29).
        vat_category: The code of the VAT category (BT-151).
        vat_rate: The VAT rate in percent (BT-152).
        item: What was sold (BG-31).
    """

    id: str | None = None
    note: str | None = None
    object_id: Identifier | None = None
    quantity: Decimal | None = attrs.field(default=None, validator=number)
    unit: str | None = None
    net: Decimal | None = attrs.field(default=None, validator=number)
    order_line: str | None = None
    accounting_reference: str | None = None
    period: InvoicingPeriod | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    price: Price | None = None
    vat_category: str | None = None
    vat_rate: Decimal | None = attrs.field(default=None, validator=number)
    item: Item | None = None
