"""Reads of networks: their templates, the pathways of a patient, how many there are and what is late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from maillage.care.models import NetworkPathway, NetworkStep
from maillage.care.rules.networks import Counted, Network, counted, days_late, shown
from maillage.care.rules.pathway import Step
from maillage.directory import api as directory
from maillage.kernel.formats import in_language
from maillage.kernel.models import Scope
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.people import api as people
from maillage.territory import api as territory

#: Structures of the directory shown for one kind of partner.
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Template:
    """A network as its rules say it on a day: words and delay of each step, partners, sheet to read."""

    network: Network
    words: Mapping[Step, str]
    days: Mapping[str, int]
    kinds: tuple[directory.StructureKind, ...]
    named: tuple[str, ...]
    sheet: str
    source: SourcedRule
    delays: SourcedRule

    @property
    def partners(self) -> list[str]:
        """The kinds of partners, those of the directory first."""
        return [*(str(directory.KIND_LABELS[kind]) for kind in self.kinds), *self.named]

    @property
    def steps(self) -> list[tuple[Step, str, int]]:
        """Each step with its words and its delay, in order."""
        return [(step, self.words[step], self.days[step.value]) for step in Step]


def template(network: Network, on: date | None = None) -> Template:
    """Return the template of a network in force on a day, today by default."""
    source, delays = (
        rule(f"care.networks.{network.value}", on),
        rule(f"care.networks.{network.value}_days", on),
    )
    said = source.value
    return Template(
        network,
        {step: in_language(said[step.value]["fr"], said[step.value]["en"]) for step in Step},
        delays.value,
        tuple(map(directory.StructureKind, said["kinds"])),
        tuple(in_language(one["fr"], one["en"]) for one in said["named"]),
        said["sheet"],
        source,
        delays,
    )


@dataclass(frozen=True, slots=True)
class StepSeen:
    """One step of a pathway as it is read: its words on the template, by how many days it is late."""

    row: NetworkStep
    words: str
    late: int


@dataclass(frozen=True, slots=True)
class PathwaySeen:
    """A pathway of a patient with its steps in order and its template."""

    row: NetworkPathway
    template: Template
    steps: list[StepSeen]

    @property
    def late(self) -> list[StepSeen]:
        """The steps that are late."""
        return [one for one in self.steps if one.late and self.row.closed_at is None]


def networks_of(patient: people.Patient) -> list[PathwaySeen]:
    """Return the pathways of a patient read by the circle, open ones first; two statements at most."""
    rows = list(NetworkPathway.objects.of_patient(patient).select_related("by", "closed_by"))
    if not rows:
        return []
    found: dict[int, list[NetworkStep]] = {one.pk: [] for one in rows}
    for step in NetworkStep.objects.of_patient(patient).select_related("professional", "person", "by"):
        found[step.pathway_id].append(step)
    rows.sort(key=lambda one: (one.closed_at is not None, one.opened_on, one.pk))
    return [_seen(one, found[one.pk]) for one in rows]


def _seen(row: NetworkPathway, steps: list[NetworkStep]) -> PathwaySeen:
    said, today = template(Network(row.network), row.opened_on), timezone.localdate()
    by_step = {Step(one.step): one for one in steps}
    return PathwaySeen(
        row,
        said,
        [StepSeen(by_step[step], said.words[step], days_late(by_step[step].facts, today)) for step in Step],
    )


def partners_in(scope: Scope, said: Template) -> list[tuple[str, list[directory.Structure]]]:
    """Return the structures of a territory that a template asks for: each kind, then its first ones."""
    place = territory.Territory.objects.filter(scope=scope).first()
    if place is None:
        return []
    rows = directory.structures_in(territory.member_codes(place), said.kinds, every_origin=True)
    found: dict[str, list[directory.Structure]] = {kind.value: [] for kind in said.kinds}
    for one in rows.order_by("name", "pk"):
        if len(found[one.kind]) < NEAREST:
            found[one.kind].append(one)
    return [(str(some[0].get_kind_display()), some) for some in found.values() if some]


@dataclass(frozen=True, slots=True)
class NetworkCount:
    """What is counted of one network, None for what is too small to be shown."""

    network: Network
    open: int | None
    late: Mapping[Step, int | None]


def network_counts(scope: Scope) -> list[NetworkCount]:
    """Return how many pathways are open in a scope by network, and how many are late at each step.

    One statement, no name. A count under the threshold of statistical secrecy is hidden, zero included; so is
    all that is late in a network whose total is.
    """
    threshold: int = rule("territory.secrecy.threshold").value
    today = timezone.localdate()
    usable = people.countable(prefix="pathway__patient__")
    rows = NetworkStep.objects.in_scope(scope).filter(usable, pathway__closed_at=None)
    rows = rows.select_related("pathway")
    found: dict[Network, dict[int, list[NetworkStep]]] = {one: {} for one in Network}
    for row in rows:
        found[Network(row.pathway.network)].setdefault(row.pathway_id, []).append(row)
    return [
        _count(one, counted(([step.facts for step in steps] for steps in some.values()), today), threshold)
        for one, some in found.items()
    ]


def _count(network: Network, found: Counted, threshold: int) -> NetworkCount:
    total = shown(found.open, threshold)
    late = {step: None if total is None else shown(count, threshold) for step, count in found.late.items()}
    return NetworkCount(network, total, late)
