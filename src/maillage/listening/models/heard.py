"""What was said and what was done of it: a line of the public page, once somebody publishes it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access, formats
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet
from maillage.listening.models.surveys import TOPIC_LABELS, Survey
from maillage.listening.rules.vocabulary import Progress

PROGRESS_LABELS = {
    Progress.PLANNED: _("Prévu"),
    Progress.UNDER_WAY: _("En cours"),
    Progress.DONE: _("Réalisé"),
}


class HeardLineQuerySet(ScopedQuerySet["HeardLine"]):
    """Lines, read by those who may read what was heard; the published ones by everybody."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> Q:
        """Those of the scopes where one may read what was heard."""
        scopes = access.scopes_of(person, Permission.VIEW_LISTENING)
        return Q() if scopes is None else Q(scope__in=[one.pk for one in scopes])

    def published(self) -> Self:
        """Keep those that everybody may read."""
        return self.exclude(published_at=None)


class HeardLine(Authored, Keyed):
    """What people said (`said`), with the item of a closed survey that shows it, and what was done (`done`).

    `topic` is what it is about; `question` the code of an item of `survey`, empty where no figure goes with
    it.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    topic = models.CharField(_("thème"), max_length=12, choices=as_choices(TOPIC_LABELS))
    survey = models.ForeignKey(
        Survey,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("enquête"),
    )
    question = models.CharField(_("question"), max_length=30, blank=True)
    said = models.CharField(_("vous avez dit"), max_length=300)
    said_en = models.CharField(_("vous avez dit, en anglais"), max_length=300, blank=True)
    done = models.CharField(_("nous avons fait"), max_length=500)
    done_en = models.CharField(_("nous avons fait, en anglais"), max_length=500, blank=True)
    done_on = models.DateField(_("date"))
    progress = models.CharField(
        _("avancement"), max_length=9, choices=as_choices(PROGRESS_LABELS), blank=True
    )
    published_at = models.DateTimeField(_("publiée le"), null=True, blank=True)
    published_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("publiée par"),
    )

    objects = HeardLineQuerySet.as_manager()

    personal = ("by", "at", "published_by")
    neither = (
        "id", "key", "scope", "topic", "survey", "question", "said", "said_en", "done", "done_en", "done_on",
        "progress", "published_at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("ligne « vous avez dit, nous avons fait »")
        ordering = ("-done_on", "-id")
        constraints = (
            *made_once("heard_line", "by"),
            models.CheckConstraint(
                condition=Q(question="") | ~Q(survey=None), name="a_figure_is_of_a_survey"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | ~Q(published_at=None) & ~Q(published_by=None),
                name="a_line_is_published_by_somebody",
            ),
        )
        indexes = (models.Index(fields=["scope", "-done_on"], name="lines_of_a_scope"),)

    def __str__(self) -> str:
        return self.said

    @property
    def shown_said(self) -> str:
        """What was said, in the reader's language where it is written so."""
        return formats.in_language(self.said, self.said_en)

    @property
    def shown_done(self) -> str:
        """What was done, in the reader's language where it is written so."""
        return formats.in_language(self.done, self.done_en)

    @property
    def is_said_in_french(self) -> bool:
        """Whether `shown_said` is in French."""
        return self.shown_said == self.said

    @property
    def is_done_in_french(self) -> bool:
        """Whether `shown_done` is in French."""
        return self.shown_done == self.done
