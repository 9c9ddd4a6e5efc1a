"""The figures of accessibility, each with its formula, sources, rules and comparisons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.kernel.formats import number
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import HIGH_RULE, LOW_RULE, Access, column
from maillage.territory.computations.access_diagnosis import AccessDiagnosis, AreaAccess
from maillage.territory.computations.apl_parameters import FIT_RULE
from maillage.territory.computations.measure_figures import variable
from maillage.territory.computations.supplies import SERVICES
from maillage.territory.computations.travel_times import BOUNDS_RULE, travel_bounds
from maillage.territory.computations.travel_words import layer_words, travel_sentence

Reader = Callable[[AreaAccess], float | None]


def access_figures(
    atlas: Atlas, access: Access, found: AccessDiagnosis, positions: NDArray[np.intp]
) -> list[Figure]:
    """Return the mean, the shares under and over the thresholds, and the inequality of a territory."""
    profession = access.profession
    spread = access_provenance(
        atlas, access, positions, _("Parts et déciles des habitants, commune par commune.")
    )
    low = number(access.low, profession.decimals)
    figures = [
        _figure(
            "mean",
            _("Accessibilité moyenne"),
            found,
            lambda area: area.summary.mean,
            access_provenance(atlas, access, positions, formula(access)),
            str(profession.short_unit),
            profession.decimals,
        ),
        _figure(
            "below",
            _("Habitants sous %(low)s") % {"low": low},
            found,
            lambda area: area.summary.below,
            spread,
            "%",
        ),
    ]
    if access.high is not None:
        high = number(access.high, 0)
        label = _("Habitants au-dessus de %(high)s") % {"high": high}
        figures.append(_figure("above", label, found, lambda area: area.summary.above, spread, "%"))
    ratio = access_provenance(
        atlas,
        access,
        positions,
        _("Seuil des 10 % d’habitants les mieux servis ÷ seuil des 10 % les moins servis."),
    )
    gini = access_provenance(
        atlas, access, positions, _("Indice de Gini : 0 si tous ont le même accès, 1 si un seul a tout.")
    )
    figures += [
        _figure(
            "interdecile",
            _("Rapport entre les mieux et les moins bien servis (P90/P10)"),
            found,
            lambda area: area.summary.interdecile,
            ratio,
            decimals=1,
        ),
        _figure("gini", _("Inégalité (Gini)"), found, lambda area: area.summary.gini, gini, decimals=2),
    ]
    return figures


def _mean_minutes(key: str) -> Reader:
    return lambda area: area.remoteness[key].mean


def travel_figures(
    atlas: Atlas, access: Access, found: AccessDiagnosis, positions: NDArray[np.intp]
) -> list[Figure]:
    """Return, for each service, the mean minutes to the nearest one."""
    return [
        _figure(
            f"minutes_{key}",
            _("%(service)s : temps moyen au plus proche") % {"service": service.label},
            found,
            _mean_minutes(key),
            travel_provenance(atlas, access, positions, key),
            "min",
        )
        for key, service in SERVICES.items()
    ]


def agreement_figure(atlas: Atlas, access: Access, found: AccessDiagnosis) -> Figure:
    """Return the rank correlation with the published accessibility, over inhabitants."""
    source = _reference(atlas, access)
    published = column(atlas, access.reference)
    people = access.people
    known = float(people[np.isfinite(published)].sum() / people.sum()) if people.sum() else None
    provenance = Provenance(
        source=source[0],
        vintage=source[1],
        formula=_(
            "Corrélation de Spearman, pondérée par les habitants : 1 si l’ordre des communes est le même."
        ),
        completeness=known,
        rules=(*access.parameters.rules, FIT_RULE)
        if access.profession.key == "gp"
        else access.parameters.rules,
        note=_("Part des habitants du pays pour qui la référence est publiée."),
    )
    return _figure(
        "agreement",
        _("Accord des rangs avec la référence de la DREES"),
        found,
        lambda area: area.agreement,
        provenance,
        decimals=2,
    )


def access_provenance(
    atlas: Atlas, access: Access, positions: NDArray[np.intp], said: str, *, note: str = ""
) -> Provenance:
    """Return where an accessibility comes from: head counts, population, travel times, parameters."""
    used = [variable(atlas, name) for name in access.sources]
    variables = [one for one in used if one is not None]
    estimate = access.travel.is_estimate(positions)
    sources = [one.source for one in variables] + [_("temps de trajet ") + travel_source(access, positions)]
    notes = [note] if note else []
    if estimate and not access.travel.sources_of(positions):
        notes.append(_("Temps de trajet estimés à vol d’oiseau : aucun trajet par la route n’a été calculé."))
    elif estimate:
        notes.append(travel_sentence(access.travel, positions))
    if access.profession.key != "gp":
        notes.append(
            _("Densité de professionnels, temps plein ou non : ce n’est pas l’APL publié par la DREES.")
        )
    return Provenance(
        source=" ; ".join(dict.fromkeys(source for source in sources if source)),
        vintage=", ".join(dict.fromkeys(one.vintage for one in variables if one.vintage)),
        formula=said,
        estimate=estimate,
        rules=(*access.parameters.rules, *((LOW_RULE, HIGH_RULE) if access.high is not None else ())),
        note=" ".join(notes),
    )


def travel_provenance(atlas: Atlas, access: Access, positions: NDArray[np.intp], service: str) -> Provenance:
    """Return where a time to the nearest service comes from."""
    found = variable(atlas, SERVICES[service].supply)
    bounds = ", ".join(number(bound) for bound in travel_bounds())
    return Provenance(
        source=" ; ".join(filter(None, (found.source if found else "", travel_source(access, positions)))),
        vintage=found.vintage if found else "",
        formula=_(
            "Temps du centre de la commune à celui de la commune la plus proche qui en a un ; "
            "0 dans la commune même. Moyenne pondérée par les habitants ; seuils : %(bounds)s min."
        )
        % {"bounds": bounds},
        estimate=access.travel.is_estimate(positions),
        rules=(BOUNDS_RULE, *access.parameters.rules),
    )


def travel_source(access: Access, positions: NDArray[np.intp]) -> str:
    """Return what the travel times are, in a few words."""
    model = access.travel.model
    law = _("modèle à vol d’oiseau : minutes = %(a)s × (distance en km) puissance %(b)s") % {
        "a": number(model.coefficient, 3),
        "b": number(model.exponent, 3),
    }
    sources = [layer_words(one) for one in access.travel.sources_of(positions)]
    return _("%(sources)s, sinon %(law)s") % {"sources": ", ".join(sources), "law": law} if sources else law


def formula(access: Access) -> str:
    """Return the formula of accessibility in words and symbols, with the weights in use."""
    said = _("Σ sur les lieux j de w(t) × offre de j ÷ Σ w(t) × population ; w : %(decay)s, 0 au-delà.") % {
        "decay": _decay_text(access)
    }
    if access.profession.key != "gp":
        return said + " " + _("Offre : nombre de professionnels.")
    younger, older, centre = access.parameters.consultations
    if access.parameters.use_by_age:
        said += " " + _("Population pondérée par le recours à chaque âge.")
    offer = _("Offre : %(younger)s consultations par an et par généraliste, %(older)s à 60 ans et plus.") % {
        "younger": number(younger),
        "older": number(older),
    }
    if not centre:
        return f"{said} {offer}"
    return f"{said} {offer} " + _("Un centre de santé en offre %(centre)s.") % {"centre": number(centre)}


def _decay_text(access: Access) -> str:
    decay = access.parameters.decay
    if decay.interpolation == "linear":
        middle = next(
            (bound for bound, weight in zip(decay.bounds, decay.weights, strict=True) if weight <= 0.5),
            decay.horizon,
        )
        return _("de 1 à 0 en douceur, la moitié vers %(middle)s min, jusqu’à %(horizon)s min") % {
            "middle": number(middle),
            "horizon": number(decay.horizon),
        }
    return ", ".join(
        _("%(weight)s jusqu’à %(bound)s min") % {"weight": number(weight, 2), "bound": number(bound)}
        for bound, weight in zip(decay.bounds, decay.weights, strict=True)
    )


def _figure(
    key: str,
    label: str,
    found: AccessDiagnosis,
    read: Reader,
    provenance: Provenance,
    unit: str = "",
    decimals: int = 0,
) -> Figure:
    return Figure(
        key=key,
        label=label,
        value=read(found.territory),
        provenance=provenance,
        unit=unit,
        decimals=decimals,
        comparisons=tuple(Comparison(area.label, read(area)) for area in found.areas[1:]),
    )


def _reference(atlas: Atlas, access: Access) -> tuple[str, str]:
    found = variable(atlas, access.reference)
    return (found.source, found.vintage) if found else (_("Référence absente du jeu importé"), "")
