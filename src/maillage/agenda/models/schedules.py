"""An agenda, where it is held, its recurring openings and what closes it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.agenda.rules.clock import Closed, Recurrence, Span
from maillage.agenda.rules.vocabulary import Kind, Visibility
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission, Role, allows

KIND_LABELS = {
    Kind.PRACTICE: _("Au cabinet"),
    Kind.HOME: _("À domicile"),
    Kind.TELE: _("Téléconsultation"),
    Kind.PHONE: _("Par téléphone"),
    Kind.GROUP: _("En groupe"),
    Kind.ADVANCED: _("Consultation avancée"),
    Kind.BUS: _("Arrêt du bus santé"),
}
VISIBILITY_LABELS = {
    Visibility.PRIVATE: _("Privé"),
    Visibility.PUBLIC: _("Tout public"),
    Visibility.PRO: _("Professionnels"),
    Visibility.SNP: _("Soins non programmés"),
    Visibility.CPTS: _("CPTS"),
}
_KINDS = as_choices(KIND_LABELS)
_VISIBILITIES = as_choices(VISIBILITY_LABELS)
_MANAGING = [role.value for role in Role if allows(role, Permission.MANAGE_AGENDA)]


class AgendaQuerySet(models.QuerySet["Agenda"]):
    def managed_by(self, person: Person, on: object) -> AgendaQuerySet:
        """Keep the agendas that are `person`'s own, or that were confided to them (a role there on `on`)."""
        roles = person.roles.in_force(on).filter(role__in=_MANAGING)  # type: ignore[arg-type]  # a manager reached through a relation
        return self.filter(models.Q(professional__account=person) | models.Q(scope__in=roles.values("scope")))

    def with_names(self) -> AgendaQuerySet:
        """Read the professional, the territory and the scope too."""
        return self.select_related("professional", "territory__scope", "scope")


class Agenda(AnnotatedModel):
    """The time of one professional, at all their places; the key of every occupation.

    `scope` is where the professional confides it: a role there lets a person manage it. `territory` gives
    the time zone and says who is of the CPTS. `generated_to` is the last day whose slots are made.
    """

    professional = models.OneToOneField(
        "directory.Professional",
        on_delete=models.PROTECT,
        related_name="agenda",
        verbose_name=_("professionnel"),
    )
    territory = models.ForeignKey(
        "territory.Territory", on_delete=models.PROTECT, related_name="agendas", verbose_name=_("territoire")
    )
    scope = models.OneToOneField(
        Scope, on_delete=models.PROTECT, related_name="agenda", verbose_name=_("périmètre de droits")
    )
    generated_to = models.DateField(_("créneaux préparés jusqu’au"), null=True)

    objects = AgendaQuerySet.as_manager()

    personal = ("professional",)
    neither = ("id", "territory", "scope", "generated_to")

    class Meta:
        verbose_name = _("agenda")
        ordering = ("professional__search_name", "id")

    def __str__(self) -> str:
        return str(self.professional)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its wall clock."""
        return self.territory.zone


class Schedule(AnnotatedModel):
    """One place where a professional sees people: an office, an EHPAD, a commune, a stop of a bus.

    `over_capacity`: how many people a day may be sent there beyond the capacity of the slots.
    """

    agenda = models.ForeignKey(
        Agenda, on_delete=models.PROTECT, related_name="schedules", verbose_name=_("agenda")
    )
    name = models.CharField(_("lieu"), max_length=200)
    place = models.ForeignKey(
        "directory.PracticePlace",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="schedules",
        verbose_name=_("lieu d’exercice"),
    )
    structure = models.ForeignKey(
        "directory.Structure",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="schedules",
        verbose_name=_("structure"),
    )
    commune = models.ForeignKey(
        "territory.Commune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="schedules",
        verbose_name=_("commune"),
    )
    over_capacity = models.PositiveSmallIntegerField(_("surnuméraires acceptés par jour"), default=0)

    personal = ("agenda", "name", "place", "over_capacity")
    neither = ("id", "structure", "commune")

    class Meta:
        verbose_name = _("lieu de consultation")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["agenda", "name"], name="schedule_named_once_per_agenda")
        ]

    def __str__(self) -> str:
        return self.name


class Written(Keyed):
    """What somebody wrote of an agenda's hours; `made_by` is empty where the program did."""

    made_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("notée par")
    )

    class Meta:
        abstract = True


class Opening(Written):
    """A weekly rule, or a single day where `valid_from` is `valid_to`, from which slots are made."""

    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, related_name="openings", verbose_name=_("lieu")
    )
    weekday = models.PositiveSmallIntegerField(_("jour de la semaine"))
    starts = models.TimeField(_("de"))
    ends = models.TimeField(pgettext_lazy("jusqu’à une heure", "à"))
    every = models.PositiveSmallIntegerField(_("toutes les … semaines"), default=1)
    valid_from = models.DateField(_("à partir du"))
    valid_to = models.DateField(_("jusqu’au"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("durée d’un créneau (min)"))
    kind = models.CharField(_("nature"), max_length=10, choices=_KINDS, default=Kind.PRACTICE.value)
    visibility = models.CharField(
        _("visible par"), max_length=10, choices=_VISIBILITIES, default=Visibility.PRIVATE.value
    )
    capacity = models.PositiveSmallIntegerField(_("personnes par créneau"), default=1)

    personal = ("schedule", "weekday", "starts", "ends", "every", "valid_from", "valid_to", "made_by")
    neither = ("id", "minutes", "kind", "visibility", "capacity", "key")

    class Meta:
        verbose_name = _("plage d’ouverture")
        ordering = ("weekday", "starts", "id")
        constraints = [
            *made_once("opening", "made_by", or_program=True),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6, minutes__gte=5, capacity__gte=1, every__gte=1),
                name="opening_makes_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} · {self.weekday} {self.starts}"

    @property
    def is_single_day(self) -> bool:
        """Whether it opens one day only: an exception, an advanced-consultation day, a stop of the bus."""
        return self.valid_from == self.valid_to

    @property
    def recurrence(self) -> Recurrence:
        """The rule, for computing."""
        return Recurrence(
            key=self.pk,
            weekday=self.weekday,
            starts=self.starts,
            ends=self.ends,
            minutes=self.minutes,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            every=self.every,
            place=self.schedule_id,
        )


class Closure(Written):
    """A stretch of time without slots: an absence of the person (all places), or one place closed."""

    agenda = models.ForeignKey(
        Agenda, on_delete=models.PROTECT, related_name="closures", verbose_name=_("agenda")
    )
    schedule = models.ForeignKey(
        Schedule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="closures",
        verbose_name=_("lieu"),
        help_text=_("Vide : absence, dans tous les lieux."),
    )
    starts_at = models.DateTimeField(_("du"))
    ends_at = models.DateTimeField(_("au"))

    personal = ("agenda", "schedule", "starts_at", "ends_at", "made_by")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("absence ou fermeture")
        ordering = ("starts_at", "id")
        constraints = [
            *made_once("agenda_closure", "made_by", or_program=True),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="closure_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agenda_id} · {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def span(self) -> Span:
        """The stretch of time, for computing."""
        return Span(self.starts_at, self.ends_at)

    @property
    def closed(self) -> Closed:
        """What it closes, for computing."""
        return Closed(self.span, self.schedule_id)
