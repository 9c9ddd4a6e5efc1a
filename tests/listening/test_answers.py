"""Answering: counted once, tied to nobody, refused once over; every column of every table is read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.listening.actions import answers as actions
from maillage.listening.actions.surveys import close_survey, make_survey
from maillage.listening.models import SpentForm, Survey, SurveyAnswer, SurveyRemark
from maillage.listening.queries.surveys import answers_counted, today_of
from maillage.listening.rules.vocabulary import Audience
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_territory
from tests.listening.conftest import answered, survey_of

#: All that a row of an answer may hold: what was answered, nothing of who, when, whence or in which order.
ANONYMOUS = {
    "listening_surveyanswer": {"id", "survey_id", "marks", "group", "on_paper"},
    "listening_surveyremark": {"id", "survey_id", "text", "hidden_why", "hidden_at", "hidden_by_id"},
    "listening_spentform": {"id", "survey_id", "digest"},
}


def page(survey: Survey) -> str:
    return reverse("listening:answer", args=[survey.token])


def form_in(html: str) -> str:
    """The token that a page drew."""
    found = re.search(r'name="form" value="([^"]+)"', html)
    assert found
    return found[1]


def filled(survey: Survey, client: Client, **more: str) -> dict[str, str]:
    form = form_in(client.get(page(survey)).content.decode())
    return {"form": form, **dict.fromkeys(survey.questions, "4"), **more}


def test_nothing_kept_says_who_answered(survey: Survey, coordinator: Person) -> None:
    patient = make_person("louis.tilleul", Role.PATIENT, None)
    client = client_of(patient)
    lines = Entry.objects.count()
    sent = filled(survey, client, text="Trop d’attente.", group="from_75")
    headers = {"HTTP_USER_AGENT": "Navigateur-de-Louis", "REMOTE_ADDR": "203.0.113.9"}
    assert client.post(page(survey), sent, **headers).status_code == 200
    # Not a line of the journal.
    assert Entry.objects.count() == lines
    # The columns are those of the list, and hold what was answered.
    for table, columns in ANONYMOUS.items():
        with connection.cursor() as cursor:
            described = connection.introspection.get_table_description(cursor, table)
            assert {one.name for one in described} == columns
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = cursor.fetchall()
        assert len(rows) == 1
        for value in rows[0]:
            text = str(value)
            assert "Louis" not in text
            assert "203.0.113" not in text
            assert sent["form"].partition(":")[0] not in text
            assert not isinstance(value, datetime | date)
    answer = SurveyAnswer.objects.of(survey).get()
    assert (answer.marks, answer.group, answer.on_paper) == (
        dict.fromkeys(survey.questions, 4), "from_75", False
    )  # fmt: skip


def test_no_other_table_points_to_an_answer_or_a_text() -> None:
    told = {SurveyAnswer, SurveyRemark, SpentForm}
    pointing = [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model in told
    ]
    assert pointing == []
    # And they point to nothing but their survey, and who hid a text.
    out = {
        (model.__name__, field.name)
        for model in told
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    }
    assert out == {
        ("SurveyAnswer", "survey"),
        ("SurveyRemark", "survey"),
        ("SurveyRemark", "hidden_by"),
        ("SpentForm", "survey"),
    }


def test_no_order_is_kept_not_even_by_the_file(survey: Survey) -> None:
    order = []
    for mark in (1, 2, 3, 4, 5, 1, 2, 3):
        before = set(SurveyAnswer.objects.of(survey).values_list("pk", flat=True))
        answered(survey, 1, mark)
        order += set(SurveyAnswer.objects.of(survey).values_list("pk", flat=True)) - before
    # Eight keys drawn in their own order: one chance in forty thousand.
    assert order != sorted(order)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rowid, id FROM listening_surveyanswer")
            assert all(place == key for place, key in cursor.fetchall())


def test_a_form_sent_twice_counts_once(survey: Survey) -> None:
    client = Client()
    sent = filled(survey, client, text="Une fois.")
    first, again = (client.post(page(survey), sent).content.decode() for _click in range(2))
    assert "C’est compté, merci" in first
    assert "Cette réponse était déjà comptée" in again
    # The same form with other marks counts no more: the first answer stands.
    other = client.post(page(survey), sent | dict.fromkeys(survey.questions, "1")).content.decode()
    assert "Cette réponse était déjà comptée" in other
    [answer] = SurveyAnswer.objects.of(survey)
    assert set(answer.marks.values()) == {4}
    assert SurveyRemark.objects.of(survey).count() == 1


def test_a_form_counted_says_so_after_the_closing_too(survey: Survey, coordinator: Person) -> None:
    client = Client()
    sent = filled(survey, client)
    client.post(page(survey), sent)
    close_survey(by=coordinator, survey=survey)
    assert "déjà comptée" in client.post(page(survey), sent).content.decode()
    assert client.post(page(survey), sent | {"form": actions.draw_form(survey)}).status_code == 410


def test_the_database_itself_refuses_a_form_twice(survey: Survey) -> None:
    SpentForm.objects.create(survey=survey, digest="d")
    with pytest.raises(IntegrityError), transaction.atomic():
        SpentForm.objects.create(survey=survey, digest="d")


@pytest.mark.parametrize("forged", ["", "abc", "abc:def", "x" * 300])
def test_a_forged_form_counts_nothing_and_loses_nothing(survey: Survey, forged: str) -> None:
    client = Client()
    sent = filled(survey, client, text="Gardez-moi.")
    refused = client.post(page(survey), sent | {"form": forged})
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "Vos réponses sont là" in html
    assert "Gardez-moi." in html
    assert not SurveyAnswer.objects.of(survey).exists()
    # The form that comes back is good.
    assert client.post(page(survey), sent | {"form": form_in(html)}).status_code == 200
    assert SurveyAnswer.objects.of(survey).count() == 1


def test_a_form_of_another_survey_counts_nothing(
    survey: Survey, place: Territory, coordinator: Person
) -> None:
    other = survey_of(place, coordinator, "other")
    with pytest.raises(actions.ForgedFormError):
        actions.answer(survey=survey, form=actions.draw_form(other), marks={})


def test_an_address_never_made_opens_nothing(client: Client, survey: Survey) -> None:
    for token in ("23456789", "trop-long-pour-une-adresse", "O0O0O0O0", "é"):
        assert client.get(reverse("listening:answer", args=[token])).status_code == 404
    assert client.get(page(survey).replace(survey.token, survey.token + "%00")).status_code == 404


def test_hostile_answers_are_refused_in_words(survey: Survey) -> None:
    client = Client()
    code = survey.questions[0]
    for wrong in ({code: "6"}, {code: "<script>"}, {"group": "x"}, {"text": "a" * 1001}, {"text": "a\x00b"}):
        refused = client.post(page(survey), filled(survey, client) | wrong)
        assert refused.status_code == 422, wrong
    empty = filled(survey, client) | dict.fromkeys(survey.questions, "")
    refused = client.post(page(survey), empty)
    assert "Rien n’est rempli" in refused.content.decode()
    assert not SurveyAnswer.objects.of(survey).exists()
    assert client.put(page(survey)).status_code == 405
    with pytest.raises(ValidationError):
        actions.answer(survey=survey, form=actions.draw_form(survey), marks={code: 9})
    with pytest.raises(ValidationError):
        actions.answer(survey=survey, form=actions.draw_form(survey), marks={code: 5}, group="nobody")


def test_not_concerned_is_no_mark(survey: Survey) -> None:
    client = Client()
    sent = filled(survey, client) | {survey.questions[0]: "na", survey.questions[1]: "", "group": "na"}
    client.post(page(survey), sent)
    answer = SurveyAnswer.objects.of(survey).get()
    assert set(answer.marks) == set(survey.questions[2:])
    assert answer.group == ""


def test_words_of_danger_show_the_15_at_once_and_are_counted(survey: Survey) -> None:
    client = Client()
    sent = filled(survey, client, text="J’ai envie d’en finir.")
    done = client.post(page(survey), sent).content.decode()
    assert "appelez le 15 maintenant" in done
    assert "C’est compté" in done
    # Refused for another reason, it shows the 15 all the same, and again where sent again.
    refused = client.post(page(survey), sent | {survey.questions[0]: "9"})
    assert "appelez le 15 maintenant" in refused.content.decode()
    assert "appelez le 15 maintenant" in client.post(page(survey), sent).content.decode()
    # A calm one says that nobody reads urgently.
    calm = client.post(page(survey), filled(survey, client, text="Merci.")).content.decode()
    assert "appelez le 15 maintenant" not in calm
    assert "Personne ne lit ces réponses en urgence" in calm


def test_the_page_reads_in_english_without_an_account(survey: Survey) -> None:
    client = Client()
    client.post(reverse("web:set_language"), {"language": "en", "next": page(survey)})
    html = client.get(page(survey)).content.decode()
    for words in (
        "Your care",
        "When it cannot wait, I know whom to call.",
        "Never",
        "Always",
        "Send my answer",
    ):
        assert words in html
    assert "Envoyer" not in html
    assert "noindex" in html


def test_too_many_answers_are_refused(survey: Survey) -> None:
    SurveyAnswer.objects.bulk_create([SurveyAnswer(survey=survey, marks={}) for _n in range(5000)])
    with pytest.raises(ValidationError, match="toutes les réponses"):
        answered(survey, 1)


def test_the_last_day_is_that_of_the_territory(db: None) -> None:
    island = make_territory("Indian/Reunion")
    by = make_person("camille.bruyere", Role.COORDINATOR, island.scope)
    with time_machine.travel(datetime(2026, 6, 10, 8, tzinfo=UTC), tick=False):
        survey = make_survey(
            by=by, scope=island.scope, audience=Audience.CARERS, title="Aidants", key="k",
            starts_on=date(2026, 6, 10), ends_on=date(2026, 6, 20),
        )  # fmt: skip
        assert today_of(island.scope) == date(2026, 6, 10)
    # 23 h 59 on the island, then midnight: 20 h 00 in universal time.
    with time_machine.travel(datetime(2026, 6, 20, 19, 59, tzinfo=UTC), tick=False):
        answered(survey, 1)
        assert Client().get(page(survey)).status_code == 200
    with time_machine.travel(datetime(2026, 6, 20, 20, 0, tzinfo=UTC), tick=False):
        with pytest.raises(actions.ClosedError):
            answered(survey, 1)
        assert Client().get(page(survey)).status_code == 410
    assert answers_counted([survey]) == {survey.pk: 1}


def test_a_survey_to_come_takes_nothing(place: Territory, coordinator: Person) -> None:
    today = today_of(place.scope)
    survey = make_survey(
        by=coordinator, scope=place.scope, audience=Audience.PATIENTS, title="Bientôt", key="k",
        starts_on=today + timedelta(days=2), ends_on=today + timedelta(days=9),
    )  # fmt: skip
    html = Client().get(page(survey)).content.decode()
    assert "Vous pourrez répondre à partir du" in html
    with pytest.raises(actions.ClosedError):
        answered(survey, 1)
    with pytest.raises(ValidationError):
        close_survey(by=coordinator, survey=survey)


def test_paper_forms_are_entered_and_marked(survey: Survey, coordinator: Person, board: Person) -> None:
    client = client_of(coordinator)
    address = reverse("listening:paper", args=[survey.pk])
    form = form_in(client.get(address).content.decode())
    sent = {"form": form, survey.questions[0]: "2", "text": "Écrit à la main."}
    for _click in range(2):
        assert client.post(address, sent).status_code == 302
    [answer] = SurveyAnswer.objects.of(survey)
    assert (answer.marks, answer.on_paper) == ({survey.questions[0]: 2}, True)
    # The journal says that one was entered, nothing of what it says.
    line = Entry.objects.get(verb="listening.paper_entered")
    assert line.changes == {}
    assert line.target == f"listening.survey:{survey.pk}"
    for wrong in ({"form": "x"}, {survey.questions[0]: "9"}, {survey.questions[0]: "", "text": ""}):
        form = actions.draw_form(survey)
        assert client.post(address, {**sent, "form": form, **wrong}).status_code == 422
    assert client_of(board).get(address).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.answer(survey=survey, form=actions.draw_form(survey), marks={}, by=board)
    late = sent | {"form": actions.draw_form(survey)}
    close_survey(by=coordinator, survey=survey)
    assert client.get(address).status_code == 404
    # Refused, what was typed is shown again.
    refused = client.post(address, late)
    assert (refused.status_code, "Écrit à la main." in refused.content.decode()) == (409, True)
    assert SurveyAnswer.objects.of(survey).count() == 1


def test_a_machine_that_fills_the_address_in_is_slowed_and_loses_nothing(
    place: Territory, monkeypatch: pytest.MonkeyPatch, coordinator: Person
) -> None:
    client = Client()
    known = actions.rule
    least = {"listening.answers.an_hour": 3}

    def fewer(key: str) -> object:
        found = known(key)
        return replace(found, value=least[key]) if key in least else found

    monkeypatch.setattr(actions, "rule", fewer)
    with time_machine.travel(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), tick=False) as clock:
        survey = survey_of(place, coordinator, key="flooded")
        answered(survey, 3)
        sent = filled(survey, client, text="Trop d’attente.")
        refused = client.post(page(survey), sent)
        assert refused.status_code == 429
        assert "Trop d’attente." in refused.content.decode()
        assert answers_counted([survey])[survey.pk] == 3
        # What was counted already is said so all the same; paper is entered by somebody known.
        actions.answer(
            survey=survey, form=actions.draw_form(survey), marks={survey.questions[0]: 5}, by=coordinator
        )
        # The hour over, the same page sends what it kept.
        clock.shift(timedelta(minutes=31))
        again = sent | {"form": form_in(refused.content.decode())}
        assert client.post(page(survey), again).status_code == 200
    assert answers_counted([survey])[survey.pk] == 5
    # Nothing of it is in the database.
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor))
    assert not [one for one in names if "pacing" in one]


def test_a_text_is_written_with_others_so_that_no_transaction_is_its_own(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "REWRITTEN", 4)
    marks = {survey.questions[0]: 2}
    keys: set[int] = set()
    for rank in range(7):
        actions.answer(survey=survey, form=actions.draw_form(survey), marks=marks, text=f"Texte {rank}")
        now = set(SurveyRemark.objects.of(survey).values_list("pk", flat=True))
        # The new one and up to four others came together, under keys that none had.
        assert len(now - keys) == min(rank, 4) + 1
        assert len(now) == rank + 1
        keys = now
    texts = SurveyRemark.objects.of(survey).values_list("text", flat=True)
    assert sorted(texts) == [f"Texte {rank}" for rank in range(7)]


def test_a_form_sent_before_the_first_day_is_told_when_to_come_back(survey: Survey) -> None:
    client = Client()
    sent = filled(survey, client)
    Survey._base_manager.filter(pk=survey.pk).update(
        starts_on=today_of(survey.scope) + timedelta(days=3),
        ends_on=today_of(survey.scope) + timedelta(days=9),
    )
    refused = client.post(page(survey), sent)
    assert refused.status_code == 409
    assert "à partir du" in refused.content.decode()
