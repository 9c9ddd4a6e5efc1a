"""What was searched, what was found, what was left out and why, what became of each proposal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.sourced_rules import rule
from maillage.orientation.models.requests import OfRequestQuerySet, Request, optional
from maillage.orientation.rules.vocabulary import OF_A_SLOT, ProposalKind, ProposalState, RefusalReason

KIND_LABELS = {
    ProposalKind.OWN_DOCTOR: _("Médecin traitant"),
    ProposalKind.SLOT: _("Créneau"),
    ProposalKind.PROTOCOL: _("Protocole de coopération"),
    ProposalKind.CENTRE: _("Centre de santé"),
    ProposalKind.ON_CALL: _("Médecin de garde"),
    ProposalKind.DUTY_HOUSE: _("Maison médicale de garde"),
    ProposalKind.LOCAL_HOSPITAL: _("Lit à l’hôpital de proximité"),
    ProposalKind.HAD: _("Hospitalisation à domicile"),
    ProposalKind.EHPAD_TELE: _("Téléconsultation à l’EHPAD"),
    ProposalKind.MOBILE_TEAM: _("Équipe mobile"),
    ProposalKind.SAMU: _("15 (SAMU)"),
}
PROPOSAL_STATE_LABELS = {
    ProposalState.OFFERED: _("Proposée"),
    ProposalState.HELD: _("Retenue"),
    ProposalState.ACCEPTED: _("Acceptée"),
    ProposalState.REFUSED: _("Refusée"),
    ProposalState.TAKEN: _("Prise entre-temps"),
    ProposalState.REPLACED: _("Remplacée"),
}
REFUSAL_LABELS = {
    RefusalReason.TOO_FAR: _("Trop loin"),
    RefusalReason.TOO_LATE: _("Trop tard"),
    RefusalReason.NO_TRANSPORT: _("Pas de moyen de transport"),
    RefusalReason.COST: _("Coût"),
    RefusalReason.OTHER_PERSON_WANTED: _("Souhaite une autre personne"),
    RefusalReason.PROFESSIONAL_DECLINED: _("Le professionnel ne peut pas"),
    RefusalReason.NO_ANSWER: _("Personne ne répond"),
}


class SearchQuerySet(OfRequestQuerySet["Search"]):
    """Searches, read with their request."""


class Search(Authored):
    """One search: the criteria, the engine, who was left out and why, what would widen it.

    `excluded`: `{name, schedule, reasons, first_start}`. `widen`: `{reason, people}`, what giving up one
    criterion would add.
    """

    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="searches", verbose_name=_("demande")
    )
    criteria = models.JSONField(_("critères"), default=dict)
    engine_version = models.CharField(_("version du moteur"), max_length=10)
    excluded = models.JSONField(_("écartés"), default=list)
    widen = models.JSONField(_("élargir"), default=list)
    on_call_answer = models.CharField(_("réponse de la permanence"), max_length=14, blank=True)

    objects = SearchQuerySet.as_manager()

    personal = ("request", "by", "at", "excluded")
    health = ("criteria",)
    neither = ("id", "engine_version", "widen", "on_call_answer")

    class Meta:
        verbose_name = _("recherche")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.request_id} · {self.at:%Y-%m-%d %H:%M}"


class ProposalQuerySet(OfRequestQuerySet["Proposal"]):
    def keyed(self, pk: int) -> ProposalQuerySet:
        """Keep the row itself, for an action that then checks who acts."""
        return self.filter(pk=pk)._scoped()

    def of_appointment(self, pk: int) -> ProposalQuerySet:
        """Keep those for which an appointment is held or was made, for an action that then checks whose."""
        return self.filter(appointment=pk)._scoped()

    def offered(self) -> ProposalQuerySet:
        """Keep those that still stand, best first."""
        return self.filter(state=ProposalState.OFFERED.value).order_by("-search", "rank")


class Proposal(AnnotatedModel):
    """One proposal of a search, its rank, and why it is there.

    `reasons` are codes of `Why`. `travel` in minutes, an estimate where `travel_is_estimate`, else measured:
    `travel_source`. `schedule`: the place that was said, whatever the agenda later
    makes of the slot. Without a slot, a service to call: its `phone`, `structure`, the `protocol` it follows.
    """

    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("demande")
    )
    search = models.ForeignKey(
        Search, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("recherche")
    )
    rank = models.PositiveSmallIntegerField(_("rang"))
    kind = models.CharField(_("nature"), max_length=12, choices=as_choices(KIND_LABELS))
    slot = optional("agenda.Slot", _("créneau"))
    schedule = optional("agenda.Schedule", _("lieu proposé"))
    professional = optional("directory.Professional", _("professionnel"))
    appointment = optional("agenda.Appointment", _("rendez-vous retenu ou pris"))
    structure = optional("directory.Structure", _("structure"))
    phone = models.CharField(_("téléphone à appeler"), max_length=20, blank=True)
    protocol = models.CharField(_("protocole"), max_length=8, blank=True)
    starts_at = models.DateTimeField(_("début"), null=True)
    travel = models.FloatField(_("trajet (min)"), null=True)
    travel_is_estimate = models.BooleanField(_("trajet estimé"), default=True)
    travel_source = models.CharField(_("source du trajet mesuré"), max_length=170, blank=True)
    reasons = models.JSONField(_("raisons"), default=list)
    state = models.CharField(
        _("état"),
        max_length=8,
        default=ProposalState.OFFERED.value,
        choices=as_choices(PROPOSAL_STATE_LABELS),
    )
    refusal = models.CharField(
        _("raison du refus"), max_length=21, blank=True, choices=as_choices(REFUSAL_LABELS)
    )

    objects = ProposalQuerySet.as_manager()

    personal = ("professional", "slot", "schedule", "starts_at", "refusal", "appointment", "phone")
    health = ("request", "search", "kind", "structure", "protocol", "reasons", "state", "travel")
    neither = ("id", "rank", "travel_is_estimate", "travel_source")

    class Meta:
        verbose_name = _("proposition")
        ordering = ("search", "rank")
        constraints = [
            models.UniqueConstraint(fields=["search", "rank"], name="proposal_ranked_once"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=sorted(OF_A_SLOT)) | models.Q(slot__isnull=False),
                name="proposal_of_a_slot_has_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} · {self.rank} · {self.kind}"

    @property
    def protocol_label(self) -> str:
        """What the protocol is about, as its source words it; empty where none is followed."""
        known = (*rule("orientation.protocols").value, *rule("orientation.direct_access").value)
        labels = {one["code"]: formats.in_language(one["label"], one["label_en"]) for one in known}
        return labels.get(self.protocol, "")

    @property
    def kind_label(self) -> str:
        """What it is, in the reader's language."""
        return str(KIND_LABELS[ProposalKind(self.kind)])
