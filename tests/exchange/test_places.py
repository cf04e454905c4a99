"""Every term stands where the bindings of the standard put it (CEN/TS 16931-3-2 and 3-3).

Reader and writer follow one table, so a term at a wrong place would come back all the same. Here the
places are written down once more, by hand, and an invoice full of marks is looked through.
"""

from datetime import date
from decimal import Decimal

import attrs
import pytest
from lxml import etree

from crmcore.einvoice import (
    Address,
    AllowanceCharge,
    Attachment,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    DocumentTotals,
    EInvoice,
    EInvoiceLine,
    Identifier,
    InvoicingPeriod,
    Item,
    ItemAttribute,
    Note,
    Party,
    PaymentCard,
    PaymentInstructions,
    PrecedingInvoice,
    Price,
    SupportingDocument,
    VatBreakdown,
)
from crmcore.exchange import write_cii, write_ubl
from crmcore.exchange.cii_tables import NAMESPACES as CII
from crmcore.exchange.ubl_tables import NAMESPACES as UBL


def party(name):
    return Party(
        name=f"{name}-name",
        trading_name=f"{name}-trading",
        ids=(Identifier(value=f"{name}-gln", scheme="0088"),),
        registration=Identifier(value=f"{name}-register", scheme="0002"),
        vat_id=f"{name}-vat",
        tax_id=f"{name}-tax",
        legal_information=f"{name}-legal",
        electronic_address=Identifier(value=f"{name}-endpoint", scheme="EM"),
        address=Address(
            line1=f"{name}-line1",
            line2=f"{name}-line2",
            line3=f"{name}-line3",
            city=f"{name}-city",
            postal_code=f"{name}-zip",
            region=f"{name}-region",
            country=f"{name}-country",
        ),
        contact=Contact(name=f"{name}-person", phone=f"{name}-phone", email=f"{name}-email"),
    )


def entry(first):
    return AllowanceCharge(
        amount=Decimal(first),
        base_amount=Decimal(first + 1),
        percent=Decimal(first + 2),
        reason=f"reason{first}",
        reason_code=f"code{first}",
        vat_category=f"cat{first}",
        vat_rate=Decimal(first + 3),
    )


def line():
    item = Item(
        name="i-name",
        description="i-text",
        seller_id="i-seller",
        buyer_id="i-buyer",
        standard_id=Identifier(value="i-gtin", scheme="0160"),
        classifications=(Identifier(value="i-class", scheme="STI", version="9"),),
        origin_country="i-origin",
        attributes=(ItemAttribute(name="i-property", value="i-value"),),
    )
    return EInvoiceLine(
        id="l-id",
        note="l-note",
        object_id=Identifier(value="l-object", scheme="AWV"),
        quantity=Decimal(501),
        unit="l-unit",
        net=Decimal(502),
        order_line="l-order",
        accounting_reference="l-account",
        period=InvoicingPeriod(start=date(2026, 5, 1), end=date(2026, 5, 2)),
        allowances=(attrs.evolve(entry(510), vat_category=None, vat_rate=None),),
        charges=(attrs.evolve(entry(520), vat_category=None, vat_rate=None),),
        price=Price(
            net=Decimal(531),
            discount=Decimal(532),
            gross=Decimal(533),
            base_quantity=Decimal(534),
            base_unit="p-unit",
        ),
        vat_category="l-cat",
        vat_rate=Decimal(541),
        item=item,
    )


MARKED = EInvoice(
    number="BT-1",
    issued_on=date(2026, 1, 2),
    type_code="380",
    currency="USD",
    vat_currency="EUR",
    tax_point_on=date(2026, 1, 7),
    tax_point_code="35",
    due_on=date(2026, 1, 9),
    buyer_reference="BT-10",
    project="BT-11",
    contract="BT-12",
    purchase_order="BT-13",
    sales_order="BT-14",
    receiving_advice="BT-15",
    despatch_advice="BT-16",
    tender="BT-17",
    object_id=Identifier(value="BT-18", scheme="ABC"),
    accounting_reference="BT-19",
    payment_terms="BT-20",
    notes=(Note(text="BT-22", subject_code="AAI"),),
    process="BT-23",
    specification="BT-24",
    preceding=(PrecedingInvoice(number="BT-25", issued_on=date(2026, 1, 26)),),
    seller=party("s"),
    buyer=party("b"),
    payee=party("p"),
    tax_representative=party("t"),
    delivery=Delivery(
        name="BT-70",
        location=Identifier(value="BT-71", scheme="0088"),
        delivered_on=date(2026, 2, 12),
        address=party("d").address,
    ),
    period=InvoicingPeriod(start=date(2026, 2, 13), end=date(2026, 2, 14)),
    payments=(
        PaymentInstructions(
            means_code="BT-81",
            means_text="BT-82",
            remittance="BT-83",
            credit_transfers=(CreditTransfer(account="BT-84", name="BT-85", bic="BT-86"),),
            card=PaymentCard(number="BT-87", holder="BT-88"),
            direct_debit=DirectDebit(mandate="BT-89", creditor="BT-90", account="BT-91"),
        ),
    ),
    allowances=(entry(92),),
    charges=(entry(990),),
    totals=DocumentTotals(
        lines=Decimal(106),
        allowances=Decimal(107),
        charges=Decimal(108),
        net=Decimal(109),
        vat=Decimal(110),
        vat_accounted=Decimal(111),
        gross=Decimal(112),
        prepaid=Decimal(113),
        rounding=Decimal(114),
        payable=Decimal(115),
    ),
    vat=(
        VatBreakdown(
            taxable=Decimal(116),
            tax=Decimal(117),
            category="BT-118",
            rate=Decimal(119),
            exemption_reason="BT-120",
            exemption_code="BT-121",
        ),
    ),
    documents=(
        SupportingDocument(
            id="BT-122",
            description="BT-123",
            url="BT-124",
            attachment=Attachment(content=b"BT-125", mime_code="m", filename="f"),
        ),
    ),
    lines=(line(),),
)

DOC, TX = "rsm:ExchangedDocument", "rsm:SupplyChainTradeTransaction"
CONTEXT = "rsm:ExchangedDocumentContext"
AGREE, SHIP, SETTLE = (
    f"{TX}/ram:ApplicableHeaderTrade{part}" for part in ("Agreement", "Delivery", "Settlement")
)
SUM = f"{SETTLE}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
PAY = f"{SETTLE}/ram:SpecifiedTradeSettlementPaymentMeans"
LINE = f"{TX}/ram:IncludedSupplyChainTradeLineItem"
ITEM, AT = f"{LINE}/ram:SpecifiedTradeProduct", f"{LINE}/ram:SpecifiedLineTradeAgreement"
LS = f"{LINE}/ram:SpecifiedLineTradeSettlement"
TAX, UTAX = f"{SETTLE}/ram:ApplicableTradeTax", "cac:TaxTotal/cac:TaxSubtotal"
UPAY, ULINE = "cac:PaymentMeans", "cac:InvoiceLine"
UITEM, UPRICE = f"{ULINE}/cac:Item", f"{ULINE}/cac:Price"
UREF, REF = "cac:AdditionalDocumentReference", f"{AGREE}/ram:AdditionalReferencedDocument"
ADDRESS = (
    ("line1", "cbc:StreetName", "ram:LineOne"),
    ("line2", "cbc:AdditionalStreetName", "ram:LineTwo"),
    ("line3", "cac:AddressLine/cbc:Line", "ram:LineThree"),
    ("city", "cbc:CityName", "ram:CityName"),
    ("zip", "cbc:PostalZone", "ram:PostcodeCode"),
    ("region", "cbc:CountrySubentity", "ram:CountrySubDivisionName"),
    ("country", "cac:Country/cbc:IdentificationCode", "ram:CountryID"),
)


def places_of_party(mark, ubl, cii):
    """Where the terms of a seller or a buyer stand."""
    scheme = "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='{}']".format
    tax = "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='{}']/cbc:CompanyID".format
    legal = "cac:PartyLegalEntity"
    rows = (
        ("name", f"{legal}/cbc:RegistrationName", "ram:Name"),
        (
            "trading",
            "cac:PartyName/cbc:Name",
            "ram:SpecifiedLegalOrganization/ram:TradingBusinessName",
        ),
        (
            "gln",
            "cac:PartyIdentification/cbc:ID[@schemeID='0088']",
            "ram:GlobalID[@schemeID='0088']",
        ),
        (
            "register",
            f"{legal}/cbc:CompanyID[@schemeID='0002']",
            "ram:SpecifiedLegalOrganization/ram:ID[@schemeID='0002']",
        ),
        ("vat", tax("VAT"), scheme("VA")),
        ("tax", tax("FC"), scheme("FC")),
        ("legal", f"{legal}/cbc:CompanyLegalForm", "ram:Description"),
        (
            "endpoint",
            "cbc:EndpointID[@schemeID='EM']",
            "ram:URIUniversalCommunication/ram:URIID[@schemeID='EM']",
        ),
        ("person", "cac:Contact/cbc:Name", "ram:DefinedTradeContact/ram:PersonName"),
        (
            "phone",
            "cac:Contact/cbc:Telephone",
            "ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber",
        ),
        (
            "email",
            "cac:Contact/cbc:ElectronicMail",
            "ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID",
        ),
        *(
            (key, f"cac:PostalAddress/{one}", f"ram:PostalTradeAddress/{two}")
            for key, one, two in ADDRESS
        ),
    )
    return [(f"{mark}-{key}", f"{ubl}/{one}", f"{cii}/{two}") for key, one, two in rows]


def places_of_entry(first, is_charge, ubl, cii, *, on_document):
    """Where the terms of an allowance or charge stand."""
    told = "true" if is_charge else "false"
    one = f"{ubl}[cbc:ChargeIndicator='{told}']"
    two = f"{cii}[ram:ChargeIndicator/udt:Indicator='{told}']"
    rows = [
        (str(first), f"{one}/cbc:Amount", f"{two}/ram:ActualAmount"),
        (str(first + 1), f"{one}/cbc:BaseAmount", f"{two}/ram:BasisAmount"),
        (str(first + 2), f"{one}/cbc:MultiplierFactorNumeric", f"{two}/ram:CalculationPercent"),
        (f"reason{first}", f"{one}/cbc:AllowanceChargeReason", f"{two}/ram:Reason"),
        (f"code{first}", f"{one}/cbc:AllowanceChargeReasonCode", f"{two}/ram:ReasonCode"),
    ]
    tax = (
        (
            f"cat{first}",
            f"{one}/cac:TaxCategory/cbc:ID",
            f"{two}/ram:CategoryTradeTax/ram:CategoryCode",
        ),
        (
            str(first + 3),
            f"{one}/cac:TaxCategory/cbc:Percent",
            f"{two}/ram:CategoryTradeTax/ram:RateApplicablePercent",
        ),
    )
    return rows + list(tax if on_document else ())


DAYS = (
    ("2026-01-02", "cbc:IssueDate", f"{DOC}/ram:IssueDateTime/udt:DateTimeString"),
    ("2026-01-07", "cbc:TaxPointDate", f"{TAX}/ram:TaxPointDate/udt:DateString"),
    (
        "2026-01-09",
        "cbc:DueDate",
        f"{SETTLE}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString",
    ),
    (
        "2026-01-26",
        "cac:BillingReference/cac:InvoiceDocumentReference/cbc:IssueDate",
        f"{SETTLE}/ram:InvoiceReferencedDocument/ram:FormattedIssueDateTime/qdt:DateTimeString",
    ),
    (
        "2026-02-12",
        "cac:Delivery/cbc:ActualDeliveryDate",
        f"{SHIP}/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString",
    ),
    (
        "2026-02-13",
        "cac:InvoicePeriod/cbc:StartDate",
        f"{SETTLE}/ram:BillingSpecifiedPeriod/ram:StartDateTime/udt:DateTimeString",
    ),
    (
        "2026-02-14",
        "cac:InvoicePeriod/cbc:EndDate",
        f"{SETTLE}/ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString",
    ),
    (
        "2026-05-01",
        f"{ULINE}/cac:InvoicePeriod/cbc:StartDate",
        f"{LS}/ram:BillingSpecifiedPeriod/ram:StartDateTime/udt:DateTimeString",
    ),
    (
        "2026-05-02",
        f"{ULINE}/cac:InvoicePeriod/cbc:EndDate",
        f"{LS}/ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString",
    ),
)
PLACES = (
    ("BT-1", "cbc:ID", f"{DOC}/ram:ID"),
    ("380", "cbc:InvoiceTypeCode", f"{DOC}/ram:TypeCode"),
    ("USD", "cbc:DocumentCurrencyCode", f"{SETTLE}/ram:InvoiceCurrencyCode"),
    ("EUR", "cbc:TaxCurrencyCode", f"{SETTLE}/ram:TaxCurrencyCode"),
    ("BT-10", "cbc:BuyerReference", f"{AGREE}/ram:BuyerReference"),
    ("BT-11", "cac:ProjectReference/cbc:ID", f"{AGREE}/ram:SpecifiedProcuringProject/ram:ID"),
    (
        "BT-12",
        "cac:ContractDocumentReference/cbc:ID",
        f"{AGREE}/ram:ContractReferencedDocument/ram:IssuerAssignedID",
    ),
    (
        "BT-13",
        "cac:OrderReference/cbc:ID",
        f"{AGREE}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID",
    ),
    (
        "BT-14",
        "cac:OrderReference/cbc:SalesOrderID",
        f"{AGREE}/ram:SellerOrderReferencedDocument/ram:IssuerAssignedID",
    ),
    (
        "BT-15",
        "cac:ReceiptDocumentReference/cbc:ID",
        f"{SHIP}/ram:ReceivingAdviceReferencedDocument/ram:IssuerAssignedID",
    ),
    (
        "BT-16",
        "cac:DespatchDocumentReference/cbc:ID",
        f"{SHIP}/ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID",
    ),
    (
        "BT-17",
        "cac:OriginatorDocumentReference/cbc:ID",
        f"{REF}[ram:TypeCode='50']/ram:IssuerAssignedID",
    ),
    (
        "BT-18",
        f"{UREF}[cbc:DocumentTypeCode='130']/cbc:ID[@schemeID='ABC']",
        f"{REF}[ram:TypeCode='130'][ram:ReferenceTypeCode='ABC']/ram:IssuerAssignedID",
    ),
    (
        "BT-19",
        "cbc:AccountingCost",
        f"{SETTLE}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID",
    ),
    (
        "BT-20",
        "cac:PaymentTerms/cbc:Note",
        f"{SETTLE}/ram:SpecifiedTradePaymentTerms/ram:Description",
    ),
    (
        "BT-23",
        "cbc:ProfileID",
        f"{CONTEXT}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID",
    ),
    (
        "BT-24",
        "cbc:CustomizationID",
        f"{CONTEXT}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
    ),
    (
        "BT-25",
        "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
        f"{SETTLE}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID",
    ),
    ("p-name", "cac:PayeeParty/cac:PartyName/cbc:Name", f"{SETTLE}/ram:PayeeTradeParty/ram:Name"),
    (
        "p-gln",
        "cac:PayeeParty/cac:PartyIdentification/cbc:ID[@schemeID='0088']",
        f"{SETTLE}/ram:PayeeTradeParty/ram:GlobalID",
    ),
    (
        "p-register",
        "cac:PayeeParty/cac:PartyLegalEntity/cbc:CompanyID",
        f"{SETTLE}/ram:PayeeTradeParty/ram:SpecifiedLegalOrganization/ram:ID",
    ),
    (
        "t-name",
        "cac:TaxRepresentativeParty/cac:PartyName/cbc:Name",
        f"{AGREE}/ram:SellerTaxRepresentativeTradeParty/ram:Name",
    ),
    (
        "t-vat",
        "cac:TaxRepresentativeParty/cac:PartyTaxScheme/cbc:CompanyID",
        f"{AGREE}/ram:SellerTaxRepresentativeTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']",
    ),
    (
        "t-country",
        "cac:TaxRepresentativeParty/cac:PostalAddress/cac:Country/cbc:IdentificationCode",
        f"{AGREE}/ram:SellerTaxRepresentativeTradeParty/ram:PostalTradeAddress/ram:CountryID",
    ),
    (
        "BT-70",
        "cac:Delivery/cac:DeliveryParty/cac:PartyName/cbc:Name",
        f"{SHIP}/ram:ShipToTradeParty/ram:Name",
    ),
    (
        "BT-71",
        "cac:Delivery/cac:DeliveryLocation/cbc:ID[@schemeID='0088']",
        f"{SHIP}/ram:ShipToTradeParty/ram:GlobalID[@schemeID='0088']",
    ),
    *(
        (
            "d-" + key,
            f"cac:Delivery/cac:DeliveryLocation/cac:Address/{one}",
            f"{SHIP}/ram:ShipToTradeParty/ram:PostalTradeAddress/{two}",
        )
        for key, one, two in ADDRESS
    ),
    ("BT-81", f"{UPAY}/cbc:PaymentMeansCode", f"{PAY}/ram:TypeCode"),
    ("BT-82", f"{UPAY}/cbc:PaymentMeansCode/@name", f"{PAY}/ram:Information"),
    ("BT-83", f"{UPAY}/cbc:PaymentID", f"{SETTLE}/ram:PaymentReference"),
    (
        "BT-84",
        f"{UPAY}/cac:PayeeFinancialAccount/cbc:ID",
        f"{PAY}/ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID",
    ),
    (
        "BT-85",
        f"{UPAY}/cac:PayeeFinancialAccount/cbc:Name",
        f"{PAY}/ram:PayeePartyCreditorFinancialAccount/ram:AccountName",
    ),
    (
        "BT-86",
        f"{UPAY}/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID",
        f"{PAY}/ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID",
    ),
    (
        "BT-87",
        f"{UPAY}/cac:CardAccount/cbc:PrimaryAccountNumberID",
        f"{PAY}/ram:ApplicableTradeSettlementFinancialCard/ram:ID",
    ),
    (
        "BT-88",
        f"{UPAY}/cac:CardAccount/cbc:HolderName",
        f"{PAY}/ram:ApplicableTradeSettlementFinancialCard/ram:CardholderName",
    ),
    (
        "BT-89",
        f"{UPAY}/cac:PaymentMandate/cbc:ID",
        f"{SETTLE}/ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID",
    ),
    (
        "BT-90",
        "cac:PayeeParty/cac:PartyIdentification/cbc:ID[@schemeID='SEPA']",
        f"{SETTLE}/ram:CreditorReferenceID",
    ),
    (
        "BT-91",
        f"{UPAY}/cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID",
        f"{PAY}/ram:PayerPartyDebtorFinancialAccount/ram:IBANID",
    ),
    ("106", "cac:LegalMonetaryTotal/cbc:LineExtensionAmount", f"{SUM}/ram:LineTotalAmount"),
    ("107", "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount", f"{SUM}/ram:AllowanceTotalAmount"),
    ("108", "cac:LegalMonetaryTotal/cbc:ChargeTotalAmount", f"{SUM}/ram:ChargeTotalAmount"),
    ("109", "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount", f"{SUM}/ram:TaxBasisTotalAmount"),
    (
        "110",
        "cac:TaxTotal/cbc:TaxAmount[@currencyID='USD']",
        f"{SUM}/ram:TaxTotalAmount[@currencyID='USD']",
    ),
    (
        "111",
        "cac:TaxTotal/cbc:TaxAmount[@currencyID='EUR']",
        f"{SUM}/ram:TaxTotalAmount[@currencyID='EUR']",
    ),
    ("112", "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", f"{SUM}/ram:GrandTotalAmount"),
    ("113", "cac:LegalMonetaryTotal/cbc:PrepaidAmount", f"{SUM}/ram:TotalPrepaidAmount"),
    ("114", "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount", f"{SUM}/ram:RoundingAmount"),
    ("115", "cac:LegalMonetaryTotal/cbc:PayableAmount", f"{SUM}/ram:DuePayableAmount"),
    ("116", f"{UTAX}/cbc:TaxableAmount", f"{TAX}/ram:BasisAmount"),
    ("117", f"{UTAX}/cbc:TaxAmount", f"{TAX}/ram:CalculatedAmount"),
    ("BT-118", f"{UTAX}/cac:TaxCategory/cbc:ID", f"{TAX}/ram:CategoryCode"),
    ("119", f"{UTAX}/cac:TaxCategory/cbc:Percent", f"{TAX}/ram:RateApplicablePercent"),
    ("BT-120", f"{UTAX}/cac:TaxCategory/cbc:TaxExemptionReason", f"{TAX}/ram:ExemptionReason"),
    (
        "BT-121",
        f"{UTAX}/cac:TaxCategory/cbc:TaxExemptionReasonCode",
        f"{TAX}/ram:ExemptionReasonCode",
    ),
    (
        "BT-122",
        f"{UREF}[not(cbc:DocumentTypeCode)]/cbc:ID",
        f"{REF}[ram:TypeCode='916']/ram:IssuerAssignedID",
    ),
    ("BT-123", f"{UREF}/cbc:DocumentDescription", f"{REF}/ram:Name"),
    ("BT-124", f"{UREF}/cac:Attachment/cac:ExternalReference/cbc:URI", f"{REF}/ram:URIID"),
    (
        "QlQtMTI1",
        f"{UREF}/cac:Attachment/cbc:EmbeddedDocumentBinaryObject[@mimeCode='m'][@filename='f']",
        f"{REF}/ram:AttachmentBinaryObject[@mimeCode='m'][@filename='f']",
    ),
    ("l-id", f"{ULINE}/cbc:ID", f"{LINE}/ram:AssociatedDocumentLineDocument/ram:LineID"),
    (
        "l-note",
        f"{ULINE}/cbc:Note",
        f"{LINE}/ram:AssociatedDocumentLineDocument/ram:IncludedNote/ram:Content",
    ),
    (
        "l-object",
        f"{ULINE}/cac:DocumentReference[cbc:DocumentTypeCode='130']/cbc:ID[@schemeID='AWV']",
        f"{LS}/ram:AdditionalReferencedDocument[ram:TypeCode='130'][ram:ReferenceTypeCode='AWV']/ram:IssuerAssignedID",
    ),
    (
        "501",
        f"{ULINE}/cbc:InvoicedQuantity[@unitCode='l-unit']",
        f"{LINE}/ram:SpecifiedLineTradeDelivery/ram:BilledQuantity[@unitCode='l-unit']",
    ),
    (
        "502",
        f"{ULINE}/cbc:LineExtensionAmount",
        f"{LS}/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
    ),
    (
        "l-order",
        f"{ULINE}/cac:OrderLineReference/cbc:LineID",
        f"{AT}/ram:BuyerOrderReferencedDocument/ram:LineID",
    ),
    (
        "l-account",
        f"{ULINE}/cbc:AccountingCost",
        f"{LS}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID",
    ),
    ("531", f"{UPRICE}/cbc:PriceAmount", f"{AT}/ram:NetPriceProductTradePrice/ram:ChargeAmount"),
    (
        "532",
        f"{UPRICE}/cac:AllowanceCharge/cbc:Amount",
        f"{AT}/ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:ActualAmount",
    ),
    (
        "533",
        f"{UPRICE}/cac:AllowanceCharge/cbc:BaseAmount",
        f"{AT}/ram:GrossPriceProductTradePrice/ram:ChargeAmount",
    ),
    (
        "534",
        f"{UPRICE}/cbc:BaseQuantity[@unitCode='p-unit']",
        f"{AT}/ram:NetPriceProductTradePrice/ram:BasisQuantity[@unitCode='p-unit']",
    ),
    (
        "l-cat",
        f"{UITEM}/cac:ClassifiedTaxCategory/cbc:ID",
        f"{LS}/ram:ApplicableTradeTax/ram:CategoryCode",
    ),
    (
        "541",
        f"{UITEM}/cac:ClassifiedTaxCategory/cbc:Percent",
        f"{LS}/ram:ApplicableTradeTax/ram:RateApplicablePercent",
    ),
    ("i-name", f"{UITEM}/cbc:Name", f"{ITEM}/ram:Name"),
    ("i-text", f"{UITEM}/cbc:Description", f"{ITEM}/ram:Description"),
    ("i-seller", f"{UITEM}/cac:SellersItemIdentification/cbc:ID", f"{ITEM}/ram:SellerAssignedID"),
    ("i-buyer", f"{UITEM}/cac:BuyersItemIdentification/cbc:ID", f"{ITEM}/ram:BuyerAssignedID"),
    (
        "i-gtin",
        f"{UITEM}/cac:StandardItemIdentification/cbc:ID[@schemeID='0160']",
        f"{ITEM}/ram:GlobalID[@schemeID='0160']",
    ),
    (
        "i-class",
        f"{UITEM}/cac:CommodityClassification/cbc:ItemClassificationCode[@listID='STI'][@listVersionID='9']",
        f"{ITEM}/ram:DesignatedProductClassification/ram:ClassCode[@listID='STI'][@listVersionID='9']",
    ),
    (
        "i-origin",
        f"{UITEM}/cac:OriginCountry/cbc:IdentificationCode",
        f"{ITEM}/ram:OriginTradeCountry/ram:ID",
    ),
    (
        "i-property",
        f"{UITEM}/cac:AdditionalItemProperty/cbc:Name",
        f"{ITEM}/ram:ApplicableProductCharacteristic/ram:Description",
    ),
    (
        "i-value",
        f"{UITEM}/cac:AdditionalItemProperty/cbc:Value",
        f"{ITEM}/ram:ApplicableProductCharacteristic/ram:Value",
    ),
    *places_of_party("s", "cac:AccountingSupplierParty/cac:Party", f"{AGREE}/ram:SellerTradeParty"),
    *places_of_party("b", "cac:AccountingCustomerParty/cac:Party", f"{AGREE}/ram:BuyerTradeParty"),
    *places_of_entry(
        92,
        False,
        "cac:AllowanceCharge",
        f"{SETTLE}/ram:SpecifiedTradeAllowanceCharge",
        on_document=True,
    ),
    *places_of_entry(
        990,
        True,
        "cac:AllowanceCharge",
        f"{SETTLE}/ram:SpecifiedTradeAllowanceCharge",
        on_document=True,
    ),
    *places_of_entry(
        510,
        False,
        f"{ULINE}/cac:AllowanceCharge",
        f"{LS}/ram:SpecifiedTradeAllowanceCharge",
        on_document=False,
    ),
    *places_of_entry(
        520,
        True,
        f"{ULINE}/cac:AllowanceCharge",
        f"{LS}/ram:SpecifiedTradeAllowanceCharge",
        on_document=False,
    ),
)
ONLY = (
    (write_ubl, UBL, "cbc:Note", "#AAI#BT-22"),
    (write_ubl, UBL, "cac:InvoicePeriod/cbc:DescriptionCode", "35"),
    (write_cii, CII, f"{DOC}/ram:IncludedNote/ram:Content", "BT-22"),
    (write_cii, CII, f"{DOC}/ram:IncludedNote/ram:SubjectCode", "AAI"),
    (write_cii, CII, f"{TAX}/ram:DueDateTypeCode", "29"),
)


def texts(root, path, namespaces):
    found = root.xpath(path, namespaces=namespaces)
    return [each if isinstance(each, str) else each.text for each in found]


def test_every_term_stands_where_the_binding_of_ubl_puts_it():
    root = etree.fromstring(write_ubl(MARKED))

    found = {path: texts(root, path, UBL) for _, path, _ in (*PLACES, *DAYS)}

    assert found == {path: [mark] for mark, path, _ in (*PLACES, *DAYS)}


def test_every_term_stands_where_the_binding_of_cii_puts_it():
    root = etree.fromstring(write_cii(MARKED))
    expected = {path: [mark] for mark, _, path in PLACES}
    expected |= {f"{path}[@format='102']": [mark.replace("-", "")] for mark, _, path in DAYS}

    assert {path: texts(root, path, CII) for path in expected} == expected


@pytest.mark.parametrize(("write", "namespaces", "path", "mark"), ONLY)
def test_what_the_syntaxes_tell_otherwise_stands_at_its_place_too(write, namespaces, path, mark):
    root = etree.fromstring(write(MARKED))

    assert texts(root, path, namespaces) == [mark]
