"""An assessment from outside (S4.5, part 3): opened once, then one entry after another.

    one = open_assessment(act, plan, program, period, parties, settings)
    at = standing(session, hospital, plan, period)
    at.all("visit"), at.last("posted")…

Nothing here is ever changed: what stands is what the entries say. How pool and draw, visits, marks,
publicity and decision add theirs is in the modules beside this one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.kit.assessing import OutsideAssessment
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.storage.engine import lock
from hpf.storage.facts import latest_import
from hpf.storage.models import Assessment, AssessmentEntry
from hpf.storage.troubles import StorageError, trouble
from hpf.workflow.acting import Act
from hpf.workflow.assessments_people import of_group
from hpf.workflow.assessments_rules import Rules, read_rules
from hpf.workflow.assessments_table import frozen_columns, table_digest

_LOCK = 4_850_020  # entries of assessments come one after the other
KINDS: Mapping[str, Text] = {
    "commitment": Text("承诺种子", "seed committed"),
    "pool": Text("确定专家库", "pool fixed"),
    "draw": Text("抽取专家", "experts drawn"),
    "substitute": Text("候补递补", "substitute called"),
    "visit": Text("检查", "visit"),
    "closed": Text("评分汇总", "marks closed"),
    "revision": Text("指标表新版", "new version of the table"),
    "posted": Text("公示", "posted"),
    "objection": Text("异议", "objection"),
    "review": Text("考核小组复核", "review by the group"),
    "escalation": Text("申请市级复核", "taken to the city"),
    "city_review": Text("市级复核", "review by the city"),
    "decision": Text("补助决定", "subsidy decision"),
    "report": Text("汇总上报", "report"),
    "letters": Text("反馈医院", "letters"),
    "correction": Text("整改", "correction"),
}
VISITS: Mapping[str, Text] = {
    "concentrated": Text("集中考核", "concentrated assessment"),
    "irregular": Text("不定期检查", "irregular visit"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """An assessment as it stands: its row, what its plugin declares, its rules, its entries."""

    row: Assessment
    plan: OutsideAssessment
    rules: Rules
    entries: tuple[AssessmentEntry, ...]

    def all(self, *kinds: str) -> list[AssessmentEntry]:
        """The entries of some kinds, in order."""
        return [e for e in self.entries if e.kind in kinds]

    def last(self, kind: str, unit: str | None = None) -> AssessmentEntry | None:
        """The newest entry of a kind, about a unit where one is named."""
        found = [e for e in self.entries if e.kind == kind and unit in (None, e.unit)]
        return found[-1] if found else None

    def answers(self, kind: str) -> dict[int, AssessmentEntry]:
        """The entries of a kind that answer another, by that one's number."""
        return {e.of_id: e for e in self.entries if e.kind == kind and e.of_id is not None}

    @property
    def place(self) -> str:
        """What problems call it."""
        return f"{self.row.scheme} {self.row.period}"


def open_assessment(
    act: Act,
    plan: OutsideAssessment,
    program: Program,
    period: Period,
    parties: Mapping[str, str],
    settings: Mapping[str, str],
) -> Assessment:
    """Open the assessment of a period: from now on its table holds still.

    parties: department -> who stands for it; those of the plan must be among them, by either
    name. Raises HpfError with everything that is missing or wrong.
    """
    of_group(act)
    lock(act.session.connection(), _LOCK)
    stop(wrong_opening(act.session, act.hospital, plan, period, parties, settings))
    last = latest_import(act.session, act.hospital, plan.scheme, period)
    assert last is not None
    named = [[name, who] for name, who in parties.items()]
    made = Assessment(
        hospital_id=act.hospital, scheme=plan.scheme, period=period, parties=named,
        settings={"values": dict(settings), "frozen": frozen_columns(plan, program)},
        facts_upto=last, opened=act.today, by=act.account, at=act.at,
        table_digest=table_digest(act.session, act.hospital, plan, program, period),
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    told = {"parties": named, "settings": dict(settings), "table": made.table_digest}
    act.audit("assessment.opened", f"assessment:{plan.scheme}:{period}", told)
    return made


def wrong_opening(
    session: Session,
    hospital: int,
    plan: OutsideAssessment,
    period: Period,
    parties: Mapping[str, str],
    settings: Mapping[str, str],
) -> list[Problem]:
    """Everything that keeps an assessment from being opened; empty where nothing does."""
    wrong = list(_wrong_parties(plan, parties))
    try:
        read_rules(plan, settings, period)
    except HpfError as error:
        wrong += error.problems
    if latest_import(session, hospital, plan.scheme, period) is None:
        message = Text("还没有导入指标表", "no table was imported")
        cure = Text("请先导入本年的指标表和医院：hpf import", "Import table and hospitals first")
        wrong.append(Problem("assess.table", message, cure, f"{plan.scheme} {period}"))
    if find(session, hospital, plan.scheme, period) is not None:
        message = Text("这一年的考核已经建立", "there is an assessment of that period already")
        wrong.append(Problem("assess.twice", message, place=f"{plan.scheme} {period}"))
    return wrong


def find(session: Session, hospital: int, scheme: str, period: Period) -> Assessment | None:
    """The assessment of a period; None where none was opened."""
    return session.scalar(
        select(Assessment).where(
            Assessment.hospital_id == hospital,
            Assessment.scheme == scheme,
            Assessment.period == period,
        )
    )


def standing(
    session: Session, hospital: int, plan: OutsideAssessment, period: Period, *, hold: bool = False
) -> Standing:
    """The assessment of a period. hold: nobody else adds to it until the transaction ends.

    Raises StorageError where none was opened.
    """
    if hold:
        lock(session.connection(), _LOCK)
    row = find(session, hospital, plan.scheme, period)
    if row is None:
        words = (f"{period} 的考核还没有建立", f"there is no assessment of {period}")
        cure = ("请先建立：hpf assess open", "Open it first: hpf assess open")
        raise StorageError([trouble("no_assessment", words, cure, f"{plan.scheme} {period}")])
    entries = session.scalars(
        select(AssessmentEntry)
        .where(AssessmentEntry.assessment_id == row.id)
        .order_by(AssessmentEntry.id)
    )
    rules = read_rules(plan, row.settings["values"], period)
    return Standing(row, plan, rules, tuple(entries))


def enter(
    act: Act,
    at: Standing,
    kind: str,
    *,
    unit: str = "",
    day: dt.date | None = None,
    text: str = "",
    detail: Mapping[str, Any] | None = None,
    of: int | None = None,
) -> AssessmentEntry:
    """Add one entry, and say it in the audit; whoever calls has asked whether it may be."""
    made = AssessmentEntry(
        assessment_id=at.row.id, kind=kind, unit=unit, day=day or act.today, text=text.strip(),
        detail=dict(detail or {}), of_id=of, by=act.account, at=act.at,
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    told = {"entry": made.id, "unit": unit, "day": made.day.isoformat(), "text": made.text}
    short = {k: v for k, v in made.detail.items() if k not in ("document", "pool", "sealed")}
    act.audit(f"assessment.{kind}", f"assessment:{at.row.scheme}:{at.row.period}",
              {**told, **short, **({"of": of} if of else {})})  # fmt: skip
    return made


def entry_name(entry: AssessmentEntry) -> Text:
    """What an entry is called: a visit by its kind."""
    return VISITS[entry.detail["kind"]] if entry.kind == "visit" else KINDS[entry.kind]


def undecided(at: Standing) -> list[Problem]:
    """Why nothing more may be added; empty until the subsidy is decided."""
    if at.last("decision") is None:
        return []
    message = Text("补助已经决定，考核不再改动", "the subsidy is decided: nothing is added")
    return [Problem("assess.decided", message, place=at.place)]


def stop(wrong: Sequence[Problem]) -> None:
    """Raises HpfError if anything is wrong."""
    if wrong:
        raise HpfError(wrong)


def _wrong_parties(plan: OutsideAssessment, parties: Mapping[str, str]) -> Iterable[Problem]:
    for party in plan.parties:
        given = next((n for n in (party.zh, party.en) if parties.get(n, "").strip()), None)
        if given is None:
            message = Text(f"考核小组缺{party.zh}", f"the group lacks: {party.en}")
            cure = Text(f"请写明由谁参加：--party {party.zh}=…", f"Say who: --party '{party.en}=…'")
            yield Problem("assess.party", message, cure, name=party.en)
