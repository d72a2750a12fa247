"""The records behind a pay line: one's own, those that counted, and nobody else's."""

from __future__ import annotations

import pytest
from sample_months import sample_run

from hpf.core.formula.scalar import Scalar
from hpf.core.kit.programs import Programs
from hpf.core.lines import pay_lines
from hpf.core.records import records
from hpf.core.results import Run


@pytest.fixture(scope="module")
def month(shipped_programs: Programs) -> Run:
    return sample_run(shipped_programs, "township")


def told(run: Run, id: str) -> dict[str, list[str]]:
    scalar = Scalar.of(run)
    lines = pay_lines(run, id, scalar)
    found = {x.rule.name: [r.id for r in records(run, x, id, scalar)] for x in lines if x.amount}
    return {rule: ids for rule, ids in found.items() if ids}


def test_a_suspension_a_case_and_a_leave_are_told_at_their_own_line(month: Run) -> None:
    """Suspended pay rests on what is left after cases and leave, which have lines of their own."""
    assert told(month, "X01-3") == {"suspended_pay": ["B001"]}
    assert told(month, "K08-2") == {"case_deduction": ["A001"]}
    assert told(month, "K01-7")["leave_deduction"] == ["L001"]
    assert told(month, "K02-6")["leave_deduction"] == ["L002"], "not the department's large costs"


def test_a_record_has_its_values_as_declared_and_no_blank_ones(month: Run) -> None:
    scalar = Scalar.of(month)
    line = next(x for x in pay_lines(month, "K08-2", scalar) if x.rule.name == "case_deduction")
    (record,) = records(month, line, "K08-2", scalar)
    assert [i.code for i, _ in record.values] == ["kind", "confirmed_on", "decided_on"]
    assert record.values[0][1] == "漏收少收检查费"


def test_nobody_is_told_a_colleagues_record(month: Run) -> None:
    people = month.checked.rows["staff"].ids
    owners: dict[str, set[str]] = {}
    for code, rows in month.checked.rows.items():
        for link in month.program.entities[code].links:
            if link.to == "staff" and link.name in rows.links:
                ends = rows.links[link.name].to_list()
                for id, row in zip(rows.ids.to_list(), ends, strict=True):
                    owners.setdefault(id, set()).update([] if row is None else [people[row]])
    for id in month.checked.rows["staff"].ids.to_list():
        for ids in told(month, id).values():
            assert all(owners.get(i, set()) <= {id} for i in ids)
