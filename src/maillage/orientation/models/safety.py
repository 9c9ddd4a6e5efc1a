"""Safety sheets, who wrote them, and what was answered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored
from maillage.kernel.privacy import ReferenceModel
from maillage.orientation.models.requests import Request
from maillage.orientation.models.scoped import OfRequestQuerySet
from maillage.orientation.rules.vocabulary import Answer
from maillage.orientation.rules.workflow import Question

ANSWER_LABELS = {Answer.YES: _("Oui"), Answer.NO: _("Non"), Answer.UNKNOWN: _("Ne sait pas")}


class SafetySheet(ReferenceModel):
    """The questions to ask for some motives. A version is never changed: another is written.

    `questions`: a list of `{key, text, red_flag}`. `is_validated` is false for an example that no clinician
    signed, and the screen says so.
    """

    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("titre"), max_length=120)
    motives = models.JSONField(_("motifs"), default=list)
    questions = models.JSONField(_("questions"), default=list)
    author = models.CharField(_("écrite par"), max_length=160)
    certainty = models.CharField(_("certitude"), max_length=22)
    is_validated = models.BooleanField(_("validée cliniquement"), default=False)
    is_current = models.BooleanField(_("en usage"), default=True)

    class Meta:
        verbose_name = _("fiche de sécurité")
        verbose_name_plural = _("fiches de sécurité")
        ordering = ("title", "version")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="sheet_written_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.version}"

    @property
    def asked(self) -> list[Question]:
        """The questions in their order."""
        return [Question(one["key"], one["text"], Answer(one["red_flag"])) for one in self.questions]


class SafetyAnswerQuerySet(OfRequestQuerySet["SafetyAnswer"]):
    """Answers, read with their request."""


class SafetyAnswer(Authored):
    """The last answer to one question of a sheet; the journal knows that there were others."""

    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="answers", verbose_name=_("demande")
    )
    sheet = models.ForeignKey(
        SafetySheet, on_delete=models.PROTECT, related_name="+", verbose_name=_("fiche")
    )
    question = models.CharField(_("question"), max_length=40)
    answer = models.CharField(_("réponse"), max_length=7, choices=as_choices(ANSWER_LABELS))
    is_red_flag = models.BooleanField(_("signe d’alerte"))

    objects = SafetyAnswerQuerySet.as_manager()

    personal = ("request", "by", "at")
    health = ("sheet", "question", "answer", "is_red_flag")
    neither = ("id",)

    class Meta:
        verbose_name = _("réponse de sécurité")
        verbose_name_plural = _("réponses de sécurité")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["request", "sheet", "question"], name="one_answer_a_question")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} · {self.question}"
