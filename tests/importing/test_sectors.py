"""A rare sector that is almost a usual one is reported as a slip; nothing is changed."""

from hypothesis import given
from hypothesis import strategies as st

from crmcore.importing import SECTORS, misspelt


def slips(*sectors: str) -> dict[str, str]:
    return {written: match.name for written, match in misspelt(sectors).items()}


def test_a_slip_for_a_usual_sector_is_found_however_often_it_is_written() -> None:
    assert slips(*["technolgy"] * 12, "retail") == {"technolgy": "technology"}


def test_a_rare_spelling_is_a_slip_for_a_frequent_one_never_the_other_way_round() -> None:
    assert slips("shipbuilding", "shipbuilding", "shipbuildng") == {"shipbuildng": "shipbuilding"}


def test_sectors_that_differ_are_no_slips() -> None:
    assert slips("medical", "retail", "beekeeping", "Finance", "real-estate") == {}


@given(st.lists(st.sampled_from(SECTORS), max_size=10))
def test_usual_sectors_are_never_slips(sectors: list[str]) -> None:
    assert slips(*sectors) == {}


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=14), max_size=12))
def test_a_slip_is_never_taken_for_another_slip(sectors: list[str]) -> None:
    found = slips(*sectors)

    assert not found.keys() & set(found.values())
