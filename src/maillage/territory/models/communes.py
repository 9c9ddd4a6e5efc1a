"""Communes, their outlines, and the health workforce of départements."""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.name_search import place_like
from maillage.kernel.names import LONGEST, normalise
from maillage.kernel.privacy import ReferenceModel

#: The beginning of an INSEE code or of a postcode: « 71 », « 2a0 », « 71 130 ».
_CODE = re.compile(r"\d[\dab]?\d*")


class CommuneQuerySet(models.QuerySet["Commune"]):
    def active(self) -> CommuneQuerySet:
        """Keep the communes of the current pack."""
        return self.filter(is_active=True)

    def matching(self, text: str) -> CommuneQuerySet:
        """Keep the communes whose name, INSEE code or postcode begins with `text`, accents and case aside."""
        code = normalise(text[:LONGEST]).replace(" ", "")
        if _CODE.fullmatch(code):
            return self.filter(
                models.Q(code__startswith=code.upper()) | models.Q(postcodes__contains=f" {code}")
            )
        return self.filter(place_like(text))


class Commune(ReferenceModel):
    """A commune of the current pack, or one (not `is_active`) that an earlier pack brought."""

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=120)
    search_name = models.TextField("nom de recherche")
    postcodes = models.CharField("codes postaux", max_length=400, help_text="Entre espaces.")
    departement = models.CharField("département", max_length=3, db_index=True)
    departement_name = models.CharField("nom du département", max_length=80)
    region = models.CharField("région", max_length=2, db_index=True)
    region_name = models.CharField("nom de la région", max_length=80)
    epci = models.CharField("EPCI", max_length=9, blank=True, db_index=True)
    epci_name = models.CharField("nom de l’EPCI", max_length=200, blank=True)
    living_area = models.CharField("bassin de vie", max_length=5, blank=True, db_index=True)
    living_area_name = models.CharField("nom du bassin de vie", max_length=200, blank=True)
    lon = models.FloatField("longitude")
    lat = models.FloatField("latitude")
    area_km2 = models.FloatField("superficie (km²)", null=True)
    population = models.PositiveIntegerField("population municipale")
    is_active = models.BooleanField("dans le jeu de données en usage", default=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class CommuneContour(ReferenceModel):
    """The outline of a commune: a GeoJSON geometry as text, WGS84, five decimals, and its bounding box."""

    commune = models.OneToOneField(
        Commune, on_delete=models.PROTECT, primary_key=True, related_name="contour", verbose_name="commune"
    )
    geometry = models.TextField("géométrie GeoJSON")
    west = models.FloatField("ouest")
    south = models.FloatField("sud")
    east = models.FloatField("est")
    north = models.FloatField("nord")

    class Meta:
        verbose_name = _("contour de commune")
        verbose_name_plural = _("contours de communes")

    def __str__(self) -> str:
        return str(self.commune_id)


class DepartmentWorkforce(ReferenceModel):
    """Self-employed health professionals of one profession in one département and one year."""

    departement = models.CharField("département", max_length=3)
    departement_name = models.CharField("nom du département", max_length=80)
    year = models.PositiveSmallIntegerField("année")
    profession = models.CharField("profession", max_length=120)
    count = models.PositiveIntegerField("effectif")
    density = models.FloatField("pour 100 000 habitants", null=True)

    class Meta:
        verbose_name = _("démographie d’un département")
        constraints = [
            models.UniqueConstraint(fields=["departement", "profession", "year"], name="one_workforce_count"),
        ]

    def __str__(self) -> str:
        return f"{self.departement} · {self.profession} · {self.year}"
