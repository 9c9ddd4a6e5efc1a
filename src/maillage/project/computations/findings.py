"""What the diagnosis of a territory found, each with its figure: what an objective may be made from.

Nothing is computed here: each figure is that of the pages of the diagnosis, asked of `territory`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel import formats
from maillage.kernel.figures import Figure
from maillage.project.rules.missions import Mission
from maillage.territory import api as territory

#: Communes of the ranking of needs, flows and emergency departments that are proposed.
_MOST = 5


class Group(StrEnum):
    """What part of the diagnosis a finding is of."""

    ZONE = "zone"
    NEED = "need"
    FLOW = "flow"
    WORKFORCE = "workforce"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the diagnosis found: the sentence, its figure, the objective that it proposes.

    `key` names it among those of a territory, and goes on naming it when its figure moves. `page` is the name
    of the page of the diagnosis that shows it.
    """

    key: str
    group: Group
    said: str
    objective: str
    figure: Figure
    page: str
    mission: Mission


@dataclass(frozen=True, slots=True)
class Found:
    """The findings of a territory; `basis` changes with the data, the parameters and the perimeter."""

    basis: str
    findings: tuple[Finding, ...]

    def finding(self, key: str) -> Finding | None:
        """Return the finding of that key; the zone that holds its commune, where it is one."""
        return next((one for one in self.findings if one.key == key), None)


@dataclass(frozen=True, slots=True)
class _Opened:
    atlas: territory.Atlas
    positions: NDArray[np.intp]
    name: str

    def named(self, position: int) -> str:
        return str(self.atlas.names[position])

    def code(self, position: int) -> str:
        return str(self.atlas.codes[position])


def basis_of(place: territory.Territory) -> str:
    """Return what the figures of a territory depend on, as a short digest; empty where there is no data."""
    try:
        atlas = territory.current_atlas()
    except territory.NoPackError:
        return ""
    codes = territory.member_codes(place)
    return _digest(atlas, codes) if codes else ""


def findings(place: territory.Territory) -> Found:
    """Return what the diagnosis of a territory found; nothing where there is no data for its communes."""
    try:
        atlas = territory.current_atlas()
    except territory.NoPackError:
        return Found("", ())
    codes = territory.member_codes(place)
    if not codes:
        return Found("", ())
    return _kept(_digest(atlas, codes), place.name, get_language() or "fr", tuple(codes))


def _digest(atlas: territory.Atlas, codes: list[str]) -> str:
    access = territory.national_access(atlas)
    said = repr((atlas.fingerprint, access.key, sorted(codes)))
    return hashlib.sha256(said.encode()).hexdigest()


@lru_cache(maxsize=32)
def _kept(basis: str, name: str, _language: str, codes: tuple[str, ...]) -> Found:
    atlas = territory.current_atlas()
    opened = _Opened(atlas, atlas.positions(codes), name)
    return Found(basis, tuple(_every(opened)))


def _every(opened: _Opened) -> Iterator[Finding]:
    yield from _zones(opened)
    yield from _needs(opened)
    yield from _flows(opened)
    yield from _workforce(opened)


def _zones(opened: _Opened) -> Iterator[Finding]:
    access = territory.national_access(opened.atlas)
    source = territory.access_provenance(
        opened.atlas,
        access,
        opened.positions,
        _("Habitants d’un ensemble de communes qui se touchent, toutes sous le seuil d’accès."),
    )
    low = formats.number(access.low, access.profession.decimals)
    for zone in territory.white_zones(opened.atlas, access, opened.positions):
        first = opened.named(int(zone.members[0]))
        count = len(zone.members)
        said = ngettext(
            "Zone blanche {of_name} : {count} commune sous {low}, {people} habitants, {mean} en moyenne.",
            "Zone blanche {of_name} : {count} communes sous {low}, {people} habitants, {mean} en moyenne.",
            count,
        ).format(
            of_name=territory.of_place(first),
            count=formats.number(count),
            low=low,
            people=formats.number(zone.people),
            mean=formats.number(zone.mean, access.profession.decimals),
        )
        yield Finding(
            f"zone:{opened.code(int(zone.members[0]))}",
            Group.ZONE,
            said,
            _("Donner un accès au médecin généraliste aux habitants de la zone blanche {of_name}").format(
                of_name=territory.of_place(first)
            ),
            Figure(
                f"zone:{opened.code(int(zone.members[0]))}",
                _("Habitants de la zone blanche {of_name}").format(of_name=territory.of_place(first)),
                float(zone.people),
                source,
                unit=_("habitants"),
            ),
            "white_zones",
            Mission.ACCESS,
        )


#: Figures of the portrait that say a need, the mission that answers, and the objective proposed.
_NEEDS = {
    "no_referring_doctor": Mission.ACCESS,
    "ald": Mission.PATHWAYS,
    "share_65p": Mission.PATHWAYS,
    "no_gp_visit": Mission.ACCESS,
    "no_flu_vaccine": Mission.PREVENTION,
    "no_colorectal_screening": Mission.PREVENTION,
    "c2s": Mission.ACCESS,
}


def _objective_of(key: str) -> str:
    return {
        "no_referring_doctor": _("Donner un médecin traitant à celles et ceux qui n’en ont pas"),
        "ald": _("Organiser le suivi des personnes en affection de longue durée"),
        "share_65p": _("Maintenir à domicile les personnes de 65 ans et plus"),
        "no_gp_visit": _("Ramener vers le soin les personnes qui n’ont vu aucun généraliste"),
        "no_flu_vaccine": _("Vacciner davantage contre la grippe les personnes à risque"),
        "no_colorectal_screening": _("Dépister davantage le cancer colorectal"),
        "c2s": _("Faciliter l’accès aux soins des personnes en situation de précarité"),
    }[key]


def _needs(opened: _Opened) -> Iterator[Finding]:
    portrait = territory.portrait(opened.atlas, opened.positions, opened.name)
    seen: set[str] = set()
    for figure in (*portrait.headline, *portrait.vulnerability):
        mission = _NEEDS.get(figure.key)
        if mission is None or figure.key in seen:
            continue
        seen.add(figure.key)
        said = formats.told(figure.label, _written(figure))
        near = [one for one in figure.comparisons if one.value is not None]
        if near and figure.value is not None:
            said += formats.NBSP + _("({label} : {value})").format(
                label=near[-1].label, value=formats.quantity(near[-1].value, figure.unit, figure.decimals)
            )
        yield Finding(
            f"need:{figure.key}", Group.NEED, f"{said}.", _objective_of(figure.key), figure, "needs", mission
        )
    ranking = territory.rank(opened.atlas, opened.positions, territory.default_weights())
    source = territory.needs_source(opened.atlas)
    for place in range(min(_MOST, len(ranking.positions))):
        position = int(ranking.positions[place])
        index = float(ranking.index[place])
        if not index > 0:
            continue
        name = opened.named(position)
        yield Finding(
            f"rank:{opened.code(position)}",
            Group.NEED,
            _("{name} : besoins supérieurs à la moyenne de France, indice {index}.").format(
                name=name, index=formats.signed(index, 2)
            ),
            _("Répondre d’abord aux besoins {of_name}").format(of_name=territory.of_place(name)),
            Figure(
                f"rank:{opened.code(position)}",
                _("Indice de besoins {of_name}").format(of_name=territory.of_place(name)),
                index,
                source,
                decimals=2,
            ),
            "needs",
            Mission.ACCESS,
        )


def _flows(opened: _Opened) -> Iterator[Finding]:
    access = territory.national_access(opened.atlas)
    source = territory.access_provenance(
        opened.atlas,
        access,
        opened.positions,
        _("Flux déduits des poids de l’accessibilité : où l’on peut se soigner, pas où l’on va."),
    )
    balance = territory.balance(access, opened.positions)
    if np.isfinite(balance.leaving):
        yield Finding(
            "flow:leaving",
            Group.FLOW,
            _(
                "{share} du recours aux généralistes des habitants sort du territoire, selon le modèle."
            ).format(share=formats.percent(balance.leaving)),
            _("Réduire la part du recours aux généralistes qui sort du territoire"),
            Figure(
                "flow:leaving",
                _("Part du recours aux généralistes qui sort du territoire"),
                balance.leaving,
                source,
                unit="%",
            ),
            "flows",
            Mission.ACCESS,
        )
    for one in territory.emergency_catchments(opened.atlas, access, opened.positions)[:_MOST]:
        name = territory.of_place(opened.named(one.position))
        key = f"emergency:{opened.code(one.position)}"
        yield Finding(
            key,
            Group.FLOW,
            _("{people} habitants dépendent des urgences {of_name}, à {minutes} en moyenne.").format(
                people=formats.number(one.people), of_name=name, minutes=formats.minutes(one.mean_minutes)
            ),
            _("Répondre en ville aux demandes qui vont aux urgences {of_name}").format(of_name=name),
            Figure(
                key,
                _("Temps moyen vers les urgences {of_name}").format(of_name=name),
                one.mean_minutes,
                territory.travel_provenance(opened.atlas, access, opened.positions, "emergency"),
                unit="min",
            ),
            "flows",
            Mission.ACCESS,
        )


def _workforce(opened: _Opened) -> Iterator[Finding]:
    supply = territory.territory_supply(opened.atlas, opened.positions, opened.name)
    for figure in (*supply.headline, *supply.ageing):
        if figure.key not in {"gp_60", "gp_60_share"} or not figure.value:
            continue
        yield Finding(
            f"workforce:{figure.key}",
            Group.WORKFORCE,
            f"{formats.told(figure.label, _written(figure))}.",
            _("Préparer le remplacement des généralistes qui partiront"),
            figure,
            "supply",
            Mission.SUPPORT,
        )
    portrait = territory.portrait(opened.atlas, opened.positions, opened.name)
    after = territory.retirement(opened.atlas, portrait.areas)
    for figure in after.figures:
        if figure.key != "below_after" or figure.value is None:
            continue
        yield Finding(
            "workforce:below_after",
            Group.WORKFORCE,
            f"{formats.told(figure.label, _written(figure))}.",
            _("Garder l’accès aux soins malgré les départs de généralistes"),
            figure,
            "supply",
            Mission.SUPPORT,
        )


def _written(figure: Figure) -> str:
    return formats.quantity(figure.value, figure.unit, figure.decimals)
