"""Lines of business: which spellings look like slips. What is written is kept; it is only reported."""

from collections import Counter
from collections.abc import Iterable, Mapping

from crmcore.importing.lookup import Lookup
from crmcore.importing.matching import Match, Names, Rule

SECTORS: tuple[str, ...] = (
    "agriculture",
    "automotive",
    "banking",
    "chemicals",
    "construction",
    "consulting",
    "consumer goods",
    "education",
    "electronics",
    "employment",
    "energy",
    "engineering",
    "entertainment",
    "finance",
    "food",
    "government",
    "health care",
    "hospitality",
    "insurance",
    "logistics",
    "manufacturing",
    "marketing",
    "media",
    "medical",
    "mining",
    "pharmaceuticals",
    "professional services",
    "real estate",
    "retail",
    "services",
    "software",
    "technology",
    "telecommunications",
    "transportation",
    "travel",
    "utilities",
    "wholesale",
)
"""Sectors as most tables call them."""

_MOST = 200


def misspelt(sectors: Iterable[str]) -> Mapping[str, Match]:
    """The sectors that look like a slip for another one, each with the one that was probably meant.

    Args:
        sectors: The sector of every account; a rare one may be a slip for a usual or a frequent
            one, never the other way round.
    """
    counted = Counter(sectors)
    usual = Lookup("sector", "sector", Names((name, name) for name in SECTORS))
    slips: dict[str, Match] = {}
    # From the frequent to the rare, so that each is compared with those that outweigh it.
    for sector, _ in counted.most_common(_MOST):
        match = usual.find(sector)
        if match is None:
            usual.names.add(sector, sector)
        elif match.rule is Rule.SIMILAR:
            slips[sector] = match
    return slips
