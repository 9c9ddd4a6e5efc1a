"""People who sign in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.names import search_key
from maillage.kernel.privacy import AnnotatedModel

#: The end of an address that receives nothing (RFC 2606): of who has an account and no e-mail.
NO_MAILBOX = ".invalid"


class PersonManager(BaseUserManager["Person"]):
    """Creates people with a usable or an unusable password."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> Person:
        person = self.model(email=email.strip().lower(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, AnnotatedModel):
    """Somebody with an account."""

    email = models.EmailField(_("adresse électronique"), unique=True)
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    last_name = models.CharField(_("nom"), max_length=80, blank=True)
    search_name = models.TextField(_("nom de recherche"), editable=False, default="")
    is_active = models.BooleanField(_("actif"), default=True)
    is_demonstration = models.BooleanField(_("compte de démonstration"), default=False)
    created_at = models.DateTimeField(_("créé le"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[PersonManager] = PersonManager()

    personal = ("email", "first_name", "last_name", "search_name", "last_login", "password")
    neither = ("id", "is_active", "is_demonstration", "created_at")

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")

    def __str__(self) -> str:
        return self.get_full_name()

    @property
    def has_mailbox(self) -> bool:
        """Whether mail may reach them: an account opened by a code may have no address of their own."""
        return bool(self.email) and not self.email.endswith(NO_MAILBOX)

    def save(self, **options: Any) -> None:
        """Keep with the names what they are found by."""
        self.search_name = search_key(self.last_name, self.first_name)
        named = {"last_name", "first_name"} & set(options.get("update_fields") or ())
        if named:
            options["update_fields"] = {*options["update_fields"], "search_name"}
        super().save(**options)

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email
