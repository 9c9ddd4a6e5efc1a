"""A campaign, whom it has invited, each invitation and each answer."""

from __future__ import annotations

import hashlib
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.people import api as people
from maillage.prevention.rules.vocabulary import Did, Standing

DID_LABELS = {
    Did.LETTER: _("lettre"),
    Did.MESSAGE: _("message demandé"),
    Did.NO_ANSWER: _("appel sans réponse"),
    Did.WRONG_NUMBER: _("mauvais numéro"),
    Did.LATER: _("à rappeler"),
    Did.WILL_COME: _("viendra"),
    Did.REFUSED: _("refus"),
    Did.BACK: _("change d’avis, veut être invité"),
}
STANDING_LABELS = {
    Standing.TO_INVITE: _("à inviter"),
    Standing.INVITED: _("invité"),
    Standing.COMING: _("viendra"),
    Standing.REFUSED: _("a refusé"),
    Standing.SILENT: _("sans réponse, laissé en paix"),
    Standing.UNREACHABLE: _("numéro faux"),
}


def digest(*values: object) -> str:
    """Return a short text that changes with any of `values`."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


class InScopeQuerySet(ScopedQuerySet[Row]):
    """Rows of a scope that name no patient, read by those who may read prevention there."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> Q:
        """Those of the scopes where one may read prevention."""
        scopes = access.scopes_of(person, Permission.VIEW_PREVENTION)
        return Q() if scopes is None else Q(**{f"{self.scope_path}__in": [one.pk for one in scopes]})


class OfHealthOfQuerySet(ScopedQuerySet[Row]):
    """Rows about patients, for who reads the health part of their file by the circle."""

    scope_path = "patient__scope"
    patient_path = "patient"

    def visible_to(self, person: Person) -> Q:
        """Those of the patients whose health part the circle opens."""
        return people.readable(person, people.Part.HEALTH, prefix=f"{self.patient_path}__")


class CampaignQuerySet(InScopeQuerySet["Campaign"]):
    """Campaigns, read by those who may read prevention in their scope."""

    def open(self) -> Self:
        """Keep those that nobody closed."""
        return self.filter(closed_at=None)


class Campaign(Authored, Keyed):
    """An act offered to those concerned in a territory, or in one practice, between two days.

    `target` is the last part of the key of a rule `prevention.targets.…`. `goal` is a percentage of those
    concerned. `caller` is in whose name letters and messages ask to call back.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    target = models.CharField(_("acte"), max_length=40)
    title = models.CharField(_("titre"), max_length=120)
    practice = models.ForeignKey(
        directory.Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cabinet"),
    )
    caller = models.ForeignKey(
        directory.Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("au nom de qui on invite"),
    )
    first_day = models.DateField(_("premier jour"))
    last_day = models.DateField(_("dernier jour"))
    goal = models.PositiveSmallIntegerField(_("objectif, en %"))
    closed_at = models.DateTimeField(_("close le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("close par")
    )
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = CampaignQuerySet.as_manager()

    personal = ("by", "at", "caller", "closed_by")
    neither = (
        "id", "key", "scope", "target", "title", "practice", "first_day", "last_day", "goal", "closed_at",
        "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("campagne de prévention")
        verbose_name_plural = _("campagnes de prévention")
        ordering = ("-first_day", "-id")
        constraints = (
            *made_once("campaign", "by"),
            models.CheckConstraint(
                condition=Q(last_day__gt=F("first_day")), name="a_campaign_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(goal__gte=1, goal__lte=100), name="a_campaign_aims_at_a_percentage"
            ),
        )
        indexes = (models.Index(fields=["scope", "closed_at"], name="campaigns_of_a_scope"),)

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether nobody closed it."""
        return self.closed_at is None


class InviteeQuerySet(OfHealthOfQuerySet["Invitee"]):
    """People whom a campaign has asked, read for a person or inside a scope."""

    def of(self, campaign: Campaign) -> Self:
        """Keep those of a campaign that was read in scope."""
        return self.filter(campaign=campaign)._scoped()


class Invitee(Authored):
    """Where somebody stands in a campaign, from their first invitation or answer on.

    `asked` counts the invitations without an answer; `again_on` is the day from which to ask again, empty
    where nobody asks any more.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="invitees", verbose_name=_("campagne")
    )
    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="+", verbose_name=_("patient")
    )
    standing = models.CharField(_("où elle en est"), max_length=11, choices=as_choices(STANDING_LABELS))
    asked = models.PositiveSmallIntegerField(_("invitations"), default=0)
    again_on = models.DateField(_("à redemander le"), null=True, blank=True)

    objects = InviteeQuerySet.as_manager()

    personal = ("campaign", "patient", "by", "at", "asked", "again_on")
    health = ("standing",)
    neither = ("id",)

    class Meta:
        verbose_name = _("personne invitée")
        verbose_name_plural = _("personnes invitées")
        ordering = ("again_on", "id")
        constraints = (
            models.UniqueConstraint(fields=["campaign", "patient"], name="invited_once_by_a_campaign"),
        )
        indexes = (
            models.Index(fields=["campaign", "standing", "again_on"], name="people_to_invite_again"),
            models.Index(fields=["patient"], name="campaigns_of_a_patient"),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id} · {self.patient_id}"


class LetterRunQuerySet(InScopeQuerySet["LetterRun"]):
    """Runs of letters, read with their campaign; the letters are drawn for who prepared them alone."""

    scope_path = "campaign__scope"

    def of(self, campaign: Campaign) -> Self:
        """Keep those of a campaign that was read in scope."""
        return self.filter(campaign=campaign)._scoped()


class LetterRun(Authored, Keyed):
    """Letters prepared together: they count as sent from the day that somebody says they were posted."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="letter_runs", verbose_name=_("campagne")
    )
    posted_on = models.DateField(_("postées le"), null=True, blank=True)
    posted_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("postées par"),
    )

    objects = LetterRunQuerySet.as_manager()

    personal = ("by", "at", "posted_by")
    neither = ("id", "key", "campaign", "posted_on")

    class Meta:
        verbose_name = _("lettres d’une campagne")
        verbose_name_plural = _("lettres de campagnes")
        ordering = ("-at", "-id")
        constraints = made_once("letter_run", "by")

    def __str__(self) -> str:
        return f"{self.campaign_id} · {self.pk}"


class RunLetterQuerySet(OfHealthOfQuerySet["RunLetter"]):
    """Letters, read for a person or inside a scope."""

    def of(self, run: LetterRun) -> Self:
        """Keep those of a run that was read in scope."""
        return self.filter(run=run)._scoped()


class RunLetter(AnnotatedModel):
    """Somebody to whom a letter was prepared."""

    run = models.ForeignKey(
        LetterRun, on_delete=models.PROTECT, related_name="letters", verbose_name=_("lettres")
    )
    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="+", verbose_name=_("patient")
    )

    objects = RunLetterQuerySet.as_manager()

    personal = ("patient",)
    health = ("run",)
    neither = ("id",)

    class Meta:
        verbose_name = _("lettre d’invitation")
        verbose_name_plural = _("lettres d’invitation")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["run", "patient"], name="one_letter_a_run"),)

    def __str__(self) -> str:
        return f"{self.run_id} · {self.patient_id}"


class InviteeStepQuerySet(OfHealthOfQuerySet["InviteeStep"]):
    """Invitations and answers, read for a person or inside a scope."""

    scope_path = "invitee__patient__scope"
    patient_path = "invitee__patient"

    def of(self, invitee: Invitee) -> Self:
        """Keep those of somebody who was read in scope."""
        return self.filter(invitee=invitee)._scoped()


class InviteeStep(Authored, Keyed):
    """One invitation, or one answer: none changes."""

    invitee = models.ForeignKey(
        Invitee, on_delete=models.PROTECT, related_name="steps", verbose_name=_("personne invitée")
    )
    did = models.CharField(_("ce qui est fait"), max_length=12, choices=as_choices(DID_LABELS))
    until = models.DateField(_("à rappeler le"), null=True, blank=True)
    words = models.CharField(_("ce qui est dit"), max_length=300, blank=True)

    objects = InviteeStepQuerySet.as_manager()

    personal = ("invitee", "by", "at", "until")
    health = ("did", "words")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("invitation")
        ordering = ("at", "id")
        constraints = made_once("invitee_step", "by")

    def __str__(self) -> str:
        return f"{self.invitee_id} · {self.did}"
