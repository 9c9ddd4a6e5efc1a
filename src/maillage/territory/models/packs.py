"""The data packs that were imported, and the columns of the current one."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel, ReferenceModel


class DataPackQuerySet(models.QuerySet["DataPack"]):
    def current(self) -> DataPackQuerySet:
        """Keep the pack whose columns are in use: none or one."""
        return self.filter(is_current=True)


class DataPack(AnnotatedModel):
    """One import of a data pack; rows stay as history, only the current one has columns.

    `folder` is where the pack was on the machine that imported it: whoever goes back to it looks there.
    """

    name = models.CharField("nom court", max_length=80)
    title = models.CharField("titre", max_length=200)
    geography = models.CharField("géographie", max_length=40, help_text="« COG 2026 », ou « fictif ».")
    created = models.CharField("constitué le", max_length=40, blank=True)
    fingerprint = models.CharField("empreinte", max_length=64)
    folder = models.CharField("dossier", max_length=1000, blank=True)
    loaders = models.JSONField("chargements joints", default=list)
    manifest = models.JSONField("manifeste")
    report = models.JSONField("rapport d’import")
    commune_count = models.PositiveIntegerField("communes")
    is_current = models.BooleanField("en usage")
    imported_at = models.DateTimeField("importé le")
    imported_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="importé par"
    )

    objects = DataPackQuerySet.as_manager()

    personal = ("imported_by",)
    neither = (
        "id",
        "name",
        "title",
        "geography",
        "created",
        "fingerprint",
        "folder",
        "loaders",
        "manifest",
        "report",
        "commune_count",
        "is_current",
        "imported_at",
    )

    class Meta:
        verbose_name = _("jeu de données")
        verbose_name_plural = _("jeux de données")
        ordering = ("-imported_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="one_current_data_pack"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PackArray(ReferenceModel):
    """One column of the current pack over all its communes, sorted by code, or one array of their graph.

    `payload` is the little-endian array compressed by zlib; `dtype` is NumPy's name for it. A column
    that can be missing is a float and NaN says so.
    """

    pack = models.ForeignKey(
        DataPack, on_delete=models.PROTECT, related_name="arrays", verbose_name="jeu de données"
    )
    key = models.CharField("clé", max_length=120)
    position = models.PositiveIntegerField("rang")
    is_variable = models.BooleanField("variable statistique")
    label = models.CharField("libellé", max_length=200, blank=True)
    unit = models.CharField("unité", max_length=60, blank=True)
    source = models.CharField("source", max_length=300, blank=True)
    vintage = models.CharField("millésime", max_length=80, blank=True)
    licence = models.CharField("licence", max_length=120, blank=True)
    estimate = models.BooleanField("estimation", default=False)
    completeness = models.FloatField("complétude", help_text="Part des communes renseignées, de 0 à 1.")
    dtype = models.CharField("type", max_length=10)
    length = models.PositiveIntegerField("longueur")
    payload = models.BinaryField("contenu")

    class Meta:
        verbose_name = _("colonne")
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["pack", "key"], name="one_array_per_key")]

    def __str__(self) -> str:
        return self.key

    @staticmethod
    def encode(array: NDArray[Any]) -> tuple[str, int, bytes]:
        """Return (dtype, length, payload) of a one-dimensional array of numbers or of texts."""
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        return little.dtype.str, len(little), zlib.compress(np.ascontiguousarray(little).tobytes(), level=1)

    def array(self) -> NDArray[Any]:
        """Return the stored array, read-only."""
        return np.frombuffer(zlib.decompress(bytes(self.payload)), dtype=self.dtype)
