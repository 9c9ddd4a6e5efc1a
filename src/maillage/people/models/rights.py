"""What people demand of their data, what was answered, and the copies made for them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission, Role
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people.models.circle import MEANS_LABELS
from maillage.people.rules.rights import Answer, Right

RIGHT_LABELS = {
    Right.ACCESS: _("Recevoir une copie de ses données"),
    Right.RECTIFICATION: _("Faire corriger une donnée"),
    Right.ERASURE: _("Faire effacer des données"),
    Right.RESTRICTION: _("Faire geler l’usage de ses données"),
    Right.OPPOSITION: _("S’opposer à un usage de ses données"),
}
ANSWER_LABELS = {
    Answer.GRANTED: _("acceptée"),
    Answer.PARTLY: _("acceptée en partie"),
    Answer.REFUSED: _("refusée"),
}


class RightsRequestQuerySet(ScopedQuerySet["RightsRequest"]):
    """Demands, read by whose data it is, whoever noted it, and the DPO."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        if access.may_everywhere(person, Permission.VIEW_JOURNAL):
            return models.Q(pk__isnull=False)
        return models.Q(patient__account=person) | models.Q(by=person)

    def of_patient(self, patient: Any) -> RightsRequestQuerySet:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def waiting(self) -> RightsRequestQuerySet:
        """Keep those that nobody has answered."""
        return self.filter(decided_at=None)


class RightsRequest(Authored, Keyed):
    """Somebody demands something of their data; it is answered before `due_on`, and told.

    `by` is the person, or whoever noted their demand. `extended_why` is told where the delay was lengthened.
    `done` holds `[table, how many rows]` of what was emptied.
    """

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="rights_requests", verbose_name=_("patient")
    )
    right = models.CharField(_("droit"), max_length=13, choices=as_choices(RIGHT_LABELS))
    text = models.TextField(_("ce qui est demandé"), max_length=1000, blank=True)
    means = models.CharField(_("moyen"), max_length=8, choices=as_choices(MEANS_LABELS))
    due_on = models.DateField(_("réponse due le"))
    extended_at = models.DateTimeField(_("délai prolongé le"), null=True, blank=True)
    extended_why = models.CharField(_("motif de la prolongation"), max_length=300, blank=True)
    answer = models.CharField(_("réponse"), max_length=8, blank=True, choices=as_choices(ANSWER_LABELS))
    decided_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("répondu par"),
    )
    words = models.TextField(_("ce qui a été répondu"), max_length=2000, blank=True)
    done = models.JSONField(_("ce qui a été effacé"), default=list)

    objects = RightsRequestQuerySet.as_manager()

    personal = (
        "patient", "by", "at", "right", "text", "means", "due_on", "extended_at", "extended_why", "answer",
        "decided_at", "decided_by", "words",
    )  # fmt: skip
    neither = ("id", "key", "done")

    class Meta:
        verbose_name = _("demande sur ses données")
        verbose_name_plural = _("demandes des personnes")
        ordering = ("due_on", "id")
        constraints = [
            *made_once("rights_request", "by"),
            models.CheckConstraint(
                condition=models.Q(answer="", decided_at=None)
                | models.Q(answer__gt="", decided_at__isnull=False),
                name="rights_request_answered_or_not",
            ),
        ]
        indexes = [models.Index(fields=["decided_at", "due_on"], name="rights_waiting")]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.right}"

    @property
    def is_late(self) -> bool:
        """Whether its day has passed without an answer."""
        return self.decided_at is None and self.due_on < timezone.localdate()


class DataCopyQuerySet(ScopedQuerySet["DataCopy"]):
    """Copies, read as the demand that asked for them."""

    scope_path = "request__patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Whose data it is; the DPO who noted the demand of somebody without an account, and no one else."""
        own = models.Q(request__patient__account=person)
        is_dpo = any(one.role == Role.DPO.value and one.scope_id is None for one in access.roles_of(person))
        return own | models.Q(request__by=person) if is_dpo else own

    def keyed(self, pk: int) -> DataCopyQuerySet:
        """Keep the row itself, for the program that makes the file or erases it."""
        return self.filter(pk=pk)._scoped()

    def of_requests(self, requests: Any) -> DataCopyQuerySet:
        """Keep those of demands that were read in scope."""
        return self.filter(request__in=requests)._scoped()


class DataCopy(AnnotatedModel):
    """The copy of somebody's data, one ZIP beside the base: made by the worker, erased at its term.

    `seed` names the file; `digest` is its SHA-256.
    """

    request = models.OneToOneField(
        RightsRequest, on_delete=models.PROTECT, related_name="copy", verbose_name=_("demande")
    )
    made_at = models.DateTimeField(_("faite le"), null=True, blank=True)
    expires_at = models.DateTimeField(_("effacée après le"), null=True, blank=True)
    erased_at = models.DateTimeField(_("effacée le"), null=True, blank=True)
    seed = models.CharField(_("nom du fichier"), max_length=32)
    digest = models.CharField(_("empreinte"), max_length=64, blank=True)
    size = models.PositiveIntegerField(_("octets"), default=0)

    objects = DataCopyQuerySet.as_manager()

    personal = ("request", "made_at", "expires_at", "erased_at")
    neither = ("id", "seed", "digest", "size")

    class Meta:
        verbose_name = _("copie des données d’une personne")
        verbose_name_plural = _("copies des données des personnes")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.request_id} · {self.digest[:8]}"

    @property
    def is_ready(self) -> bool:
        """Whether it may be downloaded now."""
        return self.made_at is not None and self.expires_at is not None and timezone.now() < self.expires_at

    @property
    def is_over(self) -> bool:
        """Whether it was made, and may no longer be downloaded."""
        return self.made_at is not None and not self.is_ready
