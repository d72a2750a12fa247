"""In the browser no cure names a command: it names the page, with a link for who may open it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpf.core.errors import Problem, Text
from hpf.portal import cures
from hpf.portal.access import OPEN

ROOT = Path(cures.__file__).parents[1]
ELSEWHERE = ("portal", "cards/certificate.py")  # the portal itself; a printed certificate
COMMAND = re.compile(r"\bhpf ([a-z][a-z-]*(?: [a-z]+)?)")


def sentences() -> Iterator[tuple[str, str]]:
    """Every text of the framework, outside the portal, that names a command."""
    for file in sorted(ROOT.rglob("*.py")):
        if any(part in file.as_posix() for part in ELSEWHERE):
            continue
        tree = ast.parse(file.read_text("utf-8"))
        docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                said = "".join(
                    str(v.value) if isinstance(v, ast.Constant) else "X-7" for v in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                said = node.value
            else:
                continue
            if COMMAND.search(said) and id(node) not in docs and "account key" not in said:
                yield file.relative_to(ROOT).as_posix(), said


def test_no_sentence_of_the_framework_still_names_a_command() -> None:
    found = list(sentences())
    assert len(found) > 100
    for where, said in found:
        for lang in ("zh", "en"):
            assert not re.search(r"\bhpf [a-z]", cures.plain(said, lang)), (where, said)


@pytest.mark.parametrize(
    ("said", "zh"),
    [
        ("请先计算并封存：hpf calculate", "请先计算并封存：“计算”"),
        ("请补齐（hpf import），或登记：hpf cycle file missing",
         "请补齐（“采集”），或登记：“我的任务 › 登记材料”"),
        ("请先运行 hpf cycle plan township --period 2026-09",
         "请先运行“计划 › 排定本期流程”"),
        ("请更正并计算，再登记：hpf appeal effect 3 --run 编号",
         "请更正并计算，再登记：“申诉 › 登记更正”"),
        ("退回的款项请用 hpf pay reissue 补发", "退回的款项请用“兑现 › 补发” 补发"),
        ("请运行 hpf frobnicate --now 1，再看", "请运行“这一步由信息科在服务器上办”，再看"),
        ("没有命令的一句话", "没有命令的一句话"),
    ],
)  # fmt: skip
def test_a_command_with_its_arguments_becomes_the_name_of_a_page(said: str, zh: str) -> None:
    assert cures.plain(said, "zh") == zh


def test_pages_that_a_way_names_are_there(app) -> None:
    ends = {w.endpoint for w in cures.WAYS.values()} | {e for e, _ in cures.AT.values()}
    assert {e for e in ends if e and e not in app.view_functions} == set()


def test_a_link_is_only_for_whoever_may_open_the_page(app, monkeypatch) -> None:
    one = Problem("cycle.run", Text("没有", "none"), Text("请先：hpf calculate", "First: hpf run"))
    with app.test_request_context():
        monkeypatch.setattr(cures, "needed", lambda app, endpoint: OPEN)
        assert cures.cure(one) == '请先：<a href="/calculate/">计算</a>'
        assert cures.way_to(one) == "/calculate/"
    with app.test_request_context():
        monkeypatch.setattr(cures, "needed", lambda app, endpoint: "")
        assert cures.cure(one) == "请先：“计算”"
        assert cures.way_to(one) == ""


def test_what_a_document_says_is_not_taken_for_markup(app) -> None:
    one = Problem("x", Text("<b>", "<b>"), Text("<i>：hpf runs", "<i>: hpf runs"))
    with app.test_request_context():
        assert "<i>" not in cures.cure(one)
        assert cures.told(one) == "&lt;b&gt;"
