"""Every rule is broken by the one change that it is about, and by nothing in a sound document."""

from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.einvoice import (
    RULES,
    Address,
    AllowanceCharge,
    Attachment,
    Breach,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    EInvoice,
    Identifier,
    InvoicingPeriod,
    Item,
    Note,
    Party,
    PaymentCard,
    PaymentInstructions,
    Price,
    Profile,
    Rule,
    Severity,
    SupportingDocument,
    Syntax,
    check,
    checked_rules,
)

from .documents import BUYER, SELLER, line, reckoned, sound

D = Decimal


def with_(part, **fields):
    """The sound document with a part of it changed."""
    document = sound()
    return attrs.evolve(document, **{part: attrs.evolve(getattr(document, part), **fields)})


def with_line(**fields):
    """The sound document with its line changed, nothing reckoned anew."""
    document = sound()
    return attrs.evolve(document, lines=(attrs.evolve(document.lines[0], **fields),))


def paid_by(code, **fields):
    """The sound document, paid in another way."""
    return sound(payments=(PaymentInstructions(means_code=code, **fields),))


def entry(**fields):
    """An allowance or charge that adds up."""
    return AllowanceCharge(
        **{
            "amount": D(5),
            "base_amount": D(50),
            "percent": D(10),
            "reason": "agreed",
            "vat_category": "S",
            "vat_rate": D(19),
            **fields,
        }
    )


def attached(*names, mime="application/pdf"):
    """The sound document with files."""
    files = (Attachment(content=b"%PDF", mime_code=mime, filename=name) for name in names)
    return sound(
        documents=tuple(
            SupportingDocument(id=str(at), attachment=file) for at, file in enumerate(files)
        )
    )


TRANSFER = (CreditTransfer(account="DE02120300000000202051"),)
DEBIT = DirectDebit(mandate="M-1", creditor="DE98ZZZ09999999999", account="DE02120300000000202051")
ITALIAN = attrs.evolve(SELLER, address=Address(city="Roma", postal_code="00100", country="IT"))

BROKEN = {
    "BR-CL-08": lambda: sound(notes=(Note(text="hello", subject_code="NOT"),)),
    "BR-CL-22": lambda: attrs.evolve(
        sound(), vat=(attrs.evolve(sound().vat[0], exemption_code="VATEX-EU-NO"),)
    ),
    "BR-CL-25": lambda: with_("seller", electronic_address=Identifier(value="x", scheme="XX")),
    "BR-CL-26": lambda: with_("delivery", location=Identifier(value="x", scheme="9999")),
    "BR-CO-25": lambda: attrs.evolve(sound(), due_on=None),
    "BR-IC-10": lambda: attrs.evolve(
        sound(line(category="K", rate="0")),
        vat=(
            attrs.evolve(
                sound(line(category="K", rate="0")).vat[0],
                exemption_reason=None,
                exemption_code=None,
            ),
        ),
    ),
    "BR-B-01": lambda: sound(line(category="B", rate="22")),
    "BR-B-02": lambda: sound(line(category="B", rate="22"), line(id="2")),
    "BR-DEC-01": lambda: sound(allowances=(entry(amount=D("5.001")),)),
    "BR-DEC-02": lambda: sound(allowances=(entry(base_amount=D("50.001")),)),
    "BR-DEC-05": lambda: sound(charges=(entry(amount=D("5.001")),)),
    "BR-DEC-06": lambda: sound(charges=(entry(base_amount=D("50.001")),)),
    "BR-DEC-09": lambda: with_("totals", lines=D("100.000")),
    "BR-DEC-10": lambda: with_("totals", allowances=D("0.000")),
    "BR-DEC-11": lambda: with_("totals", charges=D("0.000")),
    "BR-DEC-12": lambda: with_("totals", net=D("100.000")),
    "BR-DEC-13": lambda: with_("totals", vat=D("19.000")),
    "BR-DEC-14": lambda: with_("totals", gross=D("119.000")),
    "BR-DEC-15": lambda: with_("totals", vat_accounted=D("19.001")),
    "BR-DEC-16": lambda: with_("totals", prepaid=D("0.000")),
    "BR-DEC-17": lambda: with_("totals", rounding=D("0.000")),
    "BR-DEC-18": lambda: with_("totals", payable=D("119.000")),
    "BR-DEC-19": lambda: attrs.evolve(
        sound(), vat=(attrs.evolve(sound().vat[0], taxable=D("100.000")),)
    ),
    "BR-DEC-20": lambda: attrs.evolve(
        sound(), vat=(attrs.evolve(sound().vat[0], tax=D("19.000")),)
    ),
    "BR-DEC-23": lambda: with_line(net=D("100.000")),
    "BR-DEC-24": lambda: with_line(allowances=(entry(amount=D("5.000")),)),
    "BR-DEC-25": lambda: with_line(allowances=(entry(base_amount=D("50.000")),)),
    "BR-DEC-27": lambda: with_line(charges=(entry(amount=D("5.000")),)),
    "BR-DEC-28": lambda: with_line(charges=(entry(base_amount=D("50.000")),)),
    "BR-DE-1": lambda: sound(payments=()),
    "BR-DE-2": lambda: with_("seller", contact=None),
    "BR-DE-3": lambda: with_("seller", address=Address(postal_code="1", country="DE")),
    "BR-DE-4": lambda: with_("seller", address=Address(city="Köln", country="DE")),
    "BR-DE-5": lambda: with_("seller", contact=Contact(phone="12345", email="a@b.example")),
    "BR-DE-6": lambda: with_("seller", contact=Contact(name="Ada", email="a@b.example")),
    "BR-DE-7": lambda: with_("seller", contact=Contact(name="Ada", phone="12345")),
    "BR-DE-8": lambda: with_("buyer", address=Address(postal_code="1", country="DE")),
    "BR-DE-9": lambda: with_("buyer", address=Address(city="Köln", country="DE")),
    "BR-DE-10": lambda: with_("delivery", address=Address(postal_code="1", country="DE")),
    "BR-DE-11": lambda: with_("delivery", address=Address(city="Köln", country="DE")),
    "BR-DE-14": lambda: attrs.evolve(sound(), vat=(attrs.evolve(sound().vat[0], rate=None),)),
    "BR-DE-15": lambda: attrs.evolve(sound(), buyer_reference=None),
    "BR-DE-16": lambda: with_("seller", vat_id=None, tax_id=None),
    "BR-DE-17": lambda: attrs.evolve(sound(), type_code="393"),
    "BR-DE-18": lambda: sound(payment_terms="#SKONTO#TAGE=14#PROZENT=2#\n"),
    "BR-DE-19": lambda: paid_by("58", credit_transfers=(CreditTransfer(account="12345"),)),
    "BR-DE-20": lambda: paid_by("59", direct_debit=attrs.evolve(DEBIT, account="12345")),
    "BR-DE-21": lambda: attrs.evolve(sound(), specification="urn:cen.eu:en16931:2017"),
    "BR-DE-22": lambda: attached("plan.pdf", "plan.pdf"),
    "BR-DE-23-a": lambda: paid_by("58"),
    "BR-DE-23-b": lambda: paid_by("30", credit_transfers=TRANSFER, card=PaymentCard(number="1234")),
    "BR-DE-24-a": lambda: paid_by("48"),
    "BR-DE-24-b": lambda: paid_by("54", card=PaymentCard(number="1234"), credit_transfers=TRANSFER),
    "BR-DE-25-a": lambda: paid_by("59"),
    "BR-DE-25-b": lambda: paid_by("59", direct_debit=DEBIT, credit_transfers=TRANSFER),
    "BR-DE-26": lambda: attrs.evolve(sound(), type_code="384"),
    "BR-DE-27": lambda: with_("seller", contact=attrs.evolve(SELLER.contact, phone="call")),
    "BR-DE-28": lambda: with_("seller", contact=attrs.evolve(SELLER.contact, email="a@b@c")),
    "BR-DE-30": lambda: paid_by("59", direct_debit=attrs.evolve(DEBIT, creditor=None)),
    "BR-DE-31": lambda: paid_by("59", direct_debit=attrs.evolve(DEBIT, account=None)),
    "BR-DE-TMP-32": lambda: attrs.evolve(sound(), delivery=None),
    "PEPPOL-EN16931-R001": lambda: attrs.evolve(sound(), process=None),
    "PEPPOL-EN16931-R005": lambda: attrs.evolve(sound(), vat_currency="EUR"),
    "PEPPOL-EN16931-R010": lambda: with_("buyer", electronic_address=None),
    "PEPPOL-EN16931-R020": lambda: with_("seller", electronic_address=None),
    "PEPPOL-EN16931-R040": lambda: sound(charges=(entry(amount=D("5.03")),)),
    "PEPPOL-EN16931-R041": lambda: sound(charges=(entry(base_amount=None),)),
    "PEPPOL-EN16931-R042": lambda: sound(charges=(entry(percent=None),)),
    "PEPPOL-EN16931-R046": lambda: with_line(price=Price(net=D(100), gross=D(110), discount=D(9))),
    "PEPPOL-EN16931-R055": lambda: with_("totals", vat_accounted=D(-19)),
    "PEPPOL-EN16931-R061": lambda: paid_by("59", direct_debit=attrs.evolve(DEBIT, mandate=None)),
    "PEPPOL-EN16931-R110": lambda: sound(
        line(period=InvoicingPeriod(start=date(2026, 1, 31))),
        period=InvoicingPeriod(start=date(2026, 2, 1)),
    ),
    "PEPPOL-EN16931-R111": lambda: sound(
        line(period=InvoicingPeriod(end=date(2026, 3, 1))),
        period=InvoicingPeriod(end=date(2026, 2, 28)),
    ),
    "PEPPOL-EN16931-R120": lambda: with_line(price=Price(net=D("99.97"))),
    "PEPPOL-EN16931-R121": lambda: with_line(price=Price(net=D(100), base_quantity=D(0))),
    "PEPPOL-EN16931-R130": lambda: with_line(price=Price(net=D(100), base_unit="KGM")),
}
"""Per rule that no vector covers, the sound document with the one change that breaks it."""


@pytest.mark.parametrize("rule", BROKEN)
def test_a_rule_finds_the_change_it_is_about(rule):
    verdict = check(BROKEN[rule](), Profile.XRECHNUNG)

    assert verdict.of(rule), verdict.explain()


def test_a_sound_document_breaks_no_rule_at_all():
    verdict = check(sound(), Profile.XRECHNUNG)

    assert verdict.counts == {}
    assert verdict.ok


def test_every_german_rule_has_a_change_that_breaks_it():
    german = {rule.id for rule in RULES if rule.profile is Profile.XRECHNUNG}

    assert german <= {*BROKEN}


def test_the_rules_of_germany_are_asked_only_where_they_are_wanted():
    document = sound(payments=())

    assert check(document, Profile.EN16931).ok
    assert not check(document, Profile.XRECHNUNG).ok


_XRECHNUNG = Profile.XRECHNUNG.specification


@pytest.mark.parametrize(
    ("specification", "profile"),
    [
        (None, Profile.EN16931),
        ("", Profile.EN16931),
        ("urn:cen.eu:en16931:2017", Profile.EN16931),
        (
            "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
            Profile.EN16931,
        ),
        (_XRECHNUNG, Profile.XRECHNUNG),
        (_XRECHNUNG.upper(), Profile.XRECHNUNG),
        (
            f"{_XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
            Profile.XRECHNUNG,
        ),
        (
            "urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.3",
            Profile.XRECHNUNG,
        ),
    ],
)
def test_a_document_is_held_to_the_rules_it_names_unless_others_are_given(specification, profile):
    document = sound(payments=(), specification=specification)

    assert check(document).profile is profile
    assert bool(check(document).of("BR-DE-1")) is (profile is Profile.XRECHNUNG)
    assert check(document, Profile.EN16931).profile is Profile.EN16931


def test_no_two_rules_have_the_same_code_and_all_have_a_sentence():
    codes = [rule.id for rule in RULES]

    assert len(codes) == len({*codes})
    assert all(rule.text.endswith(".") for rule in RULES)


def test_all_rules_of_the_standard_are_asked_under_both_profiles():
    assert {*checked_rules()} < {*checked_rules(Profile.XRECHNUNG)} == {*RULES}


def test_rules_of_ones_own_are_asked_too():
    def named(survey):
        return [
            Breach(f"{place}.item.name", "a Pump", each.item.name)
            for place, each in survey.each("lines[]")
            if each.item.name != "Pump"
        ]

    own_rule = Rule(id="OWN-1", text="We sell pumps.", check=named)
    document = sound(line(), line(item=Item(name="Pipe")))

    (finding,) = check(document, also=[own_rule]).findings

    assert (finding.rule, finding.place) == ("OWN-1", "lines[1].item.name")
    assert check(document)


def test_an_empty_document_is_refused_and_nothing_raises():
    verdict = check(EInvoice(), Profile.XRECHNUNG)

    assert not verdict.ok
    assert {"BR-01", "BR-16", "BR-CO-18", "BR-DE-15"} <= {*verdict.counts}


@given(reckoned(), st.sets(st.sampled_from([each.name for each in attrs.fields(EInvoice)])))
def test_whatever_is_missing_the_rules_answer(document, names):
    defaults = {each.name: each.default for each in attrs.fields(EInvoice) if each.name in names}

    verdict = check(attrs.evolve(document, **defaults), Profile.XRECHNUNG)

    assert verdict.ok is not any(each.severity is Severity.FATAL for each in verdict.findings)


@pytest.mark.parametrize(
    ("syntax", "tax", "good"),
    [
        (None, "19.00", True),
        (None, "19.01", False),
        (Syntax.UBL, "19.99", True),
        (Syntax.UBL, "20.00", False),
        (Syntax.CII, "20.00", True),
        (Syntax.CII, "20.01", False),
    ],
)
def test_what_was_read_may_be_off_by_as_much_as_its_syntax_allows(syntax, tax, good):
    document = sound()
    group = attrs.evolve(document.vat[0], tax=D(tax))

    verdict = check(attrs.evolve(document, vat=(group,), syntax=syntax))

    assert bool(verdict.of("BR-CO-17")) is not good


@pytest.mark.parametrize(
    ("terms", "good"),
    [
        ("#SKONTO#TAGE=14#PROZENT=2.00#\n", True),
        ("Thank you\n#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=-1.00#\nBye", True),
        ("#SKONTO#TAGE=14#PROZENT=2.00#", False),
        ("#SKONTO#TAGE=14#PROZENT=2,00#\n", False),
        ("#skonto#TAGE=14#PROZENT=2.00#\n", False),
        ("within 14 days", True),
    ],
)
def test_skonto_is_written_to_the_letter(terms, good):
    verdict = check(sound(payment_terms=terms), Profile.XRECHNUNG)

    assert bool(verdict.of("BR-DE-18")) is not good


@pytest.mark.parametrize(
    ("account", "good"),
    [
        ("DE02120300000000202051", True),
        ("DE03120300000000202051", False),
    ],
)
def test_an_iban_is_known_by_its_check_digits(account, good):
    document = paid_by("58", credit_transfers=(CreditTransfer(account=account),))

    assert bool(check(document, Profile.XRECHNUNG).of("BR-DE-19")) is not good


def test_split_payment_within_italy_is_sound():
    place = Address(city="Roma", postal_code="00100", country="IT")
    document = sound(
        line(category="B", rate="22"),
        seller=ITALIAN,
        buyer=attrs.evolve(BUYER, address=place),
        delivery=Delivery(delivered_on=date(2026, 3, 1), address=place),
    )

    assert not check(document).counts


def test_an_item_from_elsewhere_is_no_split_payment():
    document = sound(line(category="B", rate="22", item=Item(name="x", origin_country="FR")))

    places = {finding.place for finding in check(document).of("BR-B-01")}

    assert "lines[0].item.origin_country" in places


def test_a_payee_that_is_the_seller_is_none():
    document = sound(payee=Party(name="Bank", ids=SELLER.ids))

    assert [finding.place for finding in check(document).of("BR-17")] == ["payee"]
