"""Reading what was found, page by page."""

import pytest

from crmcore.errors import InvalidValue, WrongType


@pytest.mark.parametrize(("size", "error"), [(0, InvalidValue), ("3", WrongType), (2.5, WrongType)])
def test_a_page_size_that_cannot_be_one(crm, size, error):
    pages = crm.contacts.find().pages(size)
    with pytest.raises(error) as caught:
        next(pages)
    assert caught.value.field == "size"
