"""The pages of conversations: each role and state, what is typed, what is asked of somebody else's."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from maillage.exchange.actions import conversations as actions
from maillage.exchange.models import Conversation, ConversationMessage
from maillage.people.models import AccessLogEntry
from maillage.territory.api import Territory
from tests.addresses import addresses
from tests.exchange.talks import SECRET, Team, client_of, seat_of

#: Statements of the page of a conversation between three people about a patient, the shell included.
MOST_STATEMENTS = 46


@pytest.fixture
def team(place: Territory) -> Team:
    return Team(place)


def page_of(row: Conversation) -> str:
    return reverse("exchange:conversation", args=[row.pk])


def text_of(browser: Client, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def test_asking_the_circle_takes_two_clicks_from_the_patient_s_page(team: Team) -> None:
    browser = client_of(team.nurse)
    page = text_of(browser, reverse("people:patient", args=[team.patient.pk]))
    assert "Demander au cercle" in page
    begin = f"{reverse('exchange:new_conversation')}?patient={team.patient.pk}"
    assert begin in page
    form = text_of(browser, begin)
    assert "appelez le 15" in form
    assert 'href="tel:15"' in form
    assert form.count("checked") == 2  # the doctor and the pharmacist, ready to be asked
    sent = {"key": key_in(form), "subject": "Chute", "text": "Il est tombé.", "asked": _checked(form)}
    answer = browser.post(begin, sent)
    row = Conversation.objects.in_scope(team.place.scope).get()
    assert answer["Location"] == page_of(row)
    assert browser.post(begin, sent)["Location"] == page_of(row)  # twice is once
    assert ConversationMessage.objects.count() == 1
    assert "Chute" in text_of(browser, reverse("people:patient", args=[team.patient.pk]))


def _checked(form: str) -> list[str]:
    return re.findall(r'value="(a\d+)"[^>]*checked', form)


def test_the_thread_is_read_answered_and_said_to_be_read(team: Team) -> None:
    row = team.talk(team.nurse)
    browser = client_of(team.nurse)
    page = text_of(browser, page_of(row))
    assert SECRET in page
    assert "nouveau" in page
    assert 'href="tel:15"' in page
    assert "Pas encore lu" not in page
    answer = browser.post(page_of(row), {"key": key_in(page), "text": "Vu, @helene"}, follow=True)
    assert "Vu, @helene" in unescape(answer.content.decode())
    mine = text_of(client_of(team.doctor), page_of(row))
    assert "Lu par" in mine
    assert "Ines Capucine" in mine
    assert "Cite" in mine
    lines = AccessLogEntry.objects.in_scope(team.place.scope).filter(purpose="lecture d’une conversation")
    assert {(one.person, one.what) for one in lines} == {(team.nurse, "part"), (team.doctor, "part")}


def test_a_script_in_a_message_is_text(team: Team) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 1 }}"
    row = team.talk(team.nurse, subject=bad[:100], text=bad)
    browser = client_of(team.nurse)
    for path in (page_of(row), reverse("exchange:conversations"), reverse("web:inbox"), "/"):
        page = browser.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in browser.get(page_of(row)).content.decode()


def test_who_takes_no_part_gets_404_everywhere(team: Team) -> None:
    row = team.talk(team.nurse)
    outsiders = [client_of(one) for one in (team.stranger, team.pharmacist, team.louis)]
    paths = [
        one.filled(lambda _kind, _name: str(row.pk))
        for one in addresses(get_resolver().url_patterns)
        if one.pattern.startswith("/messages/conversations/<int:pk>/")
    ]
    assert len(paths) >= 11
    for browser in outsiders:
        for path in paths:
            assert browser.post(path, {"text": "x", "key": "y"}).status_code in {404, 405}, path
        assert browser.get(page_of(row)).status_code == 404
        for name in ("thread", "stream"):
            assert browser.get(reverse(f"exchange:conversation_{name}", args=[row.pk])).status_code == 404
        assert SECRET not in browser.get(reverse("exchange:conversations")).content.decode()
    begin = f"{reverse('exchange:new_conversation')}?patient={team.patient.pk}"
    assert outsiders[0].get(begin).status_code == 404
    assert outsiders[0].get(begin.replace(str(team.patient.pk), "999999")).status_code == 404
    assert outsiders[2].get(reverse("exchange:new_conversation")).status_code == 404  # works nowhere
    assert outsiders[2].post(reverse("exchange:new_conversation"), {}).status_code == 404


@pytest.mark.parametrize("how", ["end_link", "oppose"])
def test_a_page_that_is_open_shrinks_at_its_next_look(team: Team, how: str) -> None:
    row = team.talk(team.nurse, team.pharmacist)
    nurse, doctor = client_of(team.nurse), client_of(team.doctor)
    page = text_of(nurse, page_of(row))
    kept = key_in(page)
    thread = reverse("exchange:conversation_thread", args=[row.pk])
    version = re.search(r'data-version="(\w+)"', text_of(doctor, page_of(row)))
    assert version is not None
    getattr(team, how)(team.nurse)
    assert nurse.get(thread).status_code == 404
    assert nurse.post(page_of(row), {"key": kept, "text": "encore"}).status_code == 404
    now = doctor.get(thread, {"version": version[1]})
    assert now.status_code == 200  # it is no longer as the page shows it
    assert "ne la lit plus" in text_of(doctor, page_of(row))
    assert "Avec Paul Reglisse." in text_of(doctor, page_of(row))


def test_the_open_page_asks_for_what_changed_alone(team: Team) -> None:
    row = team.talk(team.nurse)
    doctor = client_of(team.doctor)
    page = text_of(doctor, page_of(row))
    version = re.search(r'data-version="(\w+)"', page)
    assert version is not None
    thread = reverse("exchange:conversation_thread", args=[row.pk])
    logged = AccessLogEntry.objects.in_scope(team.place.scope).filter(person=team.doctor)
    before = logged.count()
    assert doctor.get(thread, {"version": version[1]}).status_code == 204
    actions.mark_read(by=team.nurse, conversation=row)
    answer = doctor.get(thread, {"version": version[1]})
    assert "Lu par" in answer.content.decode()
    assert (answer["Cache-Control"], logged.count()) == ("no-store", before)
    team.write(team.nurse, row, "Je passe")
    assert "Je passe" in doctor.get(thread, {"version": version[1]}).content.decode()
    assert logged.count() == before + 1  # a new message was read
    assert seat_of(row, team.doctor).read == 2
    assert (
        doctor.get(reverse("exchange:conversation_stream", args=[row.pk])).status_code == 204
    )  # no ASGI here


def test_nothing_typed_is_lost_when_it_is_refused(team: Team) -> None:
    row = team.talk(team.nurse)
    browser = client_of(team.nurse)
    long = "y" * 4001
    answer = browser.post(page_of(row), {"key": "k", "text": long})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    begin = f"{reverse('exchange:new_conversation')}?patient={team.patient.pk}"
    answer = browser.post(begin, {"key": "k2", "subject": "Chute", "text": "Il est tombé."})
    assert answer.status_code == 422
    assert "Choisissez au moins" in unescape(answer.content.decode())
    assert "Il est tombé." in answer.content.decode()


def test_writing_with_the_patient_is_said_in_plain_words_before(team: Team) -> None:
    begin = f"{reverse('exchange:new_conversation')}?patient={team.patient.pk}&avec=patient"
    browser = client_of(team.nurse)
    form = text_of(browser, begin)
    assert 'class="notice attention"' in form
    assert "Visible par le patient." in form
    assert "est lu par Louis Tilleul" in form or "est lu par" in form
    sent = {"key": key_in(form), "subject": "Visite", "text": "Bonjour", "asked": [f"a{team.louis.pk}"]}
    browser.post(begin, sent)
    row = Conversation.objects.in_scope(team.place.scope).get()
    assert "Visible par le patient." in text_of(browser, page_of(row))
    own = client_of(team.louis)
    page = text_of(own, page_of(row))
    assert "Clore" not in page
    assert "Visible par le patient." not in page
    assert "Messages" in text_of(own, reverse("people:patient", args=[team.patient.pk]))
    mine = f"{reverse('exchange:new_conversation')}?patient={team.patient.pk}"
    assert "Écrire à mon équipe de soins" in text_of(own, mine)


def test_it_waits_in_the_inbox_and_is_answered_there_in_one_gesture(team: Team) -> None:
    row = team.talk(team.nurse, text="Peux-tu passer ?")
    browser = client_of(team.nurse)
    inbox = text_of(browser, reverse("web:inbox"))
    assert "Peux-tu passer ?" in inbox
    assert "Votre réponse" in inbox
    sent = {"outcome": "Oui à 17 h", "key": key_in(inbox), "next": reverse("web:inbox")}
    answer = browser.post(reverse("exchange:answer_conversation", args=[row.pk]), sent)
    assert answer["Location"] == reverse("web:inbox")
    browser.post(reverse("exchange:answer_conversation", args=[row.pk]), sent)
    assert list(ConversationMessage.objects.values_list("text", flat=True)) == [
        "Peux-tu passer ?",
        "Oui à 17 h",
    ]
    assert "Oui à 17 h" not in text_of(browser, reverse("web:inbox"))
    doctor = client_of(team.doctor)
    assert "1 conversation à lire" in text_of(doctor, "/")
    assert "Tilleul" not in text_of(doctor, "/").replace("Louis Tilleul, votre", "")
    doctor.post(reverse("exchange:read_conversation", args=[row.pk]), {"next": reverse("web:inbox")})
    assert "1 conversation à lire" not in text_of(doctor, "/")
    empty = doctor.post(reverse("exchange:answer_conversation", args=[row.pk]), {"outcome": " "}, follow=True)
    assert "Écrivez un message." in unescape(empty.content.decode())


def test_the_gestures_of_the_page(team: Team) -> None:
    row = team.talk(team.nurse)
    browser = client_of(team.nurse)

    def done(name: str, **values: str) -> str:
        answer = browser.post(reverse(f"exchange:{name}", args=[row.pk]), values, follow=True)
        return unescape(answer.content.decode())

    assert "plus personne n’y écrit" in done("close_conversation")
    assert "La conversation est close." in text_of(browser, page_of(row))
    assert "Conversation rouverte." in done("reopen_conversation")
    assert "lit maintenant tout" in done("add_to_conversation", asked=f"a{team.pharmacist.pk}")
    assert "Choisissez quelqu’un" in done("add_to_conversation", asked="a0")
    assert "Conversation rangée" in done("put_away_conversation")
    assert "Pansement" in text_of(browser, f"{reverse('exchange:conversations')}?voir=rangees")
    assert "remise dans la liste" in done("bring_back_conversation")
    assert browser.get(reverse("exchange:close_conversation", args=[row.pk])).status_code == 302
    assert "quitté la conversation" in done("leave_conversation")
    assert browser.get(page_of(row)).status_code == 404


def test_an_empty_list_says_what_to_do(team: Team) -> None:
    browser = client_of(team.stranger)
    assert "Demander au cercle" in text_of(browser, reverse("exchange:conversations"))
    assert "Rien trouvé" in text_of(browser, f"{reverse('exchange:conversations')}?q=rien")
    assert "Rien n’est rangé" in text_of(browser, f"{reverse('exchange:conversations')}?voir=rangees")
    alone = f"{reverse('exchange:new_conversation')}?perimetre={team.place.scope.pk}"
    assert "ne nommez aucun patient" in text_of(browser, alone)


def test_the_page_of_a_conversation_takes_few_statements(team: Team) -> None:
    row = team.talk(team.nurse, team.pharmacist)
    for number in range(5):
        team.write(team.nurse, row, f"message {number}")
    browser = client_of(team.doctor)
    browser.get(page_of(row))
    with CaptureQueriesContext(connection) as few:
        browser.get(page_of(row))
    assert len(few) <= MOST_STATEMENTS
    for number in range(20):
        team.write(team.nurse, row, f"encore {number}")
    browser.get(page_of(row))
    with CaptureQueriesContext(connection) as many:
        browser.get(page_of(row))
    assert len(many) <= len(few)


def test_words_of_danger_of_the_patient_show_the_15_until_somebody_answers(team: Team) -> None:
    row = team.talk(team.nurse, by=team.louis)
    waits = "N’attendez pas une réponse d’ici"
    own = client_of(team.louis)
    assert waits not in text_of(own, page_of(row))
    team.write(team.louis, row, "J’ai mal dans la poitrine")
    assert waits in text_of(own, page_of(row))
    assert waits not in text_of(client_of(team.nurse), page_of(row))
    team.write(team.nurse, row, "Je vous appelle")
    assert waits not in text_of(own, page_of(row))
