"""Campaigns and what surrounds them, for who may read prevention in their scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from maillage.exchange import api as exchange
from maillage.kernel import access, journal
from maillage.kernel.contributions import Pending
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.statements import given
from maillage.people import api as people
from maillage.people.api import Part, Patient
from maillage.prevention.models import (
    Campaign,
    CommunityAction,
    DayEntry,
    Invitee,
    InviteeStep,
    LetterRun,
    PreventionAct,
    PreventionDay,
    RunLetter,
    TargetReason,
    VaccineLot,
)
from maillage.prevention.queries.situations import Counted, Situation
from maillage.prevention.queries.targets import roles_of, targets
from maillage.prevention.rules.targets import Repeat
from maillage.prevention.rules.vocabulary import Came, Did
from maillage.territory import api as territory

PURPOSE = "campagne de prévention"


def campaigns_seen(person: Person) -> list[Campaign]:
    """Return the campaigns of one's scopes: the open ones first; one statement."""
    rows = Campaign.objects.for_person(person).select_related("scope", "practice")
    found = list(rows.order_by("-first_day", "-pk")[:200])
    return sorted(found, key=lambda one: not one.is_open)


def campaign_seen_by(person: Person, pk: int) -> Campaign | None:
    """Return a campaign of one's scopes, None elsewhere."""
    rows = Campaign.objects.for_person(person).filter(pk=pk)
    return rows.select_related("scope", "practice", "caller", "by", "closed_by").first()


def scopes_managed(person: Person) -> list[Scope]:
    """Return the territories where somebody opens campaigns."""
    scopes = access.scopes_of(person, Permission.MANAGE_PREVENTION)
    return list(Scope.objects.filter(kind="territory").order_by("label")) if scopes is None else scopes


def territory_of(scope: Scope) -> territory.Territory | None:
    """Return the territory of a scope, None where it has none."""
    return territory.Territory.objects.filter(scope=scope).first()


def communes_of(scope: Scope) -> list[territory.Commune]:
    """Return the communes of the territory of a scope, the most populated first."""
    place = territory_of(scope)
    if place is None:
        return []
    rows = territory.Commune.objects.filter(code__in=territory.member_codes(place))
    return list(rows.order_by("-population", "code"))


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody of a campaign whom the reader may name: where they stand, whether they may be reached."""

    patient: Patient
    counted: Counted
    invitee: Invitee | None
    is_reachable: bool
    commune: str = ""

    @property
    def is_due(self) -> bool:
        """Whether a gesture waits for them today."""
        return self.counted.is_to_ask

    @property
    def again_on(self) -> date | None:
        """The day from which to ask again."""
        return self.invitee.again_on if self.invitee is not None else None


def listed(
    person: Person, campaign: Campaign, situation: Situation, *, purpose: str = PURPOSE
) -> list[Listed]:
    """Return the people of a campaign whom `person` may name, by the circle of care; it is logged.

    Those to ask first, then those whose birth or sex is to be asked, then the others by name.
    """
    keys = {one.patient for one in situation.people if one.is_shown}
    found = list(Patient.objects.for_person(person, Part.HEALTH).filter(pk__in=keys))
    if not found:
        return []
    people.log_access(by=person, patients=found, what="list", purpose=purpose)
    reach = set(_reached(person, [one.pk for one in found]))
    rows = {
        one.patient_id: one
        for one in Invitee.objects.for_person(person).filter(campaign=campaign, patient__in=found)
    }
    names = territory.names_of({one.commune for one in situation.people if one.commune})
    by_key = situation.by_key
    lines = [
        Listed(
            one,
            by_key[one.pk],
            rows.get(one.pk),
            one.pk in reach,
            names.get(by_key[one.pk].commune or "", ""),
        )
        for one in found
    ]
    order = {"ask": 0, "unknown": 1, "rest": 2}
    return sorted(lines, key=lambda one: (order[one.counted.group], one.patient.search_name, one.patient.pk))


def scopes_named(person: Person, scopes: Collection[int]) -> set[int]:
    """Return in which of these scopes `person` may name somebody, by the circle of care; one statement.

    Nobody is read: it says whether a list of names would be empty.
    """
    rows = Patient.objects.for_person(person, Part.HEALTH).filter(scope__in=scopes)
    return set(rows.order_by().values_list("scope", flat=True).distinct())


def _reached(person: Person, keys: Collection[int]) -> list[int]:
    rows = Patient.objects.for_person(person, Part.REACH).filter(pk__in=keys)
    return list(rows.order_by().values_list("pk", flat=True))


def may_reach(person: Person, patient: Patient) -> bool:
    """Return whether somebody may read how to reach a patient."""
    return bool(_reached(person, [patient.pk]))


def patient_of(person: Person, campaign: Campaign, pk: int) -> Patient | None:
    """Return a patient of the scope of a campaign, whose health part `person` reads; it is logged."""
    found = Patient.objects.for_person(person, Part.HEALTH).filter(pk=pk, scope=campaign.scope)
    one = found.select_related("scope", "account").first()
    if one is not None:
        people.log_access(by=person, patients=[one], what="part", purpose=PURPOSE)
    return one


def patient_acted_on(person: Person, campaign: Campaign, pk: int) -> Patient | None:
    """Return a patient already shown, for a gesture: no line more in the access log."""
    found = Patient.objects.for_person(person, Part.HEALTH).filter(pk=pk, scope=campaign.scope)
    return found.select_related("scope", "account").first()


def invitee_of(campaign: Campaign, patient: Patient) -> Invitee | None:
    """Return where a patient, already read in scope, stands in a campaign."""
    return Invitee.objects.of(campaign).filter(patient=patient).first()


def steps_of(invitee: Invitee) -> list[InviteeStep]:
    """Return what was done for somebody already read in scope, the last first."""
    return list(InviteeStep.objects.of(invitee).select_related("by").order_by("-at", "-pk"))


def acts_of(patient: Patient, target: str) -> list[PreventionAct]:
    """Return the acts of a target of a patient already read in scope, the last first."""
    rows = PreventionAct.objects.of_patient(patient).filter(target=target)
    return list(rows.select_related("by", "lot", "taken_back_by"))


def reasons_of(patient: Patient, target: str) -> list[TargetReason]:
    """Return what professionals said that decides of a target, for a patient already read in scope."""
    rows = TargetReason.objects.in_scope(patient.scope).standing().filter(patient=patient, target=target)
    return list(rows.select_related("by"))


def messages_said(steps: list[InviteeStep], patient: Patient) -> dict[int, str]:
    """Return what became of each message asked, in words, by the key of its step."""
    subjects = {journal.target_of(one): one.pk for one in steps if one.did == Did.MESSAGE}
    if not subjects:
        return {}
    found = exchange.message_statuses(dict.fromkeys(subjects, patient))
    return {subjects[subject]: one.sentence for subject, one in found.items()}


def may_record(person: Person, campaign: Campaign) -> bool:
    """Return whether somebody holds, in the scope of a campaign, a role that records its act."""
    roles = roles_of(campaign.target)
    return any(
        one.role in roles and one.scope_id in {None, campaign.scope_id} for one in access.roles_of(person)
    )


def letter_runs(person: Person, campaign: Campaign) -> list[Any]:
    """Return the letters that `person` prepared, the last first, with how many they are."""
    rows = LetterRun.objects.of(campaign).filter(by=person).annotate(count=Count("letters"))
    return list(rows.order_by("-at", "-pk"))


def letter_run(person: Person, campaign: Campaign, pk: int) -> LetterRun | None:
    """Return letters that `person` prepared, None for those of somebody else."""
    return LetterRun.objects.of(campaign).filter(by=person, pk=pk).first()


def letters_of(person: Person, run: LetterRun, now: Situation) -> list[Patient]:
    """Return whom letters are for, those whom `person` may still reach; each reading is logged.

    Until they are posted, without who answered meanwhile, had the act, or may be invited no more.
    """
    keys = RunLetter.objects.of(run).values_list("patient", flat=True)
    rows = Patient.objects.for_person(person, Part.REACH).filter(pk__in=list(keys))
    found = list(rows.order_by("search_name", "pk"))
    if run.posted_on is None:
        found = [one for one in found if one.pk in now.by_key and now.by_key[one.pk].is_askable]
    if found:
        people.log_access(by=person, patients=found, what="list", purpose="lettres de prévention")
    return found


@dataclass(frozen=True, slots=True)
class DayNow:
    """A day with how many are registered, and how many places are left."""

    day: PreventionDay
    registered: int
    came: int

    @property
    def left(self) -> int:
        """How many places are left."""
        return max(self.day.places - self.registered, 0)

    @property
    def is_over(self) -> bool:
        """Whether its day is past."""
        return self.day.day < timezone.localdate()


_TAKING = Q(entries__came__in=[Came.REGISTERED.value, Came.CAME.value, Came.ABSENT.value])


def days_of(campaign: Campaign) -> list[DayNow]:
    """Return the days of a campaign, in order; one statement, counts alone."""
    return _days(PreventionDay.objects.of(campaign))


def _days(rows: Any) -> list[DayNow]:
    counted = (
        rows.filter(cancelled_at=None)
        .select_related("commune", "structure", "campaign")
        .annotate(
            registered=Count("entries", filter=_TAKING),
            came_count=Count("entries", filter=Q(entries__came=Came.CAME.value)),
        )
    )
    return [DayNow(one, one.registered, one.came_count) for one in counted.order_by("day", "opens", "pk")]


def next_days(person: Person, on: date) -> list[DayNow]:
    """Return the days to come of open campaigns that a person follows; one statement."""
    rows = PreventionDay.objects.for_person(person).filter(day__gte=on, campaign__closed_at=None)
    return _days(rows)


def day_of(campaign: Campaign, pk: int) -> PreventionDay | None:
    """Return a day of a campaign, None for that of another one."""
    rows = PreventionDay.objects.of(campaign).filter(pk=pk)
    return rows.select_related("campaign__scope", "commune", "structure").first()


def taken_by_hour(day: PreventionDay) -> dict[int, int]:
    """Return how many people are registered at each hour of a day that was read in scope."""
    rows = DayEntry.objects.of(day).exclude(came=Came.CANCELLED.value)
    found = dict(rows.order_by().values_list("hour").annotate(count=Count("pk")))
    return {hour: found.get(hour, 0) for hour in day.hours}


def entries_seen(person: Person, day: PreventionDay) -> list[DayEntry]:
    """Return the people of a day whom `person` may name, by hour; each reading is logged."""
    rows = DayEntry.objects.for_person(person).filter(day=day).exclude(came=Came.CANCELLED.value)
    found = list(rows.select_related("patient"))
    if found:
        people.log_access(by=person, patients=[one.patient for one in found], what="list", purpose=PURPOSE)
    return found


def entry_of(person: Person, day: PreventionDay, pk: int) -> DayEntry | None:
    """Return the registration of somebody whom `person` may read, None elsewhere."""
    rows = DayEntry.objects.for_person(person).filter(day=day, pk=pk)
    return rows.select_related("patient", "day__campaign__scope").first()


def lots_of(scope: Scope, target: str = "") -> list[VaccineLot]:
    """Return the lots of a scope, of one target or of all, in order of expiry."""
    rows = VaccineLot.objects.in_scope(scope)
    return list(rows.filter(target=target) if target else rows)


def lots_seen(person: Person) -> list[VaccineLot]:
    """Return the lots of one's scopes, in order of expiry."""
    return list(VaccineLot.objects.for_person(person).select_related("scope"))


def actions_seen(person: Person) -> list[CommunityAction]:
    """Return the actions in the community of one's scopes, the last first."""
    rows = CommunityAction.objects.for_person(person).select_related("scope", "commune")
    return list(rows[:200])


def action_seen_by(person: Person, pk: int) -> CommunityAction | None:
    """Return an action of one's scopes, None elsewhere."""
    return CommunityAction.objects.for_person(person).filter(pk=pk).select_related("scope", "commune").first()


def still_due(rows: QuerySet[Invitee]) -> QuerySet[Invitee]:
    """Keep those of some people invited of whom the act is still asked, as the list of a campaign does.

    Neither done since the campaign began, as many times as it takes, nor left out by a professional, nor of
    somebody who is counted nowhere; an age that has passed since their invitation alone is not looked at.
    """
    acts = PreventionAct._base_manager.filter(
        patient=OuterRef("patient"), target=OuterRef("campaign__target"), taken_back_at=None
    )
    done = Q(Exists(acts.filter(done_on__gte=OuterRef("campaign__first_day"))))
    count = acts.order_by().values("target").annotate(count=Count("pk")).values("count")
    out = Q(pk__in=[])
    for one in targets():
        aim = one.target
        if aim.repeat is Repeat.ONCE and aim.doses > 1:
            done &= ~Q(campaign__target=one.code) | Q(acts_done__gte=aim.doses)
        reasons = TargetReason._base_manager.filter(
            patient=OuterRef("patient"), target=one.code, ended_at=None, reason__in=aim.exclusions
        )
        if aim.exclusions:
            out |= Q(campaign__target=one.code) & Q(Exists(reasons))
    counted = rows.annotate(acts_done=Coalesce(Subquery(count, output_field=IntegerField()), 0))
    return counted.filter(people.countable(prefix="patient__")).exclude(done).exclude(out)


def calls_waiting() -> QuerySet[Invitee]:
    """Return whom the reader asked last and may have to ask again today; `calls_pending` answers."""
    last = InviteeStep._base_manager.filter(invitee=OuterRef("pk")).order_by("-at", "-pk").values("by")
    rows = Invitee._base_manager.annotate(caller=Subquery(last[:1]))
    return rows.filter(caller=given("person"), again_on__lte=given("day"), campaign__closed_at=None)


def calls_pending(person: Person) -> list[Pending]:
    """Return whom somebody is to ask again today; one statement."""
    return [Pending(one.pk, one.at) for one in _calls(person).order_by("again_on", "pk")]


def _calls(person: Person) -> QuerySet[Invitee]:
    last = InviteeStep._base_manager.filter(invitee=OuterRef("pk")).order_by("-at", "-pk").values("by")
    rows = Invitee.objects.for_person(person).annotate(caller=Subquery(last[:1]))
    return still_due(
        rows.filter(caller=person.pk, again_on__lte=timezone.localdate(), campaign__closed_at=None)
    )


def calls_drawn(person: Person, keys: Collection[int]) -> list[tuple[Invitee, int, tuple[str, ...]]]:
    """Return those of the keys that still wait, how many lines each has, their numbers to dial; logged."""
    found = list(
        _calls(person)
        .filter(pk__in=list(keys))
        .select_related("patient__scope", "campaign__scope")
        .annotate(lines=Count("steps"))
        .order_by("again_on", "pk")
    )
    if not found:
        return []
    people.log_access(by=person, patients=[one.patient for one in found], what="list", purpose=PURPOSE)
    reach = set(_reached(person, [one.patient_id for one in found]))
    return [
        (
            one,
            one.lines,
            tuple(filter(None, (one.patient.phone, one.patient.other_phone)))
            if one.patient_id in reach
            else (),
        )
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class Prevented:
    """What prevention has about somebody: acts that stand, invitations that go on, days to come."""

    acts: list[PreventionAct]
    invitees: list[Invitee]
    entries: list[DayEntry]


def prevented(patient: Patient) -> Prevented:
    """Return what prevention has about a patient already read in scope; three statements."""
    acts: dict[str, PreventionAct] = {}
    for one in PreventionAct.objects.of_patient(patient).standing().order_by("-done_on", "-pk"):
        acts.setdefault(one.target, one)
    rows = Invitee.objects.in_scope(patient.scope).filter(patient=patient, campaign__closed_at=None)
    entries = DayEntry.objects.in_scope(patient.scope).filter(
        patient=patient,
        came=Came.REGISTERED.value,
        day__cancelled_at=None,
        day__day__gte=timezone.localdate(),
    )
    return Prevented(
        list(acts.values()),
        list(rows.select_related("campaign", "patient__scope").order_by("-campaign__first_day", "-pk")),
        list(entries.select_related("day__campaign", "day__commune").order_by("day__day", "hour")),
    )


def to_ask_again(person: Person, on: date) -> dict[int, int]:
    """Return how many people wait for a reminder on a day, by open campaign of one's scopes; one statement.

    Counts alone: whom they are is for those whom the circle opens their file to.
    """
    seen = Campaign.objects.for_person(person).open()
    rows = still_due(Invitee._base_manager.filter(campaign__in=seen, again_on__lte=on))
    return dict(rows.order_by().values_list("campaign").annotate(count=Count("pk")))
