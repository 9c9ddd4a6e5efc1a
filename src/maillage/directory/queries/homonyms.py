"""What tells two professionals of one name apart, in every list and picker where they stand side by side."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from maillage.directory.models import PROFESSION_LABELS, Membership, Professional
from maillage.directory.queries.professionals import memberships_of
from maillage.kernel.sourced_rules import rule


def specialty(professional: Professional) -> str:
    """Return the profession with its specialty: « Médecin, Gériatrie »."""
    known = rule("directory.vocabulary.specialties").value
    words = [professional.profession_name, known.get(professional.specialty, professional.specialty)]
    return ", ".join(word for word in words if word)


def group_name(code: str) -> str:
    """Return the words of a specialty (TRE_R38) or of a profession (TRE_G15) by its code."""
    known = rule("directory.vocabulary.specialties").value
    said = {profession.value: str(words) for profession, words in PROFESSION_LABELS.items()}
    found: str = known.get(code) or said.get(code, code)
    return found


def homonym_line(professional: Professional, memberships: Iterable[Membership]) -> str:
    """Return what tells homonyms apart: « Médecin, Gériatrie · Gueugnon · RPPS 10990000019 »."""
    places = [one.place or one.structure for one in memberships]
    commune = next((place.commune.name for place in places if place.commune), "")
    number = _("RPPS {number}").format(number=professional.rpps) if professional.rpps else ""
    return " · ".join(filter(None, (specialty(professional), commune, number)))


def told_apart(professionals: Iterable[Professional]) -> dict[int, str]:
    """Return by key what tells each professional from a homonym (`homonym_line`), read together."""
    sheets = list({one.pk: one for one in professionals}.values())
    memberships = memberships_of(sheets)
    return {one.pk: homonym_line(one, memberships[one.pk]) for one in sheets}
