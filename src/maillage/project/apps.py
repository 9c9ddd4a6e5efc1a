"""Declares the `project` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProjectConfig(AppConfig):
    name = "maillage.project"
    label = "project"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page, and the names inside its rules."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.project.contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "project.begun": _("a commencé un projet de santé"),
                "project.changed": _("a modifié un projet de santé"),
                "project.passed": _("a noté une étape d’un projet de santé"),
                "project.chapter_written": _("a écrit un chapitre d’un projet de santé"),
                "project.mission_marked": _("a noté le démarrage ou le déploiement d’une mission"),
                "project.axis_added": _("a ajouté un axe à un projet de santé"),
                "project.axis_changed": _("a modifié un axe d’un projet de santé"),
                "project.objective_added": _("a ajouté un objectif à un projet de santé"),
                "project.objective_changed": _("a modifié un objectif d’un projet de santé"),
                "project.objective_withdrawn": _("a retiré un objectif d’un projet de santé"),
                "project.plan_linked": _("a lié un objectif à un CLS ou à un PTSM"),
                "project.action_added": _("a ajouté une action à un projet de santé"),
                "project.action_changed": _("a modifié une action d’un projet de santé"),
                "project.action_given": _("a donné une action d’un projet de santé"),
                "project.action_moved": _("a dit où en est une action d’un projet de santé"),
                "project.action_handed_on": _("a transmis une action d’un projet de santé"),
                "project.step_added": _("a ajouté une étape à une action"),
                "project.step_noted": _("a noté une étape d’une action"),
                "project.step_moved": _("a changé le jour d’une étape"),
                "project.step_withdrawn": _("a retiré une étape d’une action"),
                "project.step_handed_on": _("a transmis une étape d’une action"),
                "project.money_added": _("a ajouté une ligne au budget d’une action"),
                "project.money_changed": _("a changé les montants d’une action"),
                "project.evidence_added": _("a gardé une preuve d’une action"),
                "project.meeting_called": _("a prévu une réunion pour une action"),
                "project.agreement_added": _("a écrit une convention"),
                "project.agreement_changed": _("a modifié une convention"),
                "project.party_added": _("a ajouté une partie à une convention"),
                "project.party_removed": _("a retiré une partie d’une convention"),
                "project.agreement_signed": _("a noté la signature d’une convention"),
                "project.copy_kept": _("a gardé un exemplaire signé"),
                "project.agreement_renewed": _("a reconduit une convention"),
                "project.document_opened": _("a ouvert un document d’un projet de santé"),
                "project.agreement_ended": _("a mis fin à une convention"),
            }
        )
        name_terms(
            {
                "start": _("démarrage"),
                "deployed": _("déploiement"),
                "access_to_care": _("accès aux soins"),
                "care_pathways": _("parcours pluriprofessionnels"),
                "coordinated_prevention": _("prévention"),
                "health_crisis": _("crise sanitaire grave"),
                "quality_of_care": _("qualité et pertinence des soins"),
                "support_to_professionals": _("accompagnement des professionnels"),
                "share": _("part"),
                "least": _("au moins"),
                "meetings": _("réunions"),
                "fall": _("baisse"),
                "days": _("jours"),
                "expects": _("attendu"),
                "involve": _("qui associer"),
                "text": _("texte"),
                "axes": _("axes"),
                "title": _("titre"),
                "mission": _("mission"),
                "objectives": pgettext_lazy("d’un projet de santé", "objectifs"),
            }
        )
