"""`hpf pay`: pay lists from a sealed run, and what became of each line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli import pay_desk
from hpf_cli.group import Argument, Option, Speaking, command, language
from hpf_cli.home import BY, HOME, Opened, opened, who
from hpf_cli.speech import Words
from hpf_cli.stops import problem, show_notices
from hpf_cli.verbs import Verbs

if TYPE_CHECKING:
    from hpf.core.kit.hookspecs import PayoutWriter
    from hpf.core.paylists import PayList
    from hpf.workflow.payments import Paid

OUT = Option(
    "--out",
    metavar="DIR",
    default=".",
    words=Words("文件写到哪个文件夹（默认当前文件夹）", "Folder for the files (the current one)"),
)
FORMAT = Option(
    "--format",
    "formats",
    multiple=True,
    default=("xlsx",),
    metavar="CODE",
    words=Words(
        "文件格式，可写多次：xlsx（默认）、csv、fixed，以及插件提供的",
        "A format, as often as needed: xlsx (if not said), csv, fixed, or a plugin's",
    ),
)
CASH = Option(
    "--cash",
    is_flag=True,
    words=Words("没有账号的人发现金", "Pay those who have no account in cash"),
)
REASON = Option("--reason", default="", metavar="TEXT", words=Words("原因", "Why"))
BATCH = Argument("batch", metavar="BATCH", words=Words("批次号", "The batch's id"))
IDS = Argument(
    "ids",
    metavar="[ID]...",
    nargs=-1,
    words=Words("哪些人（不写：所有还在等的）", "Which persons (all that wait for it if not said)"),
)


@command(
    Words(
        "由封印的计算生成发放批次和文件。每个周期只发一次；差额另作补差。",
        "Make a batch and its files from a sealed run. A period is paid once; what changes later "
        "is paid as a difference.",
    ),
    Argument("run", metavar="RUN", type=int, words=Words("计算的编号", "The run's number")),
    OUT,
    FORMAT,
    CASH,
    Option(
        "--rule",
        default="",
        metavar="ENTITY.RULE",
        words=Words(
            "发放哪一项（方案自己没有说明时）", "What is paid, where the scheme leaves it open"
        ),
    ),
    Option(
        "--no-cycle",
        "without_cycle",
        is_flag=True,
        words=Words("本周期不走考核流程", "The period has no cycle, and is to have none"),
    ),
    BY,
    HOME,
)
def make(
    run: int,
    out: str,
    formats: Sequence[str],
    cash: bool,
    rule: str,
    without_cycle: bool,
    by: str | None,
    home: str | None,
) -> None:
    """Batch and files together, or neither."""
    from hpf.storage.replay import verify_run
    from hpf.workflow.payments import pay

    lang = language()
    with opened(home) as at:
        paid = pay(
            at.engine,
            at.home.keys,
            run,
            by=who(by),
            files=_files(at, out, formats),
            rule=rule,
            cash=cash,
            without_cycle=without_cycle,
            check=lambda session, stored: verify_run(session, stored.id).problems,
        )
    _told(paid, out, lang)


@command(
    Words("列出批次；给出批次号时列出每一笔。", "List the batches, or the lines of one."),
    Argument("batch", metavar="[BATCH]", required=False, words=Words("批次号", "A batch's id")),
    HOME,
)
def list_(batch: str | None, home: str | None) -> None:
    """Account numbers are shown by their last four digits."""
    from hpf.storage.engine import reading
    from hpf.storage.payout_states import find_batch

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        hospital = at.hospital(session)
        if batch is None:
            pay_desk.show_batches(session, hospital, lang)
        else:
            pay_desk.show_lines(session, find_batch(session, hospital, batch), at, lang)


@command(
    Words(
        "重新写出一个批次的文件，与当时完全相同。",
        "Write the files of a batch again, exactly as they were.",
    ),
    BATCH,
    OUT,
    FORMAT,
    HOME,
)
def write(batch: str, out: str, formats: Sequence[str], home: str | None) -> None:
    """It changes nothing in the database."""
    from hpf.workflow.payments import write_again

    with opened(home) as at:
        files = _files(at, out, formats)
        listed = write_again(at.engine, at.home.keys, at.hospital_id, batch, files)
    click.echo(_sum(listed, language()))


def _mark(state: str, words: Words) -> Speaking:
    @command(words, BATCH, IDS, REASON, BY, HOME)
    def mark_(
        batch: str, ids: Sequence[str], reason: str, by: str | None, home: str | None
    ) -> None:
        from hpf.storage.engine import writing
        from hpf.storage.payout_states import find_batch, mark

        with opened(home) as at, writing(at.engine) as session:
            found = find_batch(session, at.hospital(session), batch)
            count = mark(session, found, state, by=who(by), reason=reason, ids=ids)
            session.commit()
        click.echo(Words(f"已标记 {count} 笔。", f"{count} lines marked.").say(language()))

    mark_.name = state
    return mark_


sent = _mark("sent", Words("标为已送银行（或出纳）。", "The lines went to the bank."))
paid_ = _mark("paid", Words("标为已到账。", "The bank says that they were paid."))
returned = _mark("returned", Words("标为退回，须写原因。", "The bank sent them back; say why."))


@command(
    Words(
        "把退回的款项补发到现在登记的账号，生成新批次。每笔只补发一次。",
        "Pay again what was returned, to the accounts registered now, as a new batch. Each line is "
        "replaced once.",
    ),
    BATCH,
    IDS,
    REASON,
    OUT,
    FORMAT,
    CASH,
    BY,
    HOME,
)
def reissue(
    batch: str,
    ids: Sequence[str],
    reason: str,
    out: str,
    formats: Sequence[str],
    cash: bool,
    by: str | None,
    home: str | None,
) -> None:
    """Batch and files together, or neither."""
    from hpf.workflow.payments import pay_again

    with opened(home) as at:
        paid = pay_again(
            at.engine,
            at.home.keys,
            at.hospital_id,
            batch,
            by=who(by),
            reason=reason,
            files=_files(at, out, formats),
            ids=ids,
            cash=cash,
        )
    _told(paid, out, language())


def _files(at: Opened, out: str, formats: Sequence[str]) -> dict[Path, PayoutWriter]:
    """Where each file goes, and who writes it; the batch's id stands in for {batch}."""
    from hpf.core.errors import did_you_mean
    from hpf.intake.pay_files import BUILT_IN
    from hpf.workflow.payments import BATCH as CODE

    known = {w.code: w for w in (*BUILT_IN, *at.home.loaded().payout_writers)}
    files = {}
    for code in dict.fromkeys(formats):
        if code not in known:
            near = did_you_mean(code, known)
            raise problem("format", f"没有格式 {code}", f"there is no format '{code}'", near)
        name = f"{CODE}{known[code].suffix}" if code in ("xlsx", "csv") else (
            f"{CODE}-{code}{known[code].suffix}"
        )  # fmt: skip
        files[Path(out) / name] = known[code]
    return files


def _told(paid: Paid, out: str, lang: str) -> None:
    show_notices(paid.notices, lang)
    click.echo(_sum(paid.pay_list, lang))
    pay_desk.show_left_out(paid.left_out, lang)
    click.echo(Words(f"文件在：{out}", f"The files are in: {out}").say(lang))


def _sum(listed: PayList, lang: str) -> str:
    from hpf_cli.figures import money

    in_cash, total = len(listed.cash), money(listed.total)
    words = Words(
        f"批次 {listed.batch}：{len(listed.lines)} 人，共 {total} 元"
        + (f"，其中现金 {in_cash} 人" if in_cash else ""),
        f"Batch {listed.batch}: {len(listed.lines)} persons, {total} CNY"
        + (f", {in_cash} of them in cash" if in_cash else ""),
    )
    return words.say(lang)


command_pay = Verbs(
    "pay",
    Words(
        "发放：由封印的计算生成批次，记录到账、退回和补发；核定总额；银行账号。",
        "Pay: batches from sealed runs, what was paid, returned, reissued; ceilings; accounts.",
    ),
    (make, list_, write, sent, paid_, returned, reissue, *pay_desk.COMMANDS),
)
