"""Declares the `people` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "maillage.people"
    label = "people"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import ROLES, name_terms, name_verbs
        from maillage.people.actions import copies, retention, signals  # noqa: F401 (their handlers register)
        from maillage.people.contributions import CONTRIBUTION
        from maillage.people.models import KEPT_LABELS, PART_LABELS, TELLER_LABELS

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "people.account_opened": _("est entré pour la première fois dans son espace"),
                "people.registered": _("a enregistré un patient"),
                "people.address_added": _("a noté une adresse d’un patient"),
                "people.address_proposed": _("a proposé une adresse où le joindre"),
                "people.address_confirmed": _("a confirmé l’adresse qu’un patient propose"),
                "people.address_refused": _("a écarté l’adresse qu’un patient propose"),
                "people.address_ended": _("a noté le dernier jour d’un patient à une adresse"),
                "people.changed": _("a modifié un dossier de patient"),
                "people.ins_recorded": _("a noté un matricule INS"),
                "people.referring_doctor_set": _("a noté un médecin traitant"),
                "people.doctor_requested": _("a ouvert une recherche de médecin traitant"),
                "people.doctor_request_moved": _("a fait avancer une recherche de médecin traitant"),
                "people.circle_joined": _("a fait entrer dans un cercle de soins"),
                "people.circle_informed": _("a noté qu’un patient est informé d’un lien de soins"),
                "people.circle_left": _("a fait sortir d’un cercle de soins"),
                "people.consented": _("a noté un accord de partage"),
                "people.consent_withdrawn": _("a retiré un accord de partage"),
                "people.opposed": _("a noté une opposition au partage"),
                "people.opposition_lifted": _("a levé une opposition au partage"),
                "people.emergency_reviewed": _("a revu un accès d’urgence"),
                "people.mandate_signed": _("a signé ou noté un mandat d’aidant"),
                "people.mandate_reduced": _("a retiré une partie d’un mandat d’aidant"),
                "people.signal_sent": _("a signalé une inquiétude"),
                "people.signal_answered": _("a répondu au signalement d’un aidant"),
                "people.support_answered": _("a noté ce que l’aide lui demande"),
                "people.rights_asked": _("a noté la demande d’une personne sur ses données"),
                "people.rights_extended": _("a prolongé le délai de réponse à une demande"),
                "people.rights_answered": _("a répondu à une demande sur des données"),
                "people.restricted": _("a gelé l’usage de données à la demande d’une personne"),
                "people.restriction_lifted": _("a levé le gel de données d’une personne"),
                "people.copy_made": _("a fait la copie des données d’une personne"),
                "people.copy_fetched": _("a téléchargé la copie des données d’une personne"),
                "people.copy_erased": _("a effacé la copie des données d’une personne"),
                "people.inclusion_written": _("a écrit la fiche d’une personne sans médecin traitant"),
                "people.inclusion_called": _("a noté l’appel au 15 d’une fiche sans médecin traitant"),
                "people.erasure_due": _("a noté des dossiers au terme de leur conservation"),
                "people.erasure_confirmed": _("a confirmé l’effacement de dossiers au terme"),
                "people.file_erased": _("a effacé un dossier au terme de sa conservation"),
                "people.file_kept": _("a gardé un dossier au terme de sa conservation"),
                "people.hold_laid": _("a posé une conservation légale sur un dossier"),
                "people.hold_lifted": _("a levé une conservation légale"),
                "people.support_referred": _("a orienté quelqu’un vers l’Assurance maladie"),
                "people.support_letter_sent": _("a noté le courrier qui confirme un accord"),
                "people.support_sent": _("a transmis une orientation à l’Assurance maladie"),
                "people.support_answered_by_cpam": _("a noté l’issue d’une orientation"),
                "people.quota_set": _("a fixé son quota de nouveaux patients"),
                "people.demonstration_created": _("a créé les patients de démonstration"),
            }
        )
        name_terms({role.value: ROLES[role] for role in ROLES})
        name_terms({one.value: TELLER_LABELS[one] for one in TELLER_LABELS})
        name_terms({one.value: KEPT_LABELS[one] for one in KEPT_LABELS})
        name_terms({part.value: PART_LABELS[part] for part in PART_LABELS})
        name_terms(
            {
                "recent_link_minutes": _("lien récent, en minutes"),
                "night_from_hour": _("nuit à partir de, en heures"),
                "night_until_hour": _("nuit jusqu’à, en heures"),
                "files": _("dossiers"),
                "files_within_minutes": _("dossiers lus dans, en minutes"),
                "who": _("qui"),
                "signed_by": _("signature"),
                "code": _("par un code"),
                "paper": _("sur papier"),
                "book": _("prendre rendez-vous"),
                "speak": _("parler avec les soignants"),
                "signal": _("signaler une inquiétude"),
                "erased": _("lignes vidées"),
                "active_years": _("en usage, en années"),
                "archive_years": _("en archive, en années"),
                "minor_until_years": _("pour un mineur, jusqu’à son anniversaire, en années"),
                "fields": _("champs"),
                "kept_until": _("gardé jusqu’au"),
                "why": _("raison"),
                "teller": _("qui répond"),
                "version": _("version"),
                "oid": _("racine de l’identifiant"),
                "patients": _("patients"),
                "status": _("état"),
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
