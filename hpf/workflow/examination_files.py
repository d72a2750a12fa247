"""What `hpf doctor` finds among files: backups, evidence, keys of questionnaires, leftovers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Engine, select

from hpf.core.errors import HpfError, Problem, Text
from hpf.storage.backup_files import EVIDENCE, place_of
from hpf.storage.cycles import CHINA
from hpf.storage.engine import reading
from hpf.storage.envelopes import read_key
from hpf.storage.models import Evidence, Questionnaire
from hpf.workflow.backups import latest
from hpf.workflow.leftovers import clear

if TYPE_CHECKING:
    from hpf.storage.home import Home

OLD = dt.timedelta(days=2)  # a backup a night; one may fail
_NAMED = 8  # of what is lacking; all of it is counted


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. state: good, notice (nothing stops) or problem."""

    code: str
    state: str
    said: Text
    problems: tuple[Problem, ...] = ()


def bad(code: str, zh: str, en: str, problems: Sequence[Problem]) -> Finding:
    """A check that found something wrong."""
    return Finding(code, "problem", Text(zh, en), tuple(problems))


def problem(code: str, zh: str, en: str, cure: tuple[str, str], place: str = "") -> Problem:
    """What is wrong, and what to do."""
    return Problem(f"doctor.{code}", Text(zh, en), Text(*cure), place)


def backups(home: Home) -> Finding:
    """Whether there is a backup that was read through, and how old it is."""
    last = latest(home)
    cure = ("请运行 hpf backup，并设好每夜的定时备份",
            "Run hpf backup, and set the timer for every night")  # fmt: skip
    if last is None:
        words = ("还没有核对过的备份", "there is no backup that was read through")
        return Finding(
            "backup", "notice", Text("备份", "Backup"), (problem("backup", *words, cure),)
        )
    when = last.moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    said = Text(f"备份：{when}，已读回核对", f"Backup: {when}, read through")
    if not last.there:
        words = (
            f"最近的备份已不在 {last.place}",
            f"the latest backup is no longer at {last.place}",
        )
        moved = ("如已另存，请确认那份还在；否则请运行 hpf backup",
                 "Make sure that it is where it was moved to, or run hpf backup")  # fmt: skip
        return Finding("backup", "notice", said, (problem("backup", *words, moved),))
    if dt.datetime.now(dt.UTC) - last.moment > OLD:
        words = ("最近的备份已超过两天", "the latest backup is more than two days old")
        return Finding("backup", "notice", said, (problem("backup", *words, cure),))
    return Finding("backup", "good", said)


def leftovers(home: Home) -> Finding:
    """Takes away what killed payments left: files with account numbers that have no name yet."""
    gone = clear(home.keys)
    if not gone:
        return Finding("leftovers", "good", Text("没有残留的发放文件", "No pay files left behind"))
    said = Text(f"已清理 {len(gone)} 个中断的发放留下的文件",
                f"Took away {len(gone)} files that an interrupted payment left")  # fmt: skip
    return Finding("leftovers", "notice", said)


def files(home: Home, engine: Engine, _: dt.date) -> Finding:
    """Whether the files of all evidence are there; what they hold is compared on reading."""
    with reading(engine) as session:
        rows = session.execute(select(Evidence.digest, Evidence.file).distinct()).all()
    lacking = [name for digest, name in rows if place_of(home.folder, EVIDENCE, digest) is None]
    if lacking:
        names = "、".join(lacking[:_NAMED]) + ("…" if len(lacking) > _NAMED else "")
        cure = (
            "请从备份放回 evidence 文件夹：hpf restore 到一个空文件夹，再拷回来",
            "Put the folder 'evidence' back: hpf restore into an empty folder, and copy it",
        )
        wrong = problem("files", f"{len(lacking)} 个佐证的文件不在：{names}",
                        f"{len(lacking)} files of evidence are not there: {names}", cure,
                        str(home.folder / EVIDENCE))  # fmt: skip
        return bad("files", "佐证文件", "Files of evidence", [wrong])
    said = Text(f"佐证文件：{len(rows)} 个，都在", f"Files of evidence: {len(rows)}, all there")
    return Finding("files", "good", said)


def questionnaires(home: Home, engine: Engine, _: dt.date) -> Finding:
    """Whether each open questionnaire has its key: without it nobody can count its answers."""
    with reading(engine) as session:
        open_ = session.execute(
            select(Questionnaire.id, Questionnaire.key_check)
            .where(Questionnaire.digest.is_(None))
            .order_by(Questionnaire.id)
        ).all()
    cure = (
        "密钥不在任何备份里：有密钥文件夹的副本就从那里放回来；没有，已交的答卷谁也打不开，请重新发问卷",
        "It is in no backup: put it back from a copy of the keys; without one, ask anew",
    )
    wrong: list[Problem] = []
    for number, check in open_:
        try:
            read_key(home.keys, number, check)
        except HpfError as error:
            for p in error.problems:
                words = (
                    f"{number} 号问卷：{p.message.zh}",
                    f"questionnaire {number}: {p.message.en}",
                )
                wrong.append(problem("questionnaire_key", *words, cure, p.place))
    if wrong:
        return bad("questionnaires", "未结束的问卷", "Open questionnaires", wrong)
    said = Text(f"未结束的问卷：{len(open_)} 份，密钥都在",
                f"Open questionnaires: {len(open_)}, each with its key")  # fmt: skip
    return Finding("questionnaires", "good", said)
