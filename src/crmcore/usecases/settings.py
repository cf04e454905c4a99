"""What a company decides about its CRM: pipelines, scoring, numbers of documents, time zone."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import cast

import attrs

from crmcore.catalog import NO_RULES, ConfigurationRules
from crmcore.errors import (
    CrmError,
    InvalidText,
    InvalidValue,
    WrongType,
    raise_collected,
)
from crmcore.grammar.naming import unknown
from crmcore.leads import (
    BANT,
    DEFAULT_ASSIGNMENT,
    DEFAULT_SCORING,
    AssignmentPolicy,
    Checklist,
    ScoringModel,
)
from crmcore.opportunities import DEFAULT_PIPELINE, Pipeline
from crmcore.receivables import DEFAULT_DUNNING, DunningPolicy
from crmcore.sales import NO_APPROVAL, ApprovalPolicy, PaymentTerms, RateSource, Seller
from crmcore.values import CURRENCY_DIGITS, NumberPattern, as_int, text_fault

INVOICES = "invoice"
"""The series that invoices are numbered in unless another one is asked for."""

CREDIT_NOTES = "credit-note"
"""The series of credit notes; without it in the settings they have that of their invoice."""

ORDERS, DELIVERIES, RETURNS = "order", "delivery", "return"
"""The series of other documents, which are numbered only where the settings have a pattern for them."""

QUOTES = "quote"
"""The series of quotes; without it in the settings they have no numbers."""

OF_OTHERS = frozenset({QUOTES, ORDERS, DELIVERIES, RETURNS})
"""The series that no invoice is numbered in."""

MAX_SERIES = 20
"""How many characters the name of a series may have."""
MAX_PAYMENT_DAYS = 3650


def _numbering() -> dict[str, NumberPattern]:
    return {
        INVOICES: NumberPattern("INV-{YYYY}-{seq:05}"),
        CREDIT_NOTES: NumberPattern("CN-{YYYY}-{seq:05}"),
    }


@attrs.frozen(kw_only=True)
class Settings:
    """The configuration of one CRM; plain values, no environment is read.

    All faults of the settings are raised at once, each naming its field.

    Attributes:
        currency: What amounts are in where nothing else is said; the currency of accounting.
        seller: Who issues invoices, as it stands on them.
        rates: What other currencies are worth: a table, or anything that can be called so.
        pipelines: The pipelines on offer; the first is the default one.
        scoring: The model that scores leads.
        assignment: The policy by which leads get their owners.
        checklist: What must be known about a lead before it is qualified.
        configuration: The rules by which products go together.
        approval: The policy by which quotes need approval.
        numbering: The pattern of each series of document numbers.
        payment_days: Days from the issue of an invoice until it is due.
        terms: Terms of payment by name, for invoices that are issued with them.
        dunning: When reminders are sent, and what they ask for.
        zone: The zone that decides which day (and so which year's numbers) an instant belongs to.
    """

    currency: str = "EUR"
    seller: Seller | None = None
    rates: RateSource | None = None
    pipelines: tuple[Pipeline, ...] = (DEFAULT_PIPELINE,)
    scoring: ScoringModel = DEFAULT_SCORING
    assignment: AssignmentPolicy = DEFAULT_ASSIGNMENT
    checklist: Checklist = BANT
    configuration: ConfigurationRules = NO_RULES
    approval: ApprovalPolicy = NO_APPROVAL
    numbering: Mapping[str, NumberPattern] = attrs.field(factory=_numbering)
    payment_days: int = 14
    terms: Mapping[str, PaymentTerms] = attrs.field(factory=dict[str, PaymentTerms])
    dunning: DunningPolicy = DEFAULT_DUNNING
    zone: tzinfo = UTC

    def __attrs_post_init__(self) -> None:
        checks = (
            *(_currency_faults, _seller_faults, _zone_faults, _pipeline_faults, _assignment_faults),
            *(
                _checklist_faults,
                _configuration_faults,
                _approval_faults,
                _series_faults,
                _pattern_faults,
                _payment_faults,
            ),
            *(_terms_faults, _dunning_faults),
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
            raise unknown("pipeline", key, known)
        return known[key]

    def pattern(self, series: str) -> NumberPattern:
        """How the numbers of a series look.

        Raises:
            UnknownName: when there is no such series.
        """
        if series not in self.numbering:
            raise unknown("series", series, self.numbering)
        return self.numbering[series]

    def payment_terms(self, name: str | None) -> PaymentTerms:
        """The terms with this name; without one, all within the days of payment.

        Raises:
            UnknownName: when there are no such terms.
        """
        if name is None:
            return PaymentTerms.net(self.payment_days)
        if name not in self.terms:
            raise unknown("terms", name, self.terms)
        return self.terms[name]

    def day(self, at: datetime) -> date:
        """The day an instant belongs to, in the company's zone."""
        return at.astimezone(self.zone).date()


def _currency_faults(settings: Settings) -> Iterator[CrmError]:
    value: object = settings.currency
    if not isinstance(value, str):
        yield WrongType("currency", "str", type(value).__name__)
    elif value not in CURRENCY_DIGITS:
        yield InvalidValue("currency", "must be a code of ISO 4217 in capitals, such as EUR")


def _seller_faults(settings: Settings) -> Iterator[CrmError]:
    seller, rates = cast("tuple[object, object]", (settings.seller, settings.rates))
    if seller is not None and not isinstance(seller, Seller):
        yield WrongType("seller", "Seller", type(seller).__name__)
    elif seller is not None:
        # Blanks would stand on every document, and reach the reader of an e-invoice as nothing.
        for name in attrs.fields_dict(Seller):
            text = getattr(seller, name)
            if isinstance(text, str) and not text.strip():
                yield InvalidText(f"seller.{name}", "must not be blank")
    if rates is not None and not callable(rates):
        yield WrongType("rates", "RateTable or callable", type(rates).__name__)


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


def _approval_faults(settings: Settings) -> Iterator[CrmError]:
    value: object = settings.approval
    if not isinstance(value, ApprovalPolicy):
        yield WrongType("approval", "ApprovalPolicy", type(value).__name__)


def _configuration_faults(settings: Settings) -> Iterator[CrmError]:
    value: object = settings.configuration
    if not isinstance(value, ConfigurationRules):
        yield WrongType("configuration", "ConfigurationRules", type(value).__name__)


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


def _terms_faults(settings: Settings) -> Iterator[CrmError]:
    for name, value in settings.terms.items():
        terms: object = value
        if not isinstance(terms, PaymentTerms):
            yield WrongType(f"terms[{name}]", "PaymentTerms", type(terms).__name__)


def _dunning_faults(settings: Settings) -> Iterator[CrmError]:
    value: object = settings.dunning
    if not isinstance(value, DunningPolicy):
        yield WrongType("dunning", "DunningPolicy", type(value).__name__)
