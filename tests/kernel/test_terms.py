"""No key of the program is read on the pages of the rules: each name inside a value has its words."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from maillage.kernel import sourced_rules
from maillage.kernel.pages import presenters
from maillage.kernel.rules import Permission
from maillage.kernel.wording import PERMISSIONS as PERMISSION_WORDS
from maillage.kernel.wording import terms

#: An address is read as it is, whatever names it holds; so is the name of a file.
ADDRESS = re.compile(r"https?://\S+|\b\w+\.(?:csv|zip|osm\.pbf)\b")
KEY = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


def names_in(value: Any) -> Iterator[str]:
    """Yield the names of the program inside a value."""
    if isinstance(value, dict):
        yield from (key for key in value if re.fullmatch(r"[a-z][a-z0-9_]{2,}", key))
        for one in value.values():
            yield from names_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from names_in(one)
    elif isinstance(value, str) and KEY.fullmatch(value):
        yield value


def test_each_name_inside_a_rule_has_its_words() -> None:
    found = {name for rule in sourced_rules.all_rules() for name in names_in(rule.value)}
    assert {"meet_mentor", "fr_subject"} <= found
    assert sorted(found - set(terms())) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_key_is_read_on_the_pages_of_the_rules(language: str) -> None:
    with translation.override(language):
        written = {rule.key: presenters.value(rule) for rule in sourced_rules.all_rules()}
    told = {key: ADDRESS.sub("", text) for key, text in written.items()}
    assert {key: KEY.findall(text) for key, text in told.items() if KEY.search(text)} == {}


def test_every_right_has_its_words() -> None:
    assert set(PERMISSION_WORDS) == set(Permission)
