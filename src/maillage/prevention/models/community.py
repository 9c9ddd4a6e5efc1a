"""Actions in the community: where, with whom, about what, how many people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Scope, made_once
from maillage.prevention.models.campaigns import InScopeQuerySet
from maillage.prevention.rules.vocabulary import Theme

THEME_LABELS = {
    Theme.FOOD: _("Alimentation"),
    Theme.ACTIVITY: _("Activité physique"),
    Theme.ADDICTION: _("Tabac, alcool, autres dépendances"),
    Theme.MENTAL_HEALTH: _("Santé mentale"),
    Theme.SEXUAL_HEALTH: _("Vie affective et sexuelle"),
    Theme.SCREENING: _("Dépistages"),
    Theme.VACCINATION: _("Vaccination"),
    Theme.AGEING: _("Bien vieillir"),
    Theme.CHILDHOOD: _("Petite enfance"),
    Theme.OTHER: _("Autre thème"),
}


class CommunityActionQuerySet(InScopeQuerySet["CommunityAction"]):
    """Actions of a scope."""


class CommunityAction(Authored, Keyed):
    """An action held, or to be held, in a place with partners; `reached` is counted once it is held."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    title = models.CharField(_("titre"), max_length=120)
    theme = models.CharField(_("thème"), max_length=13, choices=as_choices(THEME_LABELS))
    held_on = models.DateField(_("jour"))
    commune = models.ForeignKey(
        "territory.Commune", on_delete=models.PROTECT, related_name="+", verbose_name=_("commune")
    )
    place = models.CharField(_("lieu"), max_length=160, blank=True)
    partners = models.CharField(_("partenaires"), max_length=300, blank=True)
    reached = models.PositiveIntegerField(_("personnes touchées"), null=True, blank=True)
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = CommunityActionQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "scope", "title", "theme", "held_on", "commune", "place", "partners", "reached",
        "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("action communautaire")
        verbose_name_plural = _("actions communautaires")
        ordering = ("-held_on", "-id")
        constraints = made_once("community_action", "by")

    def __str__(self) -> str:
        return self.title
