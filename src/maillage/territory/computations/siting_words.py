"""What the answer to « where to open? » says in sentences: what it brings, how sure it is, who stays far."""

from __future__ import annotations

from math import ceil

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from maillage.kernel.formats import number, percent
from maillage.territory.atlas import Atlas
from maillage.territory.computations.measure_figures import variable
from maillage.territory.computations.place_names import at
from maillage.territory.computations.siting import Counted, Siting

NOTICED = 0.5
"""Minutes under which a journey is not called shorter: it would be written the same."""


def finding(atlas: Atlas, found: Siting) -> str:
    """Return the page's first sentence: where, what it brings, and how sure it is that nothing is better."""
    if not found.sites.size:
        return _nothing(found)
    places = _joined([at(str(name)) for name in atlas.names[found.sites]])
    said = _said_of_coverage(found) if found.question.aim == "coverage" else _said_of_journeys(found)
    sentence = f"{places[:1].upper()}{places[1:]}{said}"
    return " ".join(part for part in (sentence, proof(found), _fewer(found)) if part)


def proof(found: Siting) -> str:
    """Return whether a better choice may exist, in words."""
    if found.answer.is_proven:
        return ngettext(
            "Aucune autre commune ne ferait mieux : c’est prouvé.",
            "Aucun autre choix de communes ne ferait mieux : c’est prouvé.",
            found.sites.size,
        )
    # Rounded up: a gap is never said smaller than it is.
    gap = ceil(found.answer.gain_gap * 1000) / 1000
    return _("Ce choix est au plus %(gap)s au-dessous du meilleur possible.") % {"gap": percent(gap, 1)}


def _joined(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s et %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _said_of_coverage(found: Siting) -> str:
    gained = found.count(found.within(-1) & ~found.within(0))
    words = {
        "people": people_words(found, gained),
        "minutes": number(found.question.minutes),
        "near": found.opening.near,
    }
    if gained.suppressed:
        return _(" : %(people)s seraient à %(minutes)s min ou moins %(near)s.") % words
    return (
        ngettext(
            ", %(people)s de plus serait à %(minutes)s min ou moins %(near)s.",
            ", %(people)s de plus seraient à %(minutes)s min ou moins %(near)s.",
            round(gained.people),
        )
        % words
    )


def _said_of_journeys(found: Siting) -> str:
    return _(
        " : le trajet moyen des %(many)s jusqu’au lieu le plus proche passerait de %(before)s à "
        "%(after)s min."
    ) % {"many": found.public.many, **_means(found, 0, -1)}


def _means(found: Siting, first: int, last: int) -> dict[str, str]:
    """Return two mean journeys, to a hundredth where a tenth would not tell them apart."""
    before, after = found.mean(first) or 0.0, found.mean(last) or 0.0
    places = 1 if number(before, 1) != number(after, 1) else 2
    return {"before": number(before, places), "after": number(after, places)}


def _nothing(found: Siting) -> str:
    words = {
        "minutes": number(found.question.minutes),
        "today": found.opening.today,
        "many": found.public.many,
    }
    people = found.weight > 0
    if not people.any():
        return (
            _("Le territoire n’a personne à compter ici : le jeu de données n’y donne pas de %(many)s.")
            % words
        )
    if found.within(0)[people].all():
        return _("Tous sont déjà à %(minutes)s min ou moins %(today)s : il n’y a rien à gagner.") % words
    if not found.candidates:
        return _(
            "Aucune commune candidate : aucune du territoire n’a de médecin généraliste ni de pharmacie. "
            "Essayez d’ouvrir aussi hors du territoire."
        )
    return (
        _("Aucune commune candidate n’est assez près de ceux qui sont à plus de %(minutes)s min %(today)s.")
        % words
    )


def _fewer(found: Siting) -> str:
    opened = found.sites.size
    if opened == found.question.sites:
        return ""
    return ngettext(
        "Un lieu suffit : un autre n’ajouterait rien.",
        "%(count)s lieux suffisent : un autre n’ajouterait rien.",
        opened,
    ) % {"count": number(opened)}


def people_words(found: Siting, counted: Counted) -> str:
    """Return how many people, with their name, rounded where some cells are under secrecy."""
    if counted.suppressed:
        return _("trop peu de %(many)s pour en dire le nombre (secret statistique)") % {
            "many": found.public.many
        }
    count = round(counted.people)
    noun = found.public.one if count < 2 else found.public.many
    written = f"{number(count)} {noun}"
    return _("environ %(people)s") % {"people": written} if counted.blurred else written


def equity(found: Siting) -> str:
    """Return how many communes gain something, and who stays far."""
    gaining = int(shorter(found).sum())
    first = ngettext("%(count)s commune se rapproche.", "%(count)s communes se rapprochent.", gaining) % {
        "count": number(gaining)
    }
    none = ~found.within(-1) & ~shorter(found)
    if not none.any():
        return first
    far = ngettext(
        "%(count)s commune ne gagne rien et reste à plus de %(minutes)s min : %(people)s.",
        "%(count)s communes ne gagnent rien et restent à plus de %(minutes)s min : %(people)s.",
        int(none.sum()),
    ) % {
        "count": number(none.sum()),
        "minutes": number(found.question.minutes),
        "people": people_words(found, found.count(none)),
    }
    return f"{first} {far}"


def added(found: Siting, rank: int) -> str:
    """Return what the site of that rank, from 1, adds to those before it."""
    if found.question.aim == "coverage":
        gained = found.count(found.within(rank) & ~found.within(rank - 1))
        return _("%(people)s de plus à %(minutes)s min ou moins") % {
            "people": people_words(found, gained),
            "minutes": number(found.question.minutes),
        }
    return _("trajet moyen de %(before)s à %(after)s min") % _means(found, rank - 1, rank)


def shorter(found: Siting) -> NDArray[np.bool_]:
    """Return which communes have a journey visibly shorter than today."""
    return found.spared >= NOTICED


def caveats(atlas: Atlas, found: Siting) -> list[str]:
    """Return what the calculation does not know, one sentence each."""
    said = [
        _(
            "C’est un calcul sur des temps de trajet entre communes : ni la place dans les agendas, ni qui "
            "viendrait exercer, ni les patients des communes voisines n’y entrent."
        ),
    ]
    stands = variable(atlas, found.opening.supply)
    if stands is None:
        said.append(_("Le jeu de données ne dit pas où il y en a déjà : le calcul les suppose absentes."))
    elif stands.vintage:
        said.append(
            _("Ce qui existe déjà : %(source)s, %(vintage)s.")
            % {"source": stands.source, "vintage": stands.vintage}
        )
    if found.opening.only_likely:
        said.append(
            _("Ne sont candidates que les communes où exerce un généraliste, ou qui ont une pharmacie.")
        )
    if found.public.key == "older":
        said.append(_("Le jeu de données ne distingue pas les 75 ans et plus des 65 ans et plus."))
    if found.public.measure.reference:
        said.append(
            _(
                "Sont comptés les assurés du régime général. Les petits effectifs, sous secret statistique, "
                "comptent pour le milieu de ce qu’ils peuvent être."
            )
        )
    return said
