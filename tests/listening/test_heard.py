"""« Vous avez dit, nous avons fait » : written, changed, published, read by everybody; the first screen."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.listening.actions import heard as actions
from maillage.listening.actions.demonstration import create_demonstration_surveys
from maillage.listening.computations.results import results_of
from maillage.listening.contributions import demonstrate, last_heard
from maillage.listening.models import HeardLine, Survey, SurveyAnswer
from maillage.listening.rules.vocabulary import Progress, Topic
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_territory
from tests.keys import ABSENT
from tests.listening.conftest import answered, closed, read, survey_of

SAID = {"topic": Topic.ACCESS, "said": "On attend.", "done": "Un numéro.", "done_on": date(2026, 3, 2)}


def public(place: Territory) -> str:
    return reverse("listening:heard", args=[place.slug])


@pytest.fixture
def heard(survey: Survey, coordinator: Person) -> Survey:
    """A survey that is over: 20 favourable of 50."""
    answered(survey, 20, 5)
    answered(survey, 30, 2)
    return closed(survey, coordinator)


@pytest.fixture
def line(heard: Survey, coordinator: Person) -> HeardLine:
    return actions.write_line(
        by=coordinator, scope=heard.scope, key="line", survey=heard, question="p_urgent",
        progress=Progress.DONE, done_en="One number.", **SAID,
    )  # fmt: skip


def test_an_empty_territory_has_a_page_that_says_so(place: Territory) -> None:
    html = read(Client().get(public(place)))
    assert "Rien n’est encore publié ici" in html
    assert Client().get(reverse("listening:heard", args=["nulle-part"])).status_code == 404
    assert Client().post(public(place)).status_code == 405


def test_a_line_is_public_once_published_and_no_more_once_taken_back(
    line: HeardLine, place: Territory, coordinator: Person
) -> None:
    stranger, client = Client(), client_of(coordinator)
    address = reverse("listening:line", args=[line.pk])
    assert "On attend." not in read(stranger.get(public(place)))
    for _click in range(2):
        assert client.post(address, {"do": "publish"}).status_code == 302
    html = read(stranger.get(public(place)))
    for words in ("On attend.", "Un numéro.", "40 % (entre 28 % et 54 %)", "50 réponses", "Réalisé"):
        assert words in html
    client.post(address, {"do": "unpublish"})
    client.post(address, {"do": "unpublish"})
    assert "On attend." not in read(stranger.get(public(place)))
    verbs = list(Entry.objects.filter(verb__startswith="listening.line_").values_list("verb", flat=True))
    assert sorted(verbs) == [
        "listening.line_published", "listening.line_unpublished", "listening.line_written"
    ]  # fmt: skip


def test_the_public_page_reads_in_english(line: HeardLine, place: Territory, coordinator: Person) -> None:
    actions.publish_line(by=coordinator, line=line)
    client = Client()
    client.post(reverse("web:set_language"), {"language": "en", "next": public(place)})
    html = read(client.get(public(place)))
    assert "You said, we did" in html
    assert "One number." in html
    # What is written in French alone is marked so.
    assert 'lang="fr">On attend.' in html


def test_a_figure_needs_thirty_answers(place: Territory, coordinator: Person) -> None:
    few = survey_of(place, coordinator, "few")
    answered(few, 29)
    few = closed(few, coordinator)
    line = actions.write_line(
        by=coordinator, scope=place.scope, key="k", survey=few, question="p_urgent", **SAID
    )
    actions.publish_line(by=coordinator, line=line)
    html = read(Client().get(public(place)))
    assert "On attend." in html
    assert "favorables" not in html


def test_a_line_is_written_once_from_the_page(
    heard: Survey, coordinator: Person, board: Person, place: Territory
) -> None:
    client, address = client_of(coordinator), reverse("listening:lines")
    assert "Quand cela ne peut pas attendre" in read(client.get(address))
    said = {
        "do": "write", "where": str(place.scope.pk), "topic": "access", "figure": f"{heard.pk}:p_urgent",
        "said": "<i>On attend</i>", "done": "Un numéro.", "done_on": "2026-03-02", "progress": "done",
        "said_en": "", "done_en": "", "key": "once",
    }  # fmt: skip
    for wrong in (
        {"said": ""},
        {"done": " "},
        {"figure": f"{ABSENT}:p_urgent"},
        {"topic": "x"},
        {"done_on": "32"},
    ):
        refused = client.post(address, said | wrong)
        assert refused.status_code == 422, wrong
    for _click in range(2):
        assert client.post(address, said).status_code == 302
    line = HeardLine.objects.in_scope(place.scope).get()
    assert (line.question, line.survey) == ("p_urgent", heard)
    assert "<i>On attend" not in read(client.get(address))
    assert client.post(address, said | {"said": "Autre"}).status_code == 422
    # Who reads does not write.
    assert client_of(board).get(address).status_code == 200
    assert client_of(board).post(address, said).status_code == 403
    assert client_of(board).get(reverse("listening:line", args=[line.pk])).status_code == 403


def test_a_second_writer_loses_nothing(line: HeardLine, coordinator: Person) -> None:
    version = actions.version_of(line)
    actions.change_line(by=coordinator, line=line, read=version, **SAID | {"said": "On attend trop."})
    with pytest.raises(ValidationError, match="entre-temps"):
        actions.change_line(by=coordinator, line=line, read=version, **SAID | {"said": "On attend peu."})
    line.refresh_from_db()
    assert line.said == "On attend trop."
    # The same change again is no other one.
    actions.change_line(by=coordinator, line=line, read=version, **SAID | {"said": "On attend trop."})
    assert Entry.objects.filter(verb="listening.line_changed").count() == 1


def test_a_line_changes_from_its_page(line: HeardLine, coordinator: Person, place: Territory) -> None:
    client, address = client_of(coordinator), reverse("listening:line", args=[line.pk])
    html = read(client.get(address))
    assert "Pas encore publiée" in html
    said = {
        "do": "change", "where": str(place.scope.pk), "topic": "access", "figure": "", "said": "On attend.",
        "done": "Deux numéros.", "done_on": "2026-03-02", "progress": "", "said_en": "", "done_en": "",
        "key": "k", "read": actions.version_of(line),
    }  # fmt: skip
    assert client.post(address, said | {"done": ""}).status_code == 422
    assert client.post(address, said).status_code == 302
    line.refresh_from_db()
    assert (line.done, line.survey, line.question) == ("Deux numéros.", None, "")
    late = client.post(address, said | {"done": "Trois."})
    assert (late.status_code, "entre-temps" in read(late)) == (422, True)


def test_lines_stay_in_their_territory(line: HeardLine, heard: Survey, board: Person) -> None:
    elsewhere = make_territory("Indian/Reunion")
    other = make_person("paul.ailleurs", Role.COORDINATOR, elsewhere.scope)
    assert client_of(other).get(reverse("listening:line", args=[line.pk])).status_code == 404
    with pytest.raises(ValidationError):
        actions.write_line(
            by=other, scope=elsewhere.scope, key="k", survey=heard, question="p_urgent", **SAID
        )
    with pytest.raises(ValidationError):
        actions.write_line(by=other, scope=elsewhere.scope, key="k", survey=None, question="x", **SAID)
    for gesture in (actions.publish_line, actions.unpublish_line):
        with pytest.raises(PermissionDenied):
            gesture(by=board, line=line)


def test_a_line_is_not_of_an_open_survey(survey: Survey, coordinator: Person) -> None:
    with pytest.raises(ValidationError):
        actions.write_line(
            by=coordinator, scope=survey.scope, key="k", survey=survey, question="p_urgent", **SAID
        )


def test_the_first_screen_of_the_board_says_what_was_heard(
    line: HeardLine, board: Person, coordinator: Person
) -> None:
    found = last_heard(board)
    assert found is not None
    assert "Le moins bien" in found.lines[0].detail
    assert len(found.lines) == 1
    actions.publish_line(by=coordinator, line=line)
    found = last_heard(board)
    assert found is not None
    assert "Un numéro." in found.lines[1].text


def test_nothing_heard_is_no_block(board: Person, survey: Survey) -> None:
    assert last_heard(board) is None


@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion"])
def test_the_demonstration_is_whole_and_made_once(zone: str, db: None) -> None:
    place, now = make_territory(zone), datetime.now(UTC)
    assert create_demonstration_surveys(place=place, now=now) == 0
    lead = make_person("camille.bruyere", Role.COORDINATOR, place.scope)
    Person.objects.filter(pk=lead.pk).update(is_demonstration=True)
    demonstrate(place, now)
    over, running = Survey.objects.in_scope(place.scope).order_by("ends_on")
    assert SurveyAnswer.objects.of(over).count() == 180
    assert SurveyAnswer.objects.of(running).count() == 12
    assert HeardLine.objects.in_scope(place.scope).published().count() == 3
    result = results_of(over)
    assert result is not None
    assert all(one.score is not None for one in result.items)
    assert len(result.items[0].groups) == 3
    assert results_of(running) is None
    # The same answers each time.
    assert result.worst is not None
    assert result.worst.item.code == "p_urgent"
    assert create_demonstration_surveys(place=place, now=now) == 0
