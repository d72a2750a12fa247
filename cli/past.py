"""Results of earlier periods, read from the result files of a folder."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from hpf.core.errors import Collector, FactsError, Problem, Text
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.values import History, Result

ById = dict[str, Result]


def read_past(folder: Path, program: Program, period: Period) -> tuple[History, list[Problem]]:
    """What a scheme yielded before `period`, and notices of files that were left alone.

    Files of other schemes are left alone without a word. Raises FactsError with every file that
    cannot be read, and every period that stands in two files.
    """
    bad = Collector()
    notices: list[Problem] = []
    found: dict[Period, dict[tuple[str, str], ById]] = {}
    homes: dict[Period, str] = {}
    if not folder.is_dir():
        bad.add(
            _bad(
                "folder",
                str(folder),
                "没有这个文件夹",
                "there is no such folder",
                "请写以前结果文件（.json）所在的文件夹",
                "Name the folder with the result files (.json) of earlier periods",
            )
        )
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        document = _document(path, bad)
        if document is None or document["scheme"] != program.code:
            continue
        try:
            when = Period.parse(str(document["period"]))
            if when >= period or when.kind != period.kind:
                notices.append(_left_alone(path, when))
                continue
            if document.get("profile", "full") != "full":
                raise ValueError(f"profile {document['profile']}")
            results = _results(document["results"], program)
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            bad.add(
                _bad(
                    "unreadable",
                    path.name,
                    f"不是结果文件：{error}",
                    f"is no file of results: {error}",
                    "请用 hpf run --json 重新生成，或移走此文件",
                    "Write it again with hpf run --json, or take it away",
                )
            )
            continue
        if when in found:
            bad.add(
                _bad(
                    "twice",
                    path.name,
                    f"{when} 的结果在 {homes[when]} 里已有",
                    f"{homes[when]} holds the results of {when} already",
                    "每期只能留一个结果文件",
                    "Keep one file a period",
                )
            )
        found[when], homes[when] = results, path.name
    bad.stop(FactsError)
    return History(found), notices


def _document(path: Path, bad: Collector) -> Mapping[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        bad.add(
            _bad(
                "unreadable",
                path.name,
                f"读不了：{error}",
                f"cannot be read: {error}",
                "请移走或修复此文件",
                "Mend it or take it away",
            )
        )
        return None
    if isinstance(found, dict) and {"scheme", "period", "results"} <= set(found):
        return found
    return None


def _results(lines: Any, program: Program) -> dict[tuple[str, str], ById]:
    found: dict[tuple[str, str], ById] = {}
    for line in lines:
        entity, rule = str(line["entity"]), program.rule(str(line["entity"]), str(line["rule"]))
        if rule is not None:  # a rule that the scheme no longer has is no longer asked for
            found.setdefault((entity, rule.qualified), {})[str(line["id"])] = _value(line)
    return found


def _value(line: Mapping[str, Any]) -> Result:
    kind, value = line["value_type"], line["value"]
    if kind == "boolean":
        if not isinstance(value, bool):
            raise ValueError(f"{line['rule']}: {value!r}")
        return value
    if not isinstance(value, str):  # a bare JSON number would be a binary float
        raise ValueError(f"{line['rule']}: {value!r} is not quoted")
    if kind == "decimal":
        number = Decimal(value)
        if not number.is_finite():
            raise ValueError(f"{line['rule']}: {value}")
        return number
    return dt.date.fromisoformat(value) if kind == "date" else value


def _bad(code: str, place: str, zh: str, en: str, cure_zh: str, cure_en: str) -> Problem:
    return Problem(f"past.{code}", Text(zh, en), Text(cure_zh, cure_en), place)


def _left_alone(path: Path, when: Period) -> Problem:
    return Problem(
        "past.not_earlier",
        Text(
            f"{when} 不是更早的同类周期，未采用",
            f"{when} is no earlier period of this kind: not used",
        ),
        place=path.name,
        severity="notice",
    )
