"""Earlier periods: result files of a folder (`--past DIR`) read as the history of a run.

Only whole and unmistakable files count: two of one scheme and period, a figure that cannot be
read, or one that was changed afterwards, would change somebody's average without a word.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from hpf.core.errors import FactsError, Problem
from hpf.core.facts import BOUND, PLACES
from hpf.core.formula import tree as t
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import written
from hpf.core.values import History, Result
from hpf.intake.grid import trouble

_NUMBER = re.compile(rf"-?[0-9]{{1,16}}(?:\.[0-9]{{1,{PLACES}}})?")
_Periods = dict[Period, dict[tuple[str, str], dict[str, Result]]]


def read_history(folder: Path, codes: Collection[str]) -> History:
    """The results of earlier periods of the schemes `codes`; files of other schemes are passed by.

    Raises FactsError with every problem of every file.
    """
    history, problems = read_past(folder, codes)
    if any(p.severity == "problem" for p in problems):
        raise FactsError(problems)
    return history


def read_past(folder: Path, codes: Collection[str]) -> tuple[History, list[Problem]]:
    """History and everything to be told about it; notices name runs that had problems."""
    folder = Path(folder)
    problems: list[Problem] = []
    periods: _Periods = {}
    seen: dict[tuple[str, Period], str] = {}
    try:
        files = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".json" and p.is_file())
    except OSError as error:
        why = error.strerror or str(error)
        return History(), [
            trouble(
                "no_folder",
                (f"无法打开往期结果的文件夹({why})", f"the folder cannot be opened ({why})"),
                ("请检查 --past 给出的路径", "Check the path given to --past"),
                str(folder),
            )
        ]  # fmt: skip
    for path in files:
        document = _document(path, problems)
        if document is None or document["scheme"] not in codes:
            continue
        period = _period(document, path.name, problems)
        if period is None:
            continue
        key = (document["scheme"], period)
        if key in seen:
            problems.append(_twice(path.name, seen[key], *key))
            continue
        seen[key] = path.name
        problems += _sealed(document, path.name)
        _read(document, path.name, periods.setdefault(period, {}), problems)
    return History(periods), problems


def _document(path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        problems.append(
            trouble(
                "past_unreadable",
                (f"不是完好的 JSON 文件({why})", f"this is no whole JSON file ({why})"),
                ("请用 hpf run --json 重新生成", "Write it again with hpf run --json"),
                path.name,
            )
        )
        return None
    if not (
        isinstance(found, dict)
        and isinstance(found.get("scheme"), str)
        and isinstance(found.get("period"), str)
        and isinstance(found.get("results"), list)
    ):
        problems.append(
            trouble(
                "not_results",
                ("不是 hpf run --json 写出的结果文件", "this is no file of results"),
                ("请把它移出往期结果文件夹", "Move it out of the folder of past results"),
                path.name,
            )
        )
        return None
    return found


def _period(document: Mapping[str, Any], file: str, problems: list[Problem]) -> Period | None:
    try:
        return Period.parse(document["period"])
    except ValueError:
        problems.append(
            trouble(
                "period_unreadable",
                (f"期间“{document['period']}”无法识别", f"'{document['period']}' is no period"),
                ("请用 hpf run --json 重新生成", "Write it again with hpf run --json"),
                file,
            )
        )
        return None


def _twice(file: str, first: str, scheme: str, period: Period) -> Problem:
    return trouble(
        "past_twice",
        (
            f"方案 {scheme} 的 {period} 有两份结果，另一份是 {first}",
            f"there are two results of '{scheme}' for {period}; the other is {first}",
        ),
        ("请只保留生效的一份", "Keep the one that is in force"),
        file,
    )


def _sealed(document: Mapping[str, Any], file: str) -> Iterator[Problem]:
    seal = document.get("seal")
    found = seal.get("written") if isinstance(seal, dict) else None
    if found is None:
        yield trouble(
            "past_unsealed",
            (
                "这份结果没有文件封签，无法查验是否改动过",
                "this file has no seal over its results: a change would not be noticed",
            ),
            ("可重新计算该期", "Run that period again"),
            file,
            severity="notice",
        )
    elif found != written(document["results"]):
        yield trouble(
            "past_changed",
            ("结果在封存之后被改动过", "the results were changed after they were sealed"),
            ("请重新计算该期", "Run that period again"),
            file,
        )


def not_given(program: Program, period: Period, history: History) -> list[Problem]:
    """One notice of the earlier periods that formulas reach and that have no results, if any."""
    backs = set[int]().union(*(_reached(rule.tree, period, 0) for rule in program.rules))
    lacking = [b for b in sorted(backs) if period.earlier(b) not in history.periods]
    if not lacking:
        return []
    zh, en = program.names
    listed = _spans(lacking, period)
    return [
        trouble(
            "past_not_given",
            (
                f"方案“{zh}”要用到以前各期，没有给出 {'、'.join(listed)} 的结果，按缺失处理",
                f"'{en}' looks back; no results given, so absent: {', '.join(listed)}",
            ),
            ("请用 --past 给出以前各期的结果文件", "Give their result files with --past"),
            severity="notice",
        )
    ]


def _reached(node: t.Node, period: Period, back: int) -> set[int]:
    """How many periods back a formula reads results."""
    if isinstance(node, t.Own):
        return {back} if back else set()
    backs = range(back, back + 1)
    if isinstance(node, t.Past):
        backs = range(back + node.steps, back + node.steps + 1)
    elif isinstance(node, t.Window):
        backs = range(back, back + (node.span or period.earlier(back).year_to_date))
    return {b for c in t.children(node) for at in backs for b in _reached(c, period, at)}


def _spans(backs: Sequence[int], period: Period) -> list[str]:
    """Periods in order of time, those that follow one another as one span."""
    spans: list[list[int]] = []
    for back in sorted(backs, reverse=True):
        if spans and spans[-1][-1] == back + 1:
            spans[-1].append(back)
        else:
            spans.append([back])
    ends = [(period.earlier(s[0]), period.earlier(s[-1])) for s in spans]
    return [f"{a}" if a == b else f"{a} – {b}" for a, b in ends]


def _read(
    document: Mapping[str, Any],
    file: str,
    into: dict[tuple[str, str], dict[str, Result]],
    problems: list[Problem],
) -> None:
    for number, line in enumerate(document["results"], 1):
        place = f"{file} results[{number}]"
        try:
            entity, id, rule = (_text(line, k) for k in ("entity", "id", "rule"))
            value = _value(line.get("value_type"), line.get("value"))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            problems.append(
                trouble(
                    "past_value",
                    (f"这一条结果无法读取：{error}", f"this result cannot be read: {error}"),
                    ("请用 hpf run --json 重新生成", "Write it again with hpf run --json"),
                    place,
                )
            )
            continue
        by_id = into.setdefault((entity, f"{document['scheme']}.{rule}"), {})
        if id in by_id:
            problems.append(
                trouble(
                    "past_duplicate",
                    ("同一条结果出现两次", "this result stands twice in the file"),
                    ("请用 hpf run --json 重新生成", "Write it again with hpf run --json"),
                    place, entity, id, rule,
                )
            )  # fmt: skip
        by_id[id] = value
    told = document.get("problems")
    told = told if isinstance(told, list) else []
    # a notice stopped no figure
    count = sum(not (isinstance(p, dict) and p.get("severity") == "notice") for p in told)
    if count:
        problems.append(
            trouble(
                "past_problems",
                (
                    f"这次结果有 {count} 个未解决的问题，相应的值按缺失处理",
                    f"this run had {count} problems; the figures they stopped are taken as absent",
                ),
                ("请解决后重新生成", "Settle them and run that period again"),
                file,
                severity="notice",
            )
        )


def _text(line: Mapping[str, Any], key: str) -> str:
    found = line[key]
    if not isinstance(found, str) or not found:
        raise ValueError(f"{key}: {found!r}")
    return found


def _value(kind: Any, value: Any) -> Result:
    read = _KINDS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise ValueError(f"value_type {kind!r}")
    return read(value)


def _decimal(value: Any) -> Result:
    # a JSON number would have gone through a binary double: figures are strings in these files
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError(f"{value!r} is no decimal in quotes")
    found = Decimal(value)
    if abs(found) >= BOUND:
        raise ValueError(f"{value} is beyond what is computed")
    return found


def _choice(value: Any) -> Result:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _boolean(value: Any) -> Result:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _date(value: Any) -> Result:
    return dt.date.fromisoformat(value)


_KINDS: Mapping[str, Callable[[Any], Result]] = {
    "decimal": _decimal,
    "choice": _choice,
    "text": _choice,
    "boolean": _boolean,
    "date": _date,
}
