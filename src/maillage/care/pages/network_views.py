"""Networks: the pathways of one patient, step by step; the templates with how many follow them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care.actions import networks as actions
from maillage.care.models import NETWORK_LABELS, STEP_LABELS
from maillage.care.pages.base import OfPatient
from maillage.care.pages.network_forms import CloseForm, OpenForm, StepForm
from maillage.care.queries import networks as queries
from maillage.care.queries.recalls import carriers
from maillage.care.rules.networks import Network
from maillage.kernel import access, formats
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.base import Page
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.people import api as people


class Networks(Page):
    """The template of each network, and how many pathways follow it in the territories of the visitor."""

    template_name = "care/networks.html"
    permission = Permission.VIEW_TRANSITION_COUNTS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        held = access.scopes_of(self.person, Permission.VIEW_TRANSITION_COUNTS)
        places = list(dict.fromkeys(held or Scope.objects.filter(kind="territory")))
        counts = [(place, {one.network: one for one in queries.network_counts(place)}) for place in places]
        return super().get_context_data(
            networks=[
                (
                    NETWORK_LABELS[one],
                    said,
                    [(STEP_LABELS[step], words, days) for step, words, days in said.steps],
                    ", ".join(said.partners),
                    [(place.label, _open(found[one]), _late(found[one])) for place, found in counts],
                )
                for one in Network
                for said in [queries.template(one)]
            ],
            **context,
        )


def _open(one: queries.NetworkCount) -> str:
    if one.open is None:
        return _("trop peu pour être compté")
    said = ngettext("{count} parcours ouvert", "{count} parcours ouverts", one.open)
    return said.format(count=formats.number(one.open))


def _late(one: queries.NetworkCount) -> str:
    late = [
        _("{step} : {count} en retard").format(step=STEP_LABELS[step], count=formats.number(count))
        for step, count in one.late.items()
        if count is not None
    ]
    return " · ".join(late)


class Pathways(OfPatient, Page):
    """The networks that one patient's pathway goes through, step by step."""

    template_name = "care/pathways.html"
    purpose = "lecture du parcours"

    @cached_property
    def carriers(self) -> list[Person]:
        """Who may carry a step."""
        return carriers(self.patient, people.Part.PLAN)

    @cached_property
    def seen(self) -> list[queries.PathwaySeen]:
        """The pathways of the patient."""
        return queries.networks_of(self.patient)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        going = [one for one in self.seen if one.row.closed_at is None]
        sent = context.pop("sent", {})
        opened = {Network(one.row.network) for one in going}
        may = self.may_write
        return super().get_context_data(
            patient=self.patient,
            is_own=self.is_own,
            finding=finding(going),
            going=[
                (
                    one,
                    [(step, self._step_form(step, sent) if may else None) for step in one.steps],
                    queries.partners_in(self.patient.scope, one.template),
                    sent.get(f"close-{one.row.pk}", CloseForm(auto_id=f"close-{one.row.pk}-%s"))
                    if may
                    else None,
                )
                for one in going
            ],
            over=[one for one in self.seen if one.row.closed_at is not None],
            form=sent.get("open", OpenForm(opened=opened)) if may and len(opened) < len(Network) else None,
            wrong=next(iter(sent.values()), None),
            **context,
        )

    def _step_form(self, step: queries.StepSeen, sent: dict[str, Any]) -> Any:
        row = step.row
        account = row.person_id or (row.professional.account_id if row.professional else None)
        initial = {
            "owner": str(account),
            "due_on": row.due_on,
            "done_on": row.done_on,
            "words": row.words,
            "seen": row.version,
        }
        made = StepForm(carriers=self.carriers, initial=initial, auto_id=f"step-{row.pk}-%s")
        return sent.get(f"step-{row.pk}", made)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open, write a step or close, or say why not with all that was typed."""
        if not self.may_write:
            raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))
        name, form, act = self._asked(request)
        try:
            if not form.is_valid():
                raise ValidationError(_("Relisez les champs marqués."))
            said = act(form)
        except ValidationError as error:
            form.add_error(None, error)
            self.__dict__.pop("seen", None)  # as it stands now: somebody else may have written
            self._freshen(name, form)
            return self.render_to_response(self.get_context_data(sent={name: form}), status=422)
        messages.success(request, said)
        return redirect("care:pathways", pk=pk)

    def _asked(self, request: HttpRequest) -> tuple[str, Any, Any]:
        """Return the name of what was sent, its form, what it does. Raises Http404 for what is not here."""
        do, sent = request.POST.get("do", ""), request.POST
        if do == "step":
            step = self._found(row_key(sent.get("step", "")))
            name = f"step-{step.row.pk}"
            form = StepForm(sent, carriers=self.carriers, auto_id=f"{name}-%s")
            return name, form, lambda form: self._write(step, form)
        if do == "close":
            pathway = row_key(sent.get("pathway", ""))
            one = next((one for one in self.seen if one.row.pk == pathway), None)
            if one is None:
                raise Http404(do)
            name = f"close-{one.row.pk}"
            return name, CloseForm(sent, auto_id=f"{name}-%s"), lambda form: self._close(one, form)
        return "open", OpenForm(sent, opened=()), self._open

    def _found(self, pk: int | None) -> queries.StepSeen:
        for one in self.seen:
            for step in one.steps:
                if step.row.pk == pk:
                    return step
        raise Http404(pk)

    def _freshen(self, name: str, form: Any) -> None:
        """Let the next sending of a step answer the version that the page now shows."""
        if name.startswith("step-"):
            form.data = form.data.copy()
            form.data["seen"] = str(self._found(int(name.removeprefix("step-"))).row.version)

    def _open(self, form: Any) -> str:
        network = Network(form.cleaned_data["network"])
        actions.open_pathway(
            by=self.person, patient=self.patient, network=network, key=form.cleaned_data["key"]
        )
        return _("Parcours ouvert : {network}.").format(network=NETWORK_LABELS[network])

    def _write(self, step: queries.StepSeen, form: Any) -> str:
        actions.write_step(by=self.person, step=step.row, **form.values())
        return _("Étape notée : {step}.").format(step=step.row.get_step_display())

    def _close(self, one: queries.PathwaySeen, form: Any) -> str:
        actions.close_pathway(by=self.person, pathway=one.row, why=form.cleaned_data["why"])
        return _("Parcours fermé : {network}.").format(network=one.row.get_network_display())


def finding(going: list[queries.PathwaySeen]) -> str:
    """Say which networks are followed, and what is late in them."""
    if not going:
        return _("Aucune filière n’est suivie.")
    late = [late_said(one, step) for one in going for step in one.late]
    if late:
        return f"{formats.listed(late[:2])}."
    said = _("Filière suivie : {networks}, rien en retard.")
    return said.format(networks=", ".join(str(one.row.get_network_display()) for one in going))


def late_said(one: queries.PathwaySeen, step: queries.StepSeen) -> str:
    """Say in words that a step is late."""
    said = ngettext(
        "{network}, {step} en retard d’un jour", "{network}, {step} en retard de {count} jours", step.late
    )
    return said.format(
        network=one.row.get_network_display(),
        step=str(step.row.get_step_display()).lower(),
        count=formats.number(step.late),
    )
