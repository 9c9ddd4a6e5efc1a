"""Files at the end of their years: noted, held by the law, erased whole on the DPO's word, and told."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from maillage.care.models import Measure
from maillage.config.cli import app
from maillage.kernel import outbox, register
from maillage.kernel.contributions import records
from maillage.kernel.models import Entry, Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people.actions import retention, rights
from maillage.people.api import Origin, Patient
from maillage.people.models import (
    CareLink,
    ErasureBatch,
    ErasureLine,
    LegalHold,
    PatientAddress,
    SupportReferral,
)
from maillage.people.queries.patients import log_access
from maillage.people.queries.retention import at_their_term, kinds_of, last_care
from maillage.people.rules.circle import Means
from maillage.people.rules.retention import Kept, hindrance, latest_care
from maillage.people.rules.rights import Answer, Right
from tests.keys import ABSENT
from tests.people.conftest import holder

DAY = date(2026, 5, 2)
OLD = datetime(2003, 6, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kept_until", "is_held", "is_demanded", "wanted"),
    [
        (date(2026, 5, 1), False, False, None),
        (DAY, False, False, Kept.CARED_FOR),
        (date(2026, 5, 1), False, True, Kept.DEMANDED),
        (date(2026, 5, 1), True, True, Kept.HELD),
    ],
)
def test_what_stops_an_erasure(
    kept_until: date, is_held: bool, is_demanded: bool, wanted: Kept | None
) -> None:
    assert hindrance(kept_until, DAY, is_held=is_held, is_demanded=is_demanded) is wanted


def test_the_day_before_which_care_ended_is_a_day_too_many() -> None:
    assert latest_care(DAY, active=5, archive=15) == date(2006, 5, 3)


def test_each_column_that_tells_of_care_is_a_day_of_its_table() -> None:
    for one in records():
        for way in (*one.cared, *filter(None, [one.lasting])):
            model: Any = one.model
            for name in way.split("__"):
                field = model._meta.get_field(name)
                model = field.related_model
            assert field.get_internal_type() in {"DateField", "DateTimeField"}, (one.model, way)


def test_every_context_that_keeps_files_says_when_care_was_given() -> None:
    keeping = {one.model._meta.app_label for one in records() if one.model._meta.app_label != "kernel"}
    assert keeping == {one.model._meta.app_label for one in records() if one.cared}


@pytest.fixture
def dpo(db: None) -> Person:
    return holder(Role.DPO, None)


def old(scope: Scope, name: str = "Ormeau", born: date | None = date(1930, 2, 3), **more: Any) -> Patient:
    """A file of which the last care was in 2003, with a link of then, an address and a reading."""
    patient = Patient._base_manager.create(
        scope=scope, birth_name=name, search_name=f" {name.lower()} ", birth_date=born, created_at=OLD, **more
    )
    PatientAddress._base_manager.create(patient=patient, line="3, rue des Lilas")
    nurse = Person.objects.get_or_create(email="ancienne@exemple.fr")[0]
    CareLink._base_manager.create(
        patient=patient, person=nurse, origin=Origin.TEAM.value, role=Role.NURSE.value, starts_at=OLD,
        ends_at=OLD + timedelta(days=9), informed_at=OLD, opened_by=nurse,
    )  # fmt: skip
    log_access(by=nurse, patients=[patient], what="file", purpose="essai")
    return patient


def test_what_is_at_its_term_is_noted_once(scope: Scope, dpo: Person) -> None:
    gone = old(scope)
    old(scope, "Charme", born=timezone.localdate() - timedelta(days=365 * 24))
    recent = old(scope, "Aulne")
    CareLink._base_manager.filter(patient=recent).update(ends_at=None, starts_at=timezone.now())
    held = old(scope, "Tilleul")
    retention.lay_hold(by=dpo, patient=held, reason="Instruction", since=timezone.localdate(), key="t")
    asked = old(scope, "Saule")
    rights.ask_right(by=dpo, patient=asked, right=Right.ERASURE, text="Tout", means=Means.PAPER, key="s")
    assert [(one.pk, until) for one, until in at_their_term(scope)] == [(gone.pk, date(2023, 6, 1))]
    assert last_care([gone, recent])[recent.pk] == timezone.localdate(timezone=scope.zone)
    assert (retention.note_files_at_their_term(), retention.note_files_at_their_term()) == (1, 0)
    later = old(scope, "Frêne")
    assert retention.note_files_at_their_term() == 1
    lines = ErasureLine._base_manager.order_by("number")
    assert [one.number for one in lines] == [gone.pk, later.pk]
    assert ErasureBatch._base_manager.count() == 1
    told = [(one.title, one.count) for one in kinds_of([gone, later])]
    assert told == [("Patients", 2), ("Adresses des patients", 2), *told[2:]]
    result = CliRunner().invoke(app, ["retention", "--json"])
    assert json.loads(result.output) | {"kinds": {}} == {"noted": 0, "waiting": 2, "kinds": {}}


def confirmed(dpo: Person) -> ErasureBatch:
    retention.note_files_at_their_term()
    batch = ErasureBatch._base_manager.get(confirmed_at=None)
    count = ErasureLine._base_manager.filter(batch=batch, ended="").count()
    return retention.confirm(by=dpo, batch=batch, seen=count)


@pytest.mark.django_db(transaction=True)
def test_a_file_is_erased_whole_or_not_at_all(
    scope: Scope, dpo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Person.objects.create_user("georges@exemple.fr", first_name="Georges", last_name="Ormeau")
    RoleAssignment.objects.create(person=account, role=Role.PATIENT.value, starts_on="2020-01-01")
    patient = old(scope, account=account)
    links = Patient._base_manager, PatientAddress._base_manager, CareLink._base_manager
    confirmed(dpo)
    with monkeypatch.context() as broken:

        def die(_account: Person) -> None:
            raise RuntimeError("killed")

        broken.setattr(retention, "_empty_account", die)
        outbox.drain()
    assert [one.count() for one in links] == [1, 1, 1]
    retry = timezone.now() + timedelta(hours=2)
    with pytest.MonkeyPatch.context() as later:
        later.setattr("maillage.kernel.outbox.timezone.now", lambda: retry)
        outbox.drain()
        outbox.drain()
    assert [one.count() for one in links] == [0, 0, 0]
    line = ErasureLine._base_manager.get()
    assert (line.ended, line.number, dict(line.done)["people.patient"]) == ("erased", patient.pk, 1)
    account.refresh_from_db()
    assert not account.is_active
    assert account.get_full_name() == f"efface-{account.pk}@maillage.invalid"
    assert not account.roles.exists()
    (entry,) = Entry.objects.filter(verb="people.file_erased")
    assert entry.target == f"people.patient:{patient.pk}"
    assert entry.by == dpo
    assert json.loads(entry.changes_text)["erased"]["people.patientaddress"] == 1
    assert "Ormeau" not in entry.changes_text
    event = outbox.Event(retention.ERASURE_CONFIRMED, "again", {"line": line.pk}, timezone.now())
    with transaction.atomic():
        retention.erase_file(event)
    assert Entry.objects.filter(verb="people.file_erased").count() == 1


def test_an_account_that_serves_otherwise_stays(scope: Scope, dpo: Person) -> None:
    account = Person.objects.create_user("nadia@exemple.fr", first_name="Nadia", last_name="Ormeau")
    for role in (Role.PATIENT, Role.NURSE):
        RoleAssignment.objects.create(person=account, role=role.value, starts_on="2020-01-01")
    done = retention.erase_whole(old(scope, account=account))
    account.refresh_from_db()
    assert account.is_active
    assert account.roles.count() == 2
    assert "kernel.person" not in done


def test_what_another_names_of_the_file_is_forgotten(scope: Scope, dpo: Person) -> None:
    patient, other = old(scope), old(scope, "Charme")
    common = {"kind": "weight", "value": 60, "taken_at": OLD, "taken_by": "nurse", "by": dpo}
    first = Measure._base_manager.create(patient=patient, key="1", **common)
    Measure._base_manager.create(patient=patient, key="2", corrects=first, **common)
    second = Measure._base_manager.get(key="2")
    Measure._base_manager.create(patient=other, key="3", corrects=second, **common)
    assert retention.erase_whole(patient)["care.measure"] == 2
    connection.check_constraints()
    assert Measure._base_manager.get().corrects_id is None


@pytest.mark.parametrize("stopped_by", ["hold", "demand", "care", "gone"])
def test_what_came_between_the_word_and_the_erasure_stops_it(
    scope: Scope, dpo: Person, stopped_by: str
) -> None:
    patient = old(scope)
    batch = confirmed(dpo)
    today = timezone.localdate()
    match stopped_by:
        case "hold":
            retention.lay_hold(by=dpo, patient=patient, reason="Expertise", since=today, key="h")
        case "demand":
            rights.ask_right(
                by=dpo, patient=patient, right=Right.RECTIFICATION, text="Nom", means=Means.PAPER, key="d"
            )
        case "care":
            SupportReferral._base_manager.create(
                patient=patient, by=dpo, detected_on=today, consent="signed", consented_on=today, key="c"
            )
        case "gone":
            retention.erase_whole(patient)
    outbox.drain()
    line = ErasureLine._base_manager.get()
    wanted = {"hold": Kept.HELD, "demand": Kept.DEMANDED, "care": Kept.CARED_FOR, "gone": Kept.GONE}
    assert (line.ended, line.why, line.done) == ("kept", wanted[stopped_by].value, [])
    assert Patient._base_manager.filter(pk=patient.pk).exists() == (stopped_by != "gone")
    assert Entry.objects.filter(verb="people.file_kept").count() == 1
    assert retention.confirm(by=dpo, batch=batch, seen=99) == batch


def test_a_hold_stops_an_erasure_demand_and_says_so(patient: Patient, dpo: Person) -> None:
    today = timezone.localdate()
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        retention.lay_hold(by=dpo, patient=patient, reason=" ", since=today, key="a")
    with pytest.raises(ValidationError, match="avant le premier"):
        retention.lay_hold(
            by=dpo, patient=patient, reason="Juge", since=today, until=today - timedelta(days=1), key="a"
        )
    hold = retention.lay_hold(by=dpo, patient=patient, reason="Plainte en cours", since=today, key="a")
    assert retention.lay_hold(by=dpo, patient=patient, reason="Autre", since=today, key="a") == hold
    other = Patient._base_manager.create(scope=patient.scope, birth_name="Charme", search_name=" charme ")
    with pytest.raises(ValidationError, match="déjà servi"):
        retention.lay_hold(by=dpo, patient=other, reason="Autre", since=today, key="a")
    demand = rights.ask_right(
        by=dpo, patient=patient, right=Right.ERASURE, text="Tout", means=Means.PAPER, key="e"
    )
    with pytest.raises(ValidationError, match="Plainte en cours"):
        rights.answer(by=dpo, request=demand, answer=Answer.GRANTED, words="Oui.")
    with pytest.raises(ValidationError, match="n’est plus nécessaire"):
        retention.lift_hold(by=dpo, hold=hold, why="")
    retention.lift_hold(by=dpo, hold=hold, why="Classée")
    assert retention.lift_hold(by=dpo, hold=hold, why="Encore").lifted_why == "Classée"
    assert rights.answer(by=dpo, request=demand, answer=Answer.GRANTED, words="Oui.").decided_at
    verbs = Entry.objects.filter(verb__startswith="people.hold").values_list("verb", flat=True)
    assert sorted(verbs) == ["people.hold_laid", "people.hold_lifted"]


def test_the_dpo_reads_confirms_and_holds(scope: Scope, dpo: Person, regulator: Person) -> None:
    patient = old(scope)
    client, other = Client(), Client()
    client.force_login(dpo)
    other.force_login(regulator)
    page = reverse("people:retention")
    assert "Rien à effacer" in client.get(page).text
    retention.note_files_at_their_term()
    batch = ErasureBatch._base_manager.get()
    address, holds = (
        reverse("people:erasure_batch", args=[batch.pk]),
        reverse("people:holds", args=[patient.pk]),
    )
    assert "Dossiers à effacer" in client.get("/").text
    assert address in client.get(page).text
    shown = client.get(address).text
    assert "naissance en 1930" in shown
    assert "ORMEAU" not in shown
    assert "Adresses des patients" in shown
    for closed in (page, address, holds):
        assert other.get(closed).status_code == 403
    assert client.get(reverse("people:erasure_batch", args=[99])).status_code == 404
    assert client.get(reverse("people:holds", args=[ABSENT])).status_code == 404
    assert "relisez-la" in client.post(address, {"seen": "7"}).text
    assert client.post(holds, {"reason": "", "since": "2026-01-01", "key": "k"}).status_code == 422
    wrong = {"reason": "Juge", "since": "2026-01-02", "until": "2026-01-01", "key": "k"}
    assert "avant le premier" in client.post(holds, wrong).text
    laid = client.post(holds, {"reason": "Juge", "since": "2026-01-01", "key": "k"}, follow=True)
    assert "La loi retient ce dossier" in laid.text
    assert "une conservation légale l’arrête" in client.get(address).text
    assert "Une conservation légale" in client.get(reverse("people:rights", args=[patient.pk])).text
    hold = LegalHold._base_manager.get()
    assert client.post(holds, {"do": "lift", "hold": hold.pk, "why": ""}).status_code == 422
    assert client.post(holds, {"do": "lift", "hold": hold.pk, "why": "  x"[:2]}).status_code == 422
    assert client.post(holds, {"do": "lift", "hold": 999, "why": "x"}).status_code == 404
    lifted = client.post(holds, {"do": "lift", "hold": hold.pk, "why": "Jugé"}, follow=True)
    assert "Rien ne retient ce dossier" in lifted.text
    assert "en cours" in client.post(address, {"seen": "1"}, follow=True).text
    outbox.drain()
    assert "1 dossier effacé" in client.get(address).text
    assert "1 dossier effacé" in client.get(page).text
    with pytest.raises(PermissionDenied):
        retention.confirm(by=regulator, batch=batch, seen=0)


def test_the_register_says_what_comes_at_the_term() -> None:
    line = next(one for one in register.lines() if one.context == "people")
    assert "effacé sur confirmation du DPO, sauf conservation légale" in register.kept_said(line)[-1]
