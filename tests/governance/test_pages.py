"""Pages of governance: who opens what, what each gesture says, what paper and calendars say."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from maillage.governance.actions import bodies, minutes, sittings, trainings, votes
from maillage.governance.contributions import SITTERS
from maillage.governance.models import (
    AgendaPoint,
    BallotPaper,
    Body,
    BodySeat,
    College,
    Motion,
    MotionResult,
    Resolution,
    Sitting,
    Summons,
    TrainingPlace,
    TrainingSession,
)
from maillage.governance.pages.blocks import decided, happenings, reply_lines
from maillage.governance.rules.vocabulary import Choice, Majority, TrainingKind
from maillage.kernel.inboxes import waiting_of
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person
from tests.governance.conftest import HELD, NOW, SINCE, summons_of
from tests.pdf import text_of


def page(name: str, *keys: int) -> str:
    return reverse(f"governance:{name}", args=keys)


def send(person: Person, url: str, do: str, **said: object) -> tuple[int, str]:
    """Send a form as somebody, and return the status and the page that follows."""
    client = client_of(person)
    values = {"do": do, "key": uuid4().hex} | {name: str(value) for name, value in said.items()}
    answer = client.post(url, values, follow=True)
    return answer.status_code, answer.content.decode()


#: Who opens what: 200 shown, 403 refused, 404 unknown to them.
OPENED = {
    "bodies": {"president": 200, "member": 200, "coordinator": 200, "outsider": 200, "elsewhere": 200,
               "patient": 403},
    "body": {"president": 200, "member": 200, "coordinator": 200, "outsider": 404, "elsewhere": 404,
             "patient": 403},
    "sitting": {"president": 200, "member": 200, "coordinator": 200, "outsider": 404, "elsewhere": 404,
                "patient": 403},
    "minutes_pdf": {"president": 200, "member": 200, "coordinator": 200, "outsider": 404, "elsewhere": 404,
                    "patient": 403},
    "minutes_word": {"president": 200, "member": 200, "coordinator": 200, "outsider": 404, "elsewhere": 404,
                     "patient": 403},
    "attendance_pdf": {"president": 200, "member": 200, "coordinator": 200, "outsider": 404,
                       "elsewhere": 404, "patient": 403},
    "invitation": {"president": 200, "member": 200, "coordinator": 200, "outsider": 404, "elsewhere": 404,
                   "patient": 403},
}  # fmt: skip


@pytest.mark.parametrize("name", OPENED)
def test_each_page_is_opened_to_whom_it_is_for(
    name: str, sitting: Sitting, members: list[Person], president: Person, coordinator: Person,
    outsider: Person, elsewhere: Person, clock: time_machine.Coordinates,
) -> None:  # fmt: skip
    if name.startswith("minutes"):
        assert client_of(president).get(page(name, sitting.pk)).status_code == 404, "nothing happened yet"
        clock.move_to(HELD + timedelta(minutes=1))
    people = {
        "president": president, "member": members[0], "coordinator": coordinator, "outsider": outsider,
        "elsewhere": elsewhere, "patient": make_person("louis.tilleul", Role.PATIENT, None),
    }  # fmt: skip
    keys = {"bodies": [], "body": [sitting.body_id]}.get(name, [sitting.pk])
    found = {who: client_of(one).get(page(name, *keys)).status_code for who, one in people.items()}
    assert found == OPENED[name]


def test_the_list_says_what_there_is_and_an_empty_one_what_to_expect(
    sitting: Sitting, president: Person, coordinator: Person, outsider: Person
) -> None:
    said = client_of(president).get(page("bodies")).content.decode()
    assert "Conseil" in said
    assert "6 voix sur 8" in said
    assert "Écrire une instance" not in said
    assert "Aucune instance ici" in client_of(outsider).get(page("bodies")).content.decode()
    status, said = send(
        coordinator, page("bodies"), "add", where=sitting.body.scope_id, kind="office", name="Bureau",
        purpose="Il <b>prépare</b>.",
    )  # fmt: skip
    assert (status, "Instance écrite" in said, "<b>prépare" in said) == (200, True, False)
    status, said = send(
        coordinator, page("bodies"), "add", where=sitting.body.scope_id, kind="office", name="Bureau",
        purpose="Encore.",
    )  # fmt: skip
    assert (status, "déjà ce nom" in said, "Encore." in said) == (422, True, True)
    assert client_of(president).post(page("bodies"), {"do": "add"}).status_code == 403


def test_a_body_is_kept_from_its_page(
    body: Body, seats: list[BodySeat], users: College, coordinator: Person, president: Person
) -> None:
    url = page("body", body.pk)
    assert "Tenir l’instance" not in client_of(president).get(url).content.decode()
    for do, values, expected in (
        ("college", {"kind": "elected", "name": "Élus", "places": 2}, "Collège ajouté"),
        ("seat", {"college": users.pk, "name": "Mme Sureau", "office": "member", "since": "2026-01-01"},
         "Siège donné"),
        ("renew", {"row": seats[0].pk, "until": "2028-01-01"}, "Mandat renouvelé"),
        ("end", {"row": seats[1].pk, "on": ""}, "Départ noté"),
        ("change", {"base": 1, "name": "Conseil", "purpose": "Il décide.", "quorum_percent": 60,
                    "notice_days": 10, "most_proxies": 2}, "Règles enregistrées"),
        ("inconnu", {}, "Ce geste n’est pas connu"),
    ):  # fmt: skip
        status, said = send(coordinator, url, do, **values)
        assert (do, status, expected in said) == (do, 200, True)
    # Somebody wrote meanwhile: how it stands is shown, and what was typed comes back.
    status, said = send(
        coordinator, url, "change", base=1, name="Conseil", purpose="Autre chose.", quorum_percent=60,
        notice_days=10, most_proxies=2,
    )  # fmt: skip
    assert (status, "entre-temps" in said, "Autre chose." in said) == (422, True, True)
    status, said = send(coordinator, url, "seat", college=users.pk, office="member", since="2026-01-01")
    assert (status, "l’un des deux" in said) == (422, True)
    status, _said = send(coordinator, url, "renew", row=seats[0].pk, until="2020-01-01")
    assert status == 422
    assert send(coordinator, url, "end", row=999_999)[0] == 404
    assert send(president, url, "close")[0] == 403
    assert "ne se réunit plus" in send(coordinator, url, "close")[1]


def test_a_meeting_goes_from_its_agenda_to_its_minutes_on_one_page(
    body: Body, seats: list[BodySeat], members: list[Person], president: Person, coordinator: Person,
    clock: time_machine.Coordinates,
) -> None:  # fmt: skip
    status, said = send(
        president, page("body", body.pk), "prepare", starts_at="2026-03-12T19:00", length=120, place="Mairie",
        video_url="https://visio.example.org/ca",
    )  # fmt: skip
    sitting = Sitting.objects.of(body).get()
    url = page("sitting", sitting.pk)
    assert (status, "on ne convoque pas" in said) == (200, True)
    assert "Point ajouté" in send(president, url, "point", kind="decision", title="Le budget")[1]
    assert "6 membres convoqués" in send(president, url, "convene")[1]
    assert "6 membres relancés" in send(president, url, "remind")[1]
    said = send(president, url, "move", starts_at="2026-03-12T20:00", length=90, place="Mairie")[1]
    assert "Séance modifiée" in said
    mine = summons_of(sitting, seats[0])
    assert "Réponse notée" in send(members[0], url, "answer", row=mine.pk, reply="comes")[1]
    assert "Choisissez une réponse" in send(members[0], url, "answer", row=mine.pk, reply="peut-être")[1]
    other = summons_of(sitting, seats[3])
    assert "à qui vous donnez" in send(members[3], url, "answer", row=other.pk, reply="proxy")[1]
    said = send(members[3], url, "answer", row=other.pk, reply="proxy", proxy_to=seats[0].pk)[1]
    assert "donne pouvoir à Membre Physician" in said
    clock.move_to(HELD + timedelta(hours=1, minutes=5))
    assert "Présence émargée" in send(members[0], url, "sign", row=mine.pk)[1]
    for place in (1, 5):
        row = summons_of(sitting, seats[place])
        assert "Présence notée" in send(president, url, "here", row=row.pk, is_here=1)[1]
    assert "Quorum atteint : 4 voix sur 6" in client_of(members[0]).get(url).content.decode()
    said = send(president, url, "motion", text="Adopter <i>le budget</i>", majority="simple", is_secret="on")[
        1
    ]
    assert "Vote secret ouvert" in said
    assert "<i>le budget" not in said
    assert "Moins de 5 bulletins" in said
    motion = Motion.objects.of_sitting(sitting).get()
    for voter, seat, choice in (
        (members[0], seats[0], "yes"), (members[0], seats[3], "yes"), (members[1], seats[1], "no"),
    ):  # fmt: skip
        assert "Voix entendue" in send(voter, url, "vote", row=motion.pk, seat=seat.pk, choice=choice)[1]
    again = send(members[1], url, "vote", row=motion.pk, seat=seats[1].pk, choice="yes")[1]
    assert "le premier bulletin compte" in again
    assert "Choisissez pour" in send(members[1], url, "vote", row=motion.pk, seat=seats[1].pk, choice="?")[1]
    # Nothing of the count before the end.
    assert "2 pour" not in client_of(president).get(url).content.decode()
    assert BallotPaper.objects.of_motion(motion).count() == 3
    # Few are there: all of them are waited for.
    said = send(president, url, "count", row=motion.pk)[1]
    assert "diraient le choix de chacun" in said
    assert "Retirer ce vote" in said
    assert "Clore et compter" not in said
    assert "Voix entendue" in send(president, url, "vote", row=motion.pk, seat=seats[5].pk, choice="blank")[1]
    said = send(president, url, "count", row=motion.pk)[1]
    assert "Adopté : 2 pour, 1 contre" in said
    assert "secret soit sûr" in said
    said = send(president, url, "decide", text="Le budget est adopté.", motion=motion.pk)[1]
    assert "Décision notée" in said
    point = AgendaPoint.objects.of_sitting(sitting).get()
    assert "Texte enregistré" in send(president, url, "said", row=point.pk, base=1, text="Long débat.")[1]
    status, said = send(coordinator, url, "said", row=point.pk, base=1, text="Bref débat.")
    assert (status, "Long débat." in said, "Bref débat." in said) == (422, True, True)
    assert "Séance levée" in send(president, url, "close")[1]
    paper = text_of(client_of(members[0]).get(page("minutes_pdf", sitting.pk)).content)
    for words in ("Projet de compte rendu", "Le budget", "Long débat.", "vote secret", "Adopté : 2 pour"):
        assert words in paper
    later = sittings.prepare_sitting(
        by=president, body=body, starts_at=HELD + timedelta(days=20), length=60, key="l", place="Mairie"
    )
    clock.move_to(HELD + timedelta(days=20, minutes=5))
    assert "Compte rendu approuvé" in send(president, url, "approve", approved_in=later.pk)[1]
    first = client_of(members[0]).get(page("minutes_pdf", sitting.pk)).content
    clock.move_to(HELD + timedelta(days=25))
    assert client_of(members[0]).get(page("minutes_pdf", sitting.pk)).content == first
    assert "approuvé par la séance" in text_of(first)


def test_hands_raised_are_noted_and_named_in_the_minutes(
    begun: Sitting, seats: list[BodySeat], president: Person, members: list[Person]
) -> None:
    url = page("sitting", begun.pk)
    send(president, url, "motion", text="Adopter", majority="absolute", by_college="on")
    motion = Motion.objects.of_sitting(begun).get()
    assert "mains levées" in client_of(president).get(url).content.decode()
    assert "mains levées" not in client_of(members[0]).get(url).content.decode()
    for place in range(3):
        send(president, url, "vote", row=motion.pk, seat=seats[place].pk, choice="yes")
    send(president, url, "vote", row=motion.pk, seat=seats[5].pk, choice="no")
    assert send(members[0], url, "count", row=motion.pk)[0] == 403
    said = send(president, url, "count", row=motion.pk)[1]
    assert "Rejeté : 3 pour, 1 contre" in said
    assert "Professionnels : 3 pour" in said
    paper = text_of(client_of(president).get(page("minutes_pdf", begun.pk)).content)
    assert "Membre Nurse : Pour" in paper
    assert not MotionResult.objects.of_motion(motion).get().is_carried


def test_a_vote_opened_by_mistake_is_withdrawn(begun: Sitting, president: Person) -> None:
    url = page("sitting", begun.pk)
    status, said = send(president, url, "motion", text="", majority="simple")
    assert (status, "Ce champ est obligatoire" in said) == (422, True)
    send(president, url, "motion", text="Adopter", majority="simple")
    motion = Motion.objects.of_sitting(begun).get()
    assert "Vote retiré" in send(president, url, "withdraw", row=motion.pk)[1]
    assert send(president, url, "count", row=motion.pk)[0] == 404


def test_a_decision_becomes_an_action_and_each_page_leads_to_the_other(
    begun: Sitting, president: Person, coordinator: Person, place: Territory, outsider: Person
) -> None:
    from datetime import date

    from maillage.project import api as project

    made = project.begin_project(
        by=coordinator, place=place, kind=project.ProjectKind.CPTS, title="Projet", key="project",
        starts_on=date(2026, 1, 1), ends_on=date(2030, 12, 31),
    )  # fmt: skip
    objective = project.add_objective(
        by=coordinator, project=made, mission=project.Mission.ACCESS, title="Un médecin", key="o"
    )
    for text in ("Signer le prêt.", "Ouvrir la salle."):
        minutes.decide(by=president, sitting=begun, text=text, key=text)
    first, second = Resolution.objects.of_sitting(begun).order_by("pk")
    url = page("sitting", begun.pk)
    status, said = send(
        coordinator, url, "act", row=first.pk, objective=objective.pk, due_on="2026-01-01", lead=president.pk
    )
    assert (status, "avant la décision" in said) == (422, True)
    said = send(
        coordinator, url, "act", row=first.pk, objective=objective.pk, due_on="2026-04-01", lead=president.pk
    )[1]
    assert "Action ajoutée" in said
    first.refresh_from_db()
    assert first.action is not None
    assert "Décision liée" in send(president, url, "tie", row=second.pk, action=first.action_id)[1]
    action_page = reverse("project:action", args=[first.action_id])
    assert action_page in said
    assert url in client_of(president).get(action_page).content.decode()
    # Who neither follows nor sits in the body reads the action, and not which meeting decided it.
    assert url not in client_of(outsider).get(action_page).content.decode()
    assert send(president, url, "act", row=999_999)[0] == 404


def test_a_meeting_without_quorum_is_called_again_from_its_page(
    sitting: Sitting, seats: list[BodySeat], president: Person, clock: time_machine.Coordinates
) -> None:
    url = page("sitting", sitting.pk)
    clock.move_to(HELD + timedelta(minutes=5))
    row = summons_of(sitting, seats[5])
    said = send(president, url, "here", row=row.pk, is_here=1)[1]
    assert "Quorum non atteint : 1 voix sur 6" in said
    assert "Rien ne se vote" in said
    assert "Convoquer à nouveau" in send(president, url, "close")[1]
    said = send(president, url, "second", starts_at="2026-04-02T19:00", length=60, place="Mairie")[1]
    assert "Seconde séance préparée" in said
    second = Sitting.objects.of(sitting.body).get(second_of=sitting)
    assert "seconde convocation" in client_of(president).get(page("sitting", second.pk)).content.decode()


def test_a_meeting_is_cancelled_with_its_reason(sitting: Sitting, president: Person) -> None:
    url = page("sitting", sitting.pk)
    assert send(president, url, "cancel", reason="")[0] == 422
    assert "Séance annulée : Neige" in send(president, url, "cancel", reason="Neige")[1]
    event = Calendar.from_ical(client_of(president).get(page("invitation", sitting.pk)).content)
    assert event["method"] == "CANCEL"


def test_the_calendar_file_says_when_and_where(sitting: Sitting, members: list[Person]) -> None:
    answer = client_of(members[0]).get(page("invitation", sitting.pk))
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(event["summary"]), str(event["location"])) == ("Conseil", "Salle des fêtes")
    assert event["dtstart"].dt == HELD


def test_the_board_reads_what_is_decided_and_which_vote_waits(
    begun: Sitting, seats: list[BodySeat], president: Person, members: list[Person], outsider: Person,
    django_assert_max_num_queries: object,
) -> None:  # fmt: skip
    assert decided(outsider) is None
    votes.open_motion(
        by=president, sitting=begun, text="Adopter le budget", majority=Majority.SIMPLE, key="m"
    )
    minutes.decide(by=president, sitting=begun, text="Signer le prêt.", key="d")
    found = decided(president)
    assert found is not None
    assert found.said == "1 vote attendu"
    assert [one.text for one in found.lines] == ["Adopter le budget", "Conseil", "Signer le prêt."]
    motion = Motion.objects.of_sitting(begun).get()
    votes.cast(by=president, motion=motion, seat=seats[5], choice=Choice.YES)
    after = decided(president)
    assert after is not None
    assert "Adopter le budget" not in [one.text for one in after.lines]


def test_a_convening_waits_in_the_inbox_and_is_answered_there(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], outsider: Person
) -> None:
    def waiting(person: Person) -> list[int]:
        return [one.pk for one in waiting_of(person, "governance.reply") or []]

    mine = summons_of(sitting, seats[0])
    assert waiting(members[0]) == [mine.pk]
    assert waiting(outsider) == []
    (line,) = reply_lines(members[0], [mine.pk])
    assert line.text == "Conseil"
    client_of(members[0]).post(line.deeds[0].url, dict(line.deeds[0].fields))
    assert waiting(members[0]) == []
    assert reply_lines(members[0], [mine.pk]) == []
    found = list(happenings(members[0], NOW, NOW + timedelta(days=20)))
    assert [one.summary for one in found] == ["Conseil"]
    assert Role.PATIENT not in SITTERS


@pytest.fixture
def training(coordinator: Person, place: Territory, clock: time_machine.Coordinates) -> TrainingSession:
    return trainings.open_training(
        by=coordinator, scope=place.scope, kind=TrainingKind.IMMERSION, title="À la pharmacie", host="Lyon",
        starts_at=HELD, length=180, places=1, key="t", pays_time=True,
    )  # fmt: skip


def test_a_training_that_is_full_waits_and_moves_up(
    training: TrainingSession, members: list[Person], coordinator: Person, elsewhere: Person,
    clock: time_machine.Coordinates, place: Territory,
) -> None:  # fmt: skip
    from datetime import date

    from maillage.governance import api

    url = page("training", training.pk)
    assert client_of(elsewhere).get(url).status_code == 404
    assert "Vous êtes inscrit" in send(members[0], url, "take")[1]
    assert "Vous êtes inscrit" in send(members[0], url, "take")[1]
    said = send(members[1], url, "take")[1]
    assert "sur liste d’attente" in said
    # Each reads their own place, who keeps it reads all.
    assert "Membre Physician" not in said
    assert "Membre Physician" in client_of(coordinator).get(url).content.decode()
    assert "Place rendue" in send(members[0], url, "leave")[1]
    assert "Place rendue" in send(members[0], url, "leave")[1]
    states = {one.person: one.state for one in TrainingPlace.objects.of(training).select_related("person")}
    assert states == {members[0]: "left", members[1]: "taken"}
    row = TrainingPlace.objects.of(training).get(person=members[1])
    assert "pas commencé" in send(coordinator, url, "note", row=row.pk, is_here=1)[1]
    clock.move_to(HELD + timedelta(hours=4))
    assert "Présence notée" in send(coordinator, url, "note", row=row.pk, is_here=1)[1]
    assert send(members[1], url, "note", row=row.pk, is_here=0)[0] == 403
    assert send(coordinator, url, "note", row=999_999)[0] == 404
    assert "ses places ne changent plus" in send(members[2], url, "take")[1]
    (paid,) = api.paid_times(place.scope, date(2026, 3, 1), date(2026, 3, 31))
    assert (paid.person, paid.minutes, paid.is_training) == (members[1], 180, True)


def test_trainings_are_opened_by_who_keeps_them(
    coordinator: Person, members: list[Person], place: Territory, clock: time_machine.Coordinates
) -> None:
    url = page("trainings")
    assert "Rien n’est prévu" in client_of(members[0]).get(url).content.decode()
    said = {
        "where": place.scope_id, "kind": "cross", "title": "La fragilité", "host": "MSP", "length": 120,
        "places": 12, "starts_at": "2026-03-20T19:00",
    }  # fmt: skip
    assert "Formation ouverte" in send(coordinator, url, "open", **said)[1]
    status, page_ = send(coordinator, url, "open", **said | {"starts_at": "2026-01-01T10:00"})
    assert (status, "déjà passée" in page_, "La fragilité" in page_) == (422, True, True)
    assert send(members[0], url, "open", **said)[0] == 403
    made = TrainingSession.objects.in_scope(place.scope).get()
    own = page("training", made.pk)
    assert "12 places libres" in client_of(members[0]).get(url).content.decode()
    assert send(members[0], own, "cancel")[0] == 403
    assert "Formation annulée" in send(coordinator, own, "cancel")[1]
    assert "Formation annulée" in send(coordinator, own, "cancel")[1]
    assert "annulée" in send(members[0], own, "take")[1]
    assert "Passées" in client_of(members[0]).get(url).content.decode()


def test_nothing_hostile_passes(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], president: Person, outsider: Person,
    coordinator: Person, users: College,
) -> None:  # fmt: skip
    url = page("sitting", sitting.pk)
    status, _said = send(president, url, "point", kind="decision", title="Un\x00point")
    assert status == 422
    assert send(president, url, "point", kind="decision", title="x" * 201)[0] == 422
    assert send(president, url, "point", kind="autre", title="Point")[0] == 422
    assert send(members[0], url, "convene")[0] == 403
    assert send(outsider, url, "answer", row=1, reply="comes")[0] == 404
    for row in ("", "abc", "²", "9" * 30):
        assert send(members[0], url, "answer", row=row, reply="comes")[0] == 404
    # The seat of another body is no proxy of this one.
    other = bodies.give_seat(by=coordinator, college=users, since=SINCE, name="Mme Sureau", key="z")
    mine = summons_of(sitting, seats[0])
    said = send(members[0], url, "answer", row=mine.pk, reply="proxy", proxy_to=other.pk)[1]
    assert "à qui vous donnez" in said
    assert Summons.objects.of_sitting(sitting).get(pk=mine.pk).reply == ""


def test_a_form_refused_far_below_is_told_at_the_top(sitting: Sitting, president: Person) -> None:
    url = page("sitting", sitting.pk)
    status, said = send(president, url, "cancel", reason=" ")
    assert status == 422
    assert said.index("le formulaire, plus bas, dit pourquoi") < said.index('id="agenda"')
