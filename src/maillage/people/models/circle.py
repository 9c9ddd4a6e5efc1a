"""The circle of care of a patient: who is linked to them, what they consented to, what they oppose."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission, Role
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.people.rules.circle import Means, Origin, Part

ORIGIN_LABELS = {
    Origin.REFERRING_DOCTOR: _("Médecin traitant"),
    Origin.TEAM: _("Équipe de soins"),
    Origin.RESIDENCE: _("Résidence en EHPAD"),
    Origin.ADVICE: _("Avis demandé"),
    Origin.COORDINATION: _("Coordination du parcours (DAC)"),
    Origin.SOCIAL: _("Accompagnement social"),
    Origin.BOOKING: _("Rendez-vous"),
    Origin.REGULATION: _("Appel à la régulation"),
    Origin.EXPERTISE: _("Demande d’avis à distance"),
    Origin.EDUCATION: _("Éducation thérapeutique"),
    Origin.MANDATE: _("Mandat d’aidant"),
    Origin.EMERGENCY: _("Accès d’urgence"),
}
PART_LABELS = {
    Part.IDENTITY: _("Identité"),
    Part.REACH: _("Coordonnées"),
    Part.CIRCLE: _("Qui s’occupe de la personne"),
    Part.APPOINTMENTS: pgettext_lazy("pluriel", "Rendez-vous"),
    Part.SOCIAL: _("Vie quotidienne et aides"),
    Part.HEALTH: _("Santé : problèmes, traitements, mesures"),
    Part.PLAN: _("Plan partagé"),
    Part.CRISIS: _("Fiche d’urgence"),
}
MEANS_LABELS = {
    Means.SPACE: _("dans son espace"),
    Means.SPOKEN: _("de vive voix"),
    Means.PAPER: _("par écrit, document gardé"),
}


#: The role in which a professional of the directory acts, by profession; none for those who have none here.
ROLE_OF_PROFESSION = {
    directory.Profession.PHYSICIAN.value: Role.PHYSICIAN,
    directory.Profession.NURSE.value: Role.NURSE,
    directory.Profession.MIDWIFE.value: Role.MIDWIFE,
    directory.Profession.PHARMACIST.value: Role.PHARMACIST,
    directory.Profession.PHYSIOTHERAPIST.value: Role.PHYSIOTHERAPIST,
}


class HolderQuerySet(ScopedQuerySet[Row]):
    """Rows that name somebody beside a patient."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose circle one may read; the DPO reads every one."""
        if access.may_everywhere(person, Permission.VIEW_JOURNAL):
            return models.Q(pk__isnull=False)
        # The table of patients reads this one to know who may see whom: it is reached by its key.
        patients: Any = self.model._meta.get_field("patient").related_model
        return models.Q(patient__in=patients.objects.for_person(person, Part.CIRCLE).values("pk"))

    def of_patient(self, patient: models.Model) -> HolderQuerySet[Row]:
        """Keep the rows of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()


class Holder(AnnotatedModel):
    """Names one of three: a professional of the directory, a structure (all who work there), an account."""

    professional = models.ForeignKey(
        directory.Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("professionnel"),
    )
    structure = models.ForeignKey(
        directory.Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("structure"),
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("compte")
    )

    class Meta:
        abstract = True

    @property
    def holder(self) -> directory.Professional | directory.Structure | Person | None:
        """Who is named; None for everybody, where the table allows it."""
        return self.professional or self.structure or self.person

    @property
    def holder_name(self) -> str:
        """The name of who is named, empty for everybody."""
        named = self.holder
        return "" if named is None else str(named)


def one_holder(name: str, *, or_none: bool = False) -> models.CheckConstraint:
    """Return the constraint by which a row of `Holder` names one of the three, or nobody with `or_none`."""
    kinds = ("professional", "structure", "person")
    named = [models.Q(**{f"{other}__isnull": other != kind for other in kinds}) for kind in kinds]
    condition = named[0] | named[1] | named[2]
    if or_none:
        condition |= models.Q(**{f"{kind}__isnull": True for kind in kinds})
    return models.CheckConstraint(condition=condition, name=name)


class CareLinkQuerySet(HolderQuerySet["CareLink"]):
    """Links of patients, read for a person or inside a scope."""


class CareLink(Holder):
    """Somebody is linked to a patient: why, in which role, from when to when, and told to the patient or not.

    `act` names what a link limited to an act came from (« orientation.request:22 »). A link that ends keeps
    its row. `role` is empty for a structure: its staff act in the roles that each holds.
    """

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="care_links", verbose_name=_("patient")
    )
    origin = models.CharField(_("raison du lien"), max_length=20, choices=as_choices(ORIGIN_LABELS))
    role = models.CharField(
        _("rôle"), max_length=20, blank=True, choices=[(role.value, role.value) for role in Role]
    )
    why = models.CharField(_("précision"), max_length=300, blank=True)
    act = models.CharField(_("acte"), max_length=60, blank=True)
    starts_at = models.DateTimeField(_("depuis"), default=timezone.now)
    ends_at = models.DateTimeField(_("jusqu’à"), null=True, blank=True)
    informed_at = models.DateTimeField(_("patient informé le"), null=True, blank=True)
    opened_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("ouvert par")
    )
    ended_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("clos par")
    )
    reviewed_at = models.DateTimeField(_("revu le"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("revu par")
    )
    review = models.CharField(_("avis du DPO"), max_length=300, blank=True)
    is_justified = models.BooleanField(_("accès justifié"), null=True)

    objects = CareLinkQuerySet.as_manager()

    personal = (
        "patient", "professional", "structure", "person", "role", "act", "starts_at", "ends_at",
        "informed_at", "opened_by", "ended_by", "reviewed_at", "reviewed_by", "review", "is_justified",
    )  # fmt: skip
    health = ("origin", "why")
    neither = ("id",)

    class Meta:
        verbose_name = _("lien de soins")
        verbose_name_plural = _("liens de soins")
        ordering = ("starts_at", "id")
        constraints = [
            one_holder("care_link_names_one"),
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gte=models.F("starts_at")),
                name="care_link_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["act", "patient", "professional"],
                condition=~models.Q(act="") & models.Q(professional__isnull=False),
                name="one_link_an_act_for_a_professional",
            ),
            models.UniqueConstraint(
                fields=["act", "patient", "person"],
                condition=~models.Q(act="") & models.Q(person__isnull=False),
                name="one_link_an_act_for_an_account",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(origin=Origin.REFERRING_DOCTOR.value, ends_at=None),
                name="one_referring_doctor_link",
            ),
        ]
        indexes = [models.Index(fields=["origin", "reviewed_at"], name="care_links_to_review")]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.holder_name} · {self.origin}"

    def is_in_force(self) -> bool:
        """Whether it holds now."""
        now = timezone.now()
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


class Choice(Holder):
    """What a patient chose about a part of their file (empty: all), told by some means, until `until`.

    Each kind of choice has its own `patient`, by whom it is found.
    """

    patient_id: int
    part = models.CharField(_("partie"), max_length=14, blank=True, choices=as_choices(PART_LABELS))
    means = models.CharField(_("moyen"), max_length=8, choices=as_choices(MEANS_LABELS))
    since = models.DateTimeField(_("depuis"), default=timezone.now)
    until = models.DateTimeField(_("jusqu’au"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("noté par")
    )

    class Meta:
        abstract = True
        ordering = ("since", "id")

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.holder_name} · {self.part}"


class CareConsentQuerySet(HolderQuerySet["CareConsent"]):
    """Consents of patients, read for a person or inside a scope."""


class CareConsent(Choice):
    """A patient lets somebody outside the care team read a part of their file, until revoked."""

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="care_consents", verbose_name=_("patient")
    )

    objects = CareConsentQuerySet.as_manager()

    personal = (
        "patient", "professional", "structure", "person", "part", "means", "since", "until", "recorded_by",
    )  # fmt: skip
    neither = ("id",)

    class Meta(Choice.Meta):
        verbose_name = _("consentement au partage")
        verbose_name_plural = _("consentements au partage")
        constraints = [one_holder("care_consent_names_one")]


class CareOppositionQuerySet(HolderQuerySet["CareOpposition"]):
    """Oppositions of patients, read for a person or inside a scope."""


class CareOpposition(Choice):
    """A patient opposes that a part of their file is read, by who is named or by anybody.

    `in_emergency`: it holds for an emergency access too, of which they were told what it risks.
    """

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="care_oppositions", verbose_name=_("patient")
    )
    in_emergency = models.BooleanField(_("même en urgence"), default=False)

    objects = CareOppositionQuerySet.as_manager()

    personal = (
        "patient", "professional", "structure", "person", "part", "in_emergency", "means", "since", "until",
        "recorded_by",
    )  # fmt: skip
    neither = ("id",)

    class Meta(Choice.Meta):
        verbose_name = _("opposition au partage")
        verbose_name_plural = _("oppositions au partage")
        constraints = [one_holder("care_opposition_names_one_or_all", or_none=True)]


def named_fields(who: directory.Professional | directory.Structure | Person) -> dict[str, object]:
    """Return the field of `Holder` that names somebody: their sheet where an account has one.

    Raises ValidationError for a structure or a professional no longer active.
    """
    if isinstance(who, Person):
        sheet = getattr(who, "professional", None)
        return {"person": who} if sheet is None else {"professional": sheet}
    if not who.is_active:
        raise ValidationError(_now("{name} n’est plus en activité dans l’annuaire.").format(name=who))
    return {"professional" if isinstance(who, directory.Professional) else "structure": who}
