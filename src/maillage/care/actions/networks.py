"""Opening a pathway on the template of a network, writing its steps, closing it: each is safe to repeat."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.actions.tasks import Owner, named
from maillage.care.models import NetworkPathway, NetworkStep
from maillage.care.queries.networks import template
from maillage.care.queries.rights import require_writer, writes_part
from maillage.care.rules.networks import Network, planned
from maillage.care.rules.pathway import Step
from maillage.kernel import databases, journal
from maillage.kernel.models import Person
from maillage.kernel.writes import made_before, same_write
from maillage.people import api as people


@transaction.atomic
def open_pathway(*, by: Person, patient: people.Patient, network: Network, key: str) -> NetworkPathway:
    """Open a pathway on the template in force today: the need is said, the other steps have their day.

    For a professional who writes the plan; they carry each step until another is chosen. Open already in that
    network, that one is returned. Raises PermissionDenied; ValidationError for the key of another write.
    """
    require_writer(by, patient, people.Part.PLAN)
    people.lock(patient)
    known = NetworkPathway.objects.of_patient(patient).open().filter(network=network.value).first()
    known = known or made_before(NetworkPathway, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=(known.patient_id, known.network) == (patient.pk, network.value))
    today = timezone.localdate()
    made = NetworkPathway.objects.create(
        patient=patient, network=network.value, opened_on=today, key=key, by=by
    )
    days = planned(today, template(network, today).days)
    databases.insert(
        [
            NetworkStep(
                pathway=made,
                step=step.value,
                due_on=day,
                done_on=today if step is Step.NEED else None,
                by=by,
                **named(by),
            )
            for step, day in days.items()
        ]
    )
    _record(by, "care.network_opened", made, {"network": [None, network.value]})
    return made


@transaction.atomic
def write_step(
    *,
    by: Person,
    step: NetworkStep,
    seen: int,
    owner: Owner,
    due_on: date,
    done_on: date | None,
    words: str = "",
) -> NetworkStep:
    """Write one step anew; `seen` is the version that was read. Said again as it stands, nothing changes.

    For a professional who writes the plan; the owner writes it too. Raises PermissionDenied; ValidationError
    for a day that cannot be, or where somebody else wrote since.
    """
    pathway = _locked(by, step.pathway)
    row = (
        NetworkStep.objects.of_patient(pathway.patient)
        .select_related("professional", "person")
        .get(pk=step.pk)
    )
    said: dict[str, Any] = {
        "due_on": due_on,
        "done_on": done_on,
        "words": " ".join(words.split())[:300],
        "professional": None,
        "person": None,
        **named(owner),
    }
    if all(getattr(row, name) == value for name, value in said.items()):
        return row
    if row.version != seen:
        raise ValidationError(
            _("Cette étape a changé depuis que vous l’avez lue : relisez-la, puis recommencez.")
        )
    _require_open(pathway)
    if not writes_part(owner, pathway.patient, people.Part.PLAN):
        raise ValidationError(
            {
                "owner": _("{name} n’écrit pas dans ce plan : choisissez dans le cercle de soins.").format(
                    name=owner
                )
            }
        )
    if done_on is not None and done_on > timezone.localdate():
        raise ValidationError({"done_on": _("Une étape faite l’est aujourd’hui ou avant.")})
    changes = {name: [getattr(row, name), said[name]] for name in ("due_on", "done_on")}
    for name, value in said.items():
        setattr(row, name, value)
    row.by, row.at, row.version = by, timezone.now(), row.version + 1
    row.save()
    _record(by, "care.network_step_written", pathway, changes)
    return row


@transaction.atomic
def close_pathway(*, by: Person, pathway: NetworkPathway, why: str) -> NetworkPathway:
    """Close a pathway with its reason; closed already, nothing changes. Raises as `write_step`."""
    row = _locked(by, pathway)
    if row.closed_at is not None:
        return row
    if not why.strip():
        raise ValidationError({"why": _("Dites pourquoi ce parcours se ferme.")})
    row.closed_at, row.closed_by, row.closed_why = timezone.now(), by, " ".join(why.split())[:300]
    row.save(update_fields=["closed_at", "closed_by", "closed_why"])
    _record(by, "care.network_closed", row, {})
    return row


def hand_step_on(*, by: Person, step: NetworkStep, to: Owner, reason: str) -> None:
    """Give a step to somebody else because its owner leaves, inside the action that has checked who may."""
    for name, value in ({"professional": None, "person": None} | named(to)).items():
        setattr(step, name, value)
    step.version += 1
    step.save(update_fields=["professional", "person", "version"])
    journal.record(
        by=by,
        verb="care.network_step_handed_on",
        target=journal.target_of(step.pathway),
        changes={},
        reason=reason,
        scope=step.pathway.patient.scope_id,
    )


def _locked(by: Person, pathway: NetworkPathway) -> NetworkPathway:
    require_writer(by, pathway.patient, people.Part.PLAN)
    people.lock(pathway.patient)
    rows = NetworkPathway.objects.of_patient(pathway.patient).select_related("patient__scope")
    found = rows.filter(pk=pathway.pk).first()
    if found is None:
        raise PermissionDenied(_("Ce parcours n’est pas dans ce dossier."))
    return found


def _require_open(row: NetworkPathway) -> None:
    if row.closed_at is not None:
        raise ValidationError(_("Ce parcours est fermé : ouvrez-en un autre."))


def _record(by: Person, verb: str, row: NetworkPathway, changes: dict[str, Any]) -> None:
    journal.record(
        by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=row.patient.scope_id
    )
