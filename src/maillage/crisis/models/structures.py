"""What structures say of themselves in a crisis, what they lack, who offers to help."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maillage.crisis.models.cells import Cell, OfCellQuerySet, Phoned
from maillage.crisis.rules.vocabulary import Helper, Level, Supply
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.scoping import ScopedQuerySet

LEVEL_LABELS = {
    Level.NORMAL: _("Tout va bien"),
    Level.STRAINED: _("Tendu"),
    Level.CRITICAL: _("Débordé"),
    Level.CLOSED: _("Fermé"),
}
SUPPLY_LABELS = {
    Supply.ASKED: _("demandé"),
    Supply.PROMISED: _("promis"),
    Supply.DELIVERED: _("livré"),
    Supply.REFUSED: _("introuvable"),
}
HELPER_LABELS = {
    Helper.OFFERED: _("disponible"),
    Helper.EXPECTED: _("attendu"),
    Helper.THANKED: _("remercié"),
}


class AskedStructureQuerySet(OfCellQuerySet["AskedStructure"]):
    pass


class AskedStructure(Authored):
    """A structure that a cell asks how it holds; a secret address lets it answer without an account."""

    cell = models.ForeignKey(
        Cell, on_delete=models.PROTECT, related_name="structures", verbose_name=_("cellule")
    )
    structure = models.ForeignKey(
        "directory.Structure", on_delete=models.PROTECT, related_name="+", verbose_name=_("structure")
    )

    objects = AskedStructureQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "cell", "structure")

    class Meta:
        verbose_name = _("structure interrogée")
        ordering = ("structure__name", "id")
        constraints = (
            models.UniqueConstraint(fields=["cell", "structure"], name="a_structure_is_asked_once"),
        )

    def __str__(self) -> str:
        return self.structure.name


class StructureStateQuerySet(ScopedQuerySet["StructureState"]):
    scope_path = "asked__cell__scope"

    def visible_to(self, person: Person) -> Q:
        """Those of the cells that one may follow."""
        seen = Cell.objects.for_person(person)
        return Q(asked__cell__in=seen)


class StructureState(Phoned, Keyed):
    """How a structure holds, as it said: by its own address (`by` empty), or by telephone to somebody.

    The last one counts; none changes.
    """

    asked = models.ForeignKey(
        AskedStructure, on_delete=models.PROTECT, related_name="declarations", verbose_name=_("structure")
    )
    level = models.CharField(_("comment ça tient"), max_length=8, choices=as_choices(LEVEL_LABELS))
    beds = models.PositiveSmallIntegerField(_("places libres"), null=True, blank=True)
    absent = models.PositiveSmallIntegerField(_("professionnels absents"), null=True, blank=True)
    needs = models.CharField(_("ce qui manque"), max_length=500, blank=True)
    contact = models.CharField(_("qui répond"), max_length=120)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("noté par")
    )
    at = models.DateTimeField(_("à"))

    objects = StructureStateQuerySet.as_manager()

    personal = ("contact", "phone", "by", "at")
    neither = ("id", "key", "asked", "level", "beds", "absent", "needs")

    class Meta:
        verbose_name = _("état déclaré")
        ordering = ("-at", "-id")
        constraints = made_once("structure_state", "by", or_program=True)


class SupplyRequestQuerySet(OfCellQuerySet["SupplyRequest"]):
    pass


class SupplyRequest(Authored, Keyed):
    """Something that somebody lacks: what, how much, for whom, and what became of it."""

    cell = models.ForeignKey(
        Cell, on_delete=models.PROTECT, related_name="supplies", verbose_name=_("cellule")
    )
    what = models.CharField(_("ce qu’il faut"), max_length=160)
    quantity = models.PositiveIntegerField(_("quantité"))
    whom = models.CharField(_("pour qui"), max_length=160)
    state = models.CharField(_("état"), max_length=9, choices=as_choices(SUPPLY_LABELS))
    answer = models.CharField(_("ce qui est répondu"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("réponse notée par"),
    )
    answered_at = models.DateTimeField(_("réponse notée à"), null=True, blank=True)

    objects = SupplyRequestQuerySet.as_manager()

    personal = ("by", "at", "answered_by", "answered_at")
    neither = ("id", "key", "cell", "what", "quantity", "whom", "state", "answer")

    class Meta:
        verbose_name = _("demande de matériel")
        ordering = ("at", "id")
        constraints = made_once("supply_request", "by")


class VolunteerQuerySet(OfCellQuerySet["Volunteer"]):
    pass


class Volunteer(Phoned):
    """Somebody who offers to help, by the address of the cell: no account, no answer promised."""

    cell = models.ForeignKey(
        Cell, on_delete=models.PROTECT, related_name="volunteers", verbose_name=_("cellule")
    )
    key = models.CharField(_("clé de l’offre"), max_length=64)
    name = models.CharField(_("nom"), max_length=120)
    profession = models.CharField(_("métier"), max_length=80)
    available = models.CharField(_("quand"), max_length=300)
    at = models.DateTimeField(_("à"))
    state = models.CharField(_("état"), max_length=8, choices=as_choices(HELPER_LABELS))
    answered_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rappelé par"),
    )
    answered_at = models.DateTimeField(_("rappelé à"), null=True, blank=True)

    objects = VolunteerQuerySet.as_manager()

    personal = ("name", "profession", "phone", "available", "at", "answered_by", "answered_at")
    neither = ("id", "key", "cell", "state")

    class Meta:
        verbose_name = _("volontaire")
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=["cell", "key"], name="an_offer_is_made_once"),)
