"""What `people` brings to the shared pages: its entry, who looks for a doctor, its demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.access import may_everywhere
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
    rows_waiting,
)
from maillage.kernel.inboxes import nothing_waits, waiting_of
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.rules import InboxGroup, Permission, Role
from maillage.people.actions.addresses import period_said
from maillage.people.actions.demonstration import create_demonstration_patients
from maillage.people.actions.leaving import WITHDRAWALS
from maillage.people.models import DoctorProposal, PatientAddress, Signal
from maillage.people.models.records import PROCESSING, RECORDS
from maillage.people.pages import rights_blocks
from maillage.people.pages.presenters import request_line
from maillage.people.pages.referring_views import ANSWERING
from maillage.people.pages.unusual_views import said
from maillage.people.queries.carers import cared_for
from maillage.people.queries.circle import circle, emergencies_waiting, pending_reviews, to_review
from maillage.people.queries.patients import own_file
from maillage.people.queries.proposed_addresses import addresses_proposed, addresses_seen, proposed_among
from maillage.people.queries.referring_doctor import (
    is_searching,
    proposals_to,
    proposed,
    waiting_by_territory,
)
from maillage.people.queries.signals import (
    count_waiting_of,
    signals_seen,
    signals_waiting,
    unanswered,
    waiting_for,
)
from maillage.people.queries.unusual import Unusual, unusual_readings
from maillage.people.queries.veils import opened, veils
from maillage.people.rules.carers import Gesture
from maillage.people.rules.circle import Origin, Part
from maillage.people.rules.identity import next_steps
from maillage.territory import api as territory

PROPOSALS, SIGNALS, EMERGENCIES = "people.proposal", "people.signal", "people.emergency"
#: Who may be of a care team, and asked to answer a carer.
AT_CARE = (Role.NURSE, Role.PHYSICIAN, Role.MIDWIFE, Role.PHYSIOTHERAPIST, Role.PHARMACIST, Role.EHPAD)


def proposed_patients(person: Person) -> Waiting | None:
    """Say how many patients wait for the answer of a doctor."""
    count = len(waiting_of(person, PROPOSALS) or [])
    if not count:
        return None
    said = ngettext("{count} patient vous est proposé", "{count} patients vous sont proposés", count)
    return Waiting(
        _("Patients proposés"),
        (),
        said.format(count=formats.number(count)),
        reverse("people:proposals"),
        _("Répondre"),
    )


def proposal_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the patients proposed of some keys: who, why, since when; accepted in place."""
    page = reverse("people:proposals")
    lines = []
    for one in proposals_to(by=person, purpose=ANSWERING, keys=keys):
        accept = Deed(
            _("Accepter"), reverse("people:proposal_answer", args=[one.pk]), fields=(("do", "accept"),)
        )
        criteria = _("critères : {criteria}").format(criteria=request_line(one.request).criteria)
        text = _("Patient proposé, sans médecin traitant")
        lines.append(InboxLine(one.pk, text, page, one.request.patient.name, criteria, deeds=(accept,)))
    return lines


def address_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the addresses that some people proposed: confirmed, or set aside, in place."""
    lines = []
    for one in proposed_among(person, keys):
        page = reverse("people:addresses", args=[one.patient_id])
        row = ("row", str(one.pk))
        deeds = (
            Deed(_("Confirmer"), page, fields=(("do", "confirm"), row)),
            Deed(_("Ce n’est pas cela"), page, fields=(("do", "refuse"), row)),
        )
        detail = " · ".join((one.named, one.said, period_said(one.since, one.until)))
        text = _("Nouvelle adresse proposée")
        lines.append(InboxLine(one.pk, text, page, one.patient.name, detail, deeds=deeds))
    return lines


def review_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the emergency accesses of some keys: who opened a file; it is reviewed on its page."""
    shown, page = set(keys), reverse("people:emergencies")
    return [
        InboxLine(one.pk, _("Accès d’urgence à revoir"), page, detail=one.holder_name)
        for one in to_review(person)
        if one.pk in shown
    ]


def emergencies_to_review(person: Person) -> Waiting | None:
    """List the emergency accesses that the DPO has not reviewed, the oldest first; no patient is named."""
    rows = [] if nothing_waits(person, EMERGENCIES) else to_review(person)
    return rows_waiting(
        _("Accès d’urgence à revoir"),
        rows,
        lambda one: Line(
            one.holder_name, detail=f"{formats.date_short(one.starts_at)} {formats.time_short(one.starts_at)}"
        ),
        ngettext("{count} accès d’urgence à revoir", "{count} accès d’urgence à revoir", len(rows)),
        url=reverse("people:emergencies"),
        gesture=_("Revoir"),
    )


def readings_to_look_at(person: Person) -> Waiting | None:
    """Say to the DPO which readings of files stand out, and that none does; no patient is named."""
    if not may_everywhere(person, Permission.VIEW_JOURNAL):
        return None
    rows = unusual_readings(person)
    said = ngettext("{count} lecture à regarder", "{count} lectures à regarder", len(rows))
    finding = _("Ce qui se distingue n’est pas une faute : regardez, puis demandez.")
    return Waiting(
        _("Lectures de dossiers"),
        tuple(map(_reading, rows[:SHOWN])),
        said.format(count=formats.number(len(rows))) if rows else _("aucune lecture de dossier à regarder"),
        reverse("people:unusual"),
        _("Voir les lectures"),
        finding=finding if rows else "",
    )


def _reading(one: Unusual) -> Line:
    when = f"{formats.date_short(one.entry.at)} {formats.time_short(one.entry.at)}"
    page = reverse("people:access_log", args=[one.entry.patient_id])
    return Line(f"{one.entry.person}, {when}", page, ", ".join(said(one.signs)), is_to_see=True)


def without_a_doctor(person: Person) -> Waiting | None:
    """Say how many people look for a doctor in each territory, and for how long the first has waited."""
    rows = waiting_by_territory(person)
    if not rows:
        return None
    now = timezone.now()
    lines = tuple(
        Line(
            one.name,
            reverse("people:waiting_list", args=[one.slug]),
            _counted(one.count, (now - one.since).days),
        )
        for one in rows[:SHOWN]
    )
    total, oldest = sum(one.count for one in rows), (now - min(one.since for one in rows)).days
    return Waiting(_("Sans médecin traitant"), lines, _counted(total, oldest))


@once
def _has_search(person: Person) -> bool:
    """Return whether a médecin traitant is looked for, for a patient who has none."""
    own = own_file(person)
    return own is not None and own.referring_doctor_id is None and is_searching(own)


def to_do(person: Person) -> Waiting | None:
    """Say to a patient what is missing in their own file, and what only they can do about it."""
    own = own_file(person)
    if own is None:
        return None
    page, change = reverse("people:patient", args=[own.pk]), reverse("people:change", args=[own.pk])
    lines = []
    if not own.phone:
        lines.append(
            Line(_("Donner un numéro où vous joindre"), change, _("sans lui, personne ne peut vous rappeler"))
        )
    if any(step in {"document", "doubt"} for step in next_steps(own.evidence)):
        shown = _("carte d’identité, passeport ou titre de séjour")
        lines.append(Line(_("Montrer une pièce d’identité au prochain rendez-vous"), page, shown))
    if own.referring_doctor_id is None and not _has_search(person):
        where = reverse("people:write_inclusion", args=[own.pk])
        lines.append(Line(_("Demander un médecin traitant"), where, _("on en cherche un pour vous")))
    said = ngettext("{count} chose à faire", "{count} choses à faire", len(lines))
    return rows_waiting(
        _("Ce que j’ai à faire"), lines, lambda one: one, said, url=page, gesture=_("Ouvrir mon dossier")
    )


def caregivers(person: Person) -> Waiting | None:
    """Say to a patient who cares for them, and give the door to their own file."""
    own = own_file(person)
    if own is None:
        return None
    doctor = own.referring_doctor
    file = Line(
        _("Mon dossier"),
        reverse("people:patient", args=[own.pk]),
        _("mes coordonnées, mes rendez-vous"),
    )
    log = Line(
        _("Qui a vu mon dossier"),
        reverse("people:access_log", args=[own.pk]),
        _("qui, quand, pourquoi"),
    )
    if doctor is not None:
        page = reverse("directory:professional", args=[doctor.pk])
        first = Line(doctor.name, page, _("mon médecin traitant"), phone=doctor.phone)
    elif _has_search(person):
        first = Line(_("Pas encore de médecin traitant"), detail=_("une recherche est en cours pour vous"))
    else:
        first = Line(_("Pas encore de médecin traitant"))
    others = [
        Line(one.holder_name, detail=str(one.get_origin_display()).lower())
        for one in circle(own)
        if one.is_in_force() and one.origin != Origin.REFERRING_DOCTOR.value
    ]
    choices = Line(
        _("Mes choix"),
        reverse("people:circle", args=[own.pk]),
        _("qui lit mon dossier, mes accords, mes oppositions"),
    )
    carers = Line(
        _("Qui peut agir pour moi"),
        reverse("people:mandates", args=[own.pk]),
        _("mes aidants, ce que chacun voit et fait"),
    )
    return Waiting(
        _("Qui me soigne"),
        (first, *others[:2], log, choices, carers, file),
        "",
        reverse("directory:professionals"),
        _("Trouver un professionnel"),
    )


def helped(person: Person) -> Waiting | None:
    """Say to a carer whom they help, each by what they are to them, and until when."""
    rows = cared_for(person)
    if not rows:
        return None
    lines = []
    for one in rows:
        until = _("mandat jusqu’au {day}").format(day=formats.date_short(one.mandate.last_day))
        page = reverse("people:helped", args=[one.mandate.pk])
        lines.append(Line(one.said[:1].upper() + one.said[1:], page, until))
        if Gesture.SIGNAL in one.gestures:
            worry = _("Signaler une inquiétude pour {whose}").format(whose=one.said)
            lines.append(Line(worry, reverse("people:new_signal", args=[one.mandate.pk])))
    count = count_waiting_of(person)
    said = ngettext(
        "{count} signalement attend une réponse", "{count} signalements attendent une réponse", count
    ).format(count=formats.number(count))
    return Waiting(
        _("Les personnes que j’aide"), tuple(lines[: 2 * SHOWN]), said if count else _("tout est suivi")
    )


def help_for_carer(_person: Person) -> Waiting:
    """Give a carer the door to what helping asks of them: nobody else reads it."""
    line = Line(
        _("De l’aide pour moi"), reverse("people:support"), _("ce que l’aide me demande, dit pour moi seul")
    )
    return Waiting(_("De l’aide pour moi"), (line,))


def signals_to_answer(person: Person) -> Waiting | None:
    """List what carers signalled and nobody answered yet: no name, no word of health; answered in place."""
    rows = [] if nothing_waits(person, SIGNALS) else waiting_for(person)
    return rows_waiting(
        _("Inquiétudes d’aidants"),
        rows,
        _signal,
        ngettext("{count} aidant attend une réponse", "{count} aidants attendent une réponse", len(rows)),
        url=reverse("people:signal", args=[rows[0].pk]) if rows else "",
        gesture=_("Lire la première"),
    )


def _signal(one: Signal) -> Line:
    page = reverse("people:signal", args=[one.pk])
    due = _("réponse attendue avant {moment}").format(
        moment=f"{formats.date_short(one.due_at)} {formats.time_short(one.due_at)}"
    )
    deed = None if one.is_vital else Deed(_("Répondu"), page, asks=_("Ce qui a été fait"))
    said = _("Signe vital : le 15 d’abord") if one.is_vital else _("Un aidant a signalé une inquiétude")
    return Line(said, page, due, is_late=one.is_late, is_wrong=one.is_vital, deed=deed)


def signal_inbox(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the signals of some keys, as the first screen says them: who it is about is read on its page."""
    shown = set(keys)
    lines = [(one.pk, _signal(one)) for one in waiting_for(person) if one.pk in shown]
    return [
        InboxLine(pk, line.text, line.url, detail=line.detail, deeds=(line.deed,) if line.deed else ())
        for pk, line in lines
    ]


def signals_unanswered(person: Person) -> Waiting | None:
    """List what carers signalled and no care team answered in time, for whoever coordinates."""
    rows = unanswered(person)
    return rows_waiting(
        _("Inquiétudes d’aidants sans réponse"),
        rows,
        lambda one: Line(
            _("Personne n’a répondu à un aidant"),
            reverse("people:signal", args=[one.pk]),
            f"{formats.date_short(one.at)} {formats.time_short(one.at)}",
            is_late=True,
        ),
        ngettext("{count} aidant sans réponse", "{count} aidants sans réponse", len(rows)),
        url=reverse("people:signal", args=[rows[0].pk]) if rows else "",
        gesture=_("Voir qui appeler"),
    )


def _counted(count: int, days: int) -> str:
    people = ngettext(
        "{count} patient cherche un médecin traitant",
        "{count} patients cherchent un médecin traitant",
        count,
    ).format(count=formats.number(count))
    if days < 1:
        return people
    since = ngettext("le premier depuis {days} jour", "le premier depuis {days} jours", days)
    return f"{people}, {since.format(days=formats.number(days))}"


def demonstrate(place: territory.Territory, now: datetime) -> None:  # noqa: ARG001 (the same for every context)
    """Give the territory its invented patients."""
    create_demonstration_patients(by=None, place=place)


CONTRIBUTION = Contribution(
    "people",
    navigation=(
        *rights_blocks.NAVIGATION,
        Entry(
            Verb.ACT,
            lazy("Patients"),
            "people:patients",
            "user",
            lazy("Enregistrer un patient, suivre les recherches de médecin traitant."),
            Permission.REGISTER_PATIENTS,
            order=30,
        ),
    ),
    first_screen=(
        *rights_blocks.BLOCKS,
        Block("people.proposed", {Role.PHYSICIAN: 3}, proposed_patients),
        Block("people.to_do", {Role.PATIENT: 3}, to_do),
        Block("people.caregivers", {Role.PATIENT: 4}, caregivers),
        Block("people.helped", {Role.CARER: 1}, helped),
        Block("people.support", {Role.CARER: 4}, help_for_carer),
        Block("people.signals", dict.fromkeys(AT_CARE, 2), signals_to_answer),
        Block("people.unanswered", {Role.COORDINATOR: 1}, signals_unanswered),
        Block("people.emergencies", {Role.DPO: 1}, emergencies_to_review),
        Block("people.readings", {Role.DPO: 2}, readings_to_look_at),
        Block("people.orphans", {Role.COORDINATOR: 2, Role.CASE_MANAGER: 1}, without_a_doctor),
    ),
    inbox=(
        *rights_blocks.INBOX,
        InboxSource(
            PROPOSALS,
            lazy("Patients proposés"),
            "user-plus",
            frozenset({Role.PHYSICIAN}),
            Waits(proposed, "proposed_at", seen=DoctorProposal.objects.for_person),
            proposal_lines,
            order=40,
            confided=Confided(InboxGroup.SIGNATURES, veils(DoctorProposal, lazy("Patient proposé"))),
        ),
        InboxSource(
            "people.address",
            lazy("Adresses à confirmer"),
            "map-pin-plus",
            frozenset(AT_CARE),
            Waits(addresses_proposed, "at", seen=addresses_seen),
            address_lines,
            order=55,
            confided=Confided(
                InboxGroup.TASKS,
                opened(
                    PatientAddress,
                    Part.REACH,
                    lambda _one: _("Nouvelle adresse proposée"),
                    lambda one: reverse("people:addresses", args=[one.patient_id]),
                    veils(PatientAddress, lazy("Adresse à confirmer")),
                ),
            ),
        ),
        InboxSource(
            SIGNALS,
            lazy("Inquiétudes d’aidants"),
            "users",
            frozenset(AT_CARE),
            Waits(signals_waiting, "at", "due_at", seen=signals_seen),
            signal_inbox,
            order=5,
            confided=Confided(
                InboxGroup.CLINICAL,
                opened(
                    Signal,
                    Part.HEALTH,
                    lambda one: _signal(one).text,
                    lambda one: reverse("people:signal", args=[one.pk]),
                    veils(Signal, lazy("Inquiétude d’un aidant")),
                ),
            ),
        ),
        InboxSource(
            EMERGENCIES,
            lazy("Accès d’urgence"),
            "shield-lock",
            frozenset({Role.DPO}),
            Waits(emergencies_waiting, "starts_at", asked=pending_reviews),
            review_lines,
            order=10,
        ),
    ),
    demonstrate=demonstrate,
    withdrawals=WITHDRAWALS,
    told_of_leavers=(
        "people.careconsent.person",
        "people.careconsent.professional",
        "people.careopposition.person",
        "people.careopposition.professional",
        "people.patient.account",
        "people.accesslogentry.person",
        "people.careranswers.person",
    ),
    records=RECORDS,
    processing=PROCESSING,
)
