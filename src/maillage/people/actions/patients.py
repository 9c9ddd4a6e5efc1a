"""Registers patients and changes what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import access, journal, outbox
from maillage.kernel.dates import check_birth_date, read_birth_date
from maillage.kernel.fields import refused
from maillage.kernel.identifiers import IdentifierError, parse_birthplace, parse_ins
from maillage.kernel.models import Person, Scope
from maillage.kernel.names import search_key
from maillage.kernel.phones import read_phone
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.sounds import name_sound
from maillage.kernel.sourced_rules import rule
from maillage.people.actions.acts import follow_act
from maillage.people.actions.circle import follow_referring_doctor
from maillage.people.models import Patient, PatientAddress
from maillage.people.queries.circle import is_frozen
from maillage.people.queries.patients import possible_duplicates, traits_of
from maillage.people.rules.circle import Origin, Part
from maillage.people.rules.duplicates import Likeness
from maillage.people.rules.identity import identity_status, may_carry_ins

IDENTITY_FIELDS = (
    "birth_name", "birth_first_names", "used_name", "used_first_name", "birth_date", "sex", "birthplace_code",
    "document", "insi", "doubt",
)  # fmt: skip
REACH_FIELDS = (
    "phone", "other_phone", "email", "language", "needs_interpreter", "disability", "joins_by_phone",
    "no_smartphone", "carer_name", "carer_phone",
)  # fmt: skip
#: Written by `_set` from the others.
DERIVED = ("search_name", "birth_sound", "used_sound")
#: Published when what is known of a patient changes: `{patient, scope, fields}`.
CHANGED = "people.changed"
_PHONES = ("phone", "other_phone", "carer_phone")


class DuplicateWarning(ValidationError):  # noqa: N818 - a warning to the one who types, who may insist
    """Files of the scope may be those of the same person; `matches` lists them."""

    def __init__(self, matches: list[Any]) -> None:
        super().__init__(
            _(
                "Un dossier semble être celui de la même personne : "
                "ouvrez-le, ou dites que c’est une autre personne."
            )
        )
        self.matches = matches

    @property
    def is_sure(self) -> bool:
        """Whether a file says the same of the person, not only something alike."""
        return any(match.likeness is not Likeness.ALIKE for match in self.matches)


@transaction.atomic
def register(
    *,
    by: Person,
    scope: Scope,
    values: Mapping[str, Any],
    address: Mapping[str, Any] | None = None,
    is_another: bool = False,
) -> Patient:
    """Create a patient's file in a scope; a name, even approximate, is all that is needed.

    `values` are of `IDENTITY_FIELDS` and `REACH_FIELDS`; `address` has `line`, `postcode` and `commune`.
    Raises DuplicateWarning where a file may be the same person's, unless `is_another`; PermissionDenied,
    ValidationError.
    """
    access.require(by, Permission.REGISTER_PATIENTS, scope)
    patient = Patient(scope=scope)
    _set(patient, values)
    patient.clean_fields(exclude=DERIVED)
    if not is_another:
        matches = possible_duplicates(by=by, scope=scope, traits=traits_of(patient, _home(address)))
        if matches:
            raise DuplicateWarning(matches)
    patient.save()
    if address is not None and any(address.values()):
        _add_address(patient, address)
    _open_to_reception(by, patient)
    changes = {"status": patient.identity_status, "insisted": is_another}
    journal.record(
        by=by,
        verb="people.registered",
        target=journal.target_of(patient),
        changes=changes,
        scope=patient.scope_id,
    )
    return patient


@transaction.atomic
def open_account(*, patient: Patient, account: Person) -> Patient:
    """Join an account to the file that it opens; whoever calls has proved whose account it is.

    Raises ValidationError where the file has another account, or the account another file.
    """
    row = Patient._base_manager.select_for_update().get(pk=patient.pk)
    if row.account_id not in {None, account.pk}:
        raise ValidationError(_("Ce dossier a déjà un compte."))
    if Patient._base_manager.filter(account=account).exclude(pk=row.pk).exists():
        raise ValidationError(_("Ce compte ouvre déjà un autre dossier."))
    row.account = account
    row.save(update_fields=["account"])
    patient.account = account
    journal.record(
        by=account,
        verb="people.account_opened",
        target=journal.target_of(row),
        changes={},
        scope=row.scope_id,
    )
    return row


@transaction.atomic
def change_patient(*, by: Person, patient: Patient, values: Mapping[str, Any]) -> Patient:
    """Change what is known of a patient; the journal keeps which fields, never their content.

    Of their own file, people change how they are reached, never who they are nor how sure it is, whatever
    their roles. Raises PermissionDenied, ValidationError.
    """
    if is_own_file(by, patient):
        _refuse_own_identity(patient, values)
        values = {name: values[name] for name in REACH_FIELDS if name in values}
    else:
        require_keeper(by, patient)
    before = {name: getattr(patient, name) for name in (*IDENTITY_FIELDS, *REACH_FIELDS)}
    _set(patient, values)
    patient.clean_fields(exclude=DERIVED)
    if patient.ins_number and not may_carry_ins(identity_status(patient.evidence)):
        patient.ins_number = patient.ins_oid = ""
    changed = sorted(name for name, value in before.items() if getattr(patient, name) != value)
    if not changed:
        return patient
    patient.save()
    publish_change(patient, changed)
    changes = {"fields": changed, "status": patient.identity_status}
    journal.record(
        by=by,
        verb="people.changed",
        target=journal.target_of(patient),
        changes=changes,
        scope=patient.scope_id,
    )
    return patient


@transaction.atomic
def record_ins(*, by: Person, patient: Patient, text: str) -> Patient:
    """Write the matricule that INSi gave, with its key; only a qualified identity may carry it.

    Raises PermissionDenied, ValidationError.
    """
    require_keeper(by, patient)
    if not may_carry_ins(identity_status(patient.evidence)):
        raise ValidationError(
            _("Seule une identité qualifiée porte le matricule INS : vérifiez d’abord la pièce et INSi.")
        )
    try:
        ins = parse_ins(text)
    except IdentifierError as error:
        raise refused(error) from error
    oids = rule("people.identity.ins_oids").value
    patient.ins_number, patient.ins_oid = ins.number, oids["nia" if ins.is_waiting else "nir"]
    patient.save(update_fields=["ins_number", "ins_oid"])
    target = journal.target_of(patient)
    journal.record(
        by=by,
        verb="people.ins_recorded",
        target=target,
        changes={"oid": patient.ins_oid},
        scope=patient.scope_id,
    )
    return patient


@transaction.atomic
def set_referring_doctor(
    *, by: Person, patient: Patient, doctor: directory.Professional | None, reason: str = ""
) -> Patient:
    """Write who a patient's médecin traitant is, a physician of the directory. Raises ValidationError."""
    require_keeper(by, patient)
    write_referring_doctor(by=by, patient=patient, doctor=doctor, reason=reason)
    return patient


def write_referring_doctor(
    *, by: Person | None, patient: Patient, doctor: directory.Professional | None, reason: str
) -> None:
    """Write the médecin traitant within another action. Raises ValidationError unless a physician."""
    if doctor is not None and doctor.profession != directory.Profession.PHYSICIAN:
        raise ValidationError(_("Le médecin traitant est un médecin : choisissez-en un dans l’annuaire."))
    before = patient.referring_doctor_id
    patient.referring_doctor = doctor
    patient.save(update_fields=["referring_doctor"])
    follow_referring_doctor(by=by, patient=patient)
    journal.record(
        by=by,
        verb="people.referring_doctor_set",
        target=journal.target_of(patient),
        changes={"doctor": [before, doctor.pk if doctor else None]},
        reason=reason,
        scope=patient.scope_id,
    )


def publish_change(patient: Patient, fields: Sequence[str]) -> None:
    """Tell the other contexts which fields of a saved file changed, never their content.

    Whatever writes who somebody is publishes it in the same transaction: others judge by the age and the sex
    of the file as it is now.
    """
    payload = {"patient": patient.pk, "scope": patient.scope_id, "fields": sorted(fields)}
    outbox.publish(CHANGED, payload, key=str(uuid4()))


def is_own_file(person: Person, patient: Patient) -> bool:
    """Return whether a file is the person's own: they say how to reach them, others say who they are."""
    return patient.account_id is not None and patient.account_id == person.pk


def may_keep(person: Person, patient: Patient) -> bool:
    """Return whether the person may change a file, never their own: a role of its scope, or its doctor.

    Nobody while the use of how to reach the person is frozen.
    """
    doctor = patient.referring_doctor
    if is_own_file(person, patient):
        return False
    keeps = access.may(person, Permission.REGISTER_PATIENTS, patient.scope) or (
        doctor is not None and doctor.account_id == person.pk
    )
    return keeps and not is_frozen(patient, Part.REACH)


def require_keeper(person: Person, patient: Patient) -> None:
    """Raise PermissionDenied, with a sentence to show, unless `may_keep`."""
    if not may_keep(person, patient):
        raise PermissionDenied(_("Vous pouvez lire ce dossier, mais pas le changer."))


def _refuse_own_identity(patient: Patient, values: Mapping[str, Any]) -> None:
    """Raise PermissionDenied where the values would change who somebody is, or how sure it is."""
    if any(name in values and values[name] != getattr(patient, name) for name in IDENTITY_FIELDS):
        raise PermissionDenied(
            _("Votre identité est vérifiée par un professionnel : demandez-lui de la corriger.")
        )


def _set(patient: Patient, values: Mapping[str, Any]) -> None:
    """Set fields, each in the form that is compared, and what follows from them. Raises ValidationError.

    A number or a code stored before it was checked stays as long as nobody changes it.
    """
    before = {name: getattr(patient, name) for name in (*_PHONES, "birthplace_code")}
    for name in (*IDENTITY_FIELDS, *REACH_FIELDS):
        if name in values:
            value = values[name]
            setattr(patient, name, " ".join(value.split()) if isinstance(value, str) else value)
    if not patient.birth_name:
        raise ValidationError({"birth_name": _("Donnez au moins un nom, même approché.")})
    for name in _PHONES:
        if name in values and getattr(patient, name) != before[name]:
            setattr(patient, name, _checked(name, read_phone, getattr(patient, name)))
    if patient.birth_date is not None:
        patient.birth_date = _checked("birth_date", _birth_date, patient.birth_date)
    if patient.birthplace_code and patient.birthplace_code != before["birthplace_code"]:
        patient.birthplace_code = _checked("birthplace_code", parse_birthplace, patient.birthplace_code)
    names = (patient.birth_name, patient.birth_first_names, patient.used_name, patient.used_first_name)
    patient.search_name = search_key(*names)
    patient.birth_sound = name_sound(patient.birth_name, patient.birth_first_names)
    patient.used_sound = name_sound(
        patient.used_name or patient.birth_name, patient.used_first_name or patient.birth_first_names
    )
    patient.identity_status = identity_status(patient.evidence).value


def _open_to_reception(by: Person, patient: Patient) -> None:
    """Leave a new file open for some days to whoever received the person."""
    for held in access.roles_of(by):
        role = Role(held.role)
        if allows(role, Permission.VIEW_PATIENTS) and held.scope_id in (None, patient.scope_id):
            follow_act(
                by=by,
                act=journal.target_of(patient),
                origin=Origin.REGULATION,
                patient=patient,
                who=[(by, role)],
                until=timezone.now() + timedelta(days=rule("people.circle.regulation_days").value),
            )
            return


def _home(address: Mapping[str, Any] | None) -> str:
    commune = address.get("commune") if address else None
    return commune.code if commune is not None else ""


def _birth_date(day: date | str) -> date | None:
    today = timezone.localdate()
    if isinstance(day, str):
        return read_birth_date(day, today)
    check_birth_date(day, today)
    return day


def _checked(field: str, read: Callable[[Any], Any], value: Any) -> Any:
    """Return what `read` makes of a value. Raises ValidationError for the field, in the reader's words."""
    try:
        return read(value)
    except IdentifierError as error:
        raise refused(error, field) from error


def _add_address(patient: Patient, address: Mapping[str, Any]) -> None:
    PatientAddress.objects.create(
        patient=patient,
        line=address.get("line", ""),
        postcode=address.get("postcode", ""),
        commune=address.get("commune"),
        position=0,
    )
