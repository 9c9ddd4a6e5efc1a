"""The variable part: what is measured, what was found, what proves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.funding.actions.contracts import words
from maillage.funding.models import Contract, ContractIndicator, Evidence, EvidenceFile, MeasuredValue
from maillage.funding.rules.schedule import exercises
from maillage.funding.rules.vocabulary import MISSIONS, ContractKind, MissionCode
from maillage.indicators import api as indicators
from maillage.kernel import access, clock, journal
from maillage.kernel.models import Person
from maillage.kernel.parameters import is_in_reach
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write

MOST = Decimal(10**9)
_https = URLValidator(schemes=["https"])


@transaction.atomic
def add_indicator(
    *,
    by: Person,
    contract: Contract,
    exercise: int,
    mission: MissionCode,
    label: str,
    reference: Decimal,
    target: Decimal,
    weight: Decimal,
    document: str,
    key: str,
    unit: str = "",
    indicator: str = "",
) -> ContractIndicator:
    """Keep what the contract measures for a mission in one of its years. Raises PermissionDenied,
    ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, contract.scope)
    if contract.nature is not ContractKind.ACI_CPTS or mission not in MISSIONS:
        raise ValidationError(_("Ce contrat n’a pas de part variable."))
    years = exercises(contract.signed_on, date.fromordinal(contract.until.toordinal() + 1))
    if not 1 <= exercise <= len(years):
        raise ValidationError({"exercise": _("Le contrat compte {count} années.").format(count=len(years))})
    if not 0 < weight < 10_000:
        raise ValidationError({"weight": _("Un poids est un nombre positif.")})
    for name, value in (("reference", reference), ("target", target)):
        _require_value(value, name)
    if indicator and indicator not in indicators.INDICATORS:
        raise ValidationError({"indicator": _("Cet indicateur n’est pas au catalogue.")})
    values: dict[str, Any] = {
        "exercise": exercise, "mission": mission.value, "label": words(label, "label", 160),
        "unit": " ".join(unit.split())[:30], "reference": reference, "target": target, "weight": weight,
        "indicator": indicator, "document": words(document, "document"),
    }  # fmt: skip
    made, is_new = ContractIndicator.objects.in_scope(contract.scope).get_or_create(
        by=by, key=key, defaults={**values, "contract": contract}
    )
    if not is_new:
        is_same = all(getattr(made, name) == one for name, one in values.items())
        return same_write(made, is_same=is_same and made.contract_id == contract.pk)
    changes = {"exercise": exercise, "mission": mission.value, "reference": reference, "goal": target}
    _record(by, "funding.indicator_added", made, changes, contract)
    return made


@transaction.atomic
def measure(
    *,
    by: Person,
    indicator: ContractIndicator,
    value: Decimal,
    document: str,
    key: str,
    published: int | None = None,
) -> MeasuredValue:
    """Keep what was found: typed with its document, or taken from a published value of the territory.

    The last one stands. Raises PermissionDenied, ValidationError.
    """
    contract = indicator.contract
    access.require(by, Permission.MANAGE_FUNDING, contract.scope)
    if published is not None:
        rows = indicators.published_of(contract.scope, indicator.indicator, 60) if indicator.indicator else []
        found = next((one for one in rows if one.pk == published), None)
        if found is None:
            raise ValidationError(_("Cette valeur n’est pas publiée pour cet indicateur."))
        value = Decimal(str(round(found.value, 4)))
    _require_value(value, "value")
    said = {"value": value, "published": published, "document": words(document, "document")}
    made, is_new = MeasuredValue.objects.in_scope(contract.scope).get_or_create(
        by=by, key=key, defaults={**said, "indicator": indicator}
    )
    if not is_new:
        is_same = all(getattr(made, name) == one for name, one in said.items())
        return same_write(made, is_same=is_same and made.indicator_id == indicator.pk)
    _record(by, "funding.value_measured", made, {"value": value}, contract)
    return made


@transaction.atomic
def prove(
    *,
    by: Person,
    indicator: ContractIndicator,
    dated: date,
    label: str,
    key: str,
    url: str = "",
    files: Sequence[tuple[str, int, IO[bytes]]] = (),
) -> Evidence:
    """Keep what proves a value: a dated document, with its address or its file where there is one.

    Raises PermissionDenied, ValidationError.
    """
    contract = indicator.contract
    access.require(by, Permission.MANAGE_FUNDING, contract.scope)
    if not is_in_reach(dated) or dated > clock.today(contract.scope):
        raise ValidationError({"dated": _("Une preuve est datée d’un jour passé.")})
    address = url.strip()
    if address:
        try:
            _https(address)
        except ValidationError as error:
            raise ValidationError(
                {"url": _("L’adresse commence par https:// et mène au document.")}
            ) from error
    said = words(label, "label", 160)
    taken = exchange.take_files(files[:1]) if files else []
    known = made_before(Evidence, by=by, key=key)
    if known is not None:
        kept = (known.indicator_id, known.label, known.dated, known.url)
        documents = EvidenceFile.objects.in_scope(contract.scope).filter(evidence=known)
        is_same = kept == (indicator.pk, said, dated, address) and exchange.are_files_kept(documents, taken)
        return same_write(known, is_same=is_same)
    made = Evidence.objects.create(indicator=indicator, dated=dated, label=said, url=address, by=by, key=key)
    for one in taken:
        EvidenceFile.objects.create(evidence=made, position=1, **one.columns)
    changes = {"dated": dated, "files": len(taken)}
    _record(by, "funding.evidence_kept", made, changes, contract)
    return made


def open_evidence(*, by: Person, file: EvidenceFile) -> EvidenceFile:
    """Write in the journal that somebody opened the file of a piece of evidence, and return it.

    Raises PermissionDenied.
    """
    contract = file.evidence.indicator.contract
    access.require(by, Permission.VIEW_FUNDING, contract.scope)
    _record(by, "funding.evidence_read", file.evidence, {}, contract)
    return file


def _require_value(value: Decimal, field: str) -> None:
    if not value.is_finite() or abs(value) >= MOST:
        raise ValidationError({field: _("Ce nombre est hors d’atteinte.")})


def _record(by: Person, verb: str, made: Any, changes: dict[str, Any], contract: Contract) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(made), changes=changes, scope=contract.scope)
