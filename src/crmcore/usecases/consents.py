"""``crm.consents``: what contacts agreed to be sent, and whether something may be sent now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from crmcore.consents import (
    GRANTED_STATES,
    LASTING,
    Consent,
    ConsentChannel,
    ConsentDraft,
    ConsentState,
    Permission,
    WithdrawalReason,
    may,
    verbs,
)
from crmcore.contacts import Contact
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.grammar.field import F, order_of
from crmcore.grammar.naming import choice
from crmcore.grammar.query import Condition
from crmcore.ports import Progress
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.present import SKEW
from crmcore.usecases.work import Desk, Work

WAITING = 14
"""So many days the answer to a request is awaited, unless another number is asked for."""

_PAGE = 200
_DRAFTED = ("channel", "purpose", "evidence", "reason", "lifts", "external_id", "attributes")
_Begin = Callable[..., Change[Consent]]


@commands
class Consents(Collection[Consent]):
    """The record of what contacts agreed to, per channel and purpose, with the proof."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Consent)

    def request(
        self,
        contact: UUID,
        *,
        channel: ConsentChannel | str,
        purpose: str,
        source: str,
        evidence: str,
        reason: str | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Consent:
        """A consent that holds when the contact confirms it; the open one where there is one.

        The event `crmcore.consents.ConsentRequested` tells whoever sends the mail that asks.

        Args:
            contact: The id of the contact.
            channel: By which way, such as ``"email"``.
            purpose: What for, as a key of your own, such as ``"newsletter"``.
            source: Where it comes from, such as ``"web-form"``.
            evidence: What was shown and ticked, in which version of the form, from where.
            reason: Why it is asked for.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            EntityNotFound: when there is no such contact.
            InvalidValue: when the purpose is no key, the evidence is blank, or it is told with a
                time in the future or before the end of an earlier one.
        """
        asked = locals()
        return self._begun("request", verbs.request, asked)

    def give(
        self,
        contact: UUID,
        *,
        channel: ConsentChannel | str,
        purpose: str,
        source: str,
        evidence: str,
        reason: str | None = None,
        lifts: bool = False,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Consent:
        """A consent that holds at once, as on paper; it is the one there is if that holds already.

        What the contact said no to, or was asked to confirm and did not (yet), it does not lift,
        whatever the source is called: an import, a list, a form. Only the contact itself does, by
        confirming a new request, or in a way that you can prove and say with ``lifts``.

        Args:
            contact: The id of the contact.
            channel: By which way.
            purpose: What for.
            source: Where it comes from, such as ``"paper"``.
            evidence: What was shown, and what the contact did.
            reason: Why it was asked for.
            lifts: Whether the contact itself agreed since it said no or was asked; the evidence
                proves it.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            EntityNotFound: when there is no such contact.
            GuardRefused: when the contact said no, or was asked to confirm; it names that consent.
            InvalidValue: as for `request`.
        """
        asked = locals()
        return self._begun("give", verbs.give, asked)

    def refuse(
        self,
        contact: UUID,
        *,
        channel: ConsentChannel | str,
        purpose: str,
        source: str,
        evidence: str,
        reason: str | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Consent:
        """A no: to the open request, or without having been asked; arguments as for `request`.

        Raises:
            EntityNotFound: when there is no such contact.
            MoveForbidden: when the contact had agreed; that is withdrawn.
        """
        asked = locals()
        return self._begun("refuse", verbs.refuse, asked)

    def confirm(
        self, id: UUID, *, evidence: str, key: str | None = None, at: datetime | None = None
    ) -> Consent:
        """The requested consent, confirmed; unchanged on a repeat.

        Args:
            id: The consent.
            evidence: What was done: which link was opened, from where.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when it is not open any more.
        """
        asked = locals()

        def step(work: Work) -> Consent:
            consent, moment = work.get(Consent, id), not_ahead(work, self._desk.at(at))
            return work.apply(verbs.confirm(consent, evidence, moment))

        return self._desk.run("consents.confirm", Consent, key, asked, step)

    def withdraw(
        self,
        id: UUID,
        *,
        reason: WithdrawalReason | str,
        note: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Consent:
        """The consent, which holds no more; unchanged on a repeat.

        A will of the contact that reaches a consent which was over already, such as by the link in an
        old mail, ends the one that came after it too.

        Args:
            id: The consent.
            reason: Why, such as ``"unsubscribed"``.
            note: What that rests on.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when it was refused or expired.
            UnknownName: when there is no such reason.
        """
        asked = locals()
        why = choice("reason", WithdrawalReason, reason)

        def step(work: Work) -> Consent:
            consent, moment = work.get(Consent, id), not_ahead(work, self._desk.at(at))
            withdrawn = work.apply(verbs.withdraw(consent, why, moment, note))
            if why in LASTING and not consent.is_open:
                about = _about(consent.contact, consent.channel, consent.purpose)
                for later in work.find(Consent, about & F.state.in_(sorted(GRANTED_STATES))):
                    if later.granted_at is not None and later.granted_at <= moment:
                        work.apply(verbs.withdraw(later, why, moment, note))
            return withdrawn

        return self._desk.run("consents.withdraw", Consent, key, asked, step)

    def expire(
        self, *, days: int = WAITING, at: datetime | None = None, progress: Progress | None = None
    ) -> int:
        """How many requests were let expire because nobody answered them for so many days.

        Page by page, each a transaction of its own; one that is answered meanwhile stays. Doing it
        again is harmless.

        Args:
            days: How long an answer is awaited.
            at: When; now if left out.
            progress: Called after each page with how many are done.
        """
        if not 0 < days <= 10_000:  # noqa: PLR2004 - longer than anybody waits
            raise InvalidValue("days", "must be 1 or more, and at most 10000")
        moment, after = self._desk.at(at), timedelta(days=days)
        due = (F.state == ConsentState.REQUESTED) & (F.requested_at <= moment - after)

        def step(work: Work) -> int:
            not_ahead(work, moment)
            some = work.find(Consent, due, (order_of("requested_at"),), _PAGE)
            for each in some:
                work.apply(verbs.expire(each, after, moment))
            return len(some)

        done = 0
        while some := self._desk.carry_out(step):
            done += some
            if progress is not None:
                progress(done, None)
        return done

    def may(
        self,
        contact: UUID,
        *,
        channel: ConsentChannel | str,
        purpose: str,
        as_of: datetime | None = None,
    ) -> Permission:
        """Whether the contact may be written to or called for a purpose, with reason and proof.

        Ask right before you send; what was allowed yesterday may be withdrawn.

        Args:
            contact: The id of the contact.
            channel: By which way.
            purpose: What for.
            as_of: At which instant; now if left out.

        Raises:
            EntityNotFound: when there is no such contact.
        """
        way = choice("channel", ConsentChannel, channel)
        with self._desk.looking() as work:
            who = work.get(Contact, contact)
            about = work.find(Consent, _about(who.id, way, purpose))
            return may(about, way, purpose, self._desk.at(as_of))

    def _begun(self, action: str, verb: _Begin, asked: dict[str, Any]) -> Consent:
        draft = ConsentDraft(**{name: asked[name] for name in _DRAFTED if name in asked})

        def step(work: Work) -> Consent:
            who, moment = work.get(Contact, asked["contact"]), self._desk.at(asked["at"])
            return begun(work, draft, who, verb=verb, source=asked["source"], at=moment)

        return self._desk.run(f"consents.{action}", Consent, asked["key"], asked, step)


def begun(
    work: Work,
    draft: ConsentDraft,
    contact: Contact,
    *,
    source: str,
    at: datetime,
    verb: _Begin = verbs.begin,
) -> Consent:
    """The consent that a draft makes, stored; the open one where there is one.

    The contact is guarded, so that two at once do not both find none.

    Raises:
        InvalidValue: it lies in the future.
    """
    not_ahead(work, at)
    earlier = work.find(Consent, _about(contact.id, draft.channel, draft.purpose))
    change = verb(work.ids.new(), draft, contact=contact.id, source=source, at=at, earlier=earlier)
    work.guard(contact)
    return work.apply(change)


def not_ahead(work: Work, at: datetime) -> datetime:
    """The instant, which is not in the future, as far as clocks agree.

    What is said of the future could not be taken back until then.

    Raises:
        InvalidValue: it is.
    """
    if at > work.now + SKEW:
        raise InvalidValue("at", "lies in the future; a consent is told when it happened")
    return at


def _about(contact: UUID, channel: ConsentChannel, purpose: str) -> Condition:
    about: Condition = (F.contact == contact) & (F.channel == channel) & (F.purpose == purpose)
    return about
