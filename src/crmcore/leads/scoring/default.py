"""The scoring model to begin with."""

from crmcore.grammar.field import F
from crmcore.leads.scoring.model import ScoringModel
from crmcore.leads.scoring.rules import ScoreRule

LARGE = 250
"""From so many employees on, a company is large in the EU's sense (recommendation 2003/361)."""

DEFAULT_SCORING = ScoringModel(
    name="first impression",
    version=1,
    fit=(
        ScoreRule("came by referral", 25, F.source == "referral"),
        ScoreRule("asked on the website", 15, F.source == "web-form"),
        ScoreRule("met at a fair", 10, F.source == "fair"),
        ScoreRule("can be mailed", 10, ~F.contact.email.is_missing()),
        ScoreRule("can be called", 10, ~F.contact.phone.is_missing()),
        ScoreRule("works for a company", 15, ~F.contact.employer.is_missing()),
        ScoreRule("a large company", 20, F.contact.employer.employees >= LARGE),
        ScoreRule("from our home markets", 5, F.contact.address.country.in_(["DE", "AT", "CH"])),
        ScoreRule(
            "no way to reach", -20, F.contact.email.is_missing() & F.contact.phone.is_missing()
        ),
    ),
)
"""A plain model to begin with; give your own in the settings."""
