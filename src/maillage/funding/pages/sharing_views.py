"""Sharing a sum: the form, the proposal line by line, the operation."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.directory import api as directory
from maillage.funding.actions import sharing as actions
from maillage.funding.models import SHARING_LABELS, Operation, Sharing, SharingPart
from maillage.funding.pages.base import FormPage, OfPlace
from maillage.funding.pages.contract_views import OfContractForm
from maillage.funding.pages.forms import DayForm
from maillage.funding.rules.vocabulary import SharingKey
from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import AmountField, Textarea
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page
from maillage.kernel.pages.forms import KeyedForm

MOST_MEMBERS = 200


class SharingForm(KeyedForm):
    """A sum, what is taken off it, who shares it."""

    label = forms.CharField(label=lazy("Libellé"), max_length=120)
    pool = AmountField(label=lazy("Somme à partager, en euros"))
    charges = AmountField(label=lazy("Charges à déduire, en euros"), required=False, least=0)
    bonus = AmountField(label=lazy("Supplément de gérance, en euros"), required=False, least=0)
    by_key = forms.ChoiceField(label=lazy("Clé de partage"), choices=as_choices(SHARING_LABELS))
    members = forms.CharField(
        label=lazy("Membres"), max_length=20_000, widget=Textarea({"rows": 8, "spellcheck": "false"}),
        help_text=lazy(
            "Une ligne par personne : nom et prénom ou numéro RPPS ; coefficient ou pourcentage. "
            "Une étoile au début marque qui a le supplément de gérance."
        ),
    )  # fmt: skip
    document = forms.CharField(
        label=lazy("Décision"), max_length=200, help_text=lazy("« Assemblée de la SISA du 4 mai 2026 ».")
    )

    def clean_members(self) -> list[actions.Member]:
        """Return the members. Raises ValidationError with each line that is wrong."""
        found, wrong = [], []
        lines = [one for one in self.cleaned_data["members"].splitlines() if one.strip()]
        if len(lines) > MOST_MEMBERS:
            raise ValidationError(_("Au plus 200 personnes."))
        for number, line in enumerate(lines, start=1):
            try:
                found.append(_member(line))
            except ValidationError as error:
                wrong += [
                    _("Ligne {number} : {why}").format(number=number, why=why) for why in error.messages
                ]
        if wrong:
            raise ValidationError(wrong)
        return found


def _member(line: str) -> actions.Member:
    name, _mark, weight = line.strip().partition(";")
    manages = name.startswith("*")
    who = directory.search_professionals(name.lstrip("*").strip(), 2)
    if not who:
        raise ValidationError(_("personne de ce nom à l’annuaire."))
    if len(who) > 1:
        raise ValidationError(_("plusieurs fiches répondent : donnez le numéro RPPS."))
    try:
        read = Decimal(weight.strip().replace(",", ".").replace("%", "").strip() or "1")
    except InvalidOperation:
        raise ValidationError(_("ce poids n’est pas un nombre.")) from None
    if not read.is_finite() or not 0 <= read < 100_000 or read != round(read, 4):
        raise ValidationError(_("un poids est un nombre positif, de quatre décimales au plus."))
    return actions.Member(who[0], read, manages)


class ProposeSharing(OfContractForm):
    """A sum to share."""

    form_class = SharingForm
    heading = lazy("Proposer un partage")
    finding = lazy(
        "Chaque part est montrée avant d’entrer dans les comptes ; leur somme est exacte au centime."
    )
    button = lazy("Voir les parts")

    def act(self, data: dict[str, Any]) -> str:
        """Propose it."""
        made = actions.propose_sharing(
            by=self.person, contract=self.contract, **data | {
                "by_key": SharingKey(data["by_key"]), "charges": data["charges"] or 0,
                "bonus": data["bonus"] or 0,
            },
        )  # fmt: skip
        return reverse("funding:sharing", args=[made.pk])


class OfSharing(OfPlace):
    """One sharing of the address; who sees pay in its territory reads it."""

    @cached_property
    def sharing(self) -> Sharing:
        """The sharing. Raises Http404 for one of another territory."""
        rows = Sharing.objects.for_person(self.person).filter(pk=self.kwargs["pk"])
        found = rows.select_related("contract__scope", "operation", "by").first()
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def scope(self) -> Scope:
        """The territory of the sharing."""
        return self.sharing.contract.scope


class SharingPage(OfSharing, Page):
    """The part of each, line by line."""

    template_name = "funding/sharing.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        self.require_pay()
        row = self.sharing
        parts = SharingPart.objects.in_scope(self.scope).filter(sharing=row)
        lines = list(parts.select_related("professional", "person"))
        net = row.pool - row.charges
        is_posted = row.is_posted
        said = (
            _("{net} entre {count} personnes, dans les comptes : écriture n° {number}.")
            if is_posted
            else _("Proposition : {net} entre {count} personnes ; rien n’est encore dans les comptes.")
        )
        return super().get_context_data(
            sharing=row,
            finding=said.format(
                net=formats.euros(net), count=len(lines), number=row.operation.number if row.operation else ""
            ),
            lines=lines,
            net=net,
            total=sum(one.cents for one in lines),
            is_posted=is_posted,
            payment=Operation.objects.in_scope(self.scope)
            .filter(source=f"funding.sharing_paid:{row.pk}", reversed_by=None)
            .first(),
            may_keep=self.keeps,
            **context,
        )


class PostSharing(OfSharing, FormPage):
    """The parts enter the accounts."""

    form_class = DayForm
    heading = lazy("Passer le partage dans les comptes")
    finding = lazy("Chaque part devient due à son membre, par une seule écriture.")
    button = lazy("Passer l’écriture")

    @property
    def back(self) -> str:
        """The sharing."""
        return reverse("funding:sharing", args=[self.sharing.pk])

    def initial(self) -> dict[str, Any]:
        """Return today."""
        return {"day": self.today}

    def act(self, data: dict[str, Any]) -> str:
        """Write it."""
        actions.post_sharing(by=self.person, sharing=self.sharing, **data)
        return self.back


class PaySharing(PostSharing):
    """Every part is paid."""

    heading = lazy("Noter le paiement d’un partage")
    finding = lazy(
        "Les virements sont faits à la banque : ici, ils sont écrits dans les comptes, une seule fois."
    )
    button = lazy("Noter le paiement")

    def act(self, data: dict[str, Any]) -> str:
        """Write it."""
        actions.pay_sharing(by=self.person, sharing=self.sharing, **data)
        return self.back
