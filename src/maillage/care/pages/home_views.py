"""A home's working page, the crisis card of a resident, the AGGIR grid, the booklets of the night."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.actions import booklets
from maillage.care.actions import homes as actions
from maillage.care.computations.card_pdf import card_pdf
from maillage.care.computations.cards import said_card
from maillage.care.models import Booklet, CrisisCard, Stay
from maillage.care.pages import home_presenters as presenters
from maillage.care.pages.base import OfPatient
from maillage.care.pages.home_forms import AdmissionForm, CardForm, GridForm, LeavingForm
from maillage.care.queries import homes as queries
from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, pdf_response
from maillage.kernel.parameters import row_key
from maillage.kernel.phones import written_phone
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people


class OfHome(PermissionMixin):
    """A page of a home where the visitor works; `?ehpad=` chooses among several."""

    permission = Permission.VIEW_RESIDENTS

    @cached_property
    def homes(self) -> list[directory.Structure]:
        """The homes where the visitor works today."""
        return queries.homes(self.person)

    @cached_property
    def home(self) -> directory.Structure:
        """The home at work. Raises PermissionDenied, with a sentence, where there is none."""
        asked = self.request.GET.get("ehpad")
        found = next((one for one in self.homes if one.pk == asked), None)
        if found is None and not self.homes:
            raise PermissionDenied(
                _("Vous ne travaillez dans aucun EHPAD de l’annuaire : la coordination peut l’y noter.")
            )
        return found or self.homes[0]

    @cached_property
    def scope(self) -> Scope:
        """The territory where the visitor keeps the residents of the home."""
        held = access.scopes_of(self.person, Permission.VIEW_RESIDENTS)
        places = [one for one in held or [] if one.kind == "territory"]
        if not places:
            raise PermissionDenied(_("Il vous faut un rôle dans un territoire."))
        return places[0]


class Residents(OfHome, Page):
    """Who lives in the home, and what each card and liaison file lacks."""

    template_name = "care/residents.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.homes:
            return super().get_context_data(home=None, may_admit=False, **context)
        rows = queries.residents(by=self.person, home=self.home)
        shown = self.request.GET.get("voir", "")
        lines = [presenters.resident_line(one) for one in rows]
        return super().get_context_data(
            home=self.home,
            homes=self.homes,
            may_admit=access.may(self.person, Permission.REGISTER_PATIENTS),
            finding=presenters.residents_finding(rows),
            lines=[one for one in lines if not shown or one.is_to_complete],
            is_filtered=bool(shown),
            leaving=LeavingForm(initial={"on": timezone.localdate()}),
            booklet=Booklet.objects.filter(home=self.home).first(),
            **context,
        )


class Admission(OfHome, Page):
    """Notes that somebody enters the home."""

    template_name = "care/admission.html"
    permission = Permission.REGISTER_PATIENTS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", AdmissionForm(initial={"since": timezone.localdate()}))
        return super().get_context_data(home=self.home, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Note it, or say why not."""
        form = AdmissionForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                stay = actions.admit(
                    by=self.person,
                    home=self.home,
                    scope=self.scope,
                    identity=form.identity(),
                    since=data["since"],
                    room=data["room"],
                    is_informed=data["is_informed"],
                    is_another=data["is_another"],
                )
            except people.DuplicateWarning as warning:
                form.add_error("is_another", warning)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Entrée notée : {name}.").format(name=stay.patient.name))
                return redirect("care:residents")
        return self.render_to_response(self.get_context_data(form=form), status=422)


class StayChange(OfHome, Endpoint):
    """Notes that a resident was informed, or left for good."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what is asked of the stay. Raises Http404 for one of another home."""
        stay = (
            Stay.objects.for_person(self.person)
            .filter(pk=pk, home__in=self.homes)
            .select_related("patient__scope", "home")
            .first()
        )
        if stay is None:
            raise Http404(pk)
        if request.POST.get("do") == "inform":
            actions.inform_resident(by=self.person, stay=stay)
            messages.success(request, _("C’est noté : l’équipe de l’EHPAD lit ce dossier."))
        elif request.POST.get("do") == "leave":
            form = LeavingForm(request.POST)
            try:
                if not form.is_valid():
                    raise ValidationError(_("Donnez le jour de la sortie."))
                actions.leave(by=self.person, stay=stay, on=form.cleaned_data["on"])
                messages.success(request, _("Sortie notée : l’EHPAD ne lit plus ce dossier."))
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
        return redirect("care:residents")


class OfCard(OfPatient):
    """A resident whose crisis card the visitor reads; each reading is logged."""

    part = people.Part.CRISIS
    purpose = "fiche de nuit"

    @cached_property
    def card(self) -> CrisisCard | None:
        """The last version."""
        return queries.current_card(self.patient)

    @cached_property
    def stay(self) -> Stay | None:
        """Where the resident lives."""
        return queries.stay_of(self.person, self.patient)

    @property
    def may_act(self) -> bool:
        """Whether the visitor works in the resident's home."""
        return self.stay is not None and queries.works_in(self.person, self.stay.home_id)


class Card(OfCard, Page):
    """The crisis card: what to do, wishes, allergies, whom to call."""

    template_name = "care/card.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows, doctor = queries.versions(self.patient), self.patient.referring_doctor
        asked = row_key(self.request.GET.get("version"))
        shown = next((one for one in rows if one.version == asked), self.card)
        writable = actions.writable_entries(self.person, self.patient)
        return super().get_context_data(
            patient=self.patient,
            stay=self.stay,
            said=said_card(shown),
            is_old=shown is not None and self.card is not None and shown.version != self.card.version,
            is_to_revise=self.card is not None and queries.card_is_to_revise(self.card, timezone.localdate()),
            file_lacks=presenters.parts_said(queries.file_lacks(self.patient, self.card)),
            doctor=doctor,
            doctor_phone=written_phone(doctor.phone) if doctor else "",
            versions=presenters.version_lines(rows),
            may_write=bool(writable),
            written_by_others=presenters.written_by_others(writable),
            may_act=self.may_act,
            is_own=self.is_own,
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that the card was read again and holds."""
        try:
            actions.confirm_card(by=self.person, patient=self.patient)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Fiche relue : elle vaut à partir d’aujourd’hui."))
        return redirect("care:card", pk=pk)


class CardChange(OfCard, Page):
    """The form of a card: the parts that the visitor may write."""

    template_name = "care/card_form.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        writable = actions.writable_entries(self.person, self.patient)
        if not writable:
            raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent cette fiche."))
        context.setdefault("form", CardForm(card=self.card, entries=writable))
        return super().get_context_data(
            patient=self.patient, written_by_others=presenters.written_by_others(writable), **context
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write the next version."""
        entries = actions.writable_entries(self.person, self.patient)
        form = CardForm(request.POST, card=self.card, entries=entries)
        if form.is_valid():
            try:
                actions.revise_card(
                    by=self.person,
                    patient=self.patient,
                    version=form.cleaned_data["version"],
                    values=form.values(),
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Fiche de nuit enregistrée."))
                return redirect("care:card", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class CardPdf(OfCard, Endpoint):
    """The card on paper."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        return pdf_response(card_pdf(self.patient, self.stay, self.card), f"fiche-{self.patient.pk}.pdf")


class Aggir(OfCard, Page):
    """The AGGIR grid of a resident: the last one, and the form of the next."""

    template_name = "care/aggir.html"
    purpose = "grille AGGIR"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        grids = queries.grids(self.patient)
        last = grids[0] if grids else None
        context.setdefault("form", GridForm(initial=last.grades if last else None))
        return super().get_context_data(
            patient=self.patient,
            grids=grids,
            last=last,
            rule=rule("care.aggir.algorithm"),
            may_write=self.may_write,
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the grid."""
        form = GridForm(request.POST)
        if form.is_valid():
            grid = actions.fill_grid(by=self.person, patient=self.patient, grades=form.grades())
            messages.success(request, _("Grille enregistrée : GIR {gir}.").format(gir=grid.gir))
            return redirect("care:aggir", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Booklets(OfHome, Page):
    """The sealed booklets of the last evenings, and for who manages the home, their password."""

    template_name = "care/booklets.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = list(Booklet.objects.filter(home=self.home))
        return super().get_context_data(
            home=self.home,
            rows=rows,
            hour=rule("care.booklet.hour").value,
            manages=booklets.manages(self.person, self.home),
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show the password of one booklet, to who manages the home."""
        row = self._row(row_key(request.POST.get("row")))
        password = booklets.reveal_password(by=self.person, booklet=row, scope=self.scope)
        return self.render_to_response(self.get_context_data(opened=row.pk, password=password))

    def _row(self, pk: int) -> Booklet:
        found = Booklet.objects.filter(home=self.home, pk=pk).select_related("home").first()
        if found is None:
            raise Http404(pk)
        return found


class BookletFile(OfHome, Endpoint):
    """The sealed file of one evening."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        row = Booklet.objects.filter(home__in=self.homes, pk=pk).select_related("home").first()
        if row is None:
            raise Http404(pk)
        try:
            content = booklets.take_booklet(by=self.person, booklet=row, scope=self.scope)
        except FileNotFoundError:
            raise Http404(pk) from None
        return pdf_response(content, f"cahier-de-nuit-{row.day.isoformat()}.pdf", is_kept=True)
