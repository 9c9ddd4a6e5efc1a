"""What the tests of the roster's pages share: somebody signed in, a page read, a form sent."""

from datetime import datetime

import time_machine
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Person


def enter(person: Person) -> Client:
    """Sign somebody in."""
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, name: str, /, *args: object, query: str = "") -> str:
    """Read a page of the roster."""
    answer = client.get(reverse(f"roster:{name}", args=args) + query)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def post(client: Client, name: str, /, *args: object, status: int = 200, **sent: object) -> str:
    """Send a form of the roster, and read what follows."""
    answer = client.post(reverse(f"roster:{name}", args=args), sent, follow=True)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def later(clock: time_machine.Traveller, moment: datetime, *clients: Client) -> None:
    """Move the clock; those who were signed in still are, however long that is."""
    people = [Person.objects.get(pk=client.session["_auth_user_id"]) for client in clients]
    clock.move_to(moment)
    for client, person in zip(clients, people, strict=True):
        client.force_login(person)
