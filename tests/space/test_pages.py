"""The pages of booking: each visitor and state of the link, each step, the refusals in plain words."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.directory.api import Professional
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api as orientation
from maillage.people.actions import carers
from maillage.people.api import Gesture, Part, Patient
from maillage.people.models import CareLink, CareOpposition, Mandate, MandateItem
from maillage.space.actions import booking, checks
from maillage.space.models import SafetyCheck
from maillage.space.rules.booking import Reason
from maillage.territory.api import Territory
from tests.addresses import addresses
from tests.factories import make_patient, make_person
from tests.keys import ABSENT
from tests.space.conftest import Open, cleared, client_of, mandate

#: Which pages of a person need the mandate's gesture, and which only its part.
READ = {"space:appointments", "space:appointment"}
ACT = {"space:ask", "space:answers", "space:slots", "space:take"}
ADDRESSES = {one.name: one for one in addresses(get_resolver().url_patterns) if one.name.startswith("space:")}
OF_A_PERSON = {name: one for name, one in ADDRESSES.items() if "<int:pk>/rendez-vous/" in one.pattern}
VISITORS = (
    "own", "books", "reads", "signals", "revoked", "part taken back", "gesture taken back", "expired",
    "opposed", "team", "regulator", "another patient",
)  # fmt: skip


def visitor(
    state: str,
    own: Person,
    patient: Patient,
    doctor: Person,
    regulator: Person,
    clock: time_machine.Traveller,
) -> Person:
    """Return who asks, once the link is in that state."""
    if state == "own":
        return own
    if state == "regulator":
        return regulator
    if state == "team":
        CareLink.objects.create(
            patient=patient, role="physician", origin="team", professional=doctor.professional,
            starts_at=timezone.now(), informed_at=timezone.now(),
        )  # fmt: skip
        return doctor
    if state == "another patient":
        return make_person("mona.saule", Role.PATIENT, None)
    gestures = () if state == "reads" else (Gesture.SIGNAL,) if state == "signals" else (Gesture.BOOK,)
    parts = () if state == "signals" else (Part.APPOINTMENTS,)
    given = mandate(own, patient, *parts, gestures=gestures)
    items = MandateItem.objects.of_mandates([given]).select_related("mandate")
    if state == "revoked":
        carers.revoke_mandate(by=own, mandate=given)
    elif state == "part taken back":
        carers.revoke_item(by=own, item=items.get(part="appointments"))
    elif state == "gesture taken back":
        carers.revoke_item(by=own, item=items.get(gesture="book"))
    elif state == "expired":
        clock.shift(timedelta(days=90))
    elif state == "opposed":
        CareOpposition.objects.create(patient=patient, means="space", recorded_by=own, person=given.carer)
    return given.carer


@pytest.mark.parametrize("state", VISITORS)
def test_every_page_of_a_person_for_every_visitor(
    state: str,
    own: Person,
    patient: Patient,
    doctor: Person,
    professional: Professional,
    regulator: Person,
    open_slots: Open,
    clock: time_machine.Traveller,
) -> None:
    person = visitor(state, own, patient, doctor, regulator, clock)
    monday = timezone.localdate() + timedelta(days=(7 - timezone.localdate().weekday()))
    slots = open_slots(day=monday)
    made = agenda.book(by=regulator, slot=slots[0], patient=patient, key="desk")
    acts = state in {"own", "books"}
    reads = acts or state in {"reads", "gesture taken back"}
    check = cleared(person, patient) if acts else cleared(own, patient)
    assert set(OF_A_PERSON) == READ | ACT, "a new page of a person needs its line"
    client = client_of(person)
    for name, one in OF_A_PERSON.items():
        keys = {"pk": patient.pk, "asked": check.pk, "slot": slots[1].pk, "appointment": made.pk}
        path = one.filled(lambda _kind, part, keys=keys: str(keys[part]))
        answer = client.get(path, {"controle": check.pk})
        expected = 200 if (reads if name in READ else acts) else 404
        assert answer.status_code == expected, f"{state}: {name}"
        if expected == 404:
            assert "Tilleul" not in answer.content.decode()
            assert client.post(path, {"key": "k", "controle": check.pk}).status_code in {404, 405}, name
    page = client.get(reverse("space:appointments", args=[patient.pk])).content.decode()
    assert ("Prendre un rendez-vous" in page) == acts
    made.refresh_from_db()
    assert made.state == agenda.State.BOOKED


def test_guessed_keys_answer_404(
    own: Person, patient: Patient, place: Territory, slots: list[agenda.Slot], open_slots: Open
) -> None:
    other = make_person("mona.saule", Role.PATIENT, place.scope)
    hers = make_patient("Saule", place, account=other)
    check, theirs = cleared(own, patient), cleared(other, hers)
    made = agenda.book(by=None, slot=slots[0], patient=hers, key="x")
    hidden = open_slots(agenda.Visibility.PRO, hour=15)
    client = client_of(own)
    for path in (
        reverse("space:appointments", args=[hers.pk]),
        reverse("space:appointment", args=[patient.pk, made.pk]),
        reverse("space:appointment", args=[patient.pk, ABSENT]),
        reverse("space:answers", args=[patient.pk, theirs.pk]),
        f"{reverse('space:take', args=[patient.pk, hidden[0].pk])}?controle={check.pk}",
        f"{reverse('space:slots', args=[patient.pk])}?controle={check.pk}&deplacer={made.pk}",
    ):
        assert client.get(path).status_code == 404, path
    borrowed = client.get(f"{reverse('space:slots', args=[patient.pk])}?controle={theirs.pk}")
    assert borrowed.status_code == 302
    assert borrowed["Location"] == reverse("space:ask", args=[patient.pk])


def ask(client: Client, patient: Patient, **said: object) -> object:
    return client.post(reverse("space:ask", args=[patient.pk]), {"key": "q", **said})


def test_from_the_questions_to_the_appointment_then_moved_then_cancelled(
    own: Person, patient: Patient, slots: list[agenda.Slot], doctor: Person
) -> None:
    client = client_of(own)
    assert ask(client, patient).status_code == 422, "nothing is supposed"
    assert ask(client, patient, none="on").status_code == 422
    assert ask(client, patient, none="on", reason="problem").status_code == 422
    answer = ask(client, patient, none="on", reason="follow_up")
    page = client.get(answer["Location"]).content.decode()
    assert "Hélène AUBÉPINE" in page or "Hélène Aubépine" in page
    check = SafetyCheck.objects.for_person(own).get()
    path = reverse("space:take", args=[patient.pk, slots[0].pk])
    assert "Oui, je prends cette heure" in client.get(path, {"controle": check.pk}).content.decode()
    sent = {"controle": check.pk, "key": "take"}
    page = client.post(path, sent, follow=True).content.decode()
    assert "C’est réservé : lundi 16 mars 2026 à 9 h 00, avec Hélène" in page.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert "Un SMS va partir au 06" in page
    assert "Pris par vous." in page
    assert client.post(path, sent).status_code == 302, "sent twice, taken once"
    (made,) = agenda.Appointment.objects.of_account(own)
    move = reverse("space:take", args=[patient.pk, slots[2].pk])
    asked = client.get(reverse("space:ask", args=[patient.pk]), {"deplacer": made.pk}).content.decode()
    assert f'name="deplacer" value="{made.pk}"' in asked
    moving = sent | {"key": "move", "deplacer": made.pk}
    assert "C’est déplacé" in client.post(move, moving, follow=True).content.decode()
    outbox.drain()
    page = client.post(
        reverse("space:appointment", args=[patient.pk, made.pk]), {"key": "end"}, follow=True
    ).content.decode()
    assert "C’est annulé." in page
    assert "annulé par vous" in page
    client.force_login(doctor)


def test_an_hour_just_taken_gives_way_to_the_next(
    own: Person, patient: Patient, slots: list[agenda.Slot], place: Territory
) -> None:
    check = cleared(own, patient)
    agenda.book(by=None, slot=slots[0], patient=make_patient("Saule", place), key="x")
    path = reverse("space:take", args=[patient.pk, slots[0].pk])
    answer = client_of(own).post(path, {"controle": check.pk, "key": "k"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Quelqu’un vient de prendre cette heure." in page
    following = reverse("space:take", args=[patient.pk, slots[1].pk])
    assert f'action="{following}"' in page
    done = client_of(own).post(following, {"controle": check.pk, "key": f"k-{slots[1].pk}"})
    assert done.status_code == 302


@pytest.mark.parametrize(
    "said", [{"signs": "chest"}, {"none": "on", "reason": "problem", "motive": "M03.08"}]
)
def test_a_sign_or_a_vital_motive_shows_the_15_and_no_hour_from_any_door(
    own: Person, patient: Patient, daughter: Person, slots: list[agenda.Slot], said: dict[str, str]
) -> None:
    before = cleared(daughter, patient)
    client = client_of(own)
    page = client.get(ask(client, patient, **said)["Location"]).content.decode()
    assert "Appelez le 15 maintenant." in page
    for person, check in ((own, before), (daughter, before)):
        other = client_of(person)
        query = {"controle": check.pk}
        for path in (
            reverse("space:slots", args=[patient.pk]),
            reverse("space:take", args=[patient.pk, slots[0].pk]),
        ):
            assert other.get(path, query)["Location"] == reverse("space:ask", args=[patient.pk])
        assert (
            "Appelez le 15 maintenant." in other.get(reverse("space:ask", args=[patient.pk])).content.decode()
        )
        assert (
            other.post(
                reverse("space:ask", args=[patient.pk]), {"key": "again", "none": "on", "reason": "follow_up"}
            ).status_code
            == 422
        )
        taken = other.post(reverse("space:take", args=[patient.pk, slots[0].pk]), query | {"key": "k"})
        assert taken.status_code == 302
    assert not agenda.Appointment.objects.of_account(own).exists()


def test_what_needs_a_voice_says_whom_to_call(own: Person, patient: Patient) -> None:
    client = client_of(own)
    answer = ask(client, patient, none="on", reason="problem", motive="M03.14")
    page = client.get(answer["Location"]).content.decode()
    assert "il faut d’abord parler à quelqu’un" in page
    assert "tel:116117" in page


def test_limits_are_said_and_what_is_too_late_is_called(
    own: Person, patient: Patient, slots: list[agenda.Slot], clock: time_machine.Traveller
) -> None:
    check = cleared(own, patient)
    made = booking.book_for_oneself(by=own, patient=patient, slot=slots[0].pk, check=check, key="a")
    client = client_of(own)
    again = client.post(
        reverse("space:take", args=[patient.pk, slots[1].pk]), {"controle": check.pk, "key": "b"}
    )
    assert (again.status_code, "Déplacez-le, ou appelez." in again.content.decode()) == (409, True)
    clock.move_to(slots[0].starts_at - timedelta(hours=1))
    client = client_of(own)
    page = client.get(reverse("space:appointment", args=[patient.pk, made.pk])).content.decode()
    assert "Il est trop tard pour le changer ici." in page
    late = client.post(
        reverse("space:appointment", args=[patient.pk, made.pk]), {"key": "c"}, follow=True
    ).content.decode()
    assert "mieux vaut prévenir tard" in late


def test_they_booked_for_me_is_said_with_who(
    own: Person, patient: Patient, daughter: Person, slots: list[agenda.Slot]
) -> None:
    booking.book_for_oneself(
        by=daughter, patient=patient, slot=slots[0].pk, check=cleared(daughter, patient), key="a"
    )
    path = reverse("space:appointments", args=[patient.pk])
    assert "Awa Mélisse l’a pris pour vous." in client_of(own).get(path).content.decode()
    hers = client_of(daughter).get(path).content.decode()
    assert "Pris par vous." in hers
    assert "Rendez-vous de votre père" in hers
    assert "TILLEUL" not in hers.split("<main")[1]


def test_the_doors_are_on_the_first_screens_and_on_the_page_of_whom_one_helps(
    own: Person, patient: Patient, daughter: Person
) -> None:
    ask_page = reverse("space:ask", args=[patient.pk])
    assert ask_page in client_of(own).get("/").content.decode()
    assert ask_page in client_of(daughter).get("/").content.decode()
    given = Mandate.objects.of_carer(daughter).get()
    assert ask_page in client_of(daughter).get(reverse("people:helped", args=[given.pk])).content.decode()
    reader = make_person("mona.saule", Role.PATIENT, None)
    assert "/espace/" not in client_of(reader).get("/").content.decode()


def test_the_questions_of_a_sheet_are_asked_one_by_one(own: Person, patient: Patient) -> None:
    orientation.create_example_sheets(by=None)
    client = client_of(own)
    path = ask(client, patient, none="on", reason="problem", motive="M03.14")["Location"]
    page = client.get(path).content.decode()
    assert "Je ne sais pas" in page
    assert client.post(path, {}).status_code == 422
    names = {name for name in page.split('name="') if name.startswith("q")}
    said = {name.split('"')[0]: "no" for name in names}
    answer = client.post(path, said)
    found = SafetyCheck.objects.for_person(own).get()
    assert found.answers
    assert answer.status_code == 302
    assert client.post(path, said).status_code == 302, "what was decided stays so"
    checks.start_check(by=own, patient=patient, key="z", signs=(), reason=Reason.FOLLOW_UP)
