"""Accounts become organizations, parents first; what is unclear about them is said."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Organization, Role
from crmcore.importing import Subject, Verdict
from crmcore.values import Money, PostalAddress

from .folders import ACCOUNTS, deal, imported, new_crm, one, plan_of, write


def account(
    name="Acme", *, sector="", founded="", revenue="", employees="", country="", parent=""
) -> tuple[str, ...]:
    return (name, sector, founded, revenue, employees, country, parent)


def planned(crm, folder, *rows):
    return plan_of(crm, write(folder, accounts=rows, sales_pipeline=[]))


def noted(crm, folder, *rows):
    """Verdict and note of every account, by the line it stands on."""
    decisions = planned(crm, folder, *rows).rows
    return {
        each.line: (each.verdict.value, each.note) for each in decisions if each.file == ACCOUNTS
    }


def organizations(crm) -> dict[str, Organization]:
    found = (each for each in crm.contacts.find(order_by="name"))
    return {each.name: each for each in found if isinstance(each, Organization)}


def test_every_column_arrives(tmp_path: Path) -> None:
    crm = new_crm()

    imported(crm, write(tmp_path))

    acme, bolt = organizations(crm).values()
    assert (acme.sector, acme.founded, acme.employees) == ("retail", 1996, 2822)
    assert acme.annual_revenue == Money("1100040000", "USD")
    assert acme.address == PostalAddress(country="US")
    assert acme.external_id == "old:account:Acme"
    assert (acme.parent, bolt.parent) == (None, acme.id)


def test_empty_cells_stay_empty(tmp_path: Path) -> None:
    crm = new_crm()

    planned(crm, tmp_path, account("Solo")).apply(crm)

    (solo,) = organizations(crm).values()
    assert (solo.sector, solo.founded, solo.annual_revenue) == (None, None, None)
    assert (solo.employees, solo.address, solo.parent, solo.roles) == (None, None, None, ())


def test_a_formula_is_a_name_like_any_other(tmp_path: Path) -> None:
    crm = new_crm()

    planned(crm, tmp_path, account("=HYPERLINK(1)", sector="+49")).apply(crm)

    assert organizations(crm)["=HYPERLINK(1)"].sector == "+49"


def test_an_account_with_a_won_deal_is_a_customer_and_with_others_a_prospect(
    tmp_path: Path,
) -> None:
    crm = new_crm()
    rows = [account("Won"), account("Lost"), account("Open"), account("None")]
    deals = [
        deal("1", account="Won", stage="Lost", engaged="2017-01-03", closed="2017-01-09"),
        deal("2", account="Won", engaged="2017-01-05", closed="2017-02-02"),
        deal("3", account="Won", engaged="2017-01-07", closed="2017-01-20"),
        deal("4", account="Lost", stage="Lost"),
        deal("5", account="Open", stage="Engaging", closed="", value=""),
    ]

    imported(crm, write(tmp_path, accounts=rows, sales_pipeline=deals))

    found = organizations(crm)
    held = {
        name: [role.kind for role in each.roles if role.is_open] for name, each in found.items()
    }
    assert held == {
        "Won": [Role.CUSTOMER],
        "Lost": [Role.PROSPECT],
        "Open": [Role.PROSPECT],
        "None": [],
    }
    prospect, customer = found["Won"].roles
    assert (str(prospect.since.date()), str(prospect.until and prospect.until.date())) == (
        "2017-01-03",
        "2017-01-20",
    )
    assert prospect.until == customer.since


def test_a_parent_may_stand_below_its_subsidiaries(tmp_path: Path) -> None:
    crm = new_crm()
    rows = [account("C", parent="B"), account("B", parent="A"), account("A")]

    planned(crm, tmp_path, *rows).apply(crm)

    found = organizations(crm)
    assert (found["C"].parent, found["B"].parent) == (found["B"].id, found["A"].id)
    assert {each.revision for each in found.values()} == {1}


def test_a_parent_in_another_spelling_is_found_and_noted(tmp_path: Path) -> None:
    plan = planned(new_crm(), tmp_path, account("Big Co"), account("Sub", parent="bigco"))

    decision = one(plan.rows, "old:account:Sub")
    assert decision.verdict is Verdict.CREATE
    assert decision.matched_by == "without blanks"
    assert decision.note == "subsidiary_of: 'bigco' read as 'Big Co' (without blanks)"
    assert [(each.column, each.times) for each in plan.aliases] == [("subsidiary_of", 1)]


@pytest.mark.parametrize(
    ("rows", "line", "note"),
    [
        (
            [account("A", parent="Nobody")],
            2,
            "subsidiary_of: there is no one account called 'Nobody'; left out",
        ),
        (
            [account("A", parent="A")],
            2,
            "subsidiary_of: 'A' is refused, or leads back here; left out",
        ),
        (
            [account("A", parent="B"), account("B", parent="A")],
            3,
            "subsidiary_of: 'A' is refused, or leads back here; left out",
        ),
        (
            [account("A", employees="x"), account("B", parent="A")],
            3,
            "subsidiary_of: the account 'A' was refused (accounts.csv, line 2); left out",
        ),
        (
            [account("A", sector="x" * 101), account("B", parent="A")],
            3,
            "subsidiary_of: 'A' is refused, or leads back here; left out",
        ),
        (
            [account("A", country="Atlantis")],
            2,
            "office_location: there is no one country called 'Atlantis'; left out",
        ),
        (
            [account("A", country="Philipines")],
            2,
            "office_location: 'Philipines' read as 'Philippines' (similar 0.90)",
        ),
        (
            [account("A", sector="technolgy")],
            2,
            "sector: 'technolgy' looks like 'technology' (similar 0.90); kept as it is",
        ),
        ([account("ACME"), account("Acme")], 3, "account: written much like 'ACME'"),
    ],
)
def test_what_is_unclear_is_a_doubt_and_imported(
    tmp_path: Path, rows: list[tuple[str, ...]], line: int, note: str
) -> None:
    crm = new_crm()

    plan = planned(crm, tmp_path, *rows)

    (doubt,) = plan.doubts
    assert (doubt.line, doubt.note, doubt.creates) == (line, note, True)
    assert plan.apply(crm).created[Subject.ORGANIZATION] == len(rows) - len(plan.refused)


def test_a_misspelt_sector_is_kept_and_a_misspelt_country_understood(tmp_path: Path) -> None:
    crm = new_crm()

    planned(crm, tmp_path, account("A", sector="technolgy", country="Philipines")).apply(crm)

    (found,) = organizations(crm).values()
    assert (found.sector, found.address) == ("technolgy", PostalAddress(country="PH"))


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (account(""), "account: is missing"),
        (account("A", founded="soon"), "year_established: must be a plain number"),
        (account("A", founded="12345"), "year_established: must be at least 0 and at most 9999"),
        (account("A", revenue="1.2.3"), "revenue: must be a plain number"),
        (account("A", revenue="-1"), "revenue: must not be negative"),
        (account("A", revenue="999999999"), "revenue: must have at most 14 digits"),
        (account("A", employees="many"), "employees: must be a plain number"),
        (account("A" * 201), "name: must have at most 200 characters"),
        (account("A\nB"), "name: must not hold U+000A"),
        (account("A", sector="s" * 101), "sector: must have at most 100 characters"),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_reason(
    tmp_path: Path, row: tuple[str, ...], note: str
) -> None:
    crm = new_crm()

    plan = planned(crm, tmp_path, row)
    plan.apply(crm)

    (refused,) = plan.refused
    assert (refused.line, refused.note[: len(note)]) == (2, note)
    assert organizations(crm) == {}


def test_all_faults_of_a_row_are_in_the_reason(tmp_path: Path) -> None:
    ((verdict, note),) = noted(
        new_crm(), tmp_path, account("A", founded="x", revenue="y", employees="z")
    ).values()

    assert verdict == "refused"
    assert [each.partition(":")[0] for each in note.split("; ")] == [
        "year_established",
        "revenue",
        "employees",
    ]


def test_the_same_name_twice_is_refused_the_second_time(tmp_path: Path) -> None:
    found = noted(new_crm(), tmp_path, account("A"), account("B"), account("A"))

    assert found[4] == ("refused", "account: is there already (accounts.csv, line 2)")
    assert [found[line][0] for line in (2, 3)] == ["create", "create"]


@pytest.mark.parametrize(
    ("stored", "rule"), [("Acme", "exact"), ("ACME", "folded"), ("A.C.M.E.", "without blanks")]
)
def test_an_organization_the_store_knows_is_matched_by_name(
    tmp_path: Path, stored: str, rule: str
) -> None:
    crm = new_crm()
    known = crm.contacts.add_organization(name=stored, external_id="elsewhere:1")

    plan = imported(crm, write(tmp_path))

    decision = one(plan.rows, "old:account:Acme")
    assert decision.matched_by == rule
    assert not decision.creates
    assert crm.contacts.get(known.id).external_id == "elsewhere:1"
    assert {
        each.account for each in crm.opportunities.find() if each.title == "GTX Pro for Acme"
    } == {known.id}


def test_a_likeness_makes_nobody_the_same(tmp_path: Path) -> None:
    crm = new_crm()
    crm.contacts.add_organization(name="Telekommunika")

    plan = planned(crm, tmp_path, account("Telekommunikas"))

    assert [each.verdict for each in plan.rows if each.file == ACCOUNTS] == [Verdict.CREATE]


def test_a_name_the_store_has_twice_is_refused_until_somebody_decides(tmp_path: Path) -> None:
    crm = new_crm()
    crm.contacts.add_organization(name="Acme")
    right = crm.contacts.add_organization(name="Acme")

    before = planned(crm, tmp_path, account("Acme"))
    crm.contacts.update(right.id, external_id="old:account:Acme")
    after = planned(crm, tmp_path, account("Acme"))

    assert [each.note for each in before.refused] == [
        "the store has several of this name; give the right one the external id 'old:account:Acme'"
    ]
    assert one(after.rows, "old:account:Acme").verdict is Verdict.MATCHED


@given(
    parents=st.lists(st.integers(0, 6) | st.none(), min_size=1, max_size=7),
)
def test_no_tree_of_accounts_is_too_tangled(
    tmp_path_factory: pytest.TempPathFactory, parents: list[int | None]
) -> None:
    crm = new_crm()
    rows = [
        account(f"A{place}", parent="" if parent is None else f"A{parent}")
        for place, parent in enumerate(parents)
    ]

    planned(crm, tmp_path_factory.mktemp("tree"), *rows).apply(crm)

    found = organizations(crm)
    assert len(found) == len(parents)
    for each in found.values():
        line = [each]
        while line[-1].parent is not None:
            line.append(crm.contacts.get(line[-1].parent))
            assert line[-1] not in line[:-1]
