"""Publishing a value: what is kept is what was shown, never changed afterwards."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.indicators.computations.values import Result
from maillage.indicators.models import PublishedValue
from maillage.kernel import access, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission


@transaction.atomic
def publish_value(
    *,
    by: Person,
    scope: Scope,
    result: Result,
    source: str,
    key: str,
    note: str = "",
    is_demonstration: bool = False,
) -> PublishedValue:
    """Keep the value of a period as it stands; the same key again gives the same row.

    Raises PermissionDenied, ValidationError (no value, or one that would tell of a few people; the key kept
    another value).
    """
    access.require(by, Permission.PUBLISH_INDICATORS, scope)
    whole, period = result.whole, result.cube.period
    if not whole.is_known:
        raise ValidationError(_("Aucune valeur à publier pour cette période."))
    if whole.is_secret:
        raise ValidationError(
            _(
                "Cette valeur porte sur trop peu de personnes pour être publiée : choisissez une période "
                "plus longue."
            )
        )
    kept = {
        "indicator": result.indicator.key, "version": result.indicator.version, "source": source,
        "first": period.first, "months": period.months, "value": whole.value, "low": whole.low,
        "high": whole.high, "numerator": whole.numerator, "denominator": whole.denominator,
        "missing": whole.missing, "rows": result.reading.rows, "digest": result.cube.digest,
    }  # fmt: skip
    made, is_new = PublishedValue.objects.in_scope(scope).get_or_create(
        by=by,
        key=key,
        defaults={**kept, "scope": scope, "note": note.strip(), "is_demonstration": is_demonstration},
    )
    if not is_new:
        if (made.indicator, made.first, made.months) != (result.indicator.key, period.first, period.months):
            raise ValidationError(_("Cette publication a déjà été enregistrée pour une autre période."))
        return made
    journal.record(
        by=by,
        verb="indicators.value_published",
        target=journal.target_of(made),
        changes={
            "indicator": made.indicator, "period": period.written, "value": made.value,
            "numerator": made.numerator, "denominator": made.denominator, "digest": made.digest,
        },
        scope=scope,
    )  # fmt: skip
    return made


@transaction.atomic
def note_rows_read(*, by: Person, scope: Scope, indicator: str, period: str, rows: int) -> None:
    """Leave a line in the journal: somebody opened the rows behind a figure. Raises PermissionDenied."""
    access.require(by, Permission.VIEW_INDICATOR_ROWS, scope)
    journal.record(
        by=by,
        verb="indicators.rows_read",
        target=f"kernel.scope:{scope.pk}",
        changes={"indicator": indicator, "period": period, "rows": rows},
        scope=scope,
    )
