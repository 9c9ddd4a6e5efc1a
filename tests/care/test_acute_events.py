"""The call at two in the morning: the 15 first, the desk, the advice, the ending, the return, the review."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.care.actions import acute_events as actions
from maillage.care.actions.homes import leave, revise_card
from maillage.care.models import AcuteEvent, PeerReview, Stay, Transfer
from maillage.care.pages.home_blocks import away_or_to_review
from maillage.care.queries import homes as queries
from maillage.care.rules.transfers import Decider, Ending, Judgement
from maillage.directory.api import Membership, Structure
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api as orientation
from maillage.orientation.models import Request
from maillage.people.actions import circle
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.care.homes import OF_A_NURSE, home, manager, night_nurse, resident, stay
from tests.factories import make_person, make_professional
from tests.keys import ABSENT
from tests.pdf import text_of

__all__ = ["home", "manager", "night_nurse", "resident", "stay"]
NIGHT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)  # two in the morning in France


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Begin each test on the day before that night."""
    with time_machine.travel(NIGHT - timedelta(hours=16), tick=True):
        yield


@pytest.fixture
def event(resident: Patient, stay: Stay, night_nurse: Person) -> AcuteEvent:
    revise_card(by=night_nurse, patient=resident, version=0, values=OF_A_NURSE)
    return actions.report_event(by=night_nurse, stay=stay, key="chute", reason="Chute sans douleur")


def post(person: Person, event: AcuteEvent, do: str, **data: object) -> str:
    answer = client_of(person).post(reverse("care:event", args=[event.pk]), {"do": do, **data}, follow=True)
    return answer.content.decode()


def test_the_signs_come_first_and_one_of_them_is_for_the_15(
    resident: Patient, stay: Stay, night_nurse: Person
) -> None:
    client, address = client_of(night_nurse), reverse("care:new_event", args=[resident.pk])
    form = client.get(address).content.decode()
    assert form.index("ne répond pas") < form.index("Ce qui se passe")
    assert 'href="tel:15"' in form
    page = client.post(address, {"key": "a", "signs": ["breathing"]}, follow=True).content.decode()
    assert "Appelez le 15 maintenant" in page
    assert "Appeler le bureau" not in page
    event = AcuteEvent.objects.for_person(night_nurse).get()
    assert event.is_vital
    with pytest.raises(ValidationError, match="15"):
        actions.call_desk(by=night_nurse, event=event, phone="06 39 98 00 02")
    with pytest.raises(ValidationError, match="15"):
        actions.end_event(by=night_nurse, event=event, ending=Ending.AVOIDED, decider=Decider.ON_CALL)
    ended = actions.end_event(by=night_nurse, event=event, ending=Ending.TRANSFERRED, decider=Decider.SAMU)
    assert Transfer.objects.of_event(ended).get().with_call is True


@pytest.mark.parametrize("reason", ["é" * 5000, "a\x00b"], ids=["too long", "what no database keeps"])
def test_a_sign_waits_for_no_other_field(
    resident: Patient, stay: Stay, night_nurse: Person, reason: str
) -> None:
    address = reverse("care:new_event", args=[resident.pk])
    said = {"key": "a", "signs": ["breathing"], "reason": reason}
    page = client_of(night_nurse).post(address, said, follow=True).content.decode()
    assert "Appelez le 15 maintenant" in page
    assert AcuteEvent.objects.for_person(night_nurse).get().reason == reason.replace("\x00", "")[:500]


def test_a_form_open_when_the_resident_left_still_shows_the_15(
    resident: Patient, stay: Stay, night_nurse: Person
) -> None:
    leave(by=night_nurse, stay=stay, on=timezone.localdate())
    address = reverse("care:new_event", args=[resident.pk])
    answer = client_of(night_nurse).post(address, {"key": "a", "signs": ["breathing"]})
    assert answer.status_code in {403, 404}
    assert 'href="tel:15"' in answer.content.decode()
    assert 'href="tel:15"' not in client_of(night_nurse).get(address).content.decode()


def test_without_a_sign_a_word_is_asked_and_the_same_form_notes_once(
    resident: Patient, stay: Stay, night_nurse: Person
) -> None:
    client, address = client_of(night_nurse), reverse("care:new_event", args=[resident.pk])
    assert client.post(address, {"key": "a"}).status_code == 422
    for _again in range(2):
        assert client.post(address, {"key": "a", "reason": "Agitée"}).status_code == 302
    assert AcuteEvent.objects.for_person(night_nurse).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_desk_reads_the_card_for_the_time_of_the_request_and_no_longer(
    event: AcuteEvent, resident: Patient, night_nurse: Person, regulator: Person
) -> None:
    card = reverse("care:card", args=[resident.pk])
    assert client_of(regulator).get(card).status_code == 404
    request = actions.call_desk(by=night_nurse, event=event, phone="06 39 98 00 02")
    assert actions.call_desk(by=night_nurse, event=event, phone="06 39 98 00 02") == request
    assert (request.patient, request.origin, request.sent_from) == (resident, "ehpad", event.stay.home)
    orientation.take(by=regulator, request=request)
    outbox.drain()
    assert client_of(regulator).get(card).status_code == 200
    page = client_of(regulator).get(reverse("orientation:request", args=[request.pk]), {"volet": "dossier"})
    assert "Pénicilline" in page.content.decode()
    assert client_of(regulator).get(reverse("care:card_change", args=[resident.pk])).status_code == 403
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=True):
        Request.objects.keyed(request.pk).update(
            state="closed", ended_at=timezone.now() - timedelta(days=39), locked_by=None, locked_until=None
        )
        orientation_follows(request)
        assert client_of(regulator).get(card).status_code == 404


def orientation_follows(request: Request) -> None:
    """Bring the links of a request in line, as the worker does when it hears of a change."""
    from maillage.orientation.actions.linking import follow

    follow(Request.objects.keyed(request.pk).select_related("patient__scope", "owner").get())


def test_an_advice_is_kept_in_the_name_of_who_gave_it(event: AcuteEvent, night_nurse: Person) -> None:
    assert "Notez qui" not in post(night_nurse, event, "advice", doctor="Dr Loriot", text="Surveiller.")
    kept = AcuteEvent.objects.for_person(night_nurse).get()
    assert (kept.advised_by, kept.advice) == ("Dr Loriot", "Surveiller.")
    with pytest.raises(ValidationError):
        actions.note_advice(by=night_nurse, event=event, doctor=" ", text="x")


def test_a_deferred_transfer_books_the_mobile_team_of_the_morning(
    event: AcuteEvent, night_nurse: Person, place: Territory
) -> None:
    geriatrician = make_professional("Loriot", "Ada")
    team = Structure.objects.create(
        id="mobile", kind="equipe_mobile", name="Équipe mobile", search_name=" equipe mobile", lon=4.0,
        lat=46.5, precision="commune", count=1, source="test", origin="import",
    )  # fmt: skip
    Membership.objects.create(
        professional=geriatrician, structure=team, function="care", starts_on="2026-01-01", source="test"
    )
    with time_machine.travel(NIGHT, tick=True):
        diary = agenda.create_agenda(by=None, professional=geriatrician, place=place)
        where = agenda.add_schedule(by=None, agenda=diary, name="Équipe mobile", structure=team)
        agenda.add_opening(
            by=None, schedule=where, weekday=1, starts=time(8),
            ends=time(9), minutes=30, valid_from=date(2026, 12, 1),
            key="mobile", visibility=agenda.Visibility.PRO,
        )  # fmt: skip
        assert (
            "Réserver"
            not in client_of(night_nurse).get(reverse("care:event", args=[event.pk])).content.decode()
        )
        shown = post(night_nurse, event, "ending", ending="deferred", decider="on_call")
        assert "Réserver" in shown
        slot = agenda.Slot.objects.order_by("starts_at").first()
        assert "Choisissez" in post(night_nurse, event, "visit", slot="x")
        assert "Choisissez" in post(night_nurse, event, "visit", slot=ABSENT)
        assert "Ada Loriot" in post(night_nurse, event, "visit", slot=slot.pk)
        again = actions.book_visit(by=night_nurse, event=event, slot=slot)
        assert again.appointment.patient == event.stay.patient


def test_the_relative_is_called_or_waits_for_the_morning(event: AcuteEvent, night_nurse: Person) -> None:
    actions.end_event(by=night_nurse, event=event, ending=Ending.AVOIDED, decider=Decider.HOME)
    page = client_of(night_nurse).get(reverse("care:event", args=[event.pk])).content.decode()
    assert "Claire Tilleul" in page
    assert "pas la nuit" in page
    assert "À appeler au matin" in post(night_nurse, event, "told", told="morning")
    assert "Choisissez" in post(night_nurse, event, "told", told="autrement")
    post(night_nurse, event, "told", told="reached")
    assert AcuteEvent.objects.for_person(night_nurse).get().told == "reached"
    with pytest.raises(ValidationError):
        actions.tell_relative(by=night_nurse, event=event, outcome="sms")


def test_a_transfer_leaves_with_its_sheet_and_comes_back_with_its_treatments(
    event: AcuteEvent, night_nurse: Person, manager: Person
) -> None:
    sheet = client_of(night_nurse).get(reverse("care:transfer_pdf", args=[event.pk]))
    said = text_of(sheet.content)
    assert "Fiche de liaison" in said
    assert "Chute sans douleur" in said
    assert "Pénicilline" in said
    post(
        night_nurse,
        event,
        "ending",
        ending="transferred",
        decider="on_call",
        with_sheet="on",
        destination="CH",
    )
    transfer = Transfer.objects.of_event(event).get()
    assert (transfer.with_sheet, transfer.with_call, transfer.destination) == (True, False, "CH")
    block = away_or_to_review(manager)
    assert block is not None
    assert block.said == "1 résident parti aux urgences"
    now = timezone.localtime().replace(microsecond=0)
    early = (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert "après le départ" in post(night_nurse, event, "returning", at=early, medicines="Sans changement")
    with time_machine.travel(timezone.now() + timedelta(hours=5), tick=True):
        at = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
        assert "Recopiez" in post(night_nurse, event, "returning", at=at)
        shown = post(night_nurse, event, "returning", at=at, medicines="Paracétamol ajouté")
    assert "Paracétamol ajouté" in shown
    other = actions.report_event(by=night_nurse, stay=event.stay, key="autre", reason="Toux")
    with pytest.raises(ValidationError):
        actions.come_back(by=night_nurse, event=other, at=now, is_admitted=False, medicines="x")


def test_peers_give_an_opinion_together_once_it_is_over(event: AcuteEvent, night_nurse: Person) -> None:
    with pytest.raises(ValidationError):
        actions.review_event(by=night_nurse, event=event, judgement=Judgement.JUSTIFIED, attended="L’équipe")
    actions.end_event(by=night_nurse, event=event, ending=Ending.TRANSFERRED, decider=Decider.HOME)
    assert "Dites qui était présent" in post(night_nurse, event, "review", judgement="justified")
    shown = post(night_nurse, event, "review", judgement="potentially_avoidable", attended="Équipe de nuit")
    assert "Potentiellement évitable" in shown
    assert PeerReview.objects.of_event(event).get().by == night_nurse


def test_the_page_of_transfers_counts_and_names_only_who_may_be_read(
    event: AcuteEvent, resident: Patient, manager: Person, night_nurse: Person, home: Structure
) -> None:
    actions.end_event(by=night_nurse, event=event, ending=Ending.TRANSFERRED, decider=Decider.ON_CALL)
    page = client_of(manager).get(reverse("care:transfers")).content.decode()
    assert "TILLEUL" in page
    assert "journées de présence" in page.replace("\xa0", " ")
    assert "42" in page
    circle.oppose(by=night_nurse, patient=resident, who=home)
    page = client_of(manager).get(reverse("care:transfers")).content.decode()
    assert "TILLEUL" not in page
    assert client_of(manager).get(reverse("care:event", args=[event.pk])).status_code == 404


def test_transfers_are_counted_over_the_days_of_presence(
    event: AcuteEvent, night_nurse: Person, home: Structure
) -> None:
    with time_machine.travel(NIGHT, tick=True):
        actions.end_event(by=night_nurse, event=event, ending=Ending.TRANSFERRED, decider=Decider.ON_CALL)
        found = queries.counts(home, timezone.localdate() + timedelta(days=1), days=10)
    assert (found.rates.transfers, found.rates.days) == (1, 10)
    assert found.rates.per_thousand == 100.0
    assert found.rates.at_night.count == 1


def test_who_does_not_work_there_notes_nothing(
    event: AcuteEvent, resident: Patient, stay: Stay, doctor: Person, place: Territory
) -> None:
    with pytest.raises(PermissionDenied):
        actions.report_event(by=doctor, stay=stay, key="x", reason="Toux")
    with pytest.raises(PermissionDenied):
        actions.end_event(by=doctor, event=event, ending=Ending.AVOIDED, decider=Decider.OWN_DOCTOR)
    assert client_of(doctor).get(reverse("care:new_event", args=[resident.pk])).status_code == 403
    shown = client_of(doctor).get(reverse("care:event", args=[event.pk]))
    assert shown.status_code == 200, "the médecin traitant reads what happened"
    assert "Enregistrer la suite" not in shown.content.decode()
    stranger = make_person("jean.inconnu", Role.NURSE, place.scope)
    assert client_of(stranger).get(reverse("care:event", args=[event.pk])).status_code == 404


def test_a_form_that_means_nothing_changes_nothing(event: AcuteEvent, night_nurse: Person) -> None:
    for do in ("", "tout", "\x00"):
        assert (
            client_of(night_nurse).post(reverse("care:event", args=[event.pk]), {"do": do}).status_code == 302
        )
    assert (
        client_of(night_nurse)
        .post(reverse("care:event", args=[event.pk]), {"do": "advice", "doctor": "\x00", "text": "\x00"})
        .status_code
        == 422
    )
    assert not AcuteEvent.objects.for_person(night_nurse).get().advice
