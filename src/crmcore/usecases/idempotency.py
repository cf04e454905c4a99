"""Fingerprints of commands: by them a repeated key is told from a misused one."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.notation import scalar_to_json
from crmcore.values import text_fault

MAX_KEY = 255


def fingerprint(arguments: Mapping[str, object]) -> str:
    """SHA-256 of a command's arguments in canonical JSON, so that no argument is kept itself."""
    text = json.dumps(_plain(arguments), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def check_key(key: str) -> None:
    """Return when ``key`` may be an idempotency key.

    Raises:
        InvalidText: when it is no text, too long, or has characters no store may keep.
        InvalidValue: when it is empty.
    """
    if (fault := text_fault("key", key, MAX_KEY, lines=False)) is not None:
        raise fault
    if not key:
        raise InvalidValue("key", "must not be empty")


def _plain(value: object) -> Any:
    if value is None:
        return None
    if attrs.has(type(value)) and not hasattr(value, "amount"):
        return _plain(attrs.asdict(cast("attrs.AttrsInstance", value), recurse=False))
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return {str(name): _plain(each) for name, each in pairs.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in cast("Sequence[object]", value)]
    return scalar_to_json(value)
