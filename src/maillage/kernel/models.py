"""People who sign in, the scopes they act in, and their dated roles."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Role


class PersonManager(BaseUserManager["Person"]):
    """Creates people with a usable or an unusable password."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> Person:
        person = self.model(email=self.normalize_email(email), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, AnnotatedModel):
    """Somebody with an account."""

    email = models.EmailField("adresse électronique", unique=True)
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    is_active = models.BooleanField("actif", default=True)
    is_demonstration = models.BooleanField("compte de démonstration", default=False)
    created_at = models.DateTimeField("créé le", default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[PersonManager] = PersonManager()

    personal = ("email", "first_name", "last_name", "last_login", "password")
    neither = ("id", "is_active", "is_demonstration", "created_at")

    class Meta:
        verbose_name = "personne"
        verbose_name_plural = "personnes"

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class Scope(AnnotatedModel):
    """Where a role holds: a territory, a structure, or the whole installation.

    Contexts above the kernel point to it (one to one), so that the kernel knows none of them.
    """

    kind = models.CharField("nature", max_length=20)
    label = models.CharField("nom", max_length=200)

    neither = ("id", "kind", "label")

    class Meta:
        verbose_name = "périmètre"
        verbose_name_plural = "périmètres"

    def __str__(self) -> str:
        return self.label


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def in_force(self, on: Any) -> RoleAssignmentQuerySet:
        """Keep the roles that hold on the date `on` (both ends included)."""
        return self.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=on), starts_on__lte=on)


class RoleAssignment(AnnotatedModel):
    """A person holds a role in a scope, between two dates."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles", verbose_name="personne")
    role = models.CharField("rôle", max_length=20, choices=[(role.value, role.value) for role in Role])
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="roles", verbose_name="périmètre",
                              null=True, blank=True, help_text="Vide : toute l’installation.")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    personal = ("person", "role", "scope", "starts_on", "ends_on")
    neither = ("id",)

    class Meta:
        verbose_name = "rôle"
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                                   name="role_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.role}"
