"""What the tables of funding have in common: a scope, read by those who see its money."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.funding.rules.vocabulary import (
    AccountKind,
    ContractKind,
    MissionCode,
    OperationKind,
    RateUnit,
    SharingKey,
    StatementState,
    TimeKind,
)
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import Row, ScopedQuerySet

CONTRACT_LABELS = {
    ContractKind.ACI_CPTS: _("ACI CPTS"),
    ContractKind.ACI_MSP: _("ACI MSP"),
    ContractKind.CDS: _("Accord des centres de santé"),
    ContractKind.FIR: _("FIR"),
    ContractKind.ART51: _("Article 51"),
    ContractKind.SUBSIDY: _("Subvention"),
    ContractKind.PEPS: _("PEPS (article 51)"),
}
MISSION_LABELS = {
    MissionCode.M1: _("M1 · Accès aux soins"),
    MissionCode.M2: _("M2 · Parcours pluriprofessionnels"),
    MissionCode.M3: _("M3 · Prévention"),
    MissionCode.M4: _("M4 · Crise sanitaire"),
    MissionCode.M5: _("M5 · Qualité et pertinence"),
    MissionCode.M6: _("M6 · Accompagnement des professionnels"),
    MissionCode.RUNNING: _("Fonctionnement"),
}
ACCOUNT_LABELS = {
    AccountKind.BANK: _("Banque"),
    AccountKind.SOURCE: _("Financement"),
    AccountKind.MISSION: _("Charges"),
    AccountKind.PERSON: _("Professionnel"),
    AccountKind.SUPPLIER: _("Fournisseur"),
}
OPERATION_LABELS = {
    OperationKind.RECEIPT: _("Versement reçu"),
    OperationKind.INDEMNITY: _("Indemnité"),
    OperationKind.PAYMENT: _("Paiement d’un relevé"),
    OperationKind.INVOICE: _("Facture"),
    OperationKind.INVOICE_PAID: _("Paiement d’une facture"),
    OperationKind.SHARING: _("Partage"),
    OperationKind.REVERSAL: _("Écriture inverse"),
}
TIME_LABELS = {
    TimeKind.MEETING: _("Réunion"),
    TimeKind.ON_CALL: _("Astreinte partagée"),
    TimeKind.TRAINING: _("Formation"),
    TimeKind.OTHER: _("Autre temps"),
}
UNIT_LABELS = {RateUnit.HOUR: _("de l’heure"), RateUnit.SESSION: _("la séance")}
STATEMENT_LABELS = {
    StatementState.DRAFT: _("brouillon"),
    StatementState.VALIDATED: _("validé"),
    StatementState.PAID: _("payé"),
}
SHARING_LABELS = {
    SharingKey.EQUAL: _("parts égales"),
    SharingKey.COEFFICIENT: _("coefficients"),
    SharingKey.PERCENT: _("pourcentages"),
}


def sees_money(person: Person, path: str = "scope") -> models.Q:
    """Return the condition « of a scope whose money `person` sees »."""
    scopes = access.scopes_of(person, Permission.VIEW_FUNDING)
    return models.Q() if scopes is None else models.Q(**{f"{path}__in": [one.pk for one in scopes]})


class FundingQuerySet(ScopedQuerySet[Row]):
    """Rows of a scope, read by those who see its money."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        return sees_money(person, self.scope_path)


class OfContractQuerySet(FundingQuerySet[Row]):
    """Rows of a contract."""

    scope_path = "contract__scope"


class PayQuerySet(FundingQuerySet[Row]):
    """What somebody is paid: for who sees pay in the scope, and for them."""

    def visible_to(self, person: Person) -> models.Q:
        scopes = access.scopes_of(person, Permission.VIEW_DUTY_PAY)
        seen = models.Q() if scopes is None else models.Q(scope__in=[one.pk for one in scopes])
        return seen & sees_money(person) | self.own(person)

    def own(self, person: Person) -> models.Q:
        """The condition « is paid to `person` »."""
        return models.Q(professional__account=person) | models.Q(person=person)

    def of(self, person: Person) -> PayQuerySet[Row]:
        """Keep what is paid to `person`."""
        return self.filter(self.own(person))._scoped()
