"""Declares the `funding` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundingConfig(AppConfig):
    name = "maillage.funding"
    label = "funding"

    def ready(self) -> None:
        """Word the verbs and the terms of the context for the shared pages; give the project its readers."""
        from maillage.funding.contributions import CONTRIBUTION
        from maillage.funding.queries import spending
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.project.api import Accounts, tell_spending

        contribute(CONTRIBUTION)
        tell_spending("funding", Accounts(spending.keeps, spending.spending, spending.settled))
        name_verbs(
            {
                "funding.contract_kept": _("a enregistré un contrat de financement"),
                "funding.contract_stopped": _("a arrêté un contrat avant son terme"),
                "funding.mission_started": _("a commencé une mission"),
                "funding.amount_typed": _("a renseigné un montant"),
                "funding.instalment_added": _("a ajouté une échéance"),
                "funding.declared": _("a déclaré une année d’un contrat"),
                "funding.indicator_added": _("a ajouté un indicateur à un contrat"),
                "funding.value_measured": _("a donné la valeur d’un indicateur"),
                "funding.evidence_kept": _("a joint une preuve"),
                "funding.sharing_proposed": _("a proposé un partage"),
                "funding.operation_posted": _("a passé une écriture"),
                "funding.evidence_read": _("a ouvert la preuve d’un indicateur"),
                "funding.invoice_file_kept": _("a joint le document d’une facture"),
                "funding.invoice_file_read": _("a ouvert le document d’une facture"),
                "funding.period_closed": _("a clos une période des comptes"),
                "funding.rate_decided": _("a gardé un barème d’indemnité"),
                "funding.ceiling_decided": _("a renseigné un plafond"),
                "funding.time_noted": _("a noté un temps à indemniser"),
                "funding.statement_made": _("a fait un relevé d’indemnités"),
                "funding.statement_validated": _("a validé un relevé d’indemnités"),
                "funding.statement_reopened": _("a rouvert un relevé d’indemnités"),
                "funding.statement_read": _("a lu son relevé d’indemnités"),
                "funding.budget_set": _("a décidé du budget d’une mission"),
                "funding.engaged": _("a engagé une dépense"),
                "funding.commitment_dropped": _("a abandonné un engagement"),
            }
        )
        name_terms(
            {
                "invoice_paid": _("Paiement d’une facture"),
                "cents": _("centimes"),
                "signed_on": _("signé le"),
                "last_day": _("dernier jour"),
                "mission": _("mission"),
                "action": _("action"),
                "starts_on": _("commence le"),
                "amount": _("montant"),
                "proof": _("document d’où vient le montant"),
                "due_on": _("attendu le"),
                "quarter": _("trimestre"),
                "number": _("numéro"),
                "operation": _("écriture"),
                "reverses": _("annule"),
                "exercise": _("année du contrat"),
                "goal": _("cible"),
                "dated": _("daté du"),
                "files": _("fichiers"),
                "through": _("jusqu’au"),
                "valid_from": _("à partir du"),
                "decision": _("décision"),
                "minutes": _("minutes"),
                "points": _("points"),
                "need": _("nature"),
                "each": _("points chacun"),
                "by_list": _("points pour 4 000 patients"),
                "beyond": _("points au-delà"),
                "bonus": _("supplément"),
                "ipa": _("supplément avec une IPA"),
                "most": _("au plus"),
                "more": _("points de plus"),
                "aim": _("cible, en pour cent"),
            }
        )
