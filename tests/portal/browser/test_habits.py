"""What people do to a portal: keyboard alone, leaving it open, clicking twice, going back."""

from __future__ import annotations

import portal_homes as homes
import pytest
from portal_keys import log_in
from sqlalchemy import func, select

from hpf.storage.engine import reading
from hpf.storage.models import AuditEntry, User

pytestmark = pytest.mark.slow
FOCUSED = "document.activeElement"


def number(server, login: str) -> int:
    with reading(server.app.extensions["hpf"].engine) as session:
        return session.scalars(select(User.id).where(User.login == login)).one()


def entries(server, login: str) -> int:
    """How many acts about an account stand in the audit trail."""
    with reading(server.app.extensions["hpf"].engine) as session:
        about = AuditEntry.object == f"user:{login}"
        return session.scalar(select(func.count()).select_from(AuditEntry).where(about))


def tab_to(page, selector: str, most: int = 80) -> int:
    """How many presses of Tab lead to an element; the focus is seen on every one of them."""
    for times in range(1, most + 1):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED}.matches('{selector}')"):
            style = f"getComputedStyle({FOCUSED}).outlineStyle"
            assert page.evaluate(style) != "none", "the focus is not to be seen"
            return times
    raise AssertionError(f"{most} presses of Tab do not lead to {selector}")


def test_the_keyboard_alone_logs_in_skips_the_navigation_and_saves(enter, server) -> None:
    tab = enter(None)
    page = tab.page
    page.focus("#login")
    page.keyboard.type("it")
    page.keyboard.press("Tab")
    page.keyboard.type(homes.PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".who")
    tab.go(f"/admin/users/edit/?id={number(server, 'county')}")
    assert tab_to(page, ".skip") == 1, "the first Tab offers to skip the navigation"
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.id") == "main"
    tab_to(page, 'input[value="finance"]')
    page.keyboard.press("Space")
    tab_to(page, ".button.primary")
    before = entries(server, "county")
    page.keyboard.press("Enter")
    page.wait_for_selector(".told .banner.ok")
    assert entries(server, "county") == before + 1


@pytest.mark.parametrize(
    ("name", "path", "action"),
    [
        ("office", "/admin/staff/", "main .acts .button"),
        ("it", "/counter/", "main form .button"),
        ("nurse", "/password", "main .button.primary"),
    ],
)
def test_the_keyboard_reaches_what_a_page_is_for(enter, name: str, path: str, action: str) -> None:
    tab = enter(name)
    tab.go(path)
    tab_to(tab.page, action)


def test_whoever_comes_back_late_logs_in_and_is_where_they_were(enter) -> None:
    tab = enter("office")
    tab.go("/admin/staff/")
    tab.page.context.clear_cookies()
    tab.page.get_by_role("link", name="导出 CSV").wait_for()
    tab.go("/admin/staff/?search=K02")
    tab.page.wait_for_selector("#login")
    log_in(tab.page, "office")
    assert tab.page.url.endswith("/admin/staff/?search=K02")


def test_a_form_sent_after_the_session_ended_writes_nothing_and_says_so(enter, server) -> None:
    tab = enter("it")
    tab.go(f"/admin/users/edit/?id={number(server, 'auditor')}")
    tab.page.check('input[value="finance"]')
    before = entries(server, "auditor")
    tab.page.context.clear_cookies()
    tab.page.click(".button.primary")
    tab.page.wait_for_selector(".state")
    said = tab.page.inner_text(".state")
    assert "没有写入" in said or "没有提交的内容没有写入" in said
    assert entries(server, "auditor") == before


def test_a_double_click_sends_a_form_once(enter, server) -> None:
    tab = enter("it")
    tab.go(f"/admin/users/edit/?id={number(server, 'president')}")
    sent: list[str] = []
    tab.page.on("request", lambda r: r.method == "POST" and sent.append(r.url))
    tab.page.check('input[value="auditor"]')
    before = entries(server, "president")
    tab.page.dblclick(".button.primary")
    tab.page.wait_for_selector(".told .banner.ok")
    assert len(sent) == 1
    assert entries(server, "president") == before + 1


def test_after_log_out_the_back_button_shows_nothing(enter) -> None:
    tab = enter("office")
    tab.go("/admin/staff/")
    tab.page.wait_for_selector("text=K01-1")
    tab.page.click(".right form[action='/logout'] button")
    tab.page.wait_for_selector("#login")
    for _ in range(2):
        tab.page.go_back()
        tab.page.wait_for_selector("#login")
        assert "K01-1" not in tab.page.content()


def test_of_two_at_the_same_account_the_second_is_shown_both_versions(enter, server) -> None:
    path = f"/admin/users/edit/?id={number(server, 'finance')}"
    first, second = enter("it"), enter("it")
    for tab, role in ((first, "auditor"), (second, "assessor")):
        tab.go(path)
        tab.page.check(f'input[value="{role}"]')
    first.page.click(".button.primary")
    first.page.wait_for_selector(".told .banner.ok")
    second.page.click(".button.primary")
    second.page.wait_for_selector("[role=alert] table")
    assert "审计" in second.page.inner_text("[role=alert]")
    assert second.page.is_checked('input[value="assessor"]'), "what was entered is still there"
