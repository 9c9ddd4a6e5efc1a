"""Declares the `steering` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SteeringConfig(AppConfig):
    name = "maillage.steering"
    label = "steering"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.steering.contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
        name_verbs({"steering.evaluation_kept": _("a gardé une évaluation")})
        name_terms(
            {
                "donors": _("unités de comparaison"),
                "donor_periods": _("périodes avant"),
                "series_periods": _("points d’une série"),
                "units": _("unités"),
                "periods": _("périodes"),
                "digest": _("empreinte"),
            }
        )
