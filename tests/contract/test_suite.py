"""The suite as its users meet it: names, sentences, capabilities, and what it needs."""

import ast
import inspect
import subprocess
import sys
import textwrap

import pytest

from crmcore.errors import InvalidValue
from crmcore.memory import MemoryStore, Shelf
from crmcore.testing import Capabilities, StoreContract, StoreFactory, laws, needs
from crmcore.testing.capabilities import breaks_by_chance, needed_by
from crmcore.testing.laws_fidelity import DurabilityLaws

from . import broken

pytest_plugins = ["pytester"]

CONTRACT = """
import pytest

from crmcore.memory import MemoryStore, Shelf
from crmcore.testing import Capabilities, StoreFactory
from crmcore.testing.laws_fidelity import DurabilityLaws

class TestDurability(DurabilityLaws):
    capabilities = Capabilities(durable=False, reasons={"durable": "nobody believes it"})

    @pytest.fixture
    def stores(self):
        shelf = Shelf()
        return StoreFactory(
            lambda registry, tenant: MemoryStore(registry=registry, tenant=tenant, shelf=shelf)
        )
"""

BY_CHANCE = """
import pytest

from crmcore.memory import MemoryStore, Shelf
from crmcore.testing import Capabilities, Ground, StoreFactory
from crmcore.testing.laws_races import RaceLaws

class TestRaces(Ground):
    capabilities = Capabilities(
        references_under_races=False, reasons={"references_under_races": "who knows"}
    )
    test_race = RaceLaws.test_no_race_leaves_a_reference_to_nothing

    @pytest.fixture
    def stores(self):
        shelf = Shelf()
        return StoreFactory(
            lambda registry, tenant: MemoryStore(registry=registry, tenant=tenant, shelf=shelf)
        )
"""


class TestForgetfulStore(DurabilityLaws):
    """A store without a capability: its laws are expected to fail."""

    capabilities = Capabilities(durable=False, reasons={"durable": "it forgets on purpose"})

    @pytest.fixture
    def stores(self):
        shelf = Shelf()
        return StoreFactory(
            lambda registry, tenant: broken.Forgetful(registry=registry, tenant=tenant, shelf=shelf)
        )


def test_a_capability_that_is_there_must_not_be_closed(pytester):
    pytester.makepyfile(CONTRACT)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-o", "addopts=")

    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines("*XPASS(strict)*nobody believes it*")


def test_what_breaks_by_chance_may_hold_by_chance(pytester):
    pytester.makepyfile(BY_CHANCE)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-o", "addopts=")

    result.assert_outcomes(xpassed=1)


def test_a_closed_capability_needs_a_reason():
    with pytest.raises(InvalidValue, match=r"capabilities\.snapshots"):
        Capabilities(snapshots=False, reasons={"durable": "it forgets"})


def test_open_capabilities_need_no_reason():
    assert Capabilities().closed == ()
    assert Capabilities(threads=False, reasons={"threads": "x"}).closed == ("threads",)


def test_a_law_can_only_need_what_can_be_declared():
    with pytest.raises(InvalidValue, match="teleports"):
        needs("teleports")

    assert needed_by(needs("durable", "threads")(lambda: None)) == ("durable", "threads")
    assert not breaks_by_chance(needs("threads")(lambda: None))
    assert breaks_by_chance(needs("threads", by_chance=True)(lambda: None))
    assert needed_by(test_a_law_can_only_need_what_can_be_declared) == ()


def test_the_contract_has_many_laws_and_each_says_what_it_is():
    named = laws()

    assert len(named) >= 170
    assert [name for name, sentence in named.items() if not sentence.endswith(".")] == []


def test_every_law_fits_on_a_page():
    long = {
        name: lines for name in laws() if (lines := body_lines(getattr(StoreContract, name))) > 25
    }

    assert long == {}


def body_lines(law):
    source = inspect.getsource(getattr(getattr(law, "hypothesis", None), "inner_test", law))
    (node,) = ast.parse(textwrap.dedent(source)).body
    return node.end_lineno - node.body[1].lineno + 1


@pytest.mark.parametrize("package", ["hypothesis", "pytest"])
def test_without_its_packages_the_suite_names_the_extra(package):
    program = (
        "import sys\n"
        f"sys.modules[{package!r}] = None\n"
        "from crmcore.errors import MissingExtra\n"
        "try:\n"
        "    import crmcore.testing\n"
        "except MissingExtra as error:\n"
        "    print(error.extra, error.package)\n"
    )

    answer = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert answer.stdout.split() == ["testing", package]


def test_a_factory_closes_what_it_opened():
    shelf, opened = Shelf(), []

    def opening(registry, tenant):
        opened.append(MemoryStore(registry=registry, tenant=tenant, shelf=shelf))
        return opened[-1]

    stores = StoreFactory(opening)
    first, second = stores.fresh(), stores.fresh()
    again = stores.reopen(first)

    assert first.tenant == again.tenant != second.tenant
    assert [store._is_open for store in opened] == [False, False, True]
    stores.close()
    assert not again._is_open
