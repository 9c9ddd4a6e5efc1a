"""Bodies of a territory: what each decides and by which rules, its colleges, who sits in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.governance.rules.vocabulary import KEEPERS, BodyKind, CollegeKind, Office
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import Row, ScopedQuerySet

BODY_LABELS = {
    BodyKind.ASSEMBLY: _("Assemblée générale"),
    BodyKind.BOARD: _("Conseil d’administration"),
    BodyKind.OFFICE: _("Bureau"),
    BodyKind.STEERING: _("Comité de pilotage"),
    BodyKind.WORKING: _("Groupe de travail"),
}
COLLEGE_LABELS = {
    CollegeKind.PROFESSIONALS: _("Professionnels de santé"),
    CollegeKind.STRUCTURES: _("Structures"),
    CollegeKind.USERS: _("Usagers"),
    CollegeKind.ELECTED: _("Élus locaux"),
    CollegeKind.SOCIAL: _("Social et médico-social"),
    CollegeKind.QUALIFIED: _("Personnes qualifiées"),
}
OFFICE_LABELS = {
    Office.MEMBER: _("membre"),
    Office.PRESIDENT: _("présidence"),
    Office.VICE_PRESIDENT: _("vice-présidence"),
    Office.SECRETARY: _("secrétariat"),
    Office.TREASURER: _("trésorerie"),
}


def in_force(day: date, prefix: str = "") -> Q:
    """Return the condition « this seat is held on `day` »."""
    return (
        Q(**{f"{prefix}since__lte": day})
        & (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gte": day}))
        & (Q(**{f"{prefix}left_on": None}) | Q(**{f"{prefix}left_on__gt": day}))
    )


def seen_by(person: Person) -> Q:
    """Return the condition on bodies « `person` follows them »: by their role in the scope, or by a seat."""
    followed = access.scopes_of(person, Permission.VIEW_GOVERNANCE)
    if followed is None:
        return Q()
    sat = access.scopes_of(person, Permission.SIT_IN_BODIES)
    held = BodySeat._base_manager.filter(in_force(timezone.localdate()), person=person)
    by_seat = Q(pk__in=held.order_by().values("body"))
    if sat is not None:
        by_seat &= Q(scope__in=[one.pk for one in sat])
    return Q(scope__in=[one.pk for one in followed]) | by_seat


class BodyQuerySet(ScopedQuerySet["Body"]):
    """Bodies, read by who follows the governance of the scope, or sits in them."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> Q:
        """Those that one follows or sits in."""
        return seen_by(person)

    def with_key(self, key: str, by: Person) -> Self:
        """Keep what the same write of the same person made."""
        return self.filter(key=key, by=by)._scoped()


class Ruled(AnnotatedModel):
    """The rules of a body, or those that a meeting was called by: they stay its own when the body changes."""

    quorum_percent = models.PositiveSmallIntegerField(
        _("quorum, en part des voix"), validators=[MaxValueValidator(100)]
    )
    quorum_by_college = models.BooleanField(_("quorum demandé dans chaque collège"), default=False)
    second_without_quorum = models.BooleanField(_("seconde convocation sans quorum"), default=False)
    notice_days = models.PositiveSmallIntegerField(
        _("jours de convocation"), validators=[MaxValueValidator(90)]
    )
    most_proxies = models.PositiveSmallIntegerField(
        _("pouvoirs par personne"), validators=[MaxValueValidator(20)]
    )

    class Meta:
        abstract = True


class Body(Ruled, Authored, Keyed):
    """A body of a territory, and its rules: quorum, notice, proxies, what a second convening allows.

    `pays_time`: the time that its members give is indemnified. `version` counts the changes of its rules.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    kind = models.CharField(_("nature"), max_length=9, choices=as_choices(BODY_LABELS))
    name = models.CharField(_("nom"), max_length=120)
    purpose = models.TextField(_("à quoi elle sert"), max_length=2000)
    pays_time = models.BooleanField(_("temps indemnisé"), default=False)
    closed_on = models.DateField(_("ne se réunit plus depuis le"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = BodyQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "scope", "kind", "name", "purpose", "quorum_percent", "quorum_by_college",
        "second_without_quorum", "notice_days", "most_proxies", "pays_time", "closed_on", "version",
        "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("instance")
        verbose_name_plural = _("instances")
        ordering = ("kind", "name", "id")
        constraints = [
            *made_once("body", "by"),
            models.UniqueConstraint(fields=["scope", "name"], name="one_body_of_a_name"),
            models.CheckConstraint(condition=Q(quorum_percent__lte=100), name="a_quorum_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.name


class OfBodyQuerySet(ScopedQuerySet[Row]):
    """Rows of a body, read as the body is."""

    body_path = "body"

    def inside(self, scopes: Iterable[Scope]) -> Q:
        """Those of the bodies of some scopes."""
        return Q(**{f"{self.body_path}__scope__in": list(scopes)})

    def visible_to(self, person: Person) -> Q:
        """Those of the bodies that one follows or sits in."""
        bodies = Body._base_manager.filter(seen_by(person)).order_by().values("pk")
        return Q(**{f"{self.body_path}__in": bodies})

    def of(self, body: Body) -> Self:
        """Keep the rows of a body that was read in scope."""
        return self.filter(**{self.body_path: body})._scoped()


class CollegeQuerySet(OfBodyQuerySet["College"]):
    """Colleges of bodies."""


class College(Authored):
    """A part of a body whose members come from the same side: professionals, users, elected officials."""

    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="colleges", verbose_name=_("instance")
    )
    kind = models.CharField(_("nature"), max_length=13, choices=as_choices(COLLEGE_LABELS))
    name = models.CharField(_("nom"), max_length=120)
    places = models.PositiveSmallIntegerField(
        _("sièges prévus"), validators=[MinValueValidator(1), MaxValueValidator(500)]
    )

    objects = CollegeQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "body", "kind", "name", "places")

    class Meta:
        verbose_name = _("collège")
        verbose_name_plural = _("collèges")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["body", "name"], name="one_college_of_a_name_a_body")]

    def __str__(self) -> str:
        return self.name


class BodySeatQuerySet(OfBodyQuerySet["BodySeat"]):
    """Seats of bodies."""

    def held_on(self, day: date) -> Self:
        """Keep those that are held on a day."""
        return self.filter(in_force(day))

    def held_between(self, first: date, last: date | None) -> Self:
        """Keep those that are held on a day at least between two, `last` None: without end."""
        rows = self.filter(Q(until=None) | Q(until__gte=first), Q(left_on=None) | Q(left_on__gt=first))
        return rows if last is None else rows.filter(since__lte=last)


class BodySeat(Authored, Keyed):
    """Somebody sits in a college of a body, from a day to the end of their term, or until they left.

    An account, or a name where there is none: nobody without an account votes here. `deputises` is the
    member whom they replace: a deputy has a voice only while that member is not there.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats", verbose_name=_("instance"))
    college = models.ForeignKey(
        College, on_delete=models.PROTECT, related_name="seats", verbose_name=_("collège")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("compte")
    )
    name = models.CharField(_("nom"), max_length=120, blank=True)
    stands_for = models.CharField(_("au titre de"), max_length=160, blank=True)
    office = models.CharField(
        _("fonction"), max_length=14, choices=as_choices(OFFICE_LABELS), default=Office.MEMBER.value
    )
    deputises = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name=_("supplée"),
    )
    since = models.DateField(_("depuis le"))
    until = models.DateField(_("fin du mandat"), null=True, blank=True)
    left_on = models.DateField(_("a quitté le"), null=True, blank=True)

    objects = BodySeatQuerySet.as_manager()

    personal = ("by", "at", "person", "name", "stands_for", "since", "until", "left_on")
    neither = ("id", "key", "body", "college", "office", "deputises")

    class Meta:
        verbose_name = _("siège")
        verbose_name_plural = _("sièges")
        ordering = ("id",)
        constraints = [
            *made_once("body_seat", "by"),
            models.CheckConstraint(condition=Q(person=None) ^ Q(name=""), name="a_seat_is_of_somebody"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="a_term_ends_after_it_starts"
            ),
        ]
        indexes = [models.Index(fields=["person"], name="seats_of_a_person")]

    def __str__(self) -> str:
        return self.holder

    @property
    def holder(self) -> str:
        """The name of who sits there."""
        return str(self.person) if self.person is not None else self.name

    @property
    def keeps(self) -> bool:
        """Whether they keep the meetings of their body."""
        return Office(self.office) in KEEPERS

    def is_held_on(self, day: date) -> bool:
        """Return whether somebody sits there on a day."""
        return (
            self.since <= day
            and (self.until is None or self.until >= day)
            and (self.left_on is None or self.left_on > day)
        )
