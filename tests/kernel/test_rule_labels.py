"""Rules are said in the reader's language."""

import re

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


def test_what_we_say_ourselves_of_a_rule_is_in_both_languages() -> None:
    """The title of a law or of a code list is French; what Maillage chose, and each note, is in our words."""
    ours = [one for one in rules() if "Maillage" in one.source]
    assert len(ours) > 60
    assert [one.key for one in ours if not one.source_en] == []
    assert [one.key for one in rules() if one.note and not one.note_en] == []
    for one in rules():
        for french, english in (
            (one.source, one.source_en),
            (one.note, one.note_en),
            (one.unit, one.unit_en),
        ):
            assert french != english or not english, one.key
            assert not re.search(r"\b(est|sont|dans|avec|pour|aucune?|par|jours|mois)\b", english), one.key


def test_a_unit_is_said_in_both_languages() -> None:
    """Those that are written alike in both need no other: symbols, and a few words."""
    alike = {
        "",
        "%",
        "min",
        "h",
        "m",
        "km",
        "km²",
        "km/h",
        "s",
        "€",
        "codes",
        "pixels",
        "points",
        "segments",
        "services",
        "EPCI (SIREN)",
    }
    assert {one.unit for one in rules() if not one.unit_en} <= alike


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_rule_is_said_in_the_language_of_the_reader(language: str) -> None:
    with translation.override(language):
        for one in rules():
            assert one.said == (one.label if language == "fr" else one.label_en)
            assert one.is_said_in_french is (language == "fr")
            assert one.said_note == (one.note if language == "fr" else one.note_en)
            assert one.said_source == (one.source if language == "fr" or not one.source_en else one.source_en)
            assert one.is_source_in_french is (one.said_source == one.source)


def test_the_page_of_the_rules_is_in_english_for_an_english_reader(client: Client, db: None) -> None:
    client.force_login(Person.objects.create_user("reader@exemple.fr"))
    client.cookies["django_language"] = "en"
    shown = client.get(reverse("kernel:sourced_rules")).content.decode()
    assert "Languages offered on sheets" in shown
    assert "Langues proposées sur les fiches" not in shown
    assert "Maillage’s setting" in shown
    assert "Réglage de Maillage" not in shown
    assert '<td lang="fr">Code du travail, L. 3133-1</td>' in shown
    assert "Réglage de Maillage" not in client.get(reverse("kernel:sourced_rules_csv")).content.decode()
