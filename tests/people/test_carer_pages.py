"""The pages of mandates: the person's own choices, and what their carer sees of them, shrinking at once."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.people.actions import carers as actions
from maillage.people.models import AccessLogEntry, Mandate, MandateItem, Patient
from maillage.people.rules.carers import Gesture
from maillage.people.rules.circle import Part
from tests.factories import declare_doctor, make_person
from tests.people.test_carers import DAUGHTER, signed

FORM = {
    "do": "give", "first_name": "Awa", "last_name": "Mélisse", "email": "awa.melisse@exemple.fr",
    "relation": "mother", "parts": ["appointments", "circle"], "gestures": ["signal"],
}  # fmt: skip


@pytest.fixture
def treated(patient: Patient, doctor: Professional) -> Patient:
    Professional.objects.filter(pk=doctor.pk).update(phone="01 99 00 12 34")
    declare_doctor(patient, doctor)
    patient.account = make_person("eloise.frene", Role.PATIENT, None)
    patient.save()
    return patient


@pytest.fixture
def own(treated: Patient) -> Person:
    assert treated.account is not None
    return treated.account


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: Person, name: str, pk: int, status: int = 200) -> str:
    answer = client_of(person).get(reverse(f"people:{name}", args=[pk]))
    assert answer.status_code == status
    return re.split(r"<main|</main>", answer.content.decode())[1] if status == 200 else ""


def post(person: Person, patient: Patient, **data: object) -> str:
    answer = client_of(person).post(reverse("people:mandates", args=[patient.pk]), data, follow=True)
    assert answer.status_code in {200, 422}
    return answer.content.decode()


def ahead(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_a_person_lets_a_daughter_act_and_takes_one_thing_back(treated: Patient, own: Person) -> None:
    assert "Personne ne peut agir pour vous." in page(own, "mandates", treated.pk)
    assert "Un code vient de partir" in post(own, treated, **FORM, until=ahead(90))
    mandate = Mandate.objects.of_patient(treated).select_related("carer").get()
    assert page(mandate.carer, "helped", mandate.pk, status=404) == "", "not signed, it says nothing"
    assert "pas le bon code" in post(own, treated, do="sign", row=mandate.pk, code="12")
    assert "C’est signé" in post(own, treated, do="sign", row=mandate.pk, code=actions.code_for(mandate))
    shown = page(own, "mandates", treated.pk)
    assert "1 personne peut agir pour vous." in shown
    assert "vous êtes sa mère" in shown
    helped = page(mandate.carer, "helped", mandate.pk)
    assert "Éloïse FRÊNE" in helped
    assert "Ada Loriot" in helped
    assert "tel:" not in helped, "she may see who they are, not speak with them"
    item = MandateItem.objects.of_mandates([mandate]).get(part="circle")
    assert "dès maintenant" in post(own, treated, do="less", row=mandate.pk, item=item.pk)
    assert "Ada Loriot" not in page(mandate.carer, "helped", mandate.pk)
    log = page(own, "access_log", treated.pk)
    assert "Awa Mélisse" in log
    assert "aide d’un proche" in log
    assert "qui s’occupe de la personne" in log
    assert "ne voit plus rien" in post(own, treated, do="end", row=mandate.pk)
    over = page(mandate.carer, "helped", mandate.pk)
    assert "Ce mandat n’ouvre plus rien." in over
    assert "FRÊNE" not in over
    assert page(mandate.carer, "patient", treated.pk, status=404) == ""


def test_who_may_speak_with_the_circle_reads_their_telephones(treated: Patient, own: Person) -> None:
    mandate = signed(own, treated, Part.CIRCLE, gestures=(Gesture.SPEAK,))
    assert "tel:" in page(mandate.carer, "helped", mandate.pk)


def test_a_mandate_that_ends_in_mid_session_is_seen_at_the_next_request(
    treated: Patient, own: Person
) -> None:
    mandate = signed(own, treated, Part.REACH, days=2)
    carer = client_of(mandate.carer)
    address = reverse("people:helped", args=[mandate.pk])
    assert "39 98 00 01" in carer.get(address).content.decode().replace("\u00a0", " ")
    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1)):
        client = client_of(mandate.carer)
        assert "n’ouvre plus rien" in client.get(address).content.decode()


def test_a_guessed_mandate_or_file_opens_nothing(treated: Patient, own: Person, scope: Scope) -> None:
    mandate = signed(own, treated, Part.REACH)
    other = make_person("zoe.ronce", Role.CARER, scope)
    for person in (other, own, make_person("nina.saule", Role.NURSE, scope)):
        assert page(person, "helped", mandate.pk, status=404) == ""
    for person in (other, mandate.carer):
        assert page(person, "mandates", treated.pk, status=404) == ""
        assert page(person, "circle", treated.pk, status=404) == ""
    elsewhere = Patient.objects.create(
        scope=scope, birth_name="Orme", search_name=" orme", birth_date=date(1950, 1, 1),
        phone="+33639980009", account=make_person("paul.orme", Role.PATIENT, None),
    )  # fmt: skip
    for do in ("sign", "again", "less", "end"):
        said = post(elsewhere.account, elsewhere, do=do, row=mandate.pk, item=1, code="1")
        assert "rechargez la page" in said, do
    assert Mandate.objects.keyed(mandate.pk).get().is_in_force()


@pytest.mark.parametrize(
    "data",
    [
        {"do": "zzz"},
        {"do": "sign", "row": "9" * 30},
        {"do": "less", "row": "x"},
        {**FORM, "until": "demain"},
        {**FORM, "until": "2199-01-01"},
        {**FORM, "until": "0001-01-01"},
        {**FORM, "relation": "boss", "until": "2026-12-01"},
        {**FORM, "first_name": "A\x00wa", "until": "2026-12-01"},
        {**FORM, "email": "a\x00@exemple.fr", "until": "2026-12-01"},
    ],
)
def test_what_no_form_of_ours_sends_is_refused_in_words(
    treated: Patient, own: Person, data: dict[str, object]
) -> None:
    post(own, treated, **data)
    assert not Mandate.objects.of_patient(treated).exists()


def test_the_team_records_a_paper_and_a_carer_gives_their_mandate_up(
    treated: Patient, own: Person, physician: Person
) -> None:
    said = post(physician, treated, **FORM, until=ahead(90), seen_on=ahead(0))
    assert "Mandat noté pour Awa Mélisse." in said
    mandate = Mandate.objects.of_patient(treated).select_related("carer").get()
    assert "vu par Physician" in page(own, "mandates", treated.pk)
    address = reverse("people:helped", args=[mandate.pk])
    assert client_of(mandate.carer).post(address, {"do": "zzz"}).status_code == 403
    answer = client_of(mandate.carer).post(address, {"do": "give_up"}, follow=True)
    assert "n’avez plus ce mandat" in answer.content.decode()
    assert "n’ouvre plus rien" in answer.content.decode()


def test_the_first_screen_of_a_carer_names_nobody(treated: Patient, own: Person) -> None:
    carer = signed(own, treated, Part.APPOINTMENTS).carer
    home = client_of(carer).get("/").content.decode()
    assert "Tout est suivi." in home
    assert "Votre mère" in home
    assert "FRÊNE" not in home
    assert AccessLogEntry.objects.in_scope(treated.scope).filter(person=carer).count() == 0
    assert DAUGHTER.first_name in home
