"""Budgets, what is engaged, invoices: their forms."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from maillage.funding.actions import budget as actions
from maillage.funding.models import Commitment, Operation
from maillage.funding.pages import forms
from maillage.funding.pages.base import FormPage, OfPlace
from maillage.funding.queries.budget import commitments_open
from maillage.funding.queries.ledger import operation_in
from maillage.funding.queries.spending import invoice_file_seen_by
from maillage.funding.rules.vocabulary import MissionCode
from maillage.kernel import formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, sent_file_response
from maillage.kernel.pages.refusals import refused
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.project import api as project


class SetBudget(FormPage):
    """What a mission may cost in a year."""

    form_class = forms.BudgetForm
    heading = lazy("Décider du budget d’une mission")
    finding = lazy("La dernière décision compte ; les autres restent au journal.")
    button = lazy("Garder ce budget")

    def initial(self) -> dict[str, Any]:
        """Return this year, and the mission of the address."""
        return {"year": self.today.year, "mission": self.request.GET.get("mission", "")}

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.set_budget(
            by=self.person, scope=self.scope, **data | {"mission": MissionCode(data["mission"])}
        )
        return self.home


class ForUse(FormPage):
    """A form about money that is for a mission, or for an action of the project."""

    @cached_property
    def project_actions(self) -> list[project.Action]:
        """The actions of the projects of the territory that go on."""
        return project.actions_in(self.scope)


class Engage(ForUse):
    """Something ordered."""

    form_class = forms.CommitmentForm
    heading = lazy("Engager une dépense")
    finding = lazy("Un devis signé, une commande : il compte comme engagé jusqu’à sa facture.")
    button = lazy("Engager")

    def form_options(self) -> dict[str, Any]:
        """Return the actions of the project."""
        return {"actions": self.project_actions}

    def initial(self) -> dict[str, Any]:
        """Return today."""
        return {"day": self.today}

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        use = forms.use_said(data["mission"], self.project_actions)
        actions.engage(by=self.person, scope=self.scope, **data | use)
        return self.home


class RecordInvoice(ForUse):
    """An invoice."""

    form_class = forms.InvoiceForm
    heading = lazy("Enregistrer une facture")
    finding = lazy("Une facture d’un fournisseur n’entre qu’une fois, par son numéro.")
    button = lazy("Enregistrer la facture")

    @cached_property
    def open(self) -> list[Commitment]:
        """What is engaged."""
        return commitments_open(self.scope)

    def form_options(self) -> dict[str, Any]:
        """Return what is engaged."""
        rows = [
            (str(one.pk), f"{one.supplier} · {one.label} · {formats.euros(one.cents)}") for one in self.open
        ]
        if self.wrote_already:  # the first of two clicks took it from the list
            rows.append((self.request.POST.get("commitment", ""), ""))
        return {"commitments": rows, "actions": self.project_actions}

    def initial(self) -> dict[str, Any]:
        """Return what the commitment of the address says."""
        one = self._commitment(self.request.GET.get("engagement"))
        if one is None:
            return {"day": self.today}
        return {
            "day": self.today, "commitment": str(one.pk), "supplier": one.supplier,
            "mission": forms.use_of(one.mission, one.action_id, self.project_actions), "cents": one.cents,
        }  # fmt: skip

    def _commitment(self, text: str | None) -> Commitment | None:
        return next((one for one in self.open if one.pk == row_key(text)), None)

    def act(self, data: dict[str, Any]) -> str:
        """Write it."""
        chosen = self._commitment(data.pop("commitment"))
        use = forms.use_said(data["mission"], self.project_actions)
        actions.record_invoice(
            by=self.person, scope=self.scope, commitment=chosen, files=data.pop("file"), **data | use
        )
        return self.home


class OfInvoice(OfPlace):
    """One invoice of the address (`pk`); Http404 for one of another territory."""

    @cached_property
    def invoice(self) -> Operation:
        """The invoice. Raises Http404 for one of another territory."""
        found = next((row for one in self.places if (row := operation_in(one, self.kwargs["pk"]))), None)
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def scope(self) -> Scope:
        """The territory of the invoice."""
        return self.invoice.scope


class PayInvoice(OfInvoice, FormPage):
    """An invoice is paid."""

    form_class = forms.DayForm
    heading = lazy("Noter le paiement d’une facture")
    finding = lazy("Le virement est fait à la banque : ici, il est écrit dans les comptes, une seule fois.")
    button = lazy("Noter le paiement")

    def initial(self) -> dict[str, Any]:
        """Return today."""
        return {"day": self.today}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(about=self.invoice.label, **context)

    def act(self, data: dict[str, Any]) -> str:
        """Write it."""
        actions.pay_invoice(by=self.person, invoice=self.invoice, **data)
        return self.home


class AttachInvoice(OfInvoice, FormPage):
    """The document of an invoice entered before."""

    form_class = forms.AttachForm
    heading = lazy("Joindre le document d’une facture")
    finding = lazy("Il est gardé avec l’écriture, et s’ouvre à qui voit les comptes.")
    button = lazy("Joindre le document")

    @property
    def back(self) -> str:
        """The accounts of its year."""
        return f"{reverse('funding:ledger', args=[self.scope.pk])}?annee={self.invoice.day.year}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(about=self.invoice.label, **context)

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.keep_invoice_file(by=self.person, invoice=self.invoice, files=data["file"])
        return self.back


class InvoiceContent(OfPlace, Endpoint):
    """The document of an invoice, as what it is; opening it is journalled."""

    def get(self, _request: HttpRequest, pk: int, file: int) -> HttpResponse:
        """Answer with it."""
        found = invoice_file_seen_by(self.person, pk, file)
        if found is None:
            raise Http404(file)
        actions.open_invoice_file(by=self.person, file=found)
        return sent_file_response(bytes(found.content), found.media_type, found.name, is_shown=True)


class DropCommitment(OfPlace, Endpoint):
    """Something ordered will not be invoiced."""

    permission = Permission.MANAGE_FUNDING

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Drop it, or say why not."""
        self.require_keeping()
        pk = row_key(request.POST.get("commitment"))
        found = next((one for one in commitments_open(self.scope) if one.pk == pk), None)
        if found is None:
            raise Http404
        try:
            actions.drop_commitment(by=self.person, commitment=found)
        except (PermissionDenied, ValidationError) as error:
            return refused(request, error, self.home)
        return HttpResponseRedirect(self.home)
