"""Therapeutic education of one patient: enrolling, the assessment, the sessions, the end and its letter."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.exchange import api as exchange
from maillage.kernel import formats, printing
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, pdf_response
from maillage.kernel.parameters import row_key
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.protocols.actions import enrolments as actions
from maillage.protocols.models import Enrolment, Evaluation
from maillage.protocols.models.education import LEVEL_LABELS, MOMENT_LABELS
from maillage.protocols.pages.base import DoesOne, OfPatient, cleaned
from maillage.protocols.pages.education_forms import (
    EducatorForm,
    EndForm,
    EnrolForm,
    EvaluationForm,
    assessment_form,
)
from maillage.protocols.queries import education as queries
from maillage.protocols.queries.protocols import today_in
from maillage.protocols.rules.education import Attendance, Level, Moment

TEMPLATE = files("maillage.protocols.pages") / "education_letter.typ"


class EducationOf(OfPatient, Page):
    """The programmes that one patient follows or may follow."""

    template_name = "protocols/education_of.html"
    purpose = queries.EDUCATION

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient = self.patient
        may_enrol = queries.may_enrol(self.person, patient)
        if may_enrol:
            context.setdefault("forms", self._forms())
        return super().get_context_data(
            patient=patient,
            is_own=self.is_own,
            rows=queries.enrolments_of(patient),
            may_enrol=may_enrol,
            **context,
        )

    def _forms(self, data: Any = None, chosen: int = 0) -> list[EnrolForm]:
        open_ones = queries.open_to(self.person, self.patient)
        teams = queries.teams(open_ones)
        day = today_in(self.patient.scope)
        return [
            EnrolForm(
                data if one.pk == chosen else None,
                programme=one,
                team=[member.professional for member in teams[one.pk]],
                initial={"agreed_on": day},
            )
            for one in open_ones
        ]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Enrol the patient in the programme of the form."""
        patient = self.patient
        if not queries.may_enrol(self.person, patient):
            raise PermissionDenied(_("Quelqu’un du cercle de soins de la personne l’inscrit."))
        chosen = row_key(request.POST.get("programme", "")) or 0
        known = next(
            (one for one in queries.enrolments_of(patient) if one.programme_id == chosen and one.is_open),
            None,
        )
        if known is not None:  # sent twice
            return redirect("protocols:enrolment", pk=known.pk)
        found = self._forms(request.POST, chosen)
        form = next((one for one in found if one.programme.pk == chosen), None)
        if form is None:
            raise Http404(chosen)
        if form.is_valid():
            try:
                made = actions.enrol(by=self.person, patient=patient, **form.values())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("protocols:enrolment", pk=made.pk)
        return self.render_to_response(self.get_context_data(forms=found), status=422)


class OfEnrolment(PermissionMixin):
    """An enrolment of the address, read by the circle, the team or the patient; the reading is logged."""

    permission = None

    @cached_property
    def enrolment(self) -> Enrolment:
        """The enrolment. Raises Http404 where the visitor does not read it."""
        found = queries.enrolment_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        people.log_access(by=self.person, patients=[found.patient], what="file", purpose=queries.EDUCATION)
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        scope: Scope = self.enrolment.patient.scope
        return scope


class EnrolmentPage(OfEnrolment, DoesOne, Page):
    """One person in one programme: assessment, sessions, what they said before and after, the end."""

    template_name = "protocols/enrolment.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row, person = self.enrolment, self.person
        patient = row.patient
        acts = queries.may_act(person, row)
        said = queries.evaluations_of(row)
        if acts and row.is_open:
            context.setdefault("assessment", assessment_form(row, actions.version_of(row)))
            context.setdefault("end_form", EndForm())
            team = [one.professional for one in queries.team_of(row.programme)]
            context.setdefault(
                "educator_form", EducatorForm(team=team, initial={"educator": row.educator_id})
            )
        moment = Moment.BEFORE if row.is_open and not _has_attended(row) else Moment.AFTER
        if acts and moment.value not in said:
            context.setdefault("evaluation", EvaluationForm())
        doctor = patient.referring_doctor
        may_send = acts and not row.is_open and row.letter_id is None and doctor is not None
        return super().get_context_data(
            enrolment=row,
            patient=patient,
            is_own=patient.account_id == person.pk,
            places=queries.places_of(row),
            moment=moment.value,
            moment_label=MOMENT_LABELS[moment],
            compared=_compared(said),
            said=[one for one in said.values() if one.words],
            rule=rule("protocols.education.items"),
            acts=acts,
            doctor=doctor,
            may_send=may_send and bool(doctor and exchange.asked_in_circle(patient, person, doctor)),
            sent=exchange.said_of_opening(row.letter) if row.letter is not None else [],
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write the assessment, the answers or the end: what was typed comes back if refused."""
        asked, here = request.POST.get("do", ""), reverse("protocols:enrolment", args=[pk])
        name, form = self._written(asked, request.POST.copy())
        if form is None:
            return self.answered(request, here)
        if form.is_valid():
            try:
                {"assess": self._assess, "evaluate": self._evaluate, "end": self._end}[asked](form)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect(here)
        return self.render_to_response(self.get_context_data(**{name: form}), status=422)

    def _written(self, asked: str, data: Any) -> tuple[str, Any]:
        """Return the form that a gesture sends, under its name on the page; None where it sends none."""
        if asked == "assess":
            form = assessment_form(self.enrolment, "", data)
            if form.is_valid() and data.get("base", "") != actions.version_of(self.enrolment):
                # Refused once, for what somebody wrote meanwhile, which the page shows: the next try stands.
                data["base"] = actions.version_of(self.enrolment)
            return "assessment", form
        if asked == "evaluate":
            return "evaluation", EvaluationForm(data)
        return ("end_form", EndForm(data)) if asked == "end" else ("", None)

    def _assess(self, form: Any) -> None:
        actions.assess(by=self.person, enrolment=self.enrolment, **form.cleaned_data)

    def _evaluate(self, form: Any) -> None:
        asked = self.request.POST.get("moment", "")
        if asked not in {one.value for one in Moment}:
            raise Http404(asked)
        actions.evaluate(
            by=self.person,
            enrolment=self.enrolment,
            moment=Moment(asked),
            answers=form.answers(),
            words=form.cleaned_data["words"],
        )

    def _end(self, form: Any) -> None:
        actions.end_enrolment(by=self.person, enrolment=self.enrolment, **form.cleaned_data)

    def done(self, gesture: str) -> str:
        if gesture == "send":
            row = actions.send_summary(by=self.person, enrolment=self.enrolment)
            return _("Synthèse écrite à {name}.").format(name=row.patient.referring_doctor)
        if gesture == "educator":
            team = [one.professional for one in queries.team_of(self.enrolment.programme)]
            form = EducatorForm(self.request.POST, team=team)
            cleaned(form)
            actions.give_educator(by=self.person, enrolment=self.enrolment, educator=form.chosen)
            return _("Suivi par {name}.").format(name=form.chosen)
        raise Http404(gesture)


def _has_attended(row: Enrolment) -> bool:
    return any(one.attendance == Attendance.PRESENT for one in queries.places_of(row))


def _compared(said: dict[str, Evaluation]) -> list[tuple[str, str, str]]:
    """Return each sentence with what was answered before and after, as it was given."""
    if not said:
        return []

    def answered(moment: Moment, code: str) -> str:
        row = said.get(moment.value)
        if row is None or code not in row.answers:
            return "–"
        return str(LEVEL_LABELS[Level(row.answers[code])])

    return [
        (
            formats.in_language(one["label"], one["label_en"]),
            answered(Moment.BEFORE, one["code"]),
            answered(Moment.AFTER, one["code"]),
        )
        for one in rule("protocols.education.items").value
    ]


class SummaryLetter(OfEnrolment, Endpoint):
    """The letter to the médecin traitant, as a PDF: for when nothing else carries it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Answer with the letter. Raises Http404 before the end."""
        row = self.enrolment
        if row.is_open:
            raise Http404(pk)
        return pdf_response(letter_pdf(row), "synthese-education.pdf")


def letter_pdf(row: Enrolment) -> bytes:
    """Return the letter, always in French: to whom, about whom, the goals, the sessions, the summary."""
    with override("fr"):
        assert row.ended_at is not None
        patient, now = row.patient, timezone.now()
        zone = patient.scope.zone
        came = [one for one in queries.places_of(row) if one.attendance == Attendance.PRESENT]
        sessions = [
            f"{formats.date_short(one.session.starts_at.astimezone(zone))} : {one.session.theme}"
            for one in came
        ]
        doctor, ended = patient.referring_doctor, formats.date_short(row.ended_at.astimezone(zone))
        born = formats.date_short(patient.birth_date) if patient.birth_date else ""
        content = {
            "title": _("Éducation thérapeutique : synthèse"),
            "to": str(doctor) if doctor is not None else _("Au médecin traitant"),
            "facts": [
                [_("Personne"), ", ".join(filter(None, (patient.name, born)))],
                [_("Programme"), row.programme.title],
                [_("Suivi par"), str(row.educator)],
                [
                    _("Fini le"),
                    f"{ended}, {row.get_ending_display()}",
                ],
            ],
            "sections": [
                [_("Objectifs négociés"), row.goals or "–"],
                [_("Séances suivies"), "\n".join(sessions) or "–"],
                [_("Synthèse"), row.summary],
            ],
            "vintage": _("Imprimé le {day} depuis Maillage.").format(day=formats.date_short(now)),
        }
        return printing.pdf(TEMPLATE, content, timezone.localdate(now))
