"""Questionnaires asked by the circle: who asks, who answers, who reads, the 15 first, the one reminder."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from maillage.care.actions import questionnaires as actions
from maillage.care.models import Questionnaire
from maillage.care.models.records import said_by_a_carer
from maillage.care.queries.questionnaires import SUPPORT, content_of, questionnaire_seen_by
from maillage.care.rules.questionnaires import Standing, Way, is_whole, kept, standing
from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.people.actions import carers, circle
from maillage.people.api import Means, Part, Patient
from maillage.people.models import AccessLogEntry, CareLink
from maillage.people.rules.carers import Relation
from tests.care.conftest import client_of
from tests.pdf import text_of

ANSWERS = dict.fromkeys(("wash", "move", "stairs", "meals", "papers"), "often")
TYPED = {"none": "on", **{f"q_{code}": said for code, said in ANSWERS.items()}}


@pytest.fixture
def asked(patient: Patient, nurse: Person) -> Questionnaire:
    return actions.ask(by=nurse, patient=patient, code="daily", key="q1")


def helping(first: str, last: str, by: Person, patient: Patient) -> Person:
    """Somebody whom a mandate on paper lets read the health of a patient."""
    until = timezone.now() + timedelta(days=90)
    made = carers.record_mandate(
        by=by,
        patient=patient,
        carer=carers.Carer(f"{first}@example.org", first, last),
        terms=carers.Terms(Relation.FATHER, frozenset({Part.HEALTH}), frozenset(), until),
        seen_on=timezone.localdate(),
    )
    return made.carer


@pytest.fixture
def carer(patient: Patient, doctor: Person) -> Person:
    return helping("Awa", "Mélisse", doctor, patient)


def told(row: Questionnaire) -> list[str]:
    """The keys of the messages about a questionnaire."""
    rows = Notification.objects.about([f"care.questionnaire:{row.pk}"])
    return [one.key.split(":")[0] for one in rows.order_by("pk")]


def test_the_rules() -> None:
    now = timezone.now()
    assert standing(None, None) is Standing.ASKED
    assert standing(None, now) is Standing.WITHDRAWN
    assert standing(now, now) is Standing.ANSWERED
    assert is_whole(["a"], ["x"], {"a": "x"})
    assert not is_whole(["a", "b"], ["x"], {"a": "x"})
    assert not is_whole(["a"], ["x"], {"a": "y"})
    assert kept(["a"], ["x"], {"a": "x", "b": "x"}) == {"a": "x"}


def test_it_is_asked_once_and_told_without_a_word_of_health(
    asked: Questionnaire, patient: Patient, nurse: Person, doctor: Person
) -> None:
    assert actions.ask(by=nurse, patient=patient, code="daily", key="q1") == asked
    assert actions.ask(by=doctor, patient=patient, code="daily", key="other") == asked
    rows = Notification.objects.about([f"care.questionnaire:{asked.pk}"])
    assert {one.template for one in rows} == {"message_waiting"}
    with pytest.raises(ValidationError, match="n’existe plus"):
        actions.ask(by=nurse, patient=patient, code="nothing", key="q2")
    with pytest.raises(ValidationError, match="n’existe plus"):
        actions.ask(by=nurse, patient=patient, code=SUPPORT, key="q3")
    with pytest.raises(PermissionDenied):
        actions.ask(by=patient.account, patient=patient, code="daily", key="q4")
    with translation.override("en"):
        assert asked.name == "My everyday life"
        assert ("never", "Never") in asked.options


def test_the_patient_answers_once_all_at_once(asked: Questionnaire, patient: Patient, nurse: Person) -> None:
    own, here = client_of(patient.account), reverse("care:own_questionnaire", args=[asked.pk])
    assert "1 questionnaire à remplir" in own.get("/").content.decode()
    assert reverse("care:own_questionnaires") in own.get(reverse("space:home")).content.decode()
    assert here in own.get(reverse("care:own_questionnaires")).content.decode()
    assert "Je fais mes repas" in own.get(here).content.decode()
    for lacking in ({}, {"none": "on"}, TYPED | {"none": ""}, TYPED | {"q_wash": "maybe"}):
        assert own.post(here, lacking).status_code == 422
    assert own.post(here, TYPED | {"words": "Bien"}).status_code == 302
    assert own.post(here, TYPED | {"q_wash": "never"}).status_code == 302
    row = Questionnaire.objects.of_patient(patient).get()
    assert (row.answers, row.way, row.words, row.is_vital) == (ANSWERS, "space", "Bien", False)
    assert "Merci" in own.get(here).content.decode()
    assert AccessLogEntry.objects.in_scope(patient.scope).exists()
    page = client_of(nurse)
    assert "1 questionnaire à lire" in page.get("/").content.decode()
    assert "TILLEUL" in page.get(reverse("web:inbox")).content.decode()
    one = reverse("care:questionnaire", args=[patient.pk, row.pk])
    assert "Souvent" in page.get(one).content.decode()
    page.post(one, {"do": "read"})
    assert "questionnaire à lire" not in page.get("/").content.decode()


def test_one_question_a_page_keeps_what_was_said(asked: Questionnaire, patient: Patient) -> None:
    own, here = client_of(patient.account), reverse("care:own_questionnaire", args=[asked.pk])
    assert "Page 1 sur 7" in own.get(f"{here}?step=1").content.decode()
    assert own.get(f"{here}?step=x").status_code == 200
    assert own.post(here, {"step": "1"}).status_code == 422
    sent = {"step": "1", "none": "on"}
    page = own.post(here, sent).content.decode()
    assert "Je me lave" in page
    assert 'name="none" value="on"' in page
    assert own.post(here, {"step": "2", "none": "on"}).status_code == 422
    for step, code in enumerate(ANSWERS, start=2):
        sent |= {"step": str(step), f"q_{code}": "often"}
        page = own.post(here, sent).content.decode()
    assert "Envoyer mes réponses" in page
    assert own.post(here, sent | {"step": "7", "words": ""}).status_code == 302
    assert Questionnaire.objects.of_patient(patient).get().answers == ANSWERS


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"signs": ["chest"]}, "poitrine"),
        (TYPED | {"words": "Je voudrais en finir."}, "en finir"),
        ({"step": "1", "signs": ["breathing"]}, "Respire mal"),
    ],
)
def test_a_sign_of_danger_shows_the_15_first(
    typed: dict[str, object], said: str, asked: Questionnaire, patient: Patient, nurse: Person
) -> None:
    own, here = client_of(patient.account), reverse("care:own_questionnaire", args=[asked.pk])
    assert own.post(here, typed).status_code == 302
    page = own.get(here).content.decode()
    assert page.index("Appelez le 15 maintenant") < page.index("Merci")
    assert said in page
    row = Questionnaire.objects.of_patient(patient).get()
    assert row.is_vital
    urgent = Notification.objects.about([f"care.questionnaire:{row.pk}#answer"])
    assert {one.person for one in urgent} == {nurse}
    browser = client_of(nurse)
    assert "un signe grave a été dit" in browser.get(reverse("web:inbox")).content.decode()
    one = reverse("care:questionnaire", args=[patient.pk, row.pk])
    assert "Appelez le 15 maintenant" in browser.get(one).content.decode()
    assert (
        "signe grave dit" in browser.get(reverse("care:questionnaires", args=[patient.pk])).content.decode()
    )


def test_a_professional_reads_it_out_or_types_the_paper(
    asked: Questionnaire, patient: Patient, nurse: Person, doctor: Person
) -> None:
    browser, here = client_of(doctor), reverse("care:questionnaire", args=[patient.pk, asked.pk])
    paper = browser.get(reverse("care:questionnaire_pdf", args=[patient.pk, asked.pk])).content
    assert "Je fais mes repas" in text_of(paper)
    assert "Appelez le 15" in text_of(paper)
    assert browser.post(here, TYPED | {"do": "answer"}).status_code == 422
    assert browser.post(here, {"do": "dance"}).status_code == 404
    assert browser.post(here, TYPED | {"do": "answer", "way": "spoken"}).status_code == 302
    assert browser.post(here, TYPED | {"do": "answer", "way": "paper"}).status_code == 302
    row = Questionnaire.objects.of_patient(patient).get()
    assert (row.way, row.answered_by, row.read_at) == ("spoken", doctor, None)
    browser.post(here, {"do": "take_back"})
    assert Questionnaire.objects.of_patient(patient).get().withdrawn_at is None
    again = actions.ask(by=nurse, patient=patient, code="daily", key="q9")
    with pytest.raises(ValidationError, match="papier"):
        actions.answer(by=nurse, questionnaire=again, answers=ANSWERS, way=Way.SPACE)


def test_answers_stand_beside_earlier_ones(asked: Questionnaire, patient: Patient, nurse: Person) -> None:
    for key, said in (("q1", "often"), ("q2", "never")):
        row = actions.ask(by=nurse, patient=patient, code="daily", key=key)
        actions.answer(by=nurse, questionnaire=row, answers=dict.fromkeys(ANSWERS, said), way=Way.SPOKEN)
    page = client_of(nurse).get(reverse("care:questionnaire", args=[patient.pk, row.pk])).content.decode()
    assert "Souvent" in page
    assert "Jamais" in page


def test_what_nobody_answered_is_taken_back(asked: Questionnaire, patient: Patient, nurse: Person) -> None:
    browser, here = client_of(nurse), reverse("care:questionnaire", args=[patient.pk, asked.pk])
    browser.post(here, {"do": "take_back"})
    browser.post(here, {"do": "take_back"})
    own = reverse("care:own_questionnaire", args=[asked.pk])
    assert "a été retiré" in client_of(patient.account).get(own).content.decode()
    with pytest.raises(ValidationError, match="retiré"):
        actions.answer(by=patient.account, questionnaire=asked, answers=ANSWERS, way=Way.SPACE)
    with pytest.raises(PermissionDenied):
        actions.take_back(by=patient.account, questionnaire=asked)
    with pytest.raises(PermissionDenied):
        actions.mark_read(by=patient.account, questionnaire=asked)


def test_it_is_recalled_once_unless_it_was_answered(asked: Questionnaire, patient: Patient) -> None:
    event = outbox.Event(actions.REMINDER_DUE, "key", {"questionnaire": asked.pk}, timezone.now())
    with time_machine.travel(timezone.now() + timedelta(days=5)):
        actions.recall(event)
        actions.recall(event)
    assert len(set(told(asked))) == 2
    actions.answer(by=patient.account, questionnaire=asked, answers=ANSWERS, way=Way.SPACE)
    actions.recall(event)
    assert len(set(told(asked))) == 2
    other = actions.ask(by=asked.by, patient=patient, code="eating", key="q8")
    with pytest.raises(ValidationError, match="signes"):
        actions.answer(by=patient.account, questionnaire=other, answers={}, way=Way.SPACE, signs=["cough"])
    with pytest.raises(ValidationError, match="manque"):
        actions.answer(by=patient.account, questionnaire=other, answers={}, way=Way.SPACE)


def test_what_a_carer_says_of_themself_is_read_by_those_who_care_alone(
    carer: Person, patient: Patient, nurse: Person, doctor: Person
) -> None:
    browser, list_url = client_of(nurse), reverse("care:questionnaires", args=[patient.pk])
    assert str(carer) in browser.get(list_url).content.decode()
    assert browser.post(list_url, {"what": f"{SUPPORT}-999", "key": "k"}).status_code == 422
    assert browser.post(list_url, {"what": f"{SUPPORT}-{carer.pk}", "key": "k"}).status_code == 302
    row = Questionnaire.objects.of_patient(patient).get()
    own, here = client_of(carer), reverse("care:own_questionnaire", args=[row.pk])
    assert "1 questionnaire à remplir" in own.get("/").content.decode()
    found = content_of(SUPPORT)
    assert found is not None
    own.post(here, {"none": "on", **{f"q_{one['code']}": "often" for one in found[1]}})
    row.refresh_from_db()
    assert row.answered_by == carer
    page = reverse("care:questionnaire", args=[patient.pk, row.pk])
    assert "Souvent" in browser.get(page).content.decode()
    other = helping("Zoe", "Mauve", doctor, patient)
    for stranger in (patient.account, other):
        assert questionnaire_seen_by(stranger, row.pk) is None
        assert client_of(stranger).get(here).status_code == 404
    assert questionnaire_seen_by(carer, row.pk) == row
    assert "answers" in said_by_a_carer(row)
    with pytest.raises(ValidationError, match="aidante"):
        actions.ask(by=nurse, patient=patient, code=SUPPORT, key="k2", carer=doctor)


def test_an_opposition_closes_it_at_once(
    asked: Questionnaire, patient: Patient, nurse: Person, doctor: Person
) -> None:
    actions.answer(by=patient.account, questionnaire=asked, answers=ANSWERS, way=Way.SPACE)
    circle.oppose(by=doctor, patient=patient, who=nurse.professional, means=Means.SPOKEN)
    assert questionnaire_seen_by(nurse, asked.pk) is None
    assert "questionnaire à lire" not in client_of(nurse).get("/").content.decode()
    with pytest.raises(PermissionDenied):
        actions.answer(by=nurse, questionnaire=asked, answers=ANSWERS, way=Way.SPOKEN)


def test_the_copy_of_a_patient_keeps_what_is_theirs(asked: Questionnaire) -> None:
    assert said_by_a_carer(asked) == ()


def test_a_danger_said_late_is_never_lost(
    asked: Questionnaire, patient: Patient, nurse: Person, doctor: Person
) -> None:
    own, here = client_of(patient.account), reverse("care:own_questionnaire", args=[asked.pk])
    page = reverse("care:questionnaire", args=[patient.pk, asked.pk])
    spoken = TYPED | {"do": "answer", "way": "spoken"}
    assert client_of(doctor).post(page, spoken).status_code == 302
    assert "Appelez le 15 maintenant" not in own.get(here).content.decode()
    late = own.post(here, {"signs": ["chest"], "words": "Depuis midi"}, follow=True).content.decode()
    assert "Appelez le 15 maintenant" in late
    row = Questionnaire.objects.of_patient(patient).get()
    assert (row.signs, row.words, row.answers, row.read_at) == (["chest"], "Depuis midi", ANSWERS, None)
    urgent = Notification.objects.about([f"care.questionnaire:{row.pk}#answer"])
    assert {one.person for one in urgent} == {nurse}
    before = urgent.count()
    assert own.post(here, {"signs": ["chest"], "words": "Depuis midi"}).status_code == 302
    assert urgent.count() == before
    own.post(here, TYPED | {"words": "Je veux mourir"})
    row.refresh_from_db()
    assert row.alarms == ["mourir"]
    assert row.words == "Depuis midi\nJe veux mourir"
    again = own.post(here, TYPED | {"q_wash": "never"}, follow=True).content.decode()
    assert f"{doctor} a déjà noté vos réponses" in again
    assert own.post(here, {"q_wash": "never"}).status_code == 302
    theirs = client_of(nurse)
    assert "a déjà répondu" in theirs.post(page, spoken, follow=True).content.decode()
    theirs.post(page, spoken | {"signs": ["breathing"], "none": ""})
    row.refresh_from_db()
    assert (row.signs, row.read_at is not None) == (["breathing", "chest"], True)


def test_a_danger_said_once_it_is_taken_back_is_kept(
    asked: Questionnaire, patient: Patient, nurse: Person
) -> None:
    own, here = client_of(patient.account), reverse("care:own_questionnaire", args=[asked.pk])
    lacking = own.post(here, {"none": "on", "words": "J’ai mal dans la poitrine"})
    assert lacking.status_code == 422
    assert "Appelez le 15 maintenant" in lacking.content.decode()
    actions.take_back(by=nurse, questionnaire=asked)
    assert "a été retiré" in own.get(here).content.decode()
    assert here not in own.get(reverse("care:own_questionnaires")).content.decode()
    refused = own.post(here, TYPED, follow=True).content.decode()
    assert "il n’y a plus rien à répondre" in refused
    assert "Appelez le 15 maintenant" in own.post(here, {"signs": ["chest"]}, follow=True).content.decode()
    row = Questionnaire.objects.of_patient(patient).get()
    assert (row.signs, row.standing) == (["chest"], Standing.ANSWERED)
    assert "un signe grave a été dit" in client_of(nurse).get(reverse("web:inbox")).content.decode()


def test_a_key_is_for_one_questionnaire(asked: Questionnaire, patient: Patient, nurse: Person) -> None:
    with pytest.raises(ValidationError, match="déjà servi"):
        actions.ask(by=nurse, patient=patient, code="eating", key="q1")


def test_a_danger_is_told_to_the_team_where_who_asked_has_left_the_circle(
    asked: Questionnaire, patient: Patient, nurse: Person, doctor: Person, pharmacist: Person
) -> None:
    link = CareLink.objects.of_patient(patient).get(professional=nurse.professional)
    circle.end_link(by=doctor, link=link, reason="partie")
    own, here = client_of(patient.account), reverse("care:own_questionnaire", args=[asked.pk])
    assert own.post(here, {"signs": ["chest"]}).status_code == 302
    urgent = Notification.objects.about([f"care.questionnaire:{asked.pk}#answer"])
    assert {one.person for one in urgent} == {doctor, pharmacist}
    assert client_of(doctor).get(urgent[0].path).status_code == 200
