"""Every page that links lead to, for every role: content begins high, one bar, one title, nothing too wide.

The pages are found by following links from the first screen: a new page is measured without being listed.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from maillage.kernel.rules import PERMISSIONS, Role
from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in

pytestmark = pytest.mark.browser

HIGHEST, LOWEST = 56, 220  # px: the height of the bar, and where content has begun at 1440 × 900
NOT_PAGES = (
    ".csv", ".docx", ".geojson", ".ics", ".json", ".pdf", ".svg", ".xlsx", ".zip", "diagnostic.html",
)  # fmt: skip
ALSO = ("/compte/", "/recherche/?q=val", "/compte/2fa/", "/compte/password/change/", "/nulle-part/")
STRANGERS = ("/compte/login/", "/compte/demonstration/", "/compte/password/reset/", "/nulle-part/")
#: What one reads before the content: where one is, the title and its sentence, the parts, an answer.
MEASURE = """() => {
  const before = ".breadcrumb, .page-header, .tabs, .toasts, .visually-hidden, script";
  const first = [...document.querySelectorAll("main > *")]
    .find((it) => !it.matches(before) && it.getBoundingClientRect().height > 1);
  return {
    bar: document.querySelector(".masthead")?.getBoundingClientRect().height,
    toasts: document.querySelectorAll("main > .toasts > *").length,
    content: first ? first.getBoundingClientRect().top + scrollY : 0,
    titles: document.querySelectorAll("h1").length,
    links: [...document.querySelectorAll("a[href]:not([download])")].map((link) => link.href),
    parts: [...document.querySelectorAll(".masthead a[href]")].map((link) => link.href),
  };
}"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return "";
  const wide = [...document.querySelectorAll("main *")].find((it) =>
    it.getBoundingClientRect().right > width + 1 &&
      !it.closest(".table-scroll, .tabs, .chart-frame"));
  return `${document.documentElement.scrollWidth} px: ${wide ? wide.outerHTML.slice(0, 99) : "the bar"}`;
}"""


def view_of(address: str) -> str:
    """Return the name of the view that answers at `address`, empty for what is not a page."""
    path = urlsplit(address).path
    is_stream = path.endswith("/flux/") and path.startswith("/regulation/")
    if path.endswith(NOT_PAGES) or "/pieces/" in path or is_stream:
        return ""
    try:
        return resolve(path).view_name
    except Resolver404:
        return "404"


def faults_of(page: Page, address: str) -> tuple[list[str], dict[str, list[str]]]:
    """Return what is wrong with the page at `address`, and the links that it shows."""
    answer = page.goto(address)
    if answer is None or "html" not in answer.headers.get("content-type", ""):
        return [], {"links": [], "parts": []}
    faults = [] if answer.status < 500 else [f"answers {answer.status}"]
    found = page.evaluate(MEASURE)
    if found["toasts"]:  # an answer just given, gone at the next reading
        page.reload()
        found = page.evaluate(MEASURE)
    if found["bar"] != HIGHEST:
        faults.append(f"its bar is {found['bar']} px high")
    if found["content"] >= LOWEST:
        faults.append(f"its content begins at {found['content']:.0f} px")
    if found["titles"] != 1:
        faults.append(f"it has {found['titles']} titles")
    page.set_viewport_size({"width": 360, "height": 740})
    if wide := page.evaluate(TOO_WIDE):
        faults.append(f"at 360 px it is {wide}")
    if (bar := page.locator(".masthead").bounding_box()) and bar["height"] != HIGHEST:
        faults.append(f"at 360 px its bar is {bar['height']} px high")
    page.set_viewport_size({"width": 1440, "height": 900})
    return faults, found


def look_at_first_screen(page: Page, role: Role) -> None:
    """Hold the first screen of a role to axe, at both widths, and photograph it."""
    for width, height in ((360, 780), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        assert_axe_clean(page)
        screenshot(page, f"premier-ecran-{role.value}-{width}-light")


def test_content_begins_high_and_fits_a_telephone_on_every_page(new_page: NewPage, demo_url: str) -> None:
    faults: list[str] = []
    seen: set[str] = set()
    rights = set()
    for role in [None, *Role]:
        page = new_page(demo_url)
        if role:
            sign_in(page, role.value)
            look_at_first_screen(page, role)
        waiting = list(STRANGERS) if role is None else ["/", *ALSO]
        again = {"/"}  # a first screen is of each role, the parts of the bar of each set of rights
        may = PERMISSIONS[role] if role else frozenset()
        known: set[str] = set()
        while waiting:
            address = waiting.pop(0)
            view = view_of(address)
            if not view or view in known or (view in seen and address not in again):
                continue
            known.add(view)
            found, shown = faults_of(page, address)
            faults += [f"{role or 'a stranger'}, {address}: {fault}" for fault in found]
            inside = [link for link in shown["links"] if link.startswith(demo_url)]
            if may not in rights:
                again |= set(shown["parts"])
            waiting += inside
        seen |= known
        rights.add(may)
        page.context.close()
    assert len(seen) > 70, sorted(seen)
    assert not faults, "\n".join(faults)
