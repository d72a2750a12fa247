"""The smaller samples: six to eleven people each, and every column of their scheme in use."""

from __future__ import annotations

import random
import runpy
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]
_DRAWN = runpy.run_path(str(Path(__file__).parent / "drawing.py"))
home, people, money, records = (_DRAWN[n] for n in ("home", "people", "money", "records"))

WARDS = ("心内", "呼吸", "消化", "神内", "普外", "骨", "妇产", "儿")
ANNUAL_SHARE = Decimal("0.40")  # of the directors' mean salary, S4.7 part 5


def laboratory(chance: random.Random) -> Tables:
    """Ten, one of them not regular yet; two are first, and the group has chosen between them."""
    titles = ("正高", "副高", "中级", "中级", "中级", "初级", "初级", "初级", "无", "无")
    begun = (1998, 2004, 2009, 2011, 2014, 2017, 2019, 2021, 2024)
    staff = people("LAB", "检验", len(titles))
    for n, (row, title) in enumerate(zip(staff, titles, strict=True)):
        row |= {"regular_from": f"{begun[n]}-07-01" if n < 9 else "2026-11-15", "title": title}
        row |= {"discipline_off": chance.choice((0, 0, 0, 1, 2)), "quality_off": 2 + n % 4}
        row |= {"service_off": chance.choice((0, 1, "1.5")), "communication_off": n % 3}
        row |= {"full_attendance": "否" if n in (3, 7) else "是"}
        row |= {"praise_points": {1: 2, 4: "1.5"}.get(n, "")}
        row |= {"hospital_score": {0: 98, 2: 98, 7: "57.5"}.get(n, "")}
        row |= {"award_chosen": "是" if n == 2 else ""}
    department = {"id": "LAB", "name": "检验科", "bonus_pool": "27450.00"}
    return {**home(department), "staff": staff}


def cardiology(chance: random.Random) -> Tables:
    """The leader, five residents and two who rotate; one has earned less than was written off."""
    roles = ("学科带头人", *["住院医生"] * 5, *["轮科医生"] * 2)
    staff = people("CAR", "心内", len(roles))
    for n, (row, role) in enumerate(zip(staff, roles, strict=True)):
        leads = n == 0
        income = 0 if leads else money(chance, 28_000, 96_000) if n != 7 else "-312.40"
        row |= {"role": role, "income": income}
        for code in ("service", "discipline", "quality"):
            row |= {code: 0 if leads else Decimal(chance.randint(15, 20)) / 2}
        row |= {"interventions": chance.randint(2, 9) if 0 < n < 4 else ""}
    department = {"id": "CAR", "name": "心血管内科", "pool": "31680.50"}
    return {**home(department), "staff": staff}


def general_surgery(chance: random.Random) -> Tables:
    """Three teams of three, each with its leader."""
    teams: list[Row] = [
        {"id": f"GS-{k}", "name": f"{k}组", "department": "GS"} for k in ("A", "B", "C")
    ]
    for team, discharges in zip(teams, (46, 38, 29), strict=True):
        team |= {"income": money(chance, 180_000, 420_000), "discharges": discharges}
    teams[0] |= {"letters": 1, "record_award": 150, "emergency_arrears": "1260.00"}
    teams[1] |= {"envelopes": 1, "record_fine": 80}
    teams[2] |= {"elective_arrears": "845.60"}
    roles, staff = ("组长", "主治医生", "住院医生"), people("GS", "普外", 9)
    for n, row in enumerate(staff):
        role = "轮科医生" if n == 8 else roles[n % 3]
        row |= {"team": teams[n // 3]["id"], "role": role}
        row |= {"evening_shifts": "" if role == "组长" else chance.randint(3, 6)}
        row |= {"night_shifts": "" if role == "组长" else chance.randint(2, 5)}
        row |= {"letters": {1: 2, 5: 1}.get(n, ""), "envelopes": {4: 1}.get(n, "")}
        row |= {"record_award": {2: 100, 7: 50}.get(n, ""), "record_fine": {5: 60}.get(n, "")}
        row |= {"emergency_arrears": {4: "2310.00"}.get(n, "")}
        row |= {"elective_arrears": {7: "518.35"}.get(n, "")}
    department = {"id": "GS", "name": "普外科", "pool": "34250.00"}
    return {**home(department), "team": teams, "staff": staff}


def _bench(chance: random.Random, group: str) -> Row:
    """What somebody does in a month at a place, of the tests that are done there."""
    most = {
        "生化组": {"misc": 900, "electrolyte": 420, "coagulation": 260, "blood_gas": 60,
                "outpatient": 340, "machine_test": 1500},
        "免疫组": {"hbv_panel": 260, "hbsag": 180, "hcv": 120},
        "临床组": {"urine": 520, "stool": 240, "esr_stain": 160, "cbc": 900, "reticulocyte": 30,
                "blood_type": 140},
    }  # fmt: skip
    return {code: chance.randint(n * 3 // 5, n) for code, n in most[group].items()}


def laboratory_points(chance: random.Random) -> Tables:
    """Nine in five groups, two of whom lead one; nights stand in records of their own."""
    groups = ("生化组", "生化组", "免疫组", "免疫组", "临床组", "临床组", "临床组", "血库组",
              "门诊120化验组")  # fmt: skip
    titles = ("副高", "中级", "正高", "初级", "中级", "初级", "初级", "中级", "初级")
    years = (22, 11, 30, "2.5", 9, 3, 1, 14, 6)
    staff, work = people("LP", "化验", len(groups)), []
    for n, (row, group) in enumerate(zip(staff, groups, strict=True)):
        row |= {"group": group, "group_leader": "是" if n in (0, 4) else ""}
        row |= {"title": titles[n], "years": years[n]}
        row |= {"quality_off": {3: 12, 6: "4.5"}.get(n, ""), "absences": {6: 1}.get(n, "")}
        row |= {"lectures": {0: 1, 2: 2}.get(n, "")}
        days = chance.randint(16, 20)
        done: Row = {"place": group, "days": days}
        if group == "临床组":
            done |= {"cbc_duty": days // 2, "blood_type_duty": days // 4}
        by_table = group not in ("血库组", "门诊120化验组")
        done |= (
            _bench(chance, group) if by_table else {"recorded_points": chance.randint(900, 1300)}
        )
        nights = {"place": "晚夜班", "days": 2 + n % 3, "recorded_points": 60 * (2 + n % 3)}
        work += records(row["id"], "person", [done, nights])
    department = {"id": "LP", "name": "检验科", "point_value": "0.92"}
    return {**home(department), "staff": staff, "workday": work}


def _head_nurses() -> tuple[list[Row], list[Row]]:
    """Eight wards and their head nurses."""
    wards = [{"id": f"N{n}", "name": f"{name}科病区"} for n, name in enumerate(WARDS, 1)]
    staff = [
        {"id": f"{w['id']}-1", "name": f"{w['name']}护士长", "department": w["id"]} for w in wards
    ]
    return wards, staff


def _salaries() -> list[Decimal | None]:
    """What is set for the wards' directors in month and year; one ward has none."""
    chance = random.Random("directors of the wards")
    return [
        None if n == 7 else Decimal(chance.randrange(88_000, 148_000, 2_000))
        for n in range(len(WARDS))
    ]


def head_nurse(chance: random.Random) -> Tables:
    """A month of eight wards; on some days a patient is both critical and of level I."""
    wards, staff = _head_nurses()
    for n, (ward, salary) in enumerate(zip(wards, _salaries(), strict=True)):
        critical = chance.randint(12, 60)
        ward |= {"director_salary": "" if salary is None else salary, "critical_days": critical}
        ward |= {"level1_days": chance.randint(90, 260)}
        ward |= {"both_days": critical * 2 // 3 if n % 2 else ""}
        ward |= {"discharges": chance.randint(48, 130)}
        staff[n] |= {"quality_off": {2: "85.00", 5: "120.00"}.get(n, "")}
    return {**home(*wards), "staff": staff}


def head_nurse_year(chance: random.Random) -> Tables:
    """The year's end of the same wards."""
    wards, staff = _head_nurses()
    set_salaries = [s for s in _salaries() if s is not None]
    tables = home(*wards)
    total = ANNUAL_SHARE * sum(set_salaries) / len(set_salaries)
    tables["hospital"][0]["annual_total"] = total.quantize(Decimal("0.01"))
    for ward, nurse in zip(tables["department"], staff, strict=True):
        ward |= {"economic_score": Decimal(chance.randint(780, 1080)) / 10}
        for code in ("by_director", "by_nursing_office", "by_nurses", "by_others"):
            nurse |= {code: Decimal(chance.randint(82, 100)) / 100}
    return {**tables, "staff": staff}


def ward_nurse(chance: random.Random) -> Tables:
    """Eleven nurses of one ward: who works nights, who leads the shift, who works by day."""
    staff, duties = people("WN", "护士", 11), []
    for n, row in enumerate(staff):
        if n < 7:
            worked = {"夜班": chance.randint(5, 8), "晚班": chance.randint(5, 7)}
            worked |= {"其他班一": chance.randint(4, 7)}
        else:
            worked = {"组长班": chance.randint(8, 12), "其他班二": chance.randint(3, 6)}
            worked |= {"其他班三": chance.randint(4, 6)}
        shifts = [{"post": post, "shifts": count} for post, count in worked.items()]
        duties += records(row["id"], "nurse", shifts)
    department = {"id": "WN", "name": "内科病区", "pool": "26840.00"}
    return {**home(department), "staff": staff, "duty": duties}
