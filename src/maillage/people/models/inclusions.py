"""The form of somebody without a médecin traitant, in two parts, and the search that it became."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people.models.carers import Mandate
from maillage.people.models.reader import readable, unrestricted
from maillage.people.models.referring_doctor import ReferringDoctorRequest, asked_of
from maillage.people.rules.circle import Part
from maillage.people.rules.inclusions import Agreed, Ald, System, Teller, waits_for_the_15

TELLER_LABELS = {
    Teller.SELF: _("La personne elle-même"),
    Teller.CARER: _("Un aidant ou un proche"),
    Teller.BESIDE: _("Un professionnel à ses côtés, sous la dictée"),
}
AGREED_LABELS = {
    Agreed.NOT_YET: _("Pas encore demandé"),
    Agreed.SIGNED: _("Signé sur papier"),
    Agreed.TOLD: _("Dit de vive voix"),
    Agreed.SPACE: _("Donné dans son espace"),
}
SYSTEM_LABELS = {
    System.HEART: _("Cœur, tension"),
    System.LUNG: _("Poumons"),
    System.DIGESTIVE: _("Ventre, digestion"),
    System.NEURO: _("Cerveau, nerfs"),
    System.SENSES: _("Entendre, voir, marcher"),
    System.SKIN: _("Peau"),
    System.NERVOUS: _("Moral, anxiété"),
    System.OTHER: _("Autre maladie"),
}
ALD_LABELS = {Ald.UNKNOWN: _("Non précisé"), Ald.YES: _("Oui"), Ald.NO: _("Non")}


class DoctorInclusionQuerySet(ScopedQuerySet["DoctorInclusion"]):
    """Forms, read by who opened or completed them, whose they are, whoever reads the health of the person,
    the doctor asked, and who follows people without a doctor."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        scopes = access.scopes_of(person, Permission.MANAGE_REFERRING_DOCTOR)
        followed = models.Q(pk__isnull=False) if scopes is None else models.Q(patient__scope__in=scopes)
        asked = ReferringDoctorRequest._base_manager.filter(asked_of(person))
        # What a carer wrote is read as long as a mandate lets them, not because they wrote it.
        helped = Mandate._base_manager.filter(carer=person).order_by().values("patient")
        wrote = (models.Q(by=person) | models.Q(completed_by=person)) & ~models.Q(patient__in=helped)
        shown = models.Q(request__in=asked.order_by().values("pk"))
        others = (wrote | shown | followed) & unrestricted(Part.HEALTH, prefix="patient__")
        return models.Q(patient__account=person) | others | readable(person, Part.HEALTH, prefix="patient__")

    def of_patient(self, patient: Any) -> DoctorInclusionQuerySet:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def of_requests(self, requests: Any) -> DoctorInclusionQuerySet:
        """Keep those that became some searches read in scope."""
        return self.filter(request__in=requests)._scoped()


class DoctorInclusion(Authored, Keyed):
    """Somebody without a médecin traitant, found by `by`: what they said, then what a professional saw.

    Every answer may be missing, and be written later: `version` counts the writings. `signs` are the codes of
    the rules of vital and warning signs; while one is ticked and nobody has called the 15, no search opens.
    """

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="inclusions", verbose_name=_("patient")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    written_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("écrite en dernier par")
    )
    teller = models.CharField(_("qui répond"), max_length=6, choices=as_choices(TELLER_LABELS))
    occupation = models.CharField(_("métier ou activité"), max_length=120, blank=True)
    languages = models.CharField(_("langues parlées"), max_length=120, blank=True)
    contact_name = models.CharField(_("personne de confiance ou proche"), max_length=120, blank=True)
    contact_phone = models.CharField(_("téléphone de ce proche"), max_length=30, blank=True)
    diseases = models.JSONField(_("maladies"), default=list)
    no_disease = models.BooleanField(_("aucune maladie connue"), default=False)
    diseases_said = models.TextField(_("précisions sur les maladies"), max_length=1000, blank=True)
    treatments = models.TextField(_("traitements"), max_length=1000, blank=True)
    allergies = models.CharField(_("allergies"), max_length=300, blank=True)
    agreed = models.CharField(_("accord"), max_length=6, blank=True, choices=as_choices(AGREED_LABELS))
    agreed_on = models.DateField(_("accord donné le"), null=True, blank=True)
    ald = models.CharField(
        _("affection de longue durée"), max_length=3, blank=True, default="", choices=as_choices(ALD_LABELS)
    )
    criteria = models.JSONField(_("critères de priorité"), default=list)
    signs = models.JSONField(_("signes vus"), default=list)
    no_sign = models.BooleanField(_("aucun signe grave"), default=False)
    examination = models.TextField(_("examen et synthèse"), max_length=2000, blank=True)
    completed_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seconde partie par"),
    )
    completed_at = models.DateTimeField(_("seconde partie le"), null=True, blank=True)
    called_at = models.DateTimeField(_("15 appelé le"), null=True, blank=True)
    called_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("15 appelé par"),
    )
    request = models.OneToOneField(
        ReferringDoctorRequest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inclusion",
        verbose_name=_("recherche ouverte"),
    )

    objects = DoctorInclusionQuerySet.as_manager()

    personal = (
        "patient", "by", "at", "written_by", "teller", "occupation", "languages", "contact_name",
        "contact_phone", "agreed", "agreed_on", "completed_by", "completed_at", "called_at", "called_by",
        "request",
    )  # fmt: skip
    health = (
        "diseases", "no_disease", "diseases_said", "treatments", "allergies", "ald", "criteria", "signs",
        "no_sign", "examination",
    )  # fmt: skip
    neither = ("id", "key", "version")

    class Meta:
        verbose_name = _("fiche d’une personne sans médecin traitant")
        verbose_name_plural = _("fiches de personnes sans médecin traitant")
        ordering = ("-at", "-id")
        constraints = [
            *made_once("doctor_inclusion", "by"),
            models.CheckConstraint(
                condition=models.Q(agreed="", agreed_on=None)
                | models.Q(agreed__gt="", agreed_on__isnull=False),
                name="doctor_inclusion_agreed_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.at:%Y-%m-%d}"

    @property
    def waits_for_the_15(self) -> bool:
        """Whether a sign was ticked and nobody has called the 15."""
        return waits_for_the_15(self.signs, is_called=self.called_at is not None)
