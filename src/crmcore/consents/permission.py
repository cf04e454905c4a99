"""Whether a contact may be written to or called, at any instant, and what that rests on.

Computed from the record of consents alone, so that what was sent last year can be judged today.
"""

import html
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from crmcore.consents.model import (
    GRANTED_STATES,
    LASTING,
    Consent,
    ConsentChannel,
    ConsentState,
    WithdrawalReason,
)
from crmcore.errors import InvalidValue
from crmcore.values import instant

_CLOCK = "%Y-%m-%d %H:%M UTC"


@attrs.frozen(kw_only=True)
class Permission:
    """The answer to whether something may be sent; true when it may.

    Attributes:
        allowed: Whether it may.
        channel: By which way.
        purpose: What for.
        as_of: At which instant.
        why: The reason, in a plain sentence.
        consent: The consent that was looked at; None when there was none.
        state: How it stood at that instant.
        evidence: What it rests on.
        confirmation: What was done to confirm it.
    """

    allowed: bool
    channel: ConsentChannel
    purpose: str
    as_of: datetime
    why: str
    consent: UUID | None = None
    state: ConsentState | None = None
    evidence: str | None = attrs.field(default=None, repr=False)
    confirmation: str | None = attrs.field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.allowed

    def explain(self) -> str:
        """The answer with its reason and its proof, line by line."""
        return "\n".join(": ".join(row) for row in self._rows())

    def _rows(self) -> list[tuple[str, str]]:
        about = f"{self.channel} for {self.purpose} at {self.as_of.strftime(_CLOCK)}"
        rows = [(about, "allowed" if self.allowed else "not allowed"), ("because", self.why)]
        if self.evidence is not None:
            rows.append(("rests on", self.evidence))
        if self.confirmation is not None:
            rows.append(("confirmed by", self.confirmation))
        return rows

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>"
            for name, text in self._rows()
        )
        return f"<table>{rows}</table>"


def state_at(consent: Consent, as_of: datetime) -> ConsentState | None:
    """How a consent stood at an instant; None before it was heard of."""
    if as_of < consent.begun_at:
        return None
    if consent.ended_at is not None and consent.ended_at <= as_of:
        return consent.state
    if consent.granted_at is not None and consent.granted_at <= as_of:
        return ConsentState.CONFIRMED if consent.double_opt_in else ConsentState.GIVEN
    return ConsentState.REQUESTED


def may(
    consents: Iterable[Consent], channel: ConsentChannel, purpose: str, as_of: datetime
) -> Permission:
    """Whether a contact may be written to or called for a purpose, and why.

    Args:
        consents: The consents of one contact; those of other channels and purposes do no harm.
        channel: By which way.
        purpose: What for.
        as_of: At which instant; what happened after it counts for nothing.

    Raises:
        InvalidValue: they are the consents of several contacts.
    """
    as_of = instant(as_of, "as_of")
    all_of_them = tuple(consents)
    if len({consent.contact for consent in all_of_them}) > 1:
        raise InvalidValue("consents", "are those of several contacts")
    about = [each for each in all_of_them if (each.channel, each.purpose) == (channel, purpose)]
    known = [(state, each) for each in about if (state := state_at(each, as_of)) is not None]
    if not known:
        why = "the contact was never asked"
        return Permission(allowed=False, channel=channel, purpose=purpose, as_of=as_of, why=why)
    state, consent = max(known, key=lambda pair: (pair[0] in GRANTED_STATES, _place(pair[1])))
    return Permission(
        allowed=state in GRANTED_STATES,
        channel=channel,
        purpose=purpose,
        as_of=as_of,
        why=_why(consent, state, as_of),
        consent=consent.id,
        state=state,
        evidence=consent.evidence,
        confirmation=consent.confirmation if state in GRANTED_STATES else None,
    )


def last_no(earlier: Sequence[Consent]) -> Consent | None:
    """The refusal or withdrawal that stands as the contact's will; None when there is none.

    A request that nobody answered says nothing, and neither does a mail that did not arrive. What
    was agreed to before the no was said does not lift it, whatever was heard of first.
    """
    said = [each for each in earlier if _is_no(each)]
    if not said:
        return None
    last = max(said, key=lambda each: (_settled(each), _place(each)))
    return None if _is_lifted(last, earlier) else last


def unanswered(earlier: Sequence[Consent]) -> Consent | None:
    """The last request that ended without an answer, if the contact agreed to nothing since."""
    asked = [each for each in earlier if _is_silence(each)]
    last = max(asked, key=_place, default=None)
    return None if last is None or _is_lifted(last, earlier) else last


def _is_no(consent: Consent) -> bool:
    return consent.state is ConsentState.REFUSED or consent.withdrawal in LASTING


def _is_silence(consent: Consent) -> bool:
    return not consent.is_open and consent.granted_at is None and not _is_no(consent)


def _is_lifted(ended: Consent, earlier: Sequence[Consent]) -> bool:
    """Whether the contact agreed after the last word on a consent that is over."""
    settled = _settled(ended)
    return any(
        each.granted_at is not None and each.granted_at >= settled and _place(each) > _place(ended)
        for each in earlier
    )


def _settled(consent: Consent) -> datetime:
    return consent.begun_at if consent.settled_at is None else consent.settled_at


def _place(consent: Consent) -> tuple[datetime, UUID]:
    return consent.begun_at, consent.id


def _why(consent: Consent, state: ConsentState, as_of: datetime) -> str:
    reason, ended = _withdrawn(consent, as_of)
    told = {
        ConsentState.REQUESTED: ("asked", consent.requested_at, "not answered yet"),
        ConsentState.GIVEN: ("given", consent.granted_at, f"by {consent.source}"),
        ConsentState.CONFIRMED: ("confirmed", consent.granted_at, "by double opt-in"),
        ConsentState.REFUSED: ("refused", consent.ended_at, ""),
        ConsentState.EXPIRED: ("expired", consent.ended_at, "without an answer"),
        ConsentState.WITHDRAWN: ("withdrawn", ended, f"{reason}"),
    }
    what, when, more = told[state]
    moment = "" if when is None else f" {when.strftime(_CLOCK)}"
    return f"{what}{moment}, {more}".rstrip(", ")


def _withdrawn(
    consent: Consent, as_of: datetime
) -> tuple[WithdrawalReason | None, datetime | None]:
    """Why and when a consent was withdrawn, as far as that was said at an instant."""
    if consent.said_at is not None and as_of < consent.said_at:
        return WithdrawalReason.BOUNCED, consent.ended_at
    return consent.withdrawal, consent.settled_at
