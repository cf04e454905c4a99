"""What must be known before a lead is qualified: a checklist as data, and how far a lead has come.

BANT (budget, authority, need, timing) is the checklist to begin with; others are configured. The
answers lie on the lead. Points are exact: an item counts in full, by half, or not at all.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from crmcore.errors import InexactNumber, InvalidText, InvalidValue, UnknownName, WrongType
from crmcore.grammar.forms import Form, Limits
from crmcore.grammar.naming import nearest, shortened
from crmcore.leads.model import Answer, AnswerState, Lead
from crmcore.values import as_decimal, as_int, html_table, text_fault

MAX_ITEMS = 100
MAX_WEIGHT = 1000
MAX_KEY = 64
LIMITS = Limits(length=250_000, values=1_000)
"""How large a checklist may be that comes from outside."""

T = TypeVar("T")

_ZERO = Decimal(0)
_RANK = {state: rank for rank, state in enumerate(AnswerState)}
_HALVES = {
    AnswerState.UNKNOWN: 0,
    AnswerState.NO: 0,
    AnswerState.PARTIAL: 1,
    AnswerState.YES: 2,
}


def _state(value: AnswerState | str | None) -> AnswerState | None:
    try:
        return None if value is None else AnswerState(value)
    except ValueError:
        reason = f"must be one of {', '.join(AnswerState)}"
        raise InvalidValue("checklist.needed", reason) from None


@attrs.frozen
class CheckItem:
    """One thing to find out.

    Attributes:
        key: The name that answers keep; it stays when the question changes.
        question: What people are asked.
        weight: How many points a yes is worth; half of it for a partial one.
        needed: The least that must be known whatever the points are: ``YES``, ``PARTIAL`` (or yes),
            or ``NO`` (any answer); None when nothing is.

    Raises:
        InvalidText: when the key is no line of 1 to 64 characters.
        InvalidValue: when it is blank, the weight is out of bounds, or the state is none.
    """

    key: str
    question: str
    weight: int = 1
    needed: AnswerState | None = attrs.field(default=None, converter=_state)

    def __attrs_post_init__(self) -> None:
        fault = text_fault("checklist.key", self.key, MAX_KEY, lines=False)
        if fault is not None:
            raise fault
        if not self.key.strip():
            raise InvalidValue("checklist.key", "must not be blank")
        if not 0 <= as_int("checklist.weight", self.weight) <= MAX_WEIGHT:
            raise InvalidValue("checklist.weight", f"must be from 0 to {MAX_WEIGHT}")


@attrs.frozen
class Standing:
    """How it stands with one item.

    Attributes:
        item: The item.
        answer: The answer; None as long as nobody asked.
    """

    item: CheckItem
    answer: Answer | None

    @property
    def points(self) -> Decimal:
        """What the answer is worth."""
        return _exact(self.halves)

    @property
    def halves(self) -> int:
        """The points in halves of one, in which they are reckoned."""
        return self.item.weight * _HALVES[self.state]

    @property
    def state(self) -> AnswerState:
        """What is known."""
        return AnswerState.UNKNOWN if self.answer is None else self.answer.state

    @property
    def is_enough(self) -> bool:
        """Whether as much is known as the item needs."""
        return self.item.needed is None or _RANK[self.state] >= _RANK[self.item.needed]


@attrs.frozen
class Reached:
    """How far a lead has come with a checklist, with every item behind it.

    Attributes:
        checklist: The name of the checklist.
        points: The points of all answers, exactly.
        possible: The points there would be if every answer were a yes.
        minimum: The points that are needed.
        trace: Every item with its answer and points, in the order of the checklist; the points of
            the trace sum exactly to ``points``.
    """

    checklist: str
    points: Decimal
    possible: Decimal
    minimum: Decimal
    trace: tuple[Standing, ...] = attrs.field(repr=False)

    @property
    def is_enough(self) -> bool:
        """Whether the minimum is reached and every item has the answer that it needs."""
        return self.points >= self.minimum and all(each.is_enough for each in self.trace)

    @property
    def missing(self) -> tuple[CheckItem, ...]:
        """The items that stand in the way: short of what they need, or of points that are needed."""
        is_short = self.points < self.minimum
        return tuple(
            each.item
            for each in self.trace
            if not each.is_enough or (is_short and each.points < each.item.weight)
        )

    def shortfall(self) -> str:
        """What is missing in one line, by the keys of the items; nothing that anybody told us."""
        if self.is_enough:
            return "nothing is missing"
        missing = {item.key for item in self.missing}
        lacking = ", ".join(_lack(each) for each in self.trace if each.item.key in missing)
        return f"{self.points} of {self.minimum} points; {lacking}"

    def explain(self) -> str:
        """The standing as lines of text: every item, its points, its answer and what it rests on."""
        lines = [f"{each.points!s:>6}  {_told(each)}" for each in self.trace]
        return "\n".join([self._head(), *lines])

    def _repr_html_(self) -> str:
        rows = ((each.points, _told(each)) for each in self.trace)
        return html_table(self._head(), (), rows)

    def _head(self) -> str:
        verdict = "reached" if self.is_enough else "not reached"
        points = f"{self.points} of {self.possible} points, {self.minimum} needed"
        return f"{self.checklist}: {points}: {verdict}"


def _minimum(points: Decimal | int | str) -> Decimal:
    return as_decimal("checklist.minimum", points)


@attrs.frozen
class Checklist:
    """Items that are worth points, and how many points qualify a lead.

    Attributes:
        name: What it is called in explanations.
        items: The items, each with a key of its own.
        minimum: The points a lead must have; a whole number, a decimal or a text of one.

    Raises:
        InvalidValue: when two items share a key, there are too many, or the minimum is more than
            all items are worth, or less than nothing.
        InexactNumber: when the minimum is a float.
    """

    name: str
    items: tuple[CheckItem, ...] = attrs.field(converter=tuple[CheckItem, ...])
    minimum: Decimal = attrs.field(default=Decimal(0), converter=_minimum)

    def __attrs_post_init__(self) -> None:
        if len(self.items) > MAX_ITEMS:
            raise InvalidValue("checklist.items", f"a checklist has at most {MAX_ITEMS}")
        if len({item.key for item in self.items}) < len(self.items):
            raise InvalidValue("checklist.items", "two items share a key")
        if not 0 <= self.minimum <= self.possible:
            raise InvalidValue("checklist.minimum", f"must be from 0 to {self.possible}")

    @property
    def possible(self) -> Decimal:
        """The points of a lead for which every answer is a yes."""
        return Decimal(sum(item.weight for item in self.items))

    def item(self, key: str) -> CheckItem:
        """The item with this key.

        Raises:
            UnknownName: when there is none; the error suggests the nearest.
        """
        known = {item.key: item for item in self.items}
        if key not in known:
            raise UnknownName("checklist item", shortened(key), nearest(key, known))
        return known[key]

    def to_json(self) -> dict[str, Any]:
        """The checklist as plain values for `json.dumps`; `from_json` gives the same one back."""
        items = [_plain(item) for item in self.items]
        return {"name": self.name, "items": items, "minimum": f"{self.minimum:f}"}

    @classmethod
    def from_json(cls, source: str | Mapping[str, Any]) -> "Checklist":
        """The checklist that `to_json` wrote, or somebody else; nothing is trusted.

        Args:
            source: A text of JSON, or what was read from one.

        Raises:
            CrmError: the one fault, or `ManyFaults` with all of them, each with its path, such as
                ``items[2].weight``.
        """
        form = Form("checklist", LIMITS)
        given = form.opened(source)
        if not form.fits(given, "checklist"):
            form.close()
        form.keys(given, "checklist", ("name", "items", "minimum"), ("name", "items"))
        name = form.text(given.get("name", "?"), "name")
        listed = form.listed(given.get("items", []), "items", MAX_ITEMS)
        items = tuple(_item(form, each, at) for at, each in form.each(listed, "items"))
        for at, item in enumerate(items):
            if item is not None and item.key in {each.key for each in items[:at] if each}:
                form.faults.add(InvalidValue(f"items[{at}].key", "is there twice"))
        minimum = form.made(lambda: _bare(lambda: _minimum(given.get("minimum", 0))), "", _ZERO)
        form.close()
        return _bare(lambda: cls(name, tuple(item for item in items if item), minimum))

    def reached(self, lead: Lead) -> Reached:
        """How far the lead has come; answers to items of other checklists do not count."""
        answers = {answer.item: answer for answer in lead.answers}
        trace = tuple(Standing(item, answers.get(item.key)) for item in self.items)
        points = _exact(sum(each.halves for each in trace))
        return Reached(self.name, points, self.possible, self.minimum, trace)


def _plain(item: CheckItem) -> dict[str, Any]:
    needed = {} if item.needed is None else {"needed": item.needed.value}
    return {"key": item.key, "question": item.question, "weight": item.weight} | needed


def _item(form: Form, value: object, at: str) -> CheckItem | None:
    given = form.mapping(value, at)
    if given is None:
        return None
    form.keys(given, at, ("key", "question", "weight", "needed"), ("key", "question"))
    question = form.text(given.get("question", "?"), f"{at}.question")
    needed = given.get("needed")
    least = None if needed is None else form.choice(needed, f"{at}.needed", "state", AnswerState)
    key, weight = given.get("key", "?"), given.get("weight", 1)
    return form.made(lambda: _bare(lambda: CheckItem(key, question, weight, least)), at, None)


def _bare(make: Callable[[], T]) -> T:
    """What is made; its faults name the field without the checklist, which is the whole here."""
    try:
        return make()
    except (InvalidValue, InvalidText, WrongType, InexactNumber) as fault:
        raise attrs.evolve(fault, field=fault.field.removeprefix("checklist.")) from None


def _exact(halves: int) -> Decimal:
    # Divided as a text, because the decimal context of the calling thread may have any precision.
    return Decimal(f"{halves // 2}.5" if halves % 2 else halves // 2)


def _lack(standing: Standing) -> str:
    needed = "" if standing.is_enough else f", needs {standing.item.needed}"
    return f"{standing.item.key} is {standing.state}{needed}"


def _told(standing: Standing) -> str:
    evidence = standing.answer.evidence if standing.answer else None
    told = f"{standing.item.key}: {standing.state}"
    needed = "" if standing.is_enough else f" (needs {standing.item.needed})"
    return f"{told}{needed}" + (f" - {evidence}" if evidence else "")


BANT = Checklist(
    "BANT",
    (
        CheckItem("budget", "Is there money for it?"),
        CheckItem("authority", "Are we talking to whoever decides?"),
        CheckItem("need", "Is there a need that we can meet?"),
        CheckItem("timing", "Is it clear when it is to happen?"),
    ),
)
"""Budget, authority, need, timing; one point each, and none of them needed until you say so."""
