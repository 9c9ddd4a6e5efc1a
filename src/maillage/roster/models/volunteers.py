"""Who volunteers for the duties of a sector, what they prefer, when they are away."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.privacy import AnnotatedModel
from maillage.roster.models.sectors import Sector
from maillage.roster.rules.blocks import BlockKind


class Volunteer(AnnotatedModel):
    """A professional takes duties in a sector, for a share of the burden and within monthly maxima."""

    sector = models.ForeignKey(
        Sector, on_delete=models.PROTECT, related_name="volunteers", verbose_name=_("secteur")
    )
    professional = models.ForeignKey(
        "directory.Professional",
        on_delete=models.PROTECT,
        related_name="volunteering",
        verbose_name=_("professionnel"),
    )
    share = models.FloatField(
        _("part de la charge"),
        default=1.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text=_("1 pour une part entière, 0,5 pour une demi-part (médecin hospitalier…)."),
    )
    max_per_month = models.PositiveSmallIntegerField(_("gardes par mois au plus"), null=True, blank=True)
    max_weekends = models.PositiveSmallIntegerField(_("fins de semaine par mois au plus"), default=3)
    is_active = models.BooleanField(_("prend des gardes"), default=True)

    personal = ("sector", "professional", "share", "max_per_month", "max_weekends", "is_active")
    neither = ("id",)

    class Meta:
        verbose_name = _("volontaire")
        ordering = ("professional__search_name", "id")
        constraints = [
            models.UniqueConstraint(fields=["sector", "professional"], name="volunteer_once_per_sector"),
            models.CheckConstraint(
                condition=models.Q(share__gte=0, share__lte=1), name="volunteer_share_of_burden"
            ),
        ]

    def __str__(self) -> str:
        return str(self.professional)


class Preference(AnnotatedModel):
    """A volunteer would rather, or rather not, hold blocks of a kind."""

    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, related_name="preferences", verbose_name=_("volontaire")
    )
    kind = models.CharField(_("plage"), max_length=16, choices=[(one.value, one.value) for one in BlockKind])
    is_wanted = models.BooleanField(_("souhaitée (sinon, à éviter)"))

    personal = ("volunteer", "kind", "is_wanted")
    neither = ("id",)

    class Meta:
        verbose_name = _("préférence")
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "kind"], name="one_preference_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} · {self.kind}"


class Absence(AnnotatedModel):
    """Days, both included, on which a professional takes no duty anywhere; why is nobody's business."""

    professional = models.ForeignKey(
        "directory.Professional",
        on_delete=models.PROTECT,
        related_name="duty_absences",
        verbose_name=_("professionnel"),
    )
    first_day = models.DateField(_("du"))
    last_day = models.DateField(_("au"))

    personal = ("professional", "first_day", "last_day")
    neither = ("id",)

    class Meta:
        verbose_name = _("absence")
        ordering = ("first_day", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="duty_absence_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional_id} · {self.first_day:%Y-%m-%d}"
