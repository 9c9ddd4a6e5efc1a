"""What people demand of their data: noted, answered by the DPO, fetched; who read a file, as a CSV."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import access, formats
from maillage.kernel.fields import Textarea
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, csv_response
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.tables import Column, Row, Table
from maillage.people import actions, queries
from maillage.people.actions import copies, rights
from maillage.people.models import (
    ANSWER_LABELS,
    MEANS_LABELS,
    PART_LABELS,
    RIGHT_LABELS,
    CareRestriction,
    DataCopy,
    Patient,
    RightsRequest,
)
from maillage.people.pages import presenters
from maillage.people.queries import rights as found
from maillage.people.queries.retention import hold_of
from maillage.people.queries.signals import words_of_danger
from maillage.people.rules.circle import SPARED, Means, Part
from maillage.people.rules.rights import Answer, Right

#: Lines of an access log in a file.
EXPORTED = 20_000
NOTING = "demande sur ses données"
#: The same demands as the person says them.
OWN_LABELS: dict[Right, str | Promise] = {
    Right.ACCESS: lazy("Recevoir une copie de mes données"),
    Right.RECTIFICATION: lazy("Faire corriger une erreur"),
    Right.ERASURE: lazy("Faire effacer des données"),
    Right.RESTRICTION: lazy("Faire geler l’usage de mes données"),
    Right.OPPOSITION: lazy("M’opposer à un usage de mes données"),
}
HINTS: dict[Right, str | Promise] = {
    Right.ACCESS: lazy("Un fichier à lire et un fichier pour un autre logiciel, prêts en quelques minutes."),
    Right.RECTIFICATION: lazy("Dites ce qui est faux et ce qui est juste."),
    Right.ERASURE: lazy("Ce qui est du soin est gardé par la loi ; le reste s’efface."),
    Right.RESTRICTION: lazy("Le temps de vérifier une donnée, ou de la garder pour une preuve."),
    Right.OPPOSITION: lazy("Pour fermer une partie du dossier à quelqu’un, allez plutôt dans les choix."),
}


#: What accepting each demand does at once, said to the DPO before they answer.
EFFECTS: dict[Right, str | Promise] = {
    Right.RESTRICTION: lazy(
        "Acceptée, elle ferme le dossier dès maintenant : seuls la personne, un accès d’urgence "
        "et un acte qu’elle demande le lisent ; rien n’en est compté ni publié."
    ),
    Right.OPPOSITION: lazy(
        "Acceptée, la personne sort dès maintenant des comptes et des statistiques ; "
        "ses soins ne changent pas."
    ),
}


class AskForm(KeyedForm):
    """What is demanded, and how it was said."""

    right = forms.ChoiceField(label=lazy("Demande"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=lazy("Précisions"),
        required=False,
        max_length=1000,
        widget=Textarea(attrs={"rows": 3}),
        help_text=lazy("Inutile pour une copie."),
    )
    means = forms.ChoiceField(label=lazy("Comment la personne l’a dit"), required=False)

    def __init__(self, *args: Any, is_own: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = OWN_LABELS if is_own else RIGHT_LABELS
        self.fields["right"].choices = [(one.value, words) for one, words in labels.items()]  # type: ignore[attr-defined]  # a field of choices
        self.fields["right"].initial = Right.ACCESS.value
        if is_own:
            del self.fields["means"]
        else:
            spoken = [(one.value, words) for one, words in MEANS_LABELS.items() if one is not Means.SPACE]
            self.fields["means"].choices = spoken  # type: ignore[attr-defined]  # a field of choices
            self.fields["means"].required = True


class AnswerForm(forms.Form):
    """What the DPO decides, in words that the person reads; of a restriction, what it freezes."""

    answer = forms.ChoiceField(
        label=lazy("Réponse"),
        widget=forms.RadioSelect,
        choices=[(one.value, words) for one, words in ANSWER_LABELS.items()],
    )
    words = forms.CharField(
        label=lazy("Ce qui est répondu"),
        max_length=2000,
        widget=Textarea(attrs={"rows": 4}),
        help_text=lazy("La personne le lit tel quel ; un refus dit pourquoi et qu’elle peut saisir la CNIL."),
    )

    parts = forms.MultipleChoiceField(
        label=lazy("Parties gelées, si la demande est acceptée en partie"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, words) for one, words in PART_LABELS.items() if one not in SPARED],
        help_text=lazy("L’identité et la fiche d’urgence restent lisibles par l’équipe de soins."),
    )

    def __init__(self, *args: Any, right: Right, **options: Any) -> None:
        super().__init__(*args, **options)
        if right is not Right.RESTRICTION:
            del self.fields["parts"]


class LiftForm(forms.Form):
    """Why what was frozen is to be used again."""

    restriction = forms.IntegerField(
        min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput, required=False
    )
    why = forms.CharField(label=lazy("Pourquoi le gel prend fin"), max_length=300)
    is_agreed = forms.BooleanField(label=lazy("La personne est d’accord : sans attendre"), required=False)


class ExtensionForm(forms.Form):
    """Why the answer takes longer."""

    why = forms.CharField(label=lazy("Pourquoi il faut plus de temps"), max_length=300)


class PatientRights(Page):
    """What one person demanded of their data, and a form for one demand more."""

    template_name = "people/rights.html"
    permission = None

    @cached_property
    def patient(self) -> Patient:
        """The patient. Raises Http404 where the visitor may not note their demands."""
        try:
            if access.may_everywhere(self.person, Permission.VIEW_JOURNAL):
                return queries.patient_for_log(by=self.person, pk=self.kwargs["pk"])
            read = queries.patient_file(by=self.person, pk=self.kwargs["pk"], purpose=NOTING)
        except Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None
        if not rights.may_ask_for(self.person, read.patient):
            raise Http404(self.kwargs["pk"])
        return read.patient

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        is_own = actions.is_own_file(self.person, self.patient)
        context.setdefault("form", AskForm(is_own=is_own))
        rows = found.requests_of(by=self.person, patient=self.patient)
        ready = found.copies_of(by=self.person, requests=rows)
        frozen = found.restrictions_by(rows)
        return super().get_context_data(
            patient=self.patient,
            is_own=is_own,
            rows=[(one, self._link(ready.get(one.pk)), frozen[one.pk]) for one in rows],
            hints=[((OWN_LABELS if is_own else RIGHT_LABELS)[one], words) for one, words in HINTS.items()],
            delay=rule("people.rights.answer_months"),
            alarms=words_of_danger(*(one.text for one in rows if one.decided_at is None)),
            hold=hold_of(self.patient),
            is_dpo=access.may_everywhere(self.person, Permission.VIEW_JOURNAL),
            **context,
        )

    def _link(self, copy: DataCopy | None) -> str:
        return copies.link_for(self.person, copy) if copy is not None and copy.is_ready else ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note a demand."""
        is_own = actions.is_own_file(self.person, self.patient)
        form = AskForm(request.POST, is_own=is_own)
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = rights.ask_right(
                    by=self.person,
                    patient=self.patient,
                    right=Right(said["right"]),
                    text=said["text"],
                    means=Means(said.get("means") or Means.SPACE),
                    key=said["key"],
                )
            except (ValidationError, PermissionDenied) as error:
                form.add_error(None, " ".join(getattr(error, "messages", [str(error)])))
            else:
                text = _("Demande notée : la réponse est due avant le {day}.")
                if made.right == Right.ACCESS.value:
                    text = _("Demande notée : la copie se prépare, rechargez cette page dans une minute.")
                messages.success(request, text.format(day=formats.date_short(made.due_on)))
                return redirect("people:rights", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Copy(Endpoint):
    """The copy of somebody's data, by a link of a few minutes; its access log tells who fetched it."""

    permission = None

    def get(self, request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Answer with the ZIP. Raises Http404 where the link is no longer one."""
        try:
            name, content = copies.fetch(by=self.person, token=token)
        except DataCopy.DoesNotExist:
            raise Http404(token) from None
        response = HttpResponse(content, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response


class Overseen(Page):
    """What the DPO alone sees."""

    permission = Permission.VIEW_JOURNAL
    everywhere = True


class Demands(Overseen):
    """The demands of people that wait, the nearest day first, and the last ones answered."""

    template_name = "people/demands.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = found.waiting(self.person)
        return super().get_context_data(
            waiting=rows,
            late=sum(one.is_late for one in rows),
            answered=found.answered(self.person),
            delay=rule("people.rights.answer_months"),
            **context,
        )


class Demand(Overseen):
    """One demand: what is asked, what the law keeps and what may be erased, and the answer."""

    template_name = "people/demand.html"

    @cached_property
    def demand(self) -> RightsRequest:
        """The demand. Raises Http404."""
        rows = RightsRequest.objects.for_person(self.person)
        row = rows.select_related("patient__scope", "by", "decided_by").filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404(self.kwargs["pk"])
        return row

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.demand.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.demand
        context.setdefault("form", AnswerForm(right=Right(row.right)))
        lifting = context.pop("lifting", None)
        frozen = found.restrictions_by([row])[row.pk]
        context.setdefault("extension_form", ExtensionForm())
        is_erasure = row.right == Right.ERASURE.value
        return super().get_context_data(
            row=row,
            patient=row.patient,
            alarms=words_of_danger(row.text) if row.decided_at is None else [],
            hold=hold_of(row.patient) if is_erasure else None,
            held=found.held_about(by=self.person, patient=row.patient) if is_erasure else [],
            may_extend=row.decided_at is None and row.extended_at is None and not row.is_late,
            is_copy=row.right == Right.ACCESS.value,
            restrictions=[(one, self._lift_form(one, lifting)) for one in frozen],
            notice=rule("people.rights.lift_notice_days"),
            effect=EFFECTS.get(Right(row.right), ""),
            erased=sum(count for _table, count in row.done),
            **context,
        )

    def _lift_form(self, one: CareRestriction, sent: LiftForm | None) -> LiftForm | None:
        if one.lifted_at is not None:
            return None
        if sent is not None and sent.data.get("restriction") == str(one.pk):
            return sent
        return LiftForm(initial={"restriction": one.pk}, auto_id=f"id_%s_{one.pk}")

    def _lift(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = LiftForm(request.POST, auto_id=f"id_%s_{request.POST.get('restriction', '')}")
        if form.is_valid():
            said = form.cleaned_data
            frozen = found.restrictions_by([self.demand])[pk]
            row = next((one for one in frozen if one.pk == said["restriction"]), None)
            if row is None:
                raise Http404(said["restriction"])
            try:
                lifted = rights.lift_restriction(
                    by=self.person, restriction=row, why=said["why"], is_agreed=said["is_agreed"]
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                text = _("Le gel prend fin le {day} à {hour} ; la personne en est avertie.")
                until = timezone.localtime(lifted.until, self.demand.patient.scope.zone)
                messages.success(
                    request, text.format(day=formats.date_short(until), hour=formats.time_short(until))
                )
                return redirect("people:demand", pk=pk)
        return self.render_to_response(self.get_context_data(lifting=form), status=422)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the demand, lengthen its delay, or lift what it froze."""
        if request.POST.get("do") == "lift":
            return self._lift(request, pk)
        is_extension = request.POST.get("do") == "extend"
        form: forms.Form = (
            ExtensionForm(request.POST)
            if is_extension
            else AnswerForm(request.POST, right=Right(self.demand.right))
        )
        if form.is_valid():
            try:
                if isinstance(form, ExtensionForm):
                    rights.extend(by=self.person, request=self.demand, why=form.cleaned_data["why"])
                    done = _("Délai prolongé ; la personne en est avertie.")
                else:
                    said = form.cleaned_data
                    rights.answer(
                        by=self.person,
                        request=self.demand,
                        answer=Answer(said["answer"]),
                        words=said["words"],
                        parts=[Part(one) for one in said.get("parts", [])],
                    )
                    done = _("Réponse donnée ; la personne en est avertie.")
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, done)
                return redirect("people:demand", pk=pk)
        name = "extension_form" if is_extension else "form"
        return self.render_to_response(self.get_context_data(**{name: form}), status=422)


class AccessLogFile(Endpoint):
    """Who read one file, as a CSV for the DPO and the patient."""

    permission = None

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Answer with the file."""
        try:
            patient = queries.patient_for_log(by=self.person, pk=pk)
        except Patient.DoesNotExist:
            raise Http404(pk) from None
        lines = queries.access_log(by=self.person, patient=patient, limit=EXPORTED)
        roles = presenters.roles_said({line.person_id for line in lines})
        columns = [
            Column("at", _("Quand")),
            Column("who", _("Qui")),
            Column("roles", _("Rôles")),
            Column("what", _("Quoi")),
            Column("purpose", _("Pourquoi")),
        ]
        cells = (
            {
                "at": line.at.isoformat(timespec="seconds"),
                "who": str(line.person),
                "roles": ", ".join(roles[line.person_id]),
                "what": str(presenters.READ_LABELS[line.what]),
                "purpose": line.purpose,
            }
            for line in lines
        )
        return csv_response(Table(f"lectures-{pk}", _("Lectures"), columns, [Row(cell) for cell in cells]))
