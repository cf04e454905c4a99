"""Milestones: what has to be reached before a part of an order is billed.

A quote names them, and the order that is born from it waits for them.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.entity import Text
from crmcore.values import Share


@attrs.frozen(kw_only=True)
class Milestone:
    """A part of an order that can be billed once it is reached.

    Attributes:
        name: What is reached.
        share: Which part of the lines billed by milestones.
        reached_on: The day it was reached; None as long as it is not.
    """

    name: Annotated[str, Text(min=1, max=100)]
    share: Share
    reached_on: date | None = None


def check_milestones(milestones: Sequence[Milestone]) -> None:
    """Nothing, when there are no milestones, or when they come to the whole.

    Raises:
        InvalidValue: they do not.
    """
    shares = sum((each.share.value for each in milestones), Decimal(0))
    if milestones and shares != 1:
        raise InvalidValue("milestones", "must come to the whole")
