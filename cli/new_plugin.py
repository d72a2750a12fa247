"""`hpf new-plugin`: a few questions, and a plugin that works: then put the document into it."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf_cli.plugin_files import Names, Wanted

PATTERNS = {
    "pool": Words("总额按分数分配", "a pool shared by points"),
    "rates": Words("计件，超额另加", "piece rates, and more beyond a norm"),
    "score": Words("打分卡，扣分到零为止", "a scorecard, points off down to 0"),
}
KINDS = ("month", "quarter", "half", "year")


@command(
    Words(
        "新建一个插件：问几个问题，写出一个能用的文件夹（自成一个软件包），有规则、条款、参数、"
        "算例、样本和测试，并当场检查。问题也可以全部用选项答。\n"
        "例：hpf new-plugin blood-desk --zh 输血科绩效 --en 'Transfusion desk pay' --pattern pool",
        "Make a plugin: a few questions, then a folder that works, a package of its own with a "
        "rule, clauses, parameters, an example, a sample and tests, checked on the spot. Options "
        "answer the questions too.\n"
        "E.g. hpf new-plugin blood-desk --zh NAME --en 'Transfusion desk pay' --pattern pool",
    ),
    Argument(
        "name",
        metavar="NAME",
        words=Words(
            "插件名：小写英文词，用 - 或 _ 连接，如 blood-desk",
            "The plugin's name: lower-case words joined by - or _, such as blood-desk",
        ),
    ),
    Option("--zh", metavar="NAME", words=Words("方案的中文名称", "The scheme's Chinese name")),
    Option("--en", metavar="NAME", words=Words("方案的英文名称", "The scheme's English name")),
    Option(
        "--document",
        metavar="ID",
        words=Words(
            "文件代号，条款编号以它开头（不写就取名称的首字母，如 BD）",
            "The document's id, with which its clauses begin (else the name's initials, as BD)",
        ),
    ),
    Option(
        "--pattern",
        type=click.Choice(list(PATTERNS)),
        words=Words(
            "从哪种规则写起：pool 总额按分数分配（默认）、rates 计件、score 打分卡",
            "The rule to begin with: pool, shared by points (if not said), rates, or score",
        ),
    ),
    Option(
        "--period",
        "kind",
        type=click.Choice(KINDS),
        words=Words("按什么周期计算（默认 month）", "By which period it runs (month if not said)"),
    ),
    Option(
        "--out",
        metavar="DIR",
        default=".",
        words=Words(
            "写在哪个文件夹之下（默认当前文件夹）", "The folder to make it in (the current one)"
        ),
    ),
)
def new_plugin(
    name: str,
    zh: str | None,
    en: str | None,
    document: str | None,
    pattern: str | None,
    kind: str | None,
    out: str,
) -> None:
    """Everything is asked and checked first; then the whole folder appears, or none of it."""
    from hpf_cli.plugin_files import names_of, write_plugin

    lang = language()
    names = names_of(name)
    _free(names)
    parent = Path(out)
    place = parent / f"hpf-{names.dashed}"
    if not parent.is_dir():
        raise problem(
            "no_folder",
            f"没有文件夹 {out}",
            f"there is no folder {out}",
            ("请先建立该文件夹", "Make it first"),
            "--out",
        )
    if place.exists():
        raise problem(
            "exists",
            "这里已经有了，不覆盖",
            "it is there already and is not replaced",
            ("请换一个插件名，或用 --out 另指定文件夹", "Take another name, or another --out"),
            str(place),
        )
    wanted = _asked(names.initials, zh, en, document, pattern, kind, lang)
    figures = 0

    def check(folder: Path) -> None:
        nonlocal figures
        figures = _clean(folder)

    write_plugin(place, names, wanted, check)
    click.echo(
        Words(
            f"已建立 {place}，检查通过（核对 {figures} 个数）。接着：\n"
            f"  pip install -e {place}\n"
            f"  hpf check {names.code} --mutate\n"
            f"  hpf show {names.code}\n"
            f"再把文件的条款和规则写进去：见 {place / 'README.md'}",
            f"made {place}, checked and clean ({figures} figures). Now:\n"
            f"  pip install -e {place}\n"
            f"  hpf check {names.code} --mutate\n"
            f"  hpf show {names.code}\n"
            f"Then put the document's clauses and rules in: see {place / 'README.md'}",
        ).say(lang)
    )


def _free(names: Names) -> None:
    """Nothing that is installed may be called alike: no package, no plugin, no scheme."""
    from importlib.util import find_spec

    from hpf.core.errors import SchemeError
    from hpf.core.kit.manager import installed_names, load_plugins

    taken: dict[str, Words] = {}
    with suppress(SchemeError):  # a broken plugin is no reason not to begin another
        taken |= {code: Words("方案", "scheme") for code in load_plugins().schemes}
    taken |= {name: Words("插件", "plugin") for name in installed_names()}
    what = taken.get(names.code)
    if what is None and find_spec(names.package) is not None:
        what = Words("软件包", "package")
    if what is not None:
        raise problem(
            "plugin_taken",
            f"已装有叫 {names.code} 的{what.zh}",
            f"a {what.en} called {names.code} is installed already",
            ("请换一个插件名，或先卸载它", "Take another name, or uninstall it first"),
            "NAME",
        )


def _clean(folder: Path) -> int:
    """How many figures the checks compared. Raises HpfError where the plugin is not clean."""
    from hpf.core.errors import HpfError
    from hpf.core.kit.check import check_scheme
    from hpf.core.kit.folder import folder_programs

    programs = folder_programs(folder)
    reports = [check_scheme(programs[c], programs.beside(c)) for c in programs]
    wrong = [p for r in reports for p in r.problems]
    if wrong:
        raise HpfError(wrong)
    return sum(r.figures for r in reports)


def _asked(
    initials: str,
    zh: str | None,
    en: str | None,
    document: str | None,
    pattern: str | None,
    kind: str | None,
    lang: str,
) -> Wanted:
    """What was given, and the answers to the questions; a script that gives too little is told."""
    from hpf_cli.plugin_files import Wanted

    if sys.stdin.isatty():
        zh = zh or _prompt(Words("方案的中文名称", "The scheme's Chinese name"), lang)
        en = en or _prompt(Words("方案的英文名称", "The scheme's English name"), lang)
        document = document or _prompt(
            Words("文件代号，条款编号以它开头", "The document's id, with which clauses begin"),
            lang,
            initials,
        )
        if pattern is None:
            for code, words in PATTERNS.items():
                click.echo(f"  {code:6} {words.say(lang)}")
            question = Words("从哪种规则写起", "The rule to begin with")
            pattern = _prompt(question, lang, "pool", list(PATTERNS))
        kind = kind or _prompt(Words("按什么周期计算", "By which period"), lang, "month", KINDS)
    lacking = [o for o, given in (("--zh", zh), ("--en", en)) if not given]
    if lacking:
        raise problem(
            "new_plugin",
            f"缺少 {'、'.join(lacking)}",
            f"{', '.join(lacking)} not given",
            (
                "例如 --zh 输血科绩效 --en 'Transfusion desk pay'",
                "For instance --zh 输血科绩效 --en 'Transfusion desk pay'",
            ),
        )
    assert zh
    assert en
    return Wanted(zh, en, document or initials, pattern or "pool", kind or "month")


def _prompt(
    words: Words, lang: str, default: str | None = None, choices: tuple[str, ...] | list[str] = ()
) -> str:
    question = words.say(lang) + (f" ({' | '.join(choices)})" if choices else "")
    while True:
        said = str(click.prompt(question, default=default)).strip()
        if not choices or said in choices:
            return said
        click.echo(Words("请写其中之一。", "One of these, please.").say(lang))


command_new_plugin = new_plugin
