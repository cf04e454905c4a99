"""What things may be called, and which known name somebody probably meant."""

import difflib
import re
from collections.abc import Iterable

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""What a field, an entity or an own attribute may be called, in every store."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, for a hint in an error; None when none is near."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)
