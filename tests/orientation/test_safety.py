"""No life-threatening motive reaches a slot, whatever the door; no other does without its questions.

Every motive at every age is judged as the doors judge it, by `api.clearance` (the first test of the product);
then every motive is tried at every door, once for each different judgement that some age gives it: an age
reaches a door through that judgement alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from maillage.agenda import api as agenda
from maillage.directory.api import Professional, StructureKind
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Decision, Proposal, Request, SafetySheet, Search, SpokenCheck
from maillage.territory.api import Commune, Territory
from tests.factories import make_patient, make_person
from tests.orientation.conftest import FEVER, NOW, Call, pass_safety, refused
from tests.orientation.test_services import make_member, make_structure

AGES = (None, 0, 2, 36, 480, 1080)
#: By their own words, whatever the age: no rule of ours may forget one of these.
VITAL = (
    "M01.00", "M01.01", "M01.02", "M01.03", "M02.02", "M02.03", "M02.04", "M02.08", "M02.09", "M02.10",
    "M03.01", "M03.04", "M03.08", "M03.10", "M03.19", "M04.01", "M04.02", "M04.04",
)  # fmt: skip
GROUPS = ("M02.00", "M03.00", "M04.00", "M05.00", "M06.00", "M07.00")
MOTIVES = [f"M{group:02}.{place:02}" for group, size in enumerate((4, 11, 23, 5, 3, 5, 1), 1)
           for place in range(size)]  # fmt: skip
numbers = count()
Door = Callable[[Request], object]


@dataclass(frozen=True)
class Doors:
    """Every way to answer a request in town, each a function that raises where it is refused."""

    by: Person
    office: agenda.Schedule
    slot: agenda.Slot
    doctor: Professional

    def all(self) -> dict[str, Door]:
        kinds = (api.DecisionKind.ON_CALL, api.DecisionKind.ADVICE, api.DecisionKind.PROTOCOL)
        return {
            "search": lambda row: api.propose(by=self.by, request=row),
            "hold": lambda row: api.hold(by=self.by, proposal=self.stale(row), key=key()),
            "book": lambda row: api.hold_and_book(by=self.by, proposal=self.stale(row), key=key()),
            "refuse": lambda row: api.refuse_proposal(
                by=self.by, proposal=self.stale(row), reason=api.RefusalReason.TOO_FAR
            ),
            "over_capacity": lambda row: api.book_over_capacity(
                by=self.by, request=row, schedule=self.office, starts_at=self.slot.starts_at, key=key()
            ),
            "outside": lambda row: api.send_outside_slot(
                by=self.by, request=row, professional=self.doctor, key=key()
            ),
            "service": lambda row: api.send_outside_slot(
                by=self.by, request=row, proposal=self.stale(row, is_service=True), key=key()
            ),
        } | {kind.value: self.deciding(kind) for kind in kinds}

    def deciding(self, kind: api.DecisionKind) -> Door:
        return lambda row: api.decide(by=self.by, request=row, kind=kind)

    def stale(self, row: Request, *, is_service: bool = False) -> Proposal:
        """A proposal that an old page, or another program, still has."""
        search = Search.objects.create(request=row, by=self.by, engine_version="1", criteria={})
        return Proposal.objects.create(
            request=row, search=search, rank=1, slot=None if is_service else self.slot,
            kind="protocol" if is_service else "slot", professional=self.doctor, starts_at=NOW,
        )  # fmt: skip

    def posts(self, row: Request) -> list[tuple[str, dict[str, Any]]]:
        """The same, as forms posted directly."""
        of_slot, of_service = self.stale(row), self.stale(row, is_service=True)
        ways: list[tuple[str, tuple[int, ...], dict[str, Any]]] = [
            ("search", (), {}),
            ("hold", (of_slot.pk,), {"key": key()}),
            ("book", (of_slot.pk,), {"key": key()}),
            ("refuse", (of_slot.pk,), {"reason": "too_far"}),
            ("over_capacity", (), {"key": key(), "slot": self.slot.pk}),
            ("outside", (), {"key": key(), "outside-who": self.doctor.name}),
            ("send", (of_service.pk,), {"key": key()}),
            ("decide", (), {"kind": "on_call"}),
            ("decide", (), {"kind": "advice"}),
            ("decide", (), {"kind": "protocol"}),
        ]
        return [(reverse(f"orientation:{name}", args=[row.pk, *more]), sent) for name, more, sent in ways]


def key() -> str:
    return f"safety-{next(numbers)}"


@pytest.fixture
def doors(regulator: Person, doctor: Professional) -> Doors:
    api.create_example_sheets(by=None)
    office = agenda.Schedule.objects.get(agenda__professional=doctor)
    agenda.allow_over_capacity(by=None, schedule=office, per_day=3)
    return Doors(regulator, office, office.slots.order_by("starts_at")[0], doctor)


def again(request: Request) -> Request:
    return Request.objects.keyed(request.pk).select_related("scope", "patient").get()


def expected(motive: str, age: int | None) -> api.Refusal:
    """What every door answers before anything is asked, read from the rules alone."""
    rule = api.motive_rules().of(motive, age)
    return {
        api.MotiveRule.VITAL: api.Refusal.VITAL,
        api.MotiveRule.IMPRECISE: api.Refusal.IMPRECISE,
        api.MotiveRule.QUESTIONED: api.Refusal.UNANSWERED,
        api.MotiveRule.UNSHEETED: api.Refusal.UNCHECKED,
    }[rule]


def test_every_motive_of_the_list_has_one_rule() -> None:
    rules = api.motive_rules()
    listed = [one["code"] for one in api.motives()]
    assert listed == MOTIVES
    lists = (rules.vital, rules.questioned, rules.unsheeted)
    times = {code: sum(code in one for one in lists) for code in listed}
    assert {code for code, found in times.items() if found != 1} == set(GROUPS)
    assert set().union(*lists, rules.vital_under) <= set(listed)
    assert {code for code in listed if rules.of(code, None) is api.MotiveRule.IMPRECISE} == set(GROUPS)
    assert set(VITAL) <= rules.vital


@pytest.mark.parametrize("code", ["", "M99.01", "M01", "M03.14 ", "x"])
def test_a_code_of_no_list_leads_to_no_slot(code: str) -> None:
    assert api.motive_rules().of(code, 480) is api.MotiveRule.IMPRECISE


@pytest.mark.parametrize(
    ("motive", "age", "rule"),
    [
        (FEVER, 2, "vital"), (FEVER, 3, "questioned"), (FEVER, None, "questioned"), ("M03.12", 0, "vital"),
        ("M03.06", 480, "questioned"), ("M03.21", 2, "vital"), ("M03.21", 480, "unsheeted"),
        ("M04.03", 179, "vital"), ("M04.03", 180, "questioned"), ("M03.08", 1080, "vital"),
    ],
)  # fmt: skip
def test_the_age_makes_a_motive_vital(motive: str, age: int | None, rule: str) -> None:
    assert api.motive_rules().of(motive, age) == rule


def ages_of_each_answer(motive: str) -> list[int | None]:
    """Return the first of `AGES` that gives a motive each of the answers it may have."""
    answers = {expected(motive, age): age for age in reversed(AGES)}
    return list(answers.values())


def test_every_motive_at_every_age_is_judged_by_its_rule(place: Territory, doors: Doors) -> None:
    for motive in MOTIVES:
        for age in AGES:
            asked = Request(scope=place.scope, motive=motive, age_months=age, priority="P2")
            found = api.clearance(asked)
            assert found.obstacle is not None, (motive, age)
            assert found.obstacle.value == expected(motive, age).value, (motive, age)


@pytest.mark.parametrize("motive", MOTIVES)
def test_no_motive_passes_any_door_unasked(motive: str, call: Call, regulator: Person, doors: Doors) -> None:
    for age in ages_of_each_answer(motive):
        request = call(motive=motive, age_months=age, checked=False)
        awaited = expected(motive, age)
        for name, door in doors.all().items():
            with pytest.raises(api.OrientationError) as error:
                door(request)
            assert error.value.refusal is awaited, (name, age)
        assert api.extra_seats(request, api.Criteria(), by=regulator, now=NOW) == []
        assert again(request).state == "in_hand"
        assert again(request).has_red_flag is (awaited is api.Refusal.VITAL)
        if awaited is api.Refusal.VITAL:
            made = api.transfer_to_15(by=regulator, request=request, note="Transmis.")
            assert made.request.state == "transferred"
        elif motive not in GROUPS:
            api.propose(by=regulator, request=pass_safety(regulator, request))
    assert not Decision.objects.in_scope(request.scope).exclude(kind="transfer").exists()
    assert not agenda.Appointment.objects.for_person(regulator).exists()


@pytest.mark.parametrize("motive", MOTIVES)
def test_no_form_posted_directly_passes_either(
    motive: str, call: Call, regulator: Person, doors: Doors, client: Client
) -> None:
    client.force_login(regulator)
    request = call(motive=motive, age_months=0, checked=False)
    for address, sent in doors.posts(request):
        assert client.post(address, sent).status_code == 302, address
    assert again(request).state == "in_hand"
    assert not Decision.objects.of_request(request).exists()
    assert not agenda.Appointment.objects.for_person(regulator).exists()
    text = client.get(reverse("orientation:request", args=[request.pk])).content.decode()
    is_vital = expected(motive, 0) is api.Refusal.VITAL
    assert ("Urgence vitale" in text) is is_vital
    assert ('href="tel:15"' in text) is is_vital
    assert "/reserver/" not in text
    assert "desk-criteria" not in text


@pytest.mark.parametrize("priority", ["P0", "P1"])
@pytest.mark.parametrize("motive", [FEVER, "M03.21", "M02.06", "M06.02"])
def test_an_urgent_priority_passes_no_door_either(
    priority: str, motive: str, call: Call, regulator: Person, doors: Doors, client: Client
) -> None:
    request = pass_safety(regulator, call(motive=motive, age_months=480))
    api.describe(by=regulator, request=request, values={"priority": priority})
    for name, door in doors.all().items():
        with pytest.raises(api.OrientationError) as error:
            door(request)
        assert error.value.refusal is api.Refusal.URGENT, name
    assert api.extra_seats(again(request), api.Criteria(), by=regulator, now=NOW) == []
    client.force_login(regulator)
    text = client.get(reverse("orientation:request", args=[request.pk])).content.decode()
    assert 'href="tel:15"' in text
    assert priority in text


@pytest.mark.parametrize(
    "values", [{"motive": "M01.01"}, {"age_months": 1}, {"priority": "P0"}, {"motive": "M03.08"}]
)
@pytest.mark.parametrize("is_colleague", [False, True])
def test_a_seat_held_is_free_as_soon_as_the_request_goes_to_the_15(
    values: dict[str, object],
    is_colleague: bool,
    call: Call,
    regulator: Person,
    colleague: Person,
    doors: Doors,
) -> None:
    request = call(age_months=38)
    search = api.propose(by=regulator, request=request)
    first = Proposal.objects.of_request(request).filter(search=search).first()
    held = api.hold(by=regulator, proposal=first, key=key()).appointment
    who = colleague if is_colleague else regulator
    if is_colleague:
        api.take(by=colleague, request=request, reason="Relève.")
    api.describe(by=who, request=request, values=values)
    held.refresh_from_db()
    assert held.state == "cancelled"
    assert first.slot in agenda.free_slots(regulator, NOW, NOW + timedelta(days=1))
    assert again(request).state == "in_hand"
    assert not Proposal.objects.of_request(request).filter(state__in=["offered", "held"]).exists()
    refused(api.Refusal.PROPOSAL_GONE, api.hold_and_book, by=who, proposal=first, key=key())


def test_what_was_decided_comes_back_to_the_desk_when_it_turns_vital(
    call: Call, regulator: Person, doors: Doors
) -> None:
    request = call(age_months=38)
    api.decide(by=regulator, request=request, kind=api.DecisionKind.ADVICE)
    changed = api.describe(by=regulator, request=request, values={"motive": "M03.19"})
    assert (changed.state, changed.has_red_flag) == ("in_hand", True)
    slip = {"motive": FEVER, "priority": "P2"}
    back = api.describe(by=regulator, request=request, values=slip, reason="Motif mal choisi.")
    assert not back.has_red_flag
    assert api.clearance(back).obstacle is None


def test_answers_of_one_motive_clear_no_other(call: Call, regulator: Person, doors: Doors) -> None:
    request = call(age_months=480)
    api.propose(by=regulator, request=request)
    changed = api.describe(by=regulator, request=request, values={"motive": "M03.06"})
    assert changed.state == "in_hand"
    assert not Proposal.objects.of_request(request).offered().exists()
    refused(api.Refusal.UNANSWERED, api.propose, by=regulator, request=request)
    api.describe(by=regulator, request=request, values={"motive": "M03.21"}, reason="Aucune douleur.")
    refused(api.Refusal.UNCHECKED, api.propose, by=regulator, request=request)


def test_a_spoken_check_is_kept_with_who_said_it_and_holds_for_one_motive_and_age(
    call: Call, regulator: Person, doors: Doors, client: Client
) -> None:
    request = call(motive="M03.21", age_months=480, checked=False)
    asked = {"by": regulator, "request": request, "said_by": api.CallerKind.FAMILY}
    refused(api.Refusal.NO_CHECK_NOTE, api.confirm_spoken_check, **asked, note="  ")
    client.force_login(regulator)
    address = reverse("orientation:spoken_check", args=[request.pk])
    sent = {"check-said_by": "FAMILLE", "check-name": "Awa Mélisse", "check-note": "Boit, pas de sang."}
    client.post(address, sent)
    assert not SpokenCheck.objects.of_request(request).exists()  # nobody said that nothing alarms
    text = client.post(address, sent | {"check-nothing_alarms": "on"}, follow=True).content.decode()
    made = SpokenCheck.objects.of_request(request).get()
    assert (made.by, made.said_by, made.name, made.at) == (regulator, "FAMILLE", "Awa Mélisse", NOW)
    assert "Vérifié de vive voix" in text
    assert "Awa Mélisse. Boit, pas de sang." in text
    entry = Entry.objects.get(verb="orientation.spoken_check")
    assert "sang" not in str(entry.changes)
    api.propose(by=regulator, request=request)
    for values in ({"age_months": 36}, {"motive": "M03.22"}):
        changed = api.describe(by=regulator, request=request, values=values)
        assert api.clearance(changed).obstacle is api.Obstacle.UNCHECKED
        refused(api.Refusal.UNCHECKED, api.propose, by=regulator, request=request)
    for motive, refusal in (("M01.01", api.Refusal.VITAL), (FEVER, api.Refusal.UNANSWERED)):
        values = {"motive": motive, "priority": "P2"}
        api.describe(by=regulator, request=request, values=values, reason="Motif précisé.")
        refused(refusal, api.confirm_spoken_check, **asked, note="Va bien.")
    pass_safety(regulator, again(request))
    refused(api.Refusal.NO_CHECK, api.confirm_spoken_check, **asked, note="Va bien.")


def test_a_motive_to_be_questioned_finds_no_slot_where_no_sheet_is_in_use(
    call: Call, regulator: Person, doors: Doors, client: Client
) -> None:
    SafetySheet.objects.update(is_current=False)
    request = call(motive="M03.06", checked=False)
    refused(api.Refusal.NO_SHEET, api.propose, by=regulator, request=request)
    said = {"said_by": api.CallerKind.PATIENT, "note": "Va bien."}
    refused(api.Refusal.NO_SHEET, api.confirm_spoken_check, by=regulator, request=request, **said)
    client.force_login(regulator)
    text = client.get(reverse("orientation:request", args=[request.pk])).content.decode()
    assert "aucune n’est en usage" in text
    assert "Noter cette vérification" not in text


def test_a_sheet_that_a_territory_writes_is_asked_where_none_was_demanded(
    call: Call, regulator: Person, doors: Doors, client: Client
) -> None:
    sheet = SafetySheet.objects.create(
        code="local", version=1, title="Digestif", motives=["M03.21"], author="CPTS", certainty="vu",
        is_validated=True, is_current=True, published_at=NOW,
        questions=[{"key": "drinks", "text": "Boit-elle ?", "red_flag": "no"}],
    )  # fmt: skip
    request = call(motive="M03.21", age_months=480, checked=False)
    refused(api.Refusal.UNANSWERED, api.propose, by=regulator, request=request)
    client.force_login(regulator)
    text = client.get(reverse("orientation:request", args=[request.pk])).content.decode()
    assert "ici, c’est «\N{NO-BREAK SPACE}Non\N{NO-BREAK SPACE}» qui alarme" in text
    asked = {"by": regulator, "request": request, "sheet": sheet}
    assert api.answer_questions(**asked, answers={"drinks": api.Answer.NO}).has_red_flag
    assert not api.answer_questions(**asked, answers={"drinks": api.Answer.YES}).has_red_flag
    api.propose(by=regulator, request=request)


def test_yes_is_the_alarming_answer_of_every_example_and_english_has_its_words() -> None:
    from maillage.kernel.sourced_rules import rule

    sheets = rule("orientation.sheets.examples").value
    for sheet in sheets:
        assert sheet["title_en"]
        for question in sheet["questions"]:
            assert question["red_flag"] in {"yes", ""}, (sheet["code"], question["key"])
            assert question["text"].endswith("\N{NO-BREAK SPACE}?")
            assert question["text_en"].endswith("?")
    rules = api.motive_rules()
    sheeted = {code for sheet in sheets for code in sheet["motives"]}
    assert sheeted == rules.questioned
    assert all(one["label_en"] for one in api.motives())


@pytest.mark.parametrize(
    ("age", "is_known", "answer"), [(None, False, None), (38, True, api.Answer.NO), (3, True, api.Answer.NO)]
)
def test_what_the_age_answers_is_not_asked(
    age: int | None, is_known: bool, answer: api.Answer | None, call: Call, regulator: Person, doors: Doors,
    client: Client,
) -> None:  # fmt: skip
    request = call(age_months=age, checked=False)
    (sheet,) = api.sheets_for(FEVER)
    found = api.clearance(request)
    assert ((sheet.pk, "infant") in found.known) is is_known
    assert found.given.get((sheet.pk, "infant")) is answer
    client.force_login(regulator)
    text = client.get(reverse("orientation:request", args=[request.pk])).content.decode()
    assert ('name="q-infant"' in text) is not is_known
    assert ("d’après l’âge ou le sexe" in text) is is_known


def test_the_age_is_read_again_when_it_changes(call: Call, regulator: Person, doors: Doors) -> None:
    request = call(age_months=None, checked=False)
    (sheet,) = api.sheets_for(FEVER)
    answers = {one.key: api.Answer.NO for one in sheet.asked}
    asked = {"by": regulator, "request": request}
    flagged = api.answer_questions(**asked, sheet=sheet, answers=answers | {"infant": api.Answer.YES})
    assert flagged.has_red_flag
    assert not api.describe(**asked, values={"age_months": 38}).has_red_flag
    api.propose(**asked)
    assert api.describe(**asked, values={"age_months": 1}).has_red_flag
    # An answer that the age gives already is not kept: the age stands, whatever a page sends.
    api.describe(**asked, values={"age_months": 38}, reason="L’âge avait été mal entendu.")
    assert not api.answer_questions(**asked, sheet=sheet, answers={"infant": api.Answer.YES}).has_red_flag
    assert api.describe(**asked, values={"age_months": None}).has_red_flag  # what was said then stands again


def test_a_man_is_not_asked_about_a_pregnancy(
    call: Call, regulator: Person, doors: Doors, place: Territory
) -> None:
    for sex, age, is_asked in (
        ("male", 480, False),
        ("female", 480, True),
        ("female", 60, False),
        ("", None, True),
    ):
        who = make_patient(f"Orme {sex}{age}", place, sex=sex)
        request = call(motive="M03.20", patient=who, age_months=age, checked=False)
        missing = [key for keys in api.clearance(request).missing.values() for key in keys]
        assert ("pregnant" in missing) is is_asked, (sex, age)


def test_the_birth_date_of_the_file_says_the_age(call: Call, regulator: Person, place: Territory) -> None:
    infant = make_patient("Frêne", place, birth_date=date(2026, 1, 20))
    request = call(patient=infant, checked=False)
    assert (request.age_months, request.has_red_flag) == (1, True)


@pytest.mark.parametrize(
    ("typed", "months"),
    [("3", 36), ("3 ans", 36), ("8 mois", 8), ("8m", 8), ("0", 0), ("1 an", 12), ("6 months", 6), ("", None)],
)
def test_an_age_is_typed_in_years_or_months(
    typed: str, months: int | None, call: Call, regulator: Person, client: Client, place: Territory
) -> None:
    request = call(patient=None, age_months=200, checked=False)
    client.force_login(regulator)
    address = reverse("orientation:complete", args=[request.pk])
    client.post(address, {"age_years": typed, "priority": "P2"})
    assert again(request).age_months == months
    assert again(request).motive == FEVER
    for wrong in ("douze", "-1", "121", "9999 mois"):
        text = client.post(address, {"age_years": wrong}, follow=True).content.decode()
        assert "Écrivez un âge en années" in text
    assert again(request).age_months == months


@pytest.mark.parametrize("months", [2, 11, 23, 38, 200])
def test_completing_leaves_an_age_as_exact_as_it_was(
    months: int, call: Call, regulator: Person, client: Client
) -> None:
    request = call(patient=None, age_months=months, checked=False)
    client.force_login(regulator)
    page = client.get(reverse("orientation:request", args=[request.pk]))
    sent = {one.name: one.value() or "" for one in page.context["complete"]} | {"place": "3e étage"}
    client.post(reverse("orientation:complete", args=[request.pk]), sent)
    assert (again(request).place, again(request).age_months) == ("3e étage", months)


def test_completing_with_a_vital_motive_opens_the_15(call: Call, regulator: Person, client: Client) -> None:
    request = call(age_months=480)
    api.propose(by=regulator, request=request)
    client.force_login(regulator)
    address = reverse("orientation:complete", args=[request.pk])
    text = client.post(address, {"motive": "M01.03", "priority": "P2"}, follow=True).content.decode()
    assert "Urgence vitale\N{NO-BREAK SPACE}: aucun rendez-vous possible" in text
    assert "volet/completer" in text  # a slip of the hand is mended there
    mended = {"motive": FEVER, "priority": "P2", "reason": "Motif mal choisi."}
    text = client.post(address, mended, follow=True).content.decode()
    assert "Urgence vitale" not in text


def test_the_desk_reads_in_english(
    call: Call, regulator: Person, client: Client, doors: Doors, village: Commune
) -> None:
    make_member(make_structure(StructureKind.PHARMACY, village), "21", ["TROD-A"])
    client.force_login(regulator)
    client.cookies["django_language"] = "en"
    request = call(age_months=480, checked=False)
    text = client.get(reverse("orientation:request", args=[request.pk])).content.decode()
    assert "Fever, infection" in text
    assert "Does the person have red or purple spots that do not fade?" in text
    assert "Fever (example, not clinically validated)" in text
    for french in ("Fièvre", "taches", "M03.14"):
        assert french not in text.replace('value="M03.14"', "")
    page = client.get(reverse("orientation:call")).content.decode()
    assert "Suspected cardiac arrest, sudden death" in page
    assert "arrêt cardiaque" not in page


@pytest.mark.parametrize(
    ("priority", "late", "escalated"), [("P0", 1, 2), ("P1", 1, 3), ("", 2, 5), ("P2", 2, 5), ("P3", 5, 15)]
)
def test_each_priority_has_its_own_delay(
    priority: str, late: int, escalated: int, call: Call, place: Territory, regulator: Person
) -> None:
    ehpad = make_person("odile.glycine", Role.EHPAD, place.scope)
    asked = {"scope": place.scope, "origin": api.Origin.EHPAD, "key": key()}
    api.open_request(by=ehpad, values={"motive": FEVER, "priority": priority}, **asked)
    for minutes, urgency in ((late - 0.1, "on_time"), (late, "late"), (escalated, "escalated")):
        (line,) = api.queue(by=regulator, scope=place.scope, now=NOW + timedelta(minutes=minutes))
        assert line.urgency == urgency, minutes


def test_the_queue_is_in_the_order_of_priorities(call: Call, regulator: Person, place: Territory) -> None:
    for priority in ("P3", "P2", "NR", "P1", "", "P0"):
        call(priority=priority, checked=False)
    found = [one.request.priority for one in api.queue(by=regulator, scope=place.scope)]
    assert found == ["P0", "P1", "P2", "", "P3", "NR"]  # none is as P2 until somebody says


@pytest.mark.parametrize(
    ("phone", "told", "words"),
    [("+33639980001", True, "SMS"), ("", False, "À dire"), ("+33199001234", False, "À dire")],
)
def test_what_is_said_after_booking_is_what_the_outbox_knows(
    phone: str, told: bool, words: str, call: Call, regulator: Person, doors: Doors, place: Territory
) -> None:
    who = make_patient("Charme", place, phone=phone)
    request = call(patient=who, age_months=38)
    search = api.propose(by=regulator, request=request)
    first = Proposal.objects.of_request(request).filter(search=search).first()
    done = api.hold_and_book(by=regulator, proposal=first, key=key())
    assert done.told is told
    assert words in done.sentence
    assert "envoyés" not in done.sentence
    spoken = ("samedi 14 mars 2026", "Aubépine", "Cabinet Aubépine", "01 99 00 12 34")
    assert all(one in done.sentence.replace("\N{NO-BREAK SPACE}", " ") for one in spoken) is not told
