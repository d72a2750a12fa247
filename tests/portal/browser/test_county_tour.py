"""The county's year in a real browser: as assessor, as expert, as assessed hospital."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import portal_county
import pytest
from axe_playwright_python.sync_playwright import Axe
from portal_county_served import Served

pytestmark = pytest.mark.slow

CHINESE = re.compile(r"[一-鿿]")
# what is said, not what is data: names of hospitals and items are the county's
LABELS = "h2, .side, main button, .flush table:not(.heat) th[scope=col], main label, .track b"
COMMAND = re.compile(r"\bhpf [a-z]")


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
    for who, first, least in (("county1", "/", 10), ("h3", "/", 2), (expert, "/", 2)):
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
    page.goto(f"{site.url}/county/visits")
    page.check("#u-H2")
    page.fill("#day", "2026-10-14")
    page.get_by_role("button", name="预览", exact=True).click()
    page.get_by_role("button", name="确认登记").click()
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
