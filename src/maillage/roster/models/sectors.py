"""A sector of the permanence of care: communes that one doctor on call covers."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.directory.api import Profession, Professional
from maillage.kernel.privacy import ReferenceModel
from maillage.roster.rules.blocks import BlockKind, Hours, Period
from maillage.roster.rules.vocabulary import SectorKind
from maillage.territory.api import HolidayCalendar

SECTOR_KIND_LABELS = {
    SectorKind.PDSA: _("Permanence des soins (PDSA)"),
    SectorKind.SHARED: _("Garde partagée"),
}


class Sector(ReferenceModel):
    """Communes covered together. `territory` gives the rights and the time zone of its wall clock.

    `options`: the optional kinds of block it covers. `seats`: people wanted on each block. A shared on-call
    has `periods` of its own (`weekdays`, `starts`, `ends`, `on_holidays`) and the `profession` that holds it.
    """

    territory = models.ForeignKey(
        "territory.Territory", on_delete=models.PROTECT, related_name="sectors", verbose_name=_("territoire")
    )
    name = models.CharField(_("nom"), max_length=120)
    calendar = models.CharField(
        _("calendrier des jours fériés"),
        max_length=10,
        choices=[(one.value, one.value) for one in HolidayCalendar],
    )
    kind = models.CharField(
        _("nature"),
        max_length=6,
        choices=[(one.value, label) for one, label in SECTOR_KIND_LABELS.items()],
        default=SectorKind.PDSA.value,
    )
    profession = models.CharField(_("profession (TRE_G15)"), max_length=3, default=Profession.PHYSICIAN.value)
    periods = models.JSONField(_("horaires propres"), default=list, blank=True)
    options = models.JSONField(_("plages facultatives"), default=list, blank=True)
    seats = models.PositiveSmallIntegerField(_("médecins par plage"), default=1)
    communes = models.ManyToManyField(
        "territory.Commune", through="SectorCommune", related_name="sectors", verbose_name=_("communes")
    )

    class Meta:
        verbose_name = _("secteur de permanence")
        verbose_name_plural = _("secteurs de permanence")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["territory", "name"], name="sector_named_once_per_territory"),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="sector_wants_somebody"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        """Whether it is a shared on-call, outside the permanence of care."""
        return self.kind == SectorKind.SHARED.value

    @property
    def kind_label(self) -> str:
        """What it is, in the reader's language."""
        return str(SECTOR_KIND_LABELS[SectorKind(self.kind)])

    @property
    def profession_name(self) -> str:
        """Who holds its duties, in the reader's language."""
        return Professional(profession=self.profession).profession_name

    @property
    def own_periods(self) -> tuple[Period, ...]:
        """The hours of a shared on-call."""
        return tuple(
            Period(
                frozenset(one["weekdays"]),
                Hours(time.fromisoformat(one["starts"]), time.fromisoformat(one["ends"])),
                one["on_holidays"],
            )
            for one in self.periods
        )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its wall clock."""
        return self.territory.zone

    @property
    def covered(self) -> frozenset[BlockKind]:
        """The optional kinds of block that it covers."""
        return frozenset(BlockKind(one) for one in self.options)


class SectorCommune(ReferenceModel):
    """A commune is of one sector of the permanence of care: « who is on call » is never two rosters.

    It may be of several shared on-calls beside it. `is_pdsa` repeats the kind of its sector, for the
    constraint.
    """

    sector = models.ForeignKey(
        Sector, on_delete=models.PROTECT, related_name="members", verbose_name=_("secteur")
    )
    commune = models.ForeignKey(
        "territory.Commune",
        on_delete=models.PROTECT,
        related_name="sector_memberships",
        verbose_name=_("commune"),
    )
    is_pdsa = models.BooleanField(_("permanence des soins"), default=True)

    class Meta:
        verbose_name = _("commune d’un secteur")
        verbose_name_plural = _("communes des secteurs")
        constraints = [
            models.UniqueConstraint(fields=["sector", "commune"], name="commune_once_per_sector"),
            models.UniqueConstraint(
                fields=["commune"], condition=models.Q(is_pdsa=True), name="one_pdsa_sector_per_commune"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector_id} · {self.commune_id}"
