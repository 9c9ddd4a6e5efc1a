"""What a professional offers at a structure, and when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.directory.models.professionals import Membership
from maillage.directory.rules.professionals import Sector
from maillage.kernel.choices import as_choices
from maillage.kernel.privacy import AnnotatedModel

SECTOR_LABELS = {
    Sector.ONE: _("Secteur 1"),
    Sector.TWO: _("Secteur 2"),
    Sector.OPTAM: _("Secteur 2 avec OPTAM"),
    Sector.NONE: _("Non conventionné"),
    Sector.UNKNOWN: _("Non renseigné"),
}


class ServiceOffer(AnnotatedModel):
    """What the owner of a membership accepts to do there; None says that nobody has told.

    `motives` holds codes of the reasons accepted (any if empty); ages are in whole years, both included.
    """

    membership = models.OneToOneField(
        Membership, on_delete=models.PROTECT, related_name="offer", verbose_name=_("appartenance")
    )
    motives = models.JSONField(_("motifs acceptés"), default=list, blank=True)
    age_min = models.PositiveSmallIntegerField(_("âge minimal"), null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(_("âge maximal"), null=True, blank=True)
    home_visits = models.BooleanField(_("visites à domicile"), null=True, blank=True)
    remote = models.BooleanField(_("téléconsultation"), null=True, blank=True)
    new_patients = models.BooleanField(_("prend de nouveaux patients"), null=True, blank=True)
    sector = models.CharField(
        _("secteur de convention"), max_length=5, blank=True, default="", choices=as_choices(SECTOR_LABELS)
    )

    personal = (
        "membership", "motives", "age_min", "age_max", "home_visits", "remote", "new_patients", "sector",
    )  # fmt: skip
    neither = ("id",)

    class Meta:
        verbose_name = _("offre de service")
        verbose_name_plural = _("offres de service")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(age_min=None)
                | models.Q(age_max=None)
                | models.Q(age_max__gte=models.F("age_min")),
                name="offer_ages_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.membership_id)


class OpeningHours(AnnotatedModel):
    """One stretch of the week in local time, Monday being 0; it never crosses midnight."""

    offer = models.ForeignKey(
        ServiceOffer, on_delete=models.CASCADE, related_name="hours", verbose_name=_("offre")
    )
    weekday = models.PositiveSmallIntegerField(_("jour"))
    opens_at = models.TimeField(_("ouvre à"))
    closes_at = models.TimeField(_("ferme à"))

    personal = ("offer", "weekday", "opens_at", "closes_at")
    neither = ("id",)

    class Meta:
        verbose_name = _("horaires")
        verbose_name_plural = _("horaires")
        ordering = ("weekday", "opens_at")
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="hours_on_a_day_of_the_week"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="hours_close_after_they_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} · {self.weekday}"
