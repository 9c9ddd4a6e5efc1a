"""Who joins and leaves the circle of care of a patient, and what the patient lets them read.

Each write is effective at once: the readers of the circle look at the rows, nothing is kept between two
requests.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import access, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.kernel.sourced_rules import rule
from maillage.people.models import (
    EVERYBODY,
    CareConsent,
    CareLink,
    CareOpposition,
    Holder,
    Patient,
    named_fields,
    need,
    reader_of,
)
from maillage.people.queries import circle
from maillage.people.rules.circle import Means, Origin, Part, Reason, roles_in_need

#: Who may be named in a circle.
Named = directory.Professional | directory.Structure | Person
Kept = TypeVar("Kept", CareConsent, CareOpposition)
#: The roles that each way of entering a circle accepts; the staff of a structure have their own.
CARING = (Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.PHARMACIST, Role.PHYSIOTHERAPIST)
ROLES_OF = {
    Origin.TEAM: CARING,
    Origin.ADVICE: CARING,
    Origin.COORDINATION: (Role.CASE_MANAGER,),
    Origin.SOCIAL: (Role.CASE_MANAGER, Role.COORDINATOR),
    Origin.RESIDENCE: (),
}
EMERGENCY_OPENED = "people.emergency_opened"
#: Published where somebody may read less of a patient than before: `{patient, by}`.
CIRCLE_NARROWED = "people.circle_narrowed"
_NARROWING = frozenset({"people.circle_left", "people.consent_withdrawn", "people.opposed"})
#: Shorter, a reason says nothing that somebody could review.
SHORTEST_REASON = 10


def may_speak_for(person: Person, patient: Patient) -> bool:
    """Return whether `person` writes a patient's choices: the patient, or a member of their care team."""
    if patient.account_id is not None and patient.account_id == person.pk:
        return True
    decision = circle.decision(person, patient, Part.CIRCLE)
    return decision.is_allowed and decision.reason is Reason.TEAM


@transaction.atomic
def add_to_circle(
    *,
    by: Person,
    patient: Patient,
    who: Named,
    origin: Origin,
    role: Role | None = None,
    why: str = "",
    is_informed: bool = False,
    until: datetime | None = None,
) -> CareLink:
    """Name somebody in a patient's circle; for the patient, or a member of the care team.

    `origin` is one of `ROLES_OF`; `is_informed`: the patient was told, without which a member of the team
    reads nothing. Named again the same way, the link in force is returned. Raises PermissionDenied,
    ValidationError.
    """
    _require_speaker(by, patient)
    if origin not in ROLES_OF:
        raise ValidationError(_("Ce lien ne se note pas à la main."))
    own = patient.account_id == by.pk
    return _link(
        by=by,
        patient=patient,
        who=who,
        origin=origin,
        role=_role(who, origin, role),
        why=why.strip(),
        informed=own or is_informed,
        until=until,
    )


@transaction.atomic
def inform(*, by: Person, link: CareLink) -> CareLink:
    """Note that the patient was told of a link. Raises PermissionDenied."""
    _require_speaker(by, link.patient)
    row = _locked(link)
    if row.informed_at is None:
        row.informed_at = timezone.now()
        row.save(update_fields=["informed_at"])
        record(by, "people.circle_informed", row, {})
    return row


@transaction.atomic
def end_link(*, by: Person, link: CareLink, reason: str = "") -> CareLink:
    """End a link at once: by the patient, a member of the team, or the one it names.

    The link of the médecin traitant follows the file; a mandate is taken back by the patient, or by whoever
    recorded it. Raises PermissionDenied, ValidationError.
    """
    is_mandate = link.origin == Origin.MANDATE.value
    if not _names(link, by) and not (is_mandate and link.opened_by_id == by.pk):
        _require_speaker(by, link.patient)
        if is_mandate and link.patient.account_id != by.pk:
            raise PermissionDenied(_("Seuls la personne et qui a noté le mandat peuvent le retirer."))
    row = _locked(link)
    if row.origin == Origin.REFERRING_DOCTOR.value:
        raise ValidationError(_("Le médecin traitant se change dans le dossier."))
    if row.is_in_force():
        end_row(by, row, reason)
    return row


@transaction.atomic
def give_consent(
    *,
    by: Person,
    patient: Patient,
    who: Named,
    parts: Collection[Part] = (),
    means: Means = Means.SPOKEN,
    until: datetime | None = None,
) -> list[CareConsent]:
    """Write that the patient lets somebody outside the team read parts of the file, none named for all.

    Raises PermissionDenied, ValidationError.
    """
    _require_speaker(by, patient)
    _check_period(until)
    fields, now = named_fields(who), timezone.now()
    given = []
    for part in _each(parts):
        known = CareConsent.objects.of_patient(patient).filter(_now(now), part=part, **fields).first()
        if known is None:
            known = CareConsent.objects.create(
                patient=patient,
                part=part,
                means=_means(by, patient, means),
                since=now,
                until=until,
                recorded_by=by,
                **fields,
            )
            record(by, "people.consented", known, {"part": [None, part]})
        given.append(known)
    return given


@transaction.atomic
def withdraw_consent(*, by: Person, consent: CareConsent) -> CareConsent:
    """End a consent at once. Raises PermissionDenied."""
    _require_speaker(by, consent.patient)
    row = CareConsent.objects.of_patient(consent.patient).select_for_update().get(pk=consent.pk)
    return _stop(by, row, "people.consent_withdrawn")


@transaction.atomic
def oppose(
    *,
    by: Person,
    patient: Patient,
    who: Named | None = None,
    parts: Collection[Part] = (),
    in_emergency: bool = False,
    means: Means = Means.SPOKEN,
) -> list[CareOpposition]:
    """Write that the patient opposes the reading of parts of the file (none: all) by somebody (None: all).

    Anybody who may read the file at all may write it down: an opposition waits for nobody. Raises
    PermissionDenied.
    """
    if not Patient.objects.for_person(by).filter(pk=patient.pk).exists():
        raise PermissionDenied(_("Vous ne lisez pas ce dossier."))
    fields: dict[str, Any] = {} if who is None else _named_even_gone(who)
    now = timezone.now()
    written = []
    for part in _each(parts):
        same = {"professional": None, "structure": None, "person": None} | fields
        known = (
            CareOpposition.objects.of_patient(patient)
            .filter(_now(now), part=part, in_emergency=in_emergency, **same)
            .first()
        )
        if known is None:
            known = CareOpposition.objects.create(
                patient=patient,
                part=part,
                in_emergency=in_emergency,
                means=_means(by, patient, means),
                since=now,
                recorded_by=by,
                **fields,
            )
            record(by, "people.opposed", known, {"part": [None, part], "in_emergency": in_emergency})
        written.append(known)
    return written


@transaction.atomic
def lift_opposition(*, by: Person, opposition: CareOpposition) -> CareOpposition:
    """End an opposition: the patient, or on their word a member of the team who may still read the circle.

    Where an opposition to everybody leaves no such member, the DPO ends it. Raises PermissionDenied.
    """
    if not access.may_everywhere(by, Permission.VIEW_JOURNAL):
        _require_speaker(by, opposition.patient)
    row = CareOpposition.objects.of_patient(opposition.patient).select_for_update().get(pk=opposition.pk)
    return _stop(by, row, "people.opposition_lifted")


@transaction.atomic
def open_emergency(*, by: Person, patient: Patient, reason: str) -> CareLink:
    """Open the file of somebody in danger to a professional without a link, for some hours.

    The patient and the DPO are told, and the DPO reviews it. Asked again while it lasts, the same access is
    returned. Raises PermissionDenied where no role of `by` needs a crisis card, or where the patient opposed
    it even in an emergency; ValidationError without a reason.
    """
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON:
        raise ValidationError(_("Dites en une phrase pourquoi l’accès ne peut attendre : le DPO la lira."))
    role = role_in_emergency(by)
    if role is None:
        raise PermissionDenied(_("Votre rôle n’ouvre pas d’accès d’urgence."))
    reader = reader_of(by)
    refused = CareOpposition.objects.of_patient(patient).filter(
        EVERYBODY | reader.named, _now(timezone.now()), in_emergency=True, part=""
    )
    if refused.exists():
        raise PermissionDenied(_("La personne s’est opposée à cet accès, même en urgence."))
    hours = rule("people.circle.emergency_hours").value
    link = _link(
        by=by,
        patient=patient,
        who=by,
        origin=Origin.EMERGENCY,
        role=role,
        why=said[:300],
        informed=False,
        until=timezone.now() + timedelta(hours=hours),
    )
    outbox.publish(EMERGENCY_OPENED, {"link": link.pk}, key=f"emergency-{link.pk}")
    return link


def role_in_emergency(person: Person) -> Role | None:
    """Return the role in which `person` may open an emergency access, None where there is none."""
    held = [one.role for one in access.roles_of(person) if Role(one.role) is not Role.CARER]
    needing = roles_in_need(Part.CRISIS, need(), held)
    return Role(needing[0]) if needing else None


@transaction.atomic
def review_emergency(*, by: Person, link: CareLink, is_justified: bool, text: str = "") -> CareLink:
    """Write what the DPO thinks of an emergency access; not justified, it ends at once and says why.

    Raises PermissionDenied unless `by` reads the journal of the whole installation; ValidationError where it
    is reviewed already, or without a word for an access that was not justified.
    """
    access.require_everywhere(by, Permission.VIEW_JOURNAL)
    row = _locked(link)
    if row.origin != Origin.EMERGENCY.value or row.reviewed_at is not None:
        raise ValidationError(_("Cet accès est déjà revu."))
    if _names(row, by):
        raise PermissionDenied(_("On ne revoit pas son propre accès."))
    if not is_justified and not text.strip():
        raise ValidationError(_("Dites pourquoi cet accès n’était pas justifié."))
    row.reviewed_at, row.reviewed_by = timezone.now(), by
    row.is_justified, row.review = is_justified, text.strip()[:300]
    row.save(update_fields=["reviewed_at", "reviewed_by", "is_justified", "review"])
    record(by, "people.emergency_reviewed", row, {"is_justified": is_justified})
    if not is_justified and row.is_in_force():
        end_row(by, row, row.review)
    return row


@transaction.atomic
def enter_home(
    *, by: Person, patient: Patient, home: directory.Structure, is_informed: bool = False
) -> CareLink:
    """Let the staff of a home enter the circle of somebody who comes to live there; again, the same link.

    For whoever works in that home today, who notes that the person was told. Raises PermissionDenied,
    ValidationError where it is no home.
    """
    if home.pk not in reader_of(by).structures:
        raise PermissionDenied(_("Vous ne travaillez pas dans cet EHPAD aujourd’hui."))
    return _link(
        by=by,
        patient=patient,
        who=home,
        origin=Origin.RESIDENCE,
        role=_role(home, Origin.RESIDENCE, None),
        why="",
        informed=is_informed,
        until=None,
    )


@transaction.atomic
def leave_home(*, by: Person, patient: Patient, home: directory.Structure) -> None:
    """End the links of a home with somebody who left it. Called by the action that notes it."""
    rows = CareLink.objects.of_patient(patient).select_for_update()
    for row in rows.filter(
        Q(ends_at=None) | Q(ends_at__gt=timezone.now()), structure=home, origin=Origin.RESIDENCE.value
    ):
        end_row(by, row)


def follow_referring_doctor(*, by: Person | None, patient: Patient) -> None:
    """Bring the link of the médecin traitant in line with the file, which the patient declared."""
    rows = CareLink.objects.of_patient(patient).select_for_update()
    doctor = patient.referring_doctor
    for row in rows.filter(origin=Origin.REFERRING_DOCTOR.value, ends_at=None):
        if doctor is not None and row.professional_id == doctor.pk:
            return
        end_row(by, row, "")
    if doctor is not None:
        CareLink.objects.create(
            patient=patient,
            professional=doctor,
            origin=Origin.REFERRING_DOCTOR.value,
            role=Role.PHYSICIAN.value,
            informed_at=timezone.now(),
            opened_by=by,
        )


def join(*, by: Person, patient: Patient, who: Named, origin: Origin, role: Role, why: str) -> CareLink:
    """Open a link of which the patient was told, for an action that has checked who may."""
    return _link(
        by=by, patient=patient, who=who, origin=origin, role=role, why=why, informed=True, until=None
    )


def _link(
    *,
    by: Person | None,
    patient: Patient,
    who: Named,
    origin: Origin,
    role: Role | None,
    why: str,
    informed: bool,
    until: datetime | None,
) -> CareLink:
    _check_period(until)
    fields, now = named_fields(who), timezone.now()
    # The file's row is the lock: two who name the same person at once make one link.
    Patient._base_manager.select_for_update().filter(pk=patient.pk).first()
    same = CareLink.objects.of_patient(patient).filter(
        Q(ends_at=None) | Q(ends_at__gt=now), origin=origin.value, act="", **fields
    )
    if (known := same.first()) is not None:
        if informed and known.informed_at is None:
            known.informed_at = now
            known.save(update_fields=["informed_at"])
        return known
    link = CareLink.objects.create(
        patient=patient,
        origin=origin.value,
        role=role.value if role else "",
        why=why,
        starts_at=now,
        ends_at=until,
        informed_at=now if informed else None,
        opened_by=by,
        **fields,
    )
    record(by, "people.circle_joined", link, {"origin": [None, origin.value], "role": [None, link.role]})
    return link


def _role(who: Named, origin: Origin, role: Role | None) -> Role | None:
    """Return the role of a link. Raises ValidationError where this way of entering takes another."""
    accepted = ROLES_OF[origin]
    if isinstance(who, directory.Structure):
        if origin is Origin.RESIDENCE and who.kind != directory.StructureKind.EHPAD:
            raise ValidationError(_("Une résidence est un EHPAD de l’annuaire."))
        return None
    if not accepted:
        raise ValidationError(_("Choisissez la structure où vit la personne."))
    if role not in accepted:
        raise ValidationError(_("Choisissez le rôle dans lequel cette personne intervient."))
    return role


def _require_speaker(by: Person, patient: Patient) -> None:
    if not may_speak_for(by, patient):
        raise PermissionDenied(
            _("Seuls la personne et son équipe de soins changent son cercle et ses choix.")
        )


def _means(by: Person, patient: Patient, means: Means) -> str:
    """Return how it was said: whoever writes their own choice does it in their space."""
    own = patient.account_id is not None and patient.account_id == by.pk
    if not own and means is Means.SPACE:
        raise ValidationError(_("Dites si la personne l’a dit de vive voix ou par écrit."))
    return (Means.SPACE if own else means).value


def _check_period(until: datetime | None) -> None:
    if until is not None and until <= timezone.now():
        raise ValidationError(_("La date de fin est déjà passée."))


def _named_even_gone(who: Named) -> dict[str, Any]:
    """Return the field that names somebody, active or not: one may oppose who has left."""
    if isinstance(who, Person):
        return named_fields(who)
    return {"professional" if isinstance(who, directory.Professional) else "structure": who}


def _each(parts: Collection[Part]) -> list[str]:
    return sorted(part.value for part in parts) or [""]


def _now(now: datetime) -> Q:
    return Q(until=None) | Q(until__gt=now)


def _names(link: CareLink, person: Person) -> bool:
    sheet = link.professional
    return link.person_id == person.pk or (sheet is not None and sheet.account_id == person.pk)


def _locked(link: CareLink) -> CareLink:
    return CareLink.objects.of_patient(link.patient).select_for_update().get(pk=link.pk)


def end_row(by: Person | None, row: CareLink, reason: str = "") -> None:
    """End a link that the caller has locked, and journal it; `by` is None where its act ended it."""
    row.ends_at, row.ended_by = max(timezone.now(), row.starts_at), by
    row.save(update_fields=["ends_at", "ended_by"])
    record(by, "people.circle_left", row, {"origin": row.origin}, reason)


def _stop(by: Person, row: Kept, verb: str) -> Kept:
    now = timezone.now()
    if row.until is None or row.until > now:
        row.until = now
        row.save(update_fields=["until"])
        record(by, verb, row, {"part": row.part})
    return row


def record(by: Person | None, verb: str, row: Holder, changes: dict[str, Any], reason: str = "") -> None:
    """Journal what was written of a row that names somebody, in the chain of the patient's scope.

    What leaves somebody less to read is told to the contexts that show it.
    """
    patient: Patient = row.patient  # type: ignore[attr-defined] # each table of holders has its patient
    journal.record(
        by=by,
        verb=verb,
        target=journal.target_of(patient),
        changes={"who": row.holder_name or "*", **changes},
        reason=reason,
        scope=patient.scope_id,
    )
    if verb in _NARROWING:
        tell_narrowed(by, patient)


def tell_narrowed(by: Person | None, patient: Patient) -> None:
    """Publish that somebody may read less of a patient than before, in the transaction of the write."""
    said = {"patient": patient.pk, "by": by.pk if by is not None else None}
    outbox.publish(CIRCLE_NARROWED, said, key=str(uuid4()))
