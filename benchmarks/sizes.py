"""How large the measurements are: as the targets say, or tiny for a smoke run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """staff: people of the register; growth: registers compared, smallest first; months: how many
    are computed in turn; people, departments: of the hospital; hospitals, items: of a province,
    items to answer by each; earlier: how many periods of a sample are computed before its last,
    None for all; rules: in one scheme; rows: of the workbook that is read; facts: imported into a
    database; cards: drawn by one worker; pages: opened by each role at most; repeats:
    measured rounds; judged: whether targets apply.
    """

    staff: int = 1_000_000
    growth: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    months: tuple[int, ...] = (1, 12)
    people: int = 600
    departments: int = 30
    hospitals: int = 2_000
    items: int = 60
    earlier: int | None = None
    rules: int = 300
    rows: int = 20_000
    facts: int = 1_000_000
    cards: int = 2_000
    pages: int = 500
    repeats: int = 5
    judged: bool = True


FULL = Sizes()
QUICK = Sizes(
    staff=2_000,
    growth=(200, 1_000, 2_000),
    months=(1, 2),
    people=12,
    departments=3,
    hospitals=60,
    items=20,
    earlier=1,
    rules=40,
    rows=300,
    facts=4_000,
    cards=20,
    pages=12,
    repeats=1,
    judged=False,
)
