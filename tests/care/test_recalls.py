"""What patients are due for: asked before its day, done in place, told without a word of health."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from maillage.care.actions import recalls as actions
from maillage.care.actions.leaving import count_recalls, hand_recalls_on
from maillage.care.models import Recall, RecallStep
from maillage.care.pages.recall_blocks import inbox_lines
from maillage.care.queries import recalls as queries
from maillage.care.rules.recalls import (
    Came,
    Defect,
    Following,
    RecallKind,
    defect,
    following,
    is_late,
    shows_on,
)
from maillage.exchange.models import Notification
from maillage.kernel import inboxes, journal
from maillage.kernel.contributions import Leaving
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry, CareOpposition
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_professional
from tests.keys import ABSENT

TODAY = date(2026, 3, 10)


def days(count: int) -> date:
    return timezone.localdate() + timedelta(days=count)


def due(patient: Patient, owner: Person, in_days: int = 0, **more: object) -> Recall:
    usual: dict[str, object] = {"kind": RecallKind.BLOOD_TEST, "what": "HbA1c", "key": uuid4().hex}
    return actions.add_recall(by=owner, patient=patient, owner=owner, due_on=days(in_days), **usual | more)


def note(by: Person, recall: Recall, came: Came, **more: object) -> Recall:
    recall.refresh_from_db()
    usual: dict[str, object] = {"seen": recall.version, "key": uuid4().hex}
    actions.note_recall(by=by, recall=recall, came=came, **usual | more)
    recall.refresh_from_db()
    return recall


def asked(person: Person) -> list[str]:
    return [one.recall.what for one in queries.to_recall(person).due]


@pytest.mark.parametrize(
    ("came", "every", "until", "expected"),
    [
        (Came.CALLED, 6, None, Following(date(2026, 3, 1), date(2026, 3, 17))),
        (Came.MESSAGED, 0, None, Following(date(2026, 3, 1), date(2026, 3, 17))),
        (Came.BOOKED, 6, date(2026, 3, 20), Following(date(2026, 3, 1), date(2026, 3, 21))),
        (Came.POSTPONED, 6, date(2026, 4, 1), Following(date(2026, 3, 1), date(2026, 4, 1))),
        (Came.DONE, 6, None, Following(date(2026, 9, 10))),
        (Came.DONE, 6, date(2026, 5, 1), Following(date(2026, 5, 1))),
        (Came.DONE, 0, None, Following(date(2026, 3, 1), None, is_over=True)),
        (Came.REFUSED, 12, None, Following(date(2027, 3, 10))),
        (Came.REFUSED, 0, None, Following(date(2026, 3, 1), None, is_over=True)),
        (Came.STOPPED, 12, None, Following(date(2026, 3, 1), None, is_over=True)),
    ],
)
def test_where_a_recall_stands_after_what_came(
    came: Came, every: int, until: date | None, expected: Following
) -> None:
    found = following(
        came, due_on=date(2026, 3, 1), every_months=every, until=until, today=TODAY, again_days=7
    )
    assert found == expected


@pytest.mark.parametrize(
    ("came", "kind", "until", "words", "every", "expected"),
    [
        (Came.POSTPONED, RecallKind.BLOOD_TEST, TODAY, "", 0, Defect.NO_REASON),
        (Came.REFUSED, RecallKind.BLOOD_TEST, None, " ", 0, Defect.NO_REASON),
        (Came.REFUSED, RecallKind.BLOOD_TEST, None, "ne veut pas", 0, None),
        (Came.BOOKED, RecallKind.BLOOD_TEST, None, "", 0, Defect.NO_DAY),
        (Came.BOOKED, RecallKind.BLOOD_TEST, TODAY, "", 0, None),
        (Came.POSTPONED, RecallKind.BLOOD_TEST, TODAY, "voyage", 0, Defect.PAST_DAY),
        (Came.DONE, RecallKind.BLOOD_TEST, None, "", 0, None),
        (Came.DONE, RecallKind.RENEWAL, None, "", 0, Defect.NO_NEXT),
        (Came.DONE, RecallKind.ALD, None, "", 36, None),
        (Came.DONE, RecallKind.RENEWAL, TODAY, "", 0, Defect.PAST_DAY),
        (Came.CALLED, RecallKind.RENEWAL, None, "", 0, None),
        (Came.BOOKED, RecallKind.RENEWAL, date(2028, 3, 10), "", 0, None),
        (Came.BOOKED, RecallKind.RENEWAL, date(2028, 3, 11), "", 0, Defect.FAR_DAY),
        (Came.POSTPONED, RecallKind.OTHER, date(2199, 12, 31), "voyage", 0, Defect.FAR_DAY),
        (Came.DONE, RecallKind.EXAMINATION, date(2036, 3, 10), "", 0, None),
    ],
)
def test_what_is_missing_from_a_note(
    came: Came, kind: RecallKind, until: date | None, words: str, every: int, expected: Defect | None
) -> None:
    said = {"until": until, "words": words, "every_months": every}
    assert defect(came, kind, today=TODAY, most_months=24, **said) == expected


def test_a_recall_is_asked_before_its_day_and_late_after_it() -> None:
    warn = rule("care.recalls.warn_days").value
    assert set(warn) == set(RecallKind)
    assert shows_on(RecallKind.RENEWAL, TODAY, None, warn) == TODAY - timedelta(days=warn["renewal"])
    assert shows_on(RecallKind.RENEWAL, TODAY, TODAY, warn) == TODAY
    assert [is_late(TODAY, quiet, TODAY + timedelta(days=1)) for quiet in (None, TODAY, days(9))] == [
        True, True, False,
    ]  # fmt: skip
    assert not is_late(TODAY, None, TODAY)


def test_the_list_asks_what_is_due_and_the_gestures_settle_it(
    patient: Patient, nurse: Person, doctor: Person
) -> None:
    late = due(patient, nurse, -3, what="tard", every_months=3)
    due(patient, nurse, 400, what="loin")
    due(patient, doctor, 0, what="du médecin")
    found = queries.to_recall(nurse)
    assert ([one.recall.what for one in found.due], [one.recall.what for one in found.coming]) == (
        ["tard"], ["loin"],
    )  # fmt: skip
    assert (found.due_count, found.coming_count, found.late_count) == (1, 1, 1)
    assert AccessLogEntry._base_manager.filter(person=nurse, purpose=queries.LISTING).count() == 1
    assert [one.pk for one in inboxes.waiting_of(nurse, "care.recall") or []] == [late.pk]
    (line,) = inbox_lines(nurse, [late.pk])
    assert line.who == patient.name
    assert note(nurse, late, Came.BOOKED, until=days(2)).quiet_until == days(3)
    assert asked(nurse) == []
    Recall.objects.of_patient(patient).filter(pk=late.pk).update(shows_on=days(0))
    (shown,) = queries.to_recall(nurse).due
    assert shown.is_to_confirm
    done = note(nurse, late, Came.DONE)
    assert done.due_on > days(80)
    assert done.quiet_until is None
    assert done.is_open


def test_a_prescription_says_until_when_the_next_one_holds(patient: Patient, doctor: Person) -> None:
    made = due(patient, doctor, 5, kind=RecallKind.RENEWAL, starts_on=days(-85), what="")
    with pytest.raises(ValidationError, match="nouvelle ordonnance"):
        note(doctor, made, Came.DONE)
    renewed = note(doctor, made, Came.DONE, until=days(90))
    assert (renewed.starts_on, renewed.due_on, renewed.said) == (
        days(0), days(90), "Ordonnance à renouveler",
    )  # fmt: skip
    assert note(doctor, made, Came.STOPPED, words="traitement arrêté").ended_at is not None
    with pytest.raises(ValidationError, match="arrêté"):
        note(doctor, made, Came.CALLED)


def test_a_mistyped_year_forgets_nobody(patient: Patient, nurse: Person) -> None:
    made = due(patient, nurse, 0)
    for wrong in (
        lambda: note(nurse, made, Came.BOOKED, until=date(2199, 12, 31)),
        lambda: note(nurse, made, Came.POSTPONED, until=days(31 * 25), words="voyage"),
        lambda: note(nurse, made, Came.DONE, until=days(366 * 20 + 5)),
        lambda: due(patient, nurse, 366 * 20 + 5, key="far"),
    ):
        with pytest.raises(ValidationError, match="Vérifiez l’année"):
            wrong()
    assert note(nurse, made, Came.DONE, until=days(3650)).due_on == days(3650)


def test_a_double_click_counts_once_and_two_writers_are_told(patient: Patient, nurse: Person) -> None:
    made = due(patient, nurse, 0, key="k")
    assert due(patient, nurse, 3, key="k") == made
    first = actions.note_recall(by=nurse, recall=made, came=Came.CALLED, seen=1, key="n")
    assert actions.note_recall(by=nurse, recall=made, came=Came.CALLED, seen=1, key="n") == first
    with pytest.raises(ValidationError, match="a changé"):
        actions.note_recall(by=nurse, recall=made, came=Came.REFUSED, seen=1, key="o", words="non")
    other = due(patient, nurse, 1)
    with pytest.raises(ValidationError, match="autre chose"):
        actions.note_recall(by=nurse, recall=other, came=Came.CALLED, seen=1, key="n")
    said = {"kind": RecallKind.EXAMINATION, "due_on": days(-1), "owner": nurse}
    changed = actions.change_recall(by=nurse, recall=made, seen=2, **said)
    assert (changed.version, changed.quiet_until, changed.kind) == (3, None, "examination")
    assert actions.change_recall(by=nurse, recall=made, seen=1, **said).version == 3
    with pytest.raises(ValidationError, match="a changé"):
        actions.change_recall(by=nurse, recall=made, seen=1, **said | {"due_on": days(8)})


def test_a_message_leaves_once_without_a_word_of_health(patient: Patient, nurse: Person) -> None:
    patient.phone = "+33612345678"
    patient.save()
    made = due(patient, nurse, 0)
    step = actions.send_recall(by=nurse, recall=made, seen=1, key="s")
    assert actions.send_recall(by=nurse, recall=made, seen=1, key="s") == step
    rows = Notification.objects.about([journal.target_of(step)])
    assert {one.template for one in rows} <= {"get_in_touch", "get_in_touch_brief"}
    assert "HbA1c" not in str([one.parameters for one in rows])
    made.refresh_from_db()
    assert made.quiet_until == days(rule("care.recalls.again_days").value)
    with pytest.raises(ValidationError, match="déjà parti aujourd’hui"):
        actions.send_recall(by=nurse, recall=made, seen=made.version, key="t")
    (shown,) = queries.listed([made], nurse)
    assert shown.told is not None
    assert queries.told_of(step, patient).sentence == shown.told.sentence
    note(nurse, made, Came.BOOKED, until=days(1))
    waiting = rows.filter(state="queued")
    assert all(one.withdrawn_at is not None for one in waiting)


def test_nobody_reachable_is_said_before_anything_is_noted(patient: Patient, nurse: Person) -> None:
    patient.account = None
    patient.phone = patient.other_phone = patient.email = patient.carer_phone = ""
    patient.save()
    made = due(patient, nurse, 0)
    with pytest.raises(ValidationError, match="Aucun message possible"):
        actions.send_recall(by=nurse, recall=made, seen=1, key="s")
    patient.phone, patient.joins_by_phone = "+33612345678", True
    patient.save()
    made.patient.refresh_from_db()
    with pytest.raises(ValidationError, match="un appel reste à passer"):
        actions.send_recall(by=nurse, recall=made, seen=1, key="s")
    assert "Envoyer un message" not in client_of(nurse).get(reverse("care:recalls")).content.decode()
    assert not RecallStep.objects.of_recalls([made]).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"every_months": 999}, "période"),
        ({"starts_on": date(2199, 1, 1)}, "après l’échéance"),
        ({"kind": RecallKind.OTHER, "what": " "}, "Dites ce qui est à faire"),
    ],
)
def test_what_makes_no_sense_is_refused(
    wrong: dict[str, object], said: str, patient: Patient, nurse: Person
) -> None:
    with pytest.raises(ValidationError, match=said):
        due(patient, nurse, 0, **wrong)


def test_only_the_care_team_writes_and_an_opposition_is_heard_at_once(
    patient: Patient, nurse: Person, doctor: Person, place: Territory
) -> None:
    made = due(patient, nurse, 0)
    stranger = make_person("eva.loin", Role.NURSE, place.scope)
    make_professional("Loin", "Éva", stranger, profession="60")
    for refused in (stranger, patient.account):
        with pytest.raises(PermissionDenied):
            due(patient, refused)
    with pytest.raises(ValidationError, match="n’écrit pas dans ce dossier"):
        actions.add_recall(
            by=nurse, patient=patient, owner=stranger, due_on=days(1), kind=RecallKind.ALD, key="x"
        )
    CareOpposition.objects.create(
        patient=patient, means="spoken", recorded_by=doctor, professional=nurse.professional
    )
    assert asked(nurse) == []
    with pytest.raises(PermissionDenied):
        actions.note_recall(by=nurse, recall=made, came=Came.CALLED, seen=1, key="n")


def test_the_recalls_of_a_leaver_pass_to_who_may_read(
    patient: Patient, nurse: Person, doctor: Person, place: Territory
) -> None:
    made = due(patient, nurse, 0)
    assert count_recalls(nurse) == 1
    stranger = make_person("eva.loin", Role.NURSE, place.scope)
    hand_recalls_on(Leaving(nurse, doctor, stranger, "Retraite"))
    made.refresh_from_db()
    assert made.owner not in {nurse.professional, stranger}
    assert count_recalls(nurse) == 0
    taken = due(patient, nurse, 1)
    assert hand_recalls_on(Leaving(nurse, doctor, doctor, "Retraite")) == 1
    taken.refresh_from_db()
    assert taken.owner == doctor.professional


def test_the_pages_add_note_change_stop_and_lose_nothing_typed(patient: Patient, nurse: Person) -> None:
    browser = client_of(nurse)
    follow_up = reverse("care:follow_up", args=[patient.pk])
    listing = reverse("care:recalls")
    assert "Aucun rappel à faire" in browser.get(listing).content.decode()
    sent = {
        "kind": "vaccination", "what": "rage\u202e", "due_on": f"{days(2)}", "every_months": "12",
        "owner": str(nurse.pk), "key": "a",
    }  # fmt: skip
    answer = browser.post(follow_up, sent)
    assert answer.status_code == 422
    assert f"{days(2)}" in answer.content.decode()
    assert browser.post(follow_up, sent | {"what": "grippe"}).status_code == 302
    made = Recall.objects.of_patient(patient).get()
    page = reverse("care:recall", args=[patient.pk, made.pk])
    for address in (follow_up, page, f"{listing}?nature=vaccination", f"{listing}?nature=rien"):
        assert "grippe" in browser.get(address).content.decode(), address
    assert "grippe" not in browser.get(f"{listing}?nature=ald").content.decode()
    refused = browser.post(page, {"do": "note", "came": "refused", "words": "", "seen": "1", "key": "b"})
    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.content.decode()
    for do in ("note", "change", "stop"):
        assert browser.post(page, {"do": do, "until": "hier", "words": "gardé"}).status_code == 422, do
    assert browser.post(page, {"do": "send"}, follow=True).status_code == 200
    stale = browser.post(
        page, {"do": "note", "came": "refused", "words": "pas cette année", "seen": "0", "key": "c"}
    )
    assert "pas cette année" in stale.content.decode()
    assert 'name="seen" value="1"' in stale.content.decode()
    called = {"do": "note", "came": "called", "seen": "1", "key": "d", "next": listing}
    assert browser.post(page, called)["Location"] == listing
    assert browser.post(page, {"do": "send", "seen": "1", "key": "e"})["Location"] == page
    assert browser.post(page, {"do": "send", "seen": "2", "key": "e"}).status_code == 302
    changed = sent | {"do": "change", "what": "grippe et zona", "seen": "3"}
    assert browser.post(page, changed).status_code == 302
    stop = {"do": "stop", "words": "déménage", "seen": "4", "key": "f"}
    assert browser.post(page, stop, follow=True).status_code == 200
    made.refresh_from_db()
    assert (made.what, made.is_open) == ("grippe et zona", False)
    assert "Terminé" in browser.get(follow_up).content.decode()
    assert browser.get(reverse("care:recall", args=[patient.pk, ABSENT])).status_code == 404


def test_the_person_reads_in_plain_words_and_writes_nothing(patient: Patient, nurse: Person) -> None:
    made = due(patient, nurse, 2)
    assert patient.account is not None
    own = client_of(patient.account)
    page = reverse("care:recall", args=[patient.pk, made.pk])
    for address in (reverse("care:follow_up", args=[patient.pk]), page):
        said = own.get(address).content.decode()
        assert "à faire avant le" in said
        assert '<form class="stack"' not in said
        assert own.post(address, {"do": "note"}).status_code == 403
    assert "Mon suivi" in own.get(reverse("people:patient", args=[patient.pk])).content.decode()
