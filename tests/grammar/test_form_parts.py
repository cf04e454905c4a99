"""What forms have in common is read in one way: conditions come back as they were written."""

from uuid import UUID

import pytest
from hypothesis import given

from crmcore.errors import CrmError
from crmcore.grammar import EVERYTHING, F, bind, to_json
from crmcore.grammar.form_parts import NOBODY, read_condition, read_id, read_object
from crmcore.grammar.forms import Form, Limits
from crmcore.values import Money

from .questions import QUESTIONS
from .specimens import SCOPE


def form():
    return Form("thing", Limits(length=1000, values=20, levels=4))


def told(form):
    with pytest.raises(CrmError) as caught:
        form.close()
    return str(caught.value)


@given(QUESTIONS)
def test_any_condition_comes_back_as_it_was_written(asked):
    opened = form()

    assert read_condition(opened, to_json(asked), "a", SCOPE) == asked
    opened.close()


def test_a_condition_comes_back_as_it_was_written():
    opened = form()
    asked = F.worth > Money("100", "EUR")

    assert bind(asked, SCOPE) != asked
    assert read_condition(opened, to_json(asked), "a", None) == asked
    assert read_condition(opened, to_json(asked), "a", SCOPE) == asked
    opened.close()


def test_a_condition_is_held_against_what_is_visible_in_it():
    opened = form()

    assert read_condition(opened, to_json(F.serail == 1), "a.when", SCOPE) == EVERYTHING
    assert "a.when: " in (text := told(opened))
    assert "did you mean 'serial'?" in text


def test_an_id_is_a_text_of_one():
    opened = form()

    assert read_id(opened, str(UUID(int=7)), "a") == UUID(int=7)
    opened.close()
    assert read_id(opened, 7, "b") == read_id(opened, "here", "c") == NOBODY
    assert {text.partition(":")[0] for text in told(opened).split("; ")} == {"b", "c"}


def test_a_part_is_an_object_that_is_neither_too_deep_nor_too_large():
    opened = form()

    assert read_object(opened, {"a": [1]}, "a") == {"a": [1]}
    opened.close()
    assert read_object(opened, [1], "b") is read_object(opened, {"x": [1] * 30}, "c") is None
    assert told(opened).startswith("b: expected an object, got list; c: ")
