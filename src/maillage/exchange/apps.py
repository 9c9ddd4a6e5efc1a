"""Declares the `exchange` context to Django."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "maillage.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Register the sending of what is queued and the check of its settings; word the journal's verbs."""
        from maillage.exchange.actions import (  # noqa: F401 (handlers register)
            carers,
            delivery,
            doctor_searches,
            emergencies,
            inboxes,
            mailbox,
            narrowing,
            secure_mail,
            transports,
        )
        from maillage.exchange.contributions import CONTRIBUTION
        from maillage.exchange.queries.message_status import message_statuses
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.people import api as people

        register(transports.check_settings)
        register(mailbox.check_settings)
        contribute(CONTRIBUTION)
        people.read_messages_with(message_statuses)
        name_verbs(
            {
                "exchange.call_made": _("a noté l’issue d’un appel demandé"),
                "exchange.message_read": _("a marqué comme lu un message reçu par quelqu’un d’autre"),
                "exchange.call_reopened": _("a remis un appel à faire"),
                "exchange.told_by_word": _("a noté que la personne a été prévenue de vive voix"),
                "exchange.retried": _("a relancé un envoi abandonné"),
                "exchange.conversation_opened": _("a ouvert une conversation"),
                "exchange.message_written": _("a écrit dans une conversation"),
                "exchange.conversation_closed": _("a clos une conversation"),
                "exchange.conversation_reopened": _("a rouvert une conversation"),
                "exchange.conversation_put_away": _("a rangé une conversation"),
                "exchange.conversation_brought_back": _("a remis une conversation dans sa liste"),
                "exchange.participant_added": _("a ajouté quelqu’un à une conversation"),
                "exchange.participant_left": _("a quitté une conversation"),
                "exchange.mail_received": _("a reçu une réponse par messagerie sécurisée"),
                "exchange.mail_settled": _("a décidé d’un courriel mis de côté"),
                "exchange.preference_set": _("a choisi comment être averti"),
            }
        )
        name_terms(
            {
                "begins": _("début"),
                "ends": _("fin"),
                "fr": _("français"),
                "en": _("anglais"),
                "fr_subject": _("objet en français"),
                "en_subject": _("objet en anglais"),
            }
        )
