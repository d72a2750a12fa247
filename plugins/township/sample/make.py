"""Write the synthetic sample: a month and an award of a made-up health centre of about 60 staff.

    python make.py

Seeded, so that running it again changes nothing. Income and cost sheets vary by a few per cent
around `figures.txt`, which also holds the special cases: an earlier deficit made good (K09), a
new unit paid by plan (K10), materials out of proportion and recalculated (K03), costs in
instalments, one not approved; people on leave, in training, in their first months, with a case.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PERIOD, YEAR, SEED = "2026-09", "2026", 2
HOSPITAL = "示例乡镇卫生院（合成数据）"
ROLES = ("医师", "护士", "技师", "其他")
LEADERS = {"医师": "科主任", "护士": "护士长", "技师": "科主任", "其他": "无"}
Row = dict[str, Any]


def tables(text: str) -> dict[str, list[Row]]:
    """The tables of figures.txt by name."""
    found: dict[str, list[Row]] = {}
    for part in text.split("\n[")[1:]:
        name, *lines = (line for line in part.splitlines() if line and not line.startswith("#"))
        columns, *rows = (line.split() for line in lines)
        found[name.rstrip("]")] = [
            {c: "" if v == "-" else v for c, v in zip(columns, row, strict=True)} for row in rows
        ]
    return found


FIGURES = tables((HERE / "figures.txt").read_text("utf-8"))
UNITS, INCOME, COST = FIGURES["units"], FIGURES["income"], FIGURES["cost"]
TITLES = {row["role"]: list(row.values())[1:] for row in FIGURES["titles"]}
SALARY = {row["title"]: int(row["file_salary"]) for row in FIGURES["salary"]}
NEW_STAFF = {row["id"]: (row["entry"], row["started_on"]) for row in FIGURES["new_staff"]}
WORDS = {row["column"]: row["word"] for row in FIGURES["words"]}
AS_WRITTEN = (
    "transfer",
    "large_cost",
    "introduction",
    "technical_item",
    "technical_work",
    "leave",
    "training",
    "case",
    "suspension",
)
NO_MONEY = ("unit", "salary_each", "open_bed_days")


def about(figure: str, chance: random.Random) -> Decimal:
    """The figure give or take four per cent, to the fen."""
    return (Decimal(figure) * chance.randint(9600, 10400) / 10000).quantize(Decimal("0.01"))


def sheet(row: Row, columns: Iterable[str], chance: random.Random) -> Row:
    """A unit's sheet: varied amounts, and their sum as the unit states it."""
    amounts = {c: about(row[c], chance) for c in columns if row[c]}
    return {
        "id": row["unit"],
        "unit": row["unit"],
        **amounts,
        "stated_total": sum(amounts.values()),
    }


def accounts(chance: random.Random) -> dict[str, list[Row]]:
    """Income and cost sheets, and the hospital's own figures."""
    income = [sheet(row, [c for c in row if c != "unit"], chance) for row in INCOME]
    cost = []
    for row, unit in zip(COST, UNITS, strict=False):
        n = sum(int(unit[role]) for role in ROLES)
        made = sheet(row, [c for c in row if c not in NO_MONEY], chance)
        salary = about(str(int(row["salary_each"]) * n), chance)
        total = made.pop("stated_total") + salary
        beds = {"open_bed_days": row["open_bed_days"]}
        cost.append({**made, "actual_salary": salary, "stated_total": total, **beds})
    # in the ledger a service stands once: what wards order and theatre and technical units do
    of = {row["unit"]: row for row in income}
    ordered = ("radiology", "ultrasound", "ecg_eeg", "laboratory")
    twice = sum(of[k].get(c, 0) for k in ("K01", "K02", "K03", "K04") for c in ordered)
    ledger = sum(row["stated_total"] for row in income) - twice - of["K05"]["surgery"]
    hospital = {
        "id": "H1",
        "name": HOSPITAL,
        "ledger_income": ledger,
        "management_cost": "52600.00",
        "heating_cost": "6480.00",
        "working_days": 21,
    }
    return {"hospital": [hospital], "income_sheet": income, "cost_sheet": cost}


def people(chance: random.Random) -> dict[str, list[Row]]:
    """Everyone, each with a post; K08-1 works a fifth of the time in radiology."""
    staff, posts = [], []
    for unit in UNITS:
        k, led = 0, False
        for role in ROLES:
            for n in range(int(unit[role])):
                k += 1
                id, title = f"{unit['id']}-{k}", TITLES[role][n]
                entry, start = NEW_STAFF.get(
                    id, ("其他", f"{chance.randint(1996, 2021)}-{chance.randint(1, 12):02}-01")
                )
                office = LEADERS[role] if n == 0 and (not led or role == "护士") else "无"
                led = led or office != "无"
                staff.append(
                    {
                        "id": id,
                        "name": f"{unit['name']}{k:02}",
                        "department": unit["id"],
                        "title": title,
                        "file_salary": SALARY[title] + 20 * chance.randint(0, 30),
                        "entry": entry,
                        "started_on": start,
                        "assessment_coefficient": Decimal(chance.randint(93, 102)) / 100,
                    }
                )
                works = unit["kind"] != "行政后勤科室"
                ratio = Decimal(chance.randint(90, 110)) / 100 if works else Decimal(1)
                post = {"staff": id, "role": role, "workload_ratio": ratio}
                shares = {"K08": "0.8", "K06": "0.2"} if id == "K08-1" else {unit["id"]: "1"}
                for place, share in shares.items():
                    held = office if place == unit["id"] else "无"
                    row = {"id": f"{id}@{place}", "unit": place, "share": share, "office": held}
                    posts.append({**row, **post})
    return {"staff": staff, "post": posts}


def facts() -> dict[str, list[Row]]:
    """Every sheet of the month."""
    chance = random.Random(SEED)
    units = [
        {
            "id": u["id"],
            "name": u["name"],
            "hospital": "H1",
            "kind": u["kind"],
            "floor_area": u["floor_area"],
            "assessment_coefficient": Decimal(chance.randint(95, 100)) / 100,
            **{s["column"]: s["value"] for s in FIGURES["special"] if s["id"] == u["id"]},
        }
        for u in UNITS
    ]
    return {
        **accounts(chance),
        "department": units,
        **people(chance),
        **{name: FIGURES[name] for name in AS_WRITTEN},
        "clinic": [{"id": row["doctor"], **row} for row in FIGURES["clinic"]],
        "village_doctor": [{**row, "hospital": "H1"} for row in FIGURES["village_doctor"]],
    }


def award() -> dict[str, list[Row]]:
    """The sheets of the year's end: the same units and people, the pool, the nominations."""
    month = facts()
    own = {"department": ("id", "name", "hospital"), "staff": ("id", "name", "department")}
    return {
        "hospital": [{"id": "H1", "name": HOSPITAL, **FIGURES["award"][0]}],
        **{entity: [{c: r[c] for c in own[entity]} for r in month[entity]] for entity in own},
        "nomination": FIGURES["nomination"],
    }


def written(entity: str, rows: list[Row]) -> str:
    """One sheet as CSV: codes, Chinese names, rows."""
    columns = list(dict.fromkeys(c for row in rows for c in row))
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(columns)
    lines.writerow([WORDS.get(f"{entity}.{c}") or WORDS[c] for c in columns])
    lines.writerows([[row.get(c, "") for c in columns] for row in rows])
    return out.getvalue()


def sheets() -> dict[str, str]:
    """Path inside the sample's folder -> text."""
    found = {}
    for scheme, period, folder, tables in (
        ("township", PERIOD, PERIOD, facts()),
        ("township_year", YEAR, f"township_year/{YEAR}", award()),
    ):
        found[f"{folder}/meta.csv"] = f"scheme,{scheme}\nperiod,{period}\n合成数据,是\n"
        for entity, rows in tables.items():
            found[f"{folder}/{entity}.csv"] = written(entity, rows)
    return found


if __name__ == "__main__":
    for path, text in sheets().items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(text, "utf-8")
