"""The copy of somebody's data: one ZIP, made by the worker, fetched while it lasts, erased at its term.

Killed while it works, the worker begins again: nothing is noted before the whole file is written.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.kernel import formats, outbox, printing
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.people.actions.rights import COPY_ASKED, COPY_OVER, COPY_READY, decide_copy, record
from maillage.people.models import DataCopy, Patient
from maillage.people.queries.patients import COPY, log_access
from maillage.people.queries.rights import Part, parts, readable_copy

TEMPLATE = files("maillage.people.actions") / "copy.typ"
#: Rows of one table that the paper says: the JSON beside it has them all.
ON_PAPER = 400
_SALT = "maillage.people.copy"


@outbox.handles(COPY_ASKED, by_worker=True)
def make_copy(event: outbox.Event) -> None:
    """Make the file of a copy that was asked for; made already, or refused meanwhile, nothing happens."""
    rows = DataCopy.objects.keyed(event.payload["copy"]).select_for_update(of=("self",))
    row = rows.select_related("request__patient__scope").get()
    if row.made_at is not None or row.request.decided_at is not None:
        return
    now = timezone.now()
    content = zipped(row.request.patient)
    file = file_of(row)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(content)
    row.made_at, row.expires_at = now, now + timedelta(hours=rule("people.rights.copy_hours").value)
    row.digest, row.size = hashlib.sha256(content).hexdigest(), len(content)
    row.save(update_fields=["made_at", "expires_at", "digest", "size"])
    decide_copy(row.request)
    outbox.publish(COPY_READY, {"request": row.request_id}, key=f"copy-{row.pk}")
    outbox.publish(COPY_OVER, {"copy": row.pk}, key=f"copy-{row.pk}", not_before=row.expires_at)
    record(None, "people.copy_made", row.request, {"digest": row.digest})


@outbox.handles(COPY_OVER, by_worker=True)
def erase_copy(event: outbox.Event) -> None:
    """Erase the file of a copy whose time is over; again, nothing happens."""
    rows = DataCopy.objects.keyed(event.payload["copy"]).select_for_update(of=("self",))
    row = rows.select_related("request__patient").get()
    file_of(row).unlink(missing_ok=True)
    if row.erased_at is None:
        row.erased_at = timezone.now()
        row.save(update_fields=["erased_at"])
        record(None, "people.copy_erased", row.request, {})


def file_of(copy: DataCopy) -> Path:
    """Return where the file of a copy is kept, in the folder of the installation."""
    return Path(settings.HOME) / "copies" / f"{copy.seed}.zip"


def link_for(person: Person, copy: DataCopy) -> str:
    """Return what the address of a download carries: for that person, and for some minutes."""
    return signing.dumps([copy.pk, person.pk], salt=_SALT)


@transaction.atomic
def fetch(*, by: Person, token: str) -> tuple[str, bytes]:
    """Return the name and the content of the copy that a link opens; the access log of the patient tells it.

    Raises DataCopy.DoesNotExist where the link is another's, too old or forged, or the copy is over.
    """
    longest = timedelta(minutes=rule("people.rights.link_minutes").value)
    try:
        pk, person = signing.loads(token, salt=_SALT, max_age=longest)
    except (signing.BadSignature, ValueError, TypeError):
        raise DataCopy.DoesNotExist from None
    if person != by.pk:
        raise DataCopy.DoesNotExist
    copy = readable_copy(by=by, pk=pk)
    try:
        content = file_of(copy).read_bytes()
    except FileNotFoundError:
        raise DataCopy.DoesNotExist from None
    patient = copy.request.patient
    log_access(by=by, patients=[patient], what=COPY, purpose=_("copie de ses données"))
    record(by, "people.copy_fetched", copy.request, {"digest": copy.digest})
    return f"donnees-{copy.request_id}.zip", content


def zipped(patient: Patient) -> bytes:
    """Return the ZIP of all that is kept about a patient: a paper in plain French, and JSON for programs."""
    with override("fr"):
        found = list(parts(patient))
        paper = printing.pdf(TEMPLATE, said(patient, found), timezone.localdate(timezone=patient.scope.zone))
        read_me = _(
            "Voici la copie de ce que Maillage garde de vous.\n"
            "- donnees.pdf : la même chose, à lire.\n"
            "- donnees.json : pour un autre logiciel.\n"
            "Ce que d’autres que vos soignants ont dit de vous leur appartient : ce n’est pas ici.\n"
        )
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("donnees.pdf", paper)
        archive.writestr("donnees.json", as_json(patient, found))
        archive.writestr("lisez-moi.txt", read_me)
    return kept.getvalue()


def as_json(patient: Patient, found: list[Part]) -> str:
    """Return the same for a program: each table by its name, each row by its columns."""
    content = {
        "patient": patient.pk,
        "made_at": timezone.now().isoformat(),
        "tables": {one.table: list(one.raw) for one in found},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)


def said(patient: Patient, found: list[Part]) -> dict[str, Any]:
    """Return what the paper says, table after table, in the order in which the program keeps them."""
    today = formats.date_long(timezone.localdate(timezone=patient.scope.zone))
    return {
        "title": _("Mes données : {name}").format(name=patient.name),
        "subtitle": _("Tout ce que Maillage garde de vous au {day}, et qui l’a lu.").format(day=today),
        "vintage": _("Copie faite le {day} depuis Maillage.").format(day=today),
        "parts": [
            {
                "title": one.title,
                "count": _counted(len(one.said)),
                "rows": [[list(pair) for pair in row] for row in one.said[-ON_PAPER:]],
            }
            for one in found
        ],
    }


def _counted(count: int) -> str:
    if count <= ON_PAPER:
        return ""
    return _("Les {shown} dernières lignes sur {count} : toutes sont dans donnees.json.").format(
        shown=formats.number(ON_PAPER), count=formats.number(count)
    )
