"""Agreements between structures: what they say, with whom, from when to when, the signed copy."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.scoping import ScopedQuerySet
from maillage.kernel.sourced_rules import rule
from maillage.project.models.projects import InTerritoryQuerySet
from maillage.project.rules.agreements import AgreementKind, AgreementState, end_of, notice_day, state_of
from maillage.territory import api as territory

AGREEMENT_LABELS = {
    AgreementKind.CARE_HOME: _("CPTS et EHPAD"),
    AgreementKind.HOSPITAL: _("CPTS et hôpital"),
    AgreementKind.PHARMACY: _("CPTS et pharmacie"),
    AgreementKind.PREMISES: _("Locaux d’une commune"),
    AgreementKind.DATA: _("Partage de données"),
    AgreementKind.OTHER: _("Autre convention"),
}
AGREEMENT_STATE_LABELS = {
    AgreementState.DRAFT: _("à signer"),
    AgreementState.TO_COME: _("signée, à venir"),
    AgreementState.IN_FORCE: _("en vigueur"),
    AgreementState.ENDS_SOON: _("finit bientôt"),
    AgreementState.EXPIRED: _("échue"),
    AgreementState.ENDED: _("résiliée"),
}
AHEAD_RULE = "project.agreements.ahead"


class AgreementQuerySet(InTerritoryQuerySet["Agreement"]):
    """Agreements, read as the project of their territory is."""


class Agreement(Authored, Keyed):
    """An agreement of a territory, without an end where `ends_on` is None.

    A tacit one goes on by `renewal_months`. From `remind_on` on, it waits for a decision.
    """

    territory = models.ForeignKey(
        territory.Territory, on_delete=models.PROTECT, related_name="+", verbose_name=_("territoire")
    )
    kind = models.CharField(_("nature"), max_length=24, choices=as_choices(AGREEMENT_LABELS))
    title = models.CharField(_("titre"), max_length=160)
    text = models.TextField(_("texte"), max_length=12000)
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"), null=True, blank=True)
    is_tacit = models.BooleanField(_("tacite reconduction"), default=False)
    renewal_months = models.PositiveSmallIntegerField(_("reconduite pour, en mois"), default=12)
    notice_days = models.PositiveSmallIntegerField(_("préavis, en jours"), default=0)
    signed_on = models.DateField(_("signée le"), null=True, blank=True)
    ended_on = models.DateField(_("résiliée le"), null=True, blank=True)
    reason = models.CharField(_("motif de la fin"), max_length=300, blank=True)
    remind_on = models.DateField(_("rappelée le"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = AgreementQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "territory", "kind", "title", "text", "starts_on", "ends_on", "is_tacit",
        "renewal_months", "notice_days", "signed_on", "ended_on", "reason", "remind_on", "version",
    )  # fmt: skip

    class Meta:
        verbose_name = _("convention")
        verbose_name_plural = _("conventions")
        ordering = ("ends_on", "id")
        constraints = [
            *made_once("agreement", "by"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="agreement_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def end(self, today: date) -> date | None:
        """Return the end that runs on a day."""
        return end_of(self.ends_on, is_tacit=self.is_tacit, months=self.renewal_months, today=today)

    def decide_by(self, today: date) -> date | None:
        """Return the last day to give notice."""
        return notice_day(self.end(today), self.notice_days)

    def state_on(self, today: date) -> AgreementState:
        """Return where it stands on a day."""
        return state_of(
            signed_on=self.signed_on,
            starts_on=self.starts_on,
            ends_on=self.end(today),
            ended_on=self.ended_on,
            notice_days=self.notice_days,
            ahead_days=rule(AHEAD_RULE).value,
            today=today,
        )


class OfAgreementQuerySet(ScopedQuerySet["AgreementParty"]):
    """Parties of agreements."""

    scope_path = "agreement__territory__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the agreements that one may read."""
        return models.Q(agreement__in=Agreement.objects.for_person(person).order_by().values("pk"))

    def of(self, *agreements: Agreement) -> OfAgreementQuerySet:
        """Keep those of agreements that were read in scope."""
        return self.filter(agreement__in=agreements)._scoped()


class AgreementParty(Authored):
    """Who signs: a structure of the directory, or a name."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", verbose_name=_("convention")
    )
    structure = models.ForeignKey(
        directory.Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("structure"),
    )
    name = models.CharField(_("nom"), max_length=160, blank=True)

    objects = OfAgreementQuerySet.as_manager()

    personal = ("by", "at", "name")
    neither = ("id", "agreement", "structure")

    class Meta:
        verbose_name = _("partie à une convention")
        verbose_name_plural = _("parties aux conventions")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(structure=None) & ~models.Q(name="")
                | models.Q(structure__isnull=False, name=""),
                name="agreement_party_is_a_structure_or_a_name",
            )
        ]

    def __str__(self) -> str:
        return str(self.structure.name if self.structure is not None else self.name)


class AgreementFileQuerySet(ScopedQuerySet["AgreementFile"]):
    """Signed copies, read as their agreement is."""

    scope_path = "agreement__territory__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the agreements that one may read."""
        return models.Q(agreement__in=Agreement.objects.for_person(person).order_by().values("pk"))

    def of(self, agreement: Agreement) -> AgreementFileQuerySet:
        """Keep those of an agreement that was read in scope."""
        return self.filter(agreement=agreement)._scoped()


class AgreementFile(exchange.StoredFile):
    """The signed copy of an agreement."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", verbose_name=_("convention")
    )

    objects = AgreementFileQuerySet.as_manager()

    personal = ("name", "content")
    neither = ("id", "agreement", "position", "kind", "size", "width", "height")

    class Meta:
        verbose_name = _("exemplaire signé d’une convention")
        verbose_name_plural = _("exemplaires signés des conventions")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.agreement_id} · {self.position}"
