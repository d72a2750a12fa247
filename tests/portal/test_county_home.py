"""The bureau's home: what is open, what is late, who is next, how far the hospitals are."""

from __future__ import annotations

from pathlib import Path

import portal_county
import pytest
from portal_county import Site, standing_site
from sqlalchemy import select

from hpf.storage.engine import writing
from hpf.storage.models import Hospital, Mark, User
from hpf.storage.people import grant
from hpf_cli.demo_county_home import County


def test_the_bureaus_home_in_october(marking: Site) -> None:
    """Stage, next step of each side, hospitals by how far they are, last year by group."""
    shown = marking.text("county1", "/")
    assert "3 家里 1 家已集中考核" in shown
    assert "集中考核 2 家" in shown
    assert "1 / 3" in shown
    assert "3 / 3" in shown
    assert "82.20" in shown
    assert "▼ 12.30" in shown
    assert "已发" not in shown
    assert "流程还没有开始" not in shown
    for path in ("/county/visits", "/county/pool", "/county/table", "/county/draw/"):
        assert f'href="{path}"' in shown, path


def test_what_is_late_stands_first(marking: Site) -> None:
    marking.on("2026-10-21")
    shown = marking.text("county1", "/")
    assert "2026-10-20 已过，2 家还没有集中考核：H2、H3" in shown
    assert shown.index("已逾期") < shown.index("考核小组</b> ·")
    marking.on("2026-12-01")
    assert "应在 2026-11-30 前上报，还没有报" in marking.text("county1", "/")


@pytest.mark.slow
def test_who_is_next_when_results_hang(
    prepared: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publicity is a wait, an open objection is the group's, one taken further is the city's."""
    for upto, day, words in (
        ("2026-10-26", "2026-10-27", ("复核 11 号异议（H3）", "可以提出异议", "等日子")),
        ("2026-10-29", "2026-10-30", ("市级主管部门</b> · 复核 11 号异议",)),
    ):
        folder = portal_county.copied(prepared, tmp_path / upto, upto).folder
        with standing_site(folder, monkeypatch, day) as site:
            shown = site.text("county1", "/")
            for word in words:
                assert word in shown, (upto, word)


def test_before_anything_is_opened_the_home_says_how_to_begin(
    prepared: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_site(prepared.home.folder, monkeypatch, "2026-03-01") as site:
        shown = site.text("county1", "/")
        assert "2026 的指标表已导入，可以打开考核" in shown
        assert "/county/open?period=2026" in shown
        assert "还没有建立考核" in site.text("county1", "/county/visits")


def test_guests_get_no_glimpse_of_the_bureaus_home(marking: Site) -> None:
    """Neither hospital nor expert sees how far others are, nor last year's results."""
    expert = marking.rows(Mark)[0].expert.lower()
    for who in ("h2", expert):
        shown = marking.text(who, "/")
        assert "医院到哪一步" not in shown
        assert "82.20" not in shown
        assert "57.60" not in shown


def test_who_watches_sees_the_home_without_the_groups_buttons(
    october: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head of the bureau has the frame, and no form of the group's; IT has neither figure."""
    import shutil

    shutil.copytree(october, tmp_path / "home")
    with standing_site(tmp_path / "home", monkeypatch, "2026-10-15") as site:
        with writing(site.app.extensions["hpf"].engine) as session:
            user = session.scalar(select(User).where(User.login == "h1"))
            hospital = session.scalar(select(Hospital.id))
            assert user is not None
            grant(session, user, "management", hospital=hospital, by="test")
            session.commit()
        shown = site.text("h1", "/")
        assert "医院到哪一步" in shown
        assert "/county/visits" not in shown
        assert site.enter("h1").get("/county/visits").status_code == 403
        with monkeypatch.context() as patch:  # as in a hospital whose own schemes pay people
            patch.setattr("hpf.portal.pages.county_home.concerns", lambda _: False)
            inside = site.text("h1", "/")
        assert "上级考核走到哪一步" in inside
        assert "医院到哪一步" not in inside
        assert "82.20" not in inside
        office = site.text("admin", "/")
        assert "82.20" not in office
        assert "0.00" not in office
