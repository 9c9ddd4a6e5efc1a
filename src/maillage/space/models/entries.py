"""How a patient enters their space: invitations, and codes asked for."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people
from maillage.space.rules.entry import Standing, Way

WAY_LABELS = {
    Way.SMS: _("lien et code par SMS"),
    Way.PAPER: _("papier remis en main propre"),
    Way.CODE: _("code demandé par la personne"),
}


class EntryCodeQuerySet(ScopedQuerySet["EntryCode"]):
    """Ways in, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those that one made, those to one's own file."""
        return models.Q(made_by=person) | models.Q(patient__account=person)

    def of_patient(self, patient: people.Patient) -> EntryCodeQuerySet:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def keyed(self, pk: int) -> EntryCodeQuerySet:
        """Keep the row itself, for an action that then checks the code typed."""
        return self.filter(pk=pk)._scoped()

    def waiting(self) -> EntryCodeQuerySet:
        """Keep those that nobody used nor took back."""
        return self.filter(used_at=None, revoked_at=None)


class EntryCode(AnnotatedModel):
    """A way into the space of a patient, once: a link with its code, a paper, a code asked for.

    No row holds the code: it is computed from the secret of the installation and `asked_at`
    (`kernel.codes`). `made_by` is the professional who invited, empty where the person asked.
    """

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="entry_codes", verbose_name=_("patient")
    )
    way = models.CharField(_("voie"), max_length=5, choices=as_choices(WAY_LABELS))
    made_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invité par"),
    )
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    expires_at = models.DateTimeField(_("jusqu’au"))
    tries = models.PositiveSmallIntegerField(_("essais du code"), default=0)
    used_at = models.DateTimeField(_("servi le"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    objects = EntryCodeQuerySet.as_manager()

    personal = ("patient", "way", "made_by", "asked_at", "expires_at", "used_at", "revoked_at")
    neither = ("id", "tries")

    class Meta:
        verbose_name = _("entrée dans l’espace d’un patient")
        verbose_name_plural = _("entrées dans les espaces des patients")
        ordering = ("-asked_at", "-id")

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.way}"

    @property
    def standing(self) -> Standing:
        """What the rule looks at."""
        return Standing(self.expires_at, self.tries, self.used_at is not None, self.revoked_at is not None)
