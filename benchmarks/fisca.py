"""The same pay in openfisca-core: a minimal system of two entities, float32 vectors as it has them.

Imports openfisca only when it is used: the extra `bench` brings it, and nothing else needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import polars as pl

from benchmarks.register import Register

MONTH = "2026-09"


def installed() -> bool:
    """Whether openfisca-core can be imported."""
    return find_spec("openfisca_core") is not None


@dataclass(frozen=True, slots=True)
class Arrays:
    """The register as openfisca takes it: ids and float32 vectors. membership: department ids, or
    row numbers where ids were resolved beforehand."""

    people: Any
    departments: Any
    membership: Any
    income: Any
    cost: Any
    coef: Any
    score: Any


def arrays(register: Register, *, numbered: bool = False) -> Arrays:
    """numbered: ids as row numbers already, text left outside the measured time."""
    import numpy as np

    departments, staff = register.departments, register.staff
    if numbered:
        at = pl.DataFrame({"department": departments["id"]}).with_row_index("k")
        found = staff.join(at, on="department", how="left", maintain_order="left")["k"]
        ids = (np.arange(len(staff)), np.arange(len(departments)), found.to_numpy())
    else:
        ids = (
            np.array(staff["id"].to_list()),
            np.array(departments["id"].to_list()),
            np.array(staff["department"].to_list()),
        )
    numbers = (
        frame[column].cast(pl.Float32).to_numpy()  # openfisca's own type for amounts
        for frame, column in (
            (departments, "income"), (departments, "cost"), (staff, "coef"), (staff, "score"),
        )
    )  # fmt: skip
    return Arrays(*ids, *numbers)


def system() -> Any:
    """The rules: department pool, staff pay."""
    import numpy as np
    from openfisca_core.entities import build_entity
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.periods import DateUnit
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity("person", "persons", "A member of staff", is_person=True)
    department = build_entity(
        "department", "departments", "A department", roles=[{"key": "member", "plural": "members"}]
    )

    def variable(name: str, entity: Any, formula: Any = None) -> type:
        body = {"value_type": float, "entity": entity, "definition_period": DateUnit.MONTH}
        if formula is not None:
            body["formula"] = formula
        return type(name, (Variable,), body)

    def pool(departments: Any, period: Any, parameters: Any) -> Any:
        surplus = departments("income", period) - departments("cost", period)
        return surplus * parameters(period).share

    def pay(people: Any, period: Any, parameters: Any) -> Any:
        weight = people("coef", period) * people("score", period)
        total = people.department.sum(weight)
        return np.round(people.department("pool", period) * weight / total, 2)

    rules = TaxBenefitSystem([person, department])
    rules.parameters = ParameterNode(
        "", data={"share": {"values": {"2006-01-01": {"value": 0.45}}}}
    )
    for name, entity, formula in (
        ("income", department, None), ("cost", department, None), ("coef", person, None),
        ("score", person, None), ("pool", department, pool), ("pay", person, pay),
    ):  # fmt: skip
        rules.add_variable(variable(name, entity, formula))
    return rules


def pay(rules: Any, data: Arrays) -> Any:
    """Build the simulation from arrays and calculate; everyone's pay as float32, rows as given."""
    import numpy as np
    from openfisca_core.simulations import SimulationBuilder

    builder = SimulationBuilder()
    builder.create_entities(rules)
    builder.declare_person_entity("person", data.people)
    departments = builder.declare_entity("department", data.departments)
    builder.join_with_persons(departments, data.membership, np.zeros(len(data.people), dtype=int))
    simulation = builder.build(rules)
    for name in ("income", "cost", "coef", "score"):
        simulation.set_input(name, MONTH, getattr(data, name))
    return simulation.calculate("pay", MONTH)


def in_fen(pay: Any) -> pl.Series:
    """Its amounts as whole fen, each to the nearest."""
    import numpy as np

    return pl.Series("fen", np.rint(pay.astype(np.float64) * 100).astype(np.int64))
