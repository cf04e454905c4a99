"""The rules of XRechnung 3.0, for the public sector of Germany: BR-DE.

In our own words. Those that XRechnung took over from Peppol are in ``rules_peppol``; those of its
extension (BR-DEX) and of vehicles (BR-DE-CVD) are not asked.
"""

import re
from collections.abc import Callable, Iterator

import attrs

from crmcore.einvoice.model import PaymentInstructions
from crmcore.einvoice.parties import Party
from crmcore.einvoice.rule import Breach, Profile, Rule, Severity, holds, present
from crmcore.einvoice.rules_content import TRANSFERS
from crmcore.einvoice.survey import Survey
from crmcore.values import is_iban

_CORE = Profile.XRECHNUNG.specification
_SPECIFICATIONS = (
    _CORE,
    f"{_CORE}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
)
_CARDS = frozenset({"48", "54", "55"})
_DEBITS = frozenset({"59"})
_KINDS = frozenset({"326", "380", "381", "384", "389", "875", "876", "877"})
_TAXED = frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})
_SKONTO = re.compile(
    r"#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(?:#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#"
)
_EMAIL = re.compile(r"[^@\s]*[^@\s.]@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]*[A-Za-z0-9]")
_PHONE_DIGITS = 3


def _tax_number(survey: Survey) -> Iterator[Breach]:
    invoice = survey.invoice
    seller = invoice.seller or Party()
    known = seller.vat_id is not None or seller.tax_id is not None
    if survey.used & _TAXED and not known and invoice.tax_representative is None:
        yield Breach("seller.vat_id", "a VAT or tax number, or a tax representative")


def _skonto(survey: Survey) -> Iterator[Breach]:
    lines = (survey.invoice.payment_terms or "").splitlines(keepends=True)
    for at, line in enumerate(lines):
        told = line.strip()
        if not told.startswith("#"):
            continue
        if _SKONTO.fullmatch(told) is None:
            yield Breach("payment_terms", "#SKONTO#TAGE=n#PROZENT=n.nn#", told)
        elif at == len(lines) - 1 and not line.endswith("\n"):
            yield Breach("payment_terms", "an end of line after Skonto")


def _account(payment: PaymentInstructions) -> Breach | None:
    if payment.means_code != "58":
        return None
    for at, transfer in enumerate(payment.credit_transfers):
        if not is_iban(transfer.account or ""):
            return Breach(f"credit_transfers[{at}].account", "an IBAN")
    return None


def _debited(payment: PaymentInstructions) -> Breach | None:
    debit = payment.direct_debit
    if payment.means_code not in _DEBITS or debit is None or is_iban(debit.account or ""):
        return None
    return Breach("direct_debit.account", "an IBAN")


def _filenames(survey: Survey) -> Iterator[Breach]:
    seen: set[str] = set()
    for place, name in survey.each("documents[].attachment.filename"):
        if name in seen:
            yield Breach(place, "another name", name)
        seen.add(name)


def _needs(codes: frozenset[str], name: str) -> Callable[[PaymentInstructions], Breach | None]:
    def check(payment: PaymentInstructions) -> Breach | None:
        has = bool(getattr(payment, name))
        return Breach(name, "a value") if payment.means_code in codes and not has else None

    return check


def _excludes(codes: frozenset[str], *names: str) -> Callable[[PaymentInstructions], Breach | None]:
    def check(payment: PaymentInstructions) -> Breach | None:
        has = [name for name in names if getattr(payment, name)]
        return Breach(has[0], "nothing") if payment.means_code in codes and has else None

    return check


def _one_of(
    path: str, good: Callable[[str], bool], expected: str
) -> Callable[[Survey], Iterator[Breach]]:
    def check(survey: Survey) -> Iterator[Breach]:
        for place, text in survey.each(path):
            if not good(text):
                yield Breach(place, expected)

    return check


def _corrected(survey: Survey) -> Iterator[Breach]:
    if survey.invoice.type_code == "384" and not survey.invoice.preceding:
        yield Breach("preceding", "the invoice that is corrected")


def _delivered(survey: Survey) -> Iterator[Breach]:
    invoice = survey.invoice
    if invoice.period is not None or all(line.period is not None for line in invoice.lines):
        return
    if invoice.delivery is None or invoice.delivery.delivered_on is None:
        yield Breach("delivery.delivered_on", "a day, or a period of the document or every line")


_BUSINESS = (
    present("BR-DE-1", "It tells how to pay (BG-16).", "", "payments"),
    present("BR-DE-2", "The seller names whom to ask (BG-6).", "", "seller.contact"),
    present("BR-DE-3", "The seller's address has a town (BT-37).", "seller.address", "city"),
    present(
        "BR-DE-4", "The seller's address has a post code (BT-38).", "seller.address", "postal_code"
    ),
    present("BR-DE-5", "The seller's contact has a name (BT-41).", "seller.contact", "name"),
    present(
        "BR-DE-6", "The seller's contact has a phone number (BT-42).", "seller.contact", "phone"
    ),
    present(
        "BR-DE-7", "The seller's contact has an e-mail address (BT-43).", "seller.contact", "email"
    ),
    present("BR-DE-8", "The buyer's address has a town (BT-52).", "buyer.address", "city"),
    present(
        "BR-DE-9", "The buyer's address has a post code (BT-53).", "buyer.address", "postal_code"
    ),
    present("BR-DE-10", "The address of delivery has a town (BT-77).", "delivery.address", "city"),
    present(
        "BR-DE-11",
        "The address of delivery has a post code (BT-78).",
        "delivery.address",
        "postal_code",
    ),
    present("BR-DE-14", "A VAT breakdown has a rate (BT-119).", "vat[]", "rate"),
    present("BR-DE-15", "It has a buyer reference (BT-10).", "", "buyer_reference"),
    Rule(
        id="BR-DE-16",
        text="With a VAT category but O or B the seller has a VAT or tax number (BT-31, BT-32, BG-11).",
        check=_tax_number,
    ),
    Rule(
        id="BR-DE-17",
        text="Its kind is one of eight that are common in Germany (BT-3).",
        check=_one_of("type_code", _KINDS.__contains__, ", ".join(sorted(_KINDS))),
        severity=Severity.WARNING,
    ),
    Rule(
        id="BR-DE-18",
        text="Skonto in the terms of payment is written as #SKONTO#TAGE=n#PROZENT=n.nn# (BT-20).",
        check=_skonto,
    ),
    holds(
        "BR-DE-19",
        "The account of a SEPA credit transfer is an IBAN (BT-84).",
        "payments[]",
        _account,
        Severity.WARNING,
    ),
    holds(
        "BR-DE-20",
        "The account of a SEPA direct debit is an IBAN (BT-91).",
        "payments[]",
        _debited,
        Severity.WARNING,
    ),
    Rule(
        id="BR-DE-21",
        text="The rules it follows are those of XRechnung (BT-24).",
        check=_one_of("specification", _SPECIFICATIONS.__contains__, _CORE),
        severity=Severity.WARNING,
    ),
    Rule(
        id="BR-DE-22",
        text="No two files have the same name (BT-125-2).",
        check=_filenames,
    ),
)

_PAYMENT = (
    holds(
        "BR-DE-23-a",
        "A credit transfer (30, 58) tells an account (BG-17).",
        "payments[]",
        _needs(TRANSFERS, "credit_transfers"),
    ),
    holds(
        "BR-DE-23-b",
        "A credit transfer (30, 58) has neither card nor direct debit (BG-18, BG-19).",
        "payments[]",
        _excludes(TRANSFERS, "card", "direct_debit"),
    ),
    holds(
        "BR-DE-24-a",
        "A payment by card (48, 54, 55) tells the card (BG-18).",
        "payments[]",
        _needs(_CARDS, "card"),
    ),
    holds(
        "BR-DE-24-b",
        "A payment by card (48, 54, 55) has neither transfer nor direct debit (BG-17, BG-19).",
        "payments[]",
        _excludes(_CARDS, "credit_transfers", "direct_debit"),
    ),
    holds(
        "BR-DE-25-a",
        "A direct debit (59) tells the mandate (BG-19).",
        "payments[]",
        _needs(_DEBITS, "direct_debit"),
    ),
    holds(
        "BR-DE-25-b",
        "A direct debit (59) has neither transfer nor card (BG-17, BG-18).",
        "payments[]",
        _excludes(_DEBITS, "credit_transfers", "card"),
    ),
    Rule(
        id="BR-DE-26",
        text="A corrected invoice (384) names the one it corrects (BG-3).",
        check=_corrected,
        severity=Severity.WARNING,
    ),
    Rule(
        id="BR-DE-27",
        text="The phone number has three digits at least (BT-42).",
        check=_one_of(
            "seller.contact.phone",
            lambda text: sum(sign.isdecimal() for sign in text) >= _PHONE_DIGITS,
            "three digits",
        ),
        severity=Severity.WARNING,
    ),
    Rule(
        id="BR-DE-28",
        text="The e-mail address looks like one (BT-43).",
        check=_one_of(
            "seller.contact.email",
            lambda text: _EMAIL.fullmatch(text) is not None and not text.startswith("."),
            "an e-mail address",
        ),
        severity=Severity.WARNING,
    ),
    present(
        "BR-DE-30",
        "A direct debit names its creditor (BT-90).",
        "payments[].direct_debit",
        "creditor",
    ),
    present(
        "BR-DE-31",
        "A direct debit names the account that is debited (BT-91).",
        "payments[].direct_debit",
        "account",
    ),
    Rule(
        id="BR-DE-TMP-32",
        text="The day or period of delivery is told (BT-72, BG-14, BG-26 on every line).",
        check=_delivered,
        severity=Severity.WARNING,
    ),
)


GERMAN_RULES: tuple[Rule, ...] = tuple(
    attrs.evolve(rule, profile=Profile.XRECHNUNG) for rule in (*_BUSINESS, *_PAYMENT)
)
"""The rules of XRechnung."""
