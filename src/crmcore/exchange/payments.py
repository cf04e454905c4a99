"""Ways to pay as the syntaxes put them: one account each, where the model has several in one.

Neighbours that differ in their account only are one way to pay with several accounts (BG-16, BG-17).
"""

from collections.abc import Iterable

import attrs

from crmcore.einvoice import PaymentInstructions


def joined(payments: Iterable[PaymentInstructions]) -> tuple[PaymentInstructions, ...]:
    """The same with neighbours of one kind in one."""
    found: list[PaymentInstructions] = []
    for payment in payments:
        last = found[-1] if found else None
        if last is not None and _are_one(last, payment):
            accounts = (*last.credit_transfers, *payment.credit_transfers)
            found[-1] = attrs.evolve(last, credit_transfers=accounts)
        else:
            found.append(payment)
    return tuple(found)


def split(payments: Iterable[PaymentInstructions]) -> list[PaymentInstructions]:
    """The same with one account at most in each; the means is told in words at the first only."""
    found: list[PaymentInstructions] = []
    for payment in payments:
        others = payment.credit_transfers[1:]
        found.append(attrs.evolve(payment, credit_transfers=payment.credit_transfers[:1]))
        found += [
            attrs.evolve(payment, means_text=None, credit_transfers=(each,)) for each in others
        ]
    return found


def _are_one(one: PaymentInstructions, other: PaymentInstructions) -> bool:
    if not one.credit_transfers or not other.credit_transfers:
        return False
    text = one.means_text if other.means_text is None else other.means_text
    like = attrs.evolve(other, means_text=text, credit_transfers=one.credit_transfers)
    return like == one
