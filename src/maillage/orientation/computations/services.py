"""Services to call beside the slots: who exists in the directory, is within reach, open, and for whom.

They are read with the index of a desk and as old as it; a service that is absent says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils import timezone

from maillage.directory.api import (
    Membership,
    OpeningHours,
    PracticePlace,
    Profession,
    Professional,
    Structure,
    StructureKind,
)
from maillage.kernel.sourced_rules import rule
from maillage.orientation.models import Request
from maillage.orientation.queries.ages import age_of
from maillage.orientation.queries.safety import Clearance, clearance
from maillage.orientation.rules.services import (
    DURING_OPENING_HOURS,
    PersonFacts,
    is_open,
    may_be_asked,
    to_check,
)
from maillage.orientation.rules.vocabulary import CallerKind, Origin, ProposalKind, Why
from maillage.territory.api import Commune, Journeys, journeys_from

KINDS = {
    StructureKind.HEALTH_CENTRE: ProposalKind.CENTRE,
    StructureKind.DUTY_HOUSE: ProposalKind.DUTY_HOUSE,
    StructureKind.LOCAL_HOSPITAL: ProposalKind.LOCAL_HOSPITAL,
    StructureKind.HAD: ProposalKind.HAD,
    StructureKind.MOBILE_TEAM: ProposalKind.MOBILE_TEAM,
}
#: The FINESS category of the former local hospitals, which packs bring as hospitals.
FORMER_LOCAL_HOSPITAL = "106"
_WHY = {
    ProposalKind.PROTOCOL: Why.PROTOCOL,
    ProposalKind.CENTRE: Why.OPEN_NOW,
    ProposalKind.DUTY_HOUSE: Why.OPEN_NOW,
    ProposalKind.LOCAL_HOSPITAL: Why.ASKED_BY_PROFESSIONAL,
    ProposalKind.HAD: Why.ASKED_BY_PROFESSIONAL,
    ProposalKind.MOBILE_TEAM: Why.AT_THE_EHPAD,
}
Stretch = tuple[int, time, time]


@dataclass(frozen=True, slots=True)
class Service:
    """A structure, or a professional of it who follows protocols, with the commune and the phone to call.

    `codes`: what a professional says they do, between `age_min` and `age_max`, whole years; `hours` in local
    time, empty where nobody told.
    """

    kind: ProposalKind
    commune: Commune
    phone: str
    structure: Structure | None = None
    professional: Professional | None = None
    codes: frozenset[str] = frozenset()
    age_min: int | None = None
    age_max: int | None = None
    hours: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """A service within reach: `travel` in minutes, an estimate where `travel_source` is empty."""

    service: Service
    travel: float
    travel_source: str
    why: tuple[Why, ...]
    protocol: str = ""


class Services:
    """The services of the directory, and the EHPAD with a nurse, by commune."""

    def __init__(self) -> None:
        # In one order, so that of two equally near ones it is always the same that comes first.
        self.all = sorted([*_structures(), *_protocol_people()], key=identity)
        found = {one.commune.pk: one.commune for one in self.all}
        self._communes = [found[code] for code in sorted(found)]
        place = {one.pk: place for place, one in enumerate(self._communes)}
        self._places = np.array([place[one.commune.pk] for one in self.all], dtype=np.int64)
        self._journeys: dict[str, Journeys] = {}
        self.ehpad_with_nurse = _ehpad_with_nurse()

    def near(
        self,
        request: Request,
        at: datetime,
        max_travel: float,
        refused: frozenset[tuple[str, str]],
        known: Clearance,
    ) -> list[Near]:
        """Return the nearest services that suit a request at a local instant, in the order of their kinds.

        `refused`: (kind, key of the professional or of the structure) already refused; `known`: what is known
        of the safety of the request.
        """
        who = person_facts(request, known)
        protocols = _of_motive(request.motive)
        kinds = [kind for kind in _WHY if may_be_asked(kind, **_asker(request))]
        best: dict[ProposalKind, list[Near]] = defaultdict(list)
        count = rule("orientation.search.services").value
        assert request.commune is not None
        journeys = self._from(request.commune)
        travel = journeys.minutes[self._places]
        for at_row in np.argsort(travel, kind="stable")[: np.count_nonzero(travel <= max_travel)].tolist():
            service = self.all[at_row]
            if service.kind not in kinds or len(best[service.kind]) == count:
                continue
            chosen = _chosen(protocols, service, who) if service.kind is ProposalKind.PROTOCOL else ("", ())
            if chosen is None:
                continue
            if service.kind in DURING_OPENING_HOURS and not is_open(service.hours, at):
                continue
            if identity(service) not in refused:
                source = journeys.source_to(self._places[at_row])
                minutes = round(float(travel[at_row]), 1)
                code, checks = chosen
                best[service.kind].append(Near(service, minutes, source, (_WHY[service.kind], *checks), code))
        return [one for kind in kinds for one in best[kind]]

    def _from(self, commune: Commune) -> Journeys:
        if commune.pk not in self._journeys:
            self._journeys[commune.pk] = journeys_from(commune, self._communes)
        return self._journeys[commune.pk]


def identity(service: Service) -> tuple[str, str]:
    """Return what names a service among those of its kind."""
    who = service.professional or service.structure
    return service.kind.value, str(who.pk if who else "")


def person_facts(request: Request, known: Clearance) -> PersonFacts:
    """Return what is known of the person of a request, the answers to its questions included."""
    sex = request.patient.sex if request.patient else ""
    return PersonFacts(age_of(request), sex, known.facts())


def protocols_for(request: Request) -> list[str]:
    """Return the codes of the protocols and direct accesses that exclude nobody known so, in their order."""
    who = person_facts(request, clearance(request))
    return [one["code"] for one in _of_motive(request.motive) if to_check(one, who) is not None]


def _of_motive(motive: str) -> list[dict[str, Any]]:
    motives: dict[str, list[str]] = rule("orientation.protocols.motives").value
    return [one for one in _known_protocols() if motive in motives[one["code"]]]


def _chosen(
    protocols: list[dict[str, Any]], service: Service, who: PersonFacts
) -> tuple[str, tuple[Why, ...]] | None:
    """Return the protocol that leaves least to check with that professional; None where each excludes."""
    ways = [
        (one["code"], tuple(checks))
        for one in protocols
        if one["code"] in service.codes
        and (checks := to_check(one, who, age_min=service.age_min, age_max=service.age_max)) is not None
    ]
    return min(ways, key=lambda way: len(way[1]), default=None)


def _asker(request: Request) -> dict[str, Any]:
    return {
        "caller": CallerKind(request.caller_kind) if request.caller_kind else None,
        "origin": Origin(request.origin),
    }


def _structures() -> list[Service]:
    wanted = Q(kind__in=[kind.value for kind in KINDS])
    wanted |= Q(kind=StructureKind.HOSPITAL.value, category_code=FORMER_LOCAL_HOSPITAL)
    rows = Structure.objects.active().filter(wanted).exclude(commune=None).select_related("commune")
    of_these = Structure.objects.active().filter(wanted).values("pk")
    places = PracticePlace.objects.filter(structure__in=of_these, is_active=True).exclude(phone="")
    phones = dict(places.order_by("-pk").values_list("structure", "phone"))
    hours: dict[str, list[Stretch]] = defaultdict(list)
    stretches = OpeningHours.objects.filter(offer__membership__structure__in=of_these)
    names = ("offer__membership__structure", "weekday", "opens_at", "closes_at")
    for key, weekday, opens, closes in stretches.values_list(*names):
        hours[key].append((weekday, opens, closes))
    return [
        Service(
            KINDS.get(StructureKind(one.kind), ProposalKind.LOCAL_HOSPITAL), one.commune,
            phones.get(one.pk, ""), structure=one, hours=tuple(hours[one.pk]),
        )
        for one in rows
        if one.commune is not None
    ]  # fmt: skip


def _protocol_people() -> list[Service]:
    """Professionals who say in their sheet that they follow a protocol of their profession."""
    delegates = {one["code"]: one["professions"] for one in _known_protocols()}
    names = ("professional", "place__commune", "structure__commune")
    rows = Membership.objects.in_force(timezone.localdate()).exclude(offer=None).exclude(offer__motives=[])
    rows = rows.filter(professional__is_active=True, professional__merged_into=None)
    found = []
    for one in rows.select_related("offer", *names):
        who, place = one.professional, one.place
        codes = frozenset(code for code in one.offer.motives if who.profession in delegates.get(code, ()))
        commune = (place.commune if place else None) or one.structure.commune
        if codes and commune is not None:
            phone = (place.phone if place else "") or who.phone
            found.append(
                Service(
                    ProposalKind.PROTOCOL, commune, phone, one.structure, who, codes=codes,
                    age_min=one.offer.age_min, age_max=one.offer.age_max,
                )
            )  # fmt: skip
    return found


def _known_protocols() -> list[dict[str, Any]]:
    return [*rule("orientation.protocols").value, *rule("orientation.direct_access").value]


def _ehpad_with_nurse() -> dict[str, Structure]:
    """Return by commune an EHPAD whose team, in the directory, has a nurse."""
    nurses = Membership.objects.in_force(timezone.localdate()).filter(
        professional__profession=Profession.NURSE.value, structure__kind=StructureKind.EHPAD.value
    )
    rows = Structure.objects.active().filter(pk__in=nurses.values("structure")).exclude(commune=None)
    return {one.commune_id: one for one in rows.order_by("-pk") if one.commune_id is not None}
