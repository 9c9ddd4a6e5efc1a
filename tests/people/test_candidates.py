"""A search of a médecin traitant shows where each doctor is and how far, the nearest first, and why."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.directory import api as directory
from maillage.directory.models import Membership
from maillage.kernel.models import Person, Scope
from maillage.people import api, queries
from maillage.people.models import DoctorQuota
from maillage.territory.api import Commune
from tests.factories import make_commune


def practising(name: str, commune: Commune | None, per_month: int) -> directory.Professional:
    doctor = directory.Professional.objects.create(
        last_name=name, first_name="Ada", search_name=f" ada {name.lower()} ", profession="10", source="essai"
    )
    if commune is not None:
        office = directory.Structure.objects.create(
            id=f"test:{name}", kind="msp", name=name, search_name=f" {name.lower()} ", commune=commune,
            lon=commune.lon, lat=commune.lat, precision="commune", count=1, source="test",
        )  # fmt: skip
        Membership.objects.create(professional=doctor, structure=office, source="essai")
    DoctorQuota.objects.create(doctor=doctor, per_month=per_month)
    return doctor


@pytest.fixture
def home(db: None) -> Commune:
    return make_commune("71230", lon=4.0, name="Brumeval")


@pytest.fixture
def doctors(home: Commune) -> list[directory.Professional]:
    near = make_commune("71231", lon=4.05, name="Lieuproche")
    far = make_commune("71232", lon=4.6, name="Lieuloin")
    return [
        practising("Loin", far, 9), practising("Sansplace", home, 0), practising("Nullepart", None, 5),
        practising("Proche", near, 1),
    ]  # fmt: skip


def test_the_nearest_with_room_come_first_then_the_unknown_then_the_full(
    doctors: list[directory.Professional], home: Commune, scope: Scope
) -> None:
    found = queries.candidates(scope, set(), home=home)
    assert [one.doctor.last_name for one in found] == ["Proche", "Loin", "Nullepart", "Sansplace"]
    assert found[0].minutes is not None
    assert found[1].minutes is not None
    assert found[0].minutes < found[1].minutes
    assert (found[2].commune, found[2].minutes) == (None, None)


def test_without_the_patients_commune_those_with_most_left_come_first(
    doctors: list[directory.Professional], scope: Scope
) -> None:
    found = queries.candidates(scope, set())
    assert [one.doctor.last_name for one in found] == ["Loin", "Nullepart", "Proche", "Sansplace"]
    assert {one.minutes for one in found} == {None}


def test_the_page_says_where_how_far_and_why(
    client: Client,
    doctors: list[directory.Professional],
    home: Commune,
    scope: Scope,
    regulator: Person,
    coordinator: Person,
) -> None:
    patient = api.register(
        by=regulator, scope=scope, values={"birth_name": "Orme"}, address={"commune": home, "line": "1 rue"}
    )
    search = api.request_doctor(by=coordinator, patient=patient, consented=True)
    client.force_login(coordinator)
    text = client.get(reverse("people:request", args=[search.pk])).content.decode()
    assert "Trajets depuis Brumeval" in text
    assert text.index("Lieuproche") < text.index("Lieuloin")
    assert "le plus proche qui a de la place" in text
    assert "quota du mois atteint" in text
    assert "estimation" in text
