"""A form sent twice makes one row; sent again about something else, it is refused in words."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.people.api import Patient
from maillage.protocols import api
from maillage.protocols.models import Shortage, Version
from tests.protocols.conftest import CONTENT, begun, client_of, joined

DAY = date(2030, 1, 7)
MAKE: dict[str, Callable[..., Any]] = {
    "review": lambda by, patient, key: api.plan_review(by=by, patient=patient, planned_on=DAY, key=key),
    "shortage": lambda by, patient, key: api.note_shortage(by=by, patient=patient, medicine="Sel", key=key),
    "vaccination": lambda by, patient, key: api.plan_vaccination(
        by=by, patient=patient, vaccine="Grippe", planned_on=DAY, key=key
    ),
}


@pytest.mark.parametrize("name", MAKE)
def test_a_key_of_a_pharmacist_is_for_one_patient(name: str, pharmacist: Person, patient: Patient) -> None:
    made = MAKE[name](pharmacist, patient, "k")
    assert MAKE[name](pharmacist, patient, "k") == made
    other = Patient.objects.create(
        scope=patient.scope, birth_name="Orme", birth_first_names="Ana", birth_date=DAY, sex="female"
    )
    type(made)._base_manager.filter(pk=made.pk).update(patient=other)
    with pytest.raises(ValidationError, match="entre-temps"):
        MAKE[name](pharmacist, patient, "k")


def test_a_key_of_a_protocol_is_for_one_protocol(
    signed: Version, coordinator: Person, nurse: Person, patient: Patient
) -> None:
    act = begun(nurse, signed, patient)
    assert begun(nurse, signed, patient) == act
    other = api.open_protocol(
        by=coordinator, scope=patient.scope, kind=api.ProtocolKind.LOCAL, title="Autre", key="o"
    )
    version = api.write_version(by=coordinator, protocol=other, content=CONTENT, key="w")
    assert api.write_version(by=coordinator, protocol=other, content=CONTENT, key="w") == version
    with pytest.raises(ValidationError, match="entre-temps"):
        begun(nurse, version, patient)
    with pytest.raises(ValidationError, match="entre-temps"):
        api.write_version(by=coordinator, protocol=signed.protocol, content=CONTENT, key="w")
    joined(coordinator, other, nurse, api.Side.DELEGATED, key="s")
    with pytest.raises(ValidationError, match="entre-temps"):
        joined(coordinator, signed.protocol, nurse, api.Side.DELEGATED, key="s")


def test_a_refused_gesture_shows_what_was_typed(pharmacist: Person, patient: Patient, doctor: Person) -> None:
    page, here = client_of(pharmacist), reverse("protocols:pharmacy", args=[patient.pk])
    said = {"do": "shortage", "medicine": "", "alternatives": "Ce qui reste en rayon", "key": "k"}
    answer = page.post(here, said)
    assert (answer.status_code, Shortage.objects.of_patient(patient).count()) == (409, 0)
    assert "Ce qui reste en rayon</textarea>" in answer.content.decode()
    assert page.post(here, said | {"alternatives": ""}).status_code == 302
