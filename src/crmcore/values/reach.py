"""How a person or a company is reached, identified and paid: address, e-mail, phone, VAT number, IBAN.

Every function but `is_iban` takes what people type and returns one normal form, so that equal things
are equal texts. Nothing is looked up; whether a mailbox or a number exists is not known here.
"""

import re
from unicodedata import category, normalize

import attrs

from crmcore.errors import CrmError, InvalidText, InvalidValue, WrongType, raise_collected
from crmcore.values.countries import COUNTRIES
from crmcore.values.texts import text_fault

_PART_LENGTHS = {"street": 200, "postal_code": 20, "city": 100, "region": 100}
_MAX_EMAIL = 254
_MAX_LOCAL = 64
_MAX_LABEL = 63
_ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_MAX_PHONE = 60
_PHONE = re.compile(r"(\+|00)?[0-9]{1,40}")
_PHONE_NORMAL = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_SEPARATORS = re.compile(r"[ \u00a0\-\u2010-\u2015/.()]")
_COUNTRY_PREFIX = re.compile(r"[1-9][0-9]{0,2}")
_MAX_VAT = 40
_VAT_SEPARATORS = re.compile(r"[ .-]")
_VAT = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,12}")
# What most addresses look like: needs no normalising, and nothing of it can be wrong.
_EMAIL_PLAIN = re.compile(
    r"(?=[^@]{1,64}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_PLAIN = 20
"""The shortest of the limits of an address's parts."""
_VAT_DE = re.compile(r"DE[1-9][0-9]{8}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")


@attrs.frozen(kw_only=True)
class PostalAddress:
    """Where post arrives; every part may be unknown, but not all of them.

    Attributes:
        street: street and number, may have several lines.
        postal_code: as the country writes it.
        city: the town.
        region: state, province or county.
        country: code of ISO 3166-1, two capitals.
    """

    street: str | None = attrs.field(default=None, repr=False)
    postal_code: str | None = attrs.field(default=None, repr=False)
    city: str | None = attrs.field(default=None, repr=False)
    region: str | None = attrs.field(default=None, repr=False)
    country: str | None = None

    def __attrs_post_init__(self) -> None:
        if type(self.country) is str and self.country in COUNTRIES and _is_plain(self):
            return
        faults = [*_part_faults(self), *_country_faults(self.country)]
        if all(part is None for part in attrs.astuple(self)):
            faults.append(InvalidValue("address", "must have at least one part"))
        raise_collected(faults)

    def lines(self) -> tuple[str, ...]:
        """The address as it is written on an envelope, one line each, without empty ones."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        street = self.street.splitlines() if self.street else ()
        return tuple(line for line in (*street, town, self.region, self.country) if line)


def _is_plain(address: PostalAddress) -> bool:
    """Whether no part can have a fault, told quickly; most addresses are so."""
    return all(
        part is None
        or (type(part) is str and len(part) <= _PLAIN and part.isprintable() and part.strip())
        for part in (address.street, address.postal_code, address.city, address.region)
    )


def _part_faults(address: PostalAddress) -> list[CrmError]:
    faults: list[CrmError] = []
    for name, length in _PART_LENGTHS.items():
        value: object = getattr(address, name)
        if value is None:
            continue
        if fault := text_fault(name, value, length, lines=name == "street"):
            faults.append(fault)
        elif not str(value).strip():
            faults.append(InvalidText(name, "must not be blank; leave it out when it is unknown"))
    return faults


def _country_faults(country: object) -> list[CrmError]:
    if country is None or (isinstance(country, str) and country in COUNTRIES):
        return []
    return [InvalidValue("country", "must be a code of ISO 3166-1 in capitals, such as DE")]


def _checked(field: str, text: object, max_length: int) -> str:
    if not isinstance(text, str):
        raise WrongType(field, "str", type(text).__name__)
    if fault := text_fault(field, text, max_length, lines=False):
        raise InvalidValue(field, fault.reason)
    return text


def email_address(text: str, field: str = "email") -> str:
    """The e-mail address in NFC with its domain in small letters.

    The local part keeps its case. Letters outside ASCII are allowed in both parts; quoted local
    parts and address literals are not.

    Raises:
        InvalidValue: it is no e-mail address; blanks around it are a fault too.
        WrongType: it is no text.
    """
    if isinstance(text, str) and len(text) <= _MAX_EMAIL and _EMAIL_PLAIN.fullmatch(text):
        return text
    local, at, domain = normalize("NFC", _checked(field, text, _MAX_EMAIL)).partition("@")
    domain = normalize("NFC", domain.lower())
    if not at or "@" in domain:
        raise InvalidValue(field, "must have exactly one @")
    if not 1 <= len(local) <= _MAX_LOCAL or not _is_local(local):
        raise InvalidValue(field, f"needs 1 to {_MAX_LOCAL} plain characters before the @")
    labels = domain.split(".")
    if len(labels) == 1 or labels[-1].isdecimal() or not all(map(_is_label, labels)):
        raise InvalidValue(field, "needs a domain such as example.org after the @")
    address = f"{local}@{domain}"
    if len(address) > _MAX_EMAIL:
        raise InvalidValue(field, f"must have at most {_MAX_EMAIL} characters")
    return address


def _is_local(local: str) -> bool:
    plain = all(_ATEXT.fullmatch(atom) for atom in local.split("."))
    return plain and (local.isascii() or local.isprintable())


def _is_label(label: str) -> bool:
    if len(label) > _MAX_LABEL:
        return False
    if label.isascii():
        return _LABEL.fullmatch(label) is not None
    inner = all(sign == "-" or category(sign)[0] in "LM" or sign.isdecimal() for sign in label)
    return inner and label[0] != "-" and label[-1] != "-"


def phone_number(text: str, field: str = "phone", country_prefix: str | None = None) -> str:
    """The phone number as ``+`` and 7 to 15 digits: ``+49711123456``.

    Blanks, dashes, slashes, dots and parentheses are dropped, and ``(0)`` after an international
    prefix with them; the prefix is ``+`` or ``00``.

    Args:
        text: as people write it, e.g. ``+49 (0)711/123-456``.
        field: the name for error messages.
        country_prefix: e.g. ``"49"``: takes the place of one leading 0 of a national number.

    Raises:
        InvalidValue: it is no phone number, or a national one without a ``country_prefix``.
        WrongType: it is no text.
    """
    if isinstance(text, str) and _PHONE_NORMAL.fullmatch(text):
        return text
    typed = _checked(field, text, _MAX_PHONE).replace("(0)", "" if _is_abroad(text) else "0", 1)
    digits = _PHONE_SEPARATORS.sub("", typed)
    if _PHONE.fullmatch(digits) is None:
        raise InvalidValue(field, "must have digits, and blanks, dashes, dots or slashes only")
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif country_prefix is not None and digits.startswith("0"):
        digits = f"+{_prefix(country_prefix)}{digits[1:]}"
    if not digits.startswith("+"):
        raise InvalidValue(field, "needs an international prefix such as +49")
    if _PHONE_NORMAL.fullmatch(digits) is None:
        raise InvalidValue(field, "must have 7 to 15 digits after the +, the first one not 0")
    return digits


def _is_abroad(text: str) -> bool:
    return _PHONE_SEPARATORS.sub("", text).startswith(("+", "00"))


def _prefix(text: object) -> str:
    if not isinstance(text, str):
        raise WrongType("country_prefix", "str", type(text).__name__)
    if _COUNTRY_PREFIX.fullmatch(text) is None:
        raise InvalidValue("country_prefix", "must be 1 to 3 digits, the first one not 0")
    return text


def vat_id(text: str, field: str = "vat_id") -> str:
    """The VAT number in capitals without blanks, dots and dashes: ``DE136695976``.

    One of Germany is checked whole: nine digits with a right check digit. Of any other country it
    is only checked that it begins with two letters, and has 2 to 12 signs after them: the
    countries change their forms, and a number that was stored has to stay readable.

    Raises:
        InvalidValue: it does not look like a VAT number, or is none of Germany.
        WrongType: it is no text.
    """
    typed = _checked(field, text, _MAX_VAT)
    plain = _VAT_SEPARATORS.sub("", typed.upper() if typed.isascii() else typed)
    if _VAT.fullmatch(plain) is None:
        raise InvalidValue(field, "must be two letters and 2 to 12 letters or digits")
    if plain.startswith("DE") and (_VAT_DE.fullmatch(plain) is None or not _checks(plain[2:])):
        raise InvalidValue(field, "must be DE and nine digits with a right check digit")
    return plain


def _checks(digits: str) -> bool:
    """Whether the last digit is the check digit of the others by ISO 7064, MOD 11,10."""
    product = 10
    for digit in digits[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (product + int(digits[-1])) % 10 == 1


def is_iban(text: str) -> bool:
    """Whether a text is an account number of ISO 13616 by its form and check digits.

    Blanks and small letters are no matter: people type accounts in groups of four.
    """
    account = "".join(text.split()).upper()
    if _IBAN.fullmatch(account) is None:
        return False
    return int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1
