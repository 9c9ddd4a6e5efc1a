"""The journal's page says each object and each change in words: no key of the program is read there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import reverse

import maillage
from maillage.kernel import journal
from maillage.kernel.contributions import named_in_journal
from maillage.kernel.models import Entry, Person
from maillage.kernel.pages import presenters
from maillage.kernel.rules import Role
from tests.factories.people import make_patient
from tests.factories.places import make_territory

PACKAGE = Path(maillage.__file__).parent
KEY = re.compile(r"\b[a-z]+\.[a-z]+:\w+|\b[a-z]+(?:_[a-z0-9]+)+\b|<code>")
#: Names of fields that are also French words.
FRENCH_TOO = {
    "agendas",
    "communes",
    "date",
    "format",
    "minutes",
    "mission",
    "note",
    "patients",
    "questions",
    "structure",
    "version",
}
KINDS = sorted(
    (one for one in apps.get_models() if one.__module__.startswith("maillage.")),
    key=lambda one: one._meta.label,
)


def said(target: str, **changes: object) -> tuple[str, dict[str, str]]:
    """Return how the page says a row of the journal about `target`: its object, its changes by field."""
    row = Entry(rank=1, verb="kernel.signed_in", target=target, changes_text=journal.canonical(changes))
    (line,) = presenters.entries([row])
    return line["target"], dict(line["changes"])


def changed_fields(source: str) -> Iterator[str]:
    """Yield the names of the fields that a module says it changed, where it writes them itself."""
    for node in ast.walk(ast.parse(source)):
        given: ast.expr | None = None
        if isinstance(node, ast.keyword) and node.arg == "changes":
            given = node.value
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            names = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(one, ast.Name) and one.id == "changes" for one in names):
                given = node.value
        for part in ast.walk(given) if given is not None else ():
            if isinstance(part, ast.Dict):
                yield from (one.value for one in part.keys if isinstance(one, ast.Constant))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one._meta.label_lower)
@pytest.mark.parametrize("key", [":987654", ""])
def test_each_kind_of_object_is_said_in_words(kind: type[Model], key: str) -> None:
    label = kind._meta.label_lower
    words, _changes = said(f"{label}{key}")
    assert label not in words
    assert KEY.findall(words) == []
    assert words.startswith(str(kind._meta.verbose_name))
    assert ("n°\N{NO-BREAK SPACE}987654" in words) == bool(key)


def test_each_field_that_an_action_changes_has_its_words() -> None:
    asked = {
        (module.relative_to(PACKAGE).parts[0], field)
        for module in [*PACKAGE.glob("*/actions/*.py"), *(PACKAGE / "kernel").glob("*.py")]
        for field in changed_fields(module.read_text())
    }
    assert len(asked) > 60
    same = {field for context, field in asked if presenters.changed_field(context, field) == field}
    assert same - FRENCH_TOO == set()


@pytest.mark.django_db
def test_the_page_names_what_a_reader_may_know_and_counts_the_rest(
    as_administrator: Client, administrator: Person
) -> None:
    place = make_territory()
    patient = make_patient("Poiret", place)
    targets = [journal.target_of(place), journal.target_of(patient), "maillage-2026-03-14.zip"]
    for target in targets:
        changes = {"birth_date": [None, "2026-03-14"], "fields": ["phone"], "by": administrator}
        journal.record(by=administrator, verb="people.changed", target=target, changes=changes)
    shown = as_administrator.get(reverse("kernel:journal"))
    rows = shown.context["rows"][:3]
    number = f"patient n°\N{NO-BREAK SPACE}{patient.pk}"
    assert [one["target"] for one in rows] == ["maillage-2026-03-14.zip", number, place.name]
    assert "Poiret" not in shown.text
    assert "14/03/2026" in shown.text
    assert str(administrator) in dict(rows[1]["changes"]).values()


@pytest.mark.django_db
def test_what_changed_is_said_by_its_column_and_its_choices(nurse: Person) -> None:
    _words, changes = said("kernel.roleassignment:3", role=[None, Role.NURSE.value], person=nurse.pk)
    assert changes["personne"] == f"personne n°\N{NO-BREAK SPACE}{nurse.pk}"
    _words, changes = said("people.patient:3", fields=["birth_date"])
    assert "date de naissance" in ", ".join(changes.values())


def test_no_kind_named_in_the_journal_is_about_a_patient() -> None:
    patient = {"people.patient", "people.referringdoctorrequest", "orientation.request", "agenda.appointment"}
    for label, kind in named_in_journal().items():
        tied = {one.related_model._meta.label_lower for one in kind._meta.fields if one.related_model}
        assert label not in patient
        assert not tied & patient, label
        assert not getattr(kind, "health", ()), label
