"""Declares the `directory` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "maillage.directory"
    label = "directory"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.directory.contributions import CONTRIBUTION
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "directory.imported": _("a importé un fichier dans l’annuaire"),
                "directory.import_undone": _("a défait un import dans l’annuaire"),
                "directory.sheet_changed": _("a modifié une fiche d’annuaire"),
                "directory.fact_confirmed": _("a confirmé un fait d’annuaire"),
                "directory.confirmation_asked": _("a demandé de confirmer un fait"),
                "directory.confirmation_answered": _("a répondu à une demande de confirmation"),
                "directory.professional_created": _("a écrit à la main une fiche de professionnel"),
                "directory.professional_corrected": _("a corrigé à la main une fiche de professionnel"),
                "directory.merged": _("a fusionné deux fiches d’annuaire"),
                "directory.merge_undone": _("a défait une fusion de fiches"),
                "directory.welcomed": _("a ouvert l’accueil d’un nouvel arrivant"),
                "directory.welcome_step": _("a noté une étape d’accueil"),
                "directory.demonstration_created": _("a créé l’annuaire de démonstration"),
            }
        )
        name_terms(
            {
                "file": _("fichier"),
                "few": _("nombre toujours admis"),
                "replacement": _("remplacement"),
                "student": _("études ou stage"),
                "without_care": _("activité sans soin"),
                "ordinal_skill": _("spécialité ordinale"),
                "insisted": _("enregistré malgré un nom proche"),
                "members": _("membres"),
                "memberships": _("appartenances"),
                "partners": _("partenaires"),
                "professionals": _("professionnels"),
                "identity": _("identité"),
                "contact": _("coordonnées"),
                "places": _("lieux"),
                "services": _("services"),
                "hours": _("horaires"),
                "new_patients": _("nouveaux patients"),
                "centre_sante": _("centre de santé"),
                "meet_mentor": _("rencontrer son parrain ou sa marraine"),
                "check_sheet": _("relire sa fiche"),
                "open_account": _("ouvrir son compte"),
                "visit_partners": _("rendre visite aux partenaires"),
                "read_project": _("lire le projet de santé"),
                "join_roster": _("choisir sa place dans les gardes"),
                "first_review": _("faire le point"),
            }
        )
