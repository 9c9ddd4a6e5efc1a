"""Therapeutic education: programmes, sessions, people who follow one, who reads what, what waits."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from maillage.exchange.models import Notification
from maillage.kernel.contributions import Leaving, happenings_of
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Means, Part, Patient, decision
from maillage.people.models import AccessLogEntry, CareLink
from maillage.protocols import api
from maillage.protocols.actions.leaving import count_led, count_memberships, leave_programmes
from maillage.protocols.models import Evaluation, SessionPlace
from maillage.protocols.queries.education import counts_of, enrolment_seen_by, keeps
from maillage.protocols.rules.education import (
    Attendance,
    Ending,
    Filing,
    Moment,
    Proof,
    SessionKind,
    may_be_noted,
    seats,
    team_reads_until,
)
from maillage.territory.api import Territory
from tests.care.test_reading_matrix import ROLES, STATES, linked
from tests.factories import make_person, make_professional
from tests.keys import ABSENT
from tests.pdf import text_of
from tests.protocols.conftest import client_of

TEXT = {
    "pathology": "Diabète de type 2",
    "aims": "Reconnaître une hypoglycémie.",
    "filing": Filing.DECLARED.value,
    "proof": Proof.UNKNOWN.value,
    "filed_on": None,
}
ANSWERS = dict.fromkeys(("understand", "daily", "alarm", "ask", "hold"), "little")


@dataclass
class Scene:
    """A programme that the nurse coordinates, a dietician of its team outside the circle, a session."""

    programme: api.Programme
    educator: Person
    session: api.EducationSession
    enrolment: api.Enrolment


@pytest.fixture
def scene(coordinator: Person, nurse: Person, patient: Patient, place: Territory) -> Scene:
    educator = make_person("rose.anis", Role.PHYSIOTHERAPIST, place.scope)
    make_professional("Anis", "Rose", educator, profession="70")
    programme = api.open_programme(
        by=coordinator, scope=place.scope, title="Vivre avec", coordinator=nurse.professional, key="p"
    )
    api.write_text(by=nurse, programme=programme, content=TEXT, key="t")
    api.join_team(
        by=nurse, programme=programme, professional=educator.professional, is_coordinator=False, key="m"
    )
    session = api.plan_session(
        by=educator, programme=programme, theme="Bouger", kind=SessionKind.GROUP,
        starts_at=timezone.now() + timedelta(days=2), minutes=60, capacity=1, leader=educator.professional,
        place="Salle", key="s",
    )  # fmt: skip
    return Scene(programme, educator, session, enrolled(nurse, patient, programme, educator))


def enrolled(
    by: Person, patient: Patient, programme: api.Programme, who: Person, **values: object
) -> api.Enrolment:
    said = {
        "educator": who.professional, "has_agreed": True, "agreed_on": timezone.localdate(),
        "means": Means.SPOKEN, "key": "e",
    } | values  # fmt: skip
    return api.enrol(by=by, patient=patient, programme=programme, **said)


def test_the_rules_of_a_session() -> None:
    now = timezone.now()
    assert (seats(SessionKind.INDIVIDUAL, 8), seats(SessionKind.GROUP, 8)) == (1, 8)
    later = now + timedelta(hours=1)
    assert may_be_noted(Attendance.EXCUSED, later, now)
    assert may_be_noted(Attendance.EXPECTED, later, now)
    assert not may_be_noted(Attendance.PRESENT, later, now)
    assert may_be_noted(Attendance.ABSENT, now, now)
    assert team_reads_until(None, 30) is None
    assert team_reads_until(now, 30) == now + timedelta(days=30)


def test_a_team_reads_what_it_writes_and_nothing_else_until_the_end(
    scene: Scene, patient: Patient, nurse: Person, doctor: Person
) -> None:
    educator, row = scene.educator, scene.enrolment
    assert enrolment_seen_by(educator, row.pk) == row
    assert decision(educator, patient, Part.IDENTITY).is_allowed
    assert not decision(educator, patient, Part.HEALTH).is_allowed
    page = reverse("protocols:enrolment", args=[row.pk])
    assert "TILLEUL" in client_of(educator).get(page).content.decode()
    assert AccessLogEntry.objects.in_scope(patient.scope).filter(person=educator).exists()
    ended = api.end_enrolment(by=educator, enrolment=row, ending=Ending.COMPLETED, summary="Tout va.")
    assert api.end_enrolment(by=educator, enrolment=row, ending=Ending.STOPPED, summary="Tout va.") == ended
    with pytest.raises(ValidationError, match="a déjà fini"):
        api.end_enrolment(by=educator, enrolment=row, ending=Ending.STOPPED, summary="x")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert enrolment_seen_by(educator, row.pk) is None
        assert enrolment_seen_by(nurse, row.pk) == row
        assert not decision(educator, patient, Part.IDENTITY).is_allowed


def test_an_opposition_closes_the_programme_at_once(scene: Scene, patient: Patient, doctor: Person) -> None:
    circle.oppose(by=doctor, patient=patient, who=scene.educator.professional, means=Means.SPOKEN)
    assert enrolment_seen_by(scene.educator, scene.enrolment.pk) is None
    with pytest.raises(PermissionDenied):
        api.assess(by=scene.educator, enrolment=scene.enrolment, needs="a", goals="b", base="")


def test_who_leaves_the_team_reads_nobody(scene: Scene, nurse: Person, patient: Patient) -> None:
    member = scene.programme.members.get(professional=scene.educator.professional)
    with pytest.raises(ValidationError, match="suit encore"):
        api.leave_team(by=nurse, member=member)
    api.give_educator(by=nurse, enrolment=scene.enrolment, educator=nurse.professional)
    assert api.leave_team(by=nurse, member=member).left_on is not None
    assert api.leave_team(by=nurse, member=member).left_on is not None
    assert enrolment_seen_by(scene.educator, scene.enrolment.pk) is None
    lead = scene.programme.members.get(is_coordinator=True)
    with pytest.raises(ValidationError, match="coordination"):
        api.leave_team(by=nurse, member=lead)
    again = {"by": nurse, "programme": scene.programme, "professional": scene.educator.professional}
    made = api.join_team(**again, is_coordinator=False, key="again")
    assert enrolment_seen_by(scene.educator, scene.enrolment.pk) is not None
    assert api.join_team(**again, is_coordinator=True, key="more").pk == made.pk
    assert keeps(scene.educator, scene.programme)
    assert not keeps(nurse, scene.programme)


def test_a_leaver_is_out_of_each_team(scene: Scene, coordinator: Person, nurse: Person) -> None:
    assert (count_memberships(scene.educator), count_led(scene.educator)) == (1, 2)
    leave_programmes(Leaving(scene.educator, coordinator, None, "départ"))
    assert count_memberships(scene.educator) == 0
    assert enrolment_seen_by(scene.educator, scene.enrolment.pk) is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"has_agreed": False}, "accord"),
        ({"agreed_on": timezone.localdate() + timedelta(days=400)}, "déjà venu"),
        ({"means": Means.SPACE}, "vive voix"),
        ({"stranger": True}, "équipe"),
    ],
)
def test_an_enrolment_asks_for_an_agreement(
    changed: dict[str, object], message: str, scene: Scene, patient: Patient, nurse: Person, doctor: Person
) -> None:
    api.end_enrolment(by=nurse, enrolment=scene.enrolment, ending=Ending.STOPPED, summary="Arrêt.")
    who = doctor if changed.pop("stranger", False) else nurse
    with pytest.raises(ValidationError, match=message):
        enrolled(nurse, patient, scene.programme, who, key="e2", **changed)


def test_an_enrolment_is_made_once_by_the_circle(
    scene: Scene, patient: Patient, nurse: Person, place: Territory
) -> None:
    assert enrolled(nurse, patient, scene.programme, scene.educator) == scene.enrolment
    assert enrolled(nurse, patient, scene.programme, scene.educator, key="other") == scene.enrolment
    with pytest.raises(PermissionDenied):
        enrolled(scene.educator, patient, scene.programme, scene.educator, key="x")
    api.end_enrolment(by=nurse, enrolment=scene.enrolment, ending=Ending.STOPPED, summary="Arrêt.")
    scene.programme.closed_on = timezone.localdate()
    scene.programme.save()
    with pytest.raises(ValidationError, match="n’inscrit personne"):
        enrolled(nurse, patient, scene.programme, nurse, key="e3")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"pathology": " "}, "maladie"),
        ({"aims": ""}, "objectifs"),
        ({"proof": "read"}, "date"),
        ({"filed_on": timezone.localdate() + timedelta(days=400)}, "à venir"),
    ],
)
def test_a_text_says_what_is_known(
    changed: dict[str, object], message: str, scene: Scene, nurse: Person
) -> None:
    with pytest.raises(ValidationError, match=message):
        api.write_text(by=nurse, programme=scene.programme, content=TEXT | changed, key="t2")
    with pytest.raises(PermissionDenied):
        api.write_text(by=scene.educator, programme=scene.programme, content=TEXT, key="t3")


def test_an_assessment_written_by_two_loses_nothing(scene: Scene, nurse: Person) -> None:
    row = scene.enrolment
    api.assess(by=nurse, enrolment=row, needs="Peur des piqûres", goals="Se piquer seul", base="")
    here, browser = reverse("protocols:enrolment", args=[row.pk]), client_of(scene.educator)
    typed = {"do": "assess", "needs": "Autre besoin", "goals": "Autre but", "base": ""}
    refused = browser.post(here, typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Peur des piqûres" in page
    assert "Autre besoin" in page
    row.refresh_from_db()
    assert browser.post(here, typed | {"base": row.assessed_at.isoformat()}).status_code == 302
    row.refresh_from_db()
    assert (row.needs, row.assessed_by) == ("Autre besoin", scene.educator)
    assert browser.post(here, {"do": "assess", "needs": "", "goals": ""}).status_code == 422


def test_a_place_is_given_told_given_up_and_given_again(
    scene: Scene, patient: Patient, nurse: Person
) -> None:
    place = api.give_place(by=nurse, session=scene.session, enrolment=scene.enrolment)
    assert api.give_place(by=nurse, session=scene.session, enrolment=scene.enrolment) == place
    told = Notification.objects.about([f"protocols.sessionplace:{place.pk}"])
    assert {one.template for one in told} == {"appointment_booked_brief"}
    own = client_of(patient.account)
    here = reverse("space:education", args=[patient.pk])
    assert "Bouger" in own.get(here).content.decode()
    assert "Mes séances" in own.get(reverse("space:home")).content.decode()
    own.post(here, {"place": place.pk})
    own.post(here, {"place": place.pk})
    place.refresh_from_db()
    assert place.attendance == "excused"
    assert "ne viendrez pas" in own.get(here).content.decode()
    assert own.post(here, {"place": str(ABSENT)}).status_code == 404
    assert client_of(nurse).get(here).status_code == 404
    assert api.give_place(by=nurse, session=scene.session, enrolment=scene.enrolment).attendance == "expected"
    with pytest.raises(PermissionDenied):
        api.give_up(by=nurse, place=place)


def test_a_full_or_cancelled_session_takes_nobody(
    scene: Scene, patient: Patient, nurse: Person, doctor: Person, place: Territory
) -> None:
    taken = api.give_place(by=nurse, session=scene.session, enrolment=scene.enrolment)
    here, browser = reverse("protocols:education_session", args=[scene.session.pk]), client_of(scene.educator)
    assert "0 place libre" in browser.get(here).content.decode().replace("\xa0", " ")
    moved = {"do": "change", "starts_at": "2020-01-01T10:00", "minutes": "60", "place": "", "video_url": ""}
    assert browser.post(here, moved).status_code == 422
    day = (timezone.localtime() + timedelta(days=5)).strftime("%Y-%m-%dT10:00")
    assert browser.post(here, moved | {"starts_at": day, "place": "Autre salle"}).status_code == 302
    scene.session.refresh_from_db()
    assert (scene.session.place, scene.session.sequence) == ("Autre salle", 1)
    browser.post(here, {"do": "leader", "educator": nurse.professional.pk})
    browser.post(here, {"do": "cancel", "because": ""})
    browser.post(here, {"do": "cancel", "because": "Salle inondée"})
    browser.post(here, {"do": "cancel", "because": "encore"})
    assert "Salle inondée" in browser.get(here).content.decode()
    subject = f"protocols.sessionplace:{taken.pk}"
    templates = {one.template for one in Notification.objects.about([subject])}
    assert {"appointment_moved_brief", "appointment_cancelled_brief"} <= templates
    with pytest.raises(ValidationError, match="annulée"):
        api.note_attendance(by=nurse, place=taken, attendance=Attendance.EXCUSED)
    (event,) = [
        one
        for one in happenings_of(nurse, timezone.now(), timezone.now() + timedelta(days=9))
        if one.key.startswith("education-")
    ]
    assert event.is_cancelled
    assert browser.post(here, {"do": "dance"}).status_code == 404


def test_attendance_is_taken_in_one_tap_and_leaves_the_inbox(
    scene: Scene, nurse: Person, patient: Patient
) -> None:
    place = api.give_place(by=nurse, session=scene.session, enrolment=scene.enrolment)
    here, browser = reverse("protocols:education_session", args=[scene.session.pk]), client_of(scene.educator)
    assert "1 bilan éducatif à faire" in browser.get("/").content.decode().replace("\xa0", " ")
    with pytest.raises(ValidationError, match="pas commencé"):
        api.note_attendance(by=nurse, place=place, attendance=Attendance.PRESENT)
    with time_machine.travel(scene.session.starts_at + timedelta(minutes=5)):
        browser = client_of(scene.educator)
        assert "1 appel à faire" in browser.get("/").content.decode().replace("\xa0", " ")
        inbox = browser.get(reverse("web:inbox")).content.decode()
        assert here in inbox
        assert "TILLEUL" in inbox
        browser.post(here, {"do": "attendance", "place": place.pk, "said": "present"})
        browser.post(here, {"do": "attendance", "place": place.pk, "said": "present"})
        assert browser.post(here, {"do": "attendance", "place": place.pk, "said": "late"}).status_code == 404
        assert "appel à faire" not in browser.get("/").content.decode()
        with pytest.raises(ValidationError, match="a eu lieu"):
            api.cancel_session(by=nurse, session=scene.session, because="x")
        with pytest.raises(ValidationError, match="ne se déplace plus"):
            api.change_session(
                by=nurse, session=scene.session, starts_at=timezone.now(), minutes=60, place="a", video_url=""
            )
        with pytest.raises(ValidationError, match="commencé"):
            api.give_up(by=patient.account, place=place)
        own = client_of(patient.account).get(reverse("space:education", args=[patient.pk]))
        assert own.status_code == 200
    assert SessionPlace.objects.get(pk=place.pk).attendance == "present"


def test_answers_are_kept_once_and_shown_as_given(scene: Scene, patient: Patient, nurse: Person) -> None:
    row, browser = scene.enrolment, client_of(nurse)
    here = reverse("protocols:enrolment", args=[row.pk])
    with pytest.raises(ValidationError, match="manque"):
        api.evaluate(by=nurse, enrolment=row, moment=Moment.BEFORE, answers={"daily": "no"})
    assert browser.post(here, {"do": "evaluate", "moment": "before", "daily": "no"}).status_code == 422
    assert browser.post(here, ANSWERS | {"do": "evaluate", "moment": "never"}).status_code == 404
    browser.post(here, ANSWERS | {"do": "evaluate", "moment": "before", "words": "Je doute"})
    with pytest.raises(ValidationError, match="a déjà noté"):
        api.evaluate(by=nurse, enrolment=row, moment=Moment.BEFORE, answers=dict.fromkeys(ANSWERS, "fully"))
    api.evaluate(by=nurse, enrolment=row, moment=Moment.BEFORE, answers=ANSWERS, words=" Je doute ")
    late = client_of(scene.educator).post(
        here, ANSWERS | {"do": "evaluate", "moment": "before", "words": "Je sais tout"}
    )
    assert late.status_code == 422
    assert "Je sais tout</textarea>" in late.content.decode()
    (kept,) = Evaluation.objects.filter(enrolment=row)
    assert kept.answers == ANSWERS
    page = client_of(patient.account).get(here).content.decode()
    assert "Un peu" in page
    assert "Je doute" in page
    assert client_of(patient.account).post(
        here, {"do": "end", "ending": "stopped", "summary": "x"}
    ).status_code in {
        403,
        422,
    }


def test_the_summary_goes_to_the_doctor_and_says_what_left(
    scene: Scene, patient: Patient, nurse: Person, doctor: Person
) -> None:
    row, browser = scene.enrolment, client_of(nurse)
    here = reverse("protocols:enrolment", args=[row.pk])
    letter = reverse("protocols:summary_letter", args=[row.pk])
    place = api.give_place(by=nurse, session=scene.session, enrolment=row)
    assert browser.get(letter).status_code == 404
    with pytest.raises(ValidationError, match="Finissez"):
        api.send_summary(by=nurse, enrolment=row)
    assert browser.post(here, {"do": "end", "ending": "completed", "summary": ""}).status_code == 422
    browser.post(here, {"do": "end", "ending": "completed", "summary": "Se pèse chaque matin."})
    place.refresh_from_db()
    assert place.attendance == "excused"
    assert "Rien n’est encore parti" in browser.get(here).content.decode()
    assert "Se pèse chaque matin." in text_of(browser.get(letter).content)
    # The educator is not of the circle: nothing leaves from there.
    with pytest.raises(ValidationError, match="imprimez"):
        api.send_summary(by=scene.educator, enrolment=row)
    browser.post(here, {"do": "send"})
    browser.post(here, {"do": "send"})
    assert "pas encore lu" in browser.get(here).content.decode()
    row.refresh_from_db()
    conversation = reverse("exchange:conversation", args=[row.letter_id])
    assert "Se pèse chaque matin." in client_of(doctor).get(conversation).content.decode()
    client_of(doctor).post(reverse("exchange:read_conversation", args=[row.letter_id]))
    assert "lu dans Maillage" in browser.get(here).content.decode()


def test_small_counts_are_hidden_from_whoever_steers(
    scene: Scene, coordinator: Person, nurse: Person
) -> None:
    (found,) = counts_of(coordinator)
    assert list(found.followed.counts.values()) == [None]
    page = client_of(coordinator).get(reverse("protocols:programmes")).content.decode()
    assert "effectif masqué" in page
    assert "TILLEUL" not in page
    assert "Depuis un an" not in client_of(nurse).get(reverse("protocols:programmes")).content.decode()


def test_the_pages_open_write_plan_and_enrol(
    coordinator: Person, nurse: Person, patient: Patient, place: Territory
) -> None:
    browser, here = client_of(coordinator), reverse("protocols:programmes")
    assert "Aucun programme" in browser.get(here).content.decode()
    assert browser.post(here, {"title": "Souffle", "who": "Personne", "key": "k"}).status_code == 422
    assert client_of(nurse).post(here, {"title": "a", "who": "Capucine", "key": "k"}).status_code == 403
    one = browser.post(here, {"title": "Souffle", "who": "Capucine", "key": "k"})["Location"]
    own = client_of(nurse)
    assert "Écrivez le programme" in own.get(one).content.decode()
    write = one + "ecrire/"
    assert own.get(write).status_code == 200
    text = {"pathology": "BPCO", "aims": "Respirer", "filing": "none", "proof": "told", "key": "t"}
    assert own.post(write, text | {"aims": ""}).status_code == 422
    own.post(write, text)
    session = {
        "do": "session", "theme": "Souffle", "kind": "individual", "minutes": "30", "capacity": "1",
        "starts_at": (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT10:00"), "place": "",
        "video_url": "", "leader": nurse.professional.pk, "key": "s",
    }  # fmt: skip
    refused = own.post(one, session)
    assert refused.status_code == 422
    assert "Souffle" in refused.content.decode()
    made = own.post(one, session | {"place": "Cabinet"})["Location"]
    assert "Cabinet" in own.get(made).content.decode()
    assert own.post(one, session | {"place": "Cabinet"})["Location"] == made
    own.post(one, {"do": "join", "who": "Nobody", "key": "j"})
    for wrong in ({"do": "leave", "member": "99999"}, {"do": "dance"}):
        assert own.post(one, wrong).status_code == 404
    page = reverse("protocols:education_of", args=[patient.pk])
    assert page in own.get(reverse("people:patient", args=[patient.pk])).content.decode()
    programme = api.Programme.objects.get()
    asked = {
        "programme": programme.pk, "educator": nurse.professional.pk, "means": "spoken", "key": "e",
        "agreed_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    assert own.post(page, asked).status_code == 422
    row = own.post(page, asked | {"has_agreed": "on"})["Location"]
    assert own.post(page, asked | {"has_agreed": "on"})["Location"] == row
    assert own.post(page, asked | {"programme": "9999"}).status_code == 404
    enrolment = api.Enrolment.objects.of_patient(patient).get()
    own.post(made, {"do": "invite", "enrolment": enrolment.pk})
    assert "TILLEUL" in own.get(made).content.decode()
    own.post(row, {"do": "educator", "educator": nurse.professional.pk})
    assert own.post(row, {"do": "dance"}).status_code == 404
    assert "Vivre" not in client_of(patient.account).get(page).content.decode()
    link = CareLink.objects.in_scope(patient.scope).filter(origin="education")
    assert link.count() == 1


@pytest.mark.parametrize("state", STATES)
def test_each_address_of_education_answers_as_the_circle_decides(
    state: str, scene: Scene, patient: Patient, place: Territory
) -> None:
    paths = [
        reverse("protocols:education_of", args=[patient.pk]),
        reverse("protocols:enrolment", args=[scene.enrolment.pk]),
    ]
    closed = reverse("protocols:summary_letter", args=[scene.enrolment.pk])
    for role in ROLES:
        person = make_person(f"ada.{role.value.replace('_', '')}", role, place.scope)
        if role not in {Role.CARER, Role.DPO}:
            make_professional("Ada", role.value, person)
        linked(patient, person, role, state)
        browser, allowed = client_of(person), decision(person, patient, Part.HEALTH).is_allowed
        for path in paths:
            assert (browser.get(path).status_code != 404) == allowed, (role, path)
            if not allowed:
                assert browser.post(path, {"do": "send"}).status_code == 404, (role, path)
        assert browser.get(closed).status_code == 404, "before the end"


def test_a_key_is_for_one_programme_and_one_person(
    scene: Scene, coordinator: Person, nurse: Person, patient: Patient, place: Territory
) -> None:
    def again(**values: object) -> api.Programme:
        asked = {"scope": place.scope, "title": "Vivre avec", "coordinator": nurse.professional, "key": "p"}
        return api.open_programme(by=coordinator, **asked | values)

    assert again() == scene.programme
    other = again(title="Respirer", key="p2")
    later = {
        "theme": "Bouger", "kind": SessionKind.GROUP, "starts_at": timezone.now() + timedelta(days=2),
        "minutes": 60, "capacity": 1, "leader": scene.educator.professional, "place": "Salle", "key": "s",
    }  # fmt: skip
    plan = api.plan_session
    assert plan(by=scene.educator, programme=scene.programme, **later) == scene.session
    assert enrolled(nurse, patient, scene.programme, scene.educator) == scene.enrolment
    for wrong in (
        lambda: again(title="Respirer"),
        lambda: api.write_text(by=nurse, programme=other, content=TEXT, key="t"),
        lambda: api.join_team(
            by=nurse, programme=other, professional=scene.educator.professional, is_coordinator=False, key="m"
        ),
        lambda: (
            plan(by=nurse, programme=other, **later | {"leader": nurse.professional, "key": "n"})
            and plan(by=nurse, programme=scene.programme, **later | {"key": "n"})
        ),
        lambda: enrolled(nurse, patient, other, scene.educator),
    ):
        with pytest.raises(ValidationError, match="déjà servi"):
            wrong()
