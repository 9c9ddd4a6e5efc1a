"""Professionals, the places they practise at, and their memberships of structures."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.directory.models.structures import PRECISION_LABELS, Structure
from maillage.directory.rules.professionals import (
    PASSING,
    Function,
    PracticeStatus,
    Profession,
    Sex,
    is_general_practitioner,
)
from maillage.directory.rules.structures import Precision
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.name_search import named_like
from maillage.kernel.names import LONGEST, normalise
from maillage.kernel.privacy import AnnotatedModel

PROFESSION_LABELS = {
    Profession.PHYSICIAN: _("Médecin"),
    Profession.PHARMACIST: _("Pharmacien, pharmacienne"),
    Profession.CARE_ASSISTANT: _("Aide-soignant, aide-soignante"),
    Profession.DENTIST: _("Chirurgien-dentiste"),
    Profession.MIDWIFE: _("Sage-femme"),
    Profession.NURSE: _("Infirmier, infirmière"),
    Profession.PHYSIOTHERAPIST: _("Masseur-kinésithérapeute"),
    Profession.PODIATRIST: _("Pédicure-podologue"),
    Profession.SPEECH_THERAPIST: _("Orthophoniste"),
    Profession.ORTHOPTIST: _("Orthoptiste"),
    Profession.PSYCHOLOGIST: _("Psychologue"),
    Profession.OCCUPATIONAL_THERAPIST: _("Ergothérapeute"),
    Profession.DIETITIAN: _("Diététicien, diététicienne"),
    Profession.PSYCHOMOTOR_THERAPIST: _("Psychomotricien, psychomotricienne"),
}
STATUS_OF_PRACTICE_LABELS = {
    PracticeStatus.SELF_EMPLOYED: _("Exercice libéral"),
    PracticeStatus.SALARIED: _("Salariat"),
    PracticeStatus.VOLUNTEER: _("Bénévolat"),
}
FUNCTION_LABELS = {
    Function.CARE: _("Soins"),
    Function.COORDINATION: _("Coordination"),
    Function.MANAGEMENT: _("Direction"),
    Function.SECRETARIAT: _("Secrétariat"),
    Function.ELECTED: _("Mandat d’élu local"),
    Function.SOCIAL: _("Action sociale"),
    Function.USER: _("Représentation des usagers"),
    Function.REPLACEMENT: pgettext_lazy("fonction", "Remplacement"),
    Function.STUDENT: _("Études ou stage"),
    Function.OTHER: _("Activité sans soin"),
}
#: The source of what somebody of the territory wrote: an import leaves it as it is.
HAND_SOURCE = "saisi à la main"
SEX_LABELS = {Sex.FEMALE: _("Femme"), Sex.MALE: _("Homme"), Sex.UNKNOWN: _("Non renseigné")}


class ProfessionalQuerySet(models.QuerySet["Professional"]):
    def active(self) -> ProfessionalQuerySet:
        """Keep those who practise: neither gone nor merged into another sheet."""
        return self.filter(is_active=True, merged_into=None)

    def of_professions(self, codes: Collection[str]) -> ProfessionalQuerySet:
        """Keep the professions `codes` (TRE_G15); all where there is none."""
        return self.filter(profession__in=list(codes)) if codes else self.all()

    def matching(self, text: str) -> ProfessionalQuerySet:
        """Keep those with each word of `text` at the start of a word of the name, or that RPPS number."""
        number = normalise(text[:LONGEST]).replace(" ", "")
        return self.filter(rpps=number) if number.isdigit() else self.filter(named_like(text))


class Professional(AnnotatedModel):
    """A health professional, or a person of the social sector or an elected one, who is a member somewhere.

    `languages` holds ISO 639-1 codes between spaces (« fr en »). A sheet merged into another keeps its row,
    so that old links still lead somewhere and the merge can be undone.
    """

    rpps = models.CharField(_("numéro RPPS"), max_length=11, unique=True, null=True, blank=True)
    last_name = models.CharField(_("nom d’exercice"), max_length=80)
    first_name = models.CharField(_("prénom d’exercice"), max_length=80, blank=True)
    search_name = models.TextField(_("nom de recherche"), editable=False)
    sound = models.CharField(
        _("son du nom"), max_length=80, blank=True, default="", db_index=True, editable=False
    )
    profession = models.CharField(_("profession (TRE_G15)"), max_length=3, blank=True, db_index=True)
    specialty = models.CharField(_("savoir-faire (TRE_R38)"), max_length=6, blank=True)
    sex = models.CharField(_("sexe"), max_length=6, blank=True, default="", choices=as_choices(SEX_LABELS))
    languages = models.CharField(_("langues parlées"), max_length=60, blank=True, default=" fr ")
    mssante = models.EmailField(_("messagerie sécurisée de santé"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    account = models.OneToOneField(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="professional",
        verbose_name=_("compte"),
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_sheets",
        verbose_name=_("fiche gardée"),
    )
    is_active = models.BooleanField(_("en activité"), default=True)
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)
    source = models.CharField(_("source"), max_length=80)
    created_at = models.DateTimeField(_("créé le"), default=timezone.now, editable=False)

    objects = ProfessionalQuerySet.as_manager()

    personal = (
        "rpps", "last_name", "first_name", "search_name", "sound", "profession", "specialty", "sex",
        "languages", "mssante", "phone", "account", "is_active",
    )  # fmt: skip
    neither = ("id", "merged_into", "is_demonstration", "source", "created_at")

    class Meta:
        verbose_name = _("professionnel")
        verbose_name_plural = _("professionnels")
        ordering = ("search_name", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="professional_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """First and last name as written on a door."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def profession_name(self) -> str:
        """The profession in the reader's language; empty for a member who is not a health professional."""
        known = {profession.value: label for profession, label in PROFESSION_LABELS.items()}
        return str(known.get(self.profession, self.profession))

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages spoken, as ISO 639-1 codes."""
        return tuple(self.languages.split())

    @property
    def is_general_practitioner(self) -> bool:
        """Whether the codes are those of a general practitioner."""
        return is_general_practitioner(self.profession, self.specialty)


class PracticePlace(AnnotatedModel):
    """An address where a structure receives or is reached: an office may have several."""

    key = models.CharField(_("identifiant"), max_length=80, unique=True)
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, related_name="places", verbose_name=_("structure")
    )
    name = models.CharField(_("nom"), max_length=200)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    commune = models.ForeignKey(
        "territory.Commune",
        on_delete=models.PROTECT,
        null=True,
        related_name="practice_places",
        verbose_name=_("commune"),
    )
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    precision = models.CharField(
        pgettext_lazy("d’une position", "précision"),
        max_length=10,
        choices=as_choices(PRECISION_LABELS),
        default=Precision.COMMUNE.value,
    )
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    wheelchair = models.BooleanField(_("accessible en fauteuil"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=80)
    is_active = models.BooleanField(_("en usage"), default=True)

    personal = ("name", "address", "phone")
    neither = (
        "id", "key", "structure", "postcode", "commune", "lon", "lat", "precision", "wheelchair", "source",
        "is_active",
    )  # fmt: skip

    class Meta:
        verbose_name = _("lieu d’exercice")
        verbose_name_plural = _("lieux d’exercice")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, on: date) -> MembershipQuerySet:
        """Keep those that hold on the day `on`; an unknown start or end does not exclude."""
        started = models.Q(starts_on=None) | models.Q(starts_on__lte=on)
        lasting = models.Q(ends_on=None) | models.Q(ends_on__gte=on)
        return self.filter(started, lasting)

    def standing(self) -> MembershipQuerySet:
        """Leave out replacements, students, and those who do not care there."""
        return self.exclude(function__in=[one.value for one in PASSING])


class Membership(AnnotatedModel):
    """A professional belongs to a structure, with a function, between two dates, for a share of time."""

    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("professionnel")
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("structure")
    )
    place = models.ForeignKey(
        PracticePlace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("lieu d’exercice"),
    )
    function = models.CharField(
        _("fonction"), max_length=12, choices=as_choices(FUNCTION_LABELS), default=Function.CARE.value
    )
    status = models.CharField(
        _("mode d’exercice (TRE_R23)"),
        max_length=1,
        blank=True,
        choices=as_choices(STATUS_OF_PRACTICE_LABELS),
    )
    starts_on = models.DateField(_("du"), null=True, blank=True)
    ends_on = models.DateField(_("au"), null=True, blank=True)
    time_share = models.FloatField(
        _("part du temps"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text=_("De 0 à 1 ; vide : non connue."),
    )
    source = models.CharField(_("source"), max_length=80)

    objects = MembershipQuerySet.as_manager()

    personal = (
        "professional",
        "structure",
        "place",
        "function",
        "status",
        "starts_on",
        "ends_on",
        "time_share",
    )
    neither = ("id", "source")

    class Meta:
        verbose_name = _("appartenance")
        verbose_name_plural = _("appartenances")
        ordering = ("professional__search_name", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None)
                | models.Q(starts_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(time_share=None) | models.Q(time_share__gte=0, time_share__lte=1),
                name="membership_share_of_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional_id} · {self.structure_id} · {self.function}"
