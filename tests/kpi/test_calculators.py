import doctest
import inspect

import pytest

from crmcore import kpi
from crmcore.kpi import CATALOGUE

NAMES = pytest.mark.parametrize("name", list(CATALOGUE))


@NAMES
def test_the_worked_example_of_a_function_is_true(name):
    function = getattr(kpi, name)
    (example,) = doctest.DocTestFinder(recurse=False).find(function, name, globs={})

    result = doctest.DocTestRunner(verbose=False).run(example)

    assert result.attempted >= 2
    assert result.failed == 0


@NAMES
def test_a_function_is_documented_from_its_measure(name):
    text = inspect.getdoc(getattr(kpi, name))
    measure = CATALOGUE[name]

    assert text.splitlines()[0] == f"{measure.title}, over plain rows or a data frame."
    for part in ("Definition: " + measure.definition, "Formula: ", "Edge cases: ", "Source: "):
        assert part in text


@NAMES
def test_a_function_carries_its_own_name(name):
    function = getattr(kpi, name)

    assert function.__name__ == name
    assert list(inspect.signature(function).parameters) == ["rows", "by", "during", "where"]
