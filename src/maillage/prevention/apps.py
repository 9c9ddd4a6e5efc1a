"""Declares the `prevention` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreventionConfig(AppConfig):
    name = "maillage.prevention"
    label = "prevention"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs, terms
        from maillage.prevention.contributions import CONTRIBUTION
        from maillage.prevention.models import (
            CAME_LABELS,
            DID_LABELS,
            GROUND_LABELS,
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
                "prevention.day_changed": _("a changé une journée de prévention"),
                "prevention.day_cancelled": _("a annulé une journée de prévention"),
                "prevention.registered": _("a inscrit une personne à une journée de prévention"),
                "prevention.attendance_noted": _("a noté une venue à une journée de prévention"),
                "prevention.lot_entered": _("a entré un lot dans le stock"),
                "prevention.lot_changed": _("a corrigé un lot du stock"),
                "prevention.action_added": _("a noté une action communautaire"),
                "prevention.action_counted": _("a compté les personnes touchées par une action"),
            }
        )
        known = terms()
        own = {
            "target_act": _("acte"),
            "goal": _("objectif"),
            "did": _("ce qui est fait"),
            "letters": _("lettres"),
            "done_on": _("fait le"),
            "per_hour": _("places par heure"),
            "hour": _("heure"),
            "opens": _("de (heure)"),
            "closes": _("à (heure)"),
            "came": _("venue"),
            "received": _("doses reçues"),
            "expires_on": _("périme le"),
            "theme": _("thème"),
            "reached": _("personnes touchées"),
            "colorectal": _("cancer colorectal"),
            "breast": _("cancer du sein"),
            "cervical_cytology": _("col de l’utérus, cytologie"),
            "cervical_hpv": _("col de l’utérus, test HPV"),
            "influenza": _("grippe"),
            "covid": _("Covid-19"),
            "pneumococcus": _("pneumocoque"),
            "zoster": _("zona"),
            "rsv": _("VRS"),
            "hpv": _("HPV"),
            "hpv_catch_up": _("HPV, rattrapage"),
            "mmr": _("ROR"),
            "dtp": _("DTP"),
            "meningococcus": _("méningocoques"),
            "checkup": _("bilan prévention"),
            "sexes": _("sexes"),
            "default": _("les autres"),
            "from": _("à partir de"),
            "to": _("jusqu’à"),
            "bands": _("tranches d’âge"),
            "repeat": _("quand de nouveau"),
            "interval": _("après un intervalle"),
            "once": _("une fois"),
            "band": _("une fois par tranche d’âge"),
            "season": _("chaque saison"),
            "months": _("mois"),
            "season_month": _("mois où la saison commence"),
            "doses": _("doses"),
            "born_from": _("né depuis"),
            "exclusions": _("écartent"),
            "additions": _("ajoutent"),
            "is_vaccine": _("vaccin"),
            "letter_days": _("jours après une lettre"),
            "message_days": _("jours après un message"),
            "call_days": _("jours après un appel"),
            "most": _("au plus"),
            "least_days": _("jours au moins"),
            "least_acts": _("actes au moins"),
            "candidates": _("communes comparées"),
            "shown": _("communes montrées"),
            **{one.value: words for one, words in GROUND_LABELS.items()},
            **{one.value: words for one, words in (*DID_LABELS.items(), *CAME_LABELS.items())},
            **{one.value: words for one, words in THEME_LABELS.items()},
        }
        # What another context words already keeps its words there.
        name_terms({name: words for name, words in own.items() if name not in known})
