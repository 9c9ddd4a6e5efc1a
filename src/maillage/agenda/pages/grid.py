"""The time grid of some days, ready to draw: cells for the slots, shades for absences, the line of now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.agenda.models import Agenda, Appointment, Closure, Schedule, Slot
from maillage.agenda.models.schedules import KIND_LABELS, VISIBILITY_LABELS
from maillage.agenda.pages.presenters import AppointmentView, appointment_view, clock, state_label
from maillage.agenda.rules import grid
from maillage.agenda.rules.clock import Span
from maillage.agenda.rules.vocabulary import Kind, State, Visibility
from maillage.kernel import formats

#: One word and one icon for each, so that no colour says anything alone.
VISIBILITY_MARKS: dict[Visibility, tuple[str | Promise, str]] = {
    Visibility.PRIVATE: (gettext_lazy("Privé"), "lock"),
    Visibility.PUBLIC: (gettext_lazy("Public"), "world"),
    Visibility.PRO: (gettext_lazy("Pro"), "stethoscope"),
    Visibility.SNP: (gettext_lazy("SNP"), "first-aid-kit"),
    Visibility.CPTS: (gettext_lazy("CPTS"), "share"),
}
KIND_ICONS = {
    Kind.PRACTICE: "",
    Kind.HOME: "home",
    Kind.TELE: "video",
    Kind.PHONE: "phone",
    Kind.GROUP: "users",
    Kind.ADVANCED: "building-hospital",
    Kind.BUS: "bus",
}
STATE_ICONS = {
    State.HELD: "hourglass",
    State.BOOKED: "",
    State.ARRIVED: "user-check",
    State.HONOURED: "circle-check",
    State.NOT_HONOURED: "circle-x",
}
PLACE_LETTERS = "ABCDEFGH"
#: The least height of a minute for what is drawn to be touched: 24 px for the shortest thing of the grid.
_SCALES = (15, 20, 30)


@dataclass(frozen=True, slots=True)
class Cell:
    """One slot on one day. `title` and the marks are seen, `words` are read out in full."""

    key: str
    pk: int
    is_first: bool
    starts: str
    title: str
    words: str
    look: str
    icon: str
    state: str
    kind_icon: str
    place: str
    visibility: str
    visibility_icon: str
    movable: int
    is_free: bool
    at: int
    length: int
    lane: grid.Lane


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of a day that an absence or the closing of a place takes."""

    key: str
    label: str
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Column:
    """One day: its cells in order, what is closed, the line of now, what is to be known of its clock.

    `holiday`: the name of the public holiday that it is.
    """

    day: date
    name: str
    number: str
    long: str
    is_today: bool
    is_chosen: bool
    is_past: bool
    cells: list[Cell]
    shades: list[Shade]
    now: int | None
    note: str
    holiday: str
    free: int
    booked: int
    open_keys: list[int]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the agenda, and the letter by which its cells are told from those of the others."""

    letter: str
    name: str


@dataclass(frozen=True, slots=True)
class Hour:
    """One line of the axis."""

    key: str
    label: str
    at: int
    height: int
    is_folded: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """All of it. `scale`: the class that keeps the shortest cell large enough to be touched."""

    columns: list[Column]
    hours: list[Hour]
    length: int
    scale: str
    places: list[Place]
    total: int
    free: int

    @property
    def booked(self) -> int:
        """How many appointments there are."""
        return sum(one.booked for one in self.columns)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The slot of the panel, with what may be done of it."""

    pk: int
    day: date
    when: str
    kind: str
    kind_icon: str
    place: str
    visibility: str
    visibility_icon: str
    visibility_label: str
    seats: str
    is_open: bool
    is_past: bool
    is_free: bool
    until: str
    appointments: list[tuple[AppointmentView, Appointment]]


@dataclass(frozen=True, slots=True)
class _Drawn:
    slot: Slot
    top: int
    bottom: int
    is_first: bool


def build(
    agenda: Agenda,
    days: Sequence[date],
    slots: Iterable[Slot],
    appointments: Iterable[Appointment],
    closures: Sequence[Closure],
    now: datetime,
    *,
    chosen_day: date,
    holidays: Mapping[date, str],
    whole: bool = False,
) -> Grid:
    """Return the grid of `days`: every slot that is open or has somebody, and every absence.

    `holidays`: the names of public holidays, by day.
    """
    of_slot = by_slot(appointments)
    shown = [slot for slot in slots if slot.is_open or of_slot[slot.pk]]
    places = _places(shown)
    zone = agenda.zone
    axis = grid.axis_of([_span(slot) for slot in shown], days, zone, whole=whole)
    letters = {place.name: place.letter for place in places}
    columns = [
        _column(
            day,
            shown,
            of_slot,
            closures,
            axis,
            zone,
            now,
            letters,
            is_chosen=day == chosen_day,
            holiday=holidays.get(day, ""),
        )
        for day in days
    ]
    cells = [cell for column in columns for cell in column.cells]
    return Grid(
        columns=columns,
        hours=_hours(axis),
        length=axis.length,
        scale=_scale(cells),
        places=places if len(places) > 1 else [],
        total=sum(cell.is_first for cell in cells),
        free=sum(column.free for column in columns),
    )


def by_slot(appointments: Iterable[Appointment]) -> dict[int, list[Appointment]]:
    """Return the appointments of each slot, by its key."""
    found: dict[int, list[Appointment]] = defaultdict(list)
    for one in appointments:
        found[one.slot_id].append(one)
    return found


def chosen(slot: Slot, agenda: Agenda, appointments: Sequence[Appointment], now: datetime) -> Chosen:
    """Return a slot ready for the panel."""
    word, symbol = VISIBILITY_MARKS[Visibility(slot.visibility)]
    held = [one for one in appointments if one.state == State.HELD.value and one.hold_expires_at]
    until = clock(held[0].hold_expires_at, agenda.zone) if held and held[0].hold_expires_at else ""
    return Chosen(
        pk=slot.pk,
        day=slot.starts_at.astimezone(agenda.zone).date(),
        when=clock(slot.starts_at, agenda.zone, slot.ends_at),
        kind=str(KIND_LABELS[Kind(slot.kind)]),
        kind_icon=KIND_ICONS[Kind(slot.kind)] or "stethoscope",
        place=slot.schedule.name,
        visibility=slot.visibility,
        visibility_icon=symbol,
        visibility_label=str(VISIBILITY_LABELS[Visibility(slot.visibility)]) or str(word),
        seats=_seats(slot),
        is_open=slot.is_open,
        is_past=slot.starts_at <= now,
        is_free=is_free(slot, now),
        until=until,
        appointments=[(appointment_view(one, agenda, now), one) for one in appointments],
    )


def is_free(slot: Slot, now: datetime) -> bool:
    """Return whether somebody could still be given a seat of `slot`, read with its seats taken."""
    taken: int = slot.taken  # type: ignore[attr-defined]  # counted by the query
    return slot.is_open and slot.starts_at > now and taken < slot.capacity


def _column(
    day: date,
    slots: Sequence[Slot],
    of_slot: dict[int, list[Appointment]],
    closures: Sequence[Closure],
    axis: grid.Axis,
    zone: ZoneInfo,
    now: datetime,
    letters: dict[str, str],
    *,
    is_chosen: bool,
    holiday: str,
) -> Column:
    drawn = [_drawn(slot, day, axis, zone) for slot in slots if grid.pieces(_span(slot), [day], zone)]
    placed = grid.lanes([(one.top, one.bottom) for one in drawn])
    cells = [
        _cell(one, lane, day, of_slot[one.slot.pk], zone, now, letters)
        for one, lane in zip(drawn, placed, strict=True)
    ]
    today = now.astimezone(zone).date()
    line = axis.at(now, day, zone)
    own = [one for one in drawn if one.is_first]
    return Column(
        day=day,
        name=date_format(day, "D", use_l10n=False).rstrip("."),
        number=date_format(day, "j", use_l10n=False),
        long=formats.date_long(day),
        is_today=day == today,
        is_chosen=is_chosen,
        is_past=day < today,
        cells=cells,
        shades=_shades(day, closures, axis, zone),
        now=line if day == today and 0 < line < axis.length else None,
        note=_note(day, zone),
        holiday=holiday,
        free=sum(is_free(one.slot, now) for one in own),
        booked=sum(len(of_slot[one.slot.pk]) for one in own),
        open_keys=[one.slot.pk for one in own if one.slot.is_open and one.slot.starts_at > now],
    )


def _drawn(slot: Slot, day: date, axis: grid.Axis, zone: ZoneInfo) -> _Drawn:
    top, bottom = axis.at(slot.starts_at, day, zone), axis.at(slot.ends_at, day, zone)
    return _Drawn(slot, top, bottom, slot.starts_at.astimezone(zone).date() == day)


def _cell(
    one: _Drawn,
    lane: grid.Lane,
    day: date,
    appointments: Sequence[Appointment],
    zone: ZoneInfo,
    now: datetime,
    letters: dict[str, str],
) -> Cell:
    slot = one.slot
    visibility, kind = Visibility(slot.visibility), Kind(slot.kind)
    word, symbol = VISIBILITY_MARKS[visibility]
    free = is_free(slot, now)
    state = _state_of(appointments)
    title = _title(slot, appointments, free=free, word=str(word))
    over_capacity = any(one.seat >= slot.capacity for one in appointments)
    label = (
        state_label(state, over_capacity=over_capacity)
        if state
        else _("libre")
        if free
        else _("passé, libre")
    )
    parts = [
        clock(slot.starts_at, zone, slot.ends_at),
        title,
        label if slot.is_open else _("créneau fermé, à déplacer"),
        str(KIND_LABELS[kind]),
        slot.schedule.name,
        _("visible par : {who}").format(who=VISIBILITY_LABELS[visibility]),
    ]
    movable = [a for a in appointments if a.state == State.BOOKED.value and slot.starts_at > now]
    return Cell(
        key=f"creneau-{slot.pk}" if one.is_first else f"suite-{slot.pk}-{day:%d}",
        pk=slot.pk,
        is_first=one.is_first,
        starts=clock(slot.starts_at, zone).replace(formats.NBSP, formats.NARROW_NBSP),
        title=title,
        words=", ".join(part for part in parts if part),
        look=_look(slot, state, free=free),
        icon=STATE_ICONS.get(state, "") if state else "",
        state=label,
        kind_icon=KIND_ICONS[kind],
        place=letters.get(slot.schedule.name, "") if len(letters) > 1 else "",
        visibility=str(word),
        visibility_icon=symbol,
        movable=movable[0].pk if len(appointments) == 1 and movable else 0,
        is_free=free,
        at=one.top,
        length=max(one.bottom - one.top, grid.SHORTEST),
        lane=lane,
    )


def _title(slot: Slot, appointments: Sequence[Appointment], *, free: bool, word: str) -> str:
    if slot.capacity > 1:
        return _("{seats} en groupe").format(seats=_seats(slot))
    if appointments:
        return ", ".join(_name(one) for one in appointments)
    return word if free else _("Non pris")


def _name(appointment: Appointment) -> str:
    """Return who comes, the family name first: it is what one looks for, and what a narrow cell keeps."""
    who = appointment.patient
    if who is None:
        return _("Retenu")
    family = (who.used_name or who.birth_name).upper()
    return f"{family} {who.name.removesuffix(family).strip()}".strip()


def _seats(slot: Slot) -> str:
    taken: int = slot.taken  # type: ignore[attr-defined]  # counted by the query
    return f"{taken} / {slot.capacity}" if slot.capacity > 1 else ""


def _state_of(appointments: Sequence[Appointment]) -> State | None:
    """Return the state that a cell shows: that of all, or the one which asks for something first."""
    states = {State(one.state) for one in appointments}
    order = (State.ARRIVED, State.BOOKED, State.HELD, State.NOT_HONOURED, State.HONOURED)
    return next((one for one in order if one in states), None)


def _look(slot: Slot, state: State | None, *, free: bool) -> str:
    looks = ["free" if free else "taken" if state else "past"]
    if state:
        looks.append(state.value.replace("_", "-"))
    if not slot.is_open:
        looks.append("shut")
    looks.append(f"seen-{slot.visibility.lower()}")
    return " ".join(looks)


def _shades(day: date, closures: Sequence[Closure], axis: grid.Axis, zone: ZoneInfo) -> list[Shade]:
    found = []
    for one in closures:
        if not grid.pieces(Span(one.starts_at, one.ends_at), [day], zone):
            continue
        top, bottom = axis.at(one.starts_at, day, zone), axis.at(one.ends_at, day, zone)
        label = _("Fermé : {place}").format(place=one.schedule) if one.schedule else _("Absence")
        if bottom > top:
            found.append(Shade(f"absence-{one.pk}-{day:%d}", label, top, bottom - top))
    return found


def _note(day: date, zone: ZoneInfo) -> str:
    if grid.hours_twice(day, zone):
        return _("Passage à l’heure d’hiver")
    return _("Passage à l’heure d’été") if grid.hours_skipped(day, zone) else ""


def _hours(axis: grid.Axis) -> list[Hour]:
    written = f"{{}}{formats.NBSP}h" if formats.is_french() else "{}:00"
    again = f"{formats.NBSP}bis"
    return [
        Hour(
            key=f"heure-{band.hour}{'-bis' if band.again else ''}",
            label=written.format(band.hour) + (again if band.again else ""),
            at=band.top,
            height=band.height,
            is_folded=band.is_folded,
        )
        for band in axis.bands
    ]


def _scale(cells: Sequence[Cell]) -> str:
    shortest = min((cell.length for cell in cells), default=_SCALES[-1])
    return f"scale-{max((one for one in _SCALES if one <= shortest), default=_SCALES[0])}"


def _places(slots: Iterable[Slot]) -> list[Place]:
    places: dict[int, Schedule] = {slot.schedule_id: slot.schedule for slot in slots}
    names = sorted(place.name for place in places.values())
    return [Place(PLACE_LETTERS[n % len(PLACE_LETTERS)], name) for n, name in enumerate(names)]


def _span(slot: Slot) -> Span:
    return Span(slot.starts_at, slot.ends_at)


def week_named(first: date) -> str:
    """Return « Semaine du 30 novembre »."""
    day = date_format(first, "j F", use_l10n=False)
    if first.day == 1 and formats.is_french():
        day = day.replace("1 ", "1er ", 1)
    return _("Semaine du {day}").format(day=day)


def said(one: Grid) -> str:
    """Return the sentence of the page: how many come, how many slots are left."""
    many = ngettext("{count} rendez-vous", "{count} rendez-vous", one.booked).format(count=one.booked)
    left = ngettext("{count} créneau libre", "{count} créneaux libres", one.free).format(count=one.free)
    booked = many if one.booked else _("Aucun rendez-vous")
    return f"{booked}, {left if one.free else _('aucun créneau libre')}."


def week_of(first: date, count: int) -> list[date]:
    """Return `count` days from `first`."""
    return [first + timedelta(days=n) for n in range(count)]
