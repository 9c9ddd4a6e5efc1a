"""Declares the `transitions` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransitionsConfig(AppConfig):
    name = "maillage.transitions"
    label = "transitions"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.transitions.actions import narrowing  # noqa: F401 (its handler registers)
        from maillage.transitions.contributions import CONTRIBUTION
        from maillage.transitions.models.complex_cases import FIELD_LABELS

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "transitions.case_sent": _("a demandé l’appui du DAC"),
                "transitions.case_acknowledged": _("a accusé réception d’une demande au DAC"),
                "transitions.case_accepted": _("a accepté une demande au DAC"),
                "transitions.case_refused": _("a refusé une demande au DAC"),
                "transitions.case_begun": _("a commencé un accompagnement"),
                "transitions.case_taken_over": _("a repris le suivi d’une demande au DAC"),
                "transitions.case_closed": _("a rendu l’issue d’une demande au DAC"),
                "transitions.case_withdrawn": _("a retiré une demande au DAC"),
                "transitions.case_outcome_read": _("a lu l’issue d’une demande au DAC"),
                "transitions.partner_asked": _("a demandé quelque chose à un partenaire"),
                "transitions.way_begun": _("a noté un passage à l’hôpital"),
                "transitions.way_answered": _("a noté la réponse d’un hôpital"),
                "transitions.way_entered": _("a noté une entrée à l’hôpital"),
                "transitions.discharge_told": _("a noté un avis de sortie"),
                "transitions.return_refused": _("a refusé un retour"),
                "transitions.list_received": _("a reçu la liste des traitements d’une sortie"),
                "transitions.list_missing": _("a noté qu’aucune liste n’est parvenue"),
                "transitions.line_decided": _("a décidé d’une ligne de traitement"),
                "transitions.way_ended": _("a accusé la fin d’un passage à l’hôpital"),
                "transitions.way_cancelled": _("a annulé une admission"),
                "transitions.partner_answered": _("a noté la réponse d’un partenaire"),
            }
        )
        name_terms({field.value: FIELD_LABELS[field] for field in FIELD_LABELS})
