"""What people demand of their data: noted by whom it may, answered in time, done as the law lets, told."""

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from maillage.exchange.models import Notification
from maillage.kernel import journal, outbox
from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.people import api
from maillage.people.actions import copies, rights
from maillage.people.models import AccessLogEntry, CarerAnswers, DataCopy, Patient, RightsRequest
from maillage.people.rules.circle import Means
from maillage.people.rules.rights import Answer, Right, kept_until, months_after
from tests.pdf import text_of
from tests.people.conftest import holder

# --- The rules ---


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 5), 1, date(2027, 1, 5)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_a_month_is_that_of_the_calendar(day: date, months: int, wanted: date) -> None:
    assert months_after(day, months) == wanted


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 400))
def test_months_go_forward_and_keep_the_day_where_it_exists(day: date, months: int) -> None:
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day <= day.day


def test_a_file_is_kept_twenty_years_and_a_child_s_to_their_birthday() -> None:
    years = {"active": 5, "archive": 15, "minor_until": 28}
    assert kept_until(date(2020, 5, 2), None, **years) == date(2040, 5, 2)
    assert kept_until(date(2020, 5, 2), date(1950, 1, 1), **years) == date(2040, 5, 2)
    assert kept_until(date(2020, 5, 2), date(2018, 3, 1), **years) == date(2046, 3, 1)
    assert kept_until(date(2020, 5, 2), date(2012, 5, 2), **years) == date(2040, 5, 2)
    assert kept_until(date(2020, 5, 2), date(2012, 5, 3), **years) == date(2040, 5, 3)


# --- The actions ---


@pytest.fixture
def dpo(db: None) -> Person:
    return holder(Role.DPO, None)


@pytest.fixture
def owner(patient: Patient) -> Person:
    """The patient's own account."""
    account = holder(Role.PATIENT, None)
    Patient._base_manager.filter(pk=patient.pk).update(
        account=account, email="e@exemple.fr", carer_name="Jeanne", carer_phone="+33639980002"
    )
    patient.refresh_from_db()
    return account


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def asked(by: Person, patient: Patient, right: Right = Right.ERASURE, **more: object) -> RightsRequest:
    given_by = {"text": "" if right is Right.ACCESS else "Effacez", "key": f"k-{right.value}"} | more
    return rights.ask_right(by=by, patient=patient, right=right, **given_by)


def test_the_person_and_the_dpo_note_a_demand_and_nobody_else(
    patient: Patient, owner: Person, dpo: Person, regulator: Person, coordinator: Person
) -> None:
    made = asked(owner, patient)
    assert made.means == "space"
    today = timezone.localdate(timezone=patient.scope.zone)
    assert made.due_on == months_after(today, rule("people.rights.answer_months").value)
    assert asked(dpo, patient, key="paper", means=Means.PAPER).means == "paper"
    for somebody in (regulator, coordinator):
        with pytest.raises(PermissionDenied):
            asked(somebody, patient)
    with pytest.raises(ValidationError, match="de vive voix"):
        asked(dpo, patient, key="other", means=Means.SPACE)
    with pytest.raises(ValidationError, match="quelques mots"):
        asked(owner, patient, key="empty", text=" ")


def test_the_same_write_is_one_demand_and_a_copy_under_way_is_the_same(
    patient: Patient, owner: Person, dpo: Person
) -> None:
    first = asked(owner, patient)
    assert asked(owner, patient) == first
    copy = asked(owner, patient, Right.ACCESS)
    assert asked(dpo, patient, Right.ACCESS, key="again") == copy
    assert RightsRequest._base_manager.count() == 2
    assert DataCopy._base_manager.count() == 1


def test_a_delay_is_lengthened_once_before_it_is_over_and_told(
    patient: Patient, owner: Person, dpo: Person
) -> None:
    made = asked(owner, patient)
    with pytest.raises(PermissionDenied):
        rights.extend(by=owner, request=made, why="Long")
    with pytest.raises(ValidationError, match="pourquoi"):
        rights.extend(by=dpo, request=made, why=" ")
    longer = rights.extend(by=dpo, request=made, why="Archives sur papier")
    assert longer.due_on == months_after(made.due_on, 2)
    assert rights.extend(by=dpo, request=made, why="Encore").extended_why == "Archives sur papier"
    late = asked(owner, patient, Right.RESTRICTION)
    RightsRequest._base_manager.filter(pk=late.pk).update(due_on="2020-01-01")
    with pytest.raises(ValidationError, match="délai est passé"):
        rights.extend(by=dpo, request=late, why="Trop tard")
    done = rights.answer(by=dpo, request=late, answer=Answer.GRANTED, words="Gelé")
    RightsRequest._base_manager.filter(pk=late.pk).update(due_on="2090-01-01")
    with pytest.raises(ValidationError, match="déjà sa réponse"):
        rights.extend(by=dpo, request=done, why="Après")


def test_an_erasure_empties_what_no_law_keeps_and_nothing_else(
    patient: Patient, owner: Person, dpo: Person
) -> None:
    CarerAnswers.objects.create(person=owner, answers={"a": "often"})
    made = asked(owner, patient)
    before = Entry.objects.count()
    done = rights.answer(
        by=dpo, request=made, answer=Answer.PARTLY, words="Votre adresse est effacée ; le soin est gardé."
    )
    patient.refresh_from_db()
    assert (patient.email, patient.carer_name, patient.carer_phone) == ("", "", "")
    assert patient.phone
    assert patient.birth_name == "Frêne"
    assert CarerAnswers._base_manager.get().answers == {}
    assert dict(done.done) == {"people.patient": 1, "people.careranswers": 1}
    assert Entry.objects.count() == before + 1
    assert journal.verify().intact
    again = rights.answer(by=dpo, request=made, answer=Answer.REFUSED, words="Non")
    assert (again.answer, again.words) == ("partly", done.words)
    assert rights.erase(patient) == []


def test_a_refusal_erases_nothing_and_says_why(patient: Patient, owner: Person, dpo: Person) -> None:
    made = asked(owner, patient)
    with pytest.raises(ValidationError, match="ce qui est répondu"):
        rights.answer(by=dpo, request=made, answer=Answer.REFUSED, words="")
    with pytest.raises(PermissionDenied):
        rights.answer(by=owner, request=made, answer=Answer.GRANTED, words="Oui")
    rights.answer(by=dpo, request=made, answer=Answer.REFUSED, words="La loi demande de le garder.")
    patient.refresh_from_db()
    assert patient.email == "e@exemple.fr"


# --- The copy ---


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


def event_of(copy: DataCopy, topic: str) -> outbox.Event:
    return outbox.Event(topic, f"copy-{copy.pk}", {"copy": copy.pk}, timezone.now())


def ready(owner: Person, patient: Patient) -> DataCopy:
    made = asked(owner, patient, Right.ACCESS)
    copies.make_copy(event_of(made.copy, rights.COPY_ASKED))
    return DataCopy._base_manager.get()


def test_the_copy_says_all_in_french_and_names_nobody_else(
    patient: Patient, owner: Person, regulator: Person
) -> None:
    stranger = holder(Role.CARER, None)
    stranger.first_name, stranger.last_name = "Zébulon", "Inconnu"
    stranger.save()
    api.log_access(by=regulator, patients=[patient], what="file", purpose="appel")
    api.log_access(by=stranger, patients=[patient], what="file", purpose="visite")
    copy = ready(owner, patient)
    archive = zipfile.ZipFile(io.BytesIO(copies.file_of(copy).read_bytes()))
    assert sorted(archive.namelist()) == ["donnees.json", "donnees.pdf", "lisez-moi.txt"]
    found = json.loads(archive.read("donnees.json"))
    (own,) = found["tables"]["people.patient"]
    assert own["birth_name"] == "Frêne"
    readers = [one["person"] for one in found["tables"]["people.accesslogentry"]]
    assert readers == ["Regulator", "une autre personne"]
    paper = text_of(archive.read("donnees.pdf"))
    assert "Éloïse FRÊNE" in paper
    assert "14/03/1940" in paper
    assert "Zébulon" not in paper
    assert "password" not in archive.read("donnees.json").decode()
    assert copy.request.answer == "granted"


def test_made_again_it_is_the_same_and_killed_it_begins_again(
    patient: Patient, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = asked(owner, patient, Right.ACCESS)
    event = event_of(made.copy, rights.COPY_ASKED)

    def killed(*_args: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", killed)
        with pytest.raises(OSError, match="killed"):
            copies.make_copy(event)
    assert DataCopy._base_manager.get().made_at is None
    copies.make_copy(event)
    first = DataCopy._base_manager.get()
    copies.make_copy(event)
    assert DataCopy._base_manager.get().digest == first.digest
    assert copies.file_of(first).stat().st_mode & 0o777 == 0o600


def test_its_link_is_of_one_person_and_of_some_minutes(
    patient: Patient, owner: Person, dpo: Person, regulator: Person
) -> None:
    copy = ready(owner, patient)
    token = copies.link_for(owner, copy)
    address = reverse("people:copy", args=[token])
    answer = client_of(owner).get(address)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    logged = AccessLogEntry._base_manager.filter(what="copy")
    assert [one.person for one in logged] == [owner]
    assert Entry.objects.filter(verb="people.copy_fetched").count() == 1
    for somebody in (dpo, regulator):
        assert client_of(somebody).get(address).status_code == 404
        own = reverse("people:copy", args=[copies.link_for(somebody, copy)])
        assert client_of(somebody).get(own).status_code == 404
    assert client_of(owner).get(reverse("people:copy", args=[token + "x"])).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client_of(owner).get(address).status_code == 404


def test_it_is_erased_at_its_term(patient: Patient, owner: Person) -> None:
    copy = ready(owner, patient)
    assert copy.is_ready
    assert copies.file_of(copy).exists()
    over = event_of(copy, rights.COPY_OVER)
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        assert copy.is_over
        token = copies.link_for(owner, copy)
        assert client_of(owner).get(reverse("people:copy", args=[token])).status_code == 404
        copies.erase_copy(over)
        copies.erase_copy(over)
    assert not copies.file_of(copy).exists()
    assert Entry.objects.filter(verb="people.copy_erased").count() == 1


def test_the_dpo_fetches_what_they_noted_for_somebody_without_an_account(
    patient: Patient, dpo: Person
) -> None:
    made = asked(dpo, patient, Right.ACCESS, means=Means.PAPER)
    copies.make_copy(event_of(made.copy, rights.COPY_ASKED))
    page = client_of(dpo).get(reverse("people:rights", args=[patient.pk]))
    assert "Télécharger la copie" in page.text
    other = holder(Role.ADMINISTRATOR, None)
    assert (
        "Télécharger la copie" not in client_of(other).get(reverse("people:rights", args=[patient.pk])).text
    )


def test_a_copy_refused_is_not_made(patient: Patient, owner: Person, dpo: Person) -> None:
    made = asked(owner, patient, Right.ACCESS)
    with pytest.raises(ValidationError, match="d’elle-même"):
        rights.answer(by=dpo, request=made, answer=Answer.GRANTED, words="Oui")
    rights.answer(by=dpo, request=made, answer=Answer.REFUSED, words="Identité non prouvée.")
    copies.make_copy(event_of(made.copy, rights.COPY_ASKED))
    assert DataCopy._base_manager.get().made_at is None


# --- The pages ---


def test_a_person_demands_and_reads_the_answer(patient: Patient, owner: Person, dpo: Person) -> None:
    own, officer = client_of(owner), client_of(dpo)
    address = reverse("people:rights", args=[patient.pk])
    assert "Mes droits sur mes données" in own.get(address).text
    assert own.post(address, {"key": "a", "right": "erasure"}).status_code == 422
    sent = {"key": "a", "right": "erasure", "text": "Mon adresse"}
    assert "la réponse est due avant" in own.post(address, sent, follow=True).text
    (demand,) = RightsRequest._base_manager.all()
    waiting = officer.get(reverse("people:demands"))
    assert reverse("people:demand", args=[demand.pk]) in waiting.text
    assert "Frêne" not in waiting.text
    page = officer.get(reverse("people:demand", args=[demand.pk]))
    assert "adresse électronique" in page.text
    assert officer.post(reverse("people:demand", args=[demand.pk]), {"do": "answer"}).status_code == 422
    longer = {"do": "extend", "why": "Archives"}
    officer.post(reverse("people:demand", args=[demand.pk]), longer, follow=True)
    assert "Archives" in own.get(address).text
    said = {"do": "answer", "answer": "partly", "words": "Adresse effacée."}
    done = officer.post(reverse("people:demand", args=[demand.pk]), said, follow=True)
    assert "1 ligne vidée" in done.text
    assert "Adresse effacée." in own.get(address).text
    assert "Rien à répondre" in officer.get(reverse("people:demands")).text


def test_nobody_else_reads_a_demand(
    patient: Patient, owner: Person, regulator: Person, coordinator: Person
) -> None:
    demand = asked(owner, patient)
    for somebody in (regulator, coordinator):
        client = client_of(somebody)
        assert client.get(reverse("people:rights", args=[patient.pk])).status_code == 404
        assert client.get(reverse("people:demands")).status_code == 403
        assert client.get(reverse("people:demand", args=[demand.pk])).status_code == 403
        assert client.get(reverse("people:access_log_csv", args=[patient.pk])).status_code == 404
    assert client_of(owner).get(reverse("people:demand", args=[demand.pk])).status_code == 403


def test_the_access_log_is_a_file(patient: Patient, owner: Person, dpo: Person, regulator: Person) -> None:
    api.log_access(by=regulator, patients=[patient], what="file", purpose="appel du 15")
    for somebody in (owner, dpo):
        answer = client_of(somebody).get(reverse("people:access_log_csv", args=[patient.pk]))
        assert "appel du 15" in answer.content.decode("utf-8-sig")


def test_the_demand_is_told_without_a_word_of_it(
    patient: Patient, owner: Person, dpo: Person, scope: Scope
) -> None:
    made = asked(owner, patient)
    outbox.drain()
    rights.answer(by=dpo, request=made, answer=Answer.REFUSED, words="Secret")
    outbox.drain()
    told = Notification._base_manager.filter(template__startswith="rights_")
    assert {one.template for one in told} == {"rights_asked", "rights_answered"}
    assert all("Frêne" not in str(one.parameters) and "Secret" not in str(one.parameters) for one in told)
