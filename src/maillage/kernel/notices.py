"""Messages of the kernel to people: the invitation to choose a password."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from maillage.kernel import outbox
from maillage.kernel.models import Person

INVITED = "kernel.person_invited"


@outbox.handles(INVITED, outside=True)
def send_invitation(event: outbox.Event) -> None:
    """Mail a new person the link by which they choose their password.

    The mail carries the message's key as Message-ID, so that a repetition after a crash is recognised.
    """
    person = Person.objects.get(pk=event.payload["person"])
    with translation.override(event.payload["language"]):
        text = render_to_string(
            "kernel/mail/invitation.txt",
            {"person": person, "address": event.payload["site"] + _password_address(person)},
        )
        message = EmailMessage(_("Votre compte Maillage"), text, to=[person.email])
    message.extra_headers["Message-ID"] = f"<{event.key}@maillage>"
    message.send()


def _password_address(person: Person) -> str:
    place = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return reverse("account_reset_password_from_key", kwargs=place)
