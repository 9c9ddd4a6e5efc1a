"""Requests that an EHPAD, a pharmacy or a professional sends to the desk, and takes back while undecided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.directory.api import homes_of
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission, Role
from maillage.kernel.writes import made_before
from maillage.orientation.actions.ending import end
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.requests import fill_in, open_request
from maillage.orientation.actions.rights import locked
from maillage.orientation.actions.sayable import is_alarming
from maillage.orientation.models import Closure, Request
from maillage.orientation.queries.ages import age_of
from maillage.orientation.queries.asked import home_of, is_vital
from maillage.orientation.rules.vocabulary import CallerKind, Origin, Outcome, State

_ORIGINS = {Role.EHPAD: Origin.EHPAD, Role.PHARMACIST: Origin.PHARMACY}
#: States in which nothing was decided yet: whoever sent the request may take it back.
UNDECIDED = frozenset({State.NEW, State.IN_HAND, State.PROPOSED})


@transaction.atomic
def send_request(
    *, by: Person, scope: Scope, key: str, values: Mapping[str, Any], home: str | None = None
) -> Request:
    """Send a request to a desk; the same `key` again returns it, with what it lacked and is said now.

    `values` are those of `open_request`.

    Its door is that of the sender's role, or a home's where `home` is the key of that in which they work: the
    colleagues of an EHPAD share what is sent from it. A vital motive is P0 from the first second: the desk
    sees it first, and the sender is told to call the 15. Raises PermissionDenied, OrientationError.
    """
    access.require(by, Permission.SEND_REQUEST, scope)
    said = {"caller_kind": _caller(by, scope).value, "caller_name": by.get_full_name()[:120], **values}
    if home is not None and home not in set(homes_of(by)):
        raise PermissionDenied(_("Vous ne travaillez pas dans cet EHPAD aujourd’hui."))
    origin = _origin(by, scope) if home is None else Origin.EHPAD
    known = made_before(Request, by=by, key=key)
    if known is not None:
        return fill_in(by=by, request=known, values=said)
    if home is None and origin is Origin.EHPAD:
        home = home_of(by, said.get("commune"))
    return open_request(by=by, scope=scope, origin=origin, key=key, values=said, sent_from=home)


@transaction.atomic
def withdraw(*, by: Person, request: Request, reason: str) -> Closure:
    """Take back a request that one sent, while nothing is decided; the desk reads why.

    A colleague of the same EHPAD may too. Taken back already, nothing changes. An alarm is not taken back so:
    the desk makes sure that the 15 answered. Raises PermissionDenied, OrientationError.
    """
    if not Request.objects.sent_for(by).filter(pk=request.pk).exists():
        raise PermissionDenied(_("Seule la personne qui a envoyé la demande, ou son EHPAD, l’annule."))
    row = locked(request)
    last = Closure.objects.of_request(row).last()
    if last is not None and last.outcome == Outcome.WITHDRAWN.value and last.by_id == by.pk:
        return last
    if State(row.state) not in UNDECIDED:
        raise OrientationError(Refusal.DECIDED)
    if is_alarming(row) or is_vital(row.motive, age_of(row)):
        raise OrientationError(Refusal.ALARM_STAYS)
    if not reason.strip():
        raise OrientationError(Refusal.NO_REASON)
    return end(by, row, Outcome.WITHDRAWN, reason.strip())


def _roles(by: Person, scope: Scope) -> list[Role]:
    return [Role(one.role) for one in access.roles_of(by) if one.scope_id in {None, scope.pk}]


def _origin(by: Person, scope: Scope) -> Origin:
    found = (_ORIGINS[role] for role in _roles(by, scope) if role in _ORIGINS)
    return next(found, Origin.PROFESSIONAL)


def _caller(by: Person, scope: Scope) -> CallerKind:
    is_physician = Role.PHYSICIAN in _roles(by, scope)
    return CallerKind.PHYSICIAN if is_physician else CallerKind.CARER_PROFESSIONAL
