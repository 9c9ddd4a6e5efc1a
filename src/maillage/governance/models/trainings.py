"""Trainings shared by professions, and immersions at one another's: who goes, who waits, who came."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maillage.governance.rules.vocabulary import LONGEST, PlaceState, TrainingKind
from maillage.kernel import access, clock
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet

TRAINING_LABELS = {
    TrainingKind.CROSS: _("Formation croisée"),
    TrainingKind.IMMERSION: _("Immersion chez un autre professionnel"),
}
PLACE_LABELS = {
    PlaceState.TAKEN: _("inscrit"),
    PlaceState.WAITING: _("sur liste d’attente"),
    PlaceState.LEFT: _("désisté"),
}


def _worked(person: Person, path: str) -> Q:
    scopes = access.scopes_of(person, Permission.SIT_IN_BODIES)
    return Q() if scopes is None else Q(**{f"{path}__in": [one.pk for one in scopes]})


class TrainingSessionQuerySet(ScopedQuerySet["TrainingSession"]):
    """Trainings, read by those who work in their scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> Q:
        """Those of the scopes where one works."""
        return _worked(person, "scope")

    def with_key(self, key: str, by: Person) -> Self:
        """Keep what the same write of the same person made."""
        return self.filter(key=key, by=by)._scoped()


class TrainingSession(Authored, Keyed):
    """A training open to several professions, or a day at somebody else's; `host` is where, or at whose."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    kind = models.CharField(_("nature"), max_length=9, choices=as_choices(TRAINING_LABELS))
    title = models.CharField(_("titre"), max_length=160)
    about = models.TextField(_("ce qu’on y apprend"), max_length=2000, blank=True)
    host = models.CharField(_("où, ou chez qui"), max_length=200)
    starts_at = models.DateTimeField(_("commence à"))
    ends_at = models.DateTimeField(_("finit à"))
    places = models.PositiveSmallIntegerField(
        _("places"), validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    pays_time = models.BooleanField(_("temps indemnisé"), default=False)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = TrainingSessionQuerySet.as_manager()

    personal = ("by", "at", "host")
    neither = (
        "id", "key", "scope", "kind", "title", "about", "starts_at", "ends_at", "places", "pays_time",
        "cancelled_at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("formation croisée")
        verbose_name_plural = _("formations croisées")
        ordering = ("starts_at", "id")
        constraints = [
            *made_once("training_session", "by"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="a_training_ends_after_it_starts"
            ),
        ]
        indexes = [models.Index(fields=["scope", "starts_at"], name="trainings_of_a_scope")]

    def __str__(self) -> str:
        return self.title

    @property
    def held_on(self) -> date:
        """The day it is held, in its scope."""
        return clock.day_of(self.starts_at, self.scope)

    @property
    def length(self) -> int:
        """How long it lasts, in minutes."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)


class TrainingPlaceQuerySet(ScopedQuerySet["TrainingPlace"]):
    """Who goes to trainings."""

    scope_path = "session__scope"

    def visible_to(self, person: Person) -> Q:
        """One's own, and those of the scopes whose governance one keeps."""
        kept = access.scopes_of(person, Permission.MANAGE_GOVERNANCE)
        own = Q(person=person)
        return Q() if kept is None else own | Q(session__scope__in=[one.pk for one in kept])

    def of(self, session: TrainingSession) -> Self:
        """Keep those of a training that was read in scope."""
        return self.filter(session=session)._scoped()


class TrainingPlace(AnnotatedModel):
    """Somebody goes to a training, or waits for a place; `is_here` is None until it is noted."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="rows", verbose_name=_("formation")
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("compte"))
    state = models.CharField(_("état"), max_length=7, choices=as_choices(PLACE_LABELS))
    asked_at = models.DateTimeField(_("demandée le"))
    is_here = models.BooleanField(_("présent"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes de présence"), null=True, blank=True, validators=[MaxValueValidator(LONGEST)]
    )

    objects = TrainingPlaceQuerySet.as_manager()

    personal = ("person", "state", "asked_at", "is_here", "minutes")
    neither = ("id", "session")

    class Meta:
        verbose_name = _("place à une formation")
        verbose_name_plural = _("places aux formations")
        ordering = ("asked_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="one_place_of_a_person_a_training")
        ]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.person_id}"
