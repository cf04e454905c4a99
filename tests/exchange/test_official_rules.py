"""What we write passes the schemas and the Schematron of EN 16931, and what is wrong does not.

For each syntax and VAT category a number of random documents; each also comes back as it was.
"""

from decimal import Decimal

import attrs
import pytest

from crmcore.einvoice import EInvoice, Syntax, check
from crmcore.exchange import read_einvoice, write_einvoice

from .official import rule_faults, schema_faults
from .samples import CATEGORIES, random_einvoice

PER_CATEGORY = 50


def documents(category):
    return [random_einvoice(seed, category) for seed in range(PER_CATEGORY)]


@pytest.mark.parametrize("syntax", list(Syntax))
def test_random_documents_of_every_vat_category_keep_every_official_rule(syntax, tmp_path):
    written = [
        write_einvoice(each, syntax) for category in CATEGORIES for each in documents(category)
    ]

    found, asked = rule_faults(written, syntax, tmp_path)

    assert [schema_faults(xml) for xml in written] == [()] * len(written)
    assert found == [()] * (PER_CATEGORY * len(CATEGORIES))
    assert asked > 50 * len(written)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("syntax", list(Syntax))
def test_a_random_document_comes_back_as_it_was(syntax, category):
    given = documents(category)

    back = [read_einvoice(write_einvoice(each, syntax)) for each in given]

    assert back == given


@pytest.mark.parametrize("category", CATEGORIES)
def test_our_own_rules_find_nothing_in_them_either(category):
    verdicts = [check(each) for each in documents(category)]

    assert [each.findings for each in verdicts] == [()] * len(verdicts)


def terms(value):
    """The fields that say something, by class and name, in an object and in all within it."""
    if isinstance(value, tuple):
        for each in value:
            yield from terms(each)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            inner = getattr(value, field.name)
            if inner not in (None, (), frozenset()):
                yield type(value), field.name
                yield from terms(inner)


def test_the_random_documents_have_every_term_of_the_model():
    found = {term for each in documents("AE") for term in terms(each)}

    classes = {cls for cls, _ in found}
    every = {(cls, field.name) for cls in classes for field in attrs.fields(cls)}
    assert every - found == {(EInvoice, "syntax"), (EInvoice, "amount_currencies")}
    assert len(classes) >= 18


@pytest.mark.parametrize("syntax", list(Syntax))
def test_the_official_rules_find_what_is_wrong(syntax, tmp_path):
    good = random_einvoice(1)
    sums = attrs.evolve(good, totals=attrs.evolve(good.totals, gross=good.totals.gross + 1))
    unnamed = attrs.evolve(good, seller=attrs.evolve(good.seller, name=None))
    free = tuple(attrs.evolve(line, vat_rate=Decimal(0)) for line in good.lines)
    untaxed = attrs.evolve(good, lines=free)
    written = [write_einvoice(each, syntax) for each in (good, sums, unnamed, untaxed)]

    found, _ = rule_faults(written, syntax, tmp_path)

    assert found[0] == ()
    assert "BR-CO-15" in str(found[1])
    assert "BR-06" in str(found[2])
    assert "BR-S-05" in str(found[3])


def test_the_schema_finds_what_is_missing():
    number = attrs.evolve(random_einvoice(1), number=None)

    assert "ID" in str(schema_faults(write_einvoice(number, Syntax.UBL)))
    assert "ID" in str(schema_faults(write_einvoice(number, Syntax.CII)))
