"""``crm.price_lists``: prices for some customers, quantities and days."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crmcore.catalog import PriceEntry, PriceList, check_chain, list_verbs
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.pricing import above
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money


@commands
class PriceLists(Collection[PriceList]):
    """Price lists: for a customer, a segment, or everybody, one above the other."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, PriceList)

    def add(
        self,
        *,
        code: str,
        name: str,
        currency: str | None = None,
        parent: UUID | None = None,
        customer: UUID | None = None,
        segment: str | None = None,
        is_default: bool = False,
        valid_from: date | None = None,
        valid_until: date | None = None,
        entries: Sequence[PriceEntry] = (),
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> PriceList:
        """The new price list, a draft: it counts from `activate` on.

        Args:
            code: What it is asked for by, such as ``dealers-2026``; unique.
            name: What it is called.
            currency: What its prices are in; the company's currency when left out.
            parent: The list above it, which is looked at where this one has no price.
            customer: Whom it is for.
            segment: The segment of customers it is for.
            is_default: Whether it counts for everybody, after all other lists.
            valid_from: The first day on which it counts.
            valid_until: The day after the last one.
            entries: Its prices.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            Duplicate: when the code or the external id is taken.
            NotValid: when entries meet each other, or values do not fit; `ManyFaults` for several.
        """
        asked = locals()

        def step(work: Work) -> PriceList:
            change = list_verbs.add_price_list(
                work.ids.new(),
                code=code,
                name=name,
                currency=currency or self._desk.settings.currency,
                parent=parent,
                customer=customer,
                segment=segment,
                is_default=is_default,
                valid_from=valid_from,
                valid_until=valid_until,
                entries=entries,
                external_id=external_id,
                attributes=attributes,
                at=self._desk.at(at),
            )
            _stand_below(work, change.entity)
            return work.apply(change)

        return self._desk.run("price_lists.add", PriceList, key, asked, step)

    def update(
        self,
        price_list: PriceList | UUID,
        *,
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> PriceList:
        """The price list with other field values; see `crmcore.usecases.contacts.Contacts.update`.

        Raises:
            StaleRevision: when somebody changed the list since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
            InvalidValue: when it would stand above itself, or too many above it.
        """
        asked = locals()

        def step(work: Work) -> PriceList:
            stored = work.current(PriceList, price_list, fields, list_verbs.LIST_PROTECTED)
            change = list_verbs.edit_price_list(stored, fields, self._desk.at(at))
            if "parent" in fields:
                _stand_below(work, change.entity)
            return work.apply(change)

        return self._desk.run("price_lists.update", PriceList, key, asked, step)

    def set_entry(
        self,
        id: UUID,
        product: UUID | None = None,
        *,
        price: Money | None = None,
        percent: Decimal | int | str | None = None,
        min_quantity: Decimal | int | str = 0,
        valid_from: date | None = None,
        valid_until: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> PriceList:
        """The price list with a price of a product, or with a change of one.

        It takes the place of the entry of the same product, quantity and first day; an earlier one
        without an end ends where this one begins.

        Args:
            id: The price list.
            product: Of which product; left out, of every one that the list does not name.
            price: What one unit costs, net.
            percent: By how many percent the price found further up is changed; -10 is a tenth less.
            min_quantity: From which quantity on, in the product's own unit.
            valid_from: The first day.
            valid_until: The day after the last one.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when the list is retired.
            NotValid: when it meets another entry, or is in another currency than the list.
            ReferenceNotFound: when there is no such product.
        """
        asked = locals()

        def step(work: Work) -> PriceList:
            entry = PriceEntry(
                product=product,
                price=price,
                percent=percent,
                min_quantity=min_quantity,
                valid_from=valid_from,
                valid_until=valid_until,
            )
            stored = work.get(PriceList, id)
            return work.apply(list_verbs.set_entries(stored, (entry,), self._desk.at(at)))

        return self._desk.run("price_lists.set_entry", PriceList, key, asked, step)

    def set_entries(
        self,
        id: UUID,
        entries: Sequence[PriceEntry],
        *,
        key: str | None = None,
        at: datetime | None = None,
    ) -> PriceList:
        """The price list with many entries at once; each like in `set_entry`.

        Raises:
            MoveForbidden: when the list is retired.
            NotValid: when entries meet each other, or are in another currency; all of them at once.
        """
        asked = locals()

        def step(work: Work) -> PriceList:
            stored = work.get(PriceList, id)
            return work.apply(list_verbs.set_entries(stored, entries, self._desk.at(at)))

        return self._desk.run("price_lists.set_entries", PriceList, key, asked, step)

    def remove_entry(
        self,
        id: UUID,
        product: UUID | None = None,
        *,
        min_quantity: Decimal | int | str = 0,
        valid_from: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> PriceList:
        """The price list without the entry of a product, a quantity and a first day.

        Raises:
            MoveForbidden: when the list is retired.
            NothingFound: when there is no such entry.
        """
        asked = locals()

        def step(work: Work) -> PriceList:
            change = list_verbs.remove_entry(
                work.get(PriceList, id),
                product,
                self._desk.at(at),
                min_quantity=min_quantity,
                valid_from=valid_from,
            )
            return work.apply(change)

        return self._desk.run("price_lists.remove_entry", PriceList, key, asked, step)

    def activate(
        self, id: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> PriceList:
        """The price list, which counts from now on, on the days it is valid.

        Raises:
            MoveForbidden: when it counts already.
        """
        asked = locals()

        def step(work: Work) -> PriceList:
            return work.apply(list_verbs.activate(work.get(PriceList, id), self._desk.at(at)))

        return self._desk.run("price_lists.activate", PriceList, key, asked, step)

    def retire(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> PriceList:
        """The price list, which counts no more; it can be activated again.

        Raises:
            MoveForbidden: when it is retired already.
        """
        asked = locals()

        def step(work: Work) -> PriceList:
            return work.apply(list_verbs.retire(work.get(PriceList, id), self._desk.at(at)))

        return self._desk.run("price_lists.retire", PriceList, key, asked, step)


def _stand_below(work: Work, given: PriceList) -> None:
    """Nothing, when the chain above a list is sound; it is guarded, so that it stays so."""
    chain = above(work, given)
    check_chain(given, chain)
    for each in chain:
        work.guard(each)
