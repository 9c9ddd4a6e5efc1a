"""Declares the `orientation` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrientationConfig(AppConfig):
    name = "maillage.orientation"
    label = "orientation"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page; follow what the agenda says."""
        from maillage.agenda.api import keep_out_with
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.orientation.actions import closing, linking  # noqa: F401 (their handlers register)
        from maillage.orientation.contributions import CONTRIBUTION
        from maillage.orientation.queries.due_to_15 import due_to_the_15

        contribute(CONTRIBUTION)
        keep_out_with(due_to_the_15)
        name_verbs(
            {
                "orientation.opened": _("a ouvert une demande"),
                "orientation.taken": _("a pris une demande en main"),
                "orientation.described": _("a complété une demande"),
                "orientation.lowered": _("a abaissé une demande : priorité, motif ou âge"),
                "orientation.person_corrected": _("a relu une demande d’après le dossier corrigé"),
                "orientation.answered": _("a noté les réponses de sécurité"),
                "orientation.searched": _("a cherché des propositions"),
                "orientation.held": _("a retenu un créneau pour une demande"),
                "orientation.booked": _("a réservé un rendez-vous pour une demande"),
                "orientation.booked_over_capacity": _("a pris un rendez-vous en surnuméraire"),
                "orientation.sent_outside": _("a adressé une personne hors créneau"),
                "orientation.hour_agreed": _("a noté l’heure convenue hors créneau"),
                "orientation.refused": _("a noté le refus d’une proposition"),
                "orientation.decided": _("a décidé de l’orientation d’une demande"),
                "orientation.transferred": _("a transmis une demande au 15"),
                "orientation.returned": _("a rendu une demande au bureau"),
                "orientation.closed": _("a clos une demande"),
                "orientation.spoken_check": _("a noté une vérification de vive voix"),
                "orientation.given_back": _("a rendu un créneau retenu"),
                "orientation.corrected": _("a corrigé l’issue d’une demande"),
                "orientation.reopened": _("a rouvert une demande"),
                "orientation.withdrawn": _("a annulé sa demande"),
                "orientation.appointment_moved": _("a déplacé le rendez-vous d’une demande"),
                "orientation.signature_taken_back": _("a repris une fiche à signer de qui s’en va"),
                "orientation.shift_handed_over": _("a passé la relève"),
                "orientation.sheet_written": _("a écrit une version d’une fiche de sécurité"),
                "orientation.signature_asked": _("a demandé la signature d’une fiche de sécurité"),
                "orientation.signature_refused": _("a refusé de signer une fiche de sécurité"),
                "orientation.sheet_signed": _("a signé une fiche de sécurité"),
                "orientation.sheet_published": _("a mis en usage une fiche de sécurité"),
                "orientation.sheet_retired": _("a retiré une fiche de sécurité"),
                "orientation.sheet_discarded": _("a jeté un brouillon de fiche de sécurité"),
                "orientation.sheets_prepared": _("a préparé les fiches d’exemple"),
                "orientation.demonstration_created": _("a préparé le bureau de démonstration"),
            }
        )
        name_terms(
            {
                "sheets": pgettext_lazy("de sécurité", "fiches"),
                "agreed_at": _("heure convenue"),
                "has_red_flag": _("signe d’alerte"),
                "priority": _("priorité"),
                "state": _("état"),
                "signed_by": _("signée par"),
                "confirmed": _("alarmes perdues confirmées"),
                "signed_on": _("signée le"),
                "motive": pgettext_lazy("de recours", "motif"),
                "notice": _("rappel à l’écran"),
                "notice_en": _("rappel en anglais"),
                "label": _("libellé"),
                "label_en": _("libellé en anglais"),
                "code": _("code"),
                "delegates": _("délégués"),
                "professions": _("professions"),
                "new": _("nouvelle"),
                "in_hand": _("en main"),
                "proposed": _("proposée"),
                "booked": _("rendez-vous pris"),
                "on_call": _("médecin de garde"),
                "advice": _("conseil donné"),
                "protocol": _("protocole"),
                "outside": _("hors créneau"),
                "transferred": _("transmise au 15"),
                "age_min": _("âge minimal"),
                "age_max": _("âge maximal"),
                "age_sure": _("âge jusqu’auquel toutes les sources s’accordent"),
                "not_if": _("sauf si"),
                "established": _("établi"),
                "sex": _("sexe"),
                "version": _("version"),
                "title": _("titre"),
                "title_en": _("titre en anglais"),
                "motives": pgettext_lazy("de recours", "motifs"),
                "questions": _("questions"),
                "key": _("clé"),
                "text": _("texte"),
                "text_en": _("texte en anglais"),
                "red_flag": _("réponse d’alerte"),
                "known": _("déjà connu"),
                "answer": _("réponse"),
                "under_months": _("avant tant de mois"),
                "from_months": _("à partir de tant de mois"),
                "fact": _("ce que dit un oui"),
            }
        )
