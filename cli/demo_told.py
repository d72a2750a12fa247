"""What `hpf demo` prints: tables, one derivation, the files it left, what to try next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hpf_cli.speech import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console

    from hpf_cli.demo_hospital import Hospital
    from hpf_cli.demo_job import Done
    from hpf_cli.demo_samples import Tried
    from hpf_cli.pages import Printed

_HEAD = 5  # rows of a sample's table


def hospital_told(own: Hospital, screen: Console, lang: str) -> None:
    """The month of the made-up hospital, a line a step."""
    from hpf_cli.demo_story import drawn

    words = Words(
        f"一家示例医院的一个月（{own.scheme} {own.period}，合成数据）",
        f"A month of a made-up hospital ({own.scheme} {own.period}, synthetic)",
    )
    screen.rule(words.say(lang), align="left", style="bold")
    screen.print(drawn(own.steps, lang))
    screen.print()


def department(done: Done, screen: Console, lang: str) -> None:
    """An example's pay table, the print beside it, and why they differ where they do."""
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


def derivation(done: list[Done], screen: Console, lang: str) -> None:
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


def sample_told(tried: Tried, screen: Console, lang: str) -> None:
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


def summary(
    done: list[Done],
    tried: list[Tried],
    own: Hospital | None,
    folder: Path,
    screen: Console,
    lang: str,
    remark: str,
    papers: Mapping[Path, int],
) -> None:
    """Which files were left, and what to try next. papers: folder -> how many PDF files."""
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
