"""What the gallery shows: the components, in families, and examples with believable French data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from maillage.kernel.fields import DayField, Textarea
from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.kernel.tables import Column, Row, Table


@dataclass(frozen=True, slots=True)
class Component:
    """One component: its name, what it is for, and how it answers to the keyboard."""

    slug: str
    title: str | Promise
    family: str | Promise
    purpose: str | Promise
    keyboard: str | Promise = ""


_CONTROLS, _FORMS, _NUMBERS = _("Agir"), _("Saisir"), _("Chiffrer")
_MAPS, _WORK, _PLACES = _("Cartographier"), _("Travailler"), _("Se repérer")
_TAB = _("Tab puis Entrée ou Espace.")

COMPONENTS = {
    component.slug: component
    for component in (
        Component(
            "button",
            _("Bouton"),
            _CONTROLS,
            _("Dit son résultat : « Réserver 14 h 20 chez Dr Martin »."),
            _TAB,
        ),
        Component("link", _("Lien"), _CONTROLS, _("Mène ailleurs, ne change rien."), _TAB),
        Component(
            "dialog",
            _("Dialogue"),
            _CONTROLS,
            _("Demande une décision avant de continuer."),
            _("Échap ferme ; le focus reste dedans."),
        ),
        Component(
            "drawer", _("Tiroir"), _CONTROLS, _("Montre un détail sans quitter la page."), _("Échap ferme.")
        ),
        Component(
            "toast",
            pgettext_lazy("notification", "Avis"),
            _CONTROLS,
            _("Confirme ce qui vient d’être fait, et permet de l’annuler."),
            _TAB,
        ),
        Component(
            "field",
            _("Champ, indice et erreur"),
            _FORMS,
            _("Étiquette au-dessus, indice, erreur qui dit quoi et comment corriger."),
        ),
        Component(
            "choice",
            _("Choix"),
            _FORMS,
            _("Un parmi plusieurs, ou plusieurs."),
            _("Flèches entre les choix, Espace pour cocher."),
        ),
        Component(
            "date-time",
            _("Date et heure"),
            _FORMS,
            _("Les champs du navigateur : connus de chacun, et du clavier."),
        ),
        Component(
            "commune-picker",
            _("Choix d’une commune"),
            _FORMS,
            _("Propose pendant la frappe ; sans script, on écrit le nom ou le code."),
            _("Flèches, Entrée pour choisir, Échap pour fermer."),
        ),
        Component(
            "person-picker",
            _("Choix d’une personne"),
            _FORMS,
            _("Comme celui d’une commune, avec la profession et la ville."),
            _("Flèches, Entrée pour choisir, Échap pour fermer."),
        ),
        Component("tag", _("Marque"), _NUMBERS, _("Un état en un ou deux mots.")),
        Component(
            "certainty",
            _("Degré de certitude"),
            _NUMBERS,
            _("Dit si une valeur est vue, à vérifier ou non établie."),
        ),
        Component(
            "source-note",
            _("Note de source"),
            _NUMBERS,
            _("D’où vient un chiffre, en une ligne qui s’ouvre."),
            _TAB,
        ),
        Component(
            "figure", _("Chiffre"), _NUMBERS, _("Une valeur, son unité, ses comparaisons et sa source.")
        ),
        Component(
            "comparison-bar",
            _("Barres de comparaison"),
            _NUMBERS,
            _("Ici et ailleurs sur une même échelle qui part de zéro."),
        ),
        Component(
            "sparkline",
            _("Courbe-mot"),
            _NUMBERS,
            _("Une évolution de la taille d’un mot ; les années sans donnée coupent le trait."),
        ),
        Component(
            "table",
            pgettext_lazy("de chiffres", "Tableau"),
            _NUMBERS,
            _("Tri, en-tête fixe, chiffres à droite, export CSV."),
            _("Tab atteint chaque en-tête ; Entrée trie."),
        ),
        Component(
            "chart",
            _("Graphique"),
            _NUMBERS,
            _("Dessiné à partir du tableau de la page : l’un ne peut pas contredire l’autre."),
        ),
        Component(
            "map-list",
            _("Liste à côté de la carte"),
            _MAPS,
            _("Les mêmes lignes des deux côtés ; choisir dans l’une montre dans l’autre."),
        ),
        Component(
            "map",
            _("Carte"),
            _MAPS,
            _("Nos contours, cinq classes bornées, hachures où la donnée manque."),
            _("Flèches pour se déplacer, + et − pour l’échelle, Entrée ouvre le centre."),
        ),
        Component(
            "legend", _("Légende"), _MAPS, _("Les mêmes classes sur la carte, la liste et le graphique.")
        ),
        Component("tabs", _("Rubriques"), _PLACES, _("Les pages d’un même sujet."), _TAB),
        Component("steps", _("Étapes"), _PLACES, _("Où l’on en est dans une suite.")),
        Component("empty-state", _("État vide"), _PLACES, _("Dit quoi faire en premier."), _TAB),
        Component(
            "skeleton",
            _("Attente"),
            _PLACES,
            _("La forme de ce qui arrive, quand cela prend plus d’un instant."),
        ),
        Component("progress", _("Avancement"), _PLACES, _("Combien est fait, combien de temps reste.")),
        Component("timeline", _("Chronologie"), _WORK, _("Ce qui s’est passé, dans l’ordre.")),
        Component(
            "queue-row",
            _("Ligne de file"),
            _WORK,
            _("Une demande qui attend : depuis quand, quoi, et le geste suivant."),
            _TAB,
        ),
        Component(
            "proposal-card",
            _("Proposition"),
            _WORK,
            _("Un créneau possible, avec les raisons qui le font proposer."),
            _TAB,
        ),
        Component(
            "print-sheet",
            _("Feuille imprimée"),
            _WORK,
            _("A4, titres à empattements, numéros de page, source au pied."),
        ),
    )
}


def _insee() -> Provenance:
    return Provenance(
        gettext("INSEE, populations légales"),
        "2024",
        formula=gettext("Somme des populations municipales des communes."),
        completeness=1.0,
    )


def _apl() -> Provenance:
    formula = gettext(
        "Activité des médecins rapportée à la population qu’ils desservent, pondérée par le temps de trajet."
    )
    return Provenance(
        gettext("Calcul Maillage d’après l’Assurance maladie et l’INSEE"),
        "2024",
        estimate=True,
        completeness=0.97,
        formula=formula,
        note=gettext("Temps de trajet estimés à vol d’oiseau."),
        rules=("territory.apl.calibrated",),
    )


class ExampleForm(forms.Form):
    """The fields of the gallery; sent empty, it shows their errors."""

    email = forms.EmailField(
        label=_("Adresse électronique"), help_text=_("Celle que votre administrateur a enregistrée.")
    )
    places = forms.IntegerField(label=_("Places autorisées"), required=False, min_value=0)
    note = forms.CharField(label=_("Motif"), widget=Textarea(attrs={"rows": 3}), required=False)


class ChoiceForm(forms.Form):
    """One among several, several among several, yes or no."""

    kind = forms.ChoiceField(
        label=_("Nature du territoire"),
        widget=forms.RadioSelect,
        choices=[("cpts", "CPTS"), ("epci", "EPCI"), ("dep", _("Département"))],
    )
    professions = forms.MultipleChoiceField(
        label=_("Professions"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[
            ("gp", _("Médecins généralistes")),
            ("nurse", _("Infirmiers")),
            ("midwife", _("Sages-femmes")),
        ],
    )
    scale = forms.ChoiceField(
        label=_("Comparer avec"), choices=[("region", _("La région")), ("france", "France")]
    )
    confirmed = forms.BooleanField(label=_("J’ai relu le périmètre"), required=False)


class MomentForm(forms.Form):
    """A day and an hour, by the browser's own fields."""

    day = DayField(label=_("Jour"))
    hour = forms.TimeField(label=_("Heure"), widget=forms.TimeInput(attrs={"type": "time", "step": "300"}))


def figures() -> dict[str, Figure]:
    """Return one figure per state."""
    elsewhere = (
        Comparison("Saône-et-Loire", 3.02),
        Comparison("Bourgogne-Franche-Comté", 3.11),
        Comparison("France", 3.26),
    )
    return {
        "population": Figure("population", gettext("Habitants"), 88_412, _insee(), comparisons=()),
        "access": Figure(
            "access",
            gettext("Accès aux médecins généralistes"),
            2.58,
            _apl(),
            unit=gettext("consultations/an"),
            decimals=2,
            comparisons=elsewhere,
        ),
        "share": Figure(
            "share",
            gettext("Habitants sous le seuil"),
            0.374,
            _apl(),
            unit="%",
            comparisons=(Comparison("Saône-et-Loire", 0.29), Comparison("France", 0.166)),
        ),
        "time": Figure(
            "time",
            gettext("Trajet jusqu’aux urgences"),
            31,
            _apl(),
            unit="min",
            comparisons=(Comparison("France", 19),),
        ),
        "change": Figure(
            "change",
            gettext("Évolution depuis 2012"),
            -0.062,
            _insee(),
            unit="%",
            decimals=1,
            comparisons=(Comparison("France", 0.04),),
        ),
        "secret": Figure(
            "secret", gettext("Patients en affection longue durée"), None, _insee(), suppressed=True
        ),
        "unknown": Figure("unknown", gettext("Niveau de vie médian"), None, _insee(), unit="€"),
    }


TOWNS = (
    ("71230", "Gueugnon", 6_498, 1.62, 7.0, ()),
    ("71275", "Marcigny", 1_799, 1.38, 9.0, ()),
    ("71342", "Paray-le-Monial", 9_066, 3.71, 4.0, ()),
    ("71176", "Digoin", 7_632, 2.94, 5.0, ()),
    ("71106", "Charolles", 2_743, 3.12, 6.0, ()),
    ("71120", "Chauffailles", 3_583, 2.47, 8.0, ()),
    ("71047", "Bourbon-Lancy", 4_730, 2.21, 12.0, ()),
    ("71533", "Uxeau", 512, None, None, ("gps",)),
)


def table(request: HttpRequest) -> Table:
    """Return a table of towns, sorted as the query string asks."""
    columns = (
        Column("name", gettext("Commune")),
        Column("population", gettext("Habitants"), "number"),
        Column(
            "access",
            gettext("Accès"),
            "number",
            unit=gettext("consultations/an"),
            decimals=2,
            note=gettext("consultations de médecine générale accessibles par habitant et par an."),
        ),
        Column("gps", gettext("Généralistes"), "number"),
    )
    rows = tuple(
        Row(
            {"name": name, "population": people, "access": access, "gps": gps},
            code=code,
            suppressed=frozenset(secret),
            estimated=frozenset({"access"} if access else ()),
        )
        for code, name, people, access, gps, secret in TOWNS
    )
    known = Table(
        "communes",
        gettext("Accès par commune"),
        columns,
        rows,
        csv_url="#",
        provenance=_apl(),
        notes=(gettext("s : secret statistique, effectif inférieur à 11. * : estimation."),),
    )
    return known.sorted_by(request.GET.get("tri", "-population"))


def _moments() -> list[dict[str, Any]]:
    start = timezone.make_aware(datetime(2026, 3, 14, 14, 5))  # noqa: DTZ001 (made aware at once)
    words = (
        _("Appel reçu par Claire Perrin (OSNP)"),
        _("Aucun signe d’alerte ; consultation sous 24 heures"),
        _("Rendez-vous pris à 14 h 20 chez Dr Martin"),
    )
    return [{"at": start + timedelta(minutes=4 * rank), "text": text} for rank, text in enumerate(words)]


def examples(request: HttpRequest) -> dict[str, Any]:
    """Return the variables that the specimens use."""
    return {
        "figures": figures(),
        "table": table(request),
        "map_url": reverse("web:gallery_map"),
        "points_url": reverse("web:gallery_points"),
        "bounds": [1.5, 2.5, 3.25, 4.0],
        "form": ExampleForm(),
        "form_wrong": ExampleForm({"wrong-email": "claire.perrin", "wrong-places": "-4"}, prefix="wrong"),
        "form_choice": ChoiceForm(initial={"kind": "cpts", "professions": ["gp"]}),
        "form_moment": MomentForm(initial={"day": "2026-03-14", "hour": "14:05"}),
        "series": [94_300, 93_100, 92_400, None, 90_800, 89_700, 88_412],
        "moments": _moments(),
    }
