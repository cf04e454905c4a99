"""The commands of ``crm.leads`` that move a lead from status to status, or note something about it.

How a lead begins, what it is worth and what it becomes is in `crmcore.usecases.leads`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.grammar.change import Change
from crmcore.grammar.field import F
from crmcore.grammar.naming import choice
from crmcore.grammar.query import Condition
from crmcore.leads import IS_OPEN, AnswerState, Lead, LeadStatus, answer, verbs
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection
from crmcore.usecases.finding_leads import newest_lead
from crmcore.usecases.roles import begin_lead, end_lead
from crmcore.usecases.staffing import employee
from crmcore.usecases.work import Work

_REOPENED = F.status.in_((LeadStatus.DISQUALIFIED, LeadStatus.JUNK))


@commands
class LeadMoves(Collection[Lead]):
    """Leads at work; each command takes a lead, or a contact and means its newest open one.

    A contact without an open lead means its newest lead.
    """

    def contacted(
        self,
        id: UUID,
        *,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The lead with which one of us got in touch; the first time is the response it waited for.

        A follow-up that was due by then is done with. A qualified lead stays qualified.

        Raises:
            MoveForbidden: when it is closed.
        """
        asked = locals()
        return self._moved("contacted", asked, lambda lead, when: verbs.contact(lead, when, by=by))

    def nurture(
        self,
        id: UUID,
        *,
        resurface_at: datetime | None = None,
        reason: str | None = None,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The lead, not ripe yet and kept warm by marketing.

        Args:
            id: The lead, or its contact.
            resurface_at: When it is to be looked at again; what was planned so far stays if left out.
            reason: Why.
            by: Who decided.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when its state does not allow it; the error lists what it does.
        """
        asked = locals()
        return self._moved(
            "nurture",
            asked,
            lambda lead, when: verbs.nurture(
                lead, when, resurface_at=resurface_at, reason=reason, by=by
            ),
        )

    def qualify(
        self,
        id: UUID,
        *,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The lead, found worth pursuing.

        Raises:
            MoveForbidden: when its state does not allow it; the error lists what it does.
            GuardRefused: when the checklist of the settings is not reached; it says what is missing.
        """
        asked = locals()
        checklist = self._desk.settings.checklist

        return self._moved(
            "qualify",
            asked,
            lambda lead, when: verbs.qualify(lead, when, checklist=checklist, by=by),
        )

    def recycle(
        self,
        id: UUID,
        *,
        reason: str,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The lead, given back by sales to marketing, with the reason.

        Raises:
            MoveForbidden: when it is neither contacted nor qualified.
        """
        asked = locals()
        return self._moved(
            "recycle", asked, lambda lead, when: verbs.recycle(lead, reason, when, by=by)
        )

    def disqualify(
        self,
        id: UUID,
        *,
        reason: str,
        junk: bool = False,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The lead, found not worth pursuing, or never to have been one, with the reason.

        When it was the last open one of its contact, the contact is a lead no more.

        Args:
            id: The lead, or its contact.
            reason: Why.
            junk: Whether it never was a lead, such as spam.
            by: Who found so.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when its state does not allow it; the error lists what it does.
        """
        asked = locals()
        close = verbs.discard if junk else verbs.disqualify

        return self._moved(
            "disqualify",
            asked,
            lambda lead, when: close(lead, reason, when, by=by),
            follow=end_lead,
        )

    def reopen(
        self,
        id: UUID,
        *,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The closed lead, new again; its contact is a lead again unless more than that.

        A contact means its newest lead that can be reopened.

        Raises:
            MoveForbidden: when it is neither disqualified nor junk.
        """
        asked = locals()
        return self._moved(
            "reopen",
            asked,
            lambda lead, when: verbs.reopen(lead, when, by=by),
            follow=begin_lead,
            preferred=_REOPENED,
        )

    def follow_up(
        self,
        id: UUID,
        resurface_at: datetime | None,
        *,
        reason: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The lead, to be looked at again at a time (Wiedervorlage), or at none for None.

        Those that are due: ``crm.leads.find(crmcore.leads.due(now), order_by=F.resurface_at)``.

        Raises:
            MoveForbidden: when it is closed.
            InvalidValue: when the time lies in the past, or there is a reason without a time.
        """
        asked = locals()
        return self._moved(
            "follow_up",
            asked,
            lambda lead, when: verbs.follow_up(lead, resurface_at, when, reason=reason),
        )

    def answer(
        self,
        id: UUID,
        item: str,
        state: AnswerState | str,
        *,
        evidence: str | None = None,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The lead, about which something was found out; an earlier answer to the item is replaced.

        How far it has come: ``crm.settings.checklist.reached(lead).explain()``.

        Args:
            id: The lead, or its contact.
            item: The key of an item of the checklist of the settings, such as ``"budget"``.
            state: ``"yes"``, ``"partial"``, ``"no"`` or ``"unknown"``.
            evidence: What it rests on; needed unless nothing is known.
            by: Who found it out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            UnknownName: when the checklist has no such item, or there is no such state.
            InvalidValue: when there is no evidence.
            MoveForbidden: when the lead is closed.
        """
        asked = locals()
        known = choice("state", AnswerState, state)
        checklist = self._desk.settings.checklist
        return self._moved(
            "answer",
            asked,
            lambda lead, when: answer(
                lead, item, known, when, checklist=checklist, evidence=evidence, by=by
            ),
        )

    def assign(
        self, id: UUID, owner: UUID | None, *, key: str | None = None, at: datetime | None = None
    ) -> Lead:
        """The lead with another owner, or with none.

        Args:
            id: The lead, or its contact.
            owner: The employee who is responsible from now on.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when it is closed.
            ActivityNotAllowed: when the owner is no employee, or not at work.
        """
        asked = locals()

        def step(work: Work) -> Lead:
            lead = newest_lead(work, id)
            if owner is not None and owner != lead.owner:
                employee(work, owner)
            return work.apply(verbs.assign(lead, owner, self._desk.at(at)))

        return self._desk.run("leads.assign", Lead, key, asked, step)

    def _moved(
        self,
        action: str,
        asked: Mapping[str, Any],
        verb: Callable[[Lead, datetime], Change[Lead]],
        *,
        follow: Callable[[Work, UUID, datetime], object] | None = None,
        preferred: Condition = IS_OPEN,
    ) -> Lead:
        def step(work: Work) -> Lead:
            moment = self._desk.at(asked["at"])
            lead = work.apply(verb(newest_lead(work, asked["id"], preferred), moment))
            if follow is not None:
                follow(work, lead.contact, moment)
            return lead

        return self._desk.run(f"leads.{action}", Lead, asked["key"], asked, step)
