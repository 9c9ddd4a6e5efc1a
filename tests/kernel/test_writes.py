"""What a key made before: found for its author alone, wherever it is, and refused about something else."""

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from maillage.kernel.models import Departure, InboxHolding, Person, Scope
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people.models import PatientAddress
from tests.factories import make_patient, make_territory


def left(by: Person, person: Person, key: str) -> Departure:
    return Departure.objects.create(by=by, person=person, reason="Retraite.", key=key)


def test_a_key_finds_what_its_author_made_and_nobody_else_s(nurse: Person, administrator: Person) -> None:
    row = left(administrator, nurse, "k")
    assert made_before(Departure, by=administrator, key="k") == row
    assert made_before(Departure, by=administrator, key="other") is None
    assert made_before(Departure, by=nurse, key="k") is None
    assert made_before(Departure, by=None, key="k") is None
    theirs = left(nurse, administrator, "k")
    assert made_before(Departure, by=nurse, key="k") == theirs
    assert made_before(Departure, by=administrator, key="k") == row


def test_the_author_is_the_field_that_the_table_names(nurse: Person, administrator: Person) -> None:
    today = timezone.localdate()
    row = InboxHolding.objects.create(
        owner=nurse, holder=administrator, starts_on=today, ends_on=today + timedelta(days=1), key="k"
    )
    assert made_before(InboxHolding, by=nurse, key="k") == row
    assert made_before(InboxHolding, by=administrator, key="k") is None


def test_the_keys_of_the_program_are_its_own(nurse: Person) -> None:
    patient = make_patient("Saule", make_territory())
    rows = [
        PatientAddress(patient=patient, by=by, key="k", line="1 rue du Puits", position=place)
        for place, by in enumerate((None, nurse))
    ]
    for row in rows:
        row.save()
    assert made_before(PatientAddress, by=None, key="k") == rows[0]
    assert made_before(PatientAddress, by=nurse, key="k") == rows[1]


def test_what_is_needed_of_it_is_read_at_once(nurse: Person, administrator: Person) -> None:
    left(administrator, nurse, "k")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        row = made_before(Departure, by=administrator, key="k", related=("person",))
        assert row is not None
        assert row.person == nurse
    assert len(asked) == 1


def test_what_the_database_found_there_is_there_or_it_is_a_fault(
    nurse: Person, administrator: Person
) -> None:
    row = left(administrator, nurse, "k")
    assert made_meanwhile(Departure, by=administrator, key="k") == row
    with pytest.raises(ObjectDoesNotExist):
        made_meanwhile(Departure, by=nurse, key="k")


def test_a_table_whose_rows_no_key_makes_is_not_asked(scope: Scope, nurse: Person) -> None:
    with pytest.raises(LookupError, match="made_once"):
        made_before(Scope, by=nurse, key="k")


def test_the_same_key_about_something_else_is_refused_in_words() -> None:
    assert same_write("ce qui a été fait", is_same=True) == "ce qui a été fait"
    with pytest.raises(ValidationError, match="a déjà servi à autre chose"):
        same_write(None, is_same=False)
