"""What must still happen after a write: messages, and their delivery to each handler."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.privacy import AnnotatedModel


class Message(AnnotatedModel):
    """Something that happened, told to whoever registered for its topic."""

    topic = models.CharField(_("sujet"), max_length=80)
    key = models.CharField(_("clé d’idempotence"), max_length=200)
    payload = models.JSONField(_("contenu"))
    published_at = models.DateTimeField(_("publié le"), default=timezone.now)

    personal = ("key", "payload")
    neither = ("id", "topic", "published_at")

    class Meta:
        verbose_name = _("message")
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="message_published_once")]

    def __str__(self) -> str:
        return f"{self.topic} · {self.key}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, at: datetime) -> DeliveryQuerySet:
        """Keep what is not delivered and may be tried at `at`, oldest first."""
        return self.filter(delivered_at=None, try_after__lte=at).order_by("pk")


class Delivery(AnnotatedModel):
    """One message for one handler: delivered once, or tried again later."""

    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("message")
    )
    handler = models.CharField(_("destinataire"), max_length=200)
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    try_after = models.DateTimeField(_("à tenter après le"), default=timezone.now)
    last_error = models.TextField(_("dernière erreur"), blank=True)
    delivered_at = models.DateTimeField(_("livré le"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    neither = ("id", "message", "handler", "attempts", "try_after", "last_error", "delivered_at")

    class Meta:
        verbose_name = _("livraison")
        constraints = [
            models.UniqueConstraint(fields=["message", "handler"], name="message_delivered_once_per_handler")
        ]
        indexes = [
            models.Index(fields=["try_after"], name="delivery_due", condition=models.Q(delivered_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.message} → {self.handler}"
