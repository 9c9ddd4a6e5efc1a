"""Projects on the shared pages: what is late, what the board follows, one's own steps."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import SHOWN, Deed, InboxLine, Line, Waiting
from maillage.kernel.models import Person
from maillage.project.models import Step
from maillage.project.pages import words
from maillage.project.queries.agreements import agreements_drawn
from maillage.project.queries.waiting import followed, late_of, steps_drawn


def late_in_project(person: Person) -> Waiting | None:
    """Say to whoever writes a project what is late in it: legal days first, then steps."""
    late = late_of(person)
    today = timezone.localdate()
    lines = [
        Line(
            words.mission_name(clock),
            reverse("project:project", args=[project.pk]),
            words.clock_said(clock, today),
            is_late=True,
        )
        for project, clock in late.clocks
    ]
    lines += [
        Line(
            one.title,
            reverse("project:action", args=[one.action_id]),
            f"{one.action.title} · {words.step_lead_name(one)} · {words.late_said(one.due_on, today)}",
            is_late=True,
        )
        for one in late.steps
    ]
    if not lines:
        return None
    said = []
    if late.clocks:
        count = len(late.clocks)
        text = ngettext("{count} mission en retard", "{count} missions en retard", count)
        said.append(text.format(count=formats.number(count)))
    if late.steps:
        count = len(late.steps)
        text = ngettext("{count} étape du projet en retard", "{count} étapes du projet en retard", count)
        said.append(text.format(count=formats.number(count)))
    return Waiting(
        _("Projet de santé : en retard"),
        tuple(lines[:SHOWN]),
        ", ".join(said),
        reverse("project:projects"),
        _("Voir le projet de santé"),
    )


def actions_followed(person: Person) -> Waiting | None:
    """Say to the board how many actions are late, and which; what is spent is said by the ledger."""
    found = followed(person)
    if not found.total:
        return None
    lines = tuple(
        Line(one.title, reverse("project:action", args=[one.pk]), words.lead_name(one), is_late=True)
        for one in found.late[:SHOWN]
    )
    said = words.board_sentence(len(found.late), found.total)
    return Waiting(
        _("Actions du projet de santé"),
        lines,
        said,
        reverse("project:projects"),
        _("Voir le projet de santé"),
    )


def inbox_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return one's own steps: noted as done in one gesture."""
    return [_inbox_line(one) for one in steps_drawn(person, keys)]


def _inbox_line(one: Step) -> InboxLine:
    url = reverse("project:action", args=[one.action_id])
    return InboxLine(
        one.pk,
        one.title,
        url,
        detail=one.action.title,
        deeds=(Deed(_("C’est fait"), url, "", (("do", "step"), ("row", str(one.pk)))),),
    )


def agreement_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the agreements that wait for a decision."""
    return [
        InboxLine(
            one.pk,
            one.title,
            reverse("project:agreement", args=[one.pk]),
            detail=_("fin le {day} : à reconduire ou à résilier").format(day=formats.date_short(one.ends_on)),
        )
        for one in agreements_drawn(person, keys)
    ]
