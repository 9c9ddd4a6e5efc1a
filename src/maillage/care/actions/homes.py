"""Who enters and leaves a home, and the crisis card of each resident: written by whom the rule lets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.models import AggirGrid, CrisisCard, Stay
from maillage.care.queries.homes import current_card, works_in
from maillage.care.queries.rights import may_write
from maillage.care.rules.aggir import Activity, Grade, groups_of, missing, outcome_of
from maillage.care.rules.crisis_card import Entry, Value, changed, writable
from maillage.directory import api as directory
from maillage.kernel import access, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission, Role
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people

ADMITTING = "entrée en EHPAD"


class CardError(ValidationError):
    """A card was not revised: it changed meanwhile, or holds nothing new."""


@transaction.atomic
def admit(
    *,
    by: Person,
    home: directory.Structure,
    scope: Scope,
    identity: Mapping[str, Any],
    since: date,
    room: str = "",
    is_informed: bool = False,
    is_another: bool = False,
) -> Stay:
    """Note that somebody lives in a home where `by` works; the home's staff enters their circle of care.

    `identity` are `birth_name`, `birth_first_names`, `birth_date`, `sex`: a file of exactly that name and
    birth is theirs, else one is made. Without `is_informed` the home reads nothing yet. Already there, the
    stay is returned. Raises PermissionDenied, ValidationError (`people.DuplicateWarning` where a file is
    alike, unless `is_another`).
    """
    require_staff(by, home)
    if since > timezone.localdate():
        raise ValidationError({"since": _("Notez l’entrée le jour où la personne arrive, ou après.")})
    patient = _patient(by, scope, identity, is_another)
    known = Stay.objects.current_of(patient).select_for_update().first()
    if known is not None and known.home_id != home.pk:
        raise ValidationError(
            _("Cette personne est encore notée dans un autre EHPAD : sa sortie doit d’abord y être notée.")
        )
    people.enter_home(by=by, patient=patient, home=home, is_informed=is_informed)
    if known is not None:
        return known
    stay = Stay.objects.create(patient=patient, home=home, room=room.strip(), since=since, by=by)
    _record(by, "care.resident_admitted", stay, {"since": [None, since], "informed": is_informed})
    return stay


@transaction.atomic
def inform_resident(*, by: Person, stay: Stay) -> None:
    """Note that a resident, or who speaks for them, was told that the home reads their file.

    Raises PermissionDenied.
    """
    require_staff(by, stay.home)
    people.enter_home(by=by, patient=stay.patient, home=stay.home, is_informed=True)


@transaction.atomic
def leave(*, by: Person, stay: Stay, on: date) -> Stay:
    """Note that a resident left for good; the home reads their file no more. Again, nothing changes.

    Raises PermissionDenied, ValidationError for a day to come or before they entered.
    """
    require_staff(by, stay.home)
    row = Stay.objects.of_home(stay.home).select_for_update().select_related("patient").get(pk=stay.pk)
    if row.until is not None:
        return row
    if not row.since <= on <= timezone.localdate():
        raise ValidationError(_("La sortie est entre le jour de l’entrée et aujourd’hui."))
    row.until = on
    row.save(update_fields=["until"])
    people.leave_home(by=by, patient=row.patient, home=row.home)
    _record(by, "care.resident_left", row, {"until": [None, on]})
    return row


def writable_entries(by: Person, patient: people.Patient) -> frozenset[Entry]:
    """Return what `by` may write of the card of a patient; nothing without the circle of care."""
    decision = people.decision(by, patient, people.Part.CRISIS)
    if not may_write(decision):
        return frozenset()
    return writable(_roles(by, decision), rule("care.crisis_card.writers").value)


@transaction.atomic
def revise_card(
    *, by: Person, patient: people.Patient, version: int, values: Mapping[Entry, Value]
) -> CrisisCard:
    """Write the next version of a card; `version` is the one that was read (0: none), `values` what changes.

    What `by` may not write stays as it was. The same again changes nothing. Raises PermissionDenied;
    CardError where somebody revised it meanwhile, or where an entry is too long.
    """
    decision = people.decision(by, patient, people.Part.CRISIS)
    mine = writable_entries(by, patient)
    if not mine:
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent cette fiche."))
    people.lock(patient)
    before = current_card(patient)
    told = before.written if before is not None else {}
    after = {**told, **{entry: value for entry, value in values.items() if entry in mine}}
    different = changed(told, after)
    if not different and before is not None:
        return before
    if (before.version if before is not None else 0) != version:
        raise CardError(
            _("{name} a revu cette fiche entre-temps : relisez-la, puis notez ce qui manque encore.").format(
                name=before.by.get_full_name() if before is not None else ""
            )
        )
    row = CrisisCard(
        patient=patient,
        version=version + 1,
        by=by,
        as_role=_role(by, decision),
        **{entry.value: value for entry, value in after.items()},
    )
    _check_lengths(row)
    row.clean_fields(exclude=["patient", "by"])
    row.save()
    changes = {"version": row.version, "entries": [entry.value for entry in different]}
    journal.record(
        by=by,
        verb="care.card_revised",
        target=journal.target_of(row),
        changes=changes,
        scope=patient.scope_id,
    )
    return row


@transaction.atomic
def confirm_card(*, by: Person, patient: people.Patient) -> CrisisCard:
    """Note that a card was read again and holds as it is: a new version that says the same, of today.

    Raises PermissionDenied; CardError where there is none.
    """
    decision = people.decision(by, patient, people.Part.CRISIS)
    if not may_write(decision):
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent cette fiche."))
    people.lock(patient)
    before = current_card(patient)
    if before is None:
        raise CardError(_("Cette personne n’a pas encore de fiche de nuit."))
    held = {entry.value: value for entry, value in before.written.items()}
    row = CrisisCard.objects.create(
        patient=patient, version=before.version + 1, by=by, as_role=_role(by, decision), **held
    )
    journal.record(
        by=by,
        verb="care.card_confirmed",
        target=journal.target_of(row),
        changes={"version": row.version},
        scope=patient.scope_id,
    )
    return row


@transaction.atomic
def fill_grid(*, by: Person, patient: people.Patient, grades: Mapping[Activity, Grade]) -> AggirGrid:
    """Note what a resident does alone, and the GIR that the rule in force gives.

    Raises PermissionDenied, ValidationError where a grade that counts lacks.
    """
    if not may_write(people.decision(by, patient, people.Part.CRISIS)):
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins remplissent cette grille."))
    if missing(grades):
        raise ValidationError(_("Cotez les huit activités qui comptent."))
    algorithm = rule("care.aggir.algorithm")
    found = outcome_of(grades, groups_of(algorithm.value))
    row = AggirGrid.objects.create(
        patient=patient,
        grades={activity.value: grade.value for activity, grade in grades.items()},
        gir=found.gir,
        rank=found.rank,
        group=found.group,
        rule_from=algorithm.valid_from,
        by=by,
    )
    journal.record(
        by=by, verb="care.grid_filled", target=journal.target_of(row), changes={}, scope=patient.scope_id
    )
    return row


def require_staff(by: Person, home: directory.Structure) -> None:
    """Raise PermissionDenied unless `by` holds a role at care and works in that home today."""
    access.require(by, Permission.VIEW_RESIDENTS)
    if not works_in(by, home.pk):
        raise PermissionDenied(_("Vous ne travaillez pas dans cet EHPAD aujourd’hui."))


def _patient(by: Person, scope: Scope, identity: Mapping[str, Any], is_another: bool) -> people.Patient:
    found = people.born_as(
        by=by,
        name=identity["birth_name"],
        first=identity["birth_first_names"],
        born=identity["birth_date"],
        purpose=ADMITTING,
    )
    here = [one for one in found if one.scope_id == scope.pk]
    if len(here) > 1:
        raise ValidationError(
            _("Deux dossiers portent ce nom et cette naissance : demandez à la coordination de les réunir.")
        )
    if here:
        return here[0]
    return people.register(by=by, scope=scope, values=identity, is_another=is_another)


def _check_lengths(row: CrisisCard) -> None:
    """Raise ValidationError for a text longer than its column: a night card is read in ten seconds."""
    for entry in Entry:
        said, most = getattr(row, entry.value), getattr(row._meta.get_field(entry.value), "max_length", None)
        if isinstance(said, str) and most is not None and len(said) > most:
            raise ValidationError(
                {entry.value: _("{count} caractères au plus : allez au plus court.").format(count=most)}
            )


def _roles(by: Person, decision: people.Decision) -> list[str]:
    link = decision.link
    if link is not None and link.role:
        return [link.role]
    return [one.role for one in access.roles_of(by)]


#: In which of their roles somebody signs, the first that they hold.
_SIGNING = (Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.EHPAD)


def _role(by: Person, decision: people.Decision) -> str:
    held = _roles(by, decision)
    return next((role.value for role in _SIGNING if role.value in held), held[0])


def _record(by: Person, verb: str, stay: Stay, changes: dict[str, Any]) -> None:
    target = journal.target_of(stay)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=stay.patient.scope_id)
