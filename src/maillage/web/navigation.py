"""What the masthead offers: one entry per part of the product, to those whose role may enter it.

Parts are grouped by the four verbs of the product, so that the masthead keeps one row however many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.exchange import api as exchange
from maillage.kernel.access import roles_of
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role, allows
from maillage.orientation import api as orientation
from maillage.people import api as people


class Verb(StrEnum):
    """What one comes to do: the groups of the masthead, in its order."""

    KNOW = "know"
    ACT = "act"
    STEER = "steer"
    FORESEE = "foresee"


VERB_NAMES = {
    Verb.KNOW: _("Connaître"),
    Verb.ACT: _("Agir"),
    Verb.STEER: _("Piloter"),
    Verb.FORESEE: _("Prévoir"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of the product: its address by name, and the permission it asks (none: everybody signed in).

    `purpose` says what one does there; the menus and the home page show it. `count` tells how many things
    wait there for a person, shown beside the label. `within` names the views of this part whose address does
    not begin with its own, by the beginning of their names. A `direct` entry stays outside the menus.
    """

    verb: Verb
    label: str | Promise
    url_name: str
    icon: str
    purpose: str | Promise
    permission: Permission | None = None
    count: Callable[[Person], int] | None = None
    within: tuple[str, ...] = ()
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An entry ready to show: address resolved, marked when the visitor is inside it."""

    verb: Verb
    label: str | Promise
    url: str
    icon: str
    purpose: str | Promise
    current: bool
    count: int = 0
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The parts of one verb that a visitor may enter."""

    label: str | Promise
    links: list[Link]

    @property
    def menu(self) -> list[Link]:
        """The parts that the group's menu holds."""
        return [link for link in self.links if not link.direct]

    @property
    def current(self) -> Link | None:
        """The part of the menu where the visitor is."""
        return next((link for link in self.menu if link.current), None)

    @property
    def count(self) -> int:
        """How many things wait in the parts of the menu."""
        return sum(link.count for link in self.menu)


@dataclass(frozen=True, slots=True)
class Navigation:
    """All that the masthead offers a visitor."""

    groups: list[Group]

    @property
    def direct(self) -> list[Link]:
        """The parts that are one click away on every page."""
        return [link for group in self.groups for link in group.links if link.direct]


ENTRIES = (
    Entry(
        Verb.KNOW,
        _("Territoires"),
        "territory:index",
        "map-2",
        _("Lire le diagnostic d’un territoire : population, offre, accès, zones blanches, flux."),
        Permission.VIEW_DIAGNOSIS,
        within=("web:report",),
    ),
    Entry(
        Verb.KNOW,
        _("Structures"),
        "directory:structures",
        "building-hospital",
        _("Trouver un hôpital, un EHPAD, une maison de santé, une pharmacie."),
        Permission.VIEW_DIAGNOSIS,
    ),
    Entry(
        Verb.KNOW,
        _("Professionnels"),
        "directory:professionals",
        "stethoscope",
        _("Trouver un professionnel par métier, langue ou service ; accueillir un nouvel arrivant."),
        Permission.VIEW_DIAGNOSIS,
        within=("directory:newcomer", "directory:offer", "directory:duplicates", "directory:import"),
    ),
    Entry(
        Verb.KNOW,
        _("Règles"),
        "kernel:sourced_rules",
        "scale",
        _("Vérifier les seuils et paramètres : valeur, source, date et degré de certitude."),
    ),
    Entry(
        Verb.ACT,
        _("Régulation"),
        "orientation:desk",
        "phone",
        _("Répondre aux demandes de soins : questions de sécurité, créneaux, médecin de garde."),
        Permission.REGULATE,
    ),
    Entry(
        Verb.ACT,
        _("Demandes reçues"),
        "orientation:mine",
        "circle-check",
        _("Dire en un geste ce que sont devenues les personnes que le bureau vous a adressées."),
        Permission.BOOK_APPOINTMENT,
        orientation.received_count,
        within=("orientation:mine",),
    ),
    Entry(
        Verb.ACT,
        _("Mes demandes"),
        "orientation:asked",
        "report-medical",
        _("Demander un soin au bureau de régulation pour un résident ou un patient, suivre ce qu’il décide."),
        Permission.SEND_REQUEST,
        orientation.under_way_count,
        within=("orientation:asked", "orientation:ask", "orientation:withdraw"),
    ),
    Entry(
        Verb.ACT,
        _("Patients"),
        "people:patients",
        "user",
        _("Enregistrer un patient, suivre les recherches de médecin traitant."),
        Permission.REGISTER_PATIENTS,
        people.proposals_waiting,
    ),
    Entry(
        Verb.ACT,
        _("Agenda"),
        "agenda:mine",
        "calendar",
        _("Voir ses rendez-vous, choisir qui voit chaque créneau, noter une absence."),
        Permission.BOOK_APPOINTMENT,
    ),
    Entry(
        Verb.ACT,
        _("Gardes"),
        "roster:index",
        "shield-check",
        _("Savoir qui est de garde, demander ou prendre un remplacement."),
        Permission.VIEW_ROSTER,
    ),
    Entry(
        Verb.ACT,
        _("Messages"),
        "exchange:inbox",
        "bell",
        _("Lire ce qui vous est annoncé, passer les appels demandés."),
        count=exchange.unread_count,
        direct=True,
    ),
    Entry(
        Verb.STEER,
        _("Journal"),
        "kernel:journal",
        "list-details",
        _("Savoir qui a fait quoi, quand et pourquoi."),
        Permission.VIEW_JOURNAL,
    ),
    Entry(
        Verb.STEER,
        _("Comptes"),
        "kernel:people",
        "key",
        _("Ouvrir, suspendre et fermer des comptes ; donner et retirer des rôles."),
        Permission.MANAGE_ACCOUNTS,
        within=("kernel:person",),
    ),
    Entry(
        Verb.STEER,
        _("Composants"),
        "web:gallery",
        "palette",
        _("Voir les pièces dont les écrans sont faits."),
        Permission.MANAGE_ACCOUNTS,
    ),
)


def navigation(request: HttpRequest) -> Navigation:
    """Return what `request.user` may enter, by verb; a verb with nothing to enter is left out."""
    found = links(request)
    by_verb = [(verb, [link for link in found if link.verb is verb]) for verb in Verb]
    return Navigation([Group(VERB_NAMES[verb], mine) for verb, mine in by_verb if mine])


def links(request: HttpRequest) -> list[Link]:
    """Return the entries that `request.user` may enter; an address that does not exist is left out."""
    if not isinstance(request.user, Person):
        return []
    roles = [Role(assignment.role) for assignment in roles_of(request.user)]
    return [
        Link(
            entry.verb,
            entry.label,
            url,
            entry.icon,
            entry.purpose,
            current=_is_inside(request, entry, url),
            count=entry.count(request.user) if entry.count else 0,
            direct=entry.direct,
        )
        for entry in ENTRIES
        if (entry.permission is None or any(allows(role, entry.permission) for role in roles))
        and (url := address(entry.url_name))
    ]


def _is_inside(request: HttpRequest, entry: Entry, url: str) -> bool:
    view = request.resolver_match.view_name if request.resolver_match else ""
    claimed = next((one for one in ENTRIES if one.within and view.startswith(one.within)), None)
    return claimed is entry if claimed else request.path.startswith(url)


def address(url_name: str, *args: object) -> str:
    """Return the address named `url_name`, empty where no context has brought it."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
