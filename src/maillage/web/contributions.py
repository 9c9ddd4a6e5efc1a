"""What the shell brings to itself: the inbox of all contexts, the gallery of its components."""

from django.utils.translation import gettext_lazy as _

from maillage.kernel.contributions import Contribution, Entry, Verb
from maillage.kernel.rules import Permission
from maillage.web.inbox import count

CONTRIBUTION = Contribution(
    "web",
    navigation=(
        Entry(
            Verb.ACT,
            _("À traiter"),
            "web:inbox",
            "bell",
            _("Tout ce qui vous attend, le plus pressé d’abord : tâches, réponses, appels, messages."),
            count=count,
            direct=True,
            within=("exchange:", "web:inbox", "web:confiding"),
            order=90,
        ),
        Entry(
            Verb.STEER,
            _("Boîtes confiées"),
            "web:confided_inboxes",
            "users",
            _("Savoir qui a pu voir la boîte « À traiter » de qui, quelles lignes et quand."),
            Permission.VIEW_JOURNAL,
            within=("web:confided",),
            order=71,
        ),
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
