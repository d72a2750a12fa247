"""What only computing can find: why results are problems, pools without takers, requirements that
are not met. The columns say where; interpreter two is asked why, for those rows alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from hpf.core.errors import Problem, Text
from hpf.core.facts import Checked
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.troubles import disagreement
from hpf.core.program import Program
from hpf.core.requirements import unmet
from hpf.core.results import Evaluated
from hpf.core.settings import Resolved
from hpf.core.values import History, Trouble


def findings(
    program: Program,
    checked: Checked,
    parameters: Mapping[str, Resolved],
    evaluated: Evaluated,
    history: History,
) -> tuple[Problem, ...]:
    """All problems and notices of a run, each root cause once, in a stable order."""
    scalar = Scalar(program, checked, parameters, history)
    return (
        *reasons(program, checked, evaluated, scalar),
        *unmet(program, checked, parameters, evaluated, history),
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
