"""The parts of the shell, drawn once for as long as they say the same: every page has them.

What a part says is its key, so that nothing old is ever shown; what belongs to one answer (the token of its
forms, its own address) is put in afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import escape, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from maillage.kernel.models import Person
from maillage.kernel.pages.fragments import TOKEN, completed
from maillage.web import wording
from maillage.web.navigation import Navigation

#: Stands for the address of the page in its forms.
_ADDRESS = "\ue000address\ue000"


def masthead(
    request: HttpRequest, offered: Callable[[], Navigation], clock: str, *, main_only: bool
) -> SafeString:
    """Draw the top of a page, with what is `offered` to its reader.

    `clock`: the time that a demonstration shows; `main_only`: to replace the one that a page has.
    """
    who = _named(request)
    shown = offered() if who else Navigation(())
    return _for(request, _masthead(shown, who, clock, get_language() or "", main_only))


def footer(request: HttpRequest, theme: str) -> SafeString:
    """Draw the foot of a page, with its switches of language and appearance."""
    return _for(request, _footer(_named(request), theme, get_language() or ""))


def texts() -> SafeString:
    """Return the words of the scripts, as the page carries them."""
    return _texts(get_language() or "")


def _named(request: HttpRequest) -> tuple[str, str] | None:
    user = getattr(request, "user", None)
    return (user.get_full_name(), user.email) if isinstance(user, Person) else None


def _for(request: HttpRequest, drawn: str) -> SafeString:
    return completed(drawn, request, {_ADDRESS: escape(request.get_full_path())})


@lru_cache(maxsize=256)
def _masthead(
    offered: Navigation, who: tuple[str, str] | None, clock: str, _language: str, main_only: bool
) -> str:
    shell = {"navigation": offered, "clock": clock}
    user = _user(who)
    context = {"shell": shell, "user": user, "csrf_token": TOKEN, "main_only": main_only}
    return render_to_string("web/shell/masthead.html", context)


@lru_cache(maxsize=256)
def _footer(who: tuple[str, str] | None, theme: str, _language: str) -> str:
    context = {"shell": {"theme": theme}, "user": _user(who), "address": _ADDRESS, "csrf_token": TOKEN}
    return render_to_string("web/shell/footer.html", context)


@lru_cache(maxsize=8)
def _texts(_language: str) -> SafeString:
    return json_script(wording.script_texts(), "texts")


def _user(who: tuple[str, str] | None) -> SimpleNamespace:
    name, email = who or ("", "")
    return SimpleNamespace(is_authenticated=who is not None, get_full_name=name, email=email)
