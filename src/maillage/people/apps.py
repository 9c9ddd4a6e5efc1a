"""Declares the `people` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "maillage.people"
    label = "people"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.people.contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
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
        name_terms(
            {
                "same_name": _("même nom"),
                "sounding_name": _("nom de même son"),
                "spelt_name": _("nom proche"),
                "spelt_share": _("part de lettres communes"),
                "other_name": _("autre nom"),
                "same_birth": _("même naissance"),
                "near_birth": _("naissance proche"),
                "other_birth": _("autre naissance"),
                "same_sex": _("même sexe"),
                "other_sex": _("autre sexe"),
                "same_commune": _("même commune"),
                "same_phone": _("même téléphone"),
                "nir": _("NIR"),
                "nia": _("NIA"),
                "test": _("essai"),
                "none": _("aucun"),
                "insi": _("INSi"),
                "document": _("pièce d’identité"),
                "both": _("les deux"),
                "aged": _("grand âge"),
                "pregnancy": _("grossesse"),
                "ehpad": _("EHPAD"),
                "discharge": _("sortie d’hôpital"),
                "disability": _("handicap"),
                "c2s": _("C2S"),
                "ald": _("affection de longue durée"),
            }
        )
