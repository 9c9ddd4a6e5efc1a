"""Files whose spellings differ raise a warning, never a refusal: by ear, dates, phones, places."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as some

from maillage.kernel.models import Person, Scope
from maillage.kernel.sounds import likeness, name_sound, phonetic_key
from maillage.kernel.sourced_rules import rule
from maillage.people import api
from maillage.people.rules.duplicates import Likeness, Traits, resemblance

KNOWN = {
    "birth_name": "Lefèvre", "birth_first_names": "Catherine", "birth_date": date(1950, 12, 31),
    "sex": "female", "phone": "06 39 98 00 40",
}  # fmt: skip


def register(by: Person, scope: Scope, **values: object) -> api.Patient:
    return api.register(by=by, scope=scope, values=values)


@pytest.mark.parametrize(
    "typed",
    [
        {"birth_name": "Lefebvre", "birth_first_names": "Cathérine", "birth_date": date(1950, 12, 31)},
        {"birth_name": "LE FEVRE", "birth_first_names": "Catherine", "birth_date": date(1950, 12, 31)},
        {"birth_name": "Catherine", "birth_first_names": "Lefebvre", "birth_date": date(1950, 12, 31)},
        {"birth_name": "Lefebvre", "birth_first_names": "Catherine", "birth_date": date(1950, 12, 30)},
        {"birth_name": "Lefevre", "birth_first_names": "Catherine", "birth_date": date(1960, 12, 31)},
        {"birth_name": "Lefevrre", "birth_first_names": "Catherrne", "birth_date": date(1950, 12, 31)},
        {"birth_name": "Lefebvre", "birth_first_names": "Catherine", "phone": "+33 6 39 98 00 40"},
    ],
)
def test_another_spelling_raises_a_warning_that_one_may_pass(
    regulator: Person, scope: Scope, typed: dict[str, object]
) -> None:
    known = register(regulator, scope, **KNOWN)
    with pytest.raises(api.DuplicateWarning) as warning:
        register(regulator, scope, **typed)
    assert [match.patient.pk for match in warning.value.matches] == [known.pk]
    api.register(by=regulator, scope=scope, values=typed, is_another=True)
    assert api.Patient.objects.in_scope(scope).count() == 2


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Müller", "Mueller"),
        ("MUELLER", "Müller"),
        ("Muller", "Mueller"),
        ("Göbel", "GOEBEL"),
        ("Håkan", "Haakan"),
    ],
)
def test_letters_that_a_document_cannot_write_raise_the_same_warning(
    regulator: Person, scope: Scope, known: str, typed: str
) -> None:
    born = {"birth_first_names": "Jörg", "birth_date": date(1950, 12, 31)}
    file = register(regulator, scope, birth_name=known, **born)
    with pytest.raises(api.DuplicateWarning) as warning:
        register(regulator, scope, birth_name=typed, **born | {"birth_first_names": "Joerg"})
    assert [match.patient.pk for match in warning.value.matches] == [file.pk]


@pytest.mark.parametrize(
    "typed",
    [
        {"birth_name": "Lefèvre"},
        {"birth_name": "Lefèvre", "birth_first_names": "Catherine"},
        {"birth_name": "Lefèvre", "birth_first_names": "Catherine", "birth_date": date(1985, 3, 2)},
        {"birth_name": "Lefèvre", "birth_first_names": "Brigitte", "birth_date": date(1950, 12, 31)},
        {"birth_name": "Saule", "birth_first_names": "Bruno", "birth_date": date(1950, 12, 31)},
        {"birth_name": "Saule", "birth_first_names": "Bruno", "phone": "06 39 98 00 40"},
        {
            "birth_name": "Lefèvre",
            "birth_first_names": "Denis",
            "birth_date": date(1950, 12, 1),
            "sex": "male",
        },
    ],
)
def test_somebody_else_raises_none(regulator: Person, scope: Scope, typed: dict[str, object]) -> None:
    register(regulator, scope, **KNOWN)
    register(regulator, scope, **typed)
    assert api.Patient.objects.in_scope(scope).count() == 2


def test_candidates_come_by_keys_not_by_reading_the_table(regulator: Person, scope: Scope) -> None:
    register(regulator, scope, **KNOWN)
    traits = Traits(
        frozenset({"lefebvre"}), frozenset({"catherine"}), date(1950, 12, 31), frozenset({"+33639980040"})
    )
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert api.possible_duplicates(by=regulator, scope=scope, traits=traits)
    asked = [one["sql"] for one in seen.captured_queries if "birth_sound" in one["sql"]]
    assert asked
    assert not [sql for sql in asked if "LIKE" in sql.upper().replace("LIKENESS", "")]
    keyed = {field.name for field in api.Patient._meta.get_fields() if getattr(field, "db_index", False)}
    assert {"birth_date", "birth_sound", "used_sound", "phone", "other_phone", "carer_phone"} <= keyed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lefèvre", "Lefebvre"), ("Thibault", "Tibo"), ("Philippe", "Filipe"), ("Dupont", "Dupond"),
        ("Durant", "Durand"), ("Renault", "Renaud"), ("Gauthier", "Gotier"), ("Quentin", "Kentin"),
        ("Moreau", "Moro"), ("Lemaire", "Lemere"), ("Lambert", "Lembert"), ("Le Goff", "Legoff"),
        ("D’Artagnan", "Dartagnan"), ("Nguyễn", "N’Guyen"), ("Rousseau", "Rousso"), ("Girard", "Jirar"),
    ],
)  # fmt: skip
def test_what_a_french_ear_does_not_tell_apart(one: str, other: str) -> None:
    assert phonetic_key(one) == phonetic_key(other)
    assert name_sound(one, "Marie Claire") == name_sound(other, "Mari")


@pytest.mark.parametrize(
    ("one", "other"), [("Martin", "Marin"), ("Simon", "Simone"), ("Louis", "Louise"), ("Bernard", "Besnier")]
)
def test_what_a_french_ear_tells_apart(one: str, other: str) -> None:
    assert phonetic_key(one) != phonetic_key(other)


@given(some.text(max_size=30))
def test_a_sound_is_always_the_same_and_empty_only_for_nothing(text: str) -> None:
    assert phonetic_key(text) == phonetic_key(text.upper()) or not text.isascii()
    assert likeness(text, text) in {0.0, 1.0}
    assert len(name_sound(text * 9, text)) <= 80


def test_what_is_not_known_counts_for_nothing() -> None:
    weights = rule("people.duplicates.weights").value
    nobody = Traits(frozenset(), frozenset())
    names = frozenset({"saule"}), frozenset({"ada"})
    somebody = Traits(*names, date(1950, 1, 2), sex="female", commune="71230")
    assert resemblance(nobody, somebody, weights) == 0
    far = Traits(*names, date(1950, 2, 1), sex="male", commune="71270")
    near = Traits(*names, date(1950, 2, 1), sex="female", commune="71230")
    assert resemblance(near, somebody, weights) > resemblance(far, somebody, weights)
    assert list(Likeness)[-1] is Likeness.ALIKE
