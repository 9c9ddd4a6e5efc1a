"""The scopes people act in, and the dated roles they hold there."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models.person import Person
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Role


class Scope(AnnotatedModel):
    """Where a role holds: a territory, a structure, or the whole installation.

    Contexts above the kernel point to it (one to one), so that the kernel knows none of them.
    """

    kind = models.CharField(_("nature"), max_length=20)
    label = models.CharField(_("nom"), max_length=200)
    time_zone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")

    neither = ("id", "kind", "label", "time_zone")

    class Meta:
        verbose_name = _("périmètre")
        verbose_name_plural = _("périmètres")

    def __str__(self) -> str:
        return self.label

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its wall clock."""
        return ZoneInfo(self.time_zone)


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def in_force(self, on: date) -> RoleAssignmentQuerySet:
        """Keep the roles that hold on the date `on` (both ends included) and were not withdrawn."""
        open_ended_or_later = models.Q(ends_on=None) | models.Q(ends_on__gte=on)
        return self.filter(open_ended_or_later, starts_on__lte=on, withdrawn_at=None)


class RoleAssignment(AnnotatedModel):
    """A person holds a role in a scope, between two dates, or until it is withdrawn (at once)."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="roles", verbose_name=_("personne")
    )
    role = models.CharField(_("rôle"), max_length=20, choices=[(role.value, role.value) for role in Role])
    scope = models.ForeignKey(
        Scope,
        on_delete=models.PROTECT,
        related_name="roles",
        verbose_name=_("périmètre"),
        null=True,
        blank=True,
        help_text=_("Vide : toute l’installation."),
    )
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"), null=True, blank=True)

    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    personal = ("person", "role", "scope", "starts_on", "ends_on", "withdrawn_at")
    neither = ("id",)

    class Meta:
        verbose_name = _("rôle")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="role_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.role}"

    @property
    def is_in_force(self) -> bool:
        """Whether the role holds today."""
        return self.holds_on(timezone.localdate())

    def holds_on(self, day: date) -> bool:
        """Return whether the role holds on `day`, both ends included, and was not withdrawn."""
        ended = self.ends_on is not None and self.ends_on < day
        return self.withdrawn_at is None and self.starts_on <= day and not ended
