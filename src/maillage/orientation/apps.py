"""Declares the `orientation` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrientationConfig(AppConfig):
    name = "maillage.orientation"
    label = "orientation"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page; follow what the agenda says."""
        import maillage.orientation.actions.closing  # noqa: F401 - registers its handlers
        from maillage.kernel.wording import name_verbs

        name_verbs(
            {
                "orientation.opened": _("a ouvert une demande"),
                "orientation.taken": _("a pris une demande en main"),
                "orientation.described": _("a complété une demande"),
                "orientation.answered": _("a noté les réponses de sécurité"),
                "orientation.searched": _("a cherché des propositions"),
                "orientation.held": _("a retenu un créneau pour une demande"),
                "orientation.booked": _("a réservé un rendez-vous pour une demande"),
                "orientation.booked_over_capacity": _("a pris un rendez-vous en surnuméraire"),
                "orientation.sent_outside": _("a adressé une personne hors créneau"),
                "orientation.refused": _("a noté le refus d’une proposition"),
                "orientation.decided": _("a décidé de l’orientation d’une demande"),
                "orientation.transferred": _("a transmis une demande au 15"),
                "orientation.returned": _("a rendu une demande au bureau"),
                "orientation.closed": _("a clos une demande"),
                "orientation.given_back": _("a rendu un créneau retenu"),
                "orientation.corrected": _("a corrigé l’issue d’une demande"),
                "orientation.reopened": _("a rouvert une demande"),
                "orientation.withdrawn": _("a annulé sa demande"),
                "orientation.appointment_moved": _("a déplacé le rendez-vous d’une demande"),
                "orientation.shift_handed_over": _("a passé la relève"),
                "orientation.sheets_prepared": _("a préparé les fiches d’exemple"),
                "orientation.demonstration_created": _("a préparé le bureau de démonstration"),
            }
        )
