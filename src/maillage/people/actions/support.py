"""A carer says what helping asks of them, keeps it, or shares what it comes to with a care team."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.people.actions.signals import send_signal
from maillage.people.models import CarerAnswers, Patient, Signal
from maillage.people.rules.signals import Kind
from maillage.people.rules.support import Often


@transaction.atomic
def answer_for_oneself(*, by: Person, answers: Mapping[str, int]) -> CarerAnswers:
    """Keep the answers of a carer about themself. Raises ValidationError unless each question is answered."""
    codes = {one["code"] for one in rule("people.support.items").value}
    if set(answers) != codes or not set(answers.values()) <= {one.value for one in Often}:
        raise ValidationError(_("Répondez à chaque question : « jamais » est une réponse."))
    made = CarerAnswers.objects.create(person=by, answers=dict(answers))
    journal.record(
        by=by, verb="people.support_answered", target=journal.target_of(made), changes={}, scope=None
    )
    return made


@transaction.atomic
def share(*, by: Person, answers: CarerAnswers, patient: Patient) -> Signal:
    """Tell the care team of somebody what one's own answers come to, as a signal; once for each.

    Raises PermissionDenied without a mandate that lets signal.
    """
    text = _("J’ai répondu aux questions sur ce que l’aide me demande : {estimate} sur 100.").format(
        estimate=answers.estimate
    )
    key = f"support-{answers.pk}-{patient.pk}"
    return send_signal(by=by, patient=patient, kind=Kind.EXHAUSTION, key=key, text=text)
