"""Declares the `telehealth` context to Django."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class TelehealthConfig(AppConfig):
    name = "maillage.telehealth"
    label = "telehealth"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.telehealth.actions import following, sessions  # noqa: F401 (their handlers register)
        from maillage.telehealth.contributions import CONTRIBUTION
        from maillage.telehealth.queries.sessions import check_settings

        contribute(CONTRIBUTION)
        register(check_settings)
        name_verbs(
            {
                "telehealth.question_sent": _("a demandé un avis"),
                "telehealth.question_taken": _("a pris une demande d’avis, ou l’a complétée"),
                "telehealth.question_precision": _("a demandé une précision pour un avis"),
                "telehealth.question_answered": _("a rendu un avis"),
                "telehealth.question_declined": _("a décliné une demande d’avis"),
                "telehealth.question_withdrawn": _("a retiré une demande d’avis"),
                "telehealth.question_expired": _("une demande d’avis est restée sans réponse"),
                "telehealth.question_files": _("a joint des photos ou documents à une demande d’avis"),
                "telehealth.question_read": _("a lu le retour d’une demande d’avis"),
                "telehealth.question_planned": _("a repris un avis dans un plan partagé"),
                "telehealth.session_waiting": _("une personne attend en salle d’attente à distance"),
                "telehealth.session_admitted": _("a fait entrer une personne en téléconsultation"),
                "telehealth.session_checked": _("a noté les vérifications d’une téléconsultation"),
                "telehealth.session_by_phone": _("a continué une téléconsultation au téléphone"),
                "telehealth.session_ended": _("a noté l’issue d’une téléconsultation"),
            }
        )
        name_terms(
            {
                "take": _("prendre"),
                "answer": _("répondre"),
                "precision": _("préciser"),
                "question": _("demande"),
                "before": _("avant"),
                "after": _("après"),
                "known": _("connue"),
                "pathway": _("parcours de soins"),
                "near": _("à proximité"),
                "video": _("image et son"),
                "today": _("dans la journée"),
                "week": _("dans la semaine"),
                "month": _("dans le mois"),
                "hurry": _("degré d’urgence"),
                "files": _("photos et documents"),
                "side": _("côté"),
                "asker": _("qui demande"),
                "expert": _("qui répond"),
            }
        )
