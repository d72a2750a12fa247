"""Numbered documents: each style finds its level, and what does not fit is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpf.core.clauses import KINDS, read_clauses
from hpf.core.errors import SchemeError
from hpf.core.kit.clause_files import document_of, language_of, merge
from hpf.core.kit.numbering import read_provisions


def ids(text: str, document: str = "BD", mark: str = ".") -> list[str]:
    return [p.id for p in read_provisions(text, document, mark)[0]]


def doubts(text: str) -> list[str]:
    return [f"{p.place} {p.message.en}" for p in read_provisions(text, "BD")[1]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一、总则\n（一）甲\n(二)乙\n二、分配\n（一）丙", "BD.1 BD.1.1 BD.1.2 BD.2 BD.2.1"),
        ("一、总则\n1. 甲\n（1）乙\n①丙\n②丁\n2、戊",
         "BD.1 BD.1.1 BD.1.1.1 BD.1.1.1.1 BD.1.1.1.2 BD.1.2"),
        ("1. A\n1.1 B\n1.2 C\n1.2.1 D\n2. E\n2.1 F", "BD.1 BD.1.1 BD.1.2 BD.1.2.1 BD.2 BD.2.1"),
        ("1. A\na) B\nb) C\n2. D\n(a) E", "BD.1 BD.1.1 BD.1.2 BD.2 BD.2.1"),
        ("第一章 总则\n第一条 甲\n第二条 乙\n（一）丙\n第二章 分配\n第三条 丁",
         "BD.ch1 BD.1 BD.2 BD.2.1 BD.ch2 BD.3"),
        ("# 一、总则\n- **1. 甲**\n> 2. 乙", "BD.1 BD.1.1 BD.1.2"),
        ("十、甲\n十一、乙\n二十、丙", "BD.10 BD.11 BD.20"),
        ("１．甲\n２．乙", "BD.1 BD.2"),
        ("Ⅰ. 甲\nⅡ. 乙\nA. 丙", "BD.1 BD.2 BD.2.1"),
        ("1) 甲\n2) 乙\n（1）丙", "BD.1 BD.2 BD.2.1"),
        ("2.3.1各科室\n2.3.2考核", "BD.2.3.1 BD.2.3.2"),
    ],
)  # fmt: skip
def test_each_style_finds_its_level(text: str, found: str) -> None:
    assert ids(text) == found.split()


def test_lines_without_a_number_go_on_with_the_provision_before() -> None:
    (one, two), told = read_provisions("1. 甲\n  每例 1.5 元\n\n2. 乙", "BD")
    assert one.text == "甲 每例 1.5 元"
    assert (two.text, two.line) == ("乙", 4)
    assert not told


def test_a_sum_of_money_is_no_number_of_a_provision() -> None:
    assert ids("1. 甲\n1.5元一例\n10%归科室\n2026年起施行") == ["BD.1"]


def test_ids_that_the_text_bears_itself_are_taken_in_lines_and_in_tables() -> None:
    text = "S9.1-一.2 每例两元\n\n| S9.1-一.③ | calc | 科室 | 「原文」 | a share of the pool |\n"
    found = read_provisions(text, "S9.1", "-")[0]
    assert [(p.id, p.kind) for p in found] == [("S9.1-1.2", "text"), ("S9.1-1.3", "calc")]
    assert found[1].text == "a share of the pool"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("每投诉一次扣 5 分", "cons"), ("80 分以上的发 1.2 倍", "band"), ("每例 12 元", "calc"),
     ("按系数分配", "calc"), ("结果公示三天", "flow"), ("例数由输血科统计", "data"),
     ("坚持公平", "text"), ("CNY 12 for each unit", "calc"), ("Points are deducted", "cons")],
)  # fmt: skip
def test_the_kind_is_guessed_from_the_words(text: str, kind: str) -> None:
    assert kind in KINDS
    assert read_provisions(f"1. {text}", "BD")[0][0].kind == kind


def test_a_title_above_others_is_a_heading_and_a_long_text_is_none() -> None:
    found = read_provisions(
        "一、分配\n1. 甲\n二、" + "科室的总额每月由财务科按收入的一定比例核定" * 2 + "\n1. 乙", "BD"
    )[0]
    assert [p.heading for p in found] == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("题目\n某院\n1. 甲", ":1 lines 1–2 stand before the first number"),
        ("1. 甲\n3. 乙", ":2 the number before is 1, and here it is 3"),
        ("1. 甲\n2. 乙\n1. 丙", ":3 BD.1 stands twice"),
        ("1. 甲\n| 职称 | 系数 |\n|---|---|\n| 高级 | 1.3 |\n", ":2 the table of lines 2–4"),
        ("1. 奖励①甲②乙③丙", ":1 several numbered items"),
        ("（二）甲", ":1 the number before is none, and here it is 2"),
    ],
)
def test_what_was_not_understood_is_told_with_its_line(text: str, told: str) -> None:
    assert any(d.startswith(told) for d in doubts(text)), doubts(text)


def test_numbers_that_run_on_through_the_parts_are_in_order() -> None:
    assert not doubts("一、甲\n1. 乙\n2. 丙\n二、丁\n3. 戊\n4. 己")


def test_new_entries_come_in_their_place_and_what_stands_there_is_kept(
    tmp_path: Path,
) -> None:
    old = (
        "# ours\n- id: BD.2   # 手写\n  kind: calc\n  meaning: {zh: 乙, en: two}\n\n"
        "- {id: BD.9, kind: text, meaning: own, covered: definition}\n"
    )
    found = read_provisions('1. 甲 "引号": 一半\n2. 另说\n（1）丙\n3. 丁', "BD")[0]
    merged = merge(old, found)
    assert merged.added == ("BD.1", "BD.2.1", "BD.3")
    assert merged.kept == ("BD.2",)
    assert merged.gone == ("BD.9",)
    assert merged.text.startswith("# ours\n")
    for block in old.removeprefix("# ours\n").split("\n\n"):
        assert block in merged.text
    path = tmp_path / "clauses.yaml"
    path.write_text(merged.text, "utf-8")
    listed = read_clauses(path)
    assert list(listed) == ["BD.1", "BD.2", "BD.2.1", "BD.3", "BD.9"]
    assert listed["BD.1"].meaning.zh == '甲 "引号": 一半'
    assert merge(merged.text, found).text == merged.text  # a second time changes nothing


def test_a_file_that_is_no_list_is_refused() -> None:
    for text in ("a: 1\n", "- id: [\n", "- kind: calc\n"):
        with pytest.raises(SchemeError):
            merge(text, read_provisions("1. 甲", "BD")[0])


def test_the_language_and_the_document_are_seen() -> None:
    assert [language_of(t) for t in ("每例 12 元 CNY", "CNY 12 a case")] == ["zh", "en"]
    assert document_of("- {id: S4.7-3.X}\n- {id: S4.7-4}\n") == "S4.7"
    assert document_of("- {id: BD.sample.1}\n") == "BD"
    assert document_of("- {id: A.1}\n- {id: B.1}\n") == ""


def test_what_leads_into_a_list_is_a_provision_and_no_title() -> None:
    (one, _), told = read_provisions("1. 有下列情形的，不参加分配：\n（1）甲；", "BD")
    assert (one.heading, one.kind) == (False, "cons")
    assert not told
