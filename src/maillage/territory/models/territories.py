"""A territory: a named set of communes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models import Scope
from maillage.kernel.privacy import AnnotatedModel, ReferenceModel
from maillage.territory.models.communes import Commune
from maillage.territory.rules.kinds import TerritoryKind

KIND_LABELS = {
    TerritoryKind.CPTS: _("CPTS"),
    TerritoryKind.EPCI: _("EPCI"),
    TerritoryKind.DEPARTEMENT: _("Département"),
    TerritoryKind.REGION: _("Région"),
    TerritoryKind.LIVING_AREA: _("Bassin de vie"),
    TerritoryKind.FREE: _("Périmètre libre"),
}


class Territory(AnnotatedModel):
    """Any set of communes that people work on; perimeters may overlap."""

    kind = models.CharField(
        "nature", max_length=20, choices=[(kind.value, label) for kind, label in KIND_LABELS.items()]
    )
    name = models.CharField("nom", max_length=120)
    search_name = models.TextField("nom de recherche", editable=False)
    slug = models.SlugField("adresse", max_length=80, unique=True)
    scope = models.OneToOneField(
        Scope, on_delete=models.PROTECT, related_name="territory", verbose_name="périmètre de droits"
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="territoire parent",
    )
    is_constructed = models.BooleanField(
        "périmètre construit",
        default=False,
        help_text="Ce n’est pas le périmètre officiel d’une structure.",
    )
    note = models.TextField("note", blank=True)
    communes = models.ManyToManyField(
        Commune, through="TerritoryCommune", related_name="territories", verbose_name="communes"
    )

    neither = (
        "id",
        "kind",
        "name",
        "search_name",
        "slug",
        "scope",
        "parent",
        "is_constructed",
        "note",
    )

    class Meta:
        verbose_name = _("territoire")
        ordering = ("search_name", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
                name="territory_is_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said_note(self) -> str:
        """The note: in the reader's language where the program wrote it, else as somebody typed it."""
        return gettext(self.note) if self.note else ""

    @property
    def is_note_in_french(self) -> bool:
        """Whether `said_note` is in French: a page in another language marks it so."""
        return self.said_note == self.note

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its hours and days: that of its scope."""
        return self.scope.zone


class TerritoryCommune(ReferenceModel):
    """A commune belongs to a territory."""

    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, related_name="members", verbose_name="territoire"
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="memberships", verbose_name="commune"
    )

    class Meta:
        verbose_name = _("commune d’un territoire")
        verbose_name_plural = _("communes des territoires")
        constraints = [
            models.UniqueConstraint(fields=["territory", "commune"], name="one_membership_per_commune"),
        ]

    def __str__(self) -> str:
        return f"{self.territory_id} · {self.commune_id}"
