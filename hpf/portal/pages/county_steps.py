"""What the group does: draw, visit, close, calculate, post, review, decide, report, tell."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from flask import abort, flash, redirect, request, url_for

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.county_desk import again, deed, hospitals, opened, pages, results
from hpf.portal.rights import Act
from hpf.runs import seal_period
from hpf.storage.runs import load_run
from hpf.storage.secrets import AccountKeys
from hpf.workflow import assessments_decision as decision
from hpf.workflow import assessments_publicity as publicity
from hpf.workflow import draws_held
from hpf.workflow.assessments_results import Results
from hpf.workflow.assessments_summary import write_summary
from hpf.workflow.marks_closed import close_marks

Form = Mapping[str, str]


@pages.post("/step")
@needs(Act.ASSESS)
def step() -> Any:
    """One step, by its word; refused with every reason, and nothing is written then."""
    do = _STEPS.get(request.form.get("do", ""))
    if do is None:
        abort(400)
    flash(say(do(request.form)), "ok")
    return redirect(url_for("draws.index" if do in _DRAWS else "county.index"))


@pages.post("/review/<int:number>")
@needs(Act.ASSESS)
def review(number: int) -> Any:
    """What the group, or the city, found on an objection; a judged item's points off may change."""
    one, form = opened(), request.form
    if form.get("state") not in ("upheld", "rejected"):
        abort(400)
    upheld = form["state"] == "upheld"
    off = form.get("off", "").strip()
    with writing() as changing:
        publicity.review(
            deed(changing), again(changing, one), one.program, number, upheld,
            form.get("text", ""), deduction=_points(off) if off and upheld else None,
            city=form.get("level") == "city",
        )  # fmt: skip
    flash(say(Text(f"{number} 号异议已复核", f"Objection {number} is reviewed")), "ok")
    return redirect(url_for("county.index"))


def _commit(form: Form) -> Text:
    one, known = opened(), hospitals()
    wanted = _wanted(form.get("want", ""))
    covered = {h for c in one.at.all("commitment") for h in c.detail["hospitals"]}
    chosen = request.form.getlist("hospitals") or [h for h in known if h not in covered]
    name = form.get("name", "").strip()
    with writing() as changing:
        entry = draws_held.commit_seed(deed(changing), again(changing, one), _keys(), name,
                                       chosen or list(known), wanted, known)  # fmt: skip
        digest = entry.detail["commitment"]
    return Text(f"种子已承诺：{digest}", f"The seed is committed to: {digest}")


def _fix(form: Form) -> Text:
    one, name = opened(), form.get("name", "")
    with writing() as changing:
        count = draws_held.fix_pool(deed(changing), again(changing, one), name).detail["experts"]
    return Text(f"专家库已定：{count} 名", f"The pool is fixed: {count} experts")


def _draw(form: Form) -> Text:
    one, name = opened(), form.get("name", "")
    with writing() as changing:
        entry = draws_held.hold_draw(deed(changing), again(changing, one), _keys(), name)
        drawn = entry.detail["members"]
    return Text(f"抽中 {'、'.join(drawn)}", f"Drawn: {', '.join(drawn)}")


def _substitute(form: Form) -> Text:
    one = opened()
    with writing() as changing:
        entry = draws_held.substitute(deed(changing), again(changing, one), form.get("name", ""),
                                      form.get("expert", ""), form.get("why", ""))  # fmt: skip
        came = entry.detail["in"]
    return Text(f"由 {came} 递补", f"{came} is called")


def _close(_: Form) -> Text:
    one = opened()
    with writing() as changing:
        detail = close_marks(deed(changing), again(changing, one), one.program).detail
    count, made = detail["marks"], detail["items"]
    return Text(f"{count} 个评分合并成 {made} 项", f"{count} marks became {made} items")


def _calculate(_: Form) -> Text:
    one, at = opened(), desk()
    sealed = seal_period(at.engine, at.programs, at.hospital, one.plan.scheme, one.period,
                         by=me().login)  # fmt: skip
    number = sealed[one.plan.scheme].id
    return Text(f"第 {number} 次计算已封印", f"Run {number} is sealed")


def _post(form: Form) -> Text:
    one = opened()
    with writing() as changing:
        _, until, last = publicity.post(deed(changing), again(changing, one),
                                        form.get("where", ""))  # fmt: skip
    return Text(f"公示到 {until}，异议到 {last}", f"Posted through {until}; objections {last}")


def _decide(form: Form) -> Text:
    one, found = opened(), results()
    if found is None:
        abort(404)
    with writing() as changing:
        entry = decision.decide(deed(changing), again(changing, one), found, form.get("text", ""))
        taken = sum(u["taken"] is not None for u in entry.detail["units"])
    return Text(f"补助已决定，扣减 {taken} 家", f"The subsidy is decided; {taken} reduced")


def _report(form: Form) -> Text:
    one = opened()
    posted = one.at.last("posted")
    if posted is None:
        abort(404)
    found = Results(one.plan, load_run(session(), posted.detail["run"]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "summary.xlsx"
        write_summary(path, results() or found, one.at, language())
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with writing() as changing:
        to = form.get("to", "")
        _, told = decision.report(deed(changing), again(changing, one), to, digest)
    for notice in told:
        flash(say(notice.message), "warning")
    return Text(f"已上报{to}", f"Reported to: {to}")


def _told(form: Form) -> Text:
    one, known = opened(), hospitals()
    with writing() as changing:
        decision.told(deed(changing), again(changing, one), known, form.get("how", ""))
    return Text(f"已反馈 {len(known)} 家", f"{len(known)} hospitals were told")


def _correct(form: Form) -> Text:
    one, unit = opened(), form.get("hospital", "")
    with writing() as changing:
        decision.corrected(deed(changing), again(changing, one), unit, form.get("text", ""))
    return Text(f"{unit} 的整改已登记", f"What '{unit}' corrected is on file")


_DRAWS = (_commit, _fix, _draw, _substitute)
_STEPS: Mapping[str, Callable[[Form], Text]] = {
    "commit": _commit, "fix": _fix, "draw": _draw, "substitute": _substitute,
    "close": _close, "calculate": _calculate, "post": _post, "decide": _decide,
    "report": _report, "told": _told, "correct": _correct,
}  # fmt: skip


def _keys() -> AccountKeys:
    return AccountKeys.read(desk().settings.home.keys)


def _wanted(text: str) -> dict[str, int]:
    """`临床=2 护理=1`: how many of each speciality."""
    found = {}
    for word in text.replace("，", " ").replace(",", " ").split():
        name, _, count = word.replace("＝", "=").partition("=")
        if not name or not count.isdecimal():
            message = Text(f"“{word}”读不懂", f"'{word}' cannot be read")
            cure = Text("写成 临床=2 护理=1", "Write it as clinical=2 nursing=1")
            raise HpfError([Problem("draw.want", message, cure)])
        found[name] = int(count)
    return found


def _points(text: str) -> Decimal:
    try:
        found = Decimal(text)
        if found.is_finite():
            return found
    except InvalidOperation:
        pass
    message = Text(f"“{text}”不是分数", f"'{text}' is no number of points")
    raise HpfError([Problem("mark.number", message, Text("如 0.5", "Such as 0.5"))])
