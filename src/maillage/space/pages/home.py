"""The one home of a patient, their papers, their letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.kernel.pages.base import Endpoint, Page, pdf_response
from maillage.people import api as people
from maillage.people.api import Gesture, Part
from maillage.protocols import api as protocols
from maillage.space.actions import letters
from maillage.space.models import Letter
from maillage.space.pages import papers, wording
from maillage.space.pages.base import OwnOnly
from maillage.space.pages.letter_content import content_for
from maillage.space.queries.appointments import appointments_of


@dataclass(frozen=True, slots=True)
class Door:
    """A page of one's own: its name, its address, what one finds there."""

    label: str
    url: str
    says: str


class Home(Page):
    """The home of a patient: the next appointment, then one door for each thing. A carer has one a person."""

    template_name = "space/home.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now, own = timezone.now(), people.own_file(self.person)
        coming = appointments_of(own, now)[0] if own is not None else []
        return super().get_context_data(
            own=own,
            next=wording.shown(coming[0], self.person, own, now) if own and coming else None,
            doors=_doors(own) if own is not None else [],
            helped=[_helped(one) for one in people.cared_for(self.person)],
            may_ask_doctor=own is not None and own.referring_doctor_id is None,
            is_searching=own is not None and people.is_searching(own),
            search_said=people.search_said(own) if own is not None else "",
            key=uuid4().hex,
            **context,
        )


def _doors(own: people.Patient) -> list[Door]:
    def page(name: str) -> str:
        return reverse(name, args=[own.pk])

    sessions = [Door(_("Mes séances"), page("space:education"), _("Quand, où, avec qui j’apprends."))]
    return [
        Door(_("Prendre un rendez-vous"), page("space:ask"), _("Choisir qui et quand.")),
        Door(_("Mes rendez-vous"), page("space:appointments"), _("Les voir, les déplacer, les annuler.")),
        *(sessions if protocols.follows_programme(own) else []),
        Door(
            _("Qui fait quoi pour moi"), page("people:circle"), _("Ceux qui me soignent, ce qu’ils lisent.")
        ),
        Door(_("Mon plan de soins"), page("care:plan"), _("Ce qui est prévu, et mes souhaits.")),
        Door(
            _("Mes questionnaires"),
            reverse("care:own_questionnaires"),
            _("Les questions de ceux qui me soignent."),
        ),
        Door(_("Mes papiers"), page("space:documents"), _("Ce qui a été écrit pour moi.")),
        Door(_("Mes messages"), reverse("exchange:inbox"), _("Ce que l’on m’a écrit.")),
        Door(
            _("Qui peut agir pour moi"), page("people:mandates"), _("Mes proches, ce qu’ils voient et font.")
        ),
        Door(_("Mes choix"), page("people:circle") + "#choices", _("Mes accords, mes refus.")),
        Door(_("Qui a lu mon dossier"), page("people:access_log"), _("Qui, quand, pourquoi.")),
        Door(_("Ce qui m’attend"), "/", _("Ce que j’ai à faire, qui appeler.")),
        Door(_("Mon dossier"), page("people:patient"), _("Mon nom, mon téléphone, mon adresse.")),
    ]


def _helped(one: people.CaredFor) -> tuple[str, list[Door]]:
    """Return what a person is to the carer, and what the mandate opens."""
    patient, doors = one.mandate.patient_id, []
    if Gesture.BOOK in one.gestures:
        doors.append(
            Door(
                _("Prendre un rendez-vous"), reverse("space:ask", args=[patient]), _("Choisir qui et quand.")
            )
        )
    if Part.APPOINTMENTS in one.parts:
        page = reverse("space:appointments", args=[patient])
        doors.append(Door(_("Les rendez-vous"), page, _("Voir ce qui est prévu.")))
    if Part.HEALTH in one.parts and protocols.follows_programme(one.mandate.patient):
        page = reverse("space:education", args=[patient])
        doors.append(Door(_("Les séances"), page, _("Quand, où, avec qui.")))
    page = reverse("people:helped", args=[one.mandate.pk])
    doors.append(Door(_("Tout ce que je peux voir"), page, _("Qui appeler, signaler une inquiétude.")))
    return one.said, doors


@dataclass(frozen=True, slots=True)
class Paper:
    """Something that was written for the patient: what, when, by whom, where it is read."""

    label: str
    day: Any
    who: str
    url: str


class Documents(OwnOnly, Page):
    """What was made for the patient: the plan, agreements, mandates, meetings, letters; the latest first."""

    template_name = "space/documents.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(papers=_papers(self.patient), key=uuid4().hex, **context)


def _papers(own: people.Patient) -> list[Paper]:
    found: list[Paper] = []
    plan = care.plan_of(own)
    if plan is not None:
        page = reverse("care:plain_plan_pdf", args=[own.pk])
        found.append(Paper(_("Mon plan de soins, à imprimer"), plan.current.at, str(plan.current.by), page))
        found += [
            Paper(_("Mon accord à mon plan"), one.at, str(one.by), reverse("care:plan", args=[own.pk]))
            for one in plan.consents
        ]
    mandates = reverse("people:mandates", args=[own.pk])
    found += [
        Paper(
            _("J’ai laissé {name} agir pour moi").format(name=one.carer),
            one.signed_at,
            str(one.recorded_by),
            mandates,
        )
        for one in people.mandates_of(own)
        if one.signed_at is not None
    ]
    circle = reverse("people:circle", args=[own.pk])
    found += [
        Paper(
            _("Mon accord pour {name}").format(name=one.holder_name),
            one.since,
            str(one.recorded_by),
            f"{circle}#choices",
        )
        for one in people.consents_of(own)
    ]
    found += [
        Paper(
            _("Réunion à mon sujet"),
            one.meeting.starts_at,
            "",
            reverse("care:meeting_item", args=[one.meeting_id, one.pk]),
        )
        for one in care.cases_of(own)
        if one.agreed_at is not None
    ]
    found += [
        Paper(_("Lettre"), one.at, str(one.by), reverse("space:letter", args=[one.pk]))
        for one in letters.letters_of(own)
    ]
    return sorted(found, key=lambda one: one.day, reverse=True)


class OwnLetter(OwnOnly, Endpoint):
    """Prepares the letter of whoever asks it in their own space."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Lead to the papers, from which it is asked."""
        return redirect("space:documents", pk=self.patient.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Prepare it, then show it, or say why not. Raises Http404 without a key."""
        key = request.POST.get("key", "").replace("\x00", "")[:64]
        if not key:
            raise Http404("key")
        try:
            made = letters.prepare_letter(
                by=self.person, patient=self.patient, means=people.Means.SPACE, key=key
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("space:documents", pk=self.patient.pk)
        return redirect("space:letter", letter=made.pk)


class LetterPage(Endpoint):
    """A letter as a PDF, for the patient and whoever prepared it: as it is now."""

    permission = None

    def get(self, request: HttpRequest, letter: int) -> HttpResponse:
        """Answer with the letter. Raises Http404."""
        row = Letter.objects.for_person(self.person).filter(pk=letter)
        found = row.select_related("patient__scope", "patient__referring_doctor", "by").first()
        if found is None or not letters.may_read(self.person, found):
            raise Http404(letter)
        page = reverse("space:appointments", args=[found.patient_id])
        content = content_for(self.person, found.patient, timezone.now())
        made = papers.letter_pdf(found, content, request.build_absolute_uri(page))
        return pdf_response(made, "lettre.pdf")
