"""Signing in: by password, with a second factor, by a reset link, as a demonstration account."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from maillage.kernel import actions, sign_in
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> None:
    cache.clear()


def signed_in(client: Client) -> Person | None:
    key = client.session.get("_auth_user_id")
    return Person.objects.get(pk=key) if key else None


def log_in(client: Client, email: str = "nurse@example.org", password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_a_person_signs_in_by_email_and_the_session_changes(client: Client, nurse: Person) -> None:
    client.get(reverse("account_login"))
    client.session["before"] = True
    client.session.save()
    before = client.session.session_key
    response = log_in(client, "Nurse@Example.org")
    assert response.status_code == 302
    assert signed_in(client) == nurse
    assert client.session.session_key != before
    entry = Entry.objects.first()
    assert (entry.verb, entry.by) == ("kernel.signed_in", nurse)
    client.post(reverse("account_logout"))
    assert signed_in(client) is None
    assert Entry.objects.first().verb == "kernel.signed_out"


def test_guessing_a_password_is_slowed_down(client: Client, nurse: Person) -> None:
    answers = [log_in(client, password=f"guess number {i}") for i in range(12)]
    assert signed_in(client) is None
    assert "Trop de tentatives" in answers[-1].text
    log_in(client)
    assert signed_in(client) is None, "the right password is refused too, until the wait is over"


def test_nobody_signs_up(client: Client) -> None:
    client.post(
        reverse("account_signup"),
        {"email": "thief@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not Person.objects.exists()


def test_a_second_factor_is_asked_where_it_is_set_up(client: Client, nurse: Person) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(nurse, secret)
    response = log_in(client)
    assert response.url == reverse("mfa_authenticate")
    assert signed_in(client) is None
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in(client) == nurse


def test_a_forgotten_password_is_chosen_again_by_mail(client: Client, nurse: Person) -> None:
    client.post(reverse("account_reset_password"), {"email": "nurse@example.org"})
    address = re.search(r"http\S+", mail.outbox[0].body)[0]
    form = client.get(address, follow=True)
    chosen = "another long password"
    client.post(form.request["PATH_INFO"], {"password1": chosen, "password2": chosen})
    log_in(client, password=chosen)
    assert signed_in(client) == nurse


def test_an_invited_person_chooses_a_password_by_the_link(
    client: Client, administrator: Person, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        person = actions.invite_person(
            by=administrator,
            email="new@example.org",
            first_name="Ana",
            last_name="Sureau",
            site="http://testserver",
        )
    address = re.search(r"http\S+", mail.outbox[0].body)[0]
    form = client.get(address, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    log_in(client, "new@example.org")
    assert signed_in(client) == person


def test_a_closed_account_is_out_at_its_next_request(as_nurse: Client, nurse: Person) -> None:
    assert as_nurse.get(reverse("kernel:account")).status_code == 200
    actions.close_account(by=None, person=nurse)
    response = as_nurse.get(reverse("kernel:account"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.fixture
def demonstration(settings) -> None:
    settings.DEMO = True
    actions.create_demonstration_accounts()


def test_one_click_signs_in_as_a_demonstration_account(client: Client, demonstration: None) -> None:
    page = client.get(reverse("kernel:demo_sign_in"), {"role": "coordinator"})
    assert "Camille Bruyère" in page.text
    before = client.session.session_key
    response = client.post(reverse("kernel:demo_sign_in"), {"role": "coordinator"})
    assert response.url == reverse("web:home")
    assert signed_in(client).get_full_name() == "Camille Bruyère"
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("asked", "leads_to"), [("/compte/regles/", "/compte/regles/"), ("https://elsewhere.example", "/")]
)
def test_the_demonstration_leads_back_inside_only(
    client: Client, demonstration: None, asked: str, leads_to: str
) -> None:
    response = client.post(reverse("kernel:demo_sign_in"), {"role": "nurse", "next": asked})
    assert response.url == leads_to


def test_there_is_no_demonstration_where_it_is_off(client: Client, demonstration: None, settings) -> None:
    settings.DEMO = False
    assert client.get(reverse("kernel:demo_sign_in")).status_code == 404
    assert client.post(reverse("kernel:demo_sign_in"), {"role": "nurse"}).status_code == 404
    person = Person.objects.get(roles__role=Role.NURSE)
    with pytest.raises(ValueError, match="only in demonstration"):
        sign_in.sign_in_demonstration(client.request().wsgi_request, person)


def test_a_real_account_is_never_entered_by_the_demonstration(
    client: Client, nurse: Person, settings
) -> None:
    settings.DEMO = True
    for role in ("nurse", "nobody", ""):
        assert client.post(reverse("kernel:demo_sign_in"), {"role": role}).status_code == 404
    assert signed_in(client) is None
