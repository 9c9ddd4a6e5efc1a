"""Every text of a screen has its English, with the same placeholders."""

import pytest

from tools import catalogues


@pytest.mark.parametrize("context", catalogues.CONTEXTS)
def test_the_english_catalogue_is_complete(context: str) -> None:
    assert catalogues.problems(context) == []
