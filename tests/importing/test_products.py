"""Products come into the catalog under their name, once each."""

from pathlib import Path

import pytest

from crmcore.importing import Subject, Verdict
from crmcore.values import Money

from .folders import PRODUCTS, imported, new_crm, plan_of, write


def planned(crm, folder, *rows):
    return plan_of(crm, write(folder, products=rows, sales_pipeline=[]))


def decided(plan):
    return [
        (each.line, each.verdict.value, each.note) for each in plan.rows if each.file == PRODUCTS
    ]


def test_every_column_arrives(tmp_path: Path) -> None:
    crm = new_crm()

    imported(crm, write(tmp_path))

    gtx, mg = crm.catalog.find(order_by="sku")
    assert (gtx.sku, gtx.name, gtx.series) == ("GTX Pro", "GTX Pro", "GTX")
    assert (gtx.list_price, mg.list_price) == (Money("4821", "USD"), Money("55.5", "USD"))
    assert gtx.external_id == "old:product:GTX Pro"


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (("", "S", "1"), "product: is missing"),
        (("P", "S", "-1"), "sales_price: must not be negative"),
        (("P", "S", "1,5"), "sales_price: must be a plain number"),
        (("P" * 101, "S", "1"), "sku: must have at most 100 characters"),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_reason(
    tmp_path: Path, row: tuple[str, ...], note: str
) -> None:
    ((line, verdict, told),) = decided(planned(new_crm(), tmp_path, row))

    assert (line, verdict, told[: len(note)]) == (2, "refused", note)


def test_a_name_in_two_spellings_is_a_doubt_and_twice_the_same_is_refused(tmp_path: Path) -> None:
    rows = [("GTX Pro", "", "1"), ("GTXPro", "", "2"), ("GTX Pro", "", "3")]

    assert decided(planned(new_crm(), tmp_path, *rows)) == [
        (2, "create", ""),
        (3, "doubt", "product: written much like 'GTX Pro'"),
        (4, "refused", "product: is there already"),
    ]


@pytest.mark.parametrize(("sku", "name"), [("GTX Pro", "Nine"), ("9", "gtx pro")])
def test_a_product_is_matched_by_number_or_name(tmp_path: Path, sku: str, name: str) -> None:
    crm = new_crm()
    known = crm.catalog.add_product(sku=sku, name=name)

    plan = imported(crm, write(tmp_path))

    assert plan.counts[Subject.PRODUCT][Verdict.CREATE] == 1
    assert crm.opportunities.find().first().product == known.id
    assert crm.catalog.get(known.id) == known
