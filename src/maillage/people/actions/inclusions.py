"""Finding somebody without a médecin traitant: their form, in two parts, becomes the search of a doctor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.writes import same_write
from maillage.people.actions.referring_doctor import join_request
from maillage.people.actions.support_referrals import may_refer, works_for
from maillage.people.models import DoctorInclusion, Patient
from maillage.people.queries import circle
from maillage.people.queries.carers import may_for
from maillage.people.queries.inclusions import current_of, signs
from maillage.people.rules.carers import Gesture
from maillage.people.rules.circle import Part
from maillage.people.rules.inclusions import Agreed, Ald, System, Teller
from maillage.people.rules.referring_doctor import Criterion


@dataclass(frozen=True, slots=True)
class Said:
    """What the form says: any answer may be missing. The second part is a professional's."""

    teller: Teller
    occupation: str = ""
    languages: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    diseases: Collection[System] = ()
    no_disease: bool = False
    diseases_said: str = ""
    treatments: str = ""
    allergies: str = ""
    agreed: Agreed = Agreed.NOT_YET
    ald: Ald = Ald.UNKNOWN
    criteria: Collection[Criterion] = ()
    signs: Collection[str] = ()
    no_sign: bool = False
    examination: str = ""

    @property
    def has_second_part(self) -> bool:
        """Whether a professional said something of their own."""
        return bool(self.ald.value or self.criteria or self.signs or self.no_sign or self.examination.strip())


_TEXTS = {
    "occupation": 120, "languages": 120, "contact_name": 120, "contact_phone": 30, "diseases_said": 1000,
    "treatments": 1000, "allergies": 300,
}  # fmt: skip


def may_write(person: Person, patient: Patient) -> bool:
    """Return whether `person` writes the form of a patient: their own, or at the side of whom they see.

    A carer writes the first part, where their mandate lets them speak for the person and read of health.
    """
    return patient.account_id == person.pk or may_refer(person, patient) or speaks_for(person, patient)


def speaks_for(person: Person, patient: Patient) -> bool:
    """Return whether a mandate in force lets `person` answer for a patient about their health."""
    return (
        may_for(person, patient, Gesture.SPEAK) and circle.decision(person, patient, Part.HEALTH).is_allowed
    )


def writes_both(person: Person, patient: Patient) -> bool:
    """Return whether `person` writes the second part too: a professional, never of their own form."""
    return patient.account_id != person.pk and may_refer(person, patient)


def may_note_call(person: Person, row: DoctorInclusion) -> bool:
    """Return whether `person` notes that the 15 was called: a professional who wrote the form, or may."""
    if row.patient.account_id == person.pk or not works_for(person, row.patient):
        return False
    return person.pk in {row.by_id, row.completed_by_id} or may_refer(person, row.patient)


@transaction.atomic
def write_inclusion(
    *, by: Person, patient: Patient, said: Said, key: str, seen: int | None = None
) -> DoctorInclusion:
    """Write the form, new or once more; without a sign that leads to the 15, the search of a doctor opens.

    `seen` is the version that `by` read, None for none. The same `key` of `by` again is the same writing. A
    patient or their carer writes the first part alone. Raises PermissionDenied, ValidationError.
    """
    if not may_write(by, patient):
        raise PermissionDenied(
            _("Seuls la personne, un aidant mandaté et les professionnels qui la voient écrivent sa fiche.")
        )
    # The file's row is the lock: two who write at once make one form.
    Patient._base_manager.select_for_update().filter(pk=patient.pk).first()
    rows = DoctorInclusion.objects.of_patient(patient)
    known = rows.filter(written_by=by, key=key).select_related("patient__scope", "request").first()
    if known is not None:
        return known
    # The base manager, for a key alone: a form of theirs about somebody else.
    others = DoctorInclusion._base_manager.filter(Q(by=by) | Q(written_by=by), key=key)
    same_write(None, is_same=not others.exclude(patient=patient).exists())
    if patient.referring_doctor_id is not None:
        raise ValidationError(_("Cette personne a un médecin traitant : sa fiche le dit."))
    row = current_of(patient)
    _check(by, row, said, seen)
    now = timezone.now()
    if row is None:
        row = DoctorInclusion(patient=patient, by=by, at=now, version=0)
    row.version, row.written_by, row.key = row.version + 1, by, key
    _write_first(row, said, patient)
    if writes_both(by, patient):
        _write_second(row, said, by)
    row.save()
    changes = {"version": row.version, "teller": row.teller}
    _record(by, "people.inclusion_written", row, changes)
    _open_search(by, row)
    return row


@transaction.atomic
def note_call(*, by: Person, inclusion: DoctorInclusion) -> DoctorInclusion:
    """Note that the 15 was called for the signs of a form, then open the search; noted already, no change.

    Nothing opens for whoever has a médecin traitant by now.

    Raises PermissionDenied, ValidationError.
    """
    if not may_note_call(by, inclusion):
        raise PermissionDenied(_("Seuls les professionnels qui voient la personne notent l’appel au 15."))
    rows = DoctorInclusion.objects.of_patient(inclusion.patient_id).select_related("patient__scope")
    row = rows.select_for_update(of=("self",)).get(pk=inclusion.pk)
    if not row.waits_for_the_15:
        return row
    row.called_at, row.called_by = timezone.now(), by
    row.save(update_fields=["called_at", "called_by"])
    _record(by, "people.inclusion_called", row, {})
    if row.patient.referring_doctor_id is None:  # found meanwhile: nothing is looked for
        _open_search(by, row)
    return row


def _check(by: Person, row: DoctorInclusion | None, said: Said, seen: int | None) -> None:
    if row is not None and seen != row.version and row.written_by_id != by.pk:
        who = row.written_by.get_full_name()
        raise ValidationError(
            _(
                "{who} a écrit cette fiche entre-temps : votre saisie est gardée ici, relisez la sienne."
            ).format(who=who)
        )
    if said.no_disease and said.diseases:
        raise ValidationError(_("Cochez des maladies, ou « aucune », pas les deux."))
    if said.no_sign and said.signs:
        raise ValidationError(_("Cochez des signes, ou « aucun de ces signes », pas les deux."))
    if not set(said.signs) <= {one["code"] for one in signs()}:
        raise ValidationError(_("L’un des signes n’est pas connu : rechargez la page."))


def _write_first(row: DoctorInclusion, said: Said, patient: Patient) -> None:
    row.teller = said.teller.value
    for name, longest in _TEXTS.items():
        setattr(row, name, getattr(said, name).strip()[:longest])
    row.diseases, row.no_disease = sorted(one.value for one in said.diseases), said.no_disease
    if said.agreed is not Agreed.NOT_YET and not row.agreed:
        row.agreed, row.agreed_on = said.agreed.value, timezone.localdate(timezone=patient.scope.zone)


def _write_second(row: DoctorInclusion, said: Said, by: Person) -> None:
    if not said.has_second_part:
        return
    fresh = set(said.signs) - set(row.signs)
    row.ald, row.criteria = said.ald.value, sorted(one.value for one in said.criteria)
    row.signs, row.no_sign = sorted(said.signs), said.no_sign
    row.examination = said.examination.strip()[:2000]
    row.completed_by, row.completed_at = by, timezone.now()
    if fresh:
        row.called_at = row.called_by = None


def _open_search(by: Person, row: DoctorInclusion) -> None:
    """Open the search of the form, or bring to it what was said since; not before the 15 where it is due."""
    if row.waits_for_the_15:
        return
    met = {Criterion(one) for one in row.criteria} | ({Criterion.ALD} if row.ald == Ald.YES.value else set())
    request = join_request(by=by, patient=row.patient, criteria=met, consented=bool(row.agreed))
    if row.request_id != request.pk:
        row.request = request
        row.save(update_fields=["request"])


def _record(by: Person, verb: str, row: DoctorInclusion, changes: dict[str, object]) -> None:
    target = journal.target_of(row)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=row.patient.scope_id)
