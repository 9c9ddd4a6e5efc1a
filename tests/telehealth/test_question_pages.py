"""The pages of advices: the 15 first, what each reader sees, the gestures, the inbox, hostile input."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Origin, Patient
from maillage.people.models import AccessLogEntry, CareOpposition
from maillage.telehealth import api
from maillage.telehealth.models import Question
from maillage.territory.api import Territory
from tests.factories import make_person, make_professional
from tests.telehealth.conftest import NOW, Ask, client_of

NAME, SHARED = "TILLEUL", "Pesée chaque matin"


def page_of(person: Person, question: api.Question) -> tuple[int, str]:
    answer = client_of(person).get(reverse("telehealth:question", args=[question.pk]))
    return answer.status_code, answer.content.decode()


@pytest.fixture
def sent(patient: Patient, expert: Person) -> dict[str, object]:
    return {
        "key": "f1",
        "none_said": "on",
        "to": f"p{expert.professional.pk}",
        "text": "Faut-il revoir la dose ?",
        "tried": "Pesée chaque matin.",
        "hurry": "today",
        "consented_on": NOW.date().isoformat(),
    }


def test_a_question_is_written_and_sent_from_the_file(
    patient: Patient, nurse: Person, expert: Person, sent: dict[str, object]
) -> None:
    browser, url = client_of(nurse), reverse("telehealth:new_question", args=[patient.pk])
    page = browser.get(url).content.decode()
    assert "Rose Agate" in page
    assert "Cardiologie et maladies vasculaires" in page
    assert page.index("tel:15") < page.index("id_signs") < page.index("id_text")
    answer = browser.post(url, sent, follow=True)
    (one,) = Question.objects.of_patient(patient)
    assert answer.redirect_chain == [(reverse("telehealth:question", args=[one.pk]), 302)]
    assert browser.post(url, sent).status_code == 302
    assert Question.objects.of_patient(patient).count() == 1
    assert (
        reverse("telehealth:new_question", args=[patient.pk])
        in browser.get(reverse("people:patient", args=[patient.pk])).content.decode()
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"signs": ["chest"]}, "appelez le 15 maintenant"),
        ({"signs": ["chest"], "text": "", "to": ""}, "appelez le 15 maintenant"),
        ({"none_said": ""}, "liste des signes graves"),
        ({"to": ""}, "Choisissez à qui demander"),
        ({"to": "p999999"}, "Sélectionnez un choix"),
        ({"text": ""}, "Posez la question"),
        ({"text": "a" * 301}, "300"),
        ({"text": "nul\x00"}, "caractère"),
        ({"consented_on": ""}, "donné son accord"),
        ({"consented_on": "2026-03-20"}, "à venir"),
        ({"hurry": "now"}, "Sélectionnez un choix"),
    ],
)
def test_what_lacks_is_said_and_nothing_leaves(
    patient: Patient, nurse: Person, sent: dict[str, object], values: dict[str, object], words: str
) -> None:
    url = reverse("telehealth:new_question", args=[patient.pk])
    answer = client_of(nurse).post(url, sent | values)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Question.objects.of_patient(patient).exists()


READERS = (
    "nurse",
    "expert",
    "other",
    "patient",
    "team",
    "carer_role",
    "ended",
    "opposed",
    "stranger",
    "coordinator",
)


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("door", ["one", "group"])
def test_each_reader_sees_what_is_theirs_by_the_link(
    ask: Ask, place: Territory, patient: Patient, nurse: Person, doctor: Person, expert: Person,
    other: Person, who: str, door: str,
) -> None:  # fmt: skip
    one = ask(to=expert.professional if door == "one" else "SM04")
    reader = {
        "nurse": nurse,
        "expert": expert,
        "other": other,
        "patient": patient.account,
        "team": doctor,
    }.get(who)
    if reader is None:
        role = {"coordinator": Role.COORDINATOR, "carer_role": Role.CARER}.get(who, Role.NURSE)
        reader = make_person("ada.loriot", role, place.scope)
        sheet = make_professional("Loriot", "Ada", reader, profession="60")
        if who in {"ended", "opposed"}:
            link = circle.add_to_circle(
                by=doctor, patient=patient, who=sheet, origin=Origin.TEAM, role=Role.NURSE, is_informed=True
            )
            if who == "ended":
                circle.end_link(by=doctor, link=link)
            else:
                CareOpposition.objects.create(
                    patient=patient, professional=sheet, means="spoken", recorded_by=doctor
                )
    before = AccessLogEntry._base_manager.count()
    status, page = page_of(reader, one)
    if who in {"nurse", "team", "patient"}:
        expected = (200, True)
    elif who == "expert":
        expected = (200, door == "one")
    elif who == "other":
        expected = (200 if door == "group" else 404, False)
    else:
        expected = (404, False)
    assert (status, NAME in page) == expected
    assert (SHARED in page) is expected[1]
    logged = AccessLogEntry._base_manager.count() - before
    assert logged == (1 if status == 200 else 0)
    answered = client_of(reader).post(reverse("telehealth:question", args=[one.pk]), {"do": "take"})
    assert answered.status_code == (404 if status == 404 else 302)
    taken = Question.objects.keyed(one.pk).get().taken_by
    may_take = who == "expert" or (who == "other" and door == "group")
    assert (taken is not None) is may_take


def test_the_whole_course_by_its_pages(ask: Ask, nurse: Person, expert: Person, patient: Patient) -> None:
    one = ask()
    page = reverse("telehealth:question", args=[one.pk])
    asker, answers = client_of(nurse), client_of(expert)

    def says(browser: object, words: str, **values: str) -> None:
        assert words in browser.post(page, values, follow=True).content.decode()

    says(answers, "Vous avez pris cette demande", do="take")
    says(answers, "Écrivez ce qui manque", do="precision", key="p0", text="")
    says(answers, "Précision demandée", do="precision", key="p1", text="Depuis quand ?")
    assert "Depuis quand ?" in asker.get(page).content.decode()
    says(asker, "Précision envoyée", do="complete", key="c1", text="Depuis lundi.")
    says(answers, "Écrivez votre réponse", do="answer", key="a0", answer="", appointment="none")
    says(answers, "Avis rendu", do="answer", key="a1", answer="Oui.", todo="Doubler", appointment="expert")
    assert "TE2" in answers.get(page).content.decode()
    mine = asker.get(page).content.decode()
    assert "RQD" in mine
    assert "montant non établi" in mine
    assert "pas une facture" in mine
    says(asker, "L’avis est dans le plan partagé", do="plan")
    says(asker, "Tâche ouverte", do="task")
    says(asker, "vous avez lu ce retour", do="read")
    assert asker.post(page, {"do": "dance"}).status_code == 404


def test_declined_it_leads_the_expert_away_and_the_asker_to_others(
    ask: Ask, nurse: Person, expert: Person, other: Person, patient: Patient
) -> None:
    one = ask()
    page = reverse("telehealth:question", args=[one.pk])
    gone = client_of(expert).post(
        page, {"do": "decline", "key": "d", "text": "Pas mon domaine."}, follow=True
    )
    assert gone.redirect_chain == [(reverse("telehealth:questions"), 302)]
    shown = client_of(nurse).get(page).content.decode()
    assert "Marc Onyx" in shown
    again = f"{reverse('telehealth:new_question', args=[patient.pk])}?de={one.pk}"
    assert again in shown
    assert "Faut-il revoir la dose ?" in client_of(nurse).get(again).content.decode()
    assert client_of(nurse).get(again.replace(f"de={one.pk}", "de=x")).status_code == 200


def test_lists_and_inbox_name_the_person_only_to_who_is_told(
    ask: Ask, nurse: Person, expert: Person, other: Person, django_assert_max_num_queries: object
) -> None:
    ask()
    ask(key="k2", to="SM04")
    listed = reverse("telehealth:questions")
    with django_assert_max_num_queries(60):
        page = client_of(expert).get(listed).content.decode()
    assert "1 avis à rendre, 1 à prendre dans votre groupe" in page.replace("\xa0", " ")
    assert page.count(NAME) == 1
    theirs = client_of(other)
    assert NAME not in theirs.get(listed).content.decode()
    inbox = theirs.get(reverse("web:inbox")).content.decode()
    assert "Avis demandé à votre groupe" in inbox
    assert NAME not in inbox
    assert NAME in client_of(expert).get(reverse("web:inbox")).content.decode()
    assert "2 demandes" in client_of(nurse).get(listed).content.decode().replace("\xa0", " ")


def test_an_empty_list_says_what_to_do(place: Territory, doctor: Person) -> None:
    page = client_of(doctor).get(reverse("telehealth:questions")).content.decode()
    assert "Demander un avis" in page
    assert (
        client_of(make_person("jean.orme", Role.BOARD, place.scope))
        .get(reverse("telehealth:questions"))
        .status_code
        == 403
    )


def test_the_trace_of_an_expert_names_nobody(ask: Ask, expert: Person, clock: time_machine.Traveller) -> None:
    one = ask()
    api.answer(by=expert, question=one, advice=api.Advice("Oui."), key="a")
    clock.shift(timedelta(days=60))
    page = client_of(expert).get(reverse("telehealth:questions")).content.decode()
    assert f"demande n° {one.pk}" in page.replace("\xa0", " ").replace("\u202f", " ")
    assert NAME not in page
    assert "revoir la dose" not in page
