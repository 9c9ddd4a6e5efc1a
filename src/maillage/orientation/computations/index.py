"""The free slots of a desk in memory, kept in step with the agenda by reading the messages published since.

Each process has its own index and reads the same log, so that no process needs to be told. The index only
proposes: a slot taken in the last instant is refused by the database, which is asked at booking.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet

from maillage.agenda.api import Appointment, Slot, State, Visibility
from maillage.directory.api import Membership, Sector, ServiceOffer, memberships_of
from maillage.engines import booking
from maillage.kernel.models import Message, Scope
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import Statement, given
from maillage.orientation.computations.criteria import (
    AUDIENCE_BIT,
    KIND_BIT,
    SECTOR_ONE,
    WHEELCHAIR,
    language_bits,
    motive_bits,
    profession_bits,
)
from maillage.orientation.computations.services import Services
from maillage.territory.api import Commune, Journeys, journeys_from

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OLDEST, YEAR = 150 * 12, 12
#: Messages read again each time: on PostgreSQL one may be committed after a later one.
OVERLAP = 500
REACH = 240.0

_RECENT: Statement[tuple[int]] = Statement(
    lambda: (
        Message.objects.filter(pk__gt=given("after"), topic__startswith="agenda.")
        .order_by()
        .values_list("pk")
    )
)
_indexes: dict[int, DeskIndex] = {}
_guard = threading.Lock()


def desk_index(scope: Scope, now: datetime) -> DeskIndex:
    """Return the index of a desk, in step with what is committed."""
    with _guard:
        index = _indexes.setdefault(scope.pk, DeskIndex(scope.pk))
    index.refresh(now)
    return index


def forget() -> None:
    """Drop every index: the next search builds its own."""
    with _guard:
        _indexes.clear()


def minutes_of(moment: datetime) -> int:
    """Whole minutes since 1970."""
    return int((moment - EPOCH) // timedelta(minutes=1))


def moment_of(minutes: int) -> datetime:
    """The instant of whole minutes since 1970."""
    return EPOCH + timedelta(minutes=int(minutes))


class DeskIndex:
    """Rows are places of consultation (`Schedule`): one who practises at two places has two.

    Searches and updates are made under `lock`, since the engine takes one writer and no reader meanwhile.
    """

    def __init__(self, scope: int) -> None:
        self.scope = scope
        self.lock = threading.RLock()
        self.built_at: datetime | None = None
        #: Who consults at a minute, for `elsewhere.consulting_at`; an agenda that changes empties it.
        self.consulting: dict[tuple[frozenset[int], int], dict[int, Any]] = {}

    def refresh(self, now: datetime) -> None:
        """Build the index where there is none or it is old, else follow the agendas that changed."""
        with self.lock:
            if self._is_stale(now):
                self._build(now)
                return
            changed = self._changed_agendas(now)
            if changed:
                self.consulting = {}
            if changed and not self._follow(changed, now):
                self._build(now)

    def reach(self, commune: Commune) -> booking.Reach:
        """Minutes from a commune to the communes of practice."""
        if commune.pk not in self._reaches:
            found = self.journeys(commune)
            minutes = np.where(found.minutes <= REACH, found.minutes, np.inf)
            self._reaches[commune.pk] = booking.Reach.everywhere(minutes)
        return self._reaches[commune.pk]

    def journeys(self, commune: Commune) -> Journeys:
        """Minutes from a commune to the communes of practice, in their order, and how they are known."""
        if commune.pk not in self._journeys:
            self._journeys[commune.pk] = journeys_from(commune, self.communes)
        return self._journeys[commune.pk]

    def place_of(self, row: int) -> int:
        """Where the commune of a row stands in `communes`."""
        return int(self.engine.professionals.commune[row])

    def rows_of(self, professional: int | None) -> tuple[int, ...]:
        """The rows where a professional sees people."""
        return tuple(
            row for row, one in enumerate(self.schedules) if one.agenda.professional_id == professional
        )

    def _is_stale(self, now: datetime) -> bool:
        if self.built_at is None or now < self.built_at:
            return True
        return now - self.built_at > timedelta(minutes=rule("orientation.index.rebuild_minutes").value)

    def _build(self, now: datetime) -> None:
        self.consulting = {}
        self._last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self._seen: set[int] = {pk for (pk,) in _RECENT.rows(after=self._last - OVERLAP)}
        self.built_at = now
        self.until = now + timedelta(days=rule("orientation.index.days").value)
        slots = list(
            self._free(now).select_related(
                "schedule__commune",
                "schedule__place",
                "schedule__agenda__professional",
                "schedule__agenda__territory__scope",
            )
        )
        places = {slot.schedule_id: slot.schedule for slot in slots}
        self.schedules = [places[key] for key in sorted(places) if places[key].commune_id is not None]
        self.rows = {one.pk: row for row, one in enumerate(self.schedules)}
        self.names = [str(one.agenda.professional) for one in self.schedules]
        #: The rows of the agendas of the desk's own territory.
        self.local_rows = np.array(
            [row for row, one in enumerate(self.schedules) if one.agenda.territory.scope_id == self.scope],
            dtype=np.int32,
        )
        self._place_communes()
        kept = [slot for slot in slots if slot.schedule_id in self.rows]
        columns = [self._entry(slot) for slot in kept]
        table = np.array(columns, dtype=np.int64).reshape(len(columns), 4).T
        self.engine = booking.Index(self._professionals(), booking.Slots(*table))
        self.services = Services()
        self._watch_holds(now)

    def _place_communes(self) -> None:
        communes = [one.commune for one in self.schedules]
        found = {one.pk: one for one in communes if one is not None}
        self.communes = [found[code] for code in sorted(found)]
        self.places = {one.pk: place for place, one in enumerate(self.communes)}
        self._reaches: dict[str, booking.Reach] = {}
        self._journeys: dict[str, Journeys] = {}

    def _professionals(self) -> booking.Professionals:
        people = {one.agenda.professional_id: one.agenda.professional for one in self.schedules}
        self.languages = language_bits(code for one in people.values() for code in one.spoken)
        offers = memberships_of(people.values())
        rows = [
            (
                self.places[str(one.commune_id)],
                profession_bits(one.agenda.professional),
                *self._offered(one, _offer_at(one, offers[one.agenda.professional_id])),
            )
            for one in self.schedules
        ]
        columns = np.array(rows, dtype=np.int64).reshape(len(rows), 6).T
        # A slot opened to the desk is the consent to see somebody once: « new patients » is about taking on.
        takes_new = np.ones(len(rows), dtype=bool)
        small = columns.astype(np.int32)  # positions and ages; the others are sets of bits
        return booking.Professionals(
            small[0], columns[1], columns[2], columns[3], small[4], small[5], takes_new
        )

    def _offered(self, schedule: Any, offer: ServiceOffer | None) -> tuple[int, int, int, int]:
        """Return abilities, motives, youngest and oldest age (months) of a place; unknown refuses nobody."""
        abilities = sum(self.languages.get(code, 0) for code in schedule.agenda.professional.spoken)
        abilities |= WHEELCHAIR * bool(schedule.place and schedule.place.wheelchair)
        if offer is None:
            return abilities, motive_bits([]), 0, OLDEST
        abilities |= SECTOR_ONE * (offer.sector == Sector.ONE.value)
        oldest = OLDEST if offer.age_max is None else (offer.age_max + 1) * YEAR
        return abilities, motive_bits(offer.motives), (offer.age_min or 0) * YEAR, oldest

    def _watch_holds(self, now: datetime) -> None:
        """Note when the next hold of each agenda expires: nothing is published then."""
        # The base manager: who a hold is for is not read.
        held = Appointment._base_manager.filter(state=State.HELD.value, hold_expires_at__gt=now)
        self._holds: dict[int, datetime] = {}
        for agenda, expires in held.values_list("slot__agenda", "hold_expires_at"):
            if expires is not None:
                self._holds[agenda] = min(expires, self._holds.get(agenda, expires))

    def _free(self, now: datetime) -> QuerySet[Slot]:
        shown = Slot.objects.free(now).filter(starts_at__lt=self.until)
        return shown.exclude(visibility=Visibility.PRIVATE.value).select_related("agenda__territory__scope")

    def _entry(self, slot: Slot) -> tuple[int, int, int, int]:
        audience = AUDIENCE_BIT[slot.visibility]
        if slot.visibility == Visibility.CPTS.value and slot.agenda.territory.scope_id != self.scope:
            audience = 0
        return self.rows[slot.schedule_id], minutes_of(slot.starts_at), audience, KIND_BIT[slot.kind]

    def _changed_agendas(self, now: datetime) -> set[int]:
        recent = {pk for (pk,) in _RECENT.rows(after=self._last - OVERLAP)}
        fresh = recent - self._seen
        changed: set[int] = set()
        if fresh:
            payloads = Message.objects.filter(pk__in=fresh).values_list("payload", flat=True)
            changed = {payload["agenda"] for payload in payloads if "agenda" in payload}
            self._last = max(self._last, *fresh)
            self._seen = {pk for pk in self._seen | fresh if pk > self._last - OVERLAP}
        return changed | {agenda for agenda, expires in self._holds.items() if expires <= now}

    def _follow(self, agendas: Iterable[int], now: datetime) -> bool:
        """Put the rows of some agendas in step; False where one has a place that the index does not know."""
        free = list(self._free(now).filter(agenda__in=list(agendas)).select_related("schedule"))
        if any(slot.schedule_id not in self.rows and slot.schedule.commune_id for slot in free):
            return False
        wanted = {
            entry[:2]: entry[2:]
            for entry in (self._entry(one) for one in free if one.schedule_id in self.rows)
        }
        for row, schedule in enumerate(self.schedules):
            if schedule.agenda_id in set(agendas):
                for start in self.engine.free.of(row)[0].tolist():
                    if (row, start) not in wanted:
                        self.engine.remove(row, start)
        for (row, start), (audiences, kinds) in wanted.items():
            self.engine.add(row, start, audiences=audiences, kinds=kinds)
        self._watch_holds(now)
        return True


def _offer_at(schedule: Any, memberships: list[Membership]) -> ServiceOffer | None:
    """Return what the professional offers at that place, else at the one place where an offer is known."""
    offers = [(one, one.offer) for one in memberships if hasattr(one, "offer")]
    here = [offer for one, offer in offers if schedule.place_id and one.place_id == schedule.place_id]
    return here[0] if here else offers[0][1] if len(offers) == 1 else None
