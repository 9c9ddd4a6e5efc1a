"""A request: who called, for whom, from where, what for, when, and who holds it.

Rows of a request are read in the scope of its desk, or by whom it concerns, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.directory.api import homes_of
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Keyed, Person, Scope, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.kernel.statements import Given, any_of
from maillage.orientation.rules.vocabulary import CallerKind, CareLevel, Delay, Origin, Priority, State
from maillage.orientation.rules.workflow import OPEN, lock_holds

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ORIGIN_LABELS = {
    Origin.SINGLE_NUMBER: _("Numéro unique"),
    Origin.SAMU: _("SAS, 15"),
    Origin.PORTAL: _("Portail"),
    Origin.EHPAD: _("EHPAD"),
    Origin.PHARMACY: _("Pharmacie"),
    Origin.PROFESSIONAL: _("Professionnel"),
}
CALLER_LABELS = {
    CallerKind.PATIENT: _("Le patient"),
    CallerKind.FAMILY: _("Famille ou proche"),
    CallerKind.THIRD_PARTY: _("Autre particulier"),
    CallerKind.PHYSICIAN: _("Médecin"),
    CallerKind.CARER_PROFESSIONAL: _("Autre acteur de santé"),
}
STATE_LABELS = {
    State.NEW: _("Nouvelle"),
    State.IN_HAND: _("En main"),
    State.PROPOSED: _("Proposée"),
    State.BOOKED: _("Rendez-vous pris"),
    State.ON_CALL: _("Médecin de garde"),
    State.ADVICE: _("Conseil donné"),
    State.PROTOCOL: _("Protocole"),
    State.OUTSIDE: _("Adressée hors créneau"),
    State.TRANSFERRED: _("Transmise au 15"),
    State.CLOSED: _("Close"),
}
PRIORITY_LABELS = {
    Priority.P0: _("P0, urgence vitale"),
    Priority.P1: _("P1, prioritaire"),
    Priority.P2: _("P2, non urgent"),
    Priority.P3: _("P3, différé"),
    Priority.NOT_REGULATED: _("NR, non régulé"),
}
LEVEL_LABELS = {
    CareLevel.R1: _("R1, urgence vitale"),
    CareLevel.R2: _("R2, urgence vraie"),
    CareLevel.R3: _("R3, continuité de soins"),
    CareLevel.R4: _("R4, conseil ou prescription par téléphone"),
}
DELAY_LABELS = {
    Delay.AT_ONCE: _("Immédiatement"),
    Delay.AS_SOON_AS_AVAILABLE: _("Dès que disponible, 1 heure au plus"),
    Delay.MINUTES_30: _("30 minutes au plus"),
    Delay.MINUTES_45: _("45 minutes au plus"),
    Delay.HOUR_1: _("1 heure au plus"),
    Delay.HOURS_2: _("2 heures au plus"),
    Delay.HOURS_4: _("4 heures au plus"),
    Delay.HOURS_8: _("8 heures au plus"),
    Delay.HOURS_12: _("12 heures au plus"),
    Delay.HOURS_24: _("24 heures au plus"),
    Delay.APPOINTMENT: _("À heure dite"),
}


def optional(to: str | type[models.Model], label: str | _StrPromise) -> models.ForeignKey[Any, Any]:
    """Return a link to a row that may not be there, which nobody follows back."""
    return models.ForeignKey(to, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=label)


class OfRequestQuerySet(ScopedQuerySet[Row]):
    """Rows that belong to a request, under the name `path` (empty for requests themselves)."""

    path = "request__"

    def visible_to(self, person: Person) -> models.Q:
        """The requests of the desks one works at, those one opened, owns, or must see the person of."""
        named = (
            "opened_by",
            "owner",
            "decisions__appointment__slot__agenda__professional__account",
            "decisions__on_call__account",
            "decisions__sent_to__account",
        )
        condition = models.Q(sent_from__in=homes_of(person))
        for name in named:
            condition |= models.Q(**{name: person})
        scopes = access.scopes_of(person, Permission.REGULATE)
        condition |= models.Q(pk__isnull=False) if scopes is None else models.Q(scope__in=scopes)
        # The base manager: this is the condition itself, read with the rows that it keeps.
        seen = Request._base_manager.filter(condition).order_by().values("pk")
        return models.Q(**{f"{self.path}pk__in": seen})

    def inside(self, scopes: Iterable[Scope]) -> models.Q:
        asked = list(scopes)
        if len(asked) == 1:  # nearly always, and a statement may be given it
            return models.Q(**{f"{self.path}scope": asked[0]})
        return models.Q(**{f"{self.path}scope__in": asked})

    def of_request(self, request: models.Model | Given) -> Self:
        """Keep the rows of a request that was itself read in scope; of a statement, its key is given."""
        key = request.pk if isinstance(request, models.Model) else request
        return self.filter(**{f"{self.path}pk": key})._scoped()


class RequestQuerySet(OfRequestQuerySet["Request"]):
    path = ""

    def open(self) -> RequestQuerySet:
        """Keep those that are not closed."""
        return self.filter(state__in=[state.value for state in OPEN])

    def open_of(self, patients: Collection[int]) -> RequestQuerySet:
        """Keep the open ones of some patients, by their keys, at any desk: their safety is everybody's."""
        return self.open().filter(patient__in=patients)._scoped()

    def open_of_given(self, count: int) -> RequestQuerySet:
        """Keep the same of so many patients `given` to a statement: `patient0`, `patient1`…"""
        return self.open().filter(any_of(count, patient="patient"))._scoped()

    def keyed(self, pk: int) -> RequestQuerySet:
        """Keep the row itself, for an action that then checks who acts."""
        return self.filter(pk=pk)._scoped()

    def of_account(self, person: Person) -> RequestQuerySet:
        """Keep those about the patient whose account it is."""
        return self.filter(patient__account=person)._scoped()

    def sent_by(self, person: Person) -> RequestQuerySet:
        """Keep those that `person` opened, who reads them by that alone."""
        return self.filter(opened_by=person)._scoped()

    def sent_for(self, person: Person) -> RequestQuerySet:
        """Keep those that `person` opened, and those sent from the EHPAD where they work."""
        return self.filter(models.Q(opened_by=person) | models.Q(sent_from__in=homes_of(person)))._scoped()


class Request(Keyed):
    """Somebody needs something: one row from the call to the outcome, and always an owner.

    The caller may not be the patient, and the patient may not be known yet: whoever sent the request said
    their name and birth, which the desk checks before it opens a file. `priority`, `level` and `delay`
    are three scales, each said by somebody: none is computed from another (a vital motive is P0).
    `caller_kind` is empty where a vital motive did not wait for it.
    `locked_by` has the request open until `locked_until`: another regulator sees it and is refused.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("bureau"))
    origin = models.CharField(_("origine"), max_length=14, choices=as_choices(ORIGIN_LABELS))
    caller_kind = models.CharField(_("appelant"), max_length=8, blank=True, choices=as_choices(CALLER_LABELS))
    caller_name = models.CharField(_("nom de l’appelant"), max_length=120, blank=True)
    caller_phone = models.CharField(_("téléphone de l’appelant"), max_length=16, blank=True)
    patient = models.ForeignKey(
        "people.Patient",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orientation_requests",
        verbose_name=_("patient"),
    )
    age_months = models.PositiveIntegerField(_("âge en mois"), null=True, blank=True)
    commune = models.ForeignKey(
        "territory.Commune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("commune où se trouve la personne"),
    )
    place = models.CharField(_("précision sur le lieu"), max_length=200, blank=True)
    said_last_name = models.CharField(_("nom dit de la personne"), max_length=100, blank=True)
    said_first_name = models.CharField(_("prénom dit de la personne"), max_length=150, blank=True)
    said_birth_date = models.DateField(_("naissance dite de la personne"), null=True, blank=True)
    motive = models.CharField(_("motif (Hub Santé)"), max_length=6, default="M07.00")
    complaint = models.TextField(_("ce que dit l’appelant"), max_length=1000, blank=True)
    priority = models.CharField(
        _("priorité de régulation"), max_length=2, blank=True, choices=as_choices(PRIORITY_LABELS)
    )
    level = models.CharField(_("niveau de soin"), max_length=2, blank=True, choices=as_choices(LEVEL_LABELS))
    delay = models.CharField(_("délai décidé"), max_length=4, blank=True, choices=as_choices(DELAY_LABELS))
    state = models.CharField(
        _("état"), max_length=12, default=State.NEW.value, choices=as_choices(STATE_LABELS)
    )
    state_since = models.DateTimeField(_("dans cet état depuis"), default=timezone.now)
    has_red_flag = models.BooleanField(_("signe d’alerte"), default=False)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsable de la demande")
    )
    locked_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ouverte par"),
    )
    locked_until = models.DateTimeField(_("ouverte jusqu’à"), null=True, blank=True)
    called_at = models.DateTimeField(_("appel"), default=timezone.now)
    answered_at = models.DateTimeField(_("décroché"), null=True, blank=True)
    decided_at = models.DateTimeField(_("décision"), null=True, blank=True)
    ended_at = models.DateTimeField(_("fin"), null=True, blank=True)
    sent_from = models.ForeignKey(
        "directory.Structure",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("EHPAD d’où elle est envoyée"),
    )
    opened_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("ouverte au bureau par")
    )
    is_demonstration = models.BooleanField(_("inventée pour la démonstration"), default=False)

    objects = RequestQuerySet.as_manager()

    personal = (
        "scope", "origin", "caller_kind", "caller_name", "caller_phone", "commune", "place", "owner",
        "locked_by", "locked_until", "called_at", "answered_at", "decided_at", "ended_at", "opened_by",
        "sent_from",
    )  # fmt: skip
    health = (
        "patient", "said_last_name", "said_first_name", "said_birth_date",
        "age_months", "motive", "complaint", "priority", "level", "delay", "state", "state_since",
        "has_red_flag",
    )  # fmt: skip
    neither = ("id", "key", "is_demonstration")

    class Meta:
        verbose_name = _("demande")
        verbose_name_plural = _("demandes")
        ordering = ("called_at", "id")
        constraints = [
            *made_once("request", "opened_by"),
            models.CheckConstraint(
                condition=~models.Q(state=State.CLOSED.value) | models.Q(ended_at__isnull=False),
                name="request_closed_has_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(has_red_flag=False)
                | ~models.Q(state__in=["proposed", "booked", "on_call", "advice", "protocol", "outside"]),
                name="request_red_flag_goes_to_15",
            ),
        ]
        indexes = [models.Index(fields=["scope", "state"], name="request_queue")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.motive} · {self.state}"

    @property
    def number(self) -> str:
        """How two regulators name it on the phone."""
        return f"{self.pk:05d}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return State(self.state) in OPEN

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(STATE_LABELS[State(self.state)])

    def lock_holder(self, at: datetime) -> Person | None:
        """Who has it open at `at`, if anybody."""
        return self.locked_by if lock_holds(self.locked_until, at) else None
