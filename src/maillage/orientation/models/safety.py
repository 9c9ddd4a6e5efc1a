"""Safety sheets, who wrote them, and what was answered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored
from maillage.kernel.privacy import ReferenceModel
from maillage.orientation.models.requests import CALLER_LABELS, Request
from maillage.orientation.models.scoped import OfRequestQuerySet
from maillage.orientation.rules.safety import Question, question_from
from maillage.orientation.rules.vocabulary import Answer

ANSWER_LABELS = {Answer.YES: _("Oui"), Answer.NO: _("Non"), Answer.UNKNOWN: _("Ne sait pas")}


class SafetySheet(ReferenceModel):
    """The questions to ask for some motives. A version is never changed: another is written.

    `questions`: a list of `{key, text, text_en, red_flag, known, fact}`, see `rules.safety.question_from`.
    `title_en` is empty where nobody translated it. `is_validated` is false for an example that no clinician
    signed, and the screen says so.
    """

    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("titre"), max_length=120)
    title_en = models.CharField(_("titre en anglais"), max_length=120, blank=True)
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
        return [question_from(one) for one in self.questions]

    @property
    def title_said(self) -> str:
        """The title in the reader's language."""
        return formats.in_language(self.title, self.title_en)


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


class SpokenCheckQuerySet(OfRequestQuerySet["SpokenCheck"]):
    """Spoken checks, read with their request."""


class SpokenCheck(Authored):
    """Somebody said on the phone that nothing alarms, for a motive that no sheet asks about.

    It holds for this `motive` at this age only. `by` heard it; `said_by` and `name` said it; `note`: what was
    asked and answered.
    """

    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="spoken_checks", verbose_name=_("demande")
    )
    motive = models.CharField(_("motif (Hub Santé)"), max_length=6)
    age_months = models.PositiveIntegerField(_("âge en mois"), null=True)
    said_by = models.CharField(_("qui l’a dit"), max_length=8, choices=as_choices(CALLER_LABELS))
    name = models.CharField(_("son nom"), max_length=120, blank=True)
    note = models.TextField(_("ce qui a été demandé et répondu"), max_length=1000)

    objects = SpokenCheckQuerySet.as_manager()

    personal = ("request", "said_by", "name", "by", "at")
    health = ("motive", "age_months", "note")
    neither = ("id",)

    class Meta:
        verbose_name = _("vérification parlée")
        verbose_name_plural = _("vérifications parlées")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.request_id} · {self.motive}"
