"""What `directory` brings to the shared pages: its entries, its searches, its demonstration."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maillage.directory import queries
from maillage.directory.actions.demonstration import create_demonstration_directory
from maillage.directory.models import Professional, Structure
from maillage.kernel.contributions import (
    Contribution,
    Entry,
    Fate,
    Found,
    Processing,
    Search,
    Verb,
    Withdrawal,
)
from maillage.kernel.rules import Permission
from maillage.territory.api import Territory


def find_structures(query: str, limit: int) -> Iterable[Found]:
    """Yield the structures of that name or town."""
    for one in queries.search_structures(query, limit):
        place = f"{one.get_kind_display()}, {one.city}"
        yield Found(one.name, place, reverse("directory:structure", args=[one.pk]))


def find_professionals(query: str, limit: int) -> Iterable[Found]:
    """Yield the professionals of that name."""
    found = queries.search_professionals(query, limit)
    memberships = queries.memberships_of(found)
    for one in found:
        places = [member.place or member.structure for member in memberships[one.pk]]
        commune = next((place.commune.name for place in places if place.commune), "")
        detail = " · ".join(filter(None, (one.profession_name, commune)))
        yield Found(one.name, detail, reverse("directory:professional", args=[one.pk]))


def demonstrate(place: Territory, now: datetime) -> None:  # noqa: ARG001 (the same for every context)
    """Give the territory its invented directory."""
    create_demonstration_directory(by=None, place=place)


CONTRIBUTION = Contribution(
    "directory",
    navigation=(
        Entry(
            Verb.KNOW,
            _("Structures"),
            "directory:structures",
            "building-hospital",
            _("Trouver un hôpital, un EHPAD, une maison de santé, une pharmacie."),
            Permission.VIEW_DIAGNOSIS,
            order=20,
        ),
        Entry(
            Verb.KNOW,
            _("Professionnels"),
            "directory:professionals",
            "stethoscope",
            _("Trouver un professionnel par métier, langue ou service ; accueillir un nouvel arrivant."),
            Permission.VIEW_DIAGNOSIS,
            within=("directory:newcomer", "directory:offer", "directory:duplicates", "directory:import"),
            order=30,
        ),
    ),
    searches=(
        Search(_("Structures"), find_structures, order=30),
        Search(_("Professionnels"), find_professionals, order=40),
    ),
    demonstrate=demonstrate,
    named_in_journal=(Professional, Structure),
    withdrawals=(
        Withdrawal(
            "directory.sheet",
            _("Fiche de l’annuaire"),
            Fate.STAYS,
            lambda person: Professional.objects.active().filter(account=person).count(),
            ("directory.professional.account",),
            otherwise=_("reste publique : corrigez-la si la personne cesse d’exercer ici"),
            order=84,
        ),
    ),
    told_of_leavers=(
        "directory.professional.merged_into",
        "directory.membership.professional",
        "directory.welcome.professional",
        "directory.welcome.mentor",
        "directory.factdate.professional",
        "directory.confirmationrequest.professional",
        "directory.merge.kept",
        "directory.merge.removed",
    ),
    processing=Processing(
        _("Annuaire"),
        _("Trouver un professionnel ou une structure, accueillir un nouvel arrivant."),
        _("Professionnels"),
        _("Public, pour ce qui vient des répertoires nationaux"),
    ),
)
