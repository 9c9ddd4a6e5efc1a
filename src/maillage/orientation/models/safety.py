"""Safety sheets, who wrote them, and what was answered."""

from __future__ import annotations

import hashlib
import json

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Person, Scope
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.sourced_rules import rule
from maillage.orientation.models.requests import CALLER_LABELS, OfRequestQuerySet, Request, optional
from maillage.orientation.rules.safety import Question, SheetContent, question_from
from maillage.orientation.rules.vocabulary import Answer

ANSWER_LABELS = {Answer.YES: _("Oui"), Answer.NO: _("Non"), Answer.UNKNOWN: _("Ne sait pas")}


class SafetySheetQuerySet(models.QuerySet["SafetySheet"]):
    def of_desk(self, scope: Scope | None) -> SafetySheetQuerySet:
        """Keep the sheets of a desk and those of the whole installation, its examples."""
        return self.filter(models.Q(scope=None) | models.Q(scope=scope))

    def to_sign_by(self, person: Person) -> SafetySheetQuerySet:
        """Keep the drafts that wait for the signature of a person."""
        return self.filter(signature_asked_of=person, signed_by=None, published_at=None)

    def to_rewrite_by(self, person: Person) -> SafetySheetQuerySet:
        """Keep what a person wrote, a physician refused to sign, and nobody wrote again since."""
        later = SafetySheet.objects.filter(
            code=models.OuterRef("code"), version__gt=models.OuterRef("version")
        )
        return self.filter(written_by=person, refused_at__isnull=False).exclude(models.Exists(later))


class SafetySheet(AnnotatedModel):
    """The questions to ask for some motives. A published version is never changed: another is written.

    `scope` is the desk whose sheet it is, none for an example of the installation. `questions`: a list of
    `{key, text, text_en, red_flag, known, fact}`, see `rules.safety.question_from`. `title_en` is empty where
    nobody translated it. `is_validated` is false for an example that no clinician signed, and the screen says
    so. A draft has no `published_at`; it is signed by the physician of whom that was asked, from their own
    account, on the day of the act; written again, it is signed by nobody. Refused, with why, it is final: the
    next version answers. It is current from its publication until the next version or its retirement.
    """

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("bureau")
    )
    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("titre"), max_length=120)
    title_en = models.CharField(_("titre en anglais"), max_length=120, blank=True)
    motives = models.JSONField(pgettext_lazy("de recours", "motifs"), default=list)
    questions = models.JSONField(_("questions"), default=list)
    author = models.CharField(_("source"), max_length=160)
    certainty = models.CharField(_("certitude"), max_length=22)
    is_validated = models.BooleanField(_("validée cliniquement"), default=False)
    is_current = models.BooleanField(_("en usage"), default=False)
    written_by = optional(Person, _("écrite par"))
    written_at = models.DateTimeField(_("écrite le"), default=timezone.now)
    signature_asked_of = optional(Person, _("signature demandée à"))
    signature_asked_at = models.DateTimeField(_("signature demandée le"), null=True)
    signed_by = optional(Person, _("signée par"))
    signed_on = models.DateField(_("signée le"), null=True)
    refused_by = optional(Person, _("signature refusée par"))
    refused_at = models.DateTimeField(_("signature refusée le"), null=True)
    refused_because = models.CharField(_("raison du refus"), max_length=500, blank=True)
    published_by = optional(Person, _("mise en usage par"))
    published_at = models.DateTimeField(_("mise en usage le"), null=True)
    retired_at = models.DateTimeField(_("retirée le"), null=True)
    retired_because = models.CharField(_("raison du retrait"), max_length=300, blank=True)

    objects = SafetySheetQuerySet.as_manager()

    personal = (
        "written_by", "written_at", "signature_asked_of", "signature_asked_at", "signed_by", "signed_on",
        "refused_by", "refused_at", "refused_because", "published_by", "published_at", "retired_at",
        "retired_because",
    )  # fmt: skip
    neither = (
        "id", "scope", "code", "version", "title", "title_en", "motives", "questions", "author", "certainty",
        "is_validated", "is_current",
    )  # fmt: skip

    class Meta:
        verbose_name = _("fiche de sécurité")
        verbose_name_plural = _("fiches de sécurité")
        ordering = ("title", "version")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="sheet_written_once_per_version"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(is_current=True), name="one_version_in_use"
            ),
            models.CheckConstraint(
                condition=models.Q(is_current=False) | models.Q(published_at__isnull=False),
                name="sheet_in_use_was_published",
            ),
            models.CheckConstraint(
                condition=models.Q(refused_at=None)
                | models.Q(signed_by=None, published_at=None, refused_by__isnull=False),
                name="sheet_refused_is_neither_signed_nor_used",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.version}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed: it was neither in use nor refused."""
        return self.published_at is None and not self.is_refused

    @property
    def is_refused(self) -> bool:
        """Whether a physician refused to sign it."""
        return self.refused_at is not None

    @property
    def digest(self) -> str:
        """What tells one text of a draft from another: whoever signs, signs what they read."""
        said = [self.title, self.title_en, self.motives, self.questions, self.author, self.certainty]
        return hashlib.blake2s(json.dumps(said, sort_keys=True).encode(), digest_size=8).hexdigest()

    @property
    def content(self) -> SheetContent:
        """What it asks, for the rules that judge it."""
        return SheetContent(frozenset(self.motives), tuple(self.asked))

    @property
    def asked(self) -> list[Question]:
        """The questions in their order."""
        return [question_from(one) for one in self.questions]

    @property
    def author_said(self) -> str:
        """The source: that of an example in the reader's language, another as somebody typed it."""
        example = rule("orientation.sheets.examples")
        return example.said_source if self.author == example.source else self.author

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
