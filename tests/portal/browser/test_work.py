"""Work done from pages that no navigation leads to, with axe-core looking at each."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from hpf.storage.engine import reading
from hpf.storage.models import Filing, User

pytestmark = pytest.mark.slow


def barriers(page) -> list[str]:
    """What axe-core finds, each with the element it is about."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


def test_a_page_of_accounts_is_chosen_with_one_click_and_named_before_anything_is_done(
    enter, server
) -> None:
    tab = enter("it")
    tab.go("/admin/staff/?search=K06")
    tab.page.check("[data-all]")
    assert tab.page.locator('[name="rowid"]:checked').count() == 3
    assert barriers(tab.page) == []
    tab.page.click("form.bulk .button")
    tab.page.wait_for_selector(".button.primary")
    assert "3" in tab.page.inner_text("h1")
    assert barriers(tab.page) == []
    tab.page.click(".button.primary")
    tab.page.wait_for_selector(".cut code")
    assert tab.page.locator(".cut code").count() == 3
    assert barriers(tab.page) == []
    with reading(server.app.extensions["hpf"].engine) as session:
        made = session.scalars(select(User.login).where(User.login.like("K06-%")))
        assert len(list(made)) == 3
    assert not tab.wrong


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_president_files_a_goal_on_a_phone(enter, server, lang: str) -> None:
    tab = enter("president", lang, width=390)
    tab.go("/tasks/")
    tab.page.locator(".filing summary").first.click()
    tab.page.fill("#goal-text", f"缩短候诊 {lang}")
    assert barriers(tab.page) == []
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
    tab.page.locator(".filing[open] .button").click()
    tab.page.wait_for_selector(".told .banner.ok")
    with reading(server.app.extensions["hpf"].engine) as session:
        texts = list(session.scalars(select(Filing.text).where(Filing.kind == "goal")))
    assert f"缩短候诊 {lang}" in texts
    assert barriers(tab.page) == []
    assert not tab.wrong


def test_pages_of_one_value_and_of_one_entry_have_no_barrier(enter) -> None:
    tab = enter("office")
    for path in ("/plan/parameters/assessment_applied", "/plan/settings/", "/held/"):
        assert tab.go(path).status == 200
        assert barriers(tab.page) == [], path
    assert not tab.wrong
