"""Prevention on the shared pages: whom a caller asks again today, what a patient's page says."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import access, formats
from maillage.kernel.contributions import SHOWN, Deed, InboxLine, Line, PanelContent
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.prevention.models import DayEntry, Invitee, PreventionAct
from maillage.prevention.queries.campaigns import calls_drawn, prevented
from maillage.prevention.queries.targets import target_of
from maillage.prevention.rules.vocabulary import Did, Standing

#: What whoever holds an inbox reads of a call that is not theirs to make by their own circle.
HELD_CALLS = people.reached(Invitee, lazy("Personne à rappeler"), "patient")


def call_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return whom to ask again, of some keys: the campaign, the numbers, one gesture."""
    return [_call_line(one, lines, phones) for one, lines, phones in calls_drawn(person, keys)]


def _call_line(one: Invitee, lines: int, phones: tuple[str, ...]) -> InboxLine:
    url = reverse("prevention:person", args=[one.campaign_id, one.patient_id])
    fields = (
        ("do", "answer"),
        ("did", Did.NO_ANSWER.value),
        ("seen", str(lines)),
        ("key", uuid4().hex),
    )
    has_moved = one.standing == Standing.COMING
    said = _("la journée a changé, à prévenir") if has_moved else str(one.get_standing_display())
    return InboxLine(
        one.pk,
        one.campaign.title,
        url,
        one.patient.name,
        said,
        phones=phones,
        deeds=() if has_moved else (Deed(_("Appel sans réponse"), url, "", fields),),
    )


def prevention_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say what somebody had of prevention, what they are invited to, where they are registered."""
    found = prevented(patient)
    lines = [
        *map(_entry_line, found.entries),
        *(_invitee_line(person, one) for one in found.invitees),
        *map(_act_line, found.acts),
    ]
    if not lines:
        return None
    title = _("Ma prévention") if patient.account_id == person.pk else _("Prévention")
    return PanelContent(title, lines=tuple(lines[: 2 * SHOWN]))


def _entry_line(one: DayEntry) -> Line:
    day = _("{day}, {hour} h").format(day=formats.date_short(one.day.day), hour=one.hour)
    return Line(f"{one.day.campaign.title} – {one.day.place}", detail=day)


def _invitee_line(person: Person, one: Invitee) -> Line:
    follows = access.may(person, Permission.VIEW_PREVENTION, one.patient.scope)
    url = reverse("prevention:person", args=[one.campaign_id, one.patient_id]) if follows else ""
    is_due = one.again_on is not None and one.again_on <= timezone.localdate()
    return Line(one.campaign.title, url, str(one.get_standing_display()), is_to_see=follows and is_due)


def _act_line(one: PreventionAct) -> Line:
    day = formats.date_short(one.done_on)
    detail = _("{day}, fait ailleurs").format(day=day) if one.is_declared else day
    return Line(target_of(one.target).said, detail=detail)
