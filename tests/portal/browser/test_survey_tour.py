"""A questionnaire by people with browsers: the office, a nurse and a patient on their phones."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import portal_survey as surveys
import pytest
from axe_playwright_python.sync_playwright import Axe
from portal_keys import log_in

from hpf.portal import PortalSettings, create_app
from hpf.portal.clock import now, today
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.workflow.acting import Act
from hpf.workflow.questionnaires import draw_raters, hand_out, open_questionnaire

pytestmark = pytest.mark.slow
CHINESE = re.compile(r"[一-鿿]")
LABELS = (
    "main h1, main h2, main button:not([lang]), main .button, main th[scope=col], legend, label"
)


@pytest.fixture(scope="module")
def asking(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A portal in which two questionnaires are open; slips lie ready."""
    from waitress.server import create_server

    folder = tmp_path_factory.mktemp("asking") / "home"
    shutil.copytree(made_home, folder)
    with pytest.MonkeyPatch.context() as patch:
        home = surveys.enable(Home.open(folder), patch)
        app = create_app(PortalSettings.of(home))
        desk = app.extensions["hpf"]
        forms = {q.code: q for q in desk.declared.questionnaires}
        last = today() + dt.timedelta(days=5)
        with writing(desk.engine) as session:
            act = Act(session, desk.hospital, "office", now())
            numbers = {
                code: open_questionnaire(
                    act, home.keys, form, desk.programs["surveyed"], surveys.PERIOD, last
                ).id
                for code, form in forms.items()
            }
            draw_raters(act, numbers["all_sides"])
            slips = []
            for group in ("outpatients", "inpatients"):
                batch = hand_out(act, home.keys, numbers["patients"], "slips", group, "", 12)
                slips += batch[1]
            session.commit()
        served = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
        thread = threading.Thread(target=served.run, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{served.effective_port}"
        yield SimpleNamespace(url=url, home=home, numbers=numbers, slips=slips)
        served.close()
        thread.join(timeout=10)
        desk.engine.dispose()


@pytest.fixture
def come(asking: SimpleNamespace, browser: Any) -> Iterator[Callable[..., Any]]:
    """A page of somebody (None: nobody), with all that went wrong on it."""
    opened: list[Any] = []

    def make(name: str | None, lang: str, width: int, script: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script,
            locale="zh-CN" if lang == "zh" else "en",
        )  # fmt: skip
        opened.append(context)
        page = context.new_page()
        page.wrong = []
        page.on("console", lambda m: m.type == "error" and page.wrong.append(m.text))
        page.goto(asking.url + ("/login" if name else "/s/"))
        if lang == "en":
            page.get_by_role("button", name="English").click()
            page.wait_for_selector('html[lang="en"]')
        if name:
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


def test_from_the_office_to_the_results(asking: SimpleNamespace, come: Callable[..., Any]) -> None:
    """Pages before and after the close, in both languages, on a desk and on phones."""
    sides, patients = asking.numbers["all_sides"], asking.numbers["patients"]
    offices = {lang: come("office", lang, 1280) for lang in ("zh", "en")}
    for lang, page in offices.items():
        for path in (f"/surveys/?{surveys.AT}", f"/surveys/{sides}", f"/surveys/{patients}"):
            page.goto(asking.url + path)
            sound(page, lang, 1280)
    nurse = come("nurse", "zh", 390)
    nurse.goto(asking.url + "/ratings/")
    sound(nurse, "zh", 390)
    while nurse.locator("main a.go").count():
        nurse.locator("main a.go").first.click()
        nurse.wait_for_selector("fieldset")
        box = nurse.locator(".steps-of label").first.bounding_box()
        assert box["height"] >= 44, "large enough for a thumb"
        for field in nurse.locator("fieldset").all():
            field.locator("label").nth(1).click()
        nurse.get_by_role("button", name="交出").click()
        nurse.wait_for_selector(".told .banner.ok")
    surveys.others_answer(asking.home, sides, but="K02-1")
    for n, token in enumerate(asking.slips):
        lang, script = ("zh", "en")[n % 2], n % 3 > 0
        if n < 4:
            guest = come(None, lang, 390, script)
        guest.goto(f"{asking.url}/s/{patients}/{token}")
        if n in (1, 2):
            sound(guest, lang, 390)
        guest.locator(".steps-of label").nth(n % 3).click()
        guest.locator("main .primary").click()
        guest.wait_for_url("**/s/thanks")
    sound(come(None, "en", 390), "en", 390)
    office = offices["zh"]
    for number in (sides, patients):
        office.goto(f"{asking.url}/surveys/{number}")
        office.get_by_role("button", name="截止，计").click()
        office.wait_for_selector(".told .banner.ok")
        office.get_by_role("button", name="写入本期数据").click()
        office.wait_for_selector("text=已写入本期数据")
    for lang, page in offices.items():
        for number in (sides, patients):
            page.goto(f"{asking.url}/surveys/{number}")
            sound(page, lang, 1280)
        assert not page.wrong
    for lang in ("zh", "en"):
        mine = come("nurse", lang, 390)
        mine.goto(f"{asking.url}/ratings/feedback/{sides}")
        sound(mine, lang, 390)
    assert not nurse.wrong
