"""Text: what may enter a store, and how it is compared without regard to case.

The one boundary check of texts. What a text means (an e-mail address, a number) is checked elsewhere.
"""

import re
from unicodedata import normalize

from crmcore.errors import InvalidText

# Categories Cc and Cs of Unicode, both fixed for ever. Stores and their drivers disagree about them:
# PostgreSQL refuses NUL, no driver encodes a lone surrogate. And the two noncharacters that XML 1.0
# cannot carry, so that whatever a store keeps can be written as an e-invoice.
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def text_fault(field: str, value: object, max_length: int, lines: bool) -> InvalidText | None:
    """What is wrong with a text, or None when every store can keep it.

    Args:
        field: the name for the error message.
        value: what should be a text.
        max_length: how many code points it may have.
        lines: whether line ends and tabs are allowed; other control characters never are.
    """
    if not isinstance(value, str):
        return InvalidText(field, f"must be text, not {type(value).__name__}")
    if len(value) > max_length:
        return InvalidText(field, f"must have at most {max_length} characters")
    if value.isprintable():
        return None
    found = (_NOT_IN_LINES if lines else _NOT_IN_A_LINE).search(value)
    if found is None:
        return None
    return InvalidText(
        field, f"must not hold U+{ord(found[0]):04X}, as it does at position {found.start()}"
    )


def fold(text: str) -> str:
    """The form in which texts are compared without regard to case and compatibility forms.

    Folding twice changes nothing more: ``fold(fold(text)) == fold(text)``.
    """
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", text).casefold())
