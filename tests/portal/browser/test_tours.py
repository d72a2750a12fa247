"""Each role's tour over all the pages its navigation leads to, in both languages."""

from __future__ import annotations

import re

import portal_homes as homes
import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.slow

CHINESE = re.compile(r"[一-鿿]")
LEAST = {  # pages in each role's navigation: fewer, and a tour would prove little
    "president": 10, "office": 12, "finance": 8, "head": 5, "nurse": 3, "auditor": 10, "it": 10,
    "county": 1,
}  # fmt: skip


def links(tab) -> list[str]:
    """The navigation's addresses, what is folded under the open line included."""
    found: list[str] = []
    todo = ["/"]
    while todo:
        path = todo.pop(0)
        if path in found:
            continue
        found.append(path)
        tab.go(path)
        todo += tab.page.eval_on_selector_all(
            ".side a", "all => all.map(a => a.getAttribute('href'))"
        )
        todo = [p for p in dict.fromkeys(todo) if p not in found]
    return found


def barriers(page) -> list[str]:
    """What axe-core finds, each with the element it is about."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("name", list(homes.ROLES))
def test_a_role_opens_all_its_pages_without_error_or_barrier(enter, name: str) -> None:
    tab = enter(name)
    wrong: dict[str, object] = {}
    pages = links(tab)
    assert len(pages) >= LEAST[name]
    for path in pages:
        answer = tab.go(path)
        assert tab.page.locator("h1").count() == 1, path
        if answer.status != 200:
            wrong[path] = answer.status
        if found := barriers(tab.page):
            wrong[path] = found
    assert not wrong
    assert not tab.wrong, "no error in the console, none of the policy for scripts either"


@pytest.mark.parametrize("name", list(homes.ROLES))
def test_the_same_tour_in_english_is_english(enter, name: str) -> None:
    tab = enter(name, "en")
    for path in links(tab):
        assert tab.go(path).status == 200, path
        assert tab.page.get_attribute("html", "lang") == "en"
        for said in tab.page.locator(".side, main button, main .button, main th[scope=col]").all():
            text = said.text_content() or ""
            assert not CHINESE.search(text), (path, text.strip()[:80])
    assert not tab.wrong


def test_the_log_in_page_has_no_barrier_in_either_language(enter) -> None:
    for lang in ("zh", "en"):
        tab = enter(None, lang)
        assert barriers(tab.page) == []
        assert not tab.wrong


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_phone_nothing_of_ones_own_scrolls_sideways(enter, lang: str) -> None:
    tab = enter("nurse", lang, width=390)
    for path in ["/", *(p for p in links(tab) if p.startswith(("/mine", "/appeals")))]:
        tab.go(path)
        width = tab.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, (path, width)
    menu = tab.page.locator(".menu")
    menu.click()
    assert menu.get_attribute("aria-expanded") == "true"
    assert tab.page.locator(".side").is_visible()
    assert tab.page.locator(".side a").first.bounding_box()["height"] >= 44
    assert barriers(tab.page) == []
