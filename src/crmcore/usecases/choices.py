"""Reading a choice that may be given by its value, as ``"email"`` for ``Channel.EMAIL``."""

from enum import StrEnum
from typing import TypeVar

from crmcore.errors import UnknownName
from crmcore.grammar.naming import nearest, shortened

C = TypeVar("C", bound=StrEnum)


def choice(field: str, cls: type[C], value: C | str) -> C:
    """The member of ``cls`` that ``value`` is or names.

    Raises:
        UnknownName: when there is none, with the nearest one.
    """
    known = {str(member.value): member for member in cls}
    if str(value) not in known:
        raise UnknownName(field, shortened(str(value)), nearest(str(value), known))
    return known[str(value)]
