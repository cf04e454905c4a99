"""Which state of a consent may follow which. None leads back: agreeing again is a new consent."""

import attrs

from crmcore.consents.model import ConsentState
from crmcore.grammar.lifecycle import Guard, Lifecycle, move


@attrs.frozen(kw_only=True)
class ConsentFacts:
    """What the guards of a consent look at.

    Attributes:
        lifts: Whether the contact itself agreed, and knew of the question.
        is_due: Whether the answer was awaited for as long as it may take.
    """

    lifts: bool = False
    is_due: bool = False


_TOLD = Guard[ConsentFacts](
    "lifts",
    "a confirmation is awaited; say lifts=True if the contact itself agreed in another way",
    lambda facts: facts.lifts,
)
_DUE = Guard[ConsentFacts]("due", "the answer may still come", lambda facts: facts.is_due)

CONSENT_LIFECYCLE = Lifecycle[ConsentState, ConsentFacts](
    name="consent",
    states=ConsentState,
    initial={ConsentState.REQUESTED, ConsentState.GIVEN, ConsentState.REFUSED},
    final={ConsentState.REFUSED, ConsentState.EXPIRED, ConsentState.WITHDRAWN},
    moves=(
        move("confirm", ConsentState.REQUESTED, ConsentState.CONFIRMED),
        move("give", ConsentState.REQUESTED, ConsentState.GIVEN, _TOLD),
        move("refuse", ConsentState.REQUESTED, ConsentState.REFUSED),
        move("expire", ConsentState.REQUESTED, ConsentState.EXPIRED, _DUE),
        move(
            "withdraw",
            (ConsentState.REQUESTED, ConsentState.GIVEN, ConsentState.CONFIRMED),
            ConsentState.WITHDRAWN,
        ),
        move("withdraw", ConsentState.WITHDRAWN, ConsentState.WITHDRAWN),
    ),
)
"""A consent is requested and answered, or given at once, and may be withdrawn at any time."""
