"""The twin written as it is told: contact by contact, with a list for each day. Slow, and read first.

The compiled loop gives the same rows in the same order, for any world and any seed.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from maillage.engines.twin.compute import elapsed_days, rates
from maillage.engines.twin.draws import AGENDA, chance
from maillage.engines.twin.kernels import OTHER_STRIDE, STRIDE, Purpose
from maillage.engines.twin.model import KINDS, LEADS, LOG, Door, Kind, Outcome, World


@dataclass(frozen=True)
class Contact:
    """Somebody asks. `need` is None where the need arises with it; `serial` numbers the needs of a person
    that arise by themselves, None for what follows from something else."""

    person: int
    kind: Kind | None
    attempt: int = 1
    need: tuple[int, int] | None = None
    serial: int | None = None


@dataclass(frozen=True)
class Answer:
    """Where a contact leads: by whom, which agenda, on which day."""

    outcome: Outcome
    agenda: int = -1
    visit: int = -1


class Life:
    """One run of a world."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed = world, seed
        self.left = world.agendas.places.astype(int)
        self.lists: list[list[Contact]] = [[] for _ in range(world.days)]
        self.rate, self.split = rates(world)
        self.elapsed = elapsed_days(world.calendar.weight)
        self.clock: dict[int, float] = {}
        self.log: list[tuple[object, ...]] = []
        self.needs, self.waiting, self.events = 0, 0, 0
        self.stays: Counter[int] = Counter()

    def run(self) -> np.ndarray:
        """Live every day; the log, as that of the compiled loop."""
        for person in range(self.world.people.commune.size):
            self.begin(person)
        for day in range(self.world.days):
            asking = list(reversed(self.lists[day]))
            size = len(asking)
            if size:
                stride = STRIDE if size % STRIDE else OTHER_STRIDE
                first = int(chance(self.seed, day, 0, Purpose.ORDER) * size)
                for place in range(size):
                    self.take(asking[(first + place * stride) % size], day)
        return np.array(self.log, dtype=LOG)

    def begin(self, person: int) -> None:
        """The first need of a person, what their rhythm brings, what the shocks add."""
        group = self.world.people.group[person]
        self.next_need(person, 0, -1)
        rhythm = self.world.groups.rhythm[group]
        if rhythm > 0 and self.chance(person, 0, Purpose.RHYTHM) < self.world.habits.rhythm_known:
            self.put(Contact(person, Kind.FOLLOW), int(self.chance(person, 0, Purpose.RHYTHM_DAY) * rhythm))
        for number, shock in enumerate(self.world.shocks):
            if self.chance(person, number, Purpose.SHOCK) < shock.extra[group]:
                length = shock.last - shock.first + 1
                after = int(self.chance(person, number, Purpose.SHOCK_DAY) * length)
                self.put(Contact(person, Kind.ACUTE), shock.first + after)

    def next_need(self, person: int, serial: int, today: int) -> bool:
        """Draw when the next need of a person arises, by exponential gaps in average days; whether today."""
        rate = self.rate[self.world.people.group[person]]
        if rate == 0:
            return False
        gap = -math.log(1 - self.chance(person, 2 * serial, Purpose.GAP)) / rate
        self.clock[person] = self.clock.get(person, 0.0) + gap
        if self.clock[person] >= self.elapsed[-1]:
            return False
        day = int(np.searchsorted(self.elapsed, self.clock[person], side="right")) - 1
        if day == today:
            return True
        self.put(Contact(person, None, serial=serial), day)
        return False

    def take(self, asked: Contact, day: int) -> None:
        """One contact of the day; a person whose next need arises today asks again at once."""
        if asked.serial is None:
            assert asked.kind is not None
            self.contact(asked, asked.kind, 2 * (day * KINDS + asked.kind) + 1, day)
            return
        serial, more = asked.serial, True
        while more:
            drew = self.chance(asked.person, 2 * serial, Purpose.KIND)
            shares = self.split[self.world.people.group[asked.person]]
            kind = (Kind.ACUTE, Kind.CHECK, Kind.ADMIN, Kind.NIGHT)[int((drew >= shares).sum())]
            self.contact(Contact(asked.person, kind), kind, 2 * serial, day)
            serial += 1
            more = self.next_need(asked.person, serial, day)

    def contact(self, asked: Contact, kind: Kind, counter: int, day: int) -> None:
        """What comes of a contact."""
        habits, person = self.world.habits, asked.person
        group = self.world.people.group[person]
        need, arose = asked.need or (self.needs, day)
        self.needs += asked.need is None
        last = asked.attempt >= habits.most
        again = Contact(person, kind, asked.attempt + 1, (need, arose))
        answer = self.answer(person, kind, counter, day)
        outcome = answer.outcome
        self.events += 1
        if answer.agenda >= 0:
            self.left[answer.agenda, answer.visit] -= 1
            self.events += 1
            delay = min(answer.visit - day, habits.missed.size - 1)
            if self.chance(person, counter, Purpose.SHOW) < habits.missed[delay]:
                outcome = Outcome.MISSED
                if self.chance(person, counter, Purpose.SHOW_AGAIN) < habits.missed_again and not last:
                    outcome = Outcome.AGAIN
                    self.put(again, max(answer.visit, day + 1))
            elif self.chance(person, counter, Purpose.FOLLOW) < self.world.groups.followed[group, kind]:
                share = 0.5 + self.chance(person, counter, Purpose.FOLLOW_DAY)
                after = max(1, int(share * self.world.groups.rhythm[group]))
                self.put(Contact(person, Kind.FOLLOW), answer.visit + after)
        elif outcome is Outcome.EMERGENCY:
            self.events += 1
        elif self.chance(person, counter, Purpose.RETURN) < habits.returns and not last:
            outcome = Outcome.AGAIN
            after = int(2 * self.chance(person, counter, Purpose.RETURN_DAY) * habits.return_after)
            self.put(again, day + 1 + after)
        else:
            self.events += 1
        stayed = False
        if kind is Kind.ACUTE and outcome is not Outcome.AGAIN:
            unanswered = outcome in {Outcome.GIVEN_UP, Outcome.MISSED}
            late = habits.worst if unanswered else min(answer.visit - arose, habits.worst)
            key = 2 * (arose * KINDS + kind) + 1
            stay = self.world.groups.stay[group] * (1 + habits.worse * late)
            stayed = self.chance(person, key, Purpose.STAY) < stay
            self.stays[day] += stayed
            self.events += stayed
        self.log.append(
            (need, person, kind, asked.attempt, arose, day, outcome, answer.agenda, answer.visit, stayed)
        )

    def answer(self, person: int, kind: Kind, counter: int, day: int) -> Answer:
        """The doors, one after the other."""
        habits, groups = self.world.habits, self.world.groups
        closed = bool(self.world.calendar.closed[day])
        if kind is Kind.NIGHT:
            found = self.through(Door.ON_CALL, person, kind, counter, day, day, day)
            if found:
                return found
        else:
            if kind is Kind.ACUTE:
                direct = groups.direct[self.world.people.group[person]]
                direct *= habits.closed_direct if closed else 1.0
                if self.chance(person, counter, Purpose.DIRECT) < direct:
                    return Answer(Outcome.EMERGENCY, visit=day)
                if closed and self.chance(person, counter, Purpose.CALL) < habits.closed_call:
                    found = self.through(Door.ON_CALL, person, kind, counter, day, day, day)
                    if found:
                        return found
            lead = habits.leads[kind, int(self.chance(person, counter, Purpose.LEAD) * LEADS)]
            wanted = day + int(lead)
            own = int(self.world.people.own[person])
            if own >= 0 and self.sees(own, kind):
                visit = self.search(own, day, wanted, wanted + int(habits.patience[kind, 0]))
                if visit >= 0:
                    return Answer(Outcome.OWN, own, visit)
            until = wanted + int(habits.patience[kind, 1])
            doors = (
                (Door.OTHER, True),
                (Door.PROTOCOL, self.chance(person, counter, Purpose.PROTOCOL) < habits.protocol[kind]),
                (Door.NUMBER, self.chance(person, counter, Purpose.NUMBER) < habits.number[kind]),
            )
            for door, known in doors:
                found = self.through(door, person, kind, counter, day, wanted, until) if known else None
                if found:
                    return found
        if self.chance(person, counter, Purpose.FALLBACK) < habits.fallback[kind]:
            return Answer(Outcome.EMERGENCY, visit=day)
        return Answer(Outcome.GIVEN_UP)

    def through(
        self, door: Door, person: int, kind: Kind, counter: int, day: int, wanted: int, until: int
    ) -> Answer | None:
        """The first agenda behind a door that gives a place, from the nearest; so many are tried."""
        people, agendas, ways = self.world.people, self.world.agendas, self.world.ways
        commune = people.commune[person]
        rows = range(*ways.starts[commune, door : door + 2])
        within = [row for row in rows if ways.minutes[row] <= self.world.groups.reach[people.group[person]]]
        asked = [
            int(ways.agenda[row])
            for row in within
            if self.sees(ways.agenda[row], kind)
            and not (door is Door.OTHER and ways.agenda[row] == people.own[person])
        ]
        for agenda in asked[: self.world.habits.tries]:
            if agendas.opened[agenda] < 1 and (
                self.chance(person, counter, Purpose.ACCEPT, (agenda + 1) * AGENDA) >= agendas.opened[agenda]
            ):
                continue
            visit = self.search(agenda, day, wanted, until)
            if visit >= 0:
                return Answer(Outcome(door + 1), agenda, visit)
        return None

    def search(self, agenda: int, day: int, wanted: int, until: int) -> int:
        """The first day with a place; those kept for the same day are only given that day."""
        for visit in range(wanted, until + 1):
            kept = 0 if visit == day else self.world.agendas.kept[agenda, visit]
            if self.left[agenda, visit] > kept:
                return visit
        return -1

    def sees(self, agenda: int, kind: Kind) -> bool:
        """Whether an agenda is open to a kind of need."""
        return bool(self.world.agendas.kinds[agenda] >> kind & 1)

    def put(self, asked: Contact, day: int) -> None:
        """Keep a contact for a day to come; what comes after the run is let go."""
        if day < self.world.days:
            self.lists[day].append(asked)
        else:
            self.waiting += asked.need is not None

    def chance(self, person: int, counter: int, purpose: Purpose, more: int = 0) -> float:
        """A number in [0, 1) that depends on nothing else."""
        return chance(self.seed, person, counter, purpose, more)
