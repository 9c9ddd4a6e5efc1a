"""The search of a médecin traitant: requests, proposals to doctors, and the quotas doctors set themselves."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person, Scope
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people.models.patients import Patient
from maillage.people.models.reader import unrestricted
from maillage.people.rules.circle import Part
from maillage.people.rules.referring_doctor import OPEN, Closing, Criterion, Owner, Refusal, State

STATE_LABELS = {
    State.REQUESTED: _("Demande reçue"),
    State.CONSENTED: _("Accord du patient recueilli"),
    State.PROPOSED: _("Proposée à un médecin"),
    State.ACCEPTED: _("Acceptée par le médecin"),
    State.DECLARED: _("Médecin traitant déclaré"),
    State.CLOSED: _("Close sans déclaration"),
}
#: The same as the person reads it in their space.
PLAIN_LABELS = {
    State.REQUESTED: _("Votre demande est reçue. On vous demandera votre accord."),
    State.CONSENTED: _("On en cherche un pour vous."),
    State.PROPOSED: _("On a demandé à un médecin. On attend sa réponse."),
    State.ACCEPTED: _("Un médecin a dit oui. Il reste à le déclarer avec lui."),
    State.DECLARED: _("C’est fait : vous avez un médecin traitant."),
    State.CLOSED: _("Cette recherche est finie, sans médecin trouvé ici."),
}
CRITERION_LABELS = {
    Criterion.ALD: _("Affection de longue durée (ALD)"),
    Criterion.AGED: _("80 ans ou plus"),
    Criterion.PREGNANCY: _("Grossesse"),
    Criterion.C2S: _("Complémentaire santé solidaire ou AME"),
    Criterion.DISABILITY: _("Handicap"),
    Criterion.EHPAD: _("Résident d’EHPAD"),
    Criterion.DISCHARGE: _("Sortie d’hospitalisation"),
}
REFUSAL_LABELS = {
    Refusal.FULL_LIST: _("Patientèle complète"),
    Refusal.TOO_FAR: _("Domicile trop éloigné"),
    Refusal.LEAVING: _("Départ ou réduction d’activité"),
    Refusal.HOME_VISITS: _("Visites à domicile impossibles"),
    Refusal.CARE_NEEDS: _("Besoin de soins hors de mes compétences"),
    Refusal.PREVIOUS_RELATION: _("Relation antérieure rompue"),
    Refusal.OTHER: _("Autre raison"),
}
CLOSING_LABELS = {
    Closing.FOUND_ALONE: _("A trouvé par ailleurs"),
    Closing.WITHDRAWN: _("A renoncé"),
    Closing.OPPOSED: _("S’oppose à la transmission"),
    Closing.UNREACHABLE: _("Injoignable"),
    Closing.MOVED: _("A quitté le territoire"),
    Closing.DEAD: _("Est décédé"),
}
OWNER_LABELS = {
    Owner.COORDINATION: _("coordination"),
    Owner.DOCTOR: _("médecin sollicité"),
    Owner.NOBODY: pgettext_lazy("aucune", "personne"),
}


def asked_of(person: Person) -> models.Q:
    """Return which searches are shown to a doctor: asked or accepted, not closed without one."""
    asked = models.Q(proposals__doctor__account=person, proposals__answer__in=["", "accepted"])
    return asked & ~models.Q(state=State.CLOSED.value)


class ReferringDoctorRequestQuerySet(ScopedQuerySet["ReferringDoctorRequest"]):
    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """One's own request; those asked of one and not closed; those where one attributes doctors.

        But one's own, none of whom the use of how to reach them is frozen.
        """
        proposed = asked_of(person)
        scopes = access.scopes_of(person, Permission.MANAGE_REFERRING_DOCTOR)
        others = proposed
        if scopes is None:
            others = models.Q(pk__isnull=False)
        elif scopes:
            others |= models.Q(scope__in=scopes)
        condition = models.Q(patient__account=person) | others & unrestricted(Part.REACH, prefix="patient__")
        return models.Q(pk__in=ReferringDoctorRequest.objects.filter(condition).values("pk"))

    def still_open(self) -> ReferringDoctorRequestQuerySet:
        """Keep those in which somebody must still act."""
        return self.filter(state__in=[state.value for state in OPEN])


class ReferringDoctorRequest(AnnotatedModel):
    """A patient looks for a médecin traitant; `criteria` and `priority` are as of the day of the request."""

    patient = models.ForeignKey(
        Patient,
        on_delete=models.PROTECT,
        related_name="referring_doctor_requests",
        verbose_name=_("patient"),
    )
    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="referring_doctor_requests", verbose_name=_("périmètre")
    )
    state = models.CharField(
        _("état"), max_length=10, default=State.REQUESTED.value, choices=as_choices(STATE_LABELS)
    )
    criteria = models.JSONField(_("critères de priorité"), default=list)
    priority = models.PositiveSmallIntegerField(_("priorité"), default=0)
    requested_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    consented_at = models.DateTimeField(_("accord recueilli le"), null=True, blank=True)
    doctor = models.ForeignKey(
        directory.Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("médecin qui accepte"),
    )
    declared_at = models.DateTimeField(_("déclaré le"), null=True, blank=True)
    closed_at = models.DateTimeField(_("clos le"), null=True, blank=True)
    closing = models.CharField(
        _("raison de la clôture"), max_length=12, blank=True, choices=as_choices(CLOSING_LABELS)
    )

    objects = ReferringDoctorRequestQuerySet.as_manager()

    personal = (
        "patient", "scope", "state", "requested_at", "consented_at", "doctor", "declared_at", "closed_at",
        "closing",
    )  # fmt: skip
    health = ("criteria", "priority")
    neither = ("id",)

    class Meta:
        verbose_name = _("recherche de médecin traitant")
        verbose_name_plural = _("recherches de médecin traitant")
        ordering = ("-priority", "requested_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(state__in=["requested", "consented", "proposed", "accepted"]),
                name="one_open_request_per_patient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.state}"


class DoctorProposalQuerySet(ScopedQuerySet["DoctorProposal"]):
    scope_path = "request__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the requests one may see."""
        return models.Q(request__in=ReferringDoctorRequest.objects.for_person(person).values("pk"))


class DoctorProposal(AnnotatedModel):
    """A request proposed to one doctor; the answer is accepted, refused, withdrawn, or none yet."""

    request = models.ForeignKey(
        ReferringDoctorRequest, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("demande")
    )
    doctor = models.ForeignKey(
        directory.Professional,
        on_delete=models.PROTECT,
        related_name="referring_doctor_proposals",
        verbose_name=_("médecin"),
    )
    proposed_at = models.DateTimeField(_("proposé le"), default=timezone.now)
    answer = models.CharField(
        _("réponse"),
        max_length=10,
        blank=True,
        choices=[("accepted", _("acceptée")), ("refused", _("refusée")), ("withdrawn", _("retirée"))],
    )
    refusal = models.CharField(
        _("raison du refus"), max_length=20, blank=True, choices=as_choices(REFUSAL_LABELS)
    )
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)

    objects = DoctorProposalQuerySet.as_manager()

    personal = ("request", "doctor", "proposed_at", "answer", "refusal", "answered_at")
    neither = ("id",)

    class Meta:
        verbose_name = _("proposition à un médecin")
        verbose_name_plural = _("propositions aux médecins")
        ordering = ("-proposed_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(answer=""), name="one_waiting_proposal_per_request"
            ),
            models.CheckConstraint(
                condition=models.Q(answer="refused", refusal__gt="")
                | (~models.Q(answer="refused") & models.Q(refusal="")),
                name="a_refusal_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} → {self.doctor_id}"


class DoctorQuota(AnnotatedModel):
    """How many new patients a doctor accepts from the territory in each calendar month; set by the doctor."""

    doctor = models.OneToOneField(
        directory.Professional,
        on_delete=models.PROTECT,
        related_name="referring_quota",
        verbose_name=_("médecin"),
    )
    per_month = models.PositiveSmallIntegerField(_("nouveaux patients par mois"))
    set_at = models.DateTimeField(_("fixé le"), default=timezone.now)

    personal = ("doctor", "per_month", "set_at")
    neither = ("id",)

    class Meta:
        verbose_name = _("quota d’un médecin")
        verbose_name_plural = _("quotas des médecins")

    def __str__(self) -> str:
        return f"{self.doctor_id} · {self.per_month}"
