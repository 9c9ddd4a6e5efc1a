"""Inviting a patient into their space, and entering it: by a code, the birth date, and nothing to invent."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.kernel import access, journal
from maillage.kernel import api as kernel
from maillage.kernel.codes import code_of, is_code
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.kernel.sign_in import may_enter_by_code
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.space.models import EntryCode
from maillage.space.rules.entry import Closed, Way, closed

#: The page of an invitation, whose address is secret.
INVITATION = "space:invitation"


class ClosedError(ValueError):
    """The way in opens nothing any more; `why` says it."""

    def __init__(self, why: Closed) -> None:
        super().__init__(why.value)
        self.why = why


def may_invite(person: Person, patient: people.Patient) -> bool:
    """Return whether `person` opens the space of a patient: of their care team, or who registers patients."""
    if patient.account_id == person.pk:
        return False
    registers = access.may(person, Permission.REGISTER_PATIENTS, patient.scope)
    return registers or people.may_speak_for(person, patient)


@transaction.atomic
def invite(*, by: Person, patient: people.Patient, way: Way, after: int | None = None) -> EntryCode:
    """Invite a patient by a message to their own mobile, or by a paper; what was sent before opens no more.

    `after`: the last invitation that `by` saw, 0 for none; where they sent the same since, it is that one, or
    the first of two messages would carry a code that no longer opens. Raises PermissionDenied;
    ValidationError where a colleague invited meanwhile, where nothing would prove who enters: a minor, no
    birth date, for a message no mobile of their own.
    """
    if way is Way.CODE or not may_invite(by, patient):
        raise PermissionDenied(_("Une invitation est faite par l’équipe de soins, ou l’accueil."))
    hindered = people.hindrance_of(patient)
    if hindered in {people.Hindrance.MINOR, people.Hindrance.NO_BIRTH_DATE} or (hindered and way is Way.SMS):
        assert hindered is not None
        raise ValidationError(_HINDERED[hindered]())
    if way is Way.SMS and not exchange.can_link():
        raise ValidationError(_("Aucune adresse de ce site n’est connue : remettez l’invitation sur papier."))
    account = patient.account
    if account is not None and not may_enter_by_code(account):
        raise ValidationError(_("Cette personne a un compte qui s’ouvre avec son mot de passe."))
    people.lock(patient)
    last = last_invitation(patient)
    if after is not None and last is not None and last.pk > after:
        if (last.made_by_id, last.way) == (by.pk, way.value):
            return last
        raise ValidationError(
            _("{name} vient d’inviter cette personne : relisez la page.").format(name=last.made_by)
        )
    now = timezone.now()
    EntryCode.objects.of_patient(patient).waiting().exclude(way=Way.CODE.value).update(revoked_at=now)
    days = rule("space.entry.days").value[way.value]
    made = EntryCode.objects.create(
        patient=patient, way=way.value, made_by=by, asked_at=now, expires_at=now + timedelta(days=days)
    )
    if way is Way.SMS:
        exchange.notify(
            by=by,
            to=patient,
            template=exchange.Template.SPACE_INVITED,
            parameters=exchange.Parameters(link=exchange.Link(INVITATION, made.pk), reference=code_for(made)),
            key=f"space-invitation-{made.pk}",
            subject=journal.target_of(made),
            not_after=made.expires_at,
            mobile_only=True,
        )
    _record(by, "space.invited", patient, {"way": [None, way.value]})
    return made


def last_invitation(patient: people.Patient) -> EntryCode | None:
    """Return the last invitation of a patient who was read in scope, None without one."""
    rows = EntryCode.objects.of_patient(patient).exclude(way=Way.CODE.value).select_related("made_by")
    return rows.order_by("-pk").first()


@transaction.atomic
def take_back(*, by: Person, patient: people.Patient) -> int:
    """Take back the invitations that still open; return how many. Raises PermissionDenied."""
    if not may_invite(by, patient) and patient.account_id != by.pk:
        raise PermissionDenied(_("Une invitation est faite par l’équipe de soins, ou l’accueil."))
    now = timezone.now()
    rows = EntryCode.objects.of_patient(patient).waiting().exclude(way=Way.CODE.value)
    count = rows.filter(expires_at__gt=now).update(revoked_at=now)
    if count:
        _record(by, "space.invitation_taken_back", patient, {})
    return count


@transaction.atomic
def ask_code(*, phone: str, born: date) -> int:
    """Send a code to whoever has that telephone, was born that day and has a space; return its key.

    0 where there is nobody, or several, or too many codes were sent: whoever asks is told the same.
    """
    found = [one for one in people.by_phone_and_birth(phone, born) if one.account_id is not None]
    if len(found) != 1:
        return 0
    patient = found[0]
    assert patient.account is not None
    if not may_enter_by_code(patient.account) or people.hindrance_of(patient) is not None:
        return 0
    people.lock(patient)
    now = timezone.now()
    asked = EntryCode.objects.of_patient(patient).filter(way=Way.CODE.value)
    if asked.filter(asked_at__gt=now - timedelta(hours=1)).count() >= rule("space.entry.codes_an_hour").value:
        return 0
    asked.waiting().update(revoked_at=now)
    expires_at = now + timedelta(minutes=rule("space.entry.code_minutes").value)
    made = EntryCode.objects.create(patient=patient, way=Way.CODE.value, asked_at=now, expires_at=expires_at)
    exchange.notify(
        by=None,
        to=patient,
        template=exchange.Template.SPACE_CODE,
        parameters=exchange.Parameters(reference=code_for(made)),
        key=f"space-code-{made.pk}",
        urgent=True,
        not_after=expires_at,
        mobile_only=True,
    )
    _record(None, "space.code_asked", patient, {})
    return made.pk


@transaction.atomic
def enter(*, entry: EntryCode, code: str, born: date | None = None) -> Person | None:
    """Return who enters by a way in, its code and for an invitation the birth date; None where one is wrong.

    A wrong one is counted. The first time, the account is made: there is none to invent. Raises ClosedError
    where the way in was used, taken back, tried too often, or is too old.
    """
    rows = EntryCode.objects.keyed(entry.pk).select_for_update(of=("self",))
    row = rows.select_related("patient__scope", "patient__account").get()
    why = closed(row.standing, timezone.now(), rule("space.entry.tries").value)
    if why is not None:
        raise ClosedError(why)
    patient = row.patient
    is_born = row.way == Way.CODE.value or (born is not None and born == patient.birth_date)
    if not is_code(code, code_for(row)) or not is_born:
        row.tries += 1
        row.save(update_fields=["tries"])
        return None
    person = _account(patient)
    if not may_enter_by_code(person):
        raise ClosedError(Closed.REVOKED)
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    _record(person, "space.entered", patient, {"way": [None, row.way]})
    return person


def code_for(entry: EntryCode) -> int:
    """Return the code of a way in."""
    return code_of(settings.SECRET_KEY, "space", entry.pk, entry.asked_at.isoformat())


def _account(patient: people.Patient) -> Person:
    """Return the account of a patient, made where there is none, with the role that opens their space."""
    person = patient.account
    if person is None:
        address = patient.email.strip().lower()
        if not address or Person.objects.filter(email=address).exists():
            address = f"patient-{patient.pk}@espace.invalid"
        first = patient.used_first_name or patient.birth_first_names.split(" ")[0]
        last = patient.used_name or patient.birth_name
        person = Person.objects.create_user(address, None, first_name=first[:80], last_name=last[:80])
        journal.record(
            by=None, verb="kernel.person_invited", target=journal.target_of(person), changes={}, scope=None
        )
        people.open_account(patient=patient, account=person)
    if not any(one.role == Role.PATIENT.value for one in access.roles_of(person)):
        kernel.grant_role(by=None, person=person, role=Role.PATIENT, scope=patient.scope)
    return person


_HINDERED = {
    people.Hindrance.MINOR: lambda: _("Une personne mineure n’a pas son espace : ses parents appellent."),
    people.Hindrance.NO_BIRTH_DATE: lambda: _("Notez d’abord la date de naissance : elle prouve qui entre."),
    people.Hindrance.NO_MOBILE: lambda: _("Aucun mobile n’est connu : remettez l’invitation sur papier."),
    people.Hindrance.SHARED_PHONE: lambda: _(
        "Ce mobile est aussi celui de l’aidant : remettez l’invitation sur papier."
    ),
}


def _record(by: Person | None, verb: str, patient: people.Patient, changes: dict[str, object]) -> None:
    journal.record(
        by=by, verb=verb, target=journal.target_of(patient), changes=changes, scope=patient.scope_id
    )
