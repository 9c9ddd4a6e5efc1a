"""Meetings on the shared pages: the next ones, the minutes that wait, a patient’s own, calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care.models import AgendaItem, Meeting
from maillage.care.models.meetings import KIND_LABELS, attended_by
from maillage.care.pages.meeting_presenters import kind_of, minutes_said, waiting_said
from maillage.care.queries import meetings as queries
from maillage.care.queries.meeting_minutes import decided_on, state_of
from maillage.care.rules.meetings import MeetingKind, MinutesState
from maillage.kernel import formats
from maillage.kernel.contributions import Line, PanelContent, Waiting, rows_waiting
from maillage.kernel.feeds import Happening
from maillage.kernel.models import Person
from maillage.people import api as people


def meetings_waiting(person: Person) -> Waiting | None:
    """Say which minutes wait for a signature, then which meetings come next; no patient, no subject."""
    to_sign, coming = queries.waiting_meetings(person)
    lines = [*map(_minutes_line, to_sign), *map(_coming_line, coming)]
    late = sum(line.is_late for line in lines)
    said = []
    if to_sign:
        said.append(waiting_said(len(to_sign), late))
    if coming:
        next_ones = ngettext("{count} réunion à venir", "{count} réunions à venir", len(coming))
        said.append(next_ones.format(count=formats.number(len(coming))))
    return rows_waiting(
        _("Réunions"),
        lines,
        lambda line: line,
        ", ".join(said),
        url=reverse("care:meetings"),
        gesture=_("Voir les réunions"),
    )


def _minutes_line(one: Meeting) -> Line:
    state = state_of(one, [])
    return Line(
        _("{kind} du {day}").format(kind=kind_of(one), day=formats.date_short(one.held_on)),
        reverse("care:meeting", args=[one.pk]),
        minutes_said(one, state),
        is_late=state is MinutesState.LATE,
    )


def _coming_line(one: Meeting) -> Line:
    return Line(kind_of(one), reverse("care:meeting", args=[one.pk]), _when(one.starts_at, one))


def own_meetings(person: Person) -> Waiting | None:
    """Say to a patient or a carer when they are expected, or asked whether they agree."""
    rows = queries.own_items_coming(person)
    said = ngettext("{count} réunion à votre sujet", "{count} réunions à votre sujet", len(rows))
    return rows_waiting(
        _("Réunions"),
        rows,
        _own_line,
        said,
        url=reverse("care:meetings"),
        gesture=_("Voir les réunions"),
    )


def _own_line(item: AgendaItem) -> Line:
    meeting = item.meeting
    asked = _("votre accord est demandé") if item.agreed_at is None else ""
    detail = ", ".join(filter(None, (_when(meeting.starts_at, meeting), asked)))
    return Line(kind_of(meeting), reverse("care:meeting", args=[meeting.pk]), detail, is_wrong=bool(asked))


def _when(moment: datetime, meeting: Meeting) -> str:
    local = moment.astimezone(meeting.scope.zone)
    return _("le {day} à {hour}").format(
        day=formats.date_short(local.date()), hour=formats.time_short(local.time())
    )


def discussed(_person: Person, patient: people.Patient) -> PanelContent | None:
    """Say in which meetings the case of a patient is or was discussed, and what was decided."""
    rows = queries.cases_of(patient)
    if not rows:
        return None
    lines, decisions = [], decided_on(rows[:5])
    for one in rows[:5]:
        day = formats.date_short(one.meeting.starts_at.astimezone(one.meeting.scope.zone).date())
        lines.append(
            Line(
                _("{kind} du {day}").format(kind=KIND_LABELS[MeetingKind(one.meeting.kind)], day=day),
                reverse("care:meeting_item", args=[one.meeting_id, one.pk]),
                " · ".join(decisions[one.pk]) or one.subject,
            )
        )
    return PanelContent(_("Réunions"), "", tuple(lines))


def happenings(person: Person, since: datetime, until: datetime) -> Iterator[Happening]:
    """Yield the meetings of a person for their calendar, cancelled ones too: no name, no subject."""
    rows = Meeting.objects.seen_as(attended_by(person)).filter(ends_at__gte=since, starts_at__lt=until)
    for one in rows.select_related("scope").order_by("starts_at", "pk"):
        yield happening(one, one.starts_at, one.ends_at)


def happening(meeting: Meeting, starts_at: datetime, ends_at: datetime) -> Happening:
    """Return a meeting as a calendar shows it, between the hours when its reader is expected."""
    return Happening(
        f"meeting-{meeting.pk}",
        starts_at,
        ends_at,
        kind_of(meeting),
        " · ".join(filter(None, (meeting.place, meeting.video_url))),
        sequence=meeting.sequence,
        is_cancelled=meeting.is_cancelled,
    )
