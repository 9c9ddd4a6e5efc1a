"""The ways out of this machine: an SMS gateway over HTTP, a file in its place, Django's mail."""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error
from django.core.mail import EmailMessage

#: Seconds that a gateway has to answer; well under the outbox's lease.
_PATIENCE = 10
#: Answers that ask to come again; another 4xx says that this message will never be taken.
_COME_AGAIN = frozenset({401, 403, 404, 408, 423, 425, 429})
_ALREADY_TAKEN = 409


class TransportError(Exception):
    """The message did not leave; `is_final` where trying again is of no use. Says no address, no text."""

    def __init__(self, detail: str, *, is_final: bool = False) -> None:
        super().__init__(detail)
        self.is_final = is_final


def send_sms(*, to: str, text: str, key: str) -> None:
    """Hand an SMS to the gateway of the settings, or to a file where there is none. Raises TransportError."""
    message = {"to": to, "from": settings.SMS_SENDER, "text": text, "key": key}
    if settings.SMS_URL:
        _post(settings.SMS_URL, message, key)
    else:
        _append(Path(settings.SMS_FILE), message)


def send_email(*, to: str, subject: str, text: str, key: str) -> None:
    """Hand a mail to the server of the settings, the key as its Message-ID. Raises TransportError."""
    message = EmailMessage(subject, text, to=[to], headers={"Message-ID": f"<{key}@maillage>"})
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _answer in error.recipients.values()]
        raise TransportError(f"SMTP {codes[0]}", is_final=all(code >= 500 for code in codes)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(type(error).__name__) from error


def check_settings(**_options: Any) -> list[Error]:
    """Return an error where the gateway's address is not an HTTP one; Django runs it at start."""
    if not settings.SMS_URL or settings.SMS_URL.startswith(("https://", "http://")):
        return []
    return [Error("MAILLAGE_SMS_URL doit commencer par https:// ou http://.", id="exchange.E001")]


def _post(url: str, message: dict[str, str], key: str) -> None:
    """POST the message as JSON; 2xx: taken, 409: already taken with this key."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    if settings.SMS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
    # The address comes from the installation's settings, checked at start to be HTTP.
    request = urllib.request.Request(url, json.dumps(message).encode(), headers, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == _ALREADY_TAKEN:
            return
        is_final = 400 <= error.code < 500 and error.code not in _COME_AGAIN
        raise TransportError(f"HTTP {error.code}", is_final=is_final) from error
    except OSError as error:
        raise TransportError(type(error).__name__) from error


def _append(file: Path, message: dict[str, str]) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(message, ensure_ascii=False) + "\n")
