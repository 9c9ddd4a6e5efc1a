"""Notifications, tasks of the inbox, and how each person wants to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.directory import api as directory
from maillage.exchange.rules.vocabulary import Channel, Failure, State, Template
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.scoping import ScopedQuerySet
from maillage.kernel.statements import given
from maillage.people import api as people

CHANNEL_LABELS = {
    Channel.SMS: _("SMS"),
    Channel.EMAIL: _("Courriel"),
    Channel.INBOX: _("Boîte de réception"),
}
STATE_LABELS = {
    State.QUEUED: _("En attente"),
    State.SENT: _("Parti"),
    State.FAILED: _("Échec, nouvel essai prévu"),
    State.ABANDONED: _("Abandonné"),
}
FAILURE_LABELS = {
    Failure.NONE: _("Aucune"),
    Failure.UNREACHABLE: _("Le service d’envoi n’a pas répondu"),
    Failure.REFUSED: _("Le service d’envoi a refusé le message"),
    Failure.NO_ADDRESS: _("Aucune adresse où écrire"),
    Failure.TOO_LATE: _("Le message n’avait plus d’utilité"),
}
#: Who works where patients are known holds the telephone: the calls to make are theirs.
_CALLERS = [role.value for role in Role if allows(role, Permission.VIEW_PATIENTS)]
_LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]


class NotificationQuerySet(ScopedQuerySet["Notification"]):
    """Notifications, read for a person, inside a scope, or by the program that sends them."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """One's own inbox, one's own calls to make, those left to all in the scopes where one sees patients.

        A call is its owner's alone until `owner_until`, or until they no longer work with patients; one that
        does not press is shown to nobody in the quiet hours.
        """
        return self._shown_to(person, timezone.localdate(), timezone.now())

    def waiting_for_given(self) -> NotificationQuerySet:
        """Keep what waits, for a statement that is given `person`, `day` and `now`."""
        return self.filter(self._shown_to(given("person"), given("day"), given("now")))._scoped().to_do()

    def _shown_to(self, person: Any, day: Any, now: Any) -> models.Q:
        callers = RoleAssignment.objects.in_force(day).filter(role__in=_CALLERS)
        roles = callers.filter(person=person)
        within = models.Q(scope__in=roles.exclude(scope=None).values("scope"))
        everywhere = models.Q(models.Exists(roles.filter(scope=None)))
        own = models.Q(models.Exists(roles), owner=person)
        working = callers.filter(person=models.OuterRef("owner"), person__is_active=True)
        shared = models.Q(owner=None) | models.Q(owner_until__lte=now) | ~models.Q(models.Exists(working))
        now_of_use = models.Q(leaves_at=None) | models.Q(leaves_at__lte=now)
        calls = models.Q(person=None) & now_of_use & (own | (within | everywhere) & shared)
        shown = models.Q(channel=Channel.INBOX.value, state=State.SENT.value)
        return shown & (models.Q(person=person) | calls)

    def of_account(self) -> NotificationQuerySet:
        """Keep the lines of somebody's inbox, for an action that then checks whose it is."""
        return self.filter(
            channel=Channel.INBOX.value, state=State.SENT.value, person__isnull=False
        )._scoped()

    def to_tell(self, person: Person) -> NotificationQuerySet:
        """Keep what a voice may tell: messages and calls that `person` caused, or of where they see patients.

        A line in an account is nobody's to tell.
        """
        scopes = access.scopes_of(person, Permission.VIEW_PATIENTS)
        within = models.Q() if scopes is None else models.Q(scope__in=scopes) | models.Q(created_by=person)
        return self.filter(within, person=None)._scoped()

    def to_send(self, pk: int) -> NotificationQuerySet:
        """Keep one row, for the program that sends it: nobody reads it."""
        return self.filter(pk=pk)._scoped()

    def with_key(self, key: str) -> NotificationQuerySet:
        """Keep what an earlier call with the same key made."""
        return self.with_keys([key])

    def with_keys(self, keys: Collection[str]) -> NotificationQuerySet:
        """Keep what earlier calls with those keys made."""
        return self.filter(key__in=keys)._scoped()

    def about(self, subjects: Collection[str]) -> NotificationQuerySet:
        """Keep what was told of some rows, for the program that says what it knows or withdraws it."""
        return self.filter(subject__in=subjects).exclude(subject="")._scoped()

    def to_withdraw(self) -> NotificationQuerySet:
        """Keep the messages that have not left and the calls not made; a line of an inbox has arrived."""
        calls = models.Q(channel=Channel.INBOX.value, person=None)
        messages = ~models.Q(channel=Channel.INBOX.value) & ~models.Q(state=State.SENT.value)
        return self.filter(calls | messages, closed_at=None)._scoped()

    def deliveries(self, scopes: Iterable[Scope] | None) -> NotificationQuerySet:
        """Keep what leaves this program, calls included, of some scopes (None: of all), the latest first.

        No column of the patient's is joined: who reads a report of deliveries reads no patient.
        """
        within = models.Q() if scopes is None else models.Q(scope__in=list(scopes))
        lines = models.Q(channel=Channel.INBOX.value, person__isnull=False)
        return self.filter(within).exclude(lines).order_by("-created_at", "-pk")._scoped()

    def to_do(self) -> NotificationQuerySet:
        """Keep what is neither read, done nor withdrawn; a call past its hour is still to make."""
        return self.filter(closed_at=None, withdrawn_at=None)


class Notification(AnnotatedModel):
    """One text for one recipient by one channel; without a person, in the inbox, it is a call to make.

    The recipient is a reference: the number or address is read when the message leaves, and the text is
    written again from the template and `parameters` each time somebody reads it.
    """

    key = models.CharField(_("clé d’idempotence"), max_length=160)
    subject = models.CharField(
        _("sujet"), max_length=80, blank=True, default="", help_text=_("La ligne dont le message parle.")
    )
    channel = models.CharField(_("canal"), max_length=5, choices=as_choices(CHANNEL_LABELS))
    template = models.CharField(
        _("modèle"), max_length=30, choices=[(one.value, one.value) for one in Template]
    )
    parameters = models.JSONField(_("paramètres"), default=dict)
    path = models.CharField(_("page à ouvrir"), max_length=200, blank=True)
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        verbose_name=_("personne"),
    )
    professional = models.ForeignKey(
        directory.Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("professionnel sans compte"),
    )
    patient = models.ForeignKey(
        people.Patient,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        verbose_name=_("patient"),
    )
    scope = models.ForeignKey(
        Scope,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("périmètre"),
    )
    language = models.CharField(_("langue"), max_length=2, choices=_LANGUAGES, default="fr")
    leaves_at = models.DateTimeField(_("part à partir du"), null=True, blank=True)
    not_after = models.DateTimeField(_("inutile après le"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(
        _("retiré le"), null=True, blank=True, help_text=_("Ce qu’il annonçait ne tenait plus.")
    )
    owner = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("appel à passer par"),
    )
    owner_until = models.DateTimeField(_("à cette personne seule jusqu’au"), null=True, blank=True)
    state = models.CharField(
        _("état"), max_length=9, default=State.QUEUED.value, choices=as_choices(STATE_LABELS)
    )
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    rounds = models.PositiveSmallIntegerField(_("relances"), default=0)
    failure = models.CharField(
        _("raison de l’échec"), max_length=11, blank=True, default="", choices=as_choices(FAILURE_LABELS)
    )
    detail = models.CharField(_("réponse du service d’envoi"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("créé le"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("à l’initiative de"),
    )
    sent_at = models.DateTimeField(pgettext_lazy("un message", "parti le"), null=True, blank=True)
    sent_to = models.CharField(
        _("envoyé à"), max_length=60, blank=True, default="", help_text=_("Masqué : les extrémités seules.")
    )
    closed_at = models.DateTimeField(_("lu ou fait le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lu ou fait par"),
    )

    objects = NotificationQuerySet.as_manager()

    personal = (
        "key", "subject", "parameters", "path", "person", "professional", "patient", "scope", "language",
        "created_by", "owner", "sent_at", "sent_to", "closed_at", "closed_by",
    )  # fmt: skip
    neither = (
        "id", "channel", "template", "leaves_at", "not_after", "withdrawn_at", "owner_until", "state",
        "attempts", "rounds", "failure", "detail", "created_at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["key", "channel"], name="notified_once_per_key_and_channel"),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, professional=None, patient=None)
                | models.Q(person=None, professional__isnull=False, patient=None)
                | models.Q(person=None, professional=None, patient__isnull=False),
                name="notification_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
                name="notification_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "closed_at"], name="inbox_of_a_person"),
            models.Index(
                fields=["scope"],
                name="calls_to_make",
                condition=models.Q(channel="inbox", person=None, closed_at=None),
            ),
            models.Index(fields=["scope", "-created_at"], name="deliveries_of_a_scope"),
            models.Index(fields=["subject"], name="told_of_a_subject", condition=~models.Q(subject="")),
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.channel} · {self.key}"

    @property
    def is_call(self) -> bool:
        """Whether it is a telephone call that somebody must make."""
        return self.channel == Channel.INBOX.value and self.person_id is None

    def is_missed(self, now: datetime) -> bool:
        """Whether it is a call that nobody made before its hour: its recipient was never told."""
        is_open = self.is_call and self.closed_at is None and self.withdrawn_at is None
        return is_open and self.not_after is not None and self.not_after < now


class ContactPreference(AnnotatedModel):
    """How a person with an account wants to be told beside the inbox; e-mail in French by default.

    With `daily_at`, one e-mail a working day at that hour of their clock sums the inbox up, and only what is
    urgent leaves besides.
    """

    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, related_name="contact_preference", verbose_name=_("personne")
    )
    by_email = models.BooleanField(_("recevoir aussi un courriel"), default=True)
    daily_at = models.TimeField(_("heure du résumé"), null=True, blank=True)
    language = models.CharField(_("langue des courriels"), max_length=2, choices=_LANGUAGES, default="fr")

    personal = ("person", "by_email", "daily_at", "language")
    neither = ("id",)

    class Meta:
        verbose_name = _("préférence de contact")
        verbose_name_plural = _("préférences de contact")

    def __str__(self) -> str:
        return f"{self.person_id}"
