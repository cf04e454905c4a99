"""`open`: from a URL to a CRM, through the stores that installed packages offer."""

import secrets
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import attrs

from crmcore.errors import InvalidValue, UnknownStore
from crmcore.grammar.change import Event
from crmcore.grammar.entity import EntityType
from crmcore.grammar.naming import checked_tenant, nearest
from crmcore.ports import Clock, IdSource, OpenStore, Store
from crmcore.subjects import SUBJECTS
from crmcore.usecases.arguments import checked
from crmcore.usecases.crm import Crm
from crmcore.usecases.retrying import Retry, Retrying
from crmcore.usecases.settings import Settings
from crmcore.values import Uuid7Source, instant

GROUP = "crmcore.stores"
"""The entry-point group in which a package offers a store: URL scheme = function to open it."""


_MEANT = {"postgres": "postgresql+psycopg://"}
"""What is meant by schemes that others take."""


@attrs.frozen
class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present: aware, UTC, whole milliseconds."""
        return instant(datetime.now(UTC))


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


@checked
def open(
    place: str | Store,
    *,
    tenant: str | None = None,
    attributes: Mapping[str, Mapping[str, type]] | None = None,
    entities: Iterable[EntityType] = (),
    events: Iterable[type[Event]] = (),
    settings: Settings | None = None,
    clock: Clock | None = None,
    ids: IdSource | None = None,
    retry: Retry | None = None,
) -> Crm:
    """A CRM on the store a URL names, or on a store you made; its tables exist afterwards.

    Args:
        place: A URL such as ``memory://`` or ``sqlite:///crm.db``; the scheme chooses the store.
            Or a store, such as ``crmcore_sql.SqlStore(engine)``; then its tenant and what it serves
            are settled, and the CRM closes it when it is closed itself.
        tenant: Whose data, ``main`` when left out: a line of 1 to 100 characters.
        attributes: Own fields by entity and name, such as ``{"contact": {"shoe_size": int}}``.
        entities: Entity types of the host application, stored beside ours.
        events: Their events.
        settings: What the company decided; sensible defaults when left out.
        clock: Where the present comes from; the machine's clock when left out.
        ids: Where ids come from; random UUIDv7 when left out.
        retry: How long a command tries when others are in the way; 10 seconds when left out.

    Raises:
        InvalidText, InvalidValue: for a tenant no store may keep.
        InvalidValue: when something is given that the store you made has settled.
        UnknownStore: when no installed package offers the scheme; it lists those that are.
        StoreFailure: when the store cannot be reached, or must not be used as it is set up.
    """
    if isinstance(place, str):
        registry = SUBJECTS.extended(entities, events).with_attributes(attributes or {})
        whose = checked_tenant("main" if tenant is None else tenant)
        store = _opener(place)(place, registry=registry, tenant=whose)
    elif tenant is not None or attributes or [*entities, *events]:
        raise InvalidValue("place", "a store has its tenant, entities, events and attributes")
    else:
        store = place
    return Crm(
        store,
        clock=clock or SystemClock(),
        ids=ids or Uuid7Source(_milliseconds, secrets.randbits),
        settings=settings or Settings(),
        retrying=Retrying(retry=retry or Retry()),
    )


def _opener(url: str) -> OpenStore:
    # A URL that is not whole may hold a password after its scheme.
    scheme, found, _ = url.partition("://") if "://" in url else (url.partition(":")[0], "", "")
    # Imported here because it costs as much as half of the library, and only opening needs it.
    from importlib.metadata import entry_points  # noqa: PLC0415

    offered = {each.name: each for each in entry_points(group=GROUP)}
    chosen = offered.get(scheme.partition("+")[0]) if found else None
    if chosen is None:
        known = tuple(sorted(offered))
        suggestion = _MEANT.get(scheme, nearest(scheme, known)) if found else None
        raise UnknownStore(scheme, known, suggestion)
    opener: OpenStore = chosen.load()
    return opener
