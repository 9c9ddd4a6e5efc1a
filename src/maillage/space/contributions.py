"""What `space` brings to the shared pages: the doors of the patient and of the carer to their own pages."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext

from maillage.agenda import api as agenda
from maillage.kernel.contributions import (
    Block,
    Contribution,
    Line,
    Panel,
    PanelContent,
    Waiting,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people
from maillage.space.actions.demonstration import create_demonstration_space
from maillage.space.actions.entry import may_invite
from maillage.space.models.records import PROCESSING, RECORDS
from maillage.territory.api import Territory


def own_doors(person: Person) -> Waiting | None:
    """Give a patient the doors to their own pages."""
    own = people.own_file(person)
    if own is None:
        return None
    lines = (
        Line(_("Prendre un rendez-vous"), reverse("space:ask", args=[own.pk])),
        Line(_("Mes rendez-vous"), reverse("space:appointments", args=[own.pk])),
        Line(_("Mes papiers"), reverse("space:documents", args=[own.pk])),
    )
    return Waiting(_("Mon espace"), lines, "", reverse("space:home"), _("Ouvrir mon espace"))


def doors_of_helped(person: Person) -> Waiting | None:
    """Give a carer the doors to the appointments of those whom they help, by what each is to them."""
    lines = []
    for one in people.cared_for(person):
        if people.Gesture.BOOK in one.gestures:
            page = reverse("space:ask", args=[one.mandate.patient_id])
            lines.append(Line(_("Prendre un rendez-vous pour {whose}").format(whose=one.said), page))
        if people.Part.APPOINTMENTS in one.parts:
            page = reverse("space:appointments", args=[one.mandate.patient_id])
            lines.append(Line(_("Les rendez-vous de {whose}").format(whose=one.said), page))
    return Waiting(pgettext("pluriel", "Rendez-vous"), tuple(lines)) if lines else None


def door_of_file(person: Person, patient: people.Patient) -> PanelContent | None:
    """Give whoever acts for a patient the door to the appointments, and the care team that to the letters."""
    if patient.account_id != person.pk and people.may_speak_for(person, patient):
        return _inviting(patient)
    if not agenda.acts_for(person, patient):
        return None
    page = reverse("space:ask", args=[patient.pk])
    lines = (Line(_("Voir tous les rendez-vous"), reverse("space:appointments", args=[patient.pk])),)
    return PanelContent(_("Prendre un rendez-vous"), "", lines, page, _("Prendre un rendez-vous"))


def door_of_reception(person: Person, patient: people.Patient) -> PanelContent | None:
    """Give the same door to who registers patients without caring for them."""
    if patient.account_id == person.pk or people.may_speak_for(person, patient):
        return None
    return _inviting(patient) if may_invite(person, patient) else None


def _inviting(patient: people.Patient) -> PanelContent:
    page = reverse("space:invite", args=[patient.pk])
    return PanelContent(_("Espace et courrier"), "", (), page, _("Inviter, ou envoyer une lettre"))


def demonstrate(place: Territory, now: datetime) -> None:
    """Give invented patients letters and invitations."""
    create_demonstration_space(place=place, now=now)


CONTRIBUTION = Contribution(
    "space",
    first_screen=(
        Block("space.doors", {Role.PATIENT: 2}, own_doors),
        Block("space.helped", {Role.CARER: 3}, doors_of_helped),
    ),
    entrances=((lazy("Patient : entrer avec un code"), "space:enter"),),
    panels=(
        Panel("space.book", people.Part.APPOINTMENTS.value, "rendez-vous", door_of_file, order=11),
        Panel(
            "space.invite",
            people.Part.IDENTITY.value,
            "invitation dans son espace",
            door_of_reception,
            order=12,
        ),
    ),
    demonstrate=demonstrate,
    records=RECORDS,
    processing=PROCESSING,
)
