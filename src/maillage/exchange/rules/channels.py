"""By which way somebody is reached, from what they said of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from maillage.kernel.phones import is_mobile


class Way(StrEnum):
    """An SMS, an e-mail, or a telephone call that somebody must make."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of how to reach somebody; `phones` as stored (`+33…`), the preferred one first."""

    phones: tuple[str, ...] = ()
    email: str = ""
    joins_by_phone: bool = False
    needs_interpreter: bool = False


def mobile_among(phones: Iterable[str]) -> str:
    """Return the first mobile number, empty where there is none.

    >>> mobile_among(["+33199000001", "+33639980001"]), mobile_among(["+33199000001"])
    ('+33639980001', '')
    """
    return next((phone for phone in phones if is_mobile(phone)), "")


def asks_for_a_call(reach: Reach) -> bool:
    """Return whether somebody is told by voice only, whatever addresses are known."""
    return reach.joins_by_phone or reach.needs_interpreter


def way_for(reach: Reach) -> Way:
    """Return the way to somebody; who asked to be telephoned, or needs an interpreter, is never written to.

    Whoever has neither mobile nor e-mail is to be called too: nobody is left out for lack of an address.
    """
    if asks_for_a_call(reach):
        return Way.CALL
    if mobile_among(reach.phones):
        return Way.SMS
    return Way.EMAIL if reach.email else Way.CALL
