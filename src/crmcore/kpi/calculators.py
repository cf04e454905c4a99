"""The measures as functions over plain rows and data frames, one for each, with a worked example.

Every function is made from its measure, so that neither can say what the other does not.
"""

from textwrap import indent
from typing import Any, Protocol

from crmcore.grammar.query import Condition
from crmcore.kpi import answering, selling
from crmcore.kpi.evaluate import over_rows
from crmcore.kpi.measure import By, During, Measure
from crmcore.kpi.result import KpiTable


class Calculator(Protocol):
    """One measure over plain objects, mappings or a data frame."""

    __name__: str

    def __call__(
        self,
        rows: Any,
        *,
        by: By = None,
        during: During = None,
        where: Condition | None = None,
    ) -> KpiTable:
        """The measure over these rows; see `over_rows` for what they may be."""
        ...


_ARGUMENTS = """\
Args:
    rows: Any iterable of objects or mappings, or a pandas, polars or Arrow table.
    by: What to group by; None for the measure's own grouping, () for none.
    during: The window, such as "2017-Q2"; None for all time.
    where: Which rows of the population only."""


def _documented(measure: Measure, example: str) -> str:
    return "\n\n".join(
        (
            f"{measure.title}, over plain rows or a data frame.",
            f"Definition: {measure.definition}",
            f"Formula: {measure.formula}",
            f"Edge cases: {measure.edge_cases}",
            f"Source: {measure.source}",
            _ARGUMENTS,
            f"Example:\n{indent(example.strip(), '    ')}\n",
        )
    )


def _calculator(measure: Measure, example: str) -> Calculator:
    def calculate(
        rows: Any,
        *,
        by: By = None,
        during: During = None,
        where: Condition | None = None,
    ) -> KpiTable:
        return over_rows(measure, rows, by=by, during=during, where=where)

    calculate.__name__ = calculate.__qualname__ = measure.name
    calculate.__doc__ = _documented(measure, example)
    return calculate


win_rate = _calculator(
    selling.WIN_RATE,
    """
>>> from crmcore.kpi import win_rate
>>> deals = [
...     {"owner": "Ada", "status": "won"},
...     {"owner": "Ada", "status": "won"},
...     {"owner": "Ada", "status": "lost"},
...     {"owner": "Bob", "status": "open"},
... ]
>>> win_rate(deals, by="owner")
Win rate · by owner
owner  Win rate  numerator  denominator
Ada       66.7%          2            3
Total     66.7%          2            3
""",
)
"""Won opportunities by closed ones."""

sales_cycle = _calculator(
    selling.SALES_CYCLE,
    """
>>> from datetime import date
>>> from crmcore.kpi import sales_cycle
>>> deals = [
...     {"status": "won", "engaged_on": date(2017, 1, 1), "closed_on": date(2017, 1, 11)},
...     {"status": "lost", "engaged_on": date(2017, 1, 1), "closed_on": date(2017, 1, 6)},
... ]
>>> sales_cycle(deals).total.value
Decimal('7.5')
""",
)
"""Mean days from engaging to closing."""

sales_cycle_median = _calculator(
    selling.SALES_CYCLE_MEDIAN,
    """
>>> from datetime import date
>>> from crmcore.kpi import sales_cycle_median
>>> deals = [
...     {"status": "won", "engaged_on": date(2017, 1, 1), "closed_on": date(2017, 1, day)}
...     for day in (2, 4, 31)
... ]
>>> sales_cycle_median(deals).total.value
Decimal('3')
""",
)
"""Median days from engaging to closing."""

pipeline_value = _calculator(
    selling.PIPELINE_VALUE,
    """
>>> from crmcore.values import Money
>>> from crmcore.kpi import pipeline_value
>>> deals = [
...     {"stage": "proposal", "status": "open", "amount": Money("12500", "EUR")},
...     {"stage": "proposal", "status": "open", "amount": Money("900.50", "EUR")},
...     {"stage": "proposal", "status": "won", "amount": Money("10", "EUR")},
... ]
>>> pipeline_value(deals)["proposal"].value
Money('13400.50', 'EUR')
""",
)
"""The amounts of open opportunities by stage."""

pipeline_list_value = _calculator(
    selling.PIPELINE_LIST_VALUE,
    """
>>> from crmcore.kpi import pipeline_list_value
>>> deals = [
...     {"stage": "engaging", "status": "open", "product": {"list_price": 550}},
...     {"stage": "engaging", "status": "open", "product": {"list_price": 4821}},
... ]
>>> pipeline_list_value(deals)["engaging"].value
5371
""",
)
"""The list prices of the products of open opportunities by stage."""

pipeline_count = _calculator(
    selling.PIPELINE_COUNT,
    """
>>> from crmcore.kpi import pipeline_count
>>> deals = [{"stage": "proposal", "status": "open"}, {"stage": "proposal", "status": "lost"}]
>>> pipeline_count(deals)["proposal"].value
1
""",
)
"""The number of open opportunities by stage."""

won_revenue = _calculator(
    selling.WON_REVENUE,
    """
>>> from datetime import date
>>> from crmcore.kpi import won_revenue
>>> deals = [
...     {"status": "won", "closed_on": date(2017, 3, 31), "amount": 1000},
...     {"status": "won", "closed_on": date(2017, 4, 1), "amount": 250},
... ]
>>> won_revenue(deals, during="2017-Q2").total.value
250
""",
)
"""The amounts of won opportunities."""

won_deals = _calculator(
    selling.WON_DEALS,
    """
>>> from crmcore.kpi import won_deals
>>> won_deals([{"status": "won"}, {"status": "won"}, {"status": "lost"}]).total.value
2
""",
)
"""The number of won opportunities."""

average_deal = _calculator(
    selling.AVERAGE_DEAL,
    """
>>> from crmcore.values import Money
>>> from crmcore.kpi import average_deal
>>> deals = [
...     {"status": "won", "amount": Money("100", "EUR")},
...     {"status": "won", "amount": Money("50.50", "EUR")},
...     {"status": "won", "amount": None},
... ]
>>> average_deal(deals).total.value
Money('75.25', 'EUR')
""",
)
"""The mean amount of won opportunities."""

lead_count = _calculator(
    selling.LEAD_COUNT,
    """
>>> from crmcore.kpi import lead_count
>>> lead_count([{"source": "fair"}, {"source": "fair"}, {"source": "web"}], by="source")
Leads · by source
source  Leads
fair        2
web         1
Total       3
""",
)
"""The number of captured leads."""

conversion_rate = _calculator(
    selling.CONVERSION_RATE,
    """
>>> from crmcore.kpi import conversion_rate
>>> leads = [{"status": "converted"}, {"status": "new"}, {"status": "disqualified"}]
>>> conversion_rate(leads).total.value
Decimal('0.3333333333333333333333333333')
""",
)
"""Converted leads by captured ones."""

invoiced = _calculator(
    selling.INVOICED,
    """
>>> from crmcore.kpi import invoiced
>>> invoices = [
...     {"status": "issued", "totals": {"net": 100}},
...     {"status": "draft", "totals": {"net": 40}},
... ]
>>> invoiced(invoices).total.value
100
""",
)
"""The net sums of issued invoices."""

credited = _calculator(
    selling.CREDITED,
    """
>>> from crmcore.kpi import credited
>>> documents = [
...     {"kind": "invoice", "status": "issued", "totals": {"net": 100}},
...     {"kind": "credit_note", "status": "paid", "totals": {"net": 30}},
... ]
>>> credited(documents).total.value
30
""",
)
"""The net sums of issued credit notes."""

first_response_time = _calculator(
    answering.FIRST_RESPONSE_TIME,
    """
>>> from datetime import UTC, datetime
>>> from crmcore.kpi import first_response_time
>>> nine, noon = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)
>>> tickets = [
...     {"opened_at": nine, "first_responded_at": noon},
...     {"opened_at": nine, "first_responded_at": None},
... ]
>>> first_response_time(tickets).total.value
Decimal('3')
""",
)
"""Mean hours to the first human reply."""

first_response_time_median = _calculator(
    answering.FIRST_RESPONSE_TIME_MEDIAN,
    """
>>> from datetime import UTC, datetime
>>> from crmcore.kpi import first_response_time_median
>>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
>>> tickets = [
...     {"opened_at": nine, "first_responded_at": nine.replace(hour=hour)} for hour in (10, 11, 23)
... ]
>>> first_response_time_median(tickets).total.value
Decimal('2')
""",
)
"""Median hours to the first human reply."""

resolution_time = _calculator(
    answering.RESOLUTION_TIME,
    """
>>> from datetime import UTC, datetime
>>> from crmcore.kpi import resolution_time
>>> opened = datetime(2026, 3, 2, 9, tzinfo=UTC)
>>> tickets = [{"opened_at": opened, "resolved_at": opened.replace(day=3)}]
>>> print(resolution_time(tickets, during="2026-03").explain().splitlines()[-1].strip())
Total: 86,400,000 / 1 / 3,600,000 = 24.0 hours
""",
)
"""Mean hours to the resolution."""

resolution_time_median = _calculator(
    answering.RESOLUTION_TIME_MEDIAN,
    """
>>> from datetime import UTC, datetime
>>> from crmcore.kpi import resolution_time_median
>>> opened = datetime(2026, 3, 2, 9, tzinfo=UTC)
>>> tickets = [
...     {"opened_at": opened, "resolved_at": opened.replace(hour=hour)} for hour in (10, 11)
... ]
>>> resolution_time_median(tickets).total.value
Decimal('1.5')
""",
)
"""Median hours to the resolution."""

open_tickets = _calculator(
    answering.OPEN_TICKETS,
    """
>>> from crmcore.kpi import open_tickets
>>> open_tickets([{"status": "new"}, {"status": "open"}, {"status": "resolved"}]).total.value
2
""",
)
"""The number of tickets that are not resolved."""

reopen_rate = _calculator(
    answering.REOPEN_RATE,
    """
>>> from crmcore.kpi import reopen_rate
>>> tickets = [
...     {"status": "resolved", "reopened": 0},
...     {"status": "open", "reopened": 2},
...     {"status": "new", "reopened": 0},
... ]
>>> reopen_rate(tickets).total.value
Decimal('0.5')
""",
)
"""Tickets opened again by tickets ever resolved."""
