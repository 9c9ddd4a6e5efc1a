"""Reads of measures and of the alert rules on them; whoever calls has read the health part by the circle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.models import Alert, AlertRule, Measure
from maillage.care.models.measures import CONDITION_LABELS, KIND_LABELS, KINDS_SAID
from maillage.care.rules.alerts import CHANGES, Condition, ConditionKind, Episode, Reading, episodes
from maillage.care.rules.measures import Kind, Plausibility, is_vital, kind_of
from maillage.kernel import formats
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people

#: Measures of one kind that a page shows.
SHOWN = 30


def kinds() -> dict[str, Kind]:
    """Return what may be measured, by code, in the order of the rule."""
    table: Mapping[str, Mapping[str, object]] = rule("care.measures.kinds").value
    return {code: kind_of(code, one) for code, one in table.items()}


def readings_of(patient: people.Patient, kind: str) -> list[Reading]:
    """Return what stands of one kind, as the rules read it."""
    rows = Measure.objects.of_patient(patient).standing().filter(kind=kind)
    return [Reading(*row) for row in rows.values_list("pk", "taken_at", "value")]


def condition_of(one: AlertRule) -> Condition:
    """Return the condition of a rule."""
    return Condition(ConditionKind(one.condition), one.amount, one.days)


def tried(one: AlertRule) -> list[Episode]:
    """Return what a rule would have raised on the measures known so far, oldest first."""
    return episodes(condition_of(one), readings_of(one.patient, one.kind))


def measures_of(patient: people.Patient) -> list[Measure]:
    """Return every measure of a patient read in scope, corrected ones included, the latest first."""
    rows = Measure.objects.of_patient(patient).select_related("by", "corrected_by")
    return list(rows)


def rules_of(patient: people.Patient) -> list[AlertRule]:
    """Return the alert rules of a patient read in scope, those that run or wait first."""
    rows = AlertRule.objects.of_patient(patient).select_related("professional", "person", "by", "patient")
    return sorted(rows, key=lambda one: (one.ended_at is not None, one.pk))


def alerts_of(patient: people.Patient) -> list[Alert]:
    """Return the alerts of a patient read in scope that stand, with their task, the latest first."""
    rows = Alert.objects.of_patient(patient).filter(withdrawn_at=None)
    return list(rows.select_related("task__professional", "task__person", "task__closed_by", "rule"))


def vital_of(measures: Sequence[Measure]) -> list[Measure]:
    """Return which of some measures that stand call for the 15: taken lately, by the rule of vital bounds."""
    return [one for one in measures if _calls_for_the_15(one.kind, one.value, one.taken_at)]


def vital_typed(values: Mapping[str, Decimal], taken_at: datetime) -> list[str]:
    """Say which values call for the 15 among what somebody typed and that is not kept: yet, or at all.

    A value that nobody lives with is a slip, and calls nobody.
    """
    known = kinds()
    return [
        said_vital(kind, value, taken_at)
        for kind, value in values.items()
        if known[kind].plausibility(value) is not Plausibility.IMPOSSIBLE
        and _calls_for_the_15(kind, value, taken_at)
    ]


def said_vital(kind: str, value: Decimal, taken_at: datetime) -> str:
    """Say a measure that calls for the 15, as it is to be told on the telephone."""
    said = {"kind": KIND_LABELS[kind], "value": written(kind, value), "when": formats.date_long(taken_at)}
    return _("{kind} : {value}, {when}").format(**said)


def _calls_for_the_15(kind: str, value: Decimal, taken_at: datetime) -> bool:
    bounds = rule("care.measures.vital").value
    since = timezone.now() - timedelta(hours=rule("care.measures.vital_hours").value)
    return kind in bounds and taken_at >= since and is_vital(value, bounds[kind])


def written(kind: str, value: Decimal) -> str:
    """Return a value with its unit, as people read it."""
    known = kinds()[kind]
    return formats.quantity(value, known.unit, known.decimals)


def sentence(one: AlertRule) -> str:
    """Say a rule as a sentence of the plan."""
    condition = ConditionKind(one.condition)
    said = (
        _("Si {kind} {verb} {amount} en {days} j : {what}, {owner}, dans les {hours} h.")
        if condition in CHANGES
        else _("Si {kind} {verb} {amount} : {what}, {owner}, dans les {hours} h.")
    )
    return said.format(
        kind=KINDS_SAID[one.kind],
        verb=CONDITION_LABELS[condition],
        amount=written(one.kind, one.amount),
        days=one.days,
        what=one.what,
        owner=one.owner,
        hours=one.hours,
    )


def reason(one: AlertRule, found: Episode) -> str:
    """Say in words why an alarm was raised: the rule, and the measures that it read with their days."""
    read = ", ".join(
        _("{value} le {day}").format(value=written(one.kind, row.value), day=formats.date_short(row.at))
        for row in found.rows
    )
    return _("{rule} Mesures lues : {read}.").format(rule=sentence(one), read=read)


@dataclass(frozen=True, slots=True)
class Series:
    """The last measures of one kind, oldest first, for a small drawing and its table."""

    code: str
    label: str
    rows: list[Measure]
    values: list[float]
    last: str
    change: str


def series(measures: Sequence[Measure]) -> list[Series]:
    """Return the measures that stand by kind, in the order of the rule; kinds never measured are left out."""
    found = []
    for code, kind in kinds().items():
        standing = [one for one in measures if one.kind == code and _stands(one)]
        rows = sorted(standing, key=lambda one: (one.taken_at, one.pk))[-SHOWN:]
        if not rows:
            continue
        last = rows[-1]
        change = ""
        if len(rows) > 1:
            moved = formats.signed(last.value - rows[-2].value, kind.decimals)
            change = _("{moved} depuis le {day}").format(
                moved=moved, day=formats.date_short(rows[-2].taken_at)
            )
        found.append(
            Series(
                code,
                str(KIND_LABELS[code]),
                rows,
                [float(one.value) for one in rows],
                written(code, last.value),
                change,
            )
        )
    return found


def last_said(patient: people.Patient) -> list[str]:
    """Say the last measure of each kind of a patient read in scope: « Poids : 68,1 kg, 12/03/2026 »."""
    text = _("{kind} : {value}, {day}")
    return [
        text.format(kind=one.label, value=one.last, day=formats.date_short(one.rows[-1].taken_at))
        for one in series(measures_of(patient))
    ]


def _stands(one: Measure) -> bool:
    return not one.is_withdrawn and getattr(one, "corrected_by", None) is None
