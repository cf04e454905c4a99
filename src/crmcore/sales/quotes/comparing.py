"""What differs between two versions of an offer, line by line.

Lines of two versions have ids of their own, so they are matched by what they say: first those that
are the same, then those of one product, then those of one description, each in their order.
"""

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.sales.quotes.lines import QuoteLine
from crmcore.sales.quotes.model import Quote

_LINE_FIELDS = tuple(
    each.name for each in attrs.fields(QuoteLine) if each.name not in {"id", "chosen"}
)
_FIELDS = (
    "currency",
    "contact",
    "valid_until",
    "introduction",
    "milestones",
    "buyer_reference",
    "purchase_order",
    "attributes",
)
_TOTALS = ("net", "vat", "gross", "payable")


@attrs.frozen
class Difference:
    """A value that is another one in the other version.

    Attributes:
        field: The name of the field.
        old: Its value in the one version.
        new: Its value in the other.
    """

    field: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.field}: {_shown(self.old)} -> {_shown(self.new)}"


@attrs.frozen
class LineChange:
    """A line that both versions have, and what differs.

    Attributes:
        old: The line in the one version.
        new: The line in the other.
        differences: The fields that differ.
    """

    old: QuoteLine
    new: QuoteLine
    differences: tuple[Difference, ...]


@attrs.frozen(kw_only=True)
class QuoteComparison:
    """What differs between two versions of an offer.

    Attributes:
        old: The id of the one version.
        new: The id of the other.
        versions: Their numbers.
        added: Lines that only the other has.
        removed: Lines that only the one has.
        changed: Lines that both have, and that differ.
        fields: Fields of the quote that differ.
        totals: Totals that differ.
    """

    old: UUID
    new: UUID
    versions: tuple[int, int]
    added: tuple[QuoteLine, ...] = ()
    removed: tuple[QuoteLine, ...] = ()
    changed: tuple[LineChange, ...] = ()
    fields: tuple[Difference, ...] = ()
    totals: tuple[Difference, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether both offer the same."""
        return not (self.added or self.removed or self.changed or self.fields or self.totals)

    def explain(self) -> str:
        """The differences as lines of text, ``+`` for what is new and ``-`` for what is gone."""
        old, new = self.versions
        lines = [f"version {old} -> version {new}{': the same' if self.is_same else ''}"]
        lines += [f"+ {_line(each)}" for each in self.added]
        lines += [f"- {_line(each)}" for each in self.removed]
        for each in self.changed:
            lines += [f"~ {each.new.description}", *(f"    {one}" for one in each.differences)]
        return "\n".join([*lines, *map(str, self.fields), *map(str, self.totals)])

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.explain())}</pre>"


def compare(old: Quote, new: Quote) -> QuoteComparison:
    """What differs between two versions of an offer.

    Raises:
        InvalidValue: they are no versions of one offer.
    """
    if (old.origin or old.id) != (new.origin or new.id):
        raise InvalidValue("new", "must be a version of the same offer")
    pairs = [*_pairs(old.lines, new.lines)]
    kept_old, kept_new = {each.id for each, _ in pairs}, {each.id for _, each in pairs}
    changes = (LineChange(a, b, (*_differences(a, b, _LINE_FIELDS),)) for a, b in pairs)
    return QuoteComparison(
        old=old.id,
        new=new.id,
        versions=(old.version, new.version),
        added=tuple(each for each in new.lines if each.id not in kept_new),
        removed=tuple(each for each in old.lines if each.id not in kept_old),
        changed=tuple(each for each in changes if each.differences),
        fields=(*_differences(old, new, _FIELDS),),
        totals=(*_differences(old.totals, new.totals, _TOTALS),),
    )


def _differences(old: object, new: object, names: Iterable[str]) -> Iterator[Difference]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Difference(name, before, after)


def _pairs(
    old: Sequence[QuoteLine], new: Sequence[QuoteLine]
) -> Iterator[tuple[QuoteLine, QuoteLine]]:
    """The lines of both versions that are the same line, in the order of the other version."""
    found: dict[UUID, QuoteLine] = {}
    waiting = [*old]
    for key in (_content, _product, _description):
        waiting = _matched(waiting, new, key, found)
    for line in new:
        if line.id in found:
            yield found[line.id], line


def _matched(
    waiting: Sequence[QuoteLine],
    new: Sequence[QuoteLine],
    key: Callable[[QuoteLine], object],
    found: dict[UUID, QuoteLine],
) -> list[QuoteLine]:
    """What still waits, once each line of the other version took the first that is like it."""
    like: dict[object, list[QuoteLine]] = {}
    for line in reversed(waiting):
        like.setdefault(key(line), []).append(line)
    taken: set[UUID] = set()
    for line in new:
        candidates = like.get(key(line))
        if line.id not in found and key(line) is not None and candidates:
            found[line.id] = candidates.pop()
            taken.add(found[line.id].id)
    return [line for line in waiting if line.id not in taken]


def _content(line: QuoteLine) -> object:
    return tuple(getattr(line, name) for name in _LINE_FIELDS)


def _product(line: QuoteLine) -> object:
    return line.product


def _description(line: QuoteLine) -> object:
    return line.description


def _line(line: QuoteLine) -> str:
    optional = " (optional)" if line.optional else ""
    return f"{line.quantity:f} {line.unit} {line.description}: {line.net}{optional}"


def _shown(value: object) -> str:
    return "nothing" if value is None or value == () else str(value)
