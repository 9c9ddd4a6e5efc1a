"""What people read as a name is refused where something invisible would turn its reading round."""

from collections.abc import Iterator

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from maillage.kernel.fields import NameField, Textarea


def kinds(above: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    """Yield the forms of the program."""
    for one in above.__subclasses__():
        if one.__module__.startswith("maillage."):
            yield one
        yield from kinds(one)


def test_every_name_that_is_typed_is_a_name_field() -> None:
    assert get_resolver().url_patterns  # every page is read, and its forms with it
    named = {
        f"{form.__module__}.{form.__qualname__}.{name}": field
        for form in kinds()
        for name, field in getattr(form, "base_fields", {}).items()
        if name.endswith(("name", "names"))
    }
    assert len(named) > 15
    assert [place for place, field in named.items() if not isinstance(field, NameField)] == []


def test_every_text_of_several_lines_counts_an_end_of_line_as_a_browser_does() -> None:
    assert get_resolver().url_patterns
    fields = {
        f"{form.__module__}.{form.__qualname__}.{name}": field
        for form in kinds()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, forms.Textarea)
    }
    assert len(fields) > 8
    assert [place for place, field in fields.items() if not isinstance(field.widget, Textarea)] == []
    read = Textarea().value_from_datadict({"text": "un\r\ndeux\ntrois"}, {}, "text")
    assert read == "un\ndeux\ntrois"
    assert Textarea().value_from_datadict({}, {}, "text") is None


@pytest.mark.parametrize("mark", ["\u202e", "\u202a", "\u2066", "\u2069", "\x07", "\x85"])
def test_what_turns_the_reading_is_refused_and_named(mark: str) -> None:
    with pytest.raises(ValidationError, match=f"U\\+{ord(mark):04X}"):
        NameField().clean(f"Dr{mark}Martin")


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c"])
def test_a_mark_that_a_telephone_added_is_left_out(mark: str) -> None:
    assert NameField().clean(f"{mark}Amina Benali{mark}") == "Amina Benali"


@pytest.mark.parametrize("name", ["D’Artagnan", "أمينة بن علي", "Łucja", "می‌خواهم", "Jean\tPaul"])
def test_a_name_of_any_script_is_kept(name: str) -> None:
    assert NameField().clean(name) == name
