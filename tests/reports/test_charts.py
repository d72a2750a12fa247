"""Charts: a sentence with figures, the same numbers as a table, safe in black and white."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from hpf.reports.charts import (
    COLOURS,
    Axis,
    Bar,
    Chart,
    Month,
    Node,
    Step,
    Words,
    bar,
    bars,
    gauge,
    grades,
    heat,
    line,
    radar,
    strategy_map,
    strip,
    trend,
    waterfall,
)
from hpf.reports.charts.chart import shortened, text_width, ticks, wrapped

D = Decimal
TITLE = "收入 100.00 <&> 可分配 60.00"
NAMES = ("科室中位", "本人")


def step(name: str, value: str, total: bool = False) -> Step:
    return Step(name, D(value), total)


EVERY = {
    "waterfall": lambda: waterfall(
        [step("收入", "100", True), step("成本", "-40"), step("可分配", "60", True)],
        lang="zh", title=TITLE,
    ),
    "strip": lambda: strip(D("7603.24"), D("5695.54"), (D(5300), D(6400)), lang="zh",
                           title=TITLE, names=NAMES),
    "line": lambda: line(["8月", "9月"], [D(1), D(2)], [D(2), None], lang="zh", title=TITLE,
                         labels=("本人", "平均")),
    "radar": lambda: radar([Axis(f"轴{n}", D("0.9"), D("0.8"), "90") for n in range(5)],
                           lang="zh", title=TITLE, labels=("本人", "平均")),
    "bars": lambda: bars([Bar("外科", D("0.9"), "0.90")], lang="zh", title=TITLE,
                         limits=[(D("0.8"), "下限")]),
    "bar": lambda: bar(D("61.06"), D(70), title=TITLE),
    "trend": lambda: trend([Month("8月", D(1)), Month("9月", None)], lang="zh", title=TITLE,
                           limit=(D(2), "上限")),
    "heat": lambda: heat([("质量", "S1")], [("外科", [(D("0.5"), "50")])], lang="zh", title=TITLE),
    "grades": lambda: grades(D("84.52"), [D(60), D(85)], ["不合格", "合格", "优秀"], D(100),
                             [D("78.64")], lang="zh", title=TITLE, own_name="贵院"),
    "gauge": lambda: gauge(D(90), D(100), lang="zh", title=TITLE, due=D("0.75")),
    "strategy_map": lambda: strategy_map(
        [Node("a", "能力", "成长", 1, D("88.5")), Node("b", "满意 <&>", "客户", 2, loose=True)],
        [("a", "b")],
        ["客户", "成长"],
        words=Words(TITLE, ("目标", "维度", "带动", "达成"), "没有指标"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_every_chart_is_well_formed_and_says_its_finding(name: str) -> None:
    chart: Chart = EVERY[name]()
    root = ElementTree.fromstring(chart.svg)
    assert root[0].tag.endswith("title")
    assert root[0].text == TITLE
    assert root.attrib["role"] == "img"
    assert root.attrib["font-family"] == "HPF Sans"


@pytest.mark.parametrize("name", EVERY)
def test_every_chart_is_drawn_the_same_each_time(name: str) -> None:
    assert EVERY[name]() == EVERY[name]()


def test_markup_in_a_name_is_escaped() -> None:
    nasty = "<script>&\"'"
    for chart in (
        waterfall([step(nasty, "1", True)], lang="zh", title=nasty),
        bars([Bar(nasty, D(1), "1")], lang="zh", title=nasty),
        heat([(nasty, nasty)], [(nasty, [(None, nasty)])], lang="zh", title=nasty),
    ):
        assert ElementTree.fromstring(chart.svg)[0].text == nasty
        assert "<script" not in chart.svg


def test_a_sign_without_a_glyph_is_marked_in_a_chart() -> None:
    chart = bars([Bar("王\ue000", D(1), "1")], lang="zh", title="王\ue000\x07")
    assert "王〓" in chart.svg
    assert chart.title == "王〓", "no control character reaches a page's XML"


def test_a_fall_is_hatched_and_a_total_is_filled() -> None:
    svg = EVERY["waterfall"]().svg
    fills = re.findall(r'<rect x="[\d.]+" [^>]*fill="([^"]+)"', svg)
    assert fills == [COLOURS.deep, "url(#falls)", COLOURS.deep]


def test_a_waterfall_of_many_steps_folds_the_smallest_and_keeps_its_sum() -> None:
    changes = [step(f"项{n}", str(-n)) for n in range(1, 21)]
    total = 1000 + sum(int(s.value) for s in changes)
    chart = waterfall(
        [step("收入", "1000", True), *changes, step("结余", str(total), True)],
        lang="zh", title="x",
    )  # fmt: skip
    assert chart.svg.count("<rect x=") == 13
    assert "其他" in chart.svg
    assert len(chart.table.rows) == 22, "the table keeps them all"
    folded = sum(range(1, 11))
    assert f"−{folded}.00" in chart.svg


def test_a_waterfall_below_zero_stands_on_its_ground() -> None:
    chart = waterfall(
        [step("收入", "10", True), step("成本", "-30"), step("亏损", "-20", True)],
        lang="zh", title="x",
    )  # fmt: skip
    heights = [float(h) for h in re.findall(r'<rect x="[^"]+" [^>]*height="([\d.]+)"', chart.svg)]
    assert all(h > 0 for h in heights)
    assert "−20.00" in chart.svg


def test_a_waterfall_that_does_not_start_at_zero_says_so() -> None:
    steps = [step("一月", "1000000", True), step("增", "100"), step("二月", "1000100", True)]
    assert "纵轴从" in waterfall(steps, lang="zh", title="x", from_zero=False).svg
    assert "纵轴从" not in waterfall(steps, lang="zh", title="x").svg


def test_a_radar_has_five_to_eight_axes() -> None:
    for n in (4, 9):
        with pytest.raises(ValueError, match="use bars"):
            radar([Axis("x", D(1), None, "1")] * n, lang="zh", title="x", labels=("a", "b"))


def test_a_strip_of_one_amount_and_of_negative_ones_stays_in_its_picture() -> None:
    for own, middle in ((D(5), D(5)), (D(-100), D(-50)), (D(0), D(0))):
        chart = strip(own, middle, None, lang="zh", title="x", names=NAMES)
        places = [float(x) for x in re.findall(r'(?:cx|x1|x)="(-?[\d.]+)"', chart.svg)]
        assert all(0 <= x <= chart.width for x in places)
    assert "−100" in chart_text(strip(D(-100), D(-50), None, lang="zh", title="x", names=NAMES))


def chart_text(chart: Chart) -> str:
    return "".join(ElementTree.fromstring(chart.svg).itertext())


def test_names_at_the_ends_of_two_lines_do_not_cover_each_other() -> None:
    chart = line(["7月", "8月", "9月"], [D(1), D(9), D(5)], [D(5), D(5), D("5.01")], lang="zh",
                 title="x", labels=("本人", "平均"))  # fmt: skip
    places = dict(re.findall(r'y="([\d.]+)" font-size="6.5"[^>]*>(本人|平均)<', chart.svg))
    ys = [float(y) for y in places]
    assert len(ys) == 2
    assert abs(ys[0] - ys[1]) == pytest.approx(8, abs=0.02)


def test_a_result_stands_in_its_own_grade_and_never_on_the_limit_it_misses() -> None:
    chart = grades(D("84.99"), [D(60), D(85)], ["不合格", "合格", "优秀"], D(100), [], lang="zh",
                   title="x")  # fmt: skip
    bands = [(float(x), float(w)) for x, w in re.findall(
        r'<rect x="([\d.]+)" y="18" width="([\d.]+)"', chart.svg)]  # fmt: skip
    (mark,) = re.findall(r'<path d="M([\d.]+),11', chart.svg)
    assert bands[1][0] < float(mark) + 4 < bands[2][0]
    assert [row[1] for row in chart.table.rows] == ["84.99", "0–60", "60–85", "85–100"]


def test_a_month_without_a_value_is_a_gap_and_no_zero() -> None:
    chart = line(["7月", "8月", "9月"], [None, D(1), D(2)], [None] * 3, lang="zh", title="x",
                 labels=("本人", "平均"))  # fmt: skip
    assert chart.table.rows[0] == ("7月", "—", "—")
    own = re.findall(r'<polyline points="([^"]*)"', chart.svg)[1]
    assert len(own.split()) == 2


def test_widths_ticks_and_cut_names() -> None:
    assert text_width("汉字ab", 10) == pytest.approx(20 + 2 * 5.7)
    assert ticks(0, 10, 4) == [0, 2.5, 5, 7.5, 10]
    assert ticks(5, 5) == [5.0, 5.25, 5.5, 5.75, 6.0]
    assert shortened("很长的科室名称", 7, 30) == "很长的…"
    assert shortened("短", 7, 30) == "短"
    assert wrapped("维修、水电支出", 6.8, 36) == ("维修、水", "电支出")
    assert wrapped("Maintenance and utilities", 6.8, 36) == ("Maintenance", "and util…")
    assert wrapped("收入", 6.8, 36) == ("收入", "")


def test_the_last_column_s_figure_stays_within_the_picture() -> None:
    """A long figure over a narrow last column ends at the edge, it is not cut off there."""
    long = "1,217,938.60"
    months = [Month(f"{n}月", D(200_000 + n), long if n == 12 else "") for n in range(1, 13)]
    svg = trend(months, lang="zh", title=TITLE, width=236).svg
    at = float(re.search(r'<text x="([\d.]+)"[^>]*>1,217,938.60<', svg)[1])
    assert at + text_width(long, 6.5) / 2 <= 236.001
    early = [Month(f"{n}月", D(200_000), "1.00" if n == 3 else "") for n in range(1, 13)]
    drawn = trend(early, lang="zh", title=TITLE, width=236).svg
    at = float(re.search(r'<text x="([\d.]+)"[^>]*>1.00<', drawn)[1])
    assert at == pytest.approx(236 / 24 * 5, abs=0.01), "others stay over their column"
