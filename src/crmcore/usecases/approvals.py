"""Which approvals a quote needs, by the policy of the settings, and who may give them."""

from functools import lru_cache
from uuid import UUID

import attrs

from crmcore.contacts import Activity, Person, require
from crmcore.errors import WrongType
from crmcore.grammar.registry import Registry
from crmcore.sales import ApprovalNeed, ApprovalPolicy, Quote
from crmcore.sales.quotes import QUOTE_FIGURES, Approver, approver
from crmcore.usecases.gathering import References
from crmcore.usecases.work import Desk, Work


@attrs.frozen(eq=False)
class _Ready:
    """A policy made ready for quotes in a store."""

    approver: Approver
    references: References


@lru_cache(maxsize=32)
def _ready(policy: ApprovalPolicy, registry: Registry) -> _Ready:
    made = approver(policy, registry)
    conditions = [rule.when for rule in policy.rules]
    return _Ready(made, References.of(conditions, QUOTE_FIGURES, registry))


def need_of(work: Work, desk: Desk, quote: Quote) -> ApprovalNeed:
    """Which approvals the quote needs as it stands.

    Raises:
        NotValid: the policy of the settings asks for fields that quotes do not have.
    """
    ready = _ready(desk.settings.approval, work.registry)
    return ready.approver.need(quote, ready.references.look(work, [quote]))


def employee(work: Work, id: UUID) -> Person:
    """Somebody who works here, is not on leave, and is that at the commit.

    Raises:
        EntityNotFound: there is no such contact.
        ActivityNotAllowed: it is no employee, or one who is not at work.
    """
    found = work.get(Person, id)
    if not isinstance(found, Person):
        raise WrongType("by", "the id of a person", type(found).__name__)
    require(found, Activity.APPROVE)
    work.guard(found)
    return found
