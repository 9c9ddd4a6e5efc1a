"""Therapeutic education: programmes, their team and texts, sessions, the people who follow one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people
from maillage.protocols.rules.education import (
    Attendance,
    Ending,
    Filing,
    Level,
    Moment,
    Proof,
    SessionKind,
    seats,
)

FILING_LABELS = {
    Filing.DECLARED: _("déclaré à l’ARS"),
    Filing.AUTHORISED: _("autorisé par l’ARS"),
    Filing.NONE: _("ni déclaré ni autorisé à ce jour"),
}
PROOF_LABELS = {
    Proof.READ: _("document lu"),
    Proof.TOLD: _("dit par l’équipe, document non lu"),
    Proof.UNKNOWN: _("non établi"),
}
SESSION_LABELS = {SessionKind.INDIVIDUAL: _("individuelle"), SessionKind.GROUP: _("en groupe")}
ATTENDANCE_LABELS = {
    Attendance.EXPECTED: _("à noter"),
    Attendance.PRESENT: _("présent"),
    Attendance.EXCUSED: _("excusé"),
    Attendance.ABSENT: _("absent"),
}
MOMENT_LABELS = {Moment.BEFORE: _("avant le programme"), Moment.AFTER: _("après le programme")}
LEVEL_LABELS = {
    Level.NO: _("Non"),
    Level.LITTLE: _("Un peu"),
    Level.RATHER: _("Plutôt oui"),
    Level.FULLY: _("Oui"),
}
ENDING_LABELS = {
    Ending.COMPLETED: _("programme suivi jusqu’au bout"),
    Ending.STOPPED: _("arrêté par la personne"),
    Ending.ELSEWHERE: _("suivi ailleurs"),
}


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def seen_by(self, person: Person) -> ProgrammeQuerySet:
        """Keep the programmes of the scopes where `person` works."""
        scopes = access.scopes_of(person, Permission.VIEW_PROTOCOLS)
        return self.all() if scopes is None else self.filter(scope__in=scopes)


class Programme(Authored, Keyed):
    """A programme of therapeutic education in a scope; what it says is in its texts, the last one holds."""

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("périmètre")
    )
    title = models.CharField(_("titre"), max_length=160)
    closed_on = models.DateField(_("fermé le"), null=True, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "scope", "key", "title", "closed_on")

    class Meta:
        verbose_name = _("programme d’éducation thérapeutique")
        verbose_name_plural = _("programmes d’éducation thérapeutique")
        ordering = ("title", "id")
        constraints = [*made_once("programme", "by")]

    def __str__(self) -> str:
        return self.title


class ProgrammeText(Authored, Keyed):
    """One text of a programme, never changed: the next one replaces it, and what went before stays.

    `pathology` is in the programme's own words. `filed_on`, `filing_number` and `proof`: what is known of
    its declaration or authorisation.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="texts", verbose_name=_("programme")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    pathology = models.CharField(_("maladie, avec les mots du programme"), max_length=300)
    audience = models.TextField(_("à qui il s’adresse"), max_length=2000, blank=True)
    aims = models.TextField(_("objectifs"), max_length=4000)
    course = models.TextField(_("déroulement"), max_length=4000, blank=True)
    filing = models.CharField(_("auprès de l’ARS"), max_length=10, choices=as_choices(FILING_LABELS))
    filed_on = models.DateField(_("date de la déclaration ou de l’autorisation"), null=True, blank=True)
    filing_number = models.CharField(_("numéro"), max_length=60, blank=True)
    proof = models.CharField(_("certitude"), max_length=7, choices=as_choices(PROOF_LABELS))

    personal = ("by", "at")
    neither = (
        "id", "key", "programme", "number", "pathology", "audience", "aims", "course", "filing", "filed_on",
        "filing_number", "proof",
    )  # fmt: skip

    class Meta:
        verbose_name = _("texte d’un programme")
        verbose_name_plural = _("textes d’un programme")
        ordering = ("-number",)
        constraints = [
            *made_once("programme_text", "by"),
            models.UniqueConstraint(fields=["programme", "number"], name="programme_text_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(filing="none")
                | models.Q(filed_on__isnull=False)
                | models.Q(proof="unknown"),
                name="filing_has_its_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} · {self.number}"


class ProgrammeMember(Authored, Keyed):
    """A professional of the team of a programme; one of them coordinates it. Left, the row stays."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="members", verbose_name=_("programme")
    )
    professional = models.ForeignKey(
        directory.Professional, on_delete=models.PROTECT, related_name="+", verbose_name=_("professionnel")
    )
    is_coordinator = models.BooleanField(_("coordonne le programme"), default=False)
    left_on = models.DateField(_("parti le"), null=True, blank=True)

    personal = ("by", "at", "professional", "is_coordinator", "left_on")
    neither = ("id", "key", "programme")

    class Meta:
        verbose_name = _("membre de l’équipe d’un programme")
        verbose_name_plural = _("membres de l’équipe d’un programme")
        ordering = ("-is_coordinator", "at", "id")
        constraints = [
            *made_once("programme_member", "by"),
            models.UniqueConstraint(
                fields=["programme", "professional"],
                condition=models.Q(left_on=None),
                name="in_the_team_once",
            ),
            models.UniqueConstraint(
                fields=["programme"],
                condition=models.Q(left_on=None, is_coordinator=True),
                name="one_coordinator_of_a_programme",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} · {self.professional_id}"


class EducationSession(Authored, Keyed):
    """A session of a programme, with one person or several, in a place or at a distance.

    `sequence` counts what calendars were told.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("programme")
    )
    theme = models.CharField(_("thème"), max_length=160)
    kind = models.CharField(_("séance"), max_length=10, choices=as_choices(SESSION_LABELS))
    starts_at = models.DateTimeField(_("début"))
    minutes = models.PositiveSmallIntegerField(_("durée, en minutes"))
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    video_url = models.URLField(_("lien, à distance"), max_length=300, blank=True)
    capacity = models.PositiveSmallIntegerField(_("places"))
    leader = models.ForeignKey(
        directory.Professional, on_delete=models.PROTECT, related_name="+", verbose_name=_("animée par")
    )
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    cancelled_because = models.CharField(_("raison de l’annulation"), max_length=300, blank=True)
    sequence = models.PositiveSmallIntegerField(_("changements"), default=0)

    personal = ("by", "at", "leader", "cancelled_at", "cancelled_because")
    neither = (
        "id", "key", "programme", "theme", "kind", "starts_at", "minutes", "place", "video_url", "capacity",
        "sequence",
    )  # fmt: skip

    class Meta:
        verbose_name = _("séance d’éducation thérapeutique")
        verbose_name_plural = _("séances d’éducation thérapeutique")
        ordering = ("starts_at", "id")
        constraints = [
            *made_once("education_session", "by"),
            models.CheckConstraint(
                condition=~models.Q(place="", video_url=""), name="education_session_is_somewhere"
            ),
        ]
        indexes = [models.Index(fields=["leader", "starts_at"], name="education_sessions_of_a_leader")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.starts_at:%Y-%m-%d}"

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.cancelled_at is not None

    @property
    def has_begun(self) -> bool:
        """Whether it began."""
        return self.starts_at <= timezone.now()

    @property
    def seats(self) -> int:
        """How many people it takes."""
        return seats(SessionKind(self.kind), self.capacity)

    @property
    def where(self) -> str:
        """The place, or that it is at a distance."""
        return str(self.place or _("à distance"))


class EnrolmentQuerySet(ScopedQuerySet["Enrolment"]):
    """People who follow a programme, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those whose health the circle opens; those of one's own team, by its link."""
        return people.readable(person, people.Part.HEALTH, prefix="patient__") | followed_by(person)

    def of_patient(self, patient: people.Patient) -> EnrolmentQuerySet:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def of_programme(self, programme: Programme) -> EnrolmentQuerySet:
        """Keep those of a programme that was read in scope, to be counted or linked: nobody is named."""
        return self.filter(programme=programme)._scoped()


def followed_by(person: Person) -> models.Q:
    """Return the condition « followed by a team of which `person` is »: the person opposes neither."""
    teams = ProgrammeMember.objects.filter(
        professional__account=person, professional__is_active=True, left_on=None
    )
    named = people.readable(person, people.Part.IDENTITY, prefix="patient__")
    lasting = models.Q(team_until=None) | models.Q(team_until__gt=timezone.now())
    mine = models.Q(programme__in=teams.order_by().values("programme"))
    return mine & lasting & named & people.unopposed(person, people.Part.HEALTH, prefix="patient__")


class Enrolment(Authored, Keyed):
    """A person who follows a programme with their agreement: the educational assessment, the goals, the end.

    `text` is what the programme said then. `educator` is who follows them in the team. `team_until`: until
    when the team reads it, None while the programme lasts. `letter` is the conversation by which the summary
    was sent to the médecin traitant.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("programme")
    )
    text = models.ForeignKey(
        ProgrammeText, on_delete=models.PROTECT, related_name="+", verbose_name=_("texte du programme")
    )
    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("patient")
    )
    educator = models.ForeignKey(
        directory.Professional, on_delete=models.PROTECT, related_name="+", verbose_name=_("suivi par")
    )
    agreed_on = models.DateField(_("accord donné le"))
    means = models.CharField(_("comment"), max_length=6, choices=as_choices(people.MEANS_LABELS))
    needs = models.TextField(_("besoins"), max_length=4000, blank=True)
    goals = models.TextField(_("objectifs négociés"), max_length=4000, blank=True)
    assessed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("bilan fait par"),
    )  # fmt: skip
    assessed_at = models.DateTimeField(_("bilan fait le"), null=True, blank=True)
    ending = models.CharField(_("fin"), max_length=9, blank=True, choices=as_choices(ENDING_LABELS))
    summary = models.TextField(_("synthèse"), max_length=4000, blank=True)
    ended_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("fini par"),
    )  # fmt: skip
    ended_at = models.DateTimeField(_("fini le"), null=True, blank=True)
    team_until = models.DateTimeField(_("lu par l’équipe jusqu’au"), null=True, blank=True)
    letter = models.ForeignKey(
        exchange.Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("envoi de la synthèse"),
    )  # fmt: skip

    objects = EnrolmentQuerySet.as_manager()

    personal = (
        "patient", "by", "at", "educator", "agreed_on", "means", "assessed_by", "assessed_at", "ended_by",
        "ended_at", "team_until", "letter",
    )  # fmt: skip
    health = ("programme", "text", "needs", "goals", "ending", "summary")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("suivi d’un programme")
        verbose_name_plural = _("suivis d’un programme")
        ordering = ("-at", "-id")
        constraints = [
            *made_once("programme_enrolment", "by"),
            models.UniqueConstraint(
                fields=["programme", "patient"],
                condition=models.Q(ended_at=None),
                name="follows_a_programme_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ending="")
                | models.Q(ended_at__isnull=False) & ~models.Q(ending=""),
                name="enrolment_is_open_or_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.agreed_on}"

    @property
    def is_open(self) -> bool:
        """Whether the person still follows it."""
        return self.ended_at is None


class SessionPlace(Authored):
    """The place of a person in a session, and whether they came."""

    session = models.ForeignKey(
        EducationSession, on_delete=models.PROTECT, related_name="places", verbose_name=_("séance")
    )
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="places", verbose_name=_("suivi")
    )
    attendance = models.CharField(
        _("présence"),
        max_length=8,
        choices=as_choices(ATTENDANCE_LABELS),
        default=Attendance.EXPECTED.value,
    )
    noted_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("noté par")
    )
    noted_at = models.DateTimeField(_("noté le"), null=True, blank=True)

    personal = ("by", "at", "noted_by", "noted_at")
    health = ("session", "enrolment", "attendance")
    neither = ("id",)

    class Meta:
        verbose_name = _("place dans une séance")
        verbose_name_plural = _("places dans une séance")
        ordering = ("session__starts_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["session", "enrolment"], name="one_place_in_a_session"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.enrolment_id}"


class Evaluation(Authored):
    """What a person answered before or after a programme, by code of the rule `protocols.education.items`."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="evaluations", verbose_name=_("suivi")
    )
    moment = models.CharField(_("moment"), max_length=6, choices=as_choices(MOMENT_LABELS))
    answers: Any = models.JSONField(_("réponses"), default=dict)
    words = models.TextField(_("avec les mots de la personne"), max_length=2000, blank=True)

    personal = ("enrolment", "by", "at")
    health = ("moment", "answers", "words")
    neither = ("id",)

    class Meta:
        verbose_name = _("évaluation d’un programme")
        verbose_name_plural = _("évaluations d’un programme")
        ordering = ("at", "id")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "moment"], name="evaluated_once_at_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} · {self.moment}"
