"""How the documentation is built: ``nox -s docs``; every warning is an error.

What the reference says about lifecycles, errors, KPIs, laws and names is written by `_generate`
from the code itself, into ``reference/generated/``, right before Sphinx reads the pages.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from _generate import write_all  # noqa: E402 - it lies beside this file, not on the path
from _generate.links import resolve  # noqa: E402 - likewise
from _generate.signatures import readable, unread  # noqa: E402 - likewise

import crmcore  # noqa: E402 - comes after what is found on the path

project = "crmcore"
author = "the crmcore authors"
copyright = "the crmcore authors"
version = release = crmcore.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_nb"]
exclude_patterns = ["_build", "_generate", "jupyter_execute", "reference/generated/*.md"]

# --- pages ---------------------------------------------------------------------------------------

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

# --- names ---------------------------------------------------------------------------------------

default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
napoleon_use_ivar = True
napoleon_use_rtype = False
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True

nitpick_ignore_regex = [
    # The build needs no network, so there is no inventory of other people's documentation.
    ("py:.*", r"(collections|contextlib|datetime|decimal|enum|fractions|json)\..*"),
    ("py:.*", r"(os|pathlib|types|typing|uuid)\..*"),
    ("py:.*", r"(cattrs|hypothesis|pytest|sqlalchemy|_pytest)\..*"),
    ("py:.*", r"(date|datetime|Decimal|StrEnum|UUID|optional|BaseException)"),
    # Type variables are no names a reader could look up.
    ("py:.*", r"(~?|crmcore(\.\w+)+\.)[A-Z](_co)?"),
]

# --- looks ---------------------------------------------------------------------------------------

html_theme = "furo"
html_title = "crmcore"
html_copy_source = False
html_show_sourcelink = False


def setup(app):
    """Write the generated pages, and let names in docstrings lead to where they are documented."""
    write_all(HERE / "reference" / "generated")
    app.connect("missing-reference", resolve)
    app.connect("autodoc-process-docstring", unread, priority=400)
    app.connect("autodoc-process-signature", readable)
