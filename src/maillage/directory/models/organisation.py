"""Two levels of organisation (a care unit's own perimeter beside the CPTS) and the welcome of newcomers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.directory.models.professionals import Professional
from maillage.directory.models.structures import Structure
from maillage.directory.rules.welcome import Step
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel, ReferenceModel

STEP_LABELS = {
    Step.MEET_MENTOR: _("Rencontrer son parrain ou sa marraine"),
    Step.CHECK_SHEET: _("Relire et confirmer sa fiche d’annuaire"),
    Step.OPEN_ACCOUNT: _("Ouvrir son compte et sa messagerie sécurisée"),
    Step.VISIT_PARTNERS: _("Rendre visite aux partenaires proches"),
    Step.READ_PROJECT: _("Lire le projet de santé du territoire"),
    Step.JOIN_ROSTER: _("Choisir sa place dans les gardes et les soins non programmés"),
    Step.FIRST_REVIEW: _("Faire le point avec la coordination"),
}


class CareUnit(ReferenceModel):
    """A structure that cares together (ESP, ESS, MSP, CDS…) and the communes it says it serves.

    It is the first level; the CPTS whose communes it shares are the second. The facts of its project are
    those the rule of the mode of practice reads.
    """

    structure = models.OneToOneField(
        Structure, on_delete=models.PROTECT, related_name="care_unit", verbose_name=_("structure")
    )
    has_project = models.BooleanField(_("projet de santé partagé"), default=False)
    has_formal_coordination = models.BooleanField(_("coordination formelle"), default=False)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("équipe de soins")
        verbose_name_plural = _("équipes de soins")

    def __str__(self) -> str:
        return str(self.structure_id)


class CareUnitCommune(ReferenceModel):
    """A care unit says it serves a commune."""

    unit = models.ForeignKey(
        CareUnit, on_delete=models.CASCADE, related_name="communes", verbose_name=_("équipe de soins")
    )
    commune = models.ForeignKey(
        "territory.Commune", on_delete=models.PROTECT, related_name="care_units", verbose_name=_("commune")
    )

    class Meta:
        verbose_name = _("commune d’une équipe de soins")
        verbose_name_plural = _("communes des équipes de soins")
        constraints = [
            models.UniqueConstraint(fields=["unit", "commune"], name="one_commune_per_care_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} · {self.commune_id}"


class Welcome(AnnotatedModel):
    """A newcomer's arrival in a territory, with a mentor."""

    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="welcomes", verbose_name=_("nouvel arrivant")
    )
    territory = models.ForeignKey(
        "territory.Territory", on_delete=models.PROTECT, related_name="welcomes", verbose_name=_("territoire")
    )
    mentor = models.ForeignKey(
        Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mentored",
        verbose_name=_("parrain ou marraine"),
    )
    started_on = models.DateField(_("arrivé le"))

    personal = ("professional", "territory", "mentor", "started_on")
    neither = ("id",)

    class Meta:
        verbose_name = _("accueil")
        verbose_name_plural = _("accueils")
        ordering = ("-started_on", "-id")
        constraints = [
            models.UniqueConstraint(fields=["professional", "territory"], name="one_welcome_per_territory"),
            models.CheckConstraint(
                condition=models.Q(mentor=None) | ~models.Q(mentor=models.F("professional")),
                name="nobody_mentors_themself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional_id} · {self.territory_id}"


class WelcomeStep(AnnotatedModel):
    """A step of a welcome, done."""

    welcome = models.ForeignKey(
        Welcome, on_delete=models.CASCADE, related_name="steps", verbose_name=_("accueil")
    )
    step = models.CharField(_("étape"), max_length=20, choices=as_choices(STEP_LABELS))
    done_on = models.DateField(_("faite le"))
    done_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("notée par")
    )

    personal = ("welcome", "step", "done_on", "done_by")
    neither = ("id",)

    class Meta:
        verbose_name = _("étape d’accueil")
        verbose_name_plural = _("étapes d’accueil")
        constraints = [models.UniqueConstraint(fields=["welcome", "step"], name="one_row_per_welcome_step")]

    def __str__(self) -> str:
        return f"{self.welcome_id} · {self.step}"
