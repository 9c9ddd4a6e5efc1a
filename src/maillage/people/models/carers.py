"""Mandates: what somebody lets a carer read and do for them, until when, and how it was signed."""

from __future__ import annotations

from datetime import date, timedelta
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
from maillage.people.models.circle import PART_LABELS, CareLink
from maillage.people.rules.carers import Gesture, Relation, SignedBy
from maillage.people.rules.circle import Part

GESTURE_LABELS = {
    Gesture.BOOK: _("Prendre et suivre mes rendez-vous"),
    Gesture.SPEAK: _("Parler avec ceux qui me soignent"),
    Gesture.SIGNAL: _("Signaler une inquiétude"),
}
#: What the person is to their carer, as the person says it, and as it is said to the carer.
RELATION_LABELS = {
    Relation.MOTHER: _("sa mère"),
    Relation.FATHER: _("son père"),
    Relation.SPOUSE: _("son conjoint ou sa conjointe"),
    Relation.CHILD: _("son enfant"),
    Relation.SIBLING: _("son frère ou sa sœur"),
    Relation.GRANDPARENT: _("son grand-parent"),
    Relation.RELATIVE: _("un ou une proche"),
}
SAID_TO_CARER = {
    Relation.MOTHER: _("votre mère"),
    Relation.FATHER: _("votre père"),
    Relation.SPOUSE: _("votre conjoint ou conjointe"),
    Relation.CHILD: _("votre enfant"),
    Relation.SIBLING: _("votre frère ou votre sœur"),
    Relation.GRANDPARENT: _("votre grand-parent"),
    Relation.RELATIVE: _("votre proche"),
}
SIGNED_LABELS = {
    SignedBy.CODE: _("à l’écran, par un code reçu sur son téléphone"),
    SignedBy.PAPER: _("sur papier"),
}


class MandateQuerySet(ScopedQuerySet["Mandate"]):
    """Mandates, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """One's own as a carer, those one recorded, those of the patients whose circle one reads."""
        if access.may_everywhere(person, Permission.VIEW_JOURNAL):
            return models.Q(pk__isnull=False)
        # The table of patients reads this one to know what a carer sees: it is reached by its key.
        patients: Any = Mandate._meta.get_field("patient").related_model
        read = patients.objects.for_person(person, Part.CIRCLE).values("pk")
        return models.Q(carer=person) | models.Q(recorded_by=person) | models.Q(patient__in=read)

    def of_patient(self, patient: Any) -> MandateQuerySet:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def of_carer(self, person: Person) -> MandateQuerySet:
        """Keep those given to `person`."""
        return self.filter(carer=person)._scoped()

    def keyed(self, pk: int) -> MandateQuerySet:
        """Keep the row itself, for an action that then checks who acts."""
        return self.filter(pk=pk)._scoped()

    def in_force(self) -> MandateQuerySet:
        """Keep those signed whose link holds now."""
        now = timezone.now()
        lasting = models.Q(link__ends_at=None) | models.Q(link__ends_at__gt=now)
        return self.filter(lasting, link__starts_at__lte=now)


class Mandate(AnnotatedModel):
    """A patient lets a carer read parts of their file and act for them until a day; signed, it has a link.

    `signed_by` a code, the person signed in their own space; on paper, `seen_by` saw it, signed on `seen_on`.
    What ends the link ends the mandate. `until` is the instant at which it ends by itself.
    """

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="mandates", verbose_name=_("patient")
    )
    carer = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="mandates_held", verbose_name=_("aidant")
    )
    relation = models.CharField(_("lien de parenté"), max_length=12, choices=as_choices(RELATION_LABELS))
    until = models.DateTimeField(_("jusqu’au"))
    signed_by = models.CharField(_("signature"), max_length=5, choices=as_choices(SIGNED_LABELS))
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    recorded_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("noté par")
    )
    code_tries = models.PositiveSmallIntegerField(_("essais du code"), default=0)
    signed_at = models.DateTimeField(_("signé le"), null=True, blank=True)
    seen_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("vu par")
    )
    seen_on = models.DateField(_("papier signé le"), null=True, blank=True)
    link = models.OneToOneField(
        CareLink,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mandate",
        verbose_name=_("lien"),
    )

    objects = MandateQuerySet.as_manager()

    personal = (
        "patient", "carer", "relation", "until", "signed_by", "asked_at", "recorded_by", "signed_at",
        "seen_by", "seen_on", "link",
    )  # fmt: skip
    neither = ("id", "code_tries")

    class Meta:
        verbose_name = _("mandat d’aidant")
        verbose_name_plural = _("mandats d’aidant")
        ordering = ("asked_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signed_at=None, link=None)
                | models.Q(signed_at__isnull=False, link__isnull=False),
                name="mandate_signed_has_its_link",
            ),
            models.CheckConstraint(
                condition=~models.Q(signed_by=SignedBy.PAPER.value)
                | models.Q(seen_by__isnull=False, seen_on__isnull=False),
                name="mandate_on_paper_was_seen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.carer_id}"

    @property
    def last_day(self) -> date:
        """The last day on which it holds, by the clock of the patient's scope."""
        return timezone.localdate(self.until - timedelta(microseconds=1), self.patient.scope.zone)

    def is_in_force(self) -> bool:
        """Whether it is signed, and holds now."""
        return self.link is not None and self.link.is_in_force()


class MandateItemQuerySet(ScopedQuerySet["MandateItem"]):
    """Items of mandates, read with their mandate."""

    scope_path = "mandate__patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        return models.Q(mandate__in=Mandate.objects.for_person(person).values("pk"))

    def of_mandates(self, mandates: Any) -> MandateItemQuerySet:
        """Keep those of mandates that were read in scope."""
        return self.filter(mandate__in=mandates)._scoped()

    def lasting(self) -> MandateItemQuerySet:
        """Keep those that hold now."""
        now = timezone.now()
        return self.filter(models.Q(until=None) | models.Q(until__gt=now), since__lte=now)


class MandateItem(AnnotatedModel):
    """One part of the file, or one gesture, of a mandate, until the person takes it back."""

    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, related_name="items", verbose_name=_("mandat")
    )
    part = models.CharField(_("partie"), max_length=14, blank=True, choices=as_choices(PART_LABELS))
    gesture = models.CharField(_("geste"), max_length=8, blank=True, choices=as_choices(GESTURE_LABELS))
    since = models.DateTimeField(_("depuis"), default=timezone.now)
    until = models.DateTimeField(_("retiré le"), null=True, blank=True)
    ended_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retiré par"),
    )

    objects = MandateItemQuerySet.as_manager()

    personal = ("mandate", "part", "gesture", "since", "until", "ended_by")
    neither = ("id",)

    class Meta:
        verbose_name = _("élément d’un mandat")
        verbose_name_plural = _("éléments des mandats")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(part="") ^ models.Q(gesture=""), name="mandate_item_is_a_part_or_a_gesture"
            ),
            models.UniqueConstraint(fields=["mandate", "part", "gesture"], name="one_item_a_mandate"),
        ]

    def __str__(self) -> str:
        return f"{self.mandate_id} · {self.part}{self.gesture}"
