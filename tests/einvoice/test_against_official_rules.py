"""Real invoices, damaged at random: our rules and the official ones come to the same verdict."""

import random
import re
from decimal import Decimal
from pathlib import Path

import pytest

from crmcore.einvoice import RULES, Syntax, check
from crmcore.errors import CrmError

etree = pytest.importorskip("lxml.etree", reason="the extra einvoice is not installed")
pytest.importorskip("saxonche", reason="the processor of the official rules is not installed")

from crmcore.exchange import read_ubl  # noqa: E402 - it needs the extra

from ..exchange.official import rule_faults  # noqa: E402, TID252 - it needs the extra

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "einvoice"
SAMPLES = sorted((DATA / "en16931" / "ubl" / "examples").glob("*.xml"))
DAMAGED = 200
NUMBER = re.compile(r"-?\d+(\.\d+)?")
CODE = re.compile(r"\[?((?:BR|UBL)-[A-Z0-9-]+)")
FIGURES = {
    "LineExtensionAmount",
    "TaxExclusiveAmount",
    "TaxInclusiveAmount",
    "PayableAmount",
    "TaxAmount",
    "TaxableAmount",
    "ChargeTotalAmount",
    "AllowanceTotalAmount",
    "PrepaidAmount",
    "Amount",
    "Percent",
}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the public data are not beside us")


def without_something(chance):
    """A sample that lacks an element; what says that a tax is VAT is left alone, it is syntax."""
    root = etree.parse(chance.choice(SAMPLES)).getroot()
    elements = [each for each in root.iter("{*}*") if each.getparent() is not None]
    dropped = chance.choice(elements)
    while any("TaxScheme" in each.tag for each in (dropped, dropped.getparent())):
        dropped = chance.choice(elements)
    dropped.getparent().remove(dropped)
    return etree.tostring(root)


def with_another_figure(chance):
    """A sample in which one figure is off."""
    root = etree.parse(chance.choice(SAMPLES)).getroot()
    figures = [each for each in root.iter("{*}*") if etree.QName(each).localname in FIGURES]
    figure = chance.choice(figures)
    before = Decimal(figure.text)
    offs = [Decimal(text) for text in ("0.01", "-0.01", "0.5", "-0.99", "1.01", "-1.01", "10")]
    # The official rules compare sizes of taxes, whatever the sign; ours see a wrong sign.
    off = chance.choice([each for each in offs if (before + each) * before >= 0])
    figure.text = str(before + off)
    return etree.tostring(root)


def readable(documents):
    """Those of the documents that are of the right types, each as it was read."""
    for document in documents:
        try:
            yield document, read_ubl(document)
        except CrmError:
            continue


def officially(documents, folder):
    """The codes of the official rules that each document breaks."""
    faults, _ = rule_faults(documents, Syntax.UBL, folder)
    return [{CODE.match(fault)[1] for fault in each if CODE.match(fault)} for each in faults]


def test_what_the_official_rules_refuse_for_a_gap_ours_refuse_too(tmp_path):
    chance = random.Random(16931)
    pairs = [*readable(without_something(chance) for _ in range(DAMAGED))]
    official = officially([document for document, _ in pairs], tmp_path)
    stated = {rule.id for rule in RULES}

    passed = [codes for codes, (_, each) in zip(official, pairs, strict=True) if check(each).ok]

    assert len(pairs) > DAMAGED * 0.9
    assert len(passed) < len(pairs)
    assert [codes & stated for codes in passed] == [set()] * len(passed)


def test_a_figure_that_is_off_breaks_the_same_rules_officially_and_here(tmp_path):
    chance = random.Random(16931)
    pairs = [*readable(with_another_figure(chance) for _ in range(DAMAGED))]
    official = officially([document for document, _ in pairs], tmp_path)
    stated = {rule.id for rule in RULES}

    ours = [{*check(each).counts} for _, each in pairs]

    assert len(pairs) == DAMAGED
    assert sum(map(bool, ours)) > DAMAGED / 2
    assert ours == [codes & stated for codes in official]
