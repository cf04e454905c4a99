"""Discretion: what of a text by strangers may be told on, such as the message of a driver.

Passwords come out; nothing here knows where the text came from, or what it means.
"""

import re
from collections.abc import Iterable

_LONGEST = 300
_GONE = "***"
_WORD = r"\w*(?:passw(?:or)?d|passphrase|pwd|secret|token)\w*"
# A quote that is never closed hides all that follows. A server's "(using password: YES)" may stay.
_VALUE = r"(?:'(?:\\.|[^'\\])*(?:'|$)|\"(?:\\.|[^\"\\])*(?:\"|$)|\S)\S*"
_NAMED = re.compile(rf"(?i)({_WORD}['\"]?\s*[=:]\s*)(?!(?:YES|NO)\))(?:{_VALUE})")
# Up to the last @ of the line: whoever forgot to escape a password may have any sign in it.
_IN_URL = re.compile(r"://[^\n]*@")


def discreet(text: str, secrets: Iterable[str] = ()) -> str:
    """The text in one line of at most 300 characters, without passwords.

    Args:
        text: Whatever somebody else has said.
        secrets: What must not be in it, in every form it may have. What stands where a URL or a
            setting has its password is left out anyway.
    """
    for each in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(each, _GONE)
    text = _NAMED.sub(rf"\1{_GONE}", _IN_URL.sub(f"://{_GONE}@", text))
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
