"""Appeals against one result line: filed in time, rechecked by others, decided, with their effect.

    filed -> reviewers appointed -> upheld | rejected | withdrawn
                                     └ a run that gives effect to it

A line is (run, rule, row). An upheld appeal changes no sealed run: it is linked to the run that
corrects it, a supplementary difference or a new calculation of the period.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.periods import Period
from hpf.storage import cycles as kept
from hpf.storage.models import Appeal, Cycle, StoredRun
from hpf.storage.people import find_user, holdings
from hpf.workflow.acting import Act, actor
from hpf.workflow.roles import Actor, Role, own_entry
from hpf.workflow.service import Programs
from hpf.workflow.settings import decide_by
from hpf.workflow.situation import Drawn, draw, own_staff
from hpf.workflow.stages import Stage

OFFICE = (Role.MANAGEMENT, Role.HR)
STATES = {
    "open": Text("未决", "open"),
    "upheld": Text("成立", "upheld"),
    "rejected": Text("不成立", "rejected"),
    "withdrawn": Text("撤回", "withdrawn"),
}


def file_appeal(
    act: Act,
    programs: Programs,
    scheme: str,
    period: Period,
    entity: str,
    id: str,
    rule: str,
    text: str,
    own: Collection[tuple[str, str]] = (),
) -> Appeal:
    """Object to one line of the posted results.

    Anyone may for themselves; for another row, whoever holds a role in the hospital. own: further
    rows (entity, id) that make up the account's own pay, such as its posts. HpfError: not public,
    too late, no such line, the same line twice, no ground given.
    """
    row = kept.find_cycle(act.session, act.hospital, scheme, period, hold=True)
    find_user(act.session, act.account)
    drawn = draw(act.session, act.hospital, programs, row, act.today)
    bad = _out_of_season(drawn)
    if not text.strip():
        message = Text("没有写申诉理由", "no ground is given")
        bad.append(Problem("appeal.text", message, Text("请写明哪里不对", "Say what is wrong")))
    held = {h.login: h.roles for h in holdings(act.session, act.hospital)}
    roles = held[act.account]
    mine = {("staff", own_staff(act.session, act.account)), *own}
    if not roles and (entity, id) not in mine:
        message = Text(
            f"账号 {act.account} 只能就自己的结果申诉",
            f"account '{act.account}' may appeal for itself alone",
        )
        cure = Text("请由本人或科室提出", "Let the person or their department file it")
        bad.append(Problem("appeal.other", message, cure, f"{entity}:{id}"))
    if drawn.run is None:
        raise HpfError(bad)
    line = kept.result_line(act.session, drawn.run.id, entity, id, rule)
    for one in drawn.appeals:
        if one.state == "open" and (one.run_id, one.rule, one.row) == (
            line.run, line.rule, line.row
        ):  # fmt: skip
            message = Text(
                f"这一行已有 {one.id} 号申诉未决", f"appeal {one.id} on that line is open already"
            )
            cure = Text("补充材料请附在那一号下", "Add to that one")
            bad.append(Problem("appeal.twice", message, cure, f"{entity}:{id}", name=rule))
    if bad:
        raise HpfError(bad)
    made = Appeal(
        hospital_id=act.hospital,
        cycle_id=row.id,
        run_id=line.run,
        rule=line.rule,
        row=line.row,
        by=act.account,
        text=text.strip(),
        state="open",
        filed_at=act.at,
        decide_by=decide_by(drawn.settings, act.today),
        reviewers=[],
        decided_by=None,
        decided_at=None,
        decision=None,
        effect_run_id=None,
    )
    act.session.add(made)
    act.session.flush()
    detail = {"run": line.run, "entity": entity, "id": id, "rule": line.rule_name,
              "value": line.value, "text": made.text,
              "decide_by": made.decide_by.isoformat()}  # fmt: skip
    act.audit("appeal.filed", f"appeal:{made.id}", detail)
    return made


def _out_of_season(drawn: Drawn) -> list[Problem]:
    stage, posted, span = drawn.cycle.stage, drawn.situation.posted, drawn.policy.appeal
    if stage not in (Stage.PUBLICISE, Stage.APPEAL) or posted is None:
        now = stage.names
        message = Text(f"流程在“{now.zh}”，没有公示中的结果", f"at '{now.en}': nothing is posted")
        cure = Text("公示期间才能申诉", "Appeals are taken while results are posted")
        return [Problem("appeal.stage", message, cure, str(drawn.cycle))]
    last = span.last_day(posted)
    if drawn.situation.today > last:
        message = Text(f"申诉期到 {last} 为止", f"appeals were taken through {last}")
        cure = Text("以后的更正走补充差额", "What is corrected later becomes a difference")
        return [Problem("appeal.late", message, cure, str(drawn.cycle))]
    return []


def appoint(act: Act, appeal: int, reviewers: tuple[str, ...]) -> Appeal:
    """Who rechecks it: not the one who calculated, not the one who appealed."""
    found = kept.find_appeal(act.session, act.hospital, appeal, hold=True)
    actor(act, OFFICE)
    bad = _settled(found)
    if not reviewers:
        message = Text("没有写复核人", "no reviewer is named")
        bad.append(
            Problem("appeal.reviewers", message, Text("--reviewer 账号", "--reviewer LOGIN"))
        )
    for login in reviewers:
        find_user(act.session, login)
        bad += own_entry(Actor(login, Role.HR), _parties(act, found), Text("结果", "entry"))
    if bad:
        raise HpfError(bad)
    found.reviewers = list(dict.fromkeys(reviewers))
    act.audit("appeal.reviewers", f"appeal:{appeal}", {"reviewers": found.reviewers})
    return found


def decide(act: Act, appeal: int, upheld: bool, text: str, *, run: int | None = None) -> Appeal:
    """A reviewer's decision, in the recheck. run: the one that gives effect, where upheld."""
    found = kept.find_appeal(act.session, act.hospital, appeal, hold=True)
    find_user(act.session, act.account)
    bad = _settled(found)
    stage = Stage(act.session.get_one(Cycle, found.cycle_id).state)
    place = f"appeal {appeal}"
    if stage is not Stage.RECHECK:
        message = Text(f"流程在“{stage.names.zh}”", f"the cycle is at '{stage.names.en}'")
        cure = Text(
            "请先受理申诉，再开始复核：hpf cycle move",
            "Take the appeal, then start its recheck: hpf cycle move",
        )
        bad.append(Problem("appeal.recheck", message, cure, place))
    if act.account not in found.reviewers:
        shown = "、".join(found.reviewers) or "—"
        message = Text(f"账号 {act.account} 不是复核人", f"'{act.account}' is no reviewer of it")
        cure = Text(f"复核人：{shown}", f"Its reviewers: {', '.join(found.reviewers) or 'none'}")
        bad.append(Problem("appeal.reviewer", message, cure, place))
    if not text.strip():
        message = Text("没有写决定的理由", "the decision gives no reason")
        bad.append(Problem("appeal.text", message, Text("请写明", "Say why"), place))
    if run is not None and not upheld:
        message = Text("不成立的申诉没有更正结果", "a rejected appeal has no effect")
        bad.append(Problem("appeal.effect", message, Text("去掉 --run", "Leave out --run"), place))
    if run is not None and upheld:
        bad += _not_its_effect(act, found, run)
    if bad:
        raise HpfError(bad)
    found.state = "upheld" if upheld else "rejected"
    found.decision, found.decided_by, found.decided_at = text.strip(), act.account, act.at
    found.effect_run_id = run
    detail = {"state": found.state, "decision": found.decision, "effect_run": run,
              "late": act.today > found.decide_by}  # fmt: skip
    act.audit("appeal.decided", f"appeal:{appeal}", detail)
    return found


def give_effect(act: Act, appeal: int, run: int) -> Appeal:
    """Link an upheld appeal with the run that corrects its line."""
    found = kept.find_appeal(act.session, act.hospital, appeal, hold=True)
    actor(act, OFFICE)
    bad = []
    if found.state != "upheld":
        shown = STATES[found.state]
        message = Text(f"申诉{shown.zh}，没有更正结果", f"it is {shown.en}: it has no effect")
        bad.append(Problem("appeal.effect", message, place=f"appeal {appeal}"))
    bad += _not_its_effect(act, found, run)
    if bad:
        raise HpfError(bad)
    found.effect_run_id = run
    act.audit("appeal.effect", f"appeal:{appeal}", {"effect_run": run})
    return found


def withdraw(act: Act, appeal: int) -> Appeal:
    """Taken back by whoever filed it."""
    found = kept.find_appeal(act.session, act.hospital, appeal, hold=True)
    find_user(act.session, act.account)
    bad = _settled(found)
    if found.by != act.account:
        message = Text(f"申诉是 {found.by} 提出的", f"it was filed by '{found.by}'")
        cure = Text("只能由本人撤回", "Only they may take it back")
        bad.append(Problem("appeal.by", message, cure, f"appeal {appeal}"))
    if bad:
        raise HpfError(bad)
    found.state, found.decided_by, found.decided_at = "withdrawn", act.account, act.at
    act.audit("appeal.withdrawn", f"appeal:{appeal}", {})
    return found


def _settled(found: Appeal) -> list[Problem]:
    if found.state == "open":
        return []
    shown = STATES[found.state]
    message = Text(f"{found.id} 号申诉已经{shown.zh}", f"appeal {found.id} is {shown.en} already")
    cure = Text("决定不再更改", "What is decided stays")
    return [Problem("appeal.settled", message, cure, f"appeal {found.id}")]


def _parties(act: Act, found: Appeal) -> set[str]:
    """Those whose entry a recheck would approve."""
    return {act.session.get_one(StoredRun, found.run_id).by, found.by}


def _not_its_effect(act: Act, found: Appeal, run: int) -> list[Problem]:
    """Why a run gives no effect to an appeal: another scheme, older, not sealed, no correction."""
    first = act.session.get_one(StoredRun, found.run_id)
    other = act.session.scalar(
        select(StoredRun).where(StoredRun.id == run, StoredRun.hospital_id == act.hospital)
    )
    if (
        other is not None
        and other.seal
        and other.id > first.id
        and other.scheme == first.scheme
        and (other.of_id == first.id or (other.kind == "main" and other.period == first.period))
    ):
        return []
    message = Text(
        f"{run} 号结果不是对 {first.id} 号的更正", f"run {run} does not correct run {first.id}"
    )
    cure = Text(
        "须是其后的补充差额，或同一周期的重算（hpf runs）",
        "It is a later difference to it, or the period calculated anew (hpf runs)",
    )
    return [Problem("appeal.effect", message, cure, f"appeal {found.id}")]
