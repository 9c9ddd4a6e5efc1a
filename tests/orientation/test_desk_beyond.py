"""Over capacity and outside any slot, from the desk's screen; services that accepted by phone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from maillage.agenda import api as agenda
from maillage.directory.api import Professional, Structure, StructureKind
from maillage.kernel.models import Person
from maillage.kernel.names import search_key
from maillage.orientation import api
from maillage.orientation.models import Decision, Proposal, Request
from maillage.orientation.pages import presenters
from maillage.territory.api import Commune, Territory
from tests.factories import make_patient
from tests.orientation.conftest import NOW, Call, Doctor


@pytest.fixture
def desk(client: Client, regulator: Person) -> Client:
    client.force_login(regulator)
    return client


@pytest.fixture
def centre(town: Commune) -> Structure:
    return Structure.objects.create(
        id="centre", name="Centre du Gué", search_name=" centre du gue", commune=town, source="test",
        kind=StructureKind.HEALTH_CENTRE.value,
        lon=4.1, lat=46.0, count=1, finess="710000001", precision="commune",
    )  # fmt: skip


@pytest.fixture
def request_(call: Call, regulator: Person, doctor: Professional) -> Request:
    made = call()
    api.propose(by=regulator, request=made)
    return made


def post(desk: Client, name: str, *args: object, **sent: object) -> str:
    return desk.post(reverse(f"orientation:{name}", args=args), sent, follow=True).content.decode()


def beyond(desk: Client, request: Request) -> str:
    """Return what is beyond the free slots, as a page without a script opens it."""
    page = desk.get(reverse("orientation:request", args=[request.pk]), {"volet": "hors-creneau"})
    return page.content.decode()


def searchable() -> None:
    """Let the doctors be found as those of the directory are: by their names without accents."""
    for one in Professional.objects.all():
        one.search_name = search_key(one.first_name, one.last_name)
        one.save(update_fields=["search_name"])


def state(request: Request) -> str:
    return Request.objects.keyed(request.pk).get().state


def test_a_full_slot_whose_doctor_accepts_one_more_is_booked(
    desk: Client, request_: Request, doctor: Professional, regulator: Person, place: Territory
) -> None:
    office = agenda.Schedule.objects.get(agenda__professional=doctor)
    agenda.allow_over_capacity(by=None, schedule=office, per_day=1)
    for slot in agenda.free_slots(regulator, NOW, NOW + timedelta(days=1)):
        agenda.book(by=regulator, slot=slot, patient=make_patient("Orme", place), key=f"full{slot.pk}")
    text = beyond(desk, request_)
    assert "Ajouter 16\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}00 chez Hélène Aubépine" in text
    assert "1 place en plus" in text
    slot = office.slots.order_by("starts_at").first()
    assert "Rendez-vous pris" in post(desk, "over_capacity", request_.pk, slot=slot.pk, key="k")
    assert "est déjà pris" in post(desk, "over_capacity", request_.pk, slot=slot.pk, key="k")
    assert state(request_) == "booked"
    assert Decision.objects.of_request(request_).get().is_over_capacity


def test_where_nobody_more_is_accepted_it_is_said(
    desk: Client, request_: Request, doctor: Professional
) -> None:
    text = beyond(desk, request_)
    alone = desk.get(reverse("orientation:panel", args=[request_.pk, "hors-creneau"])).content.decode()
    assert "Aucun professionnel n’accepte de surnuméraire" in alone
    assert "<html" not in alone
    assert desk.get(reverse("orientation:panel", args=[request_.pk, "dancing"])).status_code == 404
    assert "Aucun professionnel n’accepte de surnuméraire" in text
    address = reverse("orientation:over_capacity", args=[request_.pk])
    for wrong in ("", "99999", "x"):
        assert desk.post(address, {"slot": wrong, "key": "k"}).status_code == 404


def test_whoever_accepted_by_phone_is_named_and_noted(
    desk: Client, request_: Request, doctor: Professional
) -> None:
    searchable()
    found = desk.get(reverse("orientation:effectors"), {"q": "aubé"}).json()
    assert found == [{"value": f"p{doctor.pk}", "label": "Hélène Aubépine", "detail": "Médecin"}]
    assert desk.get(reverse("orientation:effectors"), {"q": "a"}).json() == []
    sent = {"outside-who": "Hélène Aubépine", "outside-chosen": f"p{doctor.pk}", "key": "k"}
    assert "Orientation hors créneau notée" in post(desk, "outside", request_.pk, **sent)
    assert state(request_) == "outside"
    assert "Orientation hors créneau · Hélène Aubépine" in post(desk, "outside", request_.pk, **sent)


def test_a_structure_may_have_accepted(desk: Client, request_: Request, centre: Structure) -> None:
    found = desk.get(reverse("orientation:effectors"), {"q": "centre"}).json()
    assert [one["label"] for one in found] == ["Centre du Gué"]
    post(
        desk,
        "outside",
        request_.pk,
        **{"outside-who": "Centre du Gué", "key": "k", "outside-note": "Prévenus."},
    )
    made = Decision.objects.of_request(request_).get()
    assert (made.structure, made.note) == (centre, "Prévenus.")


def test_a_name_that_is_missing_unknown_or_shared_is_said(
    desk: Client, request_: Request, doctor: Professional, make_doctor: Doctor
) -> None:
    make_doctor("Aubépinard")
    searchable()
    said = {
        "": "obligatoire",
        "Nulle Personne": "Personne de ce nom",
        "Aubé": "Plusieurs répondent à ce nom",
    }
    for name, sentence in said.items():
        assert sentence in post(desk, "outside", request_.pk, **{"outside-who": name, "key": "k"})
    past = {"outside-who": "Aubépine", "outside-chosen": f"p{doctor.pk}", "outside-at": "2026-03-13T10:00"}
    assert "est passée" in post(desk, "outside", request_.pk, **past, key="k")
    assert state(request_) == "proposed"


def test_a_service_proposed_is_called_then_noted(
    desk: Client, request_: Request, centre: Structure, town: Commune
) -> None:
    search = Proposal.objects.of_request(request_).first().search
    offered = Proposal.objects.create(
        request=request_, search=search, rank=90, kind="centre", structure=centre, phone="0199000199",
        travel=12.0, reasons=["open_now"],
    )  # fmt: skip
    text = desk.get(reverse("orientation:request", args=[request_.pk])).content.decode()
    assert 'href="tel:0199000199"' in text
    assert "Centre du Gué" in text
    shown = presenters.card(offered, [], NOW)
    assert (shown.who, shown.where, shown.code) == ("Centre du Gué", town.name, town.code)
    points = desk.get(reverse("orientation:map_places", args=[request_.pk])).json()["features"]
    assert any("Centre du Gué" in one["properties"]["detail"] for one in points)
    assert "Orientation hors créneau notée" in post(desk, "send", request_.pk, offered.pk, key="s")
    assert state(request_) == "outside"
