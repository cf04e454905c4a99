"""Those who sell become employees in teams; there is one team for each manager and region."""

from pathlib import Path

import pytest

from crmcore.contacts import Person, Role
from crmcore.importing import Subject, Verdict

from .folders import TEAMS, deal, imported, new_crm, one, plan_of, write


def planned(crm, folder, *rows):
    return plan_of(crm, write(folder, sales_teams=rows, sales_pipeline=[]))


def people(crm) -> dict[str, Person]:
    return {each.name: each for each in crm.contacts.find() if isinstance(each, Person)}


def teams(crm) -> dict[str, tuple[str | None, str, set[str]]]:
    """Region, manager and members of every team."""
    staff = {each.id: each for each in people(crm).values()}
    return {
        team.name: (
            team.region,
            staff[team.manager].name,
            {each.name for each in staff.values() if each.team == team.id},
        )
        for team in crm.teams.find()
    }


def test_agents_and_managers_are_employees_in_teams(tmp_path: Path) -> None:
    crm = new_crm()

    imported(crm, write(tmp_path))

    assert set(people(crm)) == {"Ada Byron", "Bo Ek", "Cy Dahl", "Mia Held", "Noa Kern"}
    assert all(each.holds(Role.EMPLOYEE) for each in people(crm).values())
    assert people(crm)["Ada Byron"].external_id == "old:person:Ada Byron"
    assert teams(crm) == {
        "Team Mia Held": ("Central", "Mia Held", {"Ada Byron", "Bo Ek"}),
        "Team Noa Kern": ("East", "Noa Kern", {"Cy Dahl"}),
    }


def test_each_thing_is_decided_where_it_is_first_named(tmp_path: Path) -> None:
    plan = plan_of(new_crm(), write(tmp_path))

    assert [
        (each.line, each.column, each.subject.value) for each in plan.rows if each.file == TEAMS
    ] == [
        (2, "sales_agent", "person"),
        (2, "manager", "person"),
        (2, "regional_office", "team"),
        (3, "sales_agent", "person"),
        (4, "sales_agent", "person"),
        (4, "manager", "person"),
        (4, "regional_office", "team"),
    ]


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Ada Byron", "Ada", "Byron"),
        ("Mei-Mei Johns", "Mei-Mei", "Johns"),
        ("Cher", "", "Cher"),
        ("Ana  María de la Cruz", "Ana  María de la", "Cruz"),
    ],
)
def test_a_name_is_parted_at_its_last_blank(
    tmp_path: Path, name: str, given: str, family: str
) -> None:
    crm = new_crm()

    planned(crm, tmp_path, (name, "M", "X")).apply(crm)

    agent = people(crm)[f"{given} {family}".strip()]
    assert (agent.given_name, agent.family_name) == (given, family)


def test_a_manager_of_two_regions_leads_two_teams(tmp_path: Path) -> None:
    crm = new_crm()

    planned(crm, tmp_path, ("A A", "M M", "East"), ("B B", "M M", "West")).apply(crm)

    assert teams(crm) == {
        "Team M M (East)": ("East", "M M", {"A A"}),
        "Team M M (West)": ("West", "M M", {"B B"}),
    }


def test_a_manager_who_sells_is_one_person_in_the_team_of_another(tmp_path: Path) -> None:
    crm = new_crm()

    planned(crm, tmp_path, ("A A", "B B", "East"), ("B B", "A A", "East")).apply(crm)

    assert set(people(crm)) == {"A A", "B B"}
    assert teams(crm) == {
        "Team B B": ("East", "B B", {"A A"}),
        "Team A A": ("East", "A A", {"B B"}),
    }


def test_managers_and_regions_are_one_whatever_their_case(tmp_path: Path) -> None:
    crm = new_crm()
    rows = [("A A", "Mia Held", "East"), ("B B", "mia held", "EAST"), ("C C", "Mia  Held", "East")]

    plan = planned(crm, tmp_path, *rows)
    plan.apply(crm)

    assert teams(crm) == {"Team Mia Held": ("East", "Mia Held", {"A A", "B B", "C C"})}
    assert {(each.column, each.written): each.rule for each in plan.aliases} == {
        ("manager", "mia held"): "folded",
        ("manager", "Mia  Held"): "without blanks",
        ("regional_office", "EAST"): "folded",
    }


def test_a_region_with_a_colon_makes_no_team_of_two(tmp_path: Path) -> None:
    crm = new_crm()

    planned(crm, tmp_path, ("A A", "M:x", "y"), ("B B", "M", "x:y")).apply(crm)

    assert len(teams(crm)) == 2


def test_without_a_region_there_is_a_team_and_without_a_manager_none(tmp_path: Path) -> None:
    crm = new_crm()

    plan = planned(crm, tmp_path, ("A A", "M M", ""), ("B B", "", "East"))
    plan.apply(crm)

    assert teams(crm) == {"Team M M": (None, "M M", {"A A"})}
    assert [(each.key, each.note) for each in plan.doubts] == [
        ("old:person:B B", "manager: is missing; in no team")
    ]
    assert people(crm)["B B"].team is None


def test_an_agent_twice_is_refused_and_one_in_another_spelling_in_doubt(tmp_path: Path) -> None:
    rows = [("A A", "M M", "East"), ("A A", "N N", "West"), ("a a", "M M", "East"), ("", "N N", "")]

    plan = planned(new_crm(), tmp_path, *rows)

    assert [(each.line, each.note) for each in plan.refused] == [
        (3, "sales_agent: is there already (sales_teams.csv, line 2)"),
        (5, "sales_agent: is missing"),
    ]
    assert [(each.line, each.note) for each in plan.doubts] == [
        (4, "sales_agent: written much like 'A A'")
    ]


def test_a_manager_who_cannot_be_leads_no_team(tmp_path: Path) -> None:
    crm = new_crm()

    plan = planned(crm, tmp_path, ("A A", "M" * 101, "East"))
    plan.apply(crm)

    manager, team = plan.refused
    assert manager.note == "family_name: must have at most 100 characters"
    assert (team.subject, team.note[-12:]) == (Subject.TEAM, " was refused")
    assert set(people(crm)) == {"A A"}


def test_employees_are_known_by_name_but_not_every_person_is_one(tmp_path: Path) -> None:
    crm = new_crm()
    ada = crm.contacts.add_person(given_name="Ada", family_name="Byron")
    crm.contacts.begin_role(ada.id, Role.EMPLOYEE)
    crm.contacts.add_person(given_name="Bo", family_name="Ek")

    plan = imported(crm, write(tmp_path))

    known = one(plan.rows, "old:person:Ada Byron")
    assert (known.verdict, known.matched_by) == (Verdict.DOUBT, "exact")
    assert known.note == "differs in team; nothing is changed"
    assert one(plan.rows, "old:person:Bo Ek").creates
    assert crm.opportunities.find().first().owner == ada.id
    assert crm.contacts.get(ada.id).team is None


def test_an_agent_who_cannot_be_owns_no_deal(tmp_path: Path) -> None:
    name = "A" * 101
    folder = write(tmp_path, sales_teams=[(name, "M M", "East")], sales_pipeline=[deal(agent=name)])

    plan = plan_of(new_crm(), folder)

    agent, owned = plan.refused
    assert agent.note == "family_name: must have at most 100 characters"
    assert owned.note.endswith(" was refused (sales_teams.csv, line 2)")
