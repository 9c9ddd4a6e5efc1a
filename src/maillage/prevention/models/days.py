"""Days of prevention: where, when, how many an hour, who works, who is registered."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.people import api as people
from maillage.prevention.models.campaigns import Campaign, InScopeQuerySet, OfHealthOfQuerySet, digest
from maillage.prevention.rules.vocabulary import Came

CAME_LABELS = {
    Came.REGISTERED: _("inscrit"),
    Came.CAME: _("venu"),
    Came.ABSENT: _("absent"),
    Came.CANCELLED: _("annulé"),
}


class PreventionDayQuerySet(InScopeQuerySet["PreventionDay"]):
    """Days of a campaign, read with it."""

    scope_path = "campaign__scope"

    def of(self, campaign: Campaign) -> Self:
        """Keep those of a campaign that was read in scope."""
        return self.filter(campaign=campaign)._scoped()


class PreventionDay(Authored, Keyed):
    """A day of a campaign in a place, open from an hour to another, for so many people an hour.

    `structure` where it is held in one of the directory, else the commune and the words of `place`.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="days", verbose_name=_("campagne")
    )
    day = models.DateField(_("jour"))
    commune = models.ForeignKey(
        "territory.Commune", on_delete=models.PROTECT, related_name="+", verbose_name=_("commune")
    )
    structure = models.ForeignKey(
        directory.Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("structure"),
    )
    place = models.CharField(_("lieu"), max_length=160)
    opens = models.PositiveSmallIntegerField(_("de (heure)"))
    closes = models.PositiveSmallIntegerField(_("à (heure)"))
    per_hour = models.PositiveSmallIntegerField(_("places par heure"))
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = PreventionDayQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "campaign", "day", "commune", "structure", "place", "opens", "closes", "per_hour",
        "cancelled_at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("journée de prévention")
        verbose_name_plural = _("journées de prévention")
        ordering = ("day", "opens", "id")
        constraints = (
            *made_once("prevention_day", "by"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens"), closes__lte=24), name="a_day_closes_after_it_opens"
            ),
            models.CheckConstraint(condition=Q(per_hour__gte=1), name="a_day_has_places"),
        )
        indexes = (models.Index(fields=["campaign", "day"], name="days_of_a_campaign"),)

    def __str__(self) -> str:
        return f"{self.place} · {self.day:%d/%m/%Y}"

    @property
    def version(self) -> str:
        """What tells whether somebody changed it meanwhile: a digest of all that is said of it."""
        staff = (
            self.staff.in_scope(self.campaign.scope)
            .order_by("professional")
            .values_list("professional", flat=True)
        )
        return digest(
            self.day, self.commune_id, self.structure_id, self.place, self.opens, self.closes, self.per_hour,
            *staff,
        )  # fmt: skip

    @property
    def hours(self) -> range:
        """The hours at which somebody may be registered."""
        return range(self.opens, self.closes)

    @property
    def places(self) -> int:
        """How many people it may receive."""
        return (self.closes - self.opens) * self.per_hour


class DayStaffQuerySet(InScopeQuerySet["DayStaff"]):
    """Who works on a day, read with it."""

    scope_path = "day__campaign__scope"


class DayStaff(AnnotatedModel):
    """A professional who works on a day."""

    day = models.ForeignKey(
        PreventionDay, on_delete=models.PROTECT, related_name="staff", verbose_name=_("journée")
    )
    professional = models.ForeignKey(
        directory.Professional, on_delete=models.PROTECT, related_name="+", verbose_name=_("professionnel")
    )

    objects = DayStaffQuerySet.as_manager()

    personal = ("professional",)
    neither = ("id", "day")

    class Meta:
        verbose_name = _("équipe d’une journée")
        verbose_name_plural = _("équipes de journées")
        ordering = ("professional__search_name", "id")
        constraints = (models.UniqueConstraint(fields=["day", "professional"], name="on_a_day_once"),)

    def __str__(self) -> str:
        return f"{self.day_id} · {self.professional_id}"


class DayEntryQuerySet(OfHealthOfQuerySet["DayEntry"]):
    """People registered for a day, read for a person or inside a scope."""

    def of(self, day: PreventionDay) -> Self:
        """Keep those of a day that was read in scope."""
        return self.filter(day=day)._scoped()


class DayEntry(Authored, Keyed):
    """Somebody registered for an hour of a day, and whether they came."""

    day = models.ForeignKey(
        PreventionDay, on_delete=models.PROTECT, related_name="entries", verbose_name=_("journée")
    )
    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="+", verbose_name=_("patient")
    )
    hour = models.PositiveSmallIntegerField(_("heure"))
    came = models.CharField(_("venue"), max_length=10, choices=as_choices(CAME_LABELS))

    objects = DayEntryQuerySet.as_manager()

    personal = ("patient", "by", "at", "hour")
    health = ("day", "came")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("inscription à une journée")
        verbose_name_plural = _("inscriptions à des journées")
        ordering = ("hour", "id")
        constraints = (
            *made_once("day_entry", "by"),
            models.UniqueConstraint(
                fields=["day", "patient"],
                condition=~Q(came=Came.CANCELLED.value),
                name="registered_once_for_a_day",
            ),
        )
        indexes = (models.Index(fields=["day", "hour"], name="people_of_a_day"),)

    def __str__(self) -> str:
        return f"{self.day_id} · {self.patient_id}"
