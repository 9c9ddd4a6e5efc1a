"""Declares the `prevention` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreventionConfig(AppConfig):
    name = "maillage.prevention"
    label = "prevention"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.prevention.contributions import CONTRIBUTION
        from maillage.prevention.models import (
            CAME_LABELS,
            DID_LABELS,
            THEME_LABELS,
        )

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "prevention.campaign_opened": _("a ouvert une campagne de prévention"),
                "prevention.campaign_closed": _("a clos une campagne de prévention"),
                "prevention.answer_noted": _("a noté la réponse d’une personne invitée"),
                "prevention.message_asked": _("a demandé un message d’invitation"),
                "prevention.letters_prepared": _("a préparé des lettres d’invitation"),
                "prevention.letters_posted": _("a dit des lettres d’invitation postées"),
                "prevention.act_recorded": _("a noté un acte de prévention"),
                "prevention.act_declared": _("a noté un acte de prévention fait ailleurs"),
                "prevention.act_taken_back": _("a repris un acte de prévention noté par erreur"),
                "prevention.reason_said": _(
                    "a noté une raison propre à une personne pour un acte de prévention"
                ),
                "prevention.reason_ended": _("a levé une raison propre à une personne"),
                "prevention.day_planned": _("a prévu une journée de prévention"),
                "prevention.day_cancelled": _("a annulé une journée de prévention"),
                "prevention.registered": _("a inscrit une personne à une journée de prévention"),
                "prevention.attendance_noted": _("a noté une venue à une journée de prévention"),
                "prevention.lot_entered": _("a entré un lot dans le stock"),
                "prevention.action_added": _("a noté une action communautaire"),
                "prevention.action_counted": _("a compté les personnes touchées par une action"),
            }
        )
        name_terms(
            {
                "target_act": _("acte"),
                "goal": _("objectif"),
                "did": _("ce qui est fait"),
                "letters": _("lettres"),
                "done_on": _("fait le"),
                "per_hour": _("places par heure"),
                "hour": _("heure"),
                "came": _("venue"),
                "received": _("doses reçues"),
                "expires_on": _("périme le"),
                "theme": _("thème"),
                "reached": _("personnes touchées"),
                **{one.value: words for one, words in (*DID_LABELS.items(), *CAME_LABELS.items())},
                **{one.value: words for one, words in THEME_LABELS.items()},
            }
        )
