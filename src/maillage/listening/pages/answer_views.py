"""Answering by the public address: no account, no cookie of ours read, nothing written of who answers."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maillage.kernel.pages.base import secret_page
from maillage.listening.actions import answers as actions
from maillage.listening.models import Survey
from maillage.listening.pages.forms import AnswerForm
from maillage.listening.queries import heard, surveys
from maillage.people import api as people

_TEMPLATE = "listening/answer.html"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody answer; 404 for an address never made, 410 once the survey is over.

    The same form again counts once, and says so. What is written is read for words of danger first, whatever
    becomes of the form: the 15 is shown at once.
    """
    survey = surveys.survey_behind(token)
    if survey is None:
        return _page(request, None, status=404, unknown=True)
    timezone.activate(survey.scope.zone)
    if request.method == "POST":
        return _counted(request, survey)
    today = surveys.today_of(survey.scope)
    if survey.is_closed(today):
        return _page(request, survey, status=410, over=True)
    if not survey.is_open(today):
        return _page(request, survey, status=200, not_yet=True)
    form = AnswerForm(survey=survey, initial={"form": actions.draw_form(survey)})
    return _page(request, survey, status=200, form=form)


def _counted(request: HttpRequest, survey: Survey) -> HttpResponse:
    form = AnswerForm(request.POST, survey=survey)
    alarms = people.words_of_danger(request.POST.get("text", "")[:1000])
    if form.is_valid():
        try:
            counted = actions.answer(
                survey=survey, form=form.cleaned_data["form"], marks=form.marks, group=form.group,
                text=form.cleaned_data["text"],
            )  # fmt: skip
        except actions.ClosedError:
            if not survey.is_closed(surveys.today_of(survey.scope)):
                return _page(request, survey, status=409, not_yet=True, alarms=alarms)
            return _page(request, survey, status=410, over=True, alarms=alarms)
        except actions.FloodedError:
            form = _drawn_again(request, survey)
            text = _(
                "Trop de réponses arrivent en même temps : la vôtre n’est pas comptée. "
                "Gardez cette page ouverte et envoyez à nouveau dans une heure."
            )
            form.add_error(None, text)
            return _page(request, survey, status=429, form=form, alarms=alarms)
        except actions.ForgedFormError:
            form = _drawn_again(request, survey)
            form.add_error(None, _("Ce formulaire n’est plus bon. Vos réponses sont là : envoyez à nouveau."))
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            return _page(request, survey, status=200, done=True, again=not counted, alarms=alarms)
    elif "form" in form.errors:
        form = _drawn_again(request, survey)
        form.add_error(None, _("Ce formulaire n’est plus bon. Vos réponses sont là : envoyez à nouveau."))
    return _page(request, survey, status=422, form=form, alarms=alarms)


def _drawn_again(request: HttpRequest, survey: Survey) -> AnswerForm:
    """Return the form with what was answered and another token: the one sent was not drawn here."""
    sent = request.POST.copy()
    sent["form"] = actions.draw_form(survey)
    form = AnswerForm(sent, survey=survey)
    form.is_valid()
    return form


def _page(request: HttpRequest, survey: Survey | None, *, status: int, **said: object) -> HttpResponse:
    place = heard.territory_of(survey.scope) if survey is not None else None
    return secret_page(request, _TEMPLATE, {"survey": survey, "place": place, **said}, status=status)
