"""`hpf clauses import`: clauses.yaml started from a numbered document."""

from __future__ import annotations

from pathlib import Path

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.speech import Words
from hpf_cli.stops import problem, show_notices
from hpf_cli.verbs import Verbs

_ENCODINGS = ("utf-8-sig", "gb18030")


@command(
    Words(
        "由编了号的文件（.md 或 .txt）列出条款：认 第三条、一、（一）、1.、1.2、(1)、①、a) 和"
        "文中自带的编号。已有的条目一字不动；没看懂的逐行说明。\n"
        "例：hpf clauses import 办法.md --document BD --to hpf_blood_desk/clauses.yaml",
        "List the clauses of a numbered document (.md or .txt): articles and headings "
        "counted in Chinese, 1., 1.2, (1), ①, a) and ids of its own. Entries that are there "
        "stay as they are; what was not understood is told line by line.\n"
        "E.g. hpf clauses import RULES.md --document BD --to hpf_blood_desk/clauses.yaml",
    ),
    Argument(
        "source",
        metavar="DOC.md",
        words=Words("文件的文字，一行一段", "The document's text, a line a paragraph"),
    ),
    Option(
        "--to",
        "target",
        metavar="FILE",
        words=Words(
            "写进哪个 clauses.yaml；不写就只显示", "The clauses.yaml to write; else only shown"
        ),
    ),
    Option(
        "--document",
        metavar="ID",
        words=Words(
            "文件代号，条款编号以它开头；不写就取 clauses.yaml 里已有的",
            "The document's id, with which clauses begin; else that of clauses.yaml as it is",
        ),
    ),
)
def import_(source: str, target: str | None, document: str | None) -> None:
    """The file is written whole or not at all; exit code 2 where nothing could be read."""
    from dataclasses import replace

    from hpf.core.kit.clause_files import document_of, language_of, merge
    from hpf.core.kit.numbering import read_provisions
    from hpf.intake.atomic import write_text

    lang, path = language(), Path(source)
    text = _text(path)
    old = Path(target).read_text("utf-8") if target and Path(target).is_file() else ""
    begin = document or document_of(old)
    if not begin:
        raise problem(
            "document",
            "不知道文件代号",
            "the document's id is not known",
            ("请写 --document，如 BD", "Write --document, such as BD"),
            "--document",
        )
    mark = "-" if f"{begin}-" in old or (not old and "." in begin) else "."
    provisions, doubts = read_provisions(text, begin, mark)
    if not provisions:
        raise problem(
            "no_clauses",
            "没有编了号的条款",
            "there are no numbered provisions",
            (
                "编号须在行首：第一条、一、（一）、1.、(1)、①",
                "A number stands at a line's beginning: 1. 1.2 (1) a) 一、 ①",
            ),
            str(path),
        )
    merged = merge(old, provisions, language_of(text))
    if target:
        write_text(Path(target), merged.text)
    else:
        click.echo(merged.text, nl=False)
    show_notices([replace(d, place=f"{path.name}{d.place}") for d in doubts], lang, most=40)
    told = Words(
        f"{len(merged.added)} 条新增，{len(merged.kept)} 条原有的未动"
        + (f"，{len(merged.gone)} 条原文没有：{'、'.join(merged.gone)}" if merged.gone else ""),
        f"{len(merged.added)} added, {len(merged.kept)} kept as they were"
        + (f", {len(merged.gone)} not in it: {', '.join(merged.gone)}" if merged.gone else ""),
    )
    click.echo(told.say(lang), err=not target)


def _text(path: Path) -> str:
    if not path.is_file():
        raise problem(
            "no_file",
            "没有这个文件",
            "there is no such file",
            ("请检查路径", "Check the path"),
            str(path),
        )
    data = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise problem(
        "no_text",
        "不是文字文件",
        "is no text",
        ("请另存为 .md 或 .txt（UTF-8）", "Save it as .md or .txt (UTF-8)"),
        str(path),
    )


command_clauses = Verbs(
    "clauses",
    Words("条款：由编了号的文件列出。", "Clauses: listed from a numbered document."),
    (import_,),
)
