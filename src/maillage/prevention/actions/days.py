"""Days of a campaign, their team, who is registered and who came; lots of vaccines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.directory import api as directory
from maillage.kernel import access, formats
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import StaleError, made_before, same_write
from maillage.people import api as people
from maillage.people.api import Part, Patient
from maillage.prevention.actions.invitations import came_after_all, comes_no_more, coming, to_be_told
from maillage.prevention.actions.writing import (
    managed,
    must_be_open,
    one_line,
    require_reader,
    told,
)
from maillage.prevention.models import (
    Campaign,
    DayEntry,
    DayStaff,
    PreventionAct,
    PreventionDay,
    VaccineLot,
)
from maillage.prevention.queries.campaigns import communes_of
from maillage.prevention.queries.targets import codes
from maillage.prevention.rules.vocabulary import Came
from maillage.territory import api as territory

MOST_PER_HOUR = 200
MOST_DOSES = 100_000


@transaction.atomic
def add_day(
    *,
    by: Person,
    campaign: Campaign,
    day: date,
    commune: territory.Commune,
    place: str,
    opens: int,
    closes: int,
    per_hour: int,
    key: str,
    structure: directory.Structure | None = None,
    staff: Iterable[directory.Professional] = (),
) -> PreventionDay:
    """Plan a day of a campaign; the same `key` again is the same day.

    Raises PermissionDenied; ValidationError for a day outside the campaign or past, hours that do not follow
    one another, or a commune of another territory.
    """
    row = managed(by, campaign)
    known = made_before(PreventionDay, by=by, key=key)
    said = one_line(place, 160)
    if known is not None:
        kept = (
            known.campaign_id, known.day, known.commune_id, known.structure, known.place, known.opens,
            known.closes, known.per_hour,
        )  # fmt: skip
        same = (row.pk, day, commune.pk, structure, said, opens, closes, per_hour)
        team = set(
            DayStaff.objects.in_scope(row.scope).filter(day=known).values_list("professional", flat=True)
        )
        return same_write(known, is_same=kept == same and team == {one.pk for one in _each(staff)})
    _check_day(row, day, commune, said, opens, closes, per_hour)
    made = PreventionDay.objects.create(
        campaign=row,
        by=by,
        key=key,
        day=day,
        commune=commune,
        structure=structure,
        place=said,
        opens=opens,
        closes=closes,
        per_hour=per_hour,
    )
    DayStaff.objects.bulk_create(DayStaff(day=made, professional=one) for one in _each(staff))
    told(made, by, "prevention.day_planned", {"day": day, "per_hour": per_hour}, row.scope)
    return made


def _each(staff: Iterable[directory.Professional]) -> list[directory.Professional]:
    return list({one.pk: one for one in staff}.values())


def _check_day(
    row: Campaign, day: date, commune: territory.Commune, said: str, opens: int, closes: int, per_hour: int
) -> None:
    if not said:
        raise ValidationError({"place": _("Dites où : une salle, une pharmacie, une maison de santé.")})
    if not row.first_day <= day <= row.last_day:
        raise ValidationError({"day": _("Ce jour est hors de la campagne.")})
    if day < timezone.localdate():
        raise ValidationError({"day": _("Ce jour est passé : donnez-en un à venir.")})
    if not 0 <= opens < closes <= 24:
        raise ValidationError({"closes": _("La journée finit après avoir commencé, en heures de 0 à 24.")})
    if not 1 <= per_hour <= MOST_PER_HOUR:
        raise ValidationError({"per_hour": _("De 1 à 200 personnes par heure.")})
    if commune.pk not in {one.pk for one in communes_of(row.scope)}:
        raise ValidationError({"commune": _("Cette commune n’est pas de ce territoire.")})


@transaction.atomic
def change_day(
    *,
    by: Person,
    day: PreventionDay,
    base: str,
    on: date,
    commune: territory.Commune,
    place: str,
    opens: int,
    closes: int,
    per_hour: int,
    structure: directory.Structure | None = None,
    staff: Iterable[directory.Professional] = (),
    tells: bool = False,
) -> PreventionDay:
    """Change a day to come, read as version `base`: when, where, how many an hour, who works there.

    Those who are registered were told another place or another day: it is refused, unless `tells`. Each is
    then asked by a message to get in touch, where one would be received, and is to be called by their circle
    from today. Their hours must still be open, with places for all. Unchanged, nothing is written. Raises
    PermissionDenied, ValidationError, StaleError.
    """
    campaign = managed(by, day.campaign)
    rows = PreventionDay.objects.of(campaign).select_related("campaign__scope", "commune", "structure")
    row = rows.select_for_update(of=("self",)).get(pk=day.pk)
    if row.cancelled_at is not None:
        raise ValidationError(_("Cette journée est annulée."))
    if row.day < timezone.localdate():
        raise ValidationError(_("Cette journée est passée : elle ne change plus."))
    values: dict[str, Any] = {
        "day": on, "commune": commune, "structure": structure, "place": one_line(place, 160), "opens": opens,
        "closes": closes, "per_hour": per_hour,
    }  # fmt: skip
    team = {one.pk: one for one in staff}
    known = DayStaff.objects.in_scope(campaign.scope).filter(day=row)
    before = set(known.values_list("professional", flat=True))
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed and before == team.keys():
        return row
    if row.version != base:
        raise StaleError(row)
    _check_day(campaign, on, commune, values["place"], opens, closes, per_hour)
    entries = DayEntry.objects.of(row).filter(came=Came.REGISTERED.value)
    _check_room(Counter(entries.values_list("hour", flat=True)), range(opens, closes), per_hour)
    others = (
        list(entries.select_related("patient__scope", "patient__account")) if changed.keys() & _TOLD else []
    )
    if others and not tells:
        text = ngettext(
            "{count} personne inscrite sait un autre lieu ou un autre jour : dites qu’elle sera prévenue.",
            "{count} personnes inscrites savent un autre lieu ou un autre "
            "jour : dites qu’elles seront prévenues.",
            len(others),
        )
        raise ValidationError({"tells": text.format(count=formats.number(len(others)))})
    said = {name: [getattr(row, name), value] for name, value in changed.items() if name in _SAID}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=list(changed))
    known.exclude(professional__in=team).delete()
    DayStaff.objects.bulk_create(
        DayStaff(day=row, professional=one) for key, one in team.items() if key not in before
    )
    for entry in others:
        to_be_told(by=by, campaign=campaign, patient=entry.patient, key=f"day-{row.pk}-{row.version}")
    told(row, by, "prevention.day_changed", said, campaign.scope)
    return row


#: What somebody registered was told, and what the journal says of a change.
_TOLD = frozenset({"day", "commune", "structure", "place"})
_SAID = frozenset({"day", "opens", "closes", "per_hour"})


def _check_room(taken: Counter[int], hours: range, per_hour: int) -> None:
    """Raise ValidationError where somebody is registered at an hour that closes, or that is too full."""
    closed = sorted(hour for hour in taken if hour not in hours)
    if closed:
        text = _("Des personnes sont inscrites à {hour} h : gardez cette heure, ou annulez d’abord.")
        name = "opens" if closed[0] < hours.start else "closes"
        raise ValidationError({name: text.format(hour=closed[0])})
    if taken and max(taken.values()) > per_hour:
        text = _("{count} personnes sont inscrites à la même heure : gardez autant de places.")
        raise ValidationError({"per_hour": text.format(count=max(taken.values()))})


@transaction.atomic
def cancel_day(*, by: Person, day: PreventionDay) -> PreventionDay:
    """Cancel a day on which nobody is registered. Again, nothing changes.

    Raises PermissionDenied, ValidationError.
    """
    managed(by, day.campaign)
    row = PreventionDay.objects.of(day.campaign).select_for_update().get(pk=day.pk)
    if row.cancelled_at is not None:
        return row
    if DayEntry.objects.of(row).exclude(came=Came.CANCELLED.value).exists():
        raise ValidationError(
            _("Des personnes sont inscrites : prévenez-les et annulez leur inscription d’abord.")
        )
    row.cancelled_at = timezone.now()
    row.save(update_fields=["cancelled_at"])
    told(row, by, "prevention.day_cancelled", {"day": row.day}, day.campaign.scope)
    return row


@transaction.atomic
def register_for_day(*, by: Person, day: PreventionDay, patient: Patient, hour: int, key: str) -> DayEntry:
    """Register somebody for an hour of a day: never more than its places, whoever registers at once.

    The campaign knows that they come. The same `key` again, or somebody registered at that hour already, is
    the same registration. Raises PermissionDenied; ValidationError for a full hour, a day past or cancelled.
    """
    campaign = day.campaign
    require_reader(by, patient, campaign.scope, Part.HEALTH)
    must_be_open(Campaign.objects.in_scope(campaign.scope).get(pk=campaign.pk))
    # The row of the day is the lock of its places.
    row = PreventionDay.objects.of(campaign).select_for_update().get(pk=day.pk)
    known = made_before(DayEntry, by=by, key=key)
    if known is not None:
        kept = (known.day_id, known.patient_id, known.hour)
        return same_write(known, is_same=kept == (row.pk, patient.pk, hour))
    if row.cancelled_at is not None:
        raise ValidationError(_("Cette journée est annulée."))
    if row.day < timezone.localdate():
        raise ValidationError(_("Cette journée est passée : notez l’acte sur la fiche de la personne."))
    if hour not in row.hours:
        raise ValidationError({"hour": _("La journée n’est pas ouverte à cette heure.")})
    there = DayEntry.objects.of(row).exclude(came=Came.CANCELLED.value)
    mine = there.filter(patient=patient).first()
    if mine is not None and mine.hour == hour:
        return mine
    if mine is not None:
        raise ValidationError(
            _("Cette personne est déjà inscrite à {hour} h : annulez d’abord.").format(hour=mine.hour)
        )
    if there.filter(hour=hour).count() >= row.per_hour:
        raise ValidationError({"hour": _("Cette heure est complète : choisissez-en une autre.")})
    made = DayEntry.objects.create(day=row, patient=patient, hour=hour, by=by, key=key, came=Came.REGISTERED)
    people.lock(patient)
    coming(by=by, campaign=campaign, patient=patient, key=f"entry-{made.pk}")
    told(made, by, "prevention.registered", {"hour": hour}, campaign.scope)
    return made


@transaction.atomic
def note_came(*, by: Person, entry: DayEntry, came: Came) -> DayEntry:
    """Note whether somebody came, or cancel their registration. Raises PermissionDenied, ValidationError.

    Whoever cancels or does not come is to be asked again from today.
    """
    campaign = entry.day.campaign
    require_reader(by, entry.patient, campaign.scope, Part.HEALTH)
    PreventionDay.objects.of(campaign).select_for_update().get(pk=entry.day_id)
    row = DayEntry.objects.of(entry.day).get(pk=entry.pk)
    if row.came == came:
        return row
    if row.came == Came.CANCELLED:
        raise ValidationError(_("Cette inscription est annulée : inscrivez de nouveau la personne."))
    if came in {Came.CAME, Came.ABSENT} and entry.day.day > timezone.localdate():
        raise ValidationError(_("Cette journée est à venir : notez les venues le jour même."))
    was, row.came = row.came, came.value
    row.save(update_fields=["came"])
    if came in {Came.ABSENT, Came.CANCELLED}:
        comes_no_more(campaign, entry.patient)
    elif was == Came.ABSENT:
        came_after_all(campaign, entry.patient)
    told(row, by, "prevention.attendance_noted", {"came": came.value}, campaign.scope)
    return row


@transaction.atomic
def add_lot(
    *,
    by: Person,
    scope: Scope,
    target: str,
    product: str,
    number: str,
    expires_on: date,
    received: int,
    key: str,
) -> VaccineLot:
    """Enter a lot in the stock of a scope; the same `key` again is the same lot.

    Raises PermissionDenied; ValidationError for a lot already entered, expired, or of an unknown act.
    """
    access.require(by, Permission.MANAGE_PREVENTION, scope)
    locked = Scope.objects.select_for_update().get(pk=scope.pk)
    what, digits = one_line(product, 120), one_line(number, 40).upper()
    known = made_before(VaccineLot, by=by, key=key)
    if known is not None:
        kept = (
            known.scope_id, known.target, known.product, known.number, known.received, known.expires_on,
        )  # fmt: skip
        same = (scope.pk, target, what, digits, received, expires_on)
        return same_write(known, is_same=kept == same)
    if target not in codes():
        raise ValidationError({"target": _("Choisissez un acte de la liste.")})
    if not what or not digits:
        raise ValidationError({"product" if not what else "number": _("Recopiez-le de la boîte.")})
    if expires_on < timezone.localdate():
        raise ValidationError({"expires_on": _("Ce lot est déjà périmé.")})
    if not 1 <= received <= MOST_DOSES:
        raise ValidationError({"received": _("De 1 à 100 000 doses.")})
    if VaccineLot.objects.in_scope(locked).filter(product=what, number=digits).exists():
        raise ValidationError({"number": _("Ce lot est déjà entré : relisez le stock.")})
    made = VaccineLot.objects.create(
        by=by,
        key=key,
        scope=locked,
        target=target,
        product=what,
        number=digits,
        expires_on=expires_on,
        received=received,
        left=received,
    )
    told(made, by, "prevention.lot_entered", {"received": received, "expires_on": expires_on}, scope)
    return made


@transaction.atomic
def change_lot(*, by: Person, lot: VaccineLot, base: str, expires_on: date, received: int) -> VaccineLot:
    """Correct a lot read as version `base`: its last day, how many doses came, those broken or lost less.

    Never fewer than acts have taken, nor a last day before one of them. Its product and number stay: files
    name them. Unchanged, nothing is written. Raises PermissionDenied, ValidationError, StaleError.
    """
    access.require(by, Permission.MANAGE_PREVENTION, lot.scope)
    rows = VaccineLot.objects.in_scope(lot.scope).select_related("scope")
    row = rows.select_for_update(of=("self",)).get(pk=lot.pk)
    if (row.expires_on, row.received) == (expires_on, received):
        return row
    if row.version != base:
        raise StaleError(row)
    if not max(1, row.used) <= received <= MOST_DOSES:
        text = _("Donnez de {least} à 100 000 doses : des actes en ont déjà pris {used}.")
        raise ValidationError({"received": text.format(least=max(1, row.used), used=row.used)})
    acts = PreventionAct.objects.in_scope(lot.scope).standing().filter(lot=row)
    if acts.filter(done_on__gt=expires_on).exists():
        raise ValidationError({"expires_on": _("Un acte noté a utilisé ce lot après ce jour.")})
    said = {"received": [row.received, received], "expires_on": [row.expires_on, expires_on]}
    row.left += received - row.received
    row.received, row.expires_on = received, expires_on
    row.save(update_fields=["left", "received", "expires_on"])
    told(row, by, "prevention.lot_changed", said, lot.scope)
    return row
