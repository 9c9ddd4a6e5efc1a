"""Declares the `indicators` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IndicatorsConfig(AppConfig):
    name = "maillage.indicators"
    label = "indicators"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.indicators.contributions import CONTRIBUTION
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "indicators.value_published": _("a publié la valeur d’un indicateur"),
                "indicators.files_imported": _("a mis des fichiers en service pour les indicateurs"),
                "indicators.rows_read": _("a ouvert les lignes d’un indicateur"),
            }
        )
        name_terms(
            {
                "referring_doctor": _("Part avec médecin traitant"),
                "third_appointment": _("Troisième rendez-vous libre"),
                "regulation_time": _("Temps de régulation"),
                "answered_in_time": _("Appels décrochés à temps"),
                "avoidable_stays": _("Séjours potentiellement évitables"),
                "town_share": _("Part de la ville"),
                "complex_in_team": _("Situations complexes suivies à plusieurs"),
                "meeting_participation": _("Participation aux réunions"),
                "indicator": _("indicateur"),
                "numerator": _("numérateur"),
                "denominator": _("dénominateur"),
                "period": _("période"),
                "replaced": _("imports remplacés"),
                "rank": _("rang"),
                "absence_days": _("jours d’absence"),
                "horizon_days": _("jours regardés"),
                "mark": pgettext_lazy("d’une réponse", "note"),
                "answers": _("réponses"),
                "first_day": _("premier jour"),
                "last_day": _("dernier jour"),
                "from_age": _("à partir de (ans)"),
                "roots": _("racines CIM-10"),
                "professions": _("professions"),
                "months": _("mois"),
            }
        )
