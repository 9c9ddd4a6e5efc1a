"""Measures are kept, corrected and read; the rules of the plan run on each, once for one rise."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.care import api
from maillage.care.actions import measures as actions
from maillage.care.models import Alert, AlertRule, Measure, Task
from maillage.care.queries.measures import tried
from maillage.care.rules.alerts import ConditionKind
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Patient
from maillage.people.models import CareLink
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person
from tests.keys import ABSENT


def weigh(by: Person, patient: Patient, kilos: float, days_ago: float = 0, **values: object) -> Measure:
    usual: dict[str, object] = {"key": uuid4().hex}
    (made,) = actions.record_measures(
        by=by,
        patient=patient,
        values={"weight": Decimal(str(kilos))},
        taken_at=timezone.now() - timedelta(days=days_ago),
        **usual | values,
    )
    return made


@pytest.fixture
def rule(patient: Patient, doctor: Person) -> AlertRule:
    """« +2 kg in 3 days → the doctor sees the treatment again within 24 h », running for ten days."""
    made = actions.draft_rule(
        by=doctor,
        patient=patient,
        kind="weight",
        condition=ConditionKind.RISE,
        amount=Decimal(2),
        days=3,
        owner=doctor,
        what="Revoir le traitement",
        hours=24,
    )
    on = actions.switch_on(by=doctor, rule=made, seen=0)
    AlertRule.objects.of_patient(patient).update(switched_on_at=timezone.now() - timedelta(days=10))
    return on


def alarms(patient: Patient) -> list[Task]:
    rows = Task.objects.of_patient(patient).filter(origin="alert").order_by("pk")
    return list(rows)


def test_a_rise_raises_one_task_with_its_reason_and_its_rows(
    rule: AlertRule, patient: Patient, nurse: Person, doctor: Person
) -> None:
    first = weigh(nurse, patient, 70, 2)
    weigh(nurse, patient, 70.4, 1)
    last = weigh(nurse, patient, 73)
    (task,) = alarms(patient)
    assert (task.title, task.owner, task.by) == ("Revoir le traitement", doctor.professional, None)
    assert "Si le poids augmente d’au moins 2,0" in task.why
    assert "70,0\N{NO-BREAK SPACE}kg le" in task.why
    assert "73,0\N{NO-BREAK SPACE}kg le" in task.why
    assert task.due_at is not None
    assert task.due_at - task.at == pytest.approx(timedelta(hours=24), abs=timedelta(seconds=2))
    alert = Alert.objects.of_patient(patient).get()
    assert (alert.rows, alert.called_out) == ([first.pk, last.pk], [last.pk])
    weigh(nurse, patient, 73.4)
    assert len(alarms(patient)) == 1


def test_a_late_entry_and_a_correction_are_read_where_they_belong(
    rule: AlertRule, patient: Patient, nurse: Person
) -> None:
    weigh(nurse, patient, 73)
    assert alarms(patient) == []
    weigh(nurse, patient, 70, 2)  # typed today, taken the day before yesterday
    assert [one.state for one in alarms(patient)] == ["open"]
    wrong = Measure.objects.of_patient(patient).get(value=73)
    fixed = actions.correct_measure(by=nurse, measure=wrong, value=Decimal("70.3"), why="lu 73", key="c1")
    assert [one.state for one in alarms(patient)] == ["cancelled"]
    assert "corrigée" in alarms(patient)[0].outcome
    assert (fixed.corrects, wrong.value) == (wrong, Decimal(73))
    again = actions.correct_measure(by=nurse, measure=wrong, value=Decimal(60), why="encore", key="c2")
    assert again == fixed
    actions.correct_measure(by=nurse, measure=fixed, value=Decimal(73), why="c’était juste", key="c3")
    assert [one.state for one in alarms(patient)] == ["cancelled", "open"]


def test_what_is_impossible_is_refused_and_what_is_unlikely_is_asked_again(
    patient: Patient, nurse: Person
) -> None:
    with pytest.raises(ValidationError, match="impossible"):
        weigh(nurse, patient, 700, confirmed=True)
    with pytest.raises(actions.AskAgainError, match="Est-ce bien cela"):
        weigh(nurse, patient, 300)
    assert weigh(nurse, patient, 300, confirmed=True).is_confirmed
    with pytest.raises(ValidationError, match="demain"):
        weigh(nurse, patient, 70, -1)
    patient.birth_date = date(1938, 3, 14)
    with pytest.raises(ValidationError, match="avant la naissance"):
        weigh(nurse, patient, 70, 365 * 110)
    with pytest.raises(ValidationError, match="n’est pas connue"):
        actions.record_measures(
            by=nurse, patient=patient, values={"hope": Decimal(1)}, taken_at=timezone.now(), key="h"
        )


def test_the_same_form_sent_twice_keeps_one_measure(patient: Patient, nurse: Person) -> None:
    assert weigh(nurse, patient, 70, key="a" * 32) == weigh(nurse, patient, 71, key="a" * 32)
    assert Measure.objects.of_patient(patient).count() == 1


def test_who_may_measure_and_who_may_rule(
    patient: Patient, place: Territory, nurse: Person, doctor: Person
) -> None:
    assert patient.account is not None
    assert weigh(patient.account, patient, 70).taken_by == "patient"
    assert weigh(nurse, patient, 70).taken_by == "professional"
    stranger = make_person("ada.loriot", Role.NURSE, place.scope)
    with pytest.raises(PermissionDenied):
        weigh(stranger, patient, 70)
    said = {"kind": "weight", "condition": ConditionKind.RISE, "amount": Decimal(2), "days": 3, "hours": 24}
    with pytest.raises(PermissionDenied):
        actions.draft_rule(by=patient.account, patient=patient, owner=doctor, what="x", **said)
    for wrong in ({"amount": Decimal(0)}, {"days": 0}, {"hours": 0}, {"what": " "}, {"owner": stranger}):
        with pytest.raises(ValidationError):
            actions.draft_rule(by=nurse, patient=patient, **{"owner": doctor, "what": "x"} | said | wrong)


def test_a_rule_is_tried_before_it_runs_and_runs_from_then_on(
    patient: Patient, nurse: Person, doctor: Person
) -> None:
    weigh(nurse, patient, 70, 5)
    weigh(nurse, patient, 73, 4)
    browser = client_of(doctor)
    sent = {
        "kind": "weight", "condition": "rise", "amount": "2", "days": "3", "hours": "24",
        "owner": f"p{doctor.professional.pk}", "what": "Revoir le traitement",
    }  # fmt: skip
    page = browser.post(reverse("care:write_rule", args=[patient.pk]), sent, follow=True)
    assert "elle aurait signalé 1 fois" in page.content.decode()
    assert "73,0" in page.content.decode()
    rule = AlertRule.objects.of_patient(patient).get()
    assert len(tried(rule)) == 1
    assert not rule.is_on
    address = reverse("care:alert_rule", args=[patient.pk, rule.pk])
    assert "relisez l’essai" in browser.post(address, {"seen": "0"}, follow=True).content.decode()
    assert "en marche" in browser.post(address, {"seen": "1"}, follow=True).content.decode()
    weigh(nurse, patient, 73.2, 3)
    assert alarms(patient) == []
    weigh(nurse, patient, 76)
    assert alarms(patient) == []
    weigh(nurse, patient, 78.5)
    assert len(alarms(patient)) == 1
    assert "Règle arrêtée" in browser.post(address, {"do": "end"}, follow=True).content.decode()
    with pytest.raises(ValidationError, match="arrêtée"):
        actions.switch_on(by=doctor, rule=rule, seen=9)


@pytest.mark.parametrize("amount", ["0,001", "0,04", "0", "-1", "99999,99", "9999999", "1e309", "nan", "٣"])
def test_a_rule_names_a_quantity_that_the_measure_may_reach(
    patient: Patient, doctor: Person, amount: str
) -> None:
    address = reverse("care:write_rule", args=[patient.pk])
    said = {
        "kind": "weight",
        "condition": "rise",
        "amount": amount,
        "days": "3",
        "what": "Revoir",
        "hours": "24",
    }
    owner = f"p{doctor.professional.pk}"
    assert client_of(doctor).post(address, said | {"owner": owner}).status_code == 302
    assert not AlertRule.objects.of_patient(patient).exists()
    client_of(doctor).post(address, said | {"owner": owner, "amount": "0,5"})
    assert AlertRule.objects.of_patient(patient).get().amount == Decimal("0.5")


def test_an_alarm_goes_to_whoever_still_reads_the_plan(
    rule: AlertRule, patient: Patient, doctor: Person, nurse: Person
) -> None:
    AlertRule.objects.of_patient(patient).update(professional=nurse.professional)
    link = CareLink.objects.of_patient(patient).get(professional=nurse.professional)
    circle.end_link(by=doctor, link=link)
    weigh(doctor, patient, 70, 1)
    weigh(doctor, patient, 73)
    assert [one.owner for one in alarms(patient)] == [doctor.professional]


def measure_page(browser: Client, patient: Patient, **values: str) -> str:
    """Send the form of measures and return the page that answers."""
    moment = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    sent = {"taken_at": moment, "key": uuid4().hex} | values
    answer = browser.post(reverse("care:measures", args=[patient.pk]), sent, follow=True)
    text: str = answer.content.decode()
    return text


def test_the_form_keeps_asks_again_and_refuses(patient: Patient, nurse: Person) -> None:
    browser = client_of(nurse)
    assert "2 mesures notées" in measure_page(browser, patient, systolic="130", diastolic="80")
    assert "Est-ce bien cela" in measure_page(browser, patient, weight="300")
    assert "1 mesure notée" in measure_page(browser, patient, weight="300", confirmed="on")
    assert "est impossible" in measure_page(browser, patient, weight="700")
    assert "Écrivez un nombre" in measure_page(browser, patient, weight="lourd")
    assert "au moins une mesure" in measure_page(browser, patient)
    assert "Tension, maximum" in browser.get(reverse("care:measures", args=[patient.pk])).content.decode()


def test_a_vital_measure_shows_the_15_and_no_routine_answer(patient: Patient, nurse: Person) -> None:
    browser = client_of(nurse)
    page = measure_page(browser, patient, systolic="75", confirmed="on")
    assert "Appelez le 15 maintenant" in page
    assert "mesure notée" not in page
    assert page.index("tel:15") < page.index("Noter des mesures")
    shown = browser.get(reverse("people:patient", args=[patient.pk])).content.decode()
    assert "tel:15" in shown


@pytest.mark.parametrize(
    "beside",
    [{"weight": "700"}, {"weight": "lourd"}, {"taken_at": "bientôt"}, {"systolic": "60"}, {"key": "zzz"}],
    ids=["impossible", "no number", "no day", "unlikely", "stale form"],
)
def test_a_vital_measure_refused_or_asked_again_shows_the_15_first(
    patient: Patient, nurse: Person, beside: dict[str, str]
) -> None:
    page = measure_page(client_of(nurse), patient, **{"systolic": "75"} | beside)
    assert not Measure.objects.of_patient(patient).exists()
    assert page.index("tel:15") < page.index("Noter des mesures")
    slip = measure_page(client_of(nurse), patient, systolic="12")
    assert "impossible" in slip
    assert "tel:15" not in slip


def test_a_measure_is_told_in_the_file_as_the_language_of_its_reader_does(
    patient: Patient, nurse: Person
) -> None:
    weigh(nurse, patient, 70)
    address, browser = reverse("people:patient", args=[patient.pk]), client_of(nurse)
    assert "Poids\N{NO-BREAK SPACE}: 70,0" in browser.get(address).content.decode()
    browser.post(reverse("web:set_language"), {"language": "en", "next": "/"})
    assert "Weight: 70.0" in browser.get(address).content.decode()


def test_a_measure_is_corrected_on_the_page(patient: Patient, nurse: Person, place: Territory) -> None:
    made = weigh(nurse, patient, 70)
    browser = client_of(nurse)
    address = reverse("care:correct_measure", args=[patient.pk, made.pk])
    assert "dites pourquoi" in browser.post(address, {"value": "71"}, follow=True).content.decode()
    done = browser.post(address, {"value": "", "why": "autre personne", "key": uuid4().hex}, follow=True)
    assert "Mesure corrigée" in done.content.decode()
    assert Measure.objects.of_patient(patient).standing().count() == 0
    assert browser.get(address)["Location"] == reverse("care:measures", args=[patient.pk])
    assert browser.post(reverse("care:correct_measure", args=[patient.pk, ABSENT])).status_code == 404
    assert isinstance(made.taken_at, datetime)
    assert api.answered_in_time(place.scope).total == 0
