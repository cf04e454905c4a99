"""VAT categories: how a sale is taxed, by the code list of the European invoice standard.

The codes are those of UNTDID 5305 that EN 16931 allows (BT-118, BT-151). Here too: which of them may
carry a rate. How tax is summed up on a document is in the totals of the sales room.
"""

from collections.abc import Iterator
from enum import StrEnum

from crmcore.errors import CrmError, InvalidText, InvalidValue, raise_collected
from crmcore.values import Share


class VatCategory(StrEnum):
    """The VAT category of a product or a line; the values are the codes that invoices carry."""

    S = "S"
    """Standard rate, and every reduced rate above zero."""
    Z = "Z"
    """Zero rated goods."""
    E = "E"
    """Exempt from tax."""
    AE = "AE"
    """Reverse charge: the buyer owes the tax."""
    K = "K"
    """Intra-community supply."""
    G = "G"
    """Free export item, tax not charged."""
    O = "O"  # noqa: E741 - the code of the standard
    """Outside the scope of VAT."""


STANDARD_RATE = Share("0.19")
"""The rate where none is given: the standard rate of Germany."""

NO_RATE = Share(0)
"""The rate of every category but S."""


def default_rate(category: VatCategory) -> Share:
    """The rate of a category where nobody gives one: the standard rate for S, zero for others."""
    return STANDARD_RATE if category is VatCategory.S else NO_RATE


def vat_faults(category: VatCategory, rate: Share, field: str = "vat_rate") -> Iterator[CrmError]:
    """What is wrong with a rate for a category (EN 16931: BR-S-05, BR-Z-05, BR-E-05 …)."""
    if category is VatCategory.S and not rate.value:
        yield InvalidValue(field, "VAT category S needs a rate above zero; for zero use Z or E")
    if category is not VatCategory.S and rate.value:
        yield InvalidValue(field, f"VAT category {category.value} needs a rate of zero")


def check_vat(category: VatCategory, rate: Share, field: str = "vat_rate") -> None:
    """Nothing, when the rate fits the category (EN 16931: BR-S-05, BR-Z-05, BR-E-05, BR-AE-05 …).

    Args:
        category: The VAT category.
        rate: The rate to be charged.
        field: The name of the rate's field, for the error.

    Raises:
        InvalidValue: S has no rate, or another category has one.
    """
    raise_collected([*vat_faults(category, rate, field)])


def reason_faults(
    category: VatCategory, reason: str | None, field: str = "vat_reason"
) -> Iterator[CrmError]:
    """What is wrong with the reason why no tax is charged (EN 16931: BR-S-10, BR-Z-10)."""
    if reason is not None and category in {VatCategory.S, VatCategory.Z}:
        yield InvalidValue(field, f"VAT category {category.value} has no reason for no tax")
    elif reason is not None and not reason.strip():
        yield InvalidText(field, "must not be blank")
