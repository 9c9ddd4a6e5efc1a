"""Declares the `space` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpaceConfig(AppConfig):
    name = "maillage.space"
    label = "space"

    def ready(self) -> None:
        """Bring what the shared pages show; word the verbs and the terms of the journal."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.space.contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "space.safety_asked": _("a répondu aux questions de sécurité de l’espace patient"),
                "space.safety_alarmed": _("a dit un signe grave dans l’espace patient : le 15 a été montré"),
                "space.invited": _("a invité un patient dans son espace"),
                "space.invitation_taken_back": _("a retiré une invitation dans l’espace d’un patient"),
                "space.code_asked": _("un code a été demandé pour entrer dans l’espace d’un patient"),
                "space.letter_prepared": _("a préparé une lettre pour un patient"),
                "space.entered": _("est entré dans son espace par un code"),
            }
        )
        name_terms(
            {
                "result": _("résultat"),
                "notice_minutes": _("préavis, en minutes"),
                "horizon_days": _("jours d’avance au plus"),
                "most_to_come": _("rendez-vous à venir au plus"),
                "most_with_one": _("chez un même professionnel au plus"),
                "move": _("déplacer"),
                "cancel": _("annuler"),
                "way": _("voie"),
                "means": _("demandée"),
                "sms": "SMS",
                "paper": _("papier"),
                "code": _("code"),
            }
        )
