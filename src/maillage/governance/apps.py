"""Declares the `governance` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "maillage.governance"
    label = "governance"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page; tell the project what founded its actions."""
        from maillage.governance.contributions import CONTRIBUTION
        from maillage.governance.pages.blocks import origins
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.project.api import tell_origins

        contribute(CONTRIBUTION)
        tell_origins("governance", origins)
        name_verbs(
            {
                "governance.body_added": _("a écrit une instance"),
                "governance.body_changed": _("a changé les règles d’une instance"),
                "governance.body_closed": _("a arrêté une instance"),
                "governance.college_added": _("a ajouté un collège à une instance"),
                "governance.seat_given": _("a donné un siège dans une instance"),
                "governance.seat_left": _("a noté un départ d’une instance"),
                "governance.seat_renewed": _("a renouvelé un mandat dans une instance"),
                "governance.sitting_prepared": _("a préparé une séance"),
                "governance.sitting_changed": _("a déplacé une séance"),
                "governance.sitting_cancelled": _("a annulé une séance"),
                "governance.sitting_convened": _("a convoqué les membres d’une instance"),
                "governance.sitting_reminded": _("a relancé les membres d’une instance"),
                "governance.sitting_closed": _("a levé une séance"),
                "governance.point_added": _("a ajouté un point à l’ordre du jour d’une séance"),
                "governance.answered": _("a noté une réponse à une convocation"),
                "governance.proxy_returned": _("a redemandé sa réponse à qui avait donné pouvoir"),
                "governance.presence_noted": _("a noté une présence à une séance"),
                "governance.vote_opened": _("a ouvert un vote"),
                "governance.voted": _("a voté, ou noté une main levée"),
                "governance.vote_closed": _("a clos un vote"),
                "governance.vote_withdrawn": _("a retiré un vote"),
                "governance.minutes_written": _("a écrit ce qui a été dit d’un point"),
                "governance.minutes_approved": _("a noté l’approbation d’un compte rendu"),
                "governance.decided": _("a noté une décision d’une séance"),
                "governance.action_tied": _("a donné son action à une décision"),
                "governance.training_opened": _("a ouvert une formation croisée"),
                "governance.training_cancelled": _("a annulé une formation croisée"),
                "governance.training_attended": _("a noté une présence à une formation croisée"),
                "governance.place_taken": _("a pris une place à une formation croisée"),
                "governance.place_left": _("a rendu sa place à une formation croisée"),
            }
        )
        name_terms(
            {
                "quorum_percent": _("quorum, en % des voix"),
                "quorum_by_college": _("quorum par collège"),
                "second_without_quorum": _("seconde convocation sans quorum"),
                "notice_days": _("jours de convocation"),
                "most_proxies": _("pouvoirs par personne"),
                "members": _("membres"),
            }
        )
