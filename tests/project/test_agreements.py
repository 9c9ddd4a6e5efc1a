"""Agreements: written from a template, signed by two parties, recalled, renewed, ended."""

import datetime as dt
import io

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.inboxes import waiting
from maillage.kernel.models import Person
from maillage.project.actions import agreements as actions
from maillage.project.models import Agreement, AgreementFile, AgreementParty
from maillage.project.pages.blocks import agreement_lines
from maillage.project.rules.agreements import AgreementKind, AgreementState
from maillage.territory.api import Territory
from tests.care.conftest import client_of


@pytest.fixture
def agreement(coordinator: Person, place: Territory) -> Agreement:
    today = timezone.localdate()
    return actions.add_agreement(
        by=coordinator, place=place, kind=AgreementKind.CARE_HOME, title="Convention EHPAD", text="Entre …",
        key="c", starts_on=today, ends_on=today + dt.timedelta(days=365), is_tacit=False, renewal_months=12,
        notice_days=90,
    )  # fmt: skip


def signed(by: Person, agreement: Agreement) -> Agreement:
    for name in ("CPTS du Val", "EHPAD des Tilleuls"):
        actions.add_party(by=by, agreement=agreement, name=name)
    return actions.sign_agreement(by=by, agreement=agreement, signed_on=timezone.localdate())


def test_an_agreement_is_written_from_its_template_on_the_screens(
    coordinator: Person, place: Territory
) -> None:
    browser = client_of(coordinator)
    page = browser.get(reverse("project:new_agreement"), {"modele": "with_a_care_home"}).content.decode()
    assert "fiches de nuit" in page
    today = timezone.localdate()
    sent = {
        "key": "k", "where": place.pk, "kind": "with_a_care_home", "title": "EHPAD", "text": "Entre nous",
        "starts_on": today, "ends_on": today + dt.timedelta(days=100), "renewal_months": 12,
        "notice_days": 90,
    }  # fmt: skip
    answer = browser.post(reverse("project:new_agreement"), sent)
    one = Agreement.objects.in_scope(place.scope).get()
    here = reverse("project:agreement", args=[one.pk])
    assert answer.headers["Location"] == here
    assert browser.post(reverse("project:new_agreement"), sent).headers["Location"] == here
    # Without two parties, it is not signed: the screen says what lacks.
    refused = browser.post(here, {"do": "sign", "signed_on": today})
    assert refused.status_code == 422
    assert "deux parties" in refused.content.decode()
    for name in ("CPTS", "EHPAD"):
        browser.post(here, {"do": "party", "name": name})
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "PNG")
    browser.post(
        here,
        {"do": "sign", "signed_on": today, "document": SimpleUploadedFile("signe.png", picture.getvalue())},
    )
    file = AgreementFile.objects.of(one).get()
    assert browser.get(reverse("project:agreement_file", args=[one.pk, file.pk])).status_code == 200
    page = browser.get(here).content.decode()
    assert "finit bientôt" in page
    assert "Reconduire pour 12 mois" in page.replace("\u00a0", " ")
    listed = browser.get(reverse("project:agreements")).content.decode()
    assert "1 convention, 1 à décider" in listed


def test_the_coordination_is_told_once_before_the_notice(coordinator: Person, agreement: Agreement) -> None:
    one = signed(coordinator, agreement)
    assert one.remind_on is not None
    assert one.ends_on is not None
    assert one.ends_on - one.remind_on == dt.timedelta(days=150)
    outbox.drain()
    assert not Notification.objects.in_scope(one.territory.scope).filter(template="agreement_ending").exists()
    when = dt.datetime.combine(one.remind_on, dt.time(9), one.territory.scope.zone)
    with time_machine.travel(when):
        outbox.drain()
        outbox.drain()
        told = Notification.objects.in_scope(one.territory.scope).filter(template="agreement_ending")
        assert told.filter(person=coordinator).exists()
        found = {source.kind: rows for source, rows in waiting(coordinator).items()}
        assert [row.pk for row in found["project.agreements"]] == [one.pk]
        (line,) = agreement_lines(coordinator, [one.pk])
        assert line.text == "Convention EHPAD"
        # Renewed, it waits for nobody; the same gesture again changes nothing more.
        seen = one.ends_on
        again = actions.renew_agreement(by=coordinator, agreement=one, seen=seen)
        assert actions.renew_agreement(by=coordinator, agreement=one, seen=seen).ends_on == again.ends_on
        assert agreement_lines(coordinator, [one.pk]) == []


def test_what_is_signed_does_not_change_and_what_ended_is_not_renewed(
    coordinator: Person, agreement: Agreement
) -> None:
    one = signed(coordinator, agreement)
    party = AgreementParty.objects.of(one).select_related("agreement__territory__scope").first()
    assert party is not None
    with pytest.raises(ValidationError, match="signée"):
        actions.remove_party(by=coordinator, party=party)
    with pytest.raises(ValidationError, match="signée"):
        actions.change_agreement(
            by=coordinator, agreement=one, base=1, title="x", text="y", starts_on=one.starts_on, ends_on=None
        )
    with pytest.raises(ValidationError, match="déjà signée"):
        actions.sign_agreement(by=coordinator, agreement=one, signed_on=timezone.localdate())
    day = timezone.localdate()
    ended = actions.end_agreement(by=coordinator, agreement=one, ended_on=day, reason="fermeture")
    assert ended.state_on(day) is AgreementState.ENDED
    assert ended.ends_on is not None
    with pytest.raises(ValidationError, match="résiliée"):
        actions.renew_agreement(by=coordinator, agreement=one, seen=ended.ends_on)


def test_days_that_contradict_are_refused(coordinator: Person, place: Territory) -> None:
    today = timezone.localdate()
    common = {"by": coordinator, "place": place, "kind": AgreementKind.OTHER, "title": "x", "text": "y"}
    with pytest.raises(ValidationError, match="après avoir commencé"):
        actions.add_agreement(**common, key="1", starts_on=today, ends_on=today)
    with pytest.raises(ValidationError, match="dites laquelle"):
        actions.add_agreement(**common, key="2", starts_on=today, ends_on=None, is_tacit=True)


def test_who_reads_signs_nothing(member: Person, agreement: Agreement) -> None:
    with pytest.raises(PermissionDenied):
        actions.sign_agreement(by=member, agreement=agreement, signed_on=timezone.localdate())
    page = client_of(member).get(reverse("project:agreement", args=[agreement.pk]))
    assert page.status_code == 200
    assert "Noter la signature" not in page.content.decode()
