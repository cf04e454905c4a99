"""What the forms of policies, models and rules have in common: objects in them, ids and conditions.

How any form is read, and how its faults are gathered, is in ``forms``.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crmcore.grammar.binding import bind
from crmcore.grammar.forms import Form
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.grammar.reading import from_json
from crmcore.grammar.routes import Scope
from crmcore.grammar.scalars import as_text
from crmcore.values.ids import as_uuid

NOBODY = UUID(int=0)
"""What stands for an id that has a fault until all faults are told."""

_ALWAYS: Condition = EVERYTHING


def read_object(form: Form, value: object, at: str) -> Mapping[Any, Any] | None:
    """The value where it is an object neither too deep nor too large; else None: a fault."""
    given = form.mapping(value, at)
    return given if given is not None and form.fits(given, at) else None


def read_id(form: Form, value: object, at: str) -> UUID:
    """The id that a text is."""
    return form.made(lambda: as_uuid(at, as_text(at, value)), "", NOBODY)


def read_condition(form: Form, value: object, at: str, scope: Scope | None) -> Condition:
    """The condition as it was written, held against what is visible in it.

    What is read is what was once written: bound, amounts would be told by their parts, and a policy
    would not be the same that it was.

    Args:
        form: What is being read.
        value: A condition as JSON.
        at: Its path.
        scope: What is visible in it; without one it is not held against anything.
    """

    def make() -> Condition:
        when = from_json(value)
        if scope is not None:
            bind(when, scope)
        return when

    return form.made(make, at, _ALWAYS)
