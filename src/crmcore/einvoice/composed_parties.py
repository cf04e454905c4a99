"""Seller and buyer of our documents in the terms of EN 16931."""

from crmcore.einvoice.parties import Address, Contact, Identifier, Party
from crmcore.sales import Buyer, Seller
from crmcore.values import PostalAddress

_EMAIL = "EM"


def seller_party(seller: Seller, is_outside: bool) -> Party:
    """The seller (BG-4).

    Args:
        seller: As the document keeps it.
        is_outside: Whether the document is outside the scope of VAT: then it must not tell a VAT
            number (BR-O-02), and the tax number identifies the seller.
    """
    known = seller.tax_number or seller.vat_id
    register = seller.register_number
    told = (seller.contact_name, seller.phone, seller.email)
    return Party(
        name=seller.name,
        ids=(Identifier(value=known),) if is_outside and known is not None else (),
        registration=None if register is None else Identifier(value=register),
        vat_id=None if is_outside else seller.vat_id,
        tax_id=seller.tax_number,
        electronic_address=_reached(seller.endpoint, seller.endpoint_scheme, seller.email),
        address=None if seller.address is None else address_of(seller.address),
        contact=Contact(name=told[0], phone=told[1], email=told[2]) if any(told) else None,
    )


def buyer_party(buyer: Buyer, is_outside: bool) -> Party:
    """The buyer (BG-7).

    Args:
        buyer: As the document keeps it.
        is_outside: Whether the document is outside the scope of VAT, see `seller_party`.
    """
    return Party(
        name=buyer.name,
        vat_id=None if is_outside else buyer.vat_id,
        electronic_address=_reached(buyer.endpoint, buyer.endpoint_scheme, buyer.email),
        address=None if buyer.address is None else address_of(buyer.address),
        contact=None if buyer.email is None else Contact(email=buyer.email),
    )


def address_of(address: PostalAddress) -> Address:
    """The address; what a street has beyond two lines is on the third."""
    street = [line for line in (address.street or "").splitlines() if line.strip()]
    return Address(
        line1=street[0] if street else None,
        line2=street[1] if len(street) > 1 else None,
        line3=", ".join(street[2:]) or None,
        city=address.city,
        postal_code=address.postal_code,
        region=address.region,
        country=address.country,
    )


def _reached(endpoint: str | None, scheme: str | None, email: str | None) -> Identifier | None:
    if endpoint is not None:
        return Identifier(value=endpoint, scheme=scheme)
    return None if email is None else Identifier(value=email, scheme=_EMAIL)
