"""`hpf sample`: a plugin's synthetic sample as the workbook that a hospital would fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf.core.kit.programs import Programs
    from hpf.core.program import Program
    from hpf_cli.outputs import Content
    from hpf_cli.samples import Sample


@command(
    Words(
        "列出插件附带的合成样本；加 --out 则写成医院填报用的工作簿，标明为合成数据。\n"
        "--out 写 .xlsx 文件只写一个周期；写文件夹则写全部周期，并附上 config.yaml。",
        "List the synthetic samples that plugins ship; with --out, write one as the workbook that "
        "a hospital would fill in, marked synthetic.\n"
        "An .xlsx file takes one period; a folder takes all of them, with config.yaml beside.",
    ),
    Argument(
        "scheme",
        metavar="[SCHEME]",
        required=False,
        words=Words("方案代码；不写则列出全部", "The scheme's code; all are listed without it"),
    ),
    Option(
        "--period",
        metavar="P",
        words=Words("哪个周期；不写则全部", "Which period; all without it"),
    ),
    Option(
        "--out",
        metavar="FILE.xlsx|DIR",
        words=Words("写到哪个文件或文件夹", "The file or folder to write"),
    ),
    Option(
        "--force",
        is_flag=True,
        words=Words("文件已存在时覆盖", "Replace files that are there"),
    ),
)
def sample(scheme: str | None, period: str | None, out: str | None, force: bool) -> None:
    """Everything is read and checked before anything is written."""
    from hpf_cli.finding import installed, period_of
    from hpf_cli.samples import pick, shipped

    lang = language()
    programs = installed()
    if scheme is None:
        if out or period:
            raise click.UsageError(
                Words("要写明方案，例如 hpf sample township --out …",
                      "name the scheme, e.g. hpf sample township --out …").say(lang)
            )  # fmt: skip
        _list([programs[code] for code in programs], programs, lang)
        return
    program = programs.find(scheme)
    when = period_of(period, program) if period else None
    if out is None:
        pick(shipped(program, programs), program, when)
        _list([program], programs, lang)
        return
    chosen = pick(shipped(program, programs), program, when)
    files = _files(chosen, Path(out), lang)
    _check(files, Path(out), force)
    from hpf_cli.outputs import write_all

    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
    write_all(files)
    _told(chosen, Path(out), list(files), lang)


def _is_file(out: Path) -> bool:
    return out.suffix.lower() == ".xlsx"


def _files(chosen: list[Sample], out: Path, lang: str) -> dict[Path, Content]:
    from hpf_cli.samples import CONFIG, config_of, told

    if not _is_file(out):
        files = {out / f"{s.period}.xlsx": s.workbook(lang) for s in chosen}
        config = config_of(chosen[0].program)
        return files | ({out / CONFIG: config.read_bytes()} if config else {})
    if len(chosen) > 1:
        zh, en = (told([s.period for s in chosen], lang) for lang in ("zh", "en"))
        raise problem(
            "which_period",
            f"样本有 {len(chosen)} 个周期，一个文件只能写一个",
            f"there are samples of {len(chosen)} periods; a file takes one",
            (
                f"请用 --period 写明一个（{zh}），或让 --out 指定文件夹",
                f"Name one with --period ({en}), or a folder with --out",
            ),
            str(out),
        )
    return {out: chosen[0].workbook(lang)}


def _check(files: dict[Path, Content], out: Path, force: bool) -> None:
    """A file is not replaced unasked, and a folder is none where a file stands."""
    if not _is_file(out) and out.exists() and not out.is_dir():
        raise problem(
            "no_folder",
            "这是一个文件，不是文件夹",
            "it is a file, not a folder",
            ("请另指定文件夹，或写 .xlsx 文件名", "Name another folder, or an .xlsx file"),
            str(out),
        )
    if _is_file(out) and not out.resolve().parent.is_dir():
        raise problem(
            "no_folder",
            f"没有文件夹 {out.parent}",
            f"there is no folder {out.parent}",
            ("请先建立该文件夹", "Make it first"),
            str(out),
        )
    from hpf.intake.atomic import target

    for path in files:
        target(path)
        if path.exists() and not force:
            raise problem(
                "exists",
                "文件已存在，里面可能有已填的数据",
                "the file is there already and may have been filled in",
                ("请另取名称，或加 --force 覆盖", "Name another, or replace it with --force"),
                str(path),
            )


def _told(chosen: list[Sample], out: Path, files: list[Path], lang: str) -> None:
    from hpf_cli.samples import config_of

    for path in files:
        click.echo(Words(f"已写出 {path}", f"wrote {path}").say(lang))
    program, last = chosen[-1].program, chosen[-1].period
    facts = out if _is_file(out) else out / f"{last}.xlsx"
    shipped = config_of(program)
    config = shipped if _is_file(out) or shipped is None else out / shipped.name
    more = f" --config {config}" if config else ""
    click.echo(
        Words(
            f"合成数据，并非真实人员与金额。试算：\n  hpf run {program.code} --period {last} "
            f"--facts {facts}{more}",
            f"Synthetic data: no real people or amounts. Compute it:\n  hpf run {program.code} "
            f"--period {last} --facts {facts}{more}",
        ).say(lang)
    )


def _list(asked: list[Program], programs: Programs, lang: str) -> None:
    from hpf_cli.console import console, table
    from hpf_cli.samples import config_of, shipped, told

    drawn = table(Words("插件附带的合成样本", "Synthetic samples that plugins ship").say(lang))
    for zh, en in (("代码", "Code"), ("方案", "Scheme"), ("周期", "Periods"), ("配置", "Config")):
        drawn.add_column(Words(zh, en).say(lang), no_wrap=zh == "代码")
    without = []
    for program in asked:
        periods = [s.period for s in shipped(program, programs)]
        if not periods:
            without.append(program.code)
            continue
        config = config_of(program)
        drawn.add_row(
            program.code,
            program.names.say(lang),
            told(periods, lang),
            config.name if config else "–",
        )
    screen = console()
    if drawn.row_count:
        screen.print(drawn)
        screen.print(
            Words(
                "写出工作簿：hpf sample 代码 --out 文件夹",
                "As workbooks: hpf sample CODE --out DIR",
            ).say(lang)
        )
    if without:
        names = ("、" if lang == "zh" else ", ").join(without)
        screen.print(Words(f"没有样本：{names}", f"No sample: {names}").say(lang), style="dim")


command_sample = sample
