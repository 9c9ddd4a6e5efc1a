"""Entering one's space: the page of an invitation, and the code asked for later. Nobody is signed in yet.

Opening an address changes nothing, since telephones open the addresses of messages by themselves.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maillage.exchange import api as exchange
from maillage.kernel.pages.base import secret_page
from maillage.kernel.sign_in import sign_in_by_code
from maillage.kernel.sourced_rules import rule
from maillage.space.actions import entry as actions
from maillage.space.models import EntryCode
from maillage.space.pages import wording
from maillage.space.pages.forms import AskCodeForm, CodeForm, EntryForm
from maillage.space.rules.entry import closed

#: Where the session keeps which code was asked for, and how many were typed where none was sent.
_ENTRY, _TRIES = "space_entry", "space_tries"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the code and the birth date; 404 for an address never made, 410 for one that opens no more."""
    key = exchange.opened(actions.INVITATION, token)
    row = EntryCode.objects.keyed(key).first() if key is not None else None
    if row is None:
        return _page(request, "space/invitation.html", status=404, unknown=True)
    form = EntryForm(request.POST) if request.method == "POST" else EntryForm()
    try:
        why = closed(row.standing, timezone.now(), rule("space.entry.tries").value)
        if why is not None:
            raise actions.ClosedError(why)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            person = actions.enter(entry=row, code=said["code"], born=said["born"])
            if person is not None:
                sign_in_by_code(request, person)
                return redirect("space:home")
            form.add_error(None, _("Le code ou la date de naissance ne va pas. Relisez le message."))
    except actions.ClosedError as error:
        return _page(request, "space/invitation.html", status=410, closed=wording.CLOSED[error.why])
    status = 422 if request.method == "POST" else 200
    return _page(request, "space/invitation.html", status=status, form=form)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a code by one's telephone and birth date; whoever asks is told the same."""
    form = AskCodeForm(request.POST) if request.method == "POST" else AskCodeForm()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        request.session[_ENTRY] = actions.ask_code(phone=said["phone"], born=said["born"])
        request.session[_TRIES] = 0
        return redirect("space:code")
    return _page(request, "space/enter.html", status=422 if form.is_bound else 200, form=form)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code received; a code never sent is wrong like another."""
    if _ENTRY not in request.session:
        return redirect("space:enter")
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if request.method == "POST" and form.is_valid():
        row = EntryCode.objects.keyed(request.session[_ENTRY]).first()
        try:
            person = actions.enter(entry=row, code=form.cleaned_data["code"]) if row is not None else None
        except actions.ClosedError:
            return _page(request, "space/code.html", status=410, closed=True)
        if person is not None:
            sign_in_by_code(request, person)
            return redirect("space:home")
        request.session[_TRIES] = request.session.get(_TRIES, 0) + 1
        if request.session[_TRIES] >= rule("space.entry.tries").value:
            return _page(request, "space/code.html", status=410, closed=True)
        form.add_error("code", _("Ce n’est pas le bon code. Regardez le dernier message reçu."))
    return _page(request, "space/code.html", status=422 if form.is_bound else 200, form=form)


def _page(request: HttpRequest, template: str, *, status: int, **said: object) -> HttpResponse:
    return secret_page(request, template, said, status=status)
