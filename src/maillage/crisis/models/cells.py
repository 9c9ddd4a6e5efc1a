"""A cell: what it was opened for, who does what in it, what was done, what was noted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.crisis.rules.vocabulary import SHARED, Kind, Note, Post
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.phones import written_phone
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import Row, ScopedQuerySet

KIND_LABELS = {
    Kind.HEAT: _("Canicule"),
    Kind.EPIDEMIC: _("Épidémie"),
    Kind.FLOOD: _("Inondation"),
    Kind.FIRE: _("Incendie, personnes évacuées"),
    Kind.CYBER: _("Panne ou attaque informatique"),
    Kind.REINFORCEMENT: _("Appel à renforts"),
    Kind.VACCINATION: _("Vaccination de masse"),
}
POST_LABELS = {
    Post.DIRECTOR: _("Direction de la cellule"),
    Post.LOG: _("Main courante"),
    Post.STRUCTURES: _("Lien avec les structures"),
    Post.CALLS: _("Appels aux personnes fragiles"),
    Post.SUPPLIES: _("Matériel"),
    Post.VOICE: _("Communication"),
}
NOTE_LABELS = {
    Note.FACT: pgettext_lazy("nom", "Fait"),
    Note.DECISION: _("Décision"),
    Note.REQUEST: _("Demande"),
    Note.MESSAGE: _("Message"),
}


class CellQuerySet(ScopedQuerySet["Cell"]):
    """Cells, read by those who work in their scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> Q:
        """Those of the scopes where one may follow a crisis."""
        scopes = access.scopes_of(person, Permission.VIEW_CRISIS)
        return Q() if scopes is None else Q(scope__in=[one.pk for one in scopes])

    def open(self) -> Self:
        """Keep those that nobody closed."""
        return self.filter(closed_at=None)


class Cell(Authored, Keyed):
    """A cell, from its opening (`at`, by `by`) to the return to normal that somebody declares.

    `handed_to` is who goes on calling the people who are left. An exercise is no day of crisis.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    kind = models.CharField(_("nature"), max_length=13, choices=as_choices(KIND_LABELS))
    title = models.CharField(_("titre"), max_length=120)
    why = models.TextField(_("ce qui se passe"), max_length=2000)
    report_hours = models.PositiveSmallIntegerField(_("heures entre deux points de situation"))
    is_exercise = models.BooleanField(_("exercice"), default=False)
    closed_at = models.DateTimeField(_("retour à la normale le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retour à la normale déclaré par"),
    )
    closing = models.TextField(_("ce qui permet le retour à la normale"), max_length=2000, blank=True)
    lessons = models.TextField(_("ce qu’il faut en retenir"), max_length=4000, blank=True)
    handed_to = models.CharField(_("qui continue les appels"), max_length=200, blank=True)
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = CellQuerySet.as_manager()

    personal = ("by", "at", "closed_by", "handed_to")
    neither = (
        "id", "key", "scope", "kind", "title", "why", "report_hours", "is_exercise", "closed_at", "closing",
        "lessons", "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("cellule de crise")
        ordering = ("-at", "-id")
        constraints = (
            *made_once("cell", "by"),
            models.UniqueConstraint(
                fields=["scope", "kind"],
                condition=Q(closed_at=None, is_exercise=False),
                name="one_open_cell_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(report_hours__gte=1), name="a_report_has_a_delay"),
        )
        indexes = (models.Index(fields=["scope", "-at"], name="cells_of_a_scope"),)

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether nobody has declared the return to normal."""
        return self.closed_at is None

    def report_due(self, last: datetime | None) -> datetime:
        """Return when the next report is due, after the `last` one, else after the opening."""
        return (last or self.at) + timedelta(hours=self.report_hours)


class Phoned(AnnotatedModel):
    """Somebody who may be called, perhaps."""

    phone = models.CharField(_("téléphone"), max_length=30, blank=True)

    class Meta:
        abstract = True

    @property
    def phone_said(self) -> str:
        """The number as people read it."""
        return written_phone(self.phone)


class OfCellQuerySet(ScopedQuerySet[Row]):
    """Rows of a cell, read by those who may follow it."""

    scope_path = "cell__scope"

    def visible_to(self, person: Person) -> Q:
        """Those of the cells that one may follow."""
        scopes = access.scopes_of(person, Permission.VIEW_CRISIS)
        return Q() if scopes is None else Q(cell__scope__in=[one.pk for one in scopes])

    def of(self, cell: Cell) -> Self:
        """Keep the rows of a cell that was itself read in scope."""
        return self.filter(cell=cell)._scoped()


class DutyQuerySet(OfCellQuerySet["Duty"]):
    pass


class Duty(Phoned):
    """Who holds a post of a cell, since when; without an account, a name and a telephone."""

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="duties", verbose_name=_("cellule"))
    post = models.CharField(_("poste"), max_length=10, choices=as_choices(POST_LABELS))
    is_deputy = models.BooleanField(_("suppléance"), default=False)
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="crisis_duties",
        verbose_name=_("personne"),
    )
    name = models.CharField(_("nom"), max_length=120, blank=True)
    since = models.DateTimeField(_("depuis"))
    until = models.DateTimeField(_("jusqu’à"), null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    personal = ("person", "name", "phone", "since", "until")
    neither = ("id", "cell", "post", "is_deputy")

    class Meta:
        verbose_name = _("poste d’une cellule")
        ordering = ("post", "is_deputy", "since", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["cell", "post", "is_deputy"],
                condition=Q(until=None) & ~Q(post__in=sorted(one.value for one in SHARED)),
                name="one_holder_of_a_post",
            ),
            models.UniqueConstraint(
                fields=["cell", "post", "person"], condition=Q(until=None), name="a_post_is_held_once"
            ),
            models.CheckConstraint(condition=Q(person=None) ^ Q(name=""), name="a_duty_is_of_somebody"),
        )

    def __str__(self) -> str:
        return f"{self.get_post_display()} – {self.holder}"

    @property
    def is_given_up(self) -> bool:
        """Whether it may be left to nobody: a cell always has somebody who directs it."""
        return self.post != Post.DIRECTOR or self.is_deputy

    @property
    def holder(self) -> str:
        """Who holds it, in words."""
        return str(self.person) if self.person is not None else self.name


class GestureDoneQuerySet(OfCellQuerySet["GestureDone"]):
    pass


class GestureDone(Authored):
    """One gesture of the template of a cell, done: `code` is its own in the rule."""

    cell = models.ForeignKey(
        Cell, on_delete=models.PROTECT, related_name="gestures", verbose_name=_("cellule")
    )
    code = models.CharField(_("geste"), max_length=30)

    objects = GestureDoneQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "cell", "code")

    class Meta:
        verbose_name = _("geste fait")
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=["cell", "code"], name="a_gesture_is_done_once"),)


class LogEntryQuerySet(OfCellQuerySet["LogEntry"]):
    pass


class LogEntry(Keyed):
    """A line of the log: what was noted at `noted_at` of what happened at `at`. It never changes.

    Another line corrects it. The program writes some (`by` empty): what a structure says by its own address.
    """

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="log", verbose_name=_("cellule"))
    kind = models.CharField(_("nature"), max_length=8, choices=as_choices(NOTE_LABELS))
    at = models.DateTimeField(_("heure"))
    text = models.TextField(_("texte"), max_length=2000)
    said_by = models.CharField(_("selon"), max_length=160, blank=True)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("noté par")
    )
    noted_at = models.DateTimeField(_("noté à"))
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrige"),
    )

    objects = LogEntryQuerySet.as_manager()

    personal = ("at", "text", "said_by", "by", "noted_at")
    neither = ("id", "key", "cell", "kind", "corrects")

    class Meta:
        verbose_name = _("ligne de la main courante")
        ordering = ("at", "id")
        constraints = made_once("log_entry", "by", or_program=True)
        indexes = (models.Index(fields=["cell", "-at"], name="log_of_a_cell"),)


class SituationReportQuerySet(OfCellQuerySet["SituationReport"]):
    pass


class SituationReport(Authored):
    """What a cell knew at an instant, kept as it was: the PDF is drawn from `content`."""

    cell = models.ForeignKey(
        Cell, on_delete=models.PROTECT, related_name="reports", verbose_name=_("cellule")
    )
    number = models.PositiveSmallIntegerField(_("numéro"))
    is_last = models.BooleanField(_("point final"), default=False)
    content = models.JSONField(_("contenu"))

    objects = SituationReportQuerySet.as_manager()

    personal = ("by", "at", "content")
    neither = ("id", "cell", "number", "is_last")

    class Meta:
        verbose_name = _("point de situation")
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["cell", "number"], name="a_report_has_its_number"),
            models.UniqueConstraint(fields=["cell"], condition=Q(is_last=True), name="one_last_report"),
        )
