"""Agreements: written from a template, signed with their copy, recalled, renewed, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import access, clock, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write
from maillage.project.actions.writing import edited, record, require_editor, required
from maillage.project.models import Agreement, AgreementFile, AgreementParty
from maillage.project.models.agreements import AHEAD_RULE
from maillage.project.rules.agreements import AgreementKind
from maillage.project.rules.missions import months_after
from maillage.territory import api as territory

REMINDED = "project.agreement_to_decide"
#: When the coordination is told, on the day.
_HOUR = time(8)


@transaction.atomic
def add_agreement(
    *,
    by: Person,
    place: territory.Territory,
    kind: AgreementKind,
    title: str,
    text: str,
    key: str,
    **days: Any,
) -> Agreement:
    """Write an agreement of a territory; `days` as `change_agreement`. The same `key` is the same one.

    Raises PermissionDenied, ValidationError.
    """
    require_editor(by, place.scope)
    known = made_before(Agreement, by=by, key=key)
    if known is not None:
        typed = {**_values(title=title, text=text, **days), "kind": kind.value}
        is_same = all(getattr(known, name) == one for name, one in typed.items())
        return same_write(known, is_same=is_same and known.territory_id == place.pk)
    said = _values(title=title, text=text, **days)
    made = Agreement.objects.create(territory=place, kind=kind.value, by=by, key=key, **said)
    record(by, "agreement_added", made, {"title": [None, made.title]}, place.scope)
    return made


@transaction.atomic
def change_agreement(*, by: Person, agreement: Agreement, base: int, **values: Any) -> Agreement:
    """Change an agreement read as version `base`, while it is not signed.

    Raises as `add_agreement`, and StaleError.
    """
    row = _locked(by, agreement)
    if row.signed_on is not None:
        raise ValidationError(_("Cette convention est signée : son texte et ses dates ne changent plus."))
    if changes := edited(row, base, _values(**values)):
        record(by, "agreement_changed", row, changes, row.territory.scope)
    return row


def _values(
    *,
    title: str,
    text: str,
    starts_on: date,
    ends_on: date | None,
    is_tacit: bool = False,
    renewal_months: int = 12,
    notice_days: int = 0,
) -> dict[str, Any]:
    if ends_on is not None and ends_on <= starts_on:
        raise ValidationError({"ends_on": _("La convention finit après avoir commencé.")})
    if is_tacit and ends_on is None:
        raise ValidationError({"ends_on": _("Une convention reconduite a une fin : dites laquelle.")})
    if is_tacit and renewal_months < 1:
        raise ValidationError({"renewal_months": _("Dites pour combien de mois elle est reconduite.")})
    return {
        "title": required(title, "title"), "text": required(text, "text"), "starts_on": starts_on,
        "ends_on": ends_on, "is_tacit": is_tacit, "renewal_months": renewal_months,
        "notice_days": notice_days,
    }  # fmt: skip


@transaction.atomic
def add_party(
    *, by: Person, agreement: Agreement, structure: directory.Structure | None = None, name: str = ""
) -> AgreementParty:
    """Add a party: a structure of the directory, or a name; one there already changes nothing."""
    row = _locked(by, agreement)
    said = " ".join(name.split())[:160]
    if structure is None and not said:
        raise ValidationError(_("Choisissez une structure, ou donnez un nom."))
    same = {"structure": structure, "name": "" if structure is not None else said}
    known = AgreementParty.objects.of(row).filter(**same).first()
    if known is not None:
        return known
    if row.signed_on is not None:
        raise ValidationError(_("Cette convention est signée : ses parties ne changent plus."))
    made = AgreementParty.objects.create(agreement=row, by=by, **same)
    record(by, "party_added", row, {}, row.territory.scope)
    return made


@transaction.atomic
def remove_party(*, by: Person, party: AgreementParty) -> None:
    """Remove a party of an agreement that is not signed. Raises PermissionDenied, ValidationError."""
    row = _locked(by, party.agreement)
    if row.signed_on is not None:
        raise ValidationError(_("Cette convention est signée : ses parties ne changent plus."))
    AgreementParty.objects.of(row).filter(pk=party.pk).delete()
    record(by, "party_removed", row, {}, row.territory.scope)


@transaction.atomic
def sign_agreement(
    *, by: Person, agreement: Agreement, signed_on: date, files: Sequence[exchange.TakenFile] = ()
) -> Agreement:
    """Note that an agreement is signed, with its signed copy; its reminder is set. Raises ValidationError."""
    row = _locked(by, agreement)
    if row.signed_on is not None:
        raise ValidationError(_("Cette convention est déjà signée."))
    if row.ended_on is not None:
        raise ValidationError(_("Cette convention est résiliée : écrivez-en une autre."))
    if signed_on > clock.today(row.territory.scope):
        raise ValidationError({"signed_on": _("Ce jour est à venir : notez-le quand ce sera fait.")})
    if AgreementParty.objects.of(row).count() < 2:
        raise ValidationError(_("Une convention lie deux parties au moins : ajoutez-les d’abord."))
    row.signed_on = signed_on
    _remind(row)
    row.version += 1
    row.save(update_fields=["signed_on", "remind_on", "version"])
    _keep(row, files)
    record(by, "agreement_signed", row, {"signed_on": [None, signed_on]}, row.territory.scope)
    return row


@transaction.atomic
def keep_copy(*, by: Person, agreement: Agreement, files: Sequence[exchange.TakenFile]) -> None:
    """Keep another page of the signed copy. Raises PermissionDenied, ValidationError."""
    row = _locked(by, agreement)
    if row.signed_on is None:
        raise ValidationError(_("Notez d’abord la signature."))
    if not files:
        raise ValidationError({"document": _("Choisissez un document.")})
    _keep(row, files)
    record(by, "copy_kept", row, {}, row.territory.scope)


@transaction.atomic
def renew_agreement(*, by: Person, agreement: Agreement, seen: date) -> Agreement:
    """Let an agreement that ends on `seen` go on by its months; renewed already, nothing changes."""
    row = _locked(by, agreement)
    if row.signed_on is None or row.ends_on is None:
        raise ValidationError(_("Cette convention n’a pas de fin à reconduire."))
    if row.ended_on is not None:
        raise ValidationError(_("Cette convention est résiliée : écrivez-en une autre."))
    if row.ends_on != seen:
        return row
    before = row.ends_on
    row.ends_on = months_after(before, row.renewal_months)
    _remind(row)
    row.version += 1
    row.save(update_fields=["ends_on", "remind_on", "version"])
    record(by, "agreement_renewed", row, {"ends_on": [before, row.ends_on]}, row.territory.scope)
    return row


@transaction.atomic
def end_agreement(*, by: Person, agreement: Agreement, ended_on: date, reason: str) -> Agreement:
    """End an agreement on a day, and say why; again, nothing changes. Raises ValidationError."""
    row = _locked(by, agreement)
    if row.ended_on is not None:
        return row
    row.ended_on, row.reason = ended_on, required(reason, "reason")[:300]
    row.remind_on = None
    row.version += 1
    row.save(update_fields=["ended_on", "reason", "remind_on", "version"])
    record(by, "agreement_ended", row, {"ended_on": [None, ended_on]}, row.territory.scope)
    return row


def _locked(by: Person, agreement: Agreement) -> Agreement:
    scope = agreement.territory.scope
    require_editor(by, scope)
    rows = Agreement.objects.in_scope(scope).select_related("territory__scope")
    return rows.select_for_update(of=("self",)).get(pk=agreement.pk)


def _keep(row: Agreement, files: Sequence[exchange.TakenFile]) -> None:
    last = AgreementFile.objects.of(row).order_by("-position").values_list("position", flat=True).first() or 0
    AgreementFile.objects.bulk_create(
        AgreementFile(agreement=row, position=last + place, **one.columns)
        for place, one in enumerate(files, start=1)
    )


def _remind(row: Agreement) -> None:
    """Set the day from which an agreement waits for a decision, and the message of that day."""
    if row.ends_on is None:
        row.remind_on = None
        return
    ahead = timedelta(days=row.notice_days + int(rule(AHEAD_RULE).value))
    row.remind_on = row.ends_on - ahead
    outbox.publish(
        REMINDED,
        {"agreement": row.pk, "end": row.ends_on.isoformat()},
        key=f"agreement-{row.pk}-{row.ends_on.isoformat()}",
        not_before=datetime.combine(row.remind_on, _HOUR, row.territory.scope.zone),
    )


@outbox.handles(REMINDED)
def recall_agreement(event: outbox.Event) -> None:
    """Tell whoever writes the project that an agreement ends and that its notice comes; not if it changed."""
    row = Agreement._base_manager.select_related("territory__scope").get(pk=event.payload["agreement"])
    end = date.fromisoformat(event.payload["end"])
    if row.ended_on is not None or row.ends_on != end:
        return
    for person in access.people_with(Permission.EDIT_PROJECT, row.territory.scope):
        exchange.notify(
            by=None,
            to=person,
            template=exchange.Template.AGREEMENT_ENDING,
            parameters=exchange.Parameters(day=end),
            key=f"{event.key}-{person.pk}",
            scope=row.territory.scope,
            path=reverse("project:agreement", args=[row.pk]),
            subject=journal.target_of(row),
            has_line=False,
        )
