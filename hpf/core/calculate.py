"""The main path's pure part: facts → check → evaluate → seal.

    run = calculate(program, facts, settings)

Nothing is read or written here. Interpreter one computes every row at once; where a row has a
problem, interpreter two says why.
"""

from __future__ import annotations

from hpf.core.checking import check
from hpf.core.errors import FactsError, ParameterError, Problem, Text
from hpf.core.facts import Checked, Facts
from hpf.core.formula.columns import evaluate
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.troubles import disagreement
from hpf.core.parameter_checks import misfits
from hpf.core.program import Program
from hpf.core.requirements import unmet
from hpf.core.results import Evaluated, Run
from hpf.core.seal import seal
from hpf.core.settings import Settings, resolve
from hpf.core.values import NO_HISTORY, History, Trouble


def calculate(
    program: Program,
    facts: Facts,
    settings: Settings | None = None,
    history: History = NO_HISTORY,
    profile: str = "full",
) -> Run:
    """Run a scheme on a period's facts.

    Raises ParameterError when parameters have no value or do not suit the rules, FactsError when
    the facts do not hold. What only computing can find (a divisor of zero, a requirement that is
    not met) stands in `run.problems`, beside notices.
    """
    parameters, unfit = resolve(program.parameters, facts.period.last_day, settings, profile)
    unfit += misfits(program, parameters)
    checked, problems = check(program, facts)
    if problems:
        raise FactsError([*problems, *unfit])
    if unfit:
        raise ParameterError(unfit)
    evaluated = evaluate(program, checked, parameters, history)
    scalar = Scalar(program, checked, parameters, history)
    found = (
        *reasons(program, checked, evaluated, scalar),
        *unmet(program, checked, parameters, evaluated, history),
    )
    sealed = seal(program, checked, parameters, evaluated, history)
    return Run(
        program, facts.period, checked, parameters, evaluated, found, sealed, history, profile
    )


def reasons(
    program: Program, checked: Checked, evaluated: Evaluated, scalar: Scalar
) -> tuple[Problem, ...]:
    """Why results are problems: each root cause once, in a stable order."""
    found: dict[Trouble, None] = {}
    for entity, columns in sorted(evaluated.bad.items()):
        for name, mask in sorted(columns.items()):
            for index in mask.arg_true():
                value = scalar.value(entity, index, name)
                if isinstance(value, Trouble):
                    found[value] = None
                else:
                    found[disagreement(entity, checked.rows[entity].ids[index], name)] = None
    for name, entity, index in evaluated.orphans:
        found[_orphan(program, checked, name, entity, index)] = None
    return tuple(t.problem() for t in found)


def _orphan(program: Program, checked: Checked, name: str, entity: str, index: int) -> Trouble:
    rule = next(r for r in program.rules if r.qualified == name)
    return Trouble(
        "no_takers",
        Text(
            f"“{rule.names.zh}”有钱可分，却没有人参与分配",
            f"'{rule.names.en}' has a pool but nobody to share it",
        ),
        Text(
            "请检查人员的科室与岗位，或把总额改为 0",
            "Check the staff's department and role, or set the pool to 0",
        ),
        entity,
        checked.rows[entity].ids[index],
        name,
    )
