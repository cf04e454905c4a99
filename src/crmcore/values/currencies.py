"""The currencies of ISO 4217, with the digits of their minor units.

A table only: what can be done with an amount is in ``money``. Codes without a minor unit (gold,
test codes, drawing rights) are left out, for nobody writes an invoice in them.
"""

from collections.abc import Mapping
from types import MappingProxyType

_TWO_DIGITS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
# Retired since 2021, kept because documents of those years carry them.
_RETIRED_TWO_DIGITS = "ANG BGN CUC HRK SLL ZWL"
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS = "CLF UYW"

_CODES_BY_DIGITS: tuple[tuple[int, str], ...] = (
    (0, _NO_DIGITS),
    (2, _TWO_DIGITS),
    (2, _RETIRED_TWO_DIGITS),
    (3, _THREE_DIGITS),
    (4, _FOUR_DIGITS),
)

CURRENCY_DIGITS: Mapping[str, int] = MappingProxyType(
    {code: digits for digits, codes in _CODES_BY_DIGITS for code in codes.split()}
)
"""How many digits after the point the minor unit of a currency has, by its code."""
