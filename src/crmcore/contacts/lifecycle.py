"""Which state of a role may follow which: one table per role, and what a role needs to begin.

The tables know the states of one role only; that a lead becomes a prospect is two moves, told by
the verbs. Every row can be taken: where one leads back from a closed state, beginning the role
again takes it; where none does, the role begins anew. Which moves are no one's choice, because they
follow from facts, `BY_COMMAND` says; which states are closed, `crmcore.contacts.model`.
"""

from collections.abc import Mapping
from uuid import UUID

import attrs

from crmcore.contacts.model import Role, RoleState
from crmcore.grammar.lifecycle import Guard, Lifecycle, move


@attrs.frozen(kw_only=True)
class RoleFacts:
    """What the guards of a role look at.

    Attributes:
        is_person: Whether the contact is a person.
        in_team: Whether the contact is in a team now.
        receivable: The receivable that makes a debtor, if there is one.
    """

    is_person: bool = False
    in_team: bool = False
    receivable: UUID | None = None


_PERSON = Guard[RoleFacts](
    "is_person", "only a person can be an employee", lambda facts: facts.is_person
)
_NO_TEAM = Guard[RoleFacts](
    "in_no_team", "the person is still in a team", lambda facts: not facts.in_team
)
_RECEIVABLE = Guard[RoleFacts](
    "receivable_exists",
    "a debtor begins with a receivable",
    lambda facts: facts.receivable is not None,
)

ENTRY_GUARDS: Mapping[Role, tuple[Guard[RoleFacts], ...]] = {
    Role.DEBTOR: (_RECEIVABLE,),
    Role.EMPLOYEE: (_PERSON,),
}
"""What must hold for a role to begin; roles that are not here begin freely."""

LEAD_ROLE = Lifecycle[RoleState, RoleFacts](
    name="contact role lead",
    states=(RoleState.ACTIVE, RoleState.CONVERTED, RoleState.DISQUALIFIED),
    initial={RoleState.ACTIVE},
    final={RoleState.CONVERTED, RoleState.DISQUALIFIED},
    moves=(
        move("convert", RoleState.ACTIVE, RoleState.CONVERTED),
        move("disqualify", RoleState.ACTIVE, RoleState.DISQUALIFIED),
    ),
)
"""Lead: ends as a prospect or customer, or turns out not to fit; may begin anew later."""

PROSPECT_ROLE = Lifecycle[RoleState, RoleFacts](
    name="contact role prospect",
    states=(RoleState.ACTIVE, RoleState.CONVERTED, RoleState.LAPSED),
    initial={RoleState.ACTIVE},
    final={RoleState.CONVERTED, RoleState.LAPSED},
    moves=(
        move("convert", RoleState.ACTIVE, RoleState.CONVERTED),
        move("lapse", RoleState.ACTIVE, RoleState.LAPSED),
        move("revive", RoleState.LAPSED, RoleState.ACTIVE),
    ),
)
"""Prospect (Interessent): becomes a customer, or loses interest and may find it again."""

CUSTOMER_ROLE = Lifecycle[RoleState, RoleFacts](
    name="contact role customer",
    states=(RoleState.ACTIVE, RoleState.FORMER),
    initial={RoleState.ACTIVE},
    final={RoleState.FORMER},
    moves=(
        move("lose", RoleState.ACTIVE, RoleState.FORMER),
        move("win_back", RoleState.FORMER, RoleState.ACTIVE),
    ),
)
"""Customer (Kunde): stays, or is lost and may be won back."""

DEBTOR_ROLE = Lifecycle[RoleState, RoleFacts](
    name="contact role debtor",
    states=(RoleState.ACTIVE, RoleState.SETTLED),
    initial={RoleState.ACTIVE},
    final={RoleState.SETTLED},
    moves=(
        move("settle", RoleState.ACTIVE, RoleState.SETTLED),
        move("owe", RoleState.SETTLED, RoleState.ACTIVE, _RECEIVABLE),
    ),
)
"""Debtor (Debitor): owes us money until all is settled, and again with the next receivable.

The way back needs a receivable as the way in does, so `begin_debtor` takes both.
"""

SUPPLIER_ROLE = Lifecycle[RoleState, RoleFacts](
    name="contact role supplier",
    states=(RoleState.ACTIVE, RoleState.BLOCKED, RoleState.ENDED),
    initial={RoleState.ACTIVE},
    final={RoleState.ENDED},
    moves=(
        move("block", RoleState.ACTIVE, RoleState.BLOCKED),
        move("unblock", RoleState.BLOCKED, RoleState.ACTIVE),
        move("end", (RoleState.ACTIVE, RoleState.BLOCKED), RoleState.ENDED),
    ),
)
"""Supplier (Lieferant): may be blocked for a while, until we buy there no more."""

EMPLOYEE_ROLE = Lifecycle[RoleState, RoleFacts](
    name="contact role employee",
    states=(RoleState.ACTIVE, RoleState.ON_LEAVE, RoleState.ENDED),
    initial={RoleState.ACTIVE},
    final={RoleState.ENDED},
    moves=(
        move("start_leave", RoleState.ACTIVE, RoleState.ON_LEAVE),
        move("end_leave", RoleState.ON_LEAVE, RoleState.ACTIVE),
        move("end", (RoleState.ACTIVE, RoleState.ON_LEAVE), RoleState.ENDED, _NO_TEAM),
    ),
)
"""Employee (Mitarbeiter): may be away for a while, until the employment ends."""

ROLE_LIFECYCLES: Mapping[Role, Lifecycle[RoleState, RoleFacts]] = {
    Role.LEAD: LEAD_ROLE,
    Role.PROSPECT: PROSPECT_ROLE,
    Role.CUSTOMER: CUSTOMER_ROLE,
    Role.DEBTOR: DEBTOR_ROLE,
    Role.SUPPLIER: SUPPLIER_ROLE,
    Role.EMPLOYEE: EMPLOYEE_ROLE,
}
"""The table of every role."""

BY_COMMAND: Mapping[tuple[Role, str], str] = {
    (Role.LEAD, "convert"): "crm.leads.convert",
    (Role.LEAD, "disqualify"): "crm.leads.disqualify",
    (Role.PROSPECT, "convert"): "crm.sales.accept",
    (Role.DEBTOR, "settle"): "crm.sales.pay",
    (Role.DEBTOR, "owe"): "crm.sales.issue",
}
"""The moves that follow from facts, and the command that makes each fact; none is taken by hand."""
