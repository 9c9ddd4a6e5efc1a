"""What the pages of meetings say: sentences, who may come, who was there, whom a decision may be given to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care.models import AgendaItem, Attendance, Meeting, MeetingInvitation, MinutesSignature
from maillage.care.models.meetings import KIND_LABELS
from maillage.care.pages.meeting_forms import PresenceForm
from maillage.care.queries.meeting_minutes import paid_in_year
from maillage.care.queries.meetings import ItemSeen, MeetingSeen, account_of, said_number
from maillage.care.rules.meetings import MeetingKind, MinutesState, indemnity
from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.parameters import row_key
from maillage.people import api as people

Somebody = directory.Professional | Person


def kind_of(meeting: Meeting) -> str:
    """Return the kind of a meeting, in words."""
    return str(KIND_LABELS[MeetingKind(meeting.kind)])


def finding(seen: MeetingSeen) -> str:
    """Say when a meeting is held for its reader, and what it has to discuss."""
    meeting = seen.meeting
    when = formats.date_long(seen.starts_at)
    if meeting.is_cancelled:
        return _("Annulée : elle était prévue le {when}.").format(when=when)
    standing = [one for one in seen.items if not one.item.is_withdrawn]
    cases = sum(one.item.is_case for one in standing)
    if not standing:
        return _("Le {when} ; rien n’est encore à l’ordre du jour.").format(when=when)
    said = ngettext("{count} point", "{count} points", len(standing)).format(
        count=formats.number(len(standing))
    )
    if cases:
        case = ngettext("dont {count} situation", "dont {count} situations", cases)
        said = f"{said}, {case.format(count=formats.number(cases))}"
    late = sum(one.item.length for one in standing) - meeting.length
    if seen.is_whole and late > 0:
        over = _("l’ordre du jour dépasse de {length} la durée prévue").format(length=formats.minutes(late))
        said = f"{said} ; {over}"
    return _("Le {when} : {what}.").format(when=when, what=said)


def minutes_said(meeting: Meeting, state: MinutesState, signatures: Sequence[MinutesSignature] = ()) -> str:
    """Say where the minutes stand, their day or their signature."""
    day = formats.date_long(meeting.due_on)
    match state:
        case MinutesState.TO_COME:
            return _("compte rendu à faire avant le {day}").format(day=day)
        case MinutesState.DUE:
            return _("compte rendu à faire avant le {day}").format(day=day)
        case MinutesState.LATE:
            return _("compte rendu en retard : il était attendu avant le {day}").format(day=day)
        case MinutesState.CANCELLED:
            return _("pas de compte rendu : réunion annulée")
    last = signatures[-1]
    said = {"number": last.number, "day": formats.date_short(last.at), "name": last.by}
    if state is MinutesState.CHANGED:
        return _(
            "compte rendu modifié depuis la version {number}, signée le {day} par {name} : à signer"
        ).format(**said)
    return _("compte rendu signé le {day} par {name}, version {number}").format(**said)


def item_name(one: ItemSeen, number: int) -> str:
    """Return how an item is called for its reader: the topic, the patient, or « Situation 2 »."""
    if one.patient is not None:
        return one.patient.name
    return said_number(number) if one.item.is_case else one.item.subject


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line of an agenda for its reader."""

    seen: ItemSeen
    name: str
    question: str
    state: str
    kind: str
    opens: bool


def lines_of(seen: MeetingSeen) -> list[ItemLine]:
    """Return the agenda for its reader, item by item."""
    return [_line(one, number) for number, one in enumerate(seen.items, start=1)]


def _line(one: ItemSeen, number: int) -> ItemLine:
    item = one.item
    state, kind = "", ""
    if item.is_withdrawn or one.is_opposed:
        state, kind = _("retiré"), "attention"
        if one.is_opposed and not item.is_withdrawn:
            state = _("la personne s’y oppose")
    elif item.is_case and item.agreed_at is None:
        state, kind = _("accord à recueillir"), "attention"
    question = item.subject if one.is_read and (item.is_case or one.patient) else ""
    opens = one.is_own or one.is_named or (not item.is_case and not item.is_withdrawn)
    return ItemLine(one, item_name(one, number), question, state, kind, opens)


def agreement_said(item: AgendaItem) -> str:
    """Say who agreed, how and when; empty where nobody has."""
    if item.agreed_at is None:
        return ""
    return _("{who}, {means}, le {when}").format(
        who=item.get_agreed_by_display(),
        means=item.get_means_display(),
        when=formats.date_long(item.agreed_at),
    )


def reading_said(decisions: Mapping[people.Part, people.Decision]) -> tuple[str, str]:
    """Return the parts of the file that the reader may read, and those that they may not, in words."""
    allowed = [str(people.PART_LABELS[part]) for part, one in decisions.items() if one.is_allowed]
    refused = [str(people.PART_LABELS[part]) for part, one in decisions.items() if not one.is_allowed]
    return " · ".join(allowed), " · ".join(refused)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the directory who may be invited."""

    key: str
    name: str
    detail: str


def candidates(text: str, limit: int) -> list[Candidate]:
    """Return the professionals and the structures whose names are `text`, each with what tells them apart."""
    found = directory.search_professionals(text, limit)
    apart = directory.told_apart(found)
    named = [Candidate(f"p{one.pk}", one.name, apart[one.pk] or one.profession_name) for one in found]
    places = directory.search_structures(text, limit)
    return [*named, *(Candidate(f"s{one.pk}", one.name, one.get_kind_display()) for one in places)][:limit]


def invited_by_key(key: str) -> people.Named | None:
    """Return whom the key of a candidate, or of a carer, names; None where nobody is."""
    if "\x00" in key:  # no database of ours holds one, and PostgreSQL refuses to be asked
        return None
    if key[:1] == "s":
        return directory.Structure.objects.filter(pk=key[1:], is_active=True).first()
    return people.holder_of(key) if row_key(key[1:]) else None


def key_of(who: Somebody) -> str:
    """Return the key of somebody: « p12 » for a sheet, « a3 » for an account."""
    return f"{'p' if isinstance(who, directory.Professional) else 'a'}{who.pk}"


def sheet_of(person: Person) -> Somebody:
    """Return the sheet of an account, or the account itself without one."""
    return getattr(person, "professional", None) or person


def expected(
    meeting: Meeting, invitations: Sequence[MeetingInvitation], attendances: Sequence[Attendance]
) -> list[Somebody]:
    """Return who may have been there: who organises, who is invited, the staff of structures; by name."""
    found: dict[str, Somebody] = {}
    everybody: list[Somebody] = [sheet_of(meeting.organiser)]
    for one in invitations:
        if one.structure is not None:
            everybody += [member.professional for member in directory.team_of(one.structure)]
        elif (who := one.professional or one.person) is not None:
            everybody.append(who)
    everybody += [one.who for one in attendances]
    for each in everybody:
        found.setdefault(key_of(each), each)
    return sorted(found.values(), key=str)


@dataclass(frozen=True, slots=True)
class PresenceLine:
    """One line of the sheet of presence: who, the form, what was written."""

    key: str
    name: str
    profession: str
    form: PresenceForm
    written: Attendance | None


def presence_lines(
    who: Sequence[Somebody], attendances: Sequence[Attendance], usual: int, data: Any = None
) -> list[PresenceLine]:
    """Return the sheet of presence, one line a person, as it was written or for `usual` minutes."""
    written = {key_of(one.who): one for one in attendances}
    lines = []
    for each in who:
        key = key_of(each)
        known = written.get(key)
        initial: dict[str, Any] = {"minutes": usual if not attendances else 0}
        if known is not None:
            initial = {"minutes": known.minutes, "is_paid": known.is_paid, "rate": known.hourly_rate}
        form = PresenceForm(data, prefix=key, initial=initial)
        profession = each.profession_name if isinstance(each, directory.Professional) else ""
        lines.append(PresenceLine(key, str(each), profession, form, known))
    return lines


def owners(
    item: AgendaItem, who: Sequence[Somebody]
) -> list[tuple[str, str, directory.Professional | Person]]:
    """Return whom a decision may be given to: those who read the plan of a case, else those expected."""
    if item.patient is not None:
        return people.holders_reading(item.patient, people.Part.PLAN)
    return [(key_of(each), str(each), each) for each in who]


def carers_to_invite(item: AgendaItem, invited: Sequence[MeetingInvitation]) -> list[tuple[str, str]]:
    """Return the accounts that may be asked for this case alone, as choices: the patient, their carers."""
    patient = item.patient
    if patient is None:
        return []
    here = {one.person_id for one in invited if one.item_id == item.pk}
    found = [
        (key, name)
        for key, name, who in people.holders_reading(patient, people.Part.IDENTITY)
        if isinstance(who, Person) and who.pk not in here
    ]
    own = patient.account
    if own is not None and own.pk not in here:
        found.insert(0, (f"a{own.pk}", str(own)))
    return found


def not_reading(patient: people.Patient, invitations: Sequence[MeetingInvitation]) -> list[str]:
    """Return the names of those invited to the whole meeting who do not read the plan of a patient."""
    reading = {key for key, _name, _who in people.holders_reading(patient, people.Part.PLAN)}
    found = []
    for one in invitations:
        who = one.professional or one.person
        if one.item_id is None and who is not None and key_of(who) not in reading:
            found.append(str(who))
    return sorted(found)


def without_account(invitations: Sequence[MeetingInvitation]) -> set[int]:
    """Return the invitations of who cannot sign in, by key: they are told, and answer aloud."""
    return {one.pk for one in invitations if one.structure_id is None and account_of(one) is None}


def waiting_said(waiting: int, late: int) -> str:
    """Return « 2 comptes rendus à faire, dont 1 en retard »."""
    said = ngettext("{count} compte rendu à faire", "{count} comptes rendus à faire", waiting)
    said = said.format(count=formats.number(waiting))
    if late:
        said += ngettext(", dont {late} en retard", ", dont {late} en retard", late).format(
            late=formats.number(late)
        )
    return said


def paid_line(one: Attendance, meeting: Meeting) -> dict[str, Any]:
    """Return the paid time of one attendance, with the year of that person in the scope and its cap."""
    year = paid_in_year(one.who, meeting.scope, meeting.held_on.year)
    amount = indemnity(one.minutes, one.hourly_rate)
    return {
        "name": str(one.who),
        "minutes": formats.minutes(one.minutes),
        "rate": one.hourly_rate,
        "amount": "" if amount is None else formats.quantity(amount, "€", 2),
        "year": year.year,
        "time": formats.minutes(year.time.minutes),
        "total": formats.quantity(year.time.amount, "€", 2),
        "unrated": formats.minutes(year.time.unrated) if year.time.unrated else "",
        "is_over": year.is_over,
        "cap": None if year.cap.value is None else formats.quantity(year.cap.value, "€"),
        "certainty": year.cap.certainty,
        "source": year.cap.source,
    }
