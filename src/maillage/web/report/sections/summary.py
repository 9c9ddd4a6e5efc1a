"""The page that will be read if only one is."""

from __future__ import annotations

from maillage.kernel import formats
from maillage.kernel.figures import Comparison, Figure
from maillage.territory import api
from maillage.web.report.content import Figures
from maillage.web.report.material import Material
from maillage.web.report.sections import access, flows, needs, zones
from maillage.web.report.wording import count, people


def headline(material: Material) -> Figures:
    """Return the figures of the summary, each beside those of the areas it is compared with."""
    portrait, supply = material.portrait, material.supply
    shown = (
        portrait.figure("population"),
        portrait.figure("change_2012"),
        portrait.figure("share_65p"),
        portrait.figure("no_referring_doctor"),
        supply.figure("gp_density"),
        supply.figure("gp_60_share"),
        mean_access(material),
        share_below(material),
    )
    return Figures("Chiffres clés", material.name, shown)


def mean_access(material: Material) -> Figure:
    """Return the mean accessibility as a figure."""
    means = {label: one.mean for label, one in material.summaries.items()}
    return _access_figure(material, "apl", "Accessibilité aux généralistes (APL)", means, "C/an/hab.", 2)


def share_below(material: Material) -> Figure:
    """Return the share of the population under the threshold as a figure."""
    shares = {label: one.below for label, one in material.summaries.items()}
    low = formats.number(material.access.low, 1)
    return _access_figure(material, "apl_below", f"Population sous {low} consultations", shares, "%", 0)


def _access_figure(
    material: Material, key: str, label: str, values: dict[str, float | None], unit: str, decimals: int
) -> Figure:
    """Return a figure of accessibility from its value in each area, the territory first."""
    ours, *others = (Comparison(area, value) for area, value in values.items())
    return Figure(key, label, ours.value, access.source(material), unit, decimals, tuple(others))


def summary(material: Material) -> tuple[tuple[str, str], ...]:
    """Return the findings, each `(lead, sentence)`, most consequential order of reading."""
    retirement, supply = material.retirement, material.supply
    older, gps = supply.figure("gp_60").value or 0, supply.figure("gp").value or 0
    return (
        ("Une population à connaître", _people(material)),
        ("Un accès aux généralistes", access.finding(material)),
        ("Des zones blanches" if material.zones else "Pas de zone blanche", zones.finding(material)),
        (
            "Un renouvellement à préparer",
            f"{formats.number(older)} des {count(gps, 'généraliste')} ont 60 ans ou plus ; sans "
            "remplacement, la part de "
            f"la population sous le seuil passerait de {formats.percent(retirement.now.below)} à "
            f"{formats.percent(retirement.after.below)}.",
        ),
        ("Des urgences à distance", _emergency(material)),
        ("Des liens avec les voisins", flows.finding(material)),
        ("Des priorités", needs.finding(material)),
    )


def _people(material: Material) -> str:
    portrait = material.portrait
    change, older, orphans = (
        portrait.figure(key).value for key in ("change_2012", "share_65p", "no_referring_doctor")
    )
    text = f"{people(material.population)}, {formats.signed_percent(change, 1)} depuis 2012 ; "
    text += f"{formats.percent(older)} ont 65 ans ou plus (estimation)"
    if orphans is not None:
        text += f" et {formats.percent(orphans, 1)} des 16 ans et plus n’ont pas de médecin traitant"
    return f"{text}."


def _emergency(material: Material) -> str:
    minutes = api.nearest_service(material.atlas, material.access.travel, "emergency").minutes
    far = api.remoteness(material.atlas, minutes, material.positions)
    bound = api.travel_bounds()[-1]
    share, concerned = far.beyond[bound], far.people_beyond[bound]
    if share is None or concerned is None:
        return "Aucun service d’urgences n’est connu dans le jeu de données en usage."
    return (
        f"{formats.percent(share)} de la population, {people(concerned)}, vit à plus de {bound} minutes d’un "
        "service d’urgences (estimation)."
    )
