"""Putting a folder of files in service: checked whole, or not at all."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.indicators.models import FileImport
from maillage.indicators.packs.checking import CheckedFolder
from maillage.indicators.rules.periods import Period
from maillage.kernel import access, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write


@transaction.atomic
def import_files(
    *,
    by: Person,
    scope: Scope,
    checked: CheckedFolder,
    period: Period,
    title: str,
    key: str,
    replaces: bool = False,
    is_demonstration: bool = False,
) -> FileImport:
    """Put a folder that was checked in service for a period; the same key again gives the same import.

    Raises PermissionDenied, ValidationError (no title; another import has some of its tables for one of its
    months, and `replaces` does not say that it takes its place).
    """
    access.require(by, Permission.IMPORT_INDICATORS, scope)
    if not title.strip():
        raise ValidationError({"title": _("Dites d’où viennent les données.")})
    known = made_before(FileImport, by=by, key=key)
    if known is not None:
        said = (scope.pk, str(checked.folder), checked.form.value, period, title.strip())
        return same_write(
            known, is_same=(known.scope_id, known.folder, known.form, known.period, known.title) == said
        )
    others = FileImport.objects.in_scope(scope).filter(replaced_by=None).select_for_update()
    met = [one for one in others if one.period.meets(period) and {*one.tables} & {*checked.tables}]
    if met and not replaces:
        raise ValidationError(
            _("Un import couvre déjà cette période : {names}. Dites que celui-ci le remplace.").format(
                names=", ".join(str(one) for one in met)
            )
        )
    made = FileImport.objects.create(
        scope=scope, by=by, key=key, title=title.strip(), form=checked.form.value, folder=str(checked.folder),
        first=period.first, months=period.months, tables=sorted(checked.tables),
        files=[asdict(one) for one in checked.files], rows=sum(one.rows for one in checked.files),
        is_demonstration=is_demonstration,
    )  # fmt: skip
    for one in met:
        one.replaced_by = made
        one.save(update_fields=["replaced_by"])
    journal.record(
        by=by,
        verb="indicators.files_imported",
        target=journal.target_of(made),
        changes={"period": period.written, "rows": made.rows, "replaced": [str(one) for one in met]},
        scope=scope,
    )
    return made


def deposit_of(home: Path, slug: str) -> Path:
    """Return the folder of a territory in the deposit, where an administrator puts its files to import."""
    return home / "depot-indicateurs" / slug


def deposits(home: Path, slug: str) -> list[Path]:
    """Return the folders of files put in the deposit for a territory: one reads none of another's."""
    folder = deposit_of(home, slug)
    return sorted(one for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []
