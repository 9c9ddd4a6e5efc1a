"""Patients are registered once, read in scope, and each reading is written down."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel.models import Entry, Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.kernel.scoping import UnscopedQueryError
from maillage.people import actions, api, queries
from maillage.people.models import AccessLogEntry, PatientAddress, ReferringDoctorRequest
from maillage.territory import api as territory
from tests.factories import declare_doctor
from tests.people.conftest import holder


def read(person: Person, patient: api.Patient) -> api.PatientFile:
    return api.patient_file(by=person, pk=patient.pk, purpose="essai")


@pytest.mark.parametrize("model", [api.Patient, PatientAddress, AccessLogEntry, ReferringDoctorRequest])
@pytest.mark.django_db
def test_an_unscoped_read_raises(model: type[api.Patient]) -> None:
    with pytest.raises(UnscopedQueryError):
        list(model.objects.all())


def test_every_reading_leaves_a_line(patient: api.Patient, regulator: Person, scope: Scope) -> None:
    read(regulator, patient)
    api.search_patients(by=regulator, text="frene", purpose="appel au numéro unique")
    lines = AccessLogEntry.objects.in_scope(scope)
    assert [(one.person, one.what, one.purpose) for one in lines.order_by("pk")] == [
        (regulator, "file", "essai"),
        (regulator, "list", "appel au numéro unique"),
    ]
    with pytest.raises(ValueError, match="purpose"):
        api.patient_file(by=regulator, pk=patient.pk, purpose=" ")


def test_the_log_is_for_the_patient_and_the_dpo(
    patient: api.Patient, regulator: Person, scope: Scope
) -> None:
    read(regulator, patient)
    dpo = holder(Role.DPO, None)
    assert len(api.access_log(by=dpo, patient=patient)) == 1
    with pytest.raises(PermissionDenied):
        api.access_log(by=regulator, patient=patient)
    account = holder(Role.PATIENT, None)
    patient.account = account
    patient.save()
    own = queries.patient_for_log(by=account, pk=patient.pk)
    assert [one.person for one in api.access_log(by=account, patient=own)] == [regulator]
    with pytest.raises(api.Patient.DoesNotExist):
        queries.patient_for_log(by=regulator, pk=patient.pk)


def test_who_sees_a_patient(
    patient: api.Patient, scope: Scope, coordinator: Person, physician: Person, doctor: directory.Professional
) -> None:
    stranger = holder(Role.CASE_MANAGER, Scope.objects.create(kind="territory", label="Ailleurs"))
    for person in (coordinator, physician, stranger):
        with pytest.raises(api.Patient.DoesNotExist):
            read(person, patient)
    declare_doctor(patient, doctor)
    assert read(physician, patient).patient == patient
    api.request_doctor(by=coordinator, patient=patient)
    assert read(coordinator, patient).patient == patient


@pytest.mark.parametrize(
    "text", ["FRENE elo", "marie", "14/03/1940", "1940-03-14", "+33 6 39 98 00 01", "0639980001"]
)
def test_names_dates_and_phones_find(patient: api.Patient, regulator: Person, text: str) -> None:
    assert api.search_patients(by=regulator, text=text, purpose="essai") == [patient]


@pytest.mark.parametrize("text", ["rene", "15/03/1940", "0639980002", "99/99/1940", ""])
def test_other_texts_do_not(patient: api.Patient, regulator: Person, text: str) -> None:
    assert api.search_patients(by=regulator, text=text, purpose="essai") == []


def test_search_costs_the_same_however_many_are_found(
    patient: api.Patient, regulator: Person, scope: Scope, django_assert_max_num_queries
) -> None:
    for number in range(20):
        values = {"birth_name": "Frêne", "birth_first_names": f"Prénom{number}"}
        api.register(by=regulator, scope=scope, values=values)
    with django_assert_max_num_queries(8):
        assert len(api.search_patients(by=regulator, text="frene", purpose="essai", limit=30)) == 21


def test_a_duplicate_is_warned_of_and_may_be_insisted_upon(
    patient: api.Patient, regulator: Person, physician: Person, scope: Scope
) -> None:
    values = {"birth_name": "FRENE", "birth_first_names": "Eloise", "birth_date": "1940-03-14"}
    with pytest.raises(api.DuplicateWarning) as warning:
        api.register(by=regulator, scope=scope, values=values)
    assert [(one.patient, one.is_visible) for one in warning.value.matches] == [(patient, True)]
    with pytest.raises(api.DuplicateWarning) as hidden:
        api.register(by=physician, scope=scope, values=values)
    assert [one.is_visible for one in hidden.value.matches] == [False]
    other = api.register(by=regulator, scope=scope, values=values, is_another=True)
    assert other.pk != patient.pk


def test_a_name_is_enough_and_a_phone_is_read(regulator: Person, scope: Scope) -> None:
    with pytest.raises(ValidationError, match="nom"):
        api.register(by=regulator, scope=scope, values={"birth_name": " "})
    with pytest.raises(ValidationError, match="téléphone"):
        api.register(by=regulator, scope=scope, values={"birth_name": "Orme", "phone": "le soir"})
    made = api.register(by=regulator, scope=scope, values={"birth_name": "Orme"})
    assert (made.identity_status, made.phone) == (api.IdentityStatus.PROVISIONAL, "")


def test_only_a_qualified_identity_carries_the_matricule(patient: api.Patient, regulator: Person) -> None:
    number = "1400371230001"
    text = f"{number}{97 - int(number) % 97:02d}"
    with pytest.raises(ValidationError, match="qualifiée"):
        api.record_ins(by=regulator, patient=patient, text=text)
    sure = {"document": "passport", "insi": "00"}
    api.change_patient(by=regulator, patient=patient, values=sure)
    with pytest.raises(ValidationError, match="clé"):
        api.record_ins(by=regulator, patient=patient, text=number + "00")
    api.record_ins(by=regulator, patient=patient, text=text)
    assert (patient.ins_number, patient.identity_status) == (number, api.IdentityStatus.QUALIFIED)
    api.change_patient(by=regulator, patient=patient, values={"doubt": "homonym"})
    assert patient.ins_number == ""


def test_the_journal_keeps_which_fields_and_never_their_content(
    patient: api.Patient, regulator: Person
) -> None:
    api.change_patient(by=regulator, patient=patient, values={"disability": "sourd profond"})
    entry = Entry.objects.filter(verb="people.changed").get()
    assert "disability" in entry.changes_text
    assert "sourd" not in entry.changes_text


def test_the_referring_doctor_is_a_physician(
    patient: api.Patient, regulator: Person, doctor: directory.Professional
) -> None:
    api.set_referring_doctor(by=regulator, patient=patient, doctor=doctor)
    nurse = directory.Professional.objects.create(last_name="Grive", search_name=" grive ", profession="60")
    with pytest.raises(ValidationError, match="médecin"):
        api.set_referring_doctor(by=regulator, patient=patient, doctor=nurse)


def test_nobody_changes_a_file_they_only_read(patient: api.Patient) -> None:
    reader = Person.objects.create_user("lecteur@exemple.fr")
    with pytest.raises(PermissionDenied):
        api.change_patient(by=reader, patient=patient, values={"phone": ""})


def test_the_demonstration_is_invented_and_made_once(peopled_valley: territory.Territory) -> None:
    people = api.Patient.objects.in_scope(peopled_valley.scope)
    assert people.count() == actions.create_demonstration_patients(by=None, place=peopled_valley) == 124
    assert not people.exclude(ins_number="").exists()
    assert not people.filter(is_demonstration=False).exists()
    assert {one.identity_status for one in people} == {status.value for status in api.IdentityStatus}


def test_who_sees_a_patient_is_the_same_by_the_statement_written_once(
    scope: Scope, regulator: Person, coordinator: Person, physician: Person
) -> None:
    """Roles in one scope, in two, everywhere, nowhere; one's own file; one's own doctor; an open request."""
    other_scope = Scope.objects.create(kind="territory", label="Ailleurs")
    everywhere = Person.objects.create_user("partout@exemple.fr")
    RoleAssignment.objects.create(person=everywhere, role="regulator", starts_on="2020-01-01")
    away = holder(Role.NURSE, other_scope)
    both = Person.objects.create_user("deux@exemple.fr")
    for one in (scope, other_scope):
        RoleAssignment.objects.create(person=both, role="regulator", scope=one, starts_on="2020-01-01")
    own = Person.objects.create_user("soi@exemple.fr")
    doctor = directory.Professional.objects.create(
        last_name="Aubépine", search_name=" aubepine", account=physician, profession="10"
    )
    names = {"birth_first_names": "Ada", "search_name": " ada"}
    here, there, mine, followed, searching = (
        api.Patient.objects.create(scope=one, birth_name=name, **names, **more)
        for one, name, more in (
            (scope, "Tilleul", {}),
            (other_scope, "Orme", {}),
            (other_scope, "Frêne", {"account": own}),
            (other_scope, "Charme", {}),
            (scope, "Sorbier", {}),
        )
    )
    declare_doctor(followed, doctor)
    ReferringDoctorRequest.objects.create(patient=searching, scope=scope, state="requested")
    seen = {}
    for person in (regulator, coordinator, physician, everywhere, away, both, own):
        plain = set(api.Patient.objects.for_person(person))
        keys = [one.pk for one in (here, there, mine, followed, searching)]
        found = {one for key in keys if (one := api.patient_seen_by(person, key)) is not None}
        assert found == plain, person
        assert api.patient_seen_by(person, 0) is None
        seen[person.pk] = found
    assert seen[regulator.pk] == {here, searching}
    assert seen[coordinator.pk] == {searching}
    assert (seen[own.pk], seen[physician.pk]) == ({mine}, {followed})
    assert seen[everywhere.pk] == seen[both.pk] == {here, there, mine, followed, searching}


def test_a_reception_finds_a_person_by_their_identity_and_browses_nobody(
    patient: api.Patient, scope: Scope
) -> None:
    """Whoever registered somebody keeps the file open some days; a colleague has to be told who it is."""
    colleague = holder(Role.CASE_MANAGER, scope)

    def found(text: str) -> list[api.Patient]:
        return api.search_patients(by=colleague, text=text, purpose="essai")

    for text in ("frene", "eloise frene", "1940-03-14", "14 mars 1940", "39980001", "zzz 1940-03-14"):
        assert found(text) == [], text
    for text in ("06 39 98 00 01", "frene 14/03/1940", "14 mars 1940 Frêne Éloïse", "14031940 frene"):
        assert found(text) == [patient], text
    assert queries.patients_of(by=colleague, purpose="essai") == ([], 0)
    with pytest.raises(api.Patient.DoesNotExist):
        read(colleague, patient)
    assert api.found_patient(by=colleague, pk=patient.pk, purpose="essai") == patient
    with pytest.raises(api.Patient.DoesNotExist):
        api.found_patient(by=holder(Role.NURSE, scope), pk=patient.pk, purpose="essai")


def test_who_registers_a_person_keeps_their_file_open_some_days(
    patient: api.Patient, regulator: Person
) -> None:
    assert read(regulator, patient).patient == patient
    with time_machine.travel(timezone.now() + timedelta(days=8)), pytest.raises(api.Patient.DoesNotExist):
        read(regulator, patient)
