"""What a carer says of what helping asks of them; theirs alone."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people.rules.support import Often, estimate

OFTEN_LABELS = {
    Often.NEVER: _("Jamais"),
    Often.SOMETIMES: _("Parfois"),
    Often.OFTEN: _("Souvent"),
    Often.ALMOST_ALWAYS: _("Presque toujours"),
}


class CarerAnswersQuerySet(ScopedQuerySet["CarerAnswers"]):
    """Answers, read by whoever gave them."""

    def visible_to(self, person: Person) -> models.Q:
        return models.Q(person=person)


class CarerAnswers(AnnotatedModel):
    """Once, a carer answered the questions of the rule `people.support.items`: by code, how often."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="support_answers", verbose_name=_("aidant")
    )
    at = models.DateTimeField(_("répondu le"), default=timezone.now)
    answers = models.JSONField(_("réponses"), default=dict)

    objects = CarerAnswersQuerySet.as_manager()

    personal = ("person", "at")
    health = ("answers",)
    neither = ("id",)

    class Meta:
        verbose_name = _("réponses d’un aidant")
        verbose_name_plural = _("réponses d’aidants")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.person_id} · {self.at:%Y-%m-%d}"

    @property
    def estimate(self) -> int:
        """What the answers come to, from 0 to 100."""
        return estimate(self.answers.values())
