"""What holds for the versions of an offer, for its approvals, and for the order it became."""

from collections.abc import Iterator, Sequence

from crmcore.checking import Breach
from crmcore.sales.model import Order, Quote, QuoteStatus
from crmcore.sales.orders.agreement import differs

_TAKEN = (
    "product",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount",
    "vat_category",
    "vat_rate",
    "vat_reason",
    "net",
    "allowance",
    "charge",
    "billing",
)
_FREE = frozenset({QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.ACCEPTED})
_KEPT = ("opportunity", "account")


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


def taken_breaches(quote: Quote, orders: Sequence[Order]) -> Iterator[Breach]:
    """Orders that do not begin with exactly the lines that count; changes add their lines behind.

    Args:
        quote: The quote.
        orders: The orders born from it.
    """
    for line in quote.lines:
        if line.chosen and not line.optional:
            yield Breach(text="a line is chosen that is not optional")
        elif line.chosen and quote.status is not QuoteStatus.ACCEPTED:
            yield Breach(text=f"is {quote.status}, and an option is chosen")
    counted = [line for line in quote.lines if line.is_counted]
    for order in orders:
        if len(order.lines) < len(counted):
            text = f"order {order.id} has fewer lines than were accepted"
            yield Breach(text=text, expected=len(counted), found=len(order.lines))
            continue
        for place, (line, taken) in enumerate(zip(counted, order.lines, strict=False), start=1):
            for name in _TAKEN:
                if getattr(line, name) != getattr(taken, name):
                    # Without what it says: a description may hold anything.
                    text = f"order {order.id}: the {name} of line {place} is not as accepted"
                    yield Breach(text=text)
