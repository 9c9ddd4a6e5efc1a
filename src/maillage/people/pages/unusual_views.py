"""The readings of files that stand out, as the DPO sees them."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.kernel.pages.base import Page
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.people.queries.unusual import LOOKED_BACK, unusual_readings
from maillage.people.rules.unusual import Sign

#: Lines of the page: the latest.
SHOWN = 200
SIGN_LABELS: dict[Sign, str | Promise] = {
    Sign.RECENT_LINK: _("lien ouvert juste avant, par la personne qui lit"),
    Sign.NO_LINK: _("hors du cercle de soins"),
    Sign.NIGHT: _("la nuit"),
    Sign.MANY_FILES: _("beaucoup de dossiers en peu de temps"),
}


def said(signs: frozenset[Sign]) -> list[str]:
    """Return signs in words, in the order of their kind."""
    return [str(SIGN_LABELS[one]) for one in Sign if one in signs]


class UnusualReadings(Page):
    """The readings of the last days that stand out: when, who, which file, why, and what stands out."""

    template_name = "people/unusual.html"
    permission = Permission.VIEW_JOURNAL
    everywhere = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = unusual_readings(self.person)
        return super().get_context_data(
            count=len(found),
            lines=[(one.entry, said(one.signs)) for one in found[:SHOWN]],
            days=LOOKED_BACK.days,
            limits=rule("people.unusual.limits"),
            **context,
        )
