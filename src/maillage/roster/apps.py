"""Declares the `roster` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RosterConfig(AppConfig):
    name = "maillage.roster"
    label = "roster"

    def ready(self) -> None:
        """Follow the calendar; word the verbs of the context for the journal's page."""
        import maillage.roster.actions.calendar
        import maillage.roster.actions.leaving  # noqa: F401 - registers its handler
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.roster.actions import announcing  # noqa: F401 (its handlers register)
        from maillage.roster.contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "roster.demonstration_created": _("a inventé des gardes de démonstration"),
                "roster.sector_created": _("a créé un secteur de permanence"),
                "roster.sector_changed": _("a changé un secteur de permanence"),
                "roster.volunteer_set": _("a noté un volontaire et ses limites"),
                "roster.preference_set": _("a noté une préférence de garde"),
                "roster.absence_added": _("a noté une absence pour les gardes"),
                "roster.absence_removed": _("a retiré une absence pour les gardes"),
                "roster.created": _("a préparé un tableau de permanence"),
                "roster.state_changed": _("a changé l’état d’un tableau de permanence"),
                "roster.assigned": _("a inscrit quelqu’un sur une garde"),
                "roster.unassigned": _("a retiré quelqu’un d’une garde"),
                "roster.lock_set": _("a verrouillé ou libéré une garde"),
                "roster.feed_created": _("a créé une adresse de calendrier de gardes"),
                "roster.feed_revoked": _("a révoqué une adresse de calendrier de gardes"),
                "roster.solve_asked": _("a demandé le calcul d’un tableau de permanence"),
                "roster.solve_stopped": _("a arrêté le calcul d’un tableau de permanence"),
                "roster.solve_failed": _("n’a pas pu calculer un tableau de permanence"),
                "roster.solved": _("a calculé un tableau de permanence"),
                "roster.replacement_asked": _("a demandé à être remplacé sur une garde"),
                "roster.replacement_offered": _("a proposé de prendre une garde"),
                "roster.replacement_accepted": _("a accepté un remplaçant"),
                "roster.replacement_withdrawn": _("a retiré sa demande de remplacement"),
                "roster.replacement_overtaken": _("a clos une demande de remplacement devenue sans objet"),
            }
        )
        name_terms(
            {
                "changes": _("changements"),
                "night": _("nuit"),
                "night_before_rest": _("nuit avant un repos"),
                "saturday_pm": _("samedi après-midi"),
                "bridge_saturday": _("samedi de pont"),
                "bridge_monday": _("lundi de pont"),
                "bridge_friday": _("vendredi de pont"),
                "sunday": _("dimanche"),
                "holiday": _("jour férié"),
                "feast": _("grande fête"),
                "shared": _("garde partagée"),
                "fixed": _("dates fixes"),
                "from_easter": _("jours depuis Pâques"),
            }
        )
