"""Acts done under a protocol: the answers that were given, who did what, for whom, by which version."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people
from maillage.protocols.models.protocols import Protocol, SignUp, Version
from maillage.protocols.rules.criteria import CriterionKind, Said, Standing
from maillage.protocols.rules.protocols import OPEN, ActState

SAID_LABELS = {Said.YES: _("Oui"), Said.NO: _("Non"), Said.UNKNOWN: _("Ne sait pas")}
CRITERION_LABELS = {
    CriterionKind.STOP: _("Arrêt"),
    CriterionKind.INCLUSION: _("Inclusion"),
    CriterionKind.EXCLUSION: _("Exclusion"),
}
STANDING_LABELS = {
    Standing.VITAL: _("signe vital, le 15"),
    Standing.STOPPED: _("critère d’arrêt"),
    Standing.EXCLUDED: _("hors du protocole"),
    Standing.TO_CHECK: _("à vérifier"),
    Standing.CLEAR: _("tous les critères sont répondus"),
}
ACT_LABELS = {
    ActState.TO_CHECK: _("à vérifier"),
    ActState.TO_SIGN: _("à signer"),
    ActState.SIGNED: _("signé"),
    ActState.RETURNED: _("revenu au médecin"),
    ActState.EMERGENCY: _("signe vital, le 15"),
}


class ActQuerySet(ScopedQuerySet["Act"]):
    """Acts, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose health the circle opens, one's own acts not excepted."""
        return people.readable(person, people.Part.HEALTH, prefix="patient__")

    def of_patient(self, patient: people.Patient) -> ActQuerySet:
        """Keep the acts about a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def of_protocols(self, protocols: models.QuerySet[Protocol]) -> ActQuerySet:
        """Keep the acts of protocols that were read in scope, to be counted."""
        return self.filter(version__protocol__in=protocols)._scoped()

    def open(self) -> ActQuerySet:
        """Keep those that are neither signed nor gone elsewhere."""
        return self.filter(state__in=[one.value for one in OPEN])


class Act(Authored, Keyed):
    """What a delegated professional (`sign_up`) did for a patient by a version of a protocol.

    `asked` is what was asked and answered: a list of `{key, kind, text, said, known}`, kept as it was.
    `signs` are codes of the rule `people.signals.vital_signs`. `report` is what was done, or why it went
    back to the physician. Two open acts of one protocol about one patient would be one act done twice.
    """

    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="done", verbose_name=_("version")
    )
    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="protocol_acts", verbose_name=_("patient")
    )
    sign_up = models.ForeignKey(
        SignUp, on_delete=models.PROTECT, related_name="done", verbose_name=_("adhésion")
    )
    act = models.CharField(_("acte"), max_length=200)
    asked = models.JSONField(_("questions et réponses"), default=list)
    signs = models.JSONField(_("signes vitaux dits"), default=list)
    standing = models.CharField(_("critères"), max_length=8, choices=as_choices(STANDING_LABELS))
    state = models.CharField(_("état"), max_length=9, choices=as_choices(ACT_LABELS))
    report = models.TextField(_("ce qui a été fait"), max_length=2000, blank=True)
    closed_at = models.DateTimeField(_("clos le"), null=True, blank=True)

    objects = ActQuerySet.as_manager()

    personal = ("patient", "by", "at", "sign_up", "closed_at")
    health = ("version", "act", "asked", "signs", "standing", "state", "report")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("acte de protocole")
        verbose_name_plural = _("actes de protocole")
        ordering = ("-at", "-id")
        constraints = [
            *made_once("protocol_act", "by"),
            models.UniqueConstraint(
                fields=["patient", "version"],
                condition=models.Q(state__in=[one.value for one in sorted(OPEN)]),
                name="one_open_act_of_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in sorted(OPEN)], closed_at=None)
                | ~models.Q(state__in=[one.value for one in sorted(OPEN)])
                & models.Q(closed_at__isnull=False),
                name="act_is_open_or_closed",
            ),
        ]
        indexes = [models.Index(fields=["by", "state"], name="protocol_acts_of_an_account")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be checked or signed."""
        return self.state in OPEN

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, by key of the criterion."""
        return {one["key"]: one["said"] for one in self.asked}
