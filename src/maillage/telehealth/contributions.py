"""What `telehealth` brings to the shared pages: advices to give and to read, what a patient's page says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.care import api as care
from maillage.kernel import access, formats
from maillage.kernel.contributions import (
    SHOWN,
    Confided,
    Contribution,
    Deed,
    Entry,
    InboxLine,
    InboxSource,
    Line,
    Panel,
    PanelContent,
    Verb,
    Waits,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import InboxGroup, Permission, Role
from maillage.people import api as people
from maillage.telehealth.actions.demonstration import create_demonstration_questions
from maillage.telehealth.actions.leaving import WITHDRAWALS
from maillage.telehealth.actions.session_demonstration import create_demonstration_session
from maillage.telehealth.models import Question, Session
from maillage.telehealth.models.records import PROCESSING, RECORDS
from maillage.telehealth.pages.question_presenters import unnamed
from maillage.telehealth.queries import questions as queries
from maillage.telehealth.queries import sessions
from maillage.telehealth.rules.questions import State
from maillage.territory.api import Territory

AT_CARE = (
    Role.PHYSICIAN,
    Role.NURSE,
    Role.MIDWIFE,
    Role.PHYSIOTHERAPIST,
    Role.PHARMACIST,
    Role.EHPAD,
    Role.CASE_MANAGER,
)
RECEIVING = (Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.PHYSIOTHERAPIST, Role.PHARMACIST)


def inbox_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the advices of some keys: what is asked or came back; a group's name nobody until taken."""
    rows = queries.read_rows(person, Q(pk__in=list(keys)) & queries.waiting_for(person))
    named = queries.named_among(person, keys)
    return [_inbox_line(person, one, names_patient=one.pk in named) for one in rows]


def _inbox_line(person: Person, one: Question, *, names_patient: bool) -> InboxLine:
    page = reverse("telehealth:question", args=[one.pk])
    is_back = one.by_id == person.pk
    if is_back:
        text = {
            State.PRECISION: _("Une précision vous est demandée"),
            State.ANSWERED: _("Avis rendu, à lire"),
        }.get(one.stands, _("Demande d’avis revenue : à qui d’autre demander"))
        detail = " · ".join(filter(None, [one.text, str(one.expert or one.addressee)]))
    else:
        text = _("Avis demandé") if names_patient else _("Avis demandé à votre groupe")
        about = "" if names_patient else unnamed(one.patient, one)
        detail = " · ".join(filter(None, [about, one.text, str(one.by), str(one.get_hurry_display())]))
    return InboxLine(
        one.pk,
        text,
        page,
        one.patient.name if names_patient else "",
        detail,
        deeds=_deeds(one, page, is_back),
    )


def _deeds(one: Question, page: str, is_back: bool) -> tuple[Deed, ...]:
    if is_back and not one.is_open:
        return (Deed(_("J’ai lu"), page, fields=(("do", "read"),)),)
    if not is_back and one.stands is State.SENT:
        return (Deed(_("Prendre"), page, fields=(("do", "take"),)),)
    return ()


def advices(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say which advices were asked about a patient, and let who cares for them ask one."""
    rows = queries.of_patient(patient, SHOWN)
    decision = people.decision(person, patient, people.Part.HEALTH)
    may_ask = access.may(person, Permission.SEND_REQUEST) and care.may_write(decision)
    if not rows and not may_ask:
        return None
    awaited = sum(one.is_open for one in rows)
    finding = _("Aucun avis demandé à distance.")
    if rows:
        finding = ngettext("{count} avis attendu.", "{count} avis attendus.", awaited).format(
            count=formats.number(awaited)
        )
    title = _("Mes avis d’experts") if patient.account_id == person.pk else _("Avis d’experts")
    return PanelContent(
        title,
        finding,
        tuple(_line(one) for one in rows),
        reverse("telehealth:new_question", args=[patient.pk]) if may_ask else "",
        _("Demander un avis") if may_ask else "",
    )


def _line(one: Question) -> Line:
    said = _("{who}, {state}, {day}").format(
        who=one.expert or one.addressee, state=one.get_state_display(), day=formats.date_short(one.at)
    )
    return Line(one.text, reverse("telehealth:question", args=[one.pk]), said, is_late=one.is_late)


def waiting_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return who waits for a remote consultation, by name where the circle lets it be known."""
    rows = [one for one in map(sessions.remote_appointment, keys) if one is not None]
    names = sessions.names_read(person, rows)
    return [
        InboxLine(
            one.pk,
            _("En salle d’attente à distance"),
            reverse("telehealth:session", args=[one.pk]),
            names.get(one.patient_id or 0, ""),
            _("rendez-vous de {hour}").format(
                hour=formats.time_short(one.slot.starts_at.astimezone(one.slot.agenda.zone))
            ),
            deeds=(
                Deed(
                    _("Faire entrer"), reverse("telehealth:session", args=[one.pk]), fields=(("do", "admit"),)
                ),
            ),
        )
        for one in rows
    ]


def remote_appointment(_person: Person, patient: people.Patient) -> PanelContent | None:
    """Say when somebody is expected at a distance; lead them, or who is beside them, to the waiting room."""
    one = sessions.next_remote_of(patient)
    if one is None:
        return None
    when = formats.date_long(one.slot.starts_at.astimezone(one.slot.agenda.zone).replace(tzinfo=None))
    return PanelContent(
        _("Rendez-vous à distance"),
        _("{when}, avec {name}").format(
            when=f"{when[:1].upper()}{when[1:]}", name=one.slot.agenda.professional
        ),
        url=reverse("telehealth:own_room", args=[one.pk]),
        gesture=_("Ouvrir la salle d’attente"),
    )


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory advices asked, taken, answered, returned, and a remote consultation today."""
    create_demonstration_questions(place=place, now=now)
    create_demonstration_session(place=place, now=now)


CONTRIBUTION = Contribution(
    "telehealth",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Avis d’experts"),
            "telehealth:questions",
            "stethoscope",
            lazy("Demander un avis à distance, y répondre, en faire une suite."),
            Permission.SEND_REQUEST,
            within=("telehealth:question", "telehealth:new_question"),
            order=36,
        ),
        Entry(
            Verb.ACT,
            lazy("Téléconsultations"),
            "telehealth:sessions",
            "video",
            lazy("Recevoir à distance : qui attend, la vidéo, le téléphone si elle ne marche pas."),
            Permission.BOOK_APPOINTMENT,
            within=("telehealth:session",),
            order=42,
        ),
    ),
    panels=(
        Panel(
            "telehealth.remote",
            people.Part.APPOINTMENTS.value,
            "rendez-vous à distance",
            remote_appointment,
            order=11,
        ),
        Panel(
            "telehealth.advices",
            people.Part.HEALTH.value,
            "avis demandés à distance",
            advices,
            order=50,
        ),
    ),
    inbox=(
        InboxSource(
            "telehealth.question",
            lazy("Avis"),
            "stethoscope",
            frozenset(AT_CARE),
            Waits(queries.questions_waiting, "at", "due_at", seen=queries.questions_seen),
            inbox_lines,
            order=25,
            confided=Confided(
                InboxGroup.CLINICAL,
                people.opened(
                    Question,
                    people.Part.HEALTH,
                    lambda one: str(one.text),
                    lambda one: reverse("telehealth:question", args=[one.pk]),
                    people.veils(Question, lazy("Demande d’avis")),
                ),
            ),
        ),
        InboxSource(
            "telehealth.waiting",
            lazy("Téléconsultations"),
            "video",
            frozenset(RECEIVING),
            Waits(
                sessions.sessions_waiting,
                "waiting_since",
                "appointment__slot__starts_at",
                key="appointment",
            ),
            waiting_lines,
            order=5,
            confided=Confided(
                InboxGroup.VISITS,
                people.reached(
                    Session, lazy("Attend en téléconsultation"), "appointment__patient", "appointment"
                ),
            ),
        ),
    ),
    demonstrate=demonstrate,
    withdrawals=WITHDRAWALS,
    records=RECORDS,
    processing=PROCESSING,
)
