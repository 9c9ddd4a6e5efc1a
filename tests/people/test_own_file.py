"""People change how they are reached in their own file, never who they are nor how sure it is."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people import api
from tests.factories import declare_doctor
from tests.people.conftest import holder

IDENTITY = {
    "birth_name": "Autre", "birth_first_names": "Autre", "used_name": "Autre", "used_first_name": "Autre",
    "birth_date": date(1941, 1, 1), "sex": "male", "birthplace_code": "71230", "document": "passport",
    "insi": "00", "doubt": "homonym",
}  # fmt: skip
TRAITS = (*IDENTITY, "identity_status", "ins_number", "ins_oid", "search_name")


def own(patient: api.Patient, role: Role | None, scope: Scope) -> Person:
    """The patient's account, with a role or none."""
    person = holder(role, scope) if role else Person.objects.create_user("soi@exemple.fr")
    if role is Role.REGULATOR:
        RoleAssignment.objects.create(
            person=person, role=Role.COORDINATOR.value, scope=scope, starts_on="2020-01-01"
        )
    patient.account = person
    patient.save()
    return person


def traits(patient: api.Patient) -> dict[str, object]:
    """Who somebody is and how sure it is, as stored now."""
    now = api.Patient.objects.in_scope(patient.scope).get(pk=patient.pk)
    return {name: getattr(now, name) for name in TRAITS}


@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.NURSE])
@pytest.mark.parametrize("field", IDENTITY)
def test_one_does_not_change_ones_own_identity(
    patient: api.Patient, scope: Scope, role: Role | None, field: str
) -> None:
    somebody, before = own(patient, role, scope), traits(patient)
    with pytest.raises(PermissionDenied):
        api.change_patient(by=somebody, patient=patient, values={field: IDENTITY[field]})
    assert traits(patient) == before


@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.NURSE])
def test_one_changes_how_one_is_reached(
    client: Client, patient: api.Patient, scope: Scope, role: Role | None
) -> None:
    somebody, before = own(patient, role, scope), traits(patient)
    client.force_login(somebody)
    address = reverse("people:change", args=[patient.pk])
    shown = client.get(address).content.decode()
    assert 'name="phone"' in shown
    assert not any(f'name="{name}"' in shown for name in IDENTITY)
    sent = {**IDENTITY, "phone": "06 39 98 00 77", "language": "fr", "ins_number": "1400371230001"}
    assert client.post(address, sent).status_code == 302
    assert traits(patient) == before
    assert api.Patient.objects.in_scope(scope).get(pk=patient.pk).phone == "+33639980077"
    client.post(reverse("people:ins", args=[patient.pk]), {"ins": "140037123000189"})
    assert traits(patient) == before


def test_a_referring_doctor_who_is_the_patient_does_not_qualify_themself(
    patient: api.Patient, scope: Scope, doctor: object, physician: Person
) -> None:
    patient.account = physician
    patient.save()
    declare_doctor(patient, doctor)
    before = traits(patient)
    with pytest.raises(PermissionDenied):
        api.change_patient(by=physician, patient=patient, values={"document": "passport", "insi": "00"})
    with pytest.raises(PermissionDenied):
        api.record_ins(by=physician, patient=patient, text="140037123000189")
    assert traits(patient) == before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"birth_date": timezone.localdate() + timedelta(days=1)}, "birth_date"),
        ({"birth_date": date(2990, 1, 1)}, "birth_date"),
        ({"birth_date": date(1850, 1, 1)}, "birth_date"),
        ({"birth_date": "31/02/1950"}, "birth_date"),
        ({"birthplace_code": "ABCDE"}, "birthplace_code"),
        ({"birthplace_code": "7123"}, "birthplace_code"),
        ({"phone": "06 39 98"}, "phone"),
        ({"carer_phone": "le soir"}, "carer_phone"),
    ],
)
def test_an_action_refuses_what_cannot_be(
    regulator: Person, scope: Scope, patient: api.Patient, values: dict[str, object], field: str
) -> None:
    with pytest.raises(ValidationError) as error:
        api.register(by=regulator, scope=scope, values={"birth_name": "Saule", **values})
    assert field in error.value.message_dict
    with pytest.raises(ValidationError):
        api.change_patient(by=regulator, patient=patient, values=values)


def test_what_is_typed_is_stored_in_one_form(regulator: Person, scope: Scope) -> None:
    made = api.register(
        by=regulator, scope=scope,
        values={
            "birth_name": "Saule", "birth_date": "31121950", "birthplace_code": "2a 004",
            "phone": "0692 12 34 56", "carer_phone": "06\u201139\u201198\u201100\u201102",
        },
    )  # fmt: skip
    assert (made.birth_date, made.birthplace_code) == (date(1950, 12, 31), "2A004")
    assert (made.phone, made.carer_phone) == ("+262692123456", "+33639980002")
    for text in ("31-12-1950", "31/12/50", "31 décembre 1950", "0692123456", "+262 692 12 34 56", "saule"):
        assert [one.pk for one in api.search_patients(by=regulator, text=text, purpose="essai")] == [made.pk]


def test_a_number_stored_before_it_was_checked_stays_while_unchanged(
    client: Client, regulator: Person, patient: api.Patient, scope: Scope
) -> None:
    api.Patient.objects.in_scope(scope).filter(pk=patient.pk).update(phone="123456", birthplace_code="7123")
    client.force_login(regulator)
    sent = {"birth_name": "Frêne", "language": "fr", "phone": "123456", "birthplace_code": ""}
    assert client.post(reverse("people:change", args=[patient.pk]), sent).status_code == 302
    assert api.Patient.objects.in_scope(scope).get(pk=patient.pk).phone == "123456"
