"""Hooks, their documentation and their tests say the same."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import hpf.core
from hpf.core import CNY, DEPARTMENT, Period, Scheme, exact
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.kit import hookspecs

TOP = Path(__file__).parents[3]
PAGE = (TOP / "docs" / "hooks.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## `(\w+)`\n(.*?)(?=^##? |\Z)", PAGE, re.MULTILINE | re.DOTALL))
DECLARATIONS = (
    hookspecs.ItemMethod, hookspecs.ReportSection, hookspecs.PayoutWriter, hookspecs.Form,
    hookspecs.Page, hookspecs.Column, hookspecs.OutsideAssessment,
    hookspecs.Questionnaire, hookspecs.Question, hookspecs.RaterGroup, hookspecs.Figure,
    hookspecs.Panel, hookspecs.Ledger, hookspecs.Dialogue, hookspecs.StrategyMap,
)  # fmt: skip


def test_every_hook_is_documented_in_the_order_of_the_code() -> None:
    assert tuple(SECTIONS) == hookspecs.hook_names()


def test_every_hook_has_a_paragraph_and_a_type_in_the_code() -> None:
    for name in hookspecs.hook_names():
        hook = getattr(hookspecs.Hooks, name)
        assert len(inspect.getdoc(hook) or "") > 100, name
        assert "return" in hook.__annotations__, name


def test_every_documented_example_is_python_that_implements_its_hook() -> None:
    for name, section in SECTIONS.items():
        (example,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
        functions = [n for n in ast.walk(ast.parse(example)) if isinstance(n, ast.FunctionDef)]
        (hook,) = [f for f in functions if f.name.startswith("hpf_")]
        assert hook.name == name
        assert [ast.unparse(d) for d in hook.decorator_list] == ["hookimpl"]
        offered = set(inspect.signature(getattr(hookspecs.Hooks, name)).parameters) - {"self"}
        assert {a.arg for a in hook.args.args} <= offered


def test_the_requirement_shown_is_told_where_it_is_not_met(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```python\n(@scheme.require.*?)```", PAGE, re.DOTALL)
    scheme = Scheme("shown", zh="示例", en="Shown", document="T", here=str(tmp_path / "x.py"))
    scheme.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY)
    # from a file: a rule's place is its function's file and line
    source = tmp_path / "x.py"
    source.write_text(shown, "utf-8")
    exec(
        compile(shown, str(source), "exec"),
        {
            "scheme": scheme,
            "DEPARTMENT": DEPARTMENT,
            "CNY": CNY,
            "exact": exact,
        },
    )
    data = {"hospital": {"H": {}}, "department": {"D": {"hospital": "H", "income": "-1"}}}
    program = build(scheme)
    run = calculate(program, facts_of(program, Period.parse("2026-09"), data))
    (problem,) = run.problems
    assert (problem.code, problem.id) == ("requirement.income_is_given", "D")
    assert problem.cure.en == "Check the income"


def test_every_hook_has_a_test() -> None:
    tests = (Path(__file__).parent / "test_hooks.py").read_text("utf-8")
    for name in hookspecs.hook_names():
        assert re.search(rf"^def test_{name}\(", tests, re.MULTILINE), name


def test_every_field_of_every_declaration_is_explained() -> None:
    for declaration in DECLARATIONS:
        assert is_dataclass(declaration)
        doc = inspect.getdoc(declaration) or ""
        section = next(s for s in SECTIONS.values() if f"`{declaration.__name__}`" in s)
        for f in fields(declaration):
            assert f"`{f.name}`" in section, f"{declaration.__name__}.{f.name}"
        assert len(doc) > 30


def test_what_plugins_need_is_exported() -> None:
    assert {d.__name__ for d in DECLARATIONS} <= set(hpf.core.__all__)


def test_the_example_format_names_every_entry() -> None:
    from hpf.core.kit import examples

    words = examples._ENTRIES | examples._EXPECT | examples._SUM
    section = PAGE[PAGE.index("# Worked examples") :]
    assert {w for w in words if not re.search(rf"\b{w}\b", section)} == set()
