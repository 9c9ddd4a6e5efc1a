"""The circle of care of a patient, the access of an emergency, and its review."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, formats
from maillage.kernel.pages.base import Page
from maillage.kernel.pages.refusals import refused
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.people import queries
from maillage.people.actions import circle as actions
from maillage.people.models import CareConsent, CareLink, CareOpposition, Patient
from maillage.people.pages import circle_presenters as presenters
from maillage.people.pages.circle_forms import (
    ChoiceForm,
    EmergencyForm,
    EndForm,
    MemberForm,
    OppositionForm,
    ReviewForm,
)
from maillage.people.pages.patient_views import OfPatient
from maillage.people.queries import circle
from maillage.people.rules.circle import Part

FOUND = 8


class Circle(OfPatient, Page):
    """Who is linked to a patient and what each reads; what the patient consents to and opposes."""

    template_name = "people/circle.html"
    purpose = "cercle de soins"

    @cached_property
    def patient(self) -> Patient:
        """The patient, whose circle the visitor may read. Raises Http404 otherwise."""
        patient = self.file.patient
        if not self.may_read(patient):
            raise Http404(patient.pk)
        return patient

    def may_read(self, patient: Patient) -> bool:
        """Return whether the visitor reads this circle: as the patient, as one of it, or as the DPO."""
        return circle.decision(self.person, patient, Part.CIRCLE).is_allowed

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient = self.patient
        rows = circle.matrix(patient)
        is_own = patient.account_id == self.person.pk
        in_force = [one.link for one in rows if one.link.is_in_force()]
        text = self.request.GET.get("q", "").strip()
        context.setdefault("consent_form", ChoiceForm(links=in_force, is_own=is_own))
        context.setdefault("opposition_form", OppositionForm(links=in_force, is_own=is_own))
        now = timezone.now()
        return super().get_context_data(
            patient=patient,
            is_own=is_own,
            may_speak=actions.may_speak_for(self.person, patient),
            members=[presenters.member(one) for one in rows if one.link.is_in_force()],
            left=[one.link for one in rows if not one.link.is_in_force()],
            consents=[one for one in circle.consents(patient) if one.until is None or one.until > now],
            oppositions=[one for one in circle.oppositions(patient) if one.until is None or one.until > now],
            finding=presenters.finding(rows, is_own=is_own),
            text=text,
            found=[
                (one, MemberForm(initial=presenters.proposed(one), prefix=one.key))
                for one in presenters.candidates(text, FOUND)
            ]
            if text
            else [],
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what one form of the page asks."""
        done = {
            "add": self._add,
            "inform": self._inform,
            "end": self._end,
            "consent": self._consent,
            "withdraw": self._withdraw,
            "oppose": self._oppose,
            "lift": self._lift,
        }.get(request.POST.get("do", ""))
        try:
            if done is None:
                raise ValidationError(_("Ce geste n’est pas connu : rechargez la page."))
            messages.success(request, done())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        # Who has just left the circle, or opposed to themself, reads it no more.
        seen = Patient.objects.for_person(self.person).filter(pk=pk).first()
        if seen is not None and self.may_read(seen):
            return redirect("people:circle", pk=pk)
        return redirect("people:patients")

    def _add(self) -> str:
        who = presenters.holder(self.request.POST.get("who", ""))
        form = MemberForm(
            self.request.POST, prefix=presenters.key_of(who) if who else None, use_required_attribute=False
        )
        form.fields.pop("who")
        if who is None or not form.is_valid():
            raise ValidationError(_("Choisissez qui entre dans le cercle, et par quel lien."))
        link = actions.add_to_circle(by=self.person, patient=self.patient, who=who, **form.values())
        if link.informed_at is None:
            return _("{name} est dans le cercle, et lira le dossier une fois la personne informée.").format(
                name=link.holder_name
            )
        return _("{name} est dans le cercle de soins.").format(name=link.holder_name)

    def _inform(self) -> str:
        link = actions.inform(by=self.person, link=self._row(CareLink))
        return _("Noté : la personne est informée pour {name}.").format(name=link.holder_name)

    def _end(self) -> str:
        form = EndForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("La raison tient en 300 caractères."))
        reason = form.cleaned_data["reason"]
        link = actions.end_link(by=self.person, link=self._row(CareLink), reason=reason)
        return _("{name} ne lit plus ce dossier.").format(name=link.holder_name)

    def _consent(self) -> str:
        form = self._chosen(ChoiceForm)
        values = form.values()
        if values["who"] is None:
            raise ValidationError(_("Choisissez à qui la personne donne son accord."))
        actions.give_consent(by=self.person, patient=self.patient, **values)
        return _("Accord noté pour {name}.").format(name=values["who"])

    def _withdraw(self) -> str:
        consent = actions.withdraw_consent(by=self.person, consent=self._row(CareConsent))
        return _("Accord retiré à {name}, dès maintenant.").format(name=consent.holder_name)

    def _oppose(self) -> str:
        actions.oppose(by=self.person, patient=self.patient, **self._chosen(OppositionForm).values())
        return _("Opposition notée : elle vaut dès maintenant.")

    def _lift(self) -> str:
        actions.lift_opposition(by=self.person, opposition=self._row(CareOpposition))
        return _("Opposition levée.")

    def _chosen(self, kind: type[ChoiceForm]) -> Any:
        patient = self.patient
        links = [one for one in circle.circle(patient) if one.is_in_force()]
        form = kind(self.request.POST, links=links, is_own=patient.account_id == self.person.pk)
        if not form.is_valid():
            raise ValidationError(_("Choisissez qui, et des parties du dossier de la liste."))
        return form

    def _row(self, model: Any) -> Any:
        """Return the row that a form names, of this patient. Raises ValidationError for another."""
        key = row_key(self.request.POST.get("row", ""))
        found = model.objects.of_patient(self.patient).filter(pk=key).first() if key else None
        if found is None:
            raise ValidationError(_("Cette ligne n’est plus là : rechargez la page."))
        return found


class Emergency(Page):
    """Opens for some hours the file of somebody in danger whom no link joins to the reader."""

    template_name = "people/emergency.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if actions.role_in_emergency(self.person) is None:
            raise PermissionDenied(_("Votre rôle n’ouvre pas d’accès d’urgence."))
        context.setdefault("form", EmergencyForm())
        return super().get_context_data(hours=presenters.emergency_hours(), **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open the access, or say who else bears that name."""
        form = EmergencyForm(request.POST)
        homonyms: list[tuple[Patient, str]] = []
        if form.is_valid():
            said = form.cleaned_data
            try:
                found = queries.born_as(
                    by=self.person,
                    name=said["birth_name"],
                    first=said["first_name"],
                    born=said["birth_date"],
                    purpose=_("accès d’urgence"),
                )
                chosen = [one for one in found if len(found) == 1 or one.pk == said["patient"]]
                if not found:
                    raise ValidationError(
                        _("Aucun dossier ne porte exactement ces nom, prénom et date de naissance.")
                    )
                if chosen:
                    link = actions.open_emergency(by=self.person, patient=chosen[0], reason=said["reason"])
                    messages.warning(request, self._opened(link))
                    return redirect("people:patient", pk=chosen[0].pk)
                apart = queries.told_apart(found)
                homonyms = [(one, apart.get(one.pk, "")) for one in found]
            except ValidationError as error:
                form.add_error(None, error)
        return self.render_to_response(self.get_context_data(form=form, homonyms=homonyms), status=422)

    def _opened(self, link: CareLink) -> str:
        until = formats.time_short(link.ends_at) if link.ends_at else ""
        return _(
            "Accès d’urgence ouvert jusqu’à {until}. Le DPO le reverra ; la personne l’apprend "
            "par un message, et le lit dans la liste des lectures de son dossier."
        ).format(until=until)


class Emergencies(Page):
    """The emergency accesses that the DPO has not reviewed yet."""

    template_name = "people/emergencies.html"
    permission = Permission.VIEW_JOURNAL
    everywhere = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            waiting=[(one, ReviewForm(auto_id=f"id_{one.pk}_%s")) for one in circle.to_review(self.person)],
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write the review of one access."""
        access.require_everywhere(self.person, Permission.VIEW_JOURNAL)
        key, form = row_key(request.POST.get("row", "")), ReviewForm(request.POST)
        link = CareLink.objects.for_person(self.person).filter(pk=key).first() if key else None
        try:
            if link is None or not form.is_valid():
                raise ValidationError(_("Dites si l’accès était justifié."))
            actions.review_emergency(
                by=self.person,
                link=link,
                is_justified=form.cleaned_data["is_justified"],
                text=form.cleaned_data["text"],
            )
        except (ValidationError, PermissionDenied) as error:
            return refused(request, error, reverse("people:emergencies"))
        else:
            messages.success(request, _("Accès revu."))
        return redirect("people:emergencies")
