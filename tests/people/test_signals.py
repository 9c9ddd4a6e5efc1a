"""What carers signal: the 15 first, an answer in time or the next is asked, no word of it in a message."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from maillage.directory.api import Professional
from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.people.actions import carers as mandates
from maillage.people.actions import circle as circle_actions
from maillage.people.actions import signals as actions
from maillage.people.models import Mandate, MandateItem, Patient, Signal, SignalAsked
from maillage.people.queries import signals as queries
from maillage.people.rules.carers import Gesture
from maillage.people.rules.circle import Origin, Part
from maillage.people.rules.signals import Kind, in_turn, may_close, named
from tests.factories import declare_doctor, make_person, make_professional
from tests.keys import ABSENT
from tests.people.test_carers import signed

NOW = datetime(2026, 3, 14, 13, 0, tzinfo=UTC)
SAID = "Il ne sait plus quel jour on est, depuis hier soir."
Send = Callable[..., Signal]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def treated(patient: Patient, doctor: Professional) -> Patient:
    declare_doctor(patient, doctor)
    patient.account = make_person("eloise.frene", Role.PATIENT, None)
    patient.save()
    return patient


@pytest.fixture
def nurse(treated: Patient, scope: Scope) -> Person:
    """A nurse of the care team, asked before the doctor."""
    nurse = make_person("ines.capucine", Role.NURSE, scope)
    sheet = make_professional("Capucine", "Inès", nurse, profession="60")
    circle_actions.add_to_circle(
        by=treated.account, patient=treated, who=sheet, origin=Origin.TEAM, role=Role.NURSE
    )
    return nurse


@pytest.fixture
def mandate(treated: Patient) -> Mandate:
    return signed(treated.account, treated, Part.APPOINTMENTS)


@pytest.fixture
def send(treated: Patient, mandate: Mandate) -> Send:
    def sent(**said: object) -> Signal:
        asked = {"kind": Kind.CONFUSION, "key": "s1", "text": SAID} | said
        made = actions.send_signal(by=mandate.carer, patient=treated, **asked)
        outbox.drain()
        return made

    return sent


def asked(signal: Signal) -> list[str]:
    rows = SignalAsked.objects.of_signals([signal]).select_related("person")
    return [one.person.first_name for one in rows]


def read(signal: Signal) -> Signal:
    return Signal.objects.keyed(signal.pk).get()


def told(template: str) -> list[Notification]:
    return list(Notification.objects.filter(template=template, channel="inbox")._scoped())


def test_a_worry_is_asked_of_the_nurse_first_and_of_nobody_twice(
    send: Send, nurse: Person, physician: Person
) -> None:
    signal = send()
    assert send() == signal, "the same write is the same signal"
    assert asked(signal) == ["Ines"]
    assert queries.waiting_for(nurse) == [signal]
    assert queries.waiting_for(physician) == []
    (line,) = told("signal_asked")
    assert (line.person, line.parameters) == (nurse, {"when": signal.at.isoformat()})


def test_without_an_answer_the_next_is_asked_then_the_coordination(
    send: Send, nurse: Person, physician: Person, coordinator: Person, clock: time_machine.Traveller
) -> None:
    signal = send()
    clock.shift(timedelta(hours=4, seconds=-1))
    outbox.drain()
    assert asked(signal) == ["Ines"]
    clock.shift(1)
    outbox.drain()
    assert asked(signal) == ["Ines", "Physician"]
    assert queries.waiting_for(nurse) == [signal], "who was asked first may still answer"
    assert queries.unanswered(coordinator) == []
    clock.shift(timedelta(hours=4))
    outbox.drain()
    outbox.drain()
    assert queries.unanswered(coordinator) == [signal]
    assert queries.unanswered(nurse) == []
    assert [one.person for one in told("signal_unanswered")] == [coordinator]
    clock.shift(timedelta(days=2))
    outbox.drain()
    assert asked(signal) == ["Ines", "Physician"]


def test_nobody_in_the_team_leads_straight_to_the_coordination(patient: Patient, coordinator: Person) -> None:
    patient.account = make_person("eloise.frene", Role.PATIENT, None)
    patient.save()
    carer = signed(patient.account, patient, Part.REACH).carer
    signal = actions.send_signal(by=carer, patient=patient, kind=Kind.FALL, key="s1")
    assert signal.coordination_at == NOW
    assert queries.unanswered(coordinator) == [signal]


def test_an_answer_is_told_back_and_the_first_one_stands(
    send: Send, nurse: Person, physician: Person, mandate: Mandate, clock: time_machine.Traveller
) -> None:
    signal = send()
    with pytest.raises(ValidationError, match="quelques mots"):
        actions.acknowledge(by=nurse, signal=signal, done=" ")
    actions.acknowledge(by=nurse, signal=signal, done="Vue à 15 h : fièvre, le médecin passe ce soir.")
    outbox.drain()
    with pytest.raises(ValidationError, match="Ines Capucine a déjà répondu"):
        actions.acknowledge(by=physician, signal=signal, done="Moi aussi")
    assert [one.person for one in told("signal_answered")] == [mandate.carer]
    clock.shift(timedelta(hours=5))
    outbox.drain()
    assert asked(signal) == ["Ines"]
    assert queries.waiting_for(nurse) == []


def test_only_the_care_team_answers(send: Send, nurse: Person, mandate: Mandate, scope: Scope) -> None:
    signal = send()
    strangers = [
        mandate.carer,
        make_person("nina.saule", Role.NURSE, scope),
        make_person("camille.bruyere", Role.COORDINATOR, scope),
    ]
    for person in strangers:
        with pytest.raises(PermissionDenied):
            actions.acknowledge(by=person, signal=signal, done="Vu")
        assert client_of(person).post(address(signal), {"outcome": "Vu"}).status_code == 404
    assert read(signal).acknowledged_at is None


def test_a_vital_sign_is_answered_by_the_15_and_by_nothing_else(
    send: Send, nurse: Person, mandate: Mandate
) -> None:
    signal = send(vital_signs=["breathing"])
    (block,) = re.findall(r"Inquiétudes d’aidants</h2>(.*?)</section>", page(nurse, "/"), re.DOTALL)
    assert "Signe vital : le 15 d’abord" in block.replace("\u00a0", " ")
    assert "<form" not in block, "no routine answer in place"
    with pytest.raises(ValidationError, match="appelez le 15"):
        actions.acknowledge(by=nurse, signal=signal, done="Je passe demain")
    shown = page(mandate.carer, address(signal))
    assert 'href="tel:15"' in shown
    assert "Appelez le 15 maintenant." in shown
    actions.acknowledge(by=nurse, signal=signal, done="SAMU sur place", emergency_called=True)
    assert read(signal).done == "SAMU sur place"
    with pytest.raises(ValidationError, match="pas connu"):
        send(key="s2", vital_signs=["zzz"])


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(signal: Signal) -> str:
    return reverse("people:signal", args=[signal.pk])


def page(person: Person, where: str, status: int = 200) -> str:
    answer = client_of(person).get(where)
    assert answer.status_code == status, where
    return answer.content.decode()


def post(mandate: Mandate, **data: object) -> tuple[int, str]:
    where = reverse("people:new_signal", args=[mandate.pk])
    answer = client_of(mandate.carer).post(where, {"key": "k", **data}, follow=True)
    return answer.status_code, answer.content.decode()


def test_the_form_asks_for_the_grave_signs_first(mandate: Mandate, nurse: Person, treated: Patient) -> None:
    shown = page(mandate.carer, reverse("people:new_signal", args=[mandate.pk]))
    assert shown.index('href="tel:15"') < shown.index('name="vital"') < shown.index('name="kind"')
    assert post(mandate, kind="confusion")[0] == 422, "« none » is said, never supposed"
    assert post(mandate, none="on")[0] == 422
    assert post(mandate, none="on", kind="zzz")[0] == 422
    assert post(mandate, none="on", kind="fall", text="a\x00b")[0] == 422
    assert not Signal.objects.sent_by(mandate.carer).exists()
    status, said = post(mandate, vital=["head"], none="on")
    assert (status, "Appelez le 15 maintenant." in said) == (200, True)
    assert Signal.objects.sent_by(mandate.carer).get().kind == "other"


def test_a_vital_sign_waits_for_no_other_field(mandate: Mandate) -> None:
    where = reverse("people:new_signal", args=[mandate.pk])
    for place, text in enumerate(["é" * 5000, "a\x00b"]):
        said = {"key": f"k{place}", "vital": ["head"], "kind": "zzz", "text": text}
        answer = client_of(mandate.carer).post(where, said, follow=True)
        assert "Appelez le 15 maintenant." in answer.content.decode()
    kept = [one.text for one in Signal.objects.sent_by(mandate.carer).order_by("pk")]
    assert kept == ["é" * 1000, "ab"]


def test_what_was_done_is_read_by_the_carer_and_the_first_screens_say_nothing_of_health(
    send: Send, nurse: Person, mandate: Mandate, treated: Patient
) -> None:
    signal = send()
    home = page(nurse, "/")
    assert "1 aidant attend une réponse" in home.replace("\u00a0", " ")
    for word in ("FRÊNE", "Éloïse", "onfusion", SAID):
        assert word not in home
    assert "1 signalement attend une réponse" in page(mandate.carer, "/")
    answer = client_of(nurse).post(address(signal), {"outcome": "Vue à 15 h.", "next": "/"})
    assert answer["Location"] == "/"
    assert "Vue à 15 h." in page(mandate.carer, address(signal))
    assert "a répondu" in page(mandate.carer, reverse("people:helped", args=[mandate.pk]))
    assert "Tout est suivi" in page(mandate.carer, "/")
    everything = " ".join(str(one.parameters) + one.path for one in Notification.objects.all()._scoped())
    assert SAID not in everything
    assert "onfusion" not in everything


def test_the_coordination_sees_who_was_asked_and_nothing_of_the_person(
    send: Send, nurse: Person, coordinator: Person, clock: time_machine.Traveller
) -> None:
    signal = send()
    page(coordinator, address(signal), status=404)
    for _turn in range(2):
        clock.shift(timedelta(hours=4))
        outbox.drain()
    shown = page(coordinator, address(signal))
    assert "Ines Capucine" in shown
    for word in ("FRÊNE", "Éloïse", "onfusion", SAID, "Awa"):
        assert word not in shown
    assert "1 aidant sans réponse" in page(coordinator, "/").replace("\u00a0", " ")


def test_another_carer_reads_nothing_of_it(send: Send, treated: Patient, nurse: Person) -> None:
    signal = send()
    other = signed(
        treated.account, treated, Part.HEALTH, carer=mandates.Carer("paul@exemple.fr", "Paul", "Frêne")
    )
    page(other.carer, address(signal), status=404)
    page(nurse, reverse("people:signal", args=[ABSENT]), status=404)


def test_a_gesture_taken_back_signals_no_more(send: Send, mandate: Mandate, treated: Patient) -> None:
    item = MandateItem.objects.of_mandates([mandate]).select_related("mandate").get(gesture="signal")
    mandates.revoke_item(by=treated.account, item=item)
    with pytest.raises(PermissionDenied):
        send()
    page(mandate.carer, reverse("people:new_signal", args=[mandate.pk]), status=403)
    status, said = post(mandate, vital=["head"])  # the form was open already
    assert (status, "tel:15" in said) == (403, True)
    assert "Signaler une inquiétude" not in page(mandate.carer, reverse("people:helped", args=[mandate.pk]))
    assert Gesture.SIGNAL.value == item.gesture


def test_who_left_the_circle_is_not_asked_and_sees_it_no_more(
    send: Send, nurse: Person, treated: Patient
) -> None:
    signal = send()
    link = treated.care_links.filter(origin="team")._scoped().get()
    circle_actions.end_link(by=treated.account, link=link)
    assert queries.waiting_for(nurse) == []
    page(nurse, address(signal), status=404)


def test_the_turn_and_what_closes() -> None:
    team = [(4, "pharmacist"), (1, "physician"), (2, "nurse"), (3, "nurse"), (1, "nurse")]
    assert in_turn(team) == [2, 3, 1, 4]
    assert [may_close(is_vital=v, emergency_called=e) for v in (0, 1) for e in (0, 1)] == [1, 1, 0, 1]


def test_words_of_danger_are_found_whole() -> None:
    assert named("J’ai MAL à la poitrine", ["poitrine", "mourir"]) == ["poitrine"]
    assert named("Je suis mourirable", ["mourir"]) == []
    assert queries.words_of_danger("Ses jambes gonflent") == []
    assert queries.words_of_danger("Il s’étouffe", "I can't breathe") == ["étouffe", "can’t breathe"]


def test_words_of_danger_in_a_worry_show_the_15_to_who_wrote_it(
    mandate: Mandate, nurse: Person, doctor: Professional
) -> None:
    made = actions.send_signal(
        by=mandate.carer, patient=mandate.patient, kind=Kind.OTHER, key="w", text="Elle ne se réveille pas."
    )
    page = reverse("people:signal", args=[made.pk])
    carer = Client()
    carer.force_login(mandate.carer)
    shown = carer.get(page).content.decode()
    assert "N’attendez pas une réponse d’ici" in shown
    actions.acknowledge(by=nurse, signal=made, done="Le 15 est appelé.")
    assert "N’attendez pas" not in carer.get(page).content.decode()


def test_a_key_is_for_one_person(mandate: Mandate) -> None:
    made = actions.send_signal(by=mandate.carer, patient=mandate.patient, kind=Kind.FALL, key="k")
    other = Patient.objects.create(
        scope=mandate.patient.scope,
        birth_name="Orme",
        birth_first_names="Ana",
        birth_date="1940-05-02",
        sex="female",
    )
    Signal._base_manager.filter(pk=made.pk).update(patient=other)
    with pytest.raises(ValidationError, match="déjà servi"):
        actions.send_signal(by=mandate.carer, patient=mandate.patient, kind=Kind.FALL, key="k")
