"""The mutation gate: what is mutated, that examples notice, and what is listed with a reason."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import pytest

from hpf.core import STAFF, Scheme, split
from hpf.core.build import build
from hpf.core.errors import SchemeError
from hpf.core.formula import tree as t
from hpf.core.kit import mutants
from hpf.core.kit.check import check_scheme
from hpf.core.kit.mutants import TreeMutant, nudges, rounding_nudges, tree_mutants
from hpf.core.kit.mutate import read_excuses
from hpf.core.kit.nudge import _scale, parameter_mutants
from hpf.core.parameters import Bandwidth, ScaleValue

F = Fraction


class Folder(Protocol):
    path: Path

    def write(self, name: str, text: str) -> None: ...
    def examples(self, entries: Any) -> None: ...
    def scheme(self) -> Any: ...


def survivors(folder: Folder) -> list[str]:
    report = check_scheme(build(folder.scheme()), mutate=True)
    assert report.gate is not None, [p.line("en") for p in report.problems]
    assert {m.id for m in report.gate.survivors} == {
        p.name for p in report.problems if p.code == "mutants.survivor"
    }
    return [m.id for m in report.gate.survivors]


def test_examples_that_say_enough_leave_no_survivor(folder: Folder) -> None:
    report = check_scheme(build(folder.scheme()), mutate=True)
    assert report.holds, [p.line("en") for p in report.problems]
    assert report.gate is not None
    assert report.gate.killed == report.gate.total > 20


def test_every_comparison_term_and_parameter_has_its_mutants(folder: Folder) -> None:
    program = build(folder.scheme())
    ids = {m.id for m in tree_mutants(program)}
    assert ids == {
        "department.pool:value.left/drop_left",
        "department.pool:value.left/drop_right",
        "department.pool:value/drop_left",
        "department.pool:value/drop_right",
        "staff.pay:by/drop_left",
        "staff.pay:by/drop_right",
        "staff.pay:root/equal_weights",
        "staff.extra:value.condition/flip",
        "staff.extra:value/always",
        "staff.extra:value/never",
    }
    ids = {m.id for m in parameter_mutants(program, {})}
    assert ids == {
        *(f"p.{n}@2006-01-01/{d}" for n in ("share", "mark") for d in ("up", "down")),
        *(f"p.weight@2006-01-01/{k}/{d}" for k in ("senior", "junior") for d in ("up", "down")),
        *(f"p.step@{s}/{d}" for s in ("2006-01-01", "profile:staged")
          for d in ("coarser", "finer")),
    }  # fmt: skip


def test_a_threshold_no_example_stands_on_survives(
    folder: Folder, entries: list[dict[str, Any]]
) -> None:
    entries[0]["facts"]["staff"]["A"]["score"] = "85"
    for line in entries[0]["expect"][1:3]:  # the shares change with the score
        line.pop("printed", None)
    a, b = entries[0]["expect"][1], entries[0]["expect"][2]
    a |= {"full": "227.11", "staged": "227"}
    b |= {"full": "177.9", "staged": "178"}
    folder.examples(entries)
    # 85 points pass a line of 79, 80 and 81 alike; 79.9 points still notice the line of 79
    assert survivors(folder) == ["staff.extra:value.condition/flip", "p.mark@2006-01-01/up"]


def test_what_no_example_reaches_survives(folder: Folder, entries: list[dict[str, Any]]) -> None:
    entries[0]["expect"] = [e for e in entries[0]["expect"] if e["rule"] != "extra"]
    folder.examples(entries)
    assert {"staff.extra:value/always", "p.mark@2006-01-01/up", "p.bonus@hospital/up"} <= set(
        survivors(folder)
    )


def test_a_survivor_listed_with_a_reason_is_excused_and_a_stale_line_is_told(
    folder: Folder, entries: list[dict[str, Any]]
) -> None:
    entries[0]["expect"] = [e for e in entries[0]["expect"] if e["rule"] != "extra"]
    folder.examples(entries)
    lines = [
        '- {scheme: small, mutant: "staff.extra:*", reason: not shown here}',
        '- {scheme: small, mutant: "p.mark@*", reason: not shown here}',
        '- {scheme: small, mutant: "p.bonus@hospital/*", reason: not shown here}',
    ]
    folder.write("mutants.yaml", "\n".join(lines))
    left = survivors(folder)
    assert left == ["p.step@profile:staged/finer"]  # only the bonus told 50.26 from 50
    folder.write(
        "mutants.yaml", "\n".join([*lines, '- {scheme: small, mutant: "p.shore@*", reason: x}'])
    )
    report = check_scheme(build(folder.scheme()), mutate=True)
    stale = [p for p in report.problems if p.code == "mutants.stale"]
    assert [p.place for p in stale] == ["mutants.yaml #4"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('- {scheme: small, mutant: "p.*"}', "needs scheme, mutant and reason"),
        ('- {scheme: small, mutant: "p.*", reason: " "}', "needs scheme, mutant and reason"),
        ('- {scheme: smal, mutant: "p.*", reason: x}', "Did you mean small?"),
    ],
)
def test_a_line_without_reason_or_with_an_unknown_scheme_is_refused(
    tmp_path: Path, line: str, told: str
) -> None:
    (tmp_path / "mutants.yaml").write_text(line, "utf-8")
    with pytest.raises(SchemeError, match=told.replace("?", r"\?")):
        read_excuses(tmp_path / "mutants.yaml", ["small"])


def test_the_gate_tells_how_far_it_is(folder: Folder) -> None:
    seen: list[tuple[int, int]] = []
    report = check_scheme(
        build(folder.scheme()), mutate=True, progress=lambda *step: seen.append(step)
    )
    assert report.gate is not None
    assert seen == [(i, report.gate.total) for i in range(1, report.gate.total + 1)]


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [
        ("0.45", "0.46", "0.44"),
        ("1.2", "1.3", "1.1"),
        ("80", "81", "79"),
        ("15000", "15150", "14850"),
        ("0", "1", "-1"),
        ("1/3", "101/300", "99/300"),
    ],
)
def test_a_nudge_is_one_step_of_the_last_digit_or_a_hundredth(
    value: str, up: str, down: str
) -> None:
    assert dict(nudges(F(value))) == {"up": F(up), "down": F(down)}


def test_a_step_gets_coarser_and_finer() -> None:
    found = dict(rounding_nudges(t.Rounding(F("0.01"))))
    assert {k: v.step for k, v in found.items()} == {"coarser": F("0.1"), "finer": F("0.001")}
    assert dict(rounding_nudges(t.Rounding(F(0)))) == {"coarser": t.Rounding(F(1))}


def test_a_scale_s_limits_rates_and_inclusions_are_nudged_without_gaps() -> None:
    scale = ScaleValue(
        (
            Bandwidth(F(0), True, F(100), True, F("0.1")),
            Bandwidth(F(100), False, None, False, F("0.2")),
        )
    )
    found = dict(_scale(scale))
    assert set(found) == {
        "band1.rate/up", "band1.rate/down", "band2.rate/up", "band2.rate/down",
        "band1.limit/up", "band1.limit/down", "band1.limit/flip",
        "band1.low/up", "band1.low/down", "band1.low/flip",
    }  # fmt: skip
    for changed in found.values():
        one, two = changed.bands
        assert one.high == two.low
        assert one.high_in != two.low_in


def labels_of(node: t.Node) -> set[str]:
    """Where and how each mutant of one tree differs; each must differ."""
    found = set()
    for where, label, _, _, whole in mutants._mutate(node, ""):
        assert whole != node
        found.add(f"{where or 'root'}/{label}")
    return found


X, Y = t.Own("staff", "s.x"), t.Own("staff", "s.y")


@pytest.mark.parametrize(
    ("node", "labels"),
    [
        (t.Logic("and", (X, Y)), {"root/drop0", "root/drop1"}),
        (t.Logic("not", (X,)), {"root/drop"}),
        (t.Extreme("larger", (X, Y)), {"root/drop0", "root/drop1"}),
        (t.FirstOf((X, Y)), {"root/drop0", "root/drop1"}),
        (t.Arith("div", X, Y), {"root/drop_left", "root/drop_right"}),
        (t.Arith("sub", t.Const(F(0)), X), {"root/drop_right"}),
        (t.Only(X, Y), {"root/drop"}),
        (t.Gather("sum", "staff", ("d",), X, Y), {"root/drop_where"}),
        (t.Gather("sum", "staff", ("d",), X), set()),
        (t.Window("sum", 3, X, Y), {"root/drop_where", "root/longer", "root/shorter"}),
        (t.Window("streak", 0, None, Y), set()),
        (t.Rank(X, ("d",)), {"root/reverse"}),
        (t.Past(1, X), {"root/earlier"}),
        (t.Const(F(2)), {"root/up", "root/down"}),
        (t.Const("a"), set()),
        (t.Compare("le", X, t.Const(F(5))), {"root/flip", "right/up", "right/down"}),
    ],
    ids=lambda value: getattr(value, "op", ""),
)
def test_each_node_has_its_mutants(node: t.Node, labels: set[str]) -> None:
    assert labels_of(node) == labels


def test_a_condition_of_only_is_mutated_in_the_split_as_well(folder: Folder) -> None:
    scheme: Scheme = folder.scheme()

    @scheme.pay(STAFF, zh="另", en="Other", clause="T.2", only=lambda m: m.role == "senior")
    def other(person: Any) -> Any:
        return split(person.department.pool, by=person.score, within=person.department)

    flipped = next(m for m in tree_mutants(build(scheme)) if m.id == "staff.other:condition/flip")
    assert isinstance(flipped, TreeMutant)
    tree = flipped.rule.tree
    assert isinstance(tree, t.Only)
    assert isinstance(tree.body, t.Split)
    assert tree.body.among == tree.condition
    assert isinstance(tree.condition, t.Compare)
    assert tree.condition.kind == "ne"
