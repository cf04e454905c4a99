"""KPIs: numbers from facts, each declared once and asked of a store or of plain rows alike.

Forecasts are the opportunities' business, service levels the tickets'. Nothing here waits, stores or
looks at a clock.
"""

from crmcore.kpi.calculators import (
    Calculator,
    average_deal,
    conversion_rate,
    credited,
    first_response_time,
    first_response_time_median,
    invoiced,
    lead_count,
    open_tickets,
    pipeline_count,
    pipeline_list_value,
    pipeline_value,
    reopen_rate,
    resolution_time,
    resolution_time_median,
    sales_cycle,
    sales_cycle_median,
    win_rate,
    won_deals,
    won_revenue,
)
from crmcore.kpi.catalogue import CATALOGUE, measure_named
from crmcore.kpi.chart import Bar, BarChart
from crmcore.kpi.comparison import KpiChange, KpiComparison, compared
from crmcore.kpi.evaluate import over_rows, table_of, total_of
from crmcore.kpi.measure import By, During, Measure, Unit, query_of
from crmcore.kpi.result import KpiTable
from crmcore.kpi.row import KpiRow, Number

__all__ = [
    "CATALOGUE",
    "Bar",
    "BarChart",
    "By",
    "Calculator",
    "During",
    "KpiChange",
    "KpiComparison",
    "KpiRow",
    "KpiTable",
    "Measure",
    "Number",
    "Unit",
    "average_deal",
    "compared",
    "conversion_rate",
    "credited",
    "first_response_time",
    "first_response_time_median",
    "invoiced",
    "lead_count",
    "measure_named",
    "open_tickets",
    "over_rows",
    "pipeline_count",
    "pipeline_list_value",
    "pipeline_value",
    "query_of",
    "reopen_rate",
    "resolution_time",
    "resolution_time_median",
    "sales_cycle",
    "sales_cycle_median",
    "table_of",
    "total_of",
    "win_rate",
    "won_deals",
    "won_revenue",
]
