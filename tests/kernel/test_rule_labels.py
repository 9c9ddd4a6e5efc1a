"""Rules are said in the reader's language."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import SourcedRule, all_rules


def rules() -> list[SourcedRule]:
    """Every version of every rule of every context."""
    return list(all_rules())


def test_every_rule_has_both_languages() -> None:
    assert {"agenda", "exchange", "roster", "orientation", "territory"} <= {one.context for one in rules()}
    assert [one.key for one in rules() if not one.label_en.strip()] == []
    assert [one.key for one in rules() if one.label_en == one.label] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_rule_is_said_in_the_language_of_the_reader(language: str) -> None:
    with translation.override(language):
        for one in rules():
            assert one.said == (one.label if language == "fr" else one.label_en)
            assert one.is_said_in_french is (language == "fr")


def test_the_page_of_the_rules_is_in_english_for_an_english_reader(client: Client, db: None) -> None:
    client.force_login(Person.objects.create_user("reader@exemple.fr"))
    client.cookies["django_language"] = "en"
    shown = client.get(reverse("kernel:sourced_rules")).content.decode()
    assert "Languages offered on sheets" in shown
    assert "Langues proposées sur les fiches" not in shown
