"""A stay is asked, answered, told, received line by line and acknowledged: by whoever cares, in order."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from maillage.care import api as care
from maillage.care.actions import acute_events
from maillage.care.models import Stay
from maillage.care.rules.transfers import Decider, Ending
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Part, Patient
from maillage.territory.api import Territory
from maillage.transitions.actions import ways as actions
from maillage.transitions.models import MedicineLine, Way
from maillage.transitions.queries import ways as queries
from maillage.transitions.rules.medicines import Change
from maillage.transitions.rules.ways import AdmissionRefusal, Blocker, ReturnRefusal, WayKind
from tests.care.homes import home, manager, night_nurse, resident, stay
from tests.factories import make_patient, make_person

__all__ = ["home", "manager", "night_nurse", "resident", "stay"]
BEFORE, AFTER = "Furosémide 40\nMetformine 850", "Furosémide 80\nApixaban 5"


def asked(nurse: Person, patient: Patient, **values: object) -> Way:
    said = {"key": "k", "kind": WayKind.DIRECT, "place": "Hôpital local", "reason": "Plaie qui s’étend"}
    return actions.ask_admission(by=nurse, patient=patient, **said | values)


def discharged(nurse: Person, patient: Patient, **values: object) -> Way:
    said = {"key": "d", "place": "CH, médecine", "left_at": timezone.now(), "owner": nurse}
    return actions.note_discharge(by=nurse, patient=patient, **said | values)


def again(way: Way) -> Way:
    return Way.objects.in_scope(way.scope).select_related("scope", "patient", "visit").get(pk=way.pk)


def test_a_stay_from_its_asking_to_its_acknowledgement(
    nurse: Person, doctor: Person, pharmacist: Person, patient: Patient
) -> None:
    way = asked(nurse, patient)
    assert asked(nurse, patient, place="ailleurs") == way
    tomorrow = timezone.localdate() + timedelta(days=1)
    actions.answer_admission(by=nurse, way=way, planned_on=tomorrow)
    assert actions.answer_admission(by=nurse, way=way, planned_on=tomorrow).state == "accepted"
    actions.note_entry(by=nurse, way=way, entered_on=timezone.localdate())
    assert actions.note_entry(by=nurse, way=way, entered_on=timezone.localdate()).state == "inside"
    left = timezone.now() - timedelta(hours=49)
    row = actions.tell_discharge(by=doctor, way=way, left_at=left, owner=nurse)
    assert actions.tell_discharge(by=doctor, way=way, left_at=left, owner=doctor).visit == row.visit
    assert row.visit.due_at == left + timedelta(hours=48)
    assert queries.visit_is_late(again(way))
    assert queries.way_counts(way.scope).late == 1
    assert queries.blocked_by(again(way)) == [Blocker.NO_LIST, Blocker.VISIT]
    lines = actions.receive_list(by=pharmacist, way=way, before=BEFORE, after=AFTER)
    assert actions.receive_list(by=pharmacist, way=way, before=BEFORE, after=AFTER) == lines
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.receive_list(by=pharmacist, way=way, before="x", after="y")
    assert [(one.before, one.after) for one in lines] == [
        ("Furosémide 40", "Furosémide 80"), ("Metformine 850", ""), ("", "Apixaban 5"),
    ]  # fmt: skip
    assert {one.change for one in lines} == {""}
    with pytest.raises(ValidationError, match="attendent une décision"):
        actions.end_way(by=doctor, way=again(way), acknowledgement="Repris")
    for line, change in zip(lines, (Change.CHANGED, Change.STOPPED, Change.NEW), strict=True):
        actions.decide_line(by=doctor, line=line, change=change, seen="", note="vu")
    assert queries.way_counts(way.scope).unresolved == 0
    with pytest.raises(ValidationError, match="n’est pas faite"):
        actions.end_way(by=doctor, way=again(way), acknowledgement="Repris")
    care.close_task(by=nurse, task=row.visit, outcome="Vue à domicile")
    with pytest.raises(ValidationError, match="accusé"):
        actions.end_way(by=doctor, way=again(way), acknowledgement=" ")
    ended = actions.end_way(by=doctor, way=again(way), acknowledgement="Traitement repris")
    assert actions.end_way(by=doctor, way=again(way), acknowledgement="Traitement repris") == ended
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.end_way(by=doctor, way=again(way), acknowledgement="x")
    told = Entry.objects.filter(target=f"transitions.way:{way.pk}").order_by("rank")
    verbs = [one.removeprefix("transitions.") for one in told.values_list("verb", flat=True)]
    assert verbs == [
        "way_begun", "way_answered", "way_entered", "discharge_told", "list_received", "line_decided",
        "line_decided", "line_decided", "way_ended",
    ]  # fmt: skip


def test_a_refusal_is_read_and_acknowledged(nurse: Person, patient: Patient) -> None:
    way = asked(nurse, patient)
    with pytest.raises(ValidationError, match="jour prévu"):
        actions.answer_admission(by=nurse, way=way)
    with pytest.raises(ValidationError, match="répondu"):
        actions.answer_admission(by=nurse, way=way, refusal=AdmissionRefusal.NO_BED)
    actions.answer_admission(by=nurse, way=way, refusal=AdmissionRefusal.NO_BED, said="Rien avant lundi")
    with pytest.raises(ValidationError, match="n’est plus possible"):
        actions.note_entry(by=nurse, way=way, entered_on=timezone.localdate())
    assert actions.end_way(by=nurse, way=again(way), acknowledgement="HAD demandée").state == "ended"


def test_a_return_is_refused_with_what_is_missing_and_told_again(nurse: Person, patient: Patient) -> None:
    way = discharged(nurse, patient)
    with pytest.raises(ValidationError, match="ce qui manque"):
        actions.refuse_return(by=nurse, way=way, refusal=ReturnRefusal.NO_HELP, said="")
    row = actions.refuse_return(by=nurse, way=way, refusal=ReturnRefusal.NO_HELP, said="Personne le soir")
    assert (
        actions.refuse_return(by=nurse, way=way, refusal=ReturnRefusal.NO_HELP, said="Personne le soir")
        == row
    )
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.refuse_return(by=nurse, way=way, refusal=ReturnRefusal.PERSON, said="x")
    assert queries.visit_of(again(way)).state == "cancelled"
    with pytest.raises(ValidationError, match="entre l’avis"):
        actions.receive_list(by=nurse, way=way, before="", after=AFTER)
    later = timezone.now() + timedelta(days=1)
    told = actions.tell_discharge(by=nurse, way=way, left_at=later, owner=nurse)
    assert (told.state, told.return_said) == ("leaving", "Personne le soir")
    assert queries.visit_of(again(way)).is_open
    assert queries.way_counts(way.scope).returns_refused == 1


def test_a_visit_handed_over_is_followed(nurse: Person, doctor: Person, patient: Patient) -> None:
    way = discharged(nurse, patient)
    care.transfer_task(by=nurse, task=way.visit, to=doctor)
    task = queries.visit_of(again(way))
    assert task.owner_name == str(doctor.professional)
    care.close_task(by=doctor, task=task, outcome="vue")
    assert queries.blocked_by(again(way)) == [Blocker.NO_LIST]
    actions.note_no_list(by=nurse, way=way, why="Le service n’en fait pas")
    assert actions.end_way(by=nurse, way=again(way), acknowledgement="Repris").state == "ended"


def test_two_who_decide_of_one_line_do_not_overwrite_each_other(
    nurse: Person, doctor: Person, patient: Patient
) -> None:
    way = discharged(nurse, patient)
    line = actions.receive_list(by=nurse, way=way, before="Zopiclone", after="")[0]
    stale = MedicineLine.objects.of_way(way).select_related("way").get(pk=line.pk)
    kept = actions.decide_line(by=doctor, line=line, change=Change.STOPPED, seen="")
    assert actions.decide_line(by=nurse, line=stale, change=Change.STOPPED, seen="").decided_by == doctor
    with pytest.raises(ValidationError, match="relisez-la"):
        actions.decide_line(by=nurse, line=stale, change=Change.KEPT, seen="")
    with pytest.raises(ValidationError, match="éclaircir"):
        actions.decide_line(by=nurse, line=stale, change=Change.CLARIFY, seen="stopped")
    with pytest.raises(ValidationError, match="ne permet pas"):
        actions.decide_line(by=nurse, line=stale, change=Change.NEW, seen="stopped")
    assert (kept.decided_by, kept.change) == (doctor, "stopped")
    said = actions.decide_line(by=nurse, line=stale, change=Change.CLARIFY, seen="stopped", note="appeler")
    assert queries.standing_of(again(way)).unresolved == 1
    assert said.decided_by == nurse


@pytest.mark.parametrize("text", ["x\n" * 61, " \n;"])
def test_a_list_too_long_or_empty_is_refused(text: str, nurse: Person, patient: Patient) -> None:
    way = discharged(nurse, patient)
    with pytest.raises(ValidationError):
        actions.receive_list(by=nurse, way=way, before="", after=text)
    assert again(way).listed_at is None


def test_wrong_words_and_wrong_orders_are_refused(
    nurse: Person, doctor: Person, patient: Patient, place: Territory
) -> None:
    for values in ({"place": " "}, {"reason": ""}, {"kind": WayKind.TRANSFER}):
        with pytest.raises(ValidationError):
            asked(nurse, patient, **values)
    way = asked(nurse, patient)
    for deed in (
        lambda: actions.note_entry(by=nurse, way=way, entered_on=timezone.localdate() + timedelta(days=2)),
        lambda: actions.tell_discharge(by=nurse, way=way, left_at=timezone.now(), owner=nurse),
        lambda: actions.refuse_return(by=nurse, way=way, refusal=ReturnRefusal.PERSON, said="x"),
        lambda: actions.end_way(by=nurse, way=way, acknowledgement="x"),
        lambda: actions.note_no_list(by=nurse, way=way, why="x"),
        lambda: actions.cancel_way(by=nurse, way=way, reason=""),
    ):
        with pytest.raises(ValidationError):
            deed()
    assert again(way).state == "asked"
    assert actions.cancel_way(by=nurse, way=way, reason="Va mieux").state == "cancelled"
    assert actions.cancel_way(by=nurse, way=way, reason="Va mieux").state == "cancelled"
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.cancel_way(by=nurse, way=way, reason="x")
    stranger = make_person("ada.loriot", Role.NURSE, place.scope)
    with pytest.raises(PermissionDenied):
        asked(stranger, patient, key="s")
    with pytest.raises(PermissionDenied):
        actions.end_way(by=stranger, way=way, acknowledgement="x")
    other = make_patient("Orme", place)
    with pytest.raises(PermissionDenied):
        asked(nurse, other)
    with pytest.raises(ValidationError, match="ne lit pas le plan"):
        discharged(nurse, patient, owner=stranger)
    assert not Way.objects.in_scope(place.scope).filter(kind="discharge").exists()


def test_who_reads_the_plan_but_not_health_decides_of_no_treatment(
    nurse: Person, doctor: Person, pharmacist: Person, patient: Patient
) -> None:
    way = discharged(nurse, patient)
    lines = actions.receive_list(by=nurse, way=way, before=BEFORE, after=AFTER)
    circle.oppose(by=doctor, patient=patient, who=pharmacist.professional, parts=[Part.HEALTH])
    read = queries.way_read(pharmacist, way.pk)
    assert read is not None
    assert not read.reads_health
    assert not MedicineLine.objects.for_person(pharmacist).exists()
    with pytest.raises(PermissionDenied):
        actions.decide_line(by=pharmacist, line=lines[0], change=Change.KEPT, seen="")
    circle.oppose(by=doctor, patient=patient, who=pharmacist.professional, parts=[Part.PLAN])
    assert queries.way_read(pharmacist, way.pk) is None
    with pytest.raises(PermissionDenied):
        actions.end_way(by=pharmacist, way=way, acknowledgement="x")


def test_a_resident_s_return_is_followed_once_from_what_care_noted(
    resident: Patient, stay: Stay, night_nurse: Person
) -> None:
    event = acute_events.report_event(by=night_nurse, stay=stay, key="c", reason="Chute")
    acute_events.end_event(
        by=night_nurse, event=event, ending=Ending.TRANSFERRED, decider=Decider.SAMU, destination="CH"
    )
    assert queries.returns_to_follow(night_nurse) == []
    acute_events.come_back(
        by=night_nurse,
        event=event,
        at=timezone.now(),
        is_admitted=False,
        summary="Rien de cassé",
        medicines="Paracétamol 1 g",
    )
    (found,) = queries.returns_to_follow(night_nurse)
    way = actions.follow_transfer(by=night_nurse, event=found, owner=night_nurse, key="t")
    assert actions.follow_transfer(by=night_nurse, event=found, owner=night_nurse, key="u") == way
    assert (way.kind, way.state, way.summary) == ("transfer", "leaving", "Rien de cassé")
    assert queries.returns_to_follow(night_nurse) == []
