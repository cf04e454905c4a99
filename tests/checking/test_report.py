"""A report says what was examined and what was found, and nothing of what it was shown runs wild."""

import html
from uuid import UUID

import attrs
from hypothesis import given
from hypothesis import strategies as st

from crmcore.checking import Fault, Report

NOBODY = UUID(int=99)
FAULT = Fault(law="a-law", entity="<b>", id=NOBODY, text="is <i>wrong</i>", found="2")
REPORT = Report(
    examined={"contact": 2000},
    laws={"a-law": "it holds", "b": "c"},
    faults=(FAULT,),
    counts={"a-law": 1},
)
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
FAULTS = st.builds(
    Fault,
    law=st.just("a-law"),
    entity=TEXTS,
    id=st.none() | st.uuids(),
    text=TEXTS,
    expected=st.none() | TEXTS,
    found=st.none() | TEXTS,
)


def test_a_report_is_true_when_it_is_clean() -> None:
    clean = attrs.evolve(REPORT, faults=(), counts={})

    assert (bool(clean), clean.is_clean) == (True, True)
    assert (bool(REPORT), REPORT.is_clean) == (False, False)


def test_a_report_shows_itself_in_a_line() -> None:
    clean = attrs.evolve(REPORT, faults=(), counts={})

    assert repr(REPORT) == "<Report 2,000 examined by 2 laws: a-law 1>"
    assert repr(clean) == "<Report 2,000 examined by 2 laws: clean>"


def test_a_report_explains_itself_in_lines() -> None:
    lines = REPORT.explain().splitlines()

    assert "  contact: 2,000" in lines
    assert "  1 broken  a-law: it holds" in lines
    assert "  holds  b: c" in lines
    assert f"  {FAULT}" in lines


def test_a_fault_is_told_in_a_sentence_with_its_figures() -> None:
    everywhere = Fault(law="a", entity="", id=None, text="is wrong")

    assert str(FAULT) == f"a-law: <b> {NOBODY}: is <i>wrong</i> (expected None, found 2)"
    assert str(everywhere) == "a: is wrong"
    assert REPORT.of("a-law") == (FAULT,)
    assert REPORT.of("b") == ()


@given(st.lists(FAULTS, max_size=30))
def test_whatever_a_fault_says_is_escaped_and_all_of_it_is_told(faults: list[Fault]) -> None:
    counts = {"a-law": len(faults) + 3} if faults else {}
    report = attrs.evolve(REPORT, faults=tuple(faults), counts=counts)

    shown, told = report._repr_html_(), report.explain()

    left = shown
    for fault in faults[:20]:
        assert html.escape(str(fault).strip()) in shown
        left = left.replace(html.escape(str(fault).strip()), "")
    assert "<b>" not in left
    assert all(str(fault) in told for fault in faults)
    assert ("… and 3 more" in told) is bool(faults)
