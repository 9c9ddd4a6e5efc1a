"""The variable part: indicators of a contract, the value found of each, its dated evidence."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.funding.actions import attainment as actions
from maillage.funding.models import ContractIndicator
from maillage.funding.pages.base import FormPage, OfPlace
from maillage.funding.pages.contract_views import OfContractForm
from maillage.funding.pages.forms import OF_CONTRACTS
from maillage.funding.queries.attainment import file_seen_by, indicator_seen_by
from maillage.funding.rules.vocabulary import MissionCode
from maillage.indicators import api as indicators
from maillage.kernel.fields import DayField
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, sent_file_response
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.pages.refusals import refused
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission


def _number(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=13, decimal_places=4, localize=True, **options)


class IndicatorForm(KeyedForm):
    """What the contract measures."""

    exercise = forms.IntegerField(
        label=lazy("Année du contrat"), min_value=1, max_value=30, help_text=lazy("1 pour la première.")
    )
    mission = forms.ChoiceField(label=lazy("Mission"), choices=OF_CONTRACTS)
    label = forms.CharField(label=lazy("Libellé"), max_length=160)
    unit = forms.CharField(label=lazy("Unité"), max_length=30, required=False)
    reference = _number(lazy("Référence"), help_text=lazy("La valeur de départ que le contrat retient."))
    target = _number(lazy("Cible"))
    weight = forms.DecimalField(
        label=lazy("Poids"), max_digits=6, decimal_places=2, initial=1, localize=True,
        help_text=lazy("Dans la part variable de la mission."),
    )  # fmt: skip
    indicator = forms.ChoiceField(
        label=lazy("Indicateur du catalogue"), required=False,
        help_text=lazy("Ses valeurs publiées deviennent des preuves datées."),
    )  # fmt: skip
    document = forms.CharField(label=lazy("Document"), max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = [(key, one.label) for key, one in indicators.INDICATORS.items()]
        self.fields["indicator"].choices = [("", lazy("aucun : mesuré ailleurs")), *known]  # type: ignore[attr-defined]  # a field of choices


class ValueForm(KeyedForm):
    """What was found."""

    value = _number(lazy("Valeur"))
    document = forms.CharField(
        label=lazy("Document"),
        max_length=200,
        help_text=lazy("D’où elle vient : elle sera dite tapée à la main."),
    )


class EvidenceForm(KeyedForm):
    """What proves it."""

    dated = DayField(label=lazy("Datée du"))
    label = forms.CharField(label=lazy("Libellé"), max_length=160)
    url = forms.CharField(
        label=lazy("Adresse"), max_length=300, required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    file = forms.FileField(
        label=lazy("Fichier"), required=False, allow_empty_file=True,
        help_text=lazy("Une photo ou un PDF. Sans fichier ni adresse, le libellé dit où il est rangé."),
    )  # fmt: skip


class AddIndicator(OfContractForm):
    """What the contract measures."""

    form_class = IndicatorForm
    heading = lazy("Ajouter un indicateur")
    finding = lazy("De sa référence à sa cible, en ligne droite : la règle est celle du contrat, à vérifier.")
    button = lazy("Ajouter l’indicateur")

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.add_indicator(
            by=self.person, contract=self.contract, **data | {"mission": MissionCode(data["mission"])}
        )
        return self.page


class OfIndicator(OfPlace):
    """One indicator of the address (`pk`); Http404 for one of another territory."""

    @cached_property
    def indicator(self) -> ContractIndicator:
        """The indicator."""
        found = indicator_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def scope(self) -> Scope:
        """The territory of its contract."""
        return self.indicator.contract.scope

    @property
    def back(self) -> str:
        """The page of its contract."""
        return reverse("funding:contract", args=[self.indicator.contract_id])


class Measure(OfIndicator, FormPage):
    """What was found, typed by hand."""

    form_class = ValueForm
    heading = lazy("Donner la valeur d’un indicateur")
    finding = lazy(
        "Une valeur tapée est dite tapée ; une valeur publiée par Maillage s’ouvre jusqu’à ses lignes."
    )
    button = lazy("Garder cette valeur")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(about=self.indicator.label, **context)

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.measure(by=self.person, indicator=self.indicator, **data)
        return self.back


class TakePublished(OfIndicator, Endpoint):
    """The value is that which was published."""

    permission = Permission.MANAGE_FUNDING

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Take it, or say why not."""
        self.require_keeping()
        published = row_key(request.POST.get("published"))
        try:
            actions.measure(
                by=self.person, indicator=self.indicator, value=self.indicator.reference, published=published,
                document=_("Valeur publiée n° {number}").format(number=published),
                key=request.POST.get("key", "")[:64],
            )  # fmt: skip
        except (PermissionDenied, ValidationError) as error:
            return refused(request, error, self.back)
        return HttpResponseRedirect(self.back)


class Prove(OfIndicator, FormPage):
    """What proves it."""

    form_class = EvidenceForm
    heading = lazy("Joindre une preuve")
    finding = lazy("Datée, et qui s’ouvre : une adresse, un fichier, ou le lieu où elle est rangée.")
    button = lazy("Joindre la preuve")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(about=self.indicator.label, **context)

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        sent = data.pop("file")
        files = [(sent.name, sent.size, sent.file)] if sent else []
        actions.prove(by=self.person, indicator=self.indicator, files=files, **data)
        return self.back


class EvidenceContent(OfPlace, Endpoint):
    """The file of a piece of evidence."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with it."""
        found = file_seen_by(self.person, pk)
        if found is None:
            raise Http404(pk)
        actions.open_evidence(by=self.person, file=found)
        return sent_file_response(bytes(found.content), found.media_type, found.name, is_shown=False)
