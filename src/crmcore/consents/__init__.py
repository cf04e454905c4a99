"""The consents room: what contacts agreed to be sent, by which channel and for which purpose.

Built on contacts. Whether something is sent is decided elsewhere, by asking `may` right before it is.
"""

from crmcore.consents.events import (
    EVENTS,
    ConsentConfirmed,
    ConsentExpired,
    ConsentGiven,
    ConsentRefused,
    ConsentRequested,
    ConsentWithdrawn,
)
from crmcore.consents.invariants import INVARIANTS
from crmcore.consents.lifecycle import CONSENT_LIFECYCLE, ConsentFacts
from crmcore.consents.model import (
    CONSENT,
    GRANTED_STATES,
    LASTING,
    OPEN_STATES,
    Consent,
    ConsentChannel,
    ConsentDraft,
    ConsentId,
    ConsentState,
    WithdrawalReason,
)
from crmcore.consents.permission import Permission, last_no, may, state_at, unanswered
from crmcore.consents.verbs import begin, confirm, expire, give, refuse, request, withdraw

__all__ = [
    "CONSENT",
    "CONSENT_LIFECYCLE",
    "EVENTS",
    "GRANTED_STATES",
    "INVARIANTS",
    "LASTING",
    "OPEN_STATES",
    "Consent",
    "ConsentChannel",
    "ConsentConfirmed",
    "ConsentDraft",
    "ConsentExpired",
    "ConsentFacts",
    "ConsentGiven",
    "ConsentId",
    "ConsentRefused",
    "ConsentRequested",
    "ConsentState",
    "ConsentWithdrawn",
    "Permission",
    "WithdrawalReason",
    "begin",
    "confirm",
    "expire",
    "give",
    "last_no",
    "may",
    "refuse",
    "request",
    "state_at",
    "unanswered",
    "withdraw",
]
