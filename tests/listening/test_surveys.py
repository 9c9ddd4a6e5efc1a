"""Surveys: made once, closed for good, nothing said too early or of too few; texts read, hidden, logged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from maillage.indicators.computations.catalogue import INDICATORS
from maillage.indicators.computations.results import result, rows_of
from maillage.indicators.pages.tables import part_words
from maillage.indicators.rules.periods import last_months
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.listening import api
from maillage.listening.actions import surveys as actions
from maillage.listening.computations.results import results_of
from maillage.listening.models import InvitedCount, Survey, SurveyAnswer, SurveyRemark
from maillage.listening.rules.vocabulary import Audience, Channel
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_territory
from tests.keys import ABSENT
from tests.listening.conftest import answered, closed, day, read, survey_of
from tests.pdf import text_of


def page(name: str, survey: Survey) -> str:
    return reverse(f"listening:{name}", args=[survey.pk])


#: Who opens what: 200 shown, 403 refused, 404 unknown to them.
OPENED = {
    "survey": {"coordinator": 200, "board": 200, "elsewhere": 404, "patient": 403, "doctor": 403},
    "paper": {"coordinator": 200, "board": 403, "elsewhere": 404, "patient": 404, "doctor": 404},
    "remarks": {"coordinator": 404, "board": 403, "elsewhere": 404, "patient": 404, "doctor": 404},
    "poster_pdf": {"coordinator": 200, "board": 200, "elsewhere": 404, "patient": 403, "doctor": 403},
    "form_pdf": {"coordinator": 200, "board": 200, "elsewhere": 404, "patient": 403, "doctor": 403},
}


@pytest.mark.parametrize("name", OPENED)
def test_each_page_is_opened_to_whom_it_is_for(
    name: str, survey: Survey, place: Territory, coordinator: Person, board: Person
) -> None:
    elsewhere = make_territory("Indian/Reunion")
    people = {
        "coordinator": coordinator, "board": board,
        "elsewhere": make_person("paul.ailleurs", Role.COORDINATOR, elsewhere.scope),
        "patient": make_person("louis.tilleul", Role.PATIENT, None),
        "doctor": make_person("helene.aubepine", Role.PHYSICIAN, place.scope),
    }  # fmt: skip
    found = {who: client_of(one).get(page(name, survey)).status_code for who, one in people.items()}
    assert found == OPENED[name]


def test_a_survey_is_made_from_four_answers_and_once(place: Territory, coordinator: Person) -> None:
    client = client_of(coordinator)
    assert "Personne n’a encore été interrogé" in read(client.get(reverse("listening:surveys")))
    form = read(client.get(reverse("listening:new")))
    assert "Quand cela ne peut pas attendre" in form
    today = datetime.now(UTC).date()
    said = {
        "where": str(place.scope.pk), "audience": "patients", "title": "Vos <b>soins</b>", "title_en": "",
        "starts_on": f"{today}", "ends_on": f"{today + timedelta(days=9)}", "key": "once",
    }  # fmt: skip
    for wrong in (
        {"title": " "},
        {"ends_on": f"{today - timedelta(days=1)}"},
        {"ends_on": f"{today + timedelta(days=800)}"},
        {"starts_on": "hier"},
    ):
        refused = client.post(reverse("listening:new"), said | wrong)
        assert refused.status_code == 422, wrong
        assert "Vos &lt;b&gt;soins" in read(refused) or "title" in wrong
    for _click in range(2):
        made = client.post(reverse("listening:new"), said)
        assert made.status_code == 302
    survey = Survey.objects.in_scope(place.scope).get()
    assert "<b>soins" not in read(client.get(made.url))
    # The same key for something else is refused in words.
    other = client.post(reverse("listening:new"), said | {"title": "Autre"})
    assert other.status_code == 422
    assert len(survey.questions) == 8
    assert len(survey.token) == 8


def test_only_who_manages_makes_a_survey(place: Territory, board: Person) -> None:
    with pytest.raises(PermissionDenied):
        survey_of(place, board)
    assert client_of(board).get(reverse("listening:new")).status_code == 403
    assert client_of(board).get(reverse("listening:surveys")).status_code == 200


def test_days_in_the_wrong_order_are_refused(survey: Survey, coordinator: Person) -> None:
    with pytest.raises(ValidationError):
        actions.change_end(by=coordinator, survey=survey, ends_on=survey.starts_on - timedelta(days=1))
    with pytest.raises(ValidationError):
        actions.make_survey(
            by=coordinator, scope=survey.scope, audience=Audience.CARERS, title=" ", key="x",
            starts_on=day(survey), ends_on=day(survey),
        )  # fmt: skip


def test_nothing_but_a_count_is_said_while_open(survey: Survey, coordinator: Person, board: Person) -> None:
    answered(survey, 40, 1, text="Rien ne va.")
    assert results_of(survey) is None
    client = client_of(coordinator)
    html = read(client.get(page("survey", survey)))
    assert "40 réponses à ce jour" in html
    for words in ("favorables", "Lire les textes", "Rien ne va"):
        assert words not in html
    assert client.get(page("remarks", survey)).status_code == 404
    assert actions.read_remarks(by=coordinator, survey=survey) == []
    remark = SurveyRemark.objects.of(survey)[0]
    with pytest.raises(ValidationError):
        actions.hide_remark(by=coordinator, remark=remark, why="un nom")
    listed = read(client_of(board).get(reverse("listening:surveys")))
    assert "40 réponses" in listed
    assert "%" not in listed.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(("count", "shown"), [(29, False), (30, True)])
def test_a_score_needs_thirty_answers(survey: Survey, coordinator: Person, count: int, shown: bool) -> None:
    answered(survey, count, 5, text="Merci.")
    closed(survey, coordinator)
    result = results_of(Survey.objects.in_scope(survey.scope).get())
    assert result is not None
    assert (result.answers, result.is_shown) == (count, shown)
    html = read(client_of(coordinator).get(page("survey", survey)))
    assert ("Aucun score sous 30 réponses" in html) is not shown
    assert ("Question par question" in html) is shown
    # Texts follow: a way of writing tells who writes.
    status = client_of(coordinator).get(page("remarks", survey)).status_code
    assert status == (200 if shown else 404)
    assert bool(api.marks_of_surveys(
        survey.scope, Audience.PATIENTS, day(survey), day(survey) + timedelta(days=1)
    )) is shown  # fmt: skip


def test_a_share_has_the_interval_of_wilson(survey: Survey, coordinator: Person) -> None:
    answered(survey, 40, 5)
    answered(survey, 60, 2)
    closed(survey, coordinator)
    result = results_of(Survey.objects.in_scope(survey.scope).get())
    assert result is not None
    score = result.items[0].score
    assert score is not None
    assert (score.value, round(score.low, 4), round(score.high, 4)) == (0.4, 0.3094, 0.4980)
    assert result.items[0].counts == (0, 60, 0, 0, 40)
    assert result.worst is not None
    html = read(client_of(coordinator).get(page("survey", survey)))
    assert "40 % (entre 31 % et 50 %)" in html


def test_what_few_people_said_is_not_read(survey: Survey, coordinator: Person) -> None:
    answered(survey, 60, 5)
    answered(survey, 3, 1)
    closed(survey, coordinator)
    html = read(client_of(coordinator).get(page("survey", survey)))
    assert "plus de 92 %" in html
    assert "95 %" not in html.partition("<main")[2].partition("Question par question")[0]
    assert 'class="secret"' in html
    result = results_of(Survey.objects.in_scope(survey.scope).get())
    assert result is not None
    assert result.worst is None
    assert all(one.counts is None for one in result.items)


def test_groups_are_read_where_none_comes_back_by_subtraction(survey: Survey, coordinator: Person) -> None:
    answered(survey, 25, 5, group="under_45")
    answered(survey, 25, 2, group="under_45")
    answered(survey, 20, 5, group="from_45")
    answered(survey, 20, 2, group="from_45")
    answered(survey, 15, 5, group="from_75")
    answered(survey, 14, 2, group="from_75")
    closed(survey, coordinator)
    result = results_of(Survey.objects.in_scope(survey.scope).get())
    assert result is not None
    # 29 people over 75: less the two other groups, the total would tell them.
    assert [name for name, _score in result.items[0].groups] == ["Moins de 45 ans"]
    html = read(client_of(coordinator).get(page("survey", survey)))
    assert "Moins de 45 ans" in html
    assert "75 ans ou plus" not in html


def test_a_closed_survey_never_opens_nor_changes(survey: Survey, coordinator: Person, board: Person) -> None:
    answered(survey, 1)
    with pytest.raises(PermissionDenied):
        actions.close_survey(by=board, survey=survey)
    client = client_of(coordinator)
    for _click in range(2):
        assert client.post(page("survey", survey), {"do": "close"}).status_code == 302
    assert Entry.objects.filter(verb="listening.survey_closed").count() == 1
    row = Survey.objects.in_scope(survey.scope).get()
    assert row.closed_by == coordinator
    with pytest.raises(ValidationError, match="pour de bon"):
        actions.change_end(by=coordinator, survey=row, ends_on=day(survey) + timedelta(days=90))
    assert client.post(page("survey", survey), {"do": "nothing"}).status_code == 404


def test_the_last_day_moves_while_open(survey: Survey, coordinator: Person) -> None:
    client = client_of(coordinator)
    later = day(survey) + timedelta(days=60)
    assert client.post(page("survey", survey), {"do": "end", "ends_on": f"{later}"}).status_code == 302
    assert Survey.objects.in_scope(survey.scope).get().ends_on == later
    assert client.post(page("survey", survey), {"do": "end", "ends_on": "1999-01-01"}).status_code == 422
    assert client.post(page("survey", survey), {"do": "end", "ends_on": ""}).status_code == 422


def test_the_response_rate_is_said_with_its_reserve(survey: Survey, coordinator: Person) -> None:
    answered(survey, 30)
    client = client_of(coordinator)
    closed(survey, coordinator)
    assert "n’est pas connu" in read(client.get(page("survey", survey)))
    told = {"do": "invited", "paper": "60", "message": "40", "poster": "", "phone": ""}
    assert client.post(page("survey", survey), told).status_code == 302
    html = read(client.get(page("survey", survey)))
    assert "30 % des personnes prévenues ont répondu (30 sur 100)." in html
    assert "C’est peu" not in html
    client.post(page("survey", survey), told | {"poster": "100"})
    assert "C’est peu" in read(client.get(page("survey", survey)))
    client.post(page("survey", survey), {"do": "invited", "paper": "10"})
    assert "un compte est faux" in read(client.get(page("survey", survey)))
    assert list(InvitedCount.objects.of(survey).values_list("channel", "count")) == [("paper", 10)]
    assert client.post(page("survey", survey), told | {"paper": "-1"}).status_code == 422
    assert client.post(page("survey", survey), told | {"paper": "99999999999"}).status_code == 422
    with pytest.raises(ValidationError):
        actions.count_invited(by=coordinator, survey=survey, counts={Channel.PAPER: -1})
    # The same again writes nothing in the journal.
    before = Entry.objects.count()
    actions.count_invited(by=coordinator, survey=survey, counts={Channel.PAPER: 10})
    assert Entry.objects.count() == before


def test_texts_are_read_by_theme_and_logged(survey: Survey, coordinator: Person, board: Person) -> None:
    answered(survey, 28)
    answered(survey, 1, text="Trop d’attente <script>alert(1)</script>.")
    answered(survey, 1, text="Le docteur Aubépine est formidable.")
    closed(survey, coordinator)
    client = client_of(coordinator)
    html = read(client.get(page("remarks", survey)))
    assert "<script>alert" not in html
    assert "Trop d’attente &lt;script&gt;" in html
    assert "Sans thème reconnu" in html
    assert "Mots qui rangent ici" in html
    assert Entry.objects.filter(verb="listening.remarks_read").count() == 1
    assert client_of(board).get(page("remarks", survey)).status_code == 403
    row = next(one for one in SurveyRemark.objects.of(survey) if "Aubépine" in one.text)
    hide = {"do": "hide", "row": str(row.pk), "why": "un nom y est écrit"}
    assert client.post(page("remarks", survey), hide | {"why": ""}).status_code == 422
    assert client.post(page("remarks", survey), hide | {"row": str(ABSENT)}).status_code == 404
    for _click in range(2):
        assert client.post(page("remarks", survey), hide).status_code == 302
    html = read(client.get(page("remarks", survey)))
    assert "Aubépine est formidable" not in html
    assert "un nom y est écrit" in html
    with pytest.raises(PermissionDenied):
        actions.hide_remark(by=board, remark=row, why="x")
    other = next(one for one in SurveyRemark.objects.of(survey) if one.hidden_at is None)
    with pytest.raises(ValidationError):
        actions.hide_remark(by=coordinator, remark=other, why=" ")


def test_papers_carry_the_address_in_both_languages(survey: Survey, coordinator: Person) -> None:
    client = client_of(coordinator)
    for name in ("poster_pdf", "form_pdf"):
        text = text_of(client.get(page(name, survey)).content)
        assert survey.token in text
        assert "appelez le 15" in text
    client.post(reverse("web:set_language"), {"language": "en", "next": "/"})
    text = text_of(client.get(page("form_pdf", survey)).content)
    assert "Your care" in text
    assert "Never" in text


def test_figures_take_counts_alone(survey: Survey, coordinator: Person) -> None:
    start = day(survey)
    answered(survey, 30, 4)
    assert api.marks_of_surveys(survey.scope, Audience.PATIENTS, start, start + timedelta(days=99)) == []
    closed(survey, coordinator)
    found = api.marks_of_surveys(survey.scope, Audience.PATIENTS, start, start + timedelta(days=1))
    assert {(one.mark, one.count, one.day) for one in found} == {(4, 30, start)}
    assert len(found) == 8
    assert api.marks_of_surveys(survey.scope, Audience.CARERS, start, start + timedelta(days=1)) == []
    assert api.marks_of_surveys(survey.scope, Audience.PATIENTS, start - timedelta(days=9), start) == []


def test_the_list_says_what_each_survey_found(survey: Survey, coordinator: Person, board: Person) -> None:
    answered(survey, 20, 5)
    answered(survey, 20, 1)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=60), tick=False):
        html = read(client_of(board).get(reverse("listening:surveys")))
        assert "Le moins bien" in html
        assert "50 % de réponses favorables" in html
    assert SurveyAnswer.objects.of(survey).count() == 40


def test_perceived_quality_is_counted_from_closed_surveys(
    survey: Survey, coordinator: Person, place: Territory
) -> None:
    answered(survey, 30, 5)
    answered(survey, 30, 2)
    today = day(survey)
    asked = (INDICATORS["satisfied"], place.scope, last_months(today), today)
    assert result(*asked).whole.denominator == 0
    closed(survey, coordinator)
    found = result(*asked)
    assert (found.whole.value, found.whole.numerator, found.whole.denominator) == (0.5, 240, 480)
    assert set(found.parts) == set(survey.questions)
    rows, total = rows_of(*asked, limit=1000)
    assert (len(rows), total) == (480, 480)
    assert {one.person for one in rows} == {None}
    assert part_words(INDICATORS["satisfied"], "p_urgent").startswith("Quand cela ne peut pas")
    assert part_words(INDICATORS["satisfied"], "autre") == "autre"
