"""Every text of a screen has its English, with the same placeholders."""

import pytest
from django.utils import translation

from maillage.kernel.contributions import entries
from tools import catalogues


@pytest.mark.parametrize("context", catalogues.CONTEXTS)
def test_the_english_catalogue_is_complete(context: str) -> None:
    assert catalogues.problems(context) == []


def test_a_text_is_found_whatever_its_function_is_called_in_a_module() -> None:
    found = {one.msgid for context in catalogues.CONTEXTS for one in catalogues.messages(context)}
    purposes = {str(entry.purpose) for entry in entries()}
    assert len(purposes) > 10
    assert purposes - found == set()


def test_the_doors_are_said_in_english() -> None:
    with translation.override("fr"):
        french = {entry.url_name: (str(entry.label), str(entry.purpose)) for entry in entries()}
    with translation.override("en"):
        english = {entry.url_name: (str(entry.label), str(entry.purpose)) for entry in entries()}
    assert [name for name, (_label, purpose) in english.items() if purpose == french[name][1]] == []
