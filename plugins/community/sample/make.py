"""Write the sample: a made-up community hospital of 90 people, ten departments, two quarters.

    python make.py

writes 2026-Q2/ and 2026-Q3/ beside this file; only the standard library is used, and running it
again changes nothing. Wanted on purpose: items that do not apply and one without data, reversals
(one of an entry of the quarter before), two adjusted standards, points seen too late, people who
moved, people who are not assessed, a rater group too small, somebody new and somebody who left.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import runpy
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
_GIVEN = runpy.run_path(str(HERE / "tables.py"))  # beside the script, wherever it is called from
(
    ALIGNMENTS, ARROWS, CARDS, DEPARTMENTS, DUTIES, GROUPS, HEADINGS,
    INDICATORS, LINES, MEMBERS, OBJECTIVES, STANDARDS,
) = (
    _GIVEN[name]
    for name in (
        "ALIGNMENTS", "ARROWS", "CARDS", "DEPARTMENTS", "DUTIES", "GROUPS", "HEADINGS",
        "INDICATORS", "LINES", "MEMBERS", "OBJECTIVES", "STANDARDS",
    )
)  # fmt: skip
SEED = "community sample"
QUARTERS = {
    "2026-Q2": (dt.date(2026, 4, 1), dt.date(2026, 6, 30)),
    "2026-Q3": (dt.date(2026, 7, 1), dt.date(2026, 9, 30)),
}
POOLS = {"2026-Q2": "405000", "2026-Q3": "418600"}
SIDES = {"superior": (1, 1), "peers": (4, 8), "subordinates": (3, 6), "self": (1, 1),
         "residents": (5, 20)}  # fmt: skip
# quarter, item → state and reason
LEFT_OUT = {
    ("2026-Q2", "D05-P01"): ("不适用", "科室不开展"),
    ("2026-Q3", "D05-P01"): ("不适用", "科室不开展"),
    ("2026-Q3", "D07-G02"): ("不适用", "本期未发生"),
    ("2026-Q3", "D02-C02"): ("无数据", "数据未取得"),
}
NOT_ASSESSED = {"2026-Q2": {"S031"}, "2026-Q3": {"S031", "S090"}}
LEFT = {"2026-Q3": {"S044": dt.date(2026, 8, 31)}}
JOINED = {"S090": dt.date(2026, 8, 17), "S089": dt.date(2026, 4, 20)}
MOVED = {"2026-Q3": {"S012": (("D01", 46), ("D02", 46)), "S055": (("D07", 30), ("D06", 62))}}
ADJUSTED = {
    "2026-Q3": (
        ("A1", "D01", "B03", "4", "4.8", dt.date(2026, 7, 10), "签约季工作量大"),
        ("A2", "D04", "B05", "2", "2.4", dt.date(2026, 8, 1), "秋季接种前宣传"),
    )
}
Row = dict[str, str]


def people() -> list[Row]:
    """Everybody of the two quarters: a head for each department, the others beneath."""
    found: list[Row] = []
    for department, _, _, posts in DEPARTMENTS:
        for number, post in enumerate(p for p, count in posts for _ in range(count)):
            level = "2" if number == 0 else "1"
            if department == "D09" and number < 1:
                level = "3"
            found.append(
                {
                    "id": f"S{len(found) + 1:03}",
                    "department": department,
                    "post_class": post,
                    "rank_group": GROUPS[post][0],
                    "level": level,
                }
            )
    return found


def _level_above(person: Row, all_people: list[Row]) -> str:
    if person["level"] == "3":
        return ""
    wanted = "3" if person["level"] == "2" else "2"
    near = [
        p["id"]
        for p in all_people
        if p["level"] == wanted and (wanted == "3" or p["department"] == person["department"])
    ]
    return near[0] if near else next(p["id"] for p in all_people if p["level"] == "3")


def staff(quarter: str, draw: Random) -> list[Row]:
    """The register of a quarter."""
    everybody = people()
    end = QUARTERS[quarter][1]
    rows = []
    for person in everybody:
        joined = JOINED.get(person["id"], dt.date(2026 - draw.randrange(1, 16), 3, 1))
        talks, trainings = draw.choice("11122"), draw.choice("1111111110")
        if joined > end:
            continue
        left = LEFT.get(quarter, {}).get(person["id"])
        rows.append(
            {
                **person,
                "name": f"{person['post_class']}{person['id'][1:]}",
                "assessor": _level_above(person, everybody),
                "takes_part": _yes(person["id"] not in NOT_ASSESSED[quarter] and not left),
                "trainings": trainings,
                "talks": talks,
                "heads_hospital": _yes(person["level"] == "3"),
                "joined": joined.isoformat(),
                "left": left.isoformat() if left else "",
                "rating_mean": "",
            }
        )
    return rows


def items(quarter: str, draw: Random) -> list[Row]:
    """Each department's results: near the target, some beyond it, some well short."""
    method = {code: (m, direction) for code, _, _, m, direction, *_ in INDICATORS}
    names = {code: name for code, name, *_ in INDICATORS}
    rows = []
    for department, _, card, _ in DEPARTMENTS:
        skill = Decimal(draw.randrange(92, 103)) / 100
        for code, _, target, floor, _ in LINES[card]:
            id = f"{department}-{code}"
            state, reason = LEFT_OUT.get((quarter, id), ("计分", ""))
            row = {"id": id, "department": department, "line": f"{card}-{code}",
                   "name": names[code], "state": state,
                   "reason": reason, "own_target": "", "actual": "", "mark": ""}  # fmt: skip
            how, direction = method[code]
            luck = Decimal(draw.randrange(-6, 7)) / 100
            if state == "计分" and how == "rating":
                mark = (Decimal(90) * (skill + luck) * 2).quantize(Decimal(1)) / 2
                row["mark"] = _plain(min(Decimal(100), mark))
            elif state == "计分":
                row["actual"] = _result(how, direction, Decimal(target), floor, skill + luck, draw)
            rows.append(row)
    return rows


def _result(
    how: str, direction: str, target: Decimal, floor: str, near: Decimal, draw: Random
) -> str:
    if how == "interval":
        way = Decimal(floor) + (target - Decimal(floor)) * (near - Decimal("0.15"))
        return _plain(way.quantize(Decimal("0.1")))
    if how == "deduction":
        return _plain(target + draw.choice((0, 0, 0, 1, 1, 2)))
    if direction == "lower":
        return _plain((target / near).quantize(Decimal("0.1")))
    if how == "threshold":
        return _plain(target + draw.choice((0, 0, 0, 1, -1)))
    return _plain((target * near).quantize(Decimal("0.1")))


def entries(quarter: str, register: list[Row], draw: Random) -> tuple[list[Row], list[Row]]:
    """Tallies and entries of a quarter."""
    first, last = QUARTERS[quarter]
    tallies: dict[tuple[str, str], str] = {}
    rows: list[Row] = []
    bonuses = [s for s in STANDARDS if s[1] == "加分"]
    deductions = [s for s in STANDARDS if s[1] == "扣分"]

    def book(person: str, standard: tuple[str, ...], day: dt.date, sign: str, **more: str) -> None:
        tally = tallies.setdefault((person, standard[0]), f"{person}-{standard[0]}")
        seen = day + dt.timedelta(days=draw.choice((1, 1, 2, 2, 3)))
        rows.append(
            {
                "id": f"{quarter[-2:]}-{len(rows) + 1:04}",
                "tally": tally,
                "reverses": "",
                "sign": sign,
                "points": standard[4],
                "day": day.isoformat(),
                "earlier": "否",
                "seen": seen.isoformat(),
                "evidence": f"台账 {quarter}-{len(rows) + 1}",
                **more,
            }
        )

    for person in register:
        if person["takes_part"] == "否":
            continue
        ability = Random(f"{SEED} {person['id']}").choice((0, 1, 1, 2, 3))
        for _ in range(ability + draw.choice((1, 2, 2))):
            standard = draw.choice(bonuses)
            book(person["id"], standard, _day(first, last, draw), "加")
        if draw.random() < 0.35:
            book(person["id"], draw.choice(deductions), _day(first, last, draw), "减")
    if quarter == "2026-Q3":
        _adjusted(rows, register)
        original = next(r for r in rows if r["sign"] == "减")
        book_of = next(s for s in STANDARDS if original["tally"].endswith(s[0]))
        book(original["tally"][:4], book_of, last, "加", reverses=original["id"])
        book("S020", STANDARDS[0], dt.date(2026, 7, 6), "减", earlier="是",
             evidence="冲销 2026-Q2 的分录：重复记分")  # fmt: skip
        late = dt.date.fromisoformat(rows[7]["day"]) + dt.timedelta(days=16)
        rows[7]["seen"] = late.isoformat()
    accounts = [
        {"id": id, "staff": person, "standard": standard}
        for (person, standard), id in sorted(tallies.items())
    ]
    return accounts, rows


def _adjusted(rows: list[Row], register: list[Row]) -> None:
    """What was booked after an adjustment has the points it made."""
    home = {p["id"]: p["department"] for p in register}
    for _, department, standard, _, after, since, _ in ADJUSTED["2026-Q3"]:
        for row in rows:
            person, _, code = row["tally"].partition("-")
            if code == standard and home[person] == department and row["day"] >= since.isoformat():
                row["points"] = after


def _day(first: dt.date, last: dt.date, draw: Random) -> dt.date:
    return first + dt.timedelta(days=draw.randrange((last - first).days - 5))


def ratings(register: list[Row], draw: Random) -> list[Row]:
    """Means of the sides, on a scale from 1 to 5."""
    rows = []
    for person in register:
        if person["takes_part"] == "否":
            continue
        for side, (few, many) in SIDES.items():
            if side == "subordinates" and person["level"] == "1":
                continue
            if side == "residents" and person["post_class"] == "管理后勤":
                continue
            raters = draw.randrange(few, many + 1)
            mean = Decimal(draw.randrange(70, 99) * raters * 5) / 100 / raters
            rows.append(
                {
                    "id": f"{person['id']}-{side}",
                    "staff": person["id"],
                    "side": side,
                    "average": _plain(mean.quantize(Decimal("0.01"))),
                    "raters": "2" if (person["id"], side) == ("S007", "peers") else str(raters),
                }
            )
    return rows


def tables(quarter: str) -> dict[str, list[Row]]:
    """All tables of a quarter, as rows."""
    draw = Random(f"{SEED} {quarter}")
    register = staff(quarter, Random(f"{SEED} people"))
    tallies, booked = entries(quarter, register, draw)
    hospital = {"hospital": "H1"}
    names = {code: name for code, name, *_ in INDICATORS}
    return {
        "hospital": [{"id": "H1", "name": "示例社区医院（合成数据）", "pool": POOLS[quarter]}],
        "scorecard": [{"id": id, **hospital, **card} for id, card in CARDS.items()],
        "department": [
            {"id": id, **hospital, "scorecard": card, "name": name}
            for id, name, card, _ in DEPARTMENTS
        ],
        "rank_group": [
            {"id": id, **hospital, "name": f"{post}组", "kind": "", "post_class": post,
             "factor": factor, "pool_given": given}
            for post, (id, factor, given) in GROUPS.items()
        ],
        "staff": register,
        "indicator": [
            {
                "id": code, **hospital, "name": name, "perspective": perspective,
                "method": method, "direction": direction, "least": least, "most": most,
                "resident": resident, "timing": timing, "effect": effect,
            }
            for code, name, perspective, method, direction, least, most, resident, timing, effect
            in INDICATORS
        ],
        "line": [
            {"id": f"{card}-{code}", "scorecard": card, "indicator": code,
             "name": names[code], "weight": weight,
             "target": target, "floor": floor, "deduction": deduction}
            for card, lines in LINES.items()
            for code, weight, target, floor, deduction in lines
        ],
        "item": items(quarter, draw),
        "objective": [
            {"id": id, **hospital, "name": name, "perspective": perspective, "level": level,
             "from_strategy": strategy, "from_business": business, "from_policy": policy}
            for id, name, perspective, level, strategy, business, policy in OBJECTIVES
        ],
        "cause_effect": [
            {"id": f"{cause}-{effect}", "cause": cause, "effect": effect}
            for cause, effect in ARROWS
        ],
        "alignment": [
            {"id": f"{objective}-{indicator}", "objective": objective, "indicator": indicator}
            for objective, found in ALIGNMENTS.items()
            for indicator in found.split()
        ],
        "responsibility": [{"id": id, **hospital, "name": name} for id, name in DUTIES],
        "standard": [
            {"id": id, **hospital, "name": name, "kind": kind, "aspect": aspect, "points": points,
             "most": most, "basis": basis, "adjustable": adjustable, "responsibility": duty,
             "indicator": indicator}
            for id, kind, aspect, name, points, most, basis, adjustable, duty, indicator
            in STANDARDS
        ],
        "tally": tallies,
        "entry": booked,
        "adjustment": [
            {"id": id, "department": department, "standard": standard, "before": before,
             "after": after, "decided": (since - dt.timedelta(days=3)).isoformat(),
             "holds_from": since.isoformat(), "reason": reason}
            for id, department, standard, before, after, since, reason
            in ADJUSTED.get(quarter, ())
        ],
        "rating": ratings(register, draw),
        "stint": [
            {"id": f"{person}-{department}", "staff": person, "department": department,
             "days": str(days)}
            for person, stints in MOVED.get(quarter, {}).items()
            for department, days in stints
        ],
        "member": [
            {"id": id, **hospital, "name": name, "represents": represents, "expert": expert,
             "appointed": "2025-01-15"}
            for id, name, represents, expert in MEMBERS
        ],
    }  # fmt: skip


def _yes(held: bool) -> str:
    return "是" if held else "否"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def files() -> dict[str, str]:
    """Every file of the sample, by its path beside this script."""
    found = {}
    for quarter in QUARTERS:
        for name, rows in tables(quarter).items():
            found[f"{quarter}/{name}.csv"] = _text(HEADINGS[name], rows)
        meta = [["scheme", "community"], ["period", quarter], ["合成数据", "是"]]
        found[f"{quarter}/meta.csv"] = _lines(meta)
    return found


def _text(headings: Mapping[str, str], rows: Iterable[Row]) -> str:
    body = [[row.get(code, "") for code in headings] for row in rows]
    return _lines([list(headings), list(headings.values()), *body])


def _lines(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    for path, content in files().items():
        (HERE / path).parent.mkdir(exist_ok=True)
        (HERE / path).write_text(content, "utf-8")
