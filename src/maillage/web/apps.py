"""Declares the `web` context to Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "maillage.web"
    label = "web"

    def ready(self) -> None:
        """Bring the shell's own entry; let the roster read what the agenda knows (ADR 7)."""
        from maillage.agenda import api as agenda
        from maillage.kernel.contributions import contribute
        from maillage.roster import api as roster
        from maillage.web.contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
        roster.read_commitments_with(agenda.commitments_during)
