"""Somebody without a médecin traitant: the form in two parts, the 15 first, the search, its end told."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.directory import api as directory
from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.people.actions import carers, circle
from maillage.people.actions import inclusions as actions
from maillage.people.actions import referring_doctor as searches
from maillage.people.actions.inclusions import Said
from maillage.people.api import Origin, Patient
from maillage.people.models import AccessLogEntry, DoctorInclusion, Mandate, ReferringDoctorRequest
from maillage.people.queries.inclusions import current_of, reads_health
from maillage.people.rules.carers import Gesture
from maillage.people.rules.circle import Part
from maillage.people.rules.inclusions import Agreed, Ald, System, Teller, waits_for_the_15
from maillage.people.rules.referring_doctor import Closing, Criterion, State
from tests.factories import make_professional
from tests.pdf import text_of
from tests.people.conftest import holder
from tests.people.test_carers import signed


def test_a_sign_waits_for_the_15_until_somebody_called() -> None:
    assert waits_for_the_15(["chest"], is_called=False)
    assert not waits_for_the_15(["chest"], is_called=True)
    assert not waits_for_the_15([], is_called=False)


@pytest.fixture
def nurse(scope: Scope) -> Person:
    return holder(Role.NURSE, scope)


@pytest.fixture
def seen(patient: Patient, nurse: Person) -> Patient:
    """The patient with an account, whose nurse is of the care team."""
    sheet = make_professional("Capucine", "Inès", nurse, profession="60")
    own = holder(Role.PATIENT, None)
    Patient._base_manager.filter(pk=patient.pk).update(account=own)
    patient.refresh_from_db()
    circle.add_to_circle(
        by=own, patient=patient, who=sheet, origin=Origin.TEAM, role=Role.NURSE, is_informed=True
    )
    return patient


def said(**more: object) -> Said:
    return Said(**{"teller": Teller.SELF, "languages": "portugais", "agreed": Agreed.TOLD, **more})


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_form_becomes_the_search_with_its_priority(seen: Patient, nurse: Person) -> None:
    first = said(diseases=[System.HEART], treatments=" Amlodipine ")
    made = actions.write_inclusion(by=nurse, patient=seen, said=first, key="a")
    assert actions.write_inclusion(by=nurse, patient=seen, said=first, key="a") == made
    request = made.request
    assert request is not None
    assert (request.state, request.criteria) == (State.CONSENTED.value, ["aged"])
    assert (made.treatments, made.completed_by) == ("Amlodipine", None)
    second = said(ald=Ald.YES, criteria=[Criterion.DISABILITY], no_sign=True, agreed=Agreed.NOT_YET)
    again = actions.write_inclusion(by=nurse, patient=seen, said=second, key="b", seen=made.version)
    assert (again.pk, again.version, again.completed_by) == (made.pk, 2, nurse)
    assert again.agreed == Agreed.TOLD.value
    request.refresh_from_db()
    weights = rule("people.referring_doctor.weights").value
    assert request.criteria == ["aged", "ald", "disability"]
    assert request.priority == weights["aged"] + weights["ald"] + weights["disability"]
    assert ReferringDoctorRequest._base_manager.count() == DoctorInclusion._base_manager.count() == 1
    assert Entry.objects.filter(verb="people.inclusion_written").count() == 2


@pytest.mark.parametrize("sign", ["breathing", "breathless"])
def test_a_vital_or_warning_sign_opens_the_15_and_no_search(seen: Patient, nurse: Person, sign: str) -> None:
    client, page = client_of(nurse), reverse("people:write_inclusion", args=[seen.pk])
    field = "vital" if sign == "breathing" else "warnings"
    sent = {"key": "k", "teller": "self", "agreed": "signed", field: [sign]}
    shown = client.post(page, sent, follow=True)
    row = DoctorInclusion._base_manager.get()
    assert "Appelez le 15 maintenant" in shown.text
    assert shown.text.index('href="tel:15"') < shown.text.index('id="said"')
    assert (row.request, row.waits_for_the_15) == (None, True)
    assert not ReferringDoctorRequest._base_manager.exists()
    with pytest.raises(PermissionDenied):
        actions.note_call(by=seen.account, inclusion=row)
    address = reverse("people:inclusion", args=[row.pk])
    done = client.post(address, follow=True)
    assert "15 appelé" in done.text
    row.refresh_from_db()
    assert (row.called_by, row.request.state) == (nurse, State.CONSENTED.value)
    assert actions.note_call(by=nurse, inclusion=row).called_at == row.called_at
    other = said(signs=["chest", sign], agreed=Agreed.NOT_YET)
    more = actions.write_inclusion(by=nurse, patient=seen, said=other, key="m", seen=1)
    assert more.waits_for_the_15


def test_what_contradicts_itself_or_comes_late_is_said(seen: Patient, nurse: Person, scope: Scope) -> None:
    for wrong in (
        said(no_disease=True, diseases=[System.LUNG]),
        said(no_sign=True, signs=["chest"]),
        said(signs=["unknown"]),
    ):
        with pytest.raises(ValidationError):
            actions.write_inclusion(by=nurse, patient=seen, said=wrong, key="w")
    made = actions.write_inclusion(by=nurse, patient=seen, said=said(), key="a")
    own = seen.account
    assert own is not None
    page = reverse("people:write_inclusion", args=[seen.pk])
    late = client_of(own).post(
        page, {"key": "l", "version": "", "agrees": "on", "languages": "wolof"}, follow=True
    )
    assert late.status_code == 422
    assert "a écrit cette fiche entre-temps" in late.text
    assert "wolof" in late.text
    with pytest.raises(PermissionDenied):
        actions.write_inclusion(by=holder(Role.PHARMACIST, scope), patient=seen, said=said(), key="p")
    assert current_of(seen) == made
    Patient._base_manager.filter(pk=seen.pk).update(
        referring_doctor=make_professional("Loriot", "Ada", None, profession="10")
    )
    seen.refresh_from_db()
    with pytest.raises(ValidationError, match="a un médecin traitant"):
        actions.write_inclusion(by=nurse, patient=seen, said=said(), key="z")
    assert "a un médecin traitant" in client_of(nurse).get(page).text


def test_a_person_asks_by_themselves_and_reads_where_it_stands(seen: Patient, nurse: Person) -> None:
    own = seen.account
    assert own is not None
    client, page = client_of(own), reverse("people:write_inclusion", args=[seen.pk])
    home = client.get(reverse("people:patient", args=[seen.pk])).text
    assert page in home
    assert "Signes d’alerte" not in client.get(page).text
    assert client.post(page, {"key": "o"}).status_code == 422
    sent = {"key": "o", "agrees": "on", "languages": "français", "signs": ["chest"], "ald": "yes"}
    shown = client.post(page, sent, follow=True)
    assert "On en cherche un pour vous." in shown.text
    row = DoctorInclusion._base_manager.get()
    assert (row.agreed, row.ald, row.signs, row.completed_by) == ("space", "", [], None)
    assert "On en cherche un pour vous." in client.get(reverse("people:patient", args=[seen.pk])).text
    assert "La seconde partie attend" in client_of(nurse).get(reverse("people:inclusion", args=[row.pk])).text


def test_health_is_not_read_by_the_coordination_but_by_the_doctor_asked(
    seen: Patient, nurse: Person, coordinator: Person, physician: Person, doctor: directory.Professional
) -> None:
    row = actions.write_inclusion(by=nurse, patient=seen, said=said(allergies="Pénicilline"), key="a")
    address = reverse("people:inclusion", args=[row.pk])
    shown = client_of(coordinator).get(address).text
    assert "portugais" in shown
    assert "Pénicilline" not in shown
    assert AccessLogEntry._base_manager.filter(person=coordinator, patient=seen).exists()
    assert client_of(physician).get(address).status_code == 404
    assert not reads_health(physician, row)
    searches.set_quota(by=physician, doctor=doctor, per_month=2)
    proposal = searches.propose(by=coordinator, request=row.request, doctor=doctor)
    assert "Pénicilline" in client_of(physician).get(address).text
    asked = client_of(coordinator).get(reverse("people:request", args=[row.request_id]))
    assert address in asked.text
    assert "courriel" in asked.text.lower() or "message" in asked.text.lower()
    searches.refuse(by=physician, proposal=proposal, reason=searches.Refusal.TOO_FAR)
    assert client_of(physician).get(address).status_code == 404


def test_a_doctor_is_told_then_reminded_once_and_never_of_whom(
    seen: Patient, nurse: Person, coordinator: Person, physician: Person, doctor: directory.Professional
) -> None:
    row = actions.write_inclusion(by=nurse, patient=seen, said=said(), key="a")
    searches.set_quota(by=physician, doctor=doctor, per_month=2)
    proposal = searches.propose(by=coordinator, request=row.request, doctor=doctor)
    outbox.drain()

    def sent() -> list[str]:
        rows = Notification._base_manager.filter(person=physician).order_by("pk")
        return list(rows.values_list("template", flat=True))

    assert sent() == ["doctor_proposed"]
    assert "FRÊNE" not in str(list(Notification._base_manager.values()))
    days = rule("people.referring_doctor.reminder_days").value
    with time_machine.travel(timezone.now() + timedelta(days=days, minutes=1)):
        outbox.drain()
        outbox.drain()
        assert sent() == ["doctor_proposed", "doctor_reminded"]
    searches.accept(by=physician, proposal=proposal)
    searches.declare(by=coordinator, request=row.request)
    outbox.drain()
    told = Notification._base_manager.get(template="search_ended")
    assert (told.person, told.path) == (nurse, reverse("people:inclusion", args=[row.pk]))
    assert "Loriot" in client_of(nurse).get(told.path).text
    assert current_of(seen) is None


def test_an_answer_given_in_time_stops_the_reminder(
    seen: Patient, nurse: Person, coordinator: Person, physician: Person, doctor: directory.Professional
) -> None:
    row = actions.write_inclusion(by=nurse, patient=seen, said=said(), key="a")
    searches.set_quota(by=physician, doctor=doctor, per_month=2)
    searches.propose(by=coordinator, request=row.request, doctor=doctor)
    searches.close(by=coordinator, request=row.request, reason=Closing.MOVED)
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        outbox.drain()
    assert not Notification._base_manager.filter(template="doctor_reminded").exists()
    shown = client_of(nurse).get(reverse("people:inclusion", args=[row.pk])).text
    assert "A quitté le territoire" in shown


def test_the_paper_is_filled_in_by_hand(seen: Patient, nurse: Person, regulator: Person) -> None:
    paper = reverse("people:blank_inclusion", args=[seen.pk])
    answer = client_of(nurse).get(paper)
    words = text_of(answer.content)
    for wanted in ("Frêne", "Un professionnel de proximité", "Appelez le 15", "Cœur"):
        assert wanted in words
    stranger = holder(Role.MIDWIFE, None)
    for page in ("people:blank_inclusion", "people:write_inclusion"):
        assert client_of(stranger).get(reverse(page, args=[seen.pk])).status_code == 404
    assert client_of(stranger).get(reverse("people:inclusion", args=[99])).status_code == 404


def test_a_form_is_for_one_person(seen: Patient, nurse: Person, scope: Scope) -> None:
    actions.write_inclusion(by=nurse, patient=seen, said=said(), key="a")
    other = Patient.objects.create(
        scope=scope, birth_name="Orme", birth_first_names="Ana", birth_date="1990-05-02", sex="female"
    )
    own = holder(Role.BOARD, scope)
    Patient._base_manager.filter(pk=other.pk).update(account=own)
    other.refresh_from_db()
    circle.add_to_circle(
        by=own, patient=other, who=nurse.professional, origin=Origin.TEAM, role=Role.NURSE, is_informed=True
    )
    with pytest.raises(ValidationError, match="déjà servi"):
        actions.write_inclusion(by=nurse, patient=other, said=said(), key="a")


@pytest.mark.parametrize(
    ("field", "words", "shown"),
    [
        ("diseases_said", "Une douleur dans la poitrine ce matin", "poitrine"),
        ("treatments", "je n’arrive plus à respirer", "n’arrive plus à respirer"),
        ("allergies", "rien, I want to die", "want to die"),
        ("occupation", "Retraité", ""),
    ],
)
def test_words_of_danger_of_the_person_show_the_15_before_the_search(
    seen: Patient, nurse: Person, field: str, words: str, shown: str
) -> None:
    assert seen.account is not None
    own = client_of(seen.account)
    page = reverse("people:write_inclusion", args=[seen.pk])
    text = own.post(page, {"key": "o", "agrees": "on", field: words}, follow=True).text
    assert ("N’attendez pas une réponse d’ici" in text) == bool(shown)
    assert ("Fiche gardée" in text) == (not shown)
    if shown:
        assert text.index("appelez le 15 maintenant") < text.index('id="said"')
        assert f"« {shown} »" in text.replace("\u00a0", " ").replace("\u202f", " ")
    row = DoctorInclusion._base_manager.get()
    assert "N’attendez pas" not in client_of(nurse).get(reverse("people:inclusion", args=[row.pk])).text


def test_no_search_opens_for_whoever_found_a_doctor_before_the_call(
    seen: Patient, nurse: Person, doctor: directory.Professional
) -> None:
    row = actions.write_inclusion(by=nurse, patient=seen, said=said(signs=["chest"]), key="a")
    Patient._base_manager.filter(pk=seen.pk).update(referring_doctor=doctor)
    shown = client_of(nurse).post(reverse("people:inclusion", args=[row.pk]), follow=True).text
    row.refresh_from_db()
    assert (row.request, row.called_by) == (None, nurse)
    assert "Appel noté." in shown
    assert not ReferringDoctorRequest._base_manager.exists()


def test_a_doctor_reads_no_more_once_the_person_gives_up(
    seen: Patient, nurse: Person, coordinator: Person, physician: Person, doctor: directory.Professional
) -> None:
    row = actions.write_inclusion(by=nurse, patient=seen, said=said(allergies="Pénicilline"), key="a")
    searches.set_quota(by=physician, doctor=doctor, per_month=2)
    proposal = searches.propose(by=coordinator, request=row.request, doctor=doctor)
    searches.accept(by=physician, proposal=proposal)
    form, request = (
        reverse("people:inclusion", args=[row.pk]),
        reverse("people:request", args=[row.request_id]),
    )
    browser = client_of(physician)
    assert "Pénicilline" in browser.get(form).text
    assert browser.get(request).status_code == 200
    searches.close(by=seen.account, request=row.request, reason=Closing.WITHDRAWN)
    assert browser.get(form).status_code == 404
    assert browser.get(request).status_code == 404
    row.refresh_from_db()
    assert not reads_health(physician, row)


def daughter_of(patient: Patient, *, parts: list[Part], gestures: list[Gesture]) -> Person:
    """A carer whom the patient mandated."""
    assert patient.account is not None
    return signed(patient.account, patient, *parts, gestures=gestures).carer


HEALTHY = [Part.CIRCLE, Part.HEALTH]


def test_a_carer_answers_for_the_person_the_first_part_alone(seen: Patient, nurse: Person) -> None:
    carer = daughter_of(seen, parts=HEALTHY, gestures=[Gesture.SPEAK])
    mandate = Mandate.objects.of_carer(carer).get()
    client, page = client_of(carer), reverse("people:write_inclusion", args=[seen.pk])
    helped = reverse("people:helped", args=[mandate.pk])
    assert page in client.get(helped).text
    shown = client.get(page).text
    assert "répondez pour la personne" in shown
    assert 'name="vital"' not in shown
    assert client.post(page, {"key": "c", "languages": "wolof"}).status_code == 422, "the person agrees first"
    sent = {
        "key": "c", "languages": "wolof", "treatments": "Amlodipine", "agrees": "on", "ald": "yes",
        "vital": ["breathing"], "examination": "pressant",
    }  # fmt: skip
    done = client.post(page, sent, follow=True)
    assert "Amlodipine" in done.text
    row = DoctorInclusion._base_manager.get()
    assert (row.by, row.teller, row.agreed, row.ald, row.signs) == (carer, "carer", "told", "", [])
    assert (row.completed_by, row.examination, row.request.state) == (None, "", State.CONSENTED.value)
    assert reverse("people:request", args=[row.request_id]) not in done.text
    assert not actions.may_note_call(carer, row)
    with pytest.raises(PermissionDenied):
        actions.note_call(by=carer, inclusion=row)
    whole = said(teller=Teller.CARER, signs=["chest"], ald=Ald.YES)
    again = actions.write_inclusion(by=carer, patient=seen, said=whole, key="d", seen=1)
    assert (again.signs, again.ald) == ([], "")
    second = said(ald=Ald.YES, no_sign=True)
    assert actions.write_inclusion(by=nurse, patient=seen, said=second, key="n", seen=2).completed_by == nurse
    assert reverse("people:inclusion", args=[row.pk]) in client.get(helped).text


@pytest.mark.parametrize(
    ("parts", "gestures"),
    [
        (HEALTHY, [Gesture.SIGNAL]),
        ([Part.CIRCLE, Part.APPOINTMENTS], [Gesture.SPEAK, Gesture.BOOK]),
        ([Part.HEALTH], [Gesture.SPEAK]),
    ],
)
def test_a_mandate_without_the_word_or_the_health_opens_no_form(
    seen: Patient, parts: list[Part], gestures: list[Gesture]
) -> None:
    carer = daughter_of(seen, parts=parts, gestures=gestures)
    mandate = Mandate.objects.of_carer(carer).get()
    page = reverse("people:write_inclusion", args=[seen.pk])
    assert client_of(carer).get(page).status_code == 404
    assert page not in client_of(carer).get(reverse("people:helped", args=[mandate.pk])).text
    with pytest.raises(PermissionDenied):
        actions.write_inclusion(by=carer, patient=seen, said=said(), key="c")


def test_a_mandate_that_ends_closes_what_its_carer_wrote(seen: Patient) -> None:
    carer = daughter_of(seen, parts=HEALTHY, gestures=[Gesture.SPEAK])
    made = actions.write_inclusion(by=carer, patient=seen, said=said(treatments="Amlodipine"), key="c")
    page = reverse("people:inclusion", args=[made.pk])
    assert "Amlodipine" in client_of(carer).get(page).text
    carers.revoke_mandate(by=seen.account, mandate=Mandate.objects.of_carer(carer).get())
    assert client_of(carer).get(page).status_code == 404
    assert not reads_health(carer, made)
    with pytest.raises(PermissionDenied):
        actions.write_inclusion(by=carer, patient=seen, said=said(), key="e", seen=1)


def test_words_of_danger_of_a_carer_show_the_15_too(seen: Patient) -> None:
    carer = client_of(daughter_of(seen, parts=HEALTHY, gestures=[Gesture.SPEAK]))
    page = reverse("people:write_inclusion", args=[seen.pk])
    sent = {"key": "w", "agrees": "on", "diseases_said": "elle n’arrive plus à respirer"}
    text = carer.post(page, sent, follow=True).text
    assert "N’attendez pas une réponse d’ici" in text
    assert "Fiche gardée" not in text


def test_the_telephone_of_a_relative_never_keeps_a_danger_out(seen: Patient, nurse: Person) -> None:
    assert seen.account is not None
    own, page = client_of(seen.account), reverse("people:write_inclusion", args=[seen.pk])
    sent = {"key": "o", "agrees": "on", "contact_name": "Rosa", "contact_phone": "chez elle"}
    assert own.post(page, sent).status_code == 422
    assert not DoctorInclusion._base_manager.exists()
    kept = own.post(page, sent | {"treatments": "je veux mourir"}, follow=True)
    assert 'href="tel:15"' in kept.text
    assert DoctorInclusion._base_manager.get().contact_phone == "chez elle"
    now = {"key": "p", "version": "1", "agrees": "on", "contact_phone": "06 39 98 01 40"}
    assert own.post(page, sent | now).status_code == 302
    assert DoctorInclusion._base_manager.get().contact_phone == "+33639980140"
