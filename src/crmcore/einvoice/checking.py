"""Asking the rules: all of them, of one document, with everything they find.

The rules themselves are in the ``rules_…`` modules, as data.
"""

from collections.abc import Iterable
from itertools import islice

from crmcore.einvoice.model import EInvoice
from crmcore.einvoice.rule import Breach, Profile, Rule
from crmcore.einvoice.rules_codes import CODE_RULES
from crmcore.einvoice.rules_content import CONTENT_RULES
from crmcore.einvoice.rules_germany import GERMAN_RULES
from crmcore.einvoice.rules_peppol import PEPPOL_RULES
from crmcore.einvoice.rules_sums import SUM_RULES
from crmcore.einvoice.rules_vat import VAT_RULES
from crmcore.einvoice.survey import Survey
from crmcore.einvoice.verdict import MAX_KEPT, Finding, Verdict

RULES: tuple[Rule, ...] = (
    *CONTENT_RULES,
    *SUM_RULES,
    *VAT_RULES,
    *CODE_RULES,
    *GERMAN_RULES,
    *PEPPOL_RULES,
)
"""Every rule there is."""


def checked_rules(profile: Profile = Profile.EN16931) -> tuple[Rule, ...]:
    """The rules that are asked under a profile."""
    german = profile is Profile.XRECHNUNG
    return tuple(rule for rule in RULES if german or rule.profile is Profile.EN16931)


def check(
    einvoice: EInvoice, profile: Profile | None = None, *, also: Iterable[Rule] = ()
) -> Verdict:
    """What the rules say about a document; nothing is raised, whatever is wrong with it.

    Args:
        einvoice: The document, made here or read.
        profile: The rules it is held to; those that its own specification names (BT-24) where none
            are given.
        also: Rules of one's own, asked after those.
    """
    if profile is None:
        profile = Profile.of(einvoice.specification)
    survey = Survey(einvoice)
    rules = (*checked_rules(profile), *also)
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
