"""A cleaning bonus, shared by shifts (a synthetic document, CL)."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    SHIFT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    hookimpl,
    split,
    when,
)

scheme = Scheme("cleaning", zh="保洁奖", en="Cleaning bonus", document="CL", here=__file__)
scheme.decimal(DEPARTMENT, "bonus", zh="奖金总额", en="Bonus", unit=CNY, low=0, clause="CL.1")
scheme.integer(STAFF, "shifts", zh="班次", en="Shifts", unit=SHIFT, low=0, clause="CL.1")
scheme.boolean(STAFF, "night", zh="夜班人员", en="Works nights", clause="CL.1")


@scheme.pay(STAFF, zh="保洁奖", en="Cleaning bonus", clause="CL.1")
def cleaning_bonus(cleaner: Row, p: Parameters) -> Formula:
    """The department's bonus by shifts; night shifts count for more."""
    worked = cleaner.shifts * when(cleaner.night, p.night_weight, 1)
    return split(cleaner.department.bonus, by=worked, within=cleaner.department)


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The one scheme of this document."""
    return [scheme]
