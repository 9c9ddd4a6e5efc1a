"""What the DPO froze of a file, or kept out of counts, because its person demanded it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people.models.circle import PART_LABELS
from maillage.people.models.rights import RIGHT_LABELS, RightsRequest
from maillage.people.rules.circle import Part
from maillage.people.rules.rights import Right


class CareRestrictionQuerySet(ScopedQuerySet["CareRestriction"]):
    """Restrictions, read by whose file it is and by the DPO."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        if access.may_everywhere(person, Permission.VIEW_JOURNAL):
            return models.Q(pk__isnull=False)
        return models.Q(patient__account=person)

    def of_patient(self, patient: Any) -> CareRestrictionQuerySet:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def of_requests(self, requests: Any) -> CareRestrictionQuerySet:
        """Keep those of demands that were read in scope."""
        return self.filter(request__in=requests)._scoped()


class CareRestriction(AnnotatedModel):
    """The use of a part of a file (empty: all) is frozen, or opposed, since a demand that the DPO accepted.

    A restriction (article 18 of the GDPR) closes the reading and the writing of the part; it, and an
    opposition (article 21), keep the person out of counts. Lifted, it ends at `until`, of which the person
    is told before.
    """

    patient = models.ForeignKey(
        "people.Patient",
        on_delete=models.PROTECT,
        related_name="care_restrictions",
        verbose_name=_("patient"),
    )
    request = models.ForeignKey(
        RightsRequest, on_delete=models.PROTECT, related_name="restrictions", verbose_name=_("demande")
    )
    right = models.CharField(
        _("droit"),
        max_length=13,
        choices=[
            pair
            for pair in as_choices(RIGHT_LABELS)
            if pair[0] in {Right.RESTRICTION.value, Right.OPPOSITION.value}
        ],
    )
    part = models.CharField(_("partie"), max_length=14, blank=True, choices=as_choices(PART_LABELS))
    since = models.DateTimeField(_("depuis"), default=timezone.now)
    until = models.DateTimeField(_("jusqu’au"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("levé le"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("levé par")
    )
    lifted_why = models.CharField(_("motif de la levée"), max_length=300, blank=True)

    objects = CareRestrictionQuerySet.as_manager()

    personal = (
        "patient", "request", "right", "part", "since", "until", "lifted_at", "lifted_by", "lifted_why",
    )  # fmt: skip
    neither = ("id",)

    class Meta:
        verbose_name = _("gel de l’usage des données")
        verbose_name_plural = _("gels de l’usage des données")
        ordering = ("since", "id")
        constraints = [
            models.UniqueConstraint(fields=["request", "part"], name="one_restriction_a_part_of_a_demand"),
            models.CheckConstraint(
                condition=models.Q(until=None, lifted_at=None, lifted_by=None)
                | models.Q(until__isnull=False, lifted_at__isnull=False, lifted_by__isnull=False),
                name="care_restriction_ends_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.right} · {self.part}"

    @property
    def is_in_force(self) -> bool:
        """Whether it holds now."""
        return self.since <= timezone.now() and (self.until is None or timezone.now() < self.until)

    @property
    def freezes(self) -> bool:
        """Whether it closes the reading of what it is about."""
        return self.right == Right.RESTRICTION.value


def in_force(now: datetime) -> models.Q:
    """Return the condition « holds at that instant » on restrictions."""
    return models.Q(models.Q(until=None) | models.Q(until__gt=now), since__lte=now)


def about(part: Part) -> models.Q:
    """Return the condition « closes the reading of `part` » on restrictions."""
    return models.Q(models.Q(part="") | models.Q(part=part.value), right=Right.RESTRICTION.value)
