"""The values: what everything else is made of, true without any business.

Floor 0 of the house: identities, exact numbers, money, shares, periods, moments, texts, and the ways
to reach somebody. No clock, no store, no subject.
"""

from crmcore.values.countries import COUNTRIES, EU_COUNTRIES
from crmcore.values.currencies import CURRENCY_DIGITS
from crmcore.values.discretion import discreet
from crmcore.values.ids import CountedIds, Uuid7Source, as_uuid
from crmcore.values.instants import check_not_ahead, instant, optional_instant
from crmcore.values.money import Money, sum_money
from crmcore.values.numbering import NumberPattern
from crmcore.values.numbers import (
    CONTEXT,
    MAX_DIGITS,
    as_decimal,
    as_exact,
    as_int,
    round_half_up,
)
from crmcore.values.period import Period, Unit, bucket, covers, window_faults
from crmcore.values.ratio import Ratio
from crmcore.values.reach import PostalAddress, email_address, is_iban, phone_number, vat_id
from crmcore.values.share import Share
from crmcore.values.tables import html_table
from crmcore.values.texts import fold, text_fault

__all__ = [
    "CONTEXT",
    "COUNTRIES",
    "CURRENCY_DIGITS",
    "EU_COUNTRIES",
    "MAX_DIGITS",
    "CountedIds",
    "Money",
    "NumberPattern",
    "Period",
    "PostalAddress",
    "Ratio",
    "Share",
    "Unit",
    "Uuid7Source",
    "as_decimal",
    "as_exact",
    "as_int",
    "as_uuid",
    "bucket",
    "check_not_ahead",
    "covers",
    "discreet",
    "email_address",
    "fold",
    "html_table",
    "instant",
    "is_iban",
    "optional_instant",
    "phone_number",
    "round_half_up",
    "sum_money",
    "text_fault",
    "vat_id",
    "window_faults",
]
