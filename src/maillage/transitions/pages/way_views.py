"""The way through a hospital and back: the list, the forms that begin one, its page and its gestures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.transitions.actions import ways as actions
from maillage.transitions.models import MedicineLine, Way
from maillage.transitions.models.ways import BLOCKER_LABELS
from maillage.transitions.pages import way_forms
from maillage.transitions.pages import way_presenters as presenters
from maillage.transitions.pages.base import OfPatient
from maillage.transitions.queries import ways as queries
from maillage.transitions.rules.ways import ASKED_KINDS, WayKind, WayState


def owners(patient: people.Patient) -> list[tuple[str, str]]:
    """Return who may owe the visit: those of the circle who read the plan, as choices."""
    return [(key, name) for key, name, _who in people.holders_reading(patient, people.Part.PLAN)]


def owner_of(form: forms.Form) -> care.Owner:
    """Return whom a valid form names. Raises ValidationError."""
    found = actions.owner_named(form.cleaned_data["owner"])
    if found is None:
        raise ValidationError(_("Choisissez qui fait la visite."))
    return found


class Ways(Page):
    """Who is in hospital or came back, and what each return waits for."""

    template_name = "transitions/ways.html"
    permission = Permission.SEND_REQUEST

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.ways_of_circle(self.person)
        under_way = [one for one in rows if one.is_open]
        returns = queries.returns_to_follow(self.person)
        if returns:
            patients = {one.stay.patient_id: one.stay.patient for one in returns}
            people.log_access(
                by=self.person, patients=patients.values(), what="list", purpose=queries.READING
            )
        said = presenters.ways_said(under_way)
        return super().get_context_data(
            finding=f"{said}." if under_way else _("Personne de votre cercle n’est à l’hôpital."),
            lines=[presenters.way_line(one) for one in under_way],
            ended=[one for one in rows if not one.is_open],
            returns=returns,
            **context,
        )


class NewWay(OfPatient, Page):
    """Ask for an admission, note a discharge, or follow a resident who came back."""

    template_name = "transitions/way_form.html"
    purpose = queries.READING

    @cached_property
    def event(self) -> care.AcuteEvent | None:
        """The transfer of the address (`?transfert=`), that came back and that nobody follows."""
        asked = row_key(self.request.POST.get("event") or self.request.GET.get("transfert"))
        return queries.event_to_follow(self.person, self.patient, asked) if asked else None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.may_write:
            raise PermissionDenied(_("Seuls les professionnels du cercle de soins notent ceci."))
        circle = owners(self.patient)
        context.setdefault("ask", way_forms.AdmissionForm(auto_id="id_ask_%s"))
        now = timezone.localtime().replace(second=0, microsecond=0)
        context.setdefault(
            "leave", way_forms.DischargeForm(owners=circle, initial={"left_at": now}, auto_id="id_leave_%s")
        )
        if self.event is not None:
            context.setdefault(
                "transfer", way_forms.TransferForm(owners=circle, initial={"event": self.event.pk})
            )
        return super().get_context_data(patient=self.patient, event=self.event, **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Begin what is asked, or say why not."""
        name = request.POST.get("do", "ask")
        form = self._form(name, request)
        if form.is_valid():
            try:
                way = self._begin(name, form)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("C’est noté."))
                return redirect("transitions:way", pk=way.pk)
        shown = name if name in {"leave", "transfer"} else "ask"
        return self.render_to_response(self.get_context_data(**{shown: form}), status=422)

    def _form(self, name: str, request: HttpRequest) -> forms.Form:
        if name == "leave":
            return way_forms.DischargeForm(request.POST, owners=owners(self.patient), auto_id="id_leave_%s")
        if name == "transfer" and self.event is not None:
            return way_forms.TransferForm(request.POST, owners=owners(self.patient))
        return way_forms.AdmissionForm(request.POST, auto_id="id_ask_%s")

    def _begin(self, name: str, form: forms.Form) -> Way:
        data = form.cleaned_data
        who: dict[str, Any] = {"by": self.person, "key": data["key"]}
        if isinstance(form, way_forms.DischargeForm):
            return actions.note_discharge(
                **who,
                patient=self.patient,
                place=data["place"],
                left_at=data["left_at"],
                owner=owner_of(form),
                summary=data["summary"],
            )
        if isinstance(form, way_forms.TransferForm):
            assert self.event is not None, name
            return actions.follow_transfer(**who, event=self.event, owner=owner_of(form))
        assert isinstance(form, way_forms.AdmissionForm)
        return actions.ask_admission(
            **who,
            patient=self.patient,
            kind=form.chosen_kind(),
            place=data["place"],
            reason=data["reason"],
            wanted_on=data["wanted_on"],
        )


class WayPage(Page):
    """One way: what its reader may read, its steps, its treatments side by side, the next gestures."""

    template_name = "transitions/way.html"
    permission = None

    @cached_property
    def read(self) -> queries.WayRead:
        """The way. Raises Http404 where the visitor reads none of that key."""
        found = queries.way_read(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @property
    def way(self) -> Way:
        """The way of the address."""
        return self.read.way

    @cached_property
    def lines(self) -> list[MedicineLine]:
        """Its treatments, for who reads health."""
        return queries.lines_of(self.way) if self.read.reads_health else []

    def get_clock(self) -> Scope | None:
        """Return the scope of the way."""
        return self.way.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        read, way, state = self.read, self.way, WayState(self.way.state)
        is_back = state is WayState.LEAVING
        unresolved = sum(one.is_unresolved for one in self.lines) if read.reads_health else None
        chosen = self._chosen() if is_back and read.may_decide else None
        return super().get_context_data(
            way=way,
            patient=way.patient,
            finding=presenters.awaited(way),
            is_late=queries.visit_is_late(way),
            reads_health=read.reads_health,
            may_write=read.may_write,
            may_decide=read.may_decide,
            is_asked=WayKind(way.kind) in ASKED_KINDS,
            is_back=is_back,
            steps=presenters.steps(way, unresolved),
            visit=queries.visit_of(way),
            lines=self.lines,
            unresolved=presenters.unresolved_said(self.lines),
            chosen=chosen,
            blockers=[BLOCKER_LABELS[one] for one in queries.blocked_by(way)] if read.may_write else [],
            forms=self._forms(state, chosen, context.pop("bound", {})),
            **context,
        )

    def _chosen(self) -> MedicineLine | None:
        """Return the line that carries the gestures: the one of the address, else the first undecided."""
        asked = row_key(self.request.POST.get("line") or self.request.GET.get("ligne"))
        found = next((one for one in self.lines if one.pk == asked), None)
        return found or next((one for one in self.lines if one.is_unresolved), None)

    def _forms(
        self, state: WayState, chosen: MedicineLine | None, bound: dict[str, forms.Form]
    ) -> dict[str, forms.Form]:
        """Return the forms that the state of the way offers, by what they do."""
        transfer = getattr(self.way.event, "transfer", None)
        now = timezone.localtime().replace(second=0, microsecond=0)
        offered: dict[WayState, dict[str, Callable[[], forms.Form]]] = {
            WayState.ASKED: {
                "accept": way_forms.AcceptanceForm,
                "refuse": way_forms.AdmissionRefusalForm,
                "cancel": way_forms.CancelForm,
            },
            WayState.ACCEPTED: {
                "enter": lambda: way_forms.EntryForm(initial={"entered_on": timezone.localdate()}),
                "cancel": way_forms.CancelForm,
            },
            WayState.REFUSED: {"end": way_forms.EndForm},
            WayState.INSIDE: {"leave": lambda: self._notice(now)},
            WayState.RETURN_REFUSED: {"leave": lambda: self._notice(now)},
            WayState.LEAVING: {
                "back": way_forms.ReturnRefusalForm,
                "list": lambda: way_forms.ListForm(
                    initial={"after": getattr(transfer, "medicines", "").replace(", ", "\n")}
                ),
                "no_list": way_forms.NoListForm,
                "line": lambda: way_forms.LineForm(shown=chosen),
                "end": way_forms.EndForm,
            },
        }
        return {name: bound.get(name) or make() for name, make in offered.get(state, {}).items()}

    def _notice(self, now: Any) -> forms.Form:
        return way_forms.NoticeForm(owners=owners(self.way.patient), initial={"left_at": now})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what one of the forms of the page asks."""
        name = request.POST.get("do", "")
        if name not in _DEEDS:
            return redirect("transitions:way", pk=pk)
        form = self._bound(name, request)
        if form.is_valid():
            try:
                messages.success(request, _DEEDS[name](self, form))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                anchor = "#traitements" if name in {"line", "list", "no_list"} else ""
                return redirect(reverse("transitions:way", args=[pk]) + anchor)
        return self.render_to_response(self.get_context_data(bound={name: form}), status=422)

    def _bound(self, name: str, request: HttpRequest) -> forms.Form:
        if name == "leave":
            return way_forms.NoticeForm(request.POST, owners=owners(self.way.patient))
        if name == "line":
            asked = row_key(request.POST.get("line"))
            shown = next((one for one in self.lines if one.pk == asked), None)
            return way_forms.LineForm(request.POST, shown=shown)
        return _FORMS[name](request.POST)

    def _accept(self, form: forms.Form) -> str:
        data = form.cleaned_data
        actions.answer_admission(
            by=self.person, way=self.way, planned_on=data["planned_on"], said=data["said"]
        )
        return _("Réponse notée : admission prévue.")

    def _refuse(self, form: forms.Form) -> str:
        assert isinstance(form, way_forms.AdmissionRefusalForm)
        actions.answer_admission(
            by=self.person, way=self.way, refusal=form.reason(), said=form.cleaned_data["said"]
        )
        return _("Refus noté, avec son motif.")

    def _enter(self, form: forms.Form) -> str:
        actions.note_entry(by=self.person, way=self.way, entered_on=form.cleaned_data["entered_on"])
        return _("Entrée notée.")

    def _leave(self, form: forms.Form) -> str:
        data = form.cleaned_data
        actions.tell_discharge(
            by=self.person,
            way=self.way,
            left_at=data["left_at"],
            owner=owner_of(form),
            summary=data["summary"],
        )
        return _("Avis de sortie noté : la visite est confiée.")

    def _back(self, form: forms.Form) -> str:
        assert isinstance(form, way_forms.ReturnRefusalForm)
        actions.refuse_return(
            by=self.person, way=self.way, refusal=form.reason(), said=form.cleaned_data["said"]
        )
        return _("Retour refusé, avec ce qui manque.")

    def _list(self, form: forms.Form) -> str:
        data = form.cleaned_data
        actions.receive_list(by=self.person, way=self.way, before=data["before"], after=data["after"])
        return _("Listes reçues : décidez de chaque ligne.")

    def _no_list(self, form: forms.Form) -> str:
        actions.note_no_list(by=self.person, way=self.way, why=form.cleaned_data["why"])
        return _("C’est noté : aucune liste n’est parvenue.")

    def _line(self, form: forms.Form) -> str:
        assert isinstance(form, way_forms.LineForm)
        data = form.cleaned_data
        line = next((one for one in self.lines if one.pk == data["line"]), None)
        if line is None:
            raise ValidationError(_("Choisissez une ligne."))
        actions.decide_line(
            by=self.person, line=line, change=form.chosen(), seen=data["seen"], note=data["note"]
        )
        return _("Décision notée.")

    def _end(self, form: forms.Form) -> str:
        actions.end_way(by=self.person, way=self.way, acknowledgement=form.cleaned_data["acknowledgement"])
        return _("Accusé noté : ce passage est terminé.")

    def _cancel(self, form: forms.Form) -> str:
        actions.cancel_way(by=self.person, way=self.way, reason=form.cleaned_data["reason"])
        return _("C’est noté : l’admission n’est plus demandée.")


_FORMS: dict[str, type[forms.Form]] = {
    "accept": way_forms.AcceptanceForm,
    "refuse": way_forms.AdmissionRefusalForm,
    "enter": way_forms.EntryForm,
    "back": way_forms.ReturnRefusalForm,
    "list": way_forms.ListForm,
    "no_list": way_forms.NoListForm,
    "end": way_forms.EndForm,
    "cancel": way_forms.CancelForm,
}
_DEEDS: dict[str, Callable[[WayPage, forms.Form], str]] = {
    "accept": WayPage._accept,
    "refuse": WayPage._refuse,
    "enter": WayPage._enter,
    "leave": WayPage._leave,
    "back": WayPage._back,
    "list": WayPage._list,
    "no_list": WayPage._no_list,
    "line": WayPage._line,
    "end": WayPage._end,
    "cancel": WayPage._cancel,
}
