"""The forms of funding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.funding.models import CONTRACT_LABELS, MISSION_LABELS, TIME_LABELS, UNIT_LABELS
from maillage.funding.queries.times import mission_of
from maillage.funding.rules.vocabulary import MISSIONS, MissionCode, RateUnit, TimeKind
from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import AmountField, DayField
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.parameters import row_key
from maillage.project import api as project

ALL_MISSIONS = as_choices(MISSION_LABELS)
OF_CONTRACTS = [(one.value, MISSION_LABELS[one]) for one in MISSIONS]
DOCUMENT_HINT = _("Celui où le montant se lit, et sa page : « Annexe 2 du contrat, page 14 ».")


#: How a choice of what is paid says an action rather than a mission.
_ACTION = "action-"


def action_choices(actions: Sequence[project.Action]) -> list[tuple[str, str]]:
    """Return the actions that money may be for, each after the number of its mission."""
    return [(f"{_ACTION}{one.pk}", formats.told(mission_of(one).value, one.title)) for one in actions]


def choices_of_use(actions: Sequence[project.Action]) -> list[Any]:
    """Return what money may be for, as choices: the missions, then the actions of the project."""
    if not actions:
        return list(ALL_MISSIONS)
    named = action_choices(actions)
    return [(gettext("Missions"), ALL_MISSIONS), (gettext("Actions du projet de santé"), named)]


def use_said(text: str, actions: Sequence[project.Action]) -> dict[str, Any]:
    """Return the mission and the action (None: none) that a choice says: that of an action is its own.

    Raises ValidationError for what is not offered.
    """
    if not text.startswith(_ACTION):
        if text not in {one.value for one in MissionCode}:
            raise ValidationError(gettext("Choisissez une mission, ou une action du projet."))
        return {"mission": MissionCode(text), "action": None}
    pk = row_key(text.removeprefix(_ACTION))
    action = next((one for one in actions if one.pk == pk), None)
    if action is None:
        raise ValidationError(gettext("Cette action n’est plus au projet : choisissez-en une autre."))
    return {"mission": mission_of(action), "action": action}


def use_of(mission: str, action: int | None, actions: Sequence[project.Action]) -> str:
    """Return the choice that says a mission, or an action where it is one of those offered."""
    return f"{_ACTION}{action}" if any(one.pk == action for one in actions) else mission


class _ForUse(KeyedForm):
    """A form about money that is for a mission, or for an action of the project."""

    def __init__(self, *args: Any, actions: Sequence[project.Action] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["mission"].choices = choices_of_use(actions)  # type: ignore[attr-defined]  # a field of choices


def _mission() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Mission ou action"))


def _document() -> forms.CharField:
    return forms.CharField(label=_("Document"), max_length=200, help_text=DOCUMENT_HINT)


def _amount(**options: Any) -> AmountField:
    return AmountField(label=_("Montant, en euros"), help_text=_("« 1 250,50 » ou « 1250.5 »."), **options)


class ContractForm(KeyedForm):
    """What was signed."""

    kind = forms.ChoiceField(label=_("Nature"), choices=as_choices(CONTRACT_LABELS))
    title = forms.CharField(
        label=_("Titre"), max_length=120, help_text=_("Par exemple : « ACI de la CPTS, 2026 – 2031 ».")
    )
    parties = forms.CharField(
        label=_("Signataires"), max_length=200, help_text=_("« CPTS, CPAM de Saône-et-Loire, ARS ».")
    )
    document = forms.CharField(label=_("Document"), max_length=200, help_text=_("Où le contrat est rangé."))
    signed_on = DayField(label=_("Signé le"))
    last_day = DayField(
        label=_("Dernier jour"), required=False, help_text=_("Vide : cinq ans, la durée d’un ACI.")
    )
    population = forms.IntegerField(
        label=_("Population"), min_value=1, max_value=5_000_000, required=False,
        help_text=_("Celle que le contrat retient : elle donne la taille d’une CPTS."),
    )  # fmt: skip
    population_year = forms.IntegerField(
        label=_("Année de cette population"), min_value=1990, max_value=2199, required=False
    )


class MissionForm(KeyedForm):
    """A mission that begins."""

    mission = forms.ChoiceField(label=_("Mission"), choices=OF_CONTRACTS)
    starts_on = DayField(label=_("Commence le"))


class AmountForm(KeyedForm):
    """An amount that no text gave us."""

    amount = forms.ChoiceField(label=_("Montant demandé"))
    cents = _amount(least=0)
    document = _document()

    def __init__(self, *args: Any, amounts: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].choices = amounts  # type: ignore[attr-defined]  # a field of choices


class InstalmentForm(KeyedForm):
    """A payment as a contract writes it."""

    due_on = DayField(label=_("Attendu le"))
    label = forms.CharField(label=_("Libellé"), max_length=120)
    cents = _amount()


class ReceiptForm(KeyedForm):
    """Money that came."""

    payment = forms.ChoiceField(label=_("Pour quelle échéance"), required=False)
    day = DayField(label=_("Reçu le"))
    cents = _amount()
    label = forms.CharField(label=_("Libellé"), max_length=120, help_text=_("Celui du relevé de la banque."))

    def __init__(self, *args: Any, payments: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["payment"].choices = [*payments, ("", _("aucune de celles-ci"))]  # type: ignore[attr-defined]  # a field of choices


class DayForm(KeyedForm):
    """A day, for what was done then."""

    day = DayField(label=_("Le"))


class LastDayForm(KeyedForm):
    """The last day of a contract that ends early."""

    last_day = DayField(label=_("Dernier jour"))


class RateForm(KeyedForm):
    """A rate, by decision."""

    time = forms.ChoiceField(label=_("Temps"), choices=as_choices(TIME_LABELS))
    profession = forms.ChoiceField(
        label=_("Profession"), required=False,
        choices=[("", _("toutes")), *as_choices(directory.PROFESSION_LABELS)],
    )  # fmt: skip
    cents = _amount()
    unit = forms.ChoiceField(label=_("Par"), choices=as_choices(UNIT_LABELS), initial=RateUnit.HOUR.value)
    valid_from = DayField(label=_("À partir du"))
    decision = forms.CharField(
        label=_("Décision"),
        max_length=200,
        help_text=_("Qui l’a prise, et quand : « Conseil du 12 mars 2026 »."),
    )


class CeilingForm(KeyedForm):
    """The ceiling of a year."""

    year = forms.IntegerField(label=_("Année"), min_value=2022, max_value=2199)
    cents = _amount()
    document = _document()


class TimeForm(KeyedForm):
    """Time that nothing else keeps."""

    who = forms.CharField(
        label=_("Qui"), max_length=80, help_text=_("Nom et prénom, ou numéro RPPS, comme à l’annuaire.")
    )
    time = forms.ChoiceField(
        label=_("Temps"),
        choices=[(one.value, TIME_LABELS[one]) for one in (TimeKind.TRAINING, TimeKind.OTHER)],
    )
    mission = forms.ChoiceField(label=_("Mission"), choices=ALL_MISSIONS)
    day = DayField(label=_("Jour"))
    minutes = forms.IntegerField(label=_("Durée, en minutes"), min_value=1, max_value=24 * 60)
    label = forms.CharField(label=_("Libellé"), max_length=120)
    document = forms.CharField(
        label=_("Document"),
        max_length=200,
        help_text=_("Ce qui le prouve : une feuille de présence, une attestation."),
    )

    def clean_who(self) -> directory.Professional:
        """Return the one professional that the text names. Raises ValidationError for none or several."""
        found = directory.search_professionals(self.cleaned_data["who"], 6)
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(gettext("Personne de ce nom à l’annuaire : ajoutez d’abord sa fiche."))
        names = (f"{one} ({one.rpps or one.profession_name})" for one in found)
        raise ValidationError(
            gettext("Plusieurs fiches répondent : {names}. Donnez le numéro RPPS.").format(
                names=formats.listed(names)
            )
        )


class BudgetForm(KeyedForm):
    """What a mission may cost in a year."""

    year = forms.IntegerField(label=_("Année"), min_value=2015, max_value=2199)
    mission = forms.ChoiceField(label=_("Mission"), choices=ALL_MISSIONS)
    cents = _amount(least=0)
    decision = forms.CharField(label=_("Décision"), max_length=200)


class CommitmentForm(_ForUse):
    """Something ordered."""

    day = DayField(label=_("Le"))
    mission = _mission()
    supplier = forms.CharField(label=_("Fournisseur"), max_length=100)
    label = forms.CharField(label=_("Ce qui est commandé"), max_length=120)
    cents = _amount()


class _FileForm(forms.Form):
    file = forms.FileField(
        label=_("Document"), required=False, allow_empty_file=True, help_text=_("PDF ou photo de la facture.")
    )

    def clean_file(self) -> list[exchange.TakenFile]:
        """Return the document, known by its content and written anew. Raises ValidationError."""
        sent = self.cleaned_data["file"]
        if sent is None:
            return []
        try:
            return exchange.take_files([(sent.name, sent.size, sent.file)])
        except ValidationError as error:
            raise ValidationError(error.messages) from error


class AttachForm(_FileForm, KeyedForm):
    """The document of an invoice entered before."""


class InvoiceForm(_FileForm, _ForUse):
    """An invoice, of something ordered or not."""

    commitment = forms.ChoiceField(label=_("Engagement"), required=False)
    day = DayField(label=_("Datée du"))
    mission = _mission()
    supplier = forms.CharField(label=_("Fournisseur"), max_length=100)
    reference = forms.CharField(label=_("Numéro de la facture"), max_length=40)
    cents = _amount()
    field_order = ("commitment", "day", "mission", "supplier", "reference", "cents", "file")

    def __init__(self, *args: Any, commitments: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["commitment"].choices = [("", _("aucun")), *commitments]  # type: ignore[attr-defined]  # a field of choices


class ReasonForm(KeyedForm):
    """Why: kept with the operation."""

    reason = forms.CharField(label=_("Raison"), max_length=200)


class ClosingForm(KeyedForm):
    """The last day of what is closed."""

    through = DayField(label=_("Jusqu’au"), help_text=_("Compris. Une clôture ne se reprend pas."))
