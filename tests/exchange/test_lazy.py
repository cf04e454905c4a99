"""The libraries of the extra are loaded when they are needed, and missed with a word of help."""

import subprocess
import sys

import pytest

BLOCKED = """
import sys
sys.modules["{module}"] = None
from crmcore.einvoice import EInvoice
from crmcore.exchange import read_einvoice, write_einvoice, write_zugferd
from crmcore.errors import MissingExtra
try:
    {call}
except MissingExtra as error:
    print(error, error.extra)
"""


def printed(program):
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def test_the_room_itself_loads_none_of_them():
    names = "'lxml', 'facturx', 'pypdf', 'requests'"
    program = f"import sys, crmcore.exchange\nprint(*(n for n in ({names}) if n in sys.modules))"

    assert printed(program) == ""


@pytest.mark.parametrize(
    ("module", "call", "package"),
    [
        ("lxml.etree", "read_einvoice(b'<a/>')", "lxml"),
        ("lxml.etree", "write_einvoice(EInvoice())", "lxml"),
        ("pypdf", "read_einvoice(b'%PDF-1.7')", "pypdf"),
        ("facturx", "write_zugferd(b'%PDF-1.7', EInvoice())", "factur-x"),
    ],
)
def test_what_is_not_installed_is_named_with_the_extra_that_brings_it(module, call, package):
    told = printed(BLOCKED.format(module=module, call=call))

    assert told == f"{package} is not installed; run: pip install 'crmcore[einvoice]' einvoice"
