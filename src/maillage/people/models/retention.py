"""The end of the years of keeping: files noted as due, erased on the DPO's word, or held by the law."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people.rules.retention import Ended, Kept

ENDED_LABELS = {Ended.ERASED: _("effacé"), Ended.KEPT: _("gardé")}
KEPT_LABELS = {
    Kept.HELD: _("une conservation légale l’arrête"),
    Kept.DEMANDED: _("une demande de la personne attend sa réponse"),
    Kept.FROZEN: _("la personne a demandé le gel de son dossier, qui le garde"),
    Kept.CARED_FOR: _("la personne a été soignée depuis"),
    Kept.GONE: _("ce dossier n’existe plus"),
}


class LegalHoldQuerySet(ScopedQuerySet["LegalHold"]):
    """Holds, read by the DPO and by whose file it is."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        if access.may_everywhere(person, Permission.VIEW_JOURNAL):
            return models.Q(pk__isnull=False)
        return models.Q(patient__account=person)

    def of_patients(self, patients: Any) -> LegalHoldQuerySet:
        """Keep those of patients who were read in scope."""
        return self.filter(patient__in=patients)._scoped()

    def in_force(self, day: date) -> LegalHoldQuerySet:
        """Keep those that stop an erasure on that day."""
        return self.filter(models.Q(until=None) | models.Q(until__gte=day), lifted_at=None, since__lte=day)


class LegalHold(Authored, Keyed):
    """The law, or a judge, asks to keep a file: nothing of it is erased from `since`, to `until` where known.

    `by` laid it. It ends on its last day, or when it is lifted, with the reason why.
    """

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="legal_holds", verbose_name=_("patient")
    )
    reason = models.CharField(_("motif de la conservation"), max_length=300)
    since = models.DateField(_("conservé depuis le"))
    until = models.DateField(_("conservé jusqu’au"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("levé le"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("levé par")
    )
    lifted_why = models.CharField(_("motif de la levée"), max_length=300, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    personal = (
        "patient", "by", "at", "reason", "since", "until", "lifted_at", "lifted_by", "lifted_why",
    )  # fmt: skip
    neither = ("id", "key")

    class Meta:
        verbose_name = _("conservation légale")
        verbose_name_plural = _("conservations légales")
        ordering = ("-since", "-id")
        constraints = [
            *made_once("legal_hold", "by"),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by=None)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="legal_hold_lifted_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="legal_hold_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.since}"

    @property
    def is_in_force(self) -> bool:
        """Whether it stops an erasure today, by the clock of the territory."""
        today = timezone.localdate(timezone=self.patient.scope.zone)
        return self.lifted_at is None and self.since <= today and (self.until is None or self.until >= today)


class ErasureBatchQuerySet(ScopedQuerySet["ErasureBatch"]):
    """Lists of files at their term, read by the DPO."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        is_dpo = access.may_everywhere(person, Permission.VIEW_JOURNAL)
        return models.Q(pk__isnull=False) if is_dpo else models.Q(pk__in=[])


class ErasureBatch(AnnotatedModel):
    """Files of a territory whose years of keeping are over, noted by the program, erased once confirmed."""

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="erasure_batches", verbose_name=_("périmètre")
    )
    at = models.DateTimeField(_("dressée le"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmée par"),
    )

    objects = ErasureBatchQuerySet.as_manager()

    personal = ("confirmed_at", "confirmed_by")
    neither = ("id", "scope", "at")

    class Meta:
        verbose_name = _("liste de dossiers à effacer")
        verbose_name_plural = _("listes de dossiers à effacer")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None, confirmed_by=None)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="erasure_batch_confirmed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["scope"], condition=models.Q(confirmed_at=None), name="one_open_erasure_batch_a_scope"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_id} · {self.at:%Y-%m-%d}"


class ErasureLineQuerySet(ScopedQuerySet["ErasureLine"]):
    """Lines of these lists, read as they are."""

    scope_path = "batch__scope"

    def visible_to(self, person: Person) -> models.Q:
        is_dpo = access.may_everywhere(person, Permission.VIEW_JOURNAL)
        return models.Q(pk__isnull=False) if is_dpo else models.Q(pk__in=[])

    def of_batch(self, batch: ErasureBatch) -> ErasureLineQuerySet:
        """Keep those of a list that was read in scope."""
        return self.filter(batch=batch)._scoped()

    def waiting(self) -> ErasureLineQuerySet:
        """Keep those that are neither erased nor kept."""
        return self.filter(ended="")


class ErasureLine(AnnotatedModel):
    """One file at its term, by its number alone: it stays when the file is gone, and says what was erased.

    `done` holds `[table, how many rows]`.
    """

    batch = models.ForeignKey(
        ErasureBatch, on_delete=models.PROTECT, related_name="lines", verbose_name=_("liste")
    )
    number = models.PositiveBigIntegerField(_("numéro du dossier"))
    kept_until = models.DateField(_("gardé jusqu’au"))
    ended = models.CharField(
        _("suite"), max_length=6, blank=True, default="", choices=as_choices(ENDED_LABELS)
    )
    why = models.CharField(_("raison"), max_length=9, blank=True, choices=as_choices(KEPT_LABELS))
    ended_at = models.DateTimeField(_("fini le"), null=True, blank=True)
    done = models.JSONField(_("ce qui a été effacé"), default=list)

    objects = ErasureLineQuerySet.as_manager()

    personal = ("number", "kept_until")
    neither = ("id", "batch", "ended", "why", "ended_at", "done")

    class Meta:
        verbose_name = _("dossier au terme de sa conservation")
        verbose_name_plural = _("dossiers au terme de leur conservation")
        ordering = ("kept_until", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(ended=Ended.KEPT.value), name="a_file_is_erased_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ended="", ended_at=None) | models.Q(ended__gt="", ended_at__isnull=False),
                name="erasure_line_ended_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.kept_until}"
