"""Meetings: who calls them, who is asked to come, what is on the agenda."""

from __future__ import annotations

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.care.rules.meetings import (
    LONGEST,
    SHORTEST,
    AgreedBy,
    Answer,
    MeetingKind,
    MeetingState,
    Withdrawal,
    minutes_due,
)
from maillage.directory import api as directory
from maillage.kernel import access, clock
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people

KIND_LABELS = {
    MeetingKind.RCP: _("Réunion de concertation (RCP)"),
    MeetingKind.STAFF: _("Réunion d’équipe"),
    MeetingKind.COORDINATION: _("Réunion de coordination"),
}
STATE_LABELS = {MeetingState.PLANNED: _("prévue"), MeetingState.CANCELLED: _("annulée")}
ANSWER_LABELS = {
    Answer.NONE: _("sans réponse"),
    Answer.ACCEPTED: _("vient"),
    Answer.DECLINED: _("ne vient pas"),
}
AGREED_BY_LABELS = {
    AgreedBy.PATIENT: _("la personne"),
    AgreedBy.REPRESENTATIVE: _("son représentant légal"),
}
WITHDRAWAL_LABELS = {
    Withdrawal.OPPOSED: _("la personne s’y oppose"),
    Withdrawal.DIED: _("la personne est décédée"),
    Withdrawal.LEFT: _("la personne a quitté le territoire"),
    Withdrawal.DROPPED: _("n’est plus à discuter"),
}
LENGTH = (MinValueValidator(SHORTEST), MaxValueValidator(LONGEST))


def _in(scopes: list[Scope] | None, path: str) -> models.Q:
    """Return the condition « in one of these scopes », of None for the whole installation."""
    return models.Q(**({f"{path}__isnull": False} if scopes is None else {f"{path}__in": scopes}))


def kept_by(person: Person, prefix: str = "") -> models.Q:
    """Return the condition « `person` keeps this meeting »: their own, or in a scope where they keep all.

    Who has left the scope keeps nothing there any more.
    """
    managed = access.scopes_of(person, Permission.MANAGE_MEETINGS)
    worked = access.scopes_of(person, Permission.BOOK_APPOINTMENT)
    scope = f"{prefix}scope"
    return models.Q(**{f"{prefix}organiser": person}) & _in(worked, scope) | _in(managed, scope)


def naming(person: Person) -> models.Q:
    """Return the condition « names `person` »: their account, their sheet, where they work today."""
    day = timezone.localdate()
    places = directory.Membership.objects.in_force(day).filter(
        professional__account=person, professional__is_active=True, structure__is_active=True
    )
    return (
        models.Q(person=person)
        | models.Q(professional__account=person, professional__is_active=True)
        | models.Q(structure__in=places.order_by().values("structure"))
    )


def called(person: Person) -> models.Q:
    """Return the condition « `person` is invited to the whole of this meeting », by name or as staff.

    Invited as somebody of the scope, one who has left it is invited no more.
    """
    worked = access.scopes_of(person, Permission.BOOK_APPOINTMENT)
    if worked == []:
        return models.Q(pk__in=[])
    rows = MeetingInvitation._base_manager.filter(naming(person), item=None, withdrawn_at=None)
    rows = rows.filter(models.Q(is_of_scope=False) | _in(worked, "meeting__scope"))
    return models.Q(pk__in=rows.order_by().values("meeting"))


def attended_by(person: Person) -> models.Q:
    """Return the condition « `person` called this meeting, or is invited to the whole of it »."""
    return models.Q(organiser=person) & kept_by(person) | called(person)


def own_items(person: Person) -> models.Q:
    """Return the condition on items « about `person`, or to which alone they are invited ».

    A carer invited for one item sees it as long as the circle lets them know whose it is, and it stands.
    """
    asked = MeetingInvitation._base_manager.filter(person=person, withdrawn_at=None, item__isnull=False)
    standing = models.Q(withdrawn_at=None, agreed_at__isnull=False)
    invited = models.Q(pk__in=asked.order_by().values("item")) & standing
    return models.Q(patient__account=person) | invited & people.readable(
        person, people.Part.IDENTITY, prefix="patient__"
    )


class MeetingQuerySet(ScopedQuerySet["Meeting"]):
    """Meetings, read for a person or inside a scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those that one keeps or is invited to, and those with an item that is one's own."""
        items = AgendaItem._base_manager.filter(own_items(person)).order_by().values("meeting")
        return self.whole(person) | models.Q(pk__in=items)

    def whole(self, person: Person) -> models.Q:
        """The condition « `person` sees the whole agenda »."""
        return kept_by(person) | called(person)

    def seen_as(self, condition: models.Q) -> MeetingQuerySet:
        """Keep those of a condition that names a reader (`kept_by`, `attended_by`)."""
        return self.filter(condition)._scoped()


class Meeting(Keyed, Authored):
    """Several professionals meet, in a scope whose clock its hours are written by.

    `sequence` counts the changes told to calendars. It has no title: what it is about is on its agenda, which
    not everybody reads whole.
    """

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("périmètre")
    )
    kind = models.CharField(_("nature"), max_length=12, choices=as_choices(KIND_LABELS))
    starts_at = models.DateTimeField(_("commence à"))
    ends_at = models.DateTimeField(_("finit à"))
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    video_url = models.URLField(
        _("lien de visioconférence"), max_length=300, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    organiser = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisée par")
    )
    state = models.CharField(
        _("état"), max_length=10, choices=as_choices(STATE_LABELS), default=MeetingState.PLANNED.value
    )
    why_cancelled = models.CharField(_("raison de l’annulation"), max_length=200, blank=True)
    sequence = models.PositiveIntegerField(_("nombre de changements"), default=0)

    objects = MeetingQuerySet.as_manager()

    personal = (
        "scope",
        "place",
        "video_url",
        "organiser",
        "by",
        "at",
        "starts_at",
        "ends_at",
        "why_cancelled",
    )
    neither = ("id", "key", "kind", "state", "sequence")

    class Meta:
        verbose_name = _("réunion")
        verbose_name_plural = _("réunions")
        ordering = ("starts_at", "id")
        constraints = [
            *made_once("meeting", "by"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="meeting_ends_after_it_starts"
            ),
        ]
        indexes = [models.Index(fields=["scope", "starts_at"], name="meetings_of_a_scope")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def length(self) -> int:
        """How long it lasts, in minutes of elapsed time."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.state == MeetingState.CANCELLED.value

    @property
    def is_over(self) -> bool:
        """Whether its last hour has passed."""
        return self.ends_at <= timezone.now()

    @property
    def has_begun(self) -> bool:
        """Whether its first hour has passed."""
        return self.starts_at <= timezone.now()

    @property
    def held_on(self) -> date:
        """The day it is held, in its scope."""
        return clock.day_of(self.starts_at, self.scope)

    @property
    def due_on(self) -> date:
        """The last day of its minutes."""
        return minutes_due(self.held_on, rule("care.meetings.minutes_days").value)


class OfMeetingQuerySet(ScopedQuerySet[Row]):
    """Rows of a meeting are for those who see it whole."""

    scope_path = "meeting__scope"

    def visible_to(self, person: Person) -> models.Q:
        whole = Meeting.objects.whole(person)
        return models.Q(meeting__in=Meeting._base_manager.filter(whole).order_by().values("pk"))

    def of_meeting(self, meeting: Meeting) -> OfMeetingQuerySet[Row]:
        """Keep the rows of a meeting that was read in scope."""
        return self.filter(meeting=meeting)._scoped()


class AgendaItemQuerySet(OfMeetingQuerySet["AgendaItem"]):
    """Items of agendas, read for a person or inside a scope."""

    def visible_to(self, person: Person) -> models.Q:
        return super().visible_to(person) | own_items(person)

    def of_patient(self, patient: people.Patient) -> AgendaItemQuerySet:
        """Keep the items about a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def own(self, person: Person) -> AgendaItemQuerySet:
        """Keep those about `person`, or to which alone they are invited."""
        return self.filter(own_items(person))._scoped()


class AgendaItem(Keyed, Authored):
    """Something to discuss: a topic, or the case of a patient who agreed to it.

    `subject` is the topic, or the question about the patient. Without `agreed_at` a case is neither named nor
    opened to the others. One withdrawn keeps its row.
    """

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="items", verbose_name=_("réunion")
    )
    position = models.PositiveSmallIntegerField(_("rang"))
    subject = models.CharField(_("sujet ou question"), max_length=300)
    length = models.PositiveSmallIntegerField(_("durée prévue"), validators=LENGTH)
    patient = models.ForeignKey(
        people.Patient,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("patient"),
    )
    agreed_at = models.DateTimeField(_("accord donné le"), null=True, blank=True)
    agreed_by = models.CharField(
        _("accord donné par"), max_length=16, blank=True, choices=as_choices(AGREED_BY_LABELS)
    )
    means = models.CharField(
        _("moyen de l’accord"), max_length=8, blank=True, choices=as_choices(people.MEANS_LABELS)
    )
    agreement_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("accord noté par"),
    )
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retiré par"),
    )
    withdrawal = models.CharField(
        _("raison du retrait"), max_length=8, blank=True, choices=as_choices(WITHDRAWAL_LABELS)
    )

    objects = AgendaItemQuerySet.as_manager()

    personal = (
        "meeting", "patient", "by", "at", "agreed_at", "agreed_by", "means", "agreement_by", "withdrawn_at",
        "withdrawn_by", "withdrawal",
    )  # fmt: skip
    health = ("subject",)
    neither = ("id", "key", "position", "length")

    class Meta:
        verbose_name = _("point de l’ordre du jour")
        verbose_name_plural = _("points de l’ordre du jour")
        ordering = ("position", "id")
        constraints = [
            *made_once("agenda_item", "by"),
            models.CheckConstraint(
                condition=models.Q(agreed_at=None, agreed_by="", means="")
                | models.Q(agreed_at__isnull=False, patient__isnull=False)
                & ~models.Q(agreed_by="")
                & ~models.Q(means=""),
                name="agenda_item_agreement_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None, withdrawal="")
                | models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawal=""),
                name="agenda_item_withdrawn_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["meeting", "patient"],
                condition=models.Q(patient__isnull=False, withdrawn_at=None),
                name="one_case_of_a_patient_a_meeting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.position}"

    @property
    def is_case(self) -> bool:
        """Whether it is about a patient."""
        return self.patient_id is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it left the agenda."""
        return self.withdrawn_at is not None


class MeetingInvitationQuerySet(OfMeetingQuerySet["MeetingInvitation"]):
    """Invitations, read for a person or inside a scope."""


class MeetingInvitation(people.Holder, Authored):
    """Somebody is asked to come: a professional, the staff of a structure, or an account.

    With `item`, to that item alone: a carer. `is_of_scope`: invited as somebody of the scope, and no more
    once they have left it.
    """

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("réunion")
    )
    item = models.ForeignKey(
        AgendaItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("point"),
    )
    is_of_scope = models.BooleanField(_("du périmètre"), default=False)
    answer = models.CharField(
        _("réponse"), max_length=8, blank=True, default="", choices=as_choices(ANSWER_LABELS)
    )
    answered_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    objects = MeetingInvitationQuerySet.as_manager()

    personal = (
        "meeting", "item", "professional", "structure", "person", "by", "at", "is_of_scope", "answer",
        "answered_at", "withdrawn_at",
    )  # fmt: skip
    neither = ("id",)

    class Meta:
        verbose_name = _("invitation à une réunion")
        verbose_name_plural = _("invitations aux réunions")
        ordering = ("id",)
        constraints = [
            people.one_holder("meeting_invitation_names_one"),
            *(
                models.UniqueConstraint(
                    fields=["meeting", kind],
                    condition=models.Q(item=None, withdrawn_at=None, **{f"{kind}__isnull": False}),
                    name=f"one_invitation_a_meeting_for_a_{kind}",
                )
                for kind in ("professional", "structure", "person")
            ),
            models.UniqueConstraint(
                fields=["item", "person"],
                condition=models.Q(item__isnull=False, withdrawn_at=None),
                name="one_invitation_an_item_for_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.holder_name}"
