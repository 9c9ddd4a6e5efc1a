"""Who enters and leaves a home, and the crisis card: who writes what, versions, what is logged."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.care.actions import homes as actions
from maillage.care.models import AggirGrid, CrisisCard, Stay
from maillage.care.pages.home_blocks import advanced_consultations, cards_to_complete, crisis_panel
from maillage.care.queries import homes as queries
from maillage.care.rules.aggir import Activity, Grade
from maillage.care.rules.crisis_card import Entry, Part
from maillage.directory.api import Membership, Professional, Structure
from maillage.kernel.formats import NBSP
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry, CareLink
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.care.homes import (
    OF_A_NURSE,
    come_to_live,
    home,
    make_home,
    manager,
    night_nurse,
    resident,
    stay,
    works,
)
from tests.factories import make_patient, make_person

__all__ = ["home", "manager", "night_nurse", "resident", "stay"]


def written(by: Person, patient: Patient, version: int = 0, **changes: str) -> CrisisCard:
    values = OF_A_NURSE | {Entry(key): value for key, value in changes.items()}
    return actions.revise_card(by=by, patient=patient, version=version, values=values)


def purposes(patient: Patient, person: Person) -> set[str]:
    rows = AccessLogEntry.objects.in_scope(patient.scope).filter(patient=patient, person=person)
    return set(rows.values_list("purpose", flat=True))


def test_who_comes_to_live_there_opens_their_file_to_the_staff_of_the_day(
    stay: Stay, manager: Person, place: Territory
) -> None:
    assert queries.residents(by=manager, home=stay.home)[0].patient == stay.patient
    assert "liste des résidents" in purposes(stay.patient, manager)
    link = CareLink.objects.of_patient(stay.patient).get(origin="residence")
    assert (link.structure, link.role) == (stay.home, "")
    stranger = works(make_person("paul.reglisse", Role.NURSE, place.scope), make_home("Le Lavoir"))
    assert not Stay.objects.for_person(stranger).exists()
    Membership.objects.filter(professional__account=manager).update(ends_on=date(2026, 2, 1))
    assert not Stay.objects.for_person(manager).exists()


def test_the_same_person_again_is_the_same_stay(
    stay: Stay, manager: Person, home: Structure, place: Territory
) -> None:
    assert come_to_live(manager, home, place) == stay
    assert Patient.objects.in_scope(place.scope).count() == 1


def test_a_file_of_exactly_that_name_and_birth_is_taken_up(
    night_nurse: Person, home: Structure, place: Territory
) -> None:
    known = make_patient("Tilleul", place, birth_date=date(1940, 3, 14))
    assert come_to_live(night_nurse, home, place).patient == known


def test_a_nurse_admits_somebody_already_known_only(
    night_nurse: Person, home: Structure, place: Territory
) -> None:
    with pytest.raises(PermissionDenied):
        come_to_live(night_nurse, home, place, "Nouveau")
    page = client_of(night_nurse).get(reverse("care:residents")).content.decode()
    assert "Noter une entrée" not in page


def test_nobody_lives_in_two_homes(stay: Stay, place: Territory) -> None:
    other = make_home("Le Lavoir")
    elsewhere = works(make_person("paul.reglisse", Role.EHPAD, place.scope), other)
    with pytest.raises(ValidationError, match="autre EHPAD"):
        come_to_live(elsewhere, other, place)


def test_who_does_not_work_there_admits_and_takes_out_nobody(
    stay: Stay, doctor: Person, home: Structure, place: Territory
) -> None:
    with pytest.raises(PermissionDenied):
        come_to_live(doctor, home, place, "Autre")
    with pytest.raises(PermissionDenied):
        actions.leave(by=doctor, stay=stay, on=date(2026, 3, 1))


def test_a_stay_begins_today_at_the_latest_and_ends_after_it_began(
    stay: Stay, night_nurse: Person, home: Structure, place: Territory
) -> None:
    with pytest.raises(ValidationError):
        actions.leave(by=night_nurse, stay=stay, on=date(2026, 1, 4))
    with pytest.raises(ValidationError):
        actions.leave(by=night_nurse, stay=stay, on=date(2199, 1, 4))
    with pytest.raises(ValidationError):
        actions.admit(
            by=night_nurse, home=home, scope=place.scope, since=date(2199, 1, 1),
            identity={"birth_name": "A", "birth_first_names": "B", "birth_date": date(1940, 1, 1)},
        )  # fmt: skip


def test_who_leaves_closes_the_link_at_once(
    resident: Patient, stay: Stay, night_nurse: Person, manager: Person
) -> None:
    written(night_nurse, resident)
    page = reverse("care:card", args=[resident.pk])
    assert client_of(manager).get(page).status_code == 200
    actions.leave(by=manager, stay=stay, on=date(2026, 3, 1))
    assert actions.leave(by=manager, stay=stay, on=date(2026, 3, 2)).until == date(2026, 3, 1)
    assert client_of(manager).get(page).status_code == 404
    assert not Stay.objects.for_person(manager).exists()


def test_without_a_word_to_the_person_the_home_reads_no_name(
    manager: Person, night_nurse: Person, home: Structure, place: Territory
) -> None:
    made = come_to_live(manager, home, place, told=False)
    row = queries.residents(by=night_nurse, home=home)[0]
    assert (row.patient, row.may_read, row.is_complete) == (None, False, False)
    shown = client_of(night_nurse).get(reverse("care:residents")).content.decode()
    assert "Nom non ouvert" in shown
    assert "TILLEUL" not in shown
    client_of(night_nurse).post(reverse("care:stay", args=[made.pk]), {"do": "inform"})
    assert "TILLEUL" in client_of(night_nurse).get(reverse("care:residents")).content.decode()


def test_the_nurse_then_the_doctor_complete_a_card(
    resident: Patient, night_nurse: Person, doctor: Person, home: Structure
) -> None:
    first = written(night_nurse, resident, what_to_do="Je n’ai pas à l’écrire")
    assert (first.version, first.as_role, first.what_to_do) == (1, "nurse", "")
    row = queries.residents(by=night_nurse, home=home)[0]
    assert row.lacks == [Part.WHAT_TO_DO]
    second = actions.revise_card(
        by=doctor, patient=resident, version=1, values={Entry.WHAT_TO_DO: "Surveiller une heure."}
    )
    assert (second.version, second.as_role, second.allergies) == (2, "physician", "Pénicilline")
    assert [one.version for one in queries.versions(resident)] == [2, 1]
    assert queries.current_card(resident) == second


def test_who_revised_meanwhile_is_told(resident: Patient, night_nurse: Person, doctor: Person) -> None:
    written(night_nurse, resident)
    with pytest.raises(ValidationError, match="Sofia Anemone"):
        actions.revise_card(by=doctor, patient=resident, version=0, values={Entry.HISTORY: "Hypertension"})
    again = written(night_nurse, resident, version=0)
    assert again.version == 1, "the same again changes nothing"


def test_a_card_read_again_is_of_today(resident: Patient, night_nurse: Person, doctor: Person) -> None:
    with pytest.raises(ValidationError):
        actions.confirm_card(by=night_nurse, patient=resident)
    written(night_nurse, resident)
    CrisisCard.objects.of_patient(resident).update(at="2026-01-10T00:00:00Z")
    assert queries.card_is_to_revise(queries.current_card(resident), date(2026, 11, 1))
    again = actions.confirm_card(by=doctor, patient=resident)
    assert (again.version, again.wishes) == (2, OF_A_NURSE[Entry.WISHES])


def test_too_long_a_text_is_refused_not_cut(resident: Patient, night_nurse: Person) -> None:
    with pytest.raises(ValidationError):
        written(night_nurse, resident, wishes="x" * 601)
    assert queries.current_card(resident) is None


def test_the_page_of_a_card_says_what_lacks_and_logs_its_reader(
    resident: Patient, night_nurse: Person
) -> None:
    written(night_nurse, resident)
    page = client_of(night_nurse).get(reverse("care:card", args=[resident.pk])).content.decode()
    assert "Pénicilline" in page
    assert "Il manque : que faire" in page.replace("\xa0", " ")
    assert "Que faire : médecin généraliste" in page.replace("\xa0", " ")
    assert "fiche de nuit" in purposes(resident, night_nurse)
    answer = client_of(night_nurse).get(reverse("care:card_pdf", args=[resident.pk]))
    assert answer.content.startswith(b"%PDF")
    assert answer["Cache-Control"] == "private, no-store"


def test_the_form_of_a_card_holds_what_one_writes(resident: Patient, night_nurse: Person) -> None:
    client, address = client_of(night_nurse), reverse("care:card_change", args=[resident.pk])
    page = client.get(address).content.decode()
    assert 'name="wishes"' in page
    assert 'name="what_to_do"' not in page
    said = {"version": 0, "to_call_phone": "06 39 98 00 01", "to_call": "Claire", "what_to_do": "Rien"}
    assert client.post(address, said).status_code == 302
    card = queries.current_card(resident)
    assert (card.to_call_phone, card.what_to_do) == ("+33639980001", "")
    assert client.post(address, {"version": 0, "wishes": "Autre"}).status_code == 422
    assert client.post(address, {"version": 1, "to_call_phone": "12"}).status_code == 422
    confirmed = client.post(reverse("care:card", args=[resident.pk]))
    assert confirmed.status_code == 302


def test_a_pharmacist_of_the_circle_writes_no_card(
    resident: Patient, doctor: Person, pharmacist: Person
) -> None:
    circle.add_to_circle(
        by=doctor, patient=resident, who=pharmacist.professional, origin=circle.Origin.TEAM,
        role=Role.PHARMACIST, is_informed=True,
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        written(pharmacist, resident)
    with pytest.raises(PermissionDenied):
        actions.fill_grid(by=pharmacist, patient=resident, grades=dict.fromkeys(Activity, Grade.A))


def test_a_resident_who_opposes_is_counted_and_never_shown(
    resident: Patient, night_nurse: Person, manager: Person, home: Structure
) -> None:
    written(night_nurse, resident)
    circle.oppose(by=night_nurse, patient=resident, who=home)
    row = queries.residents(by=manager, home=home)[0]
    assert (row.may_read, row.card, row.lacks) == (False, None, [])
    block = cards_to_complete(manager)
    assert block is not None
    assert block.said == "1 résident"


def test_the_first_screen_counts_residents_and_incomplete_cards_by_room(
    resident: Patient, night_nurse: Person, manager: Person, doctor: Person
) -> None:
    block = cards_to_complete(manager)
    assert block is not None
    assert block.said == "1 résident, 1 fiche de nuit incomplète"
    assert [one.text for one in block.lines] == ["Chambre 12"]
    written(night_nurse, resident)
    actions.revise_card(by=doctor, patient=resident, version=1, values={Entry.WHAT_TO_DO: "Surveiller."})
    block = cards_to_complete(manager)
    assert block is not None
    assert (block.said, block.lines) == ("1 résident", ())
    assert cards_to_complete(doctor) is None


def test_the_panel_says_the_card_in_its_order(resident: Patient, night_nurse: Person) -> None:
    written(night_nurse, resident)
    panel = crisis_panel(night_nurse, resident)
    assert panel is not None
    titles = [one.text.split(" :")[0] for one in panel.lines]
    assert titles[:3] == ["Que faire", "Souhaits", "Allergies"]
    assert panel.lines[0].is_wrong
    assert "chambre 12" in panel.finding


def test_a_person_who_lives_elsewhere_has_no_panel(patient: Patient, doctor: Person) -> None:
    assert crisis_panel(doctor, patient) is None


def test_a_grid_is_kept_with_its_gir_and_who_filled_it(resident: Patient, night_nurse: Person) -> None:
    client, address = client_of(night_nurse), reverse("care:aggir", args=[resident.pk])
    assert "SNGC" in client.get(address).content.decode()
    assert client.post(address, {"coherence": "A"}).status_code == 422
    assert client.post(address, {one.value: "C" for one in Activity}).status_code == 302
    grid = AggirGrid.objects.of_patient(resident).get()
    assert (grid.gir, grid.rank, grid.by) == (1, 1, night_nurse)
    assert "GIR 1" in client.get(address).content.decode().replace("\xa0", " ")
    with pytest.raises(ValidationError):
        actions.fill_grid(by=night_nurse, patient=resident, grades={})


def test_the_form_of_an_admission_says_what_is_wrong(
    manager: Person, home: Structure, place: Territory
) -> None:
    client, address = client_of(manager), reverse("care:admission")
    assert client.get(address).status_code == 200
    said = {
        "birth_name": "Saule", "birth_first_names": "Anne", "birth_date": "14/03/1938", "sex": "female",
        "since": "2026-02-01", "room": "7", "is_informed": "on",
    }  # fmt: skip
    assert client.post(address, said | {"birth_date": "hier"}).status_code == 422
    assert client.post(address, said).status_code == 302
    assert Stay.objects.for_person(manager).get().room == "7"
    alike = said | {"birth_first_names": "Anna", "birth_date": "14/03/1938"}
    assert client.post(address, alike).status_code == 422
    assert client.post(address, alike | {"is_another": "on"}).status_code == 302
    row = Stay.objects.for_person(manager).first()
    left = client.post(reverse("care:stay", args=[row.pk]), {"do": "leave", "on": "2026-03-01"}, follow=True)
    assert "Sortie notée" in left.content.decode()
    assert client.post(reverse("care:stay", args=[row.pk]), {"do": "leave", "on": "x"}).status_code == 404


def test_who_works_in_no_home_is_told_so(doctor: Person) -> None:
    client = client_of(doctor)
    assert "aucun EHPAD" in client.get(reverse("care:residents")).content.decode()
    assert client.get(reverse("care:admission")).status_code == 403


def test_a_consultation_held_in_the_home_is_told_where_its_slots_are_shown(
    manager: Person, doctor: Person, professional: Professional, home: Structure, place: Territory
) -> None:
    assert advanced_consultations(manager) is None
    diary = agenda.create_agenda(by=None, professional=professional, place=place)
    where = agenda.add_schedule(by=None, agenda=diary, name="Aux Aulnes", structure=home)
    day = timezone.localdate() + timedelta(days=2)
    shown = {"private": agenda.Visibility.PRIVATE, "open": agenda.Visibility.PRO}
    for number, (key, visibility) in enumerate(shown.items()):
        agenda.add_opening(
            by=None, schedule=where, weekday=day.weekday(), starts=time(9 + 2 * number),
            ends=time(10 + 2 * number), minutes=30, valid_from=day, valid_to=day, key=key,
            kind=agenda.Kind.ADVANCED, visibility=visibility,
        )  # fmt: skip
    block = advanced_consultations(manager)
    assert block is not None
    assert [one.text.split(", ")[1] for one in block.lines] == ["11 h 00".replace(" ", NBSP)]
    assert "Aubépine" in block.lines[0].detail
    assert advanced_consultations(doctor) is None
