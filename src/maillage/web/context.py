"""What every page's shell needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from maillage.kernel import demonstration_clock, formats
from maillage.kernel.models import RoleAssignment
from maillage.kernel.pages.presenters import role_name
from maillage.kernel.rules import Role
from maillage.web import navigation

THEMES = ("auto", "light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's template variables.

    `shell.navigation`: the parts that the visitor's roles open, by verb; `shell.theme`: `auto`, `light` or
    `dark`; `shell.texts`: what the scripts say, in the visitor's language; `shell.demonstration`: the roles
    that one click enters, none outside a demonstration; `shell.clock`: the time that a demonstration shows.
    """
    theme = request.COOKIES.get("theme", "auto")
    return {
        "shell": {
            "navigation": SimpleLazyObject(lambda: navigation.navigation(request)),
            "theme": theme if theme in THEMES else "auto",
            "texts": texts,
            "demonstration": SimpleLazyObject(demonstration_roles),
            "clock": demonstration_time(),
        }
    }


def demonstration_time() -> str:
    """Say which time a demonstration shows; nothing where the clock is the real one."""
    if not demonstration_clock.is_followed():
        return ""
    local = timezone.localtime()
    return f"{date_format(local, 'l')} {formats.time_short(local)}"


def demonstration_roles() -> list[tuple[str, str]]:
    """Return the roles that have a demonstration account, with their names."""
    if not settings.DEMO:
        return []
    accounts = RoleAssignment.objects.filter(person__is_demonstration=True, person__is_active=True)
    known = set(accounts.values_list("role", flat=True))
    return [(role.value, role_name(role)) for role in Role if role in known]


def texts() -> dict[str, str]:
    """Return the words of the scripts: a script holds no sentence of its own."""
    return {
        "close": _("Fermer"),
        "estimate": _("Estimation"),
        "all_estimates": _("Toutes les valeurs sont des estimations"),
        "no_data": _("Pas de donnée"),
        "outside": _("Hors du territoire"),
        "inside": _("Périmètre du territoire"),
        "less_than": _("moins de {value}"),
        "more_than": _("{value} et plus"),
        "between": _("de {low} à {high}"),
        "map_label": _("Carte : {label}. Les mêmes valeurs sont dans la liste."),
        "map_failed": _("La carte ne peut pas s’afficher ici. La liste donne les mêmes valeurs."),
        "white_zone": _("Zone blanche"),
        "at_centre": _("Symbole creux : placé au centre de la commune"),
        "others": _("Autres"),
        "zoom_in": _("Agrandir"),
        "zoom_out": _("Réduire"),
        "reset_view": _("Revoir tout le territoire"),
        "see_in_list": _("Voir dans la liste"),
        "sorted_ascending": _("Trié par {column}, ordre croissant"),
        "sorted_descending": _("Trié par {column}, ordre décroissant"),
        "result": _("{count} proposition"),
        "results": _("{count} propositions"),
        "no_result": _("Aucune proposition"),
        "loading": _("Chargement…"),
        "request_failed": _("Le serveur n’a pas répondu. Vérifiez la connexion, puis recommencez."),
    }
