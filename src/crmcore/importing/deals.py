"""``sales_pipeline.csv``: each row is an opportunity, open in a stage or closed on a day.

The file keeps no history of stages: a closed deal was in one stage, from its engagement to its end.
"""

from collections.abc import Mapping
from datetime import date, datetime

import attrs

from crmcore.importing.cells import Cells
from crmcore.importing.decision import Subject
from crmcore.importing.drafts import OpportunityDraft, midnight
from crmcore.importing.lookup import Lookup, Understood
from crmcore.importing.matching import Match, Names, folded
from crmcore.importing.planning import MOST_KEY, Named, Planning, Terms, place_of
from crmcore.importing.reading import Row, Table
from crmcore.opportunities import OpportunityStatus, Pipeline
from crmcore.values import Money, text_fault

FILE = "sales_pipeline.csv"
COLUMNS = (
    "opportunity_id",
    "sales_agent",
    "product",
    "account",
    "deal_stage",
    "engage_date",
    "close_date",
    "close_value",
)

OPEN = OpportunityStatus.OPEN
CLOSED = {"Won": OpportunityStatus.WON, "Lost": OpportunityStatus.LOST}
"""The stages in the file that are outcomes."""

_ENDS = frozenset(folded(end) for end in CLOSED)
_MOST_TITLE = 300


@attrs.frozen(kw_only=True)
class Deal:
    """A row as it is read, before its names are looked up.

    Attributes:
        row: The row.
        id: Its id in the file.
        key: Its external id.
        engaged: When work with the customer began.
        closed: When it was won or lost.
        value: What it came to.
        faults: What is wrong with the row.
    """

    row: Row
    id: str
    key: str
    engaged: date | None
    closed: date | None
    value: Money | None
    faults: tuple[str, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """The days it tells of that have passed: an open deal may tell when it is expected to close."""
        ended = folded(self.row.text("deal_stage")) in _ENDS
        return tuple(filter(None, (self.engaged, self.closed if ended else None)))


@attrs.frozen
class Standing:
    """What the new deals make of an account: a prospect from the first, a customer once one is won.

    Attributes:
        prospect_at: When the first deal was opened.
        customer_at: When the first deal was won.
    """

    prospect_at: datetime | None
    customer_at: datetime | None


@attrs.frozen(kw_only=True)
class Known:
    """What the names in a row may mean."""

    agents: Lookup
    products: Lookup
    accounts: Lookup
    stages: Lookup


def read_deals(table: Table, terms: Terms) -> tuple[Deal, ...]:
    """The rows, dates and values read; ids that come twice are at fault the second time."""
    seen: dict[str, Row] = {}
    deals: list[Deal] = []
    for row in table.rows:
        cells = Cells(row)
        id = cells.needed("opportunity_id")
        if id in seen:
            cells.faults.append(f"opportunity_id: is there already ({place_of(seen[id])})")
        seen.setdefault(id, row)
        deals.append(_read(cells, id, terms))
    return tuple(deals)


def _read(cells: Cells, id: str, terms: Terms) -> Deal:
    key = terms.key("opportunity", id)
    fault = text_fault("opportunity_id", key, MOST_KEY, lines=False)
    if fault is not None:
        cells.faults.append(str(fault))
    engaged = cells.day("engage_date", terms.dates)
    closed = cells.day("close_date", terms.dates)
    if engaged is not None and closed is not None and closed < engaged:
        cells.faults.append("close_date: lies before engage_date")
    value = cells.amount("close_value", terms.currency)
    return Deal(
        row=cells.row,
        id=id,
        key=key,
        engaged=engaged,
        closed=closed,
        value=value,
        faults=tuple(cells.faults),
    )


def stages_of(pipeline: Pipeline) -> Lookup:
    """What a stage in the file means: the key of a stage of the pipeline, or ``Won`` or ``Lost``."""
    names = Names((end, end) for end in CLOSED)
    for stage in pipeline.stages:
        if not {folded(stage.key), folded(stage.label)} & _ENDS:
            names.add(stage.label, stage.key)
            names.add(stage.key, stage.key)
    return Lookup("deal_stage", "stage", names)


def plan_deals(planning: Planning, deals: tuple[Deal, ...], known: Known) -> Mapping[str, Standing]:
    """Decide on every deal; the result is what the new ones make of the accounts, by their keys."""
    standings: dict[str, Standing] = {}
    for deal in deals:
        work = _Settling(planning, deal, known)
        draft = work.draft()
        if draft is None:
            planning.refuse(work.named, *work.faults)
            continue
        key = planning.settle(work.named, draft)
        if key == draft.key and draft.account is not None:
            before = standings.get(draft.account)
            standings[draft.account] = _raised(before, draft)
    planning.count_aliases(known.agents, known.products, known.accounts, known.stages)
    return standings


def _raised(before: Standing | None, draft: OpportunityDraft) -> Standing:
    won = draft.closed_at if draft.outcome is OpportunityStatus.WON else None
    if before is None:
        return Standing(draft.at, won)
    return Standing(_earlier(before.prospect_at, draft.at), _earlier(before.customer_at, won))


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


@attrs.define(eq=False)
class _Settling:
    planning: Planning
    deal: Deal
    known: Known
    understood: Understood = attrs.field(factory=Understood)
    missing: list[str] = attrs.field(factory=list[str])

    @property
    def faults(self) -> tuple[str, ...]:
        return (*self.deal.faults, *self.missing, *self.understood.unknown)

    @property
    def named(self) -> Named:
        return Named(
            row=self.deal.row,
            column="opportunity_id",
            subject=Subject.OPPORTUNITY,
            key=self.deal.key,
            understood=self.understood,
        )

    def draft(self) -> OpportunityDraft | None:
        """What would be added; None when the row is at fault or a name in it means nothing."""
        owner = self._named(self.known.agents, needed=True)
        product = self._named(self.known.products, needed=True)
        account = self._named(self.known.accounts, needed=False)
        stage = self._named(self.known.stages, needed=True)
        outcome = OPEN if stage is None else CLOSED.get(stage.key, OPEN)
        self._check(outcome)
        if owner is None or product is None or stage is None or self.faults:
            return None
        self._look(outcome, stage.key)
        deal, is_open = self.deal, outcome is OPEN
        title = product.name if account is None else f"{product.name} for {account.name}"
        return OpportunityDraft(
            key=deal.key,
            at=self.planning.until if deal.engaged is None else midnight(deal.engaged),
            title=title[:_MOST_TITLE],
            account=None if account is None else account.key,
            owner=owner.key,
            product=product.key,
            pipeline=self.planning.terms.pipeline,
            stage=stage.key if is_open else self.planning.terms.closed_in,
            outcome=outcome,
            # Nothing, in a deal that was not won, is what people write who know no amount.
            amount=deal.value if outcome is OpportunityStatus.WON else deal.value or None,
            engaged_on=deal.engaged,
            expected_close_on=deal.closed if is_open else None,
            closed_on=None if is_open else deal.closed,
        )

    def _named(self, lookup: Lookup, *, needed: bool) -> Match | None:
        text = self.deal.row.text(lookup.column)
        if text.strip():
            return self.understood.name(lookup, text)
        if needed:
            self.missing.append(f"{lookup.column}: is missing")
        return None

    def _check(self, outcome: OpportunityStatus) -> None:
        """Afterwards a closed deal without its days is at fault: no history is made up for it."""
        for column in ("engage_date", "close_date"):
            if outcome is not OPEN and self.deal.row.value(column) is None:
                self.missing.append(f"{column}: is missing in a closed deal")

    def _look(self, outcome: OpportunityStatus, stage: str) -> None:
        """Afterwards it is noted what is unusual about the deal, without being wrong."""
        deal, doubts = self.deal, self.understood.doubts
        if deal.row.value("account") is None:
            notes = self.understood.notes if outcome is OPEN else doubts
            notes.append("account: is missing")
        if outcome is OpportunityStatus.WON and not deal.value:
            doubts.append("close_value: a deal was won for nothing")
        if outcome is not OPEN:
            return
        if deal.engaged is None and stage != self.planning.terms.pipeline.first.key:
            latest = self.planning.as_of
            opened = "when this is applied" if latest is None else f"on {latest.isoformat()}"
            doubts.append(f"engage_date: is missing; opened {opened}")
        if deal.closed is not None:
            doubts.append("close_date: taken for the day it is expected to close")
