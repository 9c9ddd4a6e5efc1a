"""Files of rows put in service for a territory and a period: read where they lie, known by digests."""

from __future__ import annotations

from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.indicators.packs.reading import FileFacts
from maillage.indicators.rules.files import Form
from maillage.indicators.rules.periods import Period
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet

FORM_LABELS = {Form.FLAT: _("forme simple"), Form.OMOP: _("OMOP CDM 5.4")}


class ImportQuerySet(ScopedQuerySet["FileImport"]):
    """Imports, read by those who read the indicators of their scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the scopes where one may read indicators."""
        scopes = access.scopes_of(person, Permission.VIEW_INDICATORS)
        return models.Q() if scopes is None else models.Q(scope__in=[one.pk for one in scopes])


class FileImport(Authored, Keyed):
    """A folder of files, checked whole, whose rows count for a period until another import replaces it.

    `files` tells each file (`FileFacts`): one that is not as it was is no longer read. `tables` are those of
    `rules.schema`.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    title = models.CharField(_("d’où viennent les données"), max_length=120)
    form = models.CharField(_("forme"), max_length=4, choices=as_choices(FORM_LABELS))
    folder = models.CharField(pgettext_lazy("de fichiers", "dossier"), max_length=500)
    first = models.PositiveIntegerField(_("premier mois"))
    months = models.PositiveSmallIntegerField(_("mois"))
    tables = models.JSONField(_("tables"))
    files = models.JSONField(_("fichiers"))
    rows = models.BigIntegerField(_("lignes"))
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("remplacé par"),
    )
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = ImportQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "scope", "title", "form", "folder", "first", "months", "tables", "files", "rows",
        "replaced_by", "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("fichiers importés")
        verbose_name_plural = _("fichiers importés")
        ordering = ("-at", "-id")
        constraints = made_once("file_import", "by")
        indexes = (models.Index(fields=["scope", "-at"], name="file_imports_of_a_scope"),)

    def __str__(self) -> str:
        return f"{self.title} · {self.period.written}"

    @property
    def period(self) -> Period:
        """The months whose rows it has."""
        return Period(self.first, self.months)

    @property
    def path(self) -> Path:
        """Where the files are."""
        return Path(self.folder)

    @property
    def changed_files(self) -> list[str]:
        """The files that are not, or no longer as they were when they were checked."""
        facts = [FileFacts(**one) for one in self.files]
        return [one.name for one in facts if not one.still_holds(self.path)]
