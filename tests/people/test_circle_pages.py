"""The pages of the circle: who opens them, what a form changes at once, what an emergency shows."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from maillage.directory.api import Professional
from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.people.actions import circle as actions
from maillage.people.models import AccessLogEntry, CareConsent, CareLink, CareOpposition, Patient
from maillage.people.rules.circle import Origin, Part
from tests.factories import declare_doctor, make_person, make_professional

REASON = "Chute dans l’escalier, inconsciente, personne pour dire ses traitements"


@pytest.fixture
def nurse(scope: Scope) -> Person:
    return make_person("ines.capucine", Role.NURSE, scope)


@pytest.fixture
def sheet(nurse: Person) -> Professional:
    return make_professional("Capucine", "Inès", nurse, profession="60")


@pytest.fixture
def treated(patient: Patient, doctor: Professional) -> Patient:
    declare_doctor(patient, doctor)
    return patient


@pytest.fixture
def own(treated: Patient) -> Person:
    """The account of the patient."""
    treated.account = make_person("eloise.frene", Role.PATIENT, None)
    treated.save()
    return treated.account


def circle_page(client: Client, patient: Patient, status: int = 200, **query: str) -> str:
    answer = client.get(reverse("people:circle", args=[patient.pk]), query)
    assert answer.status_code == status
    return answer.content.decode()


def post(client: Client, patient: Patient, do: str, **data: object) -> str:
    answer = client.post(reverse("people:circle", args=[patient.pk]), {"do": do, **data}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_doctor_finds_names_informs_and_ends(
    client: Client, treated: Patient, physician: Person, nurse: Person, sheet: Professional
) -> None:
    client.force_login(physician)
    assert "Cercle de soins" in client.get(reverse("people:patient", args=[treated.pk])).content.decode()
    shown = circle_page(client, treated, q="capucine")
    assert "Inès Capucine" in shown
    assert f'value="p{sheet.pk}"' in shown
    key = f"p{sheet.pk}"
    said = post(client, treated, "add", who=key, **{f"{key}-origin": "team", f"{key}-role": "nurse"})
    assert "une fois la personne informée" in said
    link = CareLink.objects.of_patient(treated).get(origin="team")
    assert client_of(nurse).get(reverse("people:patient", args=[treated.pk])).status_code == 404
    assert "est informée" in post(client, treated, "inform", row=link.pk)
    shown = client_of(nurse).get(reverse("people:patient", args=[treated.pk])).content.decode()
    assert "Cercle de soins" in shown
    assert "ne lit plus ce dossier" in post(client, treated, "end", row=link.pk, reason="relais")
    assert client_of(nurse).get(reverse("people:patient", args=[treated.pk])).status_code == 404


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_patient_chooses_and_open_pages_shrink(
    client: Client, treated: Patient, own: Person, physician: Person, nurse: Person, sheet: Professional
) -> None:
    link = actions.add_to_circle(by=own, patient=treated, who=sheet, origin=Origin.TEAM, role=Role.NURSE)
    client.force_login(own)
    shown = circle_page(client, treated)
    assert "Qui s’occupe de moi" in shown
    assert "Mes choix" in shown
    post(client, treated, "oppose", who=link.pk, parts=["reach"])
    opposed = CareOpposition.objects.of_patient(treated).get()
    assert (opposed.part, opposed.means, opposed.professional) == ("reach", "space", sheet)
    assert "Comment joindre" not in file_read_by(nurse, treated)
    assert "Comment joindre" in file_read_by(physician, treated)
    post(client, treated, "lift", row=opposed.pk)
    assert "Comment joindre" in file_read_by(nurse, treated)
    post(client, treated, "consent", who=link.pk, parts=["plan"])
    consent = CareConsent.objects.of_patient(treated).get()
    post(client, treated, "withdraw", row=consent.pk)
    consent.refresh_from_db(from_queryset=CareConsent.objects.of_patient(treated))
    assert consent.until is not None
    post(client, treated, "oppose", who="tous", in_emergency="on")
    assert client_of(nurse).get(reverse("people:patient", args=[treated.pk])).status_code == 404
    assert client_of(physician).get(reverse("people:circle", args=[treated.pk])).status_code == 404


def file_read_by(person: Person, patient: Patient) -> str:
    return client_of(person).get(reverse("people:patient", args=[patient.pk])).content.decode()


def test_roles_without_a_link_do_not_read_a_circle(
    treated: Patient, scope: Scope, coordinator: Person, nurse: Person
) -> None:
    colleague = make_person("lea.ronce", Role.REGULATOR, scope)
    for person in (colleague, coordinator, nurse):
        for page in ("people:circle", "people:patient"):
            answer = client_of(person).get(reverse(page, args=[treated.pk]))
            assert answer.status_code == 404, person


@pytest.mark.parametrize(
    "data",
    [
        {"do": "inform"},
        {"do": "end", "row": "0"},
        {"do": "end", "row": "99999999999999999999999"},
        {"do": "add", "who": "p"},
        {"do": "add", "who": "x9"},
        {"do": "add", "who": "s\x00"},
        {"do": "\x00"},
        {"do": "consent", "who": "\x00"},
        {"do": "consent", "who": "tous"},
        {"do": "consent", "who": "1", "parts": ["tout"]},
        {"do": "oppose", "who": ""},
        {"do": "lift", "row": "1"},
        {"do": ""},
        {},
    ],
)
def test_a_form_that_means_nothing_changes_nothing(
    data: dict[str, str], client: Client, treated: Patient, physician: Person
) -> None:
    client.force_login(physician)
    before = list(CareLink.objects.of_patient(treated).values_list("pk", "ends_at"))
    answer = client.post(reverse("people:circle", args=[treated.pk]), data)
    assert answer.status_code == 302
    assert list(CareLink.objects.of_patient(treated).values_list("pk", "ends_at")) == before
    assert not CareConsent.objects.of_patient(treated).exists()
    assert not CareOpposition.objects.of_patient(treated).exists()


@pytest.mark.parametrize("reason", ["\x00", "x" * 301])
def test_a_reason_that_no_database_holds_ends_nothing(
    reason: str, client: Client, treated: Patient, physician: Person, sheet: Professional
) -> None:
    link = actions.add_to_circle(
        by=physician, patient=treated, who=sheet, origin=Origin.TEAM, role=Role.NURSE
    )
    client.force_login(physician)
    assert "300 caractères" in post(client, treated, "end", row=link.pk, reason=reason)
    assert CareLink.objects.of_patient(treated).filter(pk=link.pk, ends_at=None).exists()


def test_a_row_of_another_patient_is_not_there(
    client: Client, treated: Patient, physician: Person, scope: Scope, doctor: Professional
) -> None:
    other = Patient.objects.create(scope=scope, birth_name="Aulne", search_name=" aulne")
    declare_doctor(other, make_professional("Sorbier", "Ada"))
    theirs = CareLink.objects.of_patient(other).get()
    client.force_login(physician)
    post(client, treated, "end", row=theirs.pk)
    assert CareLink.objects.of_patient(other).filter(ends_at=None).exists()


def emergency(client: Client, status: int = 302, **data: object) -> str:
    said = {
        "birth_name": "FRÊNE", "first_name": "eloise", "birth_date": "14/03/1940", "reason": REASON,
    } | data  # fmt: skip
    answer = client.post(reverse("people:emergency"), said)
    assert answer.status_code == status, answer.content.decode()[:300]
    return answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_emergency_opens_is_told_and_reviewed(
    client: Client, treated: Patient, own: Person, nurse: Person, sheet: Professional
) -> None:
    dpo = make_person("hugo.lierre", Role.DPO, None)
    client.force_login(nurse)
    assert "Accès d’urgence" in client.get(reverse("people:patients")).content.decode()
    assert "4 heures" in client.get(reverse("people:emergency")).content.decode()
    emergency(client)
    assert client.get(reverse("people:patient", args=[treated.pk])).status_code == 200
    assert "accès d’urgence" in set(
        AccessLogEntry.objects.in_scope(treated.scope).values_list("purpose", flat=True)
    )
    outbox.drain()
    rows = [*Notification.objects.for_person(own), *Notification.objects.for_person(dpo)]
    assert {one.template for one in rows} == {"file_opened", "emergency_to_review"}
    reviewer = client_of(dpo)
    shown = reviewer.get(reverse("people:emergencies")).content.decode()
    assert REASON in shown
    link = CareLink.objects.of_patient(treated).get(origin="emergency")
    answer = reviewer.post(
        reverse("people:emergencies"), {"row": link.pk, "is_justified": "non"}, follow=True
    )
    assert "pourquoi cet accès" in answer.content.decode()
    reviewer.post(reverse("people:emergencies"), {"row": link.pk, "is_justified": "non", "text": "Sans soin"})
    assert client.get(reverse("people:patient", args=[treated.pk])).status_code == 404
    assert "Rien à revoir" in reviewer.get(reverse("people:emergencies")).content.decode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"birth_date": "15/03/1940"}, "Aucun dossier"),
        ({"birth_name": "fren"}, "Aucun dossier"),
        ({"first_name": "marie"}, "Aucun dossier"),
        ({"reason": "urgent"}, "en une phrase"),
        ({"birth_date": "hier"}, "date"),
        ({"birth_name": ""}, "obligatoire"),
    ],
)
def test_an_emergency_finds_nothing_by_less(
    data: dict[str, str], says: str, client: Client, treated: Patient, nurse: Person, sheet: Professional
) -> None:
    client.force_login(nurse)
    assert says in emergency(client, status=422, **data)
    assert not CareLink.objects.of_patient(treated).filter(origin="emergency").exists()


def test_homonyms_born_the_same_day_are_chosen_among(
    client: Client, treated: Patient, nurse: Person, sheet: Professional, scope: Scope
) -> None:
    twin = Patient.objects.create(
        scope=scope, birth_name="Frene", birth_first_names="Éloïse", search_name=" frene eloise",
        birth_date=date(1940, 3, 14),
    )  # fmt: skip
    client.force_login(nurse)
    assert "lequel" in emergency(client, status=422)
    emergency(client, patient=twin.pk)
    assert CareLink.objects.of_patient(twin).filter(origin="emergency").exists()
    assert not CareLink.objects.of_patient(treated).filter(origin="emergency").exists()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.BOARD, Role.PATIENT, Role.ANALYST, Role.CARER])
def test_roles_that_care_for_nobody_open_no_emergency(role: Role, client: Client, scope: Scope) -> None:
    client.force_login(make_person("une.personne", role, scope))
    assert client.get(reverse("people:emergency")).status_code == 403
    assert client.post(reverse("people:emergency"), {}).status_code == 403
    assert client.get(reverse("people:emergencies")).status_code == 403


def test_a_doctor_reads_what_the_rule_says_of_each_part(treated: Patient, physician: Person) -> None:
    from maillage.people import api

    read = api.parts_read(physician, treated)
    assert {part for part, one in read.items() if one.is_allowed} == set(Part)
