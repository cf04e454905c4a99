"""The official rule vectors of EN 16931: read as XML, judged by our own rules, each as expected."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from crmcore.einvoice import Profile, check, checked_rules
from crmcore.errors import InvalidValue

etree = pytest.importorskip("lxml.etree", reason="the extra einvoice is not installed")

from crmcore.exchange.cii import read_cii  # noqa: E402 - it needs the extra
from crmcore.exchange.ubl import read_ubl  # noqa: E402 - it needs the extra

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "einvoice"
UNITS = DATA / "en16931" / "test" / "Invoice-unit-UBL"
SPACE = "{http://difi.no/xsd/vefa/validator/1.0}"
READERS = {"ubl": read_ubl, "ubl-cn": read_ubl, "cii": read_cii}

NOT_STATED = {
    "UBL-DT-01": "digits of every amount: the rules BR-DEC tell each",
    "UBL-SR-12": "a seller has one VAT number: the model has room for one",
    "UBL-SR-18": "a buyer has one VAT number: the model has room for one",
    "UBL-SR-42": "a seller has two tax numbers at most: the model has room for two",
}
"""The rules of the vectors that we do not state to check, with the reason."""

NO_DAY = ("BR-03.xml", 1)
"""The one fragment whose text is no value of its kind: a day written ``123``."""

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the public data are not beside us")


def fragments():
    """The fragments of the collection, grouped by the file they come from."""
    vectors = json.loads((DATA / "invoice_rule_vectors.json").read_text())
    files = defaultdict(list)
    for vector in vectors:
        files[f"{vector['syntax']} {Path(vector['file']).name}"].append(vector)
    return files


def wrong(einvoice, expected, label):
    """Where the verdict on a document is not the expected one."""
    verdict = check(einvoice)
    stated = {rule.id for rule in checked_rules()}
    for kind, rule in expected:
        if rule not in stated:
            assert rule in NOT_STATED, rule
        elif bool(verdict.of(rule)) is (kind == "success"):
            yield f"{label}: expected {kind} of {rule}\n{verdict.explain()}"


@pytest.mark.parametrize("file", sorted(fragments()) if DATA.exists() else [])
def test_every_fragment_of_the_collection_gets_the_expected_verdict(file):
    faults = []

    for vector in fragments()[file]:
        einvoice = READERS[vector["syntax"]](vector["xml"].encode())
        expected = [tuple(each.split(":")) for each in vector["expect"]]
        faults += wrong(einvoice, expected, f"{file} {vector['test']}")

    assert faults == []


def test_the_collection_is_whole():
    vectors = [vector for file in fragments().values() for vector in file]

    assert len(vectors) == 178
    stated = {rule.id for rule in checked_rules()}
    assert {each.split(":")[1] for vector in vectors for each in vector["expect"]} <= stated


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.xml")), ids=lambda path: path.stem)
def test_every_rule_test_gets_the_expected_verdict(path):
    faults = []

    for at, test in enumerate(etree.parse(path).getroot().findall(f"{SPACE}test"), 1):
        told, document = (child for child in test if isinstance(child.tag, str))
        if (path.name, at) == NO_DAY:
            with pytest.raises(InvalidValue, match="IssueDate"):
                read_ubl(etree.tostring(document))
            continue
        expected = [
            (child.tag.removeprefix(SPACE), child.text.strip())
            for child in told
            if child.tag in (f"{SPACE}success", f"{SPACE}error", f"{SPACE}warning")
        ]
        faults += wrong(read_ubl(etree.tostring(document)), expected, f"{path.name} {at}")

    assert faults == []


def test_there_are_206_rule_tests_and_all_but_four_rules_of_theirs_are_stated():
    files = sorted(UNITS.glob("*.xml"))
    told = {
        scope.text.strip()
        for path in files
        for scope in etree.parse(path).getroot().iter(f"{SPACE}scope")
    }

    assert len(files) == 206
    assert told - {rule.id for rule in checked_rules()} == set(NOT_STATED)


@pytest.mark.parametrize(
    "path",
    sorted((DATA / "en16931" / "ubl" / "examples").glob("*.xml")),
    ids=lambda path: path.stem,
)
def test_the_sample_invoices_keep_every_rule_of_the_standard(path):
    verdict = check(read_ubl(path.read_bytes()), Profile.EN16931)

    assert verdict.ok, verdict.explain()
