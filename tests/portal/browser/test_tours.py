"""Each role's tour over all the pages its navigation leads to, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import portal_homes as homes
import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.slow

LABELS = ".side, main button, main .button, main th[scope=col]"
CHINESE = re.compile(r"[一-鿿]")
COMMAND = re.compile(r"\bhpf [a-z]")  # what to do is said by the names of pages, in the browser
LEAST = {  # pages in each role's navigation: fewer, and a tour would prove little
    "president": 10, "office": 12, "finance": 8, "head": 5, "nurse": 3, "auditor": 10, "it": 10,
    "county": 1, "expert": 2, "assessed": 2,
}  # fmt: skip


def tour(tab) -> Iterator[tuple[str, int]]:
    """Each page that the navigation leads to, while it is open, with what it answered."""
    seen: set[str] = set()
    todo = ["/"]
    while todo:
        path = todo.pop(0)
        seen.add(path)
        yield path, tab.go(path).status
        found = tab.page.eval_on_selector_all(
            ".side a", "all => all.map(a => a.getAttribute('href'))"
        )
        todo = [p for p in dict.fromkeys((*todo, *found)) if p not in seen]


def barriers(page) -> list[str]:
    """What axe-core finds, each with the element it is about."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


@pytest.fixture(scope="module")
def audited() -> set[str]:
    """Pages that axe-core has looked at: once each, it takes as long as all the rest."""
    return set()


@pytest.mark.parametrize("name", list(homes.ROLES))
def test_a_role_opens_all_its_pages_without_error_or_barrier(enter, audited, name: str) -> None:
    tab = enter(name)
    wrong: dict[str, object] = {}
    count = 0
    for path, status in tour(tab):
        count += 1
        if status != 200 or tab.page.locator("h1").count() != 1:
            wrong[path] = status
        if command := COMMAND.search(tab.page.inner_text("body")):
            wrong[path] = command[0]
        where = f"{name} {path}" if path == "/" else path.partition("?")[0]
        if where not in audited:
            audited.add(where)
            if found := barriers(tab.page):
                wrong[path] = found
    assert not wrong
    assert count >= LEAST.get(name, 1)
    assert not tab.wrong, "no error in the console, none of the policy for scripts either"


@pytest.mark.parametrize("name", list(homes.ROLES))
def test_the_same_tour_in_english_is_english(enter, name: str) -> None:
    tab = enter(name, "en")
    chinese: dict[str, list[str]] = {}
    for path, status in tour(tab):
        assert status == 200, path
        assert tab.page.get_attribute("html", "lang") == "en"
        assert not COMMAND.search(tab.page.inner_text("body")), path
        said = tab.page.eval_on_selector_all(LABELS, "all => all.map(e => e.textContent.trim())")
        if found := [text[:60] for text in said if CHINESE.search(text)]:
            chinese[path] = found
    assert not chinese
    assert not tab.wrong


def test_the_log_in_page_has_no_barrier_in_either_language(enter) -> None:
    for lang in ("zh", "en"):
        tab = enter(None, lang)
        assert barriers(tab.page) == []
        assert not tab.wrong


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_phone_nothing_of_ones_own_scrolls_sideways(enter, lang: str) -> None:
    tab = enter("nurse", lang, width=390)
    for path, _ in tour(tab):
        width = tab.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, (path, width)
    menu = tab.page.locator(".menu")
    menu.click()
    assert menu.get_attribute("aria-expanded") == "true"
    assert tab.page.locator(".side").is_visible()
    assert tab.page.locator(".side a").first.bounding_box()["height"] >= 44
    assert barriers(tab.page) == []
