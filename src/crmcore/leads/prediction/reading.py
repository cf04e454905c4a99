"""Models from JSON: nothing is taken on trust, and all faults are named at once."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import attrs

from crmcore.errors import InvalidValue, UnknownName, WrongType
from crmcore.grammar.forms import Form, Limits
from crmcore.grammar.naming import nearest, shortened
from crmcore.leads.prediction.columns import MISSING, NUMBER, RARE, Level, Scale
from crmcore.leads.prediction.counts import NOTHING, Cell, Table
from crmcore.leads.prediction.logistic import LogisticModel, Term
from crmcore.leads.prediction.naive_bayes import NaiveBayes, NaiveBayesModel
from crmcore.values import as_exact, as_int

VERSION = 1
"""The form that is read."""

LIMITS = Limits(length=32_000_000, values=1_000_000)
"""How large a model may be: everything it ever counted is in it."""
MAX_NAMES = 10_000
"""So many names a list has at most, and so many teams a model."""

Learned: TypeAlias = NaiveBayesModel | LogisticModel

_HEAD = ("kind", "version", "excluded", "late")
_SETTINGS = ("bins", "stages", "stage_field", "minimum_tag", "minimum_team")
_FORMS: Mapping[str, tuple[str, ...]] = {
    "naive-bayes": (*_HEAD, *_SETTINGS, "tables"),
    "logistic": (*_HEAD, "base", "terms", "tags", "won", "samples"),
}
_TABLE = ("team", "won", "lost", "cells")
_KINDS: Mapping[str, Level] = {"number": NUMBER, "missing": MISSING, "rare": RARE}
_SCALE = ("mean", "deviation", "offset")
_CELL = 2
_ZERO = Decimal(0)
# What stands for a model that has a fault until all faults are told.
_NOTHING = NaiveBayesModel(recipe=NaiveBayes())


def from_json(source: str | Mapping[str, Any]) -> Learned:
    """The model that ``to_json`` of a model gave, or that somebody else wrote.

    Args:
        source: A text of JSON, or what was read from one.

    Raises:
        CrmError: it is none; `ManyFaults` with all faults (the first hundred, that is) when there
            are several, each with its path.
    """
    form = Form("model", LIMITS)
    given = form.opened(source)
    model = learned(form, given) if form.fits(given, "model") else _NOTHING
    form.close()
    return model


def learned(form: Form, value: object, at: str = "") -> Learned:
    """The model in a value that fits the limits; something else when faults are found.

    Args:
        form: What is being read.
        value: The object.
        at: The path to it; nothing when it is all there is.
    """
    reader = _Reader(form, f"{at}." if at else "")
    whole = at or "model"
    given = form.mapping(value, whole)
    if given is None:
        return _NOTHING
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in _FORMS:
        form.faults.add(UnknownName("model", shortened(kind), nearest(kind, _FORMS)), at)
        return _NOTHING
    form.keys(given, whole, _FORMS[kind], _FORMS[kind])
    if given.get("version") != VERSION:
        form.faults.add(InvalidValue(f"{reader.before}version", f"must be {VERSION}"))
        return _NOTHING
    return reader.logistic(given) if kind == "logistic" else reader.naive_bayes(given)


@attrs.frozen(eq=False)
class _Reader:
    """Values of the right type out of one model; ``before`` is what all its paths begin with."""

    form: Form
    before: str

    def naive_bayes(self, given: Mapping[Any, Any]) -> NaiveBayesModel:
        recipe = self._recipe(given)
        tables: dict[str | None, Table] = {}
        listed = self.form.listed(given.get("tables", []), f"{self.before}tables", MAX_NAMES)
        for at, each in self.form.each(listed, f"{self.before}tables"):
            found = self.form.mapping(each, at)
            if found is None:
                continue
            self.form.keys(found, at, _TABLE, _TABLE)
            team = found.get("team")
            name = None if team is None else self._name(team, f"{at}.team")
            if name in tables:
                self.form.faults.add(InvalidValue(f"{at}.team", "is there twice"))
            tables[name] = self._table(found, at)
        return NaiveBayesModel(recipe=recipe, tables=tables, late=self._late(given))

    def logistic(self, given: Mapping[Any, Any]) -> LogisticModel:
        before, terms = self.before, dict[str, Term]()
        for field, each in self.form.named(given.get("terms", {}), f"{before}terms"):
            at = f"{before}terms.{field}"
            found = self.form.mapping(each, at)
            terms[field] = Term({}) if found is None else self._term(found, at)
        won, samples = (self._count(given, name, before) for name in ("won", "samples"))
        if won > samples:
            reason = "must not be more than there are samples"
            self.form.faults.add(InvalidValue(f"{before}won", reason))
        return LogisticModel(
            base=self._number(given.get("base", "0"), f"{before}base"),
            terms={field: terms[field] for field in sorted(terms)},
            tags=self._numbers(given.get("tags", {}), f"{before}tags"),
            won=won,
            samples=samples,
            excluded=self._names(given, "excluded"),
            late=self._late(given),
        )

    def _recipe(self, given: Mapping[Any, Any]) -> NaiveBayes:
        bins: dict[str, tuple[Decimal, ...]] = {}
        for field, edges in self.form.named(given.get("bins", {}), f"{self.before}bins"):
            at = f"{self.before}bins.{field}"
            listed = self.form.listed(edges, at, MAX_NAMES)
            bins[field] = tuple(self._number(edge, to) for to, edge in self.form.each(listed, at))
        settings: dict[str, Any] = {
            "excluded": self._names(given, "excluded"),
            "bins": bins,
            "stages": self._names(given, "stages"),
            "stage_field": self._name(given.get("stage_field", ""), f"{self.before}stage_field"),
            "minimum_tag": self._count(given, "minimum_tag", self.before),
            "minimum_team": self._count(given, "minimum_team", self.before),
        }
        at = self.before.removesuffix(".")
        return self.form.made(lambda: NaiveBayes(**settings), at, NaiveBayes())

    def _table(self, found: Mapping[Any, Any], at: str) -> Table:
        cells: dict[str, dict[str, Cell]] = {}
        for field, values in self.form.named(found.get("cells", {}), f"{at}.cells"):
            here = f"{at}.cells.{field}"
            counted = {
                value: self._cell(cell, f"{here}.{value}")
                for value, cell in self.form.named(values, here)
            }
            cells[field] = {value: counted[value] for value in sorted(counted)}
        won, lost = (self._count(found, name, f"{at}.") for name in ("won", "lost"))
        return Table(won, lost, {field: cells[field] for field in sorted(cells)})

    def _cell(self, cell: object, at: str) -> Cell:
        items = self.form.listed(cell, at, _CELL)
        if len(items) == _CELL:
            return self._whole(items[0], at), self._whole(items[1], at)
        self.form.faults.add(InvalidValue(at, "must be two numbers: won and lost"))
        return NOTHING

    def _term(self, found: Mapping[Any, Any], at: str) -> Term:
        is_scaled = "number" in found
        self.form.keys(found, at, (*_KINDS, "values", *_SCALE), _SCALE if is_scaled else ())
        weights: dict[Level, Decimal] = {
            level: self._number(found[name], f"{at}.{name}")
            for name, level in _KINDS.items()
            if name in found
        }
        values = self._numbers(found.get("values", {}), f"{at}.values")
        weights |= {("value", text): weight for text, weight in values.items()}
        ordered = {level: weights[level] for level in sorted(weights)}
        if not is_scaled:
            return Term(ordered)
        mean, deviation, offset = (
            self._number(found.get(name, "1"), f"{at}.{name}") for name in _SCALE
        )
        if deviation <= 0:
            self.form.faults.add(InvalidValue(f"{at}.deviation", "must be more than 0"))
        return Term(ordered, Scale(mean, deviation), offset)

    def _late(self, given: Mapping[Any, Any]) -> dict[str, int]:
        at = f"{self.before}late"
        found = self.form.named(given.get("late", {}), at)
        late = {name: self._whole(each, f"{at}.{name}") for name, each in found}
        return {name: late[name] for name in sorted(late)}

    def _names(self, given: Mapping[Any, Any], name: str) -> tuple[str, ...]:
        at = f"{self.before}{name}"
        listed = self.form.listed(given.get(name, []), at, MAX_NAMES)
        return tuple(self._name(each, to) for to, each in self.form.each(listed, at))

    def _name(self, value: object, at: str) -> str:
        """A text, whatever is in it: what was learned from may be none of a store."""
        if isinstance(value, str):
            return value
        self.form.faults.add(WrongType(at, "text", type(value).__name__))
        return ""

    def _numbers(self, value: object, at: str) -> dict[str, Decimal]:
        found = {
            name: self._number(each, f"{at}.{name}") for name, each in self.form.named(value, at)
        }
        return {name: found[name] for name in sorted(found)}

    def _number(self, value: object, at: str) -> Decimal:
        """An exact number, written as a text."""
        if not isinstance(value, str):
            self.form.faults.add(WrongType(at, "a number as text", type(value).__name__))
            return _ZERO
        return self.form.made(lambda: as_exact(at, value), "", _ZERO)

    def _count(self, given: Mapping[Any, Any], name: str, before: str) -> int:
        return self._whole(given.get(name, 0), f"{before}{name}")

    def _whole(self, value: object, at: str) -> int:
        """A whole number that is not negative."""
        number = self.form.made(lambda: as_int(at, value), "", 0)
        if number < 0:
            self.form.faults.add(InvalidValue(at, "must not be negative"))
        return max(0, number)
