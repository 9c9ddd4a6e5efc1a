"""What this report does not know, and what a person should check on the ground before relying on it."""

from __future__ import annotations

from maillage.kernel import formats
from maillage.territory import api
from maillage.web.report.content import Heading, Paragraph, Points, Section
from maillage.web.report.material import Material
from maillage.web.report.sections.sources import used_variables
from maillage.web.report.wording import count, listed

AGES = (
    "Âges.",
    "Les tranches d’âge sont des estimations : la structure d’âge des bénéficiaires du régime général est "
    "appliquée à "
    "la population. La part des 65 ans et plus est sous-estimée d’environ deux points, davantage en zone "
    "agricole, où "
    "la MSA n’est pas comptée.",
)
SCHEME = (
    "Régime général.",
    "ALD, médecin traitant, C2S, recours et prévention ne portent que sur les bénéficiaires du régime "
    "général : ni la "
    "MSA, ni les autres régimes.",
)
SUPPLY = (
    "Offre.",
    "Les professionnels de la BPE sont comptés par lieu d’exercice : celui qui exerce en deux lieux compte "
    "deux fois. "
    "Ni le temps partiel, ni les listes d’attente, ni l’acceptation de nouveaux patients ne sont connus. "
    "Les médecins "
    "salariés des centres de santé ne sont pas dans l’offre de généralistes libéraux.",
)
PLACES = (
    "Localisation.",
    "Population et offre sont placées au centre de la commune, et non au bourg ou à l’adresse ; l’erreur "
    "est plus "
    "grande dans les communes étendues.",
)
THRESHOLDS = (
    "Seuils.",
    "Les seuils d’accessibilité ont été fixés pour l’APL de la DREES ; appliqués à une APL calculée "
    "autrement, ils "
    "situent un ordre de grandeur et n’ouvrent aucun droit. Le zonage officiel (ZIP, ZAC) relève de l’ARS.",
)
NEEDS = (
    "Besoins.",
    "L’indice de priorité dépend de poids proposés, à débattre ; il classe des communes, pas des personnes.",
)
CONTOURS = (
    "Contours.",
    "Les limites communales sont simplifiées pour le dessin et n’ont pas de valeur juridique.",
)
CHECKS = (
    ("Les professionnels.", "Départs, installations, remplacements et horaires depuis la date des données."),
    ("Les généralistes de 60 ans et plus.", "Leurs intentions réelles, commune par commune."),
    (
        "Les consultations avancées, bus santé et télésanté.",
        "Ils n’apparaissent dans aucune source nationale.",
    ),
    ("Les trajets.", "Ponts, cols, transports en commun et personnes sans voiture."),
    ("Les zones blanches.", "Ce qu’en disent les habitants, les élus et les professionnels du lieu."),
    (
        "Les communes où notre classement diffère de celui de la DREES.",
        "La liste est au chapitre Accessibilité.",
    ),
)


def limits_section(material: Material) -> Section:
    """Return « Limites »."""
    items = [_travel(material), AGES, SCHEME, _secrecy(material), SUPPLY, PLACES, THRESHOLDS, NEEDS, CONTOURS]
    items += _licences(material)
    if material.territory.is_constructed:
        items.insert(0, ("Périmètre.", perimeter_notice(material)))
    if material.is_fictional:
        items.insert(
            0,
            (
                "Territoire fictif.",
                "Ce territoire n’existe pas ; ses données sont engendrées par un programme.",
            ),
        )
    return Section(
        "limites",
        "Limites",
        "Ce rapport décrit un territoire avec des données publiques ; il ne remplace pas ce que savent "
        "ceux qui y vivent.",
        (
            Points(tuple(items)),
            Heading("À vérifier sur le terrain avant de s’appuyer sur ce rapport"),
            Points(CHECKS),
            Paragraph(
                "Une comparaison dans le temps demande des données de même méthode : ne pas rapprocher ces "
                "valeurs de celles "
                "d’un autre millésime ou d’une autre publication sans le vérifier."
            ),
        ),
    )


def perimeter_notice(material: Material) -> str:
    """Return what a constructed perimeter is not, empty for another."""
    if not material.territory.is_constructed:
        return ""
    note = material.territory.note.strip().rstrip(".")
    text = f"{note[:1].upper()}{note[1:]}. " if note else ""
    return (
        f"{text}Ce n’est pas le périmètre officiel d’une structure."
        if "officiel" not in note
        else text.strip()
    )


def _travel(material: Material) -> tuple[str, str]:
    travel = material.access.travel
    if travel.sources_of(material.positions):
        said = api.travel_sentence(travel, material.positions)
        return "Temps de trajet.", f"{said} Ni circulation ni stationnement ; en voiture seulement."
    return (
        "Temps de trajet.",
        "Estimés à vol d’oiseau. L’erreur médiane du modèle est d’environ 8 % là où il a été ajusté ; en "
        "montagne ou le "
        "long d’un fleuve, elle est bien plus grande. Selon des essais, une telle erreur peut faire passer "
        "près d’un "
        "habitant sur dix d’un côté à l’autre d’un seuil d’accessibilité.",
    )


def _licences(material: Material) -> list[tuple[str, str]]:
    """Return a warning where a source has not said that its figures may be published again."""
    pending = dict.fromkeys(
        one.source for one in used_variables(material) if "confirmer" in one.licence or not one.licence
    )
    if not pending:
        return []
    return [("Rediffusion.", f"Licence à confirmer avant de diffuser largement : {listed(list(pending))}.")]


def _secrecy(material: Material) -> tuple[str, str]:
    hidden = sum(1 for row in material.portrait.communes.rows if row.suppressed)
    return (
        "Secret statistique.",
        f"Les effectifs d’habitants inférieurs à 11 sont masqués, dans {count(hidden, 'commune')} sur "
        f"{formats.number(len(material.positions))} pour un critère au moins.",
    )
