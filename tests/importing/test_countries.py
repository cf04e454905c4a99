"""Names of countries lead to codes; a slip is recognised, a code is taken as it is."""

import pytest

from crmcore.importing import COUNTRY_NAMES, Rule
from crmcore.importing.countries import country_code, country_names
from crmcore.values import COUNTRIES


def test_every_name_leads_to_a_code_that_exists() -> None:
    assert set(COUNTRY_NAMES.values()) <= COUNTRIES


def test_every_name_means_its_country_exactly_and_in_capitals() -> None:
    known = country_names()

    found = {name: known.find(name) for name in COUNTRY_NAMES}
    loud = {name: known.find(name.upper()) for name in COUNTRY_NAMES}

    assert {name: match and match.key for name, match in found.items()} == COUNTRY_NAMES
    assert {name: match and match.key for name, match in loud.items()} == COUNTRY_NAMES


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        ("Philippines", "PH", Rule.EXACT),
        ("Philipines", "PH", Rule.SIMILAR),
        ("korea", "KR", Rule.FOLDED),
        ("Cote d'Ivoire", "CI", Rule.SIMILAR),
        ("Viet-Nam", "VN", Rule.COMPACT),
        ("U.S.A.", "US", Rule.COMPACT),
    ],
)
def test_a_country_is_recognised_by_rule(text: str, code: str, rule: Rule) -> None:
    match = country_names().find(text)

    assert match is not None
    assert (match.key, match.rule) == (code, rule)


@pytest.mark.parametrize("text", ["Atlantis", "Austrlia and Austria", "Guinee", "N/A", "-"])
def test_what_is_no_country_means_none(text: str) -> None:
    assert country_names().find(text) is None


def test_codes_are_taken_in_capitals_but_not_what_says_not_available() -> None:
    assert [country_code(text) for text in ("DE", "de", "XX", "NA", "")] == ["DE"] + [None] * 4
