"""The main path's pure part: facts → check → evaluate → seal.

    run = calculate(program, facts, settings)

Nothing is read or written here. Interpreter one computes every row at once; where a row has a
problem, interpreter two says why (`findings`).
"""

from __future__ import annotations

from collections.abc import Mapping

from hpf.core.checking import check
from hpf.core.errors import FactsError, ParameterError, Problem
from hpf.core.facts import Checked, Facts
from hpf.core.findings import findings
from hpf.core.formula.columns import evaluate
from hpf.core.holding import Held, mask, tolerate
from hpf.core.parameter_checks import misfits
from hpf.core.program import Program
from hpf.core.results import Evaluated, Run
from hpf.core.seal import seal
from hpf.core.settings import Resolved, Settings, resolve
from hpf.core.values import NO_HISTORY, History


def calculate(
    program: Program,
    facts: Facts,
    settings: Settings | None = None,
    history: History = NO_HISTORY,
    profile: str = "full",
    held: Held = (),
) -> Run:
    """Run a scheme on a period's facts. held: units (entity, id) that may be incomplete.

    Raises ParameterError when parameters have no value or do not suit the rules, FactsError when
    the facts do not hold. What only computing can find (a divisor of zero, a requirement that is
    not met) stands in `run.problems`, beside notices.
    """
    parameters, unfit = resolve(program.parameters, facts.period.last_day, settings, profile)
    unfit += misfits(program, parameters)
    try:
        computed = compute(program, facts, parameters, history, held, usable=not unfit)
    except FactsError as error:
        raise FactsError([*error.problems, *unfit]) from None
    if unfit:
        raise ParameterError(unfit)
    checked, evaluated, found = computed
    sealed = seal(program, checked, parameters, evaluated, history)
    return Run(
        program, facts.period, checked, parameters, evaluated, found, sealed, history, profile
    )


Computed = tuple[Checked, Evaluated, tuple[Problem, ...]]


def compute(
    program: Program,
    facts: Facts,
    parameters: Mapping[str, Resolved],
    history: History = NO_HISTORY,
    held: Held = (),
    *,
    usable: bool = True,
) -> Computed:
    """Check and evaluate with parameters that are resolved already; and what that found.

    usable: False where the parameters are known not to do, so that facts are only checked. Raises
    FactsError.
    """
    checked, problems = check(program, facts)
    tolerated, problems = tolerate(program, checked, problems, held)
    if problems:
        raise FactsError(problems)
    if not usable:
        return checked, Evaluated({}, {}), ()
    evaluated = evaluate(program, checked, parameters, history)
    found = findings(program, checked, parameters, evaluated, history)
    if held:
        evaluated, left = mask(program, checked, parameters, evaluated, tolerated, held, found)
        found = (*tolerated.notices, *left)
    return checked, evaluated, found
