"""`hpf export`: facts, results, pay lists and audit from the database, as a workbook or .csv."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, Opened, opened
from hpf_cli.speech import Words
from hpf_cli.stops import problem
from hpf_cli.verbs import Verbs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hpf.core.periods import Period
    from hpf.intake.tables_out import TableOut

FILE = Argument(
    "path",
    metavar="FILE",
    words=Words("写到哪里：.xlsx 或 .csv", "Where to: .xlsx or .csv"),
)
SCHEME = Argument("scheme", metavar="SCHEME", words=Words("方案", "The scheme"))
PERIOD = Option("--period", required=True, metavar="PERIOD", words=Words("周期", "The period"))


@command(
    Words("一个周期现在有效的数据，带来源。", "A period's facts as they stand, with their places."),
    SCHEME,
    FILE,
    PERIOD,
    HOME,
)
def facts(scheme: str, path: str, period: str, home: str | None) -> None:
    """One line a cell: entity, row, indicator, value, and where it was read."""
    from hpf.intake.tables_out import TableOut

    def table(at: Opened, session: Session) -> list[TableOut]:
        heads = ("对象 entity", "编号 id", "指标 indicator", "值 value", "来源 place")
        rows = _facts(at, session, scheme, _period(period))
        return [TableOut("facts", heads, rows)]

    _write(path, home, table)


@command(
    Words("一次封印的计算：全部结果。", "All results of a sealed run."),
    Argument("run", metavar="RUN", type=int, words=Words("计算的编号", "The run's number")),
    FILE,
    HOME,
)
def results(run: int, path: str, home: str | None) -> None:
    """One line a result, and the seal on a sheet of its own."""
    from hpf.core.results import plain
    from hpf.intake.tables_out import TableOut
    from hpf.storage.runs import load_run

    def table(at: Opened, session: Session) -> list[TableOut]:
        held = load_run(session, run)
        names = {
            (entity, id): name
            for entity, rows in held.checked.rows.items()
            for id, name in zip(rows.ids, rows.names, strict=True)
        }
        lines = (
            (x.entity, x.id, names.get((x.entity, x.id)), x.rule.name, x.rule.names.zh,
             ", ".join(x.rule.clauses), x.rule.kind,
             x.value if isinstance(x.value, Decimal) else str(plain(x.value)))
            for x in held.lines()
        )  # fmt: skip
        heads = ("对象 entity", "编号 id", "名称 name", "规则 rule", "规则名称 title",
                 "条款 clause", "种类 kind", "值 value")  # fmt: skip
        sealed = [(k, str(v)) for k, v in held.seal.items()]
        about = [("scheme", held.program.code), ("version", held.program.version),
                 ("period", str(held.period)), ("profile", held.profile)]  # fmt: skip
        return [
            TableOut("results", heads, lines),
            TableOut("seal", ("项 part", "值 value"), [*about, *sealed]),
            *_head(at),
        ]

    _write(path, home, table)


@command(
    Words(
        "所有批次的每一笔及其状态；账号只显示末四位（完整的发放文件用 hpf pay write）。",
        "Every line of all batches with its state; accounts by their last four digits (whole "
        "files: hpf pay write).",
    ),
    FILE,
    HOME,
)
def pay(path: str, home: str | None) -> None:
    """One line a pay line."""
    from hpf.intake.tables_out import TableOut

    def table(at: Opened, session: Session) -> list[TableOut]:
        heads = ("批次 batch", "方案 scheme", "周期 period", "计算 run", "编号 id", "姓名 name",
                 "账号 account", "金额 amount", "状态 state", "原因 reason", "经办 by",
                 "时间 at")  # fmt: skip
        return [TableOut("pay", heads, _lines(at, session)), *_head(at)]

    _write(path, home, table)


@command(
    Words("审计链的全部条目，附签名的链头。", "All entries of the audit chain, with its head."),
    FILE,
    HOME,
)
def audit(path: str, home: str | None) -> None:
    """With the hashes, so that whoever has it can go through the chain."""
    from hpf.intake.tables_out import TableOut

    def table(at: Opened, session: Session) -> list[TableOut]:
        heads = ("seq", "at", "who", "hospital", "action", "object", "detail", "previous", "hash")
        return [TableOut("audit", heads, _entries(session)), *_head(at)]

    _write(path, home, table)


command_export = Verbs(
    "export",
    Words("导出为 .xlsx 或 .csv。", "Export as .xlsx or .csv."),
    (facts, results, pay, audit),
)


def _write(path: str, home: str | None, make: Any) -> None:
    from hpf.intake.tables_out import write_tables
    from hpf.storage.engine import reading

    place = Path(path)
    if place.suffix.lower() not in (".xlsx", ".csv"):
        raise problem(
            "format", f"“{path}”不是 .xlsx 或 .csv", f"'{path}' is neither .xlsx nor .csv",
            ("请写上扩展名", "Give it one of these endings"),
        )  # fmt: skip
    with opened(home) as at, reading(at.engine) as session:
        written = write_tables(place, make(at, session))
    for one in written:
        click.echo(Words(f"已写入 {one}", f"Written: {one}").say(language()))


def _facts(at: Opened, session: Session, code: str, period: Period) -> Iterator[tuple[Any, ...]]:
    from hpf.core.results import plain
    from hpf.storage.facts import facts_at

    found = facts_at(session, at.hospital(session), at.programs.find(code), period)
    for entity, table in found.tables.items():
        frame = table.frame
        ids = frame["id"].to_list()
        for name in frame.columns:
            if name == "id":
                continue
            for row, value in enumerate(frame[name].to_list()):
                if value is not None:
                    said = value if isinstance(value, Decimal) else str(plain(value))
                    yield entity, ids[row], name, said, table.place(row, name)


def _lines(at: Opened, session: Session) -> Iterator[tuple[Any, ...]]:
    from sqlalchemy import select

    from hpf.storage.models import PayoutBatch
    from hpf.storage.payout_states import STATE_NAMES, batch_lines, state_of
    from hpf.storage.secrets import AccountKeys, masked, owner_of

    keys = AccountKeys.read(at.home.keys)
    asked = select(PayoutBatch).where(PayoutBatch.hospital_id == at.hospital(session))
    for batch in session.scalars(asked.order_by(PayoutBatch.id)).all():
        states = state_of(session, batch)
        for line in batch_lines(session, batch):
            state = states[line.id]
            number = keys.open(line.account, owner_of(at.code, line.row_id)) if line.account else ""
            yield (batch.code, batch.scheme, str(batch.period), batch.run_id, line.row_id,
                   line.name, masked(number) or "现金 cash", line.amount,
                   STATE_NAMES[state.state][0], state.reason, state.by,
                   state.at.isoformat() if state.at else "")  # fmt: skip


def _entries(session: Session) -> Iterator[tuple[Any, ...]]:
    from sqlalchemy import select

    from hpf.storage.models import AuditEntry
    from hpf.storage.types import canonical, utc_text

    for one in session.scalars(
        select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=5_000)
    ):
        yield (one.seq, utc_text(one.at), one.who, one.hospital, one.action, one.object,
               canonical(one.detail), one.previous, one.hash)  # fmt: skip


def _head(at: Opened) -> list[TableOut]:
    """The signed head of the chain, which goes with whatever leaves the house."""
    from hpf.intake.tables_out import TableOut
    from hpf.storage.audit_heads import kept_heads

    heads = kept_heads(at.home.keys)
    rows = [(k, str(v)) for k, v in heads[-1].document().items()] if heads else []
    return [TableOut("audit-head", ("项 part", "值 value"), rows)]


def _period(text: str) -> Period:
    from hpf.core.errors import BadValue
    from hpf.core.periods import Period

    try:
        return Period.parse(text)
    except BadValue as error:
        raise problem("period", error.text.zh, error.text.en) from error
