"""Conditions about figures that are not known: what they would say at best, and at worst.

An unknown figure never counts as a good one: whatever is said of it may be so.
"""

from collections.abc import Collection

from crmcore.grammar.query import EVERYTHING, Condition, Either, Every, Has, Not, Path, operands

_NOTHING = Either(())


def looked_at(when: Condition, figures: Collection[str]) -> frozenset[str]:
    """Those of the figures that a condition looks at, or at a part of."""
    paths = (each for each in operands(when) if isinstance(each, Path))
    return frozenset(path.names[0] for path in paths) & {*figures}


def possible(when: Condition, unknown: Collection[str], *, at_best: bool = True) -> Condition:
    """The condition with everything it says of unknown figures taken as true.

    Args:
        when: The condition.
        unknown: The names of figures that are not known.
        at_best: Whether that is taken as true; else as false, as it is inside a ``Not``.
    """
    match when:
        case Every(items):
            return Every(tuple(possible(each, unknown, at_best=at_best) for each in items))
        case Either(items):
            return Either(tuple(possible(each, unknown, at_best=at_best) for each in items))
        case Not(item):
            return Not(possible(item, unknown, at_best=not at_best))
        case Has():
            return when
        case leaf if looked_at(leaf, unknown):
            return EVERYTHING if at_best else _NOTHING
        case _:
            return when
