"""What came of a meeting: who was there, what was written, decided and signed."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.care.models.meetings import AgendaItem, Meeting, OfMeetingQuerySet
from maillage.care.models.shapes import NamesOne, names_one
from maillage.care.models.tasks import Task
from maillage.care.rules.meetings import LONGEST
from maillage.directory import api as directory
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.scoping import ScopedQuerySet


class AttendanceQuerySet(OfMeetingQuerySet["Attendance"]):
    """Attendances, read for a person or inside a scope."""


class Attendance(NamesOne, Authored):
    """How long somebody was there; `hourly_rate` in € where their time is paid and the rate was given."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="attendances", verbose_name=_("réunion")
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes de présence"), validators=[MaxValueValidator(LONGEST)]
    )
    is_paid = models.BooleanField(_("temps indemnisé"), default=False)
    hourly_rate = models.DecimalField(
        _("indemnité d’une heure"), max_digits=7, decimal_places=2, null=True, blank=True
    )

    objects = AttendanceQuerySet.as_manager()

    personal = ("meeting", "professional", "person", "minutes", "is_paid", "hourly_rate", "by", "at")
    neither = ("id",)

    class Meta:
        verbose_name = _("présence à une réunion")
        verbose_name_plural = _("présences aux réunions")
        ordering = ("id",)
        constraints = [
            names_one("attendance_names_one"),
            models.UniqueConstraint(
                fields=["meeting", "professional"], name="one_attendance_of_a_professional"
            ),
            models.UniqueConstraint(fields=["meeting", "person"], name="one_attendance_of_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.minutes} min"

    @property
    def who(self) -> directory.Professional | Person:
        """Who was there."""
        return self.named

    @property
    def profession(self) -> str:
        """Their profession, empty for an account without a sheet."""
        return self.professional.profession_name if self.professional else ""


class MinutesTextQuerySet(OfMeetingQuerySet["MinutesText"]):
    """Texts of minutes, read for a person or inside a scope."""


class MinutesText(Authored):
    """One version of what was said, on an item or (None) on the whole; rows are only ever added.

    `base` is the last number that its author had read: two who wrote at once are both kept.
    """

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="texts", verbose_name=_("réunion")
    )
    item = models.ForeignKey(
        AgendaItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="texts",
        verbose_name=_("point"),
    )
    number = models.PositiveSmallIntegerField(_("version"))
    base = models.PositiveSmallIntegerField(_("version lue"), default=0)
    text = models.TextField(_("texte"), max_length=8000)

    objects = MinutesTextQuerySet.as_manager()

    personal = ("meeting", "item", "by", "at")
    health = ("text",)
    neither = ("id", "number", "base")

    class Meta:
        verbose_name = _("texte de compte rendu")
        verbose_name_plural = _("textes de comptes rendus")
        ordering = ("number", "id")
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="one_text_a_number_of_an_item"),
            models.UniqueConstraint(
                fields=["meeting", "number"], condition=models.Q(item=None), name="one_text_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.item_id} · {self.number}"


class MeetingDecisionQuerySet(ScopedQuerySet["MeetingDecision"]):
    """Decisions, read for a person or inside a scope."""

    scope_path = "item__meeting__scope"

    def visible_to(self, person: Person) -> models.Q:
        return models.Q(item__in=AgendaItem.objects.for_person(person).order_by().values("pk"))

    def of_meeting(self, meeting: Meeting) -> MeetingDecisionQuerySet:
        """Keep the decisions of a meeting that was read in scope."""
        return self.filter(item__meeting=meeting)._scoped()


class MeetingDecision(Keyed, Authored):
    """What was decided on an item; where somebody has to do it, their `task`."""

    item = models.ForeignKey(
        AgendaItem, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("point")
    )
    text = models.CharField(_("décision"), max_length=200)
    task = models.OneToOneField(
        Task,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decision",
        verbose_name=_("tâche"),
    )

    objects = MeetingDecisionQuerySet.as_manager()

    personal = ("item", "by", "at")
    health = ("text",)
    neither = ("id", "key", "task")

    class Meta:
        verbose_name = _("décision de réunion")
        verbose_name_plural = _("décisions de réunion")
        ordering = ("id",)
        constraints = [*made_once("meeting_decision", "by")]

    def __str__(self) -> str:
        return f"{self.item_id} · {self.pk}"


class MinutesSignatureQuerySet(OfMeetingQuerySet["MinutesSignature"]):
    """Signatures, read for a person or inside a scope."""


class MinutesSignature(Authored):
    """The organiser signs the minutes as they stand: `digest` is that of what was signed, `number` from 1."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("réunion")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    digest = models.CharField(_("empreinte"), max_length=64)

    objects = MinutesSignatureQuerySet.as_manager()

    personal = ("meeting", "by", "at")
    neither = ("id", "number", "digest")

    class Meta:
        verbose_name = _("signature d’un compte rendu")
        verbose_name_plural = _("signatures des comptes rendus")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="one_signature_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.number}"
