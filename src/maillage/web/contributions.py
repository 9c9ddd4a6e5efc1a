"""What the shell brings to itself: the gallery of its components."""

from django.utils.translation import gettext_lazy as _

from maillage.kernel.contributions import Contribution, Entry, Verb
from maillage.kernel.rules import Permission

CONTRIBUTION = Contribution(
    "web",
    navigation=(
        Entry(
            Verb.STEER,
            _("Composants"),
            "web:gallery",
            "palette",
            _("Voir les pièces dont les écrans sont faits."),
            Permission.MANAGE_ACCOUNTS,
            order=90,
        ),
    ),
)
