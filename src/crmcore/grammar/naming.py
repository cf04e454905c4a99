"""What things may be called, and which known name somebody probably meant."""

import difflib
import re
from collections.abc import Iterable

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""What a field, an entity or an own attribute may be called, in every store."""

_LONGEST = 100


def nearest(name: object, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, for a hint in an error; None when none is near."""
    # Comparing takes the square of the length, and what comes from outside may have any.
    if not isinstance(name, str) or len(name) > _LONGEST:
        return None
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)


def shortened(name: object) -> str:
    """The name for an error; what is no name, or too long for one, is cut short."""
    text = name if isinstance(name, str) else type(name).__name__
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
