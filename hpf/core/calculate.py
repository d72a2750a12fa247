"""The main path's pure part: facts → check → evaluate → seal.

    run = calculate(program, facts, settings)

Nothing is read or written here. Interpreter one computes every row at once; where a row has a
problem, interpreter two says why (`findings`).
"""

from __future__ import annotations

from hpf.core.checking import check
from hpf.core.errors import FactsError, ParameterError
from hpf.core.facts import Facts
from hpf.core.findings import findings
from hpf.core.formula.columns import evaluate
from hpf.core.parameter_checks import misfits
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.seal import seal
from hpf.core.settings import Settings, resolve
from hpf.core.values import NO_HISTORY, History


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
    found = findings(program, checked, parameters, evaluated, history)
    sealed = seal(program, checked, parameters, evaluated, history)
    return Run(
        program, facts.period, checked, parameters, evaluated, found, sealed, history, profile
    )
