"""From a folder to a plan: what is said beforehand is checked, and bad input changes nothing."""

import csv
from pathlib import Path

import pytest

from crmcore.errors import CrmError, InvalidValue, MalformedFile, ManyFaults, UnknownName
from crmcore.importing import SHAPE, Limits, Subject, plan_sales_history

from .folders import DEALS, PRODUCTS, content, deal, imported, new_crm, plan_of, write


class German(csv.excel):
    delimiter = ";"


def test_a_folder_may_be_named_by_a_text(tmp_path: Path) -> None:
    crm = new_crm()

    plan = plan_sales_history(
        crm, str(write(tmp_path)), dates="iso", currency="USD", source="crm-sales"
    )

    assert plan.source == "crm-sales"
    assert len(plan.rows) == 15


def test_a_plan_alone_changes_nothing(tmp_path: Path) -> None:
    crm = new_crm()

    plan_of(crm, write(tmp_path))

    assert content(crm) == []


@pytest.mark.parametrize("source", ["", "Old", "a:b", "a b", "-a", "x" * 61, "ä"])
def test_a_source_must_be_fit_for_external_ids(tmp_path: Path, source: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        plan_of(new_crm(), write(tmp_path), source=source)

    assert caught.value.field == "source"


@pytest.mark.parametrize(
    ("terms", "name"),
    [
        ({"pipeline": "nowhere"}, "nowhere"),
        ({"encoding": "utf-9"}, "utf-9"),
        ({"dates": "guess"}, "guess"),
        ({"closed_in": "done"}, "done"),
    ],
)
def test_a_name_that_does_not_exist_is_told(
    tmp_path: Path, terms: dict[str, str], name: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        plan_of(new_crm(), write(tmp_path), **terms)

    assert caught.value.name == name


def test_a_currency_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue) as caught:
        plan_of(new_crm(), write(tmp_path), currency="usd")

    assert caught.value.field == "currency"


def test_the_same_files_of_two_sources_are_kept_apart_but_for_who_is_known(tmp_path: Path) -> None:
    crm, folder = new_crm(), write(tmp_path)

    imported(crm, folder, source="old")
    plan = imported(crm, folder, source="new")

    added = {
        subject for subject in Subject if any(e.creates for e in plan.rows if e.subject is subject)
    }
    assert added == {Subject.OPPORTUNITY}
    assert crm.opportunities.find().count() == 8


def test_files_of_another_encoding_and_delimiter_are_read_when_named(tmp_path: Path) -> None:
    crm = new_crm()
    accounts = [("Müller", "", "", "", "", "", "")]
    folder = write(
        tmp_path,
        German,
        "cp1252",
        accounts=accounts,
        sales_pipeline=[deal(account="Müller", engaged="3.4.2017", closed="4.4.2017")],
    )

    imported(crm, folder, encoding="cp1252", delimiter=";", dates="d.m.y")

    assert crm.opportunities.find().one().title == "GTX Pro for Müller"


def test_a_formula_stays_text_all_the_way(tmp_path: Path) -> None:
    crm = new_crm()
    products = [("=1+1", "@SUM", "1")]

    imported(crm, write(tmp_path, products=products, sales_pipeline=[deal(product="=1+1")]))

    assert crm.catalog.find().one().name == "=1+1"
    assert crm.opportunities.find().one().title == "=1+1 for Acme"


def spoil(name, change):
    def spoilt(folder: Path) -> None:
        path = folder / name
        path.write_bytes(change(path.read_bytes()))

    return spoilt


@pytest.mark.parametrize(
    ("spoilt", "place"),
    [
        (lambda folder: (folder / PRODUCTS).unlink(), "products.csv: "),
        (spoil(PRODUCTS, lambda data: b""), "products.csv: "),
        (
            spoil(PRODUCTS, lambda data: data.replace(b"series", b"row")),
            "products.csv, line 1, column 'series': ",
        ),
        (
            spoil(DEALS, lambda data: data + b"1,2\r\n"),
            "sales_pipeline.csv, line 6, column 'product': ",
        ),
        (spoil(DEALS, lambda data: data + b'"1"x,2\r\n'), "sales_pipeline.csv, line 6: "),
        (spoil(DEALS, lambda data: data + b'"1,2\r\n'), "sales_pipeline.csv, line 6: "),
        (
            spoil(DEALS, lambda data: data.replace(b"D1", b"D\0")),
            "sales_pipeline.csv, line 2, column 'opportunity_id': ",
        ),
        (spoil(DEALS, lambda data: data.replace(b"D3", b"\xff")), "sales_pipeline.csv, line 4: "),
        (
            spoil(DEALS, lambda data: data.replace(b"D2", b"D" * 131_073)),
            "sales_pipeline.csv, line 3: ",
        ),
    ],
)
def test_a_malformed_folder_is_one_error_with_the_place_and_changes_nothing(
    tmp_path: Path, spoilt, place: str
) -> None:
    crm, folder = new_crm(), write(tmp_path)
    spoilt(folder)

    with pytest.raises(MalformedFile) as caught:
        plan_of(crm, folder)

    assert str(caught.value).startswith(place)
    assert content(crm) == []


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(rows=2), "has more than 2 rows"),
        (Limits(file_bytes=100), "is larger than 100 bytes"),
        (Limits(cell=9), "is longer than 9 characters"),
    ],
)
def test_limits_are_kept(tmp_path: Path, limits: Limits, reason: str) -> None:
    with pytest.raises(CrmError) as caught:
        plan_of(new_crm(), write(tmp_path), limits=limits)

    faults = caught.value.faults if isinstance(caught.value, ManyFaults) else (caught.value,)
    assert {fault.reason for fault in faults} == {reason}


def test_an_empty_folder_names_every_file(tmp_path: Path) -> None:
    with pytest.raises(ManyFaults) as caught:
        plan_of(new_crm(), tmp_path)

    assert [fault.file for fault in caught.value.faults] == [*SHAPE]


def test_files_with_heads_alone_are_a_plan_of_nothing(tmp_path: Path) -> None:
    crm = new_crm()
    nothing = {name.removesuffix(".csv"): [] for name in SHAPE}

    plan = imported(crm, write(tmp_path, **nothing))

    assert (plan.rows, plan.changes_nothing, content(crm)) == ((), True, [])


def test_many_unknown_names_cost_no_time_to_speak_of(tmp_path: Path) -> None:
    accounts = [(f"Account with a long name number {n}", *[""] * 6) for n in range(2_000)]
    rows = [deal(f"{n}", account=f"Acount wiht a lomg nane nunber {n}x") for n in range(2_000)]

    plan = plan_of(new_crm(), write(tmp_path, accounts=accounts, sales_pipeline=rows))

    assert len(plan.refused) == 2_000
