"""The same worlds in SimPy and Ciw, written as their users write them, with their own chances.

They are oracles too: `tests/engines/test_twin_peers.py` holds their means beside ours.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import ciw
import simpy

from maillage.engines.twin import DELAYS, LEADS, Door, Kind, Outcome, World
from maillage.engines.twin.compute import rates


@dataclass
class Seen:
    """What a peer counts: contacts by kind and outcome, and visits by days waited, after the warm-up."""

    outcomes: Counter[tuple[int, int]] = field(default_factory=Counter)
    delays: Counter[int] = field(default_factory=Counter)
    events: int = 0

    def mean_delay(self) -> float:
        """Mean days from the contact to the visit."""
        return sum(days * count for days, count in self.delays.items()) / max(self.delays.total(), 1)


def ciw_agendas(agendas: int, places: int, load: float, days: int, warm_up: int, seed: int) -> Seen:
    """Agendas in line, each a node whose customers are served `places` at a time at the end of each day."""
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=load)] * agendas,
        service_distributions=[ciw.dists.Deterministic(value=0.0)] * agendas,
        number_of_servers=[ciw.Slotted(slots=[1.0], slot_sizes=[places]) for _ in range(agendas)],
        routing=[[0.0] * agendas for _ in range(agendas)],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(days)
    seen = Seen()
    for record in simulation.get_all_records():
        seen.events += 2
        if record.arrival_date >= warm_up:
            seen.delays[round(record.service_start_date) - 1 - int(record.arrival_date)] += 1
    return seen


class Territory:
    """A world lived by SimPy: a process for each person, one for each contact that follows from another."""

    def __init__(self, world: World, warm_up: int, seed: int) -> None:
        self.world, self.warm_up, self.random = world, warm_up, random.Random(seed)
        self.left: list[list[int]] = world.agendas.places.tolist()
        self.kept: list[list[int]] = world.agendas.kept.tolist()
        self.kinds: list[int] = world.agendas.kinds.tolist()
        self.opened: list[float] = world.agendas.opened.tolist()
        self.rate, self.split = (table.tolist() for table in rates(world))
        self.heaviest = float(world.calendar.weight.max())
        self.clock = simpy.Environment()
        self.seen = Seen()

    def run(self) -> Seen:
        """Live every day."""
        people, groups = self.world.people, self.world.groups
        for person, group in enumerate(people.group.tolist()):
            if self.rate[group] > 0:
                self.clock.process(self.life(person, group))
            if groups.rhythm[group] > 0 and self.random.random() < self.world.habits.rhythm_known:
                self.clock.process(
                    self.later(person, Kind.FOLLOW, 1, self.random.random() * groups.rhythm[group])
                )
        self.clock.run(until=self.world.days)
        return self.seen

    def life(self, person: int, group: int) -> Any:
        """Needs that arise by themselves: a Poisson process thinned by the weight of the day."""
        while True:
            yield self.clock.timeout(self.random.expovariate(self.rate[group] * self.heaviest))
            if self.random.random() < self.world.calendar.weight[int(self.clock.now)] / self.heaviest:
                drew, shares = self.random.random(), self.split[group]
                kind = (Kind.ACUTE, Kind.CHECK, Kind.ADMIN, Kind.NIGHT)[
                    sum(drew >= share for share in shares)
                ]
                self.contact(person, kind, 1)

    def later(self, person: int, kind: Kind, attempt: int, days: float) -> Any:
        """A contact after some days."""
        yield self.clock.timeout(days)
        self.contact(person, kind, attempt)

    def contact(self, person: int, kind: Kind, attempt: int) -> None:
        """Somebody asks, and what comes of it."""
        habits, day = self.world.habits, int(self.clock.now)
        outcome, agenda, visit = self.answer(person, kind, day)
        self.seen.events += 2
        if agenda >= 0:
            self.left[agenda][visit] -= 1
            if day >= self.warm_up:
                self.seen.delays[min(visit - day, DELAYS - 1)] += 1
            group = int(self.world.people.group[person])
            if self.random.random() < habits.missed[min(visit - day, len(habits.missed) - 1)]:
                outcome = Outcome.MISSED
                if self.random.random() < habits.missed_again and attempt < habits.most:
                    outcome = Outcome.AGAIN
                    self.clock.process(self.later(person, kind, attempt + 1, max(visit, day + 1) - day))
            elif self.random.random() < self.world.groups.followed[group, kind]:
                after = max(1.0, (0.5 + self.random.random()) * self.world.groups.rhythm[group])
                self.clock.process(self.later(person, Kind.FOLLOW, 1, visit - day + int(after)))
        elif outcome is Outcome.GIVEN_UP and self.random.random() < habits.returns and attempt < habits.most:
            outcome = Outcome.AGAIN
            self.seen.events -= 1
            after = 1 + int(2 * self.random.random() * habits.return_after)
            self.clock.process(self.later(person, kind, attempt + 1, after))
        if day >= self.warm_up:
            self.seen.outcomes[kind, outcome] += 1

    def answer(self, person: int, kind: Kind, day: int) -> tuple[Outcome, int, int]:
        """The doors, one after the other."""
        habits, people = self.world.habits, self.world.people
        closed = bool(self.world.calendar.closed[day])
        if kind is Kind.ACUTE:
            direct = self.world.groups.direct[people.group[person]] * (
                habits.closed_direct if closed else 1.0
            )
            if self.random.random() < direct:
                return Outcome.EMERGENCY, -1, day
        if kind is Kind.NIGHT or (
            kind is Kind.ACUTE and closed and self.random.random() < habits.closed_call
        ):
            agenda, visit = self.through(person, kind, Door.ON_CALL, day, day, day)
            if agenda >= 0:
                return Outcome.ON_CALL, agenda, visit
        if kind is not Kind.NIGHT:
            wanted = day + int(habits.leads[kind, self.random.randrange(LEADS)])
            own = int(people.own[person])
            if own >= 0 and self.kinds[own] >> kind & 1:
                visit = self.search(own, day, wanted, wanted + int(habits.patience[kind, 0]))
                if visit >= 0:
                    return Outcome.OWN, own, visit
            until = wanted + int(habits.patience[kind, 1])
            agenda, visit = self.through(person, kind, Door.OTHER, day, wanted, until)
            if agenda >= 0:
                return Outcome.OTHER, agenda, visit
        if self.random.random() < habits.fallback[kind]:
            return Outcome.EMERGENCY, -1, day
        return Outcome.GIVEN_UP, -1, -1

    def through(
        self, person: int, kind: Kind, door: Door, day: int, wanted: int, until: int
    ) -> tuple[int, int]:
        """The first agenda behind a door that gives a place."""
        ways, people = self.world.ways, self.world.people
        commune, tries = int(people.commune[person]), self.world.habits.tries
        for row in range(int(ways.starts[commune, door]), int(ways.starts[commune, door + 1])):
            agenda = int(ways.agenda[row])
            if ways.minutes[row] > self.world.groups.reach[people.group[person]] or not tries:
                break
            if not self.kinds[agenda] >> kind & 1 or (door is Door.OTHER and agenda == people.own[person]):
                continue
            tries -= 1
            if self.random.random() < self.opened[agenda]:
                visit = self.search(agenda, day, wanted, until)
                if visit >= 0:
                    return agenda, visit
        return -1, -1

    def search(self, agenda: int, day: int, wanted: int, until: int) -> int:
        """The first day with a place; those kept for the same day are only given that day."""
        left, kept = self.left[agenda], self.kept[agenda]
        for visit in range(wanted, until + 1):
            if left[visit] > (0 if visit == day else kept[visit]):
                return visit
        return -1
