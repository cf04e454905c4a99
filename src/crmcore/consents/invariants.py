"""What holds for consents, whatever commands were called."""

from collections import Counter
from collections.abc import Iterator, Sequence

from crmcore.checking import Breach, Invariant, Law, Referring
from crmcore.consents.model import Consent
from crmcore.contacts import Contact


def open_breaches(_contact: Contact, consents: Sequence[Consent]) -> Iterator[Breach]:
    """Channels and purposes for which a contact has several open consents.

    Args:
        _contact: The contact.
        consents: All of its consents.
    """
    open_ones = Counter((each.channel, each.purpose) for each in consents if each.is_open)
    for (channel, purpose), many in open_ones.items():
        if many > 1:
            text = f"has several open consents: {channel} for {purpose}"
            yield Breach(text=text, expected=1, found=many)


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="consents-open",
        law="a contact has at most one open consent per channel and purpose",
        entity="contact",
        check=open_breaches,
        beside={"consents": Referring("consent", "contact")},
    ),
)
"""The laws of consents."""
