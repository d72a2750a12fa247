"""Write the sample: a made-up county's three hospitals in two years, 45 indicators of its own.

    python make.py

writes 2025/ and 2026/ beside this file; only the standard library is used, and running it again
changes nothing. Wanted on purpose: one hospital that is unqualified in both years, a tie in 2026,
items that are not scorable, a fall in costs, a rate so small that it had to be confirmed, and a
medical accident where none was the target.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
SEED = "county_public sample"
HIGHER, LOWER = "越高越好", "越低越好"
FORWARD, REVERSE, QUALITATIVE, INTERVAL, DIFFERENCE = "正向", "反向", "定性", "区间", "差额"
PERCENT, VISITS, DAYS, YUAN, CASES, OTHER = "百分数", "人次", "天", "元", "件", "其他"
OWN = "own"  # the target is set for each hospital

# id, topic, name, points, method, measure, target, threshold or points off a unit, evidence
Line = tuple[str, str, str, str, str, str, str, str, bool]
LINES: tuple[Line, ...] = (
    ("A01", "指令性任务", "对口支援与应急任务", "3", QUALITATIVE, "", "", "", True),
    ("A02", "指令性任务", "公共卫生任务完成率", "2", FORWARD, PERCENT, "100", "", False),
    ("A03", "药品零加成与费用控制", "药品零加成执行情况", "3", QUALITATIVE, "", "", "", True),
    ("A04", "药品零加成与费用控制", "药品收入占比", "2.5", REVERSE, PERCENT, "32", "", False),
    ("A05", "药品零加成与费用控制", "药占比变动", "2", DIFFERENCE, PERCENT, "-2", "0.5", False),
    ("A06", "便民措施", "预约诊疗率", "2", FORWARD, PERCENT, "40", "", False),
    ("A07", "便民措施", "平均候诊时间（分钟）", "1.5", REVERSE, OTHER, "20", "", False),
    ("A08", "精细化管理", "预算执行与成本核算", "2", QUALITATIVE, "", "", "", False),
    ("A09", "精细化管理", "百元医疗收入的卫生材料费", "2", REVERSE, YUAN, "18", "", False),
    ("A10", "基层人员培训", "培训基层医务人员", "2", FORWARD, VISITS, OWN, "", False),
    ("A11", "基层人员培训", "下乡巡诊次数", "2", FORWARD, OTHER, "20", "", False),
    ("A12", "医德医风与人才", "医德考评与行风", "2", QUALITATIVE, "", "", "", True),
    ("A13", "医德医风与人才", "中级以上职称占比", "2", FORWARD, PERCENT, "45", "", False),
    ("A14", "财务与价格", "收费规范与价格公示", "2.5", QUALITATIVE, "", "", "", False),
    ("A15", "财务与价格", "资产负债率", "1.5", REVERSE, PERCENT, "45", "", False),
    ("A16", "依法执业", "依法执业检查", "3", QUALITATIVE, "", "", "", True),
    ("B01", "核心制度", "核心制度落实", "4", QUALITATIVE, "", "", "", True),
    ("B02", "核心制度", "甲级病案率", "2.5", FORWARD, PERCENT, "95", "", False),
    ("B03", "核心制度", "临床路径病例占比", "2", FORWARD, PERCENT, "30", "", False),
    ("B04", "服务数量", "年出院人次", "3", FORWARD, VISITS, OWN, "", False),
    ("B05", "服务数量", "年门急诊人次", "3", FORWARD, VISITS, OWN, "", False),
    ("B06", "服务数量", "住院手术例数", "2", FORWARD, CASES, OWN, "", False),
    ("B07", "服务数量", "病床使用率", "2", INTERVAL, PERCENT, "85", "60", False),
    ("B08", "服务质量", "出院患者平均住院日", "3", REVERSE, DAYS, "8", "", False),
    ("B09", "服务质量", "入出院诊断符合率", "2", FORWARD, PERCENT, "95", "", False),
    ("B10", "服务质量", "治愈好转率", "2", FORWARD, PERCENT, "92", "", False),
    ("B11", "服务质量", "急危重症抢救成功率", "2", FORWARD, PERCENT, "85", "", False),
    ("B12", "费用与基本药物", "次均门诊费用增长率", "3", REVERSE, PERCENT, "5", "", False),
    ("B13", "费用与基本药物", "次均住院费用增长率", "3", REVERSE, PERCENT, "5", "", False),
    ("B14", "费用与基本药物", "基本药物金额占比", "3", FORWARD, PERCENT, "45", "", False),
    ("B15", "费用与基本药物", "抗菌药物使用强度", "2", REVERSE, OTHER, "40", "", False),
    ("B16", "费用与基本药物", "门诊抗菌药物处方比例", "1.5", REVERSE, PERCENT, "20", "", False),
    ("B17", "医疗安全", "医疗安全管理", "4", QUALITATIVE, "", "", "", True),
    ("B18", "医疗安全", "负主要责任的医疗事故", "2", REVERSE, CASES, "0", "", False),
    ("B19", "医疗安全", "医院感染发生率", "2", REVERSE, PERCENT, "5", "", False),
    ("B20", "医疗安全", "不良事件主动报告", "1", FORWARD, CASES, "60", "", False),
    ("C01", "院务公开", "院务公开目录与内容", "2", QUALITATIVE, "", "", "", True),
    ("C02", "院务公开", "公开及时率", "1", FORWARD, PERCENT, "100", "", False),
    ("C03", "病人满意度", "住院病人满意度", "3", INTERVAL, PERCENT, "92", "70", False),
    ("C04", "病人满意度", "门诊病人满意度", "2.5", INTERVAL, PERCENT, "90", "70", False),
    ("C05", "社会监督", "投诉按期办结率", "2", FORWARD, PERCENT, "100", "", False),
    ("C06", "社会监督", "每万门诊人次投诉", "1.5", REVERSE, OTHER, "2", "", False),
    ("C07", "社会监督", "行风监督员评价", "1", QUALITATIVE, "", "", "", False),
    ("C08", "职工满意度", "职工满意度", "2", INTERVAL, PERCENT, "85", "60", False),
    ("C09", "职工满意度", "职工离职率", "1", REVERSE, PERCENT, "5", "", False),
)  # fmt: skip
HOSPITALS = (
    ("H1", "示例县人民医院（合成数据）", "G1", "8600000"),
    ("H2", "示例县中医医院（合成数据）", "G2", "4200000"),
    ("H3", "示例县妇幼保健院（合成数据）", "G2", "3500000"),
)
OWN_TARGETS = {
    2025: {
        "A10": {"H1": 160, "H2": 100, "H3": 80},
        "B04": {"H1": 22000, "H2": 12000, "H3": 8000},
        "B05": {"H1": 310000, "H2": 180000, "H3": 150000},
        "B06": {"H1": 4200, "H2": 1500, "H3": 1800},
    },
    2026: {
        "A10": {"H1": 180, "H2": 120, "H3": 80},
        "B04": {"H1": 23000, "H2": 12600, "H3": 8200},
        "B05": {"H1": 325000, "H2": 190000, "H3": 152000},
        "B06": {"H1": 4400, "H2": 1600, "H3": 1800},
    },
}
# year, hospital, line → what was reported, whatever the draw
FIXED = {
    (2025, "H3", "B18"): "1",
    (2025, "H1", "B12"): "-1.2",
    (2026, "H1", "B12"): "-0.6",
    (2026, "H2", "B13"): "0.2",
}
NOT_SCORABLE = {
    (2025, "H2", "A11"): "当年未开展",
    (2025, "H3", "B11"): "未设该项服务",
    (2026, "H3", "B11"): "未设该项服务",
}
CONFIRMED = {(2026, "H2", "B13")}
WAYS = ("查阅资料", "现场检查", "负责人述职", "访谈")
# how far a result lies from its target: for a hospital that does well, and for one that does not
AHEAD = {
    "share": ("1.05", "1.02", "1", "1", "0.98", "0.95", "0.9", "0.85"),
    "over": ("0.8", "1", "1", "1.25"),
    "way": ("1.05", "1", "0.9", "0.8"),
    "units": ("-0.5", "0", "0.5", "1"),
    "lost": ("0", "0", "0", "0.5", "0.5"),
}
BEHIND = {
    "share": ("1", "0.9", "0.75", "0.6", "0.5", "0.4"),
    "over": ("1", "1.25", "1.6", "2", "2.5"),
    "way": ("0.7", "0.5", "0.3", "0.1"),
    "units": ("1", "2", "3"),
    "lost": ("0.5", "1", "1.5", "2"),
}
HEADINGS = {
    "jurisdiction": {"id": "编号", "name": "名称", "division_code": "行政区划代码"},
    "peer_group": {"id": "编号", "name": "名称"},
    "hospital": {
        "id": "编号", "jurisdiction": "辖区", "peer_group": "同类组", "name": "名称",
        "subsidy_full": "当年补助资金",
    },
    "indicator": {
        "id": "编号", "jurisdiction": "辖区", "name": "名称", "topic": "考核内容",
        "standard_points": "标准分值", "method": "计分方法", "direction": "方向",
        "measure": "计量单位", "target": "目标值", "threshold": "门槛值",
        "off_per_unit": "每差一个单位扣分", "evidence_required": "须有佐证",
    },
    "item": {
        "id": "编号", "hospital": "医院", "indicator": "指标", "name": "名称",
        "own_target": "本院目标值", "actual": "实际完成值", "deductions": "扣分合计",
        "checked": "小数已核对", "not_scorable": "不能计分", "reason": "不能计分的理由",
        "assessed_by": "考核方式", "evidence": "佐证材料",
    },
}  # fmt: skip

Drawn = dict[str, tuple[Decimal, Fraction]]  # line → what was reported, points it earns


def main() -> None:
    """Write both years."""
    for year in (2025, 2026):
        _write_year(HERE / str(year), year, _results(year))


def _results(year: int) -> dict[str, Drawn]:
    """A result for each hospital and line, drawn again until the year tells what it should."""
    random = Random(f"{SEED} {year}")
    if year == 2025:
        wanted: dict[str, Callable[[Fraction], bool]] = {
            "H1": lambda total: 90 <= total < 93,
            "H2": lambda total: 78 <= total < 83,
            "H3": lambda total: 54 <= total < 58,
        }
        return {h: _until(random, year, h, fits) for h, fits in wanted.items()}
    first = _until(random, year, "H1", lambda total: 90 <= total < 92)
    same = sum(earned for _, earned in first.values())  # all its items are scorable
    second = _until(random, year, "H2", lambda total: total == same)
    return {
        "H1": first,
        "H2": second,
        "H3": _until(random, year, "H3", lambda t: Fraction("59.2") <= t < 60),
    }


def _until(random: Random, year: int, hospital: str, fits: Callable[[Fraction], bool]) -> Drawn:
    """One line after another is drawn again until the total is what was wanted."""
    behind = {"H1": 0, "H2": 3 if year == 2025 else 0, "H3": 8}[hospital]

    def draw(line: Line) -> tuple[Decimal, Fraction]:
        return _draw(random, year, hospital, line, random.randrange(10) < behind)

    counted = [line for line in LINES if (year, hospital, line[0]) not in NOT_SCORABLE]
    points = sum(Fraction(line[3]) for line in counted)
    drawn = {line[0]: draw(line) for line in LINES}
    earned = sum((drawn[line[0]][1] for line in counted), Fraction(0))
    while not fits(earned * 100 / points):
        line = random.choice(counted)
        earned -= drawn[line[0]][1]
        drawn[line[0]] = draw(line)
        earned += drawn[line[0]][1]
    return drawn


def _draw(
    random: Random, year: int, hospital: str, line: Line, behind: bool
) -> tuple[Decimal, Fraction]:
    code, _, _, points, method, measure, _, extra, _ = line
    steps, full = BEHIND if behind else AHEAD, Fraction(points)
    if method == QUALITATIVE:
        lost = Decimal(random.choice(steps["lost"]))
        return lost, max(Fraction(0), full - Fraction(lost))
    target = Decimal(_target(year, hospital, line))
    if method == DIFFERENCE:
        units = Decimal(random.choice(steps["units"]))
        return target + units, min(full, full - Fraction(units) * Fraction(extra))
    if method == INTERVAL:
        way, start = Decimal(random.choice(steps["way"])), Decimal(extra)
        return start + way * (target - start), min(full, full * Fraction(way))
    if method == FORWARD:
        actual = _share(random, steps["share"], target, measure)
        return actual, min(full, full * Fraction(actual) / Fraction(target))
    fixed = FIXED.get((year, hospital, code))
    over = Decimal(random.choice(steps["over"]))
    actual = target * over if fixed is None else Decimal(fixed)
    return actual, full if actual <= 0 else min(full, full * Fraction(target) / Fraction(actual))


def _share(random: Random, shares: Sequence[str], target: Decimal, measure: str) -> Decimal:
    """Target times a share: whole where things are counted, within a hundred per cent."""
    found = [target * Decimal(share) for share in shares]
    if measure != PERCENT:
        found = [value for value in found if value == value.to_integral_value()]
    return random.choice([v for v in found if measure != PERCENT or v <= 100])


def _target(year: int, hospital: str, line: Line) -> str:
    return str(OWN_TARGETS[year][line[0]][hospital]) if line[6] == OWN else line[6]


def _write_year(folder: Path, year: int, results: dict[str, Drawn]) -> None:
    folder.mkdir(exist_ok=True)
    tables = {
        "jurisdiction": [["J1", "示例县（合成数据）", "990001"]],
        "peer_group": [
            ["G1", "县级综合医院（合成数据）"],
            ["G2", "县级中医与专科医院（合成数据）"],
        ],
        "hospital": [[h, "J1", group, name, money] for h, name, group, money in HOSPITALS],
        "indicator": [_indicator(line) for line in LINES],
        "item": [_item(year, h, line, results[h]) for h, *_ in HOSPITALS for line in LINES],
    }
    for entity, rows in tables.items():
        names = HEADINGS[entity]
        _write(folder / f"{entity}.csv", [list(names), list(names.values()), *rows])
    stated = [["scheme", "county_public"], ["period", str(year)], ["合成数据", "是"]]
    _write(folder / "meta.csv", stated)


def _indicator(line: Line) -> list[str]:
    code, topic, name, points, method, measure, target, extra, evidence = line
    interval, difference = method == INTERVAL, method == DIFFERENCE
    return [
        code, "J1", name, topic, points, method, _direction(method), measure,
        "" if target == OWN else target, extra if interval else "", extra if difference else "",
        "是" if evidence else "否",
    ]  # fmt: skip


def _direction(method: str) -> str:
    return {FORWARD: HIGHER, INTERVAL: HIGHER, REVERSE: LOWER, DIFFERENCE: LOWER}.get(method, "")


def _item(year: int, hospital: str, line: Line, drawn: Drawn) -> list[str]:
    code, judged, evidence = line[0], line[4] == QUALITATIVE, line[8]
    key = (year, hospital, code)
    out = key in NOT_SCORABLE
    value = "" if out else f"{drawn[code][0].normalize():f}"
    way = WAYS[LINES.index(line) % len(WAYS)] if evidence and not out else ""
    return [
        f"{hospital}-{code}", hospital, code, line[2],
        _target(year, hospital, line) if line[6] == OWN else "",
        "" if judged else value, value if judged else "",
        "是" if key in CONFIRMED else "", "是" if out else "", NOT_SCORABLE.get(key, ""),
        way, f"考核底稿 {year}-{code}" if way else "",
    ]  # fmt: skip


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
