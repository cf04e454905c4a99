"""Asking what a host application connected: whatever goes wrong there is one error of ours.

The callables people pass to tell them something, such as ``progress=``, are not asked anything: what
they raise passes through as it is.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date

from crmcore.errors import CrmError, OutsideFailed
from crmcore.sales import ExchangeRate, RateSource


@contextmanager
def asking(whom: str, failed: type[OutsideFailed] = OutsideFailed) -> Generator[None]:
    """Name who was asked, and its own error as the cause, when the block fails.

    Args:
        whom: Who is asked.
        failed: What is raised then.

    Raises:
        OutsideFailed: from the block.
    """
    try:
        yield
    except Exception as error:
        # Of a foreign error only the class is told: its text may hold the values of people.
        reason = error.message if isinstance(error, CrmError) else type(error).__name__
        raise failed(whom, reason) from error


def asked_rates(rates: RateSource | None) -> RateSource | None:
    """The source of rates, whose own errors name it."""
    if rates is None:
        return None

    def told(of: str, into: str, on: date) -> ExchangeRate | None:
        name = getattr(rates, "__qualname__", type(rates).__name__)
        with asking(f"the source of rates {name}"):
            return rates(of, into, on)

    return told
