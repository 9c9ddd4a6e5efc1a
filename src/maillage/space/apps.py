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
            }
        )
