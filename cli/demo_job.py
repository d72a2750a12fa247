"""What the demo computes and writes: each example through the main job, by way of its workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import yaml

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, Text
from hpf.core.formula.derivation import derive
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.steps import lines
from hpf.core.kit.programs import Programs
from hpf.core.results import Run, as_json
from hpf.intake import load
from hpf.intake.export import write_results
from hpf.intake.template import write_template
from hpf_cli import pdf
from hpf_cli.cases import Case, about, beside_print, choose, people, settings_of
from hpf_cli.outline import fold, rows
from hpf_cli.outputs import Content
from hpf_cli.pages import Chapter, Derivation, Printed, page
from hpf_cli.sheets import PAY, of_run, pay_tables
from hpf_cli.stops import problem

_TITLE = Text("算例推导", "Worked examples, derived")


@dataclass(frozen=True, slots=True)
class Done:
    """One example, computed. workbook: the facts as they were written and read back."""

    case: Case
    workbook: bytes
    run: Run
    printed: tuple[Printed, ...]
    derivations: tuple[Derivation, ...]


def compute(programs: Programs, scratch: Path) -> list[Done]:
    """Write each example's workbook, read it back, compute under both ways of rounding.

    scratch: a folder for the workbooks. Raises HpfError with every problem there is.
    """
    cases = choose(programs)
    if not cases:
        raise problem(
            "no_examples",
            "已安装的插件都没有算例",
            "no installed plugin has worked examples",
            ("请安装带 examples.yaml 的插件", "Install a plugin with an examples.yaml"),
        )
    config = HospitalConfig.parse(_config(cases), programs, "config.yaml")
    done = [_one(case, scratch, config) for case in cases]
    wrong = [p for d in done for p in d.run.problems if p.severity == "problem"]
    if wrong:
        raise FactsError(wrong)
    return done


def _config(cases: list[Case]) -> dict[str, object]:
    """The examples' settings as a hospital writes them: dated, with a reason."""
    settings: dict[str, dict[str, object]] = {}
    for case in cases:
        for name, value in settings_of([case]).get(case.example.program.code, {}).items():
            dated = isinstance(value, list) and value and isinstance(value[0], Mapping)
            first = case.example.period.first_day
            reason = f"示例 {case.example.id} / worked example {case.example.id}"
            plain = [{"from": first, "value": value, "reason": reason}]
            settings.setdefault(case.example.program.code, {})[name] = value if dated else plain
    return {"settings": settings}


def _one(case: Case, scratch: Path, config: HospitalConfig) -> Done:
    example, program = case.example, case.example.program
    path = scratch / f"{case.name}.xlsx"
    write_template(program, example.period, path, facts=case.facts, synthetic=not case.printed)
    facts = load(path, program, example.period)
    settings = config.settings.get(program.code)
    run = calculate(program, facts, settings)
    staged = (
        calculate(program, facts, settings, profile="staged")
        if "staged" in example.profiles
        else None
    )
    return Done(
        case,
        path.read_bytes(),
        run,
        tuple(beside_print(example, staged, run)),
        tuple(_derivations(case, run)),
    )


def _derivations(case: Case, run: Run) -> list[Derivation]:
    """Of each person the example speaks of: what they are paid, taken apart."""
    scalar = Scalar.of(run)
    found = []
    for entity, id in people(case.example):
        index = run.checked.rows[entity].row_of(id)
        rules = [r for r in run.program.rules if r.entity == entity and r.kind in PAY]
        totals = [r for r in rules if r.kind == "total"]
        for rule in totals or rules:
            if index is not None and run.value(entity, id, rule.name) is not None:
                step = fold(derive(scalar, entity, index, rule.qualified))
                found.append(Derivation(f"{entity}:{id}", step, tuple(rows(step, [run.program]))))
    # people first: a department's total is the sum of what was explained already
    return sorted(found, key=lambda d: d.step.entity != "staff")


def gather(
    done: list[Done], folder: Path, scratch: Path, lang: str
) -> tuple[dict[Path, Content], str]:
    """Every file of the demo, and a remark when there is no PDF."""
    files: dict[Path, Content] = {}
    for one in done:
        name = one.case.name
        files[folder / "facts" / f"{name}.xlsx"] = one.workbook
        document = json.dumps(as_json(one.run), ensure_ascii=False, indent=1) + "\n"
        files[folder / "results" / f"{name}.json"] = document
        files[folder / "results" / f"{name}.xlsx"] = partial(
            write_results, one.run, synthetic=not one.case.printed
        )
    chapters = [_chapter(one) for one in done]
    html = page(_TITLE, chapters)
    files[folder / "derivations.txt"] = _text(done)
    files[folder / "config.yaml"] = _yaml(done)
    same = _holds(folder / "derivations.html", html) and (folder / "derivations.pdf").exists()
    files[folder / "derivations.html"] = html
    remark = pdf.can_write()
    if remark is None and not same:
        # paper takes one derivation a scheme; the page holds them all
        short = [replace(c, derivations=c.derivations[:1]) for c in chapters]
        files[folder / "derivations.pdf"] = pdf.write_pdf(page(_TITLE, short), scratch)
    return files, remark.say(lang) if remark else ""


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _chapter(one: Done) -> Chapter:
    run = one.run
    sheets = pay_tables(of_run(run))
    return Chapter(
        one.case.name,
        run.program.names,
        about(one.case),
        str(run.period),
        f"facts/{one.case.name}.xlsx",
        run.seal["seal"][:16],
        tuple(sheets),
        one.printed,
        one.derivations,
    )


def _text(done: list[Done]) -> str:
    parts = []
    for one in done:
        names = one.run.program.names
        parts += [f"{names.zh} {names.en}", about(one.case).zh, about(one.case).en, ""]
        for derivation in one.derivations:
            parts += [*lines(derivation.step, "zh"), ""]
        parts.append("")
    return "\n".join(parts)


def _yaml(done: list[Done]) -> str:
    head = (
        "# 医院配置：算例里由医院确定的取值。用法：hpf run 方案 … --config config.yaml\n"
        "# The hospital's configuration: what the examples leave to the hospital.\n"
    )
    data = _config([one.case for one in done])
    return head + yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
