"""Declares the `protocols` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtocolsConfig(AppConfig):
    name = "maillage.protocols"
    label = "protocols"

    def ready(self) -> None:
        """Contribute to the shared pages, and word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.protocols.contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "protocols.opened": _("a ouvert un protocole"),
                "protocols.version_written": _("a écrit une version d’un protocole"),
                "protocols.version_published": _("a mis en usage une version d’un protocole"),
                "protocols.version_withdrawn": _("a retiré une version d’un protocole"),
                "protocols.signed_up": _("a noté une adhésion à un protocole"),
                "protocols.sign_up_ended": _("a arrêté une adhésion à un protocole"),
                "protocols.act_begun": _("a posé les questions d’un protocole"),
                "protocols.act_completed": _("a complété les réponses d’un acte"),
                "protocols.act_signed": _("a signé un acte de protocole"),
                "protocols.act_returned": _("a rendu un acte au médecin"),
                "protocols.review_planned": _("a prévu un bilan de médication"),
                "protocols.review_read": _("a lu un médicament dans un bilan"),
                "protocols.review_shared": _("a partagé un bilan de médication"),
                "protocols.shortage_noted": _("a noté une rupture"),
                "protocols.shortage_signalled": _("a signalé une rupture au prescripteur"),
                "protocols.vaccination_planned": _("a prévu une vaccination"),
                "protocols.vaccination_noted": _("a noté l’issue d’une vaccination"),
                "protocols.programme_opened": _("a ouvert un programme d’éducation thérapeutique"),
                "protocols.programme_written": _("a écrit un programme d’éducation thérapeutique"),
                "protocols.programme_joined": _("a noté l’équipe d’un programme"),
                "protocols.programme_left": _("a noté un départ de l’équipe d’un programme"),
                "protocols.session_planned": _("a prévu une séance d’éducation thérapeutique"),
                "protocols.session_changed": _("a déplacé une séance d’éducation thérapeutique"),
                "protocols.session_cancelled": _("a annulé une séance d’éducation thérapeutique"),
                "protocols.enrolled": _("a inscrit une personne à un programme"),
                "protocols.assessed": _("a écrit un bilan éducatif"),
                "protocols.educator_changed": _("a confié le suivi d’un programme"),
                "protocols.place_given": _("a donné une place dans une séance"),
                "protocols.place_given_up": _("a dit ne pas pouvoir venir à une séance"),
                "protocols.attendance_noted": _("a noté une présence"),
                "protocols.evaluated": _("a gardé les réponses d’une personne sur un programme"),
                "protocols.enrolment_ended": _("a fini un programme pour une personne"),
                "protocols.summary_sent": _("a envoyé la synthèse d’un programme"),
                "protocols.referral_acknowledged": _("a lu une question posée au médecin"),
                "protocols.referral_answered": _("a répondu à une question posée au médecin"),
            }
        )
        name_terms(
            {
                "exception": _("exception"),
                "proposal": _("proposition"),
                "shortage": _("rupture"),
                "kind": _("nature"),
            }
        )
