"""A roster of a sector: its posts, who holds them, the states it went through, how it was computed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel, ReferenceModel
from maillage.roster.models.sectors import Sector
from maillage.roster.models.volunteers import Volunteer
from maillage.roster.rules.blocks import BlockKind
from maillage.roster.rules.vocabulary import Origin
from maillage.roster.rules.workflow import State

KIND_LABELS = {
    BlockKind.NIGHT: _("Nuit"),
    BlockKind.SUNDAY: _("Dimanche"),
    BlockKind.HOLIDAY: _("Jour férié"),
    BlockKind.SATURDAY_PM: _("Samedi après-midi"),
    BlockKind.BRIDGE_MONDAY: _("Lundi de pont"),
    BlockKind.BRIDGE_FRIDAY: _("Vendredi de pont"),
    BlockKind.BRIDGE_SATURDAY: _("Samedi de pont"),
    BlockKind.SHARED: _("Garde partagée"),
}
STATE_LABELS = {
    State.DRAFT: _("Brouillon"),
    State.SENT: _("Envoyé au CDOM"),
    State.VALIDATED: _("Validé"),
    State.INCOMPLETE: _("Lacunaire"),
    State.TRANSMITTED: _("Transmis"),
    State.RUNNING: _("En cours"),
    State.CLOSED: _("Clos"),
    State.DUTY_DONE: _("Service fait"),
}
ORIGIN_LABELS = {
    Origin.COMPUTED: _("Proposée par le calcul"),
    Origin.MANUAL: _("Inscrite à la main"),
    Origin.REPLACEMENT: _("Remplacement"),
    Origin.SWAP: _("Échange"),
}
SHARED_LABELS = {State.TRANSMITTED: _("Publié")}
_STATES = [(one.value, label) for one, label in STATE_LABELS.items()]


class Roster(ReferenceModel):
    """Who is on call in a sector from `first_day` to `last_day`, both included."""

    sector = models.ForeignKey(
        Sector, on_delete=models.PROTECT, related_name="rosters", verbose_name=_("secteur")
    )
    first_day = models.DateField(_("du"))
    last_day = models.DateField(_("au"))
    state = models.CharField(_("état"), max_length=12, choices=_STATES, default=State.DRAFT.value)

    class Meta:
        verbose_name = _("tableau de permanence")
        verbose_name_plural = _("tableaux de permanence")
        ordering = ("-first_day", "sector__name", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="roster_ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["sector", "first_day"], name="one_roster_per_sector_and_start"),
        ]

    def __str__(self) -> str:
        return f"{self.sector} · {self.first_day:%Y-%m-%d}"

    @property
    def step(self) -> State:
        """Where it stands."""
        return State(self.state)

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return state_label(self, self.step)


def state_label(roster: Roster, state: State) -> str:
    """Return the name of a state of a roster in the reader's language: a shared on-call is published."""
    shared = SHARED_LABELS.get(state) if roster.sector.is_shared else None
    return str(shared or STATE_LABELS[state])


class Post(ReferenceModel):
    """One person wanted on one block; `seat` numbers the people of a block from 0."""

    roster = models.ForeignKey(
        Roster, on_delete=models.PROTECT, related_name="posts", verbose_name=_("tableau")
    )
    kind = models.CharField(
        _("plage"), max_length=16, choices=[(one.value, label) for one, label in KIND_LABELS.items()]
    )
    day = models.DateField(_("jour"))
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    burden = models.FloatField(_("pénibilité (points)"))
    seat = models.PositiveSmallIntegerField(_("poste"), default=0)

    class Meta:
        verbose_name = _("poste de garde")
        verbose_name_plural = _("postes de garde")
        ordering = ("starts_at", "seat", "id")
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="post_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "starts_at", "seat"], name="one_post_per_time_and_seat"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="post_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id} · {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def kind_label(self) -> str:
        """The kind of block in the reader's language."""
        return str(KIND_LABELS[BlockKind(self.kind)])

    @property
    def hours(self) -> float:
        """Hours that really pass."""
        return (self.ends_at - self.starts_at).total_seconds() / 3600


class Assignment(AnnotatedModel):
    """A volunteer holds a post. Where `is_locked`, no computation takes it away."""

    post = models.OneToOneField(
        Post, on_delete=models.PROTECT, related_name="assignment", verbose_name=_("poste de garde")
    )
    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("volontaire")
    )
    origin = models.CharField(
        _("origine"), max_length=12, choices=[(one.value, label) for one, label in ORIGIN_LABELS.items()]
    )
    is_locked = models.BooleanField(_("verrouillée"), default=False)

    personal = ("post", "volunteer")
    neither = ("id", "origin", "is_locked")

    class Meta:
        verbose_name = _("garde")
        ordering = ("post__starts_at", "id")

    def __str__(self) -> str:
        return f"{self.post_id} · {self.volunteer_id}"


class StateChange(AnnotatedModel):
    """A step of a roster: who, when, and the note that explains it."""

    roster = models.ForeignKey(
        Roster, on_delete=models.PROTECT, related_name="changes", verbose_name=_("tableau")
    )
    state = models.CharField(_("état"), max_length=12, choices=_STATES)
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("par"),
        null=True,
        help_text=_("Vide : le programme lui-même."),
    )
    note = models.TextField(_("note"), blank=True)

    personal = ("by", "note")
    neither = ("id", "roster", "state", "at")

    class Meta:
        verbose_name = _("étape d’un tableau")
        verbose_name_plural = _("étapes des tableaux")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.roster_id} · {self.state}"


class Solve(AnnotatedModel):
    """A computation that was kept: its inputs' hash, its parameters, its worth and against which bound.

    `gaps` explains each open post: the rule that binds, how many people each rule keeps away, who is nearest.
    """

    roster = models.ForeignKey(
        Roster, on_delete=models.PROTECT, related_name="solves", verbose_name=_("tableau")
    )
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("par"))
    parameters = models.JSONField(_("paramètres"))
    engine_version = models.CharField(_("version du moteur"), max_length=20)
    input_hash = models.CharField(_("empreinte des entrées"), max_length=64)
    method = models.CharField(_("méthode"), max_length=40)
    objective = models.FloatField(_("valeur"))
    bound = models.FloatField(_("borne"), null=True)
    missing = models.PositiveIntegerField(_("postes non pourvus"))
    changes = models.PositiveIntegerField(_("gardes retirées"))
    seconds = models.FloatField(_("durée du calcul (s)"))
    gaps = models.JSONField(_("explication des postes non pourvus"))

    personal = ("by", "gaps")
    neither = (
        "id", "roster", "at", "parameters", "engine_version", "input_hash", "method", "objective", "bound",
        "missing", "changes", "seconds",
    )  # fmt: skip

    class Meta:
        verbose_name = _("calcul d’un tableau")
        verbose_name_plural = _("calculs des tableaux")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.roster_id} · {self.at:%Y-%m-%d %H:%M}"
