"""What is reckoned adds up, and a single cent that is changed anywhere is found by the right rule."""

from decimal import Decimal

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.einvoice import (
    EXEMPTIONS,
    AllowanceCharge,
    Exemption,
    Profile,
    Severity,
    check,
    reckon,
)
from crmcore.sales import USUAL_REASONS

from .documents import draft, drafts, line, reckoned, sound

CENT = Decimal("0.01")
TOTALS = {
    "lines": "BR-CO-10",
    "allowances": "BR-CO-11",
    "charges": "BR-CO-12",
    "net": "BR-CO-13",
    "vat": "BR-CO-14",
    "gross": "BR-CO-15",
    "prepaid": "BR-CO-16",
    "rounding": "BR-CO-16",
    "payable": "BR-CO-16",
}
FAMILIES = {"K": "IC", "L": "AF", "M": "AG"}


def fatal(document, profile=Profile.XRECHNUNG):
    """The rules that refuse a document."""
    found = check(document, profile).findings
    return {each.rule for each in found if each.severity is Severity.FATAL}


@given(reckoned())
def test_the_rules_find_nothing_on_what_was_reckoned(document):
    assert fatal(document) == set()


@given(reckoned(), st.data())
def test_a_cent_more_or_less_in_a_total_is_found_by_its_rule(document, data):
    told = [name for name in TOTALS if getattr(document.totals, name) is not None]
    name = data.draw(st.sampled_from(told))
    cent = data.draw(st.sampled_from([CENT, -CENT]))
    changed = {name: getattr(document.totals, name) + cent}

    tampered = attrs.evolve(document, totals=attrs.evolve(document.totals, **changed))

    assert TOTALS[name] in fatal(tampered)


@given(reckoned(), st.data())
def test_a_cent_more_or_less_in_the_vat_breakdown_is_found_by_its_rule(document, data):
    at = data.draw(st.integers(0, len(document.vat) - 1))
    name = data.draw(st.sampled_from(["taxable", "tax"]))
    cent = data.draw(st.sampled_from([CENT, -CENT]))
    group = document.vat[at]
    changed = attrs.evolve(group, **{name: getattr(group, name) + cent})

    tampered = attrs.evolve(document, vat=(*document.vat[:at], changed, *document.vat[at + 1 :]))

    family = FAMILIES.get(group.category, group.category)
    assert f"BR-{family}-{'08' if name == 'taxable' else '09'}" in fatal(tampered)
    if name == "tax":
        assert {"BR-CO-14", "BR-CO-17"} <= fatal(tampered)


@given(reckoned(), st.data())
def test_a_cent_more_or_less_on_a_line_is_found_by_its_rules(document, data):
    at = data.draw(st.integers(0, len(document.lines) - 1))
    cent = data.draw(st.sampled_from([CENT, -CENT]))
    changed = attrs.evolve(document.lines[at], net=document.lines[at].net + cent)

    tampered = attrs.evolve(
        document, lines=(*document.lines[:at], changed, *document.lines[at + 1 :])
    )

    family = FAMILIES.get(changed.vat_category, changed.vat_category)
    assert {"BR-CO-10", f"BR-{family}-08"} <= fatal(tampered)


@given(reckoned(), st.data())
def test_a_cent_more_or_less_in_an_allowance_or_charge_is_found_by_its_rule(document, data):
    kind = data.draw(st.sampled_from(["allowances", "charges"]))
    listed = getattr(document, kind)
    assume(listed)
    changed = attrs.evolve(listed[0], amount=listed[0].amount + CENT)

    tampered = attrs.evolve(document, **{kind: (changed, *listed[1:])})

    assert ("BR-CO-11" if kind == "allowances" else "BR-CO-12") in fatal(tampered)


@given(drafts())
def test_reckoning_twice_changes_nothing_more(document):
    once = reckon(document)

    assert reckon(once) == once


@given(drafts())
def test_the_taxable_amounts_are_the_total_without_vat(document):
    reckoned_ = reckon(document)

    assert sum(group.taxable for group in reckoned_.vat) == reckoned_.totals.net


def test_the_tax_is_rounded_once_per_category_and_rate_not_per_line():
    document = sound(*(line("0.03", id=str(at)) for at in range(3)))

    assert document.totals.vat == Decimal("0.02")


def test_allowances_and_charges_move_the_taxable_amount_of_their_category():
    given_ = AllowanceCharge(
        amount=Decimal(10), reason="agreed", vat_category="S", vat_rate=Decimal(19)
    )

    document = sound(line("100"), allowances=(given_,), charges=(given_, given_))

    assert document.vat[0].taxable == 110
    assert document.totals.allowances == 10
    assert document.totals.charges == 20


def test_what_is_prepaid_and_rounded_leaves_the_amount_to_pay():
    document = reckon(draft(line("100.01")), prepaid=Decimal(19), rounding=Decimal("-0.01"))

    assert document.totals.gross == Decimal("119.01")
    assert document.totals.payable == 100


def test_a_document_without_entries_tells_no_sum_of_them():
    totals = sound().totals

    assert totals.allowances is None
    assert totals.charges is None


@pytest.mark.parametrize(
    ("category", "code"),
    [("AE", "VATEX-EU-AE"), ("K", "VATEX-EU-IC"), ("G", "VATEX-EU-G"), ("E", None)],
)
def test_a_category_without_tax_tells_its_reason(category, code):
    group = sound(line(category=category, rate="0")).vat[0]

    assert group.exemption_reason
    assert group.exemption_code == code
    assert group.tax == 0


def test_own_reasons_replace_the_usual_ones():
    reasons = {"E": Exemption(reason="§ 4 Nr. 21 UStG", code="VATEX-EU-132")}

    document = reckon(draft(line(category="E", rate="0")), exemptions=reasons)

    assert document.vat[0].exemption_reason == "§ 4 Nr. 21 UStG"


def test_yen_are_reckoned_without_digits_after_the_point():
    document = reckon(draft(line("101", rate="10"), currency="JPY"))

    assert document.totals.vat == 10
    assert not check(document).of("BR-CO-17")


def test_the_reasons_are_those_of_our_own_documents():
    told = {category.value: (each.text, each.code) for category, each in USUAL_REASONS.items()}

    assert {key: (EXEMPTIONS[key].reason, EXEMPTIONS[key].code) for key in told} == told
    assert EXEMPTIONS.keys() - told.keys() == {"E"}
