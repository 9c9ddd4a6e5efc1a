"""Mandates of carers: asked and signed by the person, or recorded from a paper; taken back at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, clock, journal, outbox
from maillage.kernel import api as kernel
from maillage.kernel.codes import is_code
from maillage.kernel.models import Person
from maillage.kernel.phones import is_mobile
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.people.actions.circle import end_row, may_speak_for, tell_narrowed
from maillage.people.models import CareLink, Mandate, MandateItem, Patient
from maillage.people.rules.carers import Gesture, Hindrance, Relation, SignedBy, code_of, hindrance, is_minor
from maillage.people.rules.circle import Origin, Part

#: Published when a person asks for the code that signs a mandate: `{mandate}`.
CODE_ASKED = "people.mandate_code_asked"


@dataclass(frozen=True, slots=True)
class Carer:
    """Who is to have a mandate: their e-mail address, and their name where they have no account yet.

    `site` is the address of the site (`https://…`, no final slash), for the mail that invites them; empty,
    no mail is sent.
    """

    email: str
    first_name: str
    last_name: str
    site: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mandate lets a carer read and do, and until which instant."""

    relation: Relation
    parts: frozenset[Part]
    gestures: frozenset[Gesture]
    until: datetime


@transaction.atomic
def ask_mandate(*, by: Person, patient: Patient, carer: Carer, terms: Terms) -> Mandate:
    """Prepare a mandate that the patient signs by the code sent to their own mobile telephone.

    Raises PermissionDenied for anybody else; ValidationError where they cannot sign so: a minor, no mobile of
    their own, a number that is also the carer's.
    """
    if not _is_own(by, patient):
        raise PermissionDenied(_("Vous seul pouvez donner ce mandat dans votre espace."))
    account = _account(carer, patient)
    today = clock.today(patient.scope)
    majority = rule("people.mandates.majority").value
    hindered = hindrance(patient.birth_date, today, majority, own_mobile(patient), _phones(account, patient))
    if hindered is not None:
        raise ValidationError(_hindered(hindered))
    mandate = _prepared(by, patient, account, terms, SignedBy.CODE)
    return send_code(by=by, mandate=mandate)


@transaction.atomic
def send_code(*, by: Person, mandate: Mandate) -> Mandate:
    """Send the code of a mandate that is not signed yet, a new one each time. Raises PermissionDenied."""
    row = _locked(mandate)
    if not _is_own(by, row.patient) or row.signed_at is not None or row.signed_by != SignedBy.CODE.value:
        raise PermissionDenied(_("Ce mandat ne se signe pas ainsi."))
    row.asked_at, row.code_tries = timezone.now(), 0
    row.save(update_fields=["asked_at", "code_tries"])
    outbox.publish(
        CODE_ASKED, {"mandate": row.pk}, key=f"mandate-{row.pk}-{int(row.asked_at.timestamp() * 1000)}"
    )
    return row


@transaction.atomic
def sign_mandate(*, by: Person, mandate: Mandate, code: str) -> bool:
    """Sign a mandate by its code; return whether the code was right. A wrong one is counted.

    Raises PermissionDenied for anybody but the patient; ValidationError where the code is too old, or tried
    too often: another is asked for.
    """
    row = _locked(mandate)
    if not _is_own(by, row.patient):
        raise PermissionDenied(_("Vous seul pouvez donner ce mandat dans votre espace."))
    if row.signed_at is not None:
        return True
    if timezone.now() >= code_ends(row) or row.code_tries >= rule("people.mandates.code_tries").value:
        raise ValidationError(_("Ce code ne vaut plus. Demandez-en un autre."))
    if not is_code(code, code_for(row)):
        row.code_tries += 1
        row.save(update_fields=["code_tries"])
        return False
    _check_until(row.until)
    _sign(by, row)
    return True


@transaction.atomic
def record_mandate(*, by: Person, patient: Patient, carer: Carer, terms: Terms, seen_on: date) -> Mandate:
    """Record a mandate that the patient signed on a paper which `by`, of their care team, has seen.

    `seen_on`: the day of the signature. Raises PermissionDenied, ValidationError.
    """
    if _is_own(by, patient) or not may_speak_for(by, patient):
        raise PermissionDenied(_("Un mandat sur papier est noté par l’équipe de soins de la personne."))
    today = clock.today(patient.scope)
    if seen_on > today:
        raise ValidationError(_("La date de signature est à venir."))
    if is_minor(patient.birth_date, today, rule("people.mandates.majority").value):
        raise ValidationError(_hindered(Hindrance.MINOR))
    account = _account(carer, patient)
    if account.pk == by.pk:
        raise PermissionDenied(_("On ne note pas son propre mandat : demandez-le à un collègue."))
    mandate = _prepared(by, patient, account, terms, SignedBy.PAPER, seen_on)
    _sign(by, mandate)
    return mandate


@transaction.atomic
def revoke_mandate(*, by: Person, mandate: Mandate) -> Mandate:
    """End a mandate at once: by the patient, whoever recorded it, or the carer. Raises PermissionDenied."""
    row = _locked(mandate)
    if row.carer_id != by.pk:
        _require_revoker(by, row)
    if row.link is not None and row.link.is_in_force():
        end_row(by, row.link)
    elif row.link is None and row.signed_at is None:
        MandateItem._base_manager.filter(mandate=row).delete()
        row.delete()
    return row


@transaction.atomic
def revoke_item(*, by: Person, item: MandateItem) -> MandateItem:
    """Take one part or gesture of a mandate back at once; the identity, with which the mandate ends.

    Raises PermissionDenied unless `by` is the patient or recorded the mandate.
    """
    mandate = _locked(item.mandate)
    _require_revoker(by, mandate)
    row = MandateItem.objects.of_mandates([mandate]).select_for_update().get(pk=item.pk)
    if row.part == Part.IDENTITY.value:
        revoke_mandate(by=by, mandate=mandate)
    elif row.until is None:
        row.until, row.ended_by = timezone.now(), by
        row.save(update_fields=["until", "ended_by"])
        _record(by, "people.mandate_reduced", mandate, {"part": [row.part or row.gesture, None]})
        tell_narrowed(by, mandate.patient)
    return row


def code_for(mandate: Mandate) -> int:
    """Return the code that signs a mandate, as it was last asked for."""
    return code_of(settings.SECRET_KEY, mandate.pk, mandate.asked_at.isoformat())


def code_ends(mandate: Mandate) -> datetime:
    """Return until when the code last asked for is valid."""
    minutes: int = rule("people.mandates.code_minutes").value
    return mandate.asked_at + timedelta(minutes=minutes)


def hindrance_of(patient: Patient) -> Hindrance | None:
    """Return why a code sent to the telephone of a patient would prove nothing; None where it proves them.

    The number of the carer to call is not their own.
    """
    majority = rule("people.mandates.majority").value
    today = clock.today(patient.scope)
    return hindrance(patient.birth_date, today, majority, own_mobile(patient), {patient.carer_phone})


def own_mobile(patient: Patient) -> str:
    """Return the mobile telephone to which a patient's code goes, empty where none is known."""
    return next((one for one in (patient.phone, patient.other_phone) if is_mobile(one)), "")


def _prepared(
    by: Person,
    patient: Patient,
    account: Person,
    terms: Terms,
    signed_by: SignedBy,
    seen_on: date | None = None,
) -> Mandate:
    _check_until(terms.until)
    if not terms.parts - {Part.IDENTITY} and not terms.gestures:
        raise ValidationError(_("Choisissez au moins une chose que cette personne pourra voir ou faire."))
    mandate = Mandate.objects.create(
        patient=patient,
        carer=account,
        relation=terms.relation.value,
        until=terms.until,
        signed_by=signed_by.value,
        recorded_by=by,
        seen_by=by if seen_on else None,
        seen_on=seen_on,
    )
    words = [{"part": part.value} for part in sorted({*terms.parts, Part.IDENTITY})]
    words += [{"gesture": gesture.value} for gesture in sorted(terms.gestures)]
    for word in words:
        MandateItem.objects.create(mandate=mandate, **word)
    return mandate


def _sign(by: Person, mandate: Mandate) -> None:
    """Open the link of a mandate; a former one between the same people ends."""
    now, patient = timezone.now(), mandate.patient
    Patient._base_manager.select_for_update().filter(pk=patient.pk).first()
    former = Mandate.objects.of_patient(patient).filter(carer=mandate.carer).in_force()
    for one in former.select_related("link"):
        assert one.link is not None
        end_row(by, one.link)
    mandate.link = CareLink.objects.create(
        patient=patient,
        person=mandate.carer,
        origin=Origin.MANDATE.value,
        role=Role.CARER.value,
        starts_at=now,
        ends_at=mandate.until,
        informed_at=now,
        opened_by=by,
    )
    mandate.signed_at = now
    mandate.save(update_fields=["link", "signed_at"])
    if not any(one.role == Role.CARER.value for one in access.roles_of(mandate.carer)):
        kernel.grant_role(by=None, person=mandate.carer, role=Role.CARER, scope=patient.scope)
    _record(by, "people.mandate_signed", mandate, {"signed_by": mandate.signed_by})


def _account(carer: Carer, patient: Patient) -> Person:
    """Return the account of a carer, made where there is none. Raises ValidationError."""
    person = Person.objects.filter(email=carer.email.strip().lower()).first()
    if person is None:
        return kernel.invite_person(
            by=None,
            email=carer.email,
            first_name=carer.first_name,
            last_name=carer.last_name,
            site=carer.site,
        )
    if person.pk == patient.account_id:
        raise ValidationError(_("Cette adresse est la vôtre : donnez celle de la personne qui vous aide."))
    if not person.is_active:
        raise ValidationError(_("Le compte de cette adresse est fermé : demandez une autre adresse."))
    return person


def _phones(account: Person, patient: Patient) -> set[str]:
    """Return the telephones known as a carer's: those of their own file, and that of the carer to call."""
    own = Patient._base_manager.filter(account=account).values_list("phone", "other_phone")
    return {phone for row in own for phone in row} | {patient.carer_phone}


def _hindered(why: Hindrance) -> str:
    return {
        Hindrance.MINOR: _(
            "Une personne mineure ne donne pas de mandat : ses parents ou son tuteur décident avec elle."
        ),
        Hindrance.NO_BIRTH_DATE: _(
            "Votre date de naissance manque à votre dossier : signez sur papier avec un soignant."
        ),
        Hindrance.NO_MOBILE: _(
            "Aucun mobile à vous n’est connu : donnez le vôtre, ou signez sur papier avec un soignant."
        ),
        Hindrance.SHARED_PHONE: _(
            "Ce téléphone est aussi celui de votre aidant : signez sur papier avec un soignant."
        ),
    }[why]


def _check_until(until: datetime) -> None:
    days = rule("people.mandates.longest_days").value
    now = timezone.now()
    if until <= now:
        raise ValidationError(_("La date de fin est déjà passée."))
    if until > now + timedelta(days=days):
        raise ValidationError(_("Un mandat dure un an au plus : choisissez une date plus proche."))


def _is_own(person: Person, patient: Patient) -> bool:
    return patient.account_id is not None and patient.account_id == person.pk


def _require_revoker(by: Person, mandate: Mandate) -> None:
    if not _is_own(by, mandate.patient) and mandate.recorded_by_id != by.pk:
        raise PermissionDenied(_("Seuls la personne et qui a noté le mandat peuvent le retirer."))


def _locked(mandate: Mandate) -> Mandate:
    rows = Mandate.objects.keyed(mandate.pk).select_for_update(of=("self",))
    return rows.select_related("patient__scope", "carer").get()


def _record(by: Person, verb: str, mandate: Mandate, changes: dict[str, object]) -> None:
    journal.record(
        by=by,
        verb=verb,
        target=journal.target_of(mandate.patient),
        changes={"who": str(mandate.carer), **changes},
        scope=mandate.patient.scope_id,
    )
