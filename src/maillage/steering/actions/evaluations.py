"""Keeping an evaluation."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.kernel import access, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.steering.models import Evaluation
from maillage.steering.rules.directions import Better
from maillage.steering.rules.panels import Measures


@transaction.atomic
def keep_evaluation(
    *,
    by: Person,
    scope: Scope,
    title: str,
    described: str,
    outcome: str,
    unit: str,
    better: Better,
    source: str,
    measures: Measures,
    key: str,
    is_demonstration: bool = False,
) -> Evaluation:
    """Keep measures and what they are about; the same key again gives the same evaluation.

    Raises PermissionDenied, ValidationError (a text is missing; the key kept other measures).
    """
    access.require(by, Permission.WRITE_EVALUATIONS, scope)
    stored = measures.as_json()
    digest = hashlib.sha256(journal.canonical(stored).encode()).hexdigest()
    said: dict[str, Any] = {
        "title": title.strip(), "described": described.strip(), "outcome": outcome.strip(),
        "unit": unit.strip(), "better": better.value, "source": source.strip(), "digest": digest,
    }  # fmt: skip
    missing = [name for name in ("title", "described", "outcome", "source") if not said[name]]
    if missing:
        raise ValidationError({name: _("Ce texte manque.") for name in missing})
    made, is_new = Evaluation.objects.in_scope(scope).get_or_create(
        by=by,
        key=key,
        defaults={**said, "scope": scope, "measures": stored, "is_demonstration": is_demonstration},
    )
    if not is_new:
        if any(getattr(made, name) != value for name, value in said.items()):
            raise ValidationError(_("Cette évaluation a déjà été enregistrée avec d’autres données."))
        return made
    journal.record(
        by=by,
        verb="steering.evaluation_kept",
        target=journal.target_of(made),
        changes={"units": len(measures.units), "periods": measures.count, "digest": digest},
        scope=scope,
    )
    return made
