"""Keeping and forgetting one's own answers about tiredness. Nothing of it goes to the journal, on purpose."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import clock
from maillage.kernel.models import Person
from maillage.project.models import PrivateCheck
from maillage.project.rules.checks import ITEMS, Often

#: Days of one's own that are kept: older ones are forgotten when another is kept.
KEPT = 12


@transaction.atomic
def keep_check(*, by: Person, answers: Mapping[str, str]) -> PrivateCheck:
    """Keep one's own answers of today, for oneself alone; those given earlier today are replaced.

    Raises ValidationError for answers that are not those of the questions.
    """
    said = {item: Often(answers[item]).value for item in ITEMS if answers.get(item) in set(Often)}
    if set(said) != set(ITEMS):
        raise ValidationError(_("Répondez à chaque question, ou ne gardez rien."))
    own = PrivateCheck.objects.for_person(by)
    made, _is_new = own.update_or_create(
        person=by, on=timezone.localdate(timezone=clock.zone_for(by)), defaults={"answers": said}
    )
    older = PrivateCheck.objects.for_person(by).order_by("-on").values_list("pk", flat=True)[KEPT:]
    PrivateCheck.objects.for_person(by).filter(pk__in=list(older)).delete()
    return made


@transaction.atomic
def forget_checks(*, by: Person) -> int:
    """Delete every answer of one's own at once; return how many days there were."""
    count, _by_table = PrivateCheck.objects.for_person(by).delete()
    return count
