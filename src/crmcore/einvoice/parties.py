"""Who takes part in an electronic invoice, and where: parties, addresses, contacts, identifiers.

A part of the model of EN 16931; the numbers of its business terms (BT) and groups (BG) are given with
each field. Anything may be missing, for a document with faults must be representable too.
"""

import attrs


@attrs.frozen(kw_only=True)
class Identifier:
    """A name under which something is known, with the scheme that issues such names.

    Attributes:
        value: The identifier itself.
        scheme: The code of its scheme, such as ``0088`` for a GLN.
        version: The version of the scheme, where it has one (BT-158-2).
    """

    value: str | None = None
    scheme: str | None = None
    version: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Address:
    """An address: of the seller (BG-5), buyer (BG-8), tax representative (BG-12) or delivery (BG-15).

    Attributes:
        line1: The first line, mostly the street (BT-35, BT-50, BT-64, BT-75).
        line2: The second line (BT-36, BT-51, BT-65, BT-76).
        line3: The third line (BT-162, BT-163, BT-164, BT-165).
        city: The town (BT-37, BT-52, BT-66, BT-77).
        postal_code: The post code (BT-38, BT-53, BT-67, BT-78).
        region: The state, province or canton (BT-39, BT-54, BT-68, BT-79).
        country: The code of two letters of ISO 3166-1 (BT-40, BT-55, BT-69, BT-80).
    """

    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Contact:
    """Whom to ask: a person or a department of the seller (BG-6) or the buyer (BG-9).

    Attributes:
        name: The name of the person or department (BT-41, BT-56).
        phone: The phone number (BT-42, BT-57).
        email: The e-mail address (BT-43, BT-58).
    """

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Party:
    """Somebody in an invoice: seller (BG-4), buyer (BG-7), payee (BG-10), tax representative (BG-11).

    Attributes:
        name: The full name (BT-27, BT-44, BT-59, BT-62).
        trading_name: The name it is known by, where that is another one (BT-28, BT-45).
        ids: Its identifiers (BT-29, BT-46, BT-60); the standard lets only a seller have several.
        registration: Its identifier in an official register (BT-30, BT-47, BT-61).
        vat_id: Its VAT number (BT-31, BT-48, BT-63).
        tax_id: The number of the seller at the local tax office (BT-32).
        legal_information: Further legal facts about the seller (BT-33).
        electronic_address: Where invoices reach it, with the scheme (BT-34, BT-49).
        address: Its postal address (BG-5, BG-8, BG-12).
        contact: Whom to ask there (BG-6, BG-9).
    """

    name: str | None = None
    trading_name: str | None = None
    ids: tuple[Identifier, ...] = ()
    registration: Identifier | None = None
    vat_id: str | None = None
    tax_id: str | None = None
    legal_information: str | None = None
    electronic_address: Identifier | None = None
    address: Address | None = None
    contact: Contact | None = None
