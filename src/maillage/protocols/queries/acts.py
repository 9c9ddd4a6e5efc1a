"""Reads of acts: those to sign, those about a patient, how many of each without naming anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import given
from maillage.people import api as people
from maillage.protocols.models import Act, Protocol, Referral
from maillage.protocols.queries.protocols import in_use
from maillage.protocols.rules.counts import Shown, shown
from maillage.protocols.rules.protocols import OPEN, ActState

READING = "actes de protocole"
_WITH = ("version__protocol__scope", "patient__scope", "sign_up__professional", "by")


def acts_open() -> QuerySet[Act]:
    """Return the open acts of the reader, for a statement; whether the circle lets it is asked next."""
    # The base manager, for keys alone: nobody is named.
    return Act._base_manager.filter(by=given("person"), state__in=[one.value for one in sorted(OPEN)])


@once
def to_finish(person: Person) -> list[Act]:
    """Return the acts that `person` began and has to check or sign, the oldest first; nobody is named."""
    mine = Act.objects.for_person(person).filter(by=person).open()
    return list(mine.select_related("version__protocol").order_by("at", "pk"))


@transaction.atomic
def acts_to_finish(person: Person, keys: Sequence[int]) -> list[Act]:
    """Return the acts of some keys that `person` has to check or sign; each file is logged."""
    rows = Act.objects.for_person(person).filter(by=person, pk__in=list(keys)).open()
    found = list(rows.select_related(*_WITH).order_by("at", "pk"))
    log(person, [one.patient for one in found])
    return found


def log(person: Person, patients: Sequence[people.Patient]) -> None:
    """Leave a line in the access log of each patient, once."""
    each = {one.pk: one for one in patients}
    if each:
        people.log_access(by=person, patients=each.values(), what="list", purpose=READING)


def act_seen_by(person: Person, pk: int) -> Act | None:
    """Return the act of that key where the circle opens it to `person`, None elsewhere; no line is left."""
    return Act.objects.for_person(person).select_related(*_WITH).filter(pk=pk).first()


def acts_of(patient: people.Patient) -> list[Act]:
    """Return the acts about a patient who was read in scope, the latest first."""
    return list(Act.objects.of_patient(patient).select_related(*_WITH))


@dataclass(frozen=True, slots=True)
class Activity:
    """What was done under one protocol since `since`: acts signed and returned, small counts hidden."""

    protocol: Protocol
    acts: Shown
    returned: Shown
    since: datetime


def activity(person: Person) -> list[Activity]:
    """Return what was done under each protocol of the scopes that `person` manages; nobody is named.

    Three statements. A count under the threshold of statistical secrecy is hidden, zero included.
    """
    scopes = access.scopes_of(person, Permission.MANAGE_PROTOCOLS)
    protocols = Protocol.objects.all() if scopes is None else Protocol.objects.filter(scope__in=scopes)
    known = list(protocols.select_related("scope"))
    versions = in_use(known)
    since = timezone.now() - timedelta(days=rule("protocols.counts.days").value)
    rows = Act.objects.of_protocols(protocols).filter(people.countable(prefix="patient__"), at__gte=since)
    rows = rows.order_by()
    done: dict[int, Counter[str]] = {one.pk: Counter() for one in known}
    back: dict[int, Counter[str]] = {one.pk: Counter() for one in known}
    for protocol, act, state in rows.values_list("version__protocol", "act", "state"):
        if state == ActState.SIGNED:
            done[protocol][act] += 1
        elif state in {ActState.RETURNED, ActState.EMERGENCY}:
            back[protocol][str(state)] += 1
    threshold = rule("territory.secrecy.threshold").value
    found = []
    for one in known:
        version = versions.get(one.pk)
        names = [*(version.acts if version else ()), *sorted(done[one.pk])]
        counts = {name: done[one.pk][name] for name in dict.fromkeys(names)}
        returned = {"returned": back[one.pk].total()}
        found.append(Activity(one, shown(counts, threshold), shown(returned, threshold), since))
    return found


def without_answer(person: Person) -> int:
    """Return how many questions of the scopes that `person` manages no physician answered in turn."""
    scopes = access.scopes_of(person, Permission.MANAGE_PROTOCOLS)
    if not scopes:
        return 0
    rows = Referral.objects.in_scope(*scopes).unanswered()
    return rows.filter(coordination_at__isnull=False).count()
