"""Writing a protocol and its versions, putting one in use, withdrawing it, signing up and leaving."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import access, databases, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, made_meanwhile
from maillage.protocols.actions.acts import same
from maillage.protocols.models import Protocol, SignUp, Version
from maillage.protocols.queries.protocols import professions_for, today_in
from maillage.protocols.rules.protocols import ProtocolKind, Side

#: What a version says, by field.
TEXTS = (
    "authors", "aims", "acts", "patients", "inclusion", "exclusion", "stop", "returns", "exchanges",
    "information", "training", "reference", "level", "reference_on", "review_on",
)  # fmt: skip


@transaction.atomic
def open_protocol(
    *, by: Person, scope: Scope, kind: ProtocolKind, title: str, key: str, national_code: str = ""
) -> Protocol:
    """Open a protocol in a scope, without a text yet; the same `key` again returns the first one.

    A national protocol is opened once in a scope: again, it is the one that is there. Raises
    PermissionDenied, ValidationError without a title.
    """
    access.require(by, Permission.MANAGE_PROTOCOLS, scope)
    if national_code:
        known = Protocol.objects.filter(scope=scope, national_code=national_code).first()
        if known is not None:
            return known
    said = " ".join(title.split())[:160]
    if not said:
        raise ValidationError({"title": _("Donnez un titre au protocole.")})
    row = Protocol(scope=scope, kind=kind.value, title=said, national_code=national_code, by=by, key=key)
    if not databases.insert_new([row], unique=["by", "key"]):
        known = made_meanwhile(Protocol, by=by, key=key)
        return same(known, known.scope_id == scope.pk)
    _record(by, "protocols.opened", row, scope, {"title": [None, said]})
    return row


@transaction.atomic
def write_version(*, by: Person, protocol: Protocol, content: Mapping[str, Any], key: str) -> Version:
    """Write the next version of a protocol, a draft; the same `key` again returns the first one.

    `content`: the fields of `TEXTS`. Raises PermissionDenied; ValidationError without authors, an act, or a
    criterion of inclusion.
    """
    access.require(by, Permission.MANAGE_PROTOCOLS, protocol.scope)
    Protocol.objects.select_for_update(of=("self",)).get(pk=protocol.pk)
    known = made_before(Version, by=by, key=key)
    if known is not None:
        return same(known, known.protocol_id == protocol.pk)
    last = Version.objects.filter(protocol=protocol).order_by("-number").first()
    row = Version(
        protocol=protocol,
        number=last.number + 1 if last else 1,
        by=by,
        key=key,
        **{name: content[name] for name in TEXTS if name in content},
    )
    if not row.authors.strip():
        raise ValidationError({"authors": _("Dites qui a écrit cette version.")})
    if not row.acts:
        raise ValidationError({"acts": _("Écrivez au moins un acte, un par ligne.")})
    if not row.inclusion:
        raise ValidationError({"inclusion": _("Écrivez au moins une question d’inclusion, une par ligne.")})
    row.save()
    _record(by, "protocols.version_written", protocol, protocol.scope, {"number": [None, row.number]})
    return row


@transaction.atomic
def publish(*, by: Person, version: Version) -> Version:
    """Put a draft in use; the version in use until now is withdrawn. In use already, nothing changes.

    Raises PermissionDenied, ValidationError for a withdrawn version.
    """
    access.require(by, Permission.MANAGE_PROTOCOLS, version.protocol.scope)
    row = _locked(version)
    if row.withdrawn_at is not None:
        raise ValidationError(_("Cette version est retirée : écrivez-en une autre."))
    if row.published_at is not None:
        return row
    now = timezone.now()
    before = Version.objects.filter(protocol=row.protocol, published_at__isnull=False, withdrawn_at=None)
    because = _("remplacée par la version {number}").format(number=row.number)
    before.update(withdrawn_at=now, withdrawn_by=by, withdrawn_because=because)
    row.published_at, row.published_by = now, by
    row.save(update_fields=["published_at", "published_by"])
    scope = row.protocol.scope
    _record(by, "protocols.version_published", row.protocol, scope, {"number": [None, row.number]})
    return row


@transaction.atomic
def withdraw(*, by: Person, version: Version, because: str) -> Version:
    """Withdraw a version: no act is begun nor signed by it from now on. Again, nothing changes.

    Raises PermissionDenied, ValidationError without a reason.
    """
    access.require(by, Permission.MANAGE_PROTOCOLS, version.protocol.scope)
    row = _locked(version)
    if row.withdrawn_at is not None:
        return row
    if not because.strip():
        raise ValidationError({"because": _("Dites pourquoi cette version est retirée.")})
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = timezone.now(), by, because.strip()[:300]
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    scope = row.protocol.scope
    _record(by, "protocols.version_withdrawn", row.protocol, scope, {"number": [row.number, None]})
    return row


@transaction.atomic
def sign_up(
    *,
    by: Person,
    protocol: Protocol,
    professional: directory.Professional,
    side: Side,
    signed_on: date,
    key: str,
    trained_on: date | None = None,
    until: date | None = None,
) -> SignUp:
    """Sign a professional up to one side of a protocol: themselves, or whoever manages, for a paper signed.

    Signed up already on that side, what ran out or is replaced is ended. The same `key` again returns the
    first. Raises PermissionDenied; ValidationError for another profession, days in the wrong order, a day to
    come, or a delegated professional without a training.
    """
    if professional.account_id != by.pk:
        access.require(by, Permission.MANAGE_PROTOCOLS, protocol.scope)
    else:
        access.require(by, Permission.VIEW_PROTOCOLS, protocol.scope)
    Protocol.objects.select_for_update(of=("self",)).get(pk=protocol.pk)
    known = made_before(SignUp, by=by, key=key)
    if known is not None:
        return same(known, (known.protocol_id, known.professional_id) == (protocol.pk, professional.pk))
    allowed = professions_for(protocol, side)
    if allowed and professional.profession not in allowed:
        raise ValidationError(_("Cette profession ne signe pas de ce côté de ce protocole."))
    today = today_in(protocol.scope)
    if signed_on > today or (trained_on is not None and trained_on > today):
        raise ValidationError(_("La signature et la formation sont passées : donnez un jour déjà venu."))
    if until is not None and until < signed_on:
        raise ValidationError({"until": _("L’adhésion finit après la signature.")})
    if side is Side.DELEGATED and trained_on is None:
        raise ValidationError({"trained_on": _("Sans formation, un délégué n’agit pas : donnez sa date.")})
    before = SignUp.objects.filter(
        protocol=protocol, professional=professional, side=side.value, ended_on=None
    )
    before.update(ended_on=today, ended_by=by, ended_because=_("signé à nouveau"))
    row = SignUp.objects.create(
        protocol=protocol, professional=professional, side=side.value, signed_on=signed_on,
        trained_on=trained_on, until=until, by=by, key=key,
    )  # fmt: skip
    _record(by, "protocols.signed_up", row, protocol.scope, {"side": [None, side.value]})
    return row


@transaction.atomic
def end_sign_up(*, by: Person, sign_up: SignUp, because: str) -> SignUp:
    """End a sign-up from today on: one's own, or any for whoever manages. Again, nothing changes.

    Raises PermissionDenied, ValidationError without a reason.
    """
    scope = sign_up.protocol.scope
    if sign_up.professional.account_id != by.pk:
        access.require(by, Permission.MANAGE_PROTOCOLS, scope)
    row = SignUp.objects.select_for_update(of=("self",)).select_related("protocol__scope").get(pk=sign_up.pk)
    if row.ended_on is not None:
        return row
    if not because.strip():
        raise ValidationError(_("Dites pourquoi cette adhésion s’arrête."))
    row.ended_on, row.ended_by, row.ended_because = today_in(scope), by, because.strip()[:300]
    row.save(update_fields=["ended_on", "ended_by", "ended_because"])
    _record(by, "protocols.sign_up_ended", row, scope, {"ended_on": [None, row.ended_on]})
    return row


def _locked(version: Version) -> Version:
    Protocol.objects.select_for_update(of=("self",)).get(pk=version.protocol_id)
    rows = Version.objects.select_for_update(of=("self",)).select_related("protocol__scope")
    return rows.get(pk=version.pk)


def _record(by: Person, verb: str, row: Any, scope: Scope, changes: dict[str, Any]) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=scope.pk)
