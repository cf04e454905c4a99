"""Consents: what a contact agreed to, per channel and purpose, with the proof of it.

Who sends has to be able to show that there was a consent (GDPR Art. 7 (1)), and it is withdrawn as
easily as it was given (Art. 7 (3)). So a consent is never edited and never revived: whoever agrees
again makes a new one, and the old one stays as the proof of what was sent meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue, UnknownName, WrongType
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.grammar.naming import hyphenated, nearest, shortened
from crmcore.values import instant, optional_instant

ConsentId = Annotated[UUID, Ref("consent")]
"""The id of a consent."""


class ConsentChannel(StrEnum):
    """The way in which somebody is written to or called."""

    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    POST = "post"
    MESSENGER = "messenger"


class ConsentState(StrEnum):
    """How it stands with a consent.

    REQUESTED: asked for, and the answer is awaited (double opt-in). GIVEN: given at once, as on
    paper. CONFIRMED: the request was answered with yes. REFUSED: with no. EXPIRED: not at all.
    WITHDRAWN: it was given once.
    """

    REQUESTED = "requested"
    GIVEN = "given"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


GRANTED_STATES = frozenset({ConsentState.GIVEN, ConsentState.CONFIRMED})
"""The states in which the contact may be written to."""

OPEN_STATES = GRANTED_STATES | {ConsentState.REQUESTED}
"""The states of which a contact has at most one per channel and purpose."""


class WithdrawalReason(StrEnum):
    """Why a consent holds no more.

    UNSUBSCRIBED: the contact said so. BOUNCED: nothing arrives. COMPLAINT: the contact called it
    unwanted. MANUAL: one of us noted it. ERASED: the contact's data were erased.
    """

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINT = "complaint"
    MANUAL = "manual"
    ERASED = "erased"


LASTING = frozenset(WithdrawalReason) - {WithdrawalReason.BOUNCED}
"""The reasons that are somebody's will, so that only the contact itself lifts them."""


def _channel(value: ConsentChannel | str) -> ConsentChannel:
    known = {str(each.value): each for each in ConsentChannel}
    if str(value) not in known:
        raise UnknownName("channel", shortened(str(value)), nearest(str(value), known))
    return known[str(value)]


def _is_proof(_consent: object, field: "attrs.Attribute[str]", evidence: object) -> None:
    if not isinstance(evidence, str):
        raise WrongType(field.name, "str", type(evidence).__name__)
    if not evidence.strip():
        raise InvalidValue(field.name, "say what it rests on: what was shown and what was done")


@attrs.frozen(kw_only=True)
class ConsentDraft:
    """What a consent is to be about, and what it rests on.

    Attributes:
        channel: By which way; ``"email"`` will do.
        purpose: What for, as a key of your own, such as ``"newsletter"``.
        evidence: What was shown and ticked, in which version of the form, from where.
        reason: Why it is asked for.
        double_opt_in: Whether it holds only when it is confirmed.
        lifts: Whether the contact itself agreed, and knew what it had said before: then a consent
            without a second step lifts an earlier no, or a question that was not answered.
        external_id: The id in the system it comes from.
        attributes: The customer's own fields.
    """

    channel: ConsentChannel = attrs.field(converter=_channel)
    purpose: str = attrs.field(validator=hyphenated)
    evidence: str = attrs.field(validator=_is_proof, repr=False)
    reason: str | None = None
    double_opt_in: bool = True
    lifts: bool = False
    external_id: str | None = None
    attributes: Mapping[str, AttributeValue | None] | None = None


@attrs.frozen(kw_only=True, repr=False)
class Consent(Entity):
    """That a contact may be written to or called, or was asked whether; one line of the record.

    No secret is kept here: the link in a double opt-in mail is signed by whoever sends it.

    Attributes:
        contact: Whose consent it is.
        channel: By which way.
        purpose: What for.
        state: How it stands.
        double_opt_in: Whether it holds only when it is confirmed.
        requested_at: When it was asked for; None when it was given, or refused, at once.
        granted_at: When it was given or confirmed.
        ended_at: When it was refused, expired or withdrawn.
        withdrawal: Why it was withdrawn, the last word on it.
        said_at: When a will took the place of the bounce that had ended it; else None.
        source: Where it comes from: a web form, paper, an import.
        reason: Why it was asked for.
        evidence: What was shown and what was done when it was asked for or given.
        confirmation: What was done when it was confirmed.
        note: What the refusal or withdrawal rests on.
        external_id: The id in the system it came from.

    Raises:
        InvalidValue: times and state do not belong together, or the purpose is no key.
    """

    contact: ContactId
    channel: ConsentChannel
    purpose: Annotated[str, Text(min=1, max=64)] = attrs.field(validator=hyphenated)
    state: ConsentState
    double_opt_in: bool
    requested_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    granted_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    ended_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    withdrawal: WithdrawalReason | None = None
    said_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    source: Annotated[str, Text(min=1, max=100)]
    reason: Annotated[str, Text(max=500)] | None = None
    evidence: Annotated[str, Text(min=1, max=4000, lines=True)] = attrs.field(validator=_is_proof)
    confirmation: Annotated[str, Text(max=4000, lines=True)] | None = None
    note: Annotated[str, Text(max=4000, lines=True)] | None = None
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        state, times = self.state, (self.requested_at, self.granted_at, self.ended_at)
        needed = {
            "ended_at": (self.ended_at, state not in OPEN_STATES),
            "withdrawal": (self.withdrawal, state is ConsentState.WITHDRAWN),
        }
        for name, (value, is_needed) in needed.items():
            if (value is not None) is not is_needed:
                raise InvalidValue(name, f"does not belong to a consent that is {state}")
        if state in GRANTED_STATES and self.granted_at is None:
            raise InvalidValue("granted_at", f"is missing in a consent that is {state}")
        if state is not ConsentState.WITHDRAWN and state not in GRANTED_STATES and self.granted_at:
            raise InvalidValue("granted_at", f"does not belong to a consent that is {state}")
        if self.said_at is not None and self.withdrawal not in LASTING:
            raise InvalidValue("said_at", "belongs to a will that took the place of a bounce")
        known = [instant(time) for time in (*times, self.said_at) if time is not None]
        if not known or known != sorted(known):
            raise InvalidValue("ended_at", "what happens to a consent happens in order")

    @property
    def is_open(self) -> bool:
        """Whether it holds, or the answer is awaited."""
        return self.state in OPEN_STATES

    @property
    def settled_at(self) -> datetime | None:
        """When the last word on it was spoken: its end, or a will after that; None while open."""
        return self.ended_at if self.said_at is None else self.said_at

    @property
    def begun_at(self) -> datetime:
        """When it was first heard of."""
        return next(
            time for time in (self.requested_at, self.granted_at, self.ended_at) if time is not None
        )


def _label(consent: Consent) -> str:
    return f"{consent.channel} {consent.purpose}"


CONSENT = EntityType(name="consent", cls=Consent, unique=(("external_id",),), label=_label)
"""Consents as a store keeps them."""
