"""Checking: what it is for data to be whole, as values.

The subjects declare their laws with it, and a check answers with it. Nothing here knows a subject,
reads a store or repairs anything.
"""

from crmcore.checking.invariant import (
    Breach,
    Counters,
    Invariant,
    Law,
    Referred,
    Referring,
    Sweep,
)
from crmcore.checking.report import MAX_KEPT, Fault, Report

__all__ = [
    "MAX_KEPT",
    "Breach",
    "Counters",
    "Fault",
    "Invariant",
    "Law",
    "Referred",
    "Referring",
    "Report",
    "Sweep",
]
