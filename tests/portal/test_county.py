"""The county's pages: the group runs the year, experts see their marks, hospitals their result."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import portal_county
import pytest
from flask.testing import FlaskClient
from portal_county import Site, standing_site
from portal_forms import send, token
from sqlalchemy import select

from hpf.storage.engine import reading
from hpf.storage.models import AssessmentEntry, AuditEntry, Evidence, Mark
from hpf.workflow.draws import verify
from hpf_cli.demo_county_home import County

Enter = Callable[..., FlaskClient]
PDF = b"%PDF-1.4 synthetic"


@pytest.fixture
def county(whole_year: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The decided county, only to be read."""
    with standing_site(whole_year, monkeypatch) as site:
        yield site


def test_the_group_sees_all_hospitals_side_by_side(county: Site) -> None:
    shown = county.text("county1", "/county/")
    assert "3 家医院：2 家优秀，1 家不合格" in shown
    assert shown.count("91.78") >= 2
    assert "并列" in shown
    assert "连续两年不合格" in shown
    assert "<svg" in shown
    whose = county.text("county1", "/county/hospital/H3")
    assert "59.38" in whose
    assert "复核更正" in whose
    assert whose.count("<figure>") == 3, "two parts as radars, one as bars"
    assert county.enter("county1").get("/county/hospital/H9").status_code == 404


def test_every_item_opens_its_derivation_with_the_marks_behind_it(county: Site) -> None:
    """The group follows score, rule tree, fact, mark and evidence; a guest is shown no link that
    would be refused, and gets none."""
    pattern = r'href="(/derivation/\d+/[a-z_]+/H3-[^"]+)">([0-9.]+)</a>'
    links = re.findall(pattern, county.text("county1", "/county/hospital/H3"))
    path, score = next(found for found in links if "H3-C01" in found[0])
    shown = county.text("county1", path)
    assert score in shown
    assert "扣分出自哪些评分" in shown
    assert "的中位数" in shown
    assert "市级复核" in shown
    files = re.findall(r'href="(/county/evidence/\d+)"', shown)
    assert len(files) == 3
    seen = county.enter("county1").get(f"{files[0]}?view=1")
    assert seen.headers["Content-Disposition"] == "inline"
    assert seen.headers["Content-Type"] == "image/png"
    assert county.enter("h1").get(f"{files[0]}?view=1").status_code == 404
    figures = next(p for p, _ in links if "H3-C03" in p)
    assert "扣分出自哪些评分" not in county.text("county1", figures)
    assert not re.findall(pattern, county.text("h3", "/county/own/"))
    drawn = county.rows(Mark)[0].expert.lower()
    for who in ("h3", drawn):
        assert county.enter(who).get(path).status_code == 404
    assert county.enter("admin").get(path).status_code == 404


def test_an_items_page_is_the_groups_and_its_own_hospitals(county: Site) -> None:
    shown = county.text("county1", "/county/item/H3-C01")
    assert "−1.90" in shown
    assert "/derivation/" in shown
    own = county.text("h3", "/county/item/H3-C01")
    assert "−1.90" in own
    assert "/derivation/" not in own
    drawn = county.rows(Mark)[0].expert.lower()
    for who, path in (("h3", "H1-C01"), ("h1", "H3-C01"), (drawn, "H3-C01"), ("county1", "H9-X"),
                      ("h3", "H9-X")):  # fmt: skip
        assert county.enter(who).get(f"/county/item/{path}").status_code == 404, (who, path)


def test_before_results_hang_no_item_is_open_to_its_hospital(marking: Site) -> None:
    assert "还没有汇总" in marking.text("county1", "/county/item/H1-A01")
    assert "还没有专家评分" in marking.text("county1", "/county/item/H2-A01")
    assert marking.enter("h1").get("/county/item/H1-A01").status_code == 404


def test_the_heat_map_is_a_table_and_each_chart_has_its_numbers(county: Site) -> None:
    """Letters keep the page's size; every topic stands with points, share and group's mean."""
    shown = county.text("county1", "/county/")
    heat = shown[shown.index('class="heat"') :]
    assert heat.count('scope="colgroup"') == 3
    assert heat[: heat.index("</table>")].count("<td class") == 3 * 17
    whose = county.text("county1", "/county/hospital/H3")
    assert whose.count("同组平均</th>") == 3
    assert whose.count('class="lines"') == 3


def test_files_of_the_group(county: Site) -> None:
    """The draw's record verifies; summary and letter are whole files."""
    one = county.enter("county1")
    told = json.loads(one.get("/county/draw/第一组/file").data)
    assert verify(told) == []
    assert one.get("/county/draw/第二组/file").status_code == 404
    assert one.get("/county/summary").data.startswith(b"PK")
    letter = one.get("/county/letter/H1")
    assert letter.data.startswith(b"%PDF")
    assert "attachment" in letter.headers["Content-Disposition"]
    assert one.get("/county/letter/H9").status_code == 404


def test_a_hospital_sees_its_own_result_and_nothing_of_another(county: Site) -> None:
    """The canary: no page, letter or file of another hospital, nor its figures on one's own."""
    h3 = county.enter("h3")
    shown = county.text("h3", "/")
    assert "59.38" in shown
    assert "H3-C01" in shown
    assert "91.78" not in shown
    assert not re.search(r"H[12]-[ABC]\d\d", shown)
    assert "人民医院" not in shown
    for path in ("/county/", "/county/hospital/H3", "/county/hospital/H1", "/county/summary",
                 "/county/marks/", "/collect/", "/admin/audit/", "/publicity/"):  # fmt: skip
        assert h3.get(path).status_code == 403, path
    assert h3.get("/county/letter/H1").status_code == 404
    assert h3.get("/county/letter/H3").data.startswith(b"%PDF")
    assert h3.get("/derivation/latest/hospital/H1/total").status_code in (403, 404)
    marks = {m.id: m for m in county.rows(Mark)}
    for one in county.rows(Evidence):
        mine = marks[int(one.object_id)].unit == "H3"
        assert h3.get(f"/county/evidence/{one.id}").status_code == (200 if mine else 404)
    assert send(h3, "/county/step", {"do": "decide"}, "/county/own/").status_code == 403


def test_an_expert_sees_the_own_marks_and_no_result(county: Site) -> None:
    marks = county.rows(Mark)
    expert = marks[0].expert
    client = county.enter(expert.lower())
    shown = county.text(expert.lower(), "/")
    assert "评分已于 2026-10-22 汇总" in shown
    assert "91.78" not in shown
    assert "59.38" not in shown
    others = {m.id for m in marks if m.expert != expert}
    for one in county.rows(Evidence):
        mine = int(one.object_id) not in others
        assert client.get(f"/county/evidence/{one.id}").status_code == (200 if mine else 404)
    for path in ("/county/", "/county/own/", "/county/summary", "/county/hospital/H1"):
        assert client.get(path).status_code == 403, path
    assert client.get("/county/letter/H1").status_code == 404
    undrawn = next(f"e{n:02}" for n in range(1, 15) if f"E{n:02}" not in {m.expert for m in marks})
    assert "您没有抽中本年的考核" in county.text(undrawn, "/")
    assert county.enter(undrawn).get("/county/marks/?unit=H1").status_code == 404


def test_before_results_hang_a_hospital_sees_none_of_its_points(marking: Site) -> None:
    shown = marking.text("h1", "/")
    assert "结果还没有公示" in shown
    assert "集中考核" in shown
    client = marking.enter("h1")
    for one in marking.rows(Evidence):
        assert client.get(f"/county/evidence/{one.id}").status_code == 404
    assert client.get("/county/letter/H1").status_code == 404
    data = {"text": "早了", "item": ""}
    refused = send(client, "/county/own/object", data, "/county/own/")
    assert refused.status_code == 422
    assert "结果还没有公示" in refused.get_data(as_text=True)


def mark(site: Site, who: str, item: str, off: str, visit: int, *files: tuple[str, bytes]) -> Any:
    client = site.enter(who)
    data = {"csrf_token": token(client, "/county/marks/?unit=H2"), "item": item, "unit": "H2",
            "off": off, "way": "现场检查", "why": "合成", "visit": str(visit),
            "files": [(io.BytesIO(body), name) for name, body in files]}  # fmt: skip
    return client.post("/county/marks/", data=data, content_type="multipart/form-data")


def test_a_visit_then_marks_with_evidence_in_the_browser(marking: Site) -> None:
    expert = marking.rows(Mark)[0].expert.lower()
    assert "还没有登记对这家医院的检查" in marking.text(expert, "/county/marks/?unit=H2")
    group = marking.enter("county1")
    data = {"lines": json.dumps([["H2", "concentrated", "2026-10-14", ""]])}
    assert send(group, "/county/visits/confirm", data, "/county/visits").status_code == 302
    visit = next(e.id for e in marking.rows(AssessmentEntry) if e.unit == "H2")
    for off, papers, why in (
        ("1", (), "没有佐证"),
        ("9", (("a.pdf", PDF),), "超过本项的 3 分"),
        ("x", (), "不是分数"),
        ("1", (("a.exe", PDF),), "不是可用的文件"),
    ):
        refused = mark(marking, expert, "H2-A01", off, visit, *papers)
        assert refused.status_code == 422
        assert why in refused.get_data(as_text=True)
    assert mark(marking, expert, "H2-A01", "1.5", visit, ("记录.pdf", PDF)).status_code == 302
    shown = marking.text(expert, "/county/marks/?unit=H2")
    assert "已评，扣 1.5 分" in shown
    assert "示例县中医医院（合成数据） 还有 9 项要评" in shown
    one = marking.rows(Evidence)[-1]
    answer = marking.enter(expert).get(f"/county/evidence/{one.id}")
    assert answer.data == PDF
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer.headers["Content-Disposition"]
    pdf = marking.enter(expert).get(f"/county/evidence/{one.id}?view=1")
    assert "attachment" in pdf.headers["Content-Disposition"], "pictures alone show themselves"
    told = marking.rows(Mark)[-1]
    assert (told.item, told.by) == ("H2-A01", expert)
    with reading(marking.app.extensions["hpf"].engine) as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
        assert (last.action, last.who) == ("mark.entered", expert)
    # whoever holds no token changes nothing
    forged = marking.enter(expert).post("/county/marks/", data={"item": "H2-A03", "off": "0"})
    assert forged.status_code == 400


def test_what_is_not_ready_is_refused_with_every_reason(marking: Site) -> None:
    group = marking.enter("county1")
    refused = send(group, "/county/step", {"do": "close"}, "/county/")
    assert refused.status_code == 422
    told = refused.get_data(as_text=True)
    assert "只有 0 名专家评分，应有 3 名" in told
    assert "H3 没有集中考核" in told
    assert send(group, "/county/step", {"do": "nothing"}, "/county/").status_code == 400


def test_a_second_draw_step_by_step(marking: Site) -> None:
    """Every hospital has its experts already: refused; the pages show commitment and record."""
    group = marking.enter("county1")
    data = {"do": "commit", "name": "第二组", "want": "护理=1"}
    refused = send(group, "/county/step", data, "/county/draw/")
    assert "已由抽取“第一组”的专家考核" in refused.get_data(as_text=True)
    shown = marking.text("h1", "/county/draw/")
    assert "承诺" in shown
    assert "回避" in shown
    assert "候补递补</button>" not in shown, "who may not call a substitute has no button for it"
    team = sorted({m.expert for m in marking.rows(Mark)})
    data = {"do": "substitute", "name": "第一组", "expert": team[0], "why": "合成"}
    assert send(group, "/county/step", data, "/county/draw/").status_code == 302


def test_objection_review_and_decision_in_the_browser(
    prepared: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the posting to letters, each by whoever it is for."""
    folder = portal_county.copied(prepared, tmp_path / "home", "2026-10-23").folder
    with standing_site(folder, monkeypatch, "2026-10-26") as site:
        run_to_the_end(site)


def run_to_the_end(site: Site) -> None:
    data = {"item": "H3-C01", "text": "已补齐（合成）"}
    assert send(site.enter("h3"), "/county/own/object", data, "/county/own/").status_code == 302
    number = re.search(r"(\d+) 号异议已收到", site.text("h3", "/county/own/"))[1]
    group = site.enter("county1")
    refused = send(group, "/county/step", {"do": "decide", "text": "纪要"}, "/county/")
    assert f"{number} 号异议（H3）还没有复核" in refused.get_data(as_text=True)
    data = {"state": "rejected", "text": "无误（合成）", "level": "group"}
    assert send(group, f"/county/review/{number}", data, "/county/").status_code == 302
    stranger = send(site.enter("h1"), f"/county/own/escalate/{number}", {}, "/county/own/")
    assert stranger.status_code == 404, "somebody else's objection is not there"
    site.on("2026-10-29")
    data = {"text": "请市级复核"}
    taken = send(site.enter("h3"), f"/county/own/escalate/{number}", data, "/county/own/")
    assert taken.status_code == 302
    site.on("2026-11-02")
    data = {"state": "upheld", "text": "部分成立", "level": "city", "off": "1.9"}
    assert send(group, f"/county/review/{number}", data, "/county/").status_code == 422
    assert send(site.enter("county2"), f"/county/review/{number}", data,
                "/county/").status_code == 302  # fmt: skip
    for step in ({"do": "calculate"}, {"do": "post", "where": "公示栏"}):
        assert send(group, "/county/step", step, "/county/").status_code == 302
    site.on("2026-11-11")
    for step in (
        {"do": "decide", "text": "示例纪要"}, {"do": "report", "to": "市级卫生健康部门"},
        {"do": "report", "to": "自治区级卫生健康部门"}, {"do": "told", "how": "反馈函"},
        {"do": "correct", "hospital": "H3", "text": "已整改"},
    ):  # fmt: skip
        assert send(group, "/county/step", step, "/county/").status_code == 302, step
    shown = site.text("county1", "/county/")
    assert "H3 的整改已登记" in shown
    assert shown.count('aria-current="step"') == 0, "the year is done"
    home = site.text("county1", "/")
    assert "考核已结束" in home
    assert "本年的事都办完了" in home
