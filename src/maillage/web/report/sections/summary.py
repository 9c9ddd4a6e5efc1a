"""The page that will be read if only one is."""

from __future__ import annotations

from maillage.kernel import formats
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
        *access.figures(material)[:2],
    )
    return Figures("Chiffres clés", material.name, shown)


def summary(material: Material) -> tuple[tuple[str, str], ...]:
    """Return the findings, each `(lead, sentence)`, most consequential order of reading."""
    return (
        ("La population", _people(material)),
        ("L’accès aux généralistes", access.finding(material)),
        ("Les zones blanches", zones.finding(material)),
        ("Le renouvellement des généralistes", _renewal(material)),
        ("L’éloignement des urgences", _emergency(material)),
        ("Les liens avec les voisins", flows.finding(material)),
        ("Les priorités", needs.finding(material)),
    )


def _people(material: Material) -> str:
    portrait = material.portrait
    change, older, orphans = (
        portrait.figure(key).value for key in ("change_2012", "share_65p", "no_referring_doctor")
    )
    text = f"{people(material.population)}, {formats.signed_percent(change, 1)} depuis 2012 ; "
    text += f"{formats.percent(older)} ont 65 ans ou plus (estimation)"
    if orphans is not None:
        text += f" et {formats.percent(orphans, 1)} des 16 ans et plus n’ont pas de médecin traitant"
    return f"{text}."


def _renewal(material: Material) -> str:
    retirement, supply = material.retirement, material.supply
    older, gps = supply.figure("gp_60").value or 0, supply.figure("gp").value or 0
    who = "Aucun généraliste libéral n’exerce dans le territoire"
    if gps:
        who = f"{formats.number(older)} des {count(gps, 'généraliste')} ont 60 ans ou plus"
    return (
        f"{who} ; si tous ceux de cet âge, ici et alentour, partaient sans être remplacés, la part de la "
        "population sous le seuil passerait de "
        f"{formats.percent(retirement.now.below)} à {formats.percent(retirement.after.below)}."
    )


def _emergency(material: Material) -> str:
    far = material.reach.territory.remoteness["emergency"]
    bound = api.travel_bounds()[-1]
    share, concerned = far.share_over[bound], far.people_over[bound]
    if share is None or concerned is None:
        return "Aucun service d’urgences n’est connu dans le jeu de données en usage."
    if not concerned:
        return f"Personne ne vit à plus de {bound} minutes d’un service d’urgences (estimation)."
    return (
        f"{formats.percent(share)} de la population, {people(concerned)}, vit à plus de {bound} minutes d’un "
        "service d’urgences (estimation)."
    )
