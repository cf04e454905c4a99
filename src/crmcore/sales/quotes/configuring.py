"""Configuration rules at work on a draft: what they add, take out and price, and what they refuse.

A draft becomes a cart of what is not optional, the rules run over it in the catalog, and what they
did to the cart is done to the draft. Lines without a product are no matter of rules. What is bought
already lies in the cart too, and stays as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

import attrs

from crmcore.catalog import (
    QUANTITY_PLACES,
    Cart,
    ConfigurationRules,
    Configured,
    Discount,
    Item,
    ItemEffect,
    PriceBook,
    Product,
    Violation,
    configure,
)
from crmcore.catalog.configuration.cart import MAX_ITEMS
from crmcore.errors import CrmError, InvalidValue, NothingFound, UnknownName, raise_collected
from crmcore.grammar.faults import placed
from crmcore.sales.quotes.added_lines import added_draft, for_more
from crmcore.sales.quotes.lines import LineDraft
from crmcore.values import CONTEXT, Money, round_half_up

_WHOLE = Decimal(1)


@attrs.frozen(kw_only=True)
class Buying:
    """For whom and when a draft is configured.

    Attributes:
        currency: The currency of the quote.
        on: The day.
        segment: The segment the customer belongs to.
        country: The country of the customer.
        standing: What is bought already, each a line of a product at its price. Rules count it, and
            change nothing of it; what they want more of it becomes a line of its own.
    """

    currency: str
    on: date
    segment: str | None = None
    country: str | None = None
    standing: tuple[LineDraft, ...] = ()


@attrs.frozen(kw_only=True)
class ConfiguredDraft:
    """A draft after the rules.

    Attributes:
        drafts: Its lines now; what rules added comes last.
        configured: What the rules did, and what they tell; None where there are none.
    """

    drafts: tuple[LineDraft, ...]
    configured: Configured | None = None


def configured_draft(
    drafts: Sequence[LineDraft],
    rules: ConfigurationRules,
    products: Mapping[UUID, Product],
    book: PriceBook,
    buying: Buying,
) -> ConfiguredDraft:
    """The draft as the rules leave it.

    A draft that is wrong by itself is left as it is: whoever makes lines of it will say so.

    Args:
        drafts: What the caller gave.
        rules: The rules.
        products: The products the drafts name, and those that rules may add, by id.
        book: The price book, for rules that ask what things cost.
        buying: For whom and when, and what besides.

    Raises:
        InvalidValue: something does not go together, with the path of the line it is about;
            `ManyFaults` for several.
    """
    named = [products.get(draft.product) for draft in drafts if draft.product is not None]
    is_sound = all(named) and all(draft.quantity > 0 for draft in drafts)
    if not rules.rules or not is_sound:
        return ConfiguredDraft(drafts=tuple(drafts))
    asked = _asked(drafts, products, book, buying)
    by_sku = {product.sku: product for product in products.values()}
    prices = _prices(by_sku, rules, book)
    known: tuple[Violation, ...] = ()
    if buying.standing:
        rules, known = for_more(rules, asked.standing, by_sku, prices)
    done = configure(asked.cart, rules, by_sku, prices)
    raise_collected([*_faults(done, known, asked)])
    return ConfiguredDraft(drafts=tuple(_carried_out(asked, rules, done, by_sku)), configured=done)


@attrs.frozen(eq=False, kw_only=True)
class _Asked:
    """A draft as rules look at it.

    Attributes:
        drafts: All of its lines.
        places: Where those are that rules look at.
        lines: These lines, and after them what is bought already.
        cart: An item for each of these.
    """

    drafts: Sequence[LineDraft]
    places: Sequence[int]
    lines: Sequence[LineDraft]
    cart: Cart

    @property
    def standing(self) -> Cart:
        """The cart with nothing but what is bought already."""
        return attrs.evolve(self.cart, items=self.cart.items[len(self.places) :])


def _asked(
    drafts: Sequence[LineDraft],
    products: Mapping[UUID, Product],
    book: PriceBook,
    buying: Buying,
) -> _Asked:
    places = [at for at, draft in enumerate(drafts) if draft.product and not draft.optional]
    lines = (*(drafts[at] for at in places), *buying.standing)
    if len(lines) > MAX_ITEMS:
        raise InvalidValue("lines", f"rules look at {MAX_ITEMS} products at most, not {len(lines)}")
    paths = [*(f"lines[{at}]" for at in places), *("order" for _ in buying.standing)]
    items, faults = list[Item](), list[CrmError]()
    for draft, path in zip(lines, paths, strict=True):
        try:
            items.append(_item(draft, products, book))
        except CrmError as fault:
            faults.append(placed(fault, path))
    raise_collected(faults)
    cart = Cart(
        items=items,
        currency=buying.currency,
        segment=buying.segment,
        country=buying.country,
        on=buying.on,
    )
    return _Asked(drafts=drafts, places=places, lines=lines, cart=cart)


def _item(draft: LineDraft, products: Mapping[UUID, Product], book: PriceBook) -> Item:
    """So much of the product of a line, in the product's own unit, at the price of that unit."""
    product = products[draft.product] if draft.product is not None else None
    if product is None:
        raise InvalidValue("product", "a line without a product is no item")
    try:
        factor = product.factor(draft.unit)
    except UnknownName:
        # Drafting tells that it is not sold in this unit.
        return Item.of(product, draft.quantity)
    many = round_half_up(CONTEXT.multiply(draft.quantity, factor), QUANTITY_PLACES)
    price = draft.unit_price
    if price is None:
        return Item.of(product, many, _price(product, book, many))
    exact = CONTEXT.divide(price.amount, factor)
    each = price if factor == 1 else Money(round_half_up(exact, QUANTITY_PLACES), price.currency)
    return Item.of(product, many, _in(each, book))


def _prices(
    by_sku: Mapping[str, Product], rules: ConfigurationRules, book: PriceBook
) -> dict[str, Money]:
    """What one unit of each thing costs that rules may add, where it has a price."""
    found = {sku: _price(by_sku[sku], book, _WHOLE) for sku in rules.adds if sku in by_sku}
    return {sku: price for sku, price in found.items() if price is not None}


def _price(product: Product, book: PriceBook, quantity: Decimal) -> Money | None:
    try:
        return _in(book.price(product, quantity, product.unit).amount, book)
    except NothingFound:
        # Without a price a rule about prices has no answer; drafting tells what is missing.
        return None


def _in(price: Money, book: PriceBook) -> Money | None:
    return price if price.currency == book.request.currency else None


def _faults(done: Configured, known: Sequence[Violation], asked: _Asked) -> Iterator[CrmError]:
    """What rules refuse, but for what was so before anything was asked."""
    first: dict[str, int] = {}
    for at, item in zip(asked.places, asked.cart.items, strict=False):
        first.setdefault(item.sku, at)
    for violation in done.violations:
        if violation not in known:
            place = first.get(violation.sku)
            path = "lines" if place is None else f"lines[{place}].product"
            yield InvalidValue(path, str(violation))
    if done.loop:
        yield InvalidValue("lines", f"these rules never settle: {', '.join(done.loop)}")


def _carried_out(
    asked: _Asked, rules: ConfigurationRules, done: Configured, by_sku: Mapping[str, Product]
) -> Iterator[LineDraft]:
    """The drafts with what became of their items, then those that rules added."""
    effects: dict[int, list[ItemEffect]] = {}
    for effect in done.effects:
        effects.setdefault(effect.item, []).append(effect)
    kept, among = dict[int, LineDraft](), frozenset(asked.places)
    more, behind = list[LineDraft](), list[LineDraft]()
    for at, item in enumerate(asked.cart.items):
        place = len(behind)
        # Items keep their order, and a rule takes out all of one product.
        if place == len(done.items) or done.items[place].sku != item.sku:
            continue
        draft, now = asked.lines[at], done.items[place]
        behind.append(draft)
        if at < len(asked.places):
            draft = _with_quantity(draft, item, now, by_sku)
            kept[asked.places[at]] = _with_effects(draft, effects.get(place, ()))
        elif now.quantity > item.quantity:
            more.append(_with_effects(_besides(draft, item, now), effects.get(place, ())))
    for item in done.items[len(behind) :]:
        added = added_draft(item, behind, attrs.evolve(asked.cart, items=done.items), rules, by_sku)
        more.append(_with_effects(added, effects.get(len(behind), ())))
        behind.append(added)
    left = [(at, kept.get(at, draft)) for at, draft in enumerate(asked.drafts)]
    yield from (draft for at, draft in left if at in kept or at not in among)
    yield from more


def _with_quantity(
    draft: LineDraft, before: Item, now: Item, by_sku: Mapping[str, Product]
) -> LineDraft:
    if now.quantity == before.quantity:
        return draft
    try:
        factor = by_sku[now.sku].factor(draft.unit)
    except UnknownName:
        return draft
    if factor == 1:
        return attrs.evolve(draft, quantity=now.quantity)
    # Nobody sells a part of a carton.
    whole = CONTEXT.divide(now.quantity, factor).quantize(_WHOLE, ROUND_CEILING, CONTEXT)
    return attrs.evolve(draft, quantity=whole)


def _besides(standing: LineDraft, before: Item, now: Item) -> LineDraft:
    """What rules want more of something that is bought already, at the price of the day."""
    missing = CONTEXT.subtract(now.quantity, before.quantity)
    return attrs.evolve(standing, quantity=missing, unit=now.unit, unit_price=None)


def _with_effects(draft: LineDraft, effects: Sequence[ItemEffect]) -> LineDraft:
    changes = [each.change for each in effects]
    off = tuple(each for each in changes if isinstance(each, Discount))
    on = tuple(each for each in changes if not isinstance(each, Discount))
    if not changes:
        return draft
    return attrs.evolve(draft, discounts=(*draft.discounts, *off), charges=(*draft.charges, *on))
