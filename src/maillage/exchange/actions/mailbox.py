"""The secure health mailbox (MSSanté) of the installation: SMTP to send, IMAP to receive.

Its settings are three addresses (`MAILLAGE_MSSANTE_ADDRESS`, `_SMTP`, `_IMAP`); without the first two nothing
is sent, without the third nothing is asked for.
"""

from __future__ import annotations

import imaplib
import logging
import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.checks import Error
from django.db import InterfaceError, OperationalError

from maillage.exchange.actions.transports import TransportError
from maillage.exchange.rules.mail import Doubt

logger = logging.getLogger("maillage.mail")

#: Seconds that a server has to answer; well under the outbox's lease.
_PATIENCE = 20
#: Mails taken in one go, and the size (bytes) beyond which only the headers of one are read.
MOST, LARGEST = 50, 30_000_000
LONGEST_HEADERS = 100_000
_SCHEMES = {"smtp": ("smtp", "smtp+tls", "smtp+ssl"), "imap": ("imap", "imaps")}


def sends() -> bool:
    """Return whether this installation sends by secure mail."""
    return bool(settings.MSSANTE_ADDRESS and settings.MSSANTE_SMTP)


def receives() -> bool:
    """Return whether it asks for what comes."""
    return bool(settings.MSSANTE_IMAP)


def send(mail: EmailMessage) -> None:
    """Hand a mail to the server of the settings. Raises TransportError, which says no address and no word."""
    place = urlsplit(settings.MSSANTE_SMTP)
    try:
        with _smtp(place) as server:
            if place.username:
                server.login(unquote(place.username), unquote(place.password or ""))
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _answer in error.recipients.values()]
        raise TransportError(f"SMTP {codes[0]}", is_final=all(code >= 500 for code in codes)) from error
    except smtplib.SMTPResponseException as error:
        raise TransportError(f"SMTP {error.smtp_code}", is_final=error.smtp_code == 552) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(type(error).__name__) from error


def _smtp(place: SplitResult) -> smtplib.SMTP:
    host, port = place.hostname or "localhost", place.port
    if place.scheme == "smtp+ssl":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, timeout=_PATIENCE, context=context)
    server = smtplib.SMTP(host, port or (587 if place.scheme == "smtp+tls" else 25), timeout=_PATIENCE)
    if place.scheme == "smtp+tls":
        server.starttls(context=ssl.create_default_context())
    return server


def collect(take: Callable[[bytes], None], set_aside: Callable[[bytes, Doubt], None]) -> int:
    """Give each mail not yet seen to `take`, then mark it as seen; return how many were.

    A mail is marked once it was kept: a crash between the two gives it again. Of one that is too large, or
    that `take` cannot read whatever the reason, the headers go to `set_aside`, for a human to open it in the
    mailbox: no mail keeps the next ones waiting. Raises TransportError, and what a database says that does
    not answer.
    """
    place = urlsplit(settings.MSSANTE_IMAP)
    count = 0
    try:
        with _imap(place) as server:
            server.login(unquote(place.username or ""), unquote(place.password or ""))
            server.select("INBOX")
            _status, found = server.search(None, "UNSEEN")
            for number in (found[0] or b"").split()[:MOST]:
                _hand_over(server, number.decode(), take, set_aside)
                server.store(number.decode(), "+FLAGS", "(\\Seen)")
                count += 1
    except (imaplib.IMAP4.error, OSError) as error:
        raise TransportError(type(error).__name__) from error
    return count


def _imap(place: SplitResult) -> imaplib.IMAP4:
    host = place.hostname or "localhost"
    if place.scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, place.port or 993, ssl_context=context, timeout=_PATIENCE)
    return imaplib.IMAP4(host, place.port or 143, timeout=_PATIENCE)


def _hand_over(
    server: imaplib.IMAP4,
    number: str,
    take: Callable[[bytes], None],
    set_aside: Callable[[bytes, Doubt], None],
) -> None:
    _status, said = server.fetch(number, "(RFC822.SIZE)")
    sizes = [re.search(rb"RFC822\.SIZE (\d+)", one) for one in said if isinstance(one, bytes)]
    if max((int(one[1]) for one in sizes if one), default=0) > LARGEST:
        set_aside(_part(server, number, "HEADER"), Doubt.TOO_LARGE)
        return
    content = _part(server, number, "")
    try:
        take(content)
    except (OperationalError, InterfaceError):  # the database is away: the mail is not at fault
        raise
    except Exception:  # a mail broken on purpose raises of many kinds
        logger.exception("a mail could not be read")
        set_aside(content[:LONGEST_HEADERS], Doubt.UNREADABLE)


def _part(server: imaplib.IMAP4, number: str, part: str) -> bytes:
    """Return a part of a mail (all of it without a name) without marking it as seen, nothing once gone."""
    _status, parts = server.fetch(number, f"(BODY.PEEK[{part}])")
    return next((one[1] for one in parts if isinstance(one, tuple)), b"")


def check_settings(**_options: Any) -> list[Error]:
    """Return an error for an address that is not one of a mail server; Django runs it at start."""
    wrong = []
    for kind, address in (("smtp", settings.MSSANTE_SMTP), ("imap", settings.MSSANTE_IMAP)):
        if address and urlsplit(address).scheme not in _SCHEMES[kind]:
            begins = " ou ".join(f"{scheme}://" for scheme in _SCHEMES[kind])
            said = f"MAILLAGE_MSSANTE_{kind.upper()} doit commencer par {begins}."
            wrong.append(Error(said, id=f"exchange.E00{2 if kind == 'smtp' else 3}"))
    return wrong
