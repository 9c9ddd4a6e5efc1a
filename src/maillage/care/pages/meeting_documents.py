"""What leaves the screen of a meeting: its minutes as a PDF, its invitation for a calendar."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.care.models import MeetingDecision
from maillage.care.pages import meeting_presenters as presenters
from maillage.care.pages.meeting_blocks import happening
from maillage.care.pages.meeting_views import OfMeeting
from maillage.care.queries import meeting_minutes as minutes
from maillage.care.queries.meetings import ItemSeen, MeetingSeen
from maillage.care.rules.meetings import MinutesState
from maillage.kernel import formats, printing
from maillage.kernel.feeds import Mailbox, calendar, calendar_response
from maillage.kernel.pages.base import Endpoint, pdf_response
from maillage.people import api as people

TEMPLATE = files("maillage.care.pages") / "meeting.typ"
Data = dict[str, Any]


class Invitation(OfMeeting, Endpoint):
    """The invitation of the visitor, its change or its cancelling, for their calendar program."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        seen, meeting = self.seen, self.meeting
        organiser = Mailbox(str(meeting.organiser), meeting.organiser.email)
        document = calendar(
            presenters.kind_of(meeting),
            "care",
            [happening(meeting, seen.starts_at, seen.ends_at)],
            between=(organiser, Mailbox(str(self.person), self.person.email)),
        )
        return calendar_response(document, file=f"reunion-{meeting.pk}.ics")


class MinutesPdf(OfMeeting, Endpoint):
    """The minutes on paper, of which each reader has what they may read."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        now = timezone.now()
        with override("fr"):
            data = printed(self.seen, now)
            made = printing.pdf(TEMPLATE, data, timezone.localdate(now))
        return pdf_response(made, f"compte-rendu-{self.meeting.held_on:%Y-%m-%d}.pdf")


def printed(seen: MeetingSeen, now: datetime) -> Data:
    """Return what the printed minutes of a meeting say to one reader, ready for JSON."""
    meeting = seen.meeting
    attendances = minutes.attendances_of(meeting)
    signatures, digest = minutes.signatures_of(meeting), minutes.digest_of(meeting)
    state = minutes.state_of(meeting, signatures, digest)
    texts, decided = minutes.texts_of(meeting), minutes.decisions_of(meeting)
    is_signed = state in {MinutesState.SIGNED, MinutesState.CHANGED}
    reads_texts = seen.is_whole or is_signed
    lines = presenters.lines_of(seen)
    general = texts.get(None, minutes.NOTHING_WRITTEN) if seen.is_whole else minutes.NOTHING_WRITTEN
    present = minutes.by_profession(attendances) if seen.is_whole else []
    return {
        "title": presenters.kind_of(meeting),
        "scope": meeting.scope.label,
        "when": formats.date_long(seen.starts_at),
        "length": formats.minutes(meeting.length) if seen.is_whole else "",
        "place": meeting.place or (_("visioconférence") if meeting.video_url else "–"),
        "organiser": str(meeting.organiser),
        "state": presenters.minutes_said(meeting, state, signatures),
        "is_signed": state is MinutesState.SIGNED,
        "labels": {
            "scope": _("Périmètre"), "when": _("Date"), "place": _("Lieu"), "organiser": _("Organisée par"),
            "present": _("Présents, par profession"), "question": _("Question"),
            "said": _("Ce qui a été dit"),
            "decision": _("Décision"), "owner": _("Qui"), "deadline": _("Avant le"), "task": _("État"),
            "agreement": _("Information et accord de la personne"), "ins": _("Matricule INS"),
            "distribution": _("Diffusion"), "nothing": _("Aucune décision notée."), "length": _("Durée"),
            "nobody": _("Aucune présence notée."), "general": _("Sur l’ensemble"),
            "agenda": _("Ordre du jour"),
        },
        "present": [
            [profession, ", ".join(f"{one.who} ({formats.minutes(one.minutes)})" for one in rows)]
            for profession, rows in present
        ],
        "general": general.said,
        "items": [
            _item(
                line,
                texts.get(line.seen.item.pk) if reads_texts else None,
                decided.get(line.seen.item.pk, []),
            )
            for line in lines
        ],
        "distribution": _("Aux personnes présentes, dans Maillage, sans donnée de santé dans le message.")
        if is_signed
        else _("Pas encore diffusé."),
        "vintage": _(
            "Imprimé le {moment} par Maillage. Chaque lecteur reçoit ce que le cercle de soins lui ouvre : "
            "une situation qui n’est pas nommée ici ne lui est pas ouverte."
        ).format(moment=formats.date_long(now)),
    }  # fmt: skip


def _item(line: presenters.ItemLine, text: minutes.Text | None, decided: list[MeetingDecision]) -> Data:
    one = line.seen
    shows = one.is_read and not one.is_opposed
    return {
        "name": line.name,
        "hour": formats.time_short(one.starts_at),
        "state": line.state,
        "is_case": one.item.is_case,
        "identity": _identity(one),
        "ins": _ins(one),
        "question": one.item.subject if shows and one.item.is_case else "",
        "agreement": _agreement(one),
        "said": text.said if text is not None and shows else "",
        "decisions": [_decision(each) for each in decided] if shows else [],
    }


def _identity(one: ItemSeen) -> str:
    return one.patient.born if one.patient is not None else ""


def _ins(one: ItemSeen) -> str:
    """Return the matricule of a patient, where the identity is sure enough to carry it outside."""
    patient = one.patient
    if patient is None or not one.is_read or not patient.ins_number:
        return ""
    status = people.IdentityStatus(patient.identity_status)
    return patient.ins_number if people.may_carry_ins(status) else ""


def _agreement(one: ItemSeen) -> str:
    if not one.item.is_case:
        return ""
    if one.is_opposed:
        return _("La personne s’oppose à ce que sa situation soit discutée.")
    return presenters.agreement_said(one.item) or _("Accord à recueillir.")


def _decision(one: MeetingDecision) -> list[str]:
    task = one.task
    if task is None:
        return [one.text, "–", "–", "–"]
    return [one.text, task.owner_name, formats.date_short(task.due_at), str(task.get_state_display())]
