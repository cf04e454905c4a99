"""Asking the rules: all of them, of one document, with everything they find.

The rules themselves are in the ``rules_…`` modules, as data.
"""

from collections.abc import Iterable
from itertools import islice

from crmcore.einvoice.blanks import without_blanks
from crmcore.einvoice.model import EInvoice, checked_einvoice
from crmcore.einvoice.rule import Breach, Profile, Rule
from crmcore.einvoice.rules_codes import CODE_RULES
from crmcore.einvoice.rules_content import CONTENT_RULES
from crmcore.einvoice.rules_germany import GERMAN_RULES
from crmcore.einvoice.rules_peppol import PEPPOL_RULES
from crmcore.einvoice.rules_sums import SUM_RULES
from crmcore.einvoice.rules_vat import VAT_RULES
from crmcore.einvoice.survey import Survey
from crmcore.einvoice.verdict import MAX_KEPT, Finding, Verdict
from crmcore.grammar.given import given_all
from crmcore.grammar.naming import choice

RULES: tuple[Rule, ...] = (
    *CONTENT_RULES,
    *SUM_RULES,
    *VAT_RULES,
    *CODE_RULES,
    *GERMAN_RULES,
    *PEPPOL_RULES,
)
"""Every rule there is."""


def checked_rules(profile: Profile | str = Profile.EN16931) -> tuple[Rule, ...]:
    """The rules that are asked under a profile.

    Raises:
        UnknownName: there is no such profile.
    """
    german = choice("profile", Profile, profile) is Profile.XRECHNUNG
    return tuple(rule for rule in RULES if german or rule.profile is Profile.EN16931)


def check(
    einvoice: EInvoice, profile: Profile | str | None = None, *, also: Iterable[Rule] = ()
) -> Verdict:
    """What the rules say about a document; no rule raises, whatever is wrong with it.

    A text of blanks alone is none: its reader finds nothing there.

    Args:
        einvoice: The document, made here or read.
        profile: The rules it is held to; those that its own specification names (BT-24) where none
            are given.
        also: Rules of one's own, asked after those.

    Raises:
        WrongType: it is no `EInvoice`, or something in it is of another type than it should be.
        UnknownName: there is no such profile.
    """
    survey = Survey(without_blanks(checked_einvoice(einvoice)))
    told = Profile.of(einvoice.specification) if profile is None else profile
    profile = choice("profile", Profile, told)
    rules = (*checked_rules(profile), *given_all("also", also, Rule))
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    for rule in rules:
        breaches = iter(rule.check(survey))
        kept = [_finding(rule, breach) for breach in islice(breaches, MAX_KEPT)]
        if kept:
            findings += kept
            counts[rule.id] = len(kept) + sum(1 for _ in breaches)
    return Verdict(profile=profile, rules=len(rules), findings=tuple(findings), counts=counts)


def _finding(rule: Rule, breach: Breach) -> Finding:
    return Finding(
        rule=rule.id,
        text=rule.text,
        severity=rule.severity,
        place=breach.place,
        expected=None if breach.expected is None else str(breach.expected),
        found=None if breach.found is None else str(breach.found),
    )
