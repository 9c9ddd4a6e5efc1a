"""Every action answers a script with what it changes, in one request, and sends a browser without one on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.kernel.names import search_key
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Closure, Proposal, Request
from maillage.orientation.pages.urls import urlpatterns
from maillage.orientation.rules.safety import Question
from maillage.orientation.rules.vocabulary import Outcome
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.orientation.conftest import Call, Doctor

BY_SCRIPT = {"HX-Request": "true"}
POSTED = sorted(one.name for one in urlpatterns if hasattr(one.callback.view_class, "post"))
#: The pages beside the desk, whose main part is the answer; all others answer with parts of the desk.
SHEETS = {
    "new_sheet", "write_sheet", "ask_signature", "sign_sheet", "refuse_signature", "publish_sheet",
    "retire_sheet", "discard_sheet",
}  # fmt: skip
BESIDE = {"ask", "withdraw", "say", "correct_said", "handover", *SHEETS}


@dataclass
class Desk:
    """Two regulators, a doctor with an account and slots this afternoon, calls made when asked."""

    place: Territory
    regulator: Person
    colleague: Person
    account: Person
    patient: Patient
    call: Call

    def searched(self, state: str = "proposed") -> Request:
        """A request whose proposals are there; its first slot `held` or `booked` where that is asked."""
        made = self.call()
        api.propose(by=self.regulator, request=made)
        act = {"held": api.hold, "booked": api.hold_and_book}.get(state)
        if act:
            act(by=self.regulator, proposal=self.slot(made), key=uuid4().hex)
        return made

    def slot(self, request: Request) -> Proposal:
        """The first slot proposed."""
        return Proposal.objects.of_request(request).exclude(slot=None).order_by("-search_id", "rank")[0]

    def sent_to_doctor(self) -> Request:
        """A request that the doctor received, whose outcome is awaited."""
        made = self.searched("booked")
        slot = self.slot(made).slot
        agenda.Slot.objects.filter(pk=slot.pk).update(
            starts_at=slot.starts_at.replace(hour=9), ends_at=slot.starts_at.replace(hour=10)
        )
        return made

    def asked(self) -> Request:
        """A request that the doctor sent to the desk."""
        values = {"motive": "M03.14", "commune": self.call().commune, "said_last_name": "Sorbier"}
        values |= {"caller_name": "Hélène Aubépine", "caller_phone": "+33199001234", "age_months": 600}
        return api.send_request(by=self.account, scope=self.place.scope, key=uuid4().hex, values=values)

    def closed(self, by: Person) -> tuple[Request, Closure]:
        """A request that ended, and what was said of it."""
        made = self.sent_to_doctor()
        return made, api.close(by=by, request=made, outcome=Outcome.SEEN)


@pytest.fixture
def desk(
    place: Territory, regulator: Person, colleague: Person, patient: Patient, call: Call, make_doctor: Doctor
) -> Desk:
    account = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    doctor = make_doctor("Aubépine", account=account)
    doctor.search_name = search_key(doctor.first_name, doctor.last_name)
    doctor.save(update_fields=["search_name"])
    return Desk(place, regulator, colleague, account, patient, call)


@dataclass
class Sent:
    """What is posted where, by whom (the regulator where nobody is named), and a mark of what it changes."""

    args: tuple[object, ...]
    data: dict[str, object]
    mark: str
    by: Person | None = None


def of_request(made: Request, mark: str, **data: object) -> Sent:
    return Sent((made.pk,), data, mark)


def of_slot(desk: Desk, made: Request, mark: str, **data: object) -> Sent:
    return Sent((made.pk, desk.slot(made).pk), {"key": uuid4().hex} | data, mark)


def _answer(desk: Desk) -> Sent:
    made = desk.call(checked=False)
    api.create_example_sheets(by=None)
    sheet = api.sheets_for(made.motive)[0]
    return of_request(made, 'data-key="c"', sheet=sheet.pk, **{f"q-{one.key}": "no" for one in sheet.asked})


def _spoken_check(desk: Desk) -> Sent:
    made = desk.call(checked=False, motive="M03.22", age_months=600)
    said = {"said_by": "SUJET", "name": "", "note": "Respire bien.", "nothing_alarms": "on"}
    return of_request(
        made, "Vérification de vive voix notée", **{f"check-{key}": one for key, one in said.items()}
    )


def _send(desk: Desk) -> Sent:
    made = desk.searched()
    one = Proposal.objects.of_request(made).exclude(professional=None)[0]
    return Sent((made.pk, one.pk), {"key": uuid4().hex}, "toast")


def _over_capacity(desk: Desk) -> Sent:
    made = desk.searched()
    return of_request(made, "toast", key=uuid4().hex, slot=desk.slot(made).slot_id)


def _agreed_hour(desk: Desk) -> Sent:
    made = desk.searched()
    doctor = desk.slot(made).professional
    api.send_outside_slot(by=desk.regulator, request=made, key=uuid4().hex, professional=doctor)
    said = {"hour-key": uuid4().hex, "hour-at": f"{made.called_at:%Y-%m-%d}T23:00"}
    return of_request(made, "Heure convenue notée", **said)


def _correct(desk: Desk) -> Sent:
    made, said = desk.closed(desk.regulator)
    return of_request(made, f'id="demande-{made.pk}"', closure=said.pk, outcome="")


def _correct_said(desk: Desk) -> Sent:
    made, said = desk.closed(desk.account)
    return Sent((made.pk,), {"closure": said.pk, "outcome": "not_honoured"}, "Issue corrigée", desk.account)


def _ask(desk: Desk) -> Sent:
    said = {
        "key": "k", "scope": desk.place.scope.pk, "motive": "M03.21", "last_name": "Sorbier",
        "commune": desk.call().commune.pk, "caller_phone": "03 39 98 00 12", "caller_name": "Hélène",
    }  # fmt: skip
    return Sent((), said, "envoyée au bureau", desk.account)


def _sheet(
    desk: Desk, *, is_asked: bool = False, is_signed: bool = False, is_published: bool = False
) -> api.SafetySheet:
    """A sheet of the desk: a draft, to be signed by the doctor, signed, or in use."""
    written = api.Draft("Digestif", ["M03.21"], [Question("", "Vomit-il ?")], "Réunion", "vu")
    made = api.write_sheet(by=desk.regulator, scope=desk.place.scope, draft=written)
    if is_asked or is_signed or is_published:
        made = api.ask_signature(by=desk.regulator, sheet=made, of=desk.account)
    if is_signed or is_published:
        made = api.sign_sheet(by=desk.account, sheet=made, digest=made.digest)
    return api.publish_sheet(by=desk.regulator, sheet=made) if is_published else made


def _written(**values: object) -> dict[str, object]:
    said = {"title": "Digestif", "certainty": "vu", "motives": ["M03.21"], "q-TOTAL_FORMS": 1}
    return said | {"q-INITIAL_FORMS": 0, "q-0-text": "Vomit-il ?", "q-0-effect": "yes"} | values


def _sign(desk: Desk) -> Sent:
    made = _sheet(desk, is_asked=True)
    return Sent((made.pk,), {"digest": made.digest}, "Fiche signée", desk.account)


def _refuse_to_sign(desk: Desk) -> Sent:
    made = _sheet(desk, is_asked=True)
    said = {"digest": made.digest, "reason": "La question 1 se lit de deux façons."}
    return Sent((made.pk,), said, "Refus noté", desk.account)


CASES: dict[str, Callable[[Desk], Sent]] = {
    "call": lambda desk: Sent((), {"key": "k", "origin": "single_number", "motive": "M03.14",
                                   "caller_kind": "SUJET"}, 'id="demande-'),
    "handover": lambda desk: Sent((), {"to": desk.colleague.pk}, "Relève passée à Lea Ronce"),
    "ask": _ask,
    "withdraw": lambda desk: Sent((desk.asked().pk,), {"reason": "Mieux."}, "Demande annulée", desk.account),
    "say": lambda desk: Sent((desk.sent_to_doctor().pk,), {"outcome": "seen", "state": "booked"},
                             "Issue notée", desk.account),
    "correct_said": _correct_said,
    "take": lambda desk: of_request(desk.call(desk.colleague), 'id="desk-request"'),
    "release": lambda desk: of_request(desk.call(), "Aucune demande choisie"),
    "complete": lambda desk: of_request(desk.call(), "École", motive="M03.14", place="École"),
    "answer": _answer,
    "spoken_check": _spoken_check,
    "search": lambda desk: of_request(desk.call(), "Réserver 16"),
    "book": lambda desk: of_slot(desk, desk.searched(), "Cabinet Aubépine"),
    "hold": lambda desk: of_slot(desk, desk.searched(), "Retenu encore"),
    "release_seat": lambda desk: of_slot(desk, desk.searched("held"), "de nouveau libre pour tous"),
    "send": _send,
    "over_capacity": _over_capacity,
    "outside": lambda desk: of_request(desk.searched(), "Orientation hors créneau notée", key=uuid4().hex,
                                       **{"outside-who": "Hélène Aubépine"}),
    "agreed_hour": _agreed_hour,
    "refuse": lambda desk: of_slot(desk, desk.searched(), "Refus noté", reason="too_far"),
    "decide": lambda desk: of_request(desk.call(), "Décision notée", kind="advice", note="Boire."),
    "transfer": lambda desk: of_request(desk.call(), "Transmission au 15 notée", note="Lu."),
    "close": lambda desk: of_request(desk.call(), 'hx-swap-oob="delete"', outcome="mistake"),
    "correct": _correct,
    "new_sheet": lambda desk: Sent((), _written(), "Version 1, brouillon"),
    "write_sheet": lambda desk: Sent((_sheet(desk, is_published=True).pk,), _written(),
                                     "Version 2, brouillon"),
    "ask_signature": lambda desk: Sent((_sheet(desk).pk,), {"of": desk.account.pk}, "Signature demandée à"),
    "sign_sheet": _sign,
    "refuse_signature": _refuse_to_sign,
    "publish_sheet": lambda desk: Sent((_sheet(desk, is_signed=True).pk,), {}, "Fiche en usage"),
    "retire_sheet": lambda desk: Sent((_sheet(desk, is_published=True).pk,), {"reason": "À revoir."},
                                      "Fiche retirée"),
    "discard_sheet": lambda desk: Sent((_sheet(desk).pk,), {}, "Brouillon jeté"),
}  # fmt: skip


#: Read as a form is filled, and changes nothing: tests/orientation/test_vital_first.py.
ONLY_READ = {"vital"}


def test_every_posted_address_has_its_case() -> None:
    assert sorted([*CASES, *ONLY_READ]) == POSTED


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_script_gets_what_the_action_changes_in_its_answer(name: str, desk: Desk, client: Client) -> None:
    sent = CASES[name](desk)
    client.force_login(sent.by or desk.regulator)
    answer = client.post(reverse(f"orientation:{name}", args=sent.args), sent.data, headers=BY_SCRIPT)
    text = answer.content.decode()
    assert answer.status_code == 200, text[:400]
    assert "<html" not in text
    assert sent.mark in text, re.sub(r"\s+", " ", text)[:3000]
    part = "contenu" if name in BESIDE else "desk-request"
    assert f'id="{part}"' in text
    assert 'id="toasts"' in text
    # A boosted form would leave the address that was posted to in the bar of the browser, which no page has.
    assert {"HX-Push-Url", "HX-Replace-Url"} & set(answer.headers)


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_without_a_script_the_browser_goes_to_a_page_that_says_so(
    name: str, desk: Desk, client: Client
) -> None:
    sent = CASES[name](desk)
    client.force_login(sent.by or desk.regulator)
    answer = client.post(reverse(f"orientation:{name}", args=sent.args), sent.data, follow=True)
    assert [status for _address, status in answer.redirect_chain] == [302]
    assert "<html" in answer.content.decode()
    assert sent.mark in answer.content.decode()


def test_a_call_with_something_missing_comes_back_in_its_place(client: Client, regulator: Person) -> None:
    client.force_login(regulator)
    sent = {"key": "k", "origin": "single_number", "motive": "M03.14", "birth_date": "un jour"}
    answer = client.post(reverse("orientation:call"), sent, headers=BY_SCRIPT)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "<html" not in text
    assert "error-summary" in text
    assert "un jour" in text
