"""Declares the `territory` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "maillage.territory"
    label = "territory"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.wording import name_verbs

        name_verbs(
            {
                "territory.pack_imported": _("a importé un jeu de données"),
                "territory.created": _("a créé un territoire"),
                "territory.renamed": _("a renommé un territoire"),
                "territory.perimeter_changed": _("a changé le périmètre d’un territoire"),
                "territory.flows_imported": _("a importé des flux observés"),
                "territory.flows_deleted": _("a supprimé des flux observés"),
                "territory.travel_matrix_imported": _("a importé des temps de trajet"),
                "territory.travel_matrix_deleted": _("a supprimé des temps de trajet"),
                "territory.draft_opened": _("a ouvert un brouillon de scénario"),
            }
        )
