"""`hpf show`: a scheme in words, or a file of results as tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf.core.program import Program


@command(
    Words(
        "查看方案（条款、用文字写出的规则、参数的沿革），或查看结果文件（.json）。\n"
        "加 --out 写成手册：.html 带数学公式，.md 为 Markdown；另有算例和开关。",
        "Show a scheme (clauses, rules in words, parameters with their history), or a file of "
        "results (.json).\nWith --out, write it as a handbook: .html with formulas set as "
        "mathematics, or .md; with worked examples and switches too.",
    ),
    Argument(
        "what",
        metavar="SCHEME|FOLDER|RESULTS.json",
        words=Words(
            "方案代码，或插件的文件夹，或结果文件",
            "A scheme's code, a plugin's folder, or a file of results",
        ),
    ),
    Option(
        "--out",
        metavar="FILE.html|FILE.md",
        words=Words("写成手册", "Write the handbook to this file"),
    ),
    Option(
        "--day",
        metavar="YYYY-MM-DD",
        words=Words("手册以哪天为准（默认今天）", "As it stands on this day (today)"),
    ),
    Option(
        "--all",
        "everything",
        is_flag=True,
        words=Words("结果文件：显示全部结果和全部行", "Of results: every rule and every row"),
    ),
)
def show(what: str, everything: bool, out: str | None, day: str | None) -> None:
    """A path of a file is one of results, that of a folder a plugin's; else a scheme's code."""
    lang = language()
    path = Path(what)
    if path.suffix.lower() == ".json" or path.is_file():
        _results(path, lang, everything)
        return
    from hpf_cli.finding import schemes_of

    asked, programs = schemes_of(what)
    if out is not None:
        from hpf_cli.show_files import write_handbooks

        write_handbooks(asked, programs, Path(out), day, lang)
        return
    for program in asked:
        _scheme(program, lang)


def _results(path: Path, lang: str, everything: bool) -> None:
    from hpf_cli.console import MOST_ROWS, console, draw_sheet, left_out
    from hpf_cli.finding import installed
    from hpf_cli.sheets import of_document, pay_tables

    document = _read(path)
    programs = installed()
    code = str(document["scheme"])
    program = programs.get(code)
    try:
        sheets = of_document(document, program)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise _no_results(path, repr(error)) from None
    screen = console()
    name = program.names.say(lang) if program else code
    version, seal = document.get("scheme_version", ""), document.get("seal") or {}
    screen.print(f"{name} ({code} {version}) · {document['period']}", style="bold")
    if seal.get("seal"):
        screen.print(f"{Words('封签', 'Seal').say(lang)} {str(seal['seal'])[:16]}…", style="dim")
    if not program:
        words = Words(
            f"未安装方案 {code}：以代码代替名称。",
            f"Scheme {code} is not installed: codes stand for names.",
        )
        screen.print(words.say(lang), style="dim")
    shown = sheets if everything else pay_tables(sheets)
    most = None if everything else MOST_ROWS
    for sheet in shown:
        screen.print(draw_sheet(sheet, lang, screen.width, most))
    if not shown:
        screen.print(Words("没有结果。", "There are no results.").say(lang))
    if rest := left_out(shown, most, lang):
        screen.print(rest)
    hidden = sum(len(s.columns) for s in sheets) - sum(len(s.columns) for s in shown)
    if hidden:
        screen.print(
            Words(
                f"另有 {hidden} 条规则的结果，加 --all 显示。",
                f"Results of {hidden} more rules: --all shows them.",
            ).say(lang),
            style="dim",
        )


def _read(path: Path) -> dict[str, Any]:
    import json

    if not path.exists():
        from hpf.core.errors import did_you_mean

        folder = path.parent
        known = [str(p) for p in folder.glob("*.json")] if folder.is_dir() else []
        near = did_you_mean(str(path), known) if known else None
        raise problem(
            "no_file",
            "没有这个文件",
            "there is no such file",
            (near.zh, near.en) if near else ("", ""),
            str(path),
        )
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, OSError) as error:
        raise _no_results(path, str(error)) from None
    if not isinstance(document, dict) or not {"scheme", "period", "results"} <= set(document):
        raise _no_results(path, "scheme, period, results")
    return document


def _no_results(path: Path, reason: str) -> Exception:
    return problem(
        "no_results",
        f"不是结果文件（{reason}）",
        f"is no file of results ({reason})",
        (
            "结果文件由 hpf run … --json FILE 生成",
            "Such a file is written by hpf run … --json FILE",
        ),
        str(path),
    )


def _scheme(program: Program, lang: str) -> None:
    from rich.padding import Padding

    from hpf.core.clauses import COVERS
    from hpf.core.formula.words import rule_block, value_words
    from hpf.core.periods import kind_name
    from hpf_cli.console import console, table
    from hpf_cli.finding import own_clauses

    screen = console()
    kind = kind_name(program.period).say(lang)
    screen.print(f"{program.names.say(lang)} ({program.code} {program.version})", style="bold")
    screen.print(
        Words(
            f"文件 {program.document}，按{kind}计算", f"Document {program.document}, by the {kind}"
        ).say(lang)
    )
    covers = dict(
        zip(
            COVERS,
            (
                Words("规则", "rule"),
                Words("流程", "workflow"),
                Words("定义", "definition"),
                Words("未建模", "not modelled"),
            ),
            strict=True,
        )
    )
    clauses = own_clauses(program)
    drawn = table(Words("条款", "Clauses").say(lang))
    for zh, en in (("编号", "Id"), ("内容", "Meaning"), ("由什么实现", "Covered by")):
        drawn.add_column(Words(zh, en).say(lang), overflow="fold")
    rules = {r.name: r.clauses for r in program.rules}
    for clause in clauses:
        by = [n for n, named in rules.items() if clause.id in named]
        cover = covers[clause.covered].say(lang)
        if clause.covered == "rule":
            cover = ", ".join(by) or cover
        elif clause.reason:
            cover += f": {clause.reason}" if lang == "en" else f":{clause.reason}"
        drawn.add_row(clause.id, clause.meaning.say(lang), cover)
    screen.print(drawn)
    screen.print(Words("规则", "Rules").say(lang), style="bold")
    for rule in program.rules:
        screen.print(Padding(rule_block(program, rule, lang), (0, 0, 1, 2)))
    held = table(Words("参数及其沿革", "Parameters and their history").say(lang))
    for zh, en in (
        ("参数", "Parameter"),
        ("条款", "Clause"),
        ("自", "From"),
        ("取值", "Value"),
        ("出处", "Reference"),
    ):
        held.add_column(Words(zh, en).say(lang), overflow="fold")
    for p in program.parameters.values():
        head = (f"{p.names.say(lang)} {p.name}", p.clause)
        if p.required:
            held.add_row(*head, "", Words("由医院确定", "set by the hospital").say(lang), "")
        for number, dated in enumerate(p.values):
            first = head if number == 0 else ("", "")
            held.add_row(
                *first, str(dated.since), value_words(p, dated.value, lang), dated.cited.say(lang)
            )
    screen.print(held)


command_show = show
