"""The sessions of a person who follows a programme: when, where, with whom; saying that one cannot come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import formats
from maillage.kernel.pages.base import Page
from maillage.kernel.parameters import row_key
from maillage.people.api import Part
from maillage.protocols import api as protocols
from maillage.space.pages.base import OfPerson


@dataclass(frozen=True, slots=True)
class Shown:
    """A session as the person reads it."""

    pk: int
    day: date
    when: str
    theme: str
    programme: str
    who: str
    place: str
    link: str
    is_cancelled: bool
    is_given_up: bool
    came: str


class Sessions(OfPerson, Page):
    """The sessions to come, then those before, in plain words."""

    template_name = "space/education.html"
    part = Part.HEALTH
    purpose = "éducation thérapeutique"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        places = protocols.own_places(self.patient)
        coming = [one for one in places if one.session.ends_at > now]
        past = [one for one in reversed(places) if one.session.ends_at <= now]
        return super().get_context_data(
            coming=[_shown(one) for one in coming], past=[_shown(one) for one in past], **context
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that one cannot come. Raises Http404 for a session that is not the person's."""
        asked = row_key(request.POST.get("place", ""))
        place = next((one for one in protocols.own_places(self.patient) if one.pk == asked), None)
        if place is None:
            raise Http404(asked)
        try:
            protocols.give_up(by=self.person, place=place)
        except (ValidationError, PermissionDenied) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        else:
            messages.success(request, _("C’est noté : on ne vous attend pas ce jour-là."))
        return redirect("space:education", pk=pk)


def _shown(place: protocols.SessionPlace) -> Shown:
    session = place.session
    starts_at = session.starts_at.astimezone(place.enrolment.patient.scope.zone)
    said = {
        protocols.Attendance.PRESENT.value: _("j’y étais"),
        protocols.Attendance.ABSENT.value: _("je n’y étais pas"),
        protocols.Attendance.EXCUSED.value: _("j’avais prévenu"),
    }
    return Shown(
        place.pk,
        starts_at.date(),
        formats.time_short(starts_at),
        session.theme,
        place.enrolment.programme.title,
        str(session.leader),
        session.place or _("À distance"),
        session.video_url,
        session.is_cancelled,
        place.attendance == protocols.Attendance.EXCUSED,
        said.get(place.attendance, ""),
    )
