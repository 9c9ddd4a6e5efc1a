"""Declares the `crisis` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrisisConfig(AppConfig):
    name = "maillage.crisis"
    label = "crisis"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.crisis.actions import reports  # noqa: F401 (its handler registers)
        from maillage.crisis.contributions import CONTRIBUTION
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "crisis.cell_opened": _("a ouvert une cellule de crise"),
                "crisis.cell_closed": _("a déclaré le retour à la normale"),
                "crisis.rhythm_changed": _("a changé le rythme des points de situation"),
                "crisis.duty_given": _("a donné un poste d’une cellule de crise"),
                "crisis.duty_ended": _("a repris un poste d’une cellule de crise"),
                "crisis.gesture": _("a coché un geste d’une cellule de crise"),
                "crisis.noted": _("a noté une ligne de main courante"),
                "crisis.structures_asked": _("a interrogé des structures pendant une crise"),
                "crisis.structure_declared": _("a noté l’état d’une structure pendant une crise"),
                "crisis.supply_asked": _("a demandé du matériel pendant une crise"),
                "crisis.supply_answered": _("a noté la réponse à une demande de matériel"),
                "crisis.help_offered": _("s’est proposé comme volontaire pendant une crise"),
                "crisis.volunteer_answered": _("a répondu à un volontaire"),
                "crisis.people_added": _("a ajouté des personnes fragiles à appeler"),
                "crisis.person_read": _("a lu la fiche d’une personne fragile à appeler"),
                "crisis.list_read": _("a lu la liste des personnes fragiles à appeler"),
                "crisis.called": _("a noté un appel à une personne fragile"),
                "crisis.visitor_sent": _("a envoyé quelqu’un voir une personne fragile"),
                "crisis.visited": _("a noté une visite à une personne fragile"),
                "crisis.person_taken_off": _("a retiré une personne fragile de la liste"),
                "crisis.report_made": _("a fait un point de situation"),
                "crisis.names_erased": _("a effacé les noms d’une cellule close"),
            }
        )
        name_terms(
            {
                "report_hours": _("heures entre deux points"),
                "again_hours": _("heures avant de rappeler"),
                "never": _("ce qui n’attend jamais"),
                "gestures": _("gestes"),
                "tries": _("essais"),
                "retry_minutes": _("minutes entre deux essais"),
                "claim_minutes": _("minutes en ligne"),
                "visit_hours": _("heures avant qu’une visite soit en retard"),
                "fragile": _("personne fragile"),
                "people": _("personnes"),
                "is_exercise": _("exercice"),
                "is_done": _("fait"),
                "volunteers": _("volontaires"),
                "volunteer": _("volontaire"),
                "supply": _("matériel"),
                "outcome": _("issue"),
                "seen": _("constat"),
                "corrects": _("corrige"),
                "hopital_proximite": _("hôpital de proximité"),
                "centre_sante": _("centre de santé"),
            }
        )
