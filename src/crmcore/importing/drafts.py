"""What a plan will add, one class per subject: checked beforehand, compared, carried out.

References between drafts are keys, because ids are given only when the plan is applied: the external
id of what will be added, or the id of what exists, as text.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import ClassVar
from uuid import UUID

import attrs

from crmcore.catalog import Product
from crmcore.catalog import add_product as product_added
from crmcore.contacts import Organization, Person, Role
from crmcore.contacts import add_organization as organization_added
from crmcore.contacts import add_person as person_added
from crmcore.grammar.change import Entity
from crmcore.importing.decision import Subject
from crmcore.opportunities import LostReason, Opportunity, OpportunityStatus, Pipeline, lose, win
from crmcore.opportunities import open_opportunity as opportunity_opened
from crmcore.teams import Team
from crmcore.teams import form as team_formed
from crmcore.usecases import Transaction
from crmcore.values import Money, PostalAddress

Ids = Mapping[str, UUID]
"""The id of everything that has a key and exists by now."""

_OWN, _OTHER = UUID(int=1), UUID(int=2)
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def _differing(pairs: Iterable[tuple[str, object, object]]) -> Iterator[str]:
    # An empty cell says nothing, so nothing can differ from it.
    return (name for name, stored, said in pairs if said is not None and stored != said)


def _known(key: str | None, ids: Ids) -> UUID | None:
    # What is still to be added is nothing the store can refer to already.
    return None if key is None else ids.get(key, _OTHER)


def _sample_id(key: str | None) -> UUID | None:
    return None if key is None else _OTHER


@attrs.frozen(kw_only=True)
class OrganizationDraft:
    """An organization to be added; ``parent`` is a key."""

    subject: ClassVar[Subject] = Subject.ORGANIZATION
    key: str
    at: datetime | None
    name: str
    sector: str | None = None
    founded: int | None = None
    annual_revenue: Money | None = None
    employees: int | None = None
    country: str | None = None
    parent: str | None = None

    @property
    def address(self) -> PostalAddress | None:
        """The address, of which no more than the country is known."""
        return None if self.country is None else PostalAddress(country=self.country)

    def sample(self) -> Entity:
        """The organization with ids made up, to be checked.

        Raises:
            NotValid: when it cannot be.
        """
        at = self.at or _SOME_TIME
        return organization_added(
            _OWN,
            name=self.name,
            sector=self.sector,
            founded=self.founded,
            annual_revenue=self.annual_revenue,
            employees=self.employees,
            address=self.address,
            parent=_sample_id(self.parent),
            external_id=self.key,
            at=at,
        ).entity

    def differences(self, stored: Entity, ids: Ids) -> Iterator[str]:
        """The names of what is otherwise in the store."""
        if not isinstance(stored, Organization):
            return iter(("kind",))
        country = stored.address.country if stored.address is not None else None
        return _differing(
            (
                ("name", stored.name, self.name),
                ("sector", stored.sector, self.sector),
                ("founded", stored.founded, self.founded),
                ("annual_revenue", stored.annual_revenue, self.annual_revenue),
                ("employees", stored.employees, self.employees),
                ("country", country, self.country),
                ("parent", stored.parent, _known(self.parent, ids)),
            )
        )

    def carry_out(self, tx: Transaction, ids: Ids) -> UUID:
        """Add it."""
        return tx.contacts.add_organization(
            name=self.name,
            sector=self.sector,
            founded=self.founded,
            annual_revenue=self.annual_revenue,
            employees=self.employees,
            address=self.address,
            parent=None if self.parent is None else ids[self.parent],
            external_id=self.key,
            at=self.at,
        ).id


@attrs.frozen(kw_only=True)
class ProductDraft:
    """A product to be added; its name is its article number too."""

    subject: ClassVar[Subject] = Subject.PRODUCT
    key: str
    at: datetime | None
    name: str
    series: str | None = None
    list_price: Money | None = None

    def sample(self) -> Entity:
        """The product with an id made up, to be checked.

        Raises:
            NotValid: when it cannot be.
        """
        return product_added(
            _OWN,
            sku=self.name,
            name=self.name,
            series=self.series,
            list_price=self.list_price,
            external_id=self.key,
            at=self.at or _SOME_TIME,
        ).entity

    def differences(self, stored: Entity, _ids: Ids) -> Iterator[str]:
        """The names of what is otherwise in the store."""
        if not isinstance(stored, Product):
            return iter(("kind",))
        return _differing(
            (
                ("name", stored.name, self.name),
                ("series", stored.series, self.series),
                ("list_price", stored.list_price, self.list_price),
            )
        )

    def carry_out(self, tx: Transaction, _ids: Ids) -> UUID:
        """Add it."""
        return tx.catalog.add_product(
            sku=self.name,
            name=self.name,
            series=self.series,
            list_price=self.list_price,
            external_id=self.key,
            at=self.at,
        ).id


@attrs.frozen(kw_only=True)
class PersonDraft:
    """A person to be added, who works here; ``team``, a key, is joined when it has been formed."""

    subject: ClassVar[Subject] = Subject.PERSON
    key: str
    at: datetime | None
    given_name: str
    family_name: str
    team: str | None = None

    def sample(self) -> Entity:
        """The person with an id made up, to be checked.

        Raises:
            NotValid: when they cannot be.
        """
        return person_added(
            _OWN,
            given_name=self.given_name,
            family_name=self.family_name,
            external_id=self.key,
            at=self.at or _SOME_TIME,
        ).entity

    def differences(self, stored: Entity, ids: Ids) -> Iterator[str]:
        """The names of what is otherwise in the store."""
        if not isinstance(stored, Person):
            return iter(("kind",))
        return _differing(
            (
                ("given_name", stored.given_name, self.given_name),
                ("family_name", stored.family_name, self.family_name),
                ("role", stored.holds(Role.EMPLOYEE), True),
                ("team", stored.team, _known(self.team, ids)),
            )
        )

    def carry_out(self, tx: Transaction, _ids: Ids) -> UUID:
        """Add them as an employee."""
        person = tx.contacts.add_person(
            given_name=self.given_name,
            family_name=self.family_name,
            external_id=self.key,
            at=self.at,
        )
        return tx.contacts.begin_role(person.id, Role.EMPLOYEE, at=self.at).id


@attrs.frozen(kw_only=True)
class TeamDraft:
    """A team to be formed; ``manager`` is a key."""

    subject: ClassVar[Subject] = Subject.TEAM
    key: str
    at: datetime | None
    name: str
    region: str | None = None
    manager: str

    def sample(self) -> Entity:
        """The team with ids made up, to be checked.

        Raises:
            NotValid: when it cannot be.
        """
        return team_formed(
            _OWN,
            name=self.name,
            region=self.region,
            manager=_OTHER,
            external_id=self.key,
            at=self.at or _SOME_TIME,
        ).entity

    def differences(self, stored: Entity, ids: Ids) -> Iterator[str]:
        """The names of what is otherwise in the store."""
        if not isinstance(stored, Team):
            return iter(("kind",))
        return _differing(
            (
                ("region", stored.region, self.region),
                ("manager", stored.manager, _known(self.manager, ids)),
            )
        )

    def carry_out(self, tx: Transaction, ids: Ids) -> UUID:
        """Form it, still without members."""
        return tx.teams.form(
            name=self.name,
            region=self.region,
            manager=ids[self.manager],
            external_id=self.key,
            at=self.at,
        ).id


@attrs.frozen(kw_only=True)
class OpportunityDraft:
    """A deal to be opened and, unless its outcome is OPEN, closed; who and what it names are keys."""

    subject: ClassVar[Subject] = Subject.OPPORTUNITY
    key: str
    at: datetime | None
    title: str
    account: str | None = None
    owner: str
    product: str
    pipeline: Pipeline
    stage: str
    outcome: OpportunityStatus = OpportunityStatus.OPEN
    amount: Money | None = None
    engaged_on: date | None = None
    expected_close_on: date | None = None
    closed_on: date | None = None

    @property
    def closed_at(self) -> datetime | None:
        """When it is closed: the first moment of that day."""
        return None if self.closed_on is None else midnight(self.closed_on)

    @property
    def _amount_open(self) -> Money | None:
        return None if self.outcome is OpportunityStatus.WON else self.amount

    def sample(self) -> Entity:
        """The deal with ids made up, to be checked.

        Raises:
            NotValid: when it cannot be.
        """
        deal = opportunity_opened(
            _OWN,
            title=self.title,
            account=_sample_id(self.account),
            pipeline=self.pipeline,
            stage=self.stage,
            amount=self._amount_open,
            owner=_OTHER,
            product=_OTHER,
            expected_close_on=self.expected_close_on,
            engaged_on=self.engaged_on,
            external_id=self.key,
            at=self.at or _SOME_TIME,
        ).entity
        if self.closed_at is None:
            return deal
        if self.outcome is OpportunityStatus.WON:
            return win(deal, self.closed_at, self.amount, self.closed_on).entity
        return lose(deal, LostReason.NOT_RECORDED, self.closed_at, on=self.closed_on).entity

    def differences(self, stored: Entity, ids: Ids) -> Iterator[str]:
        """The names of what is otherwise in the store."""
        if not isinstance(stored, Opportunity):
            return iter(("kind",))
        return _differing(
            (
                ("account", stored.account, _known(self.account, ids)),
                ("owner", stored.owner, _known(self.owner, ids)),
                ("product", stored.product, _known(self.product, ids)),
                ("status", stored.status, self.outcome),
                ("stage", stored.stage, self.stage),
                ("amount", stored.amount, self.amount),
                ("engaged_on", stored.engaged_on, self.engaged_on),
                ("expected_close_on", stored.expected_close_on, self.expected_close_on),
                ("closed_on", stored.closed_on, self.closed_on),
            )
        )

    def carry_out(self, tx: Transaction, ids: Ids) -> UUID:
        """Open it, and close it on its day."""
        deal = tx.opportunities.open(
            title=self.title,
            account=None if self.account is None else ids[self.account],
            pipeline=self.pipeline.key,
            stage=self.stage,
            amount=self._amount_open,
            owner=ids[self.owner],
            product=ids[self.product],
            expected_close_on=self.expected_close_on,
            engaged_on=self.engaged_on,
            external_id=self.key,
            at=self.at,
        )
        if self.outcome is OpportunityStatus.WON:
            tx.opportunities.win(deal.id, amount=self.amount, on=self.closed_on, at=self.closed_at)
        elif self.outcome is OpportunityStatus.LOST:
            tx.opportunities.lose(
                deal.id, reason=LostReason.NOT_RECORDED, on=self.closed_on, at=self.closed_at
            )
        return deal.id


Draft = OrganizationDraft | ProductDraft | PersonDraft | TeamDraft | OpportunityDraft
"""Anything that a plan adds."""


def midnight(day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
