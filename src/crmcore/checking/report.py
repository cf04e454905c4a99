"""What a check found: how much was examined, by which laws, and every fault.

Values to look at, to log and to test; how they come about is decided elsewhere. They hold codes,
ids, figures and plain sentences, and nothing that says who somebody is.
"""

from collections.abc import Iterator, Mapping
from html import escape
from uuid import UUID

import attrs

MAX_KEPT = 1_000
"""So many faults of one law are kept; the others are only counted."""

_SHOWN = 20


@attrs.frozen(kw_only=True)
class Fault:
    """One breach of one law.

    Attributes:
        law: The code of the law.
        entity: The name of the type it was found in; empty for what lies beside the entities.
        id: Which entity; None where it is not about a single one.
        text: What is wrong, in a plain sentence.
        expected: The figure that should be there, as text.
        found: The figure that is there, as text.
    """

    law: str
    entity: str
    id: UUID | None
    text: str
    expected: str | None = None
    found: str | None = None

    def __str__(self) -> str:
        where = " ".join(str(part) for part in (self.entity, self.id) if part)
        told = f"{self.law}: {where}: {self.text}" if where else f"{self.law}: {self.text}"
        if self.expected is None and self.found is None:
            return told
        return f"{told} (expected {self.expected}, found {self.found})"


@attrs.frozen(kw_only=True, repr=False)
class Report:
    """The outcome of a check; true when nothing was found.

    Attributes:
        examined: How many of everything were examined: entities by type, events, keys, numbers.
        laws: What was examined by: the sentence of each law, by its code.
        faults: What was found, at most `MAX_KEPT` of each law.
        counts: How many faults of each law there are, those not kept too.
    """

    examined: Mapping[str, int]
    laws: Mapping[str, str]
    faults: tuple[Fault, ...] = ()
    counts: Mapping[str, int] = attrs.field(factory=dict[str, int])

    @property
    def is_clean(self) -> bool:
        """Whether every law holds for everything that was examined."""
        return not self.counts

    def __bool__(self) -> bool:
        return self.is_clean

    def of(self, law: str) -> tuple[Fault, ...]:
        """The faults of one law, by its code."""
        return tuple(fault for fault in self.faults if fault.law == law)

    def explain(self) -> str:
        """Everything in lines: what was examined, each law with its verdict, every fault kept."""
        examined = (f"  {name}: {count:,}" for name, count in self.examined.items())
        laws = (
            f"  {self._verdict(code)}  {code}: {sentence}" for code, sentence in self.laws.items()
        )
        return "\n".join(["examined", *examined, "laws", *laws, *self._told(len(self.faults))])

    def __repr__(self) -> str:
        pieces = sum(self.examined.values())
        if self.is_clean:
            return f"<Report {pieces:,} examined by {len(self.laws)} laws: clean>"
        broken = ", ".join(f"{code} {count:,}" for code, count in self.counts.items())
        return f"<Report {pieces:,} examined by {len(self.laws)} laws: {broken}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(code)}</th><td>{self._verdict(code)}</td><td>{escape(text)}</td></tr>"
            for code, text in self.laws.items()
        )
        told = "".join(f"<li>{escape(line.strip())}</li>" for line in self._told(_SHOWN)[1:])
        caption = f"<caption>{escape(repr(self)[1:-1])}</caption>"
        head = "<thead><tr><th>law</th><th>verdict</th><th>what holds</th></tr></thead>"
        return f"<table>{caption}{head}<tbody>{rows}</tbody></table><ul>{told}</ul>"

    def _verdict(self, code: str) -> str:
        count = self.counts.get(code, 0)
        return f"{count:,} broken" if count else "holds"

    def _told(self, most: int) -> list[str]:
        left = sum(self.counts.values()) - min(most, len(self.faults))
        return [*self._lines(most), *([f"  … and {left:,} more"] if left else [])]

    def _lines(self, most: int) -> Iterator[str]:
        if self.faults:
            yield "faults"
        yield from (f"  {fault}" for fault in self.faults[:most])
