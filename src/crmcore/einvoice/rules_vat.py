"""The rules of EN 16931 about VAT categories: BR-S, -Z, -E, -AE, -IC, -G, -O, -AF (IGIC), -AG (IPSI), -B.

In our own words. Nine categories have the same ten rules with small differences, so those are made
from a table; what only one category has follows below it.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from functools import partial

import attrs

from crmcore.einvoice.amounts import ZERO, tax_on
from crmcore.einvoice.model import Syntax
from crmcore.einvoice.parties import Party
from crmcore.einvoice.rule import Breach, Rule
from crmcore.einvoice.rules_sums import differs
from crmcore.einvoice.survey import Survey
from crmcore.values import round_half_up


class _Rate(Enum):
    POSITIVE = "above zero"
    ANY = "zero or more"
    ZERO = "zero"
    NONE = "no rate"


class _Ids(Enum):
    TAXED = "a VAT or tax number of the seller or its tax representative"
    EXPORTED = "a VAT number of the seller or its tax representative"
    REVERSED = "a tax number of the seller and a VAT number or registration of the buyer"
    DELIVERED = "VAT numbers of the seller (or its tax representative) and of the buyer"
    ABSENT = "no VAT number of seller, tax representative and buyer"


@attrs.frozen(kw_only=True)
class _Category:
    prefix: str
    code: str
    name: str
    ids: _Ids = _Ids.TAXED
    rate: _Rate = _Rate.ZERO
    reason: bool = False

    @property
    def is_taxed(self) -> bool:
        return self.rate in (_Rate.POSITIVE, _Rate.ANY)


_CATEGORIES = (
    _Category(prefix="BR-S", code="S", name="standard rate", rate=_Rate.POSITIVE),
    _Category(prefix="BR-Z", code="Z", name="zero rate"),
    _Category(prefix="BR-E", code="E", name="exempt", reason=True),
    _Category(prefix="BR-AE", code="AE", name="reverse charge", ids=_Ids.REVERSED, reason=True),
    _Category(
        prefix="BR-IC", code="K", name="intra-community supply", ids=_Ids.DELIVERED, reason=True
    ),
    _Category(prefix="BR-G", code="G", name="export", ids=_Ids.EXPORTED, reason=True),
    _Category(
        prefix="BR-O",
        code="O",
        name="outside the scope",
        ids=_Ids.ABSENT,
        rate=_Rate.NONE,
        reason=True,
    ),
    _Category(prefix="BR-AF", code="L", name="IGIC", rate=_Rate.ANY),
    _Category(prefix="BR-AG", code="M", name="IPSI", rate=_Rate.ANY),
)

_GROUPS = (
    ("lines[]", "line", "BT-151", "BT-152"),
    ("allowances[]", "allowance", "BT-95", "BT-96"),
    ("charges[]", "charge", "BT-102", "BT-103"),
)


def _broken_down(category: _Category, survey: Survey) -> Iterator[Breach]:
    count = sum(group.category == category.code for group in survey.invoice.vat)
    used = category.code in survey.used
    if category.is_taxed:
        if used and not count:
            yield Breach("vat", f"a group of {category.code}", count)
        if count and not used:
            yield Breach("vat", f"no group of {category.code}", count)
    elif (used or count) and count != 1:
        yield Breach("vat", f"one group of {category.code}", count)


def _are_given(ids: _Ids, survey: Survey) -> bool:
    invoice = survey.invoice
    seller, buyer = invoice.seller or Party(), invoice.buyer or Party()
    represented = (invoice.tax_representative or Party()).vat_id is not None
    vat = seller.vat_id is not None or represented
    taxed = vat or seller.tax_id is not None
    registered = buyer.registration is not None and buyer.registration.value is not None
    match ids:
        case _Ids.TAXED:
            return taxed
        case _Ids.EXPORTED:
            return vat
        case _Ids.REVERSED:
            return taxed and (buyer.vat_id is not None or registered)
        case _Ids.DELIVERED:
            return vat and buyer.vat_id is not None
        case _Ids.ABSENT:
            return not vat and buyer.vat_id is None


def _identified(category: _Category, group: str, survey: Survey) -> Iterator[Breach]:
    if _are_given(category.ids, survey):
        return
    for place, each in survey.each(group):
        if each.vat_category == category.code:
            yield Breach(f"{place}.vat_category", category.ids.value, category.code)
            return


def _fits(rule: _Rate, rate: Decimal | None) -> bool:
    match rule:
        case _Rate.POSITIVE:
            return rate is not None and rate > 0
        case _Rate.ANY:
            return rate is not None and rate >= 0
        case _Rate.ZERO:
            return rate is not None and rate == 0
        case _Rate.NONE:
            return rate is None


def _rated(category: _Category, group: str, survey: Survey) -> Iterator[Breach]:
    for place, each in survey.each(group):
        if each.vat_category == category.code and not _fits(category.rate, each.vat_rate):
            yield Breach(f"{place}.vat_rate", category.rate.value, each.vat_rate)


def _taxable(category: _Category, survey: Survey) -> Iterator[Breach]:
    for place, group in survey.each("vat[]"):
        rate = group.rate if category.is_taxed else None
        unrated = category.is_taxed and rate is None
        if group.category != category.code or group.taxable is None or unrated:
            continue
        expected = round_half_up(survey.taxable(category.code, rate), 2)
        syntax = survey.invoice.syntax if _is_loose(category, survey) else None
        if differs(expected, group.taxable, syntax):
            yield Breach(f"{place}.taxable", expected, group.taxable)


def _is_loose(category: _Category, survey: Survey) -> bool:
    # The official rules for UBL let taxed categories be off by less than one and others not at all;
    # those for CII do it the other way round.
    if survey.invoice.syntax is Syntax.UBL:
        return category.is_taxed
    return category.rate is _Rate.ZERO


def _tax(category: _Category, survey: Survey) -> Iterator[Breach]:
    for place, group in survey.each("vat[]"):
        if group.category != category.code or group.tax is None:
            continue
        if not category.is_taxed:
            if group.tax:
                yield Breach(f"{place}.tax", ZERO, group.tax)
        elif group.taxable is not None and group.rate is not None:
            expected = tax_on(group.taxable, group.rate, survey.digits)
            room = None if survey.invoice.syntax is None else Syntax.UBL
            if differs(expected, group.tax, room):
                yield Breach(f"{place}.tax", expected, group.tax)


def _reasoned(category: _Category, survey: Survey) -> Iterator[Breach]:
    expected = "a reason" if category.reason else "no reason"
    for place, group in survey.each("vat[]"):
        if group.category != category.code:
            continue
        reason = group.exemption_reason or group.exemption_code
        if bool(reason) is not category.reason:
            yield Breach(f"{place}.exemption_reason", expected, reason)


def _family(category: _Category) -> Iterator[Rule]:
    of = f"{category.code} ({category.name})"

    def rule(number: int, text: str, check: Callable[[Survey], Iterator[Breach]]) -> Rule:
        return Rule(id=f"{category.prefix}-{number:02}", text=text, check=check)

    count = "a group" if category.is_taxed else "exactly one group"
    yield rule(
        1, f"What is {of} is in {count} of the VAT breakdown.", partial(_broken_down, category)
    )
    for at, (group, name, term, _) in enumerate(_GROUPS):
        text = f"With a {name} of {of} there is {category.ids.value} ({term})."
        yield rule(2 + at, text, partial(_identified, category, group))
    for at, (group, name, _, term) in enumerate(_GROUPS):
        text = f"The rate of a {name} of {of}: {category.rate.value} ({term})."
        yield rule(5 + at, text, partial(_rated, category, group))
    each = " at the same rate" if category.is_taxed else ""
    text = (
        f"The taxable amount of {of} is what lines, charges and allowances{each} come to (BT-116)."
    )
    yield rule(8, text, partial(_taxable, category))
    taxed = "is the taxable amount times the rate" if category.is_taxed else "is zero"
    yield rule(9, f"The tax of {of} {taxed} (BT-117).", partial(_tax, category))
    must = "a reason" if category.reason else "no reason"
    text = f"A VAT breakdown of {of} has {must} why no VAT is charged (BT-120, BT-121)."
    yield rule(10, text, partial(_reasoned, category))


def _delivered_when(survey: Survey) -> Iterator[Breach]:
    invoice = survey.invoice
    if all(group.category != "K" for group in invoice.vat):
        return
    period = invoice.period
    told = period is not None and (period.start is not None or period.end is not None)
    if not told and (invoice.delivery is None or invoice.delivery.delivered_on is None):
        yield Breach("delivery.delivered_on", "a day, or a period")


def _delivered_where(survey: Survey) -> Iterator[Breach]:
    invoice = survey.invoice
    address = None if invoice.delivery is None else invoice.delivery.address
    if any(group.category == "K" for group in invoice.vat) and (
        address is None or address.country is None
    ):
        yield Breach("delivery.address.country", "a country")


def _alone(group: str, field: str, survey: Survey) -> Iterator[Breach]:
    if all(each.category != "O" for each in survey.invoice.vat):
        return
    for place, each in survey.each(group):
        code = getattr(each, field)
        if code not in (None, "O"):
            yield Breach(f"{place}.{field}", "O", code)


_COUNTRIES = (
    "seller.address.country",
    "buyer.address.country",
    "tax_representative.address.country",
    "delivery.address.country",
    "lines[].item.origin_country",
)


def _splits(survey: Survey) -> bool:
    return "B" in survey.used or any(group.category == "B" for group in survey.invoice.vat)


def _italian(survey: Survey) -> Iterator[Breach]:
    if not _splits(survey):
        return
    for path in _COUNTRIES:
        for place, country in survey.each(path):
            if country != "IT":
                yield Breach(place, "IT", country)


def _not_mixed(survey: Survey) -> Iterator[Breach]:
    if _splits(survey) and (
        "S" in survey.used or any(group.category == "S" for group in survey.invoice.vat)
    ):
        yield Breach("vat", "no S beside B")


_SINGLE = (
    Rule(
        id="BR-IC-11",
        text="With K (intra-community supply) the day of delivery or the period is told (BT-72, BG-14).",
        check=_delivered_when,
    ),
    Rule(
        id="BR-IC-12",
        text="With K (intra-community supply) the country of delivery is told (BT-80).",
        check=_delivered_where,
    ),
    Rule(
        id="BR-O-11",
        text="With O (outside the scope) there is no other VAT breakdown (BG-23).",
        check=partial(_alone, "vat[]", "category"),
    ),
    Rule(
        id="BR-O-12",
        text="With O (outside the scope) every line is O (BT-151).",
        check=partial(_alone, "lines[]", "vat_category"),
    ),
    Rule(
        id="BR-O-13",
        text="With O (outside the scope) every allowance is O (BT-95).",
        check=partial(_alone, "allowances[]", "vat_category"),
    ),
    Rule(
        id="BR-O-14",
        text="With O (outside the scope) every charge is O (BT-102).",
        check=partial(_alone, "charges[]", "vat_category"),
    ),
    Rule(
        id="BR-B-01",
        text="B (split payment) is only for documents within Italy.",
        check=_italian,
    ),
    Rule(
        id="BR-B-02",
        text="B (split payment) and S (standard rate) do not stand together.",
        check=_not_mixed,
    ),
)

VAT_RULES: tuple[Rule, ...] = (
    *(rule for category in _CATEGORIES for rule in _family(category)),
    *_SINGLE,
)
"""The rules about VAT categories."""
