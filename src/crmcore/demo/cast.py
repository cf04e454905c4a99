"""Who takes part in the sample: people who work here in their teams, products, and accounts.

Accounts appear when their first interest does; what they do then is in ``dealing``, ``billing`` and
``answering``.
"""

from collections.abc import Sequence
from itertools import count
from random import Random
from typing import TypeVar
from uuid import UUID

import attrs

from crmcore import Money, PostalAddress, Product, Role, Transaction, VatCategory
from crmcore.demo import names
from crmcore.demo.diary import Diary

T = TypeVar("T")

TEAMS = (("Vertrieb Nord", "North"), ("Vertrieb Süd", "South"), ("International", "International"))
"""The sales teams with their regions."""

SELLERS_PER_TEAM = 3
SUPPLIERS = ("Gießerei Eisenloh", "Dichtwerk Ahorn GmbH", "Copperfold Motors Ltd")
_COMPANY_MAIL = "auenthal-pumpen.example"


@attrs.frozen
class Seller:
    """Somebody who sells, with how much better than the others, in points of a hundred."""

    id: UUID
    skill: int


@attrs.define
class Account:
    """Somebody who may buy, and what the sample remembers of them.

    Attributes:
        id: The contact.
        people: Whom to talk to.
        team: The number of the team that looks after it.
        vat: How sales to it are taxed.
        habit: How it pays.
        open_deals: How many deals are running.
        is_customer: Whether it has ever ordered.
    """

    id: UUID
    people: list[UUID]
    team: int
    vat: VatCategory
    habit: str
    open_deals: int = 0
    is_customer: bool = False


@attrs.define
class Cast:
    """Everybody and everything at hand.

    Attributes:
        diary: Where everything is noted, and commands go.
        chance: The only source of chance.
        sellers: Who sells, by the number of the team.
        agents: Who answers tickets.
        products: What is sold, in the order of the price list.
        accounts: Who has shown interest so far.
    """

    diary: Diary
    chance: Random
    sellers: list[list[Seller]] = attrs.field(factory=list[list[Seller]])
    agents: list[UUID] = attrs.field(factory=list[UUID])
    products: list[Product] = attrs.field(factory=list[Product])
    accounts: list[Account] = attrs.field(factory=list[Account])
    _numbers: "count[int]" = attrs.field(factory=count)

    @property
    def tx(self) -> Transaction:
        """Where commands go."""
        return self.diary.tx

    def percent(self, wanted: float) -> bool:
        """True in so many of a hundred cases."""
        return self.chance.random() * 100 < wanted

    def next_name(self) -> tuple[str, str]:
        """A first and a last name that nobody got before, as long as there are any."""
        number = next(self._numbers)
        rounds, place = divmod(number * 7, len(names.GIVEN))
        return names.GIVEN[place], names.FAMILY[(number + rounds) % len(names.FAMILY)]


def hire(cast: Cast) -> None:
    """The teams exist with their people; the suppliers and the products, too."""
    for number, (name, region) in enumerate(TEAMS):
        boss = _employed(cast, "head of sales")
        team = cast.tx.teams.form(name=name, region=region, manager=boss)
        staff = [_employed(cast, "sales") for _ in range(SELLERS_PER_TEAM)]
        agent = _employed(cast, "support")
        for member in (boss, *staff, agent):
            cast.tx.teams.join(member, team.id)
        skills = (12 - 4 * number, 0, -9)
        cast.sellers.append([Seller(id, skill) for id, skill in zip(staff, skills, strict=True)])
        cast.agents.append(agent)
    for name in SUPPLIERS:
        supplier = cast.tx.contacts.add_organization(name=name, sector="supplies")
        cast.tx.contacts.begin_role(supplier.id, Role.SUPPLIER)
    for each in names.ARTICLES:
        product = cast.tx.catalog.add_product(
            sku=each.sku,
            name=each.name,
            series=each.series,
            unit=each.unit,
            list_price=Money(each.price, "EUR"),
        )
        cast.products.append(product)


def appear(cast: Cast) -> Account:
    """A new account: mostly a firm with one or two people, now and then a person alone."""
    market = _weighted(cast.chance, names.MARKETS, (30, 30, 10, 8, 15, 7))
    town = cast.chance.choice(market.towns)
    address = PostalAddress(city=town, country=market.country)
    habit = _weighted(cast.chance, ("prompt", "late", "in parts", "too much"), (62, 24, 9, 5))
    if cast.percent(5):
        person = _private(cast, address)
        vat = VatCategory.S if market.vat is VatCategory.K else market.vat
        return _known(cast, Account(person, [person], market.team, vat, habit))
    trade = cast.chance.choice(names.TRADES)
    pattern = cast.chance.choice(trade.german if market.is_german else trade.english)
    name = pattern.format(town)
    firm = cast.tx.contacts.add_organization(
        name=name,
        sector=trade.sector,
        address=address,
        employees=round(8 * 2 ** (cast.chance.random() * 7)),
        founded=cast.chance.randint(1890, 2020),
        vat_id=_vat_id(market, len(cast.accounts)),
    )
    people = [_person_at(cast, firm.id, f"firm{len(cast.accounts)}", market)]
    if cast.percent(45):
        people.append(_person_at(cast, firm.id, f"firm{len(cast.accounts)}", market))
    return _known(cast, Account(firm.id, people, market.team, market.vat, habit))


def _known(cast: Cast, account: Account) -> Account:
    cast.accounts.append(account)
    return account


def _employed(cast: Cast, position: str) -> UUID:
    given, family = cast.next_name()
    person = cast.tx.contacts.add_person(
        given_name=given,
        family_name=family,
        position=position,
        email=_mailbox(given, family, _COMPANY_MAIL),
    )
    cast.tx.contacts.begin_role(person.id, Role.EMPLOYEE)
    return person.id


def _person_at(cast: Cast, firm: UUID, host: str, market: names.Market) -> UUID:
    given, family = cast.next_name()
    can_be_mailed, can_be_called = cast.percent(85), cast.percent(50)
    person = cast.tx.contacts.add_person(
        given_name=given,
        family_name=family,
        position=cast.chance.choice(names.POSITIONS),
        employer=firm,
        email=_mailbox(given, family, f"{host}.example") if can_be_mailed else None,
        phone=_phone(cast.chance, market) if can_be_called else None,
        address=PostalAddress(country=market.country),
    )
    return person.id


def _private(cast: Cast, address: PostalAddress) -> UUID:
    given, family = cast.next_name()
    person = cast.tx.contacts.add_person(
        given_name=given,
        family_name=family,
        email=_mailbox(given, family, "post.example"),
        address=address,
    )
    return person.id


def _mailbox(given: str, family: str, host: str) -> str:
    plain = f"{given}.{family}".lower()
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(letter, written)
    return f"{plain}@{host}"


def _phone(chance: Random, market: names.Market) -> str:
    # Ranges that the regulators keep free for stories: Berlin 23125, London 7946 0.
    if market.is_german:
        return f"+49 30 23125 {chance.randint(0, 999):03}"
    return f"+44 20 7946 0{chance.randint(0, 999):03}"


def _vat_id(market: names.Market, number: int) -> str | None:
    # So many zeros are in no real number; in Germany the check digit might hit one all the same.
    pattern = {"AT": "ATU0000{:04}", "NL": "NL00000{:04}B00"}.get(market.country)
    return None if pattern is None else pattern.format(number)


def _weighted(chance: Random, items: Sequence[T], weights: Sequence[int]) -> T:
    return chance.choices(items, weights)[0]
