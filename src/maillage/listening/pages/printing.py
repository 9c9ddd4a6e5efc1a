"""Papers of a survey, in the reader's language: a poster with its address, the questions to tick."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillage.kernel import formats, printing
from maillage.listening.models import Survey
from maillage.listening.queries import items as wording

_POSTER = files("maillage.listening.pages") / "poster.typ"
_FORM = files("maillage.listening.pages") / "form.typ"


def _head(survey: Survey, address: str) -> dict[str, Any]:
    return {
        "lang": (get_language() or "fr")[:2],
        "title": survey.said,
        "where": survey.scope.label,
        "address": address,
        "qr": printing.qr(address),
        "qr_words": _("Adresse à photographier : {address}").format(address=address),
        "until": _("Jusqu’au {day} compris.").format(day=formats.date_long(survey.ends_on)),
        "promise": _("Anonyme : ni nom, ni compte, ni heure. Personne ne peut savoir qui a répondu quoi."),
        "urgent": _("Ce papier n’est pas lu en urgence. Une vie en danger : appelez le 15."),
        "invented": _("Contenu inventé pour la démonstration.") if survey.is_demonstration else "",
    }


def poster_pdf(survey: Survey, address: str, today: date) -> bytes:
    """Return the poster of a survey, with its whole public `address`."""
    content = _head(survey, address) | {
        "ask": _("Dites ce qui va et ce qui manque : trois minutes, sans compte."),
    }
    return printing.pdf(_POSTER, content, today)


def form_pdf(survey: Survey, address: str, today: date) -> bytes:
    """Return the questions of a survey to fill in by hand, with its whole public `address`."""
    asked = wording.asked(survey)
    content = _head(survey, address) | {
        "how": _("Cochez une case par ligne. Laissez vide ce que vous ne voulez pas dire."),
        "marks": [*(words for _mark, words in wording.scale(survey.at.date())), _("Pas concerné")],
        "items": [item.said for item in asked.items],
        "group": asked.group,
        "groups": list(asked.groups.values()),
        "more": _("Ce que vous voulez ajouter"),
        "more_hint": _("N’écrivez aucun nom, aucune maladie, aucun traitement : ni les vôtres, ni d’autres."),
        "back": _("Rendez ce papier dans l’urne de l’accueil, ou répondez en ligne :"),
    }
    return printing.pdf(_FORM, content, today)
