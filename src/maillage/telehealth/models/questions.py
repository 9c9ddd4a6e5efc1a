"""Questions asked of an expert: to whom, what is shared, the answer, and each step with its instant."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.once import once
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people
from maillage.telehealth.rules.questions import OPEN, RETURNED, Appointment, Hurry, Shared, State

STATE_LABELS = {
    State.SENT: _("envoyée"),
    State.TAKEN: _("prise en charge"),
    State.PRECISION: _("précision demandée"),
    State.ANSWERED: _("réponse rendue"),
    State.DECLINED: _("déclinée"),
    State.WITHDRAWN: _("retirée"),
    State.EXPIRED: _("restée sans réponse"),
}
HURRY_LABELS = {
    Hurry.TODAY: _("dans la journée"),
    Hurry.WEEK: _("dans la semaine"),
    Hurry.MONTH: _("dans le mois"),
}
APPOINTMENT_LABELS = {
    Appointment.NONE: _("pas de rendez-vous nécessaire"),
    Appointment.ASKER: _("à revoir par qui demande l’avis"),
    Appointment.EXPERT: _("à voir en consultation par l’expert"),
}
SHARED_LABELS = {
    Shared.PROBLEMS: _("Problèmes"),
    Shared.WISHES: _("Ce qui compte pour la personne"),
    Shared.GOALS: pgettext_lazy("d’un plan de soins", "Objectifs"),
    Shared.INTERVENTIONS: _("Qui fait quoi"),
    Shared.MEASURES: _("Dernières mesures"),
}
_OPEN = sorted(state.value for state in OPEN)


@once
def sheet_of(person: Person) -> directory.Professional | None:
    """Return the sheet of the directory of somebody who practises, None without one."""
    return directory.Professional.objects.active().filter(account=person).first()


class QuestionQuerySet(ScopedQuerySet["Question"]):
    """Questions, read for a person or inside a scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those about the patients whose health one reads; those asked of one, as long as they live.

        And those asked of a group of which one is, while nobody has taken them: their pages name nobody.
        """
        return (
            people.readable(person, people.Part.HEALTH, prefix="patient__")
            | entrusted_to(person)
            | offered_to(person)
        )

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep those about a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def keyed(self, pk: int) -> Self:
        """Keep the row itself, for an action that then checks who acts."""
        return self.filter(pk=pk)._scoped()

    def seen_as(self, condition: models.Q) -> Self:
        """Keep those of a condition that only names what its reader sees."""
        return self.filter(condition)._scoped()

    def open(self) -> Self:
        """Keep those that still wait for somebody to write."""
        return self.filter(state__in=_OPEN)


def entrusted_to(person: Person) -> models.Q:
    """Return the condition « asked of `person`, who reads what was shared »: until some time after the end.

    The link that the question opened names the person still, and they oppose neither it nor their health.
    """
    mine = models.Q(taken_by__account=person, taken_by__is_active=True)
    asked = mine | models.Q(taken_by=None, to_professional__account=person, to_professional__is_active=True)
    lasting = models.Q(expert_until=None) | models.Q(expert_until__gt=timezone.now())
    named = people.readable(person, people.Part.IDENTITY, prefix="patient__")
    return asked & lasting & named & people.unopposed(person, people.Part.HEALTH, prefix="patient__")


def offered_to(person: Person) -> models.Q:
    """Return the condition « asked of a group of which `person` is, and that nobody has taken »."""
    sheet = directory.Professional.objects.active().filter(account=person).order_by()
    teams = directory.Membership.objects.in_force(timezone.localdate()).filter(
        professional__in=sheet.values("pk"), structure__is_active=True
    )
    group = models.Q(to_structure__in=teams.order_by().values("structure"))
    code = models.Q(to_group__in=sheet.values("specialty")) | models.Q(
        to_group__in=sheet.values("profession")
    )
    scopes = {one.scope_id for one in access.roles_of(person)}
    here = models.Q() if None in scopes else models.Q(scope__in=[pk for pk in scopes if pk is not None])
    group |= ~models.Q(to_group="") & code & here
    waiting = models.Q(state=State.SENT.value, to_professional=None) & ~models.Q(by=person)
    return waiting & group & people.unopposed(person, people.Part.HEALTH, prefix="patient__")


class Question(Authored, Keyed):
    """A question about a patient, asked of a professional, of the team of a structure, or of a group.

    `to_group` is a code of specialty (TRE_R38) or of profession (TRE_G15). `shared` are the extracts of the
    file that whoever asked chose, by `Shared`, as they were then. `due_at`: before when the side that holds
    it writes. `expert_until`: until when the expert reads it, None as long as it lives.
    """

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="questions", verbose_name=_("périmètre")
    )
    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="questions", verbose_name=_("patient")
    )
    to_professional = models.ForeignKey(
        directory.Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("professionnel choisi"),
    )
    to_structure = models.ForeignKey(
        directory.Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("structure choisie"),
    )
    to_group = models.CharField(_("spécialité ou profession choisie"), max_length=6, blank=True)
    text = models.CharField(_("question"), max_length=300)
    tried = models.TextField(_("ce qui a été fait"), max_length=1000, blank=True)
    context = models.TextField(_("contexte utile"), max_length=1500, blank=True)
    shared = models.JSONField(_("ce qui est partagé du dossier"), default=dict)
    hurry = models.CharField(_("degré d’urgence"), max_length=6, choices=as_choices(HURRY_LABELS))
    consented_on = models.DateField(_("patient informé et d’accord le"))
    state = models.CharField(
        _("état"), max_length=10, choices=as_choices(STATE_LABELS), default=State.SENT.value
    )
    taken_by = models.ForeignKey(
        directory.Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prise par"),
    )
    taken_at = models.DateTimeField(_("prise le"), null=True, blank=True)
    due_at = models.DateTimeField(_("attendue avant"), null=True, blank=True)
    closed_at = models.DateTimeField(_("close le"), null=True, blank=True)
    expert_until = models.DateTimeField(_("lue par l’expert jusqu’au"), null=True, blank=True)
    answer = models.TextField(_("réponse"), max_length=1500, blank=True)
    todo = models.TextField(_("ce qu’il faut faire"), max_length=1000, blank=True)
    see_when = models.CharField(_("quand revoir la personne"), max_length=120, blank=True)
    appointment = models.CharField(
        _("rendez-vous"), max_length=6, blank=True, choices=as_choices(APPOINTMENT_LABELS)
    )
    read_at = models.DateTimeField(_("retour lu le"), null=True, blank=True)
    read_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lu par")
    )
    task = models.ForeignKey(
        "care.Task",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tâche ouverte"),
    )
    plan_version = models.PositiveIntegerField(_("version du plan qui l’a reprise"), null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    personal = (
        "scope", "patient", "by", "at", "to_professional", "to_structure", "taken_by", "taken_at", "due_at",
        "closed_at", "expert_until", "consented_on", "read_at", "read_by", "task", "plan_version",
    )  # fmt: skip
    health = (
        "to_group", "text", "tried", "context", "shared", "hurry", "answer", "todo", "see_when",
        "appointment",
    )  # fmt: skip
    neither = ("id", "key", "state")

    class Meta:
        verbose_name = _("demande d’avis")
        verbose_name_plural = _("demandes d’avis")
        ordering = ("at", "id")
        constraints = [
            *made_once("question", "by"),
            models.CheckConstraint(
                condition=models.Q(to_professional__isnull=False, to_structure=None, to_group="")
                | models.Q(to_professional=None, to_structure__isnull=False, to_group="")
                | models.Q(to_professional=None, to_structure=None) & ~models.Q(to_group=""),
                name="question_asks_one_door",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=_OPEN, closed_at=None)
                | ~models.Q(state__in=_OPEN) & models.Q(closed_at__isnull=False),
                name="question_is_open_or_closed",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_by=None, taken_at=None)
                | models.Q(taken_by__isnull=False, taken_at__isnull=False),
                name="question_taken_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["taken_by", "state"], name="questions_of_an_expert"),
            models.Index(fields=["to_professional", "state"], name="questions_to_a_professional"),
            models.Index(fields=["to_group", "state"], name="questions_to_a_group"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.state}"

    @property
    def stands(self) -> State:
        """Where it stands."""
        return State(self.state)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to write."""
        return self.stands in OPEN

    @property
    def is_returned(self) -> bool:
        """Whether it came back without an advice."""
        return self.stands in RETURNED

    @property
    def is_late(self) -> bool:
        """Whether the hour of who holds it has passed."""
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()

    @property
    def expert(self) -> directory.Professional | None:
        """Who took it, else who was chosen; None for a group that has not taken it."""
        return self.taken_by or self.to_professional

    @property
    def addressee(self) -> str:
        """The name of whom it was asked, in the words of the directory."""
        if self.to_professional is not None:
            return str(self.to_professional)
        if self.to_structure is not None:
            return str(self.to_structure)
        return directory.group_name(self.to_group)


class QuestionStepQuerySet(ScopedQuerySet["QuestionStep"]):
    """Steps of questions, read with them."""

    scope_path = "question__scope"

    def visible_to(self, person: Person) -> models.Q:
        return models.Q(question__in=Question.objects.for_person(person).values("pk"))

    def of(self, question: Question) -> Self:
        """Keep those of a question that was read in scope."""
        return self.filter(question=question)._scoped()


class QuestionStep(Keyed):
    """A question came to a state: by whom (None: the program), when, with which words."""

    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="steps", verbose_name=_("demande d’avis")
    )
    state = models.CharField(_("état"), max_length=10, choices=as_choices(STATE_LABELS))
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    at = models.DateTimeField(_("le"), default=timezone.now)
    text = models.TextField(_("ce qui a été écrit"), max_length=1000, blank=True)

    objects = QuestionStepQuerySet.as_manager()

    personal = ("question", "by", "at")
    health = ("text",)
    neither = ("id", "key", "state")

    class Meta:
        verbose_name = _("étape d’une demande d’avis")
        verbose_name_plural = _("étapes des demandes d’avis")
        ordering = ("at", "id")
        constraints = made_once("question_step", "by", or_program=True)

    def __str__(self) -> str:
        return f"{self.question_id} → {self.state}"
