"""The sample company: two years of a maker of pumps, the same in every run.

All chance comes from one seed, all time from the diary; nobody in it exists.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from crmcore import Crm, Money, Settings
from crmcore.demo.cast import Account, Cast, appear, hire
from crmcore.demo.dealing import Interest
from crmcore.demo.diary import Diary, SteppedClock, Tale, office_time
from crmcore.demo.names import SELLER
from crmcore.ports import Progress

FOUNDED = datetime(2024, 10, 28, 8, 0, tzinfo=UTC)
"""When the teams are formed."""

OPENED = datetime(2024, 11, 1, 8, 0, tzinfo=UTC)
"""When the first leads arrive."""

PRESENT = datetime(2026, 10, 31, 18, 0, tzinfo=UTC)
"""The last instant of the sample."""

LEADS = 880
"""How many leads arrive in those two years unless told otherwise."""

SEED = 20241101

SETTINGS = Settings(seller=SELLER)
"""What the company decided about its CRM."""

Extra = Callable[[Cast], tuple[Tale, datetime]]
"""Something that happens besides: its tale, and when it begins."""


def clock() -> SteppedClock:
    """A clock at the hour the company is founded."""
    return SteppedClock(FOUNDED)


def live(
    crm: Crm,
    at: SteppedClock,
    progress: Progress,
    *,
    leads: int = LEADS,
    extras: tuple[Extra, ...] = (),
) -> None:
    """The two years have happened in the CRM, whose clock stands at their end.

    Args:
        crm: An empty CRM whose clock is ``at``.
        at: The clock.
        progress: Is told how far it is.
        leads: How many leads arrive.
        extras: What happens besides.
    """
    diary = Diary(at, PRESENT)
    cast = Cast(diary, Random(SEED))  # noqa: S311 - repeatable chance is what a sample needs
    diary.note(_founding(cast), FOUNDED)
    diary.note(_year_turns(cast), datetime(2026, 1, 2, 8, 0, tzinfo=UTC))
    diary.note(_change_of_team(cast), datetime(2025, 7, 1, 8, 0, tzinfo=UTC))
    for begin in _arrivals(cast, leads):
        diary.note(_arrival(cast), begin)
    for extra in extras:
        diary.note(*extra(cast))
    diary.live(crm, progress)


def _founding(cast: Cast) -> Tale:
    hire(cast)
    yield from ()


def _year_turns(cast: Cast) -> Tale:
    for product in cast.products:
        price = product.list_price
        if price is not None:
            cast.tx.catalog.set_price(product.id, Money(price.amount * 103 / 100, "EUR").rounded())
    yield from ()


def _change_of_team(cast: Cast) -> Tale:
    mover = cast.sellers[1][1]
    team = cast.tx.teams.find(order_by="name").first()
    if team is not None:
        cast.tx.teams.join(mover.id, team.id)
        cast.sellers[1].remove(mover)
        cast.sellers[2].append(mover)
    yield from ()


def _arrivals(cast: Cast, leads: int) -> list[datetime]:
    """When leads arrive: more from year to year, fewer in August and over Christmas."""
    span = PRESENT - OPENED
    found: list[datetime] = []
    while len(found) < leads:
        share = cast.chance.random()
        begin = OPENED + share * span
        season = 1 - 0.3 * (begin.month in {8, 12}) + 0.15 * math.sin(begin.month)
        if cast.chance.random() * 1.6 < (0.75 + 0.5 * share) * season:
            found.append(office_time(begin, cast.chance))
    return found


def _arrival(cast: Cast) -> Tale:
    account = _again(cast) or appear(cast)
    sellers = cast.sellers[account.team]
    seller = cast.chance.choice(sellers)
    interest = Interest(cast, account, seller, cast.chance.choice(account.people))
    yield from interest.tale()


def _again(cast: Cast) -> Account | None:
    """One who was here before: customers come back more easily than others."""
    if not cast.accounts or not cast.percent(45):
        return None
    some = [cast.chance.choice(cast.accounts) for _ in range(3)]
    return next((account for account in some if account.is_customer), some[0])
