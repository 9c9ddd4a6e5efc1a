"""What the masthead offers: one entry per part of the product, to those whose role may enter it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.exchange import api as exchange
from maillage.kernel.access import roles_of
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role, allows


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of the product: its address by name, and the permission it asks (none: everybody signed in).

    `purpose` says what one does there; the home page shows it. `count` tells how many things wait there for a
    person, shown beside the label.
    """

    label: str | Promise
    url_name: str
    icon: str
    purpose: str | Promise
    permission: Permission | None = None
    count: Callable[[Person], int] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry ready to show: address resolved, marked when the visitor is inside it."""

    label: str | Promise
    url: str
    icon: str
    purpose: str | Promise
    current: bool
    count: int = 0


ENTRIES = (
    Entry(
        _("Régulation"),
        "orientation:desk",
        "phone",
        _("Répondre aux demandes de soins : questions de sécurité, créneaux, médecin de garde."),
        Permission.REGULATE,
    ),
    Entry(
        _("Messages"),
        "exchange:inbox",
        "bell",
        _("Lire ce qui vous est annoncé, passer les appels demandés."),
        None,
        exchange.unread_count,
    ),
    Entry(
        _("Territoires"),
        "territory:index",
        "map-2",
        _("Lire le diagnostic d’un territoire : population, offre, accès, zones blanches, flux."),
        Permission.VIEW_DIAGNOSIS,
    ),
    Entry(
        _("Structures"),
        "directory:structures",
        "building-hospital",
        _("Trouver un hôpital, un EHPAD, une maison de santé, une pharmacie."),
        Permission.VIEW_DIAGNOSIS,
    ),
    Entry(
        _("Professionnels"),
        "directory:professionals",
        "stethoscope",
        _("Trouver un professionnel par métier, langue ou service ; accueillir un nouvel arrivant."),
        Permission.VIEW_DIAGNOSIS,
    ),
    Entry(
        _("Patients"),
        "people:patients",
        "user",
        _("Enregistrer un patient, suivre les recherches de médecin traitant."),
        Permission.REGISTER_PATIENTS,
    ),
    Entry(
        _("Agenda"),
        "agenda:mine",
        "calendar",
        _("Voir ses rendez-vous, choisir qui voit chaque créneau, noter une absence."),
        Permission.BOOK_APPOINTMENT,
    ),
    Entry(
        _("Gardes"),
        "roster:index",
        "shield-check",
        _("Savoir qui est de garde, demander ou prendre un remplacement."),
        Permission.VIEW_ROSTER,
    ),
    Entry(
        _("Règles"),
        "kernel:sourced_rules",
        "scale",
        _("Vérifier les seuils et paramètres : valeur, source, date et degré de certitude."),
        None,
    ),
    Entry(
        _("Journal"),
        "kernel:journal",
        "list-details",
        _("Savoir qui a fait quoi, quand et pourquoi."),
        Permission.VIEW_JOURNAL,
    ),
    Entry(
        _("Composants"),
        "web:gallery",
        "palette",
        _("Voir les pièces dont les écrans sont faits."),
        Permission.MANAGE_ACCOUNTS,
    ),
)


def links(request: HttpRequest) -> list[Link]:
    """Return the entries that `request.user` may enter; an address that does not exist is left out."""
    if not isinstance(request.user, Person):
        return []
    roles = [Role(assignment.role) for assignment in roles_of(request.user)]
    return [
        Link(
            entry.label,
            url,
            entry.icon,
            entry.purpose,
            current=request.path.startswith(url),
            count=entry.count(request.user) if entry.count else 0,
        )
        for entry in ENTRIES
        if (entry.permission is None or any(allows(role, entry.permission) for role in roles))
        and (url := address(entry.url_name))
    ]


def address(url_name: str, *args: object) -> str:
    """Return the address named `url_name`, empty where no context has brought it."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
