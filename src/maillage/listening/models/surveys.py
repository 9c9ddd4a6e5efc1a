"""A survey and what was answered: nothing in these tables says who answered, when, or in which order."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access, formats
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.listening.rules.vocabulary import Audience, Channel, Topic

AUDIENCE_LABELS = {
    Audience.PATIENTS: _("Patients"),
    Audience.CARERS: _("Aidants"),
    Audience.PROFESSIONALS: _("Professionnels"),
}
TOPIC_LABELS = {
    Topic.ACCESS: _("Accès"),
    Topic.CONTINUITY: _("Continuité"),
    Topic.COORDINATION: _("Coordination"),
    Topic.INFORMATION: _("Information"),
    Topic.SELF_CARE: _("Prendre soin de soi"),
    Topic.RESPECT: _("Respect"),
}
CHANNEL_LABELS = {
    Channel.PAPER: _("Formulaire remis en main propre"),
    Channel.MESSAGE: _("Message ou courriel"),
    Channel.POSTER: _("Affiche en salle d’attente"),
    Channel.PHONE: _("Téléphone"),
}
#: Whole numbers that both databases keep, and that a browser reads exactly.
_MOST = 2**53


def random_key() -> int:
    """Return the key of a row that no order may give away.

    On SQLite such a key is the place of the row itself: the table keeps no trace of which came first.
    """
    return secrets.randbelow(_MOST - 1) + 1


class SurveyQuerySet(ScopedQuerySet["Survey"]):
    """Surveys, read by those who may read results in their scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> Q:
        """Those of the scopes where one may read what was heard."""
        scopes = access.scopes_of(person, Permission.VIEW_LISTENING)
        return Q() if scopes is None else Q(scope__in=[one.pk for one in scopes])


class Survey(Authored, Keyed):
    """Questions asked of an audience, from one day to another; no result before the last day is over.

    `questions` are the codes of its items, as the rule of the day `at` worded them. `token` is in its public
    address. Closed, by its last day or by somebody, it is never open again.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    audience = models.CharField(_("à qui"), max_length=13, choices=as_choices(AUDIENCE_LABELS))
    title = models.CharField(_("titre"), max_length=120)
    title_en = models.CharField(_("titre en anglais"), max_length=120, blank=True)
    questions = models.JSONField(_("questions"))
    starts_on = models.DateField(_("premier jour"))
    ends_on = models.DateField(_("dernier jour"))
    token = models.CharField(_("adresse publique"), max_length=12, unique=True)
    closed_at = models.DateTimeField(_("close avant son terme le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("close avant son terme par"),
    )
    is_demonstration = models.BooleanField(_("inventée pour la démonstration"), default=False)

    objects = SurveyQuerySet.as_manager()

    personal = ("by", "at", "closed_by")
    neither = (
        "id", "key", "scope", "audience", "title", "title_en", "questions", "starts_on", "ends_on", "token",
        "closed_at", "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("enquête")
        ordering = ("-ends_on", "-id")
        constraints = (
            *made_once("survey", "by"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="a_survey_ends_after"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | ~Q(closed_at=None) & ~Q(closed_by=None),
                name="a_survey_is_closed_by_somebody",
            ),
        )
        indexes = (models.Index(fields=["scope", "-ends_on"], name="surveys_of_a_scope"),)

    def __str__(self) -> str:
        return self.title

    @property
    def said(self) -> str:
        """The title in the reader's language, in French where nobody wrote the other."""
        return formats.in_language(self.title, self.title_en)

    @property
    def is_said_in_french(self) -> bool:
        """Whether `said` is in French: a page in another language marks it so."""
        return self.said == self.title

    @property
    def last_day(self) -> date:
        """The day on which it ended, or is to end, in its territory."""
        if self.closed_at is None:
            return self.ends_on
        return min(self.ends_on, timezone.localdate(self.closed_at, self.scope.zone))

    def is_closed(self, today: date) -> bool:
        """Whether it is over on the day `today` of its territory."""
        return self.closed_at is not None or today > self.ends_on

    def is_open(self, today: date) -> bool:
        """Whether it may be answered on the day `today` of its territory."""
        return self.starts_on <= today and not self.is_closed(today)


class OfSurveyQuerySet(ScopedQuerySet[Row]):
    """Rows of a survey, read by those who may read its results."""

    scope_path = "survey__scope"

    def visible_to(self, person: Person) -> Q:
        """Those of the surveys that one may read."""
        scopes = access.scopes_of(person, Permission.VIEW_LISTENING)
        return Q() if scopes is None else Q(survey__scope__in=[one.pk for one in scopes])

    def of(self, *surveys: Survey) -> Self:
        """Keep the rows of surveys that were themselves read in scope, or opened by their address."""
        return self.filter(survey__in=surveys)._scoped()


class InvitedCountQuerySet(OfSurveyQuerySet["InvitedCount"]):
    pass


class InvitedCount(Authored):
    """How many people were told of a survey by one channel, as the coordination counts them."""

    survey = models.ForeignKey(
        Survey, on_delete=models.PROTECT, related_name="invited", verbose_name=_("enquête")
    )
    channel = models.CharField(_("moyen"), max_length=7, choices=as_choices(CHANNEL_LABELS))
    count = models.PositiveIntegerField(_("personnes prévenues"))

    objects = InvitedCountQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "survey", "channel", "count")

    class Meta:
        verbose_name = _("personnes prévenues d’une enquête")
        ordering = ("channel", "id")
        constraints = (models.UniqueConstraint(fields=["survey", "channel"], name="a_channel_counted_once"),)


class SurveyAnswerQuerySet(OfSurveyQuerySet["SurveyAnswer"]):
    pass


class SurveyAnswer(AnnotatedModel):
    """The marks of one answer, by the code of the item: no person, no instant, no order, no text."""

    id = models.BigAutoField(primary_key=True, default=random_key, verbose_name="ID")
    survey = models.ForeignKey(
        Survey, on_delete=models.PROTECT, related_name="answers", verbose_name=_("enquête")
    )
    marks = models.JSONField(_("notes"))
    group = models.CharField(_("groupe"), max_length=20, blank=True)
    on_paper = models.BooleanField(_("reçue sur papier"), default=False)

    objects = SurveyAnswerQuerySet.as_manager()

    neither = ("id", "survey", "marks", "group", "on_paper")

    class Meta:
        verbose_name = _("réponse anonyme")
        ordering = ("id",)


class SurveyRemarkQuerySet(OfSurveyQuerySet["SurveyRemark"]):
    pass


class SurveyRemark(AnnotatedModel):
    """A text that came with an answer, tied to none: kept apart from its marks, in no order.

    It may be hidden with a reason, where it names somebody.
    """

    id = models.BigAutoField(primary_key=True, default=random_key, verbose_name="ID")
    survey = models.ForeignKey(
        Survey, on_delete=models.PROTECT, related_name="remarks", verbose_name=_("enquête")
    )
    text = models.TextField(_("texte"), max_length=1000)
    hidden_why = models.CharField(_("pourquoi il est masqué"), max_length=200, blank=True)
    hidden_at = models.DateTimeField(_("masqué le"), null=True, blank=True)
    hidden_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("masqué par"),
    )

    objects = SurveyRemarkQuerySet.as_manager()

    personal = ("text", "hidden_by")
    neither = ("id", "survey", "hidden_why", "hidden_at")

    class Meta:
        verbose_name = _("texte libre anonyme")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None, hidden_why="")
                | ~Q(hidden_at=None) & ~Q(hidden_by=None) & ~Q(hidden_why=""),
                name="a_text_is_hidden_for_a_reason",
            ),
        )


class SpentFormQuerySet(OfSurveyQuerySet["SpentForm"]):
    pass


class SpentForm(AnnotatedModel):
    """A form that was sent: the digest of what was drawn for it, that it counts once; tied to no answer."""

    id = models.BigAutoField(primary_key=True, default=random_key, verbose_name="ID")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+", verbose_name=_("enquête"))
    digest = models.CharField(_("empreinte du formulaire"), max_length=64)

    objects = SpentFormQuerySet.as_manager()

    neither = ("id", "survey", "digest")

    class Meta:
        verbose_name = _("formulaire déjà envoyé")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["survey", "digest"], name="a_form_counts_once"),)
