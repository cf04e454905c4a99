"""Teams: who works together, led by whom, and where.

Who is in a team, and since when, is kept on the persons (`crmcore.contacts.TeamMembership`).
"""

from enum import StrEnum
from typing import Annotated

import attrs

from crmcore.contacts import ContactId
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Text


class TeamStatus(StrEnum):
    """Whether there still is such a team."""

    ACTIVE = "active"
    DISSOLVED = "dissolved"


@attrs.frozen(kw_only=True, repr=False)
class Team(Entity):
    """A group of employees.

    Attributes:
        name: How it is called.
        region: Where it works.
        manager: Who leads it.
        status: Whether it still exists.
        external_id: The id in the system it came from.
    """

    name: Annotated[str, Text(min=1, max=200, searchable=True)]
    region: Annotated[str, Text(max=100)] | None = None
    manager: ContactId | None = None
    status: TeamStatus = TeamStatus.ACTIVE
    external_id: Annotated[str, Text(max=255)] | None = None


TEAM = EntityType(name="team", cls=Team, unique=(("external_id",),))
"""Teams as a store keeps them."""
