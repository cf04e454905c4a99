"""What a company decides about its CRM: pipelines, scoring, numbers of documents, time zone."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo

import attrs

from crmcore.errors import (
    CrmError,
    InvalidText,
    InvalidValue,
    UnknownName,
    WrongType,
    raise_collected,
)
from crmcore.grammar.naming import nearest, shortened
from crmcore.leads import (
    BANT,
    DEFAULT_ASSIGNMENT,
    DEFAULT_SCORING,
    AssignmentPolicy,
    Checklist,
    ScoringModel,
)
from crmcore.opportunities import DEFAULT_PIPELINE, Pipeline
from crmcore.values import CURRENCY_DIGITS, NumberPattern, as_int, text_fault

INVOICES = "invoice"
"""The series that invoices are numbered in unless another one is asked for."""

MAX_SERIES = 20
"""How many characters the name of a series may have."""
MAX_PAYMENT_DAYS = 3650


def _numbering() -> dict[str, NumberPattern]:
    return {INVOICES: NumberPattern("INV-{YYYY}-{seq:05}")}


@attrs.frozen(kw_only=True)
class Settings:
    """The configuration of one CRM; plain values, no environment is read.

    All faults of the settings are raised at once, each naming its field.

    Attributes:
        currency: What amounts are in where nothing else is said.
        pipelines: The pipelines on offer; the first is the default one.
        scoring: The model that scores leads.
        assignment: The policy by which leads get their owners.
        checklist: What must be known about a lead before it is qualified.
        numbering: The pattern of each series of document numbers.
        payment_days: Days from the issue of an invoice until it is due.
        zone: The zone that decides which day (and so which year's numbers) an instant belongs to.
    """

    currency: str = "EUR"
    pipelines: tuple[Pipeline, ...] = (DEFAULT_PIPELINE,)
    scoring: ScoringModel = DEFAULT_SCORING
    assignment: AssignmentPolicy = DEFAULT_ASSIGNMENT
    checklist: Checklist = BANT
    numbering: Mapping[str, NumberPattern] = attrs.field(factory=_numbering)
    payment_days: int = 14
    zone: tzinfo = UTC

    def __attrs_post_init__(self) -> None:
        checks = (
            *(_currency_faults, _zone_faults, _pipeline_faults, _assignment_faults),
            *(_checklist_faults, _series_faults, _pattern_faults, _payment_faults),
        )
        raise_collected([fault for faults in checks for fault in faults(self)])

    def pipeline(self, key: str | None) -> Pipeline:
        """The pipeline with this key; the default one for None.

        Raises:
            UnknownName: when there is none.
        """
        known = {pipeline.key: pipeline for pipeline in self.pipelines}
        if key is None:
            return self.pipelines[0]
        if key not in known:
            raise UnknownName("pipeline", shortened(key), nearest(key, known))
        return known[key]

    def pattern(self, series: str) -> NumberPattern:
        """How the numbers of a series look.

        Raises:
            UnknownName: when there is no such series.
        """
        if series not in self.numbering:
            raise UnknownName("series", shortened(series), nearest(series, self.numbering))
        return self.numbering[series]

    def day(self, at: datetime) -> date:
        """The day an instant belongs to, in the company's zone."""
        return at.astimezone(self.zone).date()


def _currency_faults(settings: Settings) -> Iterator[CrmError]:
    value: object = settings.currency
    if not isinstance(value, str):
        yield WrongType("currency", "str", type(value).__name__)
    elif value not in CURRENCY_DIGITS:
        yield InvalidValue("currency", "must be a code of ISO 4217 in capitals, such as EUR")


def _zone_faults(settings: Settings) -> Iterator[CrmError]:
    value: object = settings.zone
    if not isinstance(value, tzinfo):
        yield WrongType("zone", "tzinfo", type(value).__name__)


def _pipeline_faults(settings: Settings) -> Iterator[CrmError]:
    keys = [pipeline.key for pipeline in settings.pipelines]
    if not keys or len(set(keys)) < len(keys):
        yield InvalidValue("pipelines", "at least one, each with a key of its own")


def _assignment_faults(settings: Settings) -> Iterator[CrmError]:
    value: object = settings.assignment
    if not isinstance(value, AssignmentPolicy):
        yield WrongType("assignment", "AssignmentPolicy", type(value).__name__)


def _checklist_faults(settings: Settings) -> Iterator[CrmError]:
    value: object = settings.checklist
    if not isinstance(value, Checklist):
        yield WrongType("checklist", "Checklist", type(value).__name__)


def _series_faults(settings: Settings) -> Iterator[CrmError]:
    for series in settings.numbering:
        fault = text_fault("numbering", series, MAX_SERIES, lines=False)
        if fault is not None:
            yield fault
        elif not series.strip():
            yield InvalidText("numbering", "the name of a series must not be blank")


def _pattern_faults(settings: Settings) -> Iterator[CrmError]:
    patterns = [str(pattern) for pattern in settings.numbering.values()]
    if len(set(patterns)) < len(patterns):
        yield InvalidValue("numbering", "two series of one pattern would give one number twice")


def _payment_faults(settings: Settings) -> Iterator[CrmError]:
    try:
        days = as_int("payment_days", settings.payment_days)
    except CrmError as fault:
        yield fault
    else:
        if not 0 <= days <= MAX_PAYMENT_DAYS:
            yield InvalidValue("payment_days", f"must be from 0 to {MAX_PAYMENT_DAYS}")
