"""A plan is applied in batches, from any point on, and a second time without effect."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Contact, Role
from crmcore.errors import Duplicate, EntityNotFound, InvalidValue
from crmcore.importing import Subject, Verdict

from .folders import content, deal, imported, new_crm, one, plan_of, write


class Stopped(Exception):
    """Somebody pulled the plug."""


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    crm, folder = new_crm(), write(tmp_path)
    imported(crm, folder)
    before = content(crm)

    again = plan_of(crm, folder)
    report = again.apply(crm)

    assert {each.verdict for each in again.rows} == {Verdict.MATCHED}
    assert {each.matched_by for each in again.rows} == {"external id"}
    assert again.changes_nothing
    assert report.changed_nothing
    assert content(crm) == before


def test_a_doubt_is_none_any_more_once_it_is_imported(tmp_path: Path) -> None:
    crm = new_crm()
    accounts = [("Acme", "technolgy", "", "", "", "Philipines", "Nobody")]
    folder = write(tmp_path, accounts=accounts, sales_pipeline=[deal(product="GTXPro", value="0")])

    first, second = imported(crm, folder), plan_of(crm, folder)

    assert len(first.doubts) == 2
    assert second.doubts == ()


def test_applying_a_plan_again_changes_nothing(tmp_path: Path) -> None:
    crm = new_crm()
    plan = plan_of(crm, write(tmp_path))

    first = plan.apply(crm)
    before = content(crm)
    second = plan.apply(crm)

    assert content(crm) == before
    assert sum(first.created.values()) == sum(second.matched.values()) == len(plan.rows)
    assert second.changed_nothing


def test_an_old_plan_does_not_undo_what_was_done_since(tmp_path: Path) -> None:
    crm = new_crm()
    plan = plan_of(crm, write(tmp_path))
    plan.apply(crm)
    acme = next(each for each in crm.contacts.find() if each.name == "Acme")
    ada = next(each for each in crm.contacts.find() if each.name == "Ada Byron")
    crm.contacts.move_role(acme.id, Role.CUSTOMER, "lose")
    crm.teams.leave(ada.id)
    before = content(crm)

    plan.apply(crm)

    assert content(crm) == before


@pytest.mark.parametrize("batch", [1, 2, 3, 500])
def test_the_size_of_batches_changes_nothing_in_the_result(tmp_path: Path, batch: int) -> None:
    folder = write(tmp_path)
    one_by_one, usual = new_crm(), new_crm()

    plan_of(one_by_one, folder).apply(one_by_one, batch=batch)
    imported(usual, folder)

    assert content(one_by_one) == content(usual)


@given(st.integers(1, 4), st.integers(1, 9))
def test_an_import_that_was_stopped_is_finished_by_the_next_one(
    tmp_path_factory: pytest.TempPathFactory, batch: int, steps: int
) -> None:
    folder = write(tmp_path_factory.mktemp("stopped"))
    stopped, whole = new_crm(), new_crm()

    def pull_the_plug(done: int, _total: int | None) -> None:
        if done >= steps:
            raise Stopped

    with pytest.raises(Stopped):
        plan_of(stopped, folder).apply(stopped, batch=batch, progress=pull_the_plug)
    report = imported(stopped, folder).apply(stopped)
    imported(whole, folder)

    assert report.changed_nothing
    assert plan_of(stopped, folder).changes_nothing
    assert [each.replace(" ", "") for each in _facts(stopped)] == _facts(whole)


def _facts(crm) -> list[str]:
    """Everything but ids and revisions, which depend on the way."""
    names = {each.id: each.name for each in crm.contacts.find()}
    contacts = [
        (each.name, each.created_at, [(role.kind, role.state, role.since) for role in each.roles])
        for each in crm.contacts.find()
    ]
    deals = [
        (each.title, names.get(each.account), names[each.owner], each.status, each.amount)
        for each in crm.opportunities.find()
    ]
    members = [(each.name, getattr(each, "team", None) is not None) for each in crm.contacts.find()]
    return sorted(str(each).replace(" ", "") for each in (*contacts, *deals, *members))


def test_progress_is_told_after_each_batch(tmp_path: Path) -> None:
    crm = new_crm()
    told: list[tuple[int, int | None]] = []

    plan_of(crm, write(tmp_path)).apply(
        crm, batch=3, progress=lambda done, total: told.append((done, total))
    )

    # Two accounts, two products, seven people and teams with three memberships, four deals.
    assert told == [(2, 18), (4, 18), (14, 18), (17, 18), (18, 18)]


def test_a_batch_has_at_least_one_piece(tmp_path: Path) -> None:
    crm = new_crm()

    with pytest.raises(InvalidValue) as caught:
        plan_of(crm, write(tmp_path)).apply(crm, batch=0)

    assert caught.value.field == "batch"
    assert content(crm) == []


def test_what_somebody_else_added_meanwhile_is_left_alone(tmp_path: Path) -> None:
    crm = new_crm()
    plan = plan_of(crm, write(tmp_path))
    mine = crm.contacts.add_organization(name="Mine", external_id="old:account:Acme")

    report = plan.apply(crm)

    assert crm.contacts.get(mine.id).name == "Mine"
    assert (report.created[Subject.ORGANIZATION], report.matched[Subject.ORGANIZATION]) == (1, 1)
    assert crm.opportunities.find().first().account == mine.id


def test_a_batch_that_is_refused_leaves_no_trace(tmp_path: Path) -> None:
    crm = new_crm()
    plan = plan_of(crm, write(tmp_path))
    crm.catalog.add_product(sku="MG Special", name="Another one")
    before = len(content(crm))

    with pytest.raises(Duplicate):
        plan.apply(crm)

    assert {each.name for each in crm.contacts.find()} == {"Acme", "Bolt Works"}
    assert crm.catalog.find().count() == 1
    assert len(content(crm)) == before + 4


def test_what_is_gone_since_stops_the_batch_that_needs_it(tmp_path: Path) -> None:
    crm = new_crm()
    acme = crm.contacts.add_organization(name="Acme")
    plan = plan_of(crm, write(tmp_path, accounts=[]))
    with crm.store.begin(write=True) as unit:
        unit.repository(Contact).remove(acme)
        unit.commit()

    with pytest.raises(EntityNotFound):
        plan.apply(crm)

    assert crm.catalog.find().count() == 2
    assert crm.opportunities.find().count() == 0


def test_a_row_that_changed_is_a_doubt_and_not_applied(tmp_path: Path) -> None:
    crm = new_crm()
    imported(crm, write(tmp_path, sales_pipeline=[deal("1"), deal("2")]))
    before = content(crm)
    changed = [
        deal("1", value="101", closed="2017-01-21"),
        deal("2", agent="Bo Ek", product="MG Special", account="Bolt Works", stage="Lost"),
    ]

    plan = imported(crm, write(tmp_path, sales_pipeline=changed))

    assert [(each.note, each.creates, each.matched_by) for each in plan.doubts] == [
        ("differs in amount, closed_on; nothing is changed", False, "external id"),
        ("differs in account, owner, product, status; nothing is changed", False, "external id"),
    ]
    assert content(crm) == before


def test_other_rows_that_changed_are_doubts_too(tmp_path: Path) -> None:
    crm = new_crm()
    imported(crm, write(tmp_path))
    before = content(crm)

    plan = imported(
        crm,
        write(
            tmp_path,
            accounts=[
                ("Acme", "finance", "1997", "2", "3", "Germany", "Bolt Works"),
                ("Bolt Works", "", "", "", "", "", ""),
            ],
            products=[("GTX Pro", "GTO", "4822"), ("MG Special", "", "")],
            sales_teams=[("Ada Byron", "Noa Kern", "East"), ("Cy Dahl", "Noa Kern", "East")],
            sales_pipeline=[],
        ),
    )

    assert {each.key: each.note for each in plan.doubts} == {
        "old:account:Acme": "differs in sector, founded, annual_revenue, employees, country, "
        "parent; nothing is changed",
        "old:product:GTX Pro": "differs in series, list_price; nothing is changed",
        "old:person:Ada Byron": "differs in team; nothing is changed",
    }
    assert content(crm) == before


def test_an_external_id_of_another_kind_is_a_doubt(tmp_path: Path) -> None:
    crm = new_crm()
    crm.contacts.add_person(given_name="A", family_name="B", external_id="old:account:Acme")
    crm.contacts.add_organization(name="C", external_id="old:person:Bo Ek")

    plan = plan_of(crm, write(tmp_path))

    kept = {"old:account:Acme", "old:person:Bo Ek"}
    assert {each.key for each in plan.doubts if not each.creates} == kept
    assert {each.note for each in plan.doubts if each.key in kept} == {
        "differs in kind; nothing is changed"
    }


def test_what_the_file_leaves_empty_differs_from_nothing(tmp_path: Path) -> None:
    crm = new_crm()
    rows = [("Acme", "", "", "", "", "", "")]
    bare = deal(account="", stage="Engaging", closed="", value="")
    files = write(tmp_path, accounts=rows, sales_pipeline=[bare])
    imported(crm, files)
    acme = next(each for each in crm.contacts.find() if each.name == "Acme")
    crm.contacts.update(acme.id, sector="retail", employees=3)
    crm.opportunities.update(crm.opportunities.find().one().id, account=acme.id)

    plan = plan_of(crm, files)

    assert {each.verdict for each in plan.rows} == {Verdict.MATCHED}


def test_new_rows_are_added_to_what_is_there(tmp_path: Path) -> None:
    crm = new_crm()
    imported(crm, write(tmp_path, sales_pipeline=[deal("1", account="Bolt Works", stage="Lost")]))
    rows = [deal("1", account="Bolt Works", stage="Lost"), deal("2", account="Bolt Works")]

    plan = plan_of(crm, write(tmp_path, sales_pipeline=rows))
    report = plan.apply(crm)

    assert one(plan.rows, "old:opportunity:2").verdict is Verdict.CREATE
    assert sum(report.created.values()) == 1
    bolt = next(each for each in crm.contacts.find() if each.name == "Bolt Works")
    assert [role.kind for role in bolt.roles if role.is_open] == [Role.CUSTOMER]


def test_whoever_is_a_prospect_only_since_later_becomes_a_customer_then(tmp_path: Path) -> None:
    crm = new_crm()
    later = datetime(2017, 6, 1, tzinfo=UTC)
    acme = crm.contacts.add_organization(name="Acme", at=later)
    crm.contacts.begin_role(acme.id, Role.PROSPECT, at=later)

    imported(crm, write(tmp_path))

    prospect, customer = crm.contacts.get(acme.id).roles
    assert prospect.until == customer.since == later
    assert customer.since - later == timedelta(0)


def test_whoever_is_a_customer_already_stays_as_they_are(tmp_path: Path) -> None:
    crm = new_crm()
    acme = crm.contacts.add_organization(name="Acme")
    before = crm.contacts.begin_role(acme.id, Role.CUSTOMER)

    imported(crm, write(tmp_path))

    assert crm.contacts.get(acme.id) == before
