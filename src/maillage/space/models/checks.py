"""What somebody who books for themself, or for whom they help, answered to the safety questions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people
from maillage.space.rules.booking import Reason, Result

REASON_LABELS = {
    Reason.FOLLOW_UP: _("Un suivi prévu : contrôle, ordonnance, vaccin, papier"),
    Reason.PROBLEM: _("Un problème nouveau, ou qui s’aggrave"),
}
RESULT_LABELS = {
    Result.UNANSWERED: _("questions sans réponse"),
    Result.CLEARED: _("créneaux montrés"),
    Result.ALARM: _("le 15"),
    Result.CLOSED: _("appeler le cabinet"),
}


class SafetyCheckQuerySet(ScopedQuerySet["SafetyCheck"]):
    """Checks, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """One's own: nobody else reads what was answered."""
        return models.Q(by=person)

    def of_patient(self, patient: people.Patient) -> SafetyCheckQuerySet:
        """Keep those about a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()


class SafetyCheck(Authored, Keyed):
    """The safety questions answered in writing before a slot is shown; `result` says what they led to.

    `signs`: codes of `people.signals.vital_signs`; `motive`: a code of `space.booking.reasons`, empty for a
    follow-up; `answers`: by « sheet:question », an answer of `orientation.api.Answer`.
    """

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="safety_checks", verbose_name=_("patient")
    )
    reason = models.CharField(_("raison"), max_length=10, choices=as_choices(REASON_LABELS))
    motive = models.CharField(pgettext_lazy("de recours", "motif"), max_length=6, blank=True)
    signs = models.JSONField(_("signes graves dits"), default=list)
    answers = models.JSONField(_("réponses"), default=dict)
    result = models.CharField(_("résultat"), max_length=10, choices=as_choices(RESULT_LABELS))

    objects = SafetyCheckQuerySet.as_manager()

    personal = ("by", "at")
    health = ("patient", "reason", "motive", "signs", "answers", "result")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("questions de sécurité d’un patient")
        verbose_name_plural = _("questions de sécurité des patients")
        ordering = ("-at", "-id")
        constraints = made_once("safety_check", "by")

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.result}"
