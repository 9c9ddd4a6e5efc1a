"""The calls that were made, one row a try, so that a number that never answers is seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.exchange.models.notifications import Notification
from maillage.exchange.rules.vocabulary import CallOutcome
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored

OUTCOME_LABELS = {
    CallOutcome.REACHED: _("Joint au téléphone"),
    CallOutcome.TOLD_OTHERWISE: _("Prévenu autrement"),
    CallOutcome.TOO_LATE: _("Trop tard pour prévenir"),
    CallOutcome.MESSAGE_LEFT: _("Message laissé"),
    CallOutcome.NO_ANSWER: _("Sans réponse"),
    CallOutcome.WRONG_NUMBER: _("Mauvais numéro"),
}


class CallAttempt(Authored):
    """Somebody called, at that moment, with that outcome."""

    notification = models.ForeignKey(
        Notification, on_delete=models.PROTECT, related_name="calls", verbose_name=_("appel à passer")
    )
    outcome = models.CharField(_("issue de l’appel"), max_length=12, choices=as_choices(OUTCOME_LABELS))

    personal = ("notification", "by", "at", "outcome")
    neither = ("id",)

    class Meta:
        verbose_name = _("appel passé")
        verbose_name_plural = _("appels passés")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.notification_id} · {self.outcome}"
