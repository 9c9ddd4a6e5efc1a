"""What therapeutic education has waiting: attendance to take, assessments to do; calendars and panels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import SHOWN, InboxLine, Line, PanelContent, Pending, Waiting, rows_waiting
from maillage.kernel.feeds import Happening
from maillage.kernel.inboxes import waiting_of
from maillage.kernel.models import Person
from maillage.people import api as people
from maillage.protocols.models import Enrolment
from maillage.protocols.queries.education import (
    assessments_drawn,
    enrolments_of,
    led_by,
    may_enrol,
    own_places,
    sessions_drawn,
)

#: The kinds of the inbox that this part declares.
ATTENDANCE, ASSESSMENT = "protocols.attendance", "protocols.assessment"


def education_waiting(person: Person) -> Waiting | None:
    """Say which attendances are to be taken which assessments to be done; nobody is named."""
    sessions = waiting_of(person, ATTENDANCE) or []
    assessments = waiting_of(person, ASSESSMENT) or []
    rows = [*((ATTENDANCE, one) for one in sessions), *((ASSESSMENT, one) for one in assessments)]
    said = []
    if sessions:
        text = ngettext("{sessions} appel à faire", "{sessions} appels à faire", len(sessions))
        said.append(text.format(sessions=formats.number(len(sessions))))
    if assessments:
        text = ngettext("{rows} bilan éducatif à faire", "{rows} bilans éducatifs à faire", len(assessments))
        said.append(text.format(rows=formats.number(len(assessments))))
    url = _line(rows[0]).url if rows else ""
    return rows_waiting(
        _("Éducation thérapeutique"), rows, _line, ", ".join(said), url=url, gesture=_("Ouvrir le premier")
    )


def _line(row: tuple[str, Pending]) -> Line:
    kind, one = row
    day = formats.date_short(timezone.localtime(one.since))
    if kind == ATTENDANCE:
        url = reverse("protocols:education_session", args=[one.pk])
        return Line(_("Séance du {day} : présences à noter").format(day=day), url)
    url = reverse("protocols:enrolment", args=[one.pk])
    return Line(_("Bilan éducatif à faire"), url, _("inscrit le {day}").format(day=day))


def attendance_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the sessions of some keys whose attendance is to be taken; nobody is named."""
    found = []
    for one, count in sessions_drawn(person, keys):
        missing = ngettext("{count} présence à noter", "{count} présences à noter", count)
        local = one.starts_at.astimezone(one.programme.scope.zone)
        detail = [
            one.programme.title,
            f"{formats.date_short(local)} {formats.time_short(local)}",
            missing.format(count=formats.number(count)),
        ]
        url = reverse("protocols:education_session", args=[one.pk])
        found.append(InboxLine(one.pk, one.theme, url, "", " · ".join(detail)))
    return found


def assessment_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the enrolments of some keys whose assessment is to be done: for whom, in which programme."""
    return [
        InboxLine(
            one.pk,
            _("Bilan éducatif"),
            reverse("protocols:enrolment", args=[one.pk]),
            one.patient.name,
            one.programme.title,
        )
        for one in assessments_drawn(person, keys)
    ]


HELD_ASSESSMENTS = people.opened(
    Enrolment,
    people.Part.HEALTH,
    lambda _one: _("Bilan éducatif"),
    lambda one: reverse("protocols:enrolment", args=[one.pk]),
    people.veils(Enrolment, lazy("Bilan à faire")),
)


def education_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say which programmes a patient follows and when the next session is; None where nothing may be."""
    rows = enrolments_of(patient)
    own = patient.account_id == person.pk
    if not rows and (own or not may_enrol(person, patient)):
        return None
    lines = [
        Line(
            one.programme.title,
            reverse("protocols:enrolment", args=[one.pk]),
            _("en cours, avec {name}").format(name=one.educator)
            if one.is_open
            else str(one.get_ending_display()),
        )
        for one in rows[:SHOWN]
    ]
    coming = next(
        (
            one.session
            for one in own_places(patient)
            if not one.session.is_cancelled and not one.session.has_begun and one.attendance == "expected"
        ),
        None,
    )
    said = ""
    if coming is not None:
        local = coming.starts_at.astimezone(patient.scope.zone)
        said = _("Prochaine séance le {day} à {hour}.").format(
            day=formats.date_short(local), hour=formats.time_short(local)
        )
    elif not lines:
        said = _("Aucun programme suivi.")
    url = reverse("protocols:education_of", args=[patient.pk])
    return PanelContent(
        _("Éducation thérapeutique"), said, tuple(lines), url, _("Ouvrir l’éducation thérapeutique")
    )


def happenings(person: Person, since: datetime, until: datetime) -> Iterator[Happening]:
    """Yield the sessions that a person leads, for their calendar, cancelled ones too: nobody is named."""
    for one in led_by(person).filter(starts_at__gte=since, starts_at__lt=until):
        yield Happening(
            f"education-{one.pk}",
            one.starts_at,
            one.ends_at,
            _("Séance d’éducation thérapeutique"),
            " · ".join(filter(None, (one.place, one.video_url))),
            sequence=one.sequence,
            is_cancelled=one.is_cancelled,
        )
