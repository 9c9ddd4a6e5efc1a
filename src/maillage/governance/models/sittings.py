"""Meetings of bodies: when and where, what is on the agenda, who is convened, there, or represented."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.governance.models.bodies import Body, BodySeat, OfBodyQuerySet, Ruled
from maillage.governance.rules.vocabulary import LONGEST, PointKind, Reply
from maillage.kernel import clock
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import Row

REPLY_LABELS = {
    Reply.NONE: _("sans réponse"),
    Reply.COMES: _("vient"),
    Reply.ABSENT: _("ne vient pas"),
    Reply.PROXY: _("donne pouvoir"),
}
POINT_LABELS = {
    PointKind.INFORMATION: _("information"),
    PointKind.DEBATE: _("débat"),
    PointKind.DECISION: _("décision"),
    PointKind.MINUTES: _("approbation du compte rendu"),
}


class SittingQuerySet(OfBodyQuerySet["Sitting"]):
    """Meetings of bodies."""

    def with_key(self, key: str, by: Person) -> Self:
        """Keep what the same write of the same person made."""
        return self.filter(key=key, by=by)._scoped()


class Sitting(Ruled, Authored, Keyed):
    """A meeting of a body. `second_of`: the one that lacked its quorum, of which it is the second convening.

    It is prepared, then convened (`convened_at`), then held and closed (`closed_at`), or cancelled.
    `sequence` counts the changes told to calendars. Closed, who was there and how it voted stay.
    """

    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="sittings", verbose_name=_("instance")
    )
    starts_at = models.DateTimeField(_("commence à"))
    ends_at = models.DateTimeField(_("finit à"))
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    video_url = models.URLField(
        _("lien de visioconférence"), max_length=300, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    second_of = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="second",
        verbose_name=_("seconde convocation de"),
    )
    convened_at = models.DateTimeField(_("convoquée le"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("relancée le"), null=True, blank=True)
    closed_at = models.DateTimeField(_("levée à"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    why_cancelled = models.CharField(_("raison de l’annulation"), max_length=200, blank=True)
    sequence = models.PositiveIntegerField(_("nombre de changements"), default=0)

    objects = SittingQuerySet.as_manager()

    personal = ("by", "at", "place", "video_url", "why_cancelled")
    neither = (
        "id", "key", "body", "starts_at", "ends_at", "second_of", "convened_at", "reminded_at", "closed_at",
        "cancelled_at", "sequence", "quorum_percent", "quorum_by_college", "second_without_quorum",
        "notice_days", "most_proxies",
    )  # fmt: skip

    class Meta:
        verbose_name = _("séance")
        verbose_name_plural = _("séances")
        ordering = ("starts_at", "id")
        constraints = [
            *made_once("sitting", "by"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="a_sitting_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(cancelled_at=None), name="a_sitting_is_held_or_cancelled"
            ),
        ]
        indexes = [models.Index(fields=["body", "starts_at"], name="sittings_of_a_body")]

    def __str__(self) -> str:
        return f"{self.body.name} · {self.held_on:%d/%m/%Y}"

    @property
    def held_on(self) -> date:
        """The day it is held, in its scope."""
        return clock.day_of(self.starts_at, self.body.scope)

    @property
    def length(self) -> int:
        """How long it lasts, in minutes."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.cancelled_at is not None

    @property
    def is_closed(self) -> bool:
        """Whether it was held and is over."""
        return self.closed_at is not None

    @property
    def stands(self) -> bool:
        """Whether something may still change: neither closed nor cancelled."""
        return not self.is_closed and not self.is_cancelled

    @property
    def has_begun(self) -> bool:
        """Whether its hour has come."""
        return self.starts_at <= timezone.now()


class OfSittingQuerySet(OfBodyQuerySet[Row]):
    """Rows of a meeting, read as its body is."""

    body_path = "sitting__body"

    def of_sitting(self, sitting: Sitting) -> Self:
        """Keep the rows of a meeting that was read in scope."""
        return self.filter(sitting=sitting)._scoped()


class AgendaPointQuerySet(OfSittingQuerySet["AgendaPoint"]):
    """Points of agendas."""


class AgendaPoint(Authored, Keyed):
    """A point of the agenda, and what was said of it; `version` counts the texts."""

    sitting = models.ForeignKey(
        Sitting, on_delete=models.PROTECT, related_name="points", verbose_name=_("séance")
    )
    kind = models.CharField(_("nature"), max_length=11, choices=as_choices(POINT_LABELS))
    title = models.CharField(_("point"), max_length=200)
    said = models.TextField(_("ce qui a été dit"), max_length=8000, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = AgendaPointQuerySet.as_manager()

    personal = ("by", "at", "said")
    neither = ("id", "key", "sitting", "kind", "title", "version")

    class Meta:
        verbose_name = _("point d’une séance")
        verbose_name_plural = _("points des séances")
        ordering = ("id",)
        constraints = made_once("agenda_point", "by")

    def __str__(self) -> str:
        return self.title


class SummonsQuerySet(OfSittingQuerySet["Summons"]):
    """Who is convened to meetings."""


class Summons(AnnotatedModel):
    """Somebody is convened to a meeting: what they answer, to whom they give their voice, if they came.

    `is_here` is None until it is noted; `minutes` is how long, None for the whole meeting.
    """

    sitting = models.ForeignKey(
        Sitting, on_delete=models.PROTECT, related_name="summons", verbose_name=_("séance")
    )
    seat = models.ForeignKey(BodySeat, on_delete=models.PROTECT, related_name="+", verbose_name=_("siège"))
    reply = models.CharField(
        _("réponse"), max_length=6, blank=True, default="", choices=as_choices(REPLY_LABELS)
    )
    proxy_to = models.ForeignKey(
        BodySeat,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pouvoir donné à"),
    )
    replied_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    replied_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("réponse notée par"),
    )
    is_here = models.BooleanField(_("présent"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes de présence"), null=True, blank=True, validators=[MaxValueValidator(LONGEST)]
    )
    signed_at = models.DateTimeField(_("émargé à"), null=True, blank=True)
    signed_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("émargé par"),
    )

    objects = SummonsQuerySet.as_manager()

    personal = (
        "seat", "reply", "proxy_to", "replied_at", "replied_by", "is_here", "minutes", "signed_at",
        "signed_by",
    )  # fmt: skip
    neither = ("id", "sitting")

    class Meta:
        verbose_name = _("convocation")
        verbose_name_plural = _("convocations")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["sitting", "seat"], name="a_seat_is_convened_once"),
            models.CheckConstraint(
                condition=Q(proxy_to=None) | Q(reply=Reply.PROXY.value), name="a_proxy_is_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id} · {self.seat_id}"


class MinutesApprovalQuerySet(OfSittingQuerySet["MinutesApproval"]):
    """Approved minutes."""


class MinutesApproval(Authored):
    """The minutes of a meeting as a later one approved them: `content` is what they say, and stays."""

    sitting = models.OneToOneField(
        Sitting, on_delete=models.PROTECT, related_name="approval", verbose_name=_("séance")
    )
    approved_in = models.ForeignKey(
        Sitting, on_delete=models.PROTECT, related_name="+", verbose_name=_("approuvé par la séance")
    )
    content = models.JSONField(_("contenu"))

    objects = MinutesApprovalQuerySet.as_manager()

    personal = ("by", "at", "content")
    neither = ("id", "sitting", "approved_in")

    class Meta:
        verbose_name = _("compte rendu approuvé")
        verbose_name_plural = _("comptes rendus approuvés")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.sitting_id}"
