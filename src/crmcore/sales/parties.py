"""Who sells and who buys, as a document keeps them: what a contact says later changes no paper.

The fields are those that EN 16931 asks of a seller (BG-4) and a buyer (BG-7).
"""

from typing import Annotated

import attrs

from crmcore.contacts import Contact, Organization
from crmcore.grammar.entity import Text
from crmcore.values import PostalAddress, email_address, vat_id

_Line = Annotated[str, Text(max=300)]
_Code = Annotated[str, Text(max=60)]


def _vat_id(text: str | None) -> str | None:
    return None if text is None else vat_id(text)


def _email(text: str | None) -> str | None:
    return None if text is None else email_address(text)


@attrs.frozen(kw_only=True)
class Seller:
    """Who issues the documents.

    Attributes:
        name: The registered name (BT-27).
        address: The postal address (BG-5).
        vat_id: The VAT number, USt-IdNr. (BT-31).
        tax_number: The local tax number, Steuernummer (BT-32).
        register_number: The number in the register of companies (BT-30).
        contact_name: Whom to ask (BT-41).
        phone: Where to call (BT-42).
        email: Where to write (BT-43).
        iban: The account to pay to (BT-84).
        bic: The bank of that account (BT-86).
        endpoint: The electronic address (BT-34).
        endpoint_scheme: The scheme of that address, such as EM for e-mail or 0204 for Leitweg-ID.
    """

    name: _Line
    address: PostalAddress | None = None
    vat_id: Annotated[str, Text(max=20)] | None = attrs.field(default=None, converter=_vat_id)
    tax_number: _Code | None = None
    register_number: _Code | None = None
    contact_name: _Line | None = None
    phone: Annotated[str, Text(max=30)] | None = None
    email: Annotated[str, Text(max=254)] | None = attrs.field(default=None, converter=_email)
    iban: Annotated[str, Text(max=34)] | None = None
    bic: Annotated[str, Text(max=11)] | None = None
    endpoint: Annotated[str, Text(max=254)] | None = None
    endpoint_scheme: Annotated[str, Text(max=10)] | None = None


@attrs.frozen(kw_only=True)
class Buyer:
    """Who a document is addressed to, as it was on the day of issue.

    Attributes:
        name: The name on the document (BT-44).
        address: The address on it (BG-8).
        vat_id: The VAT number on it (BT-48).
        email: The e-mail address on it (BT-58).
        endpoint: The electronic address (BT-49).
        endpoint_scheme: The scheme of that address.
    """

    name: _Line = attrs.field(repr=False)
    address: PostalAddress | None = None
    vat_id: Annotated[str, Text(max=20)] | None = attrs.field(default=None, repr=False)
    email: Annotated[str, Text(max=254)] | None = attrs.field(default=None, repr=False)
    endpoint: Annotated[str, Text(max=254)] | None = attrs.field(default=None, repr=False)
    endpoint_scheme: Annotated[str, Text(max=10)] | None = None


def buyer_of(account: Contact) -> Buyer:
    """The account as an invoice keeps it, whatever becomes of the contact later."""
    return Buyer(
        name=account.name,
        address=account.address,
        vat_id=account.vat_id if isinstance(account, Organization) else None,
        email=account.email,
    )
