"""A real Chromium for the tests: found once, watched for errors, checked by axe, photographed on demand.

A plugin that tests/conftest.py loads. Fixtures: `new_page(width, theme, language, javascript)` opens pages
on any server (`base_url`), `page` is one at 1440 px. A page that logs an error, breaks the content security
policy or asks another machine fails its test.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[1]
SCREENSHOTS = ROOT / "docs" / "screenshots"
SKIPPED_NOTE = ROOT / "var" / "browser-tests"
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # the map draws by WebGL, in software where there is no graphics card
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
NewPage = Callable[..., Page]
#: How long a browser waits for what is to come, in milliseconds: the machine may be busy.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


def system_chromium() -> str | None:
    """Return the path of a Chromium the machine already has, or None."""
    return next((path for name in SYSTEM_NAMES if (path := shutil.which(name))), None)


def _installed_chromium(playwright: Playwright) -> str:
    """Return a Chromium's path: the system's, else Playwright's, else Debian's; LookupError says why not."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test workers look for it at the same time
        if path := system_chromium():
            return path
        own = Path(playwright.chromium.executable_path)
        if own.exists() or (
            _runs([sys.executable, "-m", "playwright", "install", "chromium"]) and own.exists()
        ):
            return str(own)
        if os.geteuid() == 0 and shutil.which("apt-get"):
            _runs(["apt-get", "update", "-qq"])
            _runs(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
            if path := system_chromium():
                return path
    raise LookupError(
        "no Chromium: install one, or run « python -m playwright install --with-deps chromium »"
    )


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=600).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give the one browser of the session; skip with a reason where there is none, fail where CI is set."""
    # Playwright's synchronous door runs an event loop in this thread; the ORM is used one call at a time.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        try:
            path = _installed_chromium(playwright)
        except LookupError as reason:
            if os.environ.get("CI"):
                pytest.fail(str(reason))
            SKIPPED_NOTE.write_text(str(reason))
            pytest.skip(str(reason))
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Give a function that opens a page: `new_page(base_url, width=1440, theme="light", language="fr")`."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        base_url: str,
        *,
        width: int = 1440,
        theme: str = "light",
        language: str = "fr",
        javascript: bool = True,
    ) -> Page:
        context = chromium.new_context(
            base_url=base_url,
            viewport={"width": width, "height": 900 if width > 600 else 780},
            locale="fr-FR" if language == "fr" else "en-GB",
            timezone_id="Europe/Paris",
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: complaints.extend(_stray(request.url, base_url)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def _complaint(message: ConsoleMessage) -> list[str]:
    """Return what the console says that has to be mended; a 4xx page asked on purpose has not.

    Nor has a question that a newer one replaced, or that a new page ended (htmx says so in two lines), nor a
    part asked once the session is over, which the page says itself. What fails otherwise
    has a line of its own beside « htmx:afterRequest ».
    """
    on_purpose = "Failed to load resource: the server responded with a status of 4" in message.text
    ended = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest", "Response Status Error Code 401"))
    gpu = "GPU stall due to ReadPixels" in message.text
    if message.type not in {"error", "warning"} or on_purpose or ended or gpu:
        return []
    return [f"{message.type}: {message.text} ({message.location.get('url', '')})"]


def _stray(url: str, base_url: str) -> list[str]:
    return [] if url.startswith((base_url, "data:", "blob:")) else [f"the page asked another machine: {url}"]


@pytest.fixture
def page(new_page: NewPage, live_server: Any) -> Page:
    """Give one page at 1440 px on the test's own live server."""
    return new_page(live_server.url)


def sign_in(page: Page, role: str, next_url: str = "/") -> None:
    """Sign in by the demonstration's one click; needs a server with its demonstration accounts."""
    page.goto(f"/compte/demonstration/?role={role}")
    page.locator(f'button[name="role"][value="{role}"]').click()
    page.wait_for_load_state()
    if next_url != "/":
        page.goto(next_url)


def assert_axe_clean(page: Page, within: str | None = None) -> None:
    """Fail with one line per accessibility defect that axe finds on the page as it is now."""
    results = Axe().run(page, context=within, options=AXE)
    found = [
        f"{violation['id']}: {violation['help']}\n    "
        + "\n    ".join(node["html"][:160] for node in violation["nodes"][:4])
        for violation in results.response["violations"]
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)


def screenshot(page: Page, name: str, *, full_page: bool = False) -> None:
    """Write docs/screenshots/<name>.png when MAILLAGE_SCREENSHOTS is set; nothing otherwise."""
    if os.environ.get("MAILLAGE_SCREENSHOTS"):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page)


def settle(page: Page) -> None:
    """Wait until the page has its typefaces, and its maps and charts are drawn."""
    page.wait_for_load_state()
    page.evaluate("() => document.fonts.ready.then(() => null)")
    page.wait_for_function(
        """() => [...document.querySelectorAll("maillage-map")].every((map) => map.drawn)"""
    )
    page.wait_for_function(
        """() => [...document.querySelectorAll("maillage-chart")].every((it) => it.querySelector("svg"))"""
    )
