"""The public sample invoices are read whole, and written again they say the same."""

import pytest

from crmcore.einvoice import Syntax
from crmcore.exchange import (
    read_cii,
    read_einvoice,
    read_ubl,
    receive_einvoice,
    write_cii,
    write_einvoice,
    write_ubl,
)

from .official import rule_faults, schema_faults
from .samples import CII_SAMPLES, UBL_SAMPLES, needs_data

pytestmark = needs_data
SAMPLES = [*UBL_SAMPLES, *CII_SAMPLES]


def name(path):
    return path.name


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_a_sample_is_written_again_as_it_was_read(path):
    received = receive_einvoice(path.read_bytes())
    first = received.einvoice

    again = read_einvoice(write_einvoice(first, first.syntax))

    assert received.unread == ()
    assert again == first
    assert again.totals == first.totals
    assert first.totals.payable is not None


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_a_sample_keeps_its_totals_in_the_other_syntax(path):
    first = read_einvoice(path.read_bytes())
    other = Syntax.CII if first.syntax is Syntax.UBL else Syntax.UBL

    again = read_einvoice(write_einvoice(first, other))

    assert again.totals == first.totals
    assert again.vat == first.vat
    assert [line.net for line in again.lines] == [line.net for line in first.lines]
    assert again.syntax is other


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_what_is_written_of_a_sample_fits_the_schemas(path):
    einvoice = read_einvoice(path.read_bytes())

    assert schema_faults(write_ubl(einvoice)) == ()
    assert schema_faults(write_cii(einvoice)) == ()


@pytest.mark.parametrize("syntax", list(Syntax))
def test_the_official_rules_say_the_same_of_a_sample_and_of_what_is_written_of_it(syntax, tmp_path):
    paths = UBL_SAMPLES if syntax is Syntax.UBL else CII_SAMPLES
    given = [path.read_bytes() for path in paths]
    written = [write_einvoice(read_einvoice(each), syntax) for each in given]

    found, _ = rule_faults([*given, *written], syntax, tmp_path)

    before = [{fault.split()[0] for fault in each} for each in found[: len(given)]]
    after = [{fault.split()[0] for fault in each} for each in found[len(given) :]]
    assert all(new <= old for new, old in zip(after, before, strict=True))


def test_some_terms_of_a_sample_are_what_a_person_reads_there():
    ubl = read_ubl(UBL_SAMPLES[3].read_bytes())
    cii = read_cii(CII_SAMPLES[2].read_bytes())

    assert ubl.number == cii.number == "TOSL108"
    assert ubl.seller.name == cii.seller.name == "Salescompany ltd."
    assert ubl.buyer.vat_id == cii.buyer.vat_id == "NO987654321MVA"
    assert ubl.totals.payable == cii.totals.payable
    assert ubl.payments[0].credit_transfers[0].account == "NO9386011117947"
