"""A payout's lines: they add up to it, and each says its arithmetic in the row's own numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sample_months import sample_run

from hpf.core.formula.in_numbers import in_numbers
from hpf.core.formula.scalar import Scalar
from hpf.core.kit.programs import Programs
from hpf.core.lines import pay_lines
from hpf.core.results import plain


@pytest.mark.parametrize("code", ["township", "mongolian"])
def test_the_lines_of_everyone_add_up_to_the_payout(shipped_programs: Programs, code: str) -> None:
    run = sample_run(shipped_programs, code)
    paid, scalar = run.program.payout, Scalar.of(run)
    assert paid is not None
    found = 0
    for id in run.checked.rows[paid.entity].ids.to_list():
        lines = pay_lines(run, id, scalar)
        assert sum((x.amount for x in lines), Decimal(0)) == (
            run.value(paid.entity, id, paid.name) or 0
        )
        found += len(lines)
        assert all(x.rule.kind == "pay" for x in lines)
    assert found > 100


def test_a_line_says_its_own_numbers_and_only_the_case_that_holds(
    shipped_programs: Programs,
) -> None:
    run = sample_run(shipped_programs, "township")
    scalar = Scalar.of(run)
    said = {x.rule.name: in_numbers(scalar, x.rule, x.row) for x in pay_lines(run, "K01-3", scalar)}
    pool, weight = (
        run.value("department", "K01", "to_share"),
        run.value("post", "K01-3@K01", "weight"),
    )
    assert said["unit_share"].zh.startswith(
        f"供个人分配的绩效 {pool:,.2f} × 分配权重 {plain(weight)} ÷ 合计 "
    )
    assert " ÷ all " in said["unit_share"].en
    due = run.value("post", "K01-3@K01", "unit_payable")
    assert said["quality_adjustment"].zh == (
        f"岗位应付绩效 {due:,.2f} × (人员的个人考核系数 0.95 − 1)"
    )


def test_a_number_that_was_cut_off_says_so(shipped_programs: Programs) -> None:
    run = sample_run(shipped_programs, "mongolian")
    scalar = Scalar.of(run)
    (line,) = pay_lines(run, "S013", scalar)
    assert in_numbers(scalar, line.rule, line.row).zh == (
        "医院的全院平均奖 1,699.5637… × 主任护士长平均奖倍数 1.2"
    )


def test_what_pays_nothing_or_nobody_is_refused(shipped_programs: Programs) -> None:
    run = sample_run(shipped_programs, "mongolian")
    with pytest.raises(KeyError, match="staff:nobody"):
        pay_lines(run, "nobody")
