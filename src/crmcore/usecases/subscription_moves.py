"""The commands of ``crm.subscriptions`` that change one that is there: its state, its lines, its end.

How one begins, and how its periods are billed, is in `crmcore.usecases.subscriptions`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crmcore.catalog import VatCategory
from crmcore.contacts import Activity, Contact, require
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.grammar.naming import choice
from crmcore.sales import LineDraft
from crmcore.subscriptions import (
    Subscription,
    activate,
    add_line,
    advance,
    cancel,
    change_line,
    end,
    extend,
    pause,
    remove_line,
    resume,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection
from crmcore.usecases.recurring_lines import Pricing, drafted
from crmcore.usecases.work import Work
from crmcore.values import Money, Share

_Verb = Callable[[Work, Subscription, date, datetime], Change[Subscription]]


@commands
class SubscriptionMoves(Collection[Subscription]):
    """Subscriptions that are there; no command touches what is billed."""

    def activate(
        self, id: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Subscription:
        """The subscription in use: on trial as long as that lasts, else charged from its first day.

        Activated while it is on trial, it is charged from today on.

        Raises:
            MoveForbidden: when it is neither a draft nor on trial.
            ActivityNotAllowed: when the account may not order.
        """
        asked = locals()

        def verb(work: Work, one: Subscription, on: date, moment: datetime) -> Change[Subscription]:
            account = work.get(Contact, one.account)
            require(account, Activity.ORDER)
            work.guard(account)
            return activate(one, on, moment)

        return self._moved("activate", asked, verb)

    def pause(
        self,
        id: UUID,
        *,
        paused_from: date | None = None,
        paused_until: date | None = None,
        reason: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Subscription:
        """The subscription, paused on days that are not billed yet: at once, or when they come.

        Args:
            id: The subscription.
            paused_from: The first of them; the first one from today on that is not billed when left
                out.
            paused_until: The day after the last one; when nobody knows, `resume` tells it later.
            reason: Why.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when these days are billed; it tells the first one that is not.
            InvalidValue: when it is paused then already.
            MoveForbidden: when it is neither active nor paused.
        """
        asked = locals()

        def verb(
            _work: Work, one: Subscription, on: date, moment: datetime
        ) -> Change[Subscription]:
            first = _first_open(one, on) if paused_from is None else paused_from
            return pause(one, first, moment, on=on, paused_until=paused_until, reason=reason)

        return self._moved("pause", asked, verb)

    def resume(
        self,
        id: UUID,
        *,
        since: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Subscription:
        """The subscription, used and charged again from a day on; a pause that waits is taken back.

        Args:
            id: The subscription.
            since: The first day that is not paused any more; today when left out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when the day is settled as paused, or no pause covers it.
            MoveForbidden: when it is neither active nor paused.
        """
        asked = locals()
        return self._moved(
            "resume",
            asked,
            lambda _work, one, on, moment: resume(one, since or on, moment, on=on),
        )

    def cancel(
        self,
        id: UUID,
        *,
        ends_on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Subscription:
        """The subscription with its last day, its notice being given today; a draft is discarded.

        Args:
            id: The subscription.
            ends_on: The last day; the end of the first period that the notice allows if left out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when the notice is too short; it tells the first day that can be the last.
            InvalidValue: when it ends before that day anyway.
            MoveForbidden: when it is over.
        """
        asked = locals()
        return self._moved(
            "cancel",
            asked,
            lambda _work, one, on, moment: cancel(one, moment, on=on, ends_on=ends_on),
        )

    def end(
        self,
        id: UUID,
        *,
        ends_on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Subscription:
        """The subscription with its last day, whatever its notice, as for good cause.

        What was billed for later days, `crmcore.subscriptions.unused` tells.

        Args:
            id: The subscription.
            ends_on: The last day; today when left out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            InvalidValue: when it ends before that day anyway.
            MoveForbidden: when it is a draft, or over.
        """
        asked = locals()
        return self._moved(
            "end", asked, lambda _work, one, on, moment: end(one, ends_on or on, moment, on=on)
        )

    def extend(
        self,
        id: UUID,
        *,
        ends_on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Subscription:
        """The subscription, going on to a later last day, or without one when that is left out.

        Raises:
            InvalidValue: when the day lies before the present last one.
            MoveForbidden: when it is a draft, or over.
        """
        asked = locals()
        return self._moved(
            "extend", asked, lambda _work, one, _on, moment: extend(one, ends_on, moment)
        )

    def add_line(
        self,
        id: UUID,
        line: LineDraft,
        *,
        valid_from: date | None = None,
        price_list: str | None = None,
        segments: Sequence[str] = (),
        key: str | None = None,
        at: datetime | None = None,
    ) -> Subscription:
        """The subscription with one more item.

        Args:
            id: The subscription.
            line: What recurs besides; what it leaves open comes from its product.
            valid_from: Its first day; the first one from today on that is not billed if left out.
            price_list: The code of a price list to be looked at besides the customer's.
            segments: The segments of the customer.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when days from then on are billed.
            NotValid: when the line is wrong; all faults at once, each with its path.
            MoveForbidden: when it is over.
        """
        asked = locals()

        def verb(work: Work, one: Subscription, on: date, moment: datetime) -> Change[Subscription]:
            first = _first_open(one, on) if valid_from is None else valid_from
            pricing = Pricing(
                account=one.account,
                currency=one.currency,
                on=first,
                price_list=price_list,
                segments=segments,
            )
            (added,) = drafted(work, [line], pricing)
            return add_line(one, added, moment)

        return self._moved("add_line", asked, verb)

    def change_line(
        self,
        id: UUID,
        item: UUID | None = None,
        *,
        valid_from: date | None = None,
        unit_price: Money | None = None,
        quantity: Decimal | int | str | None = None,
        discount: Share | None = None,
        vat_category: VatCategory | str | None = None,
        vat_rate: Share | None = None,
        description: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Subscription:
        """The subscription, an item of which has other terms from a day on.

        What is billed keeps its terms. What is left out stays as it is; each new value holds until a
        change of the same one that is planned already.

        Args:
            id: The subscription.
            item: The item; may be left out where there is only one.
            valid_from: The first day; the first one from today on that is not billed if left out.
            unit_price: The price of one unit for one whole period.
            quantity: How much.
            discount: The part of the price that is not charged.
            vat_category: How it is taxed.
            vat_rate: The rate of VAT.
            description: What stands on documents.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when days from then on are billed; it tells the first one that is not.
            InvalidValue: when the item is not there on that day, or rate and category do not fit.
            MoveForbidden: when it is over.
        """
        asked = locals()
        names = (
            *("unit_price", "quantity", "discount", "vat_category", "vat_rate", "description"),
        )
        terms = {name: asked[name] for name in names if asked[name] is not None}
        if vat_category is not None:
            terms["vat_category"] = choice("vat_category", VatCategory, vat_category)

        def verb(work: Work, one: Subscription, on: date, moment: datetime) -> Change[Subscription]:
            first = _first_open(one, on) if valid_from is None else valid_from
            which = _only_item(one, first) if item is None else item
            return change_line(one, which, terms, moment, valid_from=first, line_id=work.ids.new())

        return self._moved("change_line", asked, verb)

    def remove_line(
        self,
        id: UUID,
        item: UUID,
        *,
        valid_until: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Subscription:
        """The subscription without an item from a day on.

        Args:
            id: The subscription.
            item: The item.
            valid_until: The first day without it; the first one from today on that is not billed if
                left out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when days from then on are billed; it tells the first one that is not.
            InvalidValue: when there is no such item, or nothing else would be left.
            MoveForbidden: when it is over.
        """
        asked = locals()
        return self._moved(
            "remove_line",
            asked,
            lambda _work, one, on, moment: remove_line(
                one, item, valid_until or _first_open(one, on), moment
            ),
        )

    def _moved(self, action: str, asked: Mapping[str, Any], verb: _Verb) -> Subscription:
        """The subscription after a verb, and after what the day has made of it before."""

        def step(work: Work) -> Subscription:
            moment = self._desk.at(asked["at"])
            on = self._desk.day(moment)
            before = advance(work.get(Subscription, asked["id"]), on, moment)
            after = verb(work, before.entity, on, moment)
            return work.apply(Change(after.entity, (*before.events, *after.events)))

        return self._desk.run(f"subscriptions.{action}", Subscription, asked["key"], asked, step)


def _first_open(subscription: Subscription, on: date) -> date:
    return max(on, subscription.billed_until)


def _only_item(subscription: Subscription, on: date) -> UUID:
    items = {line.item for line in subscription.lines_on(on)}
    if len(items) != 1:
        raise InvalidValue("item", f"there are {len(items)} on {on.isoformat()}; say which")
    (item,) = items
    return item
