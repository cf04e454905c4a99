"""``products.csv``: each row is a product of the catalog; its name is its article number."""

from crmcore.importing.cells import Cells
from crmcore.importing.decision import Subject, shown
from crmcore.importing.drafts import ProductDraft
from crmcore.importing.lookup import Lookup
from crmcore.importing.matching import Names
from crmcore.importing.planning import Named, Planning, place_of
from crmcore.importing.reading import Row, Table

FILE = "products.csv"
COLUMNS = ("product", "series", "sales_price")


def plan_products(planning: Planning, table: Table) -> Lookup:
    """Decide on every product; the result says what their names mean in other files."""
    names = Names(planning.existing.names[Subject.PRODUCT].pairs())
    lookup = Lookup("product", "product", names)
    written = Names()
    for row in table.rows:
        name = row.value("product") or ""
        key = _settle(planning, row, name, written)
        if key is None:
            lookup.refused.setdefault(name, place_of(row))
        else:
            written.add(name, name)
            names.add(name, key)
    return lookup


def _settle(planning: Planning, row: Row, name: str, written: Names) -> str | None:
    cells, terms = Cells(row), planning.terms
    draft = ProductDraft(
        key=terms.key("product", cells.needed("product")),
        at=planning.start,
        name=name,
        series=row.value("series"),
        list_price=cells.amount("sales_price", terms.currency),
    )
    named = Named(row=row, column="product", subject=Subject.PRODUCT, key=draft.key)
    like = written.find(name, similar=False)
    if like is not None and like.name == name:
        cells.faults.append("product: is there already")
    elif like is not None:
        named.understood.doubts.append(f"product: written much like {shown(like.name)}")
    if cells.faults:
        planning.refuse(named, *cells.faults)
        return None
    return planning.settle(named, draft, name)
