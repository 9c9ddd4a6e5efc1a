"""What somebody means by the name of a territory to prepare data for, before any file is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

from maillage.kernel.identifiers import IdentifierError, parse_siren
from maillage.kernel.names import place_name
from maillage.territory.models import Commune
from maillage.territory.packs.building import UnknownTerritoryError
from maillage.territory.rules.departements import departements, regions
from maillage.territory.rules.kinds import Group
from maillage.territory.rules.naming import EVERYWHERE, named

MOST = 40
"""How many places one pack may be asked for: beyond, it is the country that is meant."""
_LINES = re.compile(r"[;\n\r]+")
_TOLD = re.compile(r"^[^()]*\((?P<code>[^()]+)\)$")
_KINDS = ("departement", "dep", "region", "epci")
_FICTIONAL = "0000"


@dataclass(frozen=True, slots=True)
class Place:
    """Something that a pack may be made for: `word` is what `build` reads, `name` what is shown, in French.

    `departements` are the codes of those that it touches, none where not known here.
    """

    word: str
    name: str
    departements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The places that were named, each once, in the order in which they were."""

    places: tuple[Place, ...]

    @property
    def words(self) -> str:
        """What `build` is asked for."""
        return ",".join(one.word for one in self.places)

    @property
    def names(self) -> str:
        """The same for a reader."""
        return ", ".join(one.name for one in self.places)

    @property
    def departements(self) -> frozenset[str] | None:
        """The départements of it all, None where one of the places does not say."""
        if not all(one.departements for one in self.places):
            return None
        return frozenset(code for one in self.places for code in one.departements)


def read_asked(text: str) -> Asked:
    """Return the places that a text names: départements, regions and EPCI, by name or code, or the country.

    Separated by commas, semicolons or lines; what another page wrote, « Allier (03) », is read too. Raises
    UnknownTerritoryError, whose message (French) names each word that is none, and what may be meant.
    """
    known = known_places()
    found: dict[str, Place] = {}
    refused = []
    for line in filter(None, (one.strip() for one in _LINES.split(text))):
        whole = _place(line, known)
        words = [line] if whole else [one.strip() for one in line.split(",") if one.strip()]
        for word in words:
            place = whole or _place(word, known)
            if place is None:
                refused.append(_refusal(word, known))
            else:
                found.setdefault(place.word, place)
    if refused:
        raise UnknownTerritoryError("\n".join(refused[:MOST]))
    if not found:
        raise UnknownTerritoryError(
            _("Nommez au moins un territoire : un département, une région, un EPCI, ou france.")
        )
    if len(found) > MOST:
        raise UnknownTerritoryError(
            _("Plus de %d territoires : nommez des régions, ou france pour tout le pays.") % MOST
        )
    if EVERYWHERE in found:
        return Asked((found[EVERYWHERE],))
    return Asked(tuple(found.values()))


def known_places() -> list[Place]:
    """Return what may be named: the country, départements, regions, and the EPCI of the pack in use."""
    every = departements()
    whole = Place(EVERYWHERE, "France entière", tuple(one.code for one in every))
    return [
        whole,
        *(Place(one.code, one.name, (one.code,)) for one in every),
        *(
            Place(f"region:{code}", name, tuple(one.code for one in every if one.region == code))
            for code, name in regions().items()
        ),
        *_epcis(),
    ]


def _epcis() -> Iterator[Place]:
    rows = (
        Commune.objects.active().exclude(epci="").values_list("epci", "epci_name", "departement").distinct()
    )
    found: dict[str, tuple[str, set[str]]] = {}
    for code, name, departement in rows:
        if not code.startswith(_FICTIONAL):
            found.setdefault(code, (name, set()))[1].add(departement)
    for code, (name, own) in sorted(found.items(), key=lambda one: one[1][0]):
        yield Place(code, name, tuple(sorted(own)))


def _place(word: str, known: Iterable[Place]) -> Place | None:
    """Return what a word names: a code, a name, or a name followed by its code; None where it is none."""
    told = _TOLD.match(word)
    by_word = {one.word.lower(): one for one in known}
    ((group, code),) = named((told["code"] if told else word).replace(",", " ")) or [(None, "")]
    if group is Group.REGION:
        return by_word.get(f"region:{code.lower()}")
    if code.lower() in by_word:
        return by_word[code.lower()]
    if group is Group.EPCI or code.replace(" ", "").isdigit():
        return _unknown_epci(code)
    kind, _blank, rest = place_name(word).partition(" ")
    names = {place_name(word), *([rest, _without_article(rest)] if kind in _KINDS else [])}
    same = [one for one in known if place_name(one.name) in names]
    if kind == "region":
        same = [one for one in same if one.word.startswith("region:")] or same
    if len({one.word for one in same if one.word.isdigit() and len(one.word) > 3}) > 1:
        return None  # several EPCI have that name: the refusal gives their codes
    return same[0] if same else None


def _without_article(name: str) -> str:
    """Return the name of « département de l’Allier », « région Bretagne » without what joins the two.

    >>> [_without_article(one) for one in ("de l allier", "du nord", "bretagne", "de la reunion")]
    ['allier', 'nord', 'bretagne', 'reunion']
    """
    return re.sub(r"^(?:de la |de l |du |des |de |d )", "", name)


def _unknown_epci(code: str) -> Place | None:
    """Return an EPCI that the pack in use does not have, where its number may be one: the build will tell."""
    try:
        siren = parse_siren(code).number
    except IdentifierError:
        return None
    return Place(siren, f"EPCI {siren}")


def _refusal(word: str, known: list[Place]) -> str:
    shown = word if len(word) <= 60 else f"{word[:60]}…"
    same = [one for one in known if place_name(one.name) == place_name(word)]
    if same:
        codes = ", ".join(one.word for one in same)
        return _("« %(word)s » désigne plusieurs EPCI : donnez le SIREN (%(codes)s).") % {
            "word": shown,
            "codes": codes,
        }
    by_name = {place_name(one.name): one for one in known}
    near = get_close_matches(place_name(word)[:80], by_name, n=3, cutoff=0.75)
    if near:
        names = ", ".join(f"{by_name[one].name} ({by_name[one].word})" for one in near)
        return _("« %(word)s » n’est pas connu. Vouliez-vous dire : %(names)s ?") % {
            "word": shown,
            "names": names,
        }
    return (
        _(
            "« %s » n’est pas connu : écrivez un département (71 ou Saône-et-Loire), une région (Bretagne), "
            "un EPCI par son nom ou son SIREN (200071884), ou france."
        )
        % shown
    )
