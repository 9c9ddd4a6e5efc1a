"""Votes of meetings. Who voted and what was voted are in two tables that nothing links."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maillage.governance.models.bodies import BodySeat, College, OfBodyQuerySet
from maillage.governance.models.sittings import AgendaPoint, OfSittingQuerySet, Sitting
from maillage.governance.rules.vocabulary import Choice, Majority
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import Row, ScopedQuerySet

MAJORITY_LABELS = {
    Majority.SIMPLE: _("majorité simple (plus de pour que de contre)"),
    Majority.ABSOLUTE: _("majorité absolue (plus de la moitié des votants)"),
    Majority.TWO_THIRDS: _("deux tiers des suffrages exprimés"),
}
CHOICE_LABELS = {
    Choice.YES: _("Pour"),
    Choice.NO: _("Contre"),
    Choice.BLANK: _("Abstention ou blanc"),
}


class MotionQuerySet(OfSittingQuerySet["Motion"]):
    """Motions put to the vote."""


class Motion(Authored, Keyed):
    """Something put to the vote of a meeting, open from when it is written until its result is counted."""

    sitting = models.ForeignKey(
        Sitting, on_delete=models.PROTECT, related_name="motions", verbose_name=_("séance")
    )
    point = models.ForeignKey(
        AgendaPoint,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("point"),
    )
    text = models.CharField(_("ce qui est mis au vote"), max_length=400)
    is_secret = models.BooleanField(_("vote secret"), default=False)
    by_college = models.BooleanField(_("compté par collège"), default=False)
    majority = models.CharField(_("majorité"), max_length=10, choices=as_choices(MAJORITY_LABELS))

    objects = MotionQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "sitting", "point", "text", "is_secret", "by_college", "majority")

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ("id",)
        constraints = made_once("motion", "by")

    def __str__(self) -> str:
        return self.text


class OfMotionQuerySet(OfBodyQuerySet[Row]):
    """Rows of a motion, read as its body is."""

    body_path = "motion__sitting__body"

    def of_motion(self, motion: Motion) -> OfMotionQuerySet[Row]:
        """Keep the rows of a motion that was read in scope."""
        return self.filter(motion=motion)._scoped()


class VoterSlipQuerySet(OfMotionQuerySet["VoterSlip"]):
    """Who voted."""


class VoterSlip(AnnotatedModel):
    """A voice was heard, once: by whose hand. `choice` is kept for an open vote, empty for a secret one.

    No hour: it would tell in which order the ballots came.
    """

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="slips", verbose_name=_("vote"))
    seat = models.ForeignKey(BodySeat, on_delete=models.PROTECT, related_name="+", verbose_name=_("siège"))
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("voté ou noté par")
    )
    choice = models.CharField(_("choix"), max_length=5, blank=True, choices=as_choices(CHOICE_LABELS))

    objects = VoterSlipQuerySet.as_manager()

    personal = ("seat", "by", "choice")
    neither = ("id", "motion")

    class Meta:
        verbose_name = _("émargement d’un vote")
        verbose_name_plural = _("émargements des votes")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["motion", "seat"], name="a_voice_is_heard_once")]

    def __str__(self) -> str:
        return f"{self.motion_id} · {self.seat_id}"


class BallotPaperQuerySet(ScopedQuerySet["BallotPaper"]):
    """Ballots: nobody reads one, only the count once the vote is closed."""

    scope_path = "motion__sitting__body__scope"

    def visible_to(self, person: Person) -> Q:  # noqa: ARG002 (the same shape for all rows)
        """None."""
        return Q(pk__in=[])

    def of_motion(self, motion: Motion) -> BallotPaperQuerySet:
        """Keep the ballots of a motion that was read in scope."""
        return self.filter(motion=motion)._scoped()


class BallotPaper(AnnotatedModel):
    """A ballot of a secret vote: nothing tells whose. Its key is drawn at random, it has no hour and no rank.

    All those of a motion are written anew, shuffled, each time one comes: their order on the disk, and the
    transaction that wrote them, tell nothing either.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, verbose_name=_("clé tirée"))
    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="+", verbose_name=_("vote"))
    college = models.ForeignKey(
        College, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("collège")
    )
    choice = models.CharField(_("choix"), max_length=5, choices=as_choices(CHOICE_LABELS))

    objects = BallotPaperQuerySet.as_manager()

    neither = ("id", "motion", "college", "choice")

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.motion_id}"


class MotionResultQuerySet(OfMotionQuerySet["MotionResult"]):
    """Results of votes."""


class MotionResult(Authored):
    """The count of a motion, when its vote was closed: the database itself refuses that it change.

    `content` keeps the counts of each college and the quorum as it was.
    """

    motion = models.OneToOneField(
        Motion, on_delete=models.PROTECT, related_name="result", verbose_name=_("vote")
    )
    yes = models.PositiveIntegerField(_("pour"))
    no = models.PositiveIntegerField(_("contre"))
    blank = models.PositiveIntegerField(_("abstentions et blancs"))
    voices = models.PositiveIntegerField(_("voix"))
    is_carried = models.BooleanField(_("adoptée"))
    content = models.JSONField(_("détail"))

    objects = MotionResultQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "motion", "yes", "no", "blank", "voices", "is_carried", "content")

    class Meta:
        verbose_name = _("résultat d’un vote")
        verbose_name_plural = _("résultats des votes")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.motion_id}"


class ResolutionQuerySet(OfSittingQuerySet["Resolution"]):
    """Decisions of meetings."""


class Resolution(Authored, Keyed):
    """What a meeting decided, by which vote if one was held, and the action of the project that does it.

    Where it stands is read from the action.
    """

    sitting = models.ForeignKey(
        Sitting, on_delete=models.PROTECT, related_name="resolutions", verbose_name=_("séance")
    )
    motion = models.ForeignKey(
        Motion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("vote")
    )
    text = models.CharField(_("décision"), max_length=400)
    action = models.ForeignKey(
        "project.Action",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("action du projet"),
    )

    objects = ResolutionQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "sitting", "motion", "text", "action")

    class Meta:
        verbose_name = _("décision d’une séance")
        verbose_name_plural = _("décisions des séances")
        ordering = ("id",)
        constraints = made_once("resolution", "by")

    def __str__(self) -> str:
        return self.text
