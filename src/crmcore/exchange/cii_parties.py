"""Who and where in CII: identifiers, addresses, days and parties, as the tables need them.

The rows are in the order of the schema of the Cross Industry Invoice D16B.
"""

from typing import Any

from crmcore.einvoice import Address, Contact, Identifier, Party
from crmcore.exchange.forms import DAY_102, TEXT
from crmcore.exchange.mapping import Constant, Group, Part, Row, Term, identifier, is_vat_or_untold


def anything(_: str) -> bool:
    """Whatever stands there is taken."""
    return True


VAT = Constant("ram:TypeCode", "VAT", is_vat_or_untold)


def day(path: str, field: str) -> tuple[Row, ...]:
    """A day in the element at the path, with its format."""
    return Term(path, field, DAY_102), Constant(f"{path}/@format", "102", anything)


def _has_scheme(identifier: Identifier) -> bool:
    return identifier.scheme is not None


def _has_no_scheme(identifier: Identifier) -> bool:
    return identifier.scheme is None


def identifiers(field: str, *, many: bool) -> tuple[Group, Group]:
    """Identifiers, which CII keeps apart by whether they have a scheme."""
    rows = (Term(".", "value"), Term("@schemeID", "scheme"))
    return (
        Group("ram:ID", field, Identifier, rows, many, when=_has_no_scheme),
        Group("ram:GlobalID", field, Identifier, rows, many, when=_has_scheme),
    )


def address(field: str) -> Group:
    """An address."""
    rows = (
        Term("ram:PostcodeCode", "postal_code"),
        Term("ram:LineOne", "line1", TEXT),
        Term("ram:LineTwo", "line2", TEXT),
        Term("ram:LineThree", "line3", TEXT),
        Term("ram:CityName", "city", TEXT),
        Term("ram:CountryID", "country"),
        Term("ram:CountrySubDivisionName", "region", TEXT),
    )
    return Group("ram:PostalTradeAddress", field, Address, rows)


def _contact(department: str | None = None, **fields: Any) -> Contact:
    return Contact(**{"name": department, **fields})


def party(name: str, field: str) -> Group:
    """A party with everything any of them may have."""
    rows = (
        *identifiers("ids", many=True),
        Term("ram:Name", "name", TEXT),
        Term("ram:Description", "legal_information", TEXT),
        identifier("ram:SpecifiedLegalOrganization/ram:ID", "registration"),
        Term("ram:SpecifiedLegalOrganization/ram:TradingBusinessName", "trading_name", TEXT),
        Group(
            "ram:DefinedTradeContact",
            "contact",
            _contact,
            (
                Term("ram:PersonName", "name", TEXT),
                Term("ram:DepartmentName", "department", TEXT),
                Term("ram:TelephoneUniversalCommunication/ram:CompleteNumber", "phone"),
                Term("ram:EmailURIUniversalCommunication/ram:URIID", "email"),
            ),
        ),
        address("address"),
        identifier("ram:URIUniversalCommunication/ram:URIID", "electronic_address"),
        _registration("VA", "vat_id"),
        _registration("FC", "tax_id"),
    )
    return Group(name, field, Party, rows)


def _registration(scheme: str, field: str) -> Part:
    rows = (Term("ram:ID", field), Constant("ram:ID/@schemeID", scheme))
    return Part("ram:SpecifiedTaxRegistration", rows)
