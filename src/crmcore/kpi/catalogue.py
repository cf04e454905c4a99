"""Every measure this library brings, by name.

The declarations are in ``selling`` and ``answering``. A host application asks its own measures with
the same functions; they need no entry here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from crmcore.errors import NothingFound
from crmcore.grammar.naming import nearest
from crmcore.kpi.answering import ANSWERING
from crmcore.kpi.measure import Measure
from crmcore.kpi.selling import SELLING

CATALOGUE: Mapping[str, Measure] = MappingProxyType(
    {measure.name: measure for measure in (*SELLING, *ANSWERING)}
)
"""The measures by name."""


def measure_named(name: str) -> Measure:
    """The measure called ``name``.

    Raises:
        NothingFound: there is none; the error suggests the nearest name.
    """
    measure = CATALOGUE.get(name)
    if measure is None:
        raise NothingFound(f"measure {name!r}", nearest(name, CATALOGUE))
    return measure
