"""The measures of selling, from captured leads over opportunities to issued invoices.

Each is declared here, once. The calculators, the stores and the reference all read these.
"""

from crmcore.grammar.field import F, average, count, median, operand_of, total
from crmcore.grammar.query import Aggregate
from crmcore.kpi.measure import Measure, Unit
from crmcore.leads import LeadStatus
from crmcore.opportunities import OpportunityStatus
from crmcore.sales import IS_DOCUMENT, InvoiceKind

_OPEN = F.status == OpportunityStatus.OPEN
_WON = F.status == OpportunityStatus.WON
_CLOSED = F.status.in_((OpportunityStatus.WON, OpportunityStatus.LOST))
_CYCLE = F.closed_on - F.engaged_on
_ONE_CURRENCY = (
    "Amounts in several currencies are refused, not added: filter, or group by their currency, "
    "which leaves the table without a total."
)

WIN_RATE = Measure(
    name="win_rate",
    title="Win rate",
    entity="opportunity",
    population=_CLOSED,
    numerator=count(_WON),
    denominator=count(),
    dated=F.closed_on,
    unit=Unit.SHARE,
    definition=(
        "Of the opportunities that were won or lost in the window (by closed_on), the share that "
        "was won, by number."
    ),
    formula="won / (won + lost)",
    edge_cases=(
        "Open opportunities do not count. Where none closed there is no answer. By number and not "
        "by amount, because lost deals often carry none."
    ),
    source="Winning rate by number as in Tryton's sale_opportunity; dbt_salesforce has it by amount.",
)
"""Won opportunities by closed ones."""

SALES_CYCLE = Measure(
    name="sales_cycle",
    title="Sales cycle",
    entity="opportunity",
    population=_CLOSED,
    numerator=average(_CYCLE),
    dated=F.closed_on,
    unit=Unit.DAYS,
    definition=(
        "Over the opportunities that were won or lost in the window (by closed_on), the mean days "
        "from engaged_on to closed_on."
    ),
    formula="sum(closed_on - engaged_on) / number of closed opportunities with both days",
    edge_cases="Opportunities without engaged_on are left out. Closed on the first day is 0 days.",
    source="The usual sales cycle length; filter by status for won or lost ones alone.",
)
"""Mean days from engaging to closing."""

SALES_CYCLE_MEDIAN = Measure(
    name="sales_cycle_median",
    title="Sales cycle (median)",
    entity="opportunity",
    population=_CLOSED,
    numerator=median(_CYCLE),
    dated=F.closed_on,
    unit=Unit.DAYS,
    definition=(
        "Over the opportunities that were won or lost in the window (by closed_on), the median days "
        "from engaged_on to closed_on."
    ),
    formula="median(closed_on - engaged_on)",
    edge_cases=(
        "Opportunities without engaged_on are left out. Of an even number, the mean of the two "
        "middle ones."
    ),
    source="As the sales cycle, but not moved by a few very long deals.",
)
"""Median days from engaging to closing."""

PIPELINE_VALUE = Measure(
    name="pipeline_value",
    title="Pipeline value",
    entity="opportunity",
    population=_OPEN,
    numerator=total(F.amount),
    by=F.stage,
    unit=Unit.MONEY,
    definition="Of the opportunities open now, the sum of the amounts; without a date basis.",
    formula="sum(amount)",
    edge_cases=f"Open opportunities without an amount add nothing. {_ONE_CURRENCY}",
    source="The unweighted pipeline of every CRM.",
)
"""The amounts of open opportunities by stage."""

PIPELINE_LIST_VALUE = Measure(
    name="pipeline_list_value",
    title="Pipeline at list prices",
    entity="opportunity",
    population=_OPEN,
    numerator=total(F.product.list_price),
    by=F.stage,
    unit=Unit.MONEY,
    definition=(
        "Of the opportunities open now, the sum of the list prices of their products; without a "
        "date basis."
    ),
    formula="sum(product.list_price)",
    edge_cases=(
        "For deals that carry no amount yet; where=F.amount.is_missing() leaves just those, which "
        "the pipeline value leaves out. One unit per deal; without a product it adds nothing. "
        f"{_ONE_CURRENCY}"
    ),
    source="How the reference figures of the public sales data set value its open deals.",
)
"""The list prices of the products of open opportunities by stage."""

PIPELINE_COUNT = Measure(
    name="pipeline_count",
    title="Open opportunities",
    entity="opportunity",
    population=_OPEN,
    numerator=count(),
    by=F.stage,
    unit=Unit.COUNT,
    definition="How many opportunities are open now; without a date basis.",
    formula="number of open opportunities",
    edge_cases="Stages without an open opportunity have no row.",
    source="The pipeline by number of every CRM.",
)
"""The number of open opportunities by stage."""

WON_REVENUE = Measure(
    name="won_revenue",
    title="Won revenue",
    entity="opportunity",
    population=_WON,
    numerator=total(F.amount),
    dated=F.closed_on,
    unit=Unit.MONEY,
    definition="The sum of the amounts of opportunities won in the window (by closed_on).",
    formula="sum(amount)",
    edge_cases=f"Over no won amount there is no answer, for it has no currency. {_ONE_CURRENCY}",
    source="Bookings; what was invoiced is another measure.",
)
"""The amounts of won opportunities."""

WON_DEALS = Measure(
    name="won_deals",
    title="Won deals",
    entity="opportunity",
    population=_WON,
    numerator=count(),
    dated=F.closed_on,
    unit=Unit.COUNT,
    definition="How many opportunities were won in the window (by closed_on).",
    formula="number of won opportunities",
    edge_cases="An opportunity opened again is not won until it is won again.",
    source="Closed-won count of every CRM.",
)
"""The number of won opportunities."""

AVERAGE_DEAL = Measure(
    name="average_deal",
    title="Average deal",
    entity="opportunity",
    population=_WON,
    numerator=total(F.amount),
    denominator=Aggregate("count", operand_of(F.amount)),
    dated=F.closed_on,
    unit=Unit.MONEY,
    definition=(
        "Over the opportunities won in the window (by closed_on) that have an amount, the sum of the "
        "amounts by their number."
    ),
    formula="sum(amount) / number of won opportunities with an amount",
    edge_cases=f"Won opportunities without an amount are left out of both parts. {_ONE_CURRENCY}",
    source="Average deal size, also called average contract value.",
)
"""The mean amount of won opportunities."""

LEAD_COUNT = Measure(
    name="lead_count",
    title="Leads",
    entity="lead",
    numerator=count(),
    dated=F.captured_at,
    unit=Unit.COUNT,
    definition="How many leads were captured in the window (by captured_at).",
    formula="number of leads",
    edge_cases="A contact with two interests counts twice; disqualified leads and junk count too.",
    source="New leads of every CRM.",
)
"""The number of captured leads."""

CONVERSION_RATE = Measure(
    name="conversion_rate",
    title="Lead conversion rate",
    entity="lead",
    numerator=count(F.status == LeadStatus.CONVERTED),
    denominator=count(),
    dated=F.captured_at,
    unit=Unit.SHARE,
    definition=(
        "Of the leads captured in the window (by captured_at), the share that has been converted by "
        "now, in or after the window."
    ),
    formula="converted leads / captured leads",
    edge_cases=(
        "A young window rises as its leads ripen, because the date of capture decides and not the "
        "date of conversion; so it never exceeds 1. Where none was captured there is no answer."
    ),
    source="Cohort conversion, as web analytics has it.",
)
"""Converted leads by captured ones."""

INVOICED = Measure(
    name="invoiced",
    title="Invoiced",
    entity="invoice",
    population=IS_DOCUMENT & ~(F.kind == InvoiceKind.CREDIT_NOTE),
    # Rows from elsewhere are often invoices only.
    optional=frozenset({"kind"}),
    numerator=total(F.totals.net),
    dated=F.issued_on,
    unit=Unit.MONEY,
    definition="The sum of the net totals of invoices issued in the window (by issued_on).",
    formula="sum(totals.net)",
    edge_cases=(
        "Paid or not makes no difference; drafts and withdrawn ones do. Credit notes do not count: "
        f"net turnover is this less what is credited. {_ONE_CURRENCY}"
    ),
    source="Gross turnover by date of invoice; net as in EN 16931, BT-109.",
)
"""The net sums of issued invoices."""

CREDITED = Measure(
    name="credited",
    title="Credited",
    entity="invoice",
    population=IS_DOCUMENT & (F.kind == InvoiceKind.CREDIT_NOTE),
    numerator=total(F.totals.net),
    dated=F.issued_on,
    unit=Unit.MONEY,
    definition="The sum of the net totals of credit notes issued in the window (by issued_on).",
    formula="sum(totals.net)",
    edge_cases=(
        "By the day of the credit note, which may lie in a later window than its invoice. "
        f"{_ONE_CURRENCY}"
    ),
    source="Credits and cancellations, the deduction between gross and net turnover.",
)
"""The net sums of issued credit notes."""

SELLING = (
    WIN_RATE,
    SALES_CYCLE,
    SALES_CYCLE_MEDIAN,
    PIPELINE_VALUE,
    PIPELINE_LIST_VALUE,
    PIPELINE_COUNT,
    WON_REVENUE,
    WON_DEALS,
    AVERAGE_DEAL,
    LEAD_COUNT,
    CONVERSION_RATE,
    INVOICED,
    CREDITED,
)
"""All measures of selling."""
