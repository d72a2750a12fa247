"""In a real browser: declared tables and forms, two people at one cell, a wrong workbook, the
calculation's progress; without barriers, in both languages, on a phone, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from portal_going import going
from portal_keys import log_in

pytestmark = pytest.mark.slow

COSTS, CLINIC = "/entry/forms/township_direct_costs", "/entry/forms/township_clinic"
PHONE = 390
Enter = Callable[..., Any]


def barriers(page: Any) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


def sideways(page: Any) -> int:
    """How far the page itself scrolls to the right."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def type_in(tab: Any, form: str, **cells: str) -> None:
    """Open a form, type into cells (`K01__floor_area`), and ask what would change."""
    tab.go(form)
    for name, value in cells.items():
        id, _, code = name.rpartition("__")
        tab.page.fill(f'[name="v|{id.replace("_", "-")}|{code}"]', value)
    tab.page.click("main button.primary")
    tab.page.wait_for_load_state("load")


def heading(tab: Any) -> str:
    return str(tab.page.inner_text("h1"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [PHONE, 1440])
def test_tables_and_forms_have_no_barrier_and_fit(enter: Enter, lang: str, width: int) -> None:
    """A page each, a row, a list, a form; wide tables scroll inside their card."""
    tab = enter("office", lang, width=width)
    row = "/tables/township_people/row/K02-1"
    wrong = {}
    for path in ("/", "/tables/township_people", row, "/entry/", CLINIC, "/entry/forms/leave.1"):
        assert tab.go(path).status == 200, path
        if found := barriers(tab.page):
            wrong[path] = found
        if tab.page.locator("h1").count() != 1 or sideways(tab.page) > 0:
            wrong[path] = [*wrong.get(path, []), f"h1 or {sideways(tab.page)} px too wide"]
    assert not wrong
    assert not tab.wrong


def test_a_declared_table_is_filtered_sorted_and_opens_a_derivation(enter: Enter) -> None:
    tab = enter("finance")
    tab.go("/tables/township_units")
    tab.page.get_by_role("link", name="可分配", exact=False).first.click()
    tab.page.wait_for_load_state("load")
    assert "sort=distributable" in tab.page.url
    tab.page.select_option("#f-kind", index=1)
    tab.page.get_by_role("button", name="筛选").click()
    tab.page.wait_for_selector("text=全部显示")
    tab.page.locator("td.n a").last.click()
    tab.page.wait_for_selector(".tree")
    assert not tab.wrong


def test_a_head_fills_in_on_a_phone_and_the_office_approves(enter: Enter) -> None:
    """The cells stand under each other with their names; the entry waits; then it is written."""
    head = enter("head", width=PHONE)
    head.go(CLINIC)
    shown = head.page.locator("td[data-label]").first
    assert shown.bounding_box()["width"] <= PHONE
    assert head.page.locator("input.number").first.bounding_box()["height"] >= 44
    type_in(head, CLINIC, K01_1__visits="433")
    assert "将改变 1 处" in heading(head)
    assert barriers(head.page) == []
    assert sideways(head.page) <= 0
    head.page.click("main button.primary")
    head.page.wait_for_selector(".banner.ok")
    office = enter("office")
    office.go("/entry/")
    office.page.locator("#waiting ~ * a, table a").first.click()
    office.page.wait_for_selector("text=批准并写入 1 处")
    assert barriers(office.page) == []
    office.page.click("main button.primary")
    office.page.wait_for_selector(".banner.ok")
    office.go(CLINIC)
    assert office.page.input_value('[name="v|K01-1|visits"]') == "433"
    assert not head.wrong
    assert not office.wrong


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_people_at_one_cell_see_both_versions(enter: Enter, lang: str) -> None:
    one, two = enter("office"), enter("office", lang, width=PHONE)
    start = {"zh": ("201", "202"), "en": ("203", "204")}[lang]
    two.go(COSTS)
    type_in(one, COSTS, K03__floor_area=start[0])
    one.page.click("main button.primary")
    one.page.wait_for_selector(".banner.ok")
    two.page.fill('[name="v|K03|floor_area"]', start[1])
    two.page.click("main button.primary")
    two.page.wait_for_selector(".versions")
    shown = two.page.inner_text(".versions")
    assert start[0] in shown
    assert start[1] in shown
    assert barriers(two.page) == []
    assert sideways(two.page) <= 0
    two.page.check('input[value="mine"]')
    two.page.click("main button.primary")
    two.page.wait_for_selector("text=确认写入 1 处" if lang == "zh" else "text=Write 1 value")
    two.page.click("main button.primary")
    two.page.wait_for_selector(".banner.ok")
    assert two.page.input_value('[name="v|K03|floor_area"]') == start[1]


def test_a_mistake_is_marked_at_its_field_and_what_was_typed_stays(enter: Enter) -> None:
    tab = enter("finance", "en", width=PHONE)
    type_in(tab, COSTS, K04__floor_area="many", K05__floor_area="3")
    assert "1 to mend" in heading(tab)
    assert barriers(tab.page) == []
    tab.page.click(".banner.error a")
    assert tab.page.evaluate("document.activeElement.name || location.hash") in (
        "v|K04|floor_area", "#c-v|K04|floor_area",
    )  # fmt: skip
    assert tab.page.input_value('[name="v|K05|floor_area"]') == "3"


def test_a_wrong_workbook_shows_the_cells_where_they_stand(
    enter: Enter, made_home: Path, tmp_path: Path
) -> None:
    tab = enter("office", width=PHONE)
    with tab.page.expect_download() as got:
        tab.page.evaluate("location.href = '/collect/template.xlsx?filled=1'")
    book = load_workbook(BytesIO(Path(got.value.path()).read_bytes()))
    book["income_sheet"]["E6"] = "1,26O.50"
    book.save(tmp_path / "wrong.xlsx")
    tab.go("/collect/upload")
    tab.page.set_input_files("#file", tmp_path / "wrong.xlsx")
    tab.page.click("main button.primary")
    tab.page.wait_for_selector(".excerpt td.hit")
    assert "1,26O.50" in tab.page.inner_text(".excerpt td.hit")
    assert barriers(tab.page) == []
    assert sideways(tab.page) <= 0


@pytest.mark.parametrize("scripts", [True, False])
def test_a_calculation_is_watched_to_its_end(
    enter: Enter, server: Any, browser: Any, scripts: bool
) -> None:
    """With scripts the words change by themselves, without them the page refreshes; both end at
    the results, and the back button seals nothing again."""
    server.app.config["HPF_PATIENCE"] = 0
    context = browser.new_context(
        java_script_enabled=scripts, viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    try:
        page.goto(f"{server.url}/login")
        log_in(page, "office")
        page.goto(f"{server.url}/calculate/")
        page.click("main form button.primary")
        page.wait_for_selector(".banner.ok", timeout=120_000)
        assert "次计算" in page.inner_text(".banner.ok")
        assert page.url.startswith(f"{server.url}/calculate/?")
    finally:
        server.app.config.pop("HPF_PATIENCE")
        context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_words_of_a_calculation_under_way_have_no_barrier(
    enter: Enter, server: Any, lang: str
) -> None:
    """At the ninth of sixteen departments, on a phone."""
    number, over = going(server.app.extensions["hpf"], done=9, total=16)
    try:
        tab = enter("office", lang, width=PHONE)
        assert tab.go(f"/calculate/progress/{number}").status == 200
        words = {"zh": "正在计算，第 9 / 16 个科室", "en": "Calculating, department 9 of 16"}
        assert heading(tab) == words[lang]
        assert barriers(tab.page) == []
        assert sideways(tab.page) <= 0
        with tab.page.expect_response(lambda r: "/calculate/progress/" in r.url, timeout=10_000):
            pass  # asked again by itself
        assert heading(tab) == words[lang]
        assert not tab.wrong
    finally:
        over()
