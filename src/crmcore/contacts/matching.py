"""Whether two records are of the same person or organization: rules, each with its weight.

A rule holds when both have the same key; what is missing never matches what is missing. Keys are
built on the normal forms only. Nothing is merged here: somebody looks at the reasons and decides.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

import attrs

from crmcore.contacts.model import Contact, Organization
from crmcore.grammar.field import F
from crmcore.grammar.query import Condition, Every
from crmcore.values import fold

CANDIDATES = 20
"""A rule that more contacts fulfil says nothing about any of them."""

FREE_MAIL = frozenset(
    """
    aol.com arcor.de bluewin.ch email.de fastmail.com freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de
    gmx.net googlemail.com hey.com hotmail.com hotmail.de icloud.com libero.it live.com live.de mac.com
    mail.com mail.de mail.ru mailbox.org me.com msn.com orange.fr outlook.com outlook.de posteo.de
    proton.me protonmail.com qq.com t-online.de tutanota.com web.de yahoo.com yahoo.de yandex.com
    yandex.ru zoho.com
    """.split()  # noqa: SIM905 - a list to be read
)
"""Domains at which anybody may have an address, so that sharing one means nothing.

So are those of `FREE_MAIL_FAMILIES`.
"""

FREE_MAIL_FAMILIES = frozenset({"gmx", "hotmail", "live", "outlook", "web", "yahoo"})
"""Names under which a provider of such addresses has domains in many countries."""

_NATIONAL = re.compile(r"([a-z]+)\.(?:(?:co|com)\.)?[a-z]{2}")
_FIGURES = re.compile(r"[0-9]+")
_FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
_ASKED = 5
"""So many words, the longest, are asked for; a name has no end of them, and a question has."""

_BLANKS = re.compile(r"\s+")


class MatchRule(StrEnum):
    """What two records have in common."""

    EXTERNAL_ID = "external-id"
    VAT_ID = "vat-id"
    EMAIL = "email"
    PHONE = "phone"
    NAME_AND_POSTCODE = "name-and-postcode"
    DOMAIN = "domain"


WEIGHTS: Mapping[MatchRule, int] = {
    MatchRule.EXTERNAL_ID: 100,
    MatchRule.VAT_ID: 95,
    MatchRule.EMAIL: 90,
    MatchRule.PHONE: 70,
    MatchRule.NAME_AND_POSTCODE: 60,
    MatchRule.DOMAIN: 40,
}
"""How sure each rule is alone, in per cent; a house rule, not measured."""


@attrs.frozen(kw_only=True)
class ContactMatch:
    """A known contact that may be the one that is looked for.

    Attributes:
        contact: The known contact.
        score: How sure that is, in per cent.
        reasons: The rules that hold, the weightiest first.
    """

    contact: Contact
    score: int
    reasons: tuple[MatchRule, ...]

    def explain(self) -> str:
        """The score with its reasons, in one line."""
        told = ", ".join(f"same {rule} ({WEIGHTS[rule]} %)" for rule in self.reasons)
        return f"{self.score} %: {told}"


def match_keys(contact: Contact) -> dict[MatchRule, str]:
    """What is compared by each rule; rules for which something is missing are not in it."""
    email, address = contact.email, contact.address
    is_firm = isinstance(contact, Organization)
    postcode = address.postal_code if address is not None else None
    found = {
        MatchRule.EXTERNAL_ID: contact.external_id,
        MatchRule.VAT_ID: contact.vat_id if isinstance(contact, Organization) else None,
        MatchRule.EMAIL: email and fold(email),
        MatchRule.PHONE: contact.phone,
        MatchRule.NAME_AND_POSTCODE: postcode and f"{folded(contact.name)}|{folded(postcode)}",
        MatchRule.DOMAIN: company_domain(email) if is_firm and email else None,
    }
    return {rule: key for rule, key in found.items() if key}


def match(
    sought: Contact, known: Contact, *, ignoring: Collection[MatchRule] = ()
) -> ContactMatch | None:
    """How sure it is that both are the same; None when no rule holds.

    A person is never an organization. Rules add up as independent evidence does: two of 70 % leave
    9 % of doubt.

    Args:
        sought: Who is looked for.
        known: Who is there.
        ignoring: Rules that count for nothing.
    """
    if type(sought) is not type(known):
        return None
    wanted, there = match_keys(sought), match_keys(known)
    same = [rule for rule, key in wanted.items() if there.get(rule) == key and rule not in ignoring]
    if not same:
        return None
    doubt, whole = 1, 1
    for rule in same:
        doubt, whole = doubt * (100 - WEIGHTS[rule]), whole * 100
    reasons = tuple(sorted(same, key=lambda rule: -WEIGHTS[rule]))
    return ContactMatch(contact=known, score=100 - -(-doubt * 100 // whole), reasons=reasons)


def matches(
    sought: Contact, known: Iterable[Contact], *, ignoring: Collection[MatchRule] = ()
) -> tuple[ContactMatch, ...]:
    """The known contacts that may be the one, the surest first; each once, and never itself."""
    others = {each.id: each for each in known if each.id != sought.id}
    rated = (match(sought, other, ignoring=ignoring) for other in others.values())
    found = [each for each in rated if each is not None]
    return tuple(sorted(found, key=lambda each: (-each.score, each.contact.id)))


def folded(text: str) -> str:
    """The text without regard to case and to how many blanks there are."""
    return _BLANKS.sub(" ", fold(text)).strip()


def company_domain(email: str) -> str | None:
    """The domain of an e-mail address; None where anybody may have one."""
    domain = fold(email.rpartition("@")[2])
    national = _NATIONAL.fullmatch(domain)
    is_free = national is not None and national[1] in FREE_MAIL_FAMILIES
    return None if is_free or domain in FREE_MAIL else domain


def may_fulfil(rule: MatchRule, sought: Contact) -> Condition | None:
    """What a store can ask for at least every contact the rule holds for; None where none can be.

    A store neither squeezes blanks nor folds postal codes, so that it is asked for the words and the
    figures they are made of. Which of the answers it holds for, `match` decides.
    """
    key = match_keys(sought).get(rule)
    if key is None:
        return None
    where: Condition
    match rule:
        case MatchRule.EXTERNAL_ID:
            where = F.external_id == key
        case MatchRule.VAT_ID:
            where = F.vat_id == key
        case MatchRule.EMAIL:
            where = F.email.folded == key
        case MatchRule.PHONE:
            where = F.phone == key
        case MatchRule.DOMAIN:
            where = F.email.folded.endswith(f"@{key}")
        case MatchRule.NAME_AND_POSTCODE:
            where = _written(sought)
    return where


def _written(sought: Contact) -> Condition:
    """What names of the same words, and postal codes with the same figures, fulfil."""
    code = sought.address.postal_code if sought.address is not None else None
    words = sorted({*folded(sought.name).split()}, key=lambda word: (-len(word), word))
    figures = sorted({*_FIGURES.findall(folded(code or ""))}, key=lambda run: (-len(run), run))
    named = [F.name.folded.contains(word) for word in words[:_ASKED]]
    coded = [
        F.address.postal_code.contains(run)
        | F.address.postal_code.contains(run.translate(_FULL_WIDTH))
        for run in figures[:_ASKED]
    ]
    return Every((~F.address.postal_code.is_missing(), *named, *coded))
