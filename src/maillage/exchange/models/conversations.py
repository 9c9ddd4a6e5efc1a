"""Conversations about a patient or a topic: who takes part, what they wrote, what each has read."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.directory import api as directory
from maillage.exchange.models.files import StoredFile
from maillage.exchange.rules.conversations import LONGEST, LONGEST_SUBJECT, OUTSIDE_CARE, Seat
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.once import once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission, Role
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people

#: The part of the file that those who care for a patient read, and so may talk about.
PART = people.Part.PLAN
#: What a role at work in a scope carries: a conversation about a topic is between those who hold it there.
AT_WORK = Permission.BOOK_APPOINTMENT

SEAT_LABELS = {
    Seat.CARE: _("équipe de soins"),
    Seat.PATIENT: _("la personne"),
    Seat.CARER: _("aidant"),
    Seat.COLLEAGUE: _("collègue"),
}


class ConversationQuerySet(ScopedQuerySet["Conversation"]):
    """Conversations, read for a person or inside a scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those where one has a seat that still holds: the circle of care is asked at each reading."""
        seats = Participant._base_manager.filter(person=person, left_at=None).order_by()

        def seated(seat: Seat) -> models.Q:
            return models.Q(pk__in=seats.filter(seat=seat.value).values("conversation"))

        own = models.Q(patient__account=person)
        care = seated(Seat.CARE) & people.readable(person, PART, prefix="patient__") & ~own
        patient = seated(Seat.PATIENT) & models.Q(is_open_to_patient=True) & own
        condition = care | patient | seated(Seat.COLLEAGUE) & models.Q(patient=None) & _worked_in(person)
        if not any(one.role == Role.CARER.value for one in access.roles_of(person)):
            return condition
        if spoken_for := _spoken_for(person):
            opened = models.Q(is_open_to_patient=True, patient__in=spoken_for)
            condition |= seated(Seat.CARER) & opened
        return condition

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep those about a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def keyed(self, pk: int) -> Self:
        """Keep the row itself, for an action that then checks who writes."""
        return self.filter(pk=pk)._scoped()


def _worked_in(person: Person) -> models.Q:
    scopes = access.scopes_of(person, AT_WORK)
    return models.Q() if scopes is None else models.Q(scope__in=scopes)


@once
def _spoken_for(person: Person) -> list[int]:
    """Return for whom a carer has a seat and may speak now."""
    seats = Participant._base_manager.filter(person=person, left_at=None, seat=Seat.CARER.value).order_by()
    helped = people.Patient._base_manager.filter(pk__in=seats.values("conversation__patient"))
    return [one.pk for one in helped if people.may_for(person, one, people.Gesture.SPEAK)]


class Conversation(Keyed, Authored):
    """What some people write to one another, about one patient or about a topic.

    `count` is the number of its last message; `is_open_to_patient`: the patient, and the carer whom they let
    speak with the circle, may take part. That is said before the first word, and never changes.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    patient = models.ForeignKey(
        people.Patient,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("patient"),
    )
    subject = models.CharField(pgettext_lazy("d’un message", "objet"), max_length=LONGEST_SUBJECT)
    search = models.CharField(_("objet recherché"), max_length=2 * LONGEST_SUBJECT, editable=False)
    is_open_to_patient = models.BooleanField(_("visible par le patient"), default=False)
    count = models.PositiveIntegerField(_("nombre de messages"), default=0)
    last_at = models.DateTimeField(_("dernier message le"), default=timezone.now)
    closed_at = models.DateTimeField(_("close le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("close par")
    )

    objects = ConversationQuerySet.as_manager()

    personal = ("scope", "patient", "by", "at", "last_at", "closed_at", "closed_by")
    health = ("subject", "search")
    neither = ("id", "key", "is_open_to_patient", "count")

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ("-last_at", "-id")
        constraints = [
            *made_once("conversation", "by"),
            models.CheckConstraint(
                condition=models.Q(is_open_to_patient=False) | models.Q(patient__isnull=False),
                name="conversation_opened_to_its_patient",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
                name="conversation_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.count}"

    @property
    def is_closed(self) -> bool:
        """Whether nobody writes in it any more."""
        return self.closed_at is not None


class Participant(directory.NamesOne):
    """Somebody who takes part: an account, or a professional without one whom a secure mail reaches.

    `read`: the number of the last message they have read. Having a seat is not enough to read: the circle of
    care, or the work in the scope, is asked each time.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="participants", verbose_name=_("conversation")
    )
    seat = models.CharField(_("à quel titre"), max_length=9, choices=as_choices(SEAT_LABELS))
    added_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("ajouté par")
    )
    added_at = models.DateTimeField(_("ajouté le"), default=timezone.now)
    left_at = models.DateTimeField(_("parti le"), null=True, blank=True)
    read = models.PositiveIntegerField(_("lu jusqu’au message"), default=0)
    read_at = models.DateTimeField(_("lu le"), null=True, blank=True)
    archived_at = models.DateTimeField(
        _("rangée le"), null=True, blank=True, help_text=_("Un nouveau message la remet dans la liste.")
    )

    personal = (
        "professional", "person", "seat", "added_by", "added_at", "left_at", "read", "read_at", "archived_at",
    )  # fmt: skip
    neither = ("id", "conversation")

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ("added_at", "id")
        constraints = [
            directory.names_one("participant_names_one"),
            models.UniqueConstraint(fields=["conversation", "person"], name="account_takes_part_once"),
            models.UniqueConstraint(
                fields=["conversation", "professional"], name="professional_takes_part_once"
            ),
        ]
        indexes = [models.Index(fields=["person", "left_at"], name="conversations_of_a_person")]

    def __str__(self) -> str:
        return f"{self.conversation_id} · {self.seat}"

    @property
    def name(self) -> str:
        """The name of who takes part."""
        return str(self.named)

    @property
    def is_outside_care(self) -> bool:
        """Whether they take part as the patient or as a carer."""
        return Seat(self.seat) in OUTSIDE_CARE


class ConversationMessage(Keyed):
    """What one of them wrote; `by` is None where it came by mail, `participant` then says from whom."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages", verbose_name=_("conversation")
    )
    number = models.PositiveIntegerField(_("numéro"))
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("écrit par")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="messages", verbose_name=_("participant")
    )
    at = models.DateTimeField(_("écrit le"), default=timezone.now)
    text = models.TextField(_("texte"), max_length=LONGEST, blank=True)
    search = models.TextField(_("texte recherché"), editable=False, blank=True)

    personal = ("by", "participant", "at")
    health = ("text", "search")
    neither = ("id", "key", "conversation", "number")

    class Meta:
        verbose_name = _("message de conversation")
        verbose_name_plural = _("messages de conversation")
        ordering = ("number",)
        constraints = [
            *made_once("conversation_message", "by", or_program=True),
            models.UniqueConstraint(fields=["conversation", "number"], name="message_has_its_own_number"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} · {self.number}"


class Mention(AnnotatedModel):
    """A message cites one of those who take part."""

    message = models.ForeignKey(
        ConversationMessage, on_delete=models.PROTECT, related_name="mentions", verbose_name=_("message")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant cité")
    )

    personal = ("participant",)
    neither = ("id", "message")

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["message", "participant"], name="cited_once_in_a_message")
        ]

    def __str__(self) -> str:
        return f"{self.message_id} · {self.participant_id}"


class Attachment(StoredFile):
    """A photo or a document of a message."""

    message = models.ForeignKey(
        ConversationMessage, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("message")
    )

    health = ("name", "content")
    neither = ("id", "message", "position", "kind", "size", "width", "height")

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.message_id} · {self.position}"
