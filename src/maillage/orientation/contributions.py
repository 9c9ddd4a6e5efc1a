"""What `orientation` brings to the shared pages: the desk, the outcomes one has to say, its demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.engines import booking
from maillage.kernel import clock, formats
from maillage.kernel.contributions import (
    SHOWN,
    Block,
    Confided,
    Contribution,
    Deed,
    Entry,
    InboxLine,
    InboxSource,
    Line,
    Verb,
    Waiting,
    Waits,
    naming_nobody,
    rows_waiting,
)
from maillage.kernel.inboxes import nothing_waits
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.rules import InboxGroup, Permission, Role, allows
from maillage.kernel.statements import given
from maillage.orientation.actions.appointments import may_be_said
from maillage.orientation.actions.demonstration import create_demonstration_desk
from maillage.orientation.actions.leaving import WITHDRAWALS
from maillage.orientation.computations.index import desk_index
from maillage.orientation.models import Request, SafetySheet
from maillage.orientation.models.closing import OUTCOME_LABELS
from maillage.orientation.models.records import PROCESSING, RECORDS
from maillage.orientation.pages.outcomes import ICONS as SAID_IN_ONE_TAP
from maillage.orientation.pages.presenters import patient_line
from maillage.orientation.queries import lists
from maillage.orientation.queries.asked import leads_to_15, open_about, under_way_count
from maillage.orientation.queries.desk import desks
from maillage.orientation.queries.outcomes import (
    Received,
    Sent,
    outcomes_waiting,
    received,
    sent,
    to_close,
)
from maillage.orientation.rules.vocabulary import State
from maillage.people import api as people
from maillage.territory.api import Territory

OUTCOMES, SIGNATURES = "orientation.outcome", "orientation.signature"
WRITERS = tuple(role for role in Role if allows(role, Permission.WRITE_SAFETY_SHEETS))
RECEIVERS = (Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.PHYSIOTHERAPIST, Role.PHARMACIST)


def outcomes_to_say(person: Person) -> Waiting | None:
    """Say of how many people received the desk awaits the outcome; the hour and the commune, no name."""
    rows = [] if nothing_waits(person, OUTCOMES) else to_close(by=person)
    return rows_waiting(
        _("Suites à dire"),
        rows,
        _awaited,
        ngettext("{count} réponse attendue", "{count} réponses attendues", len(rows)),
        url=reverse("orientation:received"),
        gesture=_("Répondre"),
    )


def _awaited(one: Request) -> Line:
    return Line(
        _("Demande de {hour}").format(hour=formats.time_short(one.called_at)),
        f"{reverse('orientation:received')}#demande-{one.pk}",
        f"{formats.date_short(one.called_at)} · {one.commune.name}" if one.commune else "",
    )


def requests_sent(person: Person) -> Waiting | None:
    """Say where the requests stand that one sent to a desk."""
    rows = [one for one in sent(by=person) if one.answered.is_open]
    return rows_waiting(
        _("Demandes en cours"),
        rows,
        _under_way,
        ngettext("{count} demande en cours", "{count} demandes en cours", len(rows)),
        url=reverse("orientation:asked"),
        gesture=_("Suivre les demandes"),
    )


def _under_way(one: Sent) -> Line:
    text = _("Demande de {hour}").format(hour=formats.time_short(one.request.called_at))
    page = f"{reverse('orientation:asked')}#demande-{one.request.pk}"
    if leads_to_15(one.request) and one.answered.state != State.TRANSFERRED.value:
        return Line(text, page, _("mène au 15 : appelez-le sans attendre le bureau"), phone="15")
    return Line(text, page, one.answered.get_state_display())


def own_requests(person: Person) -> Waiting | None:
    """Say to a patient where their own requests stand, in plain words, and what to do until then."""
    rows = open_about(person)
    if not rows:
        return None
    lines = tuple(map(_own, rows[:SHOWN]))
    said = ngettext("{count} demande en cours", "{count} demandes en cours", len(rows))
    return Waiting(
        _("Ma demande") if len(rows) == 1 else _("Mes demandes"),
        lines,
        said.format(count=formats.number(len(rows))),
        finding=_("Si cela s’aggrave, appelez le 15 sans attendre."),
    )


def _own(one: Request) -> Line:
    """Return where a request of one's own stands; one that leads to the 15 says to call it."""
    called = one.called_at.astimezone(clock.zone_of(one.scope)).replace(tzinfo=None)
    text = _("Demande du {when}").format(when=formats.date_long(called))
    if leads_to_15(one) and one.state != State.TRANSFERRED.value:
        return Line(text, detail=_("Appelez le 15 maintenant, sans attendre."), phone="15")
    return Line(text, detail=str(_TO_THE_PATIENT[State(one.state)]))


_TO_THE_PATIENT = {
    State.NEW: lazy("Bien reçue : un professionnel va la lire et vous rappeler."),
    State.IN_HAND: lazy("Un professionnel s’en occupe en ce moment."),
    State.PROPOSED: lazy("Un rendez-vous vous est cherché : gardez votre téléphone près de vous."),
    State.BOOKED: lazy("Un rendez-vous est pris pour vous."),
    State.ON_CALL: lazy("Un médecin de garde doit vous voir ou vous rappeler."),
    State.ADVICE: lazy("Un conseil vous a été donné : suivez-le, et rappelez si cela ne va pas mieux."),
    State.PROTOCOL: lazy("Un professionnel près de chez vous peut vous recevoir : allez le voir."),
    State.OUTSIDE: lazy("Un professionnel a accepté de vous voir sans créneau prévu."),
    State.TRANSFERRED: lazy("Le 15 (SAMU) s’occupe de vous : restez joignable."),
    State.CLOSED: lazy("Terminée."),
}


def sheets_to_sign(person: Person) -> Waiting | None:
    """Say which safety sheets a physician is asked to read and sign."""
    rows = [] if nothing_waits(person, SIGNATURES) else _sheets_to_sign(person)
    return rows_waiting(
        _("Fiches à signer"),
        rows,
        _to_sign,
        ngettext("{count} fiche de sécurité à signer", "{count} fiches de sécurité à signer", len(rows)),
        url=reverse("orientation:sign_sheet", args=[rows[0].pk]) if rows else "",
        gesture=_("Lire et signer"),
    )


@once
def _sheets_to_sign(person: Person) -> list[SafetySheet]:
    return list(SafetySheet.objects.to_sign_by(person).select_related("written_by", "scope").order_by("pk"))


def signatures_waiting() -> QuerySet[SafetySheet]:
    """Return the sheets that wait for the signature of the reader, for a statement."""
    rows = SafetySheet.objects.to_sign_by(given("person"))
    return rows.annotate(asked_at=Coalesce("signature_asked_at", "written_at"))


def signature_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the sheets of some keys: a sheet is read before it is signed, on its own page."""
    shown = set(keys)
    return [
        InboxLine(one.pk, line.text, line.url, detail=line.detail)
        for one in _sheets_to_sign(person)
        if one.pk in shown
        for line in [_to_sign(one)]
    ]


def outcome_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the requests of some keys whose outcome is awaited: who came, and what one tap says of it."""
    return [_outcome_line(one) for one in received(by=person, keys=keys)]


def _outcome_line(one: Received) -> InboxLine:
    request = one.request
    where = one.place or (request.commune.name if request.commune else "")
    say, state = reverse("orientation:say", args=[request.pk]), ("state", request.state)
    deeds = tuple(
        Deed(str(OUTCOME_LABELS[which]), say, fields=(("outcome", which.value), state))
        for which in SAID_IN_ONE_TAP
        if may_be_said(which, one.expected)
    )
    expected = formats.date_long(one.expected.astimezone(clock.zone_of(request.scope)).replace(tzinfo=None))
    page = f"{reverse('orientation:received')}#demande-{request.pk}"
    text = _("Venu ou non ? {when}").format(when=expected)
    return InboxLine(
        request.pk, text, page, patient_line(request.patient) or _("patient inconnu"), where, deeds=deeds
    )


def sheets_to_rewrite(person: Person) -> Waiting | None:
    """Say which safety sheets that one wrote a physician refused to sign, and who did."""
    rows = list(SafetySheet.objects.to_rewrite_by(person).select_related("refused_by").order_by("pk"))
    return rows_waiting(
        _("Fiches à récrire"),
        rows,
        lambda one: Line(
            one.title_said,
            reverse("orientation:sheet", args=[one.pk]),
            _("refusée par {name}").format(name=one.refused_by.get_full_name()),
        ),
        ngettext("{count} fiche de sécurité à récrire", "{count} fiches de sécurité à récrire", len(rows)),
        url=reverse("orientation:sheet", args=[rows[0].pk]) if rows else "",
        gesture=_("Lire le refus"),
    )


def _to_sign(one: SafetySheet) -> Line:
    by = one.written_by.get_full_name() if one.written_by else ""
    return Line(one.title_said, reverse("orientation:sign_sheet", args=[one.pk]), by)


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory a desk at work."""
    create_demonstration_desk(by=None, place=place, now=now)


def warm() -> None:
    """Compile the search, or load it from disk, and build the index of each desk at work."""
    booking.warm()
    lists.motives()
    lists.motive_rules()
    lists.protocols()
    for scope in desks():
        desk_index(scope, timezone.now())


CONTRIBUTION = Contribution(
    "orientation",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Régulation"),
            "orientation:desk",
            "phone",
            lazy("Répondre aux demandes de soins : questions de sécurité, créneaux, médecin de garde."),
            Permission.REGULATE,
            order=10,
            first_screen_of=frozenset({Role.REGULATOR}),
        ),
        Entry(
            Verb.ACT,
            lazy("Fiches de sécurité"),
            "orientation:sheets",
            "list-details",
            lazy("Écrire, faire signer et mettre en usage les questions posées avant tout créneau."),
            Permission.WRITE_SAFETY_SHEETS,
            within=("orientation:sheet", "orientation:new_sheet", "orientation:write_sheet"),
            order=15,
        ),
        Entry(
            Verb.ACT,
            lazy("Demandes reçues"),
            "orientation:received",
            "circle-check",
            lazy("Dire en un geste ce que sont devenues les personnes que le bureau vous a adressées."),
            Permission.BOOK_APPOINTMENT,
            within=("orientation:received",),
            order=20,
        ),
        Entry(
            Verb.ACT,
            lazy("Mes demandes"),
            "orientation:asked",
            "report-medical",
            lazy(
                "Demander un soin au bureau de régulation pour un résident ou un patient, "
                "suivre ce qu’il décide."
            ),
            Permission.SEND_REQUEST,
            under_way_count,
            within=("orientation:asked", "orientation:ask", "orientation:withdraw"),
            order=25,
        ),
    ),
    first_screen=(
        Block("orientation.outcomes", dict.fromkeys(RECEIVERS, 2), outcomes_to_say),
        Block("orientation.signatures", {Role.PHYSICIAN: 3}, sheets_to_sign),
        Block("orientation.sent", {Role.EHPAD: 5, Role.PHARMACIST: 3, Role.CASE_MANAGER: 2}, requests_sent),
        Block("orientation.refused", dict.fromkeys(WRITERS, 3), sheets_to_rewrite),
        Block("orientation.own", {Role.PATIENT: 2}, own_requests),
    ),
    inbox=(
        InboxSource(
            OUTCOMES,
            lazy("Issues à dire"),
            "circle-check",
            frozenset(RECEIVERS),
            Waits(outcomes_waiting, "at", key="request"),
            outcome_lines,
            order=20,
            confided=Confided(InboxGroup.VISITS, people.reached(Request, lazy("Venu ou non ?"), "patient")),
        ),
        InboxSource(
            SIGNATURES,
            lazy("Signatures"),
            "list-details",
            frozenset({Role.PHYSICIAN}),
            Waits(signatures_waiting, "asked_at"),
            signature_lines,
            order=50,
            confided=Confided(InboxGroup.SIGNATURES, naming_nobody(signature_lines)),
        ),
    ),
    demonstrate=demonstrate,
    warm=warm,
    named_in_journal=(SafetySheet,),
    withdrawals=WITHDRAWALS,
    told_of_leavers=(
        "orientation.proposal.professional",
        "orientation.decision.on_call",
        "orientation.decision.sent_to",
        "orientation.handover.giver",
        "orientation.handover.taker",
    ),
    records=RECORDS,
    processing=PROCESSING,
)
