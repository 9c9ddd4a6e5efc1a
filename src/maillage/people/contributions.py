"""What `people` brings to the shared pages: its entry, who looks for a doctor, its demonstration."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import Block, Contribution, Entry, Line, Verb, Waiting
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.people.actions.demonstration import create_demonstration_patients
from maillage.people.queries.referring_doctor import proposals_waiting, waiting_by_scope
from maillage.territory import api as territory


def proposed_patients(person: Person) -> Waiting | None:
    """Say how many patients wait for the answer of a doctor."""
    count = proposals_waiting(person)
    if not count:
        return None
    said = ngettext("{count} patient vous est proposé", "{count} patients vous sont proposés", count)
    return Waiting(
        _("Patients proposés"),
        (),
        said.format(count=formats.number(count)),
        reverse("people:proposals"),
        _("Répondre"),
    )


def without_a_doctor(person: Person) -> Waiting | None:
    """Say how many people look for a doctor in each territory, and for how long the first has waited."""
    rows = waiting_by_scope(person)
    if not rows:
        return None
    places = {one.scope_id: one for one in territory.territories().filter(scope__in=list(rows))}
    now, lines = timezone.now(), []
    for scope, (count, since) in rows.items():
        if (place := places.get(scope)) is not None:
            lines.append(
                Line(
                    place.name,
                    reverse("people:waiting_list", args=[place.slug]),
                    _counted(count, (now - since).days),
                )
            )
    total = sum(count for count, _since in rows.values())
    oldest = (now - min(since for _count, since in rows.values())).days
    return Waiting(_("Sans médecin traitant"), tuple(lines[:4]), _counted(total, oldest))


def _counted(count: int, days: int) -> str:
    people = ngettext(
        "{count} patient cherche un médecin traitant",
        "{count} patients cherchent un médecin traitant",
        count,
    ).format(count=formats.number(count))
    if days < 1:
        return people
    since = ngettext("le premier depuis {days} jour", "le premier depuis {days} jours", days)
    return f"{people}, {since.format(days=formats.number(days))}"


def demonstrate(place: territory.Territory, now: datetime) -> None:  # noqa: ARG001 (the same for every context)
    """Give the territory its invented patients."""
    create_demonstration_patients(by=None, place=place)


CONTRIBUTION = Contribution(
    "people",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Patients"),
            "people:patients",
            "user",
            lazy("Enregistrer un patient, suivre les recherches de médecin traitant."),
            Permission.REGISTER_PATIENTS,
            proposals_waiting,
            order=30,
        ),
    ),
    first_screen=(
        Block("people.proposed", {Role.PHYSICIAN: 3}, proposed_patients),
        Block("people.orphans", {Role.COORDINATOR: 2, Role.CASE_MANAGER: 1}, without_a_doctor),
    ),
    demonstrate=demonstrate,
)
