"""Calendars that any program accepts: whole days as dates, an empty one valid, every method answered."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from icalendar import Calendar

from maillage.kernel.feeds import Happening, calendar, calendar_view, lasts_whole_days

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
NINE = datetime(2026, 3, 16, 9, tzinfo=PARIS)
DUTY = Happening("post-1", NINE, NINE + timedelta(hours=3), "Garde")


def events(document: bytes) -> list[dict[str, object]]:
    rows = Calendar.from_ical(document).walk("VEVENT")
    return [{name: row.decoded(name) for name in ("dtstart", "dtend")} for row in rows]


@pytest.mark.parametrize("zone", [PARIS, REUNION])
@pytest.mark.parametrize(("first", "after"), [((3, 16), (3, 17)), ((3, 28), (3, 30)), ((10, 24), (10, 26))])
def test_whole_days_are_dates_and_the_last_is_not_in_them(
    zone: ZoneInfo, first: tuple[int, int], after: tuple[int, int]
) -> None:
    starts, ends = datetime(2026, *first, tzinfo=zone), datetime(2026, *after, tzinfo=zone)
    assert lasts_whole_days(starts, ends)
    document = calendar("A", "test", [Happening("x", starts, ends, "Absence", is_whole_days=True)])
    assert events(document) == [{"dtstart": date(2026, *first), "dtend": date(2026, *after)}]
    assert b"DTSTART;VALUE=DATE:" in document
    assert not lasts_whole_days(starts, ends - timedelta(minutes=5))
    assert not lasts_whole_days(starts, starts)


def test_hours_are_instants() -> None:
    document = calendar("A", "test", [DUTY])
    assert events(document)[0]["dtstart"] == datetime(2026, 3, 16, 8, tzinfo=UTC)
    assert b"DTSTART:20260316T080000Z" in document


def test_an_empty_calendar_is_one() -> None:
    """RFC 5545, 3.6 and 3.6.5: a calendar has a component, a zone its onset and both its offsets."""
    document = calendar("A", "test", [])
    read = Calendar.from_ical(document)
    assert (read["version"], read["prodid"]) == ("2.0", "-//Maillage//test//FR")
    (zone,) = read.subcomponents
    assert zone.name == "VTIMEZONE"
    assert zone["tzid"] == "UTC"
    (onset,) = zone.subcomponents
    assert {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} <= set(onset)
    assert document.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in document.split(b"\r\n"))


Ask = Callable[..., HttpResponseBase]


@pytest.fixture
def ask() -> Ask:
    shown = {"known": [DUTY]}

    @calendar_view
    def feed(secret: str) -> bytes:
        if secret not in shown:
            raise Http404(secret)
        return calendar("A", "test", shown[secret])

    def asked(method: str, secret: str = "known", **headers: str) -> HttpResponseBase:
        request: HttpRequest = RequestFactory().generic(method, "/x.ics", headers=headers)
        return feed(request, secret)

    return asked


def test_head_answers_as_get_and_options_says_what_may_be_asked(ask: Ask) -> None:
    read, looked = ask("GET"), ask("HEAD")
    assert (read.status_code, looked.status_code) == (200, 200)
    assert {**read.headers}.keys() == {**looked.headers}.keys()
    assert looked["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in read["Cache-Control"]
    for secret in ("known", "never made"):
        options = ask("OPTIONS", secret)
        assert (options.status_code, options["Allow"]) == (200, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "DELETE", "PROPFIND", "REPORT"):
        refused = ask(method)
        assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
    with pytest.raises(Http404):
        ask("HEAD", "never made")


def test_what_did_not_change_is_not_sent_again(ask: Ask) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        tag = ask("GET")["ETag"]
        clock.shift(timedelta(days=1))
        assert ask("GET")["ETag"] == tag, "the same events, written another day"
        again = ask("GET", **{"If-None-Match": tag})
        assert again.status_code == 304
        assert ask("GET", **{"If-None-Match": '"other"'}).status_code == 200
        assert ask("HEAD", **{"If-None-Match": tag}).status_code == 304
