"""Points by people with browsers: the office and a head at a desk, a person on the phone."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from portal_keys import log_in

sys.path.insert(0, str(Path(__file__).parents[1] / "points"))

import portal_points as points

from hpf.portal import PortalSettings, create_app
from hpf.storage.home import Home

pytestmark = pytest.mark.slow
CHINESE = re.compile(r"[一-鿿]")
LABELS = "main h1, main h2, main button, main .button, main th[scope=col], main label, main legend"
PAGES = {
    "office": ("/ledger/", "/feedback/", "/ledger/standards/"),
    "head": ("/ledger/", "/feedback/"),
    "president": ("/ledger/", "/honours/"),
    "head_staff": ("/ledger/mine/", "/ledger/standards/", "/feedback/", "/honours/", "/strategy/"),
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal with an open ledger, a feedback and an honour."""
    from waitress.server import create_server

    folder = tmp_path_factory.mktemp("points")
    home = points.open_ledger(points.homes.build(folder / "empty").folder, folder / "home")
    points.with_words(home)
    app = create_app(PortalSettings.of(Home.open(home)))
    served = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.effective_port}"
    served.close()
    thread.join(timeout=10)
    app.extensions["hpf"].engine.dispose()


@pytest.fixture
def come(url: str, browser: Any) -> Iterator[Callable[..., Any]]:
    """A page of somebody, with all that went wrong on it."""
    opened: list[Any] = []

    def make(name: str, lang: str, width: int) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900})
        opened.append(context)
        page = context.new_page()
        page.wrong = []
        page.on("console", lambda m: m.type == "error" and page.wrong.append(m.text))
        page.goto(url + "/login")
        wanted = {"zh": "中文", "en": "English"}[lang]
        if page.get_by_role("button", name=wanted).count():
            page.get_by_role("button", name=wanted).click()
            page.wait_for_selector(f'html[lang^="{lang}"]')
        log_in(page, name)
        return page

    yield make
    for context in opened:
        context.close()


def sound(page: Any, lang: str, width: int) -> None:
    """No barrier, nothing that scrolls sideways, and in English no label that is Chinese."""
    found = Axe().run(page).response["violations"]
    assert [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    if lang == "en":
        said = page.eval_on_selector_all(LABELS, "all => all.map(e => e.textContent.trim())")
        assert not [t for t in said if CHINESE.search(t)], page.url


@pytest.mark.parametrize(("lang", "width"), [("zh", 1440), ("en", 1440), ("zh", 390), ("en", 390)])
def test_every_page_in_both_languages_at_a_desk_and_on_a_phone(
    url: str, come: Callable[..., Any], lang: str, width: int
) -> None:
    for name, paths in PAGES.items():
        page = come(name, lang, width)
        for path in paths:
            page.goto(url + path)
            sound(page, lang, width)
        assert not page.wrong, (name, page.wrong)


def test_a_head_books_takes_back_and_answers_and_the_person_sees_it(
    url: str, come: Callable[..., Any]
) -> None:
    """By the forms themselves, the person on the phone."""
    head, person = come("head", "zh", 1280), come("head_staff", "zh", 390)
    head.goto(url + "/ledger/")
    code = points.PERSONS["D01"][1]
    head.select_option("#person", code)
    head.select_option("#standard", "M06")
    head.fill("#day", "2026-08-11")
    head.fill("#reason", "晨会迟到")
    head.get_by_role("button", name="记入").click()
    head.wait_for_selector(".told .banner.ok")
    person.goto(url + "/ledger/mine/")
    assert "晨会迟到" in person.inner_text("main")
    row = head.locator("tr", has_text="晨会迟到")
    row.locator("summary").click()
    row.locator("input[name=reason]").fill("当日外出随访")
    row.get_by_role("button", name="冲销").click()
    head.wait_for_selector(".told .banner.ok")
    person.goto(url + "/ledger/mine/")
    assert "当日外出随访" in person.inner_text("main")
    person.goto(url + "/feedback/")
    person.locator("textarea").first.fill("下季度补上")
    person.get_by_role("button", name="回复").first.click()
    person.wait_for_selector(".told .banner.ok")
    head.goto(url + "/feedback/")
    head.locator(".talk textarea").first.fill("约定每周随访")
    head.get_by_role("button", name="办结").click()
    head.wait_for_selector("text=已办结")
    assert not head.wrong
    assert not person.wrong
