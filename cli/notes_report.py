"""`hpf notes report`: what the records of a period come to, and what lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from hpf_cli.group import command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from hpf.core import Dialogue
    from hpf.core.periods import Period
    from hpf.core.program import Program
    from hpf.workflow.acting import Act

_SHOWN = 8


@command(
    Words(
        "一个周期的登记情况：培训覆盖率、没谈话的人、超期的反馈、没有上级的人、人员进出、诊断。",
        "What a period's records come to: coverage of training, who had no talk, overdue feedback, "
        "who has nobody above, how people come and stay, findings.",
    ),
    SCHEME,
    PERIOD,
    HOME,
)
def report(scheme: str, period: str, home: str | None) -> None:
    from hpf.storage.engine import reading
    from hpf.workflow.acting import Act
    from hpf_cli.acting import now
    from hpf_cli.finding import period_of

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        program = at.programs.find(scheme)
        act = Act(session, at.hospital(session), "", now())
        declared = at.home.loaded().dialogues
        for line in _lines(act, program, period_of(period, program), declared):
            click.echo(line.say(lang))


def _lines(
    act: Act, program: Program, period: Period, declared: Sequence[Dialogue]
) -> Iterator[Words]:
    from hpf.workflow import diagnosis, feedback, staffing, talks
    from hpf.workflow.tasks import Phase

    for one in (d for d in declared if d.scheme == program.code):
        how = talks.standing(act, one, program, period)
        share, wanted = _percent(how.share), _percent(how.target)
        yield Words(f"培训覆盖率：{share}（每人 {how.often} 次；目标 {wanted}）",
                    f"Trained: {share} ({how.often} each; the target is {wanted})")  # fmt: skip
        yield Words(f"谈话不足 {how.least} 次：{_some(list(how.few))}",
                    f"Fewer than {how.least} talks: {_some(list(how.few))}")  # fmt: skip
    for phase, people in talks.without_talk(act, program.code, period, list(Phase)).items():
        yield Words(f"{phase.names.zh}阶段没有谈话：{_some(people)}",
                    f"No talk in the stage of {phase.names.en}: {_some(people)}")  # fmt: skip
    late = [i for i in feedback.items(act.session, act.hospital, scheme=program.code,
                                      period=period) if i.overdue(act.today)]  # fmt: skip
    numbers = _some([str(i.first.id) for i in late])
    yield Words(f"超期的反馈：{numbers}", f"Feedback overdue: {numbers}")
    _, lacking = staffing.responsibility(act)
    heads = [p.place for p in lacking if p.code == "level.no_head"]
    alone = [p.place for p in lacking if p.code == "level.nobody"]
    yield Words(f"没有负责人的科室：{_some(heads)}", f"Departments without a head: {_some(heads)}")
    yield Words(f"没有上一级考核人：{_some(alone)}", f"Nobody above assesses: {_some(alone)}")
    found = staffing.turnover(act.session, act.hospital, period.last_day.year, act.today)
    came, stayed = _percent(found.recruitment), _percent(found.retention)
    yield Words(
        f"{found.year} 年招聘率 {came}（{found.recruited} 人），留任率 {stayed}",
        f"{found.year}: {came} recruited ({found.recruited}), {stayed} retained",
    )
    for finding in diagnosis.findings(act.session, act.hospital):
        if finding.lacks:
            zh = "、".join(diagnosis.SOURCES[k].zh for k in finding.lacks)
            en = ", ".join(diagnosis.SOURCES[k].en for k in finding.lacks)
            yield Words(
                f"发现 {finding.note.id} 缺来源：{zh}", f"Finding {finding.note.id} lacks: {en}"
            )


def _percent(share: Fraction | None) -> str:
    return "—" if share is None else f"{Decimal(round(share * 1000)) / 10} %"


def _some(items: list[str]) -> str:
    more = f" … ({len(items)})" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more if items else "—"
