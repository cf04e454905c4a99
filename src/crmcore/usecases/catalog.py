"""``crm.catalog``: what is sold, and for how much."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from crmcore.catalog import PIECE, PriceFound, Product, VatCategory, pricing, verbs
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money, Share


@commands
class Catalog(Collection[Product]):
    """Products and services with their prices."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Product)

    def add_product(
        self,
        *,
        sku: str,
        name: str,
        list_price: Money | None = None,
        series: str | None = None,
        unit: str = PIECE,
        vat_category: VatCategory = VatCategory.S,
        vat_rate: Share | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Product:
        """The new product, on sale.

        Args:
            sku: The article number; unique.
            name: Its name.
            list_price: What one unit costs, net.
            series: The family it belongs to.
            unit: The unit code of UN/ECE recommendation 20; pieces when left out.
            vat_category: The category of EN 16931.
            vat_rate: The rate of VAT; the category's usual one when left out.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            Duplicate: when the article number or the external id is taken.
            InvalidValue: when rate and category do not fit.
        """
        asked = locals()

        def step(work: Work) -> Product:
            change = verbs.add_product(
                work.ids.new(),
                sku=sku,
                name=name,
                list_price=list_price,
                series=series,
                unit=unit,
                vat_category=vat_category,
                vat_rate=vat_rate,
                external_id=external_id,
                attributes=attributes,
                at=self._desk.at(at),
            )
            return work.apply(change)

        return self._desk.run("catalog.add_product", Product, key, asked, step)

    def update(
        self,
        product: Product | UUID,
        *,
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Product:
        """The product with other field values; see `crmcore.usecases.contacts.Contacts.update`.

        Raises:
            StaleRevision: when somebody changed the product since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
        """
        asked = locals()

        def step(work: Work) -> Product:
            return work.apply(
                verbs.edit(
                    work.current(Product, product, fields, verbs.PROTECTED),
                    fields,
                    self._desk.at(at),
                )
            )

        return self._desk.run("catalog.update", Product, key, asked, step)

    def set_price(
        self,
        id: UUID,
        amount: Money,
        *,
        valid_from: date | None = None,
        valid_until: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Product:
        """The product with a new list price; with a window, with a price for those days only.

        Raises:
            InvalidValue: when the window is empty or meets another one of the same currency.
        """
        asked = locals()

        def step(work: Work) -> Product:
            change = verbs.set_price(
                work.get(Product, id),
                amount,
                self._desk.at(at),
                valid_from=valid_from,
                valid_until=valid_until,
            )
            return work.apply(change)

        return self._desk.run("catalog.set_price", Product, key, asked, step)

    def price_of(
        self, id: UUID, *, on: date | None = None, currency: str | None = None
    ) -> PriceFound:
        """What the product costs on a day, with the record that says so.

        Raises:
            NothingFound: when it has no price in the currency on that day.
        """
        day = on or self._desk.day(self._desk.at(None))
        return pricing.price_of(self.get(id), day, currency or self._desk.settings.currency)

    def discontinue(
        self, id: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Product:
        """The product, on sale no more.

        Raises:
            MoveForbidden: when it is so already.
        """
        asked = locals()

        def step(work: Work) -> Product:
            return work.apply(verbs.discontinue(work.get(Product, id), self._desk.at(at)))

        return self._desk.run("catalog.discontinue", Product, key, asked, step)

    def revive(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Product:
        """The product, on sale again.

        Raises:
            MoveForbidden: when it is on sale.
        """
        asked = locals()

        def step(work: Work) -> Product:
            return work.apply(verbs.revive(work.get(Product, id), self._desk.at(at)))

        return self._desk.run("catalog.revive", Product, key, asked, step)
