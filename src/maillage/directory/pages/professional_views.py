"""Professionals by territory, each one's sheet, and its keeping by its owner."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import actions
from maillage.directory.models import (
    HAND_SOURCE,
    PROFESSION_LABELS,
    ConfirmationRequest,
    Membership,
    Professional,
    Structure,
)
from maillage.directory.pages import presenters
from maillage.directory.pages.filters import own_territory
from maillage.directory.pages.forms import ContactForm, OfferForm
from maillage.directory.queries import (
    Criteria,
    memberships_of,
    practices_of,
    professionals_in,
    search_professionals,
    sheet,
    specialty,
)
from maillage.directory.queries.vocabulary import language_names
from maillage.directory.rules.freshness import Answer, Fact
from maillage.kernel.access import may
from maillage.kernel.pages.base import Endpoint, Page, csv_response
from maillage.kernel.phones import stored_phone, written_phone
from maillage.kernel.rules import Permission
from maillage.kernel.tables import Table
from maillage.territory import api as territory

LIMIT = 500
FLAGS = ("new_patients", "home_visits", "remote", "wheelchair", "sector_one")


class ProfessionalsMixin(Endpoint):
    """Reads the question of the address: a territory or a commune, a text, criteria."""

    permission = Permission.VIEW_DIAGNOSIS

    @cached_property
    def place(self) -> territory.Territory | None:
        """The territory asked for, the visitor's own where nothing is. Raises Http404 for an unknown one."""
        if "territory" not in self.request.GET and not self.text:
            return own_territory(self.person)
        slug = self.request.GET.get("territory", "")
        return territory.territory_or_404(slug) if slug else None

    @cached_property
    def criteria(self) -> Criteria:
        """What is asked of a professional."""
        asked = self.request.GET
        known = {profession.value for profession in PROFESSION_LABELS}
        return Criteria(
            professions=tuple(code for code in asked.getlist("profession") if code in known),
            language=asked.get("language", "")[:3],
            **{name: asked.get(name) == "1" for name in FLAGS},
        )

    @cached_property
    def text(self) -> str:
        """The name or number asked for."""
        return self.request.GET.get("q", "").strip()

    @cached_property
    def found(self) -> list[Professional]:
        """Who answers, `LIMIT` at most."""
        if self.place is None:
            return search_professionals(self.text, LIMIT) if self.text else []
        here = professionals_in(territory.member_codes(self.place), self.criteria)
        named = here.matching(self.text) if self.text else here
        return list(named.order_by("search_name", "pk")[:LIMIT])

    def table(self) -> Table:
        """Return the answer as a table."""
        memberships = memberships_of(self.found)
        practices = practices_of(memberships, timezone.localdate())
        url = f"{reverse('directory:professionals_csv')}?{urlencode(self.request.GET, doseq=True)}"
        return presenters.professionals_table(self.found, memberships, practices, csv_url=url)


class Professionals(ProfessionalsMixin, Page):
    """The professionals of a territory who answer some criteria, or of a name."""

    template_name = "directory/professionals.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        criteria = self.criteria
        return super().get_context_data(
            place=self.place,
            text=self.text,
            is_empty=self.place is None and not self.text,
            is_filtered=bool(criteria.professions) or any(getattr(criteria, name) for name in FLAGS),
            total=len(self.found),
            is_cut=len(self.found) == LIMIT,
            limit=LIMIT,
            table=self.table().sorted_by(self.request.GET.get("tri", "name")),
            territories=territory.territories(),
            professions=[
                (code.value, label, code.value in criteria.professions)
                for code, label in PROFESSION_LABELS.items()
            ],
            languages=[(code, label, code == criteria.language) for code, label in language_names().items()],
            flags=[(name, label, getattr(criteria, name)) for name, label in _flag_labels()],
            may_import=may(self.person, Permission.IMPORT_DATA),
            may_welcome=may(self.person, Permission.EDIT_SCENARIO),
            may_merge=self.place is not None
            and may(self.person, Permission.EDIT_DIRECTORY, self.place.scope),
            **context,
        )


class ProfessionalsCsv(ProfessionalsMixin):
    """The same list as a file."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        return csv_response(self.table())


class SheetMixin(Endpoint):
    """One professional of the address."""

    permission = Permission.VIEW_DIAGNOSIS

    @cached_property
    def professional(self) -> Professional:
        """The professional. Raises Http404."""
        return get_object_or_404(Professional, pk=self.kwargs["pk"])


class ProfessionalPage(SheetMixin, Page):
    """One professional: where, with whom, what is offered, and how fresh each fact is."""

    template_name = "directory/professional.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.professional.merged_into_id is not None:
            return redirect("directory:professional", pk=self.professional.merged_into_id)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shown = sheet(self.professional.pk)
        may_edit = actions.may_edit(self.person, shown.professional)
        memberships = [
            (one, presenters.services(one), presenters.hours(one), one.place or one.structure)
            for one in shown.memberships
        ]
        return super().get_context_data(
            professional=shown.professional,
            profession=specialty(shown.professional),
            languages=presenters.languages(shown.professional),
            phone=written_phone(stored_phone(shown.professional.phone)),
            memberships=memberships,
            mode=presenters.MODE_LABELS[shown.practice.mode],
            reason=presenters.reason(shown.practice),
            facts=presenters.facts(shown.facts),
            may_edit=may_edit,
            may_keep=actions.may_keep(self.person, shown.professional),
            is_by_hand=any(one.fact is Fact.IDENTITY and one.source == HAND_SOURCE for one in shown.facts),
            identity_source=shown.professional.source,
            history=presenters.history(shown.professional) if may_edit else [],
            **context,
        )


class ContactPage(SheetMixin, Page):
    """The form that changes how a professional is reached."""

    template_name = "directory/contact.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", ContactForm(professional=self.professional))
        return super().get_context_data(professional=self.professional, **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the contact."""
        form = ContactForm(request.POST, professional=self.professional)
        if form.is_valid():
            try:
                actions.change_contact(by=self.person, professional=self.professional, values=form.values())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Fiche mise à jour : la nouvelle date est affichée."))
                return redirect("directory:professional", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OfferPage(Page):
    """The form that changes what a professional offers at one structure."""

    template_name = "directory/offer.html"
    permission = Permission.VIEW_DIAGNOSIS

    @cached_property
    def membership(self) -> Membership:
        """The membership of the address. Raises Http404."""
        found = Membership.objects.select_related("professional", "structure", "offer")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", OfferForm(membership=self.membership))
        return super().get_context_data(membership=self.membership, **context)

    def post(self, request: HttpRequest, **_parts: int) -> HttpResponse:
        """Change the offer, its hours, and whether new patients are taken."""
        form = OfferForm(request.POST, membership=self.membership)
        if form.is_valid():
            try:
                actions.change_offer(
                    by=self.person, membership=self.membership, values=form.values(), hours=form.hours
                )
                said = form.new_patients_said()
                if said is not None:
                    actions.set_new_patients(by=self.person, membership=self.membership, accepts=said)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Offre mise à jour : elle vaut dès maintenant."))
                return redirect("directory:professional", pk=self.membership.professional_id)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class FactAnswer(Endpoint):
    """Confirms a fact of a sheet, or asks its owner to confirm or correct it."""

    permission = Permission.EDIT_SCENARIO

    def get_subject(self, pk: str) -> Professional | Structure:
        """Return whose sheet it is. Raises Http404."""
        return get_object_or_404(Professional, pk=pk)

    def post(self, request: HttpRequest, pk: str, fact: str) -> HttpResponse:
        """Do what the button says: `confirm` or `ask`."""
        subject = self.get_subject(pk)
        if fact not in {one.value for one in Fact}:
            raise Http404(fact)
        if request.POST.get("do") == "confirm":
            actions.confirm_fact(by=self.person, subject=subject, fact=Fact(fact))
            messages.success(request, _("Merci : ce fait est confirmé à la date d’aujourd’hui."))
        else:
            doubt = request.POST.get("doubt", "")
            actions.ask_confirmation(by=self.person, subject=subject, fact=Fact(fact), doubt=doubt)
            messages.success(request, _("Demande notée : le titulaire de la fiche la verra sur sa page."))
        if isinstance(subject, Professional):
            return redirect("directory:professional", pk=subject.pk)
        return redirect("directory:structure", identifier=subject.pk)


class StructureFactAnswer(FactAnswer):
    """The same, for a structure."""

    def get_subject(self, pk: str) -> Structure:
        """Return the structure. Raises Http404."""
        return get_object_or_404(Structure, pk=pk)


class ConfirmationAnswer(Endpoint):
    """Answers a request to confirm or correct."""

    permission = Permission.EDIT_SCENARIO

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with the button's word."""
        asked = get_object_or_404(
            ConfirmationRequest.objects.select_related("professional", "structure"), pk=pk
        )
        word = request.POST.get("answer", "")
        if word not in {answer.value for answer in Answer}:
            raise Http404(word)
        try:
            actions.answer_confirmation(by=self.person, request=asked, answer=Answer(word))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Réponse notée."))
        if asked.professional_id is not None:
            return redirect("directory:professional", pk=asked.professional_id)
        return redirect("directory:structure", identifier=asked.structure_id)


def _flag_labels() -> list[tuple[str, str]]:
    return [
        ("new_patients", _("prend de nouveaux patients")),
        ("home_visits", _("visites à domicile")),
        ("remote", _("téléconsultation")),
        ("wheelchair", _("accessible en fauteuil")),
        ("sector_one", _("secteur 1")),
    ]
