"""An advice is asked with an agreement, taken by one, answered once, followed; or it returns to who asked."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from maillage.care import api as care
from maillage.directory.api import Membership, Structure
from maillage.exchange.models import Notification
from maillage.kernel import journal, outbox
from maillage.kernel.contributions import Leaving
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Part, Patient, decision
from maillage.people.models import CareLink, CareOpposition
from maillage.telehealth import api
from maillage.telehealth.actions import leaving
from maillage.telehealth.models import Question, QuestionStep
from maillage.telehealth.queries import questions as queries
from maillage.territory.api import Territory
from tests.factories import make_person, make_professional
from tests.telehealth.conftest import NOW, Ask

ADVICE = api.Advice(
    "Oui, pendant cinq jours.", "Doubler la dose du matin", "Dans huit jours", api.Appointment.EXPERT
)


def told(place: Territory, template: str) -> list[Person]:
    return [
        one.person
        for one in Notification.objects.in_scope(place.scope).filter(template=template, channel="inbox")
    ]


def link(question: api.Question) -> CareLink | None:
    return CareLink._base_manager.filter(act=journal.target_of(question)).first()


def seen(person: Person, question: api.Question) -> queries.Seen | None:
    return queries.seen_by(person, question.pk)


def test_it_goes_to_the_expert_who_reads_what_is_shared_and_nothing_else(
    ask: Ask, patient: Patient, expert: Person, place: Territory
) -> None:
    one = ask()
    assert (one.state, one.due_at) == ("sent", NOW + timedelta(hours=2))
    assert told(place, "advice_asked") == [expert]
    assert "Tilleul" not in str(Notification.objects.in_scope(place.scope).values_list("parameters"))
    assert decision(expert, patient, Part.IDENTITY).is_allowed
    closed = set(Part) - {Part.IDENTITY}
    assert [part for part in closed if decision(expert, patient, part).is_allowed] == []
    found = seen(expert, one)
    assert found is not None
    assert (found.is_expert, found.is_team, found.names_patient) == (True, False, True)


def test_sent_again_it_is_one_question_and_its_expert_is_told_once(
    ask: Ask, expert: Person, place: Territory
) -> None:
    assert ask() == ask()
    assert told(place, "advice_asked") == [expert]
    assert Question.objects.in_scope(place.scope).count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"signs": ["chest"]}, "appelez le 15"),
        ({"none_said": False}, "signes graves"),
        ({"consented_on": None}, "donné son accord"),
        ({"consented_on": NOW.date() + timedelta(days=1)}, "à venir"),
        ({"asked": api.Asked("  ")}, "en une phrase"),
        ({"to": "SM32"}, "Personne ne peut lire"),
    ],
)
def test_what_lacks_stops_it_and_a_vital_sign_is_for_the_15(
    ask: Ask, place: Territory, values: dict[str, object], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        ask(**values)
    assert not Question.objects.in_scope(place.scope).exists()
    assert told(place, "advice_asked") == []


def test_only_who_cares_for_the_person_asks_and_not_of_themselves(
    ask: Ask, expert: Person, nurse: Person, patient: Patient
) -> None:
    with pytest.raises(PermissionDenied):
        ask(by=expert)
    with pytest.raises(PermissionDenied):
        ask(by=patient.account)
    with pytest.raises(ValidationError, match="autre que vous"):
        ask(to=nurse.professional)


def test_of_a_group_the_first_has_it_and_the_others_see_it_taken(
    ask: Ask, expert: Person, other: Person, place: Territory
) -> None:
    one = ask(to="SM04")
    assert set(told(place, "advice_asked")) == {expert, other}
    assert link(one) is None
    offered = seen(other, one)
    assert offered is not None
    assert offered.is_offered
    assert not offered.names_patient
    both = [Question.objects.keyed(one.pk).get() for _expert in (expert, other)]  # each page was drawn before
    taken = api.take(by=expert, question=both[0], key="t")
    assert (taken.state, taken.taken_by, taken.due_at) == (
        "taken",
        expert.professional,
        NOW + timedelta(hours=6),
    )
    assert api.take(by=expert, question=both[0], key="t2") == taken
    with pytest.raises(ValidationError, match="Rose Agate l’a prise juste avant vous"):
        api.take(by=other, question=both[1], key="t")
    assert seen(other, one) is None
    opened = link(one)
    assert opened is not None
    assert opened.professional == expert.professional


def test_the_team_of_a_structure_is_asked_together(
    ask: Ask, expert: Person, other: Person, place: Territory
) -> None:
    team = Structure.objects.create(
        id="s1", name="Centre de cardiologie", kind="office", lon=4.1, lat=46.4, count=1, source="essai"
    )
    Membership.objects.create(professional=expert.professional, structure=team, source="essai")
    one = ask(to=team)
    assert told(place, "advice_asked") == [expert]
    assert seen(expert, one) is not None
    assert seen(other, one) is None


def test_a_precision_goes_and_comes_and_the_clock_follows(
    ask: Ask, expert: Person, nurse: Person, place: Territory, clock: time_machine.Traveller
) -> None:
    one = ask()
    asked = api.ask_precision(by=expert, question=one, text="Depuis quand ?", key="p1")
    assert (asked.state, asked.taken_by, asked.due_at) == (
        "precision",
        expert.professional,
        NOW + timedelta(hours=4),
    )
    assert api.ask_precision(by=expert, question=one, text="Depuis quand ?", key="p1").state == "precision"
    assert told(place, "advice_precision") == [nurse]
    clock.shift(timedelta(hours=1))
    back = api.complete(by=nurse, question=one, text="Depuis lundi.", key="c1")
    assert (back.state, back.due_at) == ("taken", NOW + timedelta(hours=7))
    assert api.complete(by=nurse, question=one, text="Depuis lundi.", key="c1").state == "taken"
    assert told(place, "advice_completed") == [expert]
    with pytest.raises(ValidationError, match="Aucune précision"):
        api.complete(by=nurse, question=one, text="Encore.", key="c2")
    texts = [step.text for step in queries.steps_of(one)]
    assert texts == ["", "", "Depuis quand ?", "Depuis lundi."]


def test_it_is_answered_once_and_read_by_who_asked(
    ask: Ask, expert: Person, nurse: Person, place: Territory
) -> None:
    one = ask()
    with pytest.raises(ValidationError, match="Rien n’est encore revenu"):
        api.acknowledge(by=nurse, question=one)
    done = api.answer(by=expert, question=one, advice=ADVICE, key="a1")
    assert (done.state, done.answer, done.appointment) == ("answered", "Oui, pendant cinq jours.", "expert")
    assert done.taken_by == expert.professional
    again = api.answer(by=expert, question=one, advice=api.Advice("Non."), key="a1")
    assert again.answer == "Oui, pendant cinq jours."
    with pytest.raises(ValidationError, match="réponse rendue"):
        api.answer(by=expert, question=one, advice=api.Advice("Non."), key="a2")
    assert told(place, "advice_answered") == [nurse]
    with pytest.raises(PermissionDenied):
        api.acknowledge(by=expert, question=one)
    read = api.acknowledge(by=nurse, question=one)
    assert (read.read_by, api.acknowledge(by=nurse, question=one).read_at) == (nurse, read.read_at)
    verbs = list(
        Entry.objects.filter(target=journal.target_of(one)).order_by("rank").values_list("verb", flat=True)
    )
    assert verbs == [f"telehealth.question_{verb}" for verb in ("sent", "taken", "answered", "read")]


def test_the_advice_becomes_a_task_and_a_line_of_the_plan_each_once(
    ask: Ask, expert: Person, nurse: Person, patient: Patient
) -> None:
    one = ask()
    with pytest.raises(ValidationError, match="Aucun avis"):
        api.open_task(by=nurse, question=one)
    api.answer(by=expert, question=one, advice=ADVICE, key="a1")
    tasks = {api.open_task(by=nurse, question=one).task for _twice in range(2)}
    (task,) = tasks
    assert (task.title, task.owner) == ("Doubler la dose du matin", nurse.professional)
    planned = api.write_plan(by=nurse, question=one)
    api.write_plan(by=nurse, question=one)
    plan = care.plan_of(patient)
    assert plan is not None
    assert (plan.current.number, planned.plan_version) == (1, 1)
    (entry,) = care.plan_entries(plan.content, "intervention")
    assert entry["text"] == "Doubler la dose du matin"
    assert "Rose Agate" in entry["note"]
    assert planned.read_by == nurse


def test_a_reason_goes_with_what_is_declined_or_withdrawn(
    ask: Ask, expert: Person, other: Person, nurse: Person, place: Territory
) -> None:
    one = ask()
    with pytest.raises(ValidationError, match="pourquoi"):
        api.decline(by=expert, question=one, reason=" ", key="d0")
    declined = api.decline(by=expert, question=one, reason="Hors de mon domaine.", key="d1")
    assert declined.state == "declined"
    assert api.decline(by=expert, question=one, reason="Autre.", key="d1").state == "declined"
    assert told(place, "advice_returned") == [nurse]
    assert queries.others_to_ask(declined, nurse) == [other.professional]
    ended = link(one)
    assert ended is not None
    assert not ended.is_in_force()
    assert seen(expert, one) is None
    two = ask(key="k2", to="SM04")
    with pytest.raises(ValidationError, match="à plusieurs"):
        api.decline(by=expert, question=two, reason="Non.", key="d2")
    gone = api.withdraw(by=nurse, question=two, reason="La personne va mieux.", key="w1")
    assert (gone.state, gone.read_by) == ("withdrawn", nurse)
    assert api.withdraw(by=nurse, question=two, reason="x", key="w1").state == "withdrawn"
    with pytest.raises(ValidationError, match="retirée"):
        api.withdraw(by=nurse, question=two, reason="x", key="w2")
    with pytest.raises(PermissionDenied):
        api.take(by=expert, question=two, key="t")


def test_nobody_writes_and_it_returns_with_whom_else_to_ask(
    ask: Ask, expert: Person, other: Person, nurse: Person, place: Territory, clock: time_machine.Traveller
) -> None:
    one = ask()
    clock.shift(timedelta(hours=2, seconds=-1))
    outbox.drain()
    assert Question.objects.keyed(one.pk).get().state == "sent"
    clock.shift(2)
    outbox.drain()
    outbox.drain()
    back = Question.objects.keyed(one.pk).get()
    assert (back.state, back.due_at) == ("expired", None)
    assert told(place, "advice_returned") == [nurse]
    assert seen(expert, back) is None
    assert queries.others_to_ask(back, nurse) == [other.professional]
    assert QuestionStep.objects.of(back).filter(by=None).count() == 1


def test_an_hour_that_was_met_returns_nothing(
    ask: Ask, expert: Person, clock: time_machine.Traveller
) -> None:
    one = ask()
    clock.shift(timedelta(hours=1))
    api.take(by=expert, question=one, key="t")
    clock.shift(timedelta(hours=1, seconds=1))
    outbox.drain()
    assert Question.objects.keyed(one.pk).get().state == "taken"
    clock.shift(timedelta(hours=5))
    outbox.drain()
    assert Question.objects.keyed(one.pk).get().state == "expired"


def test_after_the_answer_the_expert_reads_for_some_days_then_keeps_the_trace_alone(
    ask: Ask, expert: Person, nurse: Person, clock: time_machine.Traveller
) -> None:
    one = ask()
    api.answer(by=expert, question=one, advice=ADVICE, key="a1")
    clock.shift(timedelta(days=29))
    assert seen(expert, one) is not None
    clock.shift(timedelta(days=2))
    assert seen(expert, one) is None
    assert [row.pk for row in queries.given_by(expert)] == [one.pk]
    assert seen(nurse, one) is not None


@pytest.mark.parametrize("part", ["", "health", "identity"])
@pytest.mark.parametrize("to_all", [True, False])
def test_an_opposition_meanwhile_closes_it_at_once(
    ask: Ask, patient: Patient, expert: Person, nurse: Person, *, part: str, to_all: bool
) -> None:
    one = ask()
    named = {} if to_all else {"professional": expert.professional}
    CareOpposition.objects.create(patient=patient, part=part, means="spoken", recorded_by=nurse, **named)
    assert seen(expert, one) is None
    assert list(queries.questions_seen(expert)) == []
    with pytest.raises(PermissionDenied):
        api.answer(by=expert, question=one, advice=ADVICE, key="a1")
    assert (seen(nurse, one) is None) is (to_all and part != "identity")


def test_who_left_the_circle_reads_what_they_asked_no_more(ask: Ask, nurse: Person, doctor: Person) -> None:
    one = ask()
    (own,) = CareLink._base_manager.filter(professional=nurse.professional, act="")
    circle.end_link(by=doctor, link=own)
    assert seen(nurse, one) is None
    assert seen(doctor, one) is not None
    with pytest.raises(PermissionDenied):
        api.withdraw(by=nurse, question=one, reason="x", key="w")


def test_a_key_is_of_one_gesture_on_one_question(ask: Ask, expert: Person) -> None:
    one, two = ask(), ask(key="k2")
    api.ask_precision(by=expert, question=one, text="Depuis quand ?", key="p")
    with pytest.raises(ValidationError, match="déjà servi"):
        api.ask_precision(by=expert, question=two, text="Depuis quand ?", key="p")


def test_what_waits_is_counted_for_each_side_and_a_stranger_has_nothing(
    ask: Ask, expert: Person, other: Person, nurse: Person, place: Territory
) -> None:
    one, two = ask(), ask(key="k2", to="SM04")
    stranger = make_person("ada.loriot", Role.NURSE, place.scope)
    make_professional("Loriot", "Ada", stranger, profession="60")

    def waiting(person: Person) -> set[int]:
        found = {row.pk for row in queries.questions_seen(person)}
        seen_rows = Question.objects.for_person(person).filter(queries.waiting_for(person))
        assert found == set(seen_rows.values_list("pk", flat=True))
        return found

    assert [waiting(who) for who in (expert, other, nurse, stranger)] == [
        {one.pk, two.pk},
        {two.pk},
        set(),
        set(),
    ]
    api.answer(by=expert, question=one, advice=ADVICE, key="a")
    api.take(by=other, question=two, key="t")
    assert [waiting(who) for who in (expert, other, nurse)] == [set(), {two.pk}, {one.pk}]
    api.acknowledge(by=nurse, question=one)
    assert waiting(nurse) == set()


def test_what_was_asked_of_a_leaver_returns_to_who_asked(
    ask: Ask, expert: Person, nurse: Person, doctor: Person, place: Territory
) -> None:
    one, group = ask(), ask(key="k2", to="SM04")
    assert leaving.count_asked(expert) == 1
    assert leaving.return_questions(Leaving(expert, doctor, None, "retraite")) == 0
    assert leaving.count_asked(expert) == 0
    states = [Question.objects.keyed(row.pk).get().state for row in (one, group)]
    assert states == ["declined", "sent"]
    assert told(place, "advice_returned") == [nurse]


def test_delays_are_measured_with_their_denominator(
    ask: Ask, expert: Person, place: Territory, clock: time_machine.Traveller
) -> None:
    one = ask()
    ask(key="k2")
    clock.shift(timedelta(hours=1))
    api.answer(by=expert, question=one, advice=ADVICE, key="a")
    found = queries.delays_in(place.scope)
    assert (found.asked, found.answered, found.answer_hours, found.in_time) == (2, 1, 1.0, 1)
