"""Guards: the named conditions of a move, each of which says why it does not hold and what to do.

All guards of a move are asked, also after one has refused: whoever is refused gets the whole list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from hpf.core.errors import Problem, Text
from hpf.workflow.policy import PayOrder, Request, some
from hpf.workflow.roles import appointment_problems, own_entry
from hpf.workflow.tasks import Phase, open_tasks

Check = Callable[[Request], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition. check yields a problem for each reason why it does not hold."""

    code: str
    names: Text
    check: Check


def _no(code: str, zh: str, en: str, cure_zh: str, cure_en: str, place: str = "") -> Problem:
    return Problem(f"cycle.{code}", Text(zh, en), Text(cure_zh, cure_en), place)


def _framework_set(r: Request) -> Iterator[Problem]:
    for name, kind, given, zh in (
        ("goals", "goal", r.situation.goals, "总目标"),
        ("focus", "focus", r.situation.focus, "考核重点"),
    ):
        if not given:
            yield _no(
                "framework", f"管理层还没有确定{zh}", f"management has set no {name}",
                f"请由管理层先确定（S1-1.1-1）：hpf cycle file {kind}",
                f"Let management set it (S1-1.1-1): hpf cycle file {kind}", name,
            )  # fmt: skip


def _scheme_complete(r: Request) -> Iterator[Problem]:
    for lack in r.situation.scheme_lacks:
        yield _no(
            "scheme", f"方案缺少 {lack}", f"the scheme has no {lack}",
            "指标、权重、周期三项必须齐全（S1-1.2-1）",
            "A scheme needs indicators, weights and period (S1-1.2-1)", lack,
        )  # fmt: skip


def _settings_complete(r: Request) -> Iterator[Problem]:
    for name, names in r.situation.settings_lack:
        yield _no(
            "setting", f"必填的“{names.zh}”没有值", f"'{names.en}' is required and has no value",
            "请由医院填写；文件没有给出默认值",
            "The hospital must give it: there is no default", name,
        )  # fmt: skip


def _roles_filled(r: Request) -> Iterator[Problem]:
    yield from appointment_problems(r.situation.appointments)


def _tasks_done(phase: Phase, *codes: str) -> Check:
    def check(r: Request) -> Iterator[Problem]:
        for one in open_tasks(phase, r.situation.done, r.situation.departments):
            if not codes or one.task.code in codes:
                yield one.problem()

    return check


def _period_over(r: Request) -> Iterator[Problem]:
    end = r.situation.period_end
    if r.situation.today <= end:
        yield _no(
            "period", f"考核期到 {end} 才结束", f"the period ends only on {end}",
            f"请在 {end} 之后计算", f"Calculate after {end}", str(end),
        )  # fmt: skip


def _facts_complete(r: Request) -> Iterator[Problem]:
    missing = r.situation.facts_missing
    if missing and not r.situation.missing_listed:
        zh, en = some([m.zh for m in missing]), some([m.en for m in missing])
        yield _no(
            "facts", f"还有 {len(missing)} 项数据没有报来：{zh}",
            f"{len(missing)} facts are not reported: {en}",
            "请补齐（hpf import），或由绩效部门登记缺项清单（S1-2.2-2）：hpf cycle file missing",
            "Report them (hpf import), or let the performance office list them (S1-2.2-2): "
            "hpf cycle file missing",
        )  # fmt: skip


def _run_sealed(r: Request) -> Iterator[Problem]:
    run = r.situation.run
    if run is None or not run.seal:
        yield _no(
            "run", "还没有封存的计算结果", "no run is sealed",
            "请先计算并封存：hpf calculate", "Calculate, and seal the run: hpf calculate",
        )  # fmt: skip
    elif run.problems:
        yield _no(
            "run_problems", f"计算结果有 {run.problems} 处问题",
            f"the run has {run.problems} problems",
            "请先处理这些问题，或暂扣有问题的单位", "Mend them, or hold back the units concerned",
            run.seal[:12],
        )  # fmt: skip


def _quorum_met(r: Request) -> Iterator[Problem]:
    held, run = r.situation.resolution, r.situation.run
    if held is None:
        yield _no(
            "resolution", "考核组织还没有表决", "the committee has not resolved on it",
            "请召开会议并表决：hpf vote open", "Hold the meeting and its vote: hpf vote open",
        )  # fmt: skip
        return
    quorum = r.policy.quorum
    if held.entitled <= 0 or held.present * quorum.denominator < quorum.numerator * held.entitled:
        yield _no(
            "quorum",
            f"到会 {held.present} 人，应到 {held.entitled} 人，不足 {quorum}",
            f"{held.present} of {held.entitled} were present, less than {quorum}",
            "请重新召开会议：hpf vote open", "Hold the meeting again: hpf vote open",
            held.minutes,
        )  # fmt: skip
    if not held.passed:
        yield _no(
            "majority", "表决没有通过", "the vote did not pass",
            "请修改后再次表决，或退回重算", "Put it to the vote again, or calculate again",
            held.minutes,
        )  # fmt: skip
    if run is not None and held.run != run.seal:
        yield _no(
            "other_run", "会议表决的不是这一次计算结果", "the committee resolved on another run",
            "请就现在封存的结果表决", "Let it resolve on the run that is sealed now", held.minutes,
        )  # fmt: skip


def _below_ceiling(r: Request) -> Iterator[Problem]:
    for over in r.situation.ceiling_exceeded:
        yield Problem(
            "cycle.ceiling", over,
            Text("请申请调整核定总额，或重新计算", "Have the ceiling raised, or calculate again"),
        )  # fmt: skip


def _publicity_long_enough(r: Request) -> Iterator[Problem]:
    posted, need = r.situation.posted, r.policy.publicity
    if posted is None:
        yield _no(
            "not_posted", "结果还没有公示", "the results are not posted",
            "请公示并登记：hpf publish post", "Post them and say so: hpf publish post",
        )  # fmt: skip
        return
    if r.situation.changed_after_posting:
        yield _no(
            "changed", "公示之后结果有更正", "results were corrected after they were posted",
            "请重新公示更正后的结果：hpf publish post",
            "Post the corrected results: hpf publish post",
        )  # fmt: skip
    passed = need.passed(posted, r.situation.today)
    if passed < need.days:
        until = need.last_day(posted)
        yield _no(
            "publicity",
            f"已公示 {passed} 个工作日，不足 {need.days} 个",
            f"posted for {passed} working days, of {need.days} that are needed",
            f"请公示到 {until}", f"Leave them posted through {until}", str(posted),
        )  # fmt: skip


def _appeals_over(r: Request) -> Iterator[Problem]:
    posted, need = r.situation.posted, r.policy.appeal
    if posted is not None and need.passed(posted, r.situation.today) < need.days:
        until = need.last_day(posted)
        yield _no(
            "appeal_time", f"申诉期到 {until} 才结束", f"appeals may be lodged through {until}",
            f"请在 {until} 之后定稿", f"Finish after {until}", str(posted),
        )  # fmt: skip


def _no_open_appeals(r: Request) -> Iterator[Problem]:
    for appeal in r.situation.appeals:
        yield _no(
            "open_appeal", f"申诉 {appeal.id} 还没有处理", f"appeal {appeal.id} is not decided",
            f"请复核并作出决定：hpf appeal decide {appeal.id}",
            f"Recheck and decide it: hpf appeal decide {appeal.id}", appeal.id,
        )  # fmt: skip


def _effects_given(r: Request) -> Iterator[Problem]:
    for appeal in r.situation.effects_missing:
        yield _no(
            "effect", f"申诉 {appeal} 成立，但还没有对应的更正结果",
            f"appeal {appeal} is upheld, but no run gives effect to it",
            f"请更正并计算，再登记：hpf appeal effect {appeal} --run 编号",
            f"Correct and calculate, then file it: hpf appeal effect {appeal} --run N", appeal,
        )  # fmt: skip


def _an_appeal_is_open(r: Request) -> Iterator[Problem]:
    if not r.situation.appeals:
        yield _no(
            "no_appeal", "没有待处理的申诉", "no appeal is open",
            "没有申诉时，请直接定稿", "Where there is none, finish the cycle",
        )  # fmt: skip


def _reviewers_appointed(r: Request) -> Iterator[Problem]:
    for appeal in r.situation.appeals:
        if not appeal.reviewers:
            yield _no(
                "reviewers", f"申诉 {appeal.id} 没有复核人", f"appeal {appeal.id} has no reviewers",
                f"请指定没有参加考核的人：hpf appeal assign {appeal.id}",
                f"Appoint people who took no part in it: hpf appeal assign {appeal.id}",
                appeal.id,
            )  # fmt: skip


def _everyone_informed(r: Request) -> Iterator[Problem]:
    left = r.situation.affected - r.situation.informed
    if left:
        yield _no(
            "informed", f"还有 {len(left)} 人没有收到反馈：{some(left)}",
            f"{len(left)} people have had no feedback: {some(left)}",
            "请向每个被考核人反馈（S1-3.3-2）：hpf publish feedback",
            "Tell each assessed person (S1-3.3-2): hpf publish feedback",
        )  # fmt: skip


def _differences_settled(r: Request) -> Iterator[Problem]:
    left = r.situation.differences_open
    if left and r.policy.order is PayOrder.PAY_THEN_PUBLICISE:
        yield _no(
            "differences", f"还有 {len(left)} 笔已发金额与结果不一致：{some(left)}",
            f"{len(left)} lines were paid otherwise than the results say: {some(left)}",
            "请计算补充差额并列入发放：hpf pay make",
            "Calculate the supplement and put it on a pay list: hpf pay make",
        )  # fmt: skip


def _not_own_entry(r: Request) -> Iterator[Problem]:
    run = r.situation.run
    authors = r.authors | ({run.author} if run else set())
    yield from own_entry(r.actor, authors, Text("结果", "entry"))


def _guard(code: str, zh: str, en: str, check: Check) -> Guard:
    return Guard(code, Text(zh, en), check)


FRAMEWORK = _guard("framework_set", "目标与重点已定", "goals and focus are set", _framework_set)
SCHEME = _guard("scheme_complete", "方案完整", "the scheme is complete", _scheme_complete)
SETTINGS = _guard("settings_complete", "必填配置齐全", "settings are complete", _settings_complete)
ROLES = _guard("roles_filled", "四方角色到位", "all four roles are filled", _roles_filled)
PERIOD = _guard("period_over", "考核期已结束", "the period is over", _period_over)
FACTS = _guard("facts_complete", "数据齐全", "facts are complete", _facts_complete)
RUN = _guard("run_sealed", "结果已封存且无问题", "the run is sealed and sound", _run_sealed)
QUORUM = _guard("quorum_met", "会议有效且通过", "a valid meeting passed it", _quorum_met)
CEILING = _guard("below_ceiling", "不超核定总额", "pay is within the ceiling", _below_ceiling)
PUBLICITY = _guard(
    "publicity", "公示期已满", "publicity lasted long enough", _publicity_long_enough
)
APPEAL_TIME = _guard("appeals_over", "申诉期已过", "the time for appeals is over", _appeals_over)
NO_APPEALS = _guard("no_open_appeals", "没有未决申诉", "no appeal is open", _no_open_appeals)
AN_APPEAL = _guard("an_appeal_is_open", "有待处理申诉", "an appeal is open", _an_appeal_is_open)
EFFECTS = _guard("effects_given", "申诉已落实", "upheld appeals have their effect", _effects_given)
REVIEWERS = _guard(
    "reviewers_appointed", "复核人已指定", "reviewers are appointed", _reviewers_appointed
)
INFORMED = _guard("everyone_informed", "人人已收到反馈", "everyone is informed", _everyone_informed)
DIFFERENCES = _guard(
    "differences_settled", "差额已列入补发", "differences are settled", _differences_settled
)
NOT_OWN: Final = _guard("not_own_entry", "不批准自己的提交", "nobody's own entry", _not_own_entry)
PLAN_TASKS = _guard(
    "plan_tasks", "计划阶段任务完成", "stage 1 is complete", _tasks_done(Phase.PLAN)
)
EXECUTION_TASKS = _guard(
    "execution_tasks", "执行阶段任务完成", "stage 2 is complete", _tasks_done(Phase.EXECUTION)
)
SUMMARISED = _guard(
    "summarised", "结果已汇总", "results are summed up", _tasks_done(Phase.ASSESSMENT, "S1-2.3-1")
)
REVIEWED = _guard(
    "reviewed", "管理层已审核", "management has reviewed", _tasks_done(Phase.ASSESSMENT, "S1-2.3-2")
)
ASSESSMENT_TASKS = _guard(
    "assessment_tasks", "考核阶段任务完成", "stage 3 is complete", _tasks_done(Phase.ASSESSMENT)
)
IMPROVEMENT_TASKS = _guard(
    "improvement_tasks", "改进阶段任务完成", "stage 4 is complete", _tasks_done(Phase.IMPROVEMENT)
)
