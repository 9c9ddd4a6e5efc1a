"""Questionnaires that the circle asks of a patient or of a carer, answered once."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.care.models.measures import OfHealthQuerySet
from maillage.care.rules.questionnaires import Standing, Way, standing
from maillage.kernel import access, formats
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.rules import Role
from maillage.people import api as people

WAY_LABELS = {
    Way.SPACE: _("dans son espace"),
    Way.PAPER: _("sur papier"),
    Way.SPOKEN: _("de vive voix"),
}
STANDING_LABELS = {
    Standing.ASKED: _("réponse attendue"),
    Standing.ANSWERED: _("répondu"),
    Standing.WITHDRAWN: _("retiré"),
}


class QuestionnaireQuerySet(OfHealthQuerySet["Questionnaire"]):
    """Questionnaires, read for a person or inside a scope."""

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose health the circle opens, and what is asked of oneself.

        What a carer says of themself is read by those who care: neither by the patient nor by another carer.
        """
        readable = super().visible_to(person)
        is_carer = any(one.role == Role.CARER.value for one in access.roles_of(person))
        helped = list(people.cared_for_with(person, people.Part.HEALTH)) if is_carer else []
        theirs = models.Q(carer=None) | ~models.Q(patient__account=person) & ~models.Q(patient__in=helped)
        mine = models.Q(carer=person) & people.readable(person, prefix="patient__")
        return readable & theirs | mine if is_carer else readable & theirs

    def asked_of(self, person: Person) -> QuestionnaireQuerySet:
        """Keep what is asked of `person`: about themself, or as a carer; taken back or not."""
        own = models.Q(carer=None, patient__account=person) | models.Q(carer=person)
        return self.filter(own)

    def keyed(self, pk: int) -> QuestionnaireQuerySet:
        """Keep the row itself, for an action or a reminder that then checks who acts."""
        return self.filter(pk=pk)._scoped()


class Questionnaire(Authored, Keyed):
    """Sentences asked of a patient, or of their `carer` about themself; `by` asks.

    `asked` and `choices` are the words as they were when it was asked: lists of `{code, label, label_en}`.
    `answers` gives a choice by sentence. `signs` are codes of the rule `people.signals.vital_signs`,
    `alarms` the words of the rule `people.signals.emergency_words` that the free text holds.
    """

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="questionnaires", verbose_name=_("patient")
    )
    carer = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("aidant")
    )
    code = models.CharField(_("questionnaire"), max_length=20)
    title = models.JSONField(_("titre"), default=dict)
    asked: Any = models.JSONField(_("phrases"), default=list)
    choices: Any = models.JSONField(_("réponses possibles"), default=list)
    answers: Any = models.JSONField(_("réponses"), default=dict)
    words = models.TextField(_("avec ses mots"), max_length=1000, blank=True)
    signs: Any = models.JSONField(_("signes vitaux dits"), default=list)
    alarms: Any = models.JSONField(_("mots qui montrent le 15"), default=list)
    way = models.CharField(_("comment"), max_length=6, blank=True, choices=as_choices(WAY_LABELS))
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("réponses notées par"),
    )  # fmt: skip
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    read_at = models.DateTimeField(_("réponses lues le"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    objects = QuestionnaireQuerySet.as_manager()

    personal = (
        "patient",
        "by",
        "at",
        "carer",
        "way",
        "answered_by",
        "answered_at",
        "read_at",
        "withdrawn_at",
    )
    health = ("code", "title", "asked", "answers", "words", "signs", "alarms")
    neither = ("id", "key", "choices")

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ("-at", "-id")
        constraints = [
            *made_once("questionnaire", "by"),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, way="")
                | models.Q(answered_at__isnull=False) & ~models.Q(way=""),
                name="questionnaire_answered_some_way",
            ),
        ]
        indexes = [models.Index(fields=["patient", "code"], name="questionnaires_of_a_patient")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.code}"

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return standing(self.answered_at, self.withdrawn_at)

    @property
    def standing_label(self) -> str:
        """The words of where it stands."""
        return str(STANDING_LABELS[self.standing])

    @property
    def is_open(self) -> bool:
        """Whether an answer is awaited."""
        return self.standing is Standing.ASKED

    @property
    def is_vital(self) -> bool:
        """Whether what was said shows the 15 first."""
        return bool(self.signs or self.alarms)

    @property
    def name(self) -> str:
        """The title, in the reader's language."""
        return formats.in_language(self.title["label"], self.title["label_en"])

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """The sentences by code, in the reader's language."""
        return [(one["code"], formats.in_language(one["label"], one["label_en"])) for one in self.asked]

    @property
    def options(self) -> list[tuple[str, str]]:
        """The answers that may be given, in the reader's language."""
        return [(one["code"], formats.in_language(one["label"], one["label_en"])) for one in self.choices]

    def answered(self, code: str) -> str:
        """Return what was answered to a sentence, a dash where nothing was."""
        return dict(self.options).get(self.answers.get(code, ""), "–")
