"""Questionnaires opened, raters drawn, slips and links handed out, and how far it is.

one = open_questionnaire(act, keys, form, program, period, closes)
draw_raters(act, one.id)                              # who rates whom, from the register
hand_out(act, keys, one.id, "slips", "outpatients", "", 300)

What is told while it is open are counts: who still owes an answer, never what anybody said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from hpf.core import Period, Problem, Questionnaire, RaterGroup, Text
from hpf.core.errors import HpfError, did_you_mean
from hpf.core.program import Program
from hpf.storage.configuration import settings_of
from hpf.storage.engine import lock
from hpf.storage.envelopes import (
    LINK,
    MOST_BATCHES,
    MOST_SLIPS,
    QuestionnaireKey,
    make_key,
    read_key,
)
from hpf.storage.models import Fact, FactColumn, RaterAssignment, Staff, User
from hpf.storage.models import Questionnaire as Row
from hpf.storage.organisation import register_of
from hpf.storage.people import holdings
from hpf.storage.questionnaires import assignments_of, envelopes_of, find_questionnaire, spent_of
from hpf.storage.versions import ID
from hpf.workflow.acting import Act, actor
from hpf.workflow.questionnaire_rules import Rules, form_json, freeze, read_form
from hpf.workflow.raters import Circle, draw
from hpf.workflow.roles import Role

_LOCK = 4_850_500_000  # + hospital: one is opened at a time
WAYS = ("slips", "link")  # how the public gets in: one-time slips, or a link for everybody


@dataclass(frozen=True, slots=True)
class Batch:
    """Slips or a link. number: its place; way: one of WAYS; count: slips that were printed."""

    number: int
    way: str
    group: str
    row: str
    count: int


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """How far a group is: asked (slips for the public; None where a link is open), answered."""

    group: RaterGroup
    asked: int | None
    answered: int | None
    needed: int


@dataclass(frozen=True, slots=True)
class Progress:
    """answers: all there are; owed: person -> how many answers they still owe; without: those of
    them that have no account."""

    answers: int
    groups: tuple[GroupProgress, ...]
    owed: Mapping[str, int]
    without: frozenset[str]


def refuse(code: str, zh: str, en: str, cure: tuple[str, str] = ("", "")) -> HpfError:
    """A refusal with its reason and its cure."""
    return HpfError([Problem(f"questionnaire.{code}", Text(zh, en), Text(*cure))])


def open_questionnaire(
    act: Act,
    keys: Path,
    form: Questionnaire,
    program: Program,
    period: Period,
    closes: dt.date,
    opens: dt.date | None = None,
) -> Row:
    """Freeze the form and its rules; answers are taken from `opens` (today) through `closes`.

    Raises HpfError with every parameter that is missing or does not fit, for a second one of the
    same period (unless the first was given up without an answer), and for days that lie behind.
    """
    actor(act, (Role.HR,))
    first = opens or act.today
    if closes < max(first, act.today):
        raise refuse("days", f"截止日 {closes} 已过", f"the last day, {closes}, lies behind",
                     ("请改为今天或以后", "Choose today or later"))  # fmt: skip
    lock(act.session.connection(), _LOCK + act.hospital)
    held = select(Row).where(
        Row.hospital_id == act.hospital,
        Row.scheme == form.scheme,
        Row.period == period,
        Row.code == form.code,
    )
    for other in act.session.scalars(held):
        if other.outcome is None or other.outcome["answers"]:
            raise refuse("twice", f"{period} 的“{form.names.zh}”已有，是 {other.id} 号",
                         f"{period} has '{form.names.en}' already: number {other.id}")  # fmt: skip
    settings = settings_of(act.session, act.hospital, program)
    rules = freeze(form, program, settings, period.last_day)
    one = Row(
        hospital_id=act.hospital, scheme=form.scheme, period=period, code=form.code,
        form=form_json(form), rules=rules.as_json(), opens=first, closes=closes, batches=[],
        key_check="", seed="", by=act.account,
    )  # fmt: skip
    act.session.add(one)
    act.session.flush()
    one.key_check = make_key(keys, one.id).check
    detail = {"code": form.code, "scheme": form.scheme, "period": str(period),
              "opens": str(first), "closes": str(closes), "rules": one.rules}  # fmt: skip
    act.audit("questionnaire.opened", f"questionnaire:{one.id}", detail)
    return one


def draw_raters(
    act: Act, number: int, seed: str = "", rows: Collection[str] = ()
) -> list[RaterAssignment]:
    """Draw who rates whom, from today's register; once. rows: only about these.

    Raises HpfError for rows that are not there, and where it was drawn already.
    """
    actor(act, (Role.HR,))
    one = open_row(act, number)
    if one.seed:
        raise refuse("drawn", "已经分配过了", "the raters are drawn already")
    form, rules = read_form(one.form), Rules.read(one.rules)
    circle = circle_of(act)
    known = rows_of(act, form, circle, one.period)
    if strange := sorted(set(rows) - set(known)):
        near = did_you_mean(strange[0], known)
        raise refuse("row", f"没有 {strange[0]}", f"there is no '{strange[0]}'", near)
    one.seed = seed or f"{act.code}/{one.scheme}/{one.period}/{one.code}/{one.id}"
    found = draw(form.groups, form.entity, rows or known, circle, rules.raters, one.seed)
    if not found:
        cure = ("公众答卷请发纸条或链接", "For the public, hand out slips or a link")
        raise refuse("nobody", "名册里没有人可以评价", "nobody in the register could answer", cure)
    made = [
        RaterAssignment(questionnaire_id=one.id, rater=a.rater, row_id=a.row, group_code=a.group)
        for a in found
    ]
    act.session.add_all(made)
    detail = {"seed": one.seed, "raters": len({a.rater for a in found}), "asked": len(found)}
    act.audit("questionnaire.drawn", f"questionnaire:{one.id}", detail)
    return made


def hand_out(
    act: Act, keys: Path, number: int, way: str, group: str, row: str, count: int
) -> tuple[Batch, list[str]]:
    """Make slips (each good for one answer) or a link (for anybody, any number of times).

    Returns the batch and its tokens, which are kept nowhere: print them now. Raises HpfError for
    a group that is not public, a row that is not there, and a number out of bounds.
    """
    actor(act, (Role.HR,))
    one = open_row(act, number)
    form = read_form(one.form)
    public = [g.code for g in form.groups if g.relation == "public"]
    if group not in public:
        raise refuse("group", f"{group} 不是公众答卷的组", f"'{group}' is no group of the public",
                     did_you_mean(group, public) if public else ("", ""))  # fmt: skip
    known = rows_of(act, form, circle_of(act), one.period)
    row = row or (known[0] if len(known) == 1 else "")
    if row not in known:
        raise refuse("row", f"没有 {row}", f"there is no '{row}'", did_you_mean(row, known))
    if way not in WAYS or (way == "slips" and not 1 <= count <= MOST_SLIPS):
        raise refuse("count", f"一次 1 至 {MOST_SLIPS} 张", f"1 to {MOST_SLIPS} at a time")
    if len(one.batches) >= MOST_BATCHES:
        raise refuse("count", "批次太多了", "there are too many batches")
    made = Batch(len(one.batches), way, group, row, count if way == "slips" else 0)
    one.batches = [*one.batches, [made.way, made.group, made.row, made.count]]
    detail = {"batch": made.number, "way": way, "group": group, "row": row, "count": made.count}
    act.audit("questionnaire.handed_out", f"questionnaire:{one.id}", detail)
    return made, list(tokens(read_key(keys, one.id, one.key_check), made))


def tokens(key: QuestionnaireKey, batch: Batch) -> Iterator[str]:
    """The tokens of a batch: the slips' in order, or the link's one."""
    numbers = range(batch.count) if batch.way == "slips" else (LINK,)
    return (key.token(batch.number, n) for n in numbers)


def batches_of(one: Row) -> list[Batch]:
    """What was handed out."""
    return [Batch(n, *given) for n, given in enumerate(one.batches)]


def open_row(act: Act, number: int) -> Row:
    """A questionnaire that is not closed, held alone. HpfError where it is closed."""
    one = find_questionnaire(act.session, act.hospital, number, hold="close")
    if one.digest is not None:
        raise refuse("closed", f"{number} 号问卷已经截止", f"questionnaire {number} is closed")
    return one


def circle_of(act: Act) -> Circle:
    """Who works where today, who leads departments, and who stands above those."""
    register = register_of(act.session, act.hospital, act.today)
    units: dict[str, set[str]] = {u: set() for u in register.units}
    for placed in register.placements:
        units[placed.department].add(placed.person)
    named = select(User.login, Staff.code).join(Staff, Staff.id == User.staff_id)
    here = named.where(Staff.hospital_id == act.hospital)
    people = {login: code for login, code in act.session.execute(here)}  # noqa: C416 - of rows
    heads: dict[str, set[str]] = {}
    leaders: set[str] = set()
    for held in holdings(act.session, act.hospital):
        person = people.get(held.login, "")
        if not held.active or person not in register.people:
            continue
        for unit in held.roles.get(Role.DEPARTMENTS, ()):
            heads.setdefault(unit, set()).add(person)
        if Role.MANAGEMENT in held.roles:
            leaders.add(person)
    return Circle(
        {u: frozenset(p) for u, p in units.items()},
        {u: frozenset(p) for u, p in heads.items()},
        frozenset(leaders),
    )


def rows_of(act: Act, form: Questionnaire, circle: Circle, period: Period) -> list[str]:
    """The rows that may be judged: people, departments, or the hospital itself; where the period's
    facts are about several hospitals, as a county's are, those."""
    if form.entity == "staff":
        return sorted(circle.people)
    if form.entity == "department":
        return sorted(circle.units)
    facts = (
        select(Fact.row, Fact.value)
        .join(FactColumn, FactColumn.id == Fact.column_id)
        .where(
            FactColumn.hospital_id == act.hospital,
            FactColumn.scheme == form.scheme,
            FactColumn.period == period,
            FactColumn.entity == form.entity,
            FactColumn.code == ID,
        )
        .order_by(Fact.import_id)
    )
    last = {row: value for row, value in act.session.execute(facts)}  # noqa: C416 - of rows
    there = sorted(row for row, value in last.items() if value is not None)
    return there if len(there) > 1 else [act.code]


def progress(act: Act, keys: Path, one: Row) -> Progress:
    """How far an open questionnaire is: counts, and who owes how many."""
    form, rules = read_form(one.form), Rules.read(one.rules)
    key = read_key(keys, one.id, one.key_check)
    spent = spent_of(act.session, one.id)
    asked: dict[str, list[bool]] = {g.code: [] for g in form.groups}
    owed: dict[str, int] = {}
    for a in assignments_of(act.session, one.id):
        done = key.spent("rater", a.rater, a.row_id, a.group_code) in spent
        asked[a.group_code].append(done)
        owed[a.rater] = owed.get(a.rater, 0) + (not done)
    linked: set[str] = set()
    for batch in batches_of(one):
        if batch.way == "link":
            linked.add(batch.group)
        else:
            asked[batch.group] += [key.spent("slip", t) in spent for t in tokens(key, batch)]
    groups = tuple(
        GroupProgress(
            g, None if g.code in linked else len(asked[g.code]),
            None if g.code in linked else sum(asked[g.code]),
            rules.sample.get(g.code, rules.minimum[g.code]),
        )
        for g in form.groups
    )  # fmt: skip
    owing = {p: n for p, n in sorted(owed.items()) if n}
    having = select(Staff.code).join(User, User.staff_id == Staff.id)
    accounts = set(act.session.scalars(having.where(Staff.hospital_id == act.hospital)))
    total = envelopes_of(act.session, one.id)
    return Progress(total, groups, owing, frozenset(owing) - accounts)
