"""Photos and documents shown with a question, or with the advice that answers it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.exchange import api as exchange
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.scoping import ScopedQuerySet
from maillage.telehealth.models.questions import Question
from maillage.telehealth.rules.questions import LONGEST_SEEN, Side

SIDE_LABELS = {Side.ASKER: _("avec la demande"), Side.EXPERT: _("avec l’avis")}


class QuestionFileQuerySet(ScopedQuerySet["QuestionFile"]):
    """Files of questions, read with them."""

    scope_path = "question__scope"

    def visible_to(self, person: Person) -> models.Q:
        return models.Q(question__in=Question.objects.for_person(person).values("pk"))

    def of(self, question: Question) -> Self:
        """Keep those of a question that was read in scope."""
        return self.filter(question=question)._scoped()


class QuestionFile(exchange.StoredFile):
    """A photo or a document of a question: what is `seen` on it; `thumbnail`, a small JPEG of a photo."""

    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="files", verbose_name=_("demande d’avis")
    )
    side = models.CharField(_("de quel côté"), max_length=6, choices=as_choices(SIDE_LABELS))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("joint par"))
    at = models.DateTimeField(_("joint le"), default=timezone.now)
    seen = models.CharField(_("ce que l’on y voit"), max_length=LONGEST_SEEN, blank=True)
    thumbnail = models.BinaryField(_("vignette"), default=bytes)

    objects = QuestionFileQuerySet.as_manager()

    personal = ("question", "by", "at")
    health = ("name", "seen", "content", "thumbnail")
    neither = ("id", "side", "position", "kind", "size", "width", "height")

    class Meta:
        verbose_name = _("photo ou document d’une demande d’avis")
        verbose_name_plural = _("photos et documents des demandes d’avis")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["question", "position"], name="file_has_its_place_in_a_question")
        ]

    def __str__(self) -> str:
        return f"{self.question_id} · {self.position}"
