"""Communes, their outlines, and the health workforce of départements."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.privacy import ReferenceModel
from maillage.territory.rules.search import normalise


class CommuneQuerySet(models.QuerySet["Commune"]):
    def active(self) -> CommuneQuerySet:
        """Keep the communes of the current pack."""
        return self.filter(is_active=True)

    def matching(self, text: str) -> CommuneQuerySet:
        """Keep the communes whose name, INSEE code or postcode begins with `text`, accents and case aside."""
        wanted = normalise(text)
        if not wanted:
            return self.none()
        if wanted[0].isdigit():
            return self.filter(
                models.Q(code__startswith=wanted.upper()) | models.Q(postcodes__contains=f" {wanted}")
            )
        return self.filter(search_name__contains=f" {wanted}")


class Commune(ReferenceModel):
    """A commune of the current pack, or one (not `is_active`) that an earlier pack brought."""

    code = models.CharField(_("code INSEE"), max_length=5, primary_key=True)
    name = models.CharField(_("nom"), max_length=120)
    search_name = models.CharField(_("nom de recherche"), max_length=140)
    postcodes = models.CharField(_("codes postaux"), max_length=400, help_text=_("Entre espaces."))
    departement = models.CharField(_("département"), max_length=3, db_index=True)
    departement_name = models.CharField(_("nom du département"), max_length=80)
    region = models.CharField(_("région"), max_length=2, db_index=True)
    region_name = models.CharField(_("nom de la région"), max_length=80)
    epci = models.CharField(_("EPCI"), max_length=9, blank=True, db_index=True)
    epci_name = models.CharField(_("nom de l’EPCI"), max_length=200, blank=True)
    living_area = models.CharField(_("bassin de vie"), max_length=5, blank=True, db_index=True)
    living_area_name = models.CharField(_("nom du bassin de vie"), max_length=200, blank=True)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    area_km2 = models.FloatField(_("superficie (km²)"), null=True)
    population = models.PositiveIntegerField(_("population municipale"))
    is_active = models.BooleanField(_("dans le jeu de données en usage"), default=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class CommuneContour(ReferenceModel):
    """The outline of a commune: a GeoJSON geometry as text, WGS84, five decimals, and its bounding box."""

    commune = models.OneToOneField(
        Commune, on_delete=models.PROTECT, primary_key=True, related_name="contour", verbose_name=_("commune")
    )
    geometry = models.TextField(_("géométrie GeoJSON"))
    west = models.FloatField(_("ouest"))
    south = models.FloatField(_("sud"))
    east = models.FloatField(_("est"))
    north = models.FloatField(_("nord"))

    class Meta:
        verbose_name = _("contour de commune")
        verbose_name_plural = _("contours de communes")

    def __str__(self) -> str:
        return str(self.commune_id)


class DepartmentWorkforce(ReferenceModel):
    """Self-employed health professionals of one profession in one département and one year."""

    departement = models.CharField(_("département"), max_length=3)
    departement_name = models.CharField(_("nom du département"), max_length=80)
    year = models.PositiveSmallIntegerField(_("année"))
    profession = models.CharField(_("profession"), max_length=120)
    count = models.PositiveIntegerField(_("effectif"))
    density = models.FloatField(_("pour 100 000 habitants"), null=True)

    class Meta:
        verbose_name = _("démographie d’un département")
        constraints = [
            models.UniqueConstraint(fields=["departement", "profession", "year"], name="one_workforce_count"),
        ]

    def __str__(self) -> str:
        return f"{self.departement} · {self.profession} · {self.year}"
