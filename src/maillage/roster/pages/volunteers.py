"""Volunteers of a sector: who they are, their share and limits, their wishes and absences."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.directory.api import Professional, told_apart
from maillage.kernel import clock
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.roster.actions.sectors import (
    add_absence,
    remove_absence,
    set_preference,
    set_volunteer,
)
from maillage.roster.models import Absence, Sector, Volunteer
from maillage.roster.pages import wording
from maillage.roster.pages.forms import AbsenceForm, VolunteerForm, WishesForm
from maillage.roster.pages.sectors import OfSector
from maillage.roster.queries import sectors as reads
from maillage.roster.queries.duties import duties_during
from maillage.roster.rules.errors import RosterError


class Volunteers(OfSector, Page):
    """Who takes duties in a sector, for which share; doctors who could."""

    template_name = "roster/volunteers.html"
    permission = Permission.MANAGE_ROSTER

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = list(reads.volunteers_of(self.sector))
        settings, today = reads.settings_of(rows), timezone.localdate()
        away = Absence.objects.filter(
            professional__in=[one.professional_id for one in rows], last_day__gte=today
        )
        absences: dict[int, list[Absence]] = {}
        for one in away:
            absences.setdefault(one.professional_id, []).append(one)
        active = [one for one in rows if one.is_active]
        asked = self.request.GET.get("q", "")
        found = reads.doctors_to_enrol(self.sector, asked)
        apart = told_apart(found)
        return super().get_context_data(
            rows=[
                (one, wording.SETTINGS[settings[one.pk]], absences.get(one.professional_id, []))
                for one in rows
            ],
            active_count=len(active),
            shares=sum(one.share for one in active),
            rest=rule("roster.volunteer.rest_hours"),
            query=asked,
            candidates=[(one, apart[one.pk]) for one in found],
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        given = request.POST.get("professional", "")
        doctors = Professional.objects.active()
        professional = get_object_or_404(doctors, pk=row_key(given))
        volunteer = Volunteer.objects.filter(sector=self.sector, professional=professional).first()
        if volunteer is None:
            volunteer = set_volunteer(by=self.person, sector=self.sector, professional=professional)
            messages.success(request, _("{name} est inscrit pour une part entière.").format(name=volunteer))
        return redirect("roster:volunteers", pk)


class OfVolunteer(OfSector):
    """A page about one volunteer: for themselves, and for whoever keeps the rosters."""

    @cached_property
    def volunteer(self) -> Volunteer:
        """The volunteer of the address. Raises Http404."""
        rows = Volunteer.objects.select_related("professional", "sector__territory__scope")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def sector(self) -> Sector:
        return self.volunteer.sector

    @property
    def is_own(self) -> bool:
        """Whether the visitor is this volunteer."""
        return self.volunteer.professional.account_id == self.person.pk

    def require_entry(self) -> None:
        """Raise PermissionDenied unless the visitor is this volunteer, or keeps the rosters."""
        if not (self.is_own or self.manages):
            raise PermissionDenied(_("Les limites et les absences d’une personne ne regardent qu’elle."))


class VolunteerPage(OfVolunteer, Page):
    """Share, limits, wishes and absences of one volunteer."""

    template_name = "roster/volunteer.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require_entry()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        volunteer = self.volunteer
        today = clock.today(self.sector.territory.scope)
        context.setdefault("limits", VolunteerForm(initial=VolunteerForm.initial_of(volunteer)))
        wishes = {one.kind: "yes" if one.is_wanted else "no" for one in volunteer.preferences.all()}
        context.setdefault("wishes", WishesForm(sector=self.sector, initial=wishes))
        context.setdefault("absence", AbsenceForm())
        return super().get_context_data(
            volunteer=volunteer,
            is_own=self.is_own,
            setting=wording.SETTINGS[reads.settings_of([volunteer])[volunteer.pk]],
            rest=rule("roster.volunteer.rest_hours"),
            absences=Absence.objects.filter(professional=volunteer.professional_id, last_day__gte=today),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require_entry()
        about = request.POST.get("about", "")
        made = {"limits": self._limits, "wishes": self._wishes, "absence": self._absence}
        if about not in made:
            return redirect("roster:volunteer", pk)
        form = made[about](request)
        if form.is_bound and form.errors:
            return self.render_to_response(self.get_context_data(**{about: form}), status=422)
        return redirect("roster:volunteer", pk)

    def _limits(self, request: HttpRequest) -> VolunteerForm:
        form = VolunteerForm(request.POST)
        if form.is_valid():
            volunteer = self.volunteer
            set_volunteer(
                by=self.person, sector=self.sector, professional=volunteer.professional, **form.asked()
            )
            messages.success(request, _("Part et limites enregistrées."))
        return form

    def _wishes(self, request: HttpRequest) -> WishesForm:
        form = WishesForm(request.POST, sector=self.sector)
        if form.is_valid():
            known = {one.kind: one.is_wanted for one in self.volunteer.preferences.all()}
            for kind, wanted in form.asked().items():
                if known.get(kind.value) is not wanted:
                    set_preference(by=self.person, volunteer=self.volunteer, kind=kind, is_wanted=wanted)
            messages.success(request, _("Préférences enregistrées : le prochain calcul en tient compte."))
        return form

    def _absence(self, request: HttpRequest) -> AbsenceForm:
        form = AbsenceForm(request.POST)
        if not form.is_valid():
            return form
        professional = self.volunteer.professional
        try:
            absence = add_absence(by=self.person, professional=professional, **form.cleaned_data)
        except RosterError as error:
            form.add_error("last_day", str(error))
            return form
        messages.success(request, _("Absence notée : aucun calcul ne donnera de garde ces jours-là."))
        held = duties_during(absence)
        if held:
            text = ngettext(
                "{count} garde est déjà tenue pendant cette absence : demandez un remplacement.",
                "{count} gardes sont déjà tenues pendant cette absence : demandez un remplacement.",
                held,
            )
            messages.warning(request, text.format(count=held))
        return form


class AbsenceEnd(OfVolunteer, Endpoint):
    """Forgets an absence."""

    def post(self, request: HttpRequest, pk: int, absence: int) -> HttpResponse:
        row = get_object_or_404(Absence, pk=absence, professional=self.volunteer.professional_id)
        remove_absence(by=self.person, absence=row)
        messages.success(request, _("Absence retirée."))
        return redirect("roster:volunteer", pk)
