"""Fragile people whom a cell calls: their list, each call, each visit; erased some days after it closes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maillage.crisis.models.cells import Cell, Duty, OfCellQuerySet, Phoned
from maillage.crisis.rules.calls import Outcome, Seen, State, Why
from maillage.crisis.rules.vocabulary import Post
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import Row, ScopedQuerySet

OUTCOME_LABELS = {
    Outcome.WELL: _("va bien"),
    Outcome.HELP: _("a besoin d’aide"),
    Outcome.VITAL: _("un signe grave : le 15"),
    Outcome.NO_ANSWER: _("n’a pas répondu"),
    Outcome.WRONG_NUMBER: _("mauvais numéro"),
    Outcome.REFUSED: _("ne veut pas être appelé"),
}
STATE_LABELS = {
    State.TO_CALL: _("à appeler"),
    State.VISIT: _("à aller voir"),
    State.DONE: _("vu ou joint"),
}
WHY_LABELS = {
    Why.UNANSWERED: _("plusieurs appels sans réponse"),
    Why.UNREACHABLE: _("aucun numéro qui réponde"),
    Why.HELP: _("a besoin d’aide"),
    Why.VITAL: _("un signe grave : le 15 d’abord, puis savoir ce qu’il en est"),
}
SEEN_LABELS = {
    Seen.WELL: _("La personne va bien"),
    Seen.CARED_FOR: _("Quelqu’un s’en occupe sur place"),
    Seen.EMERGENCY: _("Prise en charge par les secours"),
    Seen.AWAY: _("Elle est ailleurs, et jointe"),
    Seen.NOT_FOUND: _("Personne : y retourner"),
}


class FragilePersonQuerySet(OfCellQuerySet["FragilePerson"]):
    """People to call: read by those who manage the crises of the territory, or call for the cell."""

    def visible_to(self, person: Person) -> Q:
        """Those of the cells that one manages, directs or calls for."""
        scopes = access.scopes_of(person, Permission.MANAGE_CRISIS)
        if scopes is None:
            return Q()
        calling = Duty.objects.for_person(person).filter(
            person=person, until=None, post__in=[Post.DIRECTOR.value, Post.CALLS.value]
        )
        return Q(cell__scope__in=[one.pk for one in scopes]) | Q(cell__in=calling.values("cell"))

    def to_see(self) -> FragilePersonQuerySet:
        """Keep those whom somebody has to go and see."""
        return self.filter(state=State.VISIT.value)


class FragilePerson(Phoned, Authored, Keyed):
    """Somebody to call: what a caller needs, where they stand, who has them on the line.

    No file of a patient is behind it: `source` says whose list it is. `claimed_by` has them until
    `claimed_until`; `unanswered` counts the calls in a row that nobody took.
    """

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="people", verbose_name=_("cellule"))
    name = models.CharField(_("nom"), max_length=120)
    commune = models.CharField(_("commune"), max_length=80)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    note = models.CharField(_("à savoir pour appeler"), max_length=300, blank=True)
    source = models.CharField(_("d’où vient la liste"), max_length=160)
    state = models.CharField(_("état"), max_length=7, choices=as_choices(STATE_LABELS))
    call_at = models.DateTimeField(_("à appeler à partir de"), null=True, blank=True)
    unanswered = models.PositiveSmallIntegerField(_("appels sans réponse"), default=0)
    why = models.CharField(
        _("pourquoi aller voir"), max_length=11, blank=True, choices=as_choices(WHY_LABELS)
    )
    visit_since = models.DateTimeField(_("à aller voir depuis"), null=True, blank=True)
    visit_by = models.CharField(_("qui y va"), max_length=160, blank=True)
    claimed_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("en ligne avec"),
    )
    claimed_until = models.DateTimeField(_("en ligne jusqu’à"), null=True, blank=True)

    objects = FragilePersonQuerySet.as_manager()

    personal = (
        "by", "at", "name", "phone", "commune", "address", "source", "call_at", "unanswered", "visit_since",
        "visit_by", "claimed_by", "claimed_until",
    )  # fmt: skip
    health = ("note", "state", "why")
    neither = ("id", "key", "cell")

    class Meta:
        verbose_name = _("personne fragile à appeler")
        ordering = ("call_at", "id")
        constraints = (
            *made_once("fragile_person", "by"),
            models.UniqueConstraint(fields=["cell", "name", "phone"], name="a_person_is_called_once"),
            models.CheckConstraint(
                condition=Q(state=State.VISIT.value) ^ Q(why=""), name="a_visit_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state=State.TO_CALL.value) ^ Q(call_at=None), name="a_call_has_an_hour"
            ),
        )
        indexes = (models.Index(fields=["cell", "state", "call_at"], name="people_to_call_of_a_cell"),)

    def __str__(self) -> str:
        return self.name


class OfPersonQuerySet(ScopedQuerySet[Row]):
    scope_path = "person__cell__scope"

    def visible_to(self, person: Person) -> Q:
        """Those of the people whom one may read."""
        return Q(person__in=FragilePerson.objects.for_person(person))


class CallQuerySet(OfPersonQuerySet["Call"]):
    pass


class Call(Authored, Keyed):
    """One call, and what it gave, as the caller said it."""

    person = models.ForeignKey(
        FragilePerson, on_delete=models.PROTECT, related_name="calls", verbose_name=_("personne")
    )
    outcome = models.CharField(_("issue"), max_length=12, choices=as_choices(OUTCOME_LABELS))
    said = models.CharField(_("ce qui est dit"), max_length=500, blank=True)

    objects = CallQuerySet.as_manager()

    personal = ("by", "at")
    health = ("outcome", "said")
    neither = ("id", "key", "person")

    class Meta:
        verbose_name = _("appel")
        ordering = ("at", "id")
        constraints = made_once("call", "by")


class VisitQuerySet(OfPersonQuerySet["Visit"]):
    pass


class Visit(Authored, Keyed):
    """One visit, and what was found."""

    person = models.ForeignKey(
        FragilePerson, on_delete=models.PROTECT, related_name="visits", verbose_name=_("personne")
    )
    seen = models.CharField(_("ce qui est trouvé"), max_length=9, choices=as_choices(SEEN_LABELS))
    said = models.CharField(_("ce qui est dit"), max_length=500, blank=True)

    objects = VisitQuerySet.as_manager()

    personal = ("by", "at")
    health = ("seen", "said")
    neither = ("id", "key", "person")

    class Meta:
        verbose_name = _("visite")
        ordering = ("at", "id")
        constraints = made_once("visit", "by")
