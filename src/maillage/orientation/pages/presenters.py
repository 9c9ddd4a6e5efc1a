"""A request, its queue and its proposals as the desk shows them, on the clock of the installation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.forms import Form
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from maillage.agenda.api import Appointment, Schedule
from maillage.exchange.api import MessageStatus
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.orientation.actions.appointments import may_be_said
from maillage.orientation.api import QueueLine, age_of, callback_phone, is_vital, person_age
from maillage.orientation.models import Closure, Proposal, Request
from maillage.orientation.models.closing import OUTCOME_LABELS
from maillage.orientation.models.requests import CALLER_LABELS, ORIGIN_LABELS, PRIORITY_LABELS
from maillage.orientation.pages.criteria import Active, Wider
from maillage.orientation.pages.safety import SafetyView
from maillage.orientation.rules.safety import enters_slot_search
from maillage.orientation.rules.services import TO_CHECK
from maillage.orientation.rules.vocabulary import (
    OF_A_SLOT,
    CallerKind,
    DecisionKind,
    Origin,
    Outcome,
    Priority,
    ProposalKind,
    ProposalState,
    State,
    Urgency,
    Why,
)
from maillage.orientation.rules.workflow import AWAITING_OUTCOME, UNDECIDED
from maillage.people.api import IdentityStatus, Patient

Mark = tuple[str, str]

#: The outcomes, in the order of the buttons, with the key that presses each.
OUTCOME_KEYS = {
    Outcome.SEEN: "V",
    Outcome.NOT_HONOURED: "A",
    Outcome.REORIENTED: "D",
    Outcome.EMERGENCY: "U",
}
KEYS: list[tuple[str, str | Promise]] = [
    ("N", gettext_lazy("Noter un appel")),
    ("O", gettext_lazy("Ouvrir la première demande de la file")),
    ("J / K", gettext_lazy("Descendre, monter dans la file")),
    ("P", gettext_lazy("Prendre la demande affichée")),
    ("E", gettext_lazy("Enregistrer : l’appel, ou les réponses de sécurité")),
    ("C", gettext_lazy("Chercher qui peut recevoir")),
    ("1 … 6", gettext_lazy("Réserver cette proposition")),
    ("R", gettext_lazy("Retenir la première proposition, le temps de demander à la personne")),
    ("B", gettext_lazy("Réserver ce qui est retenu")),
    ("Z", gettext_lazy("Rendre ce qui est retenu")),
    ("G", gettext_lazy("Ouvrir les critères de recherche")),
    ("H", gettext_lazy("Ouvrir le surnuméraire et le hors créneau")),
    ("M", gettext_lazy("Montrer, cacher la carte")),
    ("F", gettext_lazy("Dire pourquoi la première proposition est refusée")),
    ("T", gettext_lazy("Noter la transmission au 15")),
    ("V, A, D, U", gettext_lazy("Clore : vu, non venu, réorienté, urgences malgré tout")),
    ("X", gettext_lazy("Refermer : un autre régulateur peut l’ouvrir")),
    ("L", gettext_lazy("Relève")),
    ("?", gettext_lazy("Cette liste")),
]


#: Doors through which a request is sent in writing: the queue says which.
_BY_WRITING = frozenset({Origin.EHPAD, Origin.PHARMACY, Origin.PROFESSIONAL, Origin.PORTAL})


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One request of the queue in two short lines. `kind` colours its edge; its words say the same.

    `priority` is a code, empty where nobody said it. `due` says how late it is, or how long is left before it
    is, `due_at` when; `due_kind` colours it; `escalated` says that it is late for too long. `note`: who has
    it open, or until when a seat is held for it.
    """

    pk: int
    title: str
    name: str
    age_of: str
    motive: str
    priority: str
    priority_said: str
    since: datetime
    age: str
    due: str
    due_at: datetime
    due_kind: str
    escalated: str
    owner: str
    state: str
    note: str
    note_icon: str
    kind: str
    has_red_flag: bool
    alarm: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The last outcome said, and what may be said in its place; an empty value takes it back."""

    closure: int
    said: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RequestView:
    """The request in the middle of the screen, and what the visitor may do with it now.

    `expected`: the hour that the person was told, where it has not come; empty elsewhere. `needs_phone`:
    nobody can be called back. `callers`: who may be calling, where nobody said it; empty elsewhere.
    """

    pk: int
    title: str
    since: datetime
    age: str
    marks: list[Mark]
    facts: list[Mark]
    locked_by: str
    is_own: bool
    is_open: bool
    is_transferred: bool
    safety: SafetyView
    has_patient: bool
    has_panels: bool
    is_incomplete: bool
    may_take: bool
    may_act: bool
    may_describe: bool
    may_answer: bool
    may_search: bool
    may_book: bool
    may_decide: bool
    transmission: str
    needs_phone: bool
    callers: list[tuple[str, str | Promise]]
    state: str
    outcomes: list[tuple[str, str, str]]
    expected: str
    endings: list[tuple[str, str, str]]
    may_repeat: bool
    correction: Correction | None
    history: list[tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class Card:
    """A proposal: when, who, where, why it is there, what one press does; whether its seat is held.

    `left`: seconds that it stays held, 0 once they are over. `code`: the commune that the map shows.
    """

    pk: int
    when: str
    who: str
    where: str
    label: str
    kind: str
    kind_code: str
    reasons: tuple[str, ...]
    action: str
    action_with: str
    is_bookable: bool
    is_effector: bool
    decision: str
    phone: str
    phone_said: str
    code: str
    is_held: bool
    is_best: bool
    left: int
    place: int
    key: str = field(default_factory=lambda: uuid4().hex)
    hold_key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def left_said(self) -> str:
        """The time left, as assets/js/desk.js goes on writing it."""
        minutes, seconds = divmod(self.left, 60)
        return f"{minutes}\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}{seconds:02}"


@dataclass(frozen=True, slots=True)
class ReadOut:
    """What is read out to the person once something is decided: when, by whom, at which address, which phone.

    `lines`: the address, empty where none is known. `message`: what is known of the message to them. Outside
    any slot, `hour` is the form that changes the hour agreed.
    """

    what: str
    when: str
    who: str
    lines: list[str]
    phone: str
    phone_said: str
    message: MessageStatus
    hour: Form | None = None


@dataclass(frozen=True, slots=True)
class Proposals:
    """The right of the screen."""

    cards: list[Card] = field(default_factory=list)
    active: list[Active] = field(default_factory=list)
    wider: list[Wider] = field(default_factory=list)
    done: str = ""
    told: ReadOut | None = None
    was_searched: bool = False

    @property
    def slots(self) -> list[Card]:
        """What may be held and booked."""
        return [one for one in self.cards if one.is_bookable]

    @property
    def services(self) -> list[Card]:
        """Who may be called: services, the doctor on call, the 15."""
        return [one for one in self.cards if not one.is_bookable]


def age(since: datetime, now: datetime) -> str:
    """Write how long ago `since` was: « 12 min », « 1 h 05 » (assets/js/desk.js keeps it going)."""
    elapsed = max(0, int((now - since) // timedelta(minutes=1)))
    hours, left = divmod(elapsed, 60)
    return (
        f"{hours}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{left:02}" if hours else f"{left}\N{NO-BREAK SPACE}min"
    )


def title(request: Request, motives: Mapping[str, str]) -> str:
    """Name a request: its motive, then the age of the person."""
    motive = motives.get(request.motive) or _("motif inconnu")
    return " · ".join(filter(None, [motive, person_age(age_of(request))]))


_rows: dict[tuple[Any, ...], QueueRow] = {}
ROWS_KEPT = 4096


def queue_row(line: QueueLine, motives: Mapping[str, str], viewer: Person, now: datetime) -> QueueRow:
    """Return one row; a red flag and a late request are said in words as well as by an edge.

    Written once for as long as it says the same: a queue of a hundred rows is read many times a second.
    """
    request, holder, minute = line.request, line.holder, timedelta(minutes=1)
    key = (
        *(value for name, value in vars(request).items() if name != "_state"),
        request.owner.get_full_name(), request.patient and request.patient.name, age_of(request),
        holder and (holder.pk, holder.get_full_name()),
        line.urgency, line.late_at, line.held_until, (now - request.called_at) // minute,
        (now - line.late_at) // minute, viewer.pk, motives.get(request.motive), get_language(),
        timezone.get_current_timezone_name(),
    )  # fmt: skip
    kept = _rows.get(key)
    if kept is None:
        if len(_rows) >= ROWS_KEPT:
            _rows.clear()
        kept = _rows[key] = _queue_row(line, motives, viewer, now)
    return kept


def _queue_row(line: QueueLine, motives: Mapping[str, str], viewer: Person, now: datetime) -> QueueRow:
    request, holder = line.request, line.holder
    is_urgent = State(request.state) in UNDECIDED and not enters_slot_search(request.priority)
    is_late = line.urgency is not Urgency.ON_TIME
    note, note_icon = "", ""
    if line.held_until is not None:
        until = formats.time_short(timezone.localtime(line.held_until))
        note, note_icon = _("créneau retenu jusqu’à {time}").format(time=until), "clock"
    elif line.is_displaced:
        note, note_icon = _("à replacer\N{NO-BREAK SPACE}: créneau fermé"), "alert-triangle"
    elif holder is not None and holder.pk != viewer.pk:
        note, note_icon = _("ouverte par {name}").format(name=holder.get_full_name()), "lock"
    elif Origin(request.origin) in _BY_WRITING:
        note, note_icon = str(ORIGIN_LABELS[Origin(request.origin)]), "building-hospital"
    return QueueRow(
        pk=request.pk,
        title=title(request, motives),
        name=request.patient.name if request.patient else _said_name(request) or _nameless(request),
        age_of=person_age(age_of(request)),
        motive=motives.get(request.motive) or _("motif inconnu"),
        priority=request.priority,
        priority_said=str(PRIORITY_LABELS[Priority(request.priority)]) if request.priority else "",
        since=request.called_at,
        age=age(request.called_at, now),
        due=due(line.late_at, now),
        due_at=line.late_at,
        due_kind="attention" if is_late else "",
        escalated=_("délai dépassé\N{NO-BREAK SPACE}:") if line.urgency is Urgency.ESCALATED else "",
        owner=_("vous") if request.owner_id == viewer.pk else request.owner.get_full_name(),
        state=request.state_label,
        note=note,
        note_icon=note_icon,
        kind="urgent" if request.has_red_flag or is_urgent else "attention" if is_late else "",
        has_red_flag=request.has_red_flag,
        alarm=alarm(request),
    )


def alarm(request: Request) -> str:
    """Say why a request that alarms is for the 15: its motive itself, or an answer; empty elsewhere."""
    if not request.has_red_flag:
        return ""
    if is_vital(request.motive, age_of(request)):
        return _("motif vital\N{NO-BREAK SPACE}: 15")
    return _("signe d’alerte\N{NO-BREAK SPACE}: 15")


def _said_name(request: Request) -> str:
    """Name the person as whoever sent the request did, empty where nobody did."""
    return " ".join(filter(None, [request.said_first_name, request.said_last_name.upper()]))


def _nameless(request: Request) -> str:
    """Write who asks for a person whose name nobody said: the name of a caller is never the patient's."""
    if not request.caller_name:
        return _("Nom inconnu")
    return _("Nom inconnu · par {caller}").format(caller=request.caller_name)


def due(late_at: datetime, now: datetime) -> str:
    """Write how long is left before a request is late, or since when it is (assets/js/desk.js keeps it)."""
    if abs(now - late_at) < timedelta(minutes=1):
        return _("moins d’une minute") if now < late_at else _("à l’instant")
    if now < late_at:
        return _("reste {time}").format(time=age(now, late_at))
    return _("retard {time}").format(time=age(late_at, now))


@dataclass(frozen=True, slots=True)
class SaidLine:
    """An outcome said today: when, of which request, what, by whom."""

    pk: int
    at: datetime
    title: str
    outcome: str
    who: str


def said(closure: Closure, motives: Mapping[str, str]) -> SaidLine:
    """Return an outcome as the desk reads it: whoever sent the request learns what became of it."""
    who = closure.by.get_full_name() if closure.by else _("par l’agenda")
    outcome = str(OUTCOME_LABELS[Outcome(closure.outcome)])
    at = timezone.localtime(closure.at)
    return SaidLine(closure.request_id, at, title(closure.request, motives), outcome, who)


def facts(request: Request) -> list[Mark]:
    """Return who, where, for whom, in the words of the desk."""
    caller = " · ".join(
        filter(
            None,
            [
                str(CALLER_LABELS[CallerKind(request.caller_kind)]) if request.caller_kind else "",
                request.caller_name,
                written_phone(request.caller_phone),
            ],
        )
    )
    place = " · ".join(filter(None, [request.commune.name if request.commune else "", request.place]))
    rows = [
        (_("Patient"), patient_line(request.patient) or said_person(request)),
        (_("Appelant"), caller or _("à demander")),
        (_("Lieu"), place or _("à préciser")),
        (_("Dit"), request.complaint),
    ]
    if request.patient is not None and request.patient.referring_doctor is not None:
        rows.append((_("Médecin traitant"), request.patient.referring_doctor.name))
    if request.priority:
        rows.append((_("Priorité"), str(PRIORITY_LABELS[Priority(request.priority)])))
    return [(label, value) for label, value in rows if value]


def said_person(request: Request) -> str:
    """Name the person as whoever sent the request did, until the desk has opened their file."""
    names = _said_name(request) if request.said_last_name or request.said_first_name else ""
    born = formats.date_short(request.said_birth_date) if request.said_birth_date else ""
    said = " · ".join(filter(None, [names, born]))
    return (
        _("{person}, dit par qui demande : à vérifier").format(person=said)
        if said
        else _("inconnu pour l’instant")
    )


def patient_line(patient: Patient | None) -> str:
    """Name a patient, with birth date and a provisional identity said; empty for nobody."""
    if patient is None:
        return ""
    born = formats.date_short(patient.birth_date) if patient.birth_date else ""
    provisional = patient.identity_status == IdentityStatus.PROVISIONAL.value
    return " · ".join(filter(None, [patient.name, born, _("identité provisoire") if provisional else ""]))


def transmission(request: Request, heading: str, flags: Iterable[str]) -> str:
    """Draft what is read to the SAMU: a person completes it before it is kept."""
    phone = callback_phone(request)
    back = (
        [] if request.caller_phone else [(_("Téléphone de rappel"), written_phone(phone) or _("à demander"))]
    )
    lines = [heading, *(f"{label} : {value}" for label, value in [*facts(request), *back]), *flags]
    return "\n".join(lines)


def moment(when: datetime, now: datetime) -> str:
    """Write an hour, with its day where it is not today."""
    local, today = timezone.localtime(when), timezone.localtime(now)
    hour = formats.time_short(local)
    if local.date() == today.date():
        return hour
    day = _("demain") if local.date() == today.date() + timedelta(days=1) else date_format(local, "l j F")
    return f"{day} {hour}"


def card(
    proposal: Proposal, reasons: list[str], now: datetime, *, is_best: bool = False, place_in_list: int = 0
) -> Card:
    """Return a proposal as a card; the button says its result. `is_best`: the next thing to do."""
    kind = ProposalKind(proposal.kind)
    name = who(proposal)
    bookable = proposal.slot_id is not None and kind in OF_A_SLOT
    when = moment(proposal.starts_at, now) if bookable and proposal.starts_at else _("maintenant")
    schedule = proposal.schedule
    held = proposal.appointment if proposal.state == ProposalState.HELD.value else None
    phone = "15" if kind is ProposalKind.SAMU else proposal.phone
    return Card(
        pk=proposal.pk,
        when=when,
        who=name,
        where=place(schedule) if schedule else _structure(proposal),
        label=proposal.kind_label,
        kind=_colour(kind, proposal),
        kind_code=kind.value,
        reasons=(*filter(None, [proposal.protocol_label]), *_travel(proposal), *reasons),
        action=_action(kind, bookable=bookable, when=when, who=name),
        action_with=_("chez {who}").format(who=name) if bookable else "",
        is_bookable=bookable,
        is_effector=bool(proposal.professional_id or proposal.structure_id),
        decision=DecisionKind.ON_CALL.value if kind is ProposalKind.ON_CALL else "",
        phone=phone,
        phone_said=written_phone(phone),
        code=_commune_code(proposal),
        is_held=held is not None,
        is_best=is_best,
        left=_left(held, now),
        place=place_in_list,
    )


def _colour(kind: ProposalKind, proposal: Proposal) -> str:
    """Return what colours a proposal: amber for what is to be checked first."""
    if TO_CHECK & {Why(one) for one in proposal.reasons}:
        return "attention"
    return "good" if kind is ProposalKind.OWN_DOCTOR else ""


def _left(held: Appointment | None, now: datetime) -> int:
    """Return how many seconds a seat stays held."""
    if held is None or held.hold_expires_at is None:
        return 0
    return max(0, int((held.hold_expires_at - now).total_seconds()))


def who(proposal: Proposal) -> str:
    """Name whoever a proposal is about."""
    if proposal.professional is not None:
        return str(proposal.professional.name)
    return str(proposal.structure.title) if proposal.structure is not None else _("le 15")


def _structure(proposal: Proposal) -> str:
    """Name the structure of a service where a professional answers there, and its commune."""
    if proposal.structure is None:
        return ""
    commune = proposal.structure.commune.name if proposal.structure.commune else ""
    return ", ".join(filter(None, [proposal.structure.title if proposal.professional else "", commune]))


def _commune_code(proposal: Proposal) -> str:
    place = proposal.schedule or proposal.structure
    return (place.commune_id or "") if place is not None else ""


def _travel(proposal: Proposal) -> list[str]:
    if proposal.travel is None:
        return []
    if proposal.travel_is_estimate:
        said = _("{minutes} de trajet, estimation")
    else:
        said = _("{minutes} de trajet ({source})") if proposal.travel_source else _("{minutes} de trajet")
    return [said.format(minutes=formats.minutes(proposal.travel), source=proposal.travel_source)]


def _action(kind: ProposalKind, *, bookable: bool, when: str, who: str) -> str:
    if bookable:
        return _("Réserver {when}").format(when=when)
    if kind is ProposalKind.ON_CALL:
        return _("Orienter vers {who}, de garde").format(who=who)
    return _("Accepté : adresser")


def place(schedule: Schedule) -> str:
    """Name a place of consultation and its commune, once."""
    name, commune = str(schedule), schedule.commune.name if schedule.commune else ""
    return name if commune in name else f"{name}, {commune}"


def address(schedule: Schedule) -> list[str]:
    """Return the lines of the address of a place of consultation, its name first; only what is known."""
    where, commune = schedule.place, schedule.commune
    if where is None:
        return [place(schedule)]
    town = where.commune or commune
    line = " ".join(filter(None, [where.postcode, town.name if town else ""]))
    return list(filter(None, [str(schedule), where.address, line if line not in str(schedule) else ""]))


def outcome_buttons(
    request: Request, labels: Mapping[Outcome, Any], hour: datetime | None
) -> list[tuple[str, str, str]]:
    """Return the one-tap outcomes of a request whose outcome is awaited, those whose hour has come.

    `hour`: that which the person was told, None where there is none.
    """
    if State(request.state) not in AWAITING_OUTCOME:
        return []
    return [(one.value, str(labels[one]), key) for one, key in OUTCOME_KEYS.items() if may_be_said(one, hour)]
