"""What keeps the directory true: dates of facts, requests to owners, imports, merges."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.directory.models.professionals import Professional
from maillage.directory.models.structures import Structure
from maillage.directory.rules.freshness import Answer, Fact
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel

FACT_LABELS = {
    Fact.IDENTITY: _("Identité et profession"),
    Fact.CONTACT: _("Téléphone et messagerie"),
    Fact.PLACES: _("Lieux et appartenances"),
    Fact.SERVICES: _("Services offerts"),
    Fact.HOURS: _("Horaires"),
    Fact.NEW_PATIENTS: _("Nouveaux patients"),
}
ANSWER_LABELS = {
    Answer.CONFIRMED: _("Confirmé"),
    Answer.CORRECTED: _("Corrigé"),
    Answer.DECLINED: _("Sans suite"),
}
_ONE_SUBJECT = models.Q(professional=None, structure__isnull=False) | models.Q(
    professional__isnull=False, structure=None
)


class FactDate(AnnotatedModel):
    """On which day a group of facts of a sheet was last stated, and by which source."""

    professional = models.ForeignKey(
        Professional,
        on_delete=models.PROTECT,
        null=True,
        related_name="fact_dates",
        verbose_name=_("professionnel"),
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, related_name="fact_dates", verbose_name=_("structure")
    )
    fact = models.CharField(pgettext_lazy("nom", "fait"), max_length=12, choices=as_choices(FACT_LABELS))
    stated_on = models.DateField(_("énoncé le"))
    source = models.CharField(_("source"), max_length=80)

    personal = ("professional", "structure", "fact", "stated_on", "source")
    neither = ("id",)

    class Meta:
        verbose_name = _("date d’un fait")
        verbose_name_plural = _("dates des faits")
        constraints = [
            models.CheckConstraint(condition=_ONE_SUBJECT, name="fact_has_one_subject"),
            models.UniqueConstraint(fields=["professional", "fact"], name="one_date_per_professional_fact"),
            models.UniqueConstraint(fields=["structure", "fact"], name="one_date_per_structure_fact"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} · {self.stated_on}"


class ConfirmationRequest(AnnotatedModel):
    """Somebody asks the owner of a sheet to confirm or correct a group of facts."""

    professional = models.ForeignKey(
        Professional,
        on_delete=models.PROTECT,
        null=True,
        related_name="confirmation_requests",
        verbose_name=_("professionnel"),
    )
    structure = models.ForeignKey(
        Structure,
        on_delete=models.PROTECT,
        null=True,
        related_name="confirmation_requests",
        verbose_name=_("structure"),
    )
    fact = models.CharField(pgettext_lazy("nom", "fait"), max_length=12, choices=as_choices(FACT_LABELS))
    doubt = models.CharField(_("doute"), max_length=500, blank=True)
    asked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("demandé par")
    )
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now, editable=False)
    answer = models.CharField(_("réponse"), max_length=10, blank=True, choices=as_choices(ANSWER_LABELS))
    answered_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("répondu par"),
    )
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)

    personal = (
        "professional", "structure", "fact", "doubt", "asked_by", "asked_at", "answer", "answered_by",
        "answered_at",
    )  # fmt: skip
    neither = ("id",)

    class Meta:
        verbose_name = _("demande de confirmation")
        verbose_name_plural = _("demandes de confirmation")
        ordering = ("-asked_at", "-id")
        constraints = [
            models.CheckConstraint(condition=_ONE_SUBJECT, name="confirmation_has_one_subject"),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at=None)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="confirmation_answer_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} · {self.asked_at:%Y-%m-%d}"


class DirectoryImport(AnnotatedModel):
    """One file taken into the directory; the same again changes nothing, unless the first was undone."""

    format = models.CharField(_("format"), max_length=20)
    file_name = models.CharField(_("fichier"), max_length=200)
    fingerprint = models.CharField(_("empreinte SHA-256"), max_length=64)
    departements = models.CharField(_("départements retenus"), max_length=60, blank=True)
    extracted_on = models.DateField(_("date de l’extraction"))
    counts = models.JSONField(_("comptes"))
    imported_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("importé par"),
    )
    imported_at = models.DateTimeField(_("importé le"), default=timezone.now, editable=False)
    undone_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("défait par")
    )
    undone_at = models.DateTimeField(_("défait le"), null=True)

    personal = ("imported_by", "undone_by")
    neither = (
        "id", "format", "file_name", "fingerprint", "departements", "extracted_on", "counts", "imported_at",
        "undone_at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("import dans l’annuaire")
        verbose_name_plural = _("imports dans l’annuaire")
        ordering = ("-imported_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["format", "fingerprint", "departements"],
                condition=models.Q(undone_at=None),
                name="one_import_of_a_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.format} · {self.file_name}"


class ImportChange(AnnotatedModel):
    """One row that the last import of its format wrote: what it was before, none where it was not there.

    `before` and `after` hold the columns written. Kept until the next import of the same format.
    """

    done = models.ForeignKey(
        DirectoryImport, on_delete=models.CASCADE, related_name="changes", verbose_name=_("import")
    )
    table = models.CharField(_("table"), max_length=20)
    row = models.CharField(_("ligne"), max_length=80)
    before = models.JSONField(_("avant l’import"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("après l’import"), encoder=DjangoJSONEncoder)

    personal = ("row", "before", "after")
    neither = ("id", "done", "table")

    class Meta:
        verbose_name = _("changement d’un import")
        verbose_name_plural = _("changements d’un import")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.table} · {self.row}"


class Merge(AnnotatedModel):
    """Two sheets of one professional made one; `before` holds what to give back when it is undone."""

    kept = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="merges", verbose_name=_("fiche gardée")
    )
    removed = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="+", verbose_name=_("fiche fusionnée")
    )
    before = models.JSONField(_("avant la fusion"))
    reason = models.CharField(_("motif"), max_length=500)
    merged_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("fusionné par")
    )
    merged_at = models.DateTimeField(_("fusionné le"), default=timezone.now, editable=False)
    undone_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("défait par")
    )
    undone_at = models.DateTimeField(_("défait le"), null=True)

    personal = ("kept", "removed", "before", "reason", "merged_by", "merged_at", "undone_by", "undone_at")
    neither = ("id",)

    class Meta:
        verbose_name = _("fusion de fiches")
        verbose_name_plural = _("fusions de fiches")
        ordering = ("-merged_at", "-id")

    def __str__(self) -> str:
        return f"{self.removed_id} → {self.kept_id}"
