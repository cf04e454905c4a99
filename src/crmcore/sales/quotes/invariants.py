"""What holds for quotes, whatever commands were called: lines, versions, approvals.

What one quote can know of itself, its class checks already; the order it became is a matter of the
laws of orders.
"""

from collections.abc import Iterator, Sequence

from crmcore.checking import Breach, Invariant, Law, Referring
from crmcore.sales.agreement import NETS, TOTALS, differs, net_breaches, total_breaches
from crmcore.sales.quotes.model import Quote, QuoteStatus
from crmcore.values import Money

_FREE = frozenset({QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.ACCEPTED})
_KEPT = ("opportunity", "account")


def line_breaches(quote: Quote) -> Iterator[Breach]:
    """Lines whose net is not what they cost, or something that is added to the total."""
    yield from net_breaches(quote)
    nothing = Money.zero(quote.currency)
    yield from differs("something is added to the total", nothing, quote.totals.rounding)


def version_breaches(quote: Quote, versions: Sequence[Quote]) -> Iterator[Breach]:
    """Versions with gaps, or more than one that is not superseded.

    Args:
        quote: Any quote; what holds is told of the first version.
        versions: The later versions of it, in any order.
    """
    if quote.origin is not None:
        if versions:
            yield Breach(text="is a later version, and others name it as the first one")
        return
    chain = [quote, *sorted(versions, key=lambda each: each.version)]
    yield from differs(
        "the versions of the offer have a gap, or one twice",
        [*range(1, len(chain) + 1)],
        [each.version for each in chain],
    )
    for each in chain[1:]:
        for name in _KEPT:
            text = f"version {each.version} has another {name}"
            yield from differs(text, getattr(quote, name), getattr(each, name))
    numbers = {each.number for each in chain if each.number is not None}
    if len(numbers) > 1:
        yield Breach(text="the versions have several numbers", found=", ".join(sorted(numbers)))
    for each in chain[:-1]:
        if each.status is not QuoteStatus.SUPERSEDED:
            text = f"version {each.version} is {each.status}, and there is a later one"
            yield Breach(text=text, id=each.id)
    if chain[-1].status is QuoteStatus.SUPERSEDED:
        yield Breach(text="the latest version is superseded", id=chain[-1].id)


def approval_breaches(quote: Quote) -> Iterator[Breach]:
    """Stamps of approval that do not fit each other, or the status."""
    for name in ("submitted", "approved"):
        by, at = getattr(quote, f"{name}_by"), getattr(quote, f"{name}_at")
        if (by is None) is not (at is None):
            yield Breach(text=f"has a {name}_by and no {name}_at, or the other way round")
    waits = quote.status is QuoteStatus.APPROVAL_PENDING
    if waits and quote.submitted_at is None:
        yield Breach(text="waits for approval, and nobody submitted it")
    if waits and quote.approved_at is not None:
        yield Breach(text="waits for approval, and is approved")
    if quote.approvals and quote.submitted_by is None:
        yield Breach(text="has approvals, and nobody submitted it")
    if quote.approved_by is not None and not quote.approvals:
        yield Breach(text="is approved, and no rule's approval is on it")
    if quote.approvals and quote.status in _FREE and quote.approved_by is None:
        yield Breach(text="has approvals, and is neither approved nor waiting for the rest")
    if quote.approved_at and quote.submitted_at and quote.approved_at < quote.submitted_at:
        yield Breach(text="was approved before it was submitted")
    if quote.submitted_by in {each.by for each in quote.approvals} - {None}:
        yield Breach(text="was approved by who submitted it")
    if len({each.rule for each in quote.approvals}) < len(quote.approvals):
        yield Breach(text="has the approval of a rule twice")


INVARIANTS: tuple[Law, ...] = (
    Invariant(name="quote-totals", law=TOTALS, entity="quote", check=total_breaches),
    Invariant(name="quote-lines", law=NETS, entity="quote", check=line_breaches),
    Invariant(
        name="quote-versions",
        law="the versions of an offer are numbered without gaps, and all but the last superseded",
        entity="quote",
        check=version_breaches,
        beside={"versions": Referring("quote", "origin")},
    ),
    Invariant(
        name="quote-approval",
        law="who approved a quote is another than who submitted it, and the stamps fit the status",
        entity="quote",
        check=approval_breaches,
    ),
)
"""The laws of quotes."""
