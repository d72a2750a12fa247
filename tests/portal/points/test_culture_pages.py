"""Feedback, talks, honours and the strategy map in the portal."""

from __future__ import annotations

import re

import community_home as homes
from portal_forms import send

PERSON = homes.second_of("D01")


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_feedback_goes_both_ways_and_strangers_have_no_part_in_it(login) -> None:
    head, person = login("head"), login("head_staff")
    said = {"person": PERSON, "text": "canary-words 本季随访偏少"}
    assert send(head, "/feedback/write", said).status_code == 302
    page = person.get("/feedback/").get_data(as_text=True)
    assert "canary-words" in page
    number = re.search(r"/feedback/(\d+)/answer", page)
    assert number
    for name in ("head2", "head2_staff", "president", "finance", "auditor", "it"):
        client = login(name)
        assert "canary-words" not in client.get("/feedback/").get_data(as_text=True), name
        answer = send(client, f"/feedback/{number[1]}/answer", {"text": "插话"}, "/")
        assert answer.status_code in (403, 404), name
    early = send(head, f"/feedback/{number[1]}/close", {"text": "谈过"}, "/feedback/")
    assert "双方都写过才能办结" in words(early)
    reply = send(person, f"/feedback/{number[1]}/answer", {"text": "下季补上"}, "/feedback/")
    assert reply.status_code == 302
    assert "可以办结" in words(head.get("/feedback/"))
    assert (
        send(head, f"/feedback/{number[1]}/close", {"text": "约定"}, "/feedback/").status_code
        == 302
    )
    assert "已办结" in words(person.get("/feedback/"))
    assert send(person, "/feedback/write", {"text": "我的意见"}).status_code == 302
    assert "等负责人回复" in words(person.get("/feedback/"))


def test_a_talk_is_put_on_file_by_whoever_is_in_charge(login) -> None:
    head = login("head")
    talk = {"person": PERSON, "day": "2026-08-01", "phase": "2", "text": "canary-talk 谈进度"}
    assert send(head, "/feedback/talk", talk, "/feedback/").status_code == 302
    assert "canary-talk" in words(login("head_staff").get("/feedback/"))
    assert "canary-talk" not in words(login("head2").get("/feedback/"))
    foreign = {**talk, "person": homes.second_of("D02")}
    assert send(head, "/feedback/talk", foreign, "/feedback/").status_code == 422
    assert send(head, "/feedback/talk", {**talk, "phase": "9"}, "/feedback/").status_code == 404


def test_honours_are_everybody_s_to_read_and_bear_no_money(login) -> None:
    president = login("president")
    given = {"person": PERSON, "kind": "通报表扬", "text": "夜间上门随访"}
    assert send(president, "/honours/", given).status_code == 302
    assert "夜间上门随访" in words(login("head2_staff").get("/honours/"))
    money = send(president, "/honours/", {**given, "text": "奖 200 元"})
    assert (money.status_code, "表彰不带金额" in words(money)) == (422, True)
    talent = send(president, "/honours/", {**given, "excellent": "yes"})
    assert "没有公布优秀人才条件" in words(talent)
    late = send(president, "/honours/criterion", {"text": "三期评优"}, "/honours/")
    assert late.status_code == 422
    assert send(login("head"), "/honours/", given, "/honours/").status_code in (400, 403)


def test_the_strategy_map_stands_with_its_table_and_coverage(login) -> None:
    shown = login("head_staff").get("/strategy/").get_data(as_text=True)
    assert 'role="img"' in shown
    assert shown.count('stroke-width="1.2"') == len(homes.rows("objective"))
    assert shown.count("<polyline") == len(homes.rows("cause_effect"))
    assert "每个目标都有指标" in shown
    assert all(r["name"] in shown for r in homes.rows("objective"))
    assert login("it").get("/strategy/").status_code == 403


def test_trainings_are_counted_and_written_as_facts(login) -> None:
    """The office sees the coverage beside its target; nobody else does."""
    office = login("office")
    given = {"people": PERSON, "day": "2026-08-02", "text": "积分标准"}
    assert send(office, "/feedback/training", given, "/feedback/").status_code == 302
    shown = words(office.get("/feedback/"))
    assert "目标 85%" in shown or "目标 85.0%" in shown or "目标 85.00%" in shown, shown[-600:]
    assert "没有达到" in shown
    assert send(office, "/feedback/counts", {}, "/feedback/").status_code == 302
    again = office.post("/feedback/counts", data={}, follow_redirects=True)
    assert again.status_code == 400, "without the form's token"
    assert "培训覆盖率" not in words(login("head").get("/feedback/"))
    assert send(login("head"), "/feedback/training", given, "/feedback/").status_code == 403


def test_a_quarterly_scheme_s_pages_name_the_quarter_in_words(login) -> None:
    president = login("president")
    for path in ("/", "/plan/"):
        title = president.get(path).get_data(as_text=True).split("<h1>")[1].split("</h1>")[0]
        assert "2026年第3季度" in title, path
        assert "Q3" not in title
