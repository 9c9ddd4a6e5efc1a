"""Time given and what it is paid: decided rates, lines validated, statements of professionals."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.funding.models.ledger import Operation
from maillage.funding.models.shapes import (
    MISSION_LABELS,
    STATEMENT_LABELS,
    TIME_LABELS,
    UNIT_LABELS,
    FundingQuerySet,
    PayQuerySet,
)
from maillage.funding.rules.vocabulary import StatementState
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel

MOST_MINUTES = 24 * 60


class RateDecisionQuerySet(FundingQuerySet["RateDecision"]):
    """Rates decided by a territory."""


class RateDecision(Keyed, Authored):
    """How much a kind of time is paid from a day on, by decision; rows are added, the last of a day stands.

    `profession` empty: every profession without a rate of its own.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    time = models.CharField(_("temps"), max_length=8, choices=as_choices(TIME_LABELS))
    profession = models.CharField(_("profession (TRE_G15)"), max_length=3, blank=True, default="")
    unit = models.CharField(_("par"), max_length=8, choices=as_choices(UNIT_LABELS))
    cents = models.BigIntegerField(_("montant en centimes"), validators=[MinValueValidator(1)])
    valid_from = models.DateField(_("à partir du"))
    decision = models.CharField(_("décision"), max_length=200)

    objects = RateDecisionQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "scope", "time", "profession", "unit", "cents", "valid_from", "decision")

    class Meta:
        verbose_name = _("barème d’indemnité")
        verbose_name_plural = _("barèmes d’indemnités")
        ordering = ("time", "profession", "-valid_from", "-id")
        constraints = made_once("funding_rate", "by")

    def __str__(self) -> str:
        return f"{self.get_time_display()} · {self.valid_from:%Y-%m-%d}"


class CeilingDecisionQuerySet(FundingQuerySet["CeilingDecision"]):
    """Ceilings of years typed by territories."""


class CeilingDecision(Keyed, Authored):
    """The ceiling of a year, typed from a document where no sourced rule has it; the last one stands."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    year = models.PositiveSmallIntegerField(_("année"))
    cents = models.BigIntegerField(_("montant en centimes"), validators=[MinValueValidator(1)])
    document = models.CharField(_("document"), max_length=200)

    objects = CeilingDecisionQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "scope", "year", "cents", "document")

    class Meta:
        verbose_name = _("plafond d’une année")
        verbose_name_plural = _("plafonds des années")
        ordering = ("-year", "-id")
        constraints = made_once("funding_ceiling", "by")

    def __str__(self) -> str:
        return f"{self.year}"


class TimeGivenQuerySet(PayQuerySet["TimeGiven"]):
    """Time noted by hand."""


class TimeGiven(directory.NamesOne, Keyed, Authored):
    """Time that no other part of the program keeps (a training, a mission), noted from a document."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    time = models.CharField(_("temps"), max_length=8, choices=as_choices(TIME_LABELS))
    mission = models.CharField(_("mission"), max_length=2, choices=as_choices(MISSION_LABELS))
    day = models.DateField(_("jour"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )
    label = models.CharField(_("libellé"), max_length=120)
    document = models.CharField(_("document"), max_length=200)

    objects = TimeGivenQuerySet.as_manager()

    personal = ("professional", "person", "day", "minutes", "label", "document", "by", "at")
    neither = ("id", "key", "scope", "time", "mission")

    class Meta:
        verbose_name = _("temps noté")
        verbose_name_plural = _("temps notés")
        ordering = ("day", "id")
        constraints = [*made_once("funding_time", "by"), directory.names_one("funding_time_names_one")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} · {self.pk}"


class IndemnityQuerySet(PayQuerySet["Indemnity"]):
    """Indemnities, read by who sees pay, and by whom they are paid to."""


class Indemnity(directory.NamesOne, Authored):
    """Time of somebody, validated: what it is paid, from which decision, and the operation that owes it.

    `left_out` is what the ceiling kept out, on purpose. It stands while its operation is not reversed.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    time = models.CharField(_("temps"), max_length=8, choices=as_choices(TIME_LABELS))
    mission = models.CharField(_("mission"), max_length=2, choices=as_choices(MISSION_LABELS))
    day = models.DateField(_("jour"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    rate = models.BigIntegerField(_("barème en centimes"))
    unit = models.CharField(_("par"), max_length=8, choices=as_choices(UNIT_LABELS))
    why = models.CharField(_("d’où vient le barème"), max_length=200)
    cents = models.BigIntegerField(_("montant en centimes"))
    left_out = models.BigIntegerField(_("laissé au-delà du plafond"), default=0)
    operation = models.OneToOneField(
        Operation, on_delete=models.PROTECT, related_name="indemnity", verbose_name=_("écriture")
    )

    objects = IndemnityQuerySet.as_manager()

    personal = (
        "professional", "person", "day", "minutes", "rate", "unit", "why", "cents", "left_out", "by", "at",
    )  # fmt: skip
    neither = ("id", "scope", "time", "mission", "operation")

    class Meta:
        verbose_name = _("indemnité")
        verbose_name_plural = _("indemnités")
        ordering = ("day", "id")
        constraints = [
            directory.names_one("funding_indemnity_names_one"),
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="funding_indemnity_pays"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} · {self.pk}"


class PayStatementQuerySet(PayQuerySet["PayStatement"]):
    """Statements of professionals."""


class PayStatement(directory.NamesOne, Keyed, Authored):
    """What somebody is paid for a period: a draft, validated, then paid by one operation."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    first_day = models.DateField(_("du"))
    last_day = models.DateField(_("au"))
    state = models.CharField(
        _("état"), max_length=10, choices=as_choices(STATEMENT_LABELS), default=StatementState.DRAFT.value
    )
    validated_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("validé par"),
    )
    validated_at = models.DateTimeField(_("validé le"), null=True, blank=True)
    payment = models.OneToOneField(
        Operation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paiement"),
    )
    read_at = models.DateTimeField(_("lu le"), null=True, blank=True)

    objects = PayStatementQuerySet.as_manager()

    personal = (
        "professional", "person", "first_day", "last_day", "validated_by", "validated_at", "read_at", "by",
        "at",
    )  # fmt: skip
    neither = ("id", "key", "scope", "state", "payment")

    class Meta:
        verbose_name = _("relevé d’indemnités")
        verbose_name_plural = _("relevés d’indemnités")
        ordering = ("-last_day", "-id")
        constraints = [
            *made_once("funding_statement", "by"),
            directory.names_one("funding_statement_names_one"),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="funding_statement_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m-%d} · {self.pk}"

    @property
    def step(self) -> StatementState:
        """Where it stands."""
        return StatementState(self.state)


class StatementLineQuerySet(FundingQuerySet["StatementLine"]):
    """Indemnities of statements."""

    scope_path = "statement__scope"


class StatementLine(AnnotatedModel):
    """An indemnity is in one statement."""

    statement = models.ForeignKey(
        PayStatement, on_delete=models.PROTECT, related_name="lines", verbose_name=_("relevé")
    )
    indemnity = models.OneToOneField(
        Indemnity, on_delete=models.PROTECT, related_name="statement_line", verbose_name=_("indemnité")
    )

    objects = StatementLineQuerySet.as_manager()

    personal = ("statement", "indemnity")
    neither = ("id",)

    class Meta:
        verbose_name = _("ligne d’un relevé")
        verbose_name_plural = _("lignes des relevés")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.statement_id} · {self.indemnity_id}"
