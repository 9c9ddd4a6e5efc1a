"""Health and care structures, from data packs, imports and the demonstration."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from maillage.directory.rules.structures import Origin, Precision, StructureKind
from maillage.kernel.choices import as_choices
from maillage.kernel.privacy import ReferenceModel

KIND_LABELS: dict[StructureKind, str | Promise] = {
    StructureKind.HOSPITAL: _("Hôpital"),
    StructureKind.EHPAD: _("EHPAD"),
    StructureKind.EMERGENCY: _("Urgences"),
    StructureKind.MATERNITY: _("Maternité"),
    StructureKind.MSP: _("Maison de santé"),
    StructureKind.HEALTH_CENTRE: _("Centre de santé"),
    StructureKind.PHARMACY: _("Pharmacie"),
    StructureKind.LABORATORY: _("Laboratoire"),
    StructureKind.OFFICE: _("Cabinet"),
    StructureKind.ESP: _("Équipe de soins primaires (ESP)"),
    StructureKind.ESS: _("Équipe de soins spécialisés (ESS)"),
    StructureKind.CPTS: _("CPTS"),
    StructureKind.DAC: _("Dispositif d’appui à la coordination (DAC)"),
    StructureKind.LOCAL_HOSPITAL: _("Hôpital de proximité"),
    StructureKind.HAD: _("Hospitalisation à domicile (HAD)"),
    StructureKind.SSIAD: _("Soins infirmiers à domicile (SSIAD)"),
    StructureKind.PMI: _("Protection maternelle et infantile (PMI)"),
    StructureKind.ASSOCIATION: _("Association"),
    StructureKind.MUNICIPALITY: _("Commune (collectivité)"),
    StructureKind.DUTY_HOUSE: _("Maison médicale de garde"),
    StructureKind.MOBILE_TEAM: _("Équipe mobile de gériatrie"),
}
COUNTED = {
    StructureKind.HOSPITAL: ngettext_lazy("%(count)d hôpital", "%(count)d hôpitaux", "count"),
    StructureKind.EHPAD: ngettext_lazy("%(count)d EHPAD", "%(count)d EHPAD", "count"),
    StructureKind.EMERGENCY: ngettext_lazy(
        "%(count)d service d’urgences", "%(count)d services d’urgences", "count"
    ),
    StructureKind.MATERNITY: ngettext_lazy("%(count)d maternité", "%(count)d maternités", "count"),
    StructureKind.MSP: ngettext_lazy("%(count)d maison de santé", "%(count)d maisons de santé", "count"),
    StructureKind.HEALTH_CENTRE: ngettext_lazy(
        "%(count)d centre de santé", "%(count)d centres de santé", "count"
    ),
    StructureKind.PHARMACY: ngettext_lazy("%(count)d pharmacie", "%(count)d pharmacies", "count"),
    StructureKind.LABORATORY: ngettext_lazy("%(count)d laboratoire", "%(count)d laboratoires", "count"),
    StructureKind.OFFICE: ngettext_lazy("%(count)d cabinet", "%(count)d cabinets", "count"),
    StructureKind.ESP: ngettext_lazy("%(count)d ESP", "%(count)d ESP", "count"),
    StructureKind.ESS: ngettext_lazy("%(count)d ESS", "%(count)d ESS", "count"),
    StructureKind.CPTS: ngettext_lazy("%(count)d CPTS", "%(count)d CPTS", "count"),
    StructureKind.DAC: ngettext_lazy("%(count)d DAC", "%(count)d DAC", "count"),
    StructureKind.LOCAL_HOSPITAL: ngettext_lazy(
        "%(count)d hôpital de proximité", "%(count)d hôpitaux de proximité", "count"
    ),
    StructureKind.HAD: ngettext_lazy("%(count)d HAD", "%(count)d HAD", "count"),
    StructureKind.SSIAD: ngettext_lazy("%(count)d SSIAD", "%(count)d SSIAD", "count"),
    StructureKind.PMI: ngettext_lazy("%(count)d PMI", "%(count)d PMI", "count"),
    StructureKind.ASSOCIATION: ngettext_lazy("%(count)d association", "%(count)d associations", "count"),
    StructureKind.MUNICIPALITY: ngettext_lazy("%(count)d commune", "%(count)d communes", "count"),
    StructureKind.DUTY_HOUSE: ngettext_lazy(
        "%(count)d maison médicale de garde", "%(count)d maisons médicales de garde", "count"
    ),
    StructureKind.MOBILE_TEAM: ngettext_lazy(
        "%(count)d équipe mobile de gériatrie", "%(count)d équipes mobiles de gériatrie", "count"
    ),
}
PRECISION_LABELS: dict[Precision, str | Promise] = {
    Precision.ADDRESS: _("à son adresse"),
    Precision.STREET: _("dans sa rue ou à proximité"),
    Precision.COMMUNE: _("située au centre de la commune"),
}
ORIGIN_LABELS: dict[Origin, str | Promise] = {
    Origin.PACK: _("jeu de données"),
    Origin.IMPORT: _("import dans l’annuaire"),
    Origin.DEMONSTRATION: _("démonstration"),
}
STATUS_LABELS = {
    "public": _("Public"),
    "private": _("Privé"),
    "prive_commercial": _("Privé commercial"),
    "prive_associatif": _("Privé associatif"),
}


class StructureQuerySet(models.QuerySet["Structure"]):
    def active(self) -> StructureQuerySet:
        """Keep the structures of the current pack."""
        return self.filter(is_active=True)

    def of_pack(self) -> StructureQuerySet:
        """Keep what the data pack brought: the figures of a diagnosis count nothing else."""
        return self.filter(origin=Origin.PACK.value)

    def of_kinds(self, kinds: Iterable[StructureKind]) -> StructureQuerySet:
        """Keep the structures of those kinds; all where `kinds` is empty."""
        wanted = [kind.value for kind in kinds]
        return self.filter(kind__in=wanted) if wanted else self.all()

    def inside(self, codes: Collection[str]) -> StructureQuerySet:
        """Keep the structures of the communes `codes`."""
        return self.filter(commune__in=list(codes))

    def in_box(self, west: float, south: float, east: float, north: float) -> StructureQuerySet:
        """Keep the structures whose position lies between those degrees."""
        return self.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)


class Structure(ReferenceModel):
    """A hospital, an EHPAD, an office, or all the pharmacies (or the like) that a source counts in one.

    The identifier is that of the source, so that a later pack finds the same structure again; `is_active`
    is false for one that the current pack no longer has, or that an import found closed: `closed_on` is the
    day that its file says, that of the file where it is only gone from it.
    """

    id = models.CharField("identifiant de la source", max_length=40, primary_key=True)
    finess = models.CharField("FINESS", max_length=9, blank=True, db_index=True)
    kind = models.CharField("type", max_length=20, choices=as_choices(KIND_LABELS))
    category = models.CharField("catégorie", max_length=120, blank=True)
    category_code = models.CharField("catégorie FINESS (TRE_R66)", max_length=4, blank=True)
    name = models.CharField("nom", max_length=200)
    search_name = models.TextField("nom de recherche")
    status = models.CharField("statut", max_length=20, blank=True, choices=list(STATUS_LABELS.items()))
    address = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("ville", max_length=120, blank=True)
    commune = models.ForeignKey(
        "territory.Commune",
        on_delete=models.PROTECT,
        null=True,
        related_name="structures",
        verbose_name="commune",
    )
    lon = models.FloatField("longitude")
    lat = models.FloatField("latitude")
    precision = models.CharField("précision", max_length=10, choices=as_choices(PRECISION_LABELS))
    count = models.PositiveIntegerField("nombre")
    single_room_price = models.FloatField("chambre simple, € pour 30 jours", null=True)
    dependency_price = models.FloatField("tarif GIR 1-2, € pour 30 jours", null=True)
    source = models.CharField("source", max_length=40)
    origin = models.CharField(
        "apportée par", max_length=14, default=Origin.PACK.value, choices=as_choices(ORIGIN_LABELS)
    )
    is_active = models.BooleanField("dans le jeu de données en usage", default=True)
    closed_on = models.DateField("fermée le", null=True)

    objects = StructureQuerySet.as_manager()

    class Meta:
        verbose_name = _("structure")
        ordering = ("kind", "search_name", "id")
        indexes = [models.Index(fields=["lat", "lon"], name="structure_place")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_group(self) -> bool:
        """Whether the row counts the structures of a commune instead of naming one."""
        return self.origin == Origin.PACK and self.precision == Precision.COMMUNE and self.finess == ""

    @property
    def title(self) -> str:
        """What to call it on a screen: its name, or « 3 pharmacies · Gueugnon »."""
        if self.origin == Origin.DEMONSTRATION:
            return gettext("{name} (inventé)").format(name=self.name)
        if not self.is_group:
            return self.name
        counted = COUNTED[StructureKind(self.kind)] % {"count": self.count}
        return f"{counted} · {self.name}"
