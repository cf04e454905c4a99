"""The blocks of the dashboard: a table with bars in it, a plain table, columns by month, the story.

Each block is a figure with its numbers in sight and a sentence on what is counted.
"""

from collections.abc import Callable
from decimal import Decimal

from crmcore import Money
from crmcore.demo.charts import Column, bar, columns
from crmcore.demo.markup import Inside, Markup, element
from crmcore.demo.sheets import Cell, Sheet, SheetRow
from crmcore.demo.story import Step, Story
from crmcore.demo.wording import cell_text, day_text, month_text

_QUARTER_STARTS = {"Jan", "Apr", "Jul", "Oct"}
_THOUSAND = 1_000

Block = Callable[[Sheet], Markup]
"""What makes a block of a sheet."""


def table(sheet: Sheet) -> Markup:
    """The sheet as a table."""
    return _figure(sheet.title, _table(sheet, None), sheet.definition)


def bars(sheet: Sheet, *, mark: int | None = None, key: str | None = None) -> Markup:
    """The sheet as a table whose rows carry a bar of the first number.

    Args:
        sheet: The sheet.
        mark: The column whose number is marked across the bar; -1 marks the total on every bar.
        key: What the mark means.
    """
    sizes = [_size(cell) for row in sheet.rows for cell in row.cells[: 2 if mark == 1 else 1]]
    most = max(sizes, default=0.0) or 1.0
    total = None if sheet.total is None else _size(sheet.total.cells[0]) / most

    def drawn(row: SheetRow) -> Markup:
        at = total if mark == -1 else None if mark is None else _size(row.cells[mark]) / most
        return bar(_size(row.cells[0]) / most, mark=at, is_strong=row.is_strong)

    legend = None if key is None else element("p", key, class_="key")
    return _figure(sheet.title, legend, _table(sheet, drawn), sheet.definition)


def months(sheet: Sheet) -> Markup:
    """The first column of a sheet by month, as columns over time."""
    biggest = max((_size(row.cells[0]) for row in sheet.rows), default=0.0)
    scale = _THOUSAND if biggest >= 10 * _THOUSAND else 1
    drawn = [_month(row, scale, is_first=at == 0) for at, row in enumerate(sheet.rows)]
    name, _, currency = sheet.columns[0].partition(", ")
    counted = " ".join(filter(None, ("thousand" if scale == _THOUSAND else "", currency)))
    title = f"{name} by month" + (f", in {counted}" if counted else "")
    first, last = month_text(sheet.rows[0].label), month_text(sheet.rows[-1].label)
    told = f"From {first} to {last}; the numbers are in the table by month."
    return _figure(title, columns(title, told, drawn), sheet.stated[0])


def calendar(sheet: Sheet) -> Markup:
    """The first column of a sheet by month, as a table with a row for each month of the year."""
    known = {row.label: cell_text(row.cells[0]) for row in sheet.rows}
    years = sorted({label[:4] for label in known})
    body = [
        element(
            "tr",
            element("th", month_text(f"0000-{month:02}").partition(" ")[0], scope="row"),
            *(element("td", known.get(f"{year}-{month:02}", "")) for year in years),
        )
        for month in range(1, 13)
    ]
    head = element("tr", *(element("th", cell, scope="col") for cell in ("Month", *years)))
    grid = element(
        "table", element("thead", head), element("tbody", *body), aria_label=sheet.columns[0]
    )
    return _figure(sheet.columns[0], grid, None)


def story_blocks(story: Story, aside: str) -> tuple[Markup, Markup]:
    """The days of a story, and beside them what its documents come to and what was tried."""
    told = element("ol", *(_day(step) for step in story.steps), class_="story")
    leads = {"Ordered, to be paid", "Invoices together", "Payments together", "Still due"}
    rows = (
        element(
            "tr",
            element("th", label, scope="row"),
            element("td", _amount(amount)),
            class_="lead" if label in leads else None,
        )
        for label, amount in story.sums
    )
    sums = element(
        "table", element("tbody", *rows), class_="sums", aria_label="Sums of the documents"
    )
    proofs = element("ul", *(element("li", each) for each in story.proofs), class_="plain")
    left = element(
        "figure",
        element("h2", f"One customer: {story.customer}"),
        element("p", f"{story.deal}. {aside}".strip(), class_="note"),
        told,
    )
    right = element(
        "div",
        element("figure", element("h2", "To the cent"), sums),
        element("h3", "Tried on the finished documents"),
        proofs,
    )
    return left, right


def _figure(title: str, *inside: Inside) -> Markup:
    *shown, definition = inside
    caption = element("figcaption", definition) if definition else None
    return element("figure", element("h2", title), *shown, caption)


def _table(sheet: Sheet, drawn: Callable[[SheetRow], Markup] | None) -> Markup:
    heads = [element("th", sheet.head, scope="col")]
    if drawn is not None:
        heads.append(element("td", class_="track"))
    heads += [element("th", name, scope="col") for name in sheet.columns]
    body = [_row(row, None if drawn is None else drawn(row)) for row in sheet.rows]
    blank = None if drawn is None else Markup("")
    foot = None if sheet.total is None else element("tfoot", _row(sheet.total, blank))
    head = element("thead", element("tr", *heads))
    return element("table", head, element("tbody", *body), foot, aria_label=sheet.title)


def _row(row: SheetRow, drawn: Markup | None) -> Markup:
    return element(
        "tr",
        element("th", row.label, scope="row"),
        None if drawn is None else element("td", drawn, class_="track"),
        *(element("td", cell_text(cell)) for cell in row.cells),
        class_="begins" if row.begins else None,
    )


def _month(row: SheetRow, scale: int, *, is_first: bool) -> Column:
    cell = row.cells[0]
    name, _, year = month_text(row.label).partition(" ")
    size = _size(cell) / scale
    return Column(
        name=name,
        below=year if is_first or name == "Jan" else "",
        size=size,
        shown=f"{size:,.0f}",
        hint=f"{month_text(row.label)}: {cell_text(cell)}",
        is_major=name in _QUARTER_STARTS,
    )


def _day(step: Step) -> Markup:
    day = step.at.date()
    amount = None
    if step.amount is not None:
        amount = element("span", _amount(step.amount), class_="amount")
    return element(
        "li",
        element("time", day_text(day), datetime=day.isoformat()),
        element("p", element("b", step.what), " ", element("span", step.detail)),
        amount,
    )


def _amount(amount: Money) -> str:
    return f"{amount.amount:,.2f} {amount.currency}"


def _size(cell: Cell) -> float:
    value = cell.value
    if isinstance(value, Money):
        return float(value.amount)
    return float(Decimal(0) if value is None else value)
