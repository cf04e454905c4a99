"""What can be done with consents: ask for one, give, confirm, refuse, let expire, withdraw.

The verbs that make one are told what there is already of the same contact, because a contact has at
most one open consent per channel and purpose, and only the contact itself lifts what it said last.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import attrs

from crmcore.consents.events import (
    ConsentConfirmed,
    ConsentExpired,
    ConsentGiven,
    ConsentRefused,
    ConsentRequested,
    ConsentWithdrawn,
)
from crmcore.consents.lifecycle import CONSENT_LIFECYCLE, ConsentFacts
from crmcore.consents.model import (
    GRANTED_STATES,
    LASTING,
    Consent,
    ConsentDraft,
    ConsentState,
    WithdrawalReason,
)
from crmcore.consents.permission import last_no, unanswered
from crmcore.errors import GuardRefused, InvalidValue
from crmcore.grammar.change import Change, changed
from crmcore.values import instant


def begin(
    id: UUID,
    draft: ConsentDraft,
    *,
    contact: UUID,
    source: str,
    at: datetime,
    earlier: Sequence[Consent] = (),
) -> Change[Consent]:
    """The consent is requested when it needs a double opt-in, else given."""
    verb = request if draft.double_opt_in else give
    return verb(id, draft, contact=contact, source=source, at=at, earlier=earlier)


def request(
    id: UUID,
    draft: ConsentDraft,
    *,
    contact: UUID,
    source: str,
    at: datetime,
    earlier: Sequence[Consent] = (),
) -> Change[Consent]:
    """The contact was asked, and the answer is awaited.

    Nothing changes while one is open: asked again, the contact has the same question before it. Who
    said no may be asked, because only its own confirmation lifts that.

    Args:
        id: The new identity.
        draft: What it is about and what it rests on.
        contact: Who was asked.
        source: Where it comes from.
        at: When.
        earlier: The consents of this contact so far.

    Raises:
        InvalidValue: it is told with a time before the end of an earlier one.
    """
    at, same = instant(at), _same(earlier, contact, draft)
    if (standing := _open(same)) is not None:
        return Change(standing)
    _in_order(same, at)
    double = attrs.evolve(draft, double_opt_in=True)
    consent = _made(id, double, ConsentState.REQUESTED, contact=contact, source=source, at=at)
    return Change(consent, (ConsentRequested(**_told(consent), at=at),))


def give(
    id: UUID,
    draft: ConsentDraft,
    *,
    contact: UUID,
    source: str,
    at: datetime,
    earlier: Sequence[Consent] = (),
) -> Change[Consent]:
    """The contact agreed at once, as on paper or in a talk.

    An open request is answered by it; nothing changes when the contact had agreed already. A no, and a
    request that was not answered, stand in its way whatever its source is called, unless the draft
    says that it lifts them. Arguments as for `request`.

    Raises:
        GuardRefused: the contact said no, or was asked to confirm and did not; the error has the id
            of that consent.
        InvalidValue: it is told with a time before the last word on an earlier one.
    """
    at, same = instant(at), _same(earlier, contact, draft)
    standing = _open(same)
    if standing is not None and standing.state in GRANTED_STATES:
        return Change(standing)
    if standing is not None:
        state = _after(standing, "give", ConsentFacts(lifts=draft.lifts))
        consent = changed(
            standing,
            at,
            state=state,
            granted_at=at,
            double_opt_in=False,
            confirmation=draft.evidence,
        )
    else:
        _in_order(same, at)
        if not draft.lifts:
            _heed(same)
        single = attrs.evolve(draft, double_opt_in=False)
        consent = _made(id, single, ConsentState.GIVEN, contact=contact, source=source, at=at)
    return Change(consent, (ConsentGiven(**_told(consent), at=at),))


def refuse(
    id: UUID,
    draft: ConsentDraft,
    *,
    contact: UUID,
    source: str,
    at: datetime,
    earlier: Sequence[Consent] = (),
) -> Change[Consent]:
    """The contact said no: to the open request, or without having been asked.

    Nothing changes when its no stands already. Arguments as for `request`.

    Raises:
        MoveForbidden: it had agreed; that is withdrawn.
    """
    at, same = instant(at), _same(earlier, contact, draft)
    standing = _open(same)
    if standing is not None:
        state = _after(standing, "refuse", ConsentFacts())
        consent = changed(standing, at, state=state, ended_at=at, note=draft.evidence)
    elif (said := last_no(same)) is not None:
        return Change(said)
    else:
        _in_order(same, at)
        single = attrs.evolve(draft, double_opt_in=False)
        consent = _made(id, single, ConsentState.REFUSED, contact=contact, source=source, at=at)
    return Change(consent, (ConsentRefused(**_told(consent), at=at),))


def confirm(consent: Consent, evidence: str, at: datetime) -> Change[Consent]:
    """The request was answered with yes; nothing changes on a repeat.

    Args:
        consent: The consent.
        evidence: What was done: which link was opened, when, from where.
        at: When.

    Raises:
        InvalidValue: the evidence is blank.
        MoveForbidden: it is no open request.
    """
    at = instant(at)
    if consent.state is ConsentState.CONFIRMED:
        return Change(consent)
    if not evidence.strip():
        raise InvalidValue("evidence", "say what was done to confirm it")
    state = _after(consent, "confirm", ConsentFacts())
    after = changed(consent, at, state=state, granted_at=at, confirmation=evidence)
    return Change(after, (ConsentConfirmed(**_told(after), at=at),))


def withdraw(
    consent: Consent, reason: WithdrawalReason, at: datetime, note: str | None = None
) -> Change[Consent]:
    """The consent holds no more.

    Nothing changes on a repeat, except that a will takes the place of a bounce: then the reason is
    another one, the end stays, and when that was said is kept beside it.

    Raises:
        MoveForbidden: it was refused, or expired.
    """
    at = instant(at)
    state = _after(consent, "withdraw", ConsentFacts())
    is_over = consent.withdrawal is not None
    if is_over and (consent.withdrawal in LASTING or reason not in LASTING):
        return Change(consent)
    if consent.ended_at is None:
        after = changed(consent, at, state=state, ended_at=at, withdrawal=reason, note=note)
    else:
        at = max(at, consent.ended_at)
        after = changed(consent, at, state=state, said_at=at, withdrawal=reason, note=note)
    return Change(after, (ConsentWithdrawn(**_told(after), reason=reason, at=at),))


def expire(consent: Consent, after: timedelta, at: datetime) -> Change[Consent]:
    """The request was not answered in time.

    Args:
        consent: The consent.
        after: How long an answer is awaited.
        at: When.

    Raises:
        MoveForbidden: it is no open request.
        GuardRefused: the answer may still come.
    """
    at = instant(at)
    is_due = consent.requested_at is not None and at - consent.requested_at >= after
    state = _after(consent, "expire", ConsentFacts(is_due=is_due))
    expired = changed(consent, at, state=state, ended_at=at)
    return Change(expired, (ConsentExpired(**_told(expired), at=at),))


def _same(earlier: Sequence[Consent], contact: UUID, draft: ConsentDraft) -> list[Consent]:
    about = (contact, draft.channel, draft.purpose)
    return [each for each in earlier if (each.contact, each.channel, each.purpose) == about]


def _open(same: Sequence[Consent]) -> Consent | None:
    return next((each for each in same if each.is_open), None)


def _in_order(same: Sequence[Consent], at: datetime) -> None:
    if any(each.settled_at is not None and at < each.settled_at for each in same):
        raise InvalidValue("at", "lies before the end of the consent before this one")


def _heed(same: Sequence[Consent]) -> None:
    """Nothing happens unless the contact said no, or did not answer, and agreed to nothing since."""
    before = last_no(same) or unanswered(same)
    if before is None:
        return
    if before.state is ConsentState.REFUSED or before.withdrawal in LASTING:
        how = (
            before.state.value if before.withdrawal is None else f"withdrawn ({before.withdrawal})"
        )
        told = f"was {how} on {before.settled_at:%Y-%m-%d}"
    else:
        told = f"was to be confirmed on {before.begun_at:%Y-%m-%d} and never was"
    reason = f"{told}; say lifts=True if the contact itself agreed since"
    raise GuardRefused("consent", before.id, "give", (reason,))


def _made(
    id: UUID, draft: ConsentDraft, state: ConsentState, *, contact: UUID, source: str, at: datetime
) -> Consent:
    return Consent(
        id=id,
        created_at=at,
        updated_at=at,
        contact=contact,
        channel=draft.channel,
        purpose=draft.purpose,
        state=state,
        double_opt_in=draft.double_opt_in,
        requested_at=at if state is ConsentState.REQUESTED else None,
        granted_at=at if state is ConsentState.GIVEN else None,
        ended_at=at if state is ConsentState.REFUSED else None,
        source=source,
        reason=draft.reason,
        evidence=draft.evidence,
        external_id=draft.external_id,
        attributes=draft.attributes,
    )


def _told(consent: Consent) -> dict[str, Any]:
    return {
        "consent": consent.id,
        "contact": consent.contact,
        "channel": consent.channel,
        "purpose": consent.purpose,
    }


def _after(consent: Consent, action: str, facts: ConsentFacts) -> ConsentState:
    return CONSENT_LIFECYCLE.after(consent.state, action, facts, consent.id)
