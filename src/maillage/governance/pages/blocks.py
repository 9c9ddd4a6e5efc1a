"""Governance on the shared pages: what was decided, the vote asked, convenings to answer, calendars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.governance.models import Resolution
from maillage.governance.pages import words
from maillage.governance.pages.sitting_views import happening_of
from maillage.governance.queries.decisions import (
    decisions_of_action,
    last_decisions,
    next_sitting,
    replies_drawn,
    sittings_between,
    votes_asked,
)
from maillage.governance.rules.vocabulary import Reply
from maillage.kernel import clock, formats
from maillage.kernel.contributions import SHOWN, Deed, InboxLine, Line, Waiting
from maillage.kernel.feeds import Happening
from maillage.kernel.models import Person
from maillage.project import api as project


def decided(person: Person) -> Waiting | None:
    """Say to the board which vote waits, the next meeting, the last decisions; three statements."""
    lines: list[Line] = []
    said: list[str] = []
    asked = votes_asked(person)
    for motion in asked:
        url = reverse("governance:sitting", args=[motion.sitting_id])
        lines.append(Line(motion.text, url, _("votre vote est attendu"), is_late=True))
    if asked:
        text = ngettext("{count} vote attendu", "{count} votes attendus", len(asked))
        said.append(text.format(count=formats.number(len(asked))))
    coming = next_sitting(person)
    if coming is not None:
        day = formats.date_short(coming.starts_at)
        lines.append(
            Line(
                coming.body.name,
                reverse("governance:sitting", args=[coming.pk]),
                _("prochaine séance, {day}").format(day=day),
            )
        )
    found = last_decisions(person, SHOWN)
    late = [one for one in found if words.decision_state(one, _today(one))[1] == "attention"]
    if late:
        text = ngettext("{count} décision en retard", "{count} décisions en retard", len(late))
        said.append(text.format(count=formats.number(len(late))))
    lines += [_line(one, is_late=one in late) for one in found]
    if not lines:
        return None
    return Waiting(
        _("Décidé"),
        tuple(lines[:SHOWN]),
        ", ".join(said),
        reverse("governance:bodies"),
        _("Voir la gouvernance"),
    )


def _today(one: Resolution) -> date:
    return clock.today(one.sitting.body.scope)


def _line(one: Resolution, *, is_late: bool) -> Line:
    state, _look = words.decision_state(one, _today(one))
    url = reverse("governance:sitting", args=[one.sitting_id])
    return Line(one.text, url, "" if is_late else state, is_late=is_late)


def origins(person: Person, action: project.Action) -> list[Line]:
    """Return the decisions that founded an action, of the bodies that somebody follows."""
    return [
        Line(str(one.sitting), f"{reverse('governance:sitting', args=[one.sitting_id])}#decisions")
        for one in decisions_of_action(person, action)
    ]


def reply_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the convenings that somebody has not answered: answered in one gesture."""
    rows = []
    for one in replies_drawn(person, list(keys)):
        url = reverse("governance:sitting", args=[one.sitting_id])
        fields = (("do", "answer"), ("row", str(one.pk)))
        rows.append(
            InboxLine(
                one.pk,
                one.sitting.body.name,
                url,
                detail=_("séance du {day}").format(day=formats.date_long(one.sitting.starts_at)),
                deeds=(
                    Deed(_("Je viens"), url, "", (*fields, ("reply", Reply.COMES.value))),
                    Deed(_("Je ne viens pas"), url, "", (*fields, ("reply", Reply.ABSENT.value))),
                ),
            )
        )
    return rows


def happenings(person: Person, since: datetime, until: datetime) -> Iterator[Happening]:
    """Yield the meetings to which somebody is convened, for the calendar of their agenda."""
    for one in sittings_between(person, since, until):
        yield happening_of(one)
