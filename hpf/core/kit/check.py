"""`hpf check`: does a scheme keep its promises to its document and to its worked examples?

What `build` can see is checked at load already (names, units, cycles, scopes). Here come the
clauses, the parameters and indicators nobody uses, and the examples through both interpreters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from hpf.core.clauses import Clause, alias, uncovered
from hpf.core.errors import HpfError, Problem, Text
from hpf.core.formula import tree as t
from hpf.core.formula.words import used_parameters
from hpf.core.indicators import Type
from hpf.core.kit.examples import Example, read_examples
from hpf.core.kit.mutate import Gate, Progress, read_excuses, run_gate
from hpf.core.kit.running import run_all
from hpf.core.parameters import Parameter
from hpf.core.program import Program
from hpf.core.units import CNY


@dataclass(frozen=True, slots=True)
class Report:
    """What the check of one scheme found.

    clauses, examples, figures: how many were looked at; gate: of `mutate`, else None.
    """

    scheme: str
    problems: tuple[Problem, ...]
    clauses: int
    examples: int
    figures: int
    gate: Gate | None = None

    @property
    def holds(self) -> bool:
        """Whether there is nothing but notices."""
        return all(p.severity != "problem" for p in self.problems)


def check_scheme(
    program: Program,
    beside: Sequence[Program] = (),
    mutate: bool = False,
    progress: Progress | None = None,
    named: Collection[str] = (),
) -> Report:
    """Check one scheme.

    beside: the programs of the same folder (one document may hold several schemes).
    named: parameters that other declarations read, such as a questionnaire's (`Programs.named`).
    mutate: also run the mutation gate, which calls `progress` with (done, in all).
    """
    family = {p.code: p for p in (*beside, program)}
    mine = _my_clauses(program, family)
    problems = [
        *_clause_problems(program, family, mine),
        *_parameter_problems(program, named),
        *_rule_problems(program),
        *_unused_indicators(program),
    ]
    examples: list[Example] = []
    gate: Gate | None = None
    try:
        examples = _examples(program, family, problems)
        findings, ready = run_all(examples)
        problems += _once(findings)
        if mutate and not findings:
            excuses = read_excuses(program.folder / "mutants.yaml", family)
            gate = run_gate(program, ready, excuses, progress)
            problems += gate.problems
    except HpfError as error:
        problems += error.problems
    figures = sum(len(e.expect) * len(e.profiles) for e in examples)
    return Report(program.code, tuple(problems), len(mine), len(examples), figures, gate)


def _once(findings: Sequence[Problem]) -> list[Problem]:
    """A figure that both interpreters get alike is told once, and of neither."""
    told: dict[Problem, None] = {}
    bare = [_of_both(p) for p in findings]
    for one, both in zip(findings, bare, strict=True):
        told[both if bare.count(both) > 1 else one] = None
    return list(told)


def _of_both(one: Problem) -> Problem:
    zh, en = one.message.zh, one.message.en
    for word in ("columns", "scalar"):
        zh = zh.removesuffix(f",{word})") + ")" if zh.endswith(f",{word})") else zh
        en = en.removesuffix(f", {word})") + ")" if en.endswith(f", {word})") else en
    return replace(one, message=Text(zh, en))


def _my_clauses(program: Program, family: dict[str, Program]) -> dict[str, Clause]:
    """The clauses this scheme answers for; those of no scheme fall to the folder's first."""
    first = min(family)
    return {
        id: c
        for id, c in program.clauses.items()
        if c.scheme == program.code or (c.scheme not in family and program.code == first)
    }


def _clause_problems(
    program: Program, family: dict[str, Program], mine: dict[str, Clause]
) -> Iterator[Problem]:
    if not program.clauses:
        yield Problem(
            "clause.none",
            Text("没有 clauses.yaml", "there is no clauses.yaml"),
            Text("请列出文件的每一条款及其种类", "List every clause of the document with its kind"),
            place=program.folder.name,
        )
    yield from _wordless(mine)
    named = [c for p in family.values() for r in p.rules for c in r.clauses]
    for problem in uncovered(mine, named):
        if problem.code != "clause.unknown":  # build tells those, with file and line
            yield problem
    begin = alias(program.document)
    for clause, place, name in [
        *((c, r.place, r.name) for r in program.rules for c in r.clauses),
        *((alias(p.clause), "parameters.yaml", p.name) for p in program.parameters.values()),
    ]:
        if clause and not clause.startswith(begin):
            yield _elsewhere(clause, program.document, place, name)
    documents = {p.code: alias(p.document) for p in family.values()}
    for id, listed in mine.items():
        of = [documents[listed.scheme]] if listed.scheme in documents else documents.values()
        if not id.startswith(tuple(of)):
            yield _elsewhere(id, " / ".join(sorted(set(of))), "clauses.yaml", id)


def _wordless(mine: dict[str, Clause]) -> Iterator[Problem]:
    """Everybody reads clauses in their own language: slips, handbook, portal."""
    for id, clause in mine.items():
        if clause.meaning.zh.strip() and clause.meaning.en.strip():
            continue
        lacks = Text("英文", "English") if clause.meaning.zh.strip() else Text("中文", "Chinese")
        message = Text(f"条款 {id} 没有{lacks.zh}的内容", f"clause {id} says nothing in {lacks.en}")
        cure = Text("请用自己的话写 meaning", "Write its meaning, in words of your own")
        yield Problem("clause.meaning", message, cure, "clauses.yaml", name=id)


def _elsewhere(clause: str, document: str, place: str, name: str) -> Problem:
    message = Text(
        f"条款 {clause} 不属于文件 {document}", f"clause {clause} is not of document {document}"
    )
    cure = Text(f"编号以 {document} 开头", f"Ids begin with {document}")
    return Problem("clause.document", message, cure, place, name=name)


def _parameter_problems(program: Program, named: Collection[str]) -> Iterator[Problem]:
    used = {*named} | {name for r in program.rules for name in used_parameters(r.tree)}
    for name, parameter in program.parameters.items():
        if name not in used:
            message = Text(f"没有规则用到参数 {name}", f"no rule uses parameter '{name}'")
            cure = Text("请删去，或写规则", "Remove it, or write the rule")
            yield Problem("parameter.unused", message, cure, "parameters.yaml", name=name)
        if not parameter.clause.strip():
            message = Text(f"参数 {name} 没有条款", f"parameter '{name}' names no clause")
            cure = Text("请写 clause: 编号", "Write clause: ID")
            yield Problem("parameter.clause", message, cure, "parameters.yaml", name=name)
        yield from _nameless(parameter)
        for dated in parameter.values:
            if not dated.reference.strip():
                message = Text(
                    f"参数 {name} 自 {dated.since} 的值没有出处",
                    f"parameter '{name}' gives no reference for its value from {dated.since}",
                )
                cure = Text("请写 reference：页、表、行", "Write `reference`: page, table, line")
                yield Problem("parameter.reference", message, cure, "parameters.yaml", name=name)


def _nameless(parameter: Parameter) -> Iterator[Problem]:
    """People choose, and read tables, by names: a code of the file's own says nothing to them."""
    for field, words, names in (
        ("choices", parameter.choices, parameter.choice_names),
        ("keyed_by", parameter.keys, parameter.key_names),
    ):
        if bare := [w for w in words if w not in names]:
            message = Text(
                f"参数 {parameter.name} 的 {field} 没有名称：{'、'.join(bare)}",
                f"`{field}` of parameter '{parameter.name}' gives no names: {', '.join(bare)}",
            )
            cure = Text(
                f"请写 {field}: {{{bare[0]}: {{zh: …, en: …}}, …}}",
                f"Write {field}: {{{bare[0]}: {{zh: …, en: …}}, …}}",
            )
            yield Problem("parameter.names", message, cure, "parameters.yaml", name=parameter.name)


def _rule_problems(program: Program) -> Iterator[Problem]:
    for rule in program.rules:
        if not any(c.strip() for c in rule.clauses):
            message = Text(f"规则 {rule.name} 没有条款", f"rule '{rule.name}' names no clause")
            cure = Text("请写 clause=", "Write clause=")
            yield Problem("rule.clause", message, cure, rule.place, rule.entity, name=rule.name)
        if rule.kind in ("pay", "total") and rule.unit != CNY:
            message = Text(
                f"{rule.name} 是支付项，单位却是 {rule.unit}",
                f"'{rule.name}' is pay, yet in {rule.unit}",
            )
            cure = Text("支付项以元为单位", "Pay is in CNY")
            yield Problem("rule.unit", message, cure, rule.place, rule.entity, name=rule.name)
        if not (rule.names.zh.strip() and rule.names.en.strip()):
            message = Text(
                f"规则 {rule.name} 要有中英文名称", f"rule '{rule.name}' needs both names"
            )
            cure = Text("请写 zh= 和 en=", "Write zh= and en=")
            yield Problem("rule.names", message, cure, rule.place, name=rule.name)


def _unused_indicators(program: Program) -> Iterator[Problem]:
    """Told, not refused: a table may carry a column that people want to see on the report."""
    read = {
        (n.entity, n.name.rpartition(".")[2])
        for r in program.rules
        for n in t.walk(r.tree)
        if isinstance(n, t.Own)
    }
    for i in program.indicators:
        if i.type is not Type.TEXT and (i.entity, i.code) not in read:
            message = Text(
                f"没有规则用到指标 {i.entity}.{i.code}({i.names.zh})",
                f"no rule uses indicator {i.entity}.{i.code} ({i.names.en})",
            )
            cure = Text("不用的指标不必填报", "What nobody uses need not be reported")
            yield Problem(
                "indicator.unused", message, cure, entity=i.entity, name=i.code, severity="notice"
            )


def _examples(
    program: Program, family: dict[str, Program], problems: list[Problem]
) -> list[Example]:
    path = program.folder / "examples.yaml"
    found = read_examples(path, family) if path.exists() else []
    mine = [e for e in found if e.program.code == program.code]
    if not mine:
        problems.append(
            Problem(
                "example.none",
                Text(f"方案 {program.code} 没有例子", f"scheme '{program.code}' has no example"),
                Text("请写 examples.yaml", "Write examples.yaml"),
                place=path.name,
            )
        )
    return mine
