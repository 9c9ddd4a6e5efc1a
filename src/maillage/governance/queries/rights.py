"""Who may do what in a body: by their role in its territory, by the office that they hold in it."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.governance.models import Body, BodySeat
from maillage.governance.models.bodies import in_force
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission


def own_seats(person: Person, body: Body, day: date | None = None) -> list[BodySeat]:
    """Return the seats that somebody holds in a body on a day; none once their role there has ended."""
    if not access.may(person, Permission.SIT_IN_BODIES, body.scope):
        return []
    rows = BodySeat.objects.of(body).filter(in_force(day or timezone.localdate()), person=person)
    return list(rows.select_related("college", "person"))


def keeps(person: Person, body: Body) -> bool:
    """Return whether somebody keeps the meetings of a body: all of the scope, or this one by their office."""
    if access.may(person, Permission.MANAGE_GOVERNANCE, body.scope):
        return True
    return any(one.keeps for one in own_seats(person, body))


def require_keeper(person: Person, body: Body) -> None:
    """Raise PermissionDenied, with a sentence to show, unless `keeps` answers yes."""
    if not keeps(person, body):
        raise PermissionDenied(
            _("Sa présidence, son secrétariat ou la coordination tiennent cette instance.")
        )
