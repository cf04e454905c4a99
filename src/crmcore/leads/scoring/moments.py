"""Instants as whole milliseconds, which is how data frames are asked about them."""

from datetime import UTC, datetime, timedelta

DAY_MS = 86_400_000
"""How many milliseconds a day has."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND
