"""What was decided, what came of it, and shifts handed over."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import ScopedQuerySet
from maillage.kernel.statements import Given
from maillage.orientation.models.proposals import Proposal
from maillage.orientation.models.requests import OfRequestQuerySet, Request, optional
from maillage.orientation.rules.vocabulary import DecisionKind, HubDecision, Outcome, State

DECISION_LABELS = {
    DecisionKind.SLOT: _("Rendez-vous"),
    DecisionKind.ON_CALL: _("Médecin de garde"),
    DecisionKind.ADVICE: _("Conseil"),
    DecisionKind.PROTOCOL: _("Protocole de coopération"),
    DecisionKind.OUTSIDE: _("Orientation hors créneau"),
    DecisionKind.TRANSFER: _("Transmission au 15"),
}
HUB_LABELS = {
    HubDecision.ADVICE: _("Conseil médical"),
    HubDecision.PRESCRIPTION: _("Prescription médicamenteuse téléphonique"),
    HubDecision.INTERVENTION: _("Décision d’intervention"),
    HubDecision.ORIENTATION: _("Décision d’orientation"),
    HubDecision.NOTHING_MORE: _("Pas de décision supplémentaire"),
}
OUTCOME_LABELS = {
    Outcome.SEEN: _("Vu"),
    Outcome.NOT_HONOURED: _("Non venu"),
    Outcome.REORIENTED: _("Réorienté"),
    Outcome.EMERGENCY: _("Urgences malgré tout"),
    Outcome.DECLINED: _("La personne renonce"),
    Outcome.UNREACHABLE: _("Injoignable"),
    Outcome.DUPLICATE: _("Doublon d’une autre demande"),
    Outcome.MISTAKE: _("Ouverte par erreur"),
    Outcome.WITHDRAWN: _("Annulée par qui l’a envoyée"),
    Outcome.CANCELLED: _("Rendez-vous annulé"),
    Outcome.DISPLACED: _("Créneau fermé par le professionnel"),
    Outcome.REOPENED: _("Issue retirée"),
}


class DecisionQuerySet(OfRequestQuerySet["Decision"]):
    """Decisions, read with their request."""

    def received_by(self, person: Person) -> DecisionQuerySet:
        """Keep those that sent somebody to `person`, who may see them by that alone."""
        booked = models.Q(appointment__slot__agenda__professional__account=person)
        return self.filter(
            booked | models.Q(on_call__account=person) | models.Q(sent_to__account=person)
        )._scoped()

    def to_come_in(self, agenda: int, after: datetime) -> DecisionQuerySet:
        """Keep those that booked an hour still to come in an agenda, for the program that follows it."""
        rows = self.filter(appointment__slot__agenda=agenda, appointment__slot__starts_at__gte=after)
        rows = rows.filter(appointment__state="booked").exclude(request__state=State.CLOSED.value)
        return rows.select_related("request", "appointment__slot").order_by("pk")._scoped()

    def of_appointment(self, pk: int) -> DecisionQuerySet:
        """Keep those that made an appointment, for the program that follows the agenda."""
        return self.filter(appointment=pk)._scoped()


class Decision(Authored):
    """A decision of a person about a request, dated; a request sent back may have several.

    Outside any slot, `sent_to` or `structure` accepted by phone, for `agreed_at` where an hour was said.
    `hour_writes`: each write that said an hour, `[key, hour in ISO 8601, its author's key]`, the decision's
    own first.
    `key`: that of the write, where a person may repeat it.
    """

    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("demande")
    )
    kind = models.CharField(_("décision"), max_length=8, choices=as_choices(DECISION_LABELS))
    hub_code = models.CharField(
        _("type de décision (Hub Santé)"), max_length=7, choices=as_choices(HUB_LABELS)
    )
    proposal = optional(Proposal, _("proposition"))
    appointment = models.ForeignKey(
        "agenda.Appointment",
        on_delete=models.PROTECT,
        null=True,
        related_name="orientation_decisions",
        verbose_name=_("rendez-vous"),
    )
    on_call = optional("directory.Professional", _("médecin de garde"))
    sent_to = optional("directory.Professional", _("adressée hors créneau à"))
    structure = optional("directory.Structure", _("structure"))
    agreed_at = models.DateTimeField(_("heure convenue"), null=True)
    hour_writes = models.JSONField(_("écritures de l’heure convenue"), default=list)
    is_over_capacity = models.BooleanField(_("au-delà de la capacité"), default=False)
    key = models.CharField(_("clé d’idempotence"), max_length=64, null=True)
    note = models.TextField(_("note, transmission"), max_length=2000, blank=True)

    objects = DecisionQuerySet.as_manager()

    personal = ("on_call", "sent_to", "by", "at")
    health = (
        "request",
        "kind",
        "hub_code",
        "proposal",
        "appointment",
        "structure",
        "agreed_at",
        "hour_writes",
        "note",
    )
    neither = ("id", "is_over_capacity", "key")

    class Meta:
        verbose_name = _("décision")
        ordering = ("id",)
        constraints = made_once("decision", "by")

    def __str__(self) -> str:
        return f"{self.request_id} · {self.kind}"


class ClosureQuerySet(OfRequestQuerySet["Closure"]):
    """Outcomes, read with their request."""

    def about(self, request: Request | Given) -> ClosureQuerySet:
        """Keep those of a request read in scope, and those that stand of others closed as its duplicates."""
        joined = self.joined_to(request).in_force().order_by().values("pk")
        return self.filter(models.Q(request=request) | models.Q(pk__in=joined))._scoped()

    def in_force(self) -> ClosureQuerySet:
        """Keep those that nobody corrected since, nor took back."""
        # The base manager: the condition itself, « no correction of it », read with the rows that it keeps.
        corrected = Closure._base_manager.filter(corrects=models.OuterRef("pk"))
        rows = self.exclude(models.Exists(corrected)).exclude(outcome=Outcome.REOPENED.value)
        return rows._scoped() if self._is_scoped else rows

    def joined_to(self, request: Request | Given) -> ClosureQuerySet:
        """Keep those that closed another request as a duplicate of one that was itself read in scope."""
        return self.filter(duplicate_of=request)._scoped()


class Closure(Authored):
    """What came of a request, as somebody said; `closes` is false where it went back to the desk.

    `by` is empty where the professional said so in the agenda. The last row is the one that holds: a
    correction is a new row, which names the one it `corrects`. `state_before` is where the request stood
    before anything was said.
    """

    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="closures", verbose_name=_("demande")
    )
    outcome = models.CharField(_("issue"), max_length=12, choices=as_choices(OUTCOME_LABELS))
    closes = models.BooleanField(_("clôt la demande"))
    note = models.TextField(_("note"), max_length=1000, blank=True)
    by = optional(Person, _("par"))
    state_before = models.CharField(_("état avant l’issue"), max_length=12, blank=True)
    corrects = optional("self", _("issue corrigée"))
    duplicate_of = optional(Request, _("demande dont celle-ci est le doublon"))

    objects = ClosureQuerySet.as_manager()

    personal = ("by", "at")
    health = ("request", "outcome", "note", "state_before", "corrects", "duplicate_of")
    neither = ("id", "closes")

    class Meta:
        verbose_name = _("issue")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.request_id} · {self.outcome}"


class HandOverQuerySet(ScopedQuerySet["HandOver"]):
    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those that one gave or received."""
        return models.Q(giver=person) | models.Q(taker=person)


class HandOver(AnnotatedModel):
    """A shift ended: every open request of one person went to another, who knows it."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("bureau"))
    giver = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("passe la relève")
    )
    taker = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("prend la relève")
    )
    at = models.DateTimeField(_("le"), default=timezone.now)
    requests = models.PositiveIntegerField(_("demandes passées"))
    note = models.TextField(_("consigne"), max_length=2000, blank=True)

    objects = HandOverQuerySet.as_manager()

    personal = ("giver", "taker", "at")
    health = ("note",)
    neither = ("id", "scope", "requests")

    class Meta:
        verbose_name = _("relève")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}"
