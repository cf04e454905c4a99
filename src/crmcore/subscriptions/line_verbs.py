"""What recurs, and at which terms, from a day on.

No verb here touches a day that is billed: a new price is a new version of a line, and begins on the
first day that is not billed at the earliest.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from crmcore.catalog import exact_quantity
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change, changed
from crmcore.subscriptions.events import (
    SubscriptionLineAdded,
    SubscriptionLineChanged,
    SubscriptionLineRemoved,
)
from crmcore.subscriptions.lifecycle import SUBSCRIPTION_LIFECYCLE, SubscriptionFacts
from crmcore.subscriptions.model import Subscription, SubscriptionLine, check_items
from crmcore.values import Money, instant

CHANGEABLE = frozenset(
    {"unit_price", "quantity", "discount", "description"}
    | {"vat_category", "vat_rate", "vat_reason"}
)
"""What of an item can be another from a day on; the product and the unit are for good."""


def add_line(
    subscription: Subscription, line: SubscriptionLine, at: datetime
) -> Change[Subscription]:
    """The subscription has one more item, from the first day of the line on.

    Args:
        subscription: The subscription.
        line: The item, as its first version; nothing changes when it is there already.
        at: When it is added.

    Raises:
        GuardRefused: days from then on are billed.
        InvalidValue: the line has the item of another one, or there are ``MAX_ITEMS`` already.
        MoveForbidden: the subscription is over.
    """
    at = instant(at)
    if line in subscription.lines:
        return Change(subscription)
    _check(subscription, line.valid_from)
    if line.item in subscription.items:
        raise InvalidValue("line.item", "is there already; change it instead")
    check_items((*subscription.items, line.item))
    after = changed(subscription, at, lines=(*subscription.lines, line))
    event = SubscriptionLineAdded(
        at=at,
        subscription=subscription.id,
        item=line.item,
        quantity=line.quantity,
        unit_price=line.unit_price,
        valid_from=line.valid_from,
    )
    return Change(after, (event,))


def change_line(
    subscription: Subscription,
    item: UUID,
    fields: Mapping[str, Any],
    at: datetime,
    *,
    valid_from: date,
    line_id: UUID,
) -> Change[Subscription]:
    """The item has other terms from a day on, until a change of the same field that is planned.

    Args:
        subscription: The subscription.
        item: The item.
        fields: The new values, by names out of ``CHANGEABLE``.
        at: When it is changed.
        valid_from: The first day of the new terms.
        line_id: The id of the new version.

    Raises:
        GuardRefused: days from then on are billed.
        InvalidValue: the item does not hold on that day, or a field is none that can change.
        MoveForbidden: the subscription is over.
    """
    at = instant(at)
    _check(subscription, valid_from)
    strange = sorted({*fields} - CHANGEABLE)
    if strange:
        raise InvalidValue(strange[0], f"is none of {', '.join(sorted(CHANGEABLE))}")
    versions = subscription.versions(item)
    present = next((line for line in versions if line.covers(valid_from)), None)
    if present is None:
        raise InvalidValue("item", f"is not there on {valid_from.isoformat()}")
    terms = dict(fields)
    if "quantity" in terms:
        terms["quantity"] = exact_quantity(terms["quantity"])
    after = _with_terms(versions, present, terms, valid_from, line_id)
    if after == versions:
        return Change(subscription)
    (line,) = (each for each in after if each.covers(valid_from))
    event = SubscriptionLineChanged(
        at=at,
        subscription=subscription.id,
        item=item,
        quantity=line.quantity,
        unit_price=line.unit_price,
        valid_from=valid_from,
    )
    return Change(changed(subscription, at, lines=_replaced(subscription, item, after)), (event,))


def change_price(
    subscription: Subscription,
    item: UUID,
    unit_price: Money,
    at: datetime,
    *,
    valid_from: date,
    line_id: UUID,
) -> Change[Subscription]:
    """The item has another price from a day on; arguments and errors as for `change_line`."""
    terms = {"unit_price": unit_price}
    return change_line(subscription, item, terms, at, valid_from=valid_from, line_id=line_id)


def change_quantity(
    subscription: Subscription,
    item: UUID,
    quantity: Decimal | int | str,
    at: datetime,
    *,
    valid_from: date,
    line_id: UUID,
) -> Change[Subscription]:
    """There is another quantity of the item from a day on; otherwise as `change_line`."""
    terms = {"quantity": quantity}
    return change_line(subscription, item, terms, at, valid_from=valid_from, line_id=line_id)


def remove_line(
    subscription: Subscription, item: UUID, valid_until: date, at: datetime
) -> Change[Subscription]:
    """The subscription has the item no more from a day on.

    Raises:
        GuardRefused: days from then on are billed.
        InvalidValue: there is no such item, or nothing else would ever have been in it.
        MoveForbidden: the subscription is over.
    """
    at = instant(at)
    versions = subscription.versions(item)
    if not versions:
        raise InvalidValue("item", "is not there")
    last = versions[-1].valid_until
    if last is not None and last <= valid_until:
        return Change(subscription)
    _check(subscription, valid_until)
    kept: list[SubscriptionLine] = []
    for line in subscription.lines:
        if line.item != item or (line.valid_until is not None and line.valid_until <= valid_until):
            kept.append(line)
        elif line.valid_from < valid_until:
            kept.append(attrs.evolve(line, valid_until=valid_until))
    event = SubscriptionLineRemoved(
        at=at, subscription=subscription.id, item=item, valid_until=valid_until
    )
    return Change(changed(subscription, at, lines=tuple(kept)), (event,))


def _replaced(
    subscription: Subscription, item: UUID, versions: Sequence[SubscriptionLine]
) -> tuple[SubscriptionLine, ...]:
    # Items keep their place on documents: the order in which they were added.
    return tuple(
        line
        for each in subscription.items
        for line in (versions if each == item else subscription.versions(each))
    )


def _with_terms(
    versions: Sequence[SubscriptionLine],
    present: SubscriptionLine,
    fields: Mapping[str, Any],
    valid_from: date,
    line_id: UUID,
) -> tuple[SubscriptionLine, ...]:
    """The versions with other terms from a day on; each holds until a planned change of its own."""
    terms = dict(fields)
    made: list[SubscriptionLine] = []
    for line in versions:
        if line.valid_from < present.valid_from or not _differs(line, terms):
            made.append(line)
        elif line.valid_from >= valid_from:
            terms = {name: each for name, each in terms.items() if _agree(name, line, present)}
            made.append(attrs.evolve(line, **terms))
        else:
            made.append(attrs.evolve(line, valid_until=valid_from))
            made.append(attrs.evolve(line, id=line_id, valid_from=valid_from, **terms))
    return tuple(made)


def _differs(line: SubscriptionLine, terms: Mapping[str, Any]) -> bool:
    return any(getattr(line, name) != each for name, each in terms.items())


def _agree(name: str, line: SubscriptionLine, present: SubscriptionLine) -> bool:
    return bool(getattr(line, name) == getattr(present, name))


def _check(subscription: Subscription, since: date) -> None:
    facts = SubscriptionFacts(subscription=subscription, since=since)
    SUBSCRIPTION_LIFECYCLE.after(subscription.status, "change", facts, subscription.id)
