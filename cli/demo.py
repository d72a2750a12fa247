"""`hpf demo`: the published worked examples through the main job, workbook to derivation."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.serve import PORT
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console

    from hpf_cli.demo_hospital import Hospital
    from hpf_cli.demo_job import Done
    from hpf_cli.demo_samples import Tried
    from hpf_cli.pages import Printed

_HEAD = 5  # rows of a sample's table


@command(
    Words(
        "演示：把公布的算例写成工作簿，再读回来计算，打印各科绩效表和一份完整的推导；"
        "再把插件附带的合成样本从工作簿算到结果；最后让一家示例医院走完一个月："
        "建立、名册、导入、封印、流程、发放表、审计、备份。\n"
        "工作簿、结果和推导留在 demo-out 文件夹；可以反复运行。",
        "Write the published worked examples as workbooks, read them back, compute, and print "
        "each department's pay table and one whole derivation; then take the synthetic samples "
        "that plugins ship from workbook to results; last, take a made-up hospital through a "
        "month: home, register, import, seal, cycle, pay list, audit, backup.\n"
        "Workbooks, results and derivations stay in demo-out; running it again does no harm.",
    ),
    Argument(
        "part",
        required=False,
        metavar="[county]",
        words=Words(
            "county：只演示示例县的一年，从指标表到反馈函",
            "county: a made-up county's year alone, from its table to the letters",
        ),
    ),
    Option(
        "--out",
        default="demo-out",
        metavar="DIR",
        words=Words("写到哪个文件夹（默认 demo-out）", "The folder to write to (demo-out)"),
    ),
    Option(
        "--serve",
        is_flag=True,
        words=Words(
            "然后为门户的每种角色开一个合成账号，打印一次性口令，并在本机打开示例医院的门户"
            "（Ctrl-C 结束）",
            "Then open a synthetic account for each role of the portal, print one-time passwords, "
            "and serve the hospital's portal on this machine (Ctrl-C ends it)",
        ),
    ),
    PORT,
)
def demo(part: str | None, out: str, serve: bool, port: int) -> None:
    """Everything is computed before anything is written."""
    if part is not None:
        from hpf_cli.demo_county import run_part

        run_part(part, Path(out), port if serve else None, language())
        return
    from hpf_cli.console import console
    from hpf_cli.demo_cards import print_papers
    from hpf_cli.demo_hospital import check_place, hospital
    from hpf_cli.demo_job import compute, gather
    from hpf_cli.demo_samples import try_samples
    from hpf_cli.finding import installed
    from hpf_cli.outputs import write_all

    lang = language()
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise problem(
            "no_folder",
            "这是一个文件，不是文件夹",
            "it is a file, not a folder",
            ("请用 --out 另指定文件夹", "Name another folder with --out"),
            out,
        )
    check_place(folder)
    if serve:
        from hpf_cli.demo_serve import check_serving

        check_serving(installed(), port)
    with tempfile.TemporaryDirectory(prefix="hpf-demo-") as scratch:
        programs = installed()
        done = compute(programs, Path(scratch))
        tried = try_samples(programs, Path(scratch) / "samples")
        files, remark = gather(done, folder, Path(scratch), lang)
        for one in tried:
            home = folder / "samples" / one.last.program.code
            files |= {home / path: content for path, content in one.files.items()}
        with hospital(programs, tried, folder, Path(scratch), lang) as own:
            for path in files:
                path.parent.mkdir(parents=True, exist_ok=True)
            write_all(files)
    papers = {} if remark else print_papers(programs, own, tried, folder, lang)
    screen = console()
    for example in done:
        _department(example, screen, lang)
    _derivation(done, screen, lang)
    for sample in tried:
        _sample(sample, screen, lang)
    if own is not None:
        _hospital(own, screen, lang)
    _summary(done, tried, own, folder, screen, lang, remark, papers)
    if serve and own is not None:
        from hpf_cli.demo_serve import serve_demo

        serve_demo(own.folder, port, screen, lang)


def _hospital(own: Hospital, screen: Console, lang: str) -> None:
    """The month of the made-up hospital, a line a step."""
    from hpf_cli.demo_story import drawn

    words = Words(
        f"一家示例医院的一个月（{own.scheme} {own.period}，合成数据）",
        f"A month of a made-up hospital ({own.scheme} {own.period}, synthetic)",
    )
    screen.rule(words.say(lang), align="left", style="bold")
    screen.print(drawn(own.steps, lang))
    screen.print()


def _department(done: Done, screen: Console, lang: str) -> None:
    from hpf_cli.cases import about
    from hpf_cli.console import draw_sheet, paragraph
    from hpf_cli.sheets import of_run, pay_tables

    program = done.run.program
    screen.rule(f"{program.names.say(lang)} ({program.code})", align="left", style="bold")
    screen.print(paragraph(about(done.case).say(lang), screen.width))
    for sheet in pay_tables(of_run(done.run)):
        screen.print(draw_sheet(sheet, lang, screen.width, 12))
    if done.printed:
        screen.print(_beside(done, lang))
    for number, one in enumerate(_remarked(done), 1):
        screen.print(paragraph(f"({number}) {one.why.say(lang)}", screen.width - 2))
    screen.print()


def _remarked(done: Done) -> list[Printed]:
    return [p for p in done.printed if p.differs and any(p.why)]


def _beside(done: Done, lang: str) -> object:
    from hpf_cli.console import table

    drawn = table(Words("与原文对照", "Beside the print").say(lang))
    drawn.add_column(Words("谁", "Whose").say(lang))
    drawn.add_column(Words("哪个数", "Figure").say(lang))
    for words in (Words("原文", "Printed"), Words("分步取整", "Staged"), Words("本系统", "HPF")):
        drawn.add_column(words.say(lang), justify="right")
    drawn.add_column(no_wrap=True)
    remarked = _remarked(done)
    for one in done.printed:
        mark = f"({remarked.index(one) + 1})" if one in remarked else ""
        drawn.add_row(
            one.whose,
            one.rule.say(lang),
            one.printed,
            one.staged,
            one.full,
            mark,
            style="yellow" if one.misprint else "",
        )
    return drawn


def _derivation(done: list[Done], screen: Console, lang: str) -> None:
    """One figure in full: the printed example that carries the most steps would tire the reader,
    so it is the first person who shares a pool."""
    from hpf_cli.outline import draw, fold

    chosen = next((d for d in done if d.derivations), None)
    if chosen is None:
        return
    picked = chosen.derivations[min(2, len(chosen.derivations) - 1)]
    words = Words("一个数是怎么来的", "Where one figure comes from")
    screen.rule(words.say(lang), align="left", style="bold")
    for line in draw(fold(picked.step), lang, screen.width, [chosen.run.program]):
        screen.print(line, no_wrap=True, overflow="ignore", crop=False)
    screen.print()


def _sample(tried: Tried, screen: Console, lang: str) -> None:
    """The latest period's table, as far as its first rows."""
    from hpf_cli.console import draw_sheet
    from hpf_cli.demo_samples import head
    from hpf_cli.samples import told

    run = tried.last
    mark = Words("合成样本", "synthetic sample").say(lang)
    title = f"{run.program.names.say(lang)} ({run.program.code}) · {mark}"
    screen.rule(title, align="left", style="bold")
    periods = told([r.period for r in tried.runs], lang)
    comma, gap = ("、", "") if lang == "zh" else (", ", " ")
    counts = comma.join(
        f"{run.program.entities[e].names.say(lang)}{gap}{len(rows)}"
        for e, rows in run.checked.rows.items()
    )
    words = Words(f"{periods}；{counts}", f"{periods}; {counts}")
    screen.print(words.say(lang), style="dim")
    sheet = head(run)
    if sheet:
        screen.print(draw_sheet(sheet, lang, screen.width, _HEAD))
        more = len(sheet.rows) - _HEAD
        if more > 0:
            words = Words(f"另有 {more} 行，合计含全部。", f"{more} more; totals include them.")
            screen.print(words.say(lang), style="dim")
    screen.print()


def _summary(
    done: list[Done],
    tried: list[Tried],
    own: Hospital | None,
    folder: Path,
    screen: Console,
    lang: str,
    remark: str,
    papers: Mapping[Path, int],
) -> None:
    from hpf_cli.console import table
    from hpf_cli.demo_home import PASSWORDS
    from hpf_cli.demo_hospital import commands

    words = Words(f"留在 {folder} 的文件", f"What is in {folder}")
    screen.rule(words.say(lang), align="left", style="bold")
    drawn = table()
    drawn.show_header = False
    drawn.add_column(no_wrap=True)
    drawn.add_column()
    for name, zh, en in (
        (
            "facts/*.xlsx",
            "算例写成的工作簿，样式与医院填报的一样",
            "the examples as workbooks, as a hospital would fill them in",
        ),
        (
            "results/*.json, *.xlsx",
            "结果：供程序读取，供人查看",
            "results, for programs and for people",
        ),
        (
            "derivations.html, .txt",
            "推导：每个数直到条款和单元格",
            "derivations: each figure down to clause and cell",
        ),
        ("config.yaml", "用到的医院配置", "the hospital's configuration that was used"),
    ):
        drawn.add_row(name, Words(zh, en).say(lang))
    if (folder / "derivations.pdf").exists() and not remark:
        drawn.add_row(
            "derivations.pdf",
            Words("每个方案一份推导，供打印", "one derivation a scheme, for print").say(lang),
        )
    if tried:
        words = Words(
            "插件附带的合成样本：工作簿、配置和结果",
            "the plugins' synthetic samples: workbook, configuration, results",
        )
        drawn.add_row("samples/SCHEME/", words.say(lang))
    if own is not None:
        words = Words(
            "示例医院：hpf.toml、数据库、密钥、发放表、备份；口令在 " + PASSWORDS,
            "the made-up hospital: hpf.toml, database, keys, pay lists, backup; passwords in "
            + PASSWORDS,
        )
        drawn.add_row(f"{own.folder.name}/", words.say(lang))
    for place, count in papers.items():
        words = Words(f"{count} 份 PDF", f"{count} PDF files")
        drawn.add_row(f"{place}/", words.say(lang))
    screen.print(drawn)
    if remark:
        screen.print(remark, soft_wrap=True)
    first = done[0]
    code, period = first.run.program.code, first.run.period
    path = folder / "facts" / f"{first.case.name}.xlsx"
    whose = next((d.whose for d in first.derivations[2:]), "staff:A")
    rule = first.derivations[0].step.code if first.derivations else "pay"
    screen.print(Words("接下来可以试：", "Now try:").say(lang))
    for command_line in (
        f"hpf run {code} --period {period} --facts {path}",
        f"hpf explain {code} --period {period} --facts {path} --entity {whose} --rule {rule}",
        f"hpf show {code}",
        f"hpf template {code} --period {period} --out {code}.xlsx",
        *_on_sample(tried, folder),
        *(commands(own) if own is not None else ()),
    ):
        screen.print(f"  {command_line}", soft_wrap=True)


def _on_sample(tried: list[Tried], folder: Path) -> Iterator[str]:
    """What the readings of an ambiguous document are worth, on a sample that pays people."""
    from hpf_cli.samples import CONFIG

    paying = (t for t in tried if (r := t.last.program.payout) and r.entity == "staff")
    if one := next(paying, None):
        run = one.last
        home = folder / "samples" / run.program.code
        past = f" --past {home / 'results'}" if len(one.runs) > 1 else ""
        config = f" --config {home / CONFIG}" if Path(CONFIG) in one.files else ""
        facts = f"--facts {home / str(run.period)}.xlsx"
        yield f"hpf switches {run.program.code} --period {run.period} {facts}{past}{config}"


command_demo = demo
