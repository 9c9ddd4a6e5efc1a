"""What is declared for a year of an ACI MSP, or a quarter of PEPS: the forms, and each line explained."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.funding.actions import contracts as actions
from maillage.funding.computations.schedules import last_declared, msp_facts
from maillage.funding.pages.contract_views import OfContractForm
from maillage.funding.rules import msp
from maillage.funding.rules.vocabulary import ContractKind
from maillage.kernel.fields import AmountField
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.sourced_rules import rule

#: The indicators whose supplement for a nurse in advanced practice (IPA) is declared apart.
IPA = {"A2S2": 8, "A1O4": 1, "A2S3": 1}


class MspForm(KeyedForm):
    """What a centre declares for a year, indicator by indicator."""

    year = forms.IntegerField(label=lazy("Année"), min_value=2017, max_value=2199)
    list_size = forms.IntegerField(
        label=lazy("Patientèle médecin traitant des associés"), min_value=0, max_value=200_000
    )
    professionals = forms.IntegerField(label=lazy("Professionnels associés"), min_value=0, max_value=1000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, one in msp.INDICATORS.items():
            known = rule(f"funding.msp.{code.lower()}")
            self.fields[code.lower()] = _indicator_field(one, known.said)
            if code in IPA:
                self.fields[f"{code.lower()}_ipa"] = forms.IntegerField(
                    label=_("{code} : avec une IPA").format(code=code), min_value=0, max_value=IPA[code],
                    required=False,
                )  # fmt: skip
        self.fields["document"] = forms.CharField(
            label=lazy("Document"), max_length=200, help_text=lazy("La télédéclaration, et sa date.")
        )

    def facts(self) -> dict[str, Any]:
        """Return what `rules.msp.Facts` reads."""
        data = self.cleaned_data
        declared = {code: str(Decimal(data[code.lower()] or 0)) for code in msp.INDICATORS}
        with_ipa = {code: data[f"{code.lower()}_ipa"] or 0 for code in IPA}
        return {
            "list_size": data["list_size"], "professionals": data["professionals"], "declared": declared,
            "with_ipa": with_ipa,
        }  # fmt: skip


def _indicator_field(one: msp.Indicator, label: str) -> forms.Field:
    if one.shape is msp.Shape.YES_NO:
        return forms.BooleanField(label=label, required=False)
    if one.shape is msp.Shape.RATE:
        return forms.DecimalField(label=label, min_value=0, max_value=100, decimal_places=2, required=False)
    # More than the cap may be declared: the line says that it is capped.
    most = one.most if one.shape is msp.Shape.LEVEL else 99
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False)


class PepsForm(KeyedForm):
    """What a quarter of PEPS is reckoned from."""

    year = forms.IntegerField(label=lazy("Année"), min_value=2019, max_value=2199)
    quarter = forms.IntegerField(label=lazy("Trimestre"), min_value=1, max_value=4)
    base = AmountField(label=lazy("Somme des valeurs de base de la patientèle, en euros"), required=False)
    territory = forms.DecimalField(
        label=lazy("Coefficient de territoire"), min_value=0, max_value=9, decimal_places=4, required=False
    )
    quality = forms.DecimalField(
        label=lazy("Coefficient de qualité"), min_value=0, max_value=9, decimal_places=4, required=False
    )
    leakage = AmountField(label=lazy("Fuites à déduire, en euros"), required=False, least=0)
    former_fees = AmountField(label=lazy("Honoraires du trimestre de référence, en euros"), required=False)
    document = forms.CharField(
        label=lazy("Document"), max_length=200, help_text=lazy("Le cahier des charges, l’avis de paiement.")
    )

    def facts(self) -> dict[str, Any]:
        """Return what `rules.peps.Quarter` reads; what is not typed stays blank."""
        names = ("base", "territory", "quality", "leakage", "former_fees")
        data = self.cleaned_data
        return {name: None if data[name] is None else str(data[name]) for name in names}


class Declare(OfContractForm):
    """A year, or a quarter."""

    heading = lazy("Déclarer une période")
    finding = lazy("Ce qui n’est pas établi reste vide : le montant le dira.")
    button = lazy("Garder cette déclaration")

    @property
    def form_class(self) -> type[forms.Form]:  # type: ignore[override]  # as the contract asks
        """The form that the contract asks for."""
        return PepsForm if self.contract.nature is ContractKind.PEPS else MspForm

    def initial(self) -> dict[str, Any]:
        """Return the last year declared, or this one."""
        found = last_declared(self.plan.kept)
        if not found or self.contract.nature is ContractKind.PEPS:
            return {"year": self.today.year}
        (year, _quarter), facts = max(found.items())
        read = msp_facts(facts)
        return {
            "year": year, "list_size": read.list_size, "professionals": read.professionals,
            **{code.lower(): value.normalize() for code, value in read.declared.items()},
            **{f"{code.lower()}_ipa": value for code, value in read.with_ipa.items()},
        }  # fmt: skip

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.declare(
            by=self.person, contract=self.contract, year=data["year"], quarter=data.get("quarter", 0),
            facts=self.bound.facts(), document=data["document"], key=data["key"],
        )  # fmt: skip
        return self.page
