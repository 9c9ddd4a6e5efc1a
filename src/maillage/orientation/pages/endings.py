"""How the desk ends a request that nobody is to see, and how an outcome is corrected: words and choices."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Closure, Request
from maillage.orientation.models.closing import OUTCOME_LABELS
from maillage.orientation.pages import presenters
from maillage.orientation.rules.vocabulary import Outcome, State
from maillage.orientation.rules.workflow import AWAITING_OUTCOME, BY_EFFECTOR

#: What follows each end that the desk says, in the words of its button's hint.
_FOLLOWS: dict[Outcome, str | Promise] = {
    Outcome.NOT_HONOURED: gettext_lazy("Attendue, elle n’est pas venue : la demande se clôt."),
    Outcome.REORIENTED: gettext_lazy("Adressée ailleurs, sans avoir été vue : la demande se clôt."),
    Outcome.DECLINED: gettext_lazy(
        "La demande se clôt ; un créneau retenu ou réservé redevient libre, et la personne en est avertie."
    ),
    Outcome.UNREACHABLE: gettext_lazy(
        "L’appel est compté ; la demande reste à vous, et ne se clôt qu’après assez d’appels sans réponse."
    ),
    Outcome.DUPLICATE: gettext_lazy("La demande se clôt ; l’autre, choisie ci-dessus, en garde le lien."),
    Outcome.MISTAKE: gettext_lazy("Personne n’avait besoin de rien : la demande se clôt, comptée à part."),
}


def buttons(request: Request) -> list[tuple[str, str, str]]:
    """Return how the desk may end a request without an answer: value, label, what follows."""
    state = State(request.state)
    if state in AWAITING_OUTCOME - {State.TRANSFERRED}:
        offered = [Outcome.DECLINED, Outcome.DUPLICATE, Outcome.MISTAKE]
    elif state in {State.IN_HAND, State.PROPOSED}:
        offered = list(_FOLLOWS)
    else:
        return []
    return [button(one) for one in offered]


def button(outcome: Outcome) -> tuple[str, str, str]:
    """Return how the desk says one end: value, label, what follows."""
    return outcome.value, str(OUTCOME_LABELS[outcome]), str(_FOLLOWS[outcome])


def may_repeat(request: Request) -> bool:
    """Return whether the desk may still say that a request repeats another."""
    return any(value == Outcome.DUPLICATE.value for value, _label, _follows in buttons(request))


def duplicates(request: Request, viewer: Person, motives: Mapping[str, str]) -> list[tuple[int, str]]:
    """Return the requests that this one may repeat: key, and number, motive, age, place, state."""
    rows = api.joinable(by=viewer, request=request)
    return [(one.pk, _named(one, motives)) for one in rows]


def _named(request: Request, motives: Mapping[str, str]) -> str:
    place = request.commune.name if request.commune else ""
    parts = [request.number, presenters.title(request, motives), place, request.state_label]
    return " · ".join(filter(None, parts))


def correction(
    request: Request, last: Closure | None, viewer: Person, *, desk: bool
) -> presenters.Correction | None:
    """Return how `viewer` may correct the last outcome now; `desk`: what only the desk says too."""
    if last is None or not api.may_correct(viewer, request, last):
        return None
    words = BY_EFFECTOR | {Outcome.DECLINED, Outcome.MISTAKE} if desk else BY_EFFECTOR
    offered = [one for one in Outcome if one in words and one.value != last.outcome]
    choices = [(one.value, str(OUTCOME_LABELS[one])) for one in offered]
    said = str(OUTCOME_LABELS[Outcome(last.outcome)])
    return presenters.Correction(
        last.pk, said, [*choices, ("", _("Aucune issue : la demande attend de nouveau"))]
    )


def returned(closures: list[Closure]) -> str:
    """Say why an open request is back at the desk; empty where it never left."""
    if not closures:
        return ""
    last = Outcome(closures[-1].outcome)
    if last is not Outcome.UNREACHABLE:
        return _("revenue\N{NO-BREAK SPACE}: {outcome}").format(outcome=OUTCOME_LABELS[last])
    calls = sum(one.outcome == last.value for one in closures)
    said = ngettext("{count} appel sans réponse", "{count} appels sans réponse", calls)
    return said.format(count=calls)


def written(closure: Closure, *, is_corrected: bool) -> str:
    """Write an outcome in one line: what, of which other request, by whom, why, whether it still holds."""
    what = str(OUTCOME_LABELS[Outcome(closure.outcome)])
    if closure.duplicate_of is not None:
        what = _("Doublon de la demande {number}").format(number=closure.duplicate_of.number)
    who = closure.by.get_full_name() if closure.by else _("par l’agenda")
    parts = [what, who, closure.note, _("corrigée depuis") if is_corrected else ""]
    return " · ".join(filter(None, parts))
