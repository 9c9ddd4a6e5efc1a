"""Work on a data pack that was asked for from the web: made, made again, checked, imported, gone back to."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.kernel.choices import as_choices
from maillage.kernel.job_states import ACTIVE
from maillage.kernel.models import Person, Queued
from maillage.territory.models.packs import DataPack
from maillage.territory.rules.pack_works import PREPARES, WorkKind

WORK_LABELS = {
    WorkKind.BUILD: _("Préparation"),
    WorkKind.UPDATE: _("Mise à jour"),
    WorkKind.CHECK: _("Contrôle"),
    WorkKind.IMPORT: pgettext_lazy("d’un jeu de données", "Import"),
    WorkKind.BACK: _("Retour à un jeu précédent"),
}


class PackWork(Queued):
    """One piece of work on a pack; one waits or runs in the whole installation: the database says so.

    `asked` is what `packs.building` reads and `names` the same for people; `given` are the files and
    addresses given in place of known ones; `folder` the name of the pack under `settings.PACKS`, and
    `fingerprint` that of the pack that it left there. `source` is the work whose pack this one takes, `pack`
    what was imported, or is gone back to; `wanted` the parts to take in with it. `step`, `done` and `total`
    say how far it is, `answer` what it did, as plain values (`actions.pack_running`).
    """

    kind = models.CharField(_("nature"), max_length=8, choices=as_choices(WORK_LABELS))
    asked = models.CharField(_("territoire demandé"), max_length=600, blank=True)
    names = models.TextField(_("territoire demandé, en mots"), blank=True)
    given = models.JSONField(_("fichiers et adresses donnés"), default=list)
    folder = models.CharField(_("dossier"), max_length=120, blank=True)
    fingerprint = models.CharField(_("empreinte"), max_length=64, blank=True)
    source = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followed_by", verbose_name=_("jeu préparé")
    )
    pack = models.ForeignKey(
        DataPack, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("jeu importé")
    )
    wanted = models.JSONField(_("à importer avec"), default=list)
    step = models.CharField(_("étape"), max_length=200, blank=True)
    done = models.BigIntegerField(_("fait"), default=0)
    total = models.BigIntegerField(_("à faire"), default=0)
    stopped_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("arrêté par")
    )
    answer = models.JSONField(_("résultat"), default=dict)

    personal = ("by", "stopped_by")
    neither = (
        "id", "kind", "asked", "names", "given", "folder", "fingerprint", "source", "pack", "wanted", "step",
        "done", "total", "answer", *Queued.queued,
    )  # fmt: skip

    class Meta:
        verbose_name = _("travail sur un jeu de données")
        verbose_name_plural = _("travaux sur des jeux de données")
        ordering = ("-asked_at", "-id")
        constraints = [
            models.UniqueConstraint(
                Case(When(Q(state__in=sorted(one.value for one in ACTIVE)), then=Value(1))),
                name="one_pack_work_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.names}"

    @property
    def prepares(self) -> bool:
        """Whether it leaves a pack ready to be imported."""
        return WorkKind(self.kind) in PREPARES

    def begin_again(self) -> None:
        """Forget how far the process that died was."""
        self.step, self.done, self.total = "", 0, 0
