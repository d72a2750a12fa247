"""Write the synthetic sample: twelve months of a made-up hospital of about 120 staff.

    python make.py

Seeded and whole-numbered throughout, so that running it again changes nothing. Charges are a
month's sums by fee kind and departments; what pharmacies and cashiers report follows from them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
YEAR, MONTHS, SEED = 2026, 12, 43
HOSPITAL = "示例蒙医医院（合成数据）"
Row = dict[str, Any]

CLINICAL, NURSING, TECHNICAL = "临床科室", "门诊病房护理", "医技科室"
PHARMACY, OFFICE = "药房", "行政后勤"

# id: name, kind, staff by post
DEPARTMENTS: dict[str, tuple[str, str, dict[str, int]]] = {
    "C1": ("门诊部", CLINICAL, {"门诊主任": 1, "医生": 5}),
    "C2": ("蒙医内科", CLINICAL, {"病房主任": 1, "医生": 5}),
    "C3": ("蒙医骨伤科", CLINICAL, {"病房主任": 1, "医生": 4}),
    "C4": ("妇产科", CLINICAL, {"病房主任": 1, "医生": 3}),
    "C5": ("疗术科", CLINICAL, {"疗术科主任": 1, "医生": 4}),
    "C6": ("心身医学科", CLINICAL, {"病房主任": 1, "医生": 2}),
    "N1": ("门诊护理组", NURSING, {"门诊护士长": 1, "护士": 5}),
    "N2": ("内科病区护理组", NURSING, {"病房护士长": 1, "护士": 6}),
    "N3": ("骨伤病区护理组", NURSING, {"病房护士长": 1, "护士": 5}),
    "N4": ("妇产病区护理组", NURSING, {"病房护士长": 1, "护士": 4}),
    "N5": ("综合病区护理组", NURSING, {"病房护士长": 1, "护士": 4}),
    "R1": ("处置室", "处置室", {"护士": 3}),
    "T1": ("检验科", TECHNICAL, {"其他科室负责人": 1, "医技人员": 4}),
    "T2": ("超声科", TECHNICAL, {"医技人员": 3}),
    "T3": ("心电图室", TECHNICAL, {"医技人员": 1}),
    "T4": ("内镜室", TECHNICAL, {"医技人员": 1}),
    "T5": ("放射科", TECHNICAL, {"其他科室负责人": 1, "医技人员": 3}),
    "P1": ("蒙药房", PHARMACY, {"药房主任": 1, "药房人员": 4}),
    "P2": ("西药房", PHARMACY, {"药房人员": 3}),
    "Z1": ("制剂室", "制剂室", {"制剂室主任": 1, "制剂室人员": 4}),
    "K1": ("收款室", "收款室", {"收款员": 5}),
    "B1": ("药浴室", "药浴室", {"药浴室工作人员": 2}),
    "A1": ("院领导", OFFICE, {"院长": 1, "副院长": 2}),
    "A2": ("办公室", OFFICE, {"办公室主任": 1, "统计员": 1}),
    "A3": ("医教科", OFFICE, {"医教科主任": 1, "医教科干事": 1, "医保科干事": 1}),
    "A4": ("护理部", OFFICE, {"护理部主任": 1}),
    "A5": ("药剂科", OFFICE, {"药剂科主任": 1}),
    "A6": ("财会科", OFFICE, {"财会主任": 1, "出纳员": 1}),
    "A7": ("后勤科", OFFICE, {"驾驶员": 3, "消毒供应室护理员": 2, "其他行政后勤人员": 3}),
}
WARD = {"C1": "N1", "C2": "N2", "C3": "N3", "C4": "N4", "C5": "N5", "C6": "N5"}
HEAD_DOCTORS = ("门诊主任", "病房主任", "疗术科主任")
# Departments whose rate differs from the hospital's, and who shows a special case on purpose.
OWN_RATES = {"C6": "0.13", "T1": "0.15", "T3": "0.45", "T4": "0.50"}
LOSS_MONTH, EXPIRED_MONTH, SHORT_MONTH = 5, 9, 2

# What a clinical department charges in a month, in yuan; {} kinds come from the ward's size.
DIRECT = {
    "C1": {"挂号费": 9000, "诊查费": 14000, "体检费": 11000, "治疗费": 12000, "针灸费": 8000},
    "C2": {"治疗费": 16000, "诊查费": 7000, "会诊费": 1200, "监护费": 6000, "仪器费": 4500},
    "C3": {"手术费": 15000, "麻醉费": 7000, "整骨费": 9000, "手法复位费": 6500, "牵引费": 5000},
    "C4": {"手术费": 12000, "麻醉费": 6000, "治疗费": 7000, "监护费": 2500},
    "C5": {"放血费": 6000, "拔罐费": 8000, "按摩费": 13000, "理疗费": 11000, "药物熏蒸费": 9500},
    "C6": {"治疗费": 11000, "诊查费": 3500, "按摩费": 3000},
}
OTHERS = {"C1": {"往诊费": 800, "封闭费": 1500}, "C2": {"救护车费": 2200}, "C5": {"处置费": 900}}
ORDERED = {"C1": 5, "C2": 6, "C3": 4, "C4": 4, "C5": 3, "C6": 2}  # examinations, relative
EXAMS = {
    "检验费": ("T1", 4200),
    "B超费": ("T2", 1100),
    "彩超费": ("T2", 1900),
    "心电费": ("T3", 700),
    "胃镜费": ("T4", 650),
    "放射费": ("T5", 2700),
}
NURSES = {
    "床位费": 3600,
    "护理费": 2900,
    "输液费": 2600,
    "注射费": 900,
    "陪护费": 600,
    "吸氧费": 800,
    "雾化吸入费": 450,
    "健康教育费": 350,
}
TREATMENTS = {"注射费": 6500, "皮试费": 4200, "灌肠费": 7600, "导尿费": 8200, "留观费": 9500}
UNPRINTED = {"西药费": "不计科室收入", "救护车费": "其他收入", "空调费": "其他收入"}

# Columns in the order of the sheets, with their Chinese names.
_HEADINGS = """
    id=编号 name=名称 hospital=医院 department=科室 kind=科室类别
    quality_factor=综合目标考核系数 materials=卫生材料 office_supplies=办公用品
    consumables=低值耗品 reagents=试剂 oxygen=氧气 bath_visits=药浴人次 own_rate=本科室提成比例
    drug_revenue=药品收入 drug_margin=药品差价 drug_stock=药品库存额 loss_amount=药品损耗金额
    expired_amount=过期药品金额 preparation_revenue=制剂收入 pieces_kg=炮制饮片
    packed_kg=人工包装成药 outside_decoction_kg=外加工汤剂、散剂 outside_pill_kg=外加工丸剂
    total_receipts=收款总额 post=岗位 prescriptions=处方数 mongolian_prescriptions=蒙药处方数
    mongolian_drug_income=蒙药收入 admitted=收住院患者数 share_weight=科内分配权重
    printed_as=文件所列名称 class_given=医院自定类别 fee_kind=收费项目 ordering=开单科室
    performing=操作科室 amount=金额 doctor=医生 discharged=出院日期 finished=完成日期
    quality=病历等级 operation=手术 share=份额 driver=驾驶员 km=单程公里数
    with_patient=是否送患者
"""
HEADINGS = dict(pair.split("=") for pair in _HEADINGS.split())


def near(rng: random.Random, amount: int, percent: int = 12) -> int:
    """About `amount`, in whole yuan."""
    return amount * rng.randint(100 - percent, 100 + percent) // 100


def staff_of(rng: random.Random) -> list[Row]:
    """Everybody, the same all year; weights stay too."""
    people: list[Row] = []
    for department, (_, kind, posts) in DEPARTMENTS.items():
        for post, count in posts.items():
            for _ in range(count):
                n = len(people) + 1
                person: Row = {"id": f"S{n:03}", "name": f"{post}{n:03}", "department": department}
                person["post"] = post
                if kind != OFFICE:
                    person["share_weight"] = rng.choice(["0.9", "1", "1", "1.1", "1.2"])
                elif post.endswith("主任"):
                    person["share_weight"] = "0"
                people.append(person)
    return people


def doctors_month(rng: random.Random, people: list[Row]) -> None:
    """Prescriptions, income from Mongolian drugs and admissions of doctors and their heads."""
    for person in people:
        if person["post"] != "医生" and person["post"] not in HEAD_DOCTORS:
            continue
        head = person["post"] in HEAD_DOCTORS
        written = rng.randint(60, 140) if head else rng.randint(180, 420)
        mongolian = written * rng.randint(74, 99) // 100
        person["prescriptions"] = written
        person["mongolian_prescriptions"] = mongolian
        person["mongolian_drug_income"] = mongolian * rng.randint(62, 98)
        outpatient = person["department"] == "C1"
        person["admitted"] = rng.randint(2, 6) if outpatient else rng.randint(8, 20)


def charges_of(rng: random.Random, people: list[Row]) -> list[Row]:
    """The month's charges by fee kind, ordering and performing department."""
    charges: list[Row] = []

    def charge(kind: str, ordering: str, amount: int, performing: str = "") -> None:
        charges.append(
            {
                "id": f"F{len(charges) + 1:03}",
                "fee_kind": kind,
                "ordering": ordering,
                "performing": performing,
                "amount": amount,
            }
        )

    for department, ward in WARD.items():
        for kind, amount in {**DIRECT[department], **OTHERS.get(department, {})}.items():
            charge(kind, department, near(rng, amount))
        doctors = [p for p in people if p["department"] == department]
        drugs = sum(p.get("mongolian_drug_income", 0) for p in doctors)
        charge("蒙药费", department, drugs, "P1")
        charge("西药费", department, near(rng, 9000 * len(doctors)), "P2")
        for kind, (performing, amount) in EXAMS.items():
            charge(kind, department, near(rng, amount * ORDERED[department]), performing)
        nurses = DEPARTMENTS[ward][2]["护士"]
        share = 2 if ward == "N5" else 1  # two departments share this ward
        for kind, amount in NURSES.items():
            charge(kind, department, near(rng, amount * nurses // share), ward)
        if department != "C1":
            charge("空调费", department, near(rng, 500))
    for kind, amount in TREATMENTS.items():
        charge(kind, "C1", near(rng, amount), "R1")
    charge("处置费", "C1", near(rng, 9000), "R1")
    charge("抢救费", "C1", near(rng, 2600), "N1")
    return charges


def departments_of(rng: random.Random, month: int, charges: list[Row]) -> list[Row]:
    """The departments, with what each reports."""
    rows = []
    for id, (name, kind, posts) in DEPARTMENTS.items():
        size = sum(posts.values())
        row: Row = {"id": id, "name": name, "hospital": "H1", "kind": kind, "quality_factor": "1"}
        row["own_rate"] = OWN_RATES.get(id, "")
        row["office_supplies"] = near(rng, 40 * size)
        if kind != OFFICE:
            row["quality_factor"] = rng.choice(["0.95", "0.98", "1", "1", "1.02"])
            row["consumables"] = near(rng, 130 * size)
        if kind in (CLINICAL, NURSING, "处置室", TECHNICAL):
            row["materials"] = near(rng, 420 * size)
        if kind == TECHNICAL:
            row["reagents"] = near(rng, 2600 * size if id == "T1" else 350 * size)
        if kind == NURSING:
            row["oxygen"] = near(rng, 260 * size)
        if id == "T4" and month == SHORT_MONTH:
            row["materials"] = 21000  # an instrument's consumables, more than the month brought in
        sold = sum(c["amount"] for c in charges if c["performing"] == id)
        if kind == PHARMACY:
            row["drug_revenue"] = sold
            row["drug_margin"] = sold * rng.randint(150, 190) // 1000
            row["drug_stock"] = near(rng, sold * 3 // 2)
            over = id == "P2" and month == LOSS_MONTH
            row["loss_amount"] = sold * (5 if over else rng.randint(0, 2)) // 1000
            expired = id == "P2" and month == EXPIRED_MONTH
            row["expired_amount"] = "286.50" if expired else ""
        elif kind == "制剂室":
            row["preparation_revenue"] = near(rng, 190000)
            row["pieces_kg"] = f"{rng.randint(90, 150)}.{rng.randint(0, 9)}"
            row["packed_kg"] = f"{rng.randint(40, 80)}.{rng.randint(0, 9)}"
            row["outside_decoction_kg"] = rng.randint(15, 40)
            row["outside_pill_kg"] = rng.randint(5, 20)
        elif kind == "收款室":
            row["total_receipts"] = sum(c["amount"] for c in charges)
        elif kind == "药浴室":
            row["bath_visits"] = rng.randint(820, 1120)
        rows.append(row)
    return rows


def records_of(rng: random.Random, month: int, people: list[Row]) -> Iterator[Row]:
    """Discharge records finished in the month: most on time and qualified."""
    wards = [p for p in people if p["post"] == "医生" and p["department"] != "C1"]
    n = 0
    for doctor in wards:
        for _ in range(rng.randint(2, 4)):
            n += 1
            finished = dt.date(YEAR, month, rng.randint(1, 28))
            days = rng.choice([0, 1, 1, 2, 2, 3, 3, 5])
            yield {
                "id": f"R{n:03}",
                "doctor": doctor["id"],
                "discharged": finished - dt.timedelta(days=days),
                "finished": finished,
                "quality": rng.choice(["甲级", "甲级", "甲级", "乙级", "乙级", "丙级"]),
            }


def operations_of(rng: random.Random, people: list[Row]) -> tuple[list[Row], list[Row]]:
    """Operations of two departments, and who took part with which share."""
    operations: list[Row] = []
    surgeons: list[Row] = []
    for department in ("C3", "C4"):
        doctors = [p["id"] for p in people if p["department"] == department]
        for _ in range(rng.randint(6, 10)):
            id = f"O{len(operations) + 1:02}"
            operations.append({"id": id, "hospital": "H1"})
            first = rng.randint(0, len(doctors) - 1)
            shares = rng.choice([["1"], ["0.6", "0.4"], ["0.5", "0.3", "0.2"], ["1", "1", "1"]])
            for i, share in enumerate(shares):
                doctor = doctors[(first + i) % len(doctors)]
                surgeons.append({"id": f"{id}{i + 1}", "operation": id, "doctor": doctor})
                surgeons[-1]["share"] = share
    return operations, surgeons


def trips_of(rng: random.Random, people: list[Row]) -> Iterator[Row]:
    """Trips of the drivers: near, far, now and then beyond the printed bands, some empty."""
    drivers = [p["id"] for p in people if p["post"] == "驾驶员"]
    for n in range(rng.randint(14, 20)):
        km = rng.choice([45, 80, 120, 210, 286, 300, 320, 410, 500, 560])
        patient = "是" if rng.randint(1, 6) > 1 else "否"
        yield {
            "id": f"T{n + 1:02}",
            "driver": rng.choice(drivers),
            "km": km,
            "with_patient": patient,
        }


def month_tables(month: int) -> dict[str, list[Row]]:
    """entity -> rows of one month."""
    rng = random.Random(SEED * 100 + month)
    people = staff_of(random.Random(SEED))
    doctors_month(rng, people)
    charges = charges_of(rng, people)
    operations, surgeons = operations_of(rng, people)
    kinds = dict.fromkeys(c["fee_kind"] for c in charges)
    return {
        "hospital": [{"id": "H1", "name": HOSPITAL}],
        "department": departments_of(rng, month, charges),
        "staff": people,
        "fee_kind": [
            {
                "id": kind,
                "name": kind,
                "hospital": "H1",
                "printed_as": "其他" if kind in UNPRINTED else kind,
                "class_given": UNPRINTED.get(kind, ""),
            }
            for kind in kinds
        ],
        "charge": charges,
        "record": list(records_of(rng, month, people)),
        "operation": operations,
        "surgeon": surgeons,
        "trip": list(trips_of(rng, people)),
    }


def text_of(rows: list[Row]) -> str:
    """A table as CSV: codes, Chinese names, then the rows."""
    present = {code for row in rows for code in row}
    codes = [code for code in HEADINGS if code in present]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(codes)
    writer.writerow([HEADINGS[code] for code in codes])
    writer.writerows([row.get(code, "") for code in codes] for row in rows)
    return out.getvalue()


def files() -> dict[str, str]:
    """Path below this folder -> what stands in the file."""
    written = {}
    for month in range(1, MONTHS + 1):
        period = f"{YEAR}-{month:02}"
        written[f"{period}/meta.csv"] = f"scheme,mongolian\nperiod,{period}\n合成数据,是\n"
        for entity, rows in month_tables(month).items():
            written[f"{period}/{entity}.csv"] = text_of(rows)
    return written


if __name__ == "__main__":
    for path, text in files().items():
        target = HERE / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(text.encode("utf-8"))
