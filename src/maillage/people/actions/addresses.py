"""The addresses of a person: noted by who cares for them, proposed by the person, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import formats, journal
from maillage.kernel.models import Person
from maillage.people.actions.patients import is_own_file, may_keep
from maillage.people.models import Patient, PatientAddress
from maillage.people.queries import circle
from maillage.people.rules.addresses import State, Use, is_stay, overlaps
from maillage.people.rules.circle import Part, Reason
from maillage.territory import api as territory


@dataclass(frozen=True, slots=True)
class Where:
    """An address as it is said; `until` is its last day."""

    use: Use
    label: str = ""
    line: str = ""
    postcode: str = ""
    commune: territory.Commune | None = None
    since: date | None = None
    until: date | None = None


def may_note(person: Person, patient: Patient) -> bool:
    """Return whether `person` notes where a patient lives: who keeps the file, or their care team."""
    if is_own_file(person, patient):
        return False
    decision = circle.decision(person, patient, Part.REACH)
    return (decision.is_allowed and decision.reason is Reason.TEAM) or may_keep(person, patient)


@transaction.atomic
def add_address(*, by: Person, patient: Patient, where: Where, key: str) -> PatientAddress:
    """Note an address of a patient, or propose one's own, which a professional then confirms.

    A new home ends the one lived at before it, the day before; two homes, or two stays, share no day. The
    same `key` of `by` again is the same address. Raises PermissionDenied, ValidationError.
    """
    own = is_own_file(by, patient)
    if not own and not may_note(by, patient):
        raise PermissionDenied(_("Seuls la personne et qui tient son dossier notent ses adresses."))
    # The file's row is the lock: two who add at once are read one after the other.
    Patient._base_manager.select_for_update().filter(pk=patient.pk).first()
    rows = list(PatientAddress.objects.of_patient(patient).order_by("position", "pk"))
    known = next((one for one in rows if (one.by_id, one.key) == (by.pk, key)), None)
    if known is not None:
        return known
    _check(where)
    row = PatientAddress(
        patient=patient,
        use=where.use.value,
        label=where.label.strip()[:60],
        line=where.line.strip()[:200],
        postcode=where.postcode.strip()[:5],
        commune=where.commune,
        since=where.since,
        until=where.until,
        state=(State.PROPOSED if own else State.CONFIRMED).value,
        position=max((one.position for one in rows), default=-1) + 1,
        by=by,
        at=timezone.now(),
        key=key,
    )
    if not own:
        _make_room(by, row, rows)
    row.save()
    _record(by, "people.address_proposed" if own else "people.address_added", row)
    return row


@transaction.atomic
def decide_address(*, by: Person, address: PatientAddress, is_right: bool) -> PatientAddress:
    """Confirm what a person proposed, or say that it is not so; decided already, nothing changes.

    Raises PermissionDenied, ValidationError where it shares days with another.
    """
    row, rows = _locked(by, address)
    if row.state != State.PROPOSED.value:
        return row
    if is_right:
        _make_room(by, row, rows)
    row.state = (State.CONFIRMED if is_right else State.REFUSED).value
    row.save(update_fields=["state", "since"])
    _record(by, "people.address_confirmed" if is_right else "people.address_refused", row)
    return row


@transaction.atomic
def end_address(*, by: Person, address: PatientAddress, until: date) -> PatientAddress:
    """Note the last day at an address. Raises PermissionDenied, ValidationError."""
    row, rows = _locked(by, address)
    if row.state != State.CONFIRMED.value:
        raise ValidationError(_("Cette adresse n’est pas confirmée : confirmez-la, ou écartez-la."))
    if row.until == until:
        return row
    if row.since is not None and until < row.since:
        raise ValidationError(_("Le dernier jour vient après le premier."))
    row.until = until
    _require_room(row, rows)
    row.save(update_fields=["until"])
    _record(by, "people.address_ended", row)
    return row


def _check(where: Where) -> None:
    if not (where.line.strip() or where.commune):
        raise ValidationError(_("Donnez au moins la commune, ou la rue."))
    if is_stay_use(where.use) and (where.since is None or where.until is None):
        raise ValidationError(_("Un séjour a un premier et un dernier jour."))
    if where.since is not None and where.until is not None and where.until < where.since:
        raise ValidationError(_("Le dernier jour vient après le premier."))


def is_stay_use(use: Use) -> bool:
    """Return whether that use is a stay, with its two days."""
    return is_stay(Where(use))


def _make_room(by: Person, row: PatientAddress, rows: list[PatientAddress]) -> None:
    """End the home lived at before a new one, then refuse what still overlaps."""
    others = [one for one in rows if one.pk != row.pk and one.state == State.CONFIRMED.value]
    if not is_stay(row) and row.since is None and any(not is_stay(one) for one in others):
        row.since = timezone.localdate(timezone=row.patient.scope.zone)
    for one in others:
        if row.since is None or is_stay(row) or one.until is not None or not overlaps(row, one):
            continue
        if one.since is None or one.since < row.since:
            one.until = row.since - timedelta(days=1)
            one.save(update_fields=["until"])
            _record(by, "people.address_ended", one)
    _require_room(row, others)


def _require_room(row: PatientAddress, rows: list[PatientAddress]) -> None:
    for one in rows:
        if one.pk != row.pk and one.state == State.CONFIRMED.value and overlaps(row, one):
            text = _("Une autre adresse vaut déjà ces jours-là : {name}, {period}.")
            raise ValidationError(text.format(name=one.named, period=period_said(one.since, one.until)))


def period_said(since: date | None, until: date | None) -> str:
    """Return a period in words."""
    if since is not None and until is not None:
        return _("du {since} au {until}").format(
            since=formats.date_short(since), until=formats.date_short(until)
        )
    if since is not None:
        return _("depuis le {day}").format(day=formats.date_short(since))
    return _("jusqu’au {day}").format(day=formats.date_short(until)) if until is not None else _("toujours")


def _locked(by: Person, address: PatientAddress) -> tuple[PatientAddress, list[PatientAddress]]:
    """Return the row and the others of its patient, locked. Raises PermissionDenied."""
    patient = address.patient
    if not may_note(by, patient):
        raise PermissionDenied(_("Seuls la personne et qui tient son dossier notent ses adresses."))
    Patient._base_manager.select_for_update().filter(pk=patient.pk).first()
    rows = PatientAddress.objects.of_patient(patient).select_related("patient__scope", "commune")
    found = list(rows.order_by("position", "pk"))
    return next(one for one in found if one.pk == address.pk), found


def _record(by: Person, verb: str, row: PatientAddress) -> None:
    """Journal it without where it is: which one, what for, and its days."""
    changes = {"use": row.use, "since": row.since, "until": row.until}
    target = journal.target_of(row.patient)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=row.patient.scope_id)
