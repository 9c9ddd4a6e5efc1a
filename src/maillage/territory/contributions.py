"""What `territory` brings to the shared pages: its entry and its searches."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.engines import accessibility, siting
from maillage.kernel import formats
from maillage.kernel.access import may, roles_of
from maillage.kernel.contributions import (
    Block,
    Contribution,
    Entry,
    Found,
    Line,
    Processing,
    Search,
    Verb,
    Waiting,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.territory import queries
from maillage.territory.computations import preparation
from maillage.territory.computations.access_diagnosis import Known, latest
from maillage.territory.computations.supplies import PROFESSIONS
from maillage.territory.models import DataPack, FlowDataset, PackWork, Scenario, Territory

SHOWN = 4
GP = PROFESSIONS["gp"]
#: They come for the figures; for the others the diagnosis is one click away.
READERS = (Role.ANALYST, Role.BOARD, Role.PREVENTION_LEAD)
#: Where each goes on from the figure of access: the page by its name, and what is read there.
GOES_ON: dict[Role | None, tuple[tuple[Promise, str, Promise], ...]] = {
    Role.ANALYST: (
        (lazy("Accessibilité"), "territory:access", lazy("formule, dénominateur, comparaisons")),
        (lazy("Et si… ?"), "territory:what_if", lazy("comparer des mesures")),
        (lazy("Flux"), "territory:flows", lazy("où les habitants se font soigner")),
    ),
    Role.BOARD: (
        (lazy("Zones blanches"), "territory:white_zones", lazy("où agir d’abord")),
        (lazy("Et si… ?"), "territory:what_if", lazy("ce que changerait une décision")),
        (lazy("Rapport de diagnostic"), "web:report", lazy("à lire avant la réunion")),
    ),
    Role.PREVENTION_LEAD: (
        (lazy("Besoins"), "territory:needs", lazy("ce dont les habitants ont besoin")),
        (lazy("Zones blanches"), "territory:white_zones", lazy("les communes à rejoindre")),
        (lazy("Portrait"), "territory:portrait", lazy("qui vit où")),
    ),
}


def own_territories(person: Person) -> Waiting | None:
    """Say in one figure how one's territory is served, and name the others; any where one has none."""
    if not may(person, Permission.VIEW_DIAGNOSIS):
        return None
    scopes = {role.scope_id for role in roles_of(person) if role.scope_id}
    known = queries.territories()
    rows = list((known.filter(scope__in=scopes) if scopes else known)[: SHOWN + 1])
    if not rows:
        return None
    main, others = rows[0], rows[1:]
    found = latest(main)
    role = next((Role(one.role) for one in roles_of(person) if one.role in READERS), None)
    return Waiting(
        main.name,
        (
            *(
                Line(str(label), reverse(name, args=[main.slug]), str(detail))
                for label, name, detail in GOES_ON.get(role, ())
            ),
            *(Line(one.name, reverse("territory:show", args=[one.slug]), _size(one)) for one in others),
        )[:SHOWN],
        _said_to(role, found) if role and found else "",
        reverse("territory:show", args=[main.slug]),
        _("Ouvrir le diagnostic"),
        reverse("territory:access", args=[main.slug]),
        _known_of(main, found),
    )


def _said_to(role: Role, found: Known) -> str:
    """Return the piece of the day's sentence of a role that comes for the figures."""
    said = {
        Role.ANALYST: _("accès : {share} des habitants sous le seuil de {low} {unit}"),
        Role.BOARD: _("{share} des habitants sous le seuil d’accès au médecin généraliste"),
        Role.PREVENTION_LEAD: _(
            "{share} des habitants à rejoindre d’abord : leur accès au médecin est sous le seuil"
        ),
    }[role]
    return said.format(
        share=formats.percent(found.below), low=formats.number(found.low, GP.decimals), unit=GP.unit
    )


def _known_of(territory: Territory, found: Known | None) -> str:
    """Say what the last diagnosis found, how large the territory is where none was made."""
    if found is None:
        return f"{_size(territory)}."
    return _("%(share)s des habitants vivent sous %(low)s %(unit)s ; la moyenne est de %(mean)s.") % {
        "share": formats.percent(found.below),
        "low": formats.number(found.low, GP.decimals),
        "unit": GP.unit,
        "mean": formats.number(found.mean, GP.decimals),
    }


def _size(one: Territory) -> str:
    count = one.commune_count  # type: ignore[attr-defined]  # counted by the query
    communes = ngettext("{count} commune", "{count} communes", count).format(count=formats.number(count))
    return f"{one.get_kind_display()} · {communes}"


def find_territories(query: str, limit: int) -> Iterable[Found]:
    """Yield the territories of that name."""
    for one in queries.search_territories(query, limit):
        yield Found(one.name, one.get_kind_display(), reverse("territory:show", args=[one.slug]))


def find_communes(query: str, limit: int) -> Iterable[Found]:
    """Yield the communes of that name, code or postcode."""
    for one in queries.search_communes(query, limit):
        place = f"{one.departement_name} · {one.code}"
        yield Found(one.name, place, reverse("territory:commune", args=[one.code]))


def warm() -> None:
    """Compile the what-if and the siting; map the country's arrays where a pack is in use and is prepared."""
    accessibility.warm()
    siting.warm()
    if preparation.is_prepared():
        preparation.warm()


CONTRIBUTION = Contribution(
    "territory",
    navigation=(
        Entry(
            Verb.KNOW,
            lazy("Territoires"),
            "territory:index",
            "map-2",
            lazy("Lire le diagnostic d’un territoire : population, offre, accès, zones blanches, flux."),
            Permission.VIEW_DIAGNOSIS,
            within=("web:report",),
            order=10,
        ),
    ),
    first_screen=(
        Block(
            "territory.access",
            dict.fromkeys(READERS, 1) | {Role.COORDINATOR: 3},
            own_territories,
        ),
    ),
    searches=(
        Search(lazy("Territoires"), find_territories, order=10),
        Search(lazy("Communes"), find_communes, order=20),
    ),
    warm=warm,
    named_in_journal=(DataPack, FlowDataset, PackWork, Scenario, Territory),
    processing=Processing(
        lazy("Diagnostic du territoire"),
        lazy("Connaître les besoins et l’offre, en nombres de personnes."),
        lazy("Auteurs des imports et des scénarios"),
        lazy("Membres du territoire"),
    ),
)
