"""Declares the `care` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CareConfig(AppConfig):
    name = "maillage.care"
    label = "care"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.care.contributions import CONTRIBUTION
        from maillage.care.models.homes import ACTIVITY_LABELS, ENTRY_LABELS, PART_LABELS
        from maillage.care.models.measures import KIND_LABELS
        from maillage.care.models.networks import NETWORK_LABELS, STEP_LABELS
        from maillage.care.models.recalls import RECALL_LABELS
        from maillage.care.rules.crisis_card import PARTS
        from maillage.care.rules.recalls import RecallKind
        from maillage.directory import api as directory
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "care.task_opened": _("a demandé une tâche"),
                "care.task_done": _("a fait une tâche"),
                "care.task_cancelled": _("a annulé une tâche"),
                "care.task_transferred": _("a transmis une tâche"),
                "care.meeting_called": _("a prévu une réunion"),
                "care.meeting_changed": _("a changé l’heure ou le lieu d’une réunion"),
                "care.meeting_cancelled": _("a annulé une réunion"),
                "care.rule_handed_on": _("a donné à quelqu’un d’autre les tâches d’une règle d’alerte"),
                "care.meeting_taken_over": _("a repris l’organisation d’une réunion"),
                "care.meeting_invited": _("a invité quelqu’un à une réunion"),
                "care.meeting_uninvited": _("a retiré une invitation à une réunion"),
                "care.meeting_answered": _("a répondu à une invitation à une réunion"),
                "care.item_added": _("a ajouté un point à l’ordre du jour d’une réunion"),
                "care.item_agreed": _("a noté l’accord d’un patient pour une réunion"),
                "care.item_withdrawn": _("a retiré un point de l’ordre du jour d’une réunion"),
                "care.item_moved": _("a changé l’ordre du jour d’une réunion"),
                "care.attendance_recorded": _("a noté les présences à une réunion"),
                "care.minutes_written": _("a écrit dans le compte rendu d’une réunion"),
                "care.minutes_signed": _("a signé le compte rendu d’une réunion"),
                "care.decided": _("a noté une décision de réunion"),
                "care.plan_written": _("a écrit une version d’un plan partagé"),
                "care.plan_kept_aside": _("a écrit un plan en même temps qu’un collègue"),
                "care.questionnaire_asked": _("a posé un questionnaire"),
                "care.questionnaire_answered": _("a gardé les réponses à un questionnaire"),
                "care.questionnaire_danger_said": _("a dit un signe grave après un questionnaire"),
                "care.questionnaire_taken_back": _("a retiré un questionnaire"),
                "care.measured": _("a noté des mesures"),
                "care.measure_corrected": _("a corrigé une mesure"),
                "care.alert_rule_written": _("a écrit une règle d’alerte"),
                "care.alert_rule_switched_on": _("a mis en marche une règle d’alerte"),
                "care.alert_rule_ended": _("a arrêté une règle d’alerte"),
                "care.recall_added": _("a noté un rappel de suivi"),
                "care.recall_changed": _("a changé un rappel de suivi"),
                "care.recall_noted": _("a noté la suite d’un rappel"),
                "care.recall_handed_on": _("a donné un rappel à quelqu’un d’autre"),
                "care.network_opened": _("a ouvert un parcours de filière"),
                "care.network_step_written": _("a noté une étape d’un parcours de filière"),
                "care.network_step_handed_on": _("a donné une étape de parcours à quelqu’un d’autre"),
                "care.network_closed": _("a fermé un parcours de filière"),
                "care.plan_consented": _("a noté l’accord à un plan partagé"),
                "care.resident_admitted": _("a noté l’entrée d’un résident"),
                "care.resident_left": _("a noté la sortie d’un résident"),
                "care.card_revised": _("a revu une fiche de nuit"),
                "care.card_confirmed": _("a relu une fiche de nuit"),
                "care.grid_filled": _("a coté une grille AGGIR"),
                "care.event_reported": _("a noté qu’un résident va mal"),
                "care.advice_noted": _("a noté le conseil d’un médecin"),
                "care.event_ended": _("a noté la suite d’un appel"),
                "care.resident_returned": _("a noté le retour d’un résident"),
                "care.visit_booked": _("a réservé une visite"),
                "care.relative_told": _("a noté l’appel à un proche"),
                "care.event_reviewed": _("a noté un avis entre pairs"),
                "care.booklet_made": _("a fait un cahier de nuit"),
                "care.booklet_taken": _("a téléchargé un cahier de nuit"),
                "care.booklet_opened": _("a lu le mot de passe d’un cahier de nuit"),
                "care.demonstration_created": _("a créé les résidents de démonstration"),
            }
        )
        # The parts after the entries: where a part and an entry share a name, rules speak of the part.
        name_terms({entry.value: ENTRY_LABELS[entry] for entry in ENTRY_LABELS})
        name_terms({part.value: PART_LABELS[part] for part in PARTS})
        name_terms({activity.value: ACTIVITY_LABELS[activity] for activity in ACTIVITY_LABELS})
        name_terms(
            {
                "entries": _("rubriques"),
                "residents": _("résidents"),
                "informed": _("informé"),
                "vital": _("engage la vie"),
                "ending": _("suite"),
                "admitted": _("hospitalisé"),
                "told": _("proche prévenu"),
                "cards": _("fiches"),
                "left_out": _("laissés de côté"),
                "b": _("fait en partie"),
                "c": _("ne fait pas"),
                "ranks": _("seuil, rang, GIR"),
                "group": _("groupe"),
            }
        )
        name_terms({one.value: NETWORK_LABELS[one] for one in NETWORK_LABELS})
        name_terms({one.value: STEP_LABELS[one] for one in STEP_LABELS})
        name_terms({"kinds": _("partenaires"), "named": _("autres partenaires"), "sheet": _("fiche à lire")})
        name_terms({"called": _("nom"), "sentences": _("phrases")})
        # Those alone whose name is no word of another context.
        local = directory.StructureKind.LOCAL_HOSPITAL
        name_terms({local.value: directory.KIND_LABELS[local]})
        # The diagnosis of the territory names « ald » itself.
        name_terms({one.value: RECALL_LABELS[one] for one in RecallKind if one is not RecallKind.ALD})
        name_terms(
            {
                "routine": _("habituelle"),
                "urgent": _("rapide"),
                "asap": _("dès que possible"),
                **KIND_LABELS,
                "loinc": "LOINC",
                "ucum": "UCUM",
                "unit": _("unité"),
                "decimals": _("décimales"),
                "lowest": _("refusée sous"),
                "low": _("redemandée sous"),
                "high": _("redemandée au-delà de"),
                "highest": _("refusée au-delà de"),
                "below": _("à cette valeur ou moins"),
                "above": _("à cette valeur ou plus"),
            }
        )
