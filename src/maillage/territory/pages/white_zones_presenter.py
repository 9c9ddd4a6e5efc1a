"""What the page of white zones says and lists."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.engines.accessibility import Lift
from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.formats import minutes, number, percent
from maillage.kernel.tables import Column, Row, Table
from maillage.territory.computations.access import Access
from maillage.territory.computations.access_figures import access_provenance
from maillage.territory.computations.measure_figures import variable
from maillage.territory.computations.memo import Memo, perimeter_key
from maillage.territory.computations.place_names import at, of
from maillage.territory.computations.white_zones import (
    MINUTES_RULE,
    PHARMACY_FIRST_RULE,
    PHARMACY_NEXT_RULE,
    QUANTILE_RULE,
    Overlap,
    PharmacySurplus,
    WhiteZone,
    overlaps,
    pharmacy_surpluses,
    white_zones,
)
from maillage.territory.pages.access_choice import Chosen
from maillage.territory.pages.diagnosis import Diagnosis

SHOWN_NAMES = 6


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in the territory for one profession."""

    zones: list[WhiteZone]
    overlaps: list[Overlap]
    pharmacies: list[PharmacySurplus]


@dataclass(frozen=True, slots=True)
class ZoneCard:
    """One white zone in words: `title` names it, `communes` lists all its communes with their codes."""

    number: int
    title: str
    people: float
    mean: float
    lowest: float
    communes: list[tuple[str, str]]
    outside: str
    lift: str
    full_lift: str
    alternative: str


_found: Memo[Findings] = Memo(16)


def find(diagnosis: Diagnosis, chosen: Chosen) -> Findings:
    """Return the white zones and overlaps of the territory, kept while nothing changes."""
    atlas, access, members = diagnosis.atlas, chosen.access, diagnosis.positions
    return _found.get(
        (access.key, perimeter_key(members)),
        lambda: Findings(
            white_zones(atlas, access, members), overlaps(access, members), pharmacy_surpluses(atlas, members)
        ),
    )


def finding(diagnosis: Diagnosis, chosen: Chosen, found: Findings) -> str:
    """Return the page's first sentence: how many zones, how many people, where, and what would lift them."""
    access, zones = chosen.access, found.zones
    low = number(access.low, access.profession.decimals)
    if not zones:
        return _("Aucune commune du territoire n’est sous %(low)s %(unit)s.") % {
            "low": low,
            "unit": access.profession.unit,
        }
    people = sum(zone.people for zone in zones)
    total = float(access.people[diagnosis.positions].sum())
    sentence = ngettext(
        "Une zone blanche réunit %(people)s habitants (%(share)s du territoire), autour %(town)s.",
        "%(count)s zones blanches réunissent %(people)s habitants (%(share)s du territoire) ; "
        "la plus grande est autour %(town)s.",
        len(zones),
    ) % {
        "count": number(len(zones)),
        "people": number(people),
        "share": percent(people / total),
        "town": of(str(diagnosis.atlas.names[zones[0].members[0]])),
    }
    return f"{sentence} {_needed(access, zones)}".strip()


def _needed(access: Access, zones: list[WhiteZone]) -> str:
    lifts = [zone.mean_lift for zone in zones if zone.mean_lift is not None]
    if len(lifts) < len(zones):
        return ""
    return ngettext(
        "%(count)s %(one)s de plus, bien placé, porterait leur moyenne au seuil.",
        "%(count)s %(many)s de plus, bien placés, porteraient leur moyenne au seuil.",
        total := int(sum(lift.units.sum() for lift in lifts)),
    ) % {"count": number(total), "one": access.profession.one, "many": access.profession.many}


def figures(diagnosis: Diagnosis, chosen: Chosen, found: Findings) -> list[Figure]:
    """Return the figures that matter: zones, communes and inhabitants under the threshold."""
    access, zones = chosen.access, found.zones
    low = number(access.low, access.profession.decimals)
    said = _("Communes voisines dont l’accessibilité est sous %(low)s.") % {"low": low}
    provenance = access_provenance(diagnosis.atlas, access, diagnosis.positions, said)
    values = (
        ("zones", _("Zones blanches"), float(len(zones)), ""),
        ("communes", _("Communes concernées"), float(sum(zone.members.size for zone in zones)), ""),
        ("people", _("Habitants concernés"), float(sum(zone.people for zone in zones)), ""),
    )
    return [Figure(key, label, value, provenance, unit) for key, label, value, unit in values]


def zone_cards(diagnosis: Diagnosis, chosen: Chosen, found: Findings) -> list[ZoneCard]:
    """Return every white zone in words, most populated first."""
    return [_card(diagnosis, chosen.access, zone) for zone in found.zones]


def _card(diagnosis: Diagnosis, access: Access, zone: WhiteZone) -> ZoneCard:
    atlas = diagnosis.atlas
    names = atlas.names[zone.members].tolist()
    full_lift = None if _same(zone.mean_lift, zone.full_lift) else zone.full_lift
    return ZoneCard(
        number=zone.number + 1,
        title=", ".join(names[:2]) if len(names) <= 2 else _("Autour %(town)s") % {"town": of(names[0])},
        people=zone.people,
        mean=zone.mean,
        lowest=zone.lowest,
        communes=list(zip(atlas.codes[zone.members].tolist(), names, strict=True)),
        outside=_outside_sentence(zone),
        lift=_lift_sentence(
            diagnosis, access, zone.mean_lift, _("la moyenne de la zone atteindrait %(value)s")
        ),
        full_lift=_lift_sentence(
            diagnosis, access, full_lift, _("chaque commune atteindrait le seuil, la moyenne %(value)s")
        ),
        alternative=_alternative_sentence(diagnosis, zone),
    )


def _same(first: Lift | None, second: Lift | None) -> bool:
    """Whether one answer already does what the other asks, with as many professionals."""
    return first is not None and second is not None and first.units.sum() == second.units.sum()


def _outside_sentence(zone: WhiteZone) -> str:
    if not zone.outside:
        return ""
    return ngettext(
        "Elle se prolonge hors du territoire : %(count)s commune voisine est aussi sous le seuil.",
        "Elle se prolonge hors du territoire : %(count)s communes voisines sont aussi sous le seuil.",
        zone.outside,
    ) % {"count": number(zone.outside)}


def _lift_sentence(diagnosis: Diagnosis, access: Access, lift: Lift | None, effect: str) -> str:
    """Return « Avec 2 médecins généralistes de plus à Marcigny, … », empty where nothing does."""
    if lift is None:
        return ""
    total = int(lift.units.sum())
    trade = access.profession
    return _("Avec %(count)s %(noun)s de plus %(places)s, %(effect)s.") % {
        "count": number(total),
        "noun": trade.many if total >= 2 else trade.one,
        "places": _places(diagnosis, lift),
        "effect": effect % {"value": number(lift.mean_after, trade.decimals)},
    }


def _places(diagnosis: Diagnosis, lift: Lift) -> str:
    names = diagnosis.atlas.names
    if lift.sites.size == 1:
        return at(str(names[lift.sites[0]]))
    order = np.argsort(-lift.units, kind="stable")
    places = [f"{number(int(lift.units[k]))} {at(str(names[lift.sites[k]]))}" for k in order[:SHOWN_NAMES]]
    return f"({', '.join(places)}{', …' if order.size > SHOWN_NAMES else ''})"


def _alternative_sentence(diagnosis: Diagnosis, zone: WhiteZone) -> str:
    if zone.alternative is None:
        return _("Aucun lieu mieux doté n’a été trouvé.")
    return _("Lieu mieux doté le plus proche %(town)s : %(place)s, à %(minutes)s.") % {
        "town": of(str(diagnosis.atlas.names[zone.members[0]])),
        "place": diagnosis.atlas.names[zone.alternative.position],
        "minutes": minutes(zone.alternative.minutes),
    }


def tables(diagnosis: Diagnosis, chosen: Chosen, found: Findings) -> dict[str, Table]:
    """Return every table of the page, by key, with the address of its CSV."""
    built = (
        _zone_table(diagnosis, chosen, found),
        _overlap_table(diagnosis, chosen, found),
        _pharmacy_table(diagnosis, found),
    )
    query = chosen.query.rstrip("?")
    slug = diagnosis.territory.slug
    return {
        table.key.replace("-", "_"): replace(
            table,
            csv_url=reverse("territory:white_zones_csv", args=[slug, table.key.replace("-", "_")]) + query,
        )
        for table in built
    }


def map_url(diagnosis: Diagnosis, chosen: Chosen) -> str:
    """Return the address of the map's data."""
    return diagnosis.url("white_zones_map") + chosen.query.rstrip("?")


def _zone_table(diagnosis: Diagnosis, chosen: Chosen, found: Findings) -> Table:
    """One row per commune, so that a row answers to the map."""
    atlas, access = diagnosis.atlas, chosen.access
    trade = access.profession
    rows = [
        Row(
            {
                "name": str(atlas.names[k]),
                "zone": zone.number + 1,
                "apl": float(access.apl[k]),
                "population": int(access.people[k]),
                "heads": int(access.heads[k]),
            },
            code=str(atlas.codes[k]),
            url=reverse("territory:commune_access", args=[str(atlas.codes[k])]),
            estimated=frozenset({"apl"}) if access.travel.is_estimate(np.array([k])) else frozenset(),
        )
        for zone in found.zones
        for k in zone.members
    ]
    return Table(
        key="zones",
        caption=_("Communes des zones blanches"),
        columns=(
            Column("name", _("Commune")),
            Column("zone", _("Zone"), "number"),
            Column("apl", _("Accessibilité"), "number", str(trade.short_unit), trade.decimals),
            Column("population", _("Habitants"), "number"),
            Column("heads", str(trade.label), "number"),
        ),
        rows=rows,
    )


def _overlap_table(diagnosis: Diagnosis, chosen: Chosen, found: Findings) -> Table:
    atlas, access = diagnosis.atlas, chosen.access
    trade = access.profession
    rows = [
        Row(
            {
                "names": _names(atlas.names[one.members].tolist()),
                "heads": int(one.heads),
                "minutes": one.minutes,
                "access": one.access,
                "need": one.need,
            }
        )
        for one in found.overlaps
    ]
    return Table(
        key="recouvrements",
        caption=_("Lieux proches dont l’offre dépasse le besoin courant"),
        columns=(
            Column("names", _("Communes")),
            Column("heads", str(trade.label), "number"),
            Column("minutes", _("Trajet le plus long entre deux voisines"), "minutes", "min"),
            Column("access", _("Accessibilité de leurs habitants"), "number", decimals=trade.decimals),
            Column("need", _("Besoin courant"), "number", decimals=trade.decimals),
        ),
        rows=rows,
        provenance=replace(
            access_provenance(
                atlas,
                access,
                diagnosis.positions,
                _(
                    "Lieux à quelques minutes l’un de l’autre, dont les habitants alentour sont mieux servis "
                    "que les trois quarts du pays."
                ),
            ),
            rules=(MINUTES_RULE, QUANTILE_RULE),
        ),
    )


def _pharmacy_table(diagnosis: Diagnosis, found: Findings) -> Table:
    atlas = diagnosis.atlas
    source = variable(atlas, "supply_commune.pharmacies")
    rows = [
        Row(
            {
                "name": str(atlas.names[one.position]),
                "pharmacies": one.pharmacies,
                "allowed": one.allowed,
            },
            code=str(atlas.codes[one.position]),
        )
        for one in found.pharmacies
    ]
    return Table(
        key="pharmacies",
        caption=_("Communes avec plus de pharmacies que la règle n’en ouvrirait aujourd’hui"),
        columns=(
            Column("name", _("Commune")),
            Column("pharmacies", _("Pharmacies"), "number"),
            Column(
                "allowed",
                _("Ouvertures permises pour la population"),
                "number",
                note=_("la règle vaut pour ouvrir, non pour fermer ; une pharmacie sert aussi les voisines."),
            ),
        ),
        rows=rows,
        provenance=Provenance(
            source=source.source if source else "",
            vintage=source.vintage if source else "",
            rules=(PHARMACY_FIRST_RULE, PHARMACY_NEXT_RULE),
        ),
    )


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN_NAMES])
    more = len(names) - SHOWN_NAMES
    return shown if more <= 0 else _("%(names)s et %(more)s autres") % {"names": shown, "more": number(more)}
