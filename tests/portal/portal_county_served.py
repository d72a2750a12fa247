"""A county's portal before browsers, for its tours."""

from __future__ import annotations

import threading
from typing import Any

from portal_keys import log_in

from hpf.portal import PortalSettings, create_app
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.workflow.assessments import standing
from hpf.workflow.draws_held import teams
from hpf_cli.demo_county_home import YEAR

WAIT = 20_000


class Served:
    """A county's portal on a port of its own, and browsers on it."""

    def __init__(self, home: Home, browser: Any) -> None:
        from waitress.server import create_server

        self.home, self.browser = home, browser
        self.app = create_app(PortalSettings.of(home))
        self.served = create_server(self.app, host="127.0.0.1", port=0, threads=4, ident=None)
        self.thread = threading.Thread(target=self.served.run, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.served.effective_port}"
        self.opened: list[Any] = []

    def enter(self, name: str, lang: str = "zh", width: int = 1440) -> tuple[Any, list[str]]:
        """A page somebody is logged in on, and what goes wrong on it."""
        context = self.browser.new_context(viewport={"width": width, "height": 900})
        context.set_default_timeout(WAIT)
        self.opened.append(context)
        page, wrong = context.new_page(), []
        page.on("console", lambda m: m.type == "error" and wrong.append(m.text))
        page.on("pageerror", lambda e: wrong.append(str(e)))
        page.goto(f"{self.url}/login")
        if lang == "en":
            page.get_by_role("button", name="English").click()
            page.wait_for_selector('html[lang="en"]')
        log_in(page, name)
        return page, wrong

    def expert(self) -> str:
        """The account of a drawn expert."""
        engine = self.home.engine()
        with reading(engine) as session:
            plan = self.home.loaded().assessments[0]
            now = standing(session, self.home.hospital(session), plan, YEAR)
            found = sorted(e for t in teams(now) for e in t.experts)[0].lower()
        engine.dispose()
        return found

    def close(self) -> None:
        """Everything this opened."""
        for context in self.opened:
            context.close()
        self.served.close()
        self.thread.join(timeout=10)
        self.app.extensions["hpf"].engine.dispose()
