"""A complex situation that a professional of the circle takes to the DAC, and the partners it asks."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Keyed, Person, Scope, made_once
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.transitions.models.shapes import OfPatientQuerySet
from maillage.transitions.rules.complex_cases import (
    FINAL,
    OUTCOMES,
    Answer,
    CaseState,
    Field,
    Ground,
    PartnerKind,
    Refusal,
    answer_is_late,
    is_late,
)

STATE_LABELS = {
    CaseState.SENT: _("envoyée, sans accusé"),
    CaseState.ACKNOWLEDGED: _("accusée, sans réponse"),
    CaseState.ACCEPTED: _("acceptée"),
    CaseState.UNDER_WAY: _("en cours"),
    CaseState.CLOSED: _("close"),
    CaseState.REFUSED: _("refusée"),
    CaseState.WITHDRAWN: _("retirée"),
}
GROUND_LABELS = {
    Ground.HEALTH: _("Plusieurs problèmes de santé"),
    Ground.AUTONOMY: _("Perte d’autonomie"),
    Ground.MENTAL_HEALTH: _("Souffrance psychique, addiction"),
    Ground.ISOLATION: _("Isolement"),
    Ground.HOUSING: _("Logement"),
    Ground.RIGHTS: _("Droits, ressources"),
    Ground.CARER: _("Aidant épuisé ou absent"),
    Ground.REFUSAL: _("Refus de soins ou d’aide"),
}
REFUSAL_LABELS = {
    Refusal.NOT_COMPLEX: _("La situation ne demande pas de coordination de plus"),
    Refusal.ELSEWHERE: _("Un autre service suit déjà la personne"),
    Refusal.ANOTHER_TERRITORY: _("La personne vit dans un autre territoire"),
    Refusal.DECLINED: _("La personne ne souhaite pas cet appui"),
    Refusal.UNREACHABLE: _("La personne n’a pas pu être jointe"),
}
FIELD_LABELS = {
    Field.AGE: _("Âge"),
    Field.COMMUNE: _("Commune"),
    Field.GROUNDS: _("Ce qui est difficile"),
    Field.ASKED: _("Ce qui est demandé"),
    Field.WHY: _("Pourquoi"),
    Field.REQUESTER: _("Qui demande"),
    Field.CONSENT: _("Accord de la personne"),
    Field.NAME: _("Nom"),
    Field.BIRTH: _("Date de naissance"),
    Field.PHONE: _("Téléphone"),
}
PARTNER_LABELS = {
    PartnerKind.SOCIAL: _("Social"),
    PartnerKind.MEDICO_SOCIAL: _("Médico-social"),
    PartnerKind.HEALTH: _("Soins"),
    PartnerKind.RIGHTS: _("Droits"),
}
ANSWER_LABELS = {
    Answer.YES: _("Oui"),
    Answer.PARTLY: _("En partie"),
    Answer.NO: _("Non"),
    Answer.NONE: _("Sans réponse après relance"),
}


class ComplexCaseQuerySet(OfPatientQuerySet["ComplexCase"]):
    """Requests to the DAC: read by the circle of the patient, and by the DAC of the scope."""

    def visible_to(self, person: Person) -> Q:
        """Those of the patients whose plan one reads, and those sent to the DAC where one works."""
        return super().visible_to(person) | answered_by(person)

    def open(self) -> Self:
        """Keep what the DAC still has to end."""
        return self.exclude(state__in=sorted(one.value for one in FINAL))


def answered_by(person: Person) -> Q:
    """Return the condition « sent to the DAC where `person` works, and the patient opposes nothing »."""
    places = access.scopes_of(person, Permission.ANSWER_COMPLEX_CASES)
    if places is not None and not places:
        return Q(pk__in=[])
    here = Q(pk__isnull=False) if places is None else Q(scope__in=[one.pk for one in places])
    return here & people.unopposed(person, people.Part.PLAN, prefix="patient__")


class ComplexCase(Keyed):
    """One request to the DAC, from what is asked to the outcome that its requester has read.

    `acknowledge_by` is counted in working days when it is sent. `referent` is who took it at the DAC; `link`
    the one of the circle that opened then, None where there was one already. `outcome` is told to `by`,
    and `told_at` is when somebody of the circle said that it was read.
    """

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="complex_cases", verbose_name=_("périmètre")
    )
    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="complex_cases", verbose_name=_("patient")
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("demandée par"))
    at = models.DateTimeField(_("envoyée le"), default=timezone.now)
    grounds = models.JSONField(_("ce qui est difficile"), default=list)
    asked = models.CharField(_("ce qui est demandé"), max_length=300)
    why = models.TextField(_("pourquoi"), max_length=2000)
    consented_on = models.DateField(_("accord de la personne le"))
    consent_means = models.CharField(_("accord donné"), max_length=8, choices=as_choices(people.MEANS_LABELS))
    acknowledge_by = models.DateField(_("accusé attendu le"))
    state = models.CharField(
        _("état"), max_length=12, choices=as_choices(STATE_LABELS), default=CaseState.SENT.value
    )
    acknowledged_at = models.DateTimeField(_("accusée le"), null=True, blank=True)
    decided_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    referent = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("référent de parcours"),
    )
    link = models.ForeignKey(
        people.CareLink,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lien ouvert"),
    )
    refusal = models.CharField(
        _("motif du refus"), max_length=17, blank=True, choices=as_choices(REFUSAL_LABELS)
    )
    elsewhere = models.CharField(_("où s’adresser"), max_length=300, blank=True)
    outcome = models.TextField(_("issue"), max_length=2000, blank=True)
    closed_at = models.DateTimeField(_("close le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("close par")
    )
    told_at = models.DateTimeField(_("issue lue le"), null=True, blank=True)
    told_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lue par")
    )
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = ComplexCaseQuerySet.as_manager()

    personal = (
        "scope", "patient", "by", "at", "consented_on", "consent_means", "acknowledge_by", "acknowledged_at",
        "decided_at", "referent", "link", "closed_at", "closed_by", "told_at", "told_by",
    )  # fmt: skip
    health = ("grounds", "asked", "why", "refusal", "elsewhere", "outcome")
    neither = ("id", "key", "state", "is_demonstration")

    class Meta:
        verbose_name = _("demande au DAC")
        verbose_name_plural = _("demandes au DAC")
        ordering = ("acknowledge_by", "id")
        constraints = [
            *made_once("complex_case", "by"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(one.value for one in FINAL))
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="complex_case_ends_with_a_name",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(one.value for one in OUTCOMES)) | ~Q(outcome=""),
                name="complex_case_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(state__in=sorted(one.value for one in OUTCOMES)),
                name="complex_case_outcome_is_read_once_given",
            ),
        ]
        indexes = [models.Index(fields=["scope", "state"], name="complex_cases_of_a_scope")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.state}"

    @property
    def is_late(self) -> bool:
        """Whether its acknowledgement is owed and late, by the clock of its scope."""
        return is_late(
            CaseState(self.state), self.acknowledge_by, timezone.localdate(timezone=self.scope.zone)
        )

    @property
    def is_open(self) -> bool:
        """Whether the DAC still has something to do of it."""
        return CaseState(self.state) not in FINAL

    @property
    def waits_to_be_read(self) -> bool:
        """Whether there is an outcome that nobody of the circle said to have read."""
        return CaseState(self.state) in OUTCOMES and self.told_at is None


class PartnerRequestQuerySet(OfPatientQuerySet["PartnerRequest"]):
    """What partners were asked: read with the request of the DAC."""

    scope_path = "case__scope"
    path = "case__"

    def of_case(self, case: ComplexCase) -> Self:
        """Keep those of a request that was itself read in scope."""
        return self.filter(case=case)._scoped()


class PartnerRequest(Keyed):
    """The DAC asked a partner something for a person; the answer is noted by whoever got it."""

    case = models.ForeignKey(
        ComplexCase, on_delete=models.PROTECT, related_name="partners", verbose_name=_("demande au DAC")
    )
    kind = models.CharField(_("domaine"), max_length=13, choices=as_choices(PARTNER_LABELS))
    partner = models.CharField(_("partenaire"), max_length=120)
    asked = models.CharField(_("ce qui lui est demandé"), max_length=300)
    expected_on = models.DateField(_("réponse attendue le"), null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("demandé par"))
    at = models.DateTimeField(_("demandé le"), default=timezone.now)
    answer = models.CharField(_("réponse"), max_length=6, blank=True, choices=as_choices(ANSWER_LABELS))
    said = models.CharField(_("ce qui est répondu"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("réponse notée le"), null=True, blank=True)
    noted_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("notée par")
    )

    objects = PartnerRequestQuerySet.as_manager()

    personal = ("case", "partner", "expected_on", "by", "at", "answered_at", "noted_by")
    health = ("kind", "asked", "answer", "said")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("demande à un partenaire")
        verbose_name_plural = _("demandes à des partenaires")
        ordering = ("expected_on", "id")
        constraints = [
            *made_once("partner_request", "by"),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False, noted_by__isnull=False),
                name="partner_answer_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.kind}"

    @property
    def is_late(self) -> bool:
        """Whether its answer is awaited after its day, by the clock of the scope."""
        today = timezone.localdate(timezone=self.case.scope.zone)
        return answer_is_late(self.answer, self.expected_on, today)
