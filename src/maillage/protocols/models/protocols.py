"""Protocols, their versions, and who signed up to them."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.rules import Permission
from maillage.protocols.rules.criteria import Criterion, CriterionKind
from maillage.protocols.rules.protocols import (
    EvidenceLevel,
    ProtocolKind,
    Side,
    VersionState,
    holds,
    is_due,
)

KIND_LABELS = {
    ProtocolKind.COOPERATION: _("Protocole de coopération national"),
    ProtocolKind.LOCAL: _("Protocole local"),
    ProtocolKind.IPA: _("Protocole d’organisation (IPA)"),
}
SIDE_LABELS = {Side.DELEGATING: _("délégant"), Side.DELEGATED: _("délégué")}
LEVEL_LABELS = {
    EvidenceLevel.A: _("grade A, preuve scientifique établie"),
    EvidenceLevel.B: _("grade B, présomption scientifique"),
    EvidenceLevel.C: _("grade C, faible niveau de preuve"),
    EvidenceLevel.EXPERT: _("accord d’experts"),
    EvidenceLevel.NONE: _("niveau non établi"),
}
VERSION_LABELS = {
    VersionState.DRAFT: _("brouillon"),
    VersionState.IN_USE: _("en usage"),
    VersionState.WITHDRAWN: _("retirée"),
}


class ProtocolQuerySet(models.QuerySet["Protocol"]):
    def seen_by(self, person: Person) -> ProtocolQuerySet:
        """Keep the protocols of the scopes where `person` works."""
        scopes = access.scopes_of(person, Permission.VIEW_PROTOCOLS)
        return self.all() if scopes is None else self.filter(scope__in=scopes)


class Protocol(Authored, Keyed):
    """What some professionals may do instead of others, in a scope; its text is that of its versions.

    `national_code` names one of the national protocols for unscheduled care (rule `orientation.protocols`),
    whose age, sex and facts that exclude stay written there and nowhere else.
    """

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="protocols", verbose_name=_("périmètre")
    )
    kind = models.CharField(_("nature"), max_length=12, choices=as_choices(KIND_LABELS))
    title = models.CharField(_("titre"), max_length=160)
    national_code = models.CharField(_("code national"), max_length=8, blank=True)

    objects = ProtocolQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "scope", "key", "kind", "title", "national_code")

    class Meta:
        verbose_name = _("protocole")
        verbose_name_plural = _("protocoles")
        ordering = ("title", "id")
        constraints = [
            *made_once("protocol", "by"),
            models.UniqueConstraint(
                fields=["scope", "national_code"],
                condition=~models.Q(national_code=""),
                name="national_protocol_once_in_a_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="cooperation") ^ models.Q(national_code=""),
                name="national_protocol_has_its_code",
            ),
        ]

    def __str__(self) -> str:
        return self.title


def _text(label: object) -> models.TextField[str, str]:
    return models.TextField(label, blank=True, max_length=4000)  # type: ignore[arg-type]  # a lazy label


class Version(Authored, Keyed):
    """One text of a protocol. Published it is never changed: another is written, and withdraws it.

    `acts`, `inclusion`, `exclusion` and `stop` are lists of sentences; a criterion is a question that yes or
    no answers. `returns` says when the person goes back to the physician. `patients` and `exchanges` are
    what the organisation protocol of an advanced practice nurse adds (R. 4301-4 CSP).
    """

    protocol = models.ForeignKey(
        Protocol, on_delete=models.PROTECT, related_name="versions", verbose_name=_("protocole")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    authors = models.CharField(_("auteurs"), max_length=300)
    aims = _text(_("objectifs"))
    acts = models.JSONField(_("actes délégués"), default=list)
    patients = _text(_("quels patients"))
    inclusion = models.JSONField(_("critères d’inclusion"), default=list)
    exclusion = models.JSONField(_("critères d’exclusion"), default=list)
    stop = models.JSONField(_("critères d’arrêt"), default=list)
    returns = _text(_("quand le patient revient au médecin"))
    exchanges = _text(_("échanges et réunions avec le médecin"))
    information = _text(_("ce qui est dit au patient"))
    training = _text(_("formation demandée"))
    reference = models.CharField(_("référence"), max_length=300, blank=True)
    level = models.CharField(
        _("niveau de preuve"),
        max_length=6,
        choices=as_choices(LEVEL_LABELS),
        default=EvidenceLevel.NONE.value,
    )
    reference_on = models.DateField(_("date de la référence"), null=True, blank=True)
    review_on = models.DateField(_("à revoir le"))
    published_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("mise en usage par"),
    )
    published_at = models.DateTimeField(_("mise en usage le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retirée par"),
    )
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    withdrawn_because = models.CharField(_("raison du retrait"), max_length=300, blank=True)

    personal = (
        "by", "at", "authors", "published_by", "published_at", "withdrawn_by", "withdrawn_at",
        "withdrawn_because",
    )  # fmt: skip
    neither = (
        "id", "key", "protocol", "number", "aims", "acts", "patients", "inclusion", "exclusion", "stop",
        "returns", "exchanges", "information", "training", "reference", "level", "reference_on", "review_on",
    )  # fmt: skip

    class Meta:
        verbose_name = _("version de protocole")
        verbose_name_plural = _("versions de protocole")
        ordering = ("-number",)
        constraints = [
            *made_once("protocol_version", "by"),
            models.UniqueConstraint(fields=["protocol", "number"], name="version_numbered_once"),
            models.UniqueConstraint(
                fields=["protocol"],
                condition=models.Q(published_at__isnull=False, withdrawn_at=None),
                name="one_protocol_version_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protocol_id} · {self.number}"

    @property
    def state(self) -> VersionState:
        """Where it stands."""
        if self.withdrawn_at is not None:
            return VersionState.WITHDRAWN
        return VersionState.DRAFT if self.published_at is None else VersionState.IN_USE

    @property
    def state_label(self) -> str:
        """The words of where it stands."""
        return str(VERSION_LABELS[self.state])

    @property
    def is_in_use(self) -> bool:
        """Whether acts are done by it."""
        return self.state is VersionState.IN_USE

    def is_review_due(self, today: date) -> bool:
        """Whether it should have been reviewed before `today`."""
        return is_due(self.review_on, today)

    @property
    def own_criteria(self) -> list[Criterion]:
        """The questions that its authors wrote; the key is the place in the list, which never changes."""
        lists = (
            (CriterionKind.STOP, self.stop),
            (CriterionKind.INCLUSION, self.inclusion),
            (CriterionKind.EXCLUSION, self.exclusion),
        )
        return [
            Criterion(f"{kind.value}_{place}", kind, text)
            for kind, texts in lists
            for place, text in enumerate(texts, start=1)
        ]


class SignUp(Authored, Keyed):
    """A professional who signed up to a protocol, on one of its sides; `by` recorded it.

    `until`: the last day it holds, none where nobody said. `trained_on`: when a delegated professional was
    trained. Ended, the row stays; signed again, it is another row.
    """

    protocol = models.ForeignKey(
        Protocol, on_delete=models.PROTECT, related_name="sign_ups", verbose_name=_("protocole")
    )
    professional = models.ForeignKey(
        directory.Professional, on_delete=models.PROTECT, related_name="+", verbose_name=_("professionnel")
    )
    side = models.CharField(_("côté"), max_length=10, choices=as_choices(SIDE_LABELS))
    signed_on = models.DateField(_("signé le"))
    trained_on = models.DateField(_("formé le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    ended_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retiré par"),
    )
    ended_on = models.DateField(_("retiré le"), null=True, blank=True)
    ended_because = models.CharField(_("raison du retrait"), max_length=300, blank=True)

    personal = (
        "by", "at", "professional", "side", "signed_on", "trained_on", "until", "ended_by", "ended_on",
        "ended_because",
    )  # fmt: skip
    neither = ("id", "key", "protocol")

    class Meta:
        verbose_name = _("adhésion à un protocole")
        verbose_name_plural = _("adhésions à un protocole")
        ordering = ("side", "signed_on", "id")
        constraints = [
            *made_once("protocol_sign_up", "by"),
            models.UniqueConstraint(
                fields=["protocol", "professional", "side"],
                condition=models.Q(ended_on=None),
                name="signed_up_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(side="delegating") | models.Q(trained_on__isnull=False),
                name="delegated_was_trained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.side}"

    def holds_on(self, day: date) -> bool:
        """Whether it lets its professional act on a day."""
        return holds(signed_on=self.signed_on, until=self.until, ended_on=self.ended_on, day=day)
