"""Worked examples: what is read, what is refused, and what both interpreters find."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pytest

from hpf.core.build import build
from hpf.core.errors import HpfError
from hpf.core.kit import running
from hpf.core.kit.examples import Example, read_examples
from hpf.core.kit.running import run_all, run_example
from hpf.core.kit.testing import assert_plugin_holds, example_cases

Entries = list[dict[str, Any]]


class Folder(Protocol):
    path: Path

    def write(self, name: str, text: str) -> None: ...
    def examples(self, entries: Any) -> None: ...
    def scheme(self) -> Any: ...


def read(folder: Folder) -> list[Example]:
    program = build(folder.scheme())
    return read_examples(folder.path / "examples.yaml", {program.code: program})


def refused(folder: Folder, entries: Entries) -> str:
    folder.examples(entries)
    with pytest.raises(HpfError) as caught:
        read(folder)
    return str(caught.value)


def found(folder: Folder, entries: Entries) -> list[str]:
    folder.examples(entries)
    return [p.line("en") for p in run_all(read(folder))[0]]


def test_examples_hold_in_both_interpreters_and_profiles(folder: Folder) -> None:
    (example,) = read(folder)
    findings, ready = run_example(example)
    assert findings == []
    assert [r.profile for r in ready] == ["staged", "full"]


def test_a_wrong_figure_is_found_by_both_interpreters_with_its_place(
    folder: Folder, entries: Entries
) -> None:
    entries[0]["expect"][1]["full"] = "221.05"
    lines = found(folder, entries)
    assert [line.split(" (")[1].split(")")[0] for line in lines] == [
        "full, columns",
        "full, scalar",
    ]
    assert all(line.startswith("examples.yaml T-EX-1 staff:A pay: Pay: ") for line in lines)
    assert all("expected 221.05, got 221.04" in line for line in lines)


def test_a_wrong_sum_is_found(folder: Folder, entries: Entries) -> None:
    entries[0]["expect_sums"][0]["full"] = "405.02"
    assert any("expected 405.02, got 405.01" in line for line in found(folder, entries))


def test_a_figure_that_is_absent_or_a_problem_is_told_apart(
    folder: Folder, entries: Entries
) -> None:
    entries[0]["expect"] = [{"row": "staff:A", "rule": "pay", "absent": True}]
    assert any("expected absent, got 221.04" in line for line in found(folder, entries))
    entries[0]["expect"] = [{"row": "staff:A", "rule": "pay", "problem": "no_weight"}]
    assert any("expected no_weight, got 221.04" in line for line in found(folder, entries))


def test_an_expected_problem_holds(folder: Folder, entries: Entries) -> None:
    for person in entries[0]["facts"]["staff"].values():
        person["score"] = 0
    entries[0]["expect"] = [
        {"row": "staff:A", "rule": "pay", "problem": "no_weight"},
        {"row": "staff:A", "rule": "extra", "full": 0},
    ]
    entries[0]["expect_sums"] = []
    assert found(folder, entries) == []
    entries[0]["expect"][0]["problem"] = "division_by_zero"
    assert any("got no_weight" in line for line in found(folder, entries))


def test_a_fault_in_one_interpreter_alone_is_found(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = read(folder)
    honest = running._columns_value
    monkeypatch.setattr(
        running,
        "_columns_value",
        lambda run, e: 0 if e.rule.name == "pay" and e.id == "A" else honest(run, e),
    )
    findings, _ = run_example(example)
    assert {p.id for p in findings} == {"A"}
    assert all("columns" in p.message.en for p in findings)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda e: e.update(exspect=[]), "Did you mean expect?"),
        (lambda e: e.update(scheme="smal"), "Did you mean small?"),
        (lambda e: e.update(source="print"), "Did you mean printed?"),
        (lambda e: e.update(profiles=["fully"]), "Did you mean full?"),
        (lambda e: e.update(clauses=["T.9"]), "there is no 'T.9'"),
        (lambda e: e["expect"][0].update(row="departmant:D"), "Did you mean department?"),
        (lambda e: e["expect"][1].update(row="staff:Z"), "there is no 'Z'"),
        (lambda e: e["expect"][1].update(rule="pai"), "Did you mean pay?"),
        (lambda e: e["expect"][1].update(prined="1"), "Did you mean printed?"),
        (lambda e: e["expect"][1].update(full=221.04), "is not exact"),
        (lambda e: e["expect"][1].update(absent=True), "more than one of"),
        (lambda e: e["expect"][1].update(printed="230"), "gives no `why`"),
        (lambda e: e["expect"][2].update(why={"zh": "无", "en": "none"}), "no `printed`"),
        (lambda e: e["expect"][2].pop("full") and e["expect"][2].pop("staged"), "neither `full`"),
        (lambda e: e["expect_sums"][0].update(rule="pays"), "Did you mean pay?"),
        (lambda e: e.update(profiles=["full"]), "does not run under"),
        (lambda e: e.update(expect=[], expect_sums=[]), "expects nothing"),
        (lambda e: e.pop("sentence"), "lacks 'sentence'"),
        (lambda e: e.update(sentence={"zh": "只有中文"}), "lacks 'en'"),
        (lambda e: e.update(period="2006-13"), "is no period"),
    ],
)
def test_each_mistake_in_the_file_is_an_error(
    folder: Folder, entries: Entries, change: Any, told: str
) -> None:
    change(entries[0])
    message = refused(folder, entries)
    assert told in message
    assert "examples.yaml T-EX-1" in message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda e: e["settings"].update(bonnus="1"), "Did you mean bonus?"),
        (lambda e: e["settings"].clear(), "'bonus' (Bonus, clause T.3) has no value"),
        (lambda e: e["facts"]["staff"]["A"].update(skore="1"), "Did you mean score?"),
        (lambda e: e["facts"]["staff"]["A"].update(score=1.5), "floats are not exact"),
        (lambda e: e["facts"]["staff"]["A"].update(role="seniour"), "Did you mean senior?"),
        (lambda e: e["facts"]["staff"]["A"].pop("score"), "is missing"),
        (lambda e: e.update(history={"2006-08": {"staff": {"A": {"pey": "1"}}}}), "mean pay?"),
    ],
)
def test_facts_and_settings_that_do_not_hold_are_found(
    folder: Folder, entries: Entries, change: Any, told: str
) -> None:
    change(entries[0])
    assert any(told in line for line in found(folder, entries)), found(folder, entries)


def test_two_examples_of_one_id_are_refused(folder: Folder, entries: Entries) -> None:
    assert "two examples have this id" in refused(folder, [entries[0], entries[0]])


def test_a_printed_figure_that_is_wrong_stands_with_its_reason(
    folder: Folder, entries: Entries
) -> None:
    entries[0]["expect"][1] |= {"printed": "230", "why": {"zh": "误排", "en": "A misprint"}}
    assert found(folder, entries) == []


def test_printed_is_compared_as_a_number(folder: Folder, entries: Entries) -> None:
    entries[0]["expect"][1]["printed"] = "221.00"
    assert found(folder, entries) == []


def test_history_is_read(folder: Folder, entries: Entries) -> None:
    entries[0]["history"] = {"2006-08": {"staff": {"A": {"pay": "69"}}}}
    folder.examples(entries)
    _, ready = run_all(read(folder))
    (by_rule,) = ready[0].history.periods.values()
    assert by_rule["staff", "small.pay"] == {"A": 69}


def test_the_assertion_for_plugin_authors(folder: Folder, entries: Entries) -> None:
    assert_plugin_holds(folder.scheme(), mutate=True)
    entries[0]["expect"][1]["full"] = "221.05"
    folder.examples(entries)
    with pytest.raises(AssertionError, match=r"expected 221\.05, got 221\.04"):
        assert_plugin_holds(folder.scheme())


def test_one_case_an_example(folder: Folder, entries: Entries) -> None:
    (case,) = example_cases(folder.scheme())
    assert str(case) == "T-EX-1"
    case.assert_holds()
    entries[0]["expect"][1]["full"] = "221.05"
    folder.examples(entries)
    (case,) = example_cases([folder.scheme()])
    with pytest.raises(AssertionError, match="Two people share a margin"):
        case.assert_holds()


def test_check_tells_a_figure_that_both_interpreters_get_alike_once() -> None:
    from hpf.core.errors import Problem, Text
    from hpf.core.kit.check import _once

    def found(zh: str, en: str) -> Problem:
        return Problem("example.differs", Text(f"应为 1，算得 {zh})", f"got {en})"), name="pay")

    alike = [found("2(full,columns", "2 (full, columns"), found("2(full,scalar", "2 (full, scalar")]
    assert [p.message.en for p in _once(alike)] == ["got 2 (full)"]
    apart = [found("2(full,columns", "2 (full, columns"), found("3(full,scalar", "3 (full, scalar")]
    assert _once(apart) == apart
