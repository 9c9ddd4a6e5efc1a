"""Recording a call: few fields, the patient looked for, a name allowed to be missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillage.kernel import clock, formats
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.parameters import row_key
from maillage.kernel.phones import written_phone
from maillage.orientation import api
from maillage.orientation.models import Request
from maillage.orientation.pages import panels
from maillage.orientation.pages.base import OfDesk, OfRequest, is_partial
from maillage.orientation.pages.desk import RequestPage, around, middle
from maillage.orientation.pages.forms import ANOTHER, AgedForm, CallForm, CompleteForm
from maillage.orientation.pages.work import shown_again
from maillage.orientation.rules.ages import months_on
from maillage.orientation.rules.vocabulary import Origin, Priority
from maillage.people import api as people

FINDING = "appel au bureau de régulation"


@dataclass(frozen=True, slots=True)
class Found:
    """A patient who may be the one of the call."""

    pk: int
    name: str
    detail: str


class Call(OfDesk, Page):
    """The form of a call, in the middle of the desk."""

    template_name = "orientation/desk.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", CallForm(motives=list(api.motive_labels().items())))
        context.setdefault("searched", False)
        context.setdefault("vital", False)
        context.setdefault("matches", [])
        shown = middle(self, step="request")
        if not is_partial(self.request):
            shown |= around(self)
        return super().get_context_data(**shown | context)

    def get_template_names(self) -> list[str]:
        return ["orientation/_changed.html"] if is_partial(self.request) else super().get_template_names()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look for the patient, or record the call; nothing typed is lost where something is missing.

        A vital motive waits for nothing: the call is recorded with what could be read, the rest as it was
        typed, and the screen of the request says the 15.
        """
        form = CallForm(request.POST, motives=list(api.motive_labels().items()))
        chosen, is_vital = request.POST.get("patient", ""), form.leads_to_15()
        if "search" in request.POST and (is_vital or form.is_valid()):
            return self._again(form, self._found(form), searched=True, status=200)
        if not form.is_valid():
            is_vital = is_vital or self._is_vital_by_file(form, chosen)
            return self._at_once(form, chosen) if is_vital else self._again(form, [], searched=False)
        try:
            opened = self._record(form, chosen)
        except people.DuplicateWarning as warning:
            if is_vital:
                return self._at_once(form, chosen)
            return self._again(
                form, [_described(one.patient) for one in warning.matches if one.is_visible], searched=True
            )
        except people.Patient.DoesNotExist:
            if is_vital:
                return self._at_once(form, chosen)
            raise Http404(chosen) from None
        except (ValidationError, api.OrientationError) as error:
            if is_vital:
                return self._at_once(form, chosen)
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            return self._again(form, [], searched=False)
        return self._shown(opened)

    def _is_vital_by_file(self, form: CallForm, chosen: str) -> bool:
        """Return whether the motive is vital at the age of the file chosen, which is logged as read."""
        if not row_key(chosen):
            return False
        try:
            born = people.found_patient(by=self.person, pk=row_key(chosen), purpose=FINDING).birth_date
        except people.Patient.DoesNotExist:
            return False
        return born is not None and api.is_vital(form.motive_typed, months_on(born, clock.today(self.scope)))

    def _at_once(self, form: CallForm, chosen: str) -> HttpResponse:
        """Record a vital call with what could be read of it; the file of the patient is found afterwards."""
        rest = form.set_aside_errors()
        try:
            with transaction.atomic():
                opened = self._record(form, chosen)
        except (ValidationError, api.OrientationError, people.Patient.DoesNotExist) as error:
            opened = self._opened(form, form.said_values())
            why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            text = _("Enregistrée sans dossier, à choisir une fois le 15 appelé : {why}")
            messages.warning(self.request, text.format(why=why))
        if rest:
            text = _("Écrit à l’appel et gardé tel quel, à vérifier : {rest}")
            messages.warning(self.request, text.format(rest=formats.listed(rest.split("\n"))))
        return self._shown(opened)

    def _shown(self, opened: Request) -> HttpResponse:
        """Show the request recorded: in place where a script asks, else by its address."""
        if not is_partial(self.request):
            return redirect("orientation:request", pk=opened.pk)
        return self._in_place(opened)

    def _in_place(self, opened: Request) -> HttpResponse:
        """Return the new request in the middle, and the queue that it joins."""
        page = OfRequest()
        page.setup(self.request, pk=opened.pk)
        answer = shown_again(page, joins=True)
        answer["HX-Push-Url"] = answer.headers["HX-Replace-Url"]
        del answer["HX-Replace-Url"]
        return answer

    @transaction.atomic
    def _record(self, form: CallForm, chosen: str) -> Request:
        return self._opened(form, {"patient": self._patient(form, chosen)})

    def _opened(self, form: CallForm, person: dict[str, Any]) -> Request:
        values = form.request_values() | person
        origin = Origin(form.cleaned_data["origin"])
        key = form.cleaned_data["key"]
        return api.open_request(by=self.person, scope=self.scope, origin=origin, key=key, values=values)

    def _patient(self, form: CallForm, chosen: str) -> people.Patient | None:
        """Return the patient chosen, or a new provisional file, or nobody where no name was given."""
        if row_key(chosen):
            return people.found_patient(by=self.person, pk=row_key(chosen), purpose=FINDING)
        if not form.cleaned_data["last_name"]:
            return None
        return people.register(
            by=self.person, scope=self.scope, values=form.patient_values(), is_another=chosen == ANOTHER
        )

    def _found(self, form: CallForm) -> list[Found]:
        """Return who bears the identity said: the name with the birth date first, else the phone."""
        for text in form.searched:
            shown = people.search_patients(by=self.person, text=text, purpose=FINDING, limit=6)
            if shown:
                return [_described(one) for one in shown]
        return []

    def _again(
        self, form: CallForm, matches: list[Found], *, searched: bool, status: int = 422
    ) -> HttpResponse:
        vital = form.leads_to_15()
        context = self.get_context_data(form=form, matches=matches, searched=searched, vital=vital)
        return self.render_to_response(context, status=status)


def _described(patient: people.Patient) -> Found:
    said = [patient.born, written_phone(patient.phone)]
    return Found(patient.pk, patient.name, " · ".join(filter(None, said)))


class Vital(Endpoint):
    """Whether what a form says so far is for the 15: its panel, asked as a motive or an age is chosen."""

    permission = None  # the rule of a motive is nobody's secret

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer with the panel, empty where the 15 is not due by what is typed."""
        return render(request, "orientation/_vital.html", {"vital": AgedForm(request.POST).leads_to_15()})


#: Fields of the form in which what a request says is typed.
_TYPED_IN = {
    "said_last_name": "last_name", "said_first_name": "first_name", "said_birth_date": "birth_date",
    "age_months": "age_years",
}  # fmt: skip


class Complete(OfRequest, Endpoint):
    """Adds what was missing: who, where, how urgent."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Lead back to the request: a refusal is read at this address, which a reader may load again."""
        return self.back()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (read by `asked`)
        """Describe the request; a name given now opens a provisional file.

        What is refused comes back as it was typed, over what the request says by now.
        """
        form = CompleteForm(request.POST, request=self.asked, motives=list(api.motive_labels().items()))
        is_lowered = False
        try:
            if form.is_valid():
                self._save(form)
                self.read_again()
                return shown_again(self) if is_partial(request) else self.back()
            why = []
        except people.DuplicateWarning:
            why = [_("Un dossier semble être le sien : cherchez-le, ou donnez sa date de naissance.")]
        except api.ChangedMeanwhileError as error:
            why = [str(error), *self._both(form, error.conflicts)]
        except api.OrientationError as error:
            why, is_lowered = [str(error)], error.refusal is api.Refusal.LOWERED
        except ValidationError as error:
            why = error.messages
        is_said = form.leads_to_15() and self._vital_alone(form)
        self.read_again()
        again = form.again(self.asked, asks_reason=is_lowered)
        for text in why:
            again.add_error(None, text)
        page = RequestPage()
        page.setup(request, pk=self.asked.pk)
        context = page.get_context_data(
            panel=panels.COMPLETE, complete=again, refused=True, vital=form.leads_to_15() and not is_said
        )
        answer = page.render_to_response(context, status=422)
        answer["HX-Replace-Url"] = self.address()
        return answer

    @transaction.atomic
    def _save(self, form: CompleteForm) -> None:
        values = form.changes()
        if self.asked.patient is None and form.cleaned_data.get("last_name"):
            given = form.patient_values() | {"phone": self.asked.caller_phone}
            values["patient"] = self._registered(given)
        if values:
            reason = form.cleaned_data.get("reason", "")
            shown = form.shown_values
            api.describe(by=self.person, request=self.asked, values=values, shown=shown, reason=reason)

    def _vital_alone(self, form: CompleteForm) -> bool:
        """Keep a vital motive whatever else of the form is refused; return whether it is.

        Where the age that makes it vital is not that of the file, the motive is kept as a P0.
        """
        motive = {"motive": form.motive_typed}
        for values in (motive | form.vital_age(), motive | {"priority": Priority.P0.value}):
            try:
                api.describe(by=self.person, request=self.asked, values=values)
            except api.OrientationError:
                continue
            return True
        return False

    def _both(self, form: CompleteForm, conflicts: dict[str, object]) -> list[str]:
        """Say of each field that somebody else changed both what is typed and what the request says now."""
        text = _("{label} : vous écrivez « {mine} », la demande dit maintenant « {theirs} ».")
        said = []
        for name, now in conflicts.items():
            field = form[_TYPED_IN.get(name, name)] if name != "patient" else form["last_name"]
            choices = {str(value): str(label) for value, label in getattr(field.field, "choices", ())}
            mine, theirs = str(field.value() or ""), _said_now(name, now)
            words = {"mine": choices.get(mine, mine), "theirs": choices.get(theirs, theirs)}
            said.append(text.format(label=field.label, **{key: one or "–" for key, one in words.items()}))
        return said

    def _registered(self, given: dict[str, Any]) -> people.Patient:
        """Open a file; one that only resembles another is opened with a warning: nothing else asks here."""
        scope = self.asked.scope
        try:
            return people.register(by=self.person, scope=scope, values=given)
        except people.DuplicateWarning as warning:
            if warning.is_sure:
                raise
        messages.warning(
            self.request,
            _("Un dossier aux noms qui se ressemblent existe : vérifiez que ce n’est pas le sien."),
        )
        return people.register(by=self.person, scope=scope, values=given, is_another=True)


def _said_now(name: str, value: object) -> str:
    """Write what a field of a request says now, as its form shows it."""
    if value is None:
        return ""
    if name == "age_months" and isinstance(value, int):
        return api.person_age(value)
    if name == "patient":
        return _("un dossier est choisi")
    return str(value)
