"""Entering and correcting measures; each runs the alert rules of the plan in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.actions.tasks import cancel_by_rule, named, open_task, reads_plan
from maillage.care.models import Alert, AlertRule, Measure
from maillage.care.models.measures import KIND_LABELS
from maillage.care.queries.measures import condition_of, kinds, readings_of, reason, tried, written
from maillage.care.queries.rights import may_add, require_writer
from maillage.care.rules.alerts import CHANGES, ConditionKind, Episode, Known, episodes, outcome
from maillage.care.rules.measures import Plausibility, Taker
from maillage.care.rules.tasks import Priority, TaskOrigin
from maillage.directory import api as directory
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people

#: A clock that is a little ahead of ours takes no measure in the future.
AHEAD = timedelta(minutes=15)
LONGEST_DAYS, MOST_HOURS = 90, 720


class AskAgainError(ValidationError):
    """A value is unlikely: it is kept once said again."""


@transaction.atomic
def record_measures(
    *,
    by: Person,
    patient: people.Patient,
    values: Mapping[str, Decimal],
    taken_at: datetime,
    key: str,
    confirmed: bool = False,
) -> list[Measure]:
    """Keep values taken together, by kind; the alert rules of the plan run on each.

    By a professional of the circle, the patient or a carer who reads the health part. The same `key` again
    keeps nothing twice. Raises PermissionDenied; ValidationError for an impossible value or an hour to come;
    AskAgainError for an unlikely one, unless `confirmed`.
    """
    decision = people.decision(by, patient, people.Part.HEALTH)
    if not may_add(decision):
        raise PermissionDenied(_("Vous ne notez pas de mesure dans ce dossier."))
    people.lock(patient)
    known = list(Measure.objects.of_patient(patient).filter(by=by, key__startswith=f"{key}-").order_by("pk"))
    if known:
        return known
    if not values:
        raise ValidationError(_("Notez au moins une mesure."))
    _check(patient, values, taken_at, confirmed=confirmed)
    made = [
        Measure.objects.create(
            patient=patient,
            kind=kind,
            value=value,
            taken_at=taken_at,
            taken_by=_taker(decision).value,
            is_confirmed=confirmed,
            key=f"{key}-{kind}",
            by=by,
        )
        for kind, value in values.items()
    ]
    for kind in values:
        run_rules(by=by, patient=patient, kind=kind)
    _record(by, "care.measured", patient, {"kind": [None, sorted(values)]})
    return made


@transaction.atomic
def correct_measure(*, by: Person, measure: Measure, value: Decimal | None, why: str, key: str) -> Measure:
    """Put another value in the place of a measure, or take it back (None); the first row stays as it was.

    By whoever typed it, or a professional who writes the health part. The alert rules run again: an alarm
    that nothing calls for any more is withdrawn, and its task cancelled. Corrected already, the row that did
    it is returned. Raises as `record_measures`.
    """
    patient = measure.patient
    people.lock(patient)
    row = Measure.objects.of_patient(patient).select_related("corrected_by").get(pk=measure.pk)
    decision = people.decision(by, patient, people.Part.HEALTH)
    if not may_add(decision):
        raise PermissionDenied(_("Vous ne notez pas de mesure dans ce dossier."))
    if row.by_id != by.pk:
        require_writer(by, patient, people.Part.HEALTH)
    following: Measure | None = getattr(row, "corrected_by", None)
    if following is not None:
        return following
    if not why.strip():
        raise ValidationError(_("Dites pourquoi cette mesure est corrigée."))
    if value is not None:
        _check(patient, {row.kind: value}, row.taken_at, confirmed=True)
    made = Measure.objects.create(
        patient=patient,
        kind=row.kind,
        value=row.value if value is None else value,
        taken_at=row.taken_at,
        taken_by=row.taken_by,
        is_confirmed=True,
        is_withdrawn=value is None,
        corrects=row,
        reason=why.strip()[:300],
        key=key,
        by=by,
    )
    run_rules(by=by, patient=patient, kind=row.kind)
    _record(by, "care.measure_corrected", patient, {"kind": row.kind})
    return made


def run_rules(*, by: Person, patient: people.Patient, kind: str) -> list[Alert]:
    """Run the rules switched on for one kind of measure; return the alerts raised.

    A rise that goes on raises nothing more; what a correction undoes is withdrawn.
    """
    rules = (
        AlertRule.objects.of_patient(patient)
        .on()
        .filter(kind=kind)
        .select_related("professional", "person", "by", "scope", "patient")
    )
    readings = readings_of(patient, kind)
    raised = []
    for one in rules:
        rows = list(Alert.objects.of_patient(patient).filter(rule=one, withdrawn_at=None))
        by_key = {row.pk: row for row in rows}
        assert one.switched_on_at is not None
        found = outcome(
            episodes(condition_of(one), readings),
            [Known(row.pk, frozenset(row.called_out)) for row in rows],
            one.switched_on_at,
        )
        for pk, episode in found.continued:
            row = by_key[pk]
            row.called_out = sorted({*row.called_out, *episode.keys})
            row.save(update_fields=["called_out"])
        for pk in found.gone:
            _withdraw(by, by_key[pk])
        raised += [_raise(one, episode) for episode in found.raised]
    return raised


@transaction.atomic
def draft_rule(
    *,
    by: Person,
    patient: people.Patient,
    kind: str,
    condition: ConditionKind,
    amount: Decimal,
    days: int,
    owner: directory.Professional | Person,
    what: str,
    hours: int,
) -> AlertRule:
    """Write an alert rule of the plan; it runs once it was tried and switched on.

    For a professional who writes the plan and reads the measures. Raises PermissionDenied, ValidationError.
    """
    require_writer(by, patient, people.Part.PLAN)
    require_writer(by, patient, people.Part.HEALTH)
    known = kinds().get(kind)
    if known is None or not known.is_amount(amount):
        raise ValidationError(
            _("Choisissez une mesure, et une quantité plus grande que zéro qu’elle puisse atteindre.")
        )
    days = days if condition in CHANGES else 0
    if condition in CHANGES and not 1 <= days <= LONGEST_DAYS:
        raise ValidationError(_("Dites en combien de jours, de 1 à 90."))
    if not 1 <= hours <= MOST_HOURS or not what.strip():
        raise ValidationError(_("Dites ce qui est à faire, et dans combien d’heures."))
    if not reads_plan(owner, patient):
        raise ValidationError(_("Celui qui fait quelque chose lit le plan : choisissez-le dans le cercle."))
    made = AlertRule.objects.create(
        scope=patient.scope,
        patient=patient,
        kind=kind,
        condition=condition.value,
        amount=amount,
        days=days,
        what=" ".join(what.split())[:200],
        hours=hours,
        by=by,
        **named(owner),
    )
    _record(
        by, "care.alert_rule_written", patient, {"kind": [None, kind], "condition": [None, made.condition]}
    )
    return made


@transaction.atomic
def switch_on(*, by: Person, rule: AlertRule, seen: int) -> AlertRule:
    """Let a rule run, once whoever writes the plan saw what it would have raised: `seen` episodes.

    On already, nothing changes. Raises PermissionDenied; ValidationError where the measures changed since.
    """
    require_writer(by, rule.patient, people.Part.PLAN)
    people.lock(rule.patient)
    row = AlertRule.objects.of_patient(rule.patient).select_related("patient").get(pk=rule.pk)
    if row.is_on:
        return row
    if row.ended_at is not None:
        raise ValidationError(_("Cette règle est arrêtée : écrivez-en une autre."))
    if len(tried(row)) != seen:
        raise ValidationError(_("Les mesures ont changé : relisez l’essai avant de la mettre en marche."))
    row.switched_on_at = timezone.now()
    row.save(update_fields=["switched_on_at"])
    _record(by, "care.alert_rule_switched_on", row.patient, {"switched_on_at": [None, row.switched_on_at]})
    return row


@transaction.atomic
def end_rule(*, by: Person, rule: AlertRule) -> AlertRule:
    """Stop a rule; its alerts stay. Stopped already, nothing changes. Raises PermissionDenied."""
    require_writer(by, rule.patient, people.Part.PLAN)
    row = AlertRule.objects.of_patient(rule.patient).select_for_update(of=("self",)).get(pk=rule.pk)
    if row.ended_at is None:
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        _record(by, "care.alert_rule_ended", rule.patient, {"ended_at": [None, row.ended_at]})
    return row


def _raise(one: AlertRule, episode: Episode) -> Alert:
    """Write the task of an alarm, for its owner or whoever of the circle stands in, with its reason."""
    owner = _receiver(one)
    keys = [row.key for row in episode.rows]
    before = Alert.objects.of_patient(one.patient).filter(rule=one).count()
    alert = Alert(rule=one, called_out=sorted(episode.keys), rows=keys)
    if owner is not None:
        alert.task = open_task(
            by=None,
            scope=one.scope,
            patient=one.patient,
            owner=owner,
            title=one.what,
            why=reason(one, episode),
            due_at=timezone.now() + timedelta(hours=one.hours),
            priority=Priority.URGENT,
            origin=TaskOrigin.ALERT,
            source=journal.target_of(one),
            key=f"alert-{one.pk}-{episode.readings[0].key}-{before}",
        )
    alert.save()
    return alert


def _receiver(one: AlertRule) -> directory.Professional | Person | None:
    """Return who gets the task: the owner, the médecin traitant, who wrote the rule, anybody of the circle.

    Of those alone who read the plan; None where nobody does: the alert then says that it has no reader.
    """
    wanted = [one.owner, one.patient.referring_doctor, one.by]
    wanted += [who for _key, _name, who in people.holders_reading(one.patient, people.Part.PLAN)]
    return next((who for who in wanted if who is not None and reads_plan(who, one.patient)), None)


def _withdraw(by: Person, row: Alert) -> None:
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    if row.task is not None:
        said = _("Une mesure a été corrigée : plus rien n’appelle cette alerte.")
        cancel_by_rule(by=by, task=row.task, reason=said)


def _taker(decision: people.Decision) -> Taker:
    if decision.reason is people.Reason.OWN:
        return Taker.PATIENT
    is_carer = decision.link is not None and decision.link.role == Role.CARER.value
    return Taker.CARER if is_carer else Taker.PROFESSIONAL


def _check(
    patient: people.Patient, values: Mapping[str, Decimal], taken_at: datetime, *, confirmed: bool
) -> None:
    born = patient.birth_date
    if born is not None and taken_at.astimezone(patient.scope.zone).date() < born:
        raise ValidationError(_("Cette date est avant la naissance de la personne : relisez-la."))
    if taken_at > timezone.now() + AHEAD:
        raise ValidationError(_("Une mesure ne se prend pas demain : relisez la date."))
    known, unlikely = kinds(), []
    for kind, value in values.items():
        if kind not in known:
            raise ValidationError(_("Cette mesure n’est pas connue."))
        said = {"kind": KIND_LABELS[kind], "value": written(kind, value)}
        plausibility = known[kind].plausibility(value)
        if plausibility is Plausibility.IMPOSSIBLE:
            raise ValidationError(
                _("{kind} : {value} est impossible. Relisez ce qui est tapé.").format(**said)
            )
        if plausibility is Plausibility.ASK_AGAIN and not confirmed:
            unlikely.append(_("{kind} : {value}").format(**said))
    if unlikely:
        text = _("Est-ce bien cela ? {values}. Relisez, puis confirmez.")
        raise AskAgainError(text.format(values=", ".join(unlikely)))


def _record(by: Person, verb: str, patient: people.Patient, changes: dict[str, Any]) -> None:
    target = journal.target_of(patient)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=patient.scope_id)
