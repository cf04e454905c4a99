"""Canonical JSON: one text per content, in pure ASCII, whatever store or machine writes it.

Keys sorted, no blanks, no floats that are not numbers. What the texts are made of is decided by
whoever writes them.
"""

import json

from crmcore.errors import InvalidValue

_ENCODER = json.JSONEncoder(
    ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":")
)

canonical_json = _ENCODER.encode
"""The one JSON text of plain data: dicts with text keys, lists, tuples, texts, ints, bools, None."""


def parsed_json(text: str) -> object:
    """The plain data of a JSON text from outside.

    Raises:
        InvalidValue: the text is no JSON, or is nested too deeply. It is not quoted in the error.
    """
    try:
        data: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidValue("$", f"is no JSON: {error.msg} at position {error.pos}") from None
    except (ValueError, RecursionError):
        # Numbers of thousands of digits, and brackets without end.
        raise InvalidValue("$", "is no JSON of reasonable size") from None
    return data
