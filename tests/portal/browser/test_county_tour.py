"""The county's year in a real browser: as assessor, as expert, as assessed hospital."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import portal_county
import pytest
from axe_playwright_python.sync_playwright import Axe
from portal_keys import log_in

from hpf.portal import PortalSettings, create_app
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.workflow.assessments import standing
from hpf.workflow.draws_held import teams
from hpf_cli.demo_county_home import YEAR

pytestmark = pytest.mark.slow

CHINESE = re.compile(r"[一-鿿]")
# what is said, not what is data: names of hospitals and items are the county's
LABELS = "h2, .side, main button, .flush th[scope=col], main label, .track b"
COMMAND = re.compile(r"\bhpf [a-z]")
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


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return portal_county.prepare(tmp_path_factory.mktemp("county") / "home")


@pytest.fixture
def county(prepared: Any, browser: Any, tmp_path: Path) -> Iterator[Callable[[str], Served]]:
    """`county("2026-10-14")`: served as it stood then; '' for the end of the year."""
    served: list[Served] = []

    def serve(upto: str) -> Served:
        home = portal_county.copied(prepared, tmp_path / f"home{len(served)}", upto)
        served.append(Served(home, browser))
        return served[-1]

    yield serve
    for one in served:
        one.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_assessor_hospital_and_expert_open_all_their_pages(county: Any, lang: str) -> None:
    """No error, no barrier, no command where a page will do, in the language asked for; on a
    phone nothing scrolls sideways."""
    site = county("")
    expert = site.expert()
    for who, first, least in (("county1", "/county/", 3), ("h3", "/", 2), (expert, "/", 2)):
        page, wrong = site.enter(who, lang)
        paths = [first]
        for path in paths:
            assert page.goto(site.url + path).status == 200, path
            for link in page.eval_on_selector_all(
                ".side a, main table.rank th a", "all => all.map(a => a.getAttribute('href'))"
            ):
                if link not in paths and ("county" in link or "draw" in link):
                    paths.append(link)
            body = page.inner_text("body")
            assert not COMMAND.search(body), (who, path, COMMAND.search(body))
            if lang == "en":
                said = page.eval_on_selector_all(LABELS, "all => all.map(e => e.textContent)")
                data = [t for t in said if "合成" in t or re.fullmatch(r"\s*第一组\s*", t)]
                assert not [t for t in said if CHINESE.search(t) and t not in data], path
            else:
                found = Axe().run(page).response["violations"]
                assert [(v["id"], n["html"][:140]) for v in found for n in v["nodes"]] == [], path
        assert len(paths) >= least, (who, paths)
        assert not wrong, (who, wrong)
        phone, _ = site.enter(who, lang, width=390)
        for path in paths:
            phone.goto(site.url + path)
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390, (who, path)


def test_from_a_visit_to_a_mark_in_the_browser(county: Any, tmp_path: Path) -> None:
    """The group enters a visit; an expert marks with a file; the hospital sees nothing of it."""
    site = county("2026-10-13")
    expert = site.expert()
    page, wrong = site.enter("county1")
    page.goto(f"{site.url}/county/")
    page.select_option("#f-hospital", "H2")
    page.fill("#f-day", "2026-10-14")
    page.get_by_role("button", name="登记检查").click()
    page.wait_for_selector(".banner.ok")
    paper = tmp_path / "记录.pdf"
    paper.write_bytes(b"%PDF-1.4 synthetic")
    mine, also = site.enter(expert)
    mine.goto(f"{site.url}/county/marks/?unit=H2")
    form = mine.locator("#H2-A01")
    form.locator("[name=off]").fill("0.5")
    form.locator("[name=why]").fill("合成：缺记录")
    form.locator("button").click()
    mine.wait_for_selector("text=没有佐证")
    mine.go_back()
    form = mine.locator("#H2-A01")
    form.locator("[name=off]").fill("0.5")
    form.locator("[name=why]").fill("合成：缺记录")
    form.locator("[name=files]").set_input_files(paper)
    form.locator("button").click()
    mine.wait_for_selector("text=已评，扣 0.5 分")
    mine.locator("#H2-A01 summary").click()
    with mine.expect_download() as waiting:
        mine.get_by_role("link", name="记录.pdf").click()
    assert Path(waiting.value.path()).read_bytes() == paper.read_bytes()
    theirs, _ = site.enter("h2")
    theirs.goto(site.url)
    assert "记录.pdf" not in theirs.inner_text("body")
    assert "结果还没有公示" in theirs.inner_text("h1")
    assert not wrong
    assert [w for w in also if "422" not in w] == []
