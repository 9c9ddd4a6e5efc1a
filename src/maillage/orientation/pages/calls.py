"""Recording a call: few fields, the patient looked for, a name allowed to be missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.parameters import row_key
from maillage.kernel.phones import written_phone
from maillage.orientation import api
from maillage.orientation.models import Request
from maillage.orientation.pages.base import OfDesk, OfRequest, is_partial
from maillage.orientation.pages.desk import screen
from maillage.orientation.pages.forms import ANOTHER, CallForm, CompleteForm
from maillage.orientation.pages.work import shown_again
from maillage.orientation.rules.vocabulary import Origin
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
        context.setdefault("matches", [])
        return super().get_context_data(**screen(self, step="request") | context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look for the patient, or record the call; nothing typed is lost where something is missing."""
        form = CallForm(request.POST, motives=list(api.motive_labels().items()))
        if not form.is_valid():
            return self._again(form, [], searched=False)
        if "search" in request.POST:
            return self._again(form, self._found(form), searched=True, status=200)
        try:
            opened = self._record(form, request.POST.get("patient", ""))
        except people.DuplicateWarning as warning:
            return self._again(
                form, [_described(one.patient) for one in warning.matches if one.is_visible], searched=True
            )
        except (ValidationError, api.OrientationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            return self._again(form, [], searched=False)
        return redirect("orientation:request", pk=opened.pk)

    @transaction.atomic
    def _record(self, form: CallForm, chosen: str) -> Request:
        values = form.request_values() | {"patient": self._patient(form, chosen)}
        origin = Origin(form.cleaned_data["origin"])
        key = form.cleaned_data["key"]
        return api.open_request(by=self.person, scope=self.scope, origin=origin, key=key, values=values)

    def _patient(self, form: CallForm, chosen: str) -> people.Patient | None:
        """Return the patient chosen, or a new provisional file, or nobody where no name was given."""
        if row_key(chosen):
            return people.patient_file(by=self.person, pk=row_key(chosen), purpose=FINDING).patient
        if not form.cleaned_data["last_name"]:
            return None
        return people.register(
            by=self.person, scope=self.scope, values=form.patient_values(), is_another=chosen == ANOTHER
        )

    def _found(self, form: CallForm) -> list[Found]:
        text = form.searched
        shown = people.search_patients(by=self.person, text=text, purpose=FINDING, limit=6) if text else []
        return [_described(one) for one in shown]

    def _again(
        self, form: CallForm, matches: list[Found], *, searched: bool, status: int = 422
    ) -> HttpResponse:
        context = self.get_context_data(form=form, matches=matches, searched=searched)
        return self.render_to_response(context, status=status)


def _described(patient: people.Patient) -> Found:
    said = [patient.born, written_phone(patient.phone)]
    return Found(patient.pk, patient.name, " · ".join(filter(None, said)))


class Complete(OfRequest, Endpoint):
    """Adds what was missing: who, where, how urgent."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (read by `asked`)
        """Describe the request; a name given now opens a provisional file."""
        form = CompleteForm(request.POST, motives=list(api.motive_labels().items()))
        try:
            if not form.is_valid():
                raise ValidationError([text for texts in form.errors.values() for text in texts])
            self._describe(form)
        except people.DuplicateWarning:
            messages.warning(
                request, _("Un dossier semble être le sien : cherchez-le, ou donnez sa date de naissance.")
            )
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        except api.OrientationError as error:
            messages.warning(request, str(error))
        return shown_again(self) if is_partial(request) else self.back()

    @transaction.atomic
    def _describe(self, form: CompleteForm) -> None:
        values = form.changes(self.asked)
        if self.asked.patient is None and form.cleaned_data["last_name"]:
            given = form.patient_values() | {"phone": self.asked.caller_phone}
            values["patient"] = self._registered(given)
        api.describe(by=self.person, request=self.asked, values=values)

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
