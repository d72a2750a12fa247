"""The month report: its sentence and figures come from the run, and everything reconciles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from drawn import bookmarks, flat, pdf, tags

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.periods import Period
from hpf.intake import load
from hpf.reports.brand import Brand
from hpf.reports.cards.asked import HeldUnit, Known, Limit, OpenAppeal
from hpf.reports.cards.month import Month, month, month_model
from hpf.reports.cards.month_lead import scaled
from hpf.reports.cards.moved import parts, total, total_rule
from hpf.reports.cards.units import units
from hpf.reports.issue import Issue, Standing

Make = Callable[..., Issue]
Facts = Callable[..., dict[str, Any]]

SURGERY = {"hospital": "H", "name": "外科", "income": "50000", "cost": "20000",
           **{f"score_{n}": "95" for n in range(5)}}  # fmt: skip


def number(said: str) -> Decimal:
    return Decimal(said.replace(",", "").replace("−", "-").replace("+", ""))


def person(unit: str, n: int) -> dict[str, str]:
    return {"department": unit, "name": f"外科{n}", "role": "医师", "points": "70", "nights": "2"}


def model(issue: Issue, lang: str = "zh", **known: Any) -> Month:
    return month_model(issue, lang, Known(**known))[0]


@pytest.fixture
def two(ward: Make, facts: Facts) -> Issue:
    """Two departments and two months: one came, one left, incomes changed."""
    staff = {f"T{n:03d}": person("E", n) for n in range(1, 6)}
    now = facts(12, department={"E": SURGERY}, staff=staff)
    before = facts(12, department={"D": {"income": "80000"}, "E": SURGERY}, staff=staff)
    del now["staff"]["S012"]
    del before["staff"]["T005"]
    return ward(now, before=before)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_parts_of_the_change_add_up_to_it_to_the_fen(two: Issue, lang: str) -> None:
    by = total(two.payouts.values()) - total(two.payouts_before.values())
    assert by
    moved = parts(two)
    assert total(p.amount for p in moved) == by
    said = model(two, lang)
    assert sum((number(a) for _, _, a in said.change), Decimal(0)) == by == number(said.change_sum)
    names = {p.name.zh for p in moved}
    assert {"新进 1 人", "离开 1 人", "心血管内科", "外科"} == names


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sentence_says_total_change_and_its_largest_reason(two: Issue, lang: str) -> None:
    said = "".join(text for text, _ in model(two, lang).lead)
    paid = total(two.payouts.values())
    main = next(p for p in parts(two) if p.amount > 0).name.say(lang)
    assert main in said
    if lang == "zh":
        assert f"本期发放 {scaled(paid, 'zh'):,} 万元，比上期多" in said
    else:
        assert f"CNY {paid:,.2f}" in said
        assert "more than last period, mainly from" in said


def test_departments_add_up_to_what_is_paid_and_stand_by_amount_a_head(two: Issue) -> None:
    said = model(two)
    assert sum((number(r.amount) for r in said.rows), Decimal(0)) == total(two.payouts.values())
    assert sum(int(r.people) for r in said.rows) == len(two.payouts)
    means = [number(r.mean) for r in said.rows]
    assert means == sorted(means, reverse=True)
    assert number(said.rows_all.amount) == total(two.payouts.values())


def test_what_was_paid_by_kind_of_line_reconciles_to_nothing(two: Issue) -> None:
    said = model(two)
    assert sum((number(a) for _, a in said.accounts), Decimal(0)) == number(said.accounts_sum)
    assert number(said.accounts_sum) == total(two.payouts.values())
    assert [amount for _, amount in said.checks] == ["0.00", "0.00"]


def test_people_of_no_department_are_not_lost(two: Issue) -> None:
    unit_of = {id: unit for id, unit in two.unit_of.items() if id != "S001"}
    two.__dict__["unit_of"] = unit_of  # as if that person's link led nowhere
    two.__dict__.pop("members", None)
    table = units(two)
    assert total(u.amount for u in table) == total(two.payouts.values())
    assert "不属科室" in [r.name for r in model(two).rows]


def test_a_difference_in_the_accounts_is_the_first_thing_to_decide(
    two: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Issue.lines
    monkeypatch.setattr(Issue, "lines", lambda self, id: whole(self, id)[1:] if id == "S001"
                        else whole(self, id))  # fmt: skip
    said = model(two)
    assert said.decisions[0].what == "对账有差额"
    assert said.checks[0][1] != "0.00"


def test_the_workflow_s_holds_appeals_and_ceilings_are_asked_about(two: Issue) -> None:
    said = model(
        two,
        held=(HeldUnit("外科", "工作量表缺一张", dt.date(2026, 10, 8)),),
        appeals=tuple(OpenAppeal(f"S{n:03d} · 夜班补贴", dt.date(2026, 10, 20 - n))
                      for n in range(1, 6)),
        answered=2,
        limits=(Limit("2026-09", Decimal(100), Decimal(94)),
                Limit("2026", Decimal(1000), Decimal("1000.01"))),
    )  # fmt: skip
    whats = [d.what for d in said.decisions]
    assert whats[:2] == ["2026 核定总额已超", "外科 暂缓发放"]
    assert "超出 0.01 元" in said.decisions[0].why
    assert whats[2:6] == ["申诉待答复"] * 3 + ["另有 2 件申诉"]
    assert said.decisions[2].due == "10-15 前"  # the earliest first
    assert said.figures[4] == ("申诉待答复（件）", "5", "已答复 2 件")


@pytest.mark.parametrize("spent", ["94.99", "95", "100"])
def test_a_ceiling_is_told_of_from_ninety_five_per_cent_on(two: Issue, spent: str) -> None:
    said = model(two, limits=(Limit("2026", Decimal(100), Decimal(spent)),))
    assert any("核定总额" in d.what for d in said.decisions) == (Decimal(spent) >= 95)


def test_a_department_far_from_the_mean_is_told_of(ward: Make, facts: Facts) -> None:
    staff = {f"T{n:03d}": person("E", n) for n in range(1, 6)}
    issue = ward(facts(6, department={"E": {**SURGERY, "income": "20100"}}, staff=staff))
    said = model(issue)
    low = next(u for u in units(issue) if u.name == "外科")
    assert low.off is not None
    assert low.off < Decimal("-0.25")
    assert "外科偏低" in [d.what for d in said.decisions]
    assert "".join(text for text, _ in said.lead).endswith("需要您过问。")


def test_a_mean_that_fell_three_times_by_a_tenth_is_told_of(ward: Make, facts: Facts) -> None:
    issue = ward(facts(6, department={"E": SURGERY},
                       staff={f"T{n:03d}": person("E", n) for n in range(1, 6)}))  # fmt: skip
    now = issue.payouts
    months = tuple(
        (Period.parse(f"2026-0{5 + n}"), {id: v * (1 + Decimal(4 - n) / 10) for id, v in now.items()
                                          if id[0] == "T"})
        for n in range(1, 4)
    )  # fmt: skip
    fallen = next(u for u in units(replace(issue, months=months)) if u.name == "外科")
    assert fallen.falls == 3
    assert next(u for u in units(issue) if u.name == "外科").falls == 0


@pytest.mark.slow
def test_causes_of_a_hospital_s_own_total_add_up_too() -> None:
    programs = load_programs(load_plugins())
    program = programs["mongolian"]
    settings = HospitalConfig.read(program.folder / "sample" / "config.yaml", programs).settings
    runs = [
        calculate(program, load(program.folder / "sample" / month, program, Period.parse(month)),
                  settings["mongolian"])
        for month in ("2026-08", "2026-09")
    ]  # fmt: skip
    issue = Issue(runs[1], Brand("示例"), before=runs[0])
    rule = total_rule(issue)
    assert rule is not None
    assert rule.entity == "hospital"
    moved = parts(issue)
    assert total(p.amount for p in moved) == total(issue.payouts.values()) - total(
        issue.payouts_before.values()
    )
    assert {p.name.zh for p in moved} <= {
        "全院数据",
        "系数与身份",
        "考核得分",
        "科室数据",
        "科室与个人数据",
        "人员增减与调动",
        "日期与往期",
    }


def test_without_an_earlier_period_nothing_is_compared(ward: Make, facts: Facts) -> None:
    said, charts = month_model(ward(facts()))
    assert not said.change
    assert {n for n in charts if not n.startswith("bar-")} == set()
    assert {r.change for r in said.rows} == {"—"}
    assert said.figures[4][1:] == ("—", "没有上期")


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [("2026-09", "绩效月报", "Month report"), ("2026-Q3", "绩效季报", "Quarter report"),
     ("2026-H2", "绩效半年报", "Half-year report"), ("2026", "绩效年报", "Year report")],
)  # fmt: skip
def test_the_heading_follows_the_length_of_the_period(
    two: Issue, period: str, zh: str, en: str
) -> None:
    issue = replace(two, run=replace(two.run, period=Period.parse(period)))
    assert model(issue).title.startswith(f"{zh} 2026年")
    assert model(issue, "en").title.startswith(en)


def test_printed_steps_of_the_waterfall_add_up(two: Issue) -> None:
    table = month_model(two)[1]["change"].table
    amounts = [number(row[1]) for row in table.rows]
    assert amounts[0] + sum(amounts[1:-1], Decimal(0)) == amounts[-1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_document_is_tagged_and_says_all_in_order(
    two: Issue, lang: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    issue = replace(two, brand=Brand("示例县人民医院", signatories=("院长",)), synthetic=True)
    found = pdf(month(issue, lang), tmp_path_factory.getbasetemp())
    assert found.trailer["/Root"]["/Lang"] == ("zh-CN" if lang == "zh" else "en")
    title = "绩效月报 2026年9月" if lang == "zh" else "Month report September 2026"
    assert found.metadata is not None
    assert str(found.metadata.title).startswith(title)
    kinds = tags(found)
    assert kinds.count("/H1") == 1
    assert {"/H2", "/Table", "/TH", "/Figure"} <= set(kinds)
    text = flat(found)
    words = (["请您决定", "对账", "变化明细"] if lang == "zh"
             else ["Foryourdecision", "Reconciliation", "Thechangeinfull"])  # fmt: skip
    places = [text.index(w) for w in words]
    assert places == sorted(places)
    assert ("合成示例数据" if lang == "zh" else "Syntheticsample") in text
    assert len(found.pages) == 1
    assert [b for b in bookmarks(found) if b in ("各科室", "Departments")]


@pytest.mark.slow
def test_two_hundred_departments_over_pages_repeat_their_head_and_keep_the_total(
    ward: Make, facts: Facts, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = "心血管内科第二病区（含胸痛中心与心脏康复门诊）"
    many = {f"X{n:03d}": {**SURGERY, "name": f"{name}{n}"} for n in range(200)}
    staff = {f"P{n:03d}": person(f"X{n:03d}", n) for n in range(200)}
    for n in range(0, 200, 7):  # some owe more than they get
        many[f"X{n:03d}"]["income"] = "20000"
        staff[f"P{n:03d}"]["nights"] = "0"
    found = pdf(month(ward(facts(department=many, staff=staff))), tmp_path_factory.getbasetemp())
    pages = [flat(p) for p in found.pages]
    assert len(pages) >= 5
    with_rows = [p for p in pages if "（含胸痛中心" in p]
    assert all("科室人数发放（元）" in p for p in with_rows)
    last = next(p for p in pages if "合计208" in p)
    assert "（含胸痛中心" in last


def test_a_month_that_pays_nobody_and_markup_in_names_are_printed(
    ward: Make, facts: Facts, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = facts(0, department={"D": {"name": "<b>内科</b>&"}})
    found = flat(pdf(month(ward(empty, standing=Standing.PREVIEW)), tmp_path_factory.getbasetemp()))
    assert "0.00" in found
    assert "预览" in found
    some = flat(pdf(month(ward(facts(2, department={"D": {"name": "<b>内科</b>&"}}))),
                    Path(tmp_path_factory.getbasetemp())))  # fmt: skip
    assert "<b>内科</b>&" in some
