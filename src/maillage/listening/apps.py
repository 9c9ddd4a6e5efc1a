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
