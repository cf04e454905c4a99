"""Two records are compared by what they have in common, and never by what both lack."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import (
    FREE_MAIL,
    WEIGHTS,
    MatchRule,
    add_organization,
    add_person,
    company_domain,
    match,
    match_keys,
    matches,
)
from crmcore.values import CountedIds, PostalAddress

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def person(**fields):
    given = {"given_name": "Ada", "family_name": "Lovelace", "at": NOON}
    return add_person(IDS.new(), **{**given, **fields}).entity


def firm(**fields):
    return add_organization(IDS.new(), **{"name": "ACME GmbH", "at": NOON, **fields}).entity


def at(code):
    return PostalAddress(postal_code=code, country="DE")


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ({"email": "Ada@B.example"}, {"email": "ada@b.example"}, MatchRule.EMAIL),
        ({"phone": "+49 711 123456"}, {"phone": "0049711/123456"}, MatchRule.PHONE),
        ({"external_id": "E-1"}, {"external_id": "E-1"}, MatchRule.EXTERNAL_ID),
        (
            {"name": "Ada  LOVELACE", "address": at("70173")},
            {"address": at("70173 ")},
            MatchRule.NAME_AND_POSTCODE,
        ),
    ],
)
def test_the_same_in_another_form_is_the_same(one, other, rule):
    found = match(person(**one), person(**other))

    assert (found.reasons, found.score) == ((rule,), WEIGHTS[rule])


def test_the_same_company_has_a_vat_number_or_a_domain_in_common():
    one = firm(vat_id="DE136695976", email="info@acme.example")
    other = firm(vat_id="de 136 695 976", email="sales@ACME.example")

    found = match(one, other)

    assert found.reasons == (MatchRule.VAT_ID, MatchRule.DOMAIN)
    assert found.score == 97
    assert found.explain() == "97 %: same vat-id (95 %), same domain (40 %)"


def test_what_both_lack_is_nothing_in_common():
    assert match(person(), person()) is None
    assert match(firm(), firm()) is None
    assert match_keys(person()) == {}


@pytest.mark.parametrize("domain", sorted(FREE_MAIL)[:5])
def test_a_domain_at_which_anybody_has_an_address_says_nothing(domain):
    one, other = firm(email=f"a@{domain}"), firm(email=f"b@{domain}")

    assert match(one, other) is None
    assert company_domain(f"a@{domain.upper()}") is None


@pytest.mark.parametrize(
    "domain",
    """
    yahoo.co.uk hotmail.co.uk yahoo.com.br yahoo.fr outlook.fr live.nl gmx.fr web.de orange.fr
    libero.it qq.com arcor.de hey.com
    """.split(),  # noqa: SIM905 - a list to be read
)
def test_providers_have_domains_in_many_countries(domain):
    assert company_domain(f"a@{domain}") is None


@pytest.mark.parametrize("domain", ["acme.co.uk", "live.acme.de", "myyahoo.fr", "yahoo-inc.com"])
def test_what_only_looks_like_a_provider_is_a_company(domain):
    assert company_domain(f"a@{domain}") == domain


def test_colleagues_share_a_domain_and_are_not_the_same_person():
    assert match(person(email="a@acme.example"), person(email="b@acme.example")) is None


def test_a_person_is_never_an_organization():
    assert match(person(email="a@acme.example"), firm(email="a@acme.example")) is None


def test_a_rule_that_says_nothing_is_left_out():
    one, other = (person(email="a@b.example", phone="+49711123456") for _ in range(2))

    found = match(one, other, ignoring=[MatchRule.PHONE])

    assert found.reasons == (MatchRule.EMAIL,)


FIELDS = {
    "email": st.none() | st.sampled_from(["a@b.example", "A@b.example", "c@b.example", "a@gmx.de"]),
    "phone": st.none() | st.sampled_from(["+49711123456", "+49711999999"]),
    "external_id": st.none() | st.sampled_from(["1", "2"]),
    "address": st.none() | st.sampled_from([at("70173"), at("80331")]),
}
PEOPLE = st.fixed_dictionaries(FIELDS).map(lambda fields: person(**fields))


@given(PEOPLE, PEOPLE)
def test_comparing_is_the_same_in_both_directions(one, other):
    there, back = match(one, other), match(other, one)

    assert (there is None) == (back is None)
    if there and back:
        assert (there.score, there.reasons) == (back.score, back.reasons)


@given(PEOPLE, PEOPLE)
def test_more_in_common_is_never_less_sure(one, other):
    found = match(one, other)

    if found is not None:
        assert max(WEIGHTS[rule] for rule in found.reasons) <= found.score <= 100
        for rule in found.reasons:
            fewer = match(one, other, ignoring=[rule])
            assert fewer is None or fewer.score <= found.score


@given(st.lists(PEOPLE, max_size=8), PEOPLE)
def test_the_surest_comes_first_each_once_and_nobody_is_his_own_double(people, sought):
    found = matches(sought, [*people, sought, *people])

    scores = [each.score for each in found]
    ids = [each.contact.id for each in found]
    assert scores == sorted(scores, reverse=True)
    assert len(set(ids)) == len(ids)
    assert sought.id not in ids
