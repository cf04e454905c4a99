"""What somebody outside knows fills what is empty, and says where it comes from."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import (
    ContactEnriched,
    Provenance,
    add_organization,
    add_person,
    edit,
    enrich,
    plan_enrichment,
)
from crmcore.contacts.enrichment import MAX_FACTS
from crmcore.contacts.invariants import provenance_breaches
from crmcore.errors import (
    FieldProtected,
    InvalidValue,
    ManyFaults,
    UnknownField,
    WrongType,
)
from crmcore.grammar.entity import field_spec
from crmcore.values import CountedIds, Money, PostalAddress

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OWN = {"sic": attrs.evolve(field_spec("sic", str), optional=True)}
FACTS = {
    "phone": "+49 (0)711/123-456",
    "sector": "pumps",
    "founded": 1990,
    "annual_revenue": Money("5000000", "EUR"),
    "address": PostalAddress(city="Stuttgart", country="DE"),
    "attributes.sic": "3561",
}


def firm(**fields):
    return add_organization(IDS.new(), **{"name": "ACME GmbH", "at": NOON, **fields}).entity


def filled(contact, facts=FACTS, **options):
    return enrich(contact, facts, **{"source": "register", "at": NOON + DAY, "own": OWN, **options})


def test_empty_fields_are_filled_in_normal_form_and_told_of():
    acme = firm()

    change = filled(acme, reference="HRB 1234")

    known = change.entity
    assert (known.phone, known.sector, known.founded) == ("+49711123456", "pumps", 1990)
    assert (known.address.city, known.attributes["sic"]) == ("Stuttgart", "3561")
    assert change.events == (
        ContactEnriched(
            contact=acme.id, fields=tuple(sorted(FACTS)), source="register", at=NOON + DAY
        ),
    )
    assert known.origin("phone") == Provenance(
        field="phone", source="register", at=NOON + DAY, reference="HRB 1234"
    )
    assert known.origin("attributes.sic").source == "register"
    assert known.origin("name") is None


def test_what_is_there_stays_as_it_is():
    acme = firm(phone="+49711999999", sector="pumps")

    plan = plan_enrichment(acme, FACTS, source="register", own=OWN)
    known = filled(acme).entity

    assert plan.kept == ("phone",)
    assert set(plan.fills) == set(FACTS) - {"phone", "sector"}
    assert (known.phone, known.origin("phone"), known.origin("sector")) == (
        "+49711999999",
        None,
        None,
    )


def test_the_same_in_another_form_is_neither_filled_nor_kept():
    plan = plan_enrichment(firm(phone="+49711123456"), FACTS, source="register", own=OWN)

    assert "phone" not in {*plan.fills, *plan.kept}


def test_filling_twice_changes_nothing_more():
    known = filled(firm()).entity

    again = filled(known, source="other", at=NOON + 2 * DAY)

    assert again.is_empty
    assert again.entity == known


def test_what_somebody_edits_comes_from_there_no_more():
    known = filled(firm()).entity

    edited = edit(known, {"phone": "+49711000000", "sector": "pumps"}, NOON + 2 * DAY).entity
    other = edit(known, {"attributes": {"sic": "1"}}, NOON + 2 * DAY).entity
    emptied = edit(known, {"phone": None}, NOON + 2 * DAY).entity

    assert edited.origin("phone") is None
    assert edited.origin("sector").source == "register"
    assert (other.origin("attributes.sic"), other.origin("phone").source) == (None, "register")
    assert filled(emptied, source="other").entity.origin("phone").source == "other"


def test_nobody_edits_where_something_comes_from():
    with pytest.raises(FieldProtected, match="provenance"):
        edit(firm(), {"provenance": ()}, NOON + DAY)


def test_the_name_of_a_person_follows_the_part_that_is_filled():
    person = add_person(IDS.new(), given_name="", family_name="Lovelace", at=NOON).entity

    known = filled(person, {"given_name": "Ada"}).entity

    assert (known.name, [each.field for each in known.provenance]) == (
        "Ada Lovelace",
        ["given_name"],
    )


def test_all_that_cannot_be_right_is_told_at_once_and_nothing_is_filled():
    wrong = {
        "sector": "pumps",
        "secter": "pumps",
        "phone": "call me",
        "founded": "1990",
        "roles": ["customer"],
        "external_id": "E-1",
        "revision": 7,
        "attributes": {"sic": "1"},
        "attributes.sik": "1",
        "employees": -1,
        "vat_id": 5,
    }

    plan = plan_enrichment(firm(), wrong, source="register", own=OWN)

    assert [type(fault) for fault in plan.faults] == [
        UnknownField,
        InvalidValue,
        WrongType,
        FieldProtected,
        FieldProtected,
        FieldProtected,
        UnknownField,
        UnknownField,
        InvalidValue,
        WrongType,
    ]
    assert plan.faults[0].suggestion == "sector"
    with pytest.raises(ManyFaults) as refused:
        filled(firm(), wrong)
    assert len(refused.value.faults) == len(plan.faults)
    assert set(plan.without_faults().fills) == {"sector"}


def test_what_is_not_known_is_no_fact():
    facts = {"phone": None, "sector": "", "email": " ", "attributes.sic": "\n\t"}

    plan = plan_enrichment(firm(), facts, source="register", own=OWN)

    assert plan.changes_nothing
    assert (plan.kept, plan.faults) == ((), ())


def test_blanks_are_filled_because_they_say_nothing():
    known = filled(firm(sector=" "), {"sector": "pumps"}).entity

    assert (known.sector, known.origin("sector").source) == ("pumps", "register")


@pytest.mark.parametrize("value", [(), None, ""])
def test_what_nobody_may_fill_is_refused_even_when_it_says_nothing(value):
    plan = plan_enrichment(firm(), {"provenance": value}, source="register")

    assert [type(fault) for fault in plan.faults] == [FieldProtected]


def test_an_answer_without_an_end_is_refused():
    with pytest.raises(InvalidValue, match="at most"):
        plan_enrichment(firm(), {f"f{n}": 1 for n in range(MAX_FACTS + 1)}, source="register")
    with pytest.raises(WrongType, match="names of fields"):
        filled(firm(), {5: "x"})


def test_a_plan_explains_itself_and_hides_the_values_from_logs():
    plan = plan_enrichment(
        firm(phone="+49711999999"), {**FACTS, "sector": "<b>pumps</b>", "x": 1}, source="register"
    )

    assert "fill founded: 1990 (from register)" in plan.explain()
    assert "keep phone: holds something already" in plan.explain()
    assert "refuse unknown-field" in plan.explain()
    assert "&lt;b&gt;pumps" in plan._repr_html_()
    assert "pumps" not in repr(plan)


def test_one_field_comes_from_one_place_and_holds_something():
    twice = Provenance(field="phone", source="a", at=NOON)

    with pytest.raises(InvalidValue, match="one place"):
        attrs.evolve(firm(), provenance=(twice, twice))
    assert len(list(provenance_breaches(attrs.evolve(firm(), provenance=(twice,))))) == 1
    assert not list(provenance_breaches(filled(firm()).entity))


NAMES = st.sets(st.sampled_from(sorted(set(FACTS) - {"attributes.sic"})))


@given(there=NAMES, first=NAMES, second=NAMES)
def test_only_what_was_empty_is_filled_and_the_first_who_fills_it_is_its_source(
    there, first, second
):
    before = firm(**{name: FACTS[name] for name in there})
    one = filled(before, {name: FACTS[name] for name in first}, source="one").entity

    both = filled(one, {name: FACTS[name] for name in second}, source="two").entity

    sources = {each.field: each.source for each in both.provenance}
    assert sources == {
        **dict.fromkeys(second - first - there, "two"),
        **dict.fromkeys(first - there, "one"),
    }
    for name in FACTS.keys() - {"attributes.sic"}:
        empty = name not in there | first | second
        assert (getattr(both, name) is None) == empty
