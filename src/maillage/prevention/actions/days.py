"""Days of a campaign, their team, who is registered and who came; lots of vaccines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write
from maillage.people import api as people
from maillage.people.api import Part, Patient
from maillage.prevention.actions.invitations import comes_no_more, coming
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
    PreventionDay,
    VaccineLot,
)
from maillage.prevention.queries.campaigns import communes_of
from maillage.prevention.queries.targets import codes
from maillage.prevention.rules.vocabulary import Came
from maillage.territory import api as territory

MOST_PER_HOUR = 200


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
        kept = (known.campaign_id, known.day, known.commune_id, known.place, known.opens, known.closes)
        same = (row.pk, day, commune.pk, said, opens, closes)
        return same_write(known, is_same=kept == same)
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
    DayStaff.objects.bulk_create(DayStaff(day=made, professional=one) for one in staff)
    told(made, by, "prevention.day_planned", {"day": day, "per_hour": per_hour}, row.scope)
    return made


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
    row.came = came.value
    row.save(update_fields=["came"])
    if came in {Came.ABSENT, Came.CANCELLED}:
        comes_no_more(campaign, entry.patient)
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
        kept = (known.scope_id, known.product, known.number, known.received)
        return same_write(known, is_same=kept == (scope.pk, what, digits, received))
    if target not in codes():
        raise ValidationError({"target": _("Choisissez un acte de la liste.")})
    if not what or not digits:
        raise ValidationError({"product" if not what else "number": _("Recopiez-le de la boîte.")})
    if expires_on < timezone.localdate():
        raise ValidationError({"expires_on": _("Ce lot est déjà périmé.")})
    if not 1 <= received <= 100_000:
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
