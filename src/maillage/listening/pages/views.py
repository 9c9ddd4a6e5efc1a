"""Surveys: the list, making one, its page while it is open and once it is over, paper forms, free texts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, pdf_response
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.listening.actions import answers as answering
from maillage.listening.actions import surveys as actions
from maillage.listening.computations.results import SurveyResult, results_of, results_of_all
from maillage.listening.models import AUDIENCE_LABELS, TOPIC_LABELS, Survey, SurveyRemark
from maillage.listening.pages import words
from maillage.listening.pages.forms import AnswerForm, EndForm, HideForm, InvitedForm, SurveyForm
from maillage.listening.pages.printing import form_pdf, poster_pdf
from maillage.listening.queries import heard
from maillage.listening.queries import items as wording
from maillage.listening.queries import surveys as queries
from maillage.listening.rules.themes import themes_of
from maillage.listening.rules.vocabulary import Audience, Topic


class Gestures(Page):
    """A page whose forms each do one thing, by name (`do`), then come back to it."""

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return what each form does; each returns the sentence that says it is done."""
        raise NotImplementedError

    def post(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        """Do what was asked; refused, the form comes back with why."""
        gesture = self.gestures().get(request.POST.get("do", ""))
        if gesture is None:
            raise Http404(request.POST.get("do", ""))
        self._bound: dict[str, Form] = {}
        try:
            done = gesture()
        except ValidationError as error:
            return self._refused(error)
        messages.success(request, done)
        return redirect(request.path)

    def bound(self, name: str, form: Form) -> dict[str, Any]:
        """Return what a form says; ValidationError, its own kept on it, where it is not valid."""
        self._bound[name] = form
        if not form.is_valid():
            raise ValidationError("")
        return form.cleaned_data

    def _refused(self, error: ValidationError) -> HttpResponse:
        for form in self._bound.values():
            if form.is_valid():
                own = {name for name in getattr(error, "message_dict", {}) if name not in form.fields}
                form.add_error(None, ValidationError(error.messages) if own else error)
        if not self._bound:
            messages.error(self.request, " ".join(error.messages))
            return redirect(self.request.path)
        return self.render_to_response(self.get_context_data(**self._bound), status=422)


class Surveys(Page):
    """The surveys of one's territories: those that are open, then what the others found."""

    template_name = "listening/surveys.html"
    permission = Permission.VIEW_LISTENING

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = queries.surveys_of(self.person)
        over = [one for one in found if one.is_closed(queries.today_of(one.scope))]
        running = [one for one in found if one not in over]
        counts = queries.answers_counted(running) if running else {}
        results = results_of_all(over)
        said = ngettext("{count} enquête ouverte.", "{count} enquêtes ouvertes.", len(running))
        return super().get_context_data(
            finding=said.format(count=formats.number(len(running)))
            if running
            else words.finding(results[over[0].pk])
            if over
            else _("Aucune enquête encore."),
            running=[
                (
                    one,
                    words.state_words(one, queries.today_of(one.scope)),
                    words.answers_words(counts.get(one.pk, 0)),
                )
                for one in running
            ],
            over=[(one, formats.date_short(one.last_day), words.finding(results[one.pk])) for one in over],
            may_manage=access.may(self.person, Permission.MANAGE_LISTENING),
            places=_public_pages([one.scope for one in found]),
            **context,
        )


def _public_pages(scopes: list[Scope]) -> list[tuple[str, str]]:
    each = {one.pk: one for one in scopes}
    found = [heard.territory_of(one) for one in each.values()]
    return [(one.name, reverse("listening:heard", args=[one.slug])) for one in found if one is not None]


class NewSurvey(Page):
    """Making a survey."""

    template_name = "listening/new.html"
    permission = Permission.MANAGE_LISTENING

    def _form(self, *data: Any) -> SurveyForm:
        return SurveyForm(*data, scopes=queries.scopes_to_ask(self.person))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self._form())
        return super().get_context_data(
            questionnaires=[(label, wording.questionnaire(one)) for one, label in AUDIENCE_LABELS.items()],
            topics=TOPIC_LABELS,
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the survey."""
        form = self._form(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = actions.make_survey(
                    by=self.person, scope=form.scope, audience=Audience(said["audience"]),
                    title=said["title"], title_en=said["title_en"], starts_on=said["starts_on"],
                    ends_on=said["ends_on"], key=said["key"],
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Enquête prête : affichez son adresse, ou imprimez-la."))
                return redirect("listening:survey", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OfSurvey(PermissionMixin):
    """One survey of the address. Raises Http404 for one of another territory."""

    permission = Permission.VIEW_LISTENING

    @cached_property
    def survey(self) -> Survey:
        """The survey."""
        found = queries.survey_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the survey."""
        return self.survey.scope

    @cached_property
    def manages(self) -> bool:
        """Whether the visitor holds the surveys of this territory."""
        return access.may(self.person, Permission.MANAGE_LISTENING, self.survey.scope)

    @cached_property
    def is_open(self) -> bool:
        """Whether it takes answers today."""
        return self.survey.is_open(queries.today_of(self.survey.scope))

    def whole_address(self) -> str:
        """Return the public address, as the visitor reached this site."""
        return self.request.build_absolute_uri(reverse("listening:answer", args=[self.survey.token]))


class SurveyPage(OfSurvey, Gestures):
    """One survey: its address and how many answered while it is open, its results once it is over."""

    template_name = "listening/survey.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        survey = self.survey
        invited = queries.invited_to(survey)
        result = results_of(survey)
        answers = (
            result.answers if result is not None else queries.answers_counted([survey]).get(survey.pk, 0)
        )
        context.setdefault("invited_form", InvitedForm(initial=invited))
        context.setdefault("end_form", EndForm(initial={"ends_on": survey.ends_on}))
        return super().get_context_data(
            survey=survey,
            asked=wording.asked(survey),
            topics=TOPIC_LABELS,
            address=self.whole_address(),
            is_open=self.is_open,
            is_over=result is not None,
            manages=self.manages,
            state=words.state_words(survey, queries.today_of(survey.scope)),
            finding=words.finding(result) if result else words.open_finding(answers, survey),
            answers=answers,
            response=words.response_of(answers, sum(invited.values())),
            limits=wording.limits(survey.at.date()),
            **self._results(result, invited),
            **context,
        )

    def _results(self, result: SurveyResult | None, invited: dict[str, int]) -> dict[str, Any]:
        if result is None:
            return {}
        told = {"channels": words.channels_table(result, invited)}
        if not result.is_shown:
            return told
        return told | {
            "table": words.items_table(result),
            "bars": words.bars_table(result),
            "bounded": [one for one in result.items if one.bound is not None],
            "items": [(one, words.share_words(one)) for one in result.items],
            "grouped": [
                (one.item.said, [(name, score, words.interval_words(score)) for name, score in one.groups])
                for one in result.items
                if one.groups
            ],
        }

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the page."""
        return {"invited": self._invited, "end": self._end, "close": self._close}

    def _invited(self) -> str:
        form = InvitedForm(self.request.POST)
        self.bound("invited_form", form)
        actions.count_invited(by=self.person, survey=self.survey, counts=form.counts())
        return _("Noté.")

    def _end(self) -> str:
        said = self.bound("end_form", EndForm(self.request.POST))
        made = actions.change_end(by=self.person, survey=self.survey, ends_on=said["ends_on"])
        return _("Dernier jour : {day}.").format(day=formats.date_long(made.ends_on))

    def _close(self) -> str:
        actions.close_survey(by=self.person, survey=self.survey)
        return _("Enquête close : plus aucune réponse n’y entre.")


class PaperEntry(OfSurvey, Page):
    """Entering the answers received on paper, one after the other."""

    template_name = "listening/paper.html"
    permission = Permission.MANAGE_LISTENING

    def get_scope(self) -> Scope | None:
        """Return the scope of the survey: whoever manages another one enters nothing here."""
        return self.survey.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.is_open:
            raise Http404(self.survey.pk)
        drawn = answering.draw_form(self.survey)
        context.setdefault("form", AnswerForm(survey=self.survey, initial={"form": drawn}))
        counted = queries.answers_counted([self.survey]).get(self.survey.pk, 0)
        return super().get_context_data(
            survey=self.survey, finding=words.open_finding(counted, self.survey), **context
        )

    def post(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        """Count the form, then show an empty one."""
        form = AnswerForm(request.POST, survey=self.survey)
        if form.is_valid():
            try:
                counted = answering.answer(
                    survey=self.survey, form=form.cleaned_data["form"], marks=form.marks, group=form.group,
                    text=form.cleaned_data["text"], by=self.person,
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, ValidationError(error.messages))
            except answering.ForgedFormError:
                form.add_error(None, _("Ce formulaire n’est plus bon : rechargez la page."))
            except answering.ClosedError:
                messages.error(request, _("Cette enquête est close : la réponse n’est pas comptée."))
                return redirect("listening:survey", pk=self.survey.pk)
            else:
                said = _("Formulaire compté.") if counted else _("Ce formulaire était déjà compté.")
                messages.success(request, said)
                return redirect(request.path)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Remarks(OfSurvey, Gestures):
    """The free texts of a survey that is over, by theme, in no order; each reading is recorded."""

    template_name = "listening/remarks.html"
    permission = Permission.MANAGE_LISTENING

    def get_scope(self) -> Scope | None:
        """Return the scope of the survey."""
        return self.survey.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not actions.may_show_remarks(self.survey):
            raise Http404(self.survey.pk)
        found = actions.read_remarks(by=self.person, survey=self.survey)
        shown = [one for one in found if one.hidden_at is None]
        context.setdefault("hide_form", HideForm())
        said = ngettext("{count} texte.", "{count} textes.", len(shown))
        return super().get_context_data(
            survey=self.survey,
            themes=_by_theme(shown),
            hidden=[one for one in found if one.hidden_at is not None],
            finding=said.format(count=formats.number(len(shown))) if shown else _("Aucun texte."),
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"hide": self._hide}

    def _hide(self) -> str:
        said = self.bound("hide_form", HideForm(self.request.POST))
        row = queries.remark_of(self.survey, row_key(said["row"]))
        if row is None:
            raise Http404(said["row"])
        actions.hide_remark(by=self.person, remark=row, why=said["why"])
        return _("Texte masqué.")


def _by_theme(found: list[SurveyRemark]) -> list[tuple[str, Any, list[tuple[SurveyRemark, str]]]]:
    """Return the texts of each theme with the words that put them there, then those of none."""
    rules = wording.theme_words()
    by: dict[Topic | None, list[tuple[SurveyRemark, str]]] = {topic: [] for topic in (*Topic, None)}
    for one in found:
        themes = themes_of(one.text, rules)
        for topic, said in themes.items():
            by[topic].append((one, ", ".join(said)))
        if not themes:
            by[None].append((one, ""))
    return [
        (
            str(TOPIC_LABELS[topic]) if topic else _("Sans thème reconnu"),
            wording.theme_rule(topic) if topic else None,
            rows,
        )
        for topic, rows in by.items()
        if rows
    ]


class PosterPdf(OfSurvey, Endpoint):
    """A poster with the public address and its square to photograph."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        pdf = poster_pdf(self.survey, self.whole_address(), queries.today_of(self.survey.scope))
        return pdf_response(pdf, _("affiche-{pk}.pdf").format(pk=pk))


class FormPdf(OfSurvey, Endpoint):
    """The questions on paper, to fill in by hand."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        pdf = form_pdf(self.survey, self.whole_address(), queries.today_of(self.survey.scope))
        return pdf_response(pdf, _("formulaire-{pk}.pdf").format(pk=pk))
