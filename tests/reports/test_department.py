"""A department's card: people, sums, where the money comes from, and that nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pypdf
import pypdfium2
import pytest

from hpf.core.bindings import Binding
from hpf.core.reconcile import Reconciled
from hpf.reports.brand import Brand
from hpf.reports.cards.department import Department, department, department_model
from hpf.reports.issue import Issue, Standing
from hpf.reports.press import Paper

Make = Callable[..., Issue]
Facts = Callable[..., dict[str, Any]]
Print = Callable[[Paper], pypdf.PdfReader]

FINE = {
    "reason": "迟交",
    "finder": "质控科",
    "found_on": "2026-09-18",
    "fine": "50",
    "staff": "S002",
}


def model(issue: Issue, lang: str = "zh", unit: str = "D") -> Department:
    return department_model(issue, unit, lang)[0]


def number(said: str) -> Decimal:
    return Decimal(said.replace(",", "").replace("−", "-"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rows_and_columns_of_the_people_add_up(ward: Make, facts: Facts, lang: str) -> None:
    issue = ward(facts(20, incident={"I1": FINE}), extra=6)
    table = model(issue, lang).people
    first = 2 + 2  # number and name, then the two declared columns
    amounts = [
        [number(c.text) for c in x.cells[first - 1 if x.kind == "person" else 0 :]]
        for x in table.lines
    ]
    for row in amounts:
        assert sum(row[:-1], Decimal(0)) == row[-1]
    people = [a for x, a in zip(table.lines, amounts, strict=True) if x.kind == "person"]
    groups = [a for x, a in zip(table.lines, amounts, strict=True) if x.kind == "group"]
    total = amounts[-1]
    assert [sum(c, Decimal(0)) for c in zip(*people, strict=True)] == total
    assert [sum(c, Decimal(0)) for c in zip(*groups, strict=True)] == total
    assert total[-1] == sum(issue.payouts.values(), Decimal(0)) == table.paid


def test_groups_come_in_their_declared_order(ward: Make, facts: Facts) -> None:
    lines = model(ward(facts(9))).people.lines
    assert [x.name for x in lines if x.kind != "person"] == [
        "医师小计 6 人", "护士小计 3 人", "合计 9 人"
    ]  # fmt: skip


def test_figures_of_a_column_have_equally_many_places_and_are_never_rounded(
    ward: Make, facts: Facts
) -> None:
    def column(*given: str) -> list[str]:
        staff = {f"S{n:03d}": {"points": v, "role": "医师"} for n, v in enumerate(given, 1)}
        lines = model(ward(facts(len(given), staff=staff))).people.lines
        return [x.cells[2].text for x in lines if x.kind == "person"]

    assert column("1", "1.25", "0.999") == ["1.000", "1.250", "0.999"]
    assert column("1", "86.059999", "2.5") == ["1.00", "86.05…", "2.50"]


def test_columns_widen_for_large_sums_and_a_tenfold_change_is_no_percentage(
    ward: Make, facts: Facts
) -> None:
    rich = facts(7, department={"D": {"income": "1234567890.12"}})
    table = model(ward(rich, before=facts(7))).people
    longest = max(len(x.cells[-2].text) for x in table.lines)
    assert float(table.widths[-2].removesuffix("mm")) > longest * 1.6
    assert {x.cells[-1].text for x in table.lines} == {"—"}


def test_a_group_of_one_needs_no_sum(ward: Make, facts: Facts) -> None:
    staff = {"S001": {"role": "护士"}, "S002": {"role": "医师"}, "S003": {"role": "医师"}}
    lines = model(ward(facts(3, staff=staff))).people.lines
    assert [x.name for x in lines] == ["S002", "S003", "医师小计 2 人", "S001", "合计 3 人"]


def test_a_department_slip_and_card_say_the_same_amount(ward: Make, facts: Facts) -> None:
    issue = ward(facts(9, incident={"I1": FINE}))
    shown = {x.name: x.cells[-1].text for x in model(issue).people.lines}
    assert {id: f"{v:,.2f}" for id, v in issue.payouts.items()}.items() <= shown.items()


def test_the_reconciliation_has_two_ways_and_a_difference(ward: Make, facts: Facts) -> None:
    issue = ward(facts(9))
    accounts = {name: (a, b, by) for name, a, b, by, _ in model(issue).accounts}
    pool = issue.run.value("department", "D", "pool")
    assert accounts["可分配 → 科室绩效"] == (f"{pool:,.2f}", f"{pool:,.2f}", "0.00")
    total = f"{sum(issue.payouts.values(), Decimal(0)):,.2f}"
    assert accounts["全员实发 = 逐行之和"] == (total, total, "0.00")


def test_a_difference_between_schemes_is_printed_and_not_hidden(ward: Make, facts: Facts) -> None:
    binding = Binding("ward", "department", "pool", "account", "department", "pool", {}, "x")
    handed = Reconciled(binding, "D", "D", Decimal("100.00"), "pool_share", Decimal("99.99"))
    lines = model(replace(ward(facts(9)), reconciled=(handed,))).accounts
    assert ("account 给出 → pool_share", "100.00", "99.99", "−0.01", False) in lines


def test_the_fen_that_largest_remainders_placed_are_counted(ward: Make, facts: Facts) -> None:
    """10.00 among three alike: 3.34, 3.33, 3.33."""
    alike = {f"S{n:03d}": {"points": "1"} for n in (1, 2, 3)}
    bent = facts(3, department={"D": {"income": "20", "cost": "0"}}, staff=alike)
    assert model(ward(bent)).placed == "可分配分给 3 人，尾差 1 分按最大余数落到 1 人"
    even = facts(3, department={"D": {"income": "18", "cost": "0"}}, staff=alike)
    assert model(ward(even)).placed == "可分配分给 3 人，没有尾差"


def test_the_waterfall_leads_from_income_to_the_pool(ward: Make, facts: Facts) -> None:
    said, charts = department_model(ward(facts(9)), "D")
    assert charts["source"].table.rows == (
        ("收入", "90,000.37", ""),
        ("成本", "−20,000.00", ""),
        ("结余", "70,000.37", ""),
        ("其余", "−35,000.18", "不计入可分配"),
        ("可分配", "35,000.19", ""),
    )
    assert said.total == "35,000.19"
    assert said.source_about[-1] == "可分配 = 结余 70,000.37 × 计提比例 0.5"


def test_the_radar_says_where_its_centre_is(ward: Make, facts: Facts) -> None:
    other = {"hospital": "H", "income": "1", "cost": "0", **{f"score_{n}": "80" for n in range(5)}}
    said, charts = department_model(ward(facts(9, department={"E": other})), "D")
    assert said.scores_about == "实线本单位，虚线平均；中心为满分的 70%"
    assert charts["scores"].title.startswith("财务 90.00")
    assert charts["scores"].table.rows[0] == ("财务", "90.00", "85.0%")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_200_people_repeat_the_head_and_leave_no_total_alone(
    ward: Make, facts: Facts, printed: Print, lang: str
) -> None:
    issue = ward(facts(200, incident={"I1": FINE}), before=facts(200))
    pdf = printed(department(issue, "D", lang))
    pages = [p.extract_text() for p in pdf.pages]
    assert len(pages) == 5
    for id in issue.payouts:
        assert sum(f"{id} " in p for p in pages) == 1
    head = "积分" if lang == "zh" else "Points"
    with_people = [p for p in pages if re.search(r"S\d{3} ", p)]
    assert all(head in p for p in with_people)
    total = next(p for p in pages if ("合计 200 人" if lang == "zh" else "All 200") in p)
    assert re.search(r"S\d{3} ", total), "the total stands on a page with people"
    assert pdf.trailer["/Root"]["/Lang"] == ("zh-CN" if lang == "zh" else "en")
    assert "心血管内科" in (pdf.metadata.title or "")


@pytest.mark.slow  # a page for each number of people
@pytest.mark.parametrize("people", range(28, 44))
def test_no_total_opens_a_page_however_many_people_there_are(
    ward: Make, facts: Facts, printed: Print, people: int
) -> None:
    for page in printed(department(ward(facts(people)), "D")).pages:
        first = [x for x in page.extract_text().splitlines() if x.strip()]
        rows = [n for n, x in enumerate(first) if re.match(r"S\d{3} ", x)]
        sums = [n for n, x in enumerate(first) if re.match(r"(医师|护士)?(小计|合计) \d+ 人", x)]
        assert not sums or (rows and rows[0] < sums[0])


def test_a_department_that_pays_nobody_has_a_card(ward: Make, facts: Facts, printed: Print) -> None:
    empty = {"hospital": "H", "income": "0", "cost": "0", **{f"score_{n}": "80" for n in range(5)}}
    issue = ward(facts(6, department={"E": {**empty, "name": "新建科室"}}))
    said = re.sub(r"\s", "", printed(department(issue, "E")).pages[0].extract_text())
    assert "本期没有人在本科室领取" in said
    assert "新建科室" in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_long_name_of_the_hospital_keeps_clear_of_the_amount(
    ward: Make, facts: Facts, pressed: Callable[[Paper], bytes], lang: str
) -> None:
    issue = replace(ward(facts(6)), brand=Brand("示例自治州第二人民医院暨医共体总医院"))
    page = pypdfium2.PdfDocument(pressed(department(issue, "D", lang)))[0]
    text = page.get_textpage()
    places = [text.get_rect(n) for n in range(text.count_rects())]
    beside = [left for left, _, _, top in places if 200 < left < 300 and top > 750]
    ends = [right for left, _, right, top in places if left < 70 and top > 700]
    assert beside
    assert max(ends) <= min(beside)


def test_a_preview_says_so_and_shows_no_seal(ward: Make, facts: Facts) -> None:
    said = model(ward(facts(6), standing=Standing.PREVIEW))
    assert said.seal == "预览，未定稿"
    assert "预览，未定稿" in said.foot


def test_markup_in_a_departments_name_is_text(ward: Make, facts: Facts, printed: Print) -> None:
    issue = ward(facts(6, department={"D": {"name": "<b>内科</b>&"}}))
    assert "<b>内科</b>&" in printed(department(issue, "D")).pages[0].extract_text()


def test_an_unknown_department_is_refused(ward: Make, facts: Facts) -> None:
    with pytest.raises(KeyError, match="department:X"):
        department(ward(facts(6)), "X")
