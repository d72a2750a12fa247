"""`hpf register`: departments, people and placements, by date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, HOME, opened, who
from hpf_cli.import_ import REASON, YES, confirmed
from hpf_cli.speech import Words
from hpf_cli.stops import show_notices

if TYPE_CHECKING:
    from hpf.core.organisation import Change, Register
    from hpf_cli.home import Opened

SHOWN = 60


@command(
    Words(
        "组织名册：科室、人员和任职（科室、职称、岗位、份额），都有起止日期。"
        "不带文件时列出某一天的科室和人数；--out 写出名册工作簿；给出工作簿则比对后写入。",
        "The organisation: departments, people and placements (department, title, post, share), "
        "all with their days. Without a file it lists the departments of a day; --out writes the "
        "register as a workbook; a workbook is compared, and written when you confirm.",
    ),
    Argument(
        "file",
        metavar="[FILE]",
        required=False,
        words=Words("名册工作簿", "The workbook of the register"),
    ),
    Option(
        "--on",
        metavar="DAY",
        words=Words("哪一天的名册（默认今天）", "The register of which day (today if not said)"),
    ),
    Option(
        "--since",
        metavar="DAY",
        words=Words(
            "工作簿里没写起始日期的，从这一天起",
            "The day from which on lines without a day of their own hold",
        ),
    ),
    Option(
        "--out",
        metavar="FILE.xlsx",
        words=Words("写出全部名册（含历史）", "Write the whole register, its history included"),
    ),
    REASON,
    YES,
    BY,
    HOME,
)
def register(
    file: str | None,
    on: str | None,
    since: str | None,
    out: str | None,
    reason: str,
    yes: bool,
    by: str | None,
    home: str | None,
) -> None:
    """Nothing is deleted: departments close, people leave."""
    from hpf_cli.configure import day_of

    lang = language()
    day = day_of(on, "--on") or dt.datetime.now().astimezone().date()
    start = day_of(since, "--since")
    with opened(home) as at:
        if file is not None:
            _load(at, Path(file), start, reason, yes, who(by), lang)
            return
        whole = _stored(at)
    if out is not None:
        from hpf_cli.outputs import workbook_path

        _write(whole, workbook_path(out), lang)
        return
    _show(whole.on(day), day, lang)


def _stored(at: Opened) -> Register:
    from hpf.storage.engine import reading
    from hpf.storage.organisation import register_of

    with reading(at.engine) as session:
        return register_of(session, at.hospital(session))


def _load(
    at: Opened, path: Path, since: dt.date | None, reason: str, yes: bool, by: str, lang: str
) -> None:
    from hpf.core.organisation import changes
    from hpf.intake.register import register_after
    from hpf.storage.engine import writing
    from hpf.storage.organisation import save_register

    base = _stored(at)
    new, notices = register_after(path, since, base)
    show_notices(notices, lang)
    found = changes(base, new)
    if not found:
        click.echo(Words("与名册完全相同，无需写入。", "The register says so already.").say(lang))
        return
    _changes(found, lang)
    if not yes and not confirmed(lang):
        return
    with writing(at.engine) as session:
        save_register(session, at.hospital(session), base, new, by=by, reason=reason)
        session.commit()
    words = Words(f"已写入 {len(found)} 处变更。", f"{len(found)} changes written.")
    click.echo(words.say(lang))


def _changes(found: Sequence[Change], lang: str) -> None:
    from hpf_cli.console import console, table

    drawn = table()
    for words in (Words("对象", "What"), Words("原来", "Before"), Words("以后", "After")):
        drawn.add_column(words.say(lang))
    for one in found[:SHOWN]:
        drawn.add_row(one.what, one.old or "—", one.new or "—")
    console().print(drawn)
    if len(found) > SHOWN:
        more = len(found) - SHOWN
        click.echo(Words(f"另有 {more} 处。", f"{more} more.").say(lang))


def _write(whole: Register, path: Path, lang: str) -> None:
    from hpf.intake.register import write_register

    write_register(path, whole, lang)
    words = Words(
        f"已写出 {path}；改好后：hpf register {path}",
        f"Wrote {path}; when it is changed: hpf register {path}",
    )
    click.echo(words.say(lang))


def _show(found: Register, day: dt.date, lang: str) -> None:
    from hpf_cli.console import console, table

    heads = len(found.people)
    title = Words(
        f"{day}：{len(found.units)} 个科室，{heads} 人",
        f"{day}: {len(found.units)} departments, {heads} people",
    )
    drawn = table(title.say(lang))
    for words in (Words("科室", "Department"), Words("名称", "Name"), Words("设立", "Opened"),
                  Words("人员份额", "Staff")):  # fmt: skip
        drawn.add_column(words.say(lang))
    for code, unit in found.units.items():
        share = sum((p.share for p in found.placements if p.department == code), start=0)
        drawn.add_row(code, unit.name, str(unit.opened), f"{share:f}" if share else "—")
    console().print(drawn)


command_register = register
