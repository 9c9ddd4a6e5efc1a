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
                "transitions.partner_answered": _("a noté la réponse d’un partenaire"),
            }
        )
        name_terms({field.value: FIELD_LABELS[field] for field in FIELD_LABELS})
