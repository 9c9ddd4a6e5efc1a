"""The way of a patient through a hospital and back, and the treatments reconciled at its end."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.people import api as people
from maillage.transitions.models.shapes import OfPatientQuerySet
from maillage.transitions.rules.medicines import Change, Pair, is_unresolved
from maillage.transitions.rules.ways import (
    CLOSED,
    AdmissionRefusal,
    Blocker,
    ReturnRefusal,
    WayKind,
    WayState,
)

KIND_LABELS = {
    WayKind.PLANNED: _("Admission programmée"),
    WayKind.DIRECT: _("Entrée directe à l’hôpital local"),
    WayKind.HAD: _("Hospitalisation à domicile"),
    WayKind.DISCHARGE: _("Sortie d’hôpital"),
    WayKind.TRANSFER: _("Retour des urgences"),
}
STATE_LABELS = {
    WayState.ASKED: _("demandée, sans réponse"),
    WayState.ACCEPTED: _("acceptée"),
    WayState.REFUSED: _("refusée"),
    WayState.INSIDE: _("hospitalisé"),
    WayState.LEAVING: _("de retour"),
    WayState.RETURN_REFUSED: _("retour refusé"),
    WayState.ENDED: _("terminée"),
    WayState.CANCELLED: _("annulée"),
}
ADMISSION_REFUSAL_LABELS = {
    AdmissionRefusal.NO_BED: _("Pas de place"),
    AdmissionRefusal.NOT_INDICATED: _("Le service ne convient pas"),
    AdmissionRefusal.EMERGENCY: _("La situation relève des urgences"),
    AdmissionRefusal.OTHER: _("Autre motif"),
}
RETURN_REFUSAL_LABELS = {
    ReturnRefusal.UNSTABLE: _("L’état de la personne ne permet pas ce retour"),
    ReturnRefusal.NO_HELP: _("Les aides ne sont pas en place"),
    ReturnRefusal.NO_EQUIPMENT: _("Le matériel n’est pas livré"),
    ReturnRefusal.NO_WORD: _("Aucun compte rendu ni traitement n’est parvenu"),
    ReturnRefusal.PERSON: _("La personne ou ses proches ne peuvent pas"),
}
CHANGE_LABELS = {
    Change.KEPT: _("Poursuivi"),
    Change.CHANGED: _("Modifié"),
    Change.STOPPED: _("Arrêté"),
    Change.NEW: _("Nouveau"),
    Change.CLARIFY: _("À éclaircir"),
}
BLOCKER_LABELS = {
    Blocker.NO_LIST: _("La liste des traitements n’est pas reçue."),
    Blocker.LINES: _("Des lignes de traitement attendent une décision."),
    Blocker.VISIT: _("La visite après la sortie n’est pas faite."),
}


class WayQuerySet(OfPatientQuerySet["Way"]):
    """Ways of patients, read for a person or inside a scope."""

    def open(self) -> Self:
        """Keep those that nobody has ended."""
        return self.exclude(state__in=sorted(one.value for one in CLOSED))


class Way(Keyed):
    """One stay, from what is asked of a hospital to the acknowledgement of the return.

    `event` is the transfer of a resident that it follows, whose return `care` keeps. `visit` is the task of
    the visit after the discharge. `has_no_list` says why no list of treatments came.
    """

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="ways", verbose_name=_("périmètre")
    )
    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="ways", verbose_name=_("patient")
    )
    kind = models.CharField(_("nature"), max_length=9, choices=as_choices(KIND_LABELS))
    state = models.CharField(_("état"), max_length=14, choices=as_choices(STATE_LABELS))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("noté par"))
    at = models.DateTimeField(_("noté le"), default=timezone.now)
    event = models.OneToOneField(
        "care.AcuteEvent",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("transfert"),
    )
    place = models.CharField(_("établissement et service"), max_length=120)
    reason = models.CharField(_("motif"), max_length=500, blank=True)
    wanted_on = models.DateField(_("souhaitée le"), null=True, blank=True)
    answered_at = models.DateTimeField(_("réponse notée le"), null=True, blank=True)
    planned_on = models.DateField(_("prévue le"), null=True, blank=True)
    refusal = models.CharField(
        _("motif du refus"), max_length=13, blank=True, choices=as_choices(ADMISSION_REFUSAL_LABELS)
    )
    answer = models.CharField(_("ce qui est répondu"), max_length=500, blank=True)
    entered_on = models.DateField(_("entrée le"), null=True, blank=True)
    left_at = models.DateTimeField(_("sortie le"), null=True, blank=True)
    told_at = models.DateTimeField(_("avis de sortie noté le"), null=True, blank=True)
    summary = models.TextField(_("ce que dit l’hôpital"), max_length=2000, blank=True)
    visit = models.ForeignKey(
        "care.Task",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("visite après la sortie"),
    )
    return_refusal = models.CharField(
        _("retour refusé"), max_length=12, blank=True, choices=as_choices(RETURN_REFUSAL_LABELS)
    )
    return_said = models.CharField(_("ce qui manque pour le retour"), max_length=500, blank=True)
    return_refused_at = models.DateTimeField(_("retour refusé le"), null=True, blank=True)
    return_refused_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retour refusé par"),
    )
    listed_at = models.DateTimeField(_("traitements reçus le"), null=True, blank=True)
    has_no_list = models.CharField(_("pourquoi aucune liste"), max_length=300, blank=True)
    acknowledgement = models.TextField(_("accusé"), max_length=1000, blank=True)
    closed_at = models.DateTimeField(_("terminée le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("terminée par"),
    )
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = WayQuerySet.as_manager()

    personal = (
        "scope", "patient", "by", "at", "event", "wanted_on", "answered_at", "planned_on", "entered_on",
        "left_at", "told_at", "visit", "return_refused_at", "return_refused_by", "listed_at", "closed_at",
        "closed_by",
    )  # fmt: skip
    health = (
        "kind", "place", "reason", "refusal", "answer", "summary", "return_refusal", "return_said",
        "has_no_list", "acknowledgement",
    )  # fmt: skip
    neither = ("id", "key", "state", "is_demonstration")

    class Meta:
        verbose_name = _("passage à l’hôpital")
        verbose_name_plural = _("passages à l’hôpital")
        ordering = ("-at", "-id")
        constraints = [
            *made_once("way", "by"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(one.value for one in CLOSED))
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(acknowledgement=""),
                name="way_ends_with_an_acknowledgement",
            ),
            models.CheckConstraint(
                condition=~Q(state=WayState.LEAVING.value) | Q(left_at__isnull=False),
                name="way_back_has_its_hour",
            ),
        ]
        indexes = [models.Index(fields=["patient", "state"], name="ways_of_a_patient")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has ended it."""
        return WayState(self.state) not in CLOSED


class MedicineLineQuerySet(OfPatientQuerySet["MedicineLine"]):
    """Lines of treatments: a part of the health of a patient."""

    scope_path = "way__scope"
    path = "way__"

    def visible_to(self, person: Person) -> Q:
        """Those of the patients whose health the circle opens."""
        return people.readable(person, people.Part.HEALTH, prefix="way__patient__")

    def of_way(self, way: Way) -> Self:
        """Keep those of a way that was itself read in scope."""
        return self.filter(way=way)._scoped()


class MedicineLine(AnnotatedModel):
    """One treatment before and after a stay, and what somebody decided of it, with their name."""

    way = models.ForeignKey(Way, on_delete=models.PROTECT, related_name="lines", verbose_name=_("passage"))
    position = models.PositiveSmallIntegerField(_("rang"))
    before = models.CharField(_("avant"), max_length=200, blank=True)
    after = models.CharField(_("après"), max_length=200, blank=True)
    change = models.CharField(_("décision"), max_length=7, blank=True, choices=as_choices(CHANGE_LABELS))
    note = models.CharField(_("précision"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidé par"),
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)

    objects = MedicineLineQuerySet.as_manager()

    personal = ("way", "decided_by", "decided_at")
    health = ("before", "after", "change", "note")
    neither = ("id", "position")

    class Meta:
        verbose_name = _("ligne de traitement")
        verbose_name_plural = _("lignes de traitement")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["way", "position"], name="one_line_a_position"),
            models.CheckConstraint(condition=~Q(before="", after=""), name="medicine_line_has_a_side"),
            models.CheckConstraint(
                condition=Q(change="") | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="medicine_line_is_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way_id} · {self.position}"

    @property
    def pair(self) -> Pair:
        """Its two sides."""
        return Pair(self.before, self.after)

    @property
    def is_unresolved(self) -> bool:
        """Whether it waits for somebody's decision."""
        return is_unresolved(self.change)
