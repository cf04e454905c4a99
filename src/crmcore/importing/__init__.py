"""Real data from outside: looked at, planned, and only then imported.

A plan says for every row what will be created, what exists already and how it was recognised, what
is in doubt and what is refused. Applying it twice changes nothing. Nothing below knows this room.
"""

from crmcore.importing.countries import COUNTRY_NAMES
from crmcore.importing.dates import DateForm, parse_date
from crmcore.importing.decision import Alias, Decision, Subject, Verdict
from crmcore.importing.matching import Match, Names, Rule, compact, likeness
from crmcore.importing.plan import Plan, Report
from crmcore.importing.reading import CsvForm, Limits, Row, Table, read_folder
from crmcore.importing.sales_history import SHAPE, plan_sales_history
from crmcore.importing.sectors import SECTORS, misspelt

__all__ = [
    "COUNTRY_NAMES",
    "SECTORS",
    "SHAPE",
    "Alias",
    "CsvForm",
    "DateForm",
    "Decision",
    "Limits",
    "Match",
    "Names",
    "Plan",
    "Report",
    "Row",
    "Rule",
    "Subject",
    "Table",
    "Verdict",
    "compact",
    "likeness",
    "misspelt",
    "parse_date",
    "plan_sales_history",
    "read_folder",
]
