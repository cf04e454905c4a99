"""Who and where in UBL: identifiers, addresses, parties and the delivery, as the tables need them.

The rows are in the order of the schema of UBL 2.1.
"""

from crmcore.einvoice import Address, Contact, Delivery, Identifier, Party
from crmcore.exchange.forms import DAY, TEXT
from crmcore.exchange.mapping import Constant, Group, Part, Term, identifier


def _is_vat(text: str) -> bool:
    return text.upper() == "VAT"


def address(path: str) -> Group:
    """An address."""
    rows = (
        Term("cbc:StreetName", "line1", TEXT),
        Term("cbc:AdditionalStreetName", "line2", TEXT),
        Term("cbc:CityName", "city", TEXT),
        Term("cbc:PostalZone", "postal_code"),
        Term("cbc:CountrySubentity", "region", TEXT),
        Term("cac:AddressLine/cbc:Line", "line3", TEXT),
        Term("cac:Country/cbc:IdentificationCode", "country"),
    )
    return Group(path, "address", Address, rows)


_VAT_ID = Part(
    "cac:PartyTaxScheme",
    (Term("cbc:CompanyID", "vat_id"), Constant("cac:TaxScheme/cbc:ID", "VAT", _is_vat)),
)
_TAX_ID = Part(
    "cac:PartyTaxScheme",
    (
        Term("cbc:CompanyID", "tax_id"),
        Constant("cac:TaxScheme/cbc:ID", "FC", lambda text: not _is_vat(text)),
    ),
)
_IDS = Group(
    "cac:PartyIdentification",
    "ids",
    Identifier,
    (Term("cbc:ID", "value"), Term("cbc:ID/@schemeID", "scheme")),
    many=True,
)
_CONTACT = Group(
    "cac:Contact",
    "contact",
    Contact,
    (
        Term("cbc:Name", "name", TEXT),
        Term("cbc:Telephone", "phone"),
        Term("cbc:ElectronicMail", "email"),
    ),
)
_PARTY = (
    identifier("cbc:EndpointID", "electronic_address"),
    _IDS,
    Term("cac:PartyName/cbc:Name", "trading_name", TEXT),
    address("cac:PostalAddress"),
    _VAT_ID,
    _TAX_ID,
    Term("cac:PartyLegalEntity/cbc:RegistrationName", "name", TEXT),
    identifier("cac:PartyLegalEntity/cbc:CompanyID", "registration"),
    Term("cac:PartyLegalEntity/cbc:CompanyLegalForm", "legal_information", TEXT),
    _CONTACT,
)
PARTIES = (
    Group("cac:AccountingSupplierParty/cac:Party", "seller", Party, _PARTY),
    Group("cac:AccountingCustomerParty/cac:Party", "buyer", Party, _PARTY),
    Group(
        "cac:PayeeParty",
        "payee",
        Party,
        (
            _IDS,
            Term("cac:PartyName/cbc:Name", "name", TEXT),
            identifier("cac:PartyLegalEntity/cbc:CompanyID", "registration"),
        ),
    ),
    Group(
        "cac:TaxRepresentativeParty",
        "tax_representative",
        Party,
        (Term("cac:PartyName/cbc:Name", "name", TEXT), address("cac:PostalAddress"), _VAT_ID),
    ),
)

DELIVERY = Group(
    "cac:Delivery",
    "delivery",
    Delivery,
    (
        Term("cbc:ActualDeliveryDate", "delivered_on", DAY),
        identifier("cac:DeliveryLocation/cbc:ID", "location"),
        address("cac:DeliveryLocation/cac:Address"),
        Term("cac:DeliveryParty/cac:PartyName/cbc:Name", "name", TEXT),
    ),
)
