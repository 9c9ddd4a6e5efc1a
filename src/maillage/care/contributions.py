"""What `care` brings to the shared pages: what one has to do, plans in alert, what a patient's page says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.care.actions.demonstration import create_demonstration_care
from maillage.care.actions.home_demonstration import create_demonstration_home
from maillage.care.actions.leaving import WITHDRAWALS
from maillage.care.models import Booklet, Questionnaire, Recall, Task
from maillage.care.models.records import PROCESSING, RECORDS
from maillage.care.pages import panels, recall_blocks
from maillage.care.pages.home_blocks import (
    advanced_consultations,
    away_or_to_review,
    cards_to_complete,
    crisis_panel,
)
from maillage.care.pages.meeting_blocks import (
    discussed,
    happenings,
    meetings_waiting,
    own_meetings,
)
from maillage.care.pages.questionnaire_blocks import (
    ANSWERS,
    HELD_ANSWERS,
    answer_lines,
    answers_waiting,
    own_questionnaires,
    questionnaires_panel,
)
from maillage.care.pages.recall_blocks import RECALLS, follow_up_panel
from maillage.care.pages.recall_blocks import inbox_lines as recall_lines
from maillage.care.queries.questionnaires import answers_unread
from maillage.care.queries.recalls import recalls_waiting
from maillage.care.queries.tasks import (
    closed_among,
    open_alerts,
    own_tasks,
    tasks_held,
    tasks_waiting,
    waiting_tasks,
)
from maillage.kernel import formats
from maillage.kernel.contributions import (
    Block,
    Confided,
    Contribution,
    Deed,
    Entry,
    InboxLine,
    InboxSource,
    Line,
    Panel,
    Place,
    Verb,
    Waiting,
    Waits,
    rows_waiting,
)
from maillage.kernel.inboxes import nothing_waits
from maillage.kernel.models import Person
from maillage.kernel.rules import InboxGroup, Permission, Role
from maillage.people import api as people
from maillage.territory.api import Territory

PLAN, HEALTH = people.Part.PLAN.value, people.Part.HEALTH.value
CRISIS = people.Part.CRISIS.value
TASKS = "care.task"
AT_CARE = (
    Role.PHYSICIAN,
    Role.NURSE,
    Role.MIDWIFE,
    Role.PHYSIOTHERAPIST,
    Role.PHARMACIST,
    Role.EHPAD,
    Role.CASE_MANAGER,
)


def to_do(person: Person) -> Waiting | None:
    """Say what a professional has to do, and let it be done from the line: no patient, no word of health."""
    rows = [] if nothing_waits(person, TASKS) else waiting_tasks(person)
    late = sum(one.is_late for one in rows)
    said = ngettext("{count} tâche à faire", "{count} tâches à faire", len(rows))
    if late:
        said += ngettext(", dont {late} en retard", ", dont {late} en retard", late).replace(
            "{late}", str(late)
        )
    return rows_waiting(
        _("À faire"), rows, _line, said, url=reverse("care:tasks"), gesture=_("Ouvrir mes tâches")
    )


def _line(one: Task) -> Line:
    due = ""
    if one.due_at is not None:
        moment = f"{formats.date_short(one.due_at)} {formats.time_short(one.due_at)}"
        due = _("avant le {moment}").format(moment=moment)
    return Line(
        one.get_origin_display(),
        reverse("care:task", args=[one.pk]),
        due,
        is_late=one.is_late,
        deed=_done(one),
    )


def _done(one: Task) -> Deed:
    asks = _("Ce qui a été fait") if one.asks_for_words else ""
    return Deed(_("Fait"), reverse("care:close_task", args=[one.pk]), asks)


def inbox_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the tasks of some keys: what, for whom; done in a word, or handed over to the circle."""
    return [_inbox_line(one) for one in own_tasks(person, keys)]


def _inbox_line(one: Task) -> InboxLine:
    page = reverse("care:task", args=[one.pk])
    details = [str(one.get_origin_display()), *([str(one.by)] if one.by else []), one.why]
    return InboxLine(
        one.pk,
        one.title,
        page,
        one.patient.name if one.patient is not None else "",
        " · ".join(filter(None, details)),
        deeds=(_done(one),),
        hand_over=f"{page}#gestures" if one.patient is not None else "",
    )


_TASK_VEIL = people.veils(Task, lazy("Tâche"))


def held_tasks(owner: Person, holder: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the tasks of some keys for whoever holds the inbox: whole where the circle opens the plan.

    Done by them where they write it. What is about nobody is work between colleagues, which is confided.
    """
    drawn = []
    for one, writes in tasks_held(owner, holder, keys):
        line = _inbox_line(one)
        page = line.url if one.patient is not None else ""
        drawn.append(replace(line, url=page, hand_over="", deeds=line.deeds if writes else ()))
    left = sorted(set(keys) - {one.pk for one in drawn})
    return [*drawn, *_TASK_VEIL(owner, holder, left)]


def done_tasks(owner: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the tasks of some keys that somebody closed for `owner`, who reads them; nobody is named."""
    return [
        InboxLine(one.pk, one.title, reverse("care:task", args=[one.pk]), detail=one.outcome)
        for one in closed_among(owner, keys)
    ]


def plans_in_alert(person: Person) -> Waiting | None:
    """Say how many of the plans that one reads are in alert: no patient, no word of health."""
    rows = open_alerts(person)
    plans = len({one.patient_id for one in rows})
    said = ngettext("{count} plan en alerte", "{count} plans en alerte", plans)
    return rows_waiting(
        _("Mesures hors des bornes"),
        rows,
        _alerted,
        said,
        url=reverse("care:task", args=[rows[0].pk]) if rows else "",
        gesture=_("Lire la première"),
        count=plans,
    )


def _alerted(one: Task) -> Line:
    at = f"{formats.date_short(one.at)} {formats.time_short(one.at)}"
    text = _("Alerte du {at}").format(at=at)
    return Line(text, reverse("care:task", args=[one.pk]), one.owner_name, is_late=one.is_late)


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory a home with its residents, and plans with their measures and tasks."""
    create_demonstration_home(by=None, place=place, now=now)
    create_demonstration_care(place=place, now=now)


CONTRIBUTION = Contribution(
    "care",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Tâches"),
            "care:tasks",
            "list-check",
            lazy("Faire ce que les plans et les collègues attendent de vous, ou le transmettre."),
            Permission.SEND_REQUEST,
            within=("care:task",),
            order=35,
        ),
        Entry(
            Verb.ACT,
            lazy("À rappeler"),
            "care:recalls",
            "phone",
            lazy("Voir qui revoir, pour quoi et quand ; appeler, donner rendez-vous, renouveler."),
            Permission.SEND_REQUEST,
            within=("care:recall", "care:follow_up"),
            order=36,
        ),
        Entry(
            Verb.STEER,
            lazy("Filières"),
            "care:networks",
            "target",
            lazy("Lire les parcours types par filière, et compter ceux qui les suivent, sans aucun nom."),
            Permission.VIEW_TRANSITION_COUNTS,
            order=61,
        ),
        Entry(
            Verb.ACT,
            lazy("Réunions"),
            "care:meetings",
            "users",
            lazy("Réunir plusieurs professionnels, décider ensemble, signer le compte rendu."),
            Permission.BOOK_APPOINTMENT,
            order=37,
        ),
        Entry(
            Verb.ACT,
            lazy("Résidents"),
            "care:residents",
            "home",
            lazy("Tenir les fiches de nuit d’un EHPAD, noter un appel, un transfert, un retour."),
            Permission.VIEW_RESIDENTS,
            within=(
                "care:card",
                "care:event",
                "care:new_event",
                "care:transfer",
                "care:booklet",
                "care:aggir",
                "care:admission",
            ),
            order=32,
        ),
    ),
    first_screen=(
        Block(
            "care.to_do",
            {role: 1 if role is Role.PHARMACIST else 2 for role in AT_CARE} | {Role.EHPAD: 4},
            to_do,
        ),
        Block(
            "care.meetings",
            dict.fromkeys(AT_CARE, 3) | {Role.COORDINATOR: 2, Role.EHPAD: 6},
            meetings_waiting,
        ),
        Block("care.own_meetings", {Role.PATIENT: 2, Role.CARER: 2}, own_meetings),
        Block("care.questionnaires", {Role.PATIENT: 2, Role.CARER: 2}, own_questionnaires),
        Block("care.answers", dict.fromkeys(AT_CARE, 4), answers_waiting),
        Block("care.alerts", {Role.NURSE: 1}, plans_in_alert),
        Block("care.cards", {Role.EHPAD: 2}, cards_to_complete),
        Block("care.transfers", {Role.EHPAD: 3}, away_or_to_review),
        Block("care.advanced", {Role.EHPAD: 5}, advanced_consultations),
    ),
    panels=(  # what a patient's page says, in this order
        Panel("care.crisis", CRISIS, "fiche de nuit", crisis_panel, frozenset(Place), order=5),
        Panel("care.pathway", PLAN, "lecture du parcours", panels.pathway_panel, order=10),
        Panel("care.plan", PLAN, "lecture du plan partagé", panels.plan_panel, order=20),
        Panel(
            "care.meetings",
            people.Part.PLAN.value,
            "réunions où la situation est discutée",
            discussed,
            order=60,
        ),
        Panel("care.follow_up", HEALTH, "lecture du suivi", follow_up_panel, order=25),
        Panel("care.measures", HEALTH, "lecture des mesures", panels.measures_panel, order=30),
        Panel("care.questionnaires", HEALTH, "questionnaires", questionnaires_panel, order=35),
    ),
    inbox=(
        InboxSource(
            TASKS,
            lazy("Tâches"),
            "list-check",
            frozenset(AT_CARE),
            Waits(tasks_waiting, "at", "due_at", seen=Task.objects.for_person),
            inbox_lines,
            order=30,
            confided=Confided(InboxGroup.TASKS, held_tasks, done_tasks),
        ),
        InboxSource(
            RECALLS,
            lazy("Rappels"),
            "phone",
            frozenset(AT_CARE),
            Waits(recalls_waiting, "at", seen=Recall.objects.for_person),
            recall_lines,
            order=36,
            confided=Confided(InboxGroup.CALLS, recall_blocks.held_lines, recall_blocks.done_lines),
        ),
        InboxSource(
            ANSWERS,
            lazy("Réponses à des questionnaires"),
            "list-check",
            frozenset(AT_CARE),
            Waits(answers_unread, "answered_at", seen=Questionnaire.objects.for_person),
            answer_lines,
            order=31,
            confided=Confided(InboxGroup.CLINICAL, HELD_ANSWERS),
        ),
    ),
    demonstrate=demonstrate,
    happenings=happenings,
    named_in_journal=(Booklet,),
    withdrawals=WITHDRAWALS,
    told_of_leavers=(
        "care.attendance.person",
        "care.attendance.professional",
        "care.questionnaire.carer",
    ),
    records=RECORDS,
    processing=PROCESSING,
)
