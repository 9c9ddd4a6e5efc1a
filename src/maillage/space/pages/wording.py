"""The plain words of the space: sentences that somebody of twelve reads, for the patient and their carers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.agenda import api as agenda
from maillage.exchange import api as exchange
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.phones import stored_phone, written_phone
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.people.api import Patient
from maillage.space.models import WAY_LABELS, EntryCode, Letter
from maillage.space.queries.slots import Choice, Option, commune_of
from maillage.space.rules.booking import Change, Limit, last_moment, may_change
from maillage.space.rules.entry import Closed, Way

REFUSALS: dict[agenda.Refusal, str | Promise] = {
    agenda.Refusal.TAKEN: lazy("Quelqu’un vient de prendre cette heure. Prenez la suivante."),
    agenda.Refusal.CLOSED: lazy("Cette heure n’est plus libre. Prenez-en une autre."),
    agenda.Refusal.PAST: lazy("Cette heure est passée. Prenez-en une autre."),
    agenda.Refusal.NOT_VISIBLE: lazy("Cette heure n’est plus ouverte à tous. Prenez-en une autre."),
    agenda.Refusal.OVERLAP: lazy("Le soignant voit déjà quelqu’un à cette heure. Prenez-en une autre."),
    agenda.Refusal.KEY_USED: lazy("Cette page a déjà servi. Choisissez de nouveau l’heure."),
    agenda.Refusal.ALREADY_HERE: lazy("Cette heure est déjà prise pour vous."),
    agenda.Refusal.SAME_HOUR: lazy("Il y a déjà un autre rendez-vous à cette heure. Prenez une autre heure."),
    agenda.Refusal.NO_SUCH_CHANGE: lazy("Ce rendez-vous a changé. Regardez la liste de vos rendez-vous."),
    agenda.Refusal.KEPT_OUT: lazy(
        "Aucun rendez-vous n’est possible maintenant. Appelez le 15 : un médecin vous répond."
    ),
}
LIMITS: dict[Limit | Change, str | Promise] = {
    Limit.NOT_CLEARED: lazy("Vos réponses datent un peu. Répondez de nouveau aux questions."),
    Limit.ALARM: lazy("Un signe grave a été dit. Appelez le 15."),
    Limit.TOO_SOON: lazy("Cette heure est trop proche. Prenez-en une autre, ou appelez."),
    Limit.TOO_FAR: lazy("Cette heure est trop loin. Prenez-en une plus proche."),
    Limit.TOO_MANY: lazy("Vous avez déjà plusieurs rendez-vous pris ici. Pour un de plus, appelez."),
    Limit.SAME_PROFESSIONAL: lazy(
        "Vous avez déjà un rendez-vous avec cette personne. Déplacez-le, ou appelez."
    ),
    Change.MOVE: lazy("Il est trop tard pour le déplacer ici. Appelez."),
    Change.CANCEL: lazy("Il est trop tard pour l’annuler ici. Appelez : mieux vaut prévenir tard."),
}


def refused(error: agenda.BookingRefusedError) -> str:
    """Return in plain words why a slot was not given."""
    return str(REFUSALS.get(error.refusal, REFUSALS[agenda.Refusal.CLOSED]))


def told(status: exchange.MessageStatus) -> str:
    """Return in plain words which message tells the person of an hour, and where it goes."""
    if status.state is exchange.MessageState.TO_CALL:
        return _("On vous le redira par téléphone, au {address}.").format(address=status.address)
    if status.say_it_now:
        return _("Notez bien le jour et l’heure : aucun message ne part.")
    return status.sentence


@dataclass(frozen=True, slots=True)
class Dial:
    """A number to dial, and as people read it."""

    digits: str
    written: str


def dial(phone: str) -> Dial | None:
    """Return a number to call, None where there is none."""
    digits = stored_phone(phone)
    return Dial(digits, written_phone(digits)) if digits else None


@dataclass(frozen=True, slots=True)
class Shown:
    """An appointment as the patient or a carer reads it; `by`: who made it."""

    pk: int
    day: date
    when: str
    professional: str
    place: str
    kind: str
    phone: Dial | None
    by: str
    state: str
    may_move: bool
    may_cancel: bool
    move_until: datetime
    cancel_until: datetime


def shown(one: agenda.Appointment, reader: Person, patient: Patient, now: datetime) -> Shown:
    """Return an appointment ready to show."""
    slot, zone = one.slot, one.slot.agenda.zone
    hours = rule("space.booking.change_hours").value
    stands = one.state == agenda.State.BOOKED.value
    known = agenda.message_values(slot)
    return Shown(
        one.pk,
        slot.starts_at.astimezone(zone).date(),
        formats.time_short(slot.starts_at.astimezone(zone).time()),
        str(slot.agenda),
        place_said(slot.schedule),
        str(agenda.KIND_LABELS[agenda.Kind(slot.kind)]),
        dial(known.phone),
        who_made(one, reader, patient),
        _state(one, reader, now),
        stands and may_change(slot.starts_at, now, hours["move"]),
        stands and may_change(slot.starts_at, now, hours["cancel"]),
        _local(last_moment(slot.starts_at, hours["move"]), one),
        _local(last_moment(slot.starts_at, hours["cancel"]), one),
    )


def place_said(schedule: agenda.Schedule) -> str:
    """Return a place with its commune, where its own name does not say it."""
    town, name = commune_of(schedule), str(schedule)
    return name if town is None or town.name in name else f"{name}, {town.name}"


def _local(moment: datetime, one: agenda.Appointment) -> datetime:
    return moment.astimezone(one.slot.agenda.zone).replace(tzinfo=None)


def who_made(one: agenda.Appointment, reader: Person, patient: Patient) -> str:
    """Say who made an appointment: oneself, the patient, somebody else by their name, the practice."""
    by = one.booked_by
    if by is None:
        return _("Pris par le cabinet.")
    if by.pk == reader.pk:
        return _("Pris par vous.")
    if by.pk == patient.account_id:
        return _("Pris par {name}.").format(name=patient.name)
    if patient.account_id == reader.pk:
        return _("{name} l’a pris pour vous.").format(name=by)
    return _("Pris par {name}.").format(name=by)


def _state(one: agenda.Appointment, reader: Person, now: datetime) -> str:
    state = agenda.State(one.state)
    if state is agenda.State.CANCELLED:
        last = max(one.changes.all(), key=lambda change: (change.at, change.pk), default=None)
        by = last.by if last is not None else None
        if by is None:
            return _("annulé")
        return _("annulé par vous") if by.pk == reader.pk else _("annulé par {name}").format(name=by)
    if state is agenda.State.NOT_HONOURED:
        return _("pas venu")
    if state is agenda.State.ARRIVED:
        return _("arrivé")
    return _("passé") if one.slot.ends_at <= now else ""


@dataclass(frozen=True, slots=True)
class Hour:
    """A slot to choose: its key and hour; `kind` where it is not at the practice."""

    pk: int
    when: str
    kind: str


@dataclass(frozen=True, slots=True)
class Professional:
    """A professional to choose: who, what, where, how far, and hours by day."""

    agenda: int
    name: str
    profession: str
    place: str
    travel: str
    is_mine: bool
    days: list[tuple[date, list[Hour]]]
    more: int


def professional(one: Option, most: int) -> Professional:
    """Return an option ready to show, with its first `most` hours."""
    schedule = one.schedule
    sheet = schedule.agenda.professional
    travel = ""
    if one.minutes is not None:
        travel = (
            _("à {minutes} de chez vous")
            if one.is_estimate is False
            else _("à environ {minutes} de chez vous")
        )
        travel = travel.format(minutes=formats.minutes(one.minutes))
    return Professional(
        schedule.agenda_id,
        sheet.name,
        str(sheet.profession_name),
        place_said(schedule),
        travel,
        one.is_mine,
        by_day(one.slots[:most], schedule),
        max(0, len(one.slots) - most),
    )


def by_day(slots: Sequence[Choice], schedule: agenda.Schedule) -> list[tuple[date, list[Hour]]]:
    """Return slots as hours of the wall clock of their place, by day."""
    zone = schedule.agenda.zone
    local = [(one.starts_at.astimezone(zone), one) for one in slots]
    return [
        (day, [Hour(one.pk, formats.time_short(moment.time()), kind_said(one.kind)) for moment, one in rows])
        for day, rows in groupby(local, key=lambda pair: pair[0].date())
    ]


def kind_said(kind: str) -> str:
    """Return how one is seen where it is not at the practice: by video, by telephone, at home."""
    if kind == agenda.Kind.PRACTICE.value:
        return ""
    label = str(agenda.KIND_LABELS[agenda.Kind(kind)])
    return label[:1].lower() + label[1:]


CLOSED: dict[Closed, str | Promise] = {
    Closed.USED: lazy("Cette invitation a déjà servi. Pour revenir, demandez un code."),
    Closed.REVOKED: lazy("Cette invitation n’est plus bonne. Demandez-en une autre à votre soignant."),
    Closed.EXPIRED: lazy("Cette invitation est trop vieille. Demandez-en une autre à votre soignant."),
    Closed.TRIED: lazy("Trop d’essais. Demandez une autre invitation à votre soignant."),
}
_ENTRY_STATES: dict[Closed | None, str | Promise] = {
    Closed.USED: lazy("a servi"),
    Closed.REVOKED: lazy("retirée"),
    Closed.EXPIRED: lazy("trop vieille"),
    Closed.TRIED: lazy("trop d’essais"),
    None: lazy("attend la personne"),
}


def entry_said(one: EntryCode, why: Closed | None) -> str:
    """Return what became of a way into a space, for the professional."""
    return f"{WAY_LABELS[Way(one.way)]} · {_ENTRY_STATES[why]}"


def prepared_by(letter: Letter) -> str:
    """Return who prepared a letter and how the person asked for it, as the letter says it."""
    day = formats.date_short(timezone.localdate(letter.at, letter.patient.scope.zone))
    if letter.means == people.Means.SPACE.value:
        return _("Vous avez demandé cette lettre le {day}.").format(day=day)
    said = _("de vive voix") if letter.means == people.Means.SPOKEN.value else _("par écrit")
    text = _("Vous avez demandé cette lettre {means} le {day} : {name} l’a préparée pour vous.")
    return text.format(means=said, day=day, name=letter.by)
