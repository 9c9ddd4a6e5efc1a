"""What an action cost is what the accounts say: one figure on every page, opened down to its operations."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from maillage.care import api as care
from maillage.directory.api import Professional
from maillage.funding import api as funding
from maillage.funding.contributions import budget_left
from maillage.funding.models import Commitment, InvoiceFile, Operation
from maillage.funding.queries.ledger import spent_by_mission
from maillage.funding.queries.spending import spending
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.project.actions.work import add_money, call_meeting_for, change_money
from maillage.project.models import Action
from maillage.project.queries.projects import whole_of
from maillage.project.queries.signs import signs_of
from maillage.project.rules.actions import MoneySource
from maillage.project.rules.missions import Mission
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person
from tests.factories.places import make_territory
from tests.funding.conftest import NOW, TODAY, decided_ceiling, decided_rate
from tests.funding.test_times import written

HOME = "/pilotage/financement/"


def invoice(by: Person, place: Territory, action: Action | None, cents: int, number: str) -> Operation:
    mission = funding.MissionCode.M6 if action is None else funding.mission_of(action)
    return funding.record_invoice(
        by=by, scope=place.scope, day=TODAY, mission=mission, supplier="Imprimerie", reference=number,
        cents=cents, key=f"i-{number}", action=action,
    )  # fmt: skip


def attended(
    by: Person, action: Action, *who: Professional | Person, days_ago: int = 5
) -> list[care.Attendance]:
    """The presences, an hour each, at a meeting called for an action some days ago."""
    starts = NOW - timedelta(days=days_ago)
    with time_machine.travel(starts - timedelta(hours=2), tick=False):
        meeting = call_meeting_for(
            by=by, action=action, starts_at=starts, length=60, key=f"m-{days_ago}", place="Mairie"
        )
    with time_machine.travel(starts + timedelta(hours=2), tick=False):
        lines = [care.Presence(one, 60, True, None) for one in who]
        return care.record_attendance(by=by, meeting=meeting, lines=lines)


def said(page: bytes) -> str:
    return " ".join(page.decode().replace("\u202f", " ").replace("\xa0", " ").split())


def test_what_an_action_cost_is_the_sum_of_its_operations(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    """Given an invoice, one reversed, and time paid, then each page has the cents of the accounts."""
    action = written(coordinator, place, "Accueillir")
    add_money(
        by=coordinator, action=action, source=MoneySource.FIR, label="Accueil", asked=Decimal(1000),
        granted=Decimal(800), key="money", spent=Decimal("12.34"),
    )  # fmt: skip
    whole = whole_of(action.project)
    assert whole.spending is None, "no accounts yet: what is spent is declared"
    assert whole.money.spent == Decimal("12.34")
    invoice(coordinator, place, action, 101_01, "1")
    gone = invoice(coordinator, place, action, 55_55, "2")
    invoice(coordinator, place, None, 7_00, "3")
    funding.reverse_operation(by=coordinator, operation=gone, reason="Doublon", key="r")
    (presence,) = attended(coordinator, action, professional)
    decided_rate(coordinator, place)
    decided_ceiling(coordinator, place)
    client = client_of(coordinator)
    times = f"{HOME}{place.scope.pk}/temps/"
    chosen = f'<option value="action-{action.pk}" selected>'
    assert chosen in client.get(times).content.decode(), "the action of the meeting is chosen already"
    form = {"source": f"care.attendance:{presence.pk}", "day": "2026-11-25", "key": "t"}
    answer = client.post(f"{times}valider/", form | {"mission": f"action-{action.pk}"}, follow=True)
    assert "60 € dus à" in said(answer.content)

    whole = whole_of(action.project)
    assert whole.money.spent == Decimal("161.01")
    assert whole.declared == Decimal("12.34"), "kept, and not added"
    by_both = funding.spent_by_mission_and_action(place.scope, TODAY.year)
    assert by_both == {("M6", action.pk): 161_01, ("M6", None): 7_00}
    assert sum(by_both.values()) == spent_by_mission(place.scope, TODAY.year)["M6"]
    for page in (
        reverse("project:project", args=[action.project_id]),
        reverse("project:objective", args=[action.objective_id]),
        reverse("project:action", args=[action.pk]),
    ):
        assert "161,01 €" in said(client.get(page).content), page
        assert "12,34 €" in said(client.get(page).content) or "objectif" in page
    spending_page = reverse("funding:spending", args=[place.scope.pk])
    for asked in (
        f"action={action.pk}",
        f"objectif={action.objective_id}",
        f"projet={action.project_id}&mission={action.mission}",
        f"projet={action.project_id}",
    ):
        shown = said(client.get(f"{spending_page}?{asked}").content)
        assert "161,01 € dépensés, en 4 écritures." in shown, asked
        assert "Doublon" in shown
    assert "161,01 €" in said(client.get(f"{HOME}{place.scope.pk}/").content)
    assert client.get(f"{spending_page}?action={action.pk}&format=csv").status_code == 200
    for asked in ("", "action=999", "objectif=x", "projet=1\x00", "action=999999999999999999999"):
        assert client.get(spending_page, dict([asked.split("=")]) if asked else {}).status_code == 404, asked


def test_who_does_not_see_the_accounts_sees_no_cost(
    coordinator: Person, doctor: Person, member: Person, place: Territory
) -> None:
    """Given an action that pays one person, when a colleague reads the project, then no pay can be read."""
    action = written(coordinator, place, "Accueillir")
    invoice(coordinator, place, action, 101_01, "1")
    for page in (
        reverse("project:project", args=[action.project_id]),
        reverse("project:action", args=[action.pk]),
        reverse("project:objective", args=[action.objective_id]),
    ):
        assert "101,01" in said(client_of(member).get(page).content), page
        assert "101,01" not in said(client_of(doctor).get(page).content), page
    spending_page = f"{reverse('funding:spending', args=[place.scope.pk])}?action={action.pk}"
    assert client_of(member).get(spending_page).status_code == 200
    assert client_of(doctor).get(spending_page).status_code == 403
    found = spending(doctor, action.project)
    assert found is not None
    assert found.of(action) is None
    report = client_of(doctor).get(reverse("project:pdf", args=[action.project_id]))
    assert report.status_code == 200


def test_an_operation_names_an_action_of_its_territory_and_mission(
    coordinator: Person, place: Territory
) -> None:
    action = written(coordinator, place, "Accueillir")
    with pytest.raises(ValidationError, match="de la mission M6"):
        funding.record_invoice(
            by=coordinator, scope=place.scope, day=TODAY, mission=funding.MissionCode.M1, supplier="A",
            reference="1", cents=100, key="x", action=action,
        )  # fmt: skip
    other = make_territory()
    keeper = make_person("dora.ailleurs", Role.COORDINATOR, other.scope)
    with pytest.raises(ValidationError, match="n’est pas du projet"):
        invoice(keeper, other, action, 100, "1")
    with pytest.raises(ValidationError, match="n’est pas du projet"):
        funding.engage(
            by=keeper, scope=other.scope, day=TODAY, mission=funding.MissionCode.M6, supplier="A", label="B",
            cents=100, key="e", action=action,
        )  # fmt: skip
    assert not Operation.objects.in_scope(other.scope).exists()
    page = f"{HOME}{other.scope.pk}/facture/"
    sent = {
        "day": str(TODAY), "mission": f"action-{action.pk}", "supplier": "A", "reference": "1", "cents": "1",
        "key": "web",
    }  # fmt: skip
    assert client_of(keeper).post(page, sent).status_code == 422


def test_what_is_spent_is_not_declared_once_accounts_are_kept(coordinator: Person, place: Territory) -> None:
    action = written(coordinator, place, "Accueillir")
    line = add_money(
        by=coordinator, action=action, source=MoneySource.ACI, label="Accueil", asked=Decimal(10),
        granted=Decimal(10), key="money", spent=Decimal(3),
    )  # fmt: skip
    invoice(coordinator, place, action, 100, "1")
    with pytest.raises(ValidationError, match="Les dépenses se lisent dans les comptes"):
        change_money(
            by=coordinator, line=line, base=1, asked=Decimal(10), granted=Decimal(10), spent=Decimal(4)
        )
    client = client_of(coordinator)
    here = reverse("project:action", args=[action.pk])
    assert 'name="spent"' not in client.get(here).content.decode()
    sent = {"do": f"money-{line.pk}", "base": "1", "asked": "20", "granted": "10", "spent": "9"}
    assert client.post(here, sent).status_code == 302
    line.refresh_from_db()
    assert (line.asked, line.spent) == (Decimal(20), Decimal(3)), "what was declared stays as it was"


def test_time_that_no_operation_pays_is_a_sign_that_opens_to_its_meetings(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    """Given two old meetings and a recent one, when one is paid, then the share falls and the sign goes."""
    action = written(coordinator, place, "Accueillir")
    nurse = make_person("nora.drave", Role.NURSE, place.scope)
    old = [
        one
        for days in (150, 100)
        for one in attended(coordinator, action, professional, nurse, days_ago=days)
    ]
    attended(coordinator, action, professional, days_ago=5)
    invoice(coordinator, place, None, 100, "1")
    found = signs_of(whole_of(action.project))
    assert (found.has_accounts, found.minutes, found.unpaid) == (True, 240, 240), "the recent one may wait"
    assert found.is_unpaid_much
    page = said(client_of(coordinator).get(reverse("project:project", args=[action.project_id])).content)
    assert "4 h 00 de réunion qu’aucune écriture n’indemnise, sur 4 h 00 notées." in page
    assert reverse("care:meeting", args=[old[0].meeting_id]) in page
    decided_rate(coordinator, place)
    decided_ceiling(coordinator, place)
    for rank, one in enumerate(old[:2]):
        funding.validate_time(
            by=coordinator, scope=place.scope, source=f"care.attendance:{one.pk}", day=one.meeting.held_on,
            mission=funding.MissionCode.M6, action=action, key=f"v{rank}",
        )  # fmt: skip
    found = signs_of(whole_of(action.project))
    assert (found.minutes, found.unpaid, found.is_unpaid_much) == (240, 120, False), "half is not more"


def test_an_attendance_that_falls_is_a_sign_that_opens_to_the_meetings_compared(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    action = written(coordinator, place, "Accueillir", Mission.ACCESS)
    team = [make_person(f"nora.drave{rank}", Role.NURSE, place.scope) for rank in range(3)]
    for days, who in ((50, 4), (45, 4), (40, 4), (30, 3), (25, 3), (20, 2), (15, 2)):
        attended(coordinator, action, *[professional, *team][:who], days_ago=days)
    found = signs_of(whole_of(action.project))
    assert found.attendance is not None
    assert round(found.attendance.before, 2) == round((4 + 4 + 3) / 3, 2)
    assert [one.present for one in found.held] == [4, 4, 3, 3, 2, 2], "the six compared, not the first"
    page = said(client_of(coordinator).get(reverse("project:project", args=[action.project_id])).content)
    assert "La présence aux réunions baisse : 2,3 personnes en moyenne, 3,7 avant." in page


def photo(name: str = "facture.png", color: str = "white") -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(made, "PNG")
    return SimpleUploadedFile(name, made.getvalue(), content_type="text/html")


def test_an_invoice_keeps_its_document(
    coordinator: Person, doctor: Person, member: Person, place: Territory
) -> None:
    """Given an invoice with its document, then who sees the accounts opens it, and the journal says so."""
    client = client_of(coordinator)
    page = f"{HOME}{place.scope.pk}/facture/"
    sent: dict[str, object] = {
        "day": str(TODAY), "mission": "M3", "supplier": "Imprimerie", "reference": "7", "cents": "12,50",
        "key": "web",
    }  # fmt: skip
    script = SimpleUploadedFile("facture.pdf", b"<script>alert(1)</script>", content_type="application/pdf")
    refused = client.post(page, sent | {"file": script})
    assert refused.status_code == 422
    assert "ni une photo" in said(refused.content)
    assert not Operation.objects.in_scope(place.scope).exists()
    assert client.post(page, sent | {"file": photo("../facture.exe")}).status_code == 302
    made = Operation.objects.in_scope(place.scope).get()
    kept = InvoiceFile.objects.in_scope(place.scope).get()
    assert (kept.name, kept.media_type) == ("facture.png", "image/png")
    address = reverse("funding:invoice_file", args=[made.pk, kept.pk])
    assert address in client.get(f"{HOME}{place.scope.pk}/comptes/").content.decode()
    opened = client_of(member).get(address)
    assert (opened.status_code, opened["Content-Type"]) == (200, "image/png")
    assert opened["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Entry.objects.filter(verb="funding.invoice_file_read", by=member).count() == 1
    assert client_of(doctor).get(address).status_code == 403
    elsewhere = make_person("bob.ailleurs", Role.BOARD, make_territory().scope)
    assert client_of(elsewhere).get(address).status_code == 404
    attach = reverse("funding:attach_invoice", args=[made.pk])
    assert client_of(member).get(attach).status_code == 403
    assert client.post(attach, {"key": "a"}).status_code == 422, "no document"
    for _again in range(2):
        assert client.post(attach, {"key": "b", "file": photo("page2.png", "black")}).status_code == 302
    rows = InvoiceFile.objects.in_scope(place.scope).filter(operation=made)
    assert [one.name for one in rows] == ["facture.png", "page2.png"]


def test_an_engagement_gives_its_action_to_its_invoice(coordinator: Person, place: Territory) -> None:
    action = written(coordinator, place, "Accueillir")
    client = client_of(coordinator)
    sent = {
        "day": str(TODAY), "mission": f"action-{action.pk}", "supplier": "Imprimerie", "label": "Livrets",
        "cents": "10", "key": "e",
    }  # fmt: skip
    assert client.post(f"{HOME}{place.scope.pk}/engagement/", sent).status_code == 302
    ordered = Commitment.objects.in_scope(place.scope).get()
    assert ordered.action == action
    page = client.get(f"{HOME}{place.scope.pk}/facture/?engagement={ordered.pk}").content.decode()
    assert f'<option value="action-{action.pk}" selected' in page


def test_a_year_counts_what_its_days_cost(coordinator: Person, place: Territory) -> None:
    action = written(coordinator, place, "Accueillir")
    for day, number in ((date(2025, 12, 31), "1"), (date(2026, 1, 1), "2")):
        funding.record_invoice(
            by=coordinator, scope=place.scope, day=day, mission=funding.MissionCode.M6, supplier="A",
            reference=number, cents=int(number) * 100, key=number, action=action,
        )  # fmt: skip
    assert funding.spent_by_mission_and_action(place.scope, 2025) == {("M6", action.pk): 100}
    assert funding.spent_by_mission_and_action(place.scope, 2026) == {("M6", action.pk): 200}
    assert funding.spent_by_action(place.scope, action.project) == {action.pk: 300}


@pytest.mark.parametrize(
    ("cents", "words"),
    [(700_00, "100 % du budget de 2026 dépensé, il reste 0 €"),
     (903_00, "129 % du budget de 2026 dépensé : il est dépassé de 203 €")],
)  # fmt: skip
def test_a_budget_that_is_crossed_is_said_to_be(
    coordinator: Person, place: Territory, cents: int, words: str
) -> None:
    funding.set_budget(
        by=coordinator, scope=place.scope, year=TODAY.year, mission=funding.MissionCode.M6, cents=700_00,
        decision="Conseil du 2 mars", key="b",
    )  # fmt: skip
    invoice(coordinator, place, None, cents, "1")
    found = budget_left(coordinator)
    assert found is not None
    assert words in said(str(found.said).encode())
