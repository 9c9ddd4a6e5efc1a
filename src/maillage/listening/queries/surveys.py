"""Surveys of one's territories, and the one behind a public address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count
from django.utils import timezone

from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.listening.models import InvitedCount, Survey, SurveyAnswer, SurveyRemark
from maillage.listening.rules.surveys import ALPHABET, TOKEN

#: Surveys on one page.
SHOWN = 60


def today_of(scope: Scope) -> date:
    """Return the day that it is in a territory."""
    return timezone.localdate(timezone=scope.zone)


def surveys_of(person: Person, limit: int = SHOWN) -> list[Survey]:
    """Return the last surveys of the scopes of a person, the last to end first."""
    rows = Survey.objects.for_person(person).select_related("scope")
    return list(rows.order_by("-ends_on", "-pk")[:limit])


def survey_seen_by(person: Person, pk: int) -> Survey | None:
    """Return a survey of the scopes of a person, None where there is none."""
    rows = Survey.objects.for_person(person).select_related("scope", "by", "closed_by")
    return rows.filter(pk=pk).first()


def survey_behind(token: str) -> Survey | None:
    """Return the survey of a public address, None for an address never made."""
    if len(token) != TOKEN or not set(token) <= set(ALPHABET):
        return None
    return Survey._base_manager.select_related("scope").filter(token=token).first()


def closed_of(scope: Scope) -> list[Survey]:
    """Return the surveys of a territory that are over, the last one first."""
    today = today_of(scope)
    rows = Survey.objects.in_scope(scope).select_related("scope").order_by("-ends_on", "-pk")
    return [one for one in rows if one.is_closed(today)]


def last_closed(person: Person) -> Survey | None:
    """Return the last survey of the scopes of a person that is over; one statement."""
    found = surveys_of(person)
    return next((one for one in found if one.is_closed(today_of(one.scope))), None)


def answers_counted(surveys: Iterable[Survey]) -> dict[int, int]:
    """Return how many answers each survey has, by its key; one without any is left out."""
    rows = SurveyAnswer.objects.of(*surveys).order_by().values_list("survey").annotate(Count("pk"))
    return dict(rows)


def answers_of(surveys: Sequence[Survey]) -> list[tuple[int, dict[str, int], str, bool]]:
    """Return the answers of surveys: survey, marks, group, whether on paper; in no order."""
    rows = SurveyAnswer.objects.of(*surveys).order_by("pk")
    return list(rows.values_list("survey_id", "marks", "group", "on_paper"))


def invited_to(survey: Survey) -> dict[str, int]:
    """Return how many people were told of a survey, by channel."""
    return dict(InvitedCount.objects.of(survey).values_list("channel", "count"))


def remarks_of(survey: Survey) -> list[SurveyRemark]:
    """Return the free texts of a survey, in an order that says nothing: their keys are drawn."""
    return list(SurveyRemark.objects.of(survey).select_related("hidden_by").order_by("pk"))


def remark_of(survey: Survey, pk: int) -> SurveyRemark | None:
    """Return one free text of a survey, None for that of another."""
    return SurveyRemark.objects.of(survey).filter(pk=pk).first()


def scopes_to_ask(person: Person) -> list[Scope]:
    """Return the territories where a person may make a survey."""
    scopes = access.scopes_of(person, Permission.MANAGE_LISTENING)
    return list(Scope.objects.filter(kind="territory").order_by("label")) if scopes is None else scopes
