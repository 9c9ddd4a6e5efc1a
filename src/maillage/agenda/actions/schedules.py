"""Opening an agenda, its places, its openings and absences; the slots follow at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.actions.recording import record
from maillage.agenda.actions.rights import require_manager
from maillage.agenda.models import Agenda, Appointment, Closure, Opening, Schedule, Slot
from maillage.agenda.models.slots import SlotQuerySet
from maillage.agenda.rules.clock import Span, is_quantised, planned
from maillage.agenda.rules.vocabulary import LIVE, Kind, State, Visibility
from maillage.directory import api as directory
from maillage.kernel import access, clock, outbox
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import KEY_USED, made_before
from maillage.territory import api as territory

LONGEST_SLOT = 12 * 60
MOST_OVER_CAPACITY = 20
_FAR = timedelta(days=366)


class ScheduleError(ValueError):
    """An opening, an absence or a place is not acceptable; the message says what to mend."""


@transaction.atomic
def create_agenda(
    *, by: Person | None, professional: directory.Professional, place: territory.Territory
) -> Agenda:
    """Open the agenda of a professional in a territory, or return the one there is.

    Raises PermissionDenied unless `by` is the professional, or manages accounts in the territory.
    """
    if by is not None and professional.account_id != by.pk:
        access.require(by, Permission.MANAGE_ACCOUNTS, place.scope)
    known = Agenda.objects.filter(professional=professional).first()
    if known is not None:
        return known
    scope = Scope.objects.create(
        kind="agenda", label=_("Agenda de {name}").format(name=professional), time_zone=place.scope.time_zone
    )
    agenda = Agenda.objects.create(professional=professional, territory=place, scope=scope)
    record(agenda, agenda, by=by, verb="agenda.created")
    return agenda


@transaction.atomic
def add_schedule(
    *,
    by: Person | None,
    agenda: Agenda,
    name: str,
    place: directory.PracticePlace | None = None,
    structure: directory.Structure | None = None,
    commune: territory.Commune | None = None,
) -> Schedule:
    """Add a place where the professional sees people, or return the one of that name.

    The commune is that of the place or of the structure where it is not given. Raises PermissionDenied.
    """
    require_manager(by, agenda)
    owners = [one for one in (place, structure) if one is not None]
    where = commune or next((one.commune for one in owners if one.commune is not None), None)
    schedule, is_new = Schedule.objects.get_or_create(
        agenda=agenda, name=name.strip(), defaults={"place": place, "structure": structure, "commune": where}
    )
    if is_new:
        record(agenda, schedule, by=by, verb="agenda.schedule_added", changes={"name": schedule.name})
    return schedule


@transaction.atomic
def add_opening(
    *,
    by: Person | None,
    schedule: Schedule,
    weekday: int,
    starts: time,
    ends: time,
    minutes: int,
    valid_from: date,
    key: str,
    valid_to: date | None = None,
    every: int = 1,
    kind: Kind = Kind.PRACTICE,
    visibility: Visibility = Visibility.PRIVATE,
    capacity: int = 1,
) -> Opening:
    """Open a weekly stretch of time (`weekday` 0 is Monday) and make its slots.

    It crosses midnight where `ends` is not later than `starts`, and goes to midnight where `ends` is 0:00, on
    a whole day where both are. The same `key` of `by` again returns the same opening; it is refused for
    another place. Raises ScheduleError, PermissionDenied.
    """
    agenda = _locked(schedule.agenda_id)
    require_manager(by, agenda)
    known = made_before(Opening, by=by, key=key)
    if known is not None:
        _check_same(known.schedule_id == schedule.pk)
        return known
    _check_opening(starts, ends, minutes, valid_from, valid_to)
    if kind is not Kind.GROUP and capacity > 1:
        raise ScheduleError(_("Plusieurs personnes par créneau : choisissez la nature « En groupe »."))
    opening = Opening.objects.create(
        schedule=schedule,
        weekday=weekday,
        starts=starts,
        ends=ends,
        minutes=minutes,
        valid_from=valid_from,
        valid_to=valid_to,
        every=every,
        kind=kind.value,
        visibility=visibility.value,
        capacity=capacity,
        key=key,
        made_by=by,
    )
    _regenerate(agenda)
    changes = {"weekday": weekday, "starts": str(starts), "ends": str(ends), "visibility": visibility}
    record(agenda, opening, by=by, verb="agenda.opening_added", changes=changes)
    return opening


def add_advanced_day(
    *,
    by: Person | None,
    schedule: Schedule,
    day: date,
    starts: time,
    ends: time,
    minutes: int,
    key: str,
    kind: Kind = Kind.ADVANCED,
    visibility: Visibility = Visibility.PRO,
) -> Opening:
    """Open one day in an EHPAD, a commune, or at a stop of the bus. Raises as `add_opening`."""
    return add_opening(
        by=by,
        schedule=schedule,
        weekday=day.weekday(),
        starts=starts,
        ends=ends,
        minutes=minutes,
        valid_from=day,
        valid_to=day,
        kind=kind,
        visibility=visibility,
        key=key,
    )


@transaction.atomic
def end_opening(*, by: Person | None, opening: Opening, last_day: date) -> Opening:
    """End a weekly rule after `last_day`; appointments already made later stay, and are to be moved.

    Raises ScheduleError, PermissionDenied.
    """
    agenda = _locked(opening.schedule.agenda_id)
    require_manager(by, agenda)
    before = opening.valid_to
    opening.valid_to = max(last_day, opening.valid_from - timedelta(days=1))
    opening.save(update_fields=["valid_to"])
    _regenerate(agenda)
    changes = {"valid_to": [before, opening.valid_to]}
    record(agenda, opening, by=by, verb="agenda.opening_ended", changes=changes)
    return opening


@transaction.atomic
def close(
    *,
    by: Person | None,
    agenda: Agenda,
    starts_at: datetime,
    ends_at: datetime,
    key: str,
    schedule: Schedule | None = None,
) -> Closure:
    """Note an absence of the person (no `schedule`: everywhere) or the closing of one place.

    Free slots close at once; appointments already made stay, and are to be moved: see
    `queries.appointments.to_move`. Raises ScheduleError, PermissionDenied.
    """
    locked = _locked(agenda.pk)
    require_manager(by, locked)
    known = made_before(Closure, by=by, key=key)
    if known is not None:
        _check_same(known.agenda_id == locked.pk)
        return known
    if schedule is not None and schedule.agenda_id != agenda.pk:
        raise PermissionDenied(_("Ce lieu n’est pas de cet agenda."))
    if ends_at <= starts_at:
        raise ScheduleError(_("La fin doit suivre le début : corrigez la date ou l’heure de fin."))
    if ends_at - starts_at > _FAR:
        raise ScheduleError(_("Une absence dure un an au plus : notez-en plusieurs, ou fermez les plages."))
    closure = Closure.objects.create(
        agenda=locked, schedule=schedule, starts_at=starts_at, ends_at=ends_at, key=key, made_by=by
    )
    _regenerate(locked)
    changes = {"starts_at": starts_at, "ends_at": ends_at, "schedule": schedule}
    record(locked, closure, by=by, verb="agenda.closed", changes=changes)
    return closure


@transaction.atomic
def reopen(*, by: Person | None, closure: Closure) -> None:
    """Cancel an absence or a closing; its slots open again. Raises PermissionDenied."""
    agenda = _locked(closure.agenda_id)
    require_manager(by, agenda)
    changes = {"starts_at": closure.starts_at, "ends_at": closure.ends_at}
    Closure.objects.filter(pk=closure.pk).delete()
    _regenerate(agenda)
    record(agenda, closure, by=by, verb="agenda.reopened", changes=changes)


@transaction.atomic
def set_visibility(*, by: Person | None, slots: list[Slot], visibility: Visibility) -> None:
    """Say who may see slots of one agenda; effective at once, for the next search or booking.

    Raises PermissionDenied.
    """
    if not slots:
        return
    agenda = _locked(slots[0].agenda_id)
    require_manager(by, agenda)
    keys = sorted(slot.pk for slot in slots)
    changed = Slot.objects.filter(pk__in=keys, agenda=agenda).exclude(visibility=visibility.value)
    before = dict(changed.values_list("pk", "visibility"))
    if not before:
        return
    Slot.objects.filter(pk__in=list(before)).update(visibility=visibility.value)
    changes = {"visibility": [sorted(set(before.values())), visibility.value], "slots": sorted(before)}
    entry = record(agenda, agenda, by=by, verb="agenda.visibility_changed", changes=changes)
    _publish_slots(agenda, entry.position)


@transaction.atomic
def allow_over_capacity(*, by: Person | None, schedule: Schedule, per_day: int) -> Schedule:
    """Say how many people a day may be sent to a place beyond the capacity of its slots; 0: nobody.

    Those already booked stay. Raises ScheduleError, PermissionDenied.
    """
    agenda = _locked(schedule.agenda_id)
    require_manager(by, agenda)
    if not 0 <= per_day <= MOST_OVER_CAPACITY:
        text = _("Le nombre de surnuméraires par jour va de 0 à {most}.")
        raise ScheduleError(text.format(most=MOST_OVER_CAPACITY))
    row = Schedule.objects.get(pk=schedule.pk)
    before, row.over_capacity = row.over_capacity, per_day
    if before != per_day:
        row.save(update_fields=["over_capacity"])
        changes = {"over_capacity": [before, per_day]}
        record(agenda, row, by=by, verb="agenda.over_capacity_allowed", changes=changes)
    return row


@transaction.atomic
def extend_slots(*, agenda: Agenda) -> int:
    """Make the slots up to the horizon; return how many the agenda then has to come."""
    locked = _locked(agenda.pk)
    if locked.generated_to is None or locked.generated_to < _horizon(locked):
        _regenerate(locked)
        changes = {"to": locked.generated_to}
        record(locked, locked, by=None, verb="agenda.slots_generated", changes=changes)
    return Slot.objects.filter(agenda=locked, is_open=True, starts_at__gt=timezone.now()).count()


@transaction.atomic
def make_again(*, slot: Slot) -> list[Slot]:
    """Make anew the slots around one that no rule opens any more, once nobody has a seat there.

    It had kept its hour while somebody was expected; what the rules say of that time comes back at once.
    Returns the slots that meet it and are open.
    """
    agenda = _locked(slot.agenda_id)
    row = Slot.objects.get(pk=slot.pk)
    if row.is_open or row.starts_at < timezone.now():
        return []
    _regenerate(agenda)
    around = Slot.objects.filter(agenda=agenda, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
    return list(around.filter(is_open=True).select_related("agenda__territory__scope").order_by("starts_at"))


def extend_every_agenda() -> int:
    """Make the slots of every agenda up to the horizon; return how many agendas were behind."""
    to_extend = [one for one in Agenda.objects.with_names() if (one.generated_to or date.min) < _horizon(one)]
    for agenda in to_extend:
        extend_slots(agenda=agenda)
    return len(to_extend)


def _locked(agenda: int) -> Agenda:
    return Agenda.objects.with_names().select_for_update(of=("self",), no_key=True).get(pk=agenda)


def _horizon(agenda: Agenda) -> date:
    return clock.today(agenda.territory.scope) + timedelta(days=rule("agenda.slots.horizon_days").value)


def _check_same(is_same: bool) -> None:
    """Refuse a key with which its author made something else: the same key is the same write."""
    if not is_same:
        raise ScheduleError(str(KEY_USED))


def _check_opening(starts: time, ends: time, minutes: int, valid_from: date, valid_to: date | None) -> None:
    if not (is_quantised(starts) and is_quantised(ends)) or minutes % 5:
        raise ScheduleError(_("Les heures et les durées vont de cinq en cinq minutes."))
    if starts == ends != time.min:
        raise ScheduleError(
            _("Les deux heures sont les mêmes. Pour une journée entière, ouvrez de 0 h 00 à 24 h 00.")
        )
    if not 5 <= minutes <= LONGEST_SLOT:
        raise ScheduleError(_("Un créneau dure de 5 minutes à 12 heures."))
    if valid_to is not None and valid_to < valid_from:
        raise ScheduleError(_("La date de fin précède la date de début : corrigez l’une des deux."))


def _regenerate(agenda: Agenda) -> None:
    """Make the slots to come equal to what the rules say.

    A slot where somebody has a seat is never moved: it stays as it is, closed where no rule opens it any
    more. One that no row names is removed; the others are closed. A visibility changed by hand stays.
    """
    first, last = clock.today(agenda.territory.scope), _horizon(agenda)
    openings = {one.pk: one for one in Opening.objects.filter(schedule__agenda=agenda)}
    closures = list(Closure.objects.filter(agenda=agenda, ends_at__gte=timezone.now() - timedelta(days=2)))
    existing = list(
        Slot.objects.filter(agenda=agenda, starts_at__gte=_midnight(first, agenda)).order_by("starts_at")
    )
    used = _used(agenda)
    wanted = {
        slot.starts_at: slot
        for slot in _planned(agenda, openings, closures, first, last)
        if not any(slot.meets(span) and slot.starts_at != span.starts_at for span in used.values())
    }
    kept = set()
    for slot in existing:
        plan = wanted.get(slot.starts_at)
        same = plan is not None and plan.key == slot.opening_id and plan.ends_at == slot.ends_at
        if plan is not None and not same and slot.pk in used:
            same = _adopted(slot, plan, openings)
        if same or slot.pk in used:
            kept.add(slot.starts_at)
        if slot.is_open != same:
            Slot.objects.filter(pk=slot.pk).update(is_open=same)
    gone = [slot.pk for slot in existing if slot.starts_at not in kept]
    # Whoever names one of them meanwhile (`databases.keep_rows`) is waited for, then seen.
    list(Slot.objects.select_for_update().filter(pk__in=gone).order_by("pk").values_list("pk"))
    _unnamed(gone).delete()
    stale = {slot.starts_at: slot.pk for slot in Slot.objects.filter(pk__in=gone)}
    new = [slot_of(agenda, openings[one.key], one) for at, one in wanted.items() if at not in kept]
    for slot in new:
        slot.pk = stale.get(slot.starts_at)
    fields = ["schedule", "opening", "ends_at", "kind", "visibility", "capacity", "is_open"]
    Slot.objects.bulk_update([slot for slot in new if slot.pk], fields, batch_size=400)
    Slot.objects.bulk_create([slot for slot in new if not slot.pk], batch_size=400)
    agenda.generated_to = last
    agenda.save(update_fields=["generated_to"])
    _publish_slots(agenda, f"{timezone.now().isoformat()}")


def _unnamed(slots: list[int]) -> SlotQuerySet:
    """Keep the slots that no row of any context names: no appointment, no offer, no proposal of the desk.

    Asked of the models themselves, so that a context that begins to name slots is heeded at once.
    """
    rows = Slot.objects.filter(pk__in=slots)
    for link in Slot._meta.get_fields(include_hidden=True):
        if isinstance(link, ForeignObjectRel):
            naming = link.related_model._base_manager.filter(**{link.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(naming))
    return rows


def _adopted(slot: Slot, plan: Span, openings: dict[int, Opening]) -> bool:
    """Keep a slot where somebody is expected under the rule that now makes the same one, where one does."""
    if plan.ends_at != slot.ends_at or openings[plan.key].schedule_id != slot.schedule_id:
        return False
    Slot.objects.filter(pk=slot.pk).update(opening=plan.key)
    return True


def _planned(
    agenda: Agenda, openings: dict[int, Opening], closures: list[Closure], first: date, last: date
) -> list[Span]:
    """Return the slots to make from the midnight of `first`: also those of the night that began before it."""
    rules = [one.recurrence for one in openings.values()]
    closed = [one.closed for one in closures]
    since = _midnight(first, agenda)
    found = planned(rules, closed, first - timedelta(days=1), last, agenda.zone)
    return [slot for slot in found if slot.starts_at >= since]


def _used(agenda: Agenda) -> dict[int, Span]:
    """Return the time of the slots to come where somebody has a seat."""
    living = Appointment.objects.of_agenda(agenda).filter(state__in=[state.value for state in LIVE])
    over = Q(state=State.HELD.value, hold_expires_at__lte=timezone.now())
    rows = living.exclude(over).filter(slot__ends_at__gt=timezone.now() - timedelta(days=1))
    times = rows.values_list("slot", "slot__starts_at", "slot__ends_at")
    return {slot: Span(starts_at, ends_at) for slot, starts_at, ends_at in times}


def slot_of(agenda: Agenda, opening: Opening, span: Span) -> Slot:
    """Return the slot, not yet stored, that `opening` makes at `span`."""
    return Slot(
        agenda=agenda,
        schedule_id=opening.schedule_id,
        opening=opening,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        kind=opening.kind,
        visibility=opening.visibility,
        capacity=opening.capacity,
        is_open=True,
    )


def _midnight(day: date, agenda: Agenda) -> datetime:
    return datetime.combine(day, time.min, agenda.zone).astimezone(UTC)


def _publish_slots(agenda: Agenda, version: object) -> None:
    """Tell those who keep an index of free slots that this agenda changed."""
    outbox.publish("agenda.slots_changed", {"agenda": agenda.pk}, key=f"agenda.slots-{agenda.pk}-{version}")
