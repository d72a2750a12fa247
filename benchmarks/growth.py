"""Whether ten times the staff takes more than ten times as long."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from benchmarks import measure, ours, register
from benchmarks.sizes import Sizes
from benchmarks.table import Line, compared, seconds
from hpf.core import Period
from hpf.core.values import History

RISE = 1.10  # time per staff-month at the largest size, against that at a tenth of it


def lines(sizes: Sizes) -> list[Line]:
    """Time per staff-month, and its rise from the last size but one to the last."""
    out = []
    data = {n: register.make(n) for n in sizes.growth}
    for months in sizes.months:
        took = measure.interleaved(
            {str(n): _year(data[n], months) for n in sizes.growth}, min(3, sizes.repeats)
        )
        each = {n: took[str(n)] / n / months for n in sizes.growth}
        *small, before, last = sizes.growth
        spell = f"{months} month{'s' if months > 1 else ''}"
        for n in small:
            what = f"growth, {spell}: per staff-month, {n:,} staff (ours) and {before:,}"
            out.append(Line(what, seconds(each[n]), seconds(each[before]), each[n] / each[before]))
        what = f"growth, {spell}: per staff-month, {last:,} staff (ours) and {before:,}"
        ratio = each[last] / each[before]
        out.append(compared(what, seconds(each[last]), seconds(each[before]), ratio, RISE))
    out.append(_looking_back(data[sizes.growth[-2]], min(3, sizes.repeats)))
    return out


def _year(data: register.Register, months: int) -> Callable[[], object]:
    program = ours.program()
    periods = [Period(2026, "month", m + 1) for m in range(months)]

    def run() -> object:
        kept = None
        for period in periods:
            kept = ours.pay(program, data, ours.parameters(program, period), period)
        return kept

    return run


def _looking_back(data: register.Register, repeats: int) -> Line:
    """A rule that adds up the year so far, in December: eleven earlier months to read."""
    plain, back = ours.program(), ours.program(year_to_date=True)
    december = Period(2026, "month", 12)
    known = ours.parameters(plain, december)
    ids = data.staff["id"].to_list()
    earlier = dict.fromkeys(ids, Decimal("1234.56"))
    history = History(
        {Period(2026, "month", m): {("staff", "bench_pay.pay"): earlier} for m in range(1, 12)}
    )
    took = measure.interleaved(
        {
            "plain": lambda: ours.pay(plain, data, known, december),
            "back": lambda: ours.pay(back, data, known, december, history),
        },
        repeats,
    )
    what = f"history: a rule over 11 earlier months (ours) and none, {len(ids):,} staff"
    ratio = took["back"] / took["plain"]
    return Line(what, seconds(took["back"]), seconds(took["plain"]), ratio)
