"""Write the synthetic samples of the departments' schemes: one period each, of believable size.

    python make.py

Seeded, so that running it again changes nothing. Departments, people and figures are made up;
headings come from the schemes themselves. What the hospital decides stands in `config.yaml`.
"""

from __future__ import annotations

import csv
import io
import random
import runpy
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.program import Program

HERE = Path(__file__).resolve().parent
MONTH, YEAR, SEED = "2026-09", "2026", 7
_DRAWN = runpy.run_path(str(HERE / "drawing.py"))  # beside the script, wherever it is called from
HOSPITAL, home, people, money, records = (
    _DRAWN[name] for name in ("HOSPITAL", "home", "people", "money", "records")
)
_WARDS = runpy.run_path(str(HERE / "wards.py"))
Row = dict[str, Any]
Tables = dict[str, list[Row]]


def radiology(chance: random.Random) -> Tables:
    """Diagnosis of ten, technique of nine, a registry of three."""
    groups = [
        {"id": f"RAD-{k}", "name": kind, "department": "RAD", "kind": kind}
        for k, kind in zip("DTG", ("诊断组", "技术组", "登记室"), strict=True)
    ]
    special = ("食管吞钡", "钡餐造影", "钡灌肠造影", "全程钡餐", "子宫输卵管造影", "其他检查一")
    staff, diagnostic, technical = people("RAD", "放射", 22), [], []
    for n, row in enumerate(staff):
        kind = "D" if n < 10 else "T" if n < 19 else "G"
        row |= {"radiology_group": f"RAD-{kind}", "radiation_years": chance.randint(1, 34)}
        row |= {
            "manages": "是" if n in (0, 1, 10, 11) else "",
            "day_shifts": chance.randint(12, 22),
        }
        row |= {"teaching_part": chance.randint(1, 3) if n in (0, 2, 3, 10, 12) else ""}
        row |= {"checks_reports": "是" if n == 19 else ""}
        if kind == "D":
            work = [{"item": "阅片", "pieces": chance.randint(600, 1300)}]
            work += [
                {"item": item, "pieces": chance.randint(2, 14)}
                for item in chance.sample(special, 3)
            ]
            diagnostic += records(row["id"], "person", work)
        if kind == "T":
            shots, beside = chance.randint(700, 1500), chance.randint(20, 80)
            work = [
                {"item": "曝光", "pieces": shots},
                {"item": "胶片", "pieces": shots * 4 // 5},
                {"item": "静脉肾盂造影", "pieces": chance.randint(0, 6)},
                {"item": "曝光", "pieces": beside, "bedside": "是"},
                {"item": "胶片", "pieces": beside, "bedside": "是"},
            ]
            technical += records(row["id"], "person", work)
    staff[4]["radiation_years"] = "36.5"
    department = {"id": "RAD", "name": "放射科"}
    return {
        **home(department),
        "radiology_group": groups,
        "staff": staff,
        "diagnostic_work": diagnostic,
        "technical_work": technical,
    }


def ultrasound(chance: random.Random) -> Tables:
    """Fourteen who examine, one of them away in training."""
    titles = ("正高", *["副高"] * 3, *["中级"] * 6, *["初级"] * 4)
    salary = {"正高": 2600, "副高": 2200, "中级": 1800, "初级": 1500}
    most = {"门诊B超": 700, "常规彩超": 420, "腔内彩超": 90, "彩超系统产检": 60, "心脏彩超": 50}
    few = {"床旁彩超": 25, "介入超声操作": 12}
    staff, examinations = people("US", "超声", len(titles)), []
    for n, (row, title) in enumerate(zip(staff, titles, strict=True)):
        row |= {"title": title, "duties_done": "否" if n in (5, 13) else "是"}
        row |= (
            {"middle_coefficient": chance.choice(("1.2", "1.25", "1.3"))}
            if n in range(4, 10)
            else {}
        )
        row |= {"base_salary": salary[title] + 20 * chance.randint(0, 9)}
        if n == 13:
            row |= {"trainee_salary": 800}
            continue
        row |= {"shift_days": chance.randint(2, 8) if n else ""}
        row |= {"study_points": 20 if n in (2, 7) else "", "award_points": 10 if n == 6 else ""}
        row |= {"penalty_points": 15 if n == 9 else "", "other_amount": 60 if n == 3 else ""}
        work = [{"kind": k, "visits": chance.randint(m // 2, m)} for k, m in most.items()]
        work += [{"kind": k, "visits": chance.randint(1, m)} for k, m in few.items() if n < 8]
        if n:
            evening = {"visits": chance.randint(40, 120), "on_shift": "是"}
            work.append({"kind": "常规彩超", **evening})
        examinations += records(row["id"], "person", work)
    department = {"id": "US", "name": "B超室", "total": "96500.00"}
    return {**home(department), "staff": staff, "examination": examinations}


def anaesthesia(chance: random.Random) -> Tables:
    """Twelve anaesthetists, about 700 cases."""
    methods = {"全麻插管": 40, "静脉全麻": 25, "椎管内麻醉": 20, "神经阻滞麻醉": 10, "基础麻醉": 5}
    names, weights = list(methods), list(methods.values())
    staff, cases, special = people("AN", "麻醉", 12), [], []
    for row in staff:
        row |= {"quality": chance.randint(160, 200) // 2}
        for n in range(1, chance.randint(48, 72)):
            (method,) = chance.choices(names, weights)
            case = {"id": f"{row['id']}-{n}", "person": row["id"], "method": method}
            second = "神经阻滞麻醉" if method == "静脉全麻" and chance.random() < 0.2 else ""
            hours = Decimal(chance.randint(2, 24)) / 4
            cases.append({**case, "second_method": second, "hours": hours})
            if chance.random() < 0.18:
                kind = chance.choice(("特殊情况一", "特殊情况二", "特殊情况三"))
                special += records(case["id"], "anaesthesia", [{"circumstance": kind}])
    tables = {"staff": staff, "anaesthesia": cases, "special_case": special}
    return {**home({"id": "AN", "name": "麻醉科"}), **tables}


def ophthalmology(chance: random.Random) -> Tables:
    """Six doctors with their examinations, orders, operations and admissions."""
    staff = people("OPH", "眼科", 6)
    for n, row in enumerate(staff):
        row |= {"eye_income": money(chance, 4000, 9000)}
        row |= {"optometry_income": money(chance, 600, 1800)}
        row |= {"own_orders": money(chance, 6000, 16000), "own_orders_more": money(chance, 0, 1500)}
        row |= {"outside_income": money(chance, 200, 900)}
        row |= {"operation_amount": money(chance, 200, 900) if n < 4 else ""}
        row |= {"outpatient_operation_amount": money(chance, 600, 2400) if n < 5 else ""}
        row |= {"record_fine": chance.choice(("", "", 35, 50))}
        row |= {"drug_fine": money(chance, 40, 160) if n in (1, 4) else ""}
        row |= {"points_off": chance.choice(("0.5", "1.2", "1.87", "")), "admitted": 12 + 3 * n}
    department = {"id": "OPH", "name": "眼科", "shared_income": "3860.00"}
    return {**home(department), "staff": staff}


def directors(chance: random.Random, columns: Callable[[Decimal], Row]) -> Tables:
    """The directors of sixteen clinical departments; columns: what is known beside the salary."""
    names = [
        "心内",
        "呼吸",
        "消化",
        "神内",
        "内分泌",
        "肾内",
        "肿瘤",
        "儿",
        "普外",
        "骨",
        "神外",
        "泌尿",
        "妇产",
        "眼",
        "耳鼻喉",
        "急诊",
    ]
    wards = [{"id": f"D{n:02}", "name": f"{name}科"} for n, name in enumerate(names, 1)]
    staff = []
    for ward in wards:
        salary = Decimal(chance.randrange(84_000, 156_000, 2_000))
        row = {"id": f"{ward['id']}-1", "name": f"{ward['name']}主任", "department": ward["id"]}
        staff.append({**row, "set_salary": salary, **columns(salary)})
    tables = home(*wards)
    tables["hospital"][0]["staff_mean"] = "45600.00"
    return {**tables, "staff": staff}


def director(_: random.Random) -> Tables:
    """A month: the salaries alone; the same as in the year."""
    return directors(random.Random(SEED), lambda _: {})


def director_year(chance: random.Random) -> Tables:
    """The year: K between 0.82 and 1.18, and what twelve months have paid."""

    def closed(salary: Decimal) -> Row:
        month = (salary / 24).quantize(Decimal("0.01"))
        return {"result": Decimal(chance.randint(82, 118)) / 100, "base_paid": 12 * month}

    return directors(random.Random(SEED), closed)


def operating_room(chance: random.Random) -> Tables:
    """Eighteen nurses, 420 operations, most with a scrub nurse and one who circulates."""
    staff = people("OR", "手术室", 18)
    for row in staff:
        row |= {"evening_shifts": chance.randint(2, 6), "mid_shifts": chance.randint(0, 4)}
        row |= {"day_shifts": chance.randint(14, 18)}
        row |= {"month_hours": Decimal(chance.randint(292, 340)) / 2}
    operations, attendances = [], []
    for n in range(1, 421):
        (size,) = chance.choices(("小手术", "中手术", "大手术"), (45, 35, 20))
        hours = {"小手术": (2, 6), "中手术": (4, 14), "大手术": (10, 32)}[size]
        row = {"id": f"OP{n:03}", "department": "OR", "size": size}
        row |= {"second_size": "小手术" if chance.random() < 0.03 else ""}
        row |= {"hours": Decimal(chance.randint(*hours)) / 4}
        row |= {"child_age": Decimal(chance.randint(2, 28)) / 2 if chance.random() < 0.04 else ""}
        for flag, share in (("rescue", 0.03), ("endoscopic", 0.3), ("infected", 0.05)):
            row |= {flag: "是" if chance.random() < share else ""}
        row |= {"bypass": "是" if size == "大手术" and chance.random() < 0.05 else ""}
        operations.append(row)
        alone = size == "小手术" and chance.random() < 0.5
        team = chance.sample(staff, 1 if alone else 2)
        pairs = zip(("巡回", "洗手"), team, strict=False)
        found = [{"nurse": nurse["id"], "duty": duty} for duty, nurse in pairs]
        attendances += records(row["id"], "operation", found)
    tables = {"staff": staff, "operation": operations, "attendance": attendances}
    return {**home({"id": "OR", "name": "手术室"}), **tables}


def category_weight(chance: random.Random) -> Tables:
    """A year's plan for five categories, and what the year before came to."""
    counts = {"临床科主任": 16, "临床医生": 128, "医技人员": 74, "护士长": 22, "护士": 240}
    means = {"临床科主任": 108, "临床医生": 71, "医技人员": 52, "护士长": 48, "护士": 37}
    rows = [
        {
            "id": f"C{n}",
            "name": kind,
            "hospital": "H1",
            "kind": kind,
            "headcount": count,
            "actual_pay": count * money(chance, means[kind] * 950, means[kind] * 1050),
        }
        for n, (kind, count) in enumerate(counts.items(), 1)
    ]
    hospital = {"id": "H1", "name": HOSPITAL, "planned_pay": "24300000.00"}
    return {"hospital": [hospital], "category": rows}


SAMPLES: dict[str, tuple[str, Callable[[random.Random], Tables]]] = {
    "radiology": (MONTH, radiology),
    "ultrasound": (MONTH, ultrasound),
    "anaesthesia": (MONTH, anaesthesia),
    "ophthalmology": (MONTH, ophthalmology),
    "director": (MONTH, director),
    "director_year": (YEAR, director_year),
    "operating_room": (MONTH, operating_room),
    "category_weight": (YEAR, category_weight),
    "laboratory": (MONTH, _WARDS["laboratory"]),
    "cardiology": (MONTH, _WARDS["cardiology"]),
    "general_surgery": (MONTH, _WARDS["general_surgery"]),
    "laboratory_points": (MONTH, _WARDS["laboratory_points"]),
    "head_nurse": (MONTH, _WARDS["head_nurse"]),
    "head_nurse_year": (YEAR, _WARDS["head_nurse_year"]),
    "ward_nurse": (MONTH, _WARDS["ward_nurse"]),
}


def heading(program: Program, entity: str, column: str) -> str:
    """What a column is called in Chinese."""
    if column in ("id", "name"):
        return "编号" if column == "id" else "名称"
    links = {one.name: one for one in program.entities[entity].links}
    one = links.get(column) or program.indicator(entity, column)
    assert one is not None, f"{entity} has no column {column}"
    return one.names.zh


def written(program: Program, entity: str, rows: list[Row]) -> str:
    """One sheet as CSV: codes, Chinese names, rows."""
    columns = list(dict.fromkeys(c for row in rows for c in row))
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(columns)
    lines.writerow([heading(program, entity, c) for c in columns])
    lines.writerows([[row.get(c, "") for c in columns] for row in rows])
    return out.getvalue()


def sheets() -> dict[str, str]:
    """Path inside the sample's folder -> text."""
    programs, found = load_programs(load_plugins()), {}
    for code, (period, draw) in SAMPLES.items():
        folder = f"{code}/{period}"
        found[f"{folder}/meta.csv"] = f"scheme,{code}\nperiod,{period}\n合成数据,是\n"
        for entity, rows in draw(random.Random(f"{SEED} {code}")).items():
            found[f"{folder}/{entity}.csv"] = written(programs[code], entity, rows)
    return found


if __name__ == "__main__":
    for path, text in sheets().items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(text, "utf-8")
