"""What a mail answers, and its author's own words: no framework, no network."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class MailFate(StrEnum):
    """What became of a mail that was received."""

    TAKEN = "taken"
    ASIDE = "aside"
    REFUSED = "refused"


class Doubt(StrEnum):
    """Why a mail is set aside for a human; empty where it is not."""

    NONE = ""
    NO_THREAD = "no_thread"
    OTHER_SENDER = "other_sender"
    OUT_OF_CIRCLE = "out_of_circle"
    CLOSED = "closed"
    NO_WORDS = "no_words"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


_ID = re.compile(r"<[^<>\s]{3,240}>")
#: Where a program begins to quote what it answers.
_QUOTES = re.compile(
    r"^(?:-{2,}\s*(?:message d.origine|original message|forwarded message|message transféré).*"
    r"|le .{5,120} a écrit\s*:\s*|on .{5,120} wrote:\s*|_{20,}\s*)$",
    re.IGNORECASE,
)


def ids_in(headers: Iterable[str]) -> list[str]:
    """Return the message identifiers that some headers name, in order, each once.

    >>> ids_in(["<a@b> <c@d>", "<a@b>"])
    ['<a@b>', '<c@d>']
    """
    return list(dict.fromkeys(found for header in headers for found in _ID.findall(header)))


def own_words(text: str) -> str:
    """Return what somebody wrote above what they quote.

    >>> own_words("Oui.\\n\\nLe lundi 2 mars, Inès a écrit :\\n> Alors ?")
    'Oui.'
    """
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if _QUOTES.match(line.strip()):
            break
        if not line.startswith(">"):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()


def doubt(*, is_known: bool, is_sender: bool, reads: bool, is_closed: bool, has_words: bool) -> Doubt:
    """Return why a mail may not join a conversation by itself, the first reason; none where it may.

    `is_known`: it answers a mail that left from here; `is_sender`: it comes from the address that mail went
    to; `reads`: the circle of care still opens the patient to its author.
    """
    if not is_known:
        return Doubt.NO_THREAD
    if not is_sender:
        return Doubt.OTHER_SENDER
    if not reads:
        return Doubt.OUT_OF_CIRCLE
    if is_closed:
        return Doubt.CLOSED
    return Doubt.NONE if has_words else Doubt.NO_WORDS
