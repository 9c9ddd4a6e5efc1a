"""Declares the `agenda` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgendaConfig(AppConfig):
    name = "maillage.agenda"
    label = "agenda"

    def ready(self) -> None:
        """Register who is told what; word the verbs of the context for the journal's page."""
        from maillage.agenda.actions import announcing, linking  # noqa: F401 (their handlers register)
        from maillage.agenda.contributions import CONTRIBUTION
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "agenda.created": _("a ouvert un agenda"),
                "agenda.demonstration_created": _("a préparé les agendas de démonstration"),
                "agenda.schedule_added": _("a ajouté un lieu de consultation"),
                "agenda.opening_added": _("a ajouté une plage d’ouverture"),
                "agenda.opening_ended": _("a mis fin à une plage d’ouverture"),
                "agenda.closed": _("a noté une absence ou une fermeture"),
                "agenda.reopened": _("a annulé une absence ou une fermeture"),
                "agenda.visibility_changed": _("a changé qui voit un créneau"),
                "agenda.over_capacity_allowed": _("a changé le nombre de surnuméraires acceptés"),
                "agenda.slots_generated": _("a préparé des créneaux"),
                "agenda.held": _("a retenu un créneau"),
                "agenda.booked": _("a réservé un rendez-vous"),
                "agenda.state_changed": _("a changé l’état d’un rendez-vous"),
                "agenda.state_undone": _("est revenu sur l’état d’un rendez-vous"),
                "agenda.moved": _("a déplacé un rendez-vous"),
                "agenda.waiting_added": _("a inscrit une personne en liste d’attente"),
                "agenda.waiting_left": _("a retiré une personne de la liste d’attente"),
                "agenda.offer_accepted": _("a noté l’accord pour un créneau libéré"),
                "agenda.offer_declined": _("a décliné un créneau libéré"),
                "agenda.delegated": _("a confié un agenda à une personne"),
                "agenda.delegation_ended": _("a retiré un agenda à une personne"),
                "agenda.feed_created": _("a créé un flux de calendrier"),
                "agenda.feed_revoked": _("a révoqué un flux de calendrier"),
            }
        )
        name_terms(
            {
                "agendas": _("agendas"),
                "offer": _("créneau proposé"),
                "person": _("personne"),
                "role": _("rôle"),
                "slots": _("créneaux"),
                "to": _("jusqu’au"),
                "arrived": _("arrivé"),
                "honoured": _("honoré"),
                "not_honoured": _("non honoré"),
            }
        )
