"""The hypotheses on a difference with the published reference, as plain sentences."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from maillage.territory.computations.reference_comparison import Reason

REASONS = {
    Reason.COUNTS_DIFFER: _(
        "l’INSEE et l’Assurance Maladie ne comptent pas le même nombre de généralistes aux alentours"
    ),
    Reason.LARGE_COMMUNE: _("la commune est vaste : son centre peut être loin de son chef-lieu"),
    Reason.TIME_BOUND: _(
        "l’accès tient à quelques minutes de trajet : une ou deux minutes d’erreur le changent beaucoup"
    ),
    Reason.FAR_SUPPLY: _("l’offre comptée est loin : un relief ou une rivière peut allonger la route"),
    Reason.HEALTH_CENTRE: _("un centre de santé est proche : ses médecins salariés ne sont pas comptés ici"),
    Reason.OLDER_DOCTORS: _(
        "la moitié des généralistes proches a 60 ans ou plus : leur activité peut être moindre"
    ),
    Reason.SINGLE_PLACE: _(
        "l’accès vient surtout d’un seul lieu : l’activité de ses médecins, que la DREES seule connaît, pèse"
    ),
    Reason.UNEXPLAINED: _("aucune des causes connues ne s’applique : à vérifier sur place"),
}


def reasons_text(reasons: Iterable[Reason]) -> str:
    """Return the hypotheses as one sentence."""
    words = " ; ".join(str(REASONS[reason]) for reason in reasons)
    return f"{words[:1].upper()}{words[1:]}."
