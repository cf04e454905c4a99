"""``sales_teams.csv``: each row is an employee; the managers are employees too, and lead the teams.

There is one team for each manager and region. Who joins which is returned beside the people, because
they join when both are there.
"""

import attrs

from crmcore.contacts import full_name
from crmcore.importing.cells import Cells
from crmcore.importing.decision import Subject, shown
from crmcore.importing.drafts import PersonDraft, TeamDraft
from crmcore.importing.lookup import Lookup, Understood, one_spelling
from crmcore.importing.matching import Names
from crmcore.importing.planning import Named, Planning, place_of
from crmcore.importing.reading import Row, Table

FILE = "sales_teams.csv"
COLUMNS = ("sales_agent", "manager", "regional_office")


@attrs.frozen
class Membership:
    """Somebody new who will join a team; both are keys."""

    member: str
    team: str


@attrs.frozen
class _TeamOf:
    """A team by what makes it one: who leads it, and where it works."""

    manager: str
    region: str | None


@attrs.define(eq=False)
class _Staff:
    planning: Planning
    agents: dict[str, Named] = attrs.field(factory=dict[str, Named])
    teams: dict[str, _TeamOf] = attrs.field(factory=dict[str, _TeamOf])
    refused: dict[str, str] = attrs.field(factory=dict[str, str])
    people: dict[str, str | None] = attrs.field(factory=dict[str, str | None])

    def read(self, table: Table) -> None:
        """Afterwards every row is among the agents, or refused."""
        # Agents come first: a manager who sells is the agent of that name.
        names = [row.value(column) for column in COLUMNS[:2] for row in table.rows]
        managers = one_spelling("manager", "person", filter(None, names))
        offices = (row.value("regional_office") for row in table.rows)
        regions = one_spelling("regional_office", "region", filter(None, offices))
        written = Names()
        for row in table.rows:
            self._read(row, managers, regions, written)
        self.planning.count_aliases(managers, regions)

    def settle(self) -> tuple[Membership, ...]:
        """Decide on everybody and every team; the result is who joins which."""
        for agent, named in self.agents.items():
            self.people[agent] = self._person(named, agent, self.teams.get(agent))
        formed: dict[_TeamOf, str | None] = {}
        for agent, team in self.teams.items():
            row = self.agents[agent].row
            if team.manager not in self.people:
                key = self.planning.terms.key("person", team.manager)
                named = Named(row=row, column="manager", subject=Subject.PERSON, key=key)
                self.people[team.manager] = self._person(named, team.manager, None)
            if team not in formed:
                formed[team] = self._team(row, team)
        joins = ((self.people[agent], formed[team]) for agent, team in self.teams.items())
        known = self.planning.existing.by_id
        return tuple(
            Membership(member, team)
            for member, team in joins
            if member is not None and team is not None and member not in known
        )

    def lookup(self) -> Lookup:
        """What the names of agents mean in other files."""
        names = Names(self.planning.existing.names[Subject.PERSON].pairs())
        for name, key in self.people.items():
            if key is not None:
                names.add(name, key)
            elif name in self.agents:
                self.refused[name] = place_of(self.agents[name].row)
        return Lookup("sales_agent", "employee", names, self.refused)

    def _read(self, row: Row, managers: Lookup, regions: Lookup, written: Names) -> None:
        cells, understood = Cells(row), Understood()
        name = cells.needed("sales_agent")
        named = Named(
            row=row,
            column="sales_agent",
            subject=Subject.PERSON,
            key=self.planning.terms.key("person", name),
            understood=understood,
        )
        if name in self.agents:
            place = place_of(self.agents[name].row)
            cells.faults.append(f"sales_agent: is there already ({place})")
        if cells.faults:
            self.planning.refuse(named, *cells.faults)
            self.refused.setdefault(name, place_of(row))
            return
        like = written.find(name, similar=False)
        if like is not None:
            understood.doubts.append(f"sales_agent: written much like {shown(like.name)}")
        written.add(name, name)
        self.agents[name] = named
        manager, region = row.value("manager"), row.value("regional_office")
        led = None if manager is None else understood.name(managers, manager)
        where = None if region is None else understood.name(regions, region)
        if led is None:
            understood.doubts.append("manager: is missing; in no team")
        else:
            self.teams[name] = _TeamOf(led.name, None if where is None else where.name)

    def _person(self, named: Named, name: str, team: _TeamOf | None) -> str | None:
        given, _, family = name.rpartition(" ")
        draft = PersonDraft(
            key=named.key,
            at=self.planning.start,
            given_name=given.strip(),
            family_name=family,
            team=None if team is None else self._identity(team),
        )
        return self.planning.settle(named, draft, full_name(draft.given_name, family))

    def _identity(self, team: _TeamOf) -> str:
        key = self._key(team)
        stored, _ = self.planning.existing.find(Subject.TEAM, key, self._name(team))
        return key if stored is None else str(stored.id)

    def _team(self, row: Row, team: _TeamOf) -> str | None:
        named = Named(row=row, column="regional_office", subject=Subject.TEAM, key=self._key(team))
        manager = self.people[team.manager]
        if manager is None:
            self.planning.refuse(named, f"manager: {shown(team.manager)} was refused")
            return None
        draft = TeamDraft(
            key=named.key,
            at=self.planning.start,
            name=self._name(team),
            region=team.region,
            manager=manager,
        )
        return self.planning.settle(named, draft, draft.name)

    def _key(self, team: _TeamOf) -> str:
        return self.planning.terms.key("team", team.manager, team.region or "")

    def _name(self, team: _TeamOf) -> str:
        places = {other.region for other in self.teams.values() if other.manager == team.manager}
        return f"Team {team.manager}" + (f" ({team.region})" if len(places) > 1 else "")


def plan_staff(planning: Planning, table: Table) -> tuple[Lookup, tuple[Membership, ...]]:
    """Decide on everybody who sells, who leads them, and their teams.

    Returns:
        What the names of agents mean in other files, and who joins which team.
    """
    staff = _Staff(planning)
    staff.read(table)
    joins = staff.settle()
    return staff.lookup(), joins
