"""Declares the `people` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "maillage.people"
    label = "people"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.wording import name_verbs

        name_verbs(
            {
                "people.registered": _("a enregistré un patient"),
                "people.changed": _("a modifié un dossier de patient"),
                "people.ins_recorded": _("a noté un matricule INS"),
                "people.referring_doctor_set": _("a noté un médecin traitant"),
                "people.doctor_requested": _("a ouvert une recherche de médecin traitant"),
                "people.doctor_request_moved": _("a fait avancer une recherche de médecin traitant"),
                "people.quota_set": _("a fixé son quota de nouveaux patients"),
                "people.demonstration_created": _("a créé les patients de démonstration"),
            }
        )
