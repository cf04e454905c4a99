"""What a run comes to: a CRM filled, its figures asked, one customer's story told.

The CRMs are opened by whoever calls; files are written in ``job``.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs

from crmcore import Crm, F
from crmcore.demo import company
from crmcore.demo.dashboard import Page, html
from crmcore.demo.diary import SteppedClock
from crmcore.demo.figures import collect, counts
from crmcore.demo.funnel import steps_of
from crmcore.demo.headline import key_figures
from crmcore.demo.names import COMPANY
from crmcore.demo.progress import Progress
from crmcore.demo.record import to_json
from crmcore.demo.screen import heading, key_figures_text, sheet_text, story_text
from crmcore.demo.sheets import sheets
from crmcore.demo.showcase import CUSTOMER, showcase
from crmcore.demo.story import Story, tell
from crmcore.demo.wording import day_text, month_text
from crmcore.importing import Decision, Plan, plan_sales_history

MAIN, JOURNEY = "main", "journey"
"""The tenants: whose figures are shown, and where one lead is walked through beside imported data."""

_SOURCE = "crm-sales"
_SHOWN = 12

Opener = Callable[[str, SteppedClock], Crm]
"""Opens the CRM of a tenant with a clock."""

Say = Callable[[str], object]
"""Prints a text."""


@attrs.frozen
class Outcome:
    """What both files hold.

    Attributes:
        kpis: The figures, as plain values.
        dashboard: The page.
    """

    kpis: dict[str, Any]
    dashboard: str


def sample(opened: Opener, say: Say, progress: Progress, *, leads: int = company.LEADS) -> Outcome:
    """The sample company has lived its two years in the tenant `MAIN`.

    Args:
        opened: Opens the CRM.
        say: Prints what came of it.
        progress: Shows how far it is.
        leads: How many leads the company gets.
    """
    at = company.clock()
    with opened(MAIN, at) as crm:
        progress.begin(f"{COMPANY}: {leads} leads in two years")
        company.live(crm, at, progress.step, leads=leads, extras=(showcase,))
        progress.end()
        words = _Words(
            kicker=f"{COMPANY}, a sample company",
            title="Two years, from the first lead to the last payment",
            deck=_sample_deck(crm),
        )
        return _told(crm, tell(crm, CUSTOMER), words, say)


def imported(
    opened: Opener, say: Say, progress: Progress, folder: Path, *, dates: str, currency: str
) -> Outcome:
    """A folder of CSV files is in the tenant `MAIN`; one lead is walked through in `JOURNEY`.

    Args:
        opened: Opens the CRM of a tenant.
        say: Prints the plan, and then what came of it.
        progress: Shows how far it is.
        folder: Where the files are.
        dates: How dates are written there.
        currency: What amounts there are in.

    Raises:
        CrmError: when the files cannot be read.
    """
    at = company.clock()
    with opened(JOURNEY, at) as crm:
        company.live(crm, at, progress.ignore, leads=0, extras=(showcase,))
        story = tell(crm, CUSTOMER)
    with opened(MAIN, at) as crm:
        plan = plan_sales_history(crm, folder, dates=dates, currency=currency, source=_SOURCE)
        say(plan_text(plan))
        progress.begin(f"Importing {folder.name}")
        report = plan.apply(crm, progress=progress.step)
        progress.end()
        say(f"\n{report}")
        words = _Words(
            kicker=f"Imported from {folder.name}",
            title="A sales history, as its files tell it",
            deck=_imported_deck(crm),
            aside=(
                "The files hold no leads and no documents, so this one was walked through beside "
                f"them, in the tenant “{JOURNEY}” of the same file. It is in no figure above."
            ),
        )
        return _told(crm, story, words, say)


def plan_text(plan: Plan) -> str:
    """The plan as people read it before it is applied: its counts, its doubts, its refusals."""
    return "\n".join(
        [
            heading("Plan of the import"),
            str(plan),
            *_decisions("in doubt", plan.doubts),
            *_decisions("refused", plan.refused),
        ]
    )


def _decisions(name: str, decisions: Sequence[Decision]) -> list[str]:
    if not decisions:
        return [f"{name}: nothing"]
    shown = [
        f"  {each.file}:{each.line} {each.column} {each.key}: {each.note}"
        for each in decisions[:_SHOWN]
    ]
    more = len(decisions) - _SHOWN
    return [f"{name}: {len(decisions)}", *shown, *([f"  … and {more} more"] if more > 0 else [])]


@attrs.frozen(kw_only=True)
class _Words:
    kicker: str
    title: str
    deck: str
    aside: str = ""


def _told(crm: Crm, story: Story, words: _Words, say: Say) -> Outcome:
    figures = collect(crm)
    pipeline = crm.settings.pipeline(None)
    page = Page(
        kicker=words.kicker,
        title=words.title,
        deck=words.deck,
        overview=key_figures(figures),
        sheets=sheets(figures, pipeline),
        story=story,
        aside=words.aside,
    )
    say(key_figures_text(page.overview))
    for sheet in page.sheets.values():
        say(sheet_text(sheet))
    say(story_text(story, words.aside))
    steps = steps_of(counts(figures), pipeline)
    return Outcome(to_json(figures, steps, story), html(page))


def _sample_deck(crm: Crm) -> str:
    invoices = crm.sales.invoices.find(~F.number.is_missing()).count()
    leads, deals = crm.leads.find().count(), crm.opportunities.find().count()
    first, last = day_text(company.OPENED.date()), day_text(company.PRESENT.date())
    return (
        f"{leads:,} leads, {deals:,} deals and {invoices:,} invoices from {first} to {last}. "
        "Everybody in it is invented; the figures show how things stand at the end."
    )


def _imported_deck(crm: Crm) -> str:
    deals = crm.opportunities.find()
    closed = [row.label for row in crm.kpi("won_deals", by=F.closed_on.by("month"))]
    span = f", won from {month_text(closed[0])} to {month_text(closed[-1])}" if closed else ""
    sellers = len(crm.kpi("win_rate", by=F.owner))
    return f"{deals.count():,} deals{span}. {sellers} people closed them."
