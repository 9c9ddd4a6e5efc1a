"""Declares the `listening` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListeningConfig(AppConfig):
    name = "maillage.listening"
    label = "listening"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.listening.contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "listening.survey_made": _("a préparé une enquête"),
                "listening.end_changed": _("a changé le dernier jour d’une enquête"),
                "listening.survey_closed": _("a clos une enquête"),
                "listening.invited_counted": _("a compté les personnes prévenues d’une enquête"),
                "listening.paper_entered": _("a saisi un formulaire papier"),
                "listening.remarks_read": _("a lu les textes libres d’une enquête"),
                "listening.remark_hidden": _("a masqué un texte libre"),
                "listening.line_written": _("a écrit ce qui a été fait de ce qui a été dit"),
                "listening.line_changed": _("a changé ce qui a été fait de ce qui a été dit"),
                "listening.line_published": _("a publié ce qui a été fait de ce qui a été dit"),
                "listening.line_unpublished": _("a retiré de la page publique ce qui a été fait"),
            }
        )
        name_terms(
            {
                "p_delay": _("délai d’un rendez-vous"),
                "p_urgent": _("qui appeler quand cela presse"),
                "p_known": _("histoire connue"),
                "p_together": _("soignants qui se parlent"),
                "p_words": _("mots compris"),
                "p_daily": _("aide au quotidien"),
                "p_say": _("avis demandé"),
                "p_respect": _("traité avec respect"),
                "c_contact": _("qui appeler pour un proche"),
                "c_told": _("ce qu’il faut savoir pour aider"),
                "c_heard": _("parole de l’aidant entendue"),
                "c_together": _("intervenants qui se parlent"),
                "c_same": _("suite d’une visite à l’autre"),
                "c_rest": _("souffler"),
                "w_whom": _("à qui adresser"),
                "w_reply": _("retour après un adressage"),
                "w_meet": _("réunions utiles"),
                "w_find": _("information trouvée vite"),
                "w_cover": _("relais en cas d’absence"),
                "w_heard": _("propositions entendues"),
                "w_breath": _("temps de bien travailler"),
                "under_45": _("moins de 45 ans"),
                "from_45": _("45 à 74 ans"),
                "from_75": _("75 ans ou plus"),
                "items": _("questions posées"),
                "scale": _("échelle"),
                "audience": _("à qui"),
                "patients": _("patients"),
                "carers": _("aidants"),
                "professionals": _("professionnels"),
                "ends_on": _("dernier jour"),
                "remarks": _("textes"),
                "topic": _("thème"),
                "access": _("accès"),
                "continuity": _("continuité"),
                "coordination": _("coordination"),
                "information": _("information"),
                "self_care": _("prendre soin de soi"),
                "respect": _("respect"),
                "said": _("vous avez dit"),
                "said_en": _("vous avez dit, en anglais"),
                "done": _("nous avons fait"),
                "done_en": _("nous avons fait, en anglais"),
                "done_on": _("date"),
                "progress": _("avancement"),
                "question": _("question"),
                "paper": _("formulaire remis en main propre"),
                "poster": _("affiche"),
                "message": _("message"),
                "phone": _("téléphone"),
            }
        )
