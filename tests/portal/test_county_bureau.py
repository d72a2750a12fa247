"""What the group does on pages of its own: opening, the pool, visits of many, the table."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from portal_county import Site, standing_site
from portal_forms import send
from sqlalchemy import select

from hpf.storage.engine import reading
from hpf.storage.models import Assessment, AssessmentEntry, AuditEntry, Expert
from hpf_cli.demo_county_home import County
from hpf_cli.demo_county_year import SETTLED

pytestmark = pytest.mark.slow
PARTIES = {f"party-{n}": f"示例{n}" for n in range(3)}
RULES = {**SETTLED, "period": "2026"}


@pytest.fixture
def unopened(prepared: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A copy of the county before its assessment is opened."""
    import shutil

    shutil.copytree(prepared.home.folder, tmp_path / "home")
    with standing_site(tmp_path / "home", monkeypatch, "2026-03-02") as site:
        yield site


def book(sheet: str, *rows: tuple[object, ...]) -> bytes:
    made = Workbook()
    made.active.title = sheet
    for row in rows:
        made.active.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def hidden(page: str, name: str) -> str:
    from html import unescape

    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def last_act(site: Site) -> tuple[str, str]:
    with reading(site.app.extensions["hpf"].engine) as session:
        one = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
        assert one is not None
        return one.action, one.who


def test_an_assessment_is_opened_after_its_rules_were_seen(unopened: Site) -> None:
    """Everything that is missing at once, each at its field; a preview; then it is opened, once."""
    group = unopened.enter("county1")
    refused = send(group, "/county/open", {"period": "2026", "merge": "trimmed",
                                           "marks_least": "2", "party-0": "示例"})  # fmt: skip
    told = refused.get_data(as_text=True)
    assert refused.status_code == 422
    for words in ("考核小组缺财政部门", "还没有定：合并后取整", "至少要 3 名专家评分"):
        assert words in told, words
    assert 'value="示例"' in told, "what was filled in is kept"
    shown = send(group, "/county/open", {**RULES, **PARTIES}).get_data(as_text=True)
    assert "现在还没有写入任何数据" in shown
    assert "中位数" in shown
    assert "2026-10-11 至 2026-10-20" in shown
    assert unopened.rows(Assessment) == []
    digest = hidden(shown, "sure")
    stale = send(group, "/county/open", {**RULES, **PARTIES, "sure": "0" * 64})
    assert stale.status_code == 409
    assert "指标表又变了" in stale.get_data(as_text=True)
    made = send(group, "/county/open", {**RULES, **PARTIES, "sure": digest, "other": "医保局",
                                        "other-who": "示例"})  # fmt: skip
    assert made.status_code == 302
    one = unopened.rows(Assessment)[0]
    assert (str(one.period), one.table_digest, one.by) == ("2026", digest, "county1")
    assert ["医保局", "示例"] in one.parties
    assert last_act(unopened) == ("assessment.opened", "county1")
    again = send(group, "/county/open", {**RULES, **PARTIES, "sure": digest})
    assert again.status_code == 404
    assert "2025" in unopened.text("county1", "/county/open")


def test_a_list_of_experts_is_seen_before_it_is_written(marking: Site) -> None:
    heads = ("编号", "姓名", "专业", "所在医院", "账号")
    bad = book("库", heads, ("E90", "", "临床", None, None), ("E91", "甲", "临床", "", "nobody"))
    refused = marking.hand_in("county1", "/county/pool/file", ("bad.xlsx", bad), "/county/pool")
    told = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "bad.xlsx [库] A2" in told
    assert "没有账号 nobody" in told
    before = len(marking.rows(Expert))
    good = book("库", heads, ("E90", "新人（合成）", "药学", None, None),
                ("E02", "改名（合成）", "临床", "", "e02"))  # fmt: skip
    seen = marking.hand_in("county1", "/county/pool/file", ("pool.xlsx", good), "/county/pool")
    shown = seen.get_data(as_text=True)
    assert "2 名专家有变动" in shown
    assert "<s>" in shown
    assert len(marking.rows(Expert)) == before
    data = {"token": hidden(shown, "token")}
    group = marking.enter("county1")
    stranger = send(marking.enter("county2"), "/county/pool/confirm", data, "/county/pool")
    assert stranger.status_code == 302
    assert len(marking.rows(Expert)) == before, "somebody else's file is not there"
    assert send(group, "/county/pool/confirm", data, "/county/pool").status_code == 302
    assert len(marking.rows(Expert)) == before + 2
    assert "新人（合成）" in marking.text("county1", "/county/pool")
    assert last_act(marking) == ("expert.entered", "county1")
    send(group, "/county/pool/confirm", data, "/county/pool")
    assert len(marking.rows(Expert)) == before + 2, "sent twice, written once"


def test_one_expert_and_whom_an_account_speaks_for(marking: Site) -> None:
    group = marking.enter("county1")
    one = {"code": "E95", "name": "单个（合成）", "speciality": "药学"}
    assert send(group, "/county/pool", one).status_code == 302
    assert "E95" in marking.text("county1", "/county/pool")
    assert send(group, "/county/pool", {"do": "remove", "code": "E95"}).status_code == 302
    assert "单个（合成）" not in marking.text("county1", "/county/pool")
    assert send(group, "/county/pool", {"code": "E96"}).status_code == 422
    end = {"account": "h2", "hospital": "H2", "end": "1"}
    assert send(group, "/county/speaks", end, "/county/pool").status_code == 302
    assert "您的账号还没有对应的医院" in marking.text("h2", "/")
    back = {"account": "h2", "hospital": "H2"}
    assert send(group, "/county/speaks", back, "/county/pool").status_code == 302
    assert "结果还没有公示" in marking.text("h2", "/")
    wrong = {"account": "county1", "hospital": "H2"}
    assert send(group, "/county/speaks", wrong, "/county/pool").status_code == 422


def test_visits_of_many_hospitals_are_entered_whole_or_not_at_all(marking: Site) -> None:
    group = marking.enter("county1")
    from portal_forms import token
    from werkzeug.datastructures import MultiDict

    def tick(*units: str, day: str = "2026-10-14"):
        data = MultiDict([("csrf_token", token(group, "/county/visits")), ("day", day),
                          ("kind", "concentrated"), *(("unit", u) for u in units)])  # fmt: skip
        return group.post("/county/visits", data=data)

    twice = tick("H1", "H2")
    assert twice.status_code == 422
    assert "H1 今年已经集中考核过" in twice.get_data(as_text=True)
    assert "没有写检查了哪家医院" in tick().get_data(as_text=True)
    assert "没有写哪天检查" in tick("H2", day="").get_data(as_text=True)
    before = len(marking.rows(AssessmentEntry))
    shown = tick("H2", "H3").get_data(as_text=True)
    assert "登记这 2 次检查" in shown
    assert len(marking.rows(AssessmentEntry)) == before
    carried = hidden(shown, "lines")
    assert [row[0] for row in json.loads(carried)] == ["H2", "H3"]
    sent = send(group, "/county/visits/confirm", {"lines": carried}, "/county/visits")
    assert sent.status_code == 302
    assert len(marking.rows(AssessmentEntry)) == before + 2
    assert "3 家医院，3 家已集中考核" in marking.text("county1", "/county/visits")
    again = send(group, "/county/visits/confirm", {"lines": carried}, "/county/visits")
    assert again.status_code == 422
    assert len(marking.rows(AssessmentEntry)) == before + 2
    forged = send(group, "/county/visits/confirm", {"lines": "[[1]]"}, "/county/visits")
    assert forged.status_code == 400


def test_a_list_of_visits_with_days_of_their_own(marking: Site) -> None:
    marking.on("2026-10-25")
    heads = ("医院", "日期", "检查", "说明")
    bad = book("检查", heads, ("H9", "2026-10-14", "", ""), ("H2", "昨天", "", ""))
    refused = marking.hand_in("county1", "/county/visits", ("v.xlsx", bad))
    assert "v.xlsx [检查] B3" in refused.get_data(as_text=True)
    lines = (("H2", "2026-10-24", "", ""), ("H3", "2026-10-15", "不定期检查", "合成"))
    seen = marking.hand_in("county1", "/county/visits", ("v.xlsx", book("检查", heads, *lines)))
    shown = seen.get_data(as_text=True)
    assert "应在 2026-10-11 至 2026-10-20" in shown
    group = marking.enter("county1")
    data = {"token": hidden(shown, "token")}
    assert send(group, "/county/visits/confirm", data, "/county/visits").status_code == 302
    filed = marking.text("county1", "/county/visits")
    assert "窗口期外" in filed
    assert last_act(marking) == ("assessment.visit", "county1")


def test_a_new_version_of_the_table_is_seen_cell_by_cell_before_it_is_made(marking: Site) -> None:
    """What is wrong is told by cell; marks that would be above are named; then both are shown."""
    bad = book("indicator", ("id", "target"), ("B12", "五"))
    refused = marking.hand_in("county1", "/county/table", ("bad.xlsx", bad))
    assert refused.status_code == 422
    assert "indicator] B2" in refused.get_data(as_text=True)
    same = book("indicator", ("id", "target"), ("B12", 5))
    assert "没有改动指标表" in marking.hand_in(
        "county1", "/county/table", ("same.xlsx", same)
    ).get_data(as_text=True)
    fresh = book("indicator", ("id", "target", "standard_points"), ("B12", 4.5, 3),
                 ("A01", None, 0.1))  # fmt: skip
    seen = marking.hand_in("county1", "/county/table", ("new.xlsx", fresh))
    shown = seen.get_data(as_text=True)
    assert seen.status_code == 200, shown[-1500:]
    assert "indicator!" in shown
    assert "须重评的评分" in shown
    assert "H1-A01" in shown
    group = marking.enter("county1")
    data = {"token": hidden(shown, "token"), "since": "2026-10-15", "why": ""}
    unsaid = send(group, "/county/table/confirm", data, "/county/table")
    assert "没有写为什么改指标表" in unsaid.get_data(as_text=True)
    early = send(group, "/county/table/confirm", {**data, "why": "文件", "since": "2026-01-01"},
                 "/county/table")  # fmt: skip
    assert "不能早于考核开始" in early.get_data(as_text=True)
    assert [e for e in marking.rows(AssessmentEntry) if e.kind == "revision"] == []
    made = send(group, "/county/table/confirm", {**data, "why": "县府文件（合成）"},
                "/county/table")  # fmt: skip
    assert made.status_code == 302
    told = marking.text("county1", "/county/table")
    assert "县府文件（合成）" in told
    assert "<s>5</s>" in told
    assert last_act(marking) == ("assessment.revision", "county1")


def test_none_of_it_is_open_to_anybody_else(marking: Site) -> None:
    """Neither to see nor to do, with a token of their own."""
    paths = ("/county/open", "/county/pool", "/county/visits", "/county/table")
    for who in ("h1", "e02", "admin"):
        client = marking.enter(who)
        page = "/county/draw/" if who != "admin" else "/"
        for path in paths:
            assert client.get(path).status_code == 403, (who, path)
            assert send(client, path, {}, page).status_code == 403, (who, path)
        for path in ("/county/pool/file", "/county/pool/confirm", "/county/speaks",
                     "/county/visits/confirm", "/county/table/confirm"):  # fmt: skip
            assert send(client, path, {}, page).status_code == 403, (who, path)
    assert marking.enter("county1").post("/county/visits/confirm", data={}).status_code == 400
