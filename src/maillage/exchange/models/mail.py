"""What left by secure health mail (MSSanté) and what came back, each once."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.exchange.models.conversations import ConversationMessage, Participant
from maillage.exchange.models.notifications import STATE_LABELS
from maillage.exchange.rules.mail import Doubt, MailFate
from maillage.exchange.rules.vocabulary import State
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel

FATE_LABELS = {
    MailFate.TAKEN: _("dans la conversation"),
    MailFate.ASIDE: _("à regarder"),
    MailFate.REFUSED: _("écarté"),
}
DOUBT_LABELS = {
    Doubt.NONE: _("aucun doute"),
    Doubt.NO_THREAD: _("ne répond à aucun message parti d’ici"),
    Doubt.OTHER_SENDER: _("vient d’une autre adresse que celle à qui le message est parti"),
    Doubt.OUT_OF_CIRCLE: _("son auteur n’est plus du cercle de soins"),
    Doubt.CLOSED: _("la conversation est close"),
    Doubt.NO_WORDS: _("ne contient aucun mot lisible"),
    Doubt.TOO_LARGE: _("trop lourd pour être repris : ouvrez-le dans la boîte aux lettres"),
    Doubt.UNREADABLE: _("ne se lit pas ici : ouvrez-le dans la boîte aux lettres"),
}


class MailCopy(AnnotatedModel):
    """One message of a conversation, to one professional, by secure mail; `mail_id` is its Message-ID."""

    message = models.ForeignKey(
        ConversationMessage, on_delete=models.PROTECT, related_name="copies", verbose_name=_("message")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="copies", verbose_name=_("participant")
    )
    mail_id = models.CharField(_("identifiant du courriel"), max_length=120, unique=True)
    state = models.CharField(
        _("état"), max_length=9, choices=as_choices(STATE_LABELS), default=State.QUEUED.value
    )
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    detail = models.CharField(_("réponse du serveur"), max_length=80, blank=True)
    sent_to = models.CharField(_("envoyé à"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)
    sent_at = models.DateTimeField(pgettext_lazy("un message", "parti le"), null=True, blank=True)

    personal = ("participant", "sent_to", "sent_at")
    neither = ("id", "message", "mail_id", "state", "attempts", "detail", "created_at")

    class Meta:
        verbose_name = _("courriel sécurisé envoyé")
        verbose_name_plural = _("courriels sécurisés envoyés")
        constraints = [
            models.UniqueConstraint(fields=["message", "participant"], name="mailed_once_to_each"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} · {self.state}"


class MailReceived(AnnotatedModel):
    """A mail that came: the message it became, or why it waits for a human.

    Of one that answers nothing from here, neither the subject nor the text is kept: it stays in the mailbox.
    """

    mail_id = models.CharField(_("identifiant du courriel"), max_length=255, unique=True)
    sender = models.CharField(_("expéditeur"), max_length=254)
    received_at = models.DateTimeField(_("reçu le"), default=timezone.now)
    copy = models.ForeignKey(
        MailCopy,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("répond à"),
    )
    text = models.TextField(_("texte"), blank=True)
    refused_files = models.PositiveSmallIntegerField(_("fichiers écartés"), default=0)
    fate = models.CharField(_("ce qu’il est devenu"), max_length=7, choices=as_choices(FATE_LABELS))
    doubt = models.CharField(_("doute"), max_length=13, blank=True, choices=as_choices(DOUBT_LABELS))
    message = models.OneToOneField(
        ConversationMessage,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mail",
        verbose_name=_("message de la conversation"),
    )
    handled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("vu par")
    )
    handled_at = models.DateTimeField(_("vu le"), null=True, blank=True)

    personal = ("sender", "received_at", "handled_by", "handled_at")
    health = ("text",)
    neither = ("id", "mail_id", "copy", "refused_files", "fate", "doubt", "message")

    class Meta:
        verbose_name = _("courriel sécurisé reçu")
        verbose_name_plural = _("courriels sécurisés reçus")
        ordering = ("-received_at", "-id")

    def __str__(self) -> str:
        return f"{self.pk} · {self.fate}"
