"""The safety sheets of a desk: written, signed, put in use, changed, retired; what was answered is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Entry, Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.actions.sheets import SheetRefusal
from maillage.orientation.models import Request, SafetySheet
from maillage.orientation.rules.safety import (
    MotiveRules,
    Question,
    SheetContent,
    SheetFault,
    only_for,
    sheet_fault,
    silenced,
)
from maillage.orientation.rules.vocabulary import Answer
from maillage.territory.api import Territory
from tests.factories import make_person, make_territory
from tests.orientation.conftest import FEVER, Call, Doctor

TODAY = date(2026, 3, 14)
DIGESTIVE, PREGNANCY = "M03.21", "M03.05"


@pytest.fixture
def doctor_on_duty(place: Territory) -> Person:
    """The physician of the territory who answers for regulation."""
    return make_person("jeanne.sureau", Role.PHYSICIAN, place.scope)


@pytest.fixture
def coordinator(place: Territory) -> Person:
    return make_person("camille.bruyere", Role.COORDINATOR, place.scope)


def draft(*texts: str, motives: tuple[str, ...] = (DIGESTIVE,), **values: object) -> api.Draft:
    questions = [Question("", text) for text in texts or ("Vomit-il du sang ?", "Le ventre est-il dur ?")]
    said = {"title": "Digestif", "source": "Réunion du 2 mars", "certainty": "vu"} | values
    return api.Draft(motives=motives, questions=said.pop("questions", questions), **said)


def publish(
    by: Person, place: Territory, signed_by: Person, written: api.Draft, **more: object
) -> SafetySheet:
    made = signed(by, signed_by, api.write_sheet(by=by, scope=place.scope, draft=written, **more))
    return api.publish_sheet(by=by, sheet=made, confirmed=[one.text for one in api.alarms_lost(made)])


def signed(by: Person, physician: Person, sheet: SafetySheet) -> SafetySheet:
    """Have a draft signed by the physician of whom that is asked."""
    made = api.ask_signature(by=by, sheet=sheet, of=physician)
    return api.sign_sheet(by=physician, sheet=made, digest=made.digest)


def refused(reason: SheetFault | SheetRefusal, action: Callable[..., object], /, **asked: object) -> None:
    with pytest.raises(api.SheetError) as error:
        action(**asked)
    assert error.value.reason is reason
    assert str(error.value).endswith(".")


def asked(call: api.Request) -> list[str]:
    return [sheet.title for sheet in api.clearance(Request.objects.keyed(call.pk).get()).sheets]


def test_a_sheet_is_asked_once_a_physician_signed_it_and_no_sooner(
    call: Call, regulator: Person, place: Territory, doctor_on_duty: Person, coordinator: Person
) -> None:
    made = api.write_sheet(by=coordinator, scope=place.scope, draft=draft())
    assert asked(call(motive=DIGESTIVE, checked=False)) == []
    asking = {"by": regulator, "sheet": made}
    refused(SheetRefusal.NOT_SIGNED, api.publish_sheet, **asking)
    refused(SheetRefusal.SIGNER, api.ask_signature, **asking, of=coordinator)
    signed(regulator, doctor_on_duty, made)
    assert asked(call(motive=DIGESTIVE, checked=False)) == []
    used = api.publish_sheet(**asking)
    assert (used.is_validated, used.signed_by, used.published_by) == (True, doctor_on_duty, regulator)
    assert used.signed_on == TODAY
    assert asked(call(motive=DIGESTIVE, checked=False)) == ["Digestif"]
    refused(SheetRefusal.NOT_A_DRAFT, api.publish_sheet, **asking)
    refused(SheetRefusal.NOT_A_DRAFT, api.ask_signature, **asking, of=doctor_on_duty)
    verbs = Entry.objects.filter(verb__startswith="orientation.sheet_").order_by("pk")
    assert [one.verb.removeprefix("orientation.") for one in verbs] == [
        "sheet_written", "sheet_signed", "sheet_published",
    ]  # fmt: skip


def test_another_desk_neither_asks_nor_writes_it(
    call: Call, regulator: Person, place: Territory, doctor_on_duty: Person
) -> None:
    made = publish(regulator, place, doctor_on_duty, draft())
    elsewhere = make_territory()
    stranger = make_person("malo.genet", Role.COORDINATOR, elsewhere.scope)
    assert api.sheets_for(DIGESTIVE, elsewhere.scope) == []
    with pytest.raises(PermissionDenied):
        api.retire_sheet(by=stranger, sheet=made, reason="x")
    with pytest.raises(PermissionDenied):
        api.write_sheet(by=stranger, scope=place.scope, draft=draft())
    with pytest.raises(PermissionDenied):
        api.write_sheet(by=doctor_on_duty, scope=place.scope, draft=draft())
    refused(
        SheetRefusal.NOT_A_DRAFT,
        api.write_sheet,
        by=stranger,
        scope=elsewhere.scope,
        draft=draft(),
        sheet=made,
    )


def test_what_was_answered_keeps_its_version_and_the_next_call_has_the_new_one(
    call: Call, regulator: Person, place: Territory, doctor_on_duty: Person
) -> None:
    first = publish(regulator, place, doctor_on_duty, draft())
    done, begun = call(motive=DIGESTIVE, checked=False), call(motive=DIGESTIVE, checked=False)
    calm = {one.key: Answer.NO for one in first.asked}
    api.answer_questions(by=regulator, request=done, sheet=first, answers=calm)
    one = next(iter(calm))
    api.answer_questions(by=regulator, request=begun, sheet=first, answers={one: Answer.NO})
    again = draft("Vomit-il du sang ?", "Le ventre est-il dur ?", "Boit-il encore ?", title="Digestif 2")
    second = publish(regulator, place, doctor_on_duty, again, sheet=first)
    assert (second.code, second.version) == (first.code, 2)
    assert asked(done) == ["Digestif"]
    api.propose(by=regulator, request=done)
    assert asked(begun) == asked(call(motive=DIGESTIVE, checked=False)) == ["Digestif 2"]
    # The version that holds for a request may still be corrected there, and an alarm is an alarm.
    flagged = api.answer_questions(by=regulator, request=done, sheet=first, answers={one: Answer.YES})
    assert flagged.has_red_flag

    api.retire_sheet(by=regulator, sheet=second, reason="Remplacée par le protocole du SAMU.")
    assert asked(done) == ["Digestif"]
    assert asked(begun) == []
    refused(SheetRefusal.NOT_IN_USE, api.retire_sheet, by=regulator, sheet=second, reason="x")


def test_an_example_is_replaced_by_the_desk_s_own_and_comes_back_when_that_is_retired(
    call: Call, regulator: Person, place: Territory, doctor_on_duty: Person
) -> None:
    api.create_example_sheets(by=None)
    (example,) = api.sheets_for(FEVER, place.scope)
    kept = draft(motives=(FEVER,), title="Fièvre", questions=example.asked)
    own = publish(regulator, place, doctor_on_duty, kept, sheet=example)
    assert own.scope == place.scope
    assert api.sheets_for(FEVER, place.scope) == [own]
    assert api.sheets_for(FEVER, make_territory().scope) == [example]
    with pytest.raises(PermissionDenied):
        api.retire_sheet(by=regulator, sheet=example, reason="x")
    refused(SheetRefusal.NO_REASON, api.retire_sheet, by=regulator, sheet=own, reason="  ")
    api.retire_sheet(by=regulator, sheet=own, reason="À revoir.")
    assert api.sheets_for(FEVER, place.scope) == [example]


def test_no_version_is_weaker_for_a_motive_that_is_vital_at_some_age(
    regulator: Person, place: Territory, doctor_on_duty: Person
) -> None:
    api.create_example_sheets(by=None)
    rules = api.motive_rules()
    judged = 0
    for motive in sorted(rules.vital_at_some_age()):
        for example in api.sheets_for(motive, place.scope):
            judged += 1
            for left_out in example.asked:
                rest = [one for one in example.asked if one.key != left_out.key]
                weaker = draft(motives=tuple(example.motives), questions=rest)
                made = api.write_sheet(by=regulator, scope=place.scope, draft=weaker, sheet=example)
                fault = SheetFault.WEAKER if rest and left_out.red_flag else None
                if fault:
                    refused(fault, api.ask_signature, by=regulator, sheet=made, of=doctor_on_duty)
    assert judged


def test_neither_a_text_written_anew_nor_a_new_sheet_silences_a_vital_alarm(
    regulator: Person, place: Territory, doctor_on_duty: Person
) -> None:
    api.create_example_sheets(by=None)
    vital = min(one for one in api.motive_rules().vital_at_some_age() if api.sheets_for(one, place.scope))
    (example, *_others) = api.sheets_for(vital, place.scope)
    motives = tuple(example.motives)
    calm = [replace(one, text=f"Tout va-t-il bien, point {n} ?") for n, one in enumerate(example.asked)]
    asked = {"by": regulator, "place": place, "signed_by": doctor_on_duty}
    refused(
        SheetFault.WEAKER, publish, **asked, written=draft(motives=motives, questions=calm), sheet=example
    )
    refused(SheetFault.WEAKER, publish, **asked, written=draft("Souffre-t-il ?", motives=(vital,)))
    # Retired, the desk's own sheet leaves the example in use: a new one is judged against it all the same.
    own = publish(**asked, written=draft(motives=motives, questions=example.asked), sheet=example)
    api.retire_sheet(by=regulator, sheet=own, reason="À revoir.")
    refused(SheetFault.WEAKER, publish, **asked, written=draft("Souffre-t-il ?", motives=(vital,)))
    assert vital in api.sheets_for(vital, place.scope)[0].motives
    more = [*example.asked, Question("", "A-t-il voyagé ?")]
    assert publish(**asked, written=draft(motives=motives, questions=more)).is_current


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (draft("A ?", " a  ? "), SheetFault.REPEATED),
        (draft(questions=[]), SheetFault.NO_QUESTION),
        (draft(questions=[Question("", "Âge ?", None)]), SheetFault.NO_ALARM),
        (draft(source=""), SheetRefusal.NO_SOURCE),
    ],
)
def test_a_sheet_that_verifies_nothing_is_not_put_in_use(
    written: api.Draft, fault: SheetFault | SheetRefusal, regulator: Person, place: Territory,
    doctor_on_duty: Person,
) -> None:  # fmt: skip
    refused(fault, publish, by=regulator, place=place, signed_by=doctor_on_duty, written=written)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (draft(title=" "), SheetFault.NO_TITLE),
        (draft(motives=()), SheetFault.NO_MOTIVE),
        (draft(motives=("M99.99",)), SheetFault.OTHER_MOTIVE),
        (draft(*(f"Question {n} ?" for n in range(31))), SheetRefusal.TOO_MANY),
    ],
)
def test_a_draft_has_a_title_and_motives_of_the_list(
    written: api.Draft, fault: SheetFault | SheetRefusal, regulator: Person, place: Territory
) -> None:
    refused(fault, api.write_sheet, by=regulator, scope=place.scope, draft=written)


def test_a_sheet_whose_motives_left_the_list_since_it_was_written_is_not_put_in_use() -> None:
    rules = MotiveRules(frozenset(), frozenset({"M01"}), frozenset(), {})
    asked = (Question("a", "x"),)
    for motives, fault in ((frozenset(), SheetFault.NO_MOTIVE), ({"M09"}, SheetFault.OTHER_MOTIVE)):
        assert sheet_fault(SheetContent(frozenset(motives), asked), None, rules, ["M01"]) is fault
    assert sheet_fault(SheetContent(frozenset({"M01"}), asked), None, rules, ["M01"]) is None


def test_an_alarm_is_silenced_by_leaving_it_out_or_by_asking_fewer_people() -> None:
    asked = Question("a", "x")
    women = Question("a", "x", known=only_for(from_months=None, under_months=None, sex="female"))
    adults = Question("a", "x", known=only_for(from_months=216, under_months=None, sex=""))
    infants = Question("a", "x", known=only_for(from_months=None, under_months=3, sex=""))
    assert silenced([asked], [asked]) == []
    assert silenced([women, adults], [asked]) == []
    for weaker in (
        [],
        [women],
        [adults],
        [infants],
        [Question("a", "x", None)],
        [Question("a", "x", Answer.NO)],
        [Question("a", "Va-t-il bien ?")],
    ):
        assert silenced([asked], weaker) == [asked], weaker
    assert silenced([adults], [women]) == [adults]
    assert silenced([asked], [Question("b", " X ")]) == []
    assert silenced([Question("b", "Sert à savoir.", None)], []) == []


@pytest.mark.parametrize(
    ("age", "sex", "answer"),
    [(2, "", Answer.NO), (3, "", None), (35, "male", None), (36, "male", Answer.NO), (None, "", None),
     (10, "female", Answer.NO)],
)  # fmt: skip
def test_a_question_for_some_ages_and_one_sex_is_answered_no_elsewhere(
    age: int | None, sex: str, answer: Answer | None
) -> None:
    question = Question("a", "x", known=only_for(from_months=3, under_months=36, sex="male"))
    assert question.answer_known(age, sex) is answer


def filled(**values: str) -> dict[str, object]:
    said: dict[str, object] = {
        "title": "Digestif", "source": "Réunion", "certainty": "vu", "motives": [DIGESTIVE],
        "q-TOTAL_FORMS": "2", "q-INITIAL_FORMS": "0", "q-0-text": "Vomit-il du sang ?", "q-0-effect": "yes",
        "q-0-text_en": "Is there blood?", "q-0-from_months": "3", "q-1-text": "",
    }  # fmt: skip
    return said | values


def test_the_screens_write_sign_change_and_retire_a_sheet(
    client: Client, regulator: Person, place: Territory, doctor_on_duty: Person, make_doctor: Doctor
) -> None:
    api.create_example_sheets(by=None)
    client.force_login(regulator)
    assert "exemples que personne n’a signés" in client.get("/regulation/fiches/").content.decode()
    empty = client.get("/regulation/fiches/nouvelle/").content.decode()
    assert 'value="yes" selected' in empty  # a new question alarms until somebody says otherwise
    assert 'value="" selected' not in empty.replace('<option value="" selected>tout le monde</option>', "")
    assert client.post("/regulation/fiches/nouvelle/", filled(title="")).status_code == 422
    answer = client.post("/regulation/fiches/nouvelle/", filled(), follow=True)
    page = answer.content.decode()
    assert "Version 1, brouillon." in page
    assert "à partir de 3" in page
    sheet = SafetySheet.objects.get(scope=place.scope)
    assert "Mettre en usage cette version" not in page
    asking = reverse("orientation:ask_signature", args=[sheet.pk])
    page = client.post(asking, {"of": str(doctor_on_duty.pk)}, follow=True).content.decode()
    assert "signature demandée à Jeanne Sureau" in page
    client.force_login(doctor_on_duty)
    signing = reverse("orientation:sign_sheet", args=[sheet.pk])
    home = client.get("/", follow=True).content.decode()
    assert signing in home
    assert "1 fiche de sécurité à signer" in home.replace("\N{NO-BREAK SPACE}", " ")
    page = client.get(signing).content.decode()
    assert "Vomit-il du sang ?".replace(" ?", "\N{NO-BREAK SPACE}?") in page or "Vomit-il du sang ?" in page
    for _click in range(2):
        page = client.post(signing, {"digest": sheet.digest}, follow=True).content.decode()
        assert "signée par Jeanne Sureau" in page
    assert signing not in client.get("/", follow=True).content.decode()
    client.force_login(regulator)
    page = client.post(reverse("orientation:publish_sheet", args=[sheet.pk]), follow=True).content.decode()
    assert "Version 1, en usage." in page
    form = client.get(reverse("orientation:write_sheet", args=[sheet.pk])).content.decode()
    assert 'value="Vomit-il du sang ?"' in form
    changed = filled(**{"q-0-key": "q1", "q-0-text": "Vomit-il ?", "q-INITIAL_FORMS": "1"})
    page = client.post(
        reverse("orientation:write_sheet", args=[sheet.pk]), changed, follow=True
    ).content.decode()
    assert "Version 2, brouillon." in page
    made = SafetySheet.objects.get(code=sheet.code, version=2)
    assert (made.asked[0].key, made.asked[0].text) == ("q1", "Vomit-il ?")
    client.post(reverse("orientation:discard_sheet", args=[made.pk]))
    client.post(reverse("orientation:retire_sheet", args=[sheet.pk]), {"reason": "À revoir."})
    assert (
        "retirée\N{NO-BREAK SPACE}: À revoir."
        in client.get(reverse("orientation:sheet", args=[sheet.pk])).content.decode()
    )


def test_the_screens_are_for_whoever_writes_the_sheets_of_that_desk(
    client: Client, regulator: Person, doctor_on_duty: Person, place: Territory
) -> None:
    sheet = publish(regulator, place, doctor_on_duty, draft())
    paths = ["/regulation/fiches/", reverse("orientation:sheet", args=[sheet.pk])]
    client.force_login(doctor_on_duty)
    assert [client.get(path).status_code for path in paths] == [403, 404]
    client.force_login(make_person("malo.genet", Role.REGULATOR, make_territory().scope))
    assert [client.get(path).status_code for path in paths] == [200, 404]
    assert (
        client.post(reverse("orientation:retire_sheet", args=[sheet.pk]), {"reason": "x"}).status_code == 404
    )
    sheet.refresh_from_db()
    assert sheet.is_current


def test_a_signature_is_of_a_text_by_its_own_physician_and_no_other(
    regulator: Person, place: Territory, doctor_on_duty: Person, coordinator: Person, client: Client
) -> None:
    made = api.write_sheet(by=coordinator, scope=place.scope, draft=draft())
    other = make_person("hugo.houx", Role.PHYSICIAN, place.scope)
    stranger = make_person("malo.genet", Role.PHYSICIAN, make_territory().scope)
    refused(SheetRefusal.SIGNER, api.ask_signature, by=regulator, sheet=made, of=stranger)
    with pytest.raises(PermissionDenied):
        api.ask_signature(by=other, sheet=made, of=other)
    read = api.ask_signature(by=coordinator, sheet=made, of=doctor_on_duty)
    address = reverse("orientation:sign_sheet", args=[made.pk])
    for person in (regulator, coordinator, other, stranger):
        with pytest.raises(PermissionDenied):
            api.sign_sheet(by=person, sheet=read, digest=read.digest)
        client.force_login(person)
        assert client.get(address).status_code == 404
        assert client.post(address, {"digest": read.digest}).status_code == 404
    # Written again between the reading and the act, it is another text, asked of nobody.
    again = api.write_sheet(by=coordinator, scope=place.scope, draft=draft("Boit-il ?"), sheet=made)
    assert (again.signature_asked_of, again.signed_by) == (None, None)
    with pytest.raises(PermissionDenied):
        api.sign_sheet(by=doctor_on_duty, sheet=again, digest=read.digest)
    asked_again = api.ask_signature(by=coordinator, sheet=again, of=doctor_on_duty)
    signing = {"by": doctor_on_duty, "sheet": asked_again}
    refused(SheetRefusal.REWRITTEN, api.sign_sheet, **signing, digest=read.digest)
    done = api.sign_sheet(**signing, digest=asked_again.digest)
    assert (done.signed_by, done.signed_on, done.is_draft) == (doctor_on_duty, TODAY, True)
    rewritten = api.write_sheet(by=coordinator, scope=place.scope, draft=draft("Dort-il ?"), sheet=done)
    refused(SheetRefusal.NOT_SIGNED, api.publish_sheet, by=regulator, sheet=rewritten)


def test_a_signature_asked_of_another_is_asked_of_the_first_no_more(
    regulator: Person, place: Territory, doctor_on_duty: Person
) -> None:
    other = make_person("hugo.houx", Role.PHYSICIAN, place.scope)
    made = api.write_sheet(by=regulator, scope=place.scope, draft=draft())
    api.ask_signature(by=regulator, sheet=made, of=doctor_on_duty)
    read = api.ask_signature(by=regulator, sheet=made, of=other)
    with pytest.raises(PermissionDenied):
        api.sign_sheet(by=doctor_on_duty, sheet=read, digest=read.digest)
    assert api.sign_sheet(by=other, sheet=read, digest=read.digest).signed_by == other


def test_whoever_writes_a_sheet_and_is_a_physician_there_signs_it_themselves(
    place: Territory, client: Client
) -> None:
    both = make_person("iris.aulne", Role.PHYSICIAN, place.scope)
    RoleAssignment.objects.create(
        person=both, role=Role.REGULATOR.value, scope=place.scope, starts_on=date(2026, 1, 1)
    )
    made = api.write_sheet(by=both, scope=place.scope, draft=draft())
    client.force_login(both)
    page = client.get(reverse("orientation:sheet", args=[made.pk])).content.decode()
    assert reverse("orientation:sign_sheet", args=[made.pk]) in page
    assert api.sign_sheet(by=both, sheet=made, digest=made.digest).signed_by == both


def test_each_alarm_lost_on_a_motive_that_is_not_vital_is_shown_and_confirmed(
    regulator: Person, place: Territory, doctor_on_duty: Person, client: Client
) -> None:
    questions = [Question("", text) for text in ("Le ventre est-il dur ?", "Vomit-il ?", "Boit-il peu ?")]
    first = publish(regulator, place, doctor_on_duty, draft(motives=(PREGNANCY,), questions=questions))
    kept, weaker, _left_out = first.asked
    changed = [kept, replace(weaker, red_flag=None), Question("", "Autre ?")]
    written = draft(motives=(PREGNANCY,), questions=changed)
    made = signed(
        regulator,
        doctor_on_duty,
        api.write_sheet(by=regulator, scope=place.scope, draft=written, sheet=first),
    )
    lost = [one.text for one in api.alarms_lost(made)]
    assert lost == ["Vomit-il ?", "Boit-il peu ?"]
    asking = {"by": regulator, "sheet": made}
    for said in ([], lost[:1], lost[1:], ["Autre ?"]):
        refused(SheetRefusal.UNCONFIRMED, api.publish_sheet, **asking, confirmed=said)
    client.force_login(regulator)
    page = client.get(reverse("orientation:sheet", args=[made.pk])).content.decode()
    assert page.count('name="confirmed"') == 2
    answer = client.post(
        reverse("orientation:publish_sheet", args=[made.pk]), {"confirmed": lost}, follow=True
    )
    assert "Version 2, en usage." in answer.content.decode()
    entry = Entry.objects.filter(verb="orientation.sheet_published").latest("pk")
    assert entry.changes["confirmed"] == lost


WHY = "La troisième question n’alarme pas : elle le doit."


@pytest.fixture
def asked_sheet(regulator: Person, place: Territory, doctor_on_duty: Person) -> SafetySheet:
    """A draft whose signature is asked of the physician."""
    made = api.write_sheet(by=regulator, scope=place.scope, draft=draft())
    return api.ask_signature(by=regulator, sheet=made, of=doctor_on_duty)


def test_who_refuses_to_sign_says_why_and_the_next_version_is_asked_again(
    regulator: Person, place: Territory, doctor_on_duty: Person, asked_sheet: SafetySheet
) -> None:
    said = {"by": doctor_on_duty, "sheet": asked_sheet, "digest": asked_sheet.digest}
    refused(SheetRefusal.NO_NOTE, api.refuse_signature, **said, reason="  ")
    refused(SheetRefusal.REWRITTEN, api.refuse_signature, **(said | {"digest": "another"}), reason=WHY)
    first = api.refuse_signature(**said, reason=f" {WHY} ")
    assert api.refuse_signature(**said, reason="Autre raison").refused_because == WHY
    assert (first.refused_by, first.signature_asked_of, first.is_draft) == (doctor_on_duty, None, False)
    entry = Entry.objects.get(verb="orientation.signature_refused")
    assert (entry.by, entry.reason) == (doctor_on_duty, WHY)
    refused(SheetRefusal.REFUSED, api.ask_signature, by=regulator, sheet=first, of=doctor_on_duty)
    with pytest.raises(PermissionDenied):
        api.sign_sheet(by=doctor_on_duty, sheet=first, digest=first.digest)
    refused(SheetRefusal.REFUSED, api.publish_sheet, by=regulator, sheet=first)
    second = api.write_sheet(
        by=regulator, scope=place.scope, sheet=first, draft=draft("Vomit-il du sang ?", "A-t-il mal ?")
    )
    assert (second.code, second.version, second.is_refused) == (first.code, first.version + 1, False)
    first.refresh_from_db()
    assert len(first.asked) == len(second.asked) == 2
    assert first.asked[1].text != second.asked[1].text, "what was refused stays as it was read"
    made = signed(regulator, doctor_on_duty, second)
    assert api.publish_sheet(by=regulator, sheet=made).is_current


def test_only_the_physician_who_is_asked_refuses(
    regulator: Person, coordinator: Person, place: Territory, asked_sheet: SafetySheet, doctor_on_duty: Person
) -> None:
    other = make_person("paul.cornouiller", Role.PHYSICIAN, place.scope)
    said = {"sheet": asked_sheet, "digest": asked_sheet.digest, "reason": WHY}
    for by in (regulator, coordinator, other):
        with pytest.raises(PermissionDenied):
            api.refuse_signature(by=by, **said)
    api.sign_sheet(by=doctor_on_duty, sheet=asked_sheet, digest=asked_sheet.digest)
    refused(SheetRefusal.NOT_A_DRAFT, api.refuse_signature, by=doctor_on_duty, **said)


def test_the_refusal_comes_back_to_who_wrote_it_on_their_screens(
    client: Client, coordinator: Person, place: Territory, doctor_on_duty: Person
) -> None:
    made = api.write_sheet(by=coordinator, scope=place.scope, draft=draft())
    api.ask_signature(by=coordinator, sheet=made, of=doctor_on_duty)
    client.force_login(doctor_on_duty)
    to_sign = reverse("orientation:sign_sheet", args=[made.pk])
    assert "Refuser de la signer" in client.get(to_sign).content.decode()
    address = reverse("orientation:refuse_signature", args=[made.pk])
    page = client.post(address, {"digest": made.digest, "reason": ""}, follow=True).content.decode()
    assert "Dites pourquoi vous ne la signez pas" in page
    page = client.post(address, {"digest": made.digest, "reason": f"{WHY}\x00"}, follow=True).content.decode()
    assert "Refus noté" in page
    assert WHY in page
    assert "J’ai lu cette fiche et je la signe" not in page
    assert "Digestif" not in client.get("/").content.decode(), "nothing is left to sign"
    client.force_login(coordinator)
    home = client.get("/").content.decode()
    assert "Fiches à récrire" in home
    assert f"refusée par {doctor_on_duty.get_full_name()}" in home
    page = client.get(reverse("orientation:sheet", args=[made.pk])).content.decode()
    assert WHY in page
    assert "Récrire cette fiche" in page
    assert "Demander sa signature" not in page
    listed = client.get(reverse("orientation:sheets")).content.decode()
    assert "version refusée" in listed
    again = api.write_sheet(by=coordinator, scope=place.scope, sheet=made, draft=draft("A-t-il mal ?"))
    assert "Fiches à récrire" not in client.get("/").content.decode()
    page = client.get(reverse("orientation:sheet", args=[again.pk])).content.decode()
    assert f"refusée par {doctor_on_duty.get_full_name()}" in page
    stranger = make_person("mona.saule", Role.NURSE, place.scope)
    client.force_login(stranger)
    assert client.post(address, {"digest": made.digest, "reason": WHY}).status_code == 404
