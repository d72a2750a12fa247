"""What the hospital settles about its cycle, the approved ceilings, and planning a period.

Settings and ceilings only grow: an entry is added with its reason, and the last one holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select

from hpf.core.errors import BadValue, HpfError, Problem, Text
from hpf.core.periods import Period, kind_name
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.appeals import deed
from hpf.portal.pages.moments import tell_time
from hpf.portal.place import Place, place
from hpf.portal.rights import Act, may
from hpf.portal.track import cycle_at
from hpf.reports import figures
from hpf.storage.ceilings import set_ceiling
from hpf.storage.cycles import filings, local_day
from hpf.storage.models import Ceiling, Filing
from hpf.workflow import service
from hpf.workflow.policy import PayOrder
from hpf.workflow.settings import SETTINGS, Setting, clause_of, of_scheme
from hpf.workflow.situation import settings_now

pages = Blueprint("settings", __name__, url_prefix="/plan/settings")
tell_time(pages)
_ENTRIES = 30
_MOST: Final = Decimal(10) ** 13  # CNY; far above any hospital's
_CHOICES: Final = {
    "order": {
        PayOrder.PUBLICISE_THEN_PAY.value: Text("先公示后发放", "publicise, then pay"),
        PayOrder.PAY_THEN_PUBLICISE.value: Text("先发放后公示", "pay, then publicise"),
    },
    "count_posting_day": {"no": Text("不计入", "no"), "yes": Text("计入", "yes")},
    "payer_apart": {
        "yes": Text("必须是两个人", "two people, always"),
        "no": Text("可以是同一个人", "may be one person"),
    },
}
_NAMES: Final = {  # where a choice stands beside it, its words need not be in the name
    "order": Text("公示和发放的先后", "which comes first, publicity or pay"),
    "count_posting_day": Text("公示当日是否计入", "whether the day of posting counts"),
    "payer_apart": Text("封存计算的人和办发放的人", "who seals a run and who pays it"),
}
_FORMS: Final = {"month": "2026-09", "quarter": "2026-Q3", "half": "2026-H2", "year": "2026"}


@dataclass(frozen=True, slots=True)
class Line:
    """A setting. text: what the hospital entered; now: what holds, in words; by: whose the entry
    is, when, and why."""

    setting: Setting
    clause: str
    text: str
    now: str
    by: str
    choices: tuple[tuple[str, str], ...]


@pages.get("/")
@needs(Act.PLAN)
def index() -> Any:
    """What is settled, since when and why; what is still to be settled."""
    return _page()


@pages.post("/")
@needs(Act.PLAN)
def decide() -> Any:
    """Enter what the form changes, all of it or nothing. A page that is out of date is shown
    both versions, and writes nothing."""
    form = request.form
    try:
        with writing() as changing:
            before = settings_now(changing, desk().hospital)
            moved = str(_last(changing)) != form.get("seen", "")
            asked = {n: form.get(n, "").strip() for n in SETTINGS}
            changed = {n: v for n, v in asked.items() if v and v != before.get(n, "")}
            done = [] if moved else service.settle(deed(changing), changed, form.get("reason", ""))
    except HpfError as error:
        return _page(wrong=list(error.problems)), 422
    if moved:
        return _page(moved=True), 409
    same = Text("与已登记的相同，没有写入。", "It stands there already.")
    told = Text(
        f"已登记 {len(done)} 项。已排定的流程仍按原来的设置，可重新排定。",
        f"{len(done)} entered. Cycles that are planned keep theirs until planned anew.",
    )
    flash(say(told if done else same), "ok")
    return redirect(url_for("settings.index"))


@pages.post("/ceilings")
@needs(Act.CONFIGURE)
def ceiling() -> Any:
    """Record an approved ceiling of a month or a year; the last one holds."""
    form = request.form
    amount = _amount(form.get("amount", ""))
    period = _period(form.get("period", "").strip(), ("month", "year"))
    with writing() as changing:
        set_ceiling(changing, desk().hospital, period, amount, by=me().login,
                    reason=form.get("reason", ""))  # fmt: skip
    done = Text(f"已登记 {period.say('zh')} 的核定总量", f"The ceiling of {period} is recorded")
    flash(say(done), "ok")
    return redirect(url_for("settings.index", _anchor="ceilings"))


@pages.post("/cycle")
@needs(Act.PLAN)
def plan() -> Any:
    """Plan a period's cycle, or plan an open one anew; refused with every setting it lacks."""
    form = request.form
    program = desk().programs.find(form.get("scheme", ""))
    period = _period(form.get("period", "").strip(), (program.period,))
    with writing() as changing:
        _, days = service.plan(deed(changing), desk().programs, program.code, period)
        fits, pay_day, late = days.fits, days.pay_day, days.late_by
    said = Text(f"已排定，{pay_day} 发放可行" if fits else f"已排定，发放日早了 {late} 天",
                f"Planned; pay day {pay_day} holds" if fits
                else f"Planned; pay day is {late} days too early")  # fmt: skip
    flash(say(said), "ok" if fits else "warning")
    return redirect(url_for("plan.index", scheme=program.code, period=str(period)))


def planning(at: Place | None) -> dict[str, Any]:
    """What the form that plans a period needs: schemes, and the period that is most likely."""
    found = desk().programs
    schemes = [(code, say(found[code].names)) for code in found]
    if at is None:
        return {"schemes": schemes, "period": "", "planned": False, "scheme": ""}
    planned = cycle_at(at) is not None
    asked = at.period.earlier(-1) if planned else at.period
    return {"schemes": schemes, "period": str(asked), "planned": planned, "scheme": at.scheme}


def _page(wrong: list[Problem] | None = None, moved: bool = False) -> str:
    at = place()
    own = of_scheme(at.program, today()) if at else {}
    filed = {f.subject: f for f in filings(session(), desk().hospital, kind="setting")}
    lines = [_line(one, filed.get(one.name), own.get(one.name, "")) for one in SETTINGS.values()]
    entries = filings(session(), desk().hospital, kind="setting")[::-1]
    ceilings = session().scalars(
        select(Ceiling).where(Ceiling.hospital_id == desk().hospital).order_by(Ceiling.id.desc())
    )
    return render_template(
        "plan/settings.html", at=at, lines=lines, wrong=wrong or [], moved=moved,
        form=request.form, seen=_last(session()), entries=entries[:_ENTRIES],
        names={n: say(_NAMES.get(n, s.names)) for n, s in SETTINGS.items()},
        words={v: say(w) for choices in _CHOICES.values() for v, w in choices.items()},
        open=sum(1 for x in lines if x.setting.required and not x.now),
        ceilings=[(figures.period(c.period, language()), figures.money(c.amount), c.reason, c.by,
                   local_day(c.at).isoformat()) for c in ceilings],
        can=may(me(), Act.CONFIGURE), day=lambda moment: local_day(moment).isoformat(),
    )  # fmt: skip


def _line(one: Setting, filed: Filing | None, scheme: str) -> Line:
    choices = _CHOICES.get(one.name, {})
    text = filed.text if filed else ""
    now = text or scheme
    by = ""
    if filed:
        by = f"{local_day(filed.at).isoformat()} · {filed.by} · {filed.detail.get('reason', '')}"
    elif scheme:
        by = say(("方案规定", "by the scheme"))
    said = say(choices[now]) if now in choices else now
    return Line(one, clause_of(one), text, said, by,
                tuple((v, say(w)) for v, w in choices.items()))  # fmt: skip


def _last(reading: Any) -> int:
    """The last entry of a setting: whoever decides has to have seen it."""
    found = reading.scalar(
        select(func.max(Filing.id)).where(
            Filing.hospital_id == desk().hospital, Filing.kind == "setting"
        )
    )
    return int(found or 0)


def _period(text: str, kinds: tuple[str, ...]) -> Period:
    """The period that a form names, of a kind that fits. HpfError with the form to write."""
    like = Text("、".join(_FORMS[k] for k in kinds), ", ".join(_FORMS[k] for k in kinds))
    cure = Text(f"请写成 {like.zh} 的样式", f"Write it like {like.en}")
    try:
        found = Period.parse(text)
    except BadValue:
        raise HpfError(
            [_bad("period", Text(f"“{text}”不是期间", f"'{text}' is no period"), cure)]
        ) from None
    if found.kind not in kinds:
        kind = kind_name(found.kind)
        words = Text(f"“{text}”是{kind.zh}", f"'{text}' is a {kind.en}")
        raise HpfError([_bad("period", words, cure)])
    return found


def _amount(text: str) -> Decimal:
    """An amount in CNY, to the fen. HpfError where it is none."""
    cure = Text("请写到分，如 200000.00", "Write it to the fen, such as 200000.00")
    try:
        amount = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        words = Text(f"“{text}”不是金额", f"'{text}' is no amount")
        raise HpfError([_bad("amount", words, cure)]) from None
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2 or amount >= _MOST:
        words = Text(f"金额 {text} 不对", f"the amount {text} will not do")
        raise HpfError([_bad("amount", words, cure)])
    return amount


def _bad(code: str, message: Text, cure: Text) -> Problem:
    return Problem(f"portal.{code}", message, cure)
