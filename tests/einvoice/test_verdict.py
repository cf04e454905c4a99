"""A verdict tells every finding with its rule, its place and the figures, within bounds."""

from decimal import Decimal

import attrs

from crmcore.einvoice import Note, Profile, Severity, check
from crmcore.einvoice.verdict import MAX_KEPT

from .documents import line, sound


def wrong():
    """A document whose amount to pay is a cent too high."""
    document = sound()
    totals = attrs.evolve(document.totals, payable=Decimal("119.01"))
    return attrs.evolve(document, totals=totals)


def test_a_finding_tells_rule_place_and_figures():
    (finding,) = check(wrong()).findings

    assert (finding.rule, finding.place) == ("BR-CO-16", "totals.payable")
    assert (finding.expected, finding.found) == ("119", "119.01")
    assert "BR-CO-16: totals.payable: " in str(finding)
    assert "(expected 119, found 119.01)" in str(finding)


def test_a_verdict_is_true_where_nothing_refuses_the_document():
    assert check(sound())
    assert not check(wrong())


def test_a_warning_refuses_nothing():
    verdict = check(attrs.evolve(sound(), type_code="393"), Profile.XRECHNUNG)

    assert [each.severity for each in verdict.findings] == [Severity.WARNING]
    assert verdict.ok


def test_places_are_paths_of_the_model():
    document = sound(line(), line(id=None))

    (finding,) = check(document).of("BR-21")

    assert finding.place == "lines[1].id"
    assert finding.found is None


def test_an_explanation_has_a_line_for_each_finding():
    verdict = check(wrong())

    assert (
        verdict.explain().splitlines()[0]
        == f"Verdict xrechnung, {verdict.rules} rules: refused, BR-CO-16 1"
    )
    assert len(verdict.explain().splitlines()) == 2


def test_a_clean_verdict_says_so():
    assert repr(check(sound())).endswith("rules: clean>")


def test_a_table_is_escaped():
    document = sound(notes=(Note(text="x", subject_code="<b>"),))

    html = check(document)._repr_html_()

    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def test_ten_thousand_faults_are_counted_and_a_thousand_kept():
    document = sound(*(line(id=None) for _ in range(MAX_KEPT + 500)))

    verdict = check(document)

    assert verdict.counts["BR-21"] == MAX_KEPT + 500
    assert len(verdict.of("BR-21")) == MAX_KEPT
    assert "… and 500 more" in verdict.explain()
    assert len(verdict._repr_html_()) < 20_000
