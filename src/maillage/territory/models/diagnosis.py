"""Computed results kept with all that produced them, and the travel times an installation was given."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel, ReferenceModel
from maillage.territory.rules.kinds import TravelKind


class Diagnosis(ReferenceModel):
    """One saved computation on a territory: parameters, engine version, fingerprint of inputs, results.

    The same inputs give the same `input_hash`, and are then read back instead of computed again.
    """

    territory = models.ForeignKey(
        "territory.Territory",
        on_delete=models.PROTECT,
        related_name="diagnoses",
        verbose_name=_("territoire"),
    )
    kind = models.CharField(_("nature"), max_length=40)
    parameters = models.JSONField(_("paramètres"))
    engine_version = models.CharField(_("version du moteur"), max_length=40)
    input_hash = models.CharField(_("empreinte des entrées"), max_length=64)
    results = models.JSONField(_("résultats"))
    computed_at = models.DateTimeField(_("calculé le"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("diagnostic calculé")
        verbose_name_plural = _("diagnostics calculés")
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "kind", "input_hash"], name="diagnosis_is_computed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory_id} · {self.kind}"


TRAVEL_KIND_LABELS: dict[TravelKind, str | Promise] = {
    TravelKind.IMPORTED: _("temps importés"),
    TravelKind.ROAD: _("temps par la route"),
}


class TravelMatrixQuerySet(models.QuerySet["TravelMatrix"]):
    def by_rank(self) -> TravelMatrixQuerySet:
        """Order them as they decide: what was imported, then roads; the latest of each first."""
        return self.order_by("kind", "-imported_at", "-pk")

    def light(self) -> TravelMatrixQuerySet:
        """Leave the tables and the roads where they are."""
        return self.defer("payload", "roads")


class TravelMatrix(AnnotatedModel):
    """Travel times from a real router; they replace the crow-fly estimate where they are present.

    `payload` is a compressed NumPy archive of `origin` and `destination` (commune codes) and `minutes`; that
    of a road extract also says where each commune was put (`code`, `placing`, `km` to the road). `roads` is
    its graph (`computations.road_store`) and `details` what is said of it.
    """

    kind = models.CharField(
        _("nature"),
        max_length=10,
        choices=as_choices(TRAVEL_KIND_LABELS),
        default=TravelKind.IMPORTED.value,
    )
    provider = models.CharField(_("fournisseur"), max_length=120)
    vintage = models.CharField(_("millésime"), max_length=40)
    fingerprint = models.CharField(_("empreinte"), max_length=64, unique=True)
    pair_count = models.PositiveIntegerField(_("nombre de couples"))
    payload = models.BinaryField(_("contenu"))
    roads = models.BinaryField(_("réseau routier"), null=True)
    details = models.JSONField(_("détails"), default=dict)
    imported_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("importée par"),
    )
    imported_at = models.DateTimeField(_("importée le"), default=timezone.now, editable=False)

    personal = ("imported_by",)
    neither = (
        "id", "kind", "provider", "vintage", "fingerprint", "pair_count", "payload", "roads", "details",
        "imported_at",
    )  # fmt: skip

    objects = TravelMatrixQuerySet.as_manager()

    class Meta:
        verbose_name = _("matrice de temps de trajet")
        verbose_name_plural = _("matrices de temps de trajet")
        ordering = ("-imported_at", "-pk")

    def __str__(self) -> str:
        return f"{self.provider} · {self.vintage}"
