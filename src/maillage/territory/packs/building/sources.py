"""The published files that a pack is made of, as sourced rules say them, and what the operator gives
instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils.translation import gettext as _

from maillage.kernel.sourced_rules import SourcedRule, all_rules
from maillage.kernel.sourced_rules import rule as current_rule

PREFIX = "territory.sources."
AUTOMATIC = "auto"
"""Given in place of an address: that of the rule, for a source that is taken on request only."""


UNKNOWN_VINTAGE = "celui du fichier donné"
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


class UnknownSourceError(ValueError):
    """A source that does not exist, or one given in a form that is not right; the message (French) says
    which."""


@dataclass(frozen=True, slots=True)
class Source:
    """One published file: `address` is empty where none is known, `file` a local one given instead.

    `kept_as` is the name under which the pack keeps the file as published, empty where it is read into
    tables. `required` says that there is no pack without it, `on_request` that it is taken only where it is
    named.
    """

    key: str
    rule: SourcedRule
    address: str
    file: Path | None = None
    kept_as: str = ""
    required: bool = False
    on_request: bool = False
    given: bool = False

    @property
    def label(self) -> str:
        """What messages call it: its key, then its title."""
        return f"{self.key} ({self.rule.said})"

    @property
    def licence(self) -> str:
        """The licence under which it is published."""
        return str(self.rule.value["licence"])

    @property
    def vintage(self) -> str:
        """The vintage of the rule; where another file is given, the last year that its name holds."""
        if not self.given:
            return str(self.rule.value["vintage"])
        years = _YEAR.findall(self.origin.rsplit("/", 1)[-1])
        return years[-1] if years else UNKNOWN_VINTAGE

    @property
    def origin(self) -> str:
        """The address, or the name of the file that was given."""
        return self.file.name if self.file is not None else self.address


def sources(overrides: Iterable[str] = (), departements: Iterable[str] = ()) -> tuple[Source, ...]:
    """Return every source, with `key=FILE_OR_ADDRESS` in place of the rule's address.

    `departements` choose the address of a source that has one by département. Raises UnknownSourceError.
    """
    given = _given(overrides)
    keys = sorted({one.key for one in all_rules() if one.key.startswith(PREFIX)})
    found = {key: _source(current_rule(key)) for key in keys}
    for key, value in given.items():
        name = f"{PREFIX}{key}"
        if name not in found:
            raise UnknownSourceError(
                _("« %(key)s » n’est pas une source ; les sources sont : %(known)s.")
                % {"key": key, "known": ", ".join(one.removeprefix(PREFIX) for one in keys)}
            )
        found[name] = _overridden(found[name], value, departements)
    return tuple(found.values())


def is_automatic(given: str) -> bool:
    """Return whether what is given for a source is the address of its rule.

    >>> is_automatic("roads=auto"), is_automatic("bpe=https://example.org/?a=auto")
    (True, False)
    """
    return given.partition("=")[2].strip() == AUTOMATIC


def _given(overrides: Iterable[str]) -> dict[str, str]:
    found = {}
    for text in overrides:
        key, equal, value = text.partition("=")
        if not equal or not key.strip() or not value.strip():
            raise UnknownSourceError(
                _("« %s » ne dit pas une source : écrivez --source bpe=FICHIER ou --source bpe=https://…")
                % text
            )
        found[key.strip()] = value.strip()
    return found


def _source(rule: SourcedRule) -> Source:
    value = rule.value
    return Source(
        key=rule.key.removeprefix(PREFIX),
        rule=rule,
        address=str(value.get("address", "")),
        kept_as=str(value.get("file", "")),
        required=bool(value["required"]),
        on_request="addresses" in value,
    )


def _overridden(source: Source, value: str, departements: Iterable[str]) -> Source:
    if value == AUTOMATIC:
        return replace(source, address=_by_departement(source, departements), on_request=False)
    if "://" in value:
        return replace(source, address=value, on_request=False, given=True)
    path = Path(value).expanduser()
    if not path.is_file():
        raise UnknownSourceError(
            _(
                "--source %(key)s : le fichier %(file)s n’existe pas. Vérifiez le chemin, ou donnez une "
                "adresse en "
                "https://."
            )
            % {"key": source.key, "file": value}
        )
    return replace(source, address="", file=path.resolve(), on_request=False, given=True)


def _by_departement(source: Source, departements: Iterable[str]) -> str:
    addresses: Mapping[str, str] = source.rule.value.get("addresses", {})
    if not addresses:
        return source.address
    found = sorted({addresses[one] for one in departements if one in addresses})
    if len(found) != 1:
        raise UnknownSourceError(
            _(
                "--source %(key)s=auto : il faut %(count)d fichiers pour ce territoire (%(addresses)s). "
                "Réunissez-les "
                "(« osmium merge ») et donnez le résultat : --source %(key)s=FICHIER."
            )
            % {"key": source.key, "count": len(found), "addresses": ", ".join(found) or _("aucun connu")}
        )
    return found[0]
