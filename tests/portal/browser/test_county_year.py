"""The bureau's whole year in a browser: opened, drawn, visited, marked, merged, posted, contested,
decided, reported; by whoever does each step, in both languages, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import portal_county
import pytest
from axe_playwright_python.sync_playwright import Axe
from portal_county_served import Served

from hpf.storage.engine import reading, writing
from hpf.workflow.acting import Act
from hpf.workflow.assessments import standing
from hpf.workflow.draws_held import teams
from hpf.workflow.evidence import FOLDER, EvidenceFiles
from hpf.workflow.marks import marks_of, put_marks
from hpf_cli.demo_county_acts import items_of, markings, picture, ways_of
from hpf_cli.demo_county_home import YEAR, County, moment
from hpf_cli.demo_county_year import SETTLED

pytestmark = pytest.mark.slow
SMALL = """() => [...document.querySelectorAll("main svg text")].filter(t => {
  const px = parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a
  return t.getBoundingClientRect().width && px < 10.99 }).map(t => t.textContent)"""


class Year:
    """The bureau's browser, an expert's phone, a hospital's desk; a clock for all."""

    def __init__(self, site: Served, patch: Any, lang: str, width: int, shots: Path) -> None:
        self.site, self.patch, self.width, self.lang = site, patch, width, lang
        self.shots, self.number = shots, 0
        self.on("2026-03-02")
        self.page, self.wrong = site.enter("county1", lang, width)

    def on(self, day: str) -> None:
        portal_county.set_clock(self.patch, day)

    def see(self, path: str, page: Any = None, width: int = 0, *, barriers: bool = True) -> None:
        """A page is whole: no sideways scrolling, letters of 11 px at least, no barrier; and a
        picture of it is kept."""
        page, width = page or self.page, width or self.width
        if path:
            assert page.goto(self.site.url + path).status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        assert page.evaluate(SMALL) == [], page.url
        if self.lang == "zh" and barriers:
            found = Axe().run(page).response["violations"]
            told = [(v["id"], n["html"][:140]) for v in found for n in v["nodes"]]
            assert told == [], page.url
        self.number += 1
        page.screenshot(path=self.shots / f"{self.number:02}.png", full_page=True)

    def step(self, do: str, page: str = "/county/", **fields: str) -> None:
        """One step of the group, by its form."""
        self.page.goto(self.site.url + page)
        form = self.page.locator(f'form:has(input[name="do"][value="{do}"])').first
        for name, value in fields.items():
            form.locator(f'[name="{name}"]').fill(value)
        form.locator("button").first.click()
        self.page.wait_for_selector(".banner.ok")

    def confirm(self) -> None:
        """The preview is looked at, and confirmed."""
        self.page.wait_for_selector(".card.confirm")
        self.see("")
        self.page.locator(".card.confirm button.primary").click()
        self.page.wait_for_selector(".banner.ok")


@pytest.fixture
def served(prepared: County, browser: Any, tmp_path: Path) -> Iterator[Served]:
    """The county before anything is opened, before browsers."""
    import shutil

    from hpf.storage.home import Home

    shutil.copytree(prepared.home.folder, tmp_path / "home")
    site = Served(Home.open(tmp_path / "home"), browser)
    yield site
    site.close()


@pytest.mark.parametrize(("lang", "width"), [("zh", 1440), ("en", 390)])
def test_the_bureaus_year(
    served: Served, prepared: County, monkeypatch: Any, tmp_path: Path, lang: str, width: int
) -> None:
    shots = tmp_path / "shots"
    shots.mkdir()
    year = Year(served, monkeypatch, lang, width, shots)
    prepare_the_year(year, tmp_path)
    visit_and_mark(year, prepared, tmp_path)
    post_and_decide(year)
    assert year.wrong == []
    assert len(list(shots.iterdir())) == year.number


def prepare_the_year(year: Year, folder: Path) -> None:
    """Opened after a preview; a list comes into the pool; experts are drawn in three steps."""
    page = year.page
    year.see("/")
    year.see("/county/open")
    for n in range(3):
        page.fill(f"#party-{n}", "示例")
    for name, value in SETTLED.items():
        field = page.locator(f"#r-{name}")
        field.select_option(value) if name == "merge" else field.fill(value)
    page.locator("main form button.primary").click()
    year.confirm()
    year.see("/county/pool")
    paper = folder / "pool.csv"
    paper.write_text(
        "code,name,speciality,employer,account\nE90,新人（合成）,药学,,\n", "utf-8-sig"
    )
    page.locator("#f-file").set_input_files(paper)
    page.locator("form:has(#f-file) button").click()
    year.confirm()
    year.on("2026-09-28")
    year.step("commit", "/county/draw/", name="第一组", want="临床=1 护理=1 医院管理=1")
    year.step("fix", "/county/draw/")
    year.on("2026-10-09")
    year.step("draw", "/county/draw/")
    year.see("/county/draw/")
    year.see("/")


def visit_and_mark(year: Year, county: County, folder: Path) -> None:
    """All hospitals are ticked at once; an expert marks on a phone, with a photograph; the table
    holds still, or gets a version; marks are merged."""
    page, site = year.page, year.site
    year.on("2026-10-14")
    year.see("/county/visits")
    for unit in ("H1", "H2", "H3"):
        page.check(f"#u-{unit}")
    page.fill("#day", "2026-10-14")
    page.locator("form:has(#day) button.primary").click()
    year.confirm()
    year.see("/county/")
    expert = site.expert()
    phone, wrong = site.enter(expert, year.lang, 390)
    photo = folder / "照片.png"
    photo.write_bytes(picture("a photograph"))
    year.see("/county/marks/?unit=H1", phone, 390)
    form = phone.locator("#H1-A01 form")
    assert form.locator("button").bounding_box()["height"] >= 44
    form.locator("[name=off]").fill("0.5")
    form.locator("[name=why]").fill("合成：缺记录")
    form.locator("[name=files]").set_input_files(photo)
    form.locator("button").click()
    phone.wait_for_selector(".banner.ok")
    phone.locator("#H1-A01 summary").click()
    shown = phone.locator("#H1-A01 img.thumb")
    assert shown.evaluate("i => i.decode().then(() => i.naturalWidth)") == 64
    year.see("", phone, 390)
    path = shown.get_attribute("src")
    for who in ("h1", "h2"):
        other, _ = site.enter(who, year.lang, 390)
        assert other.request.get(site.url + path).status == 404, who
    year.see("/county/item/H1-A01")
    year.see("/")  # the others are waited for
    mark_the_rest(site, county, expert)
    paper = folder / "indicator.xlsx"
    paper.write_bytes(version())
    year.see("/county/table")
    page.locator("#file").set_input_files(paper)
    page.locator("form:has(#file) button").click()
    page.wait_for_selector("#why")
    page.fill("#why", "县府文件（合成）")
    year.see("")
    page.locator("form:has(#why) button.primary").click()
    page.wait_for_selector(".banner.ok")
    year.on("2026-10-22")
    year.step("close")
    assert wrong == []


def version() -> bytes:
    """A new version of the table: one target."""
    import io

    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.active.title = "indicator"
    book.active.append(["id", "target"])
    book.active.append(["B12", 4.5])
    book.save(out)
    return out.getvalue()


def mark_the_rest(site: Served, county: County, first: str) -> None:
    """Every mark that is still wanted, as the demo gives them."""
    engine, files = site.home.engine(), EvidenceFiles(site.home.folder / FOLDER)
    hospital = county.hospital
    with reading(engine) as session:
        at = standing(session, hospital, county.plan, YEAR)
        team = sorted(e for t in teams(at) for e in t.experts)
        visits = {e.unit: e.id for e in at.all("visit")}
        held = {(m.expert, m.item) for m in marks_of(session, at.row.id)}
    assert team[0].lower() == first
    table = items_of(county)
    for unit, number in visits.items():
        for n, expert in enumerate(team):
            given = [m for m in markings(county, table, unit, n, expert, number)
                     if (expert, m.item) not in held]  # fmt: skip
            with writing(engine) as session:
                act = Act(session, hospital, expert.lower(), moment("2026-10-14"))
                at = standing(session, hospital, county.plan, YEAR, hold=True)
                put_marks(act, at, files, table, ways_of(county), given)
                session.commit()
    engine.dispose()


def post_and_decide(year: Year) -> None:
    """Calculated and posted; a hospital objects; reviewed, decided, reported, told."""
    page, site = year.page, year.site
    year.step("calculate")
    year.on("2026-10-23")
    year.step("post", where="公示栏（合成）")
    year.see("/county/")
    year.on("2026-10-26")
    theirs, wrong = site.enter("h3", year.lang, year.width)
    year.see("/", theirs)
    theirs.locator("#item").select_option("H3-C01")
    theirs.locator("#text").fill("已补齐（合成）")
    theirs.locator("form:has(#text) button").click()
    theirs.wait_for_selector(".banner.ok")
    year.see("/")
    page.goto(f"{site.url}/county/")
    review = page.locator('form[action*="/county/review/"]')
    review.locator("textarea").fill("记录无误（合成）")
    review.locator('button[value="rejected"]').click()
    page.wait_for_selector(".banner.ok")
    year.on("2026-11-03")
    year.step("decide", text="示例纪要（合成）")
    year.step("report")
    year.step("report")  # the next level up
    year.step("told")
    for path in ("/", "/county/", "/county/hospital/H3"):
        year.see(path)
    page.locator('table.lost a[href*="/derivation/"]').first.click()
    page.wait_for_selector("#tree")
    year.see("", barriers=False)  # the tree is every scheme's, and looked at by its own tests
    for link in ("/county/letter/H3", "/county/summary"):
        answer = page.request.get(site.url + link)
        assert answer.status == 200, link
        assert "attachment" in answer.headers["content-disposition"]
    assert wrong == []
