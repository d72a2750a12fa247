"""The pool of experts, and which account speaks for which hospital: lists in, one by one, out."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import func, select

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.access import needs
from hpf.portal.database import desk, session, writing
from hpf.portal.language import say
from hpf.portal.pages.county_desk import county, deed, hospitals, pages
from hpf.portal.pages.county_home import plan_of
from hpf.portal.pages.county_lists import ACCEPT, done, handed_in, limit, path_of, waiting
from hpf.portal.rights import Act
from hpf.storage.models import AssessedAccount, User, UserRole
from hpf.workflow.assessments_lists import EXPERTS, read_experts
from hpf.workflow.assessments_people import (
    ASSESSED,
    Named,
    enter_experts,
    expert_changes,
    pool,
    remove_expert,
    speak_for,
)
from hpf.workflow.draws_held import teams

WHAT = "experts"  # of a file that waits
SHOWN = 200  # lines or problems on a page; all are counted


@pages.get("/pool", endpoint="pool")
@needs(Act.ASSESS)
def index() -> Any:
    """Who is in the pool, where they work, whether they are drawn; and who speaks for whom."""
    experts = pool(session(), desk().hospital)
    one = county()
    drawn = {e for t in teams(one.at) for e in t.experts} if one else set()
    return render_template(
        "county/pool.html", experts=experts, drawn=drawn, one=one, plan=plan_of(),
        hospitals=hospitals() if one else {}, speaks=_speaks(), accounts=_assessed_accounts(),
        accept=ACCEPT, limit=limit(), heads=EXPERTS,
        specialities=sorted({e.speciality for e in experts}),
    )  # fmt: skip


@pages.post("/pool/file")
@needs(Act.ASSESS)
def pool_file() -> Any:
    """Read a list and show what it does to the pool; nothing is written."""
    plan = plan_of()
    kept = handed_in(plan.scheme if plan else "", "", WHAT)
    if kept is None:
        return redirect(url_for("county.pool"))
    try:
        given = read_experts(path_of(kept))
    except HpfError as error:
        done(kept)
        return _wrong(kept.name, error.problems)
    changes, wrong = expert_changes(session(), desk().hospital, given)
    if wrong:
        done(kept)
        return _wrong(kept.name, wrong)
    fresh = [c for c in changes if c.kind != "same"]
    counts = {k: sum(c.kind == k for c in changes) for k in ("new", "changed", "same")}
    return render_template("county/pool_preview.html", kept=kept, fresh=fresh[:SHOWN],
                           many=len(fresh), counts=counts)  # fmt: skip


@pages.post("/pool/confirm")
@needs(Act.ASSESS)
def pool_confirm() -> Any:
    """Write what was shown, all of it or nothing."""
    kept = waiting(WHAT)
    if kept is None:
        return redirect(url_for("county.pool"))
    if "no" in request.form:
        done(kept)
        flash(say(("已放弃，什么都没有写入。", "Discarded; nothing was written.")), "ok")
        return redirect(url_for("county.pool"))
    with writing() as changing:
        count = enter_experts(deed(changing), read_experts(path_of(kept)))
    done(kept)
    _told(count)
    return redirect(url_for("county.pool"))


@pages.post("/pool")
@needs(Act.ASSESS)
def pool_put() -> Any:
    """One expert: entered, changed or taken out."""
    form = request.form
    code = form.get("code", "").strip()
    with writing() as changing:
        if form.get("do") == "remove":
            remove_expert(deed(changing), code)
            count = -1
        else:
            names = ("name", "speciality", "employer", "account")
            said = [form.get(n, "").strip() for n in names]
            count = enter_experts(deed(changing), [Named(code, *said)])
    if count < 0:
        flash(say((f"{code} 已出库", f"'{code}' is out of the pool")), "ok")
    else:
        _told(count)
    return redirect(url_for("county.pool"))


@pages.post("/speaks")
@needs(Act.ASSESS)
def speaks() -> Any:
    """For which hospital an account speaks from now on, or that it no longer does."""
    login, unit = request.form.get("account", ""), request.form.get("hospital", "")
    end = "end" in request.form
    if not end and (login not in _assessed_accounts() or unit not in hospitals()):
        message = Text("没有选账号或医院", "no account or no hospital is chosen")
        cure = Text("账号须有“被考核医院”的角色", "Choose an account of an assessed hospital")
        raise HpfError([Problem("assessed.chosen", message, cure)])
    with writing() as changing:
        speak_for(deed(changing), login, unit, active=not end)
    told = Text(f"{login} 代表 {unit}", f"'{login}' speaks for {unit}")
    if end:
        told = Text(f"{login} 不再代表 {unit}", f"'{login}' no longer speaks for {unit}")
    flash(say(told), "ok")
    return redirect(url_for("county.pool", _anchor="speaks"))


def _told(count: int) -> None:
    same = Text("与库里相同，没有写入。", "It stands there already.")
    words = Text(f"录入或更新 {count} 名专家", f"{count} experts entered or updated")
    flash(say(words if count else same), "ok")


def _wrong(name: str, problems: Any) -> Any:
    found = list(problems)
    back = url_for("county.pool")
    page = render_template("county/list_wrong.html", name=name, problems=found[:SHOWN],
                           many=len(found), back=back,
                           where=say(("专家库", "Pool of experts")))  # fmt: skip
    return page, 422


def _speaks() -> list[tuple[str, str]]:
    """Accounts that speak for a hospital now: login, hospital."""
    at = desk().hospital
    last = (
        select(func.max(AssessedAccount.id))
        .where(AssessedAccount.hospital_id == at)
        .group_by(AssessedAccount.account)
    )
    rows = session().scalars(
        select(AssessedAccount)
        .where(AssessedAccount.id.in_(last))
        .order_by(AssessedAccount.unit, AssessedAccount.account)
    )
    return [(row.account, row.unit) for row in rows if row.active]


def _assessed_accounts() -> list[str]:
    """Accounts with the role of an assessed hospital."""
    at = desk().hospital
    return list(session().scalars(
        select(User.login)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.active, UserRole.role == ASSESSED,
               (UserRole.hospital_id == at) | UserRole.hospital_id.is_(None))
        .distinct().order_by(User.login)
    ))  # fmt: skip
