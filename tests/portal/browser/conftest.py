"""A real browser (the system's Chromium) before a real server on a port of its own."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from portal_keys import log_in

from hpf.portal import PortalSettings, create_app
from hpf.storage.home import Home

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WAIT = 20_000  # milliseconds for anything to appear


@dataclass
class Server:
    """Where the portal answers. log_in times are the real ones; nothing is cut short."""

    url: str
    app: Any


@dataclass
class Tab:
    """A page somebody is logged in on, and what went wrong on it."""

    page: Any
    url: str
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        """Open a page; what it answers."""
        return self.page.goto(self.url + path, wait_until="load")


@pytest.fixture(scope="session")
def server(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The portal on a copy of the filled home, as `hpf serve` serves it; shut down afterwards."""
    from waitress.server import create_server

    folder = tmp_path_factory.mktemp("browser") / "home"
    shutil.copytree(made_home, folder)
    app = create_app(PortalSettings.of(Home.open(folder)))
    served = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    yield Server(f"http://127.0.0.1:{served.effective_port}", app)
    served.close()
    thread.join(timeout=10)
    app.extensions["hpf"].engine.dispose()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert found, f"none of {', '.join(CHROMIUM)} is installed: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found, args=list(FLAGS),
            downloads_path=tmp_path_factory.mktemp("downloads"),
        )  # fmt: skip
        yield started
        started.close()


@pytest.fixture
def enter(server: Server, browser: Any) -> Iterator[Callable[..., Tab]]:
    """`enter("nurse", "en", width=390)`: logged in through the form; None: the log-in page."""
    opened: list[Any] = []

    def make(name: str | None, lang: str = "zh", width: int = 1280) -> Tab:
        context = browser.new_context(viewport={"width": width, "height": 900})
        context.set_default_timeout(WAIT)
        opened.append(context)
        tab = Tab(context.new_page(), server.url)
        tab.page.on("console", lambda m: m.type == "error" and tab.wrong.append(m.text))
        tab.page.on("pageerror", lambda e: tab.wrong.append(str(e)))
        tab.go("/login")
        if lang == "en":
            tab.page.get_by_role("button", name="English").click()
            tab.page.wait_for_selector('html[lang="en"]')
        if name is not None:
            log_in(tab.page, name)
        return tab

    yield make
    for context in opened:
        context.close()
