"""A request to be replaced on a post, and the offers it receives, with or without a post in return."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.privacy import AnnotatedModel
from maillage.roster.models.rosters import Post
from maillage.roster.models.volunteers import Volunteer
from maillage.roster.rules.vocabulary import ExchangeState

EXCHANGE_LABELS = {
    ExchangeState.OPEN: _("Ouverte"),
    ExchangeState.ACCEPTED: _("Acceptée"),
    ExchangeState.WITHDRAWN: _("Retirée"),
    ExchangeState.OVERTAKEN: _("Sans objet, la garde a changé de main"),
}


class Exchange(AnnotatedModel):
    """The holder of a post asks for somebody to take it; one open request for a post.

    It is the asker's: closed as overtaken as soon as somebody else holds the post.
    """

    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="exchanges", verbose_name=_("poste de garde")
    )
    asked_by = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, related_name="requests", verbose_name=_("demandé par")
    )
    asked_at = models.DateTimeField(_("demandé le"))
    state = models.CharField(
        _("état"),
        max_length=10,
        choices=[(one.value, label) for one, label in EXCHANGE_LABELS.items()],
        default=ExchangeState.OPEN.value,
    )
    closed_at = models.DateTimeField(_("close le"), null=True)

    personal = ("post", "asked_by")
    neither = ("id", "asked_at", "state", "closed_at")

    class Meta:
        verbose_name = _("demande de remplacement")
        verbose_name_plural = _("demandes de remplacement")
        ordering = ("asked_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=models.Q(state=ExchangeState.OPEN.value),
                name="one_open_exchange_per_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} · {self.asked_by_id}"


class Offer(AnnotatedModel):
    """A volunteer would take the post asked about; `in_return`, where it is a swap, is the post they give."""

    exchange = models.ForeignKey(
        Exchange, on_delete=models.PROTECT, related_name="offers", verbose_name=_("demande")
    )
    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, related_name="offers", verbose_name=_("volontaire")
    )
    in_return = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="offered",
        verbose_name=_("garde donnée en échange"),
    )
    offered_at = models.DateTimeField(_("proposé le"))
    is_chosen = models.BooleanField(_("retenue"), default=False)

    personal = ("exchange", "volunteer", "in_return")
    neither = ("id", "offered_at", "is_chosen")

    class Meta:
        verbose_name = _("proposition de remplacement")
        verbose_name_plural = _("propositions de remplacement")
        ordering = ("offered_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["exchange", "volunteer"], name="one_offer_per_volunteer"),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} · {self.volunteer_id}"
