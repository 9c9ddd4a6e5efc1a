"""A sector of the permanence of care: communes that one doctor on call covers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.privacy import ReferenceModel
from maillage.roster.rules.blocks import BlockKind, HolidayCalendar


class Sector(ReferenceModel):
    """Communes covered together. `territory` gives the rights and the time zone of its wall clock.

    `options`: the optional kinds of block it covers. `seats`: people wanted on each block.
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
    def zone(self) -> ZoneInfo:
        """The time zone of its wall clock."""
        return ZoneInfo(self.territory.time_zone)

    @property
    def covered(self) -> frozenset[BlockKind]:
        """The optional kinds of block that it covers."""
        return frozenset(BlockKind(one) for one in self.options)


class SectorCommune(ReferenceModel):
    """A commune is covered by one sector: the answer to « who is on call » is never two rosters."""

    sector = models.ForeignKey(
        Sector, on_delete=models.PROTECT, related_name="members", verbose_name=_("secteur")
    )
    commune = models.OneToOneField(
        "territory.Commune",
        on_delete=models.PROTECT,
        related_name="sector_membership",
        verbose_name=_("commune"),
    )

    class Meta:
        verbose_name = _("commune d’un secteur")
        verbose_name_plural = _("communes des secteurs")

    def __str__(self) -> str:
        return f"{self.sector_id} · {self.commune_id}"
