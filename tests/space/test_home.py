"""The one home of a patient, their papers and their letter; the words that somebody of twelve reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.directory.api import Professional
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.api import Gesture, Means, Part, Patient, access_log
from maillage.space.actions import letters
from maillage.space.pages.letter_content import content_for
from maillage.space.pages.wording import prepared_by
from maillage.territory.api import Territory
from tests.factories import declare_doctor, make_patient, make_person
from tests.space.conftest import client_of, mandate


def test_the_home_has_a_door_for_each_thing_and_each_opens(
    own: Person, patient: Patient, slots: list[agenda.Slot]
) -> None:
    agenda.book(by=None, slot=slots[0], patient=patient, key="x")
    client = client_of(own)
    page = client.get(reverse("space:home")).content.decode()
    assert "Mon prochain rendez-vous" in page
    main = page.split("<main")[1].split("</main")[0]
    doors = {one.split('"')[0] for one in main.split('href="')[1:]} - {"/"}
    assert len(doors) >= 10
    for door in doors:
        if door.startswith("/") and not door.startswith("/static/"):
            assert client.get(door.split("#")[0]).status_code == 200, door


def test_a_carer_has_one_door_a_person_and_a_stranger_is_told_what_to_do(
    own: Person, patient: Patient, place: Territory
) -> None:
    carer = mandate(own, patient, Part.APPOINTMENTS, gestures=(Gesture.BOOK,)).carer
    page = client_of(carer).get(reverse("space:home")).content.decode()
    assert "Votre père" in page
    assert reverse("space:ask", args=[patient.pk]) in page
    assert "TILLEUL" not in page.split("<main")[1]
    other = make_person("mona.saule", Role.NURSE, place.scope)
    assert "Demandez une invitation" in client_of(other).get(reverse("space:home")).content.decode()


def test_one_asks_for_a_doctor_from_the_home(own: Person, patient: Patient) -> None:
    client = client_of(own)
    assert "Oui, cherchez un médecin" in client.get(reverse("space:home")).content.decode()
    client.post(reverse("people:doctor_search", args=[patient.pk]), {"consented": "on"})
    assert "On en cherche un pour vous." in client.get(reverse("space:home")).content.decode()


def test_papers_are_listed_with_their_day_and_who(own: Person, patient: Patient, place: Territory) -> None:
    client, path = client_of(own), reverse("space:documents", args=[patient.pk])
    assert "Aucun papier pour le moment" in client.get(path).content.decode()
    mandate(own, patient, Part.APPOINTMENTS)
    answer = client.post(reverse("space:own_letter", args=[patient.pk]), {"key": "k"})
    assert client.get(answer["Location"]).content[:5] == b"%PDF-"
    page = client.get(path).content.decode()
    assert "J’ai laissé Awa Mélisse agir pour moi" in page
    assert answer["Location"] in page
    assert client.get(reverse("space:own_letter", args=[patient.pk])).status_code == 302
    assert client.post(reverse("space:own_letter", args=[patient.pk])).status_code == 404
    other = make_person("mona.saule", Role.PATIENT, place.scope)
    make_patient("Saule", place, account=other)
    for address in (path, answer["Location"]):
        assert client_of(other).get(address).status_code == 404


def test_a_letter_says_what_its_author_reads_and_how_it_was_asked(
    own: Person, patient: Patient, doctor: Person, professional: Professional, regulator: Person,
    slots: list[agenda.Slot], place: Territory,
) -> None:  # fmt: skip
    agenda.book(by=regulator, slot=slots[0], patient=patient, key="x")
    now = timezone.now()
    declare_doctor(patient, professional)
    patient.refresh_from_db()
    mine = content_for(own, patient, now)
    assert [one[0].replace("\xa0", " ").replace("\u202f", " ") for one in mine.appointments] == [
        "lundi 16 mars 2026 à 9 h 00"
    ]
    assert [one[0] for one in mine.who_does_what] == [professional.name]
    assert [one[1].replace("\xa0", " ").replace("\u202f", " ") for one in mine.numbers] == [
        "03 85 00 00 01", "116 117", "15",
    ]  # fmt: skip
    desk = content_for(regulator, patient, now)
    assert len(desk.appointments) == 1, "those that one made"
    assert (desk.who_does_what, len(desk.numbers)) == ([], 2)
    other = make_person("nadia.verveine", Role.CASE_MANAGER, place.scope)
    assert content_for(other, patient, now).appointments == []
    assert access_log(by=own, patient=patient)[0].purpose == "lettre à la personne"
    made = letters.prepare_letter(by=regulator, patient=patient, means=Means.SPOKEN, key="k")
    assert "de vive voix le 14/03/2026 : Yanis Fougere l’a préparée" in prepared_by(made).replace("\xa0", " ")
    assert letters.prepare_letter(by=regulator, patient=patient, means=Means.SPOKEN, key="k") == made
    assert Entry.objects.filter(verb="space.letter_prepared").count() == 1
    own_one = letters.prepare_letter(by=own, patient=patient, means=Means.SPACE, key="k")
    assert "Vous avez demandé cette lettre le" in prepared_by(own_one)


def test_who_may_not_prepare_a_letter(
    own: Person, patient: Patient, regulator: Person, place: Territory
) -> None:
    stranger = make_person("mona.saule", Role.NURSE, place.scope)
    with pytest.raises(PermissionDenied):
        letters.prepare_letter(by=stranger, patient=patient, means=Means.PAPER, key="a")
    with pytest.raises(PermissionDenied):
        letters.prepare_letter(by=regulator, patient=patient, means=Means.SPACE, key="b")
    assert timezone.now() + timedelta(days=1) > timezone.now()
