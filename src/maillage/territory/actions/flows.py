"""Observed flows and measured travel times, imported whole or refused with their defects."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel import access, journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import atlas
from maillage.territory.computations.flow_table import read_flow_table
from maillage.territory.computations.matrix_table import read_matrix
from maillage.territory.models import FlowDataset, FlowRow, Territory, TravelMatrix
from maillage.territory.rules.text import decoded


@transaction.atomic
def import_flows(
    *, by: Person, territory: Territory, name: str, source: str, file: str, content: bytes
) -> FlowDataset:
    """Import a CSV of observed flows under a name; the same name again replaces what it held.

    The same content again changes nothing. Raises TableError (every defect, by line) and then nothing is
    imported, ValidationError for a missing name or producer.
    """
    access.require(by, Permission.IMPORT_DATA, territory.scope)
    label, producer = " ".join(name.split()), " ".join(source.split())
    if not label or not producer:
        raise ValidationError(_("Nommez le jeu de flux et son producteur."))
    fingerprint = hashlib.sha256(content).hexdigest()
    existing = FlowDataset.objects.filter(territory=territory, name=label).first()
    if existing and existing.fingerprint == fingerprint and existing.source == producer:
        return existing
    lines = read_flow_table(decoded(content), file, set(atlas.current().codes.tolist()))
    if existing:
        _forget(existing)
    dataset = FlowDataset.objects.create(
        territory=territory, name=label, source=producer, fingerprint=fingerprint, imported_by=by
    )
    FlowRow.objects.bulk_create(
        (
            FlowRow(
                dataset=dataset,
                origin_id=line.origin,
                destination_id=line.destination,
                reason=line.reason,
                period=line.period,
                count=line.count,
            )
            for line in lines
        ),
        batch_size=1000,
    )
    changes = {
        "name": label,
        "rows": len(lines),
        "fingerprint": [existing.fingerprint if existing else None, fingerprint],
    }
    journal.record(
        by=by,
        verb="territory.flows_imported",
        target=journal.target_of(dataset),
        changes=changes,
        scope=dataset.territory.scope_id,
    )
    return dataset


@transaction.atomic
def delete_flows(*, by: Person, dataset: FlowDataset) -> None:
    """Delete an imported dataset and its rows."""
    access.require(by, Permission.IMPORT_DATA, dataset.territory.scope)
    target, name = journal.target_of(dataset), dataset.name
    _forget(dataset)
    journal.record(
        by=by,
        verb="territory.flows_deleted",
        target=target,
        changes={"name": name},
        scope=dataset.territory.scope_id,
    )


@transaction.atomic
def import_travel_matrix(
    *, by: Person | None, provider: str, vintage: str, file: str, content: bytes
) -> TravelMatrix:
    """Import measured travel times (CSV or Parquet: origin, destination, minutes) and use them from now on.

    `by` is None for the operator at the command line. The same table again changes nothing. Raises
    TableError (every defect) and then nothing is imported, ValidationError for a missing provider or
    vintage.
    """
    if by is not None:
        access.require_everywhere(by, Permission.IMPORT_DATA)
    if not provider.strip() or not vintage.strip():
        raise ValidationError(_("Nommez le fournisseur des temps de trajet et leur millésime."))
    table = read_matrix(content, file, atlas.current().codes)
    return store_matrix(by=by, provider=provider, vintage=vintage, columns=table._asdict())


def store_matrix(
    *, by: Person | None, provider: str, vintage: str, columns: Mapping[str, NDArray[Any]], **more: Any
) -> TravelMatrix:
    """Keep the columns of a table of travel times; one that says the same is returned as it is.

    `columns` are named as they will be read again, `minutes` among them; `more` are other fields of the row.
    """
    payload = io.BytesIO()
    held: dict[str, Any] = dict(columns)  # the stub of NumPy takes another option for a column
    np.savez_compressed(payload, **held)
    parts = (provider.encode(), vintage.encode(), *(column.tobytes() for column in columns.values()))
    matrix, created = TravelMatrix.objects.get_or_create(
        fingerprint=hashlib.sha256(b"\0".join(parts)).hexdigest(),
        defaults={
            "provider": provider.strip(),
            "vintage": vintage.strip(),
            "pair_count": columns["minutes"].size,
            "payload": payload.getvalue(),
            "imported_by": by,
            **more,
        },
    )
    if created:
        changes = {"provider": matrix.provider, "vintage": matrix.vintage, "pairs": matrix.pair_count}
        journal.record(
            by=by,
            verb="territory.travel_matrix_imported",
            target=journal.target_of(matrix),
            changes=changes,
            scope=None,
        )
    return matrix


@transaction.atomic
def delete_travel_matrix(*, by: Person | None, matrix: TravelMatrix) -> None:
    """Forget measured travel times: the matrix imported before, or the estimate, holds again."""
    if by is not None:
        access.require_everywhere(by, Permission.IMPORT_DATA)
    target, provider = journal.target_of(matrix), matrix.provider
    matrix.delete()
    journal.record(
        by=by,
        verb="territory.travel_matrix_deleted",
        target=target,
        changes={"provider": provider},
        scope=None,
    )


def _forget(dataset: FlowDataset) -> None:
    dataset.rows.all().delete()
    dataset.delete()
