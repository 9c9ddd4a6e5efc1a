"""Every address asks who you are, except a short public list."""

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.addresses import addresses

PUBLIC = {
    "account_login",
    "account_logout",
    "account_signup",  # closed: it answers that accounts are given by an administrator
    "account_inactive",
    "account_confirm_email",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "agenda:feed",  # a secret address, 404 to whoever does not know it
    "telehealth:waiting",  # a secret address, sent to whom is expected at a distance; 404 to whoever guesses
    "agenda:offer",  # a secret address, sent to whom a slot is offered; 404 to whoever does not know it
    "kernel:demo_sign_in",  # 404 unless the demonstration setting is on
    "mfa_authenticate",  # the second step of the sign-in itself
    "roster:feed",  # the same
    "crisis:state",  # a secret address, given to one structure; 404 to whoever does not know it
    "crisis:volunteer",  # a secret address, given to those who want to help
    "listening:answer",  # the address of a survey, the same for all; 404 for one never made
    "listening:heard",  # what was said and what was done, published by the coordination
    "space:code",  # the code received: it opens a session to whoever types it
    "space:enter",  # a code is asked for by telephone and birth date
    "space:invitation",  # a secret address, sent or handed to a patient; 404 to whoever does not know it
    "web:health",
    "web:set_language",
}
SAMPLES = {"slug": "un-territoire", "int": "1", "str": "71230", "path": "chemin", "uuid": "0" * 32}


ALL = sorted(
    {
        (one.name, one.filled(lambda kind, _name: SAMPLES[kind]))
        for one in addresses(get_resolver().url_patterns)
    }
)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path"), [address for address in ALL if address[0] not in PUBLIC])
def test_a_stranger_is_sent_to_the_sign_in(client: Client, name: str, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302, f"{name} answered {answer.status_code} to a stranger"
    assert answer["Location"].startswith("/compte/"), answer["Location"]


def test_the_public_list_holds_nothing_that_no_longer_exists() -> None:
    assert {name for name, _ in ALL} >= PUBLIC
