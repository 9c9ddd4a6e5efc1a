"""What waits for a professional: acts to check or sign, questions to answer, answers to read."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import SHOWN, Deed, InboxLine, Line, PanelContent, Waiting, rows_waiting
from maillage.kernel.inboxes import nothing_waits
from maillage.kernel.models import Person
from maillage.people import api as people
from maillage.protocols.models import Act, Referral
from maillage.protocols.pages.presenters import reply_choices
from maillage.protocols.queries.acts import acts_of, acts_to_finish, to_finish
from maillage.protocols.queries.protocols import usable_by
from maillage.protocols.queries.referrals import answers_to_read, referrals_drawn, waiting_for
from maillage.protocols.rules.protocols import ActState

#: The kinds of the inbox that this context declares.
ACTS, QUESTIONS, ANSWERS = "protocols.act", "protocols.question", "protocols.answer"


def acts_waiting(person: Person) -> Waiting | None:
    """Say which acts a professional has to check or sign; no patient, no word of health."""
    rows = [] if nothing_waits(person, ACTS) else to_finish(person)
    said = ngettext("{count} acte de protocole à signer", "{count} actes de protocole à signer", len(rows))
    url = reverse("protocols:protocols")
    return rows_waiting(
        _("Actes de protocole"), rows, _act, said, url=url, gesture=_("Ouvrir les protocoles")
    )


def _act(one: Act) -> Line:
    at = f"{formats.date_short(one.at)} {formats.time_short(one.at)}"
    text = _("Acte commencé le {at}").format(at=at)
    return Line(text, reverse("protocols:act", args=[one.pk]), str(one.get_state_display()), deed=_sign(one))


def _sign(one: Act) -> Deed | None:
    if one.state != ActState.TO_SIGN:
        return None
    url = reverse("protocols:act", args=[one.pk])
    return Deed(_("Signer"), url, _("Ce qui a été fait"), (("do", "sign"),))


def act_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the acts of some keys: what, for whom; signed in a word."""
    return [
        InboxLine(
            one.pk,
            one.act,
            reverse("protocols:act", args=[one.pk]),
            one.patient.name,
            f"{one.version.protocol.title} · {one.get_state_display()}",
            deeds=tuple(filter(None, [_sign(one)])),
        )
        for one in acts_to_finish(person, keys)
    ]


def questions_waiting(person: Person) -> Waiting | None:
    """Say what a physician has to answer; no patient, no word of health."""
    rows = [] if nothing_waits(person, QUESTIONS) else waiting_for(person)
    said = ngettext("{count} question à répondre", "{count} questions à répondre", len(rows))
    late = sum(one.is_late for one in rows)
    if late:
        said += ngettext(", dont {late} en retard", ", dont {late} en retard", late).replace(
            "{late}", str(late)
        )
    url = reverse("protocols:referral", args=[rows[0].pk]) if rows else ""
    return rows_waiting(
        _("Questions à répondre"), rows, _question, said, url=url, gesture=_("Lire la plus pressante")
    )


def _question(one: Referral) -> Line:
    moment = f"{formats.date_short(one.due_at)} {formats.time_short(one.due_at)}"
    due = _("avant le {moment}").format(moment=moment)
    url = reverse("protocols:referral", args=[one.pk])
    return Line(str(one.get_purpose_display()), url, due, is_late=one.is_late)


def question_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the questions of some keys: what, about whom; answered in one gesture."""
    return [_question_line(one) for one in referrals_drawn(person, keys) if not one.is_answered]


def _question_line(one: Referral) -> InboxLine:
    url = reverse("protocols:referral", args=[one.pk])
    deeds = [
        Deed(choice.label, url, choice.asks, (("do", "answer"), ("reply", choice.value)))
        for choice in reply_choices(one)
    ]
    if one.acknowledged_at is None:
        deeds.append(Deed(_("Vu, je réponds plus tard"), url, "", (("do", "acknowledge"),)))
    detail = " · ".join([*one.text.split("\n"), str(one.by)])
    return InboxLine(
        one.pk, str(one.get_purpose_display()), url, one.patient.name, detail, deeds=tuple(deeds)
    )


def answers_waiting(person: Person) -> Waiting | None:
    """Say which answers of physicians a professional has to read; no patient, no word of health."""
    rows = [] if nothing_waits(person, ANSWERS) else answers_to_read(person)
    said = ngettext("{count} réponse de médecin à lire", "{count} réponses de médecin à lire", len(rows))
    url = reverse("protocols:referral", args=[rows[0].pk]) if rows else ""
    return rows_waiting(
        _("Réponses des médecins"), rows, _answer, said, url=url, gesture=_("Lire la première")
    )


def _answer(one: Referral) -> Line:
    return Line(
        str(one.get_purpose_display()),
        reverse("protocols:referral", args=[one.pk]),
        formats.date_short(one.answered_at),
    )


def answer_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the answers of some keys, to be read."""
    found = []
    for one in referrals_drawn(person, keys):
        if one.by_id == person.pk and one.is_answered and one.read_at is None:
            url = reverse("protocols:referral", args=[one.pk])
            detail = " · ".join(filter(None, [str(one.get_reply_display()), one.words, str(one.answered_by)]))
            deed = Deed(_("Lu"), url, "", (("do", "read"),))
            text = str(one.get_purpose_display())
            found.append(InboxLine(one.pk, text, url, one.patient.name, detail, deeds=(deed,)))
    return found


HELD_ACTS = people.opened(
    Act,
    people.Part.HEALTH,
    lambda one: str(one.act),
    lambda one: reverse("protocols:act", args=[one.pk]),
    people.veils(Act, lazy("Acte à signer")),
)


def _referral_page(one: Referral) -> str:
    return reverse("protocols:referral", args=[one.pk])


def _purpose(one: Referral) -> str:
    return str(one.get_purpose_display())


HELD_QUESTIONS = people.opened(
    Referral,
    people.Part.HEALTH,
    _purpose,
    _referral_page,
    people.veils(Referral, lazy("Question à répondre")),
)
HELD_ANSWERS = people.opened(
    Referral, people.Part.HEALTH, _purpose, _referral_page, people.veils(Referral, lazy("Réponse à lire"))
)


def acts_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say what was done under a protocol for a patient; None where nothing was, and nothing may be."""
    acts = acts_of(patient)
    own = patient.account_id == person.pk
    if not acts and (own or not usable_by(person)):
        return None
    lines = tuple(
        Line(
            one.act,
            reverse("protocols:act", args=[one.pk]),
            f"{formats.date_short(one.at)} · {one.get_state_display()}",
        )
        for one in acts[:SHOWN]
    )
    title = _("Soins faits par délégation") if own else _("Protocoles")
    said = "" if lines else _("Aucun acte de protocole.")
    return PanelContent(
        title, said, lines, reverse("protocols:patient", args=[patient.pk]), _("Ouvrir les protocoles")
    )
