"""The agenda of a meeting: topics, cases with the patient’s agreement, what leaves it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.actions.meetings import locked, record, require_standing
from maillage.care.models import AgendaItem, Meeting
from maillage.care.queries.meetings import ItemSeen, MeetingSeen, seen_of
from maillage.care.queries.rights import may_write, require_writer
from maillage.care.rules.meetings import LONGEST, SHORTEST, AgreedBy, Withdrawal
from maillage.kernel import databases
from maillage.kernel.models import Person
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people import api as people


@transaction.atomic
def add_topic(*, by: Person, meeting: Meeting, subject: str, length: int, key: str) -> AgendaItem:
    """Put a topic on the agenda of a meeting that `by` sees whole; `length` in minutes.

    The same `key` of `by` again returns the first. Raises PermissionDenied, ValidationError.
    """
    return _add(by, meeting, subject, length, key, None)


@transaction.atomic
def add_case(
    *,
    by: Person,
    meeting: Meeting,
    patient: people.Patient,
    subject: str,
    length: int,
    key: str,
    agreed_by: AgreedBy | None = None,
    means: people.Means = people.Means.SPOKEN,
) -> AgendaItem:
    """Put the case of a patient on the agenda: the question, and the agreement where it was given.

    For who writes their plan. Until they agree, nobody else knows whose case it is. Raises as `add_topic`.
    """
    require_writer(by, patient, people.Part.PLAN)
    if patient.scope_id != meeting.scope_id:
        raise ValidationError(_("Cette personne est suivie dans un autre périmètre que celui de la réunion."))
    if people.opposing([patient.pk], people.Part.PLAN):
        raise ValidationError(_("Cette personne s’oppose à ce que son plan soit lu."))
    item = _add(by, meeting, subject, length, key, patient)
    if agreed_by is not None and item.agreed_at is None:
        return _agree(by, item, agreed_by, means, timezone.now())
    return item


@transaction.atomic
def record_agreement(
    *,
    by: Person,
    item: AgendaItem,
    agreed_by: AgreedBy,
    means: people.Means = people.Means.SPOKEN,
    agreed_at: datetime | None = None,
) -> AgendaItem:
    """Note that the patient agrees that their case is discussed: who said so, how, when.

    By the patient in their space, or by who writes their plan. Agreed already, nothing changes. Raises
    PermissionDenied, ValidationError.
    """
    meeting = locked(item.meeting)
    row = _locked_case(item)
    assert row.patient is not None
    if row.patient.account_id == by.pk:
        agreed_by, means, agreed_at = AgreedBy.PATIENT, people.Means.SPACE, None
    else:
        require_writer(by, row.patient, people.Part.PLAN)
        if means is people.Means.SPACE:
            raise ValidationError(_("Dites si la personne l’a dit de vive voix ou par écrit."))
    require_standing(meeting)
    _require_on_agenda(row)
    if people.opposing([row.patient.pk], people.Part.PLAN):
        raise ValidationError(_("Cette personne s’oppose à ce que son plan soit lu."))
    when = agreed_at or timezone.now()
    if when > timezone.now():
        raise ValidationError(_("Un accord ne se note pas d’avance."))
    return row if row.agreed_at is not None else _agree(by, row, agreed_by, means, when)


@transaction.atomic
def withdraw_item(*, by: Person, item: AgendaItem, why: Withdrawal) -> AgendaItem:
    """Take an item off the agenda at once, and say why; again, nothing changes.

    The patient opposes; who keeps the meeting, proposed the item or reads the case takes it off. What was
    decided before stays a task of the plan. Raises PermissionDenied, ValidationError.
    """
    meeting = locked(item.meeting)
    row = AgendaItem.objects.of_meeting(meeting).select_related("patient").get(pk=item.pk)
    patient = row.patient
    if patient is not None and patient.account_id == by.pk:
        why = Withdrawal.OPPOSED
    else:
        seen = seen_of(by, meeting)
        if not seen.is_whole or not _may_withdraw(by, row, seen):
            raise PermissionDenied(_("Seuls l’équipe de soins et qui organise la réunion peuvent le faire."))
        if patient is None and why is not Withdrawal.DROPPED:
            raise ValidationError(_("Cette raison vaut pour la situation d’une personne."))
    if row.is_withdrawn:
        return row
    row.withdrawn_at, row.withdrawn_by, row.withdrawal = timezone.now(), by, why.value
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal"])
    record(by, "care.item_withdrawn", row, {"withdrawal": ["", why.value]})
    return row


@transaction.atomic
def move_item(*, by: Person, item: AgendaItem, up: bool) -> AgendaItem:
    """Exchange an item with the one before it (`up`) or after it; at the end of the list, nothing changes.

    Raises PermissionDenied unless `by` sees the meeting whole, ValidationError.
    """
    meeting = locked(item.meeting)
    require_standing(meeting)
    if not seen_of(by, meeting).is_whole:
        raise PermissionDenied(_("Vous ne voyez pas cette réunion."))
    rows = list(AgendaItem.objects.of_meeting(meeting).filter(withdrawn_at=None).order_by("position", "pk"))
    place = next((rank for rank, one in enumerate(rows) if one.pk == item.pk), None)
    if place is None:
        raise ValidationError(_("Ce point n’est plus à l’ordre du jour."))
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        for rank, one in enumerate(rows, start=1):
            one.position = rank
            one.save(update_fields=["position"])
        record(by, "care.item_moved", item, {"position": [place + 1, other + 1]})
    return item


def open_item(by: Person, item: AgendaItem, *, writes: bool) -> ItemSeen:
    """Return an item as `by` sees it now, which may be discussed: of a page still open, the last word.

    `writes`: as one who may write of it, that is who writes the plan of the patient of a case. Raises
    PermissionDenied, ValidationError with the sentence to show.
    """
    seen = seen_of(by, item.meeting)
    found = seen.item(item.pk)
    if found is None or (writes and not seen.is_whole):
        raise PermissionDenied(_("Vous ne voyez pas ce point."))
    if found.is_opposed:
        raise ValidationError(
            _("La personne s’oppose à ce que sa situation soit discutée : rien n’est écrit.")
        )
    if found.item.is_withdrawn:
        raise ValidationError(_("Ce point n’est plus à l’ordre du jour."))
    if not found.is_open:
        raise ValidationError(_("Sans l’accord de la personne, sa situation n’est pas discutée."))
    patient = found.item.patient
    if writes and patient is not None and not _writes(by, found, patient):
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))
    return found


def _writes(by: Person, seen: ItemSeen, patient: people.Patient) -> bool:
    return seen.is_read and may_write(people.decision(by, patient, people.Part.PLAN))


def _add(
    by: Person, meeting: Meeting, subject: str, length: int, key: str, patient: people.Patient | None
) -> AgendaItem:
    row = locked(meeting)
    known = made_before(
        AgendaItem,
        by=by,
        key=key,
        related=(
            "meeting__scope",
            "patient",
        ),
    )
    if known is not None:
        return _same(known, row, patient)
    if not seen_of(by, row).is_whole:
        raise PermissionDenied(_("Vous ne voyez pas cette réunion."))
    require_standing(row)
    said = " ".join(subject.split())
    if not said:
        raise ValidationError(
            _("Écrivez la question à discuter.") if patient else _("Écrivez le sujet à discuter.")
        )
    if not SHORTEST <= length <= LONGEST:
        raise ValidationError(_("Un point dure au moins {shortest} minutes.").format(shortest=SHORTEST))
    here = AgendaItem.objects.of_meeting(row)
    if patient is not None:
        again = here.filter(patient=patient, withdrawn_at=None).first()
        if again is not None:
            raise ValidationError(_("La situation de cette personne est déjà à l’ordre du jour."))
    item = AgendaItem(
        key=key,
        by=by,
        at=timezone.now(),
        meeting=row,
        position=(here.order_by("-position").values_list("position", flat=True).first() or 0) + 1,
        subject=said[:300],
        length=length,
        patient=patient,
    )
    if not databases.insert_new([item], unique=["by", "key"]):
        return _same(made_meanwhile(AgendaItem, by=by, key=key), row, patient)
    record(by, "care.item_added", item, {"is_case": patient is not None})
    return item


def _same(known: AgendaItem, meeting: Meeting, patient: people.Patient | None) -> AgendaItem:
    return same_write(
        known, is_same=(known.meeting_id, known.patient_id) == (meeting.pk, patient.pk if patient else None)
    )


def _agree(
    by: Person, row: AgendaItem, agreed_by: AgreedBy, means: people.Means, when: datetime
) -> AgendaItem:
    values: dict[str, Any] = {
        "agreed_at": when,
        "agreed_by": agreed_by.value,
        "means": means.value,
        "agreement_by": by,
    }
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    record(by, "care.item_agreed", row, {"agreed_at": [None, when], "means": [None, means.value]})
    return row


def _locked_case(item: AgendaItem) -> AgendaItem:
    rows = AgendaItem.objects.of_meeting(item.meeting).select_related("patient", "meeting__scope")
    row = rows.select_for_update(of=("self",)).get(pk=item.pk)
    if row.patient is None:
        raise ValidationError(_("Un sujet général ne demande l’accord de personne."))
    return row


def _require_on_agenda(row: AgendaItem) -> None:
    if row.is_withdrawn:
        raise ValidationError(_("Ce point n’est plus à l’ordre du jour."))


def _may_withdraw(by: Person, row: AgendaItem, seen: MeetingSeen) -> bool:
    found = seen.item(row.pk)
    return seen.keeps or row.by_id == by.pk or (found is not None and row.is_case and found.is_read)
