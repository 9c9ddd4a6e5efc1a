"""Declares the `web` context to Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "maillage.web"
    label = "web"

    def ready(self) -> None:
        """Let the roster read what the agenda knows: neither of the two knows the other (ADR 7)."""
        from maillage.agenda import api as agenda
        from maillage.roster import api as roster

        roster.read_commitments_with(agenda.commitments_during)
