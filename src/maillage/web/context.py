"""What every page's shell needs."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject

from maillage.kernel import demonstration_clock, formats
from maillage.kernel.contributions import entrances
from maillage.kernel.models import RoleAssignment
from maillage.kernel.pages.presenters import role_name
from maillage.kernel.rules import Role
from maillage.web import navigation
from maillage.web import shell as drawn

THEMES = ("auto", "light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's template variables.

    `shell.masthead`, `shell.footer`, `shell.texts`: the parts of every page, drawn; `shell.masthead_again`:
    the first, to replace the one that a page has; `shell.navigation`: the parts that the visitor's roles
    open, by verb; `shell.theme`: `auto`, `light` or `dark`; `shell.demonstration`: the roles that one click
    enters, none outside a demonstration; `shell.entrances`: the ways in beside the password.
    """
    cookie = request.COOKIES.get("theme", "auto")
    theme, clock = cookie if cookie in THEMES else "auto", demonstration_time()
    offered = cache(lambda: navigation.navigation(request))
    return {
        "shell": {
            "navigation": SimpleLazyObject(offered),
            "theme": theme,
            "masthead": partial(drawn.masthead, request, offered, clock, main_only=False),
            "masthead_again": partial(drawn.masthead, request, offered, clock, main_only=True),
            "footer": partial(drawn.footer, request, theme),
            "texts": drawn.texts,
            "demonstration": SimpleLazyObject(demonstration_roles),
            "entrances": SimpleLazyObject(entrances),
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
