"""What the accessibility page says and lists."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from maillage.kernel.formats import number, percent
from maillage.kernel.tables import Column, Row, Table
from maillage.territory.computations import access_figures as figures
from maillage.territory.computations.access import Access
from maillage.territory.computations.access_diagnosis import AccessDiagnosis
from maillage.territory.computations.comparisons import population
from maillage.territory.computations.place_names import of
from maillage.territory.computations.reference_comparison import differences, published_below, ranks
from maillage.territory.computations.supplies import SERVICES
from maillage.territory.computations.travel_times import nearest_service, travel_bounds
from maillage.territory.computations.white_zones import zone_labels
from maillage.territory.pages.access_choice import Chosen
from maillage.territory.pages.access_wording import reasons_text
from maillage.territory.pages.diagnosis import Diagnosis

MAP_BOUNDS_GP = (1.5, 2.5, 3.25, 4.0)
QUANTILES = (0.1, 0.3, 0.6, 0.85)
GAIN_CUTS = (0.02, 0.08, 0.2)


def finding(diagnosis: Diagnosis, access: Access, found: AccessDiagnosis) -> str:
    """Return the page's first sentence: how many live under the threshold, where, and against whom."""
    summary, trade = found.territory.summary, access.profession
    if summary.mean is None:
        return _("Personne n’habite ce territoire : il n’y a pas d’accès à mesurer.")
    values = {
        "share": percent(summary.below),
        "low": number(access.low, trade.decimals),
        "unit": trade.unit,
        "where": _where(diagnosis, access),
        "mean": number(summary.mean, trade.decimals),
        "france": number(found.areas[-1].summary.mean, trade.decimals),
    }
    if summary.people_below:
        first = _(
            "%(share)s des habitants vivent sous %(low)s %(unit)s%(where)s ; "
            "la moyenne est de %(mean)s (France : %(france)s)."
        )
    else:
        first = _(
            "Aucun habitant ne vit sous %(low)s %(unit)s ; la moyenne est de %(mean)s (France : %(france)s)."
        )
    return first % values + _beside_the_reference(diagnosis, access)


def _beside_the_reference(diagnosis: Diagnosis, access: Access) -> str:
    """Return that this is an estimate, and what the DREES publishes where it can be set beside."""
    published = published_below(diagnosis.atlas, access, diagnosis.positions)
    if published is None:
        return " " + _("C’est une estimation.")
    return " " + _("C’est une estimation : la DREES, elle, en compte %(share)s sous ce seuil.") % {
        "share": percent(published)
    }


def _where(diagnosis: Diagnosis, access: Access) -> str:
    """Return around which town most of them live, where one white zone holds over half of them."""
    members = diagnosis.positions
    labels = zone_labels(diagnosis.atlas, access, members, access.apl)
    under = access.people[members] * (labels >= 0)
    largest = access.people[members] * (labels == 0)
    if labels.max(initial=-1) < 1 or largest.sum() * 2 < under.sum():
        return ""
    town = members[int(np.argmax(largest))]
    return _(", le plus souvent autour %(town)s") % {"town": of(str(diagnosis.atlas.names[town]))}


def tables(diagnosis: Diagnosis, chosen: Chosen, found: AccessDiagnosis) -> dict[str, Table]:
    """Return every table of the page, by key, with the address of its CSV."""
    built = (
        _communes(diagnosis, chosen.access),
        _deciles(diagnosis, chosen.access, found),
        _services(diagnosis, chosen.access, found),
        _areas(diagnosis, chosen.access, found),
        _differences(diagnosis, chosen.access),
    )
    return {table.key: _with_csv(table, diagnosis, chosen) for table in built}


def reference_missing(diagnosis: Diagnosis, access: Access) -> str:
    """Return a sentence where the DREES published nothing for some communes, empty otherwise."""
    atlas, members = diagnosis.atlas, diagnosis.positions
    missing = members[np.isnan(ranks(atlas, access).published[members])]
    if not missing.size:
        return ""
    names = sorted(set(atlas.departement_names[missing].tolist()))
    return ngettext(
        "Référence absente pour %(count)s commune (%(places)s) : la DREES ne l’a pas publiée.",
        "Référence absente pour %(count)s communes (%(places)s) : la DREES ne l’a pas publiée.",
        missing.size,
    ) % {"count": number(missing.size), "places": ", ".join(names)}


def map_options(diagnosis: Diagnosis, chosen: Chosen) -> dict[str, Any]:
    """Return how the map draws the accessibility: address of its data, classes, unit."""
    access = chosen.access
    return {
        "url": diagnosis.url("access_map") + chosen.query.rstrip("?"),
        "field": "apl",
        "scale": "access",
        "bounds": ",".join(str(bound) for bound in map_bounds(access)),
        "unit": access.profession.short_unit,
        "decimals": access.profession.decimals,
        "label": access.profession.label,
    }


def gain_options(chosen: Chosen) -> dict[str, Any]:
    """Return how the map draws what a scenario gains: on a scale that goes both ways from nothing.

    The classes are cut at 2, 8 and 20 % of the threshold under which access is low: for general
    practitioners 0.05, 0.2 and 0.5 consultations.
    """
    access = chosen.access
    cuts = [float(f"{share * access.low:.1g}") for share in GAIN_CUTS]
    bounds = [*(-cut for cut in reversed(cuts)), *cuts]
    return {
        "field": "gain",
        "scale": "difference",
        "bounds": ",".join(f"{bound:g}" for bound in bounds),
        "label": _("Gain d’accès"),
    }


def map_bounds(access: Access) -> tuple[float, ...]:
    """Return the four bounds of the map's five classes: round ones for GPs, national quantiles otherwise."""
    if access.profession.key == "gp":
        return MAP_BOUNDS_GP
    order = np.argsort(access.apl, kind="stable")
    cumulated = np.cumsum(access.people[order])
    cuts = np.searchsorted(cumulated, np.array(QUANTILES) * cumulated[-1])
    step = 10.0 ** (len(str(int(access.apl.max(initial=1)))) - 2)
    rounded = np.round(access.apl[order][np.minimum(cuts, order.size - 1)] / step) * step
    return tuple(float(bound) for bound in np.unique(rounded))


def _communes(diagnosis: Diagnosis, access: Access) -> Table:
    atlas, members, trade = diagnosis.atlas, diagnosis.positions, access.profession
    compared = ranks(atlas, access)
    minutes = {key: nearest_service(atlas, access.travel, key).minutes for key in SERVICES}
    rows = [
        Row(
            {
                "name": str(atlas.names[k]),
                "population": int(population(atlas)[k]),
                "apl": float(access.apl[k]),
                "heads": int(access.heads[k]),
                "published": _known(compared.published[k]),
                "gap": _known(compared.gap[k]),
                **{key: _known(values[k]) for key, values in minutes.items()},
            },
            code=str(atlas.codes[k]),
            url=reverse("territory:commune_access", args=[str(atlas.codes[k])]),
            estimated=frozenset({"apl", *SERVICES})
            if access.travel.is_estimate(np.array([k]))
            else frozenset(),
        )
        for k in members
    ]
    table = Table(
        key="communes",
        caption=_("Accès par commune"),
        columns=(
            Column("name", _("Commune")),
            Column("apl", _("Accessibilité"), "number", str(trade.short_unit), trade.decimals),
            Column(
                "published",
                _("Référence DREES"),
                "number",
                decimals=trade.decimals,
                note=_published_note(access),
            ),
            Column(
                "gap",
                _("Écart de rang"),
                "change",
                decimals=2,
                note=_(
                    "notre rang moins celui de la référence, parmi tous les habitants du pays, de −1 à 1."
                ),
            ),
            Column("heads", str(trade.label), "number"),
            Column("population", _("Habitants"), "number"),
            *(Column(key, str(service.label), "minutes", "min") for key, service in SERVICES.items()),
        ),
        rows=rows,
        sort="apl",
        provenance=figures.access_provenance(atlas, access, members, figures.formula(access)),
    )
    return table.sorted_by("apl")


def _published_note(access: Access) -> str:
    if access.profession.key == "gp":
        return _("APL publié par la DREES, en consultations par an et par habitant standardisé.")
    return _("indicateur publié par la DREES dans une autre unité : seuls les rangs se comparent.")


def _deciles(diagnosis: Diagnosis, access: Access, found: AccessDiagnosis) -> Table:
    trade = access.profession
    areas = (found.areas[0], found.areas[-1])
    rows = [
        Row(
            {
                "decile": _tenth(tenth),
                **{f"area{n}": area.summary.deciles[tenth - 1] for n, area in enumerate(areas)},
            }
        )
        for tenth in range(1, 11)
    ]
    return Table(
        key="deciles",
        caption=_("Du dixième d’habitants le moins bien servi au mieux servi"),
        columns=(
            Column("decile", _("Dixième")),
            *(
                Column(f"area{n}", area.label, "number", str(trade.short_unit), trade.decimals)
                for n, area in enumerate(areas)
            ),
        ),
        rows=rows,
        provenance=figures.access_provenance(
            diagnosis.atlas,
            access,
            diagnosis.positions,
            _("Dixièmes découpés par habitants ; moyennes pondérées par la population standardisée."),
        ),
    )


def _tenth(number_of: int) -> str:
    if number_of == 1:
        return _("1er (le moins bien servi)")
    return _("10e (le mieux servi)") if number_of == 10 else _("%(rank)de") % {"rank": number_of}


def _services(diagnosis: Diagnosis, access: Access, found: AccessDiagnosis) -> Table:
    remoteness, france = found.territory.remoteness, found.areas[-1].remoteness
    bounds = travel_bounds()
    rows = [
        Row(
            {
                "service": str(service.label),
                "mean": remoteness[key].mean,
                "france": france[key].mean,
                **{f"beyond{bound}": remoteness[key].share_over[bound] for bound in bounds},
                **{f"people{bound}": remoteness[key].people_over[bound] for bound in bounds},
            },
            estimated=frozenset({"mean", *(f"beyond{bound}" for bound in bounds)})
            if access.travel.is_estimate(diagnosis.positions)
            else frozenset(),
        )
        for key, service in SERVICES.items()
    ]
    share_over = [
        Column(f"beyond{bound}", _("À plus de %(bound)s min") % {"bound": bound}, "share") for bound in bounds
    ]
    people = [
        Column(f"people{bound}", _("Habitants à plus de %(bound)s min") % {"bound": bound}, "number")
        for bound in bounds
    ]
    return Table(
        key="services",
        caption=_("Temps jusqu’au plus proche, et habitants qui en sont loin"),
        columns=(
            Column("service", _("Service")),
            Column("mean", _("Temps moyen"), "minutes", "min"),
            Column("france", _("France"), "minutes", "min"),
            *share_over,
            *people,
        ),
        rows=rows,
        provenance=figures.travel_provenance(diagnosis.atlas, access, diagnosis.positions, "gp"),
    )


def _areas(diagnosis: Diagnosis, access: Access, found: AccessDiagnosis) -> Table:
    trade = access.profession
    rows = [
        Row(
            {
                "area": area.label,
                "mean": area.summary.mean,
                "below": area.summary.below,
                "above": area.summary.above,
                "p10": area.summary.p10,
                "p90": area.summary.p90,
                "interdecile": area.summary.interdecile,
                "gini": area.summary.gini,
                "published": area.published,
                "agreement": area.agreement,
            }
        )
        for area in found.areas
    ]
    above = [Column("above", _("Habitants au-dessus de %(high)s") % {"high": number(access.high)}, "share")]
    low = number(access.low, trade.decimals)
    return Table(
        key="zones-de-comparaison",
        caption=_("Le territoire et ceux auxquels il est comparé"),
        columns=(
            Column("area", _("Territoire")),
            Column("mean", _("Moyenne"), "number", str(trade.short_unit), trade.decimals),
            Column("below", _("Habitants sous %(low)s") % {"low": low}, "share"),
            *(above if access.high is not None else []),
            Column("p10", _("P10"), "number", decimals=trade.decimals),
            Column("p90", _("P90"), "number", decimals=trade.decimals),
            Column("interdecile", _("P90/P10"), "number", decimals=1),
            Column("gini", _("Gini"), "number", decimals=2),
            Column("published", _("Référence DREES"), "number", decimals=trade.decimals),
            Column("agreement", _("Accord avec la DREES"), "number", decimals=2),
        ),
        rows=rows,
        provenance=figures.access_provenance(
            diagnosis.atlas,
            access,
            diagnosis.positions,
            _("Moyennes pondérées par la population standardisée, parts et déciles par les habitants."),
        ),
    )


def _differences(diagnosis: Diagnosis, access: Access) -> Table:
    atlas = diagnosis.atlas
    compared = ranks(atlas, access)
    rows = [
        Row(
            {
                "name": str(atlas.names[one.position]),
                "apl": float(access.apl[one.position]),
                "published": float(compared.published[one.position]),
                "gap": one.gap,
                "why": reasons_text(one.reasons),
            },
            code=str(atlas.codes[one.position]),
            url=reverse("territory:commune_access", args=[str(atlas.codes[one.position])]),
        )
        for one in differences(atlas, access, diagnosis.positions)
    ]
    decimals = access.profession.decimals
    return Table(
        key="ecarts",
        caption=_("Communes où notre rang s’éloigne le plus de la référence, et pourquoi peut-être"),
        columns=(
            Column("name", _("Commune")),
            Column("apl", _("Accessibilité"), "number", decimals=decimals),
            Column("published", _("Référence DREES"), "number", decimals=decimals),
            Column("gap", _("Écart de rang"), "change", decimals=2),
            Column("why", _("Hypothèses")),
        ),
        rows=rows,
    )


def _with_csv(table: Table, diagnosis: Diagnosis, chosen: Chosen) -> Table:
    address = reverse("territory:access_csv", args=[diagnosis.territory.slug, table.key])
    return Table(
        **{name: getattr(table, name) for name in Table.__dataclass_fields__ if name != "csv_url"},
        csv_url=address + chosen.query.rstrip("?"),
    )


def _known(value: float | NDArray[np.float64]) -> float | None:
    return float(value) if np.isfinite(value) else None
